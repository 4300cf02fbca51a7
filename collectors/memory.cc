#include "collectors/memory.h"

#include <utility>

#include "collectors/apple/memory_traffic.h"
#include "collectors/read_report.h"
#include "collectors/recording.h"
#include "platform/memory.h"

namespace anemon {
namespace {

const std::string kProcfs = "procfs";
const std::string kHost = "host";  // macOS's own statistics
const std::string kNoComponent;
const std::string kNoStatistics = "no memory statistics";
const std::string kNoSwap = "kernel without swap";
const std::string kNoStallInformation = "kernel without pressure stall information";
const std::string kNoLevel = "the kernel states no pressure level";
const std::string kPartOfWhole = "part_of_whole";

class MemoryCollector final : public Collector {
 public:
  // `traffic`: null where no system has such counters.
  MemoryCollector(std::unique_ptr<MemorySource> source, const std::string& source_name, bool replay,
                  std::unique_ptr<MemoryTraffic> traffic)
      : source_(std::move(source)),
        source_name_(source_name),
        no_statistics_(replay ? kNotRecorded : kNoStatistics),
        traffic_(std::move(traffic)) {}

  void collect(Pass& pass) override {
    collect_memory(pass);
    collect_stall(pass);
    if (traffic_) traffic_->collect(pass);
  }

 private:
  void collect_memory(Pass& pass) {
    const ReadStatus status = source_ ? source_->read(memory_) : ReadStatus::absent;
    report_read(pass, Metric::kMemoryBytes, source_name_, status, no_statistics_);
    if (status != ReadStatus::ok) {
      report_read(pass, Metric::kSwapBytes, source_name_, status, no_statistics_);
      report_read(pass, Metric::kMemoryPressure, source_name_, status, no_statistics_);
      if (status != ReadStatus::failed) pass.nothing_to_read();
      return;
    }
    set(pass, total_, memory_.total);
    set(pass, available_, memory_.available);
    set(pass, free_, memory_.free);
    set(pass, cached_, memory_.cached);
    set(pass, wired_, memory_.wired);
    set(pass, compressed_, memory_.compressed);
    set_difference(pass, used_, memory_.total, memory_.available);
    set(pass, swap_total_, memory_.swap_total);
    set(pass, swap_free_, memory_.swap_free);
    set_difference(pass, swap_used_, memory_.swap_total, memory_.swap_free);
    report_read(pass, Metric::kSwapBytes, source_name_,
                memory_.swap_total ? ReadStatus::ok : ReadStatus::absent, kNoSwap);
    if (memory_.pressure_level) pass.set(pressure_, *memory_.pressure_level);
    report_read(pass, Metric::kMemoryPressure, source_name_,
                memory_.pressure_level ? ReadStatus::ok : ReadStatus::absent, kNoLevel);
  }

  void collect_stall(Pass& pass) {
    const ReadStatus status = source_ ? source_->read(stall_) : ReadStatus::absent;
    report_read(pass, Metric::kMemoryStall, source_name_, status, kNoStallInformation);
    if (status != ReadStatus::ok) return;
    if (stall_.some) pass.set(some_, to_seconds(*stall_.some));
    if (stall_.full) pass.set(full_, to_seconds(*stall_.full));
  }

  static void set(Pass& pass, Series& series, const std::optional<uint64_t>& bytes) {
    if (bytes) pass.set(series, static_cast<double>(*bytes));
  }

  // The two were counted at slightly different moments: a negative difference is no reading.
  static void set_difference(Pass& pass, Series& series, const std::optional<uint64_t>& whole,
                             const std::optional<uint64_t>& part) {
    if (!whole || !part) return;
    if (*part > *whole) return pass.reject(kPartOfWhole);
    pass.set(series, static_cast<double>(*whole - *part));
  }

  static Series memory(const char* kind, Provenance provenance = Provenance::measured) {
    return {Metric::kMemoryBytes, {kind}, provenance};
  }
  static Series swap(const char* kind, Provenance provenance = Provenance::measured) {
    return {Metric::kSwapBytes, {kind}, provenance};
  }

  const std::unique_ptr<MemorySource> source_;
  const std::string& source_name_;
  const std::string& no_statistics_;
  const std::unique_ptr<MemoryTraffic> traffic_;
  MemorySnapshot memory_;
  MemoryStall stall_;
  Series total_ = memory("total");
  Series available_ = memory("available");
  Series free_ = memory("free");
  Series cached_ = memory("cached");
  Series wired_ = memory("wired");
  Series compressed_ = memory("compressed");
  Series used_ = memory("used", Provenance::derived);
  Series swap_total_ = swap("total");
  Series swap_free_ = swap("free");
  Series swap_used_ = swap("used", Provenance::derived);
  Series pressure_{Metric::kMemoryPressure, {}};
  Series some_{Metric::kMemoryStall, {"some"}};
  Series full_{Metric::kMemoryStall, {"full"}};
};

}  // namespace

std::unique_ptr<Collector> make_memory(const CollectorContext& context) {
  if (context.apple != nullptr) {
    return std::make_unique<MemoryCollector>(
        context.apple->open_memory(), kHost, is_replay(context),
        std::make_unique<MemoryTraffic>(*context.apple, context.log));
  }
  return std::make_unique<MemoryCollector>(open_memory(context.root), kProcfs, false, nullptr);
}

}  // namespace anemon
