#include "profiler/measure/interleave.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numeric>

namespace anemon::profiler {
namespace {

constexpr double kLeadIn = 0.1;  // of a segment
constexpr double kWakingSeconds = 0.3;
constexpr double kShortest = 1e-7;  // seconds: a call that a clock hardly sees

std::vector<size_t> turn_order(const std::vector<bool>& in, uint64_t block) {
  std::vector<size_t> order;
  for (size_t lane = 0; lane < in.size(); ++lane) {
    if (in[lane]) order.push_back(lane);
  }
  if (!order.empty()) {
    std::rotate(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(block % order.size()),
                order.end());
  }
  return order;
}

std::vector<double> run_segment(const Lane& lane) {
  std::vector<double> latencies = lane.run(lane.lead_in + lane.calls);
  if (latencies.size() > lane.lead_in) {
    latencies.erase(latencies.begin(),
                    latencies.begin() + static_cast<std::ptrdiff_t>(lane.lead_in));
  }
  return latencies;
}

std::vector<double> mean_alone(const std::vector<double>& segment) {
  return {std::accumulate(segment.begin(), segment.end(), 0.0) /
          static_cast<double>(segment.size())};
}

}  // namespace

void pace(Lane& lane, double latency, Duration segment, bool falls_asleep) {
  const double length = to_seconds(segment);
  latency = std::max(latency, kShortest);
  lane.calls = std::max<uint64_t>(1, static_cast<uint64_t>(std::ceil(length / latency)));
  // A call longer than that has had its own.
  lane.lead_in = falls_asleep ? static_cast<uint64_t>(std::ceil(kWakingSeconds / latency))
                              : static_cast<uint64_t>(kLeadIn * length / latency);
}

std::vector<InterleavedBlock> interleave(const std::vector<Lane>& lanes, uint64_t blocks,
                                         const std::function<void(uint64_t)>& told) {
  std::vector<bool> in(lanes.size(), true);
  std::vector<InterleavedBlock> done;
  for (uint64_t number = 0; number < blocks; ++number) {
    if (std::count(in.begin(), in.end(), true) < 2) break;
    if (told) told(number);
    InterleavedBlock block;
    block.first.resize(lanes.size());
    block.second.resize(lanes.size());
    block.order = turn_order(in, number);
    const auto run = [&](size_t lane, std::vector<std::vector<double>>& half) {
      if (!in[lane]) return;
      half[lane] = run_segment(lanes[lane]);
      in[lane] = !half[lane].empty();
    };
    for (const size_t lane : block.order) run(lane, block.first);
    for (auto lane = block.order.rbegin(); lane != block.order.rend(); ++lane) {
      run(*lane, block.second);
    }
    done.push_back(std::move(block));
  }
  return done;
}

std::vector<AbbaBlock> blocks_between(const std::vector<InterleavedBlock>& blocks, size_t a,
                                      size_t b) {
  std::vector<AbbaBlock> pairs;
  for (const InterleavedBlock& block : blocks) {
    if (block.second[a].empty() || block.second[b].empty()) continue;
    pairs.push_back({block.first[a], block.first[b], block.second[b], block.second[a]});
  }
  return pairs;
}

std::vector<AbbaBlock> means_of(std::vector<AbbaBlock> blocks) {
  for (AbbaBlock& block : blocks) {
    for (auto* segment : {&block.a1, &block.b1, &block.b2, &block.a2}) {
      *segment = mean_alone(*segment);
    }
  }
  return blocks;
}

std::vector<double> calls_of(const std::vector<InterleavedBlock>& blocks, size_t lane) {
  std::vector<double> calls;
  for (const InterleavedBlock& block : blocks) {
    calls.insert(calls.end(), block.first[lane].begin(), block.first[lane].end());
    calls.insert(calls.end(), block.second[lane].begin(), block.second[lane].end());
  }
  return calls;
}

}  // namespace anemon::profiler
