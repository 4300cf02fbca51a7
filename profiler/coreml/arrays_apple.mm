#include "profiler/coreml/arrays_apple.h"

#include "core/error.h"
#include "profiler/coreml/elements.h"
#include "profiler/coreml/features_apple.h"
#include "profiler/coreml/foundation_apple.h"

namespace anemon::profiler {
namespace {

// What a block needs, by one plain pointer: the block neither owns nor copies it.
struct Access {
  const std::vector<float>* written = nullptr;
  std::vector<float> read;
  models::DataType type = models::DataType::unknown;
  models::Shape shape, strides;
  bool done = false;

  bool known() const { return array_element_bytes(type) > 0; }
  // The strides stay within the bytes.
  bool fits(NSInteger size) const {
    const size_t bytes = strided_extent(shape, strides) * array_element_bytes(type);
    return strides.size() == shape.size() && bytes <= static_cast<size_t>(size);
  }
};

Access access_to(MLMultiArray* array) {
  Access access;
  access.type = to_data_type(array.dataType);
  access.shape = to_shape(array.shape);
  access.strides = to_shape(array.strides);
  return access;
}

}  // namespace

MLMultiArray* make_array(const models::TensorType& type, const std::vector<float>& numbers) {
  if (array_element_bytes(type.dtype) == 0) {
    throw Error("Core ML's arrays cannot hold " + std::string(models::name_of(type.dtype)));
  }
  NSError* error = nil;
  MLMultiArray* const array =
      ANEMON_OWNED([[MLMultiArray alloc] initWithShape:to_numbers(type.shape)
                                              dataType:to_array_type(type.dtype)
                                                 error:&error]);
  if (array == nil) {
    const auto causes = causes_of(error);
    throw Error("an array of " + models::to_text(type) + " cannot be made" +
                (causes.empty() ? "" : ": " + causes.front().text));
  }
  if (!fill_array(array, numbers)) {
    throw Error("an array of " + models::to_text(type) + " cannot be filled");
  }
  return array;
}

bool fill_array(MLMultiArray* array, const std::vector<float>& numbers) {
  Access access = access_to(array);
  if (!access.known() || numbers.size() != static_cast<size_t>(array.count)) return false;
  access.written = &numbers;
  Access* const shared = &access;
  [array getMutableBytesWithHandler:^(void* bytes, NSInteger size, NSArray<NSNumber*>* strides) {
    shared->strides = to_shape(strides);  // can be others than before
    if (!shared->fits(size)) return;
    write_elements(*shared->written, shared->type, shared->shape, shared->strides, bytes);
    shared->done = true;
  }];
  return access.done;
}

std::vector<float> read_array(MLMultiArray* array) {
  Access access = access_to(array);
  if (!access.known()) {
    throw Error("an array has elements of a type that is not known: " +
                std::to_string(static_cast<long>(array.dataType)));
  }
  Access* const shared = &access;
  [array getBytesWithHandler:^(const void* bytes, NSInteger size) {
    if (!shared->fits(size)) return;
    shared->read = read_elements(bytes, shared->type, shared->shape, shared->strides);
    shared->done = true;
  }];
  if (!access.done) throw Error("an array's strides lead out of its memory");
  return std::move(access.read);
}

}  // namespace anemon::profiler
