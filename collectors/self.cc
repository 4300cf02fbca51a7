#include "collectors/self.h"

#include "collectors/read_report.h"
#include "platform/own_process.h"

namespace anemon {
namespace {

const std::string kSource = "procfs";
const std::string kNotTold = "the system does not tell";

class SelfCollector final : public Collector {
 public:
  explicit SelfCollector(const HostRoot& root) : source_(open_own_process(root)) {}

  void collect(Pass& pass) override {
    const OwnProcess own = source_ ? source_->read() : OwnProcess{};
    set(pass, cpu_, own.cpu);
    set(pass, resident_, own.resident_bytes);
    set(pass, virtual_, own.virtual_bytes);
    set(pass, threads_, own.threads);
    set(pass, open_files_, own.open_files);
    set(pass, max_open_files_, own.max_open_files);
    set(pass, started_, own.started_wall);
    set(pass, voluntary_, own.voluntary_switches);
    set(pass, involuntary_, own.involuntary_switches);
    if (!source_) pass.nothing_to_read();
  }

 private:
  static double number(Duration time) { return to_seconds(time); }
  static double number(uint64_t count) { return static_cast<double>(count); }

  template <class T>
  static void set(Pass& pass, Series& series, const std::optional<T>& value) {
    if (value) pass.set(series, number(*value));
    report_read(pass, series.metric, kSource, value ? ReadStatus::ok : ReadStatus::absent,
                kNotTold);
  }

  const std::unique_ptr<OwnProcessSource> source_;
  Series cpu_{Metric::kProcessCpuSeconds, {}};
  Series resident_{Metric::kProcessResident, {}};
  Series virtual_{Metric::kProcessVirtual, {}};
  Series threads_{Metric::kProcessThreads, {}};
  Series open_files_{Metric::kProcessOpenFds, {}};
  Series max_open_files_{Metric::kProcessMaxFds, {}};
  Series started_{Metric::kProcessStartTime, {}};
  Series voluntary_{Metric::kProcessContextSwitches, {"voluntary"}};
  Series involuntary_{Metric::kProcessContextSwitches, {"involuntary"}};
};

}  // namespace

std::unique_ptr<Collector> make_self(const CollectorContext& context) {
  return std::make_unique<SelfCollector>(context.root);
}

}  // namespace anemon
