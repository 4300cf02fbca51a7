// What `run` measured, as a document (anemon.run/1) and as tables.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/json.h"
#include "ctl/child_process.h"
#include "ctl/report.h"

namespace anemon {

struct MeasuredRun {
  ChildEnd end;
  std::shared_ptr<const Json> session;  // its document after the stop
};

struct Measurement {
  std::vector<std::string> command;
  int warmup = 0;
  std::shared_ptr<const Json> baseline;  // the session of the idle machine; may be null
  std::vector<MeasuredRun> runs;
};

// Middle and extremes of a few values; absent when there is none.
struct Spread {
  double median = 0, min = 0, max = 0;
};
std::optional<Spread> spread(std::vector<double> values);

// Joules of `component` in a session less what the idle machine would have used in that time;
// nothing when either is unknown. An estimate: it takes the idle power for unchanged.
std::optional<double> net_joules(const Json& session, const Json& baseline,
                                 const std::string& component);

Report run_report(const Measurement& measurement);

}  // namespace anemon
