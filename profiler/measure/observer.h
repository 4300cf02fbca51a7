// What the daemon sees of the machine while a model runs: power, heat, memory, the Neural Engine.
//
// Used around one run by one thread. Nothing here fails a run: what the daemon does not tell is
// absent, with the reason. The run's process is followed by its pid.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "client/control_client.h"
#include "core/clock.h"
#include "core/json.h"
#include "profiler/measure/run_request.h"
#include "profiler/measure/session_series.h"
#include "profiler/statistics/energy_precision.h"

namespace anemon::profiler {

struct Observation {
  std::string why_none;        // "no daemon answers at ..."; empty: a session was held
  std::string session;         // id
  std::string daemon_version;  // and its status document, for the environment
  std::shared_ptr<const Json> status;
  std::shared_ptr<const Json> machine;       // anemon.metrics/1: the machine's state before the run
  std::optional<double> load_average;        // over the minute before the run
  std::shared_ptr<const Json> run;           // the session of the measured phase, after its stop
  std::shared_ptr<const Json> samples;       // its samples, anemon.series/1
  std::shared_ptr<const Json> baseline;      // the session of the idle machine
  std::string why_no_energy;                 // of a daemon without a source of power
  std::vector<std::string> components;       // whose energy makes the total, "ane", "cpu", "dram"
  std::optional<EnergyPrecision> precision;  // of the total, at the end
  Duration began{};  // of the session, on the clock that stops in sleep, as Predicted::origin

  // Seconds since the session began.
  Timeline watts;  // total
  std::map<std::string, Timeline> component_watts;
  Timeline memory_bytes;  // of the run's process
};

class Observer {
 public:
  // Without a client nothing is observed, for the reason given. Asks the daemon for its status.
  // Throws Error for a precision that is not above 0.
  Observer(std::unique_ptr<ControlClient> client, std::string why_none, EnergyRequest energy);
  ~Observer();
  Observer(const Observer&) = delete;
  Observer& operator=(const Observer&) = delete;

  bool has_daemon() const;
  // Whether there is a source of energy, so that waiting for it makes sense.
  bool has_energy() const;

  // Takes energy.baseline where there is a source, else no time at all. Ends without a baseline
  // when the descriptor `interrupt` becomes readable.
  void observe_idle(int interrupt = -1);
  void begin(const std::string& name, pid_t pid);  // a session; at the first measured call
  // Whether the measured phase should go on for energy's sake, `seconds` after its begin.
  bool wants_more(double seconds);
  void look_again();  // before the end: has seen() tell what was seen up to now
  void end();

  const Observation& seen() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Connects to a daemon as anemonctl does. `socket`: empty for the defaults. Without a daemon
// the observer says so.
std::unique_ptr<Observer> open_observer(const std::filesystem::path& socket,
                                        const EnergyRequest& energy);

}  // namespace anemon::profiler
