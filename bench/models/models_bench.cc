// What `anemonctl model cost` does, without printing: reading, analysing, placing.
//   bench_models FOLDER MODEL... [--benchmark_...]: writes its own networks into FOLDER
#include <benchmark/benchmark.h>

#include <cstdio>
#include <filesystem>
#include <string>

#include "bench/models/network_file.h"
#include "models/analysis/analysis.h"
#include "models/placement/placement.h"
#include "models/read/read_model.h"

namespace anemon::bench {
namespace {

constexpr uint64_t kSparseBytes = uint64_t{1} << 30;

void place_all(const models::ModelAnalysis& analysis) {
  for (const models::FunctionAnalysis& function : analysis.functions) {
    benchmark::DoNotOptimize(models::place(function, models::default_chip()));
  }
  for (const models::ModelAnalysis& member : analysis.members) place_all(member);
}

void cost(benchmark::State& state, const std::filesystem::path& file) {
  for (auto _ : state) {
    const models::Model model = models::read_model(file);
    place_all(models::analyse(model));
  }
}

void skip_weights(benchmark::State& state, const std::filesystem::path& file) {
  for (auto _ : state) benchmark::DoNotOptimize(models::read_model(file));
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations()) *
                          static_cast<int64_t>(std::filesystem::file_size(file)));
}

void register_all(const std::filesystem::path& folder, int models, char** names) {
  write_network(folder / "layers.mlmodel", 844);
  write_sparse_network(folder / "sparse.mlmodel", kSparseBytes);
  benchmark::RegisterBenchmark("cost/written", cost, folder / "layers.mlmodel");
  benchmark::RegisterBenchmark("skip_weights", skip_weights, folder / "sparse.mlmodel");
  for (int i = 0; i < models; ++i) {
    const std::filesystem::path path = names[i];
    benchmark::RegisterBenchmark(("cost/" + path.filename().string()).c_str(), cost, path);
  }
}

}  // namespace
}  // namespace anemon::bench

int main(int count, char** arguments) {
  benchmark::Initialize(&count, arguments);
  if (count < 2) {
    std::fputs("bench_models FOLDER MODEL... [--benchmark_...]\n", stderr);
    return 2;
  }
  anemon::bench::register_all(arguments[1], count - 2, arguments + 2);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
