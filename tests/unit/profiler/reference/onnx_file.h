// Just enough of ONNX to use its operators' test data as an oracle. Source: ONNX's onnx.proto.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "models/graph/tensor_type.h"

namespace anemon::profiler::reference::test {

struct OnnxTensor {
  std::string name;
  models::TensorType type;  // unknown: a type that is not read
  std::vector<double> elements;
};

struct OnnxAttribute {
  std::string text;
  double number = 0;
  int64_t integer = 0;
  std::vector<double> numbers;
  std::vector<int64_t> integers;
  OnnxTensor tensor;
};

struct OnnxNode {
  std::string type;
  std::vector<std::string> inputs, outputs;
  std::map<std::string, OnnxAttribute> attributes;
};

struct OnnxGraph {
  std::vector<OnnxNode> nodes;
  std::vector<OnnxTensor> initializers;
  std::vector<std::string> inputs, outputs;
  int64_t opset = 0;
};

OnnxGraph read_onnx_graph(const std::filesystem::path& file);
OnnxTensor read_onnx_tensor(const std::filesystem::path& file);

}  // namespace anemon::profiler::reference::test
