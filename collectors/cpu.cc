#include "collectors/cpu.h"

#include <algorithm>
#include <utility>

#include "collectors/counter_floor.h"
#include "collectors/read_report.h"
#include "collectors/recording.h"
#include "platform/processor.h"

namespace anemon {
namespace {

const std::string kProcfs = "procfs";
const std::string kHost = "host";  // macOS's own statistics
const std::string kNoTimes = "no processor statistics";
const std::string kNoLoad = "no load averages";

// In the order of CoreMode.
constexpr std::array<const char*, kCoreModes> kModeNames = {"user",   "nice", "system",  "idle",
                                                            "iowait", "irq",  "softirq", "steal"};
constexpr bool is_idle(size_t mode) {
  return mode == static_cast<size_t>(CoreMode::idle) ||
         mode == static_cast<size_t>(CoreMode::iowait);
}

struct Core {
  struct Mode {
    Series series;
    CounterFloor counter;
    Duration seconds{};
  };

  explicit Core(uint32_t core_number) : number(core_number) {
    modes.reserve(kCoreModes);
    for (const char* mode : kModeNames) {
      modes.push_back({{Metric::kCpuSeconds, {std::to_string(number), mode}}, {}, {}});
    }
  }

  uint32_t number;
  std::vector<Mode> modes;
  bool online = false;  // in the last pass
};

class CpuCollector final : public Collector {
 public:
  CpuCollector(std::unique_ptr<ProcessorSource> source, const std::string& source_name, bool replay)
      : source_(std::move(source)),
        source_name_(source_name),
        no_times_(replay ? kNotRecorded : kNoTimes),
        no_load_(replay ? kNotRecorded : kNoLoad) {}

  void collect(Pass& pass) override {
    const ReadStatus times = source_ ? source_->read(now_) : ReadStatus::absent;
    report_read(pass, Metric::kCpuSeconds, source_name_, times, no_times_);
    report_read(pass, Metric::kActiveRatio, source_name_, times, no_times_);
    if (times == ReadStatus::ok) {
      set_times(pass);
    } else if (times != ReadStatus::failed) {
      pass.nothing_to_read();
    }
    LoadAverages loads;
    const ReadStatus load = source_ ? source_->read(loads) : ReadStatus::absent;
    for (size_t i = 0; i < load_.size(); ++i) {
      report_read(pass, load_[i].metric, source_name_, load, no_load_);
      if (load == ReadStatus::ok) pass.set(load_[i], loads[i]);
    }
  }

 private:
  void set_times(Pass& pass) {
    Duration active{};
    Duration all{};
    auto reading = now_.begin();
    for (const CoreTimes& times : now_) find(times.core);  // before references are taken
    for (Core& core : cores_) {
      if (reading == now_.end() || reading->core != core.number) {
        core.online = false;
        continue;
      }
      for (size_t mode = 0; mode < kCoreModes; ++mode) {
        if (!reading->has(mode)) continue;
        Core::Mode& kept = core.modes[mode];
        const Duration before = kept.seconds;
        kept.seconds = kept.counter.advance(reading->by_mode[mode]);
        pass.set(kept.series, to_seconds(kept.seconds));
        if (!core.online) continue;
        all += kept.seconds - before;
        if (!is_idle(mode)) active += kept.seconds - before;
      }
      core.online = true;
      ++reading;
    }
    if (!pass.rebaseline() && all > Duration::zero()) {
      pass.set(active_, to_seconds(active) / to_seconds(all));
    }
  }

  Core& find(uint32_t number) {
    auto at = std::lower_bound(cores_.begin(), cores_.end(), number,
                               [](const Core& core, uint32_t n) { return core.number < n; });
    if (at == cores_.end() || at->number != number) at = cores_.insert(at, Core(number));
    return *at;
  }

  const std::unique_ptr<ProcessorSource> source_;
  const std::string& source_name_;
  const std::string& no_times_;
  const std::string& no_load_;
  std::vector<CoreTimes> now_;
  std::vector<Core> cores_;  // all ever seen, in order of their numbers
  Series active_{Metric::kActiveRatio, {"cpu"}};
  std::array<Series, 3> load_{Series{Metric::kLoad1, {}}, Series{Metric::kLoad5, {}},
                              Series{Metric::kLoad15, {}}};
};

}  // namespace

std::unique_ptr<Collector> make_cpu(const CollectorContext& context) {
  if (context.apple != nullptr) {
    return std::make_unique<CpuCollector>(context.apple->open_processor(), kHost,
                                          is_replay(context));
  }
  return std::make_unique<CpuCollector>(open_processor(context.root), kProcfs, false);
}

}  // namespace anemon
