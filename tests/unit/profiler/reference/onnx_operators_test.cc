// ONNX's own test data of its operators as an oracle: each folder with a counterpart in MIL is
// computed and compared.
#include <cmath>
#include <filesystem>
#include <iostream>

#include "profiler/reference/onednn.h"
#include "tests/catch.h"
#include "tests/unit/profiler/reference/onnx_mapping.h"
#include "tests/unit/profiler/reference/planned.h"

using namespace anemon::profiler::reference;
using namespace anemon::profiler::reference::test;
namespace fs = std::filesystem;

namespace {

const fs::path kData = "/usr/share/libonnx-testdata/data";

// As ONNX's own runner compares, but for the absolute part: values near zero that were added up in
// another order.
bool close(double a, double b) {
  if (std::isnan(a) || std::isnan(b)) return std::isnan(a) && std::isnan(b);
  if (std::isinf(a) || std::isinf(b)) return a == b;
  return std::fabs(a - b) <= 1e-5 + 1e-3 * std::fabs(b);
}

std::vector<OnnxTensor> numbered(const fs::path& folder, const std::string& stem) {
  std::vector<OnnxTensor> tensors;
  for (size_t i = 0;; ++i) {
    const fs::path file = folder / (stem + "_" + std::to_string(i) + ".pb");
    if (!fs::exists(file)) return tensors;
    tensors.push_back(read_onnx_tensor(file));
  }
}

// What differs; empty when all agrees.
std::string compare(const fs::path& folder) {
  const OnnxGraph graph = read_onnx_graph(folder / "model.onnx");
  const fs::path set = folder / "test_data_set_0";
  Mapping mapping(graph, numbered(set, "input"));
  const std::vector<OnnxTensor> expected = numbered(set, "output");
  std::vector<Numbers> inputs;
  for (const OnnxTensor& each : mapping.fed()) {
    inputs.emplace_back(each.elements.begin(), each.elements.end());
  }
  const std::vector<Numbers> outputs = planned(mapping.graph(), inputs);
  for (size_t i = 0; i < outputs.size() && i < expected.size(); ++i) {
    if (expected[i].type.dtype == anemon::models::DataType::unknown) throw Unmapped{"a type"};
    const std::vector<double>& wanted = expected[i].elements;
    if (outputs[i].size() != wanted.size()) {
      return "output " + std::to_string(i) + " has " + std::to_string(outputs[i].size()) +
             " elements, not " + std::to_string(wanted.size());
    }
    for (size_t n = 0; n < wanted.size(); ++n) {
      if (std::isfinite(wanted[n]) && std::fabs(wanted[n]) > 3e38) {
        throw Unmapped{"a number beyond fp32"};
      }
      if (close(static_cast<double>(outputs[i][n]), wanted[n])) continue;
      return "element " + std::to_string(n) + " of output " + std::to_string(i) + " is " +
             std::to_string(outputs[i][n]) + ", not " + std::to_string(wanted[n]);
    }
  }
  return {};
}

// Of the 1072 folders of Debian's package in version 1.12.
constexpr size_t kCovered = 624;

}  // namespace

TEST_CASE("operations compute what ONNX's test data says, in at least as many cases as ever") {
  if (!fs::is_directory(kData)) {
    std::cout << "skipped: no ONNX test data in " << kData.string() << " (libonnx-testdata)\n";
    return;
  }
  onednn::use_threads(1);
  size_t agree = 0;
  size_t unmapped = 0;
  for (const char* part : {"node", "pytorch-converted", "pytorch-operator", "simple"}) {
    for (const auto& entry : fs::directory_iterator(kData / part)) {
      if (!fs::exists(entry.path() / "test_data_set_0" / "output_0.pb")) continue;
      std::string problem;
      try {
        problem = compare(entry.path());
        if (problem.empty()) ++agree;
      } catch (const Unmapped&) {
        ++unmapped;
        continue;
      } catch (const std::exception& error) {
        problem = error.what();
      }
      INFO(entry.path().filename().string() << ": " << problem);
      CHECK(problem.empty());
    }
  }
  std::cout << agree << " cases agree, " << unmapped << " have no counterpart\n";
  CHECK(agree >= kCovered);
}
