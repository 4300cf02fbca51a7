// ONNX nodes as the MIL operations that compute the same.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tests/models/graph_builder.h"
#include "tests/unit/profiler/reference/onnx_file.h"

namespace anemon::profiler::reference::test {

// A graph on its way; what it cannot express makes it throw Unmapped.
struct Unmapped {
  std::string why;
};

class Mapping {
 public:
  // `inputs`: the data of the graph's inputs, in their order.
  Mapping(const OnnxGraph& graph, std::vector<OnnxTensor> inputs);

  models::test::GraphBuilder& graph() { return graph_; }
  const std::vector<OnnxTensor>& fed() const { return fed_; }  // as input() was called

  // For the rows of the table. Inputs by position.
  const OnnxNode& node() const { return *node_; }
  int64_t opset() const { return opset_; }
  bool has(size_t input) const;
  const OnnxTensor& data(size_t input) const;  // known data: of a parameter
  const models::Shape& shape(size_t input) const { return data(input).type.shape; }
  models::ValueId value(size_t input);     // as an input of the graph, or what a node made
  models::ValueId constant(size_t input);  // its data as a constant
  int64_t integer(const std::string& attribute, int64_t otherwise) const;
  double number(const std::string& attribute, double otherwise) const;
  std::string text(const std::string& attribute, const std::string& otherwise) const;
  std::vector<int64_t> integers(const std::string& attribute, std::vector<int64_t> otherwise) const;
  models::ValueId scalar(double number);
  models::ValueId list(const std::vector<int64_t>& integers) { return graph_.integers(integers); }
  models::ValueId add(const std::string& type, std::vector<models::Argument> arguments) {
    return graph_.add(type, std::move(arguments));
  }
  std::vector<models::ValueId> add_many(const std::string& type,
                                        std::vector<models::Argument> arguments, size_t results);
  void gives(size_t output, models::ValueId value);

 private:
  models::test::GraphBuilder graph_;
  std::map<std::string, OnnxTensor> data_;
  std::map<std::string, models::ValueId> values_;
  std::vector<OnnxTensor> fed_;
  const OnnxNode* node_ = nullptr;
  int64_t opset_;
};

using MapNode = void (*)(Mapping&);
MapNode find_mapping(const std::string& onnx_type);  // null: no counterpart

}  // namespace anemon::profiler::reference::test
