#include "profiler/measure/observer.h"

#include <fmt/format.h>
#include <stdlib.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <thread>

#include "client/client_error.h"
#include "core/json_access.h"
#include "core/time_expression.h"
#include "core/utf8.h"
#include "platform/default_paths.h"
#include "profiler/measure/energy_account.h"
#include "profiler/measure/rest.h"

namespace anemon::profiler {
namespace {

// A daemon that does not answer holds up the run for so long, once.
constexpr Duration kTimeout = std::chrono::seconds(3);
// Sources prove themselves within the first passes of a daemon that has just begun.
constexpr double kProven = 5;
constexpr Duration kBetweenLooks = std::chrono::milliseconds(250);
// Seconds; less often while only the daemon's end could change the answer.
constexpr double kBetweenPolls = 1;
constexpr double kBetweenEarlyPolls = 5;
// By when a source that was live before the run has been read twice.
constexpr double kFirstReadings = 10;
constexpr size_t kLongestName = 64;  // bytes, of a session

constexpr Metric kMachineState[] = {Metric::kOnBattery, Metric::kLowPowerMode,
                                    Metric::kThermalPressure, Metric::kLoad1};

std::optional<double> load_average_now() {
  double load = 0;
  return getloadavg(&load, 1) == 1 ? std::optional(load) : std::nullopt;
}

// Signals of energy in `state`, by component.
std::set<std::string> energy_signals(const Json& status, std::string_view state) {
  std::set<std::string> components;
  for (const Json& signal : at(status, "/signals")) {
    if (text(signal, "/signal") == info(Metric::kEnergyJoules).name &&
        text(signal, "/state") == state) {
      components.insert(text(signal, "/component"));
    }
  }
  return components;
}

std::string why_no_energy_in(const Json& status) {
  const auto live = energy_signals(status, "live");
  if (!live.empty()) {
    return fmt::format("no total: all that is known is the energy of {}", fmt::join(live, ", "));
  }
  for (const Json& signal : at(status, "/signals")) {
    if (text(signal, "/signal") != info(Metric::kEnergyJoules).name) continue;
    const std::string reason = text(signal, "/reason");
    if (reason.empty()) continue;
    const std::string source = text(signal, "/source");
    return fmt::format("no source of power on this machine ({}{}{})", source,
                       source.empty() ? "" : ": ", reason);
  }
  return "no source of power on this machine";
}

Timeline since(const Timeline& points, double origin) {
  Timeline result;
  for (const auto& [seconds, value] : points) result.emplace_back(seconds - origin, value);
  return result;
}

}  // namespace

struct Observer::State {
  std::unique_ptr<ControlClient> client;
  const EnergyRequest energy;
  Observation seen;
  SystemClock clock;
  pid_t pid = 0;
  bool running = false;  // a session that is to be stopped
  double next_poll = 0;
  bool wanted = true;  // what the last poll said

  State(std::unique_ptr<ControlClient> a_client, EnergyRequest an_energy)
      : client(std::move(a_client)), energy(an_energy) {}

  // Runs `work` with the client. Whatever fails becomes `why`; a daemon that is gone is not asked
  // again.
  template <class Work>
  bool ask(std::string& why, const Work& work) {
    if (!client) return false;
    try {
      work();
      return true;
    } catch (const DeclinedError& error) {
      why = fmt::format("the daemon declined: {}", error.what());
    } catch (const NotPermittedError& error) {
      why = error.what();
    } catch (const Error& error) {
      why = error.what();
      client.reset();
    }
    return false;
  }

  // Like `ask` of a daemon that has answered before.
  template <class Work>
  bool ask_again(const Work& work) {
    std::string why;
    const bool had = client != nullptr;
    if (ask(why, work)) return true;
    if (had) {
      running = false;
      seen.why_none = client ? why : fmt::format("the daemon stopped answering: {}", why);
    }
    return false;
  }

  void look() {
    std::string why;
    ask(why, [&] {
      seen.status = std::make_shared<const Json>(client->status());
      seen.daemon_version = text(*seen.status, "/version");
      std::vector<std::string> names;
      for (const Metric metric : kMachineState) names.emplace_back(info(metric).name);
      seen.machine = std::make_shared<const Json>(client->metrics(names, true));
    });
    if (!seen.status) {
      seen.why_none = why;
      client.reset();
    }
  }

  void look_for_energy() {
    if (!client) return;
    for (double waited = 0;; waited += to_seconds(kBetweenLooks)) {
      seen.components = components_of_total(energy_signals(*seen.status, "live"));
      const double up = number(*seen.status, "/uptime_seconds").value_or(kProven) + waited;
      if (up >= kProven || energy_signals(*seen.status, "unproven").empty()) break;
      std::this_thread::sleep_for(kBetweenLooks);
      if (!ask_again([&] { seen.status = std::make_shared<const Json>(client->status()); })) return;
    }
    if (seen.components.empty()) seen.why_no_energy = why_no_energy_in(*seen.status);
  }

  // A session may outlive its time: then it has ended already.
  Json stop(const std::string& id) {
    try {
      return client->stop_session(id);
    } catch (const DeclinedError& error) {
      if (error.code() != "conflict") throw;
      return client->session(id);
    }
  }

  std::string start(SessionRequest request) {
    try {
      return started(client->start_session(request));
    } catch (const DeclinedError& error) {
      if (error.code() != "bad_request" || !request.max_duration) throw;
      // The daemon's longest session is shorter.
      request.max_duration.reset();
      return started(client->start_session(request));
    }
  }

  static std::string started(const Json& session) {
    std::string id = text(session, "/id");
    if (id.empty()) throw ProtocolError("the daemon began a session without an id");
    return id;
  }

  void begin(const std::string& name, pid_t of) {
    pid = of;
    seen.began = clock.awake();
    SessionRequest request;
    request.name = "profile " + name;
    std::ranges::replace(request.name, '/', '_');
    request.name = to_clean_utf8(request.name, kLongestName);
    request.labels = {{"anemon.role", "profile"}};
    if (pid > 0) request.pids = {pid};
    request.max_duration = energy.at_most + std::chrono::hours(1);
    running = ask_again([&] { seen.session = start(request); });
    if (running) seen.why_none.clear();
    next_poll = std::min(kBetweenEarlyPolls, to_seconds(energy.at_least));
    wanted = true;
  }

  // What is known of the energy so far; throws what the client throws.
  EnergyAccount account() {
    std::vector<std::string> match;
    for (const Metric metric : {Metric::kEnergyJoules, Metric::kPowerSpan}) {
      match.emplace_back(info(metric).name);
    }
    return account_energy(client->session_samples(seen.session, match), seen.components);
  }

  bool poll(double seconds) {
    bool enough = true;
    ask_again([&] {
      const EnergyAccount so_far = account();
      if (so_far.intervals.empty()) {
        enough = seconds > kFirstReadings;
        return;
      }
      enough = energy_precision(so_far.intervals, so_far.cadence, energy.precision).enough;
    });
    return !enough;
  }

  void look_again() {
    if (running) take([&] { return client->session(seen.session); });
  }

  void end() {
    if (!running) return;
    take([&] { return stop(seen.session); });
    running = false;
  }

  template <class Session>
  void take(const Session& get_session) {
    const bool taken = ask_again([&] {
      Json session = get_session();
      seen.samples = std::make_shared<const Json>(client->session_samples(seen.session, {}));
      seen.run = std::make_shared<const Json>(std::move(session));
    });
    if (taken) digest();
  }

  // Timelines and energy out of the samples.
  void digest() {
    const auto started = parse_time(text(*seen.run, "/started"), {});
    const double origin = started ? unix_seconds(*started) : 0;
    if (started) {
      seen.watts = since(total_watts(*seen.samples, seen.components), origin);
      for (auto& [component, series] :
           trusted_by_component(series_of(*seen.samples, Metric::kPowerWatts))) {
        seen.component_watts[component] = since(series.points, origin);
      }
      // The footprint, where there is one, is what the system charges.
      for (const Metric metric : {Metric::kTaskResident, Metric::kTaskFootprint}) {
        for (const SampledSeries& series : series_of(*seen.samples, metric)) {
          if (series.label("pid") != std::to_string(pid)) continue;
          seen.memory_bytes = since(series.points, origin);
        }
      }
    }
    if (seen.components.empty()) return;
    seen.why_no_energy.clear();
    const EnergyAccount account = account_energy(*seen.samples, seen.components);
    if (!account.why_none.empty()) {
      seen.why_no_energy = account.why_none;
    } else if (number(*seen.run, "/summary/asleep_seconds/value").value_or(0) > 0) {
      seen.why_no_energy = "the machine slept during the run";
    } else {
      seen.precision = energy_precision(account.intervals, account.cadence, energy.precision);
    }
  }
};

Observer::Observer(std::unique_ptr<ControlClient> client, std::string why_none,
                   EnergyRequest energy)
    : state_(std::make_unique<State>(std::move(client), energy)) {
  if (!(energy.precision > 0)) {
    throw Error(fmt::format("a precision of energy of {}", energy.precision), "0.05 asks for 5 %");
  }
  state_->seen.load_average = load_average_now();
  state_->seen.why_none = std::move(why_none);
  state_->look();
  if (energy.wanted) {
    state_->look_for_energy();
  } else {
    state_->seen.why_no_energy = "energy was not asked for";
  }
}

Observer::~Observer() {
  if (state_->running) state_->end();
}

bool Observer::has_daemon() const { return state_->client != nullptr; }

bool Observer::has_energy() const { return has_daemon() && !state_->seen.components.empty(); }

void Observer::observe_idle(int interrupt) {
  State& state = *state_;
  if (!has_energy() || state.energy.baseline <= Duration::zero()) return;
  SessionRequest request;
  request.labels = {{"anemon.role", "baseline"}};
  request.max_duration = state.energy.baseline + std::chrono::minutes(1);
  state.ask_again([&] {
    const std::string id = state.start(request);
    const bool whole = rest(state.energy.baseline, interrupt);
    Json session = state.stop(id);
    if (whole) state.seen.baseline = std::make_shared<const Json>(std::move(session));
    // Its numbers are in the result; the session itself would only clutter the list.
    state.client->remove_session(id);
  });
}

void Observer::begin(const std::string& name, pid_t pid) { state_->begin(name, pid); }

bool Observer::wants_more(double seconds) {
  State& state = *state_;
  if (!has_energy() || !state.running) return false;
  if (seconds >= to_seconds(state.energy.at_most)) return false;
  const bool early = seconds < to_seconds(state.energy.at_least);
  if (seconds >= state.next_poll) {
    state.wanted = state.poll(seconds);
    state.next_poll =
        early ? std::min(seconds + kBetweenEarlyPolls, to_seconds(state.energy.at_least))
              : seconds + kBetweenPolls;
  }
  return state.running && (early || state.wanted);
}

void Observer::look_again() { state_->look_again(); }

void Observer::end() { state_->end(); }

const Observation& Observer::seen() const { return state_->seen; }

std::unique_ptr<Observer> open_observer(const std::filesystem::path& socket,
                                        const EnergyRequest& energy) {
  const auto place = find_socket(socket, default_sockets());
  return std::make_unique<Observer>(std::make_unique<ControlClient>(place, kTimeout), "", energy);
}

}  // namespace anemon::profiler
