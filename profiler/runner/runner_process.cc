#include "profiler/runner/runner_process.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <iterator>
#include <utility>

#include "core/utf8.h"
#include "platform/child_memory.h"
#include "platform/child_usage.h"

namespace anemon::profiler {
namespace {

// How often a child that says nothing is looked at. It costs the machine some 10 us.
constexpr Duration kWatch = std::chrono::milliseconds(100);
// From the end of its output to its end: a system may write down a crash meanwhile.
constexpr Duration kToEnd = std::chrono::seconds(10);
constexpr size_t kReadAtOnce = size_t{64} << 10;
constexpr size_t kReadsAtOnce = 64;  // of one descriptor, so that the others get their turn
constexpr size_t kMaxOutputs = 4096;
constexpr size_t kMaxOperations = 1'000'000;
constexpr size_t kShown = 120;  // bytes of a line that is garbage

Duration awake_now() { return SystemClock().awake(); }

std::string mebibytes(uint64_t bytes) {
  return fmt::format("{:.0f} MiB", static_cast<double>(bytes) / (1 << 20));
}

// Signals that come from outside, not from what the program does.
bool is_foreign(int signal) {
  return signal == SIGKILL || signal == SIGTERM || signal == SIGINT || signal == SIGHUP ||
         signal == SIGQUIT;
}

// What runtimes say when an allocation fails.
bool speaks_of_memory(std::string_view words) {
  for (const std::string_view sign :
       {"bad_alloc", "MemoryError", "Cannot allocate memory", "out of memory", "Out of memory"}) {
    if (words.find(sign) != std::string_view::npos) return true;
  }
  return false;
}

}  // namespace

RunnerProcess::RunnerProcess(std::vector<std::string> command, const RunnerLimits& limits,
                             const std::string& engine)
    : command_(std::move(command)), limits_(limits) {
  const int error = child_.start(command_);
  if (error != 0) {
    const std::string program = command_.empty() ? std::string() : command_[0];
    fail(error == EAGAIN || error == ENOMEM || error == EMFILE || error == ENFILE
             ? RunOutcome::refused
             : RunOutcome::not_found,
         fmt::format("cannot start the runner {}: {}", program, std::strerror(error)),
         "--runner names the program that runs models; without it anemon-runner is sought");
  }
  HelloRequest request;
  request.engine = engine;
  hello_ = ask<Hello>(request, RunPhase::start, limits_.start);
  if (hello_.protocol != kProtocolVersion) {
    fail(RunOutcome::wrong_version,
         fmt::format("the runner {} speaks version {} of the protocol, this program version {}",
                     command_[0], hello_.protocol, kProtocolVersion),
         "install runner and anemonctl of the same version");
  }
  // What it is for is a clear answer of the runner itself; where there is none, watch() is enough.
  if (limits_.memory) bound_child_growth(child_.pid(), *limits_.memory);
}

RunnerProcess::~RunnerProcess() = default;

ComputePlan RunnerProcess::plan(const LoadRequest& request) {
  units_ = request.units;
  ComputePlan whole;
  auto part = ask<Plan>(PlanRequest{request}, RunPhase::plan, limits_.load);
  const Duration deadline = awake_now() + limits_.answer;
  for (;;) {
    whole.kind = part.plan.kind;
    std::move(part.plan.operations.begin(), part.plan.operations.end(),
              std::back_inserter(whole.operations));
    if (!part.more) return whole;
    if (whole.operations.size() > kMaxOperations) fail_garbage("more than 1000000 operations", {});
    part = expect<Plan>(receive(deadline));
  }
}

Loaded RunnerProcess::load(const LoadRequest& request) {
  units_ = request.units;
  return ask<Loaded>(request, RunPhase::load, limits_.load);
}

Filled RunnerProcess::fill(const FillRequest& request) {
  return ask<Filled>(request, RunPhase::fill, limits_.fill);
}

MemoryUse RunnerProcess::memory() {
  return ask<MemoryUse>(MemoryRequest{}, RunPhase::memory, limits_.answer);
}

Predicted RunnerProcess::predict(RunPhase phase, const PredictRequest& request,
                                 const Observer& observe) {
  phase_ = phase;
  phase_limit_ = limits_.call;
  const Duration begun = awake_now();
  send(request, begun + limits_.call);
  uint64_t count = 0;
  bool stopped = false;
  std::optional<Duration> latest;
  if (request.max_time) latest = begun + *request.max_time + 2 * limits_.call;
  for (;;) {
    Duration deadline = awake_now() + request.chunk + limits_.call;
    if (latest) deadline = std::min(deadline, *latest);
    Answer answer = receive(deadline);
    if (const auto* samples = std::get_if<Samples>(&answer)) {
      if (samples->first != count || samples->total.empty()) {
        fail_garbage("samples that do not follow those before", to_line(answer));
      }
      count += samples->total.size();
      if (request.max_count && count > *request.max_count) {
        fail_garbage("more samples than were asked for", to_line(answer));
      }
      if (!observe(*samples) && !stopped) {
        stopped = true;
        latest = awake_now() + limits_.call;
        send(StopRequest{}, *latest);
      }
      continue;
    }
    Predicted predicted = expect<Predicted>(std::move(answer));
    if (count == 0) fail_garbage("no prediction at all", to_line(Answer(predicted)));
    if (predicted.count != count) {
      fail_garbage(fmt::format("{} predictions, of which {} were reported", predicted.count, count),
                   to_line(Answer(predicted)));
    }
    return predicted;
  }
}

std::vector<OperationTime> RunnerProcess::operations() {
  std::vector<OperationTime> all;
  auto part = ask<Operations>(OperationsRequest{}, RunPhase::operations, limits_.answer);
  const Duration deadline = awake_now() + limits_.answer;
  for (;;) {
    std::move(part.operations.begin(), part.operations.end(), std::back_inserter(all));
    if (!part.more) return all;
    if (all.size() > kMaxOperations) fail_garbage("more than 1000000 operations", {});
    part = expect<Operations>(receive(deadline));
  }
}

std::vector<OutputResult> RunnerProcess::results(const ResultsRequest& request) {
  std::vector<OutputResult> all;
  auto part = ask<Results>(request, RunPhase::results, limits_.answer);
  const Duration deadline = awake_now() + limits_.answer;
  for (;;) {
    if (part.value.name.empty() && part.last && part.count == 0) return all;  // no outputs at all
    std::vector<float>& numbers = part.value.numbers;
    if (part.offset == 0) {
      if (all.size() == kMaxOutputs) fail_garbage("more than 4096 outputs", {});
      all.push_back({std::move(part.value), part.count, part.statistics, part.checksum});
    } else if (!all.empty() && all.back().value.name == part.value.name &&
               all.back().value.numbers.size() == part.offset && !numbers.empty()) {
      auto& known = all.back().value.numbers;
      known.insert(known.end(), numbers.begin(), numbers.end());
    } else {
      fail_garbage("parts of results that do not follow each other", to_line(Answer(part)));
    }
    if (all.back().value.numbers.size() > request.numbers) {
      fail_garbage("more numbers than were asked for", {});
    }
    if (part.last) return all;
    part = expect<Results>(receive(deadline));
  }
}

RunnerFarewell RunnerProcess::end() {
  RunnerFarewell farewell;
  if (!alive()) {
    if (ended_) farewell.end = *ended_;
    return farewell;
  }
  try {
    ask<Bye>(ByeRequest{}, RunPhase::end, limits_.end);
    child_.close_input();
    said_bye_ = true;
    const Duration deadline = awake_now() + limits_.end;
    while (!child_.ended()) pump(deadline, false);
    drain();
    const ChildExit exit = child_.finish();
    farewell.end.last_words = last_words();
    farewell.cpu = exit.cpu;
    farewell.max_resident_bytes = exit.max_resident_bytes;
    if (WIFEXITED(exit.status)) farewell.end.exit_status = WEXITSTATUS(exit.status);
    if (WIFSIGNALED(exit.status)) farewell.end.signal = WTERMSIG(exit.status);
    if (exit.status != 0) farewell.end.outcome = RunOutcome::crashed;
  } catch (const RunFailure& failure) {
    farewell.end = failure.end();
  }
  return farewell;
}

template <class Expected>
Expected RunnerProcess::ask(const Request& request, RunPhase phase, Duration limit) {
  phase_ = phase;
  phase_limit_ = limit;
  const Duration deadline = awake_now() + limit;
  send(request, deadline);
  return expect<Expected>(receive(deadline));
}

template <class Expected>
Expected RunnerProcess::expect(Answer answer) {
  if (auto* expected = std::get_if<Expected>(&answer)) return std::move(*expected);
  if (const auto* failure = std::get_if<Failure>(&answer)) report(*failure);
  fail_garbage(
      fmt::format("\"{}\" when \"{}\" was due", name_of(answer), name_of(Answer(Expected()))),
      to_line(answer));
}

void RunnerProcess::send(const Request& request, Duration deadline) {
  if (!alive()) {
    throw RunFailure(ended_.value_or(RunEnd{RunOutcome::crashed, phase_, {}, {}, last_words()}),
                     "the runner has ended before");
  }
  const std::string line = to_line(request);
  if (line.size() > kMaxLine) {
    fail(RunOutcome::refused, fmt::format("the request is longer than {} MiB", kMaxLine >> 20),
         "give large inputs as files");
  }
  for (size_t sent = 0; sent < line.size();) {
    const ssize_t written = child_.write_input(line.data() + sent, line.size() - sent);
    if (written >= 0) {
      sent += static_cast<size_t>(written);
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      pump(deadline, true);
    } else if (errno == EPIPE) {
      return;  // how it ended is found out when the answer is due
    } else if (errno != EINTR) {
      fail(RunOutcome::garbage,
           fmt::format("cannot write to the runner: {}", std::strerror(errno)));
    }
  }
}

Answer RunnerProcess::receive(Duration deadline) {
  std::string_view line;
  for (;;) {
    if (lines_.next(line)) {
      try {
        return parse_answer(line);
      } catch (const Error& error) {
        fail_garbage(error.what(), line);
      }
    }
    if (lines_.overlong()) fail_garbage("a line without end", lines_.rest());
    pump(deadline, false);
  }
}

void RunnerProcess::pump(Duration deadline, bool to_write) {
  const Duration now = awake_now();
  if (output_ended_ && !said_bye_ && (now >= deadline || now - *ended_at_ > kToEnd)) {
    fail_garbage("it closed its output and went on", lines_.rest());
  }
  if (now >= deadline) {
    fail(RunOutcome::timed_out, fmt::format("the runner gave no answer within {} s in phase {}",
                                            to_seconds(phase_limit_), name_of(phase_)));
  }
  // A buffer that is full waits for whoever takes the lines.
  const bool to_read = !output_ended_ && lines_.size() <= kMaxLine + kReadAtOnce;
  std::array<pollfd, 4> waiting{};
  waiting[0] = {to_read ? child_.output() : -1, POLLIN, 0};
  waiting[1] = {child_.errors(), POLLIN, 0};
  waiting[2] = {to_write ? child_.input() : -1, POLLOUT, 0};
  waiting[3] = {limits_.interrupt, POLLIN, 0};
  const Duration until = std::min(deadline - now, output_ended_ ? kWatch / 20 : kWatch);
  const auto milliseconds = std::chrono::ceil<std::chrono::milliseconds>(until).count();
  const int ready = ::poll(waiting.data(), waiting.size(), static_cast<int>(milliseconds));
  if (ready > 0) {
    if (waiting[1].revents != 0) read_errors();
    if (waiting[0].revents != 0) read_output();
    if (waiting[3].revents != 0) fail(RunOutcome::interrupted, "interrupted");
  }
  watch(awake_now());
}

void RunnerProcess::read_output() {
  std::array<char, kReadAtOnce> buffer;
  for (size_t i = 0; i < kReadsAtOnce; ++i) {
    const ssize_t got = ::read(child_.output(), buffer.data(), buffer.size());
    if (got > 0) {
      lines_.append({buffer.data(), static_cast<size_t>(got)});
      if (static_cast<size_t>(got) < buffer.size() || lines_.size() > kMaxLine) return;
    } else if (got < 0 && (errno == EINTR || errno == EAGAIN || errno == EWOULDBLOCK)) {
      return;
    } else {
      output_ended_ = true;
      ended_at_ = awake_now();
      return;
    }
  }
}

void RunnerProcess::read_errors() {
  std::array<char, kReadAtOnce> buffer;
  for (size_t i = 0; i < kReadsAtOnce; ++i) {
    const ssize_t got = ::read(child_.errors(), buffer.data(), buffer.size());
    if (got > 0) {
      errors_.append(buffer.data(), static_cast<size_t>(got));
      if (errors_.size() > 2 * kLastWords) errors_.erase(0, errors_.size() - kLastWords);
      if (static_cast<size_t>(got) < buffer.size()) return;
    } else if (got < 0 && (errno == EINTR || errno == EAGAIN || errno == EWOULDBLOCK)) {
      return;
    } else {
      child_.close_errors();
      return;
    }
  }
}

void RunnerProcess::watch(Duration now) {
  // Its end shows by the end of its output, unless somebody else holds the pipe too.
  if (!output_ended_ && now - watched_ < kWatch) return;
  watched_ = now;
  if (child_.ended()) {
    drain();
    // What it said before it ended is still to be heard: the end comes when no line is left.
    if (!said_bye_ && lines_.rest().find('\n') == std::string_view::npos) fail_ended();
    return;
  }
  if (limits_.memory) {
    const uint64_t memory = running_child_memory(child_.pid()).value_or(0);
    if (memory > *limits_.memory) {
      fail(RunOutcome::out_of_memory,
           fmt::format("the runner took {} in phase {}, more than the limit of {}",
                       mebibytes(memory), name_of(phase_), mebibytes(*limits_.memory)));
    }
  }
  if (limits_.cpu) {
    if (const auto cpu = running_child_cpu(child_.pid()); cpu && *cpu > *limits_.cpu) {
      fail(RunOutcome::timed_out,
           fmt::format("the runner used more than {} s of processor time, in phase {}",
                       to_seconds(*limits_.cpu), name_of(phase_)));
    }
  }
}

void RunnerProcess::drain() {
  if (!output_ended_) read_output();
  if (child_.errors() >= 0) read_errors();
}

std::string RunnerProcess::last_words() const {
  std::string_view tail = errors_;
  if (tail.size() > kLastWords) tail.remove_prefix(tail.size() - kLastWords);
  std::string clean;
  while (!tail.empty()) {
    const size_t feed = std::min(tail.find('\n'), tail.size());
    clean += to_clean_utf8(tail.substr(0, feed), kLastWords);
    tail.remove_prefix(std::min(feed + 1, tail.size()));
    if (!tail.empty()) clean += '\n';
  }
  return clean;
}

void RunnerProcess::report(const Failure& failure) {
  RunOutcome outcome = RunOutcome::refused;
  if (failure.kind == Failure::Kind::compiler) outcome = RunOutcome::compiler_failed;
  if (failure.kind == Failure::Kind::memory) outcome = RunOutcome::out_of_memory;
  std::string message = to_clean_utf8(failure.error, kLastWords);
  if (outcome == RunOutcome::out_of_memory && limits_.memory) {
    message += fmt::format(" (limit {})", mebibytes(*limits_.memory));
  }
  throw RunFailure({outcome, phase_, {}, {}, last_words()}, message,
                   to_clean_utf8(failure.hint, kLastWords));
}

void RunnerProcess::fail(RunOutcome outcome, const std::string& message, std::string hint) {
  const bool started = alive();
  const ChildExit exit = child_.finish();
  if (started) drain();
  RunEnd end{outcome, phase_, {}, {}, last_words()};
  child_.close_output();
  child_.close_errors();
  if (started && !exit.reaped) hint = "it cannot be killed: the kernel holds it in a device";
  ended_ = end;
  throw RunFailure(std::move(end), message, std::move(hint));
}

void RunnerProcess::fail_ended() {
  const ChildExit exit = child_.finish();
  drain();
  RunEnd end{RunOutcome::crashed, phase_, {}, {}, last_words()};
  child_.close_output();
  child_.close_errors();
  std::string message;
  std::string hint;
  if (exit.reaped && WIFSIGNALED(exit.status)) {
    end.signal = WTERMSIG(exit.status);
    const std::string signal = signal_name(*end.signal);
    if (is_foreign(*end.signal)) {
      end.outcome = RunOutcome::killed;
      message = fmt::format("the runner was killed by {} in phase {}, not by this program", signal,
                            name_of(phase_));
      if (*end.signal == SIGKILL) {
        message += fmt::format("; it had taken up to {}",
                               mebibytes(static_cast<uint64_t>(exit.max_resident_bytes)));
        hint = "probably the system was short of memory";
        if (units_ == ComputeUnits::cpu_and_ane || units_ == ComputeUnits::all) {
          hint += ", or the Neural Engine's compiler failed: try other compute units";
        }
      }
    } else {
      message = fmt::format("the runner crashed in phase {}: {}", name_of(phase_), signal);
    }
  } else if (exit.reaped) {
    end.exit_status = WEXITSTATUS(exit.status);
    message = fmt::format("the runner ended with status {} in phase {}", *end.exit_status,
                          name_of(phase_));
  } else {
    message = fmt::format("the runner ended in phase {}", name_of(phase_));
  }
  if (!lines_.rest().empty()) {
    message +=
        fmt::format(", in the middle of a line: \"{}\"", to_clean_utf8(lines_.rest(), kShown));
    if (end.exit_status == 0) end.outcome = RunOutcome::garbage;
  }
  if (limits_.memory && end.outcome == RunOutcome::crashed && speaks_of_memory(end.last_words)) {
    end.outcome = RunOutcome::out_of_memory;
    message += fmt::format("; it was held to {}", mebibytes(*limits_.memory));
  }
  ended_ = end;
  throw RunFailure(std::move(end), message, std::move(hint));
}

void RunnerProcess::fail_garbage(const std::string& why, std::string_view line) {
  std::string message = fmt::format("the runner does not keep to the protocol in phase {}: {}",
                                    name_of(phase_), to_clean_utf8(why, 2 * kShown));
  if (!line.empty()) message += fmt::format(": \"{}\"", to_clean_utf8(line, kShown));
  fail(RunOutcome::garbage, message);
}

}  // namespace anemon::profiler
