// What a network costs, counted from its file.
//
// 1 MAC = 2 FLOPs. All numbers are for one prediction at the shapes asked for, and are `derived`:
// arithmetic on what the file states. A dimension that stays unknown makes a cost incomplete: the
// number is then what could be counted, and `complete` is false.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "models/graph/model.h"

namespace anemon::models {

struct OperationCost {
  uint64_t macs = 0;                   // matrix part
  uint64_t vector_flops = 0;           // all other arithmetic
  uint64_t parameters = 0;             // elements of the weights it reads, uncompressed
  uint64_t weight_bytes_stored = 0;    // as the file holds them (palettised, quantised, sparse)
  uint64_t weight_bytes_computed = 0;  // uncompressed, in the type it computes with
  uint64_t input_bytes = 0;            // activations, packed
  uint64_t output_bytes = 0;
  uint64_t padded_bytes = 0;               // inputs and outputs with rows of 64 bytes
  DataType precision = DataType::unknown;  // of the arithmetic: that of the first float operand
  bool complete = true;

  uint64_t flops() const;  // stops at the largest number
  // FLOPs per byte of weights as stored and activations.
  double arithmetic_intensity() const;
};

struct AnalysedOperation {
  const Operation* operation = nullptr;
  const Block* block = nullptr;  // the one it stands in
  int depth = 0;                 // 0 in the function's body; cond and while_loop add one
  OperationCost cost;            // of a cond or while_loop: its blocks', once
};

// A shape that the file states and inference contradicts.
struct ShapeMismatch {
  size_t operation = 0;  // index into FunctionAnalysis::operations
  TensorType stored, inferred;
};

struct FunctionAnalysis {
  const Function* function = nullptr;
  std::vector<ValueType> types;               // by ValueId, at the shapes asked for
  std::vector<AnalysedOperation> operations;  // in file order, blocks after what holds them
  std::vector<ShapeMismatch> mismatches;

  OperationCost total;  // weights of shared constants once
  std::map<std::string, uint64_t> macs_by_type;
  std::map<std::string, uint64_t> histogram;  // by type; old networks: by layer
  uint64_t constants = 0;                     // `const` operations among them
  // Distinct blobs in weight files; old networks: their weights, without tables of quantisation.
  uint64_t blobs = 0;
  uint64_t blob_bytes = 0;
  uint64_t blob_elements = 0;
  // Activations that live at once: reusing every buffer as soon as it is free, and never.
  uint64_t peak_activation_bytes_min = 0;
  uint64_t peak_activation_bytes_max = 0;
};

struct ModelAnalysis {
  const Model* model = nullptr;
  std::vector<FunctionAnalysis> functions;  // as Model::functions
  std::vector<ModelAnalysis> members;       // as Model::members
};

// Shapes to evaluate at, by input's name. Inputs without one take their default, else the least
// their range allows.
using InputShapes = std::map<std::string, Shape>;

// Throws Error when `shapes` names no input of the model, or a shape that the input does not take.
// `model` must outlive the result.
ModelAnalysis analyse(const Model& model, const InputShapes& shapes = {});

}  // namespace anemon::models
