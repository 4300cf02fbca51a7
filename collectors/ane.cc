#include "collectors/ane.h"

#include <algorithm>
#include <utility>

#include "collectors/apple/ane.h"

namespace anemon {
namespace {

constexpr double kHertzPerMegahertz = 1e6;
constexpr int64_t kMostMegahertz = 20'000;
// Jitter between the driver's clock and ours; more is not a busy time.
constexpr double kMostBusyRatio = 1.1;
constexpr const char* kNotOffered = "driver does not offer it";

std::string engine_name(const AccelDevice& device) { return "ane" + std::to_string(device.number); }

void report_value(SignalLine& line, Pass& pass, ReadStatus status) {
  if (status == ReadStatus::absent) {
    line.report(pass, SignalState::absent, kNotOffered);
  } else {
    line.report(pass, status);
  }
}

}  // namespace

AneCollector::Engine::Engine(const AccelDevice& raw)
    : device(raw),
      ratio(Metric::kAneActivity, {engine_name(raw), "busy"}),
      active_seconds(Metric::kAneActiveSeconds, {engine_name(raw), "busy"}, Provenance::measured),
      memory(Metric::kAneMemory, {engine_name(raw)}),
      clock(Metric::kFrequency, {engine_name(raw)}, Provenance::measured),
      minimum(Metric::kFrequencyLimit, {engine_name(raw), "min"}),
      maximum(Metric::kFrequencyLimit, {engine_name(raw), "max"}),
      powered(Metric::kAnePowered, {engine_name(raw)}),
      ratio_signal(Metric::kAneActivity, engine_name(raw), "drm"),
      active_signal(Metric::kAneActiveSeconds, engine_name(raw), "drm", Provenance::measured),
      memory_signal(Metric::kAneMemory, engine_name(raw), "drm"),
      clock_signal(Metric::kFrequency, engine_name(raw), "drm", Provenance::measured),
      powered_signal(Metric::kAnePowered, engine_name(raw), "drm") {}

AneCollector::AneCollector(std::unique_ptr<Accelerators> source, const Clock& clock)
    : source_(std::move(source)), clock_(clock), no_engine_(Metric::kAneActivity, "", "drm") {}

void AneCollector::collect(Pass& pass) {
  if (schedule_.due(pass.now().awake)) rescan(pass);
  answer_missing_ = false;
  for (size_t i = 0; i < engines_.size(); ++i) {
    read_busy(i, pass);
    read_memory(i, pass);
    read_clock(i, pass);
    read_power_state(i, pass);
  }
  if (!answer_missing_) pass.nothing_to_read();
}

void AneCollector::note(ReadStatus status) {
  if (status == ReadStatus::failed) answer_missing_ = true;
}

void AneCollector::read_busy(size_t index, Pass& pass) {
  Engine& engine = engines_[index];
  int64_t busy = 0;
  ReadStatus status = source_->read(index, AccelValue::busy_us, busy);
  const Duration at = clock_.now().awake;
  if (status == ReadStatus::ok && busy < 0) status = ReadStatus::failed;
  note(status);
  if (pass.rebaseline()) engine.last_busy_us.reset();
  if (status != ReadStatus::ok) {
    engine.last_busy_us.reset();
    report_value(engine.ratio_signal, pass, status);
    report_value(engine.active_signal, pass, status);
    return;
  }
  const int64_t total = engine.busy_us.feed(busy);
  if (total == 0) {
    engine.ratio_signal.report(pass, SignalState::unproven, "has not moved yet");
    engine.active_signal.report(pass, SignalState::unproven, "has not moved yet");
  } else {
    engine.ratio_signal.report(pass, SignalState::live);
    engine.active_signal.report(pass, SignalState::live);
    pass.set(engine.active_seconds, static_cast<double>(total) * 1e-6);
    if (engine.last_busy_us && busy >= *engine.last_busy_us && at > engine.last_at) {
      const double ratio =
          static_cast<double>(busy - *engine.last_busy_us) * 1e-6 / to_seconds(at - engine.last_at);
      if (ratio <= kMostBusyRatio) {
        pass.set(engine.ratio, std::min(ratio, 1.0));
      } else {
        pass.reject("busy_range");
      }
    }
  }
  engine.last_busy_us = busy;
  engine.last_at = at;
}

void AneCollector::read_memory(size_t index, Pass& pass) {
  Engine& engine = engines_[index];
  int64_t bytes = 0;
  ReadStatus status = source_->read(index, AccelValue::memory_bytes, bytes);
  if (status == ReadStatus::ok && bytes < 0) status = ReadStatus::failed;
  note(status);
  report_value(engine.memory_signal, pass, status);
  if (status == ReadStatus::ok) pass.set(engine.memory, static_cast<double>(bytes));
}

void AneCollector::read_clock(size_t index, Pass& pass) {
  Engine& engine = engines_[index];
  if (engine.minimum_hertz) pass.set(engine.minimum, *engine.minimum_hertz);
  if (engine.maximum_hertz) pass.set(engine.maximum, *engine.maximum_hertz);
  int64_t megahertz = 0;
  ReadStatus status = source_->read(index, AccelValue::frequency_mhz, megahertz);
  if (status == ReadStatus::ok && (megahertz < 0 || megahertz > kMostMegahertz)) {
    pass.reject("frequency_range");
    status = ReadStatus::failed;
  }
  note(status);
  report_value(engine.clock_signal, pass, status);
  // Zero is the driver's word for "asleep", not a clock.
  if (status == ReadStatus::ok && megahertz > 0) {
    pass.set(engine.clock, static_cast<double>(megahertz) * kHertzPerMegahertz);
  }
}

void AneCollector::read_power_state(size_t index, Pass& pass) {
  Engine& engine = engines_[index];
  std::array<char, 32> buffer;
  std::string_view text;
  const ReadStatus status = source_->read_runtime_status(index, buffer, text);
  note(status);
  // The device's own directory always has it: without it, the device is gone.
  if (status == ReadStatus::absent) schedule_.hurry();
  if (status != ReadStatus::ok) return report_value(engine.powered_signal, pass, status);
  while (!text.empty() && text.back() == '\n') text.remove_suffix(1);
  if (text == "active" || text == "suspending") {
    pass.set(engine.powered, 1);
  } else if (text == "suspended" || text == "resuming") {
    pass.set(engine.powered, 0);
  } else {
    return engine.powered_signal.report(pass, SignalState::absent, "no run time power management");
  }
  engine.powered_signal.report(pass, SignalState::live);
}

void AneCollector::rescan(Pass& pass) {
  if (source_ && source_->rescan()) {
    std::vector<Engine> known = std::move(engines_);
    engines_.clear();
    for (const AccelDevice& device : source_->devices()) {
      const auto old = std::find_if(known.begin(), known.end(),
                                    [&](const Engine& engine) { return engine.device == device; });
      engines_.push_back(old != known.end() ? *old : Engine(device));
      if (old != known.end()) known.erase(old);
    }
    for (Engine& gone : known) {
      for (SignalLine* line : {&gone.ratio_signal, &gone.active_signal, &gone.memory_signal,
                               &gone.clock_signal, &gone.powered_signal}) {
        line->report(pass, SignalState::absent, "device is gone");
      }
    }
  }
  if (engines_.empty()) {
    no_engine_.report(pass, SignalState::absent,
                      source_ ? "no neural accelerator" : "not on this system");
  } else if (no_engine_.told()) {
    no_engine_.report(pass, SignalState::live);
  }
  for (size_t i = 0; i < engines_.size(); ++i) {
    const auto limit = [&](AccelValue which) -> std::optional<double> {
      int64_t megahertz = 0;
      if (source_->read(i, which, megahertz) != ReadStatus::ok || megahertz <= 0 ||
          megahertz > kMostMegahertz) {
        return std::nullopt;
      }
      return static_cast<double>(megahertz) * kHertzPerMegahertz;
    };
    engines_[i].minimum_hertz = limit(AccelValue::minimum_frequency_mhz);
    engines_[i].maximum_hertz = limit(AccelValue::maximum_frequency_mhz);
  }
}

std::unique_ptr<Collector> make_ane(const CollectorContext& context) {
  if (context.apple != nullptr) return make_apple_ane(context);
  return std::make_unique<AneCollector>(open_accelerators(context.root), context.clock);
}

}  // namespace anemon
