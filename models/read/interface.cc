#include "models/read/interface.h"

#include "core/utf8.h"
#include "models/read/feature.h"

namespace anemon::models {
namespace {

constexpr size_t kNameBytes = 1000;
constexpr size_t kMetadataBytes = 100'000;  // class lists and licenses are long

void add_feature(std::vector<Feature>& list, const Field& field, Budget& budget,
                 OddityLog& oddities) {
  budget.take_values();
  list.push_back(read_feature(field.message(), budget, oddities));
}

Interface read_function(Bytes message, Budget& budget, OddityLog& oddities) {
  Interface interface;
  for (WireReader reader(message, "FunctionDescription"); auto field = reader.next();) {
    switch (field->number) {
      case 1:
        interface.function = read_name(*field);
        break;
      case 2:
        add_feature(interface.inputs, *field, budget, oddities);
        break;
      case 3:
        add_feature(interface.outputs, *field, budget, oddities);
        break;
      case 4:
        interface.predicted_feature = read_name(*field);
        break;
      case 5:
        interface.predicted_probabilities = read_name(*field);
        break;
      case 6:
        add_feature(interface.states, *field, budget, oddities);
        break;
    }
  }
  return interface;
}

// Licenses have lines: those become spaces.
std::string metadata_text(const Field& field) {
  return to_clean_utf8(field.text(), kMetadataBytes, " ");
}

void read_metadata(Bytes message, std::map<std::string, std::string>& metadata, Budget& budget) {
  // What is empty is not said; it takes back what was said before, as the last value counts.
  const auto set = [&](std::string key, std::string value) {
    if (value.empty()) {
      metadata.erase(key);
    } else {
      metadata.insert_or_assign(std::move(key), std::move(value));
    }
  };
  for (WireReader reader(message, "Metadata"); auto field = reader.next();) {
    switch (field->number) {
      case 1:
        set("description", metadata_text(*field));
        break;
      case 2:
        set("version", metadata_text(*field));
        break;
      case 3:
        set("author", metadata_text(*field));
        break;
      case 4:
        set("license", metadata_text(*field));
        break;
      case 100: {
        budget.take_values();
        std::string key, value;
        for (WireReader entry(field->message(), "Metadata.userDefined");
             auto part = entry.next();) {
          if (part->number == 1) key = read_name(*part);
          if (part->number == 2) value = metadata_text(*part);
        }
        set(std::move(key), std::move(value));
        break;
      }
    }
  }
}

}  // namespace

std::string read_name(const Field& field) { return to_clean_utf8(field.text(), kNameBytes); }

void read_description(Bytes message, Description& description, Budget& budget,
                      OddityLog& oddities) {
  for (WireReader reader(message, "ModelDescription"); auto field = reader.next();) {
    switch (field->number) {
      case 1:
        add_feature(description.interface.inputs, *field, budget, oddities);
        break;
      case 10:
        add_feature(description.interface.outputs, *field, budget, oddities);
        break;
      case 11:
        description.interface.predicted_feature = read_name(*field);
        break;
      case 12:
        description.interface.predicted_probabilities = read_name(*field);
        break;
      case 13:
        add_feature(description.interface.states, *field, budget, oddities);
        break;
      case 20:
        budget.take_values();
        description.functions.push_back(read_function(field->message(), budget, oddities));
        break;
      case 21:
        description.default_function = read_name(*field);
        break;
      case 100:
        read_metadata(field->message(), description.metadata, budget);
        break;
    }
  }
}

}  // namespace anemon::models
