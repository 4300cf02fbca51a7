#include "profiler/runner/measurement.h"

#include <algorithm>

namespace anemon::profiler {
namespace {

// Calls in one line at most: some 300 kB with all columns.
constexpr size_t kCapacity = 4096;

struct Call {
  Duration start, end;
  PredictTimes times;
};

std::vector<double> part(const std::vector<Call>& calls,
                         std::optional<Duration> PredictTimes::*member) {
  const auto has = [&](const Call& call) { return (call.times.*member).has_value(); };
  if (std::none_of(calls.begin(), calls.end(), has)) return {};
  std::vector<double> seconds;
  seconds.reserve(calls.size());
  for (const Call& call : calls) {
    const auto& time = call.times.*member;
    seconds.push_back(time ? to_seconds(*time) : kAbsent);
  }
  return seconds;
}

Samples samples_of(const std::vector<Call>& calls, uint64_t first, Duration origin) {
  Samples samples;
  samples.first = first;
  samples.start.reserve(calls.size());
  samples.total.reserve(calls.size());
  for (const Call& call : calls) {
    samples.start.push_back(to_seconds(call.start - origin));
    samples.total.push_back(to_seconds(call.end - call.start));
  }
  samples.preprocessing = part(calls, &PredictTimes::preprocessing);
  samples.execution = part(calls, &PredictTimes::execution);
  samples.postprocessing = part(calls, &PredictTimes::postprocessing);
  samples.memory_transfer = part(calls, &PredictTimes::memory_transfer);
  return samples;
}

bool reached(const PredictRequest& request, uint64_t count, Duration elapsed) {
  if (request.max_count && count >= *request.max_count) return true;
  if (request.max_time && elapsed >= *request.max_time) return true;
  if (!request.min_count && !request.min_time) return !request.max_count && !request.max_time;
  return count >= request.min_count.value_or(1) &&
         elapsed >= request.min_time.value_or(Duration::zero());
}

}  // namespace

Predicted measure(LoadedModel& model, const PredictRequest& request, const Clock& clock,
                  const std::function<bool(const Samples&)>& report) {
  std::vector<Call> calls;
  calls.reserve(kCapacity);
  Predicted predicted;
  const auto flush = [&] {
    if (calls.empty()) return true;
    const Samples samples = samples_of(calls, predicted.count - calls.size(), predicted.origin);
    calls.clear();
    return report(samples);
  };
  predicted.origin = clock.awake();
  Duration now = predicted.origin;
  bool done = false;
  while (!done) {
    const Duration chunk_end = now + request.chunk;
    do {
      Call call;
      call.start = clock.awake();
      try {
        call.times = model.predict(request.items);
      } catch (...) {
        flush();
        throw;
      }
      now = call.end = clock.awake();
      calls.push_back(call);
      ++predicted.count;
      done = reached(request, predicted.count, now - predicted.origin);
    } while (!done && now < chunk_end && calls.size() < kCapacity);
    if (!flush()) done = true;
    // Writing the line is no time of the next chunk.
    if (!done) now = clock.awake();
  }
  predicted.elapsed = now - predicted.origin;
  return predicted;
}

}  // namespace anemon::profiler
