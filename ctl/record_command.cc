#include <fmt/format.h>

#include <csignal>
#include <nlohmann/json.hpp>

#include "collectors/apple/recorded_channels.h"
#include "core/duration.h"
#include "core/time_expression.h"
#include "ctl/context.h"
#include "ctl/exit_code.h"
#include "ctl/handlers.h"
#include "ctl/signal_inbox.h"
#include "ctl/trace_recorder.h"

namespace anemon {
namespace {

constexpr Duration kDefaultInterval = std::chrono::seconds(1);

void sample_until_told(TraceRecorder& recorder, Duration interval,
                       std::optional<Duration> duration) {
  SignalInbox inbox({SIGINT, SIGTERM, SIGHUP});
  const SystemClock clock;
  const Duration began = clock.now().awake;
  for (Duration due = began;; due += interval) {
    Instant now = clock.now();
    recorder.record(now);
    if (duration && due + interval > began + *duration) break;
    now = clock.now();
    while (due + interval < now.awake) due += interval;  // missed: never made up for
    if (inbox.wait(due + interval - now.awake)) break;
  }
  recorder.finish(clock.now());
}

}  // namespace

int record_trace(Context& context, const Arguments& arguments) {
  const std::string file = arguments.value("output");
  if (file.empty()) throw UsageError("no file to write to", "anemonctl record -d 10s -o mac.jsonl");
  const Duration interval = arguments.duration("interval").value_or(kDefaultInterval);
  const auto duration = arguments.duration("duration");
  const auto devices = open_apple_devices();
  if (devices == nullptr) {
    throw MissingError("this machine has none of the sources that a recording holds",
                       "record on a Mac with Apple silicon; anemond --replay FILE plays it here");
  }
  TraceWriter writer(file, {devices->host_facts(), format_time(SystemClock().now().wall),
                            arguments.value("note")});
  TraceRecorder recorder(*devices, recorded_channels(), {arguments.has("tasks")}, writer);
  sample_until_told(recorder, interval, duration);
  for (const std::string& trouble : recorder.troubles()) {
    context.remark("anemonctl: record: " + trouble);
  }
  context.remark(fmt::format("{}: {} lines, {} channels; look into it before you send it", file,
                             writer.records(), recorder.channels()));
  return kExitDone;
}

}  // namespace anemon
