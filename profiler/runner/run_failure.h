// How a run in a runner can end otherwise than well: each way has a name, and none of them is the
// end of the program that asked for it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/error.h"

namespace anemon::profiler {

enum class RunOutcome : uint8_t {
  ok,
  crashed,          // by a signal of its own making, or it ended while an answer was due
  killed,           // by somebody else's signal; by SIGKILL, perhaps the system for want of memory
  timed_out,        // longer than the limit of the phase, or of processor time
  out_of_memory,    // more than the limit
  compiler_failed,  // the framework's compiler
  refused,          // by the engine, which says why
  garbage,          // what it says is not the protocol
  not_found,        // no such program, or it cannot be executed
  wrong_version,    // of the protocol
  interrupted,      // the one who asked wants no answer any more
};

enum class RunPhase : uint8_t {
  start,
  plan,
  load,
  fill,
  first_inference,
  warm_up,
  measure,
  operations,
  results,
  memory,
  end,
};

std::string_view name_of(RunOutcome outcome);  // "out of memory"
std::string_view name_of(RunPhase phase);      // "warm-up"
std::string signal_name(int signal);           // "SIGSEGV"; "signal 42"

struct RunEnd {
  RunOutcome outcome = RunOutcome::ok;
  RunPhase phase = RunPhase::end;
  std::optional<int> exit_status;  // of a process that has ended by itself
  std::optional<int> signal;       // by which it ended, if not this program's
  std::string last_words;          // the end of its standard error, fit for a terminal
};

class RunFailure : public Error {
 public:
  RunFailure(RunEnd end, const std::string& message, std::string hint = {})
      : Error(message, std::move(hint)), end_(std::move(end)) {}

  const RunEnd& end() const noexcept { return end_; }
  RunOutcome outcome() const noexcept { return end_.outcome; }
  RunPhase phase() const noexcept { return end_.phase; }

 private:
  RunEnd end_;
};

}  // namespace anemon::profiler
