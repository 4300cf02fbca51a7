// Any bytes as a weight file, asked for a blob at every place where one can begin: either refused
// or inside the file and as large as its type. The first two bytes choose type and length.
#include <cstdint>
#include <cstdlib>

#include "core/error.h"
#include "models/read/weight_file.h"

using namespace anemon;
using namespace anemon::models;

namespace {

void require(bool promise) {
  if (!promise) std::abort();
}

void check(Bytes file, uint64_t offset, const TensorType& type) {
  try {
    const Blob blob = blob_at(file, offset, type);
    require(blob.data.data() >= file.data() + offset + 64);
    require(blob.data.data() + blob.data.size() <= file.data() + file.size());
    require(blob.data.size() == packed_bytes(type).value_or(blob.data.size()));
    require(blob.dtype == type.dtype);
  } catch (const Error& error) {
    require(!std::string(error.what()).empty());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  const Bytes file = std::as_bytes(std::span(data + 2, size - 2));
  const int64_t length = data[1] == 0xff ? kAnyExtent : data[1];
  const TensorType type{data_type_of_blob(data[0]), true, {length}};
  try {
    check_weight_header(file);
  } catch (const Error&) {  // blobs must be safe to ask for all the same
  }
  for (uint64_t offset = 0; offset <= file.size() + 64; offset += 32) check(file, offset, type);
  check(file, ~uint64_t{0} - 63, type);
  return 0;
}
