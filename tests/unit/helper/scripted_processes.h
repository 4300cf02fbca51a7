// Processes that a test writes down: some may be read by everybody, others by root alone.
#pragma once

#include <map>
#include <memory>
#include <vector>

#include "platform/processes.h"

namespace anemon::test {

struct ScriptedProcess {
  ProcessRecord record;
  ProcessDetails details;
  bool others = false;         // another user's: refused to all but root
  bool files_refused = false;  // as on Linux: listed, but its open files are refused
};

using ScriptedTable = std::map<pid_t, ScriptedProcess>;

inline ScriptedProcess& add(ScriptedTable& table, pid_t pid, bool others) {
  ScriptedProcess& added = table[pid];
  added = {};
  added.record.pid = pid;
  added.record.name = ProcessName("p" + std::to_string(pid));
  added.record.started = std::chrono::seconds(pid);
  added.record.cpu = std::chrono::milliseconds(pid);
  added.record.resident_bytes = static_cast<uint64_t>(pid) * 1000;
  added.record.threads = 3;
  added.record.neural_footprint_bytes = 77;
  added.details.open_files = 12;
  added.details.footprint_bytes = static_cast<uint64_t>(pid) * 10;
  added.details.energy_nanojoules = 5;
  added.others = others;
  return added;
}

class ScriptedProcesses final : public Processes {
 public:
  ScriptedProcesses(const ScriptedTable& table, bool root) : table_(table), root_(root) {}

  void list(std::vector<ProcessRecord>& records) override {
    records.clear();
    refused_.clear();
    for (const auto& [pid, process] : table_) {
      if (hidden(process)) {
        refused_.push_back(pid);
      } else {
        records.push_back(process.record);
      }
    }
  }
  void list_active(std::vector<ProcessRecord>& records, std::span<const pid_t>) override {
    list(records);
  }
  uint64_t refused() const noexcept override { return refused_.size(); }
  std::span<const pid_t> refused_pids() const noexcept override { return refused_; }

  Lookup look_up(pid_t pid, ProcessRecord& record) override {
    ++looked_up;
    const auto found = table_.find(pid);
    if (found == table_.end()) return Lookup::gone;
    if (hidden(found->second)) return Lookup::refused;
    record = found->second.record;
    return Lookup::found;
  }

  std::unique_ptr<WatchedProcess> watch(const ProcessRecord& record) override {
    const auto found = table_.find(record.pid);
    if (found == table_.end() || hidden(found->second)) return nullptr;
    return std::make_unique<Watched>(*this, record);
  }

  int looked_up = 0;

 private:
  class Watched final : public WatchedProcess {
   public:
    Watched(const ScriptedProcesses& of, const ProcessRecord& record)
        : of_(of), pid_(record.pid), started_(record.started) {}
    bool read(ProcessDetails& details) override {
      const auto found = of_.table_.find(pid_);
      if (found == of_.table_.end() || found->second.record.started != started_) return false;
      details = found->second.details;
      if (found->second.files_refused && !of_.root_) {
        details.open_files.reset();
        details.open_files_refused = true;
      }
      return true;
    }

   private:
    const ScriptedProcesses& of_;
    const pid_t pid_;
    const Duration started_;
  };

  bool hidden(const ScriptedProcess& process) const { return process.others && !root_; }

  const ScriptedTable& table_;
  const bool root_;
  std::vector<pid_t> refused_;
};

}  // namespace anemon::test
