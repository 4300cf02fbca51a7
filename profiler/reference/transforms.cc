// Kinds that prepare features. Field numbers: Core ML's Scaler.proto, Normalizer.proto and others.
#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "models/read/wire.h"
#include "profiler/reference/classes.h"
#include "profiler/reference/transform.h"

namespace anemon::profiler::reference {
namespace {

using models::WireReader;

constexpr size_t kMostNumbers = 100'000'000;

std::vector<double> doubles(const models::Model& model, uint32_t number) {
  std::vector<double> values;
  for (WireReader reader(model.parameters, "transform"); auto field = reader.next();) {
    if (field->number == number) field->append_to(values, kMostNumbers);
  }
  return values;
}

uint64_t integer(const models::Model& model, uint32_t number) {
  uint64_t value = 0;
  for (WireReader reader(model.parameters, "transform"); auto field = reader.next();) {
    if (field->number == number) value = field->uint64();
  }
  return value;
}

// One value for all elements, or one each.
double each_of(const std::vector<double>& values, size_t index, double otherwise) {
  if (values.empty()) return otherwise;
  return values[values.size() == 1 ? 0 : std::min(index, values.size() - 1)];
}

std::string key_of(const FeatureValue& value) {
  if (value.numbers.empty()) return value.text;
  return std::to_string(static_cast<int64_t>(value.numbers.front()));
}

}  // namespace

Transform scaler(const models::Model& model) {
  return [&model, shifts = doubles(model, 1), scales = doubles(model, 2)](Features& inputs,
                                                                          Features& outputs) {
    std::vector<double> row = row_of(model, inputs);
    for (size_t i = 0; i < row.size(); ++i) {
      row[i] = (row[i] + each_of(shifts, i, 0)) * each_of(scales, i, 1);
    }
    put_row(model, row, outputs);
  };
}

Transform normalizer(const models::Model& model) {
  return [&model, type = integer(model, 1)](Features& inputs, Features& outputs) {
    std::vector<double> row = row_of(model, inputs);
    double norm = 0;
    for (const double value : row) {
      if (type == 0) norm = std::max(norm, std::fabs(value));
      if (type == 1) norm += std::fabs(value);
      if (type == 2) norm += value * value;
    }
    if (type == 2) norm = std::sqrt(norm);
    for (double& value : row) value = norm == 0 ? value : value / norm;
    put_row(model, row, outputs);
  };
}

Transform imputer(const models::Model& model) {
  std::vector<double> values;
  double replaced = NAN;
  for (WireReader reader(model.parameters, "Imputer"); auto field = reader.next();) {
    if (field->number == 1) values = {field->float64()};
    if (field->number == 2) values = {static_cast<double>(field->int64())};
    if (field->number == 4) {
      for (WireReader list(field->message(), "DoubleVector"); auto part = list.next();) {
        if (part->number == 1) part->append_to(values, kMostNumbers);
      }
    }
    if (field->number == 5) {
      std::vector<int64_t> integers;
      for (WireReader list(field->message(), "Int64Vector"); auto part = list.next();) {
        if (part->number == 1) part->append_to(integers, kMostNumbers);
      }
      values.assign(integers.begin(), integers.end());
    }
    if (field->number == 11) replaced = field->float64();
    if (field->number == 12) replaced = static_cast<double>(field->int64());
  }
  if (values.empty()) throw Error("an imputer of other things than numbers is not supported");
  return [&model, values, replaced](Features& inputs, Features& outputs) {
    std::vector<double> row = row_of(model, inputs);
    for (size_t i = 0; i < row.size(); ++i) {
      const bool missing = std::isnan(replaced) ? std::isnan(row[i]) : row[i] == replaced;
      if (missing) row[i] = each_of(values, i, 0);
    }
    put_row(model, row, outputs);
  };
}

Transform one_hot_encoder(const models::Model& model) {
  const Classes categories = Classes::read(model.parameters, 1, 2);
  const bool sparse = integer(model, 10) != 0;
  const bool ignores = integer(model, 11) == 1;
  const std::string name = model.interface.outputs.empty() ? "" : model.interface.outputs[0].name;
  return [=, &model](Features& inputs, Features& outputs) {
    if (inputs.empty()) throw Error("input of " + model.kind + " is missing");
    const std::string key = key_of(inputs.front());
    const auto found = std::find(categories.names.begin(), categories.names.end(), key);
    if (found == categories.names.end() && !ignores) {
      throw Error("'" + key + "' is none of the " + std::to_string(categories.names.size()) +
                  " categories of " + model.name);
    }
    const auto index = static_cast<size_t>(found - categories.names.begin());
    FeatureValue& value = feature_in(outputs, name);
    if (sparse) {
      if (found != categories.names.end()) value.dictionary[std::to_string(index)] = 1;
      return;
    }
    value.numbers.assign(categories.names.size(), 0.0F);
    if (found != categories.names.end()) value.numbers[index] = 1;
  };
}

Transform feature_vectorizer(const models::Model& model) {
  struct Column {
    std::string name;
    size_t dimensions = 1;
  };
  std::vector<Column> columns;
  size_t width = 0;
  for (WireReader reader(model.parameters, "FeatureVectorizer"); auto field = reader.next();) {
    if (field->number != 1) continue;
    Column column;
    for (WireReader part(field->message(), "InputColumn"); auto inside = part.next();) {
      if (inside->number == 1) column.name = inside->text();
      if (inside->number == 2) column.dimensions = inside->uint64();
    }
    width += column.dimensions;
    if (width > kMostNumbers) throw Error("a feature vectorizer of too many dimensions");
    columns.push_back(std::move(column));
  }
  return [&model, columns, width](Features& inputs, Features& outputs) {
    std::vector<double> row(width, 0.0);
    size_t start = 0;
    for (const Column& column : columns) {
      const FeatureValue* value = find_feature(inputs, column.name);
      if (value == nullptr) throw Error("input '" + column.name + "' is missing");
      if (value->dictionary.empty() && value->numbers.size() > column.dimensions) {
        throw Error("input '" + column.name + "' has " + std::to_string(value->numbers.size()) +
                    " elements, the model takes " + std::to_string(column.dimensions));
      }
      std::copy(value->numbers.begin(), value->numbers.end(),
                row.begin() + static_cast<std::ptrdiff_t>(start));
      for (const auto& [key, number] : value->dictionary) {
        const auto index = static_cast<size_t>(std::strtoull(key.c_str(), nullptr, 10));
        if (index < column.dimensions) row[start + index] = number;
      }
      start += column.dimensions;
    }
    put_row(model, row, outputs);
  };
}

// Names of a dictionary become numbers; those that are not known are left out.
Transform dict_vectorizer(const models::Model& model) {
  std::map<std::string, std::string> index;
  const Classes entries = Classes::read(model.parameters, 1, 2);
  for (size_t i = 0; i < entries.names.size(); ++i) index[entries.names[i]] = std::to_string(i);
  const std::string name = model.interface.outputs.empty() ? "" : model.interface.outputs[0].name;
  return [=](Features& inputs, Features& outputs) {
    FeatureValue& value = feature_in(outputs, name);
    for (const FeatureValue& input : inputs) {
      for (const auto& [key, number] : input.dictionary) {
        const auto found = index.find(key);
        if (found != index.end()) value.dictionary[found->second] = number;
      }
    }
  };
}

Transform array_feature_extractor(const models::Model& model) {
  std::vector<int64_t> indices;
  for (WireReader reader(model.parameters, "ArrayFeatureExtractor"); auto field = reader.next();) {
    if (field->number == 1) field->append_to(indices, kMostNumbers);
  }
  return [&model, indices](Features& inputs, Features& outputs) {
    const std::vector<double> row = row_of(model, inputs);
    std::vector<double> chosen;
    for (const int64_t index : indices) {
      if (index < 0 || index >= static_cast<int64_t>(row.size())) {
        throw Error("element " + std::to_string(index) + " of " + std::to_string(row.size()) +
                    " is asked for by " + model.name);
      }
      chosen.push_back(row[static_cast<size_t>(index)]);
    }
    put_row(model, chosen, outputs);
  };
}

Transform same_features(const models::Model& model) {
  return [&model](Features& inputs, Features& outputs) {
    for (size_t i = 0; i < inputs.size(); ++i) {
      FeatureValue value = inputs[i];
      if (i < model.interface.outputs.size()) value.name = model.interface.outputs[i].name;
      outputs.push_back(std::move(value));
    }
  };
}

}  // namespace anemon::profiler::reference
