#include "profiler/measure/sample_keeper.h"

#include <vector>

namespace anemon::profiler {
namespace {

constexpr std::vector<double> Samples::*kParts[] = {&Samples::preprocessing, &Samples::execution,
                                                    &Samples::postprocessing,
                                                    &Samples::memory_transfer};

void keep_every_second(std::vector<double>& column) {
  for (size_t i = 0; 2 * i < column.size(); ++i) column[i] = column[2 * i];
  column.resize((column.size() + 1) / 2);
}

}  // namespace

SampleKeeper::SampleKeeper(Samples& kept, size_t most) : kept_(kept), most_(most) { kept_ = {}; }

void SampleKeeper::add(const Samples& chunk, double origin) {
  for (size_t i = 0; i < chunk.total.size(); ++i) {
    if (calls_++ % every_ != 0) continue;
    const size_t before = kept_.total.size();
    kept_.start.push_back(chunk.start[i] - origin);
    kept_.total.push_back(chunk.total[i]);
    for (const auto part : kParts) {
      std::vector<double>& column = kept_.*part;
      const std::vector<double>& told = chunk.*part;
      if (column.empty() && told.empty()) continue;
      column.resize(before, kAbsent);
      column.push_back(told.empty() ? kAbsent : told[i]);
    }
    if (kept_.total.size() > most_) halve();
  }
}

void SampleKeeper::halve() {
  keep_every_second(kept_.start);
  keep_every_second(kept_.total);
  for (const auto part : kParts) keep_every_second(kept_.*part);
  every_ *= 2;
}

}  // namespace anemon::profiler
