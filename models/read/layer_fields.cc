#include "models/read/layer_fields.h"

#include <algorithm>
#include <string>

namespace anemon::models {
namespace {

constexpr size_t kMostFields = 65536;

}  // namespace

void LayerFields::add(Bytes message) {
  for (WireReader reader(message, name_); auto field = reader.next();) {
    if (fields_.size() >= kMostFields) {
      throw WireError(std::string(name_) + " has more than " + std::to_string(kMostFields) +
                      " fields");
    }
    fields_.push_back(*field);
  }
}

const Field* LayerFields::last(uint32_t number) const {
  const auto found = std::find_if(fields_.rbegin(), fields_.rend(),
                                  [&](const Field& field) { return field.number == number; });
  return found == fields_.rend() ? nullptr : &*found;
}

uint32_t LayerFields::last_of(std::initializer_list<uint32_t> numbers) const {
  const auto found = std::find_if(fields_.rbegin(), fields_.rend(), [&](const Field& field) {
    return std::find(numbers.begin(), numbers.end(), field.number) != numbers.end();
  });
  return found == fields_.rend() ? 0 : found->number;
}

int64_t LayerFields::checked_extent(uint64_t value, uint32_t number) const {
  if (value > static_cast<uint64_t>(kLargestExtent)) {
    throw WireError("field " + std::to_string(number) + " of " + name_ +
                    " is out of range: " + std::to_string(value));
  }
  return static_cast<int64_t>(value);
}

int64_t LayerFields::integer(uint32_t number, int64_t otherwise) const {
  const Field* field = last(number);
  return field == nullptr ? otherwise : field->int64();
}

int64_t LayerFields::extent(uint32_t number, int64_t otherwise) const {
  const Field* field = last(number);
  return field == nullptr ? otherwise : checked_extent(field->uint64(), number);
}

bool LayerFields::flag(uint32_t number) const {
  const Field* field = last(number);
  return field != nullptr && field->boolean();
}

double LayerFields::number(uint32_t number, double otherwise) const {
  const Field* field = last(number);
  return field == nullptr ? otherwise : static_cast<double>(field->float32());
}

std::string_view LayerFields::text(uint32_t number) const {
  const Field* field = last(number);
  return field == nullptr ? std::string_view() : field->text();
}

LayerFields LayerFields::message(uint32_t number, const char* name) const {
  LayerFields merged(name);
  for (const Bytes occurrence : occurrences(number)) merged.add(occurrence);
  return merged;
}

std::vector<LayerFields> LayerFields::messages(uint32_t number, const char* name) const {
  std::vector<LayerFields> list;
  for (const Bytes occurrence : occurrences(number)) list.emplace_back(name).add(occurrence);
  return list;
}

std::vector<Bytes> LayerFields::occurrences(uint32_t number) const {
  std::vector<Bytes> list;
  for (const Field& field : fields_) {
    if (field.number == number) list.push_back(field.message());
  }
  return list;
}

std::vector<int64_t> LayerFields::integers(uint32_t number, size_t limit) const {
  std::vector<int64_t> list;
  for (const Field& field : fields_) {
    if (field.number == number) field.append_to(list, limit);
  }
  return list;
}

Shape LayerFields::extents(uint32_t number) const {
  Shape shape = integers(number);
  for (const int64_t extent : shape) checked_extent(static_cast<uint64_t>(extent), number);
  return shape;
}

std::vector<double> LayerFields::numbers(uint32_t number) const {
  std::vector<float> list;
  for (const Field& field : fields_) {
    if (field.number == number) field.append_to(list, kMostFields);
  }
  return {list.begin(), list.end()};
}

}  // namespace anemon::models
