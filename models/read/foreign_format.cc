#include "models/read/foreign_format.h"

#include <array>
#include <string>

namespace anemon::models {
namespace {

constexpr std::string_view kLfsPointer = "version https://git-lfs";
constexpr std::string_view kConvert = "convert it with coremltools";

struct Signature {
  size_t offset;
  std::string_view bytes;
  ForeignFormat format;
};

constexpr std::array<Signature, 9> kSignatures = {{
    {0,
     kLfsPointer,
     {"a Git LFS pointer, not the model itself", "fetch the model with: git lfs pull"}},
    {0, "PK\x03\x04", {"a zip archive", "unpack it; a PyTorch model must be converted"}},
    {0, "\x89HDF", {"an HDF5 file, maybe a Keras model", kConvert}},
    {4, "TFL3", {"a TensorFlow Lite model", kConvert}},
    {0, "GGUF", {"a GGUF model", ""}},
    {0, "\x80\x02", {"a Python pickle", "a PyTorch model must be converted"}},
    {0, "{", {"JSON or a safetensors header", ""}},
    {0, "<", {"XML or HTML, maybe an error page", "download the model again"}},
    {8, "{\"", {"a safetensors file", "weights alone are no model"}},
}};

// ONNX's ModelProto: ir_version 1, producer 2 and 3, graph 7, opset_import 8.
bool is_onnx(Bytes file) {
  bool graph = false, opset = false;
  try {
    for (WireReader reader(file, "ModelProto"); auto field = reader.next();) {
      if (field->number > 100) return false;
      graph = graph || (field->number == 7 && field->type == WireType::length);
      opset = opset || (field->number == 8 && field->type == WireType::length);
    }
  } catch (const WireError&) {
    return graph || opset;  // cut short
  }
  return graph && opset;
}

std::string_view text_of(Bytes file) {
  return {reinterpret_cast<const char*>(file.data()), file.size()};
}

}  // namespace

bool is_lfs_pointer(Bytes file) { return text_of(file).starts_with(kLfsPointer); }

ForeignFormat foreign_format(Bytes file) {
  const std::string_view text = text_of(file);
  for (const Signature& each : kSignatures) {
    if (text.size() >= each.offset && text.substr(each.offset).starts_with(each.bytes)) {
      return each.format;
    }
  }
  if (is_onnx(file)) return {"an ONNX model", kConvert};
  return {};
}

}  // namespace anemon::models
