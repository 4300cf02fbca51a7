#include "profiler/runner/run_failure.h"

#include <csignal>
#include <iterator>
#include <utility>

namespace anemon::profiler {

std::string_view name_of(RunOutcome outcome) {
  static constexpr std::string_view kNames[] = {"ok",
                                                "crashed",
                                                "killed",
                                                "timed out",
                                                "out of memory",
                                                "compiler failed",
                                                "refused",
                                                "garbage",
                                                "not found",
                                                "wrong protocol version",
                                                "interrupted"};
  static_assert(std::size(kNames) == static_cast<size_t>(RunOutcome::interrupted) + 1);
  return kNames[static_cast<size_t>(outcome)];
}

std::string_view name_of(RunPhase phase) {
  static constexpr std::string_view kNames[] = {
      "start",      "plan",    "load",   "fill", "first inference", "warm-up", "measure",
      "operations", "results", "memory", "end"};
  static_assert(std::size(kNames) == static_cast<size_t>(RunPhase::end) + 1);
  return kNames[static_cast<size_t>(phase)];
}

std::string signal_name(int signal) {
  static constexpr std::pair<int, const char*> kNames[] = {
      {SIGABRT, "SIGABRT"}, {SIGALRM, "SIGALRM"}, {SIGBUS, "SIGBUS"},   {SIGFPE, "SIGFPE"},
      {SIGHUP, "SIGHUP"},   {SIGILL, "SIGILL"},   {SIGINT, "SIGINT"},   {SIGKILL, "SIGKILL"},
      {SIGPIPE, "SIGPIPE"}, {SIGQUIT, "SIGQUIT"}, {SIGSEGV, "SIGSEGV"}, {SIGSYS, "SIGSYS"},
      {SIGTERM, "SIGTERM"}, {SIGTRAP, "SIGTRAP"}, {SIGXCPU, "SIGXCPU"}, {SIGXFSZ, "SIGXFSZ"}};
  for (const auto& [number, name] : kNames) {
    if (number == signal) return name;
  }
  return "signal " + std::to_string(signal);
}

}  // namespace anemon::profiler
