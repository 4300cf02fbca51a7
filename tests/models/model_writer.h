// Writes models as files, as coremltools would: fixtures for everything that begins with a path.
//
//   GraphBuilder graph;
//   ... graph.output(y);
//   write_package(scratch / "small.mlpackage", graph.model());
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>

#include "models/graph/model.h"
#include "tests/models/proto_writer.h"

namespace anemon::models::test {

// A weight file under construction.
class BlobWriter {
 public:
  // Answers the offset by which a model names the blob.
  uint64_t add(DataType dtype, std::span<const std::byte> data, uint64_t padding_bits = 0);
  std::string bytes() const;

 private:
  uint32_t count_ = 0;
  std::string bytes_ = std::string(64, '\0');
};

// The weight files of one model. Constants that share a place share a blob; a place of a constant
// without data (GraphBuilder::weight) gets zeros.
struct WeightWriter {
  BlobWriter& file(const std::string& name) { return files[name]; }
  BlobPlace place(const Constant& constant);

  std::map<std::string, BlobWriter> files;                       // by "@model_path/..."
  std::map<std::pair<std::string, uint64_t>, uint64_t> written;  // place -> offset
};

// A Model message. Written are: programs (kind "mlProgram"), pipelines of them, the description.
// Functions named after an interface of `model.interfaces` make it a model of several functions.
ProtoWriter model_message(const Model& model, WeightWriter& weights);
// A MILSpec Function and a FeatureDescription of it.
ProtoWriter function_message(const Function& function, WeightWriter& weights);
ProtoWriter feature_message(const Feature& feature);

struct PackageOptions {
  bool manifest = true;
  bool weights = true;  // false: the program names files that are not there
};
// Throws std::runtime_error when it cannot write.
void write_package(const std::filesystem::path& package, const Model& model,
                   PackageOptions options = {});
// A package around a Model message that is made elsewhere.
void write_package(const std::filesystem::path& package, const ProtoWriter& message,
                   const WeightWriter& weights, PackageOptions options = {});
// A .mlmodel of a program without weight files, or of any message.
void write_mlmodel(const std::filesystem::path& file, const Model& model);
void write_bytes(const std::filesystem::path& file, std::string_view content);

}  // namespace anemon::models::test
