// What the daemon sees of the machine while a model runs: power, heat, memory, the Neural Engine.
//
// Used around one run by one thread. Nothing here fails a run: what the daemon does not tell is
// absent, with the reason. The run's process is followed by its pid.
#pragma once

#include <sys/types.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "client/control_client.h"
#include "core/json.h"
#include "core/clock.h"
#include "profiler/measure/run_request.h"
#include "profiler/statistics/energy_precision.h"

namespace anemon::profiler {

// [seconds since the measured phase began, value]
using Timeline = std::vector<std::pair<double, double>>;

struct Observation {
  std::string why_none;        // "no daemon answers at ..."; empty: a session was held
  std::string session;         // id
  std::string daemon_version;  // and its status document, for the environment
  std::shared_ptr<const Json> status;
  std::shared_ptr<const Json> run;           // the session of the measured phase, after its stop
  std::shared_ptr<const Json> baseline;      // of the idle machine
  std::string why_no_energy;                 // of a daemon without a source of power
  std::vector<std::string> components;       // whose energy makes the total, "ane0", "cpu", "dram"
  std::optional<EnergyPrecision> precision;  // of the total, at the end
  Timeline watts;                            // total
  std::map<std::string, Timeline> component_watts;
  Timeline memory_bytes;  // of the run's process
};

class Observer {
 public:
  // Without a client nothing is observed, for the reason given.
  Observer(std::unique_ptr<ControlClient> client, std::string why_none, EnergyRequest energy);
  ~Observer();
  Observer(const Observer&) = delete;
  Observer& operator=(const Observer&) = delete;

  bool has_daemon() const;
  // Whether there is a source of energy, so that waiting for it makes sense.
  bool has_energy() const;

  void observe_idle();  // takes energy.baseline where there is a source, else no time at all
  void begin(const std::string& name, pid_t pid);  // a session; at the first measured call
  // Whether the measured phase should go on for energy's sake, `seconds` after its begin.
  bool wants_more(double seconds);
  void end();

  const Observation& seen() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Connects to a daemon as anemonctl does. `socket`: empty for the defaults.
std::unique_ptr<Observer> open_observer(const std::filesystem::path& socket,
                                        const EnergyRequest& energy);

}  // namespace anemon::profiler
