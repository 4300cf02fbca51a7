#include "collectors/tasks.h"

#include <algorithm>
#include <array>

#include "collectors/recording.h"
#include "collectors/task_table.h"
#include "core/utf8.h"
#include "platform/boot_time.h"

namespace anemon {
namespace {

// Where numbers come from: /proc, or proc_pid_rusage.
const std::string kProcfs = "procfs";
const std::string kRusage = "rusage";
const std::string kHelper = "helper";
const std::string kNoComponent;
const std::string kLive;
const std::string kNotPermitted = "not permitted for other users";
const std::string kNotCounted = "not counted by this kernel";
const std::string kOtherUsers = "other users";
const std::string kNoSource = "no source of processes on this system";

constexpr Duration kShortPeriod = std::chrono::milliseconds(2500);

constexpr std::array kMetrics = {Metric::kTaskResident, Metric::kTaskPeakResident,
                                 Metric::kTaskSwap,     Metric::kTaskCpuSeconds,
                                 Metric::kTaskThreads,  Metric::kTasks};

// A shown process: its handles and its series.
struct Shown {
  Shown(const ProcessRecord& record, std::unique_ptr<WatchedProcess> handles)
      : pid(record.pid),
        started(record.started),
        name(record.name),
        watched(std::move(handles)),
        labels{std::to_string(record.pid),
               to_clean_utf8(record.name.view(), ProcessName::kMaxBytes)} {}

  // A process may change its name; then its series are others.
  bool is(const ProcessRecord& record) const {
    return pid == record.pid && started == record.started && name.view() == record.name.view();
  }

  pid_t pid;
  Duration started;
  ProcessName name;
  std::unique_ptr<WatchedProcess> watched;  // null: could not be opened
  std::vector<std::string> labels;
  Series resident{Metric::kTaskResident, labels};
  Series peak{Metric::kTaskPeakResident, labels};
  Series swap{Metric::kTaskSwap, labels};
  Series cpu{Metric::kTaskCpuSeconds, labels};
  Series threads{Metric::kTaskThreads, labels};
  Series files{Metric::kTaskOpenFiles, labels};
  Series start{Metric::kTaskStartTime, labels};
  Series footprint{Metric::kTaskFootprint, labels};
  Series neural{Metric::kTaskNeuralFootprint, labels};
  Series neural_peak{Metric::kTaskNeuralFootprintPeak, labels};
  Series energy{Metric::kTaskEnergy, labels};
};

// What only some kernels count: told as live once a process had it.
struct Counted {
  bool footprint = false, neural = false, neural_peak = false, energy = false;
  bool swap = false, peak_resident = false;
};

class TasksCollector final : public Collector {
 public:
  explicit TasksCollector(const CollectorContext& context)
      : selection_source_(context.task_selection),
        processes_(open(context)),
        source_(context.apple ? kRusage : kProcfs),
        no_source_(is_replay(context) ? kNotRecorded : kNoSource),
        // The recorded machine booted at another time than this one.
        boot_wall_(is_replay(context) ? std::nullopt : anemon::boot_wall(context.root)) {}

  void collect(Pass& pass) override {
    if (auto selection = selection_source_.get(); selection != selection_) {
      selection_ = std::move(selection);
      table_.select(*selection_);
    }
    if (!processes_) return report_no_source(pass);
    const Duration elapsed = pass.now().awake - last_awake_;
    last_awake_ = pass.now().awake;
    list_processes(elapsed, pass.rebaseline());
    table_.update(records_, elapsed, pass.rebaseline());

    follow_shown();
    for (size_t i = 0; i < shown_.size(); ++i) set_shown(pass, *shown_[i], table_.shown()[i]);
    set_rest(pass);
    set_neural_sum(pass);
    pass.set(tasks_, static_cast<double>(records_.size()));
    report(pass);
  }

 private:
  static std::unique_ptr<Processes> open(const CollectorContext& context) {
    auto own = context.apple ? context.apple->open_processes() : open_processes(context.root);
    return own && context.helper ? context.helper->complete(std::move(own)) : std::move(own);
  }

  // Most processes sleep most of the time. At short periods their records may be a few passes old;
  // those of shown processes never are.
  void list_processes(Duration elapsed, bool rebaseline) {
    if (rebaseline || elapsed > kShortPeriod) return processes_->list(records_);
    fresh_.clear();
    for (const auto& shown : shown_) fresh_.push_back(shown->pid);
    processes_->list_active(records_, fresh_);
  }

  void report_no_source(Pass& pass) {
    for (const Metric metric : kMetrics) {
      pass.signal(metric, kNoComponent, source_, SignalState::absent, no_source_);
    }
    pass.nothing_to_read();
  }

  // Makes `shown_` correspond to the table's, keeping what is still shown. Both in order of pid.
  void follow_shown() {
    shown_before_.swap(shown_);
    shown_.clear();
    auto old = shown_before_.begin();
    for (const uint32_t position : table_.shown()) {
      const ProcessRecord& record = records_[position];
      while (old != shown_before_.end() && (*old)->pid < record.pid) ++old;
      if (old != shown_before_.end() && (*old)->is(record)) {
        shown_.push_back(std::move(*old++));
      } else {
        shown_.push_back(std::make_unique<Shown>(record, processes_->watch(record)));
      }
    }
    shown_before_.clear();
  }

  void set_shown(Pass& pass, Shown& shown, uint32_t position) {
    const ProcessRecord& record = records_[position];
    ProcessDetails details;
    if (shown.watched && !shown.watched->read(details)) shown.watched.reset();
    pass.set(shown.resident,
             static_cast<double>(details.resident_bytes.value_or(record.resident_bytes)));
    pass.set(shown.cpu, to_seconds(table_.cpu(position)));
    pass.set(shown.threads, static_cast<double>(record.threads));
    if (boot_wall_) pass.set(shown.start, to_seconds(*boot_wall_ + record.started));
    counted_.peak_resident |= set(pass, shown.peak, details.peak_resident_bytes);
    counted_.swap |= set(pass, shown.swap, details.swap_bytes);
    set(pass, shown.files, details.open_files);
    counted_.footprint |= set(pass, shown.footprint, details.footprint_bytes);
    counted_.neural |= set(pass, shown.neural, details.neural_footprint_bytes);
    counted_.neural_peak |= set(pass, shown.neural_peak, details.peak_neural_footprint_bytes);
    if (details.energy_nanojoules) {
      counted_.energy = true;
      pass.set(shown.energy, static_cast<double>(*details.energy_nanojoules) * 1e-9);
    }
    files_refused_ = files_refused_ || details.open_files_refused;
  }

  void set_rest(Pass& pass) {
    const TaskTable::Rest& rest = table_.rest();
    pass.set(rest_resident_, static_cast<double>(rest.resident_bytes));
    pass.set(rest_threads_, static_cast<double>(rest.threads));
    pass.set(rest_cpu_, to_seconds(rest.cpu));
  }

  // The neural footprint is not part of any footprint, and what may not be read is in neither.
  void set_neural_sum(Pass& pass) {
    uint64_t sum = 0;
    bool known = false;
    for (const ProcessRecord& record : records_) {
      known = known || record.neural_footprint_bytes.has_value();
      sum += record.neural_footprint_bytes.value_or(0);
    }
    if (known) pass.set(neural_sum_, static_cast<double>(sum));
    pass.signal(Metric::kAneNeuralFootprint, kNoComponent, source_,
                known ? SignalState::live : SignalState::absent, known ? kLive : kNotCounted);
    const bool refused = processes_->refused() > 0;
    if (refused || others_refused_) {
      pass.signal(Metric::kAneNeuralFootprint, kOtherUsers, source_,
                  refused ? SignalState::refused : SignalState::live,
                  refused ? kNotPermitted : kLive);
      others_refused_ = true;
    }
  }

  // What it is asked for: all that is refused on a Mac, only open files where procfs tells the
  // rest.
  void report_helper(Pass& pass) {
    const RootHelperStatus* helper = processes_->helper();
    if (helper == nullptr) return;
    const SignalState state = to_signal_state(helper->state);
    if (source_ == kProcfs) {
      return pass.signal(Metric::kTaskOpenFiles, kOtherUsers, kHelper, state, helper->reason);
    }
    for (const Metric metric : {Metric::kTaskFootprint, Metric::kTaskEnergy}) {
      pass.signal(metric, kOtherUsers, kHelper, state, helper->reason);
    }
  }

  static SignalState to_signal_state(RootHelperStatus::State state) {
    switch (state) {
      case RootHelperStatus::State::live:
        return SignalState::live;
      case RootHelperStatus::State::absent:
        return SignalState::absent;
      case RootHelperStatus::State::refused:
        return SignalState::refused;
      case RootHelperStatus::State::stale:
        return SignalState::stale;
    }
    return SignalState::absent;
  }

  static bool set(Pass& pass, Series& series, const std::optional<uint64_t>& value) {
    if (value) pass.set(series, static_cast<double>(*value));
    return value.has_value();
  }

  void report(Pass& pass) {
    // Once refused, the signal stays so: which processes are shown changes, the permission does
    // not, unless a root helper comes and goes.
    pass.signal(Metric::kTaskOpenFiles, kNoComponent, source_,
                files_refused_ ? SignalState::refused : SignalState::live,
                files_refused_ ? kNotPermitted : kLive);
    if (processes_->helper() != nullptr) files_refused_ = false;
    report_helper(pass);
    report_counted(pass, Metric::kTaskFootprint, counted_.footprint);
    report_counted(pass, Metric::kTaskNeuralFootprint, counted_.neural);
    report_counted(pass, Metric::kTaskNeuralFootprintPeak, counted_.neural_peak);
    report_counted(pass, Metric::kTaskEnergy, counted_.energy);
    const bool procfs = source_ == kProcfs;
    report_counted(pass, Metric::kTaskSwap, procfs || counted_.swap);
    report_counted(pass, Metric::kTaskPeakResident, procfs || counted_.peak_resident);
    if (reported_) return;
    reported_ = true;
    for (const Metric metric :
         {Metric::kTaskResident, Metric::kTaskCpuSeconds, Metric::kTaskThreads, Metric::kTasks}) {
      pass.signal(metric, kNoComponent, source_, SignalState::live);
    }
    pass.signal(Metric::kTaskStartTime, kNoComponent, source_,
                boot_wall_ ? SignalState::live : SignalState::absent,
                boot_wall_ ? kLive : "time of boot unknown");
  }

  void report_counted(Pass& pass, Metric metric, bool counted) {
    pass.signal(metric, kNoComponent, source_, counted ? SignalState::live : SignalState::absent,
                counted ? kLive : kNotCounted);
  }

  const Published<TaskSelection>& selection_source_;
  const std::unique_ptr<Processes> processes_;
  const std::string& source_;
  const std::string& no_source_;
  const std::optional<Duration> boot_wall_;
  std::shared_ptr<const TaskSelection> selection_;
  std::vector<ProcessRecord> records_;
  std::vector<pid_t> fresh_;
  TaskTable table_;
  Duration last_awake_{};
  std::vector<std::unique_ptr<Shown>> shown_, shown_before_;
  Counted counted_;
  bool files_refused_ = false, others_refused_ = false;
  bool reported_ = false;
  Series rest_resident_{Metric::kTaskResident, {"", "other"}};
  Series rest_threads_{Metric::kTaskThreads, {"", "other"}};
  Series rest_cpu_{Metric::kTaskCpuSeconds, {"", "other"}};
  Series tasks_{Metric::kTasks, {}};
  Series neural_sum_{Metric::kAneNeuralFootprint, {}};
};

}  // namespace

std::unique_ptr<Collector> make_tasks(const CollectorContext& context) {
  return std::make_unique<TasksCollector>(context);
}

}  // namespace anemon
