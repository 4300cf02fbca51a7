#include "profiler/reference/classes.h"

#include <algorithm>

namespace anemon::profiler::reference {

namespace {
constexpr size_t kMostClasses = 10'000'000;
}

Classes Classes::read(models::Bytes message, uint32_t strings, uint32_t numbers) {
  Classes classes;
  for (models::WireReader reader(message, "classifier"); auto field = reader.next();) {
    if (field->number == strings) {
      for (models::WireReader list(field->message(), "StringVector"); auto part = list.next();) {
        if (part->number == 1) classes.names.emplace_back(part->text());
      }
    } else if (field->number == numbers) {
      std::vector<int64_t> values;
      for (models::WireReader list(field->message(), "Int64Vector"); auto part = list.next();) {
        if (part->number == 1) part->append_to(values, kMostClasses);
      }
      classes.integers = true;
      for (const int64_t value : values) classes.names.push_back(std::to_string(value));
    }
  }
  return classes;
}

Classes Classes::of(const models::Constant& constant) {
  Classes classes;
  classes.names = constant.strings;
  if (!classes.names.empty()) return classes;
  classes.integers = true;
  for (const int64_t value :
       models::integers(constant, kMostClasses).value_or(std::vector<int64_t>())) {
    classes.names.push_back(std::to_string(value));
  }
  return classes;
}

void Classes::give(std::span<const float> probabilities, const std::string& label,
                   const std::string& dictionary, Features& outputs) const {
  if (names.size() != probabilities.size()) {
    throw Error("the model names " + std::to_string(names.size()) + " classes for " +
                std::to_string(probabilities.size()) + " probabilities");
  }
  if (!dictionary.empty()) {
    std::map<std::string, double>& entries = feature_in(outputs, dictionary).dictionary;
    for (size_t i = 0; i < names.size(); ++i) {
      entries[names[i]] = static_cast<double>(probabilities[i]);
    }
  }
  if (label.empty() || names.empty()) return;
  const auto best = std::max_element(probabilities.begin(), probabilities.end());
  const std::string& name = names[static_cast<size_t>(best - probabilities.begin())];
  FeatureValue& value = feature_in(outputs, label);
  if (integers) {
    value.numbers.assign(1, std::stof(name));
  } else {
    value.text = name;
  }
}

}  // namespace anemon::profiler::reference
