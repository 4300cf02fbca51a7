// Models that are loaded at once, measured in turns, so that what changes about the machine
// meanwhile meets them alike.
//
// A block lets each have two segments: in an order, and again in the reverse of it. Of any two
// models that is A B B A or B A A B. The order rotates from block to block.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "core/clock.h"
#include "profiler/statistics/comparison.h"

namespace anemon::profiler {

struct Lane {
  // So many calls without a pause: their latencies in seconds. None: it failed, and is left out
  // from then on.
  std::function<std::vector<double>(uint64_t calls)> run;
  uint64_t calls = 1;
  uint64_t lead_in = 0;  // calls at the start of a segment that do not count
};

// For segments of about this length, of calls of `latency` seconds. The lead-in lets caches become
// the model's own again; `falls_asleep`: of an engine that needs some 0.3 s to come back up to
// speed (the Neural Engine).
void pace(Lane& lane, double latency, Duration segment, bool falls_asleep);

// Of one block, by lane; empty for a lane that is out.
struct InterleavedBlock {
  std::vector<std::vector<double>> first, second;
  std::vector<size_t> order;  // of the first half
};

// Up to `blocks`; ends early when fewer than two lanes are left. A block in which a lane failed is
// kept for the others. `told` is called before each block, with its number from 0.
std::vector<InterleavedBlock> interleave(const std::vector<Lane>& lanes, uint64_t blocks,
                                         const std::function<void(uint64_t)>& told = {});

// What compare_blocks() takes, of two lanes: blocks in which both ran.
std::vector<AbbaBlock> blocks_between(const std::vector<InterleavedBlock>& blocks, size_t a,
                                      size_t b);
// The same with each segment's mean in place of its calls, which makes throughput of latency.
std::vector<AbbaBlock> means_of(std::vector<AbbaBlock> blocks);

// All calls of a lane, in the order in which they were made.
std::vector<double> calls_of(const std::vector<InterleavedBlock>& blocks, size_t lane);

}  // namespace anemon::profiler
