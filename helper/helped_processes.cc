// One request a pass: those that this process is refused and whose record is due, and the details
// of those that are watched and need it. A watched one reads what the pass's answer said of it;
// only when it is new does it ask for itself.
//
// Records of refused processes are the helper's alone, so that a start, which is part of a
// process's identity, always has the same origin.
#include <algorithm>
#include <iterator>
#include <limits>
#include <utility>

#include "helper/client.h"
#include "helper/helped.h"
#include "platform/process_listing.h"

namespace anemon {
namespace {

using Lookup = Processes::Lookup;

// When nothing is wanted, the helper's state is still asked for so often.
constexpr Duration kGreeting = std::chrono::seconds(10);

// Fields that are unset take the other's.
void complete(ProcessDetails& own, const ProcessDetails& helpers) {
  for (const auto member :
       {&ProcessDetails::resident_bytes, &ProcessDetails::peak_resident_bytes,
        &ProcessDetails::swap_bytes, &ProcessDetails::open_files, &ProcessDetails::footprint_bytes,
        &ProcessDetails::peak_footprint_bytes, &ProcessDetails::neural_footprint_bytes,
        &ProcessDetails::peak_neural_footprint_bytes, &ProcessDetails::energy_nanojoules}) {
    if (!(own.*member)) own.*member = helpers.*member;
  }
  own.open_files_refused = helpers.open_files_refused;
}

// What the watched ones and the list share.
struct Conversation {
  Conversation(const std::filesystem::path& socket, const Clock& clock, uid_t owner)
      : client(socket, clock, owner) {}

  const HelpedProcess* find(pid_t pid) const {
    const auto at = std::lower_bound(
        answers.begin(), answers.end(), pid,
        [](const HelpedProcess& each, pid_t wanted) { return each.record.pid < wanted; });
    return at != answers.end() && at->record.pid == pid ? &*at : nullptr;
  }

  HelperClient client;
  std::vector<HelpedProcess> answers;  // of this pass, in order of pid
  std::vector<pid_t> detailed;         // watched ones that need the helper, sorted
  std::vector<HelpedProcess> single;
};

class HelpedWatchedProcess final : public WatchedProcess {
 public:
  HelpedWatchedProcess(Conversation& conversation, const ProcessRecord& record,
                       std::unique_ptr<WatchedProcess> own)
      : conversation_(conversation),
        pid_(record.pid),
        started_(record.started),
        own_(std::move(own)) {}
  ~HelpedWatchedProcess() override {
    auto& detailed = conversation_.detailed;
    const auto at = std::lower_bound(detailed.begin(), detailed.end(), pid_);
    if (needs_help_ && at != detailed.end() && *at == pid_) detailed.erase(at);
  }

  bool read(ProcessDetails& details) override {
    details = {};
    if (own_) {
      if (!own_->read(details)) return false;
      if (!details.open_files_refused) return true;
    }
    details.open_files_refused = true;
    const HelpedProcess* helped = ask();
    if (helped == nullptr) return true;
    if (helped->lookup == Lookup::gone) return own_ != nullptr;
    if (helped->lookup != Lookup::found) return true;
    if (helped->record.started != started_) return own_ != nullptr;
    if (helped->detailed) complete(details, helped->details);
    return true;
  }

 private:
  // From the next pass on, the list asks for it.
  const HelpedProcess* ask() {
    auto& detailed = conversation_.detailed;
    const auto at = std::lower_bound(detailed.begin(), detailed.end(), pid_);
    if (at == detailed.end() || *at != pid_) detailed.insert(at, pid_);
    needs_help_ = true;
    const HelpedProcess* known = conversation_.find(pid_);
    if (known != nullptr && known->detailed) return known;
    const WantedProcess wanted{pid_, WantedProcess::kDetailed};
    if (!conversation_.client.ask(0, {&wanted, 1}, conversation_.single)) return nullptr;
    return conversation_.single.data();
  }

  Conversation& conversation_;
  const pid_t pid_;
  const Duration started_;
  const std::unique_ptr<WatchedProcess> own_;  // null: we are refused it
  bool needs_help_ = false;
};

class HelpedProcesses final : public Processes {
 public:
  HelpedProcesses(std::unique_ptr<Processes> own, const std::filesystem::path& socket,
                  const Clock& clock, uid_t owner)
      : own_(std::move(own)), clock_(clock), conversation_(socket, clock, owner) {}

  void list(std::vector<ProcessRecord>& records) override {
    own_->list(records);
    add_helped(records, true, {});
  }
  void list_active(std::vector<ProcessRecord>& records, std::span<const pid_t> fresh) override {
    own_->list_active(records, fresh);
    add_helped(records, false, fresh);
  }

  uint64_t refused() const noexcept override { return refused_.size(); }
  std::span<const pid_t> refused_pids() const noexcept override { return refused_; }
  const RootHelperStatus* helper() const noexcept override {
    return &conversation_.client.status();
  }
  Lookup look_up(pid_t pid, ProcessRecord& record) override { return own_->look_up(pid, record); }

  std::unique_ptr<WatchedProcess> watch(const ProcessRecord& record) override {
    const auto refused = own_->refused_pids();
    const bool helped = std::binary_search(refused.begin(), refused.end(), record.pid);
    std::unique_ptr<WatchedProcess> own = helped ? nullptr : own_->watch(record);
    if (!own && !helped) return nullptr;
    return std::make_unique<HelpedWatchedProcess>(conversation_, record, std::move(own));
  }

 private:
  struct Nothing {};

  void add_helped(std::vector<ProcessRecord>& records, bool all, std::span<const pid_t> fresh) {
    const std::span<const pid_t> pids = own_->refused_pids();
    listing_.due(pids, all, fresh, due_);
    const bool answered = ask();
    refused_.clear();
    if (!answered) {
      // Without the helper nothing is known of them, not even from before.
      refused_.assign(pids.begin(), pids.end());
      listing_ = {};
      return;
    }
    listing_.list(
        pids, all, fresh, helped_,
        [this](pid_t pid, Nothing&) -> std::optional<ProcessRecord> {
          const HelpedProcess* found = conversation_.find(pid);
          if (found == nullptr || found->lookup == Lookup::refused) refused_.push_back(pid);
          if (found == nullptr || found->lookup != Lookup::found) return std::nullopt;
          return found->record;
        },
        [](const Nothing&) {});
    if (helped_.empty()) return;
    merged_.clear();
    std::merge(records.begin(), records.end(), helped_.begin(), helped_.end(),
               std::back_inserter(merged_),
               [](const ProcessRecord& a, const ProcessRecord& b) { return a.pid < b.pid; });
    records.swap(merged_);
  }

  // For what is due and for the details of the watched ones.
  bool ask() {
    wanted_.clear();
    auto watched = conversation_.detailed.begin();
    const auto end = conversation_.detailed.end();
    const auto add_watched = [&](pid_t below) {
      for (; watched != end && *watched < below; ++watched) {
        wanted_.push_back({*watched, WantedProcess::kDetailed});
      }
    };
    for (const pid_t pid : due_) {
      add_watched(pid);
      const bool detailed = watched != end && *watched == pid;
      if (detailed) ++watched;
      wanted_.push_back({pid, detailed ? WantedProcess::kDetailed : 0});
    }
    add_watched(std::numeric_limits<pid_t>::max());

    auto& answers = conversation_.answers;
    answers.clear();
    HelperClient& client = conversation_.client;
    const auto interval = clock_.awake() - client.asked();
    if (wanted_.empty() && client.asked() != Duration::zero() && interval < kGreeting) {
      return client.status().state == RootHelperStatus::State::live;
    }
    std::span<const WantedProcess> left = wanted_;
    do {
      const auto some = left.first(std::min(left.size(), kMaxWanted));
      if (!client.ask(0, some, part_)) {
        answers.clear();
        return false;
      }
      answers.insert(answers.end(), part_.begin(), part_.end());
      left = left.subspan(some.size());
    } while (!left.empty());
    return true;
  }

  const std::unique_ptr<Processes> own_;
  const Clock& clock_;
  Conversation conversation_;
  ProcessListing<Nothing> listing_;
  std::vector<pid_t> due_, refused_;
  std::vector<WantedProcess> wanted_;
  std::vector<HelpedProcess> part_;
  std::vector<ProcessRecord> helped_, merged_;
};

}  // namespace

std::unique_ptr<Processes> make_helped_processes(std::unique_ptr<Processes> own,
                                                 const std::filesystem::path& socket,
                                                 const Clock& clock, uid_t owner) {
  return std::make_unique<HelpedProcesses>(std::move(own), socket, clock, owner);
}

}  // namespace anemon
