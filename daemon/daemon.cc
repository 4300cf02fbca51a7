#include "daemon/daemon.h"

#include <unistd.h>

#include <new>
#include <utility>

#include "collectors/collectors.h"
#include "collectors/task_table.h"
#include "core/error.h"
#include "core/version.h"
#include "daemon/account.h"
#include "daemon/control_api.h"
#include "daemon/control_json.h"
#include "daemon/http_instruments.h"
#include "daemon/instance_lock.h"
#include "daemon/live_config.h"
#include "daemon/replay.h"
#include "daemon/scheduler.h"
#include "daemon/self_report.h"
#include "daemon/stderr_log.h"
#include "exporters/http_server.h"
#include "exporters/page_cache.h"
#include "helper/helped.h"
#include "platform/default_paths.h"
#include "platform/resident_memory.h"
#include "sessions/session_keeper.h"

namespace anemon {
namespace {

// How shutting down spends its 3 s: answers, then sampling, then sessions. Sampling ends before
// sessions close so that their last passes are complete; a hung device may use up no more than
// this.
constexpr Duration kAnswersGrace = std::chrono::milliseconds(700);
constexpr Duration kSamplingGrace = std::chrono::milliseconds(700);
constexpr Duration kSessionsGrace = std::chrono::milliseconds(1200);

StoreRetention retention(const Config::Store& store) {
  return {store.raw_retention, store.retention_1s, store.retention_10s, store.retention_60s,
          store.max_raw_samples};
}

SessionOptions session_options(const Config& config) {
  return {config.state_dir,           config.sessions.max_bytes, config.sessions.max_duration,
          config.sessions.max_active, config.sessions.keep,      TaskTable::kMaxShown};
}

HttpLimits http_limits(const Config::Http& http) {
  HttpLimits limits;
  limits.head.bytes = http.max_header_bytes;
  limits.head.headers = http.max_headers;
  limits.connections = http.max_connections;
  limits.head_time = http.request_timeout;
  limits.idle_time = http.idle_timeout;
  return limits;
}

// A daemon that is root needs none. Only on Macs is one installed: elsewhere it is not missing.
std::unique_ptr<RootHelper> open_root_helper(const Config& config, bool apple, const Clock& clock) {
  if (!config.helper.enabled || geteuid() == 0) return nullptr;
  if (!apple && config.helper.socket.empty() &&
      access(default_helper_socket().c_str(), F_OK) != 0) {
    return nullptr;
  }
  return make_root_helper(config.helper.socket, clock);
}

PowermetricsMode powermetrics_mode(const Config& config, bool with_helper) {
  switch (config.powermetrics.mode) {
    case Config::Powermetrics::Mode::automatic:
      return with_helper ? PowermetricsMode::refresh : PowermetricsMode::off;
    case Config::Powermetrics::Mode::off:
      return PowermetricsMode::off;
    case Config::Powermetrics::Mode::refresh:
      return PowermetricsMode::refresh;
    case Config::Powermetrics::Mode::source:
      return PowermetricsMode::source;
  }
  return PowermetricsMode::off;
}

// Every collector has its groups, so that a reload can enable it; memory is touched on first use.
std::unique_ptr<SeriesStore> make_store(const Config& config) {
  auto store = std::make_unique<SeriesStore>(retention(config.store));
  for (const CollectorSpec& spec : collector_specs()) {
    const Config::Collector& settings = config.collectors.find(spec.name)->second;
    try {
      store->add_group(std::string(spec.name), settings.period, settings.max_series);
    } catch (const std::bad_alloc&) {
      throw Error("not enough memory to reserve the history of collector " + std::string(spec.name),
                  "lower collectors." + std::string(spec.name) +
                      ".max_series, store.max_raw_samples or the retention in store");
    }
  }
  return store;
}

}  // namespace

class Daemon::Parts {
 public:
  explicit Parts(CommandLine command_line);

  void start();
  std::vector<std::string> reload();
  bool shut_down();

 private:
  void apply(const Config& config);
  void watch_session_pids(const std::vector<pid_t>& pids);
  void publish_task_selection() ANEMON_REQUIRES(tasks_mutex_);
  void add_runners();
  std::vector<ListenerSpec> listeners();
  DaemonStatus status() const;
  void announce(const StopFlag& stop);

  // Log lines and connections live in real time, all that is read off the machine in the replay's.
  SystemClock real_clock_;
  const std::unique_ptr<Replay> replay_;  // null: the machine itself
  Clock& clock_ = replay_ ? replay_->clock() : static_cast<Clock&>(real_clock_);
  Instruments instruments_;
  StderrLog log_{real_clock_, instruments_};
  LiveConfig config_;
  const std::optional<int> ready_fd_;
  const std::shared_ptr<const Config> start_config_ = config_.current();
  const Instant started_ = clock_.now();
  const AccountStatus account_ = own_account();

  InstanceLock lock_{start_config_->state_dir};
  const HostRoot root_{start_config_->host.procfs, start_config_->host.sysfs};
  const std::unique_ptr<AppleDevices> apple_ =
      replay_ ? replay_->open_devices() : open_apple_devices();
  const HostFacts host_ = apple_ ? apple_->host_facts() : read_host_facts(root_);

  const std::unique_ptr<RootHelper> helper_ =
      replay_ ? nullptr : open_root_helper(*start_config_, apple_ != nullptr, clock_);
  const PowermetricsMode powermetrics_ = powermetrics_mode(*start_config_, helper_ != nullptr);

  SignalBoard signals_;
  const std::unique_ptr<SeriesStore> store_ = make_store(*start_config_);
  Published<TaskSelection> task_selection_;
  InferenceQueue inferences_;
  const CollectorContext context_{root_,         apple_.get(), *store_, task_selection_,
                                  inferences_,   instruments_, clock_,  log_,
                                  powermetrics_, helper_.get()};
  std::vector<std::unique_ptr<CollectorRunner>> runners_;
  std::unique_ptr<Scheduler> scheduler_;

  Mutex tasks_mutex_;
  Config::Tasks configured_tasks_ ANEMON_GUARDED_BY(tasks_mutex_);
  std::vector<pid_t> session_pids_ ANEMON_GUARDED_BY(tasks_mutex_);

  std::unique_ptr<SessionKeeper> sessions_;
  std::unique_ptr<Sources> sources_;
  std::unique_ptr<PageCache> pages_;
  HttpInstruments http_statistics_{instruments_};
  std::unique_ptr<HttpServer> server_;
  std::string listen_;  // as bound
  std::unique_ptr<Worker> announcer_;
  std::unique_ptr<Worker> replay_watcher_;
};

Daemon::Parts::Parts(CommandLine command_line)
    : replay_(command_line.replay ? std::make_unique<Replay>(*command_line.replay,
                                                             command_line.replay_speed, real_clock_)
                                  : nullptr),
      config_(command_line, instruments_, real_clock_, log_),
      ready_fd_(command_line.ready_fd) {
  const Config& config = *start_config_;
  log_.configure(config.logging.level, config.logging.json);
  if (lock_.writable_by_others()) {
    log_.warn("others can write to the state directory, and so replace its sessions",
              {{"state_dir", config.state_dir.string()}, {"hint", "chmod go-w"}});
  }
  log_.info("starting", {{"version", std::string(version())},
                         {"config", config_.status().path.value_or("defaults")},
                         {"store_bytes", std::to_string(store_->bytes())},
                         {"store_series", std::to_string(store_->capacity())}});
  add_runners();
  sessions_ = std::make_unique<SessionKeeper>(
      session_options(config),
      SessionContext{*store_, signals_, clock_, log_,
                     [this](const std::vector<pid_t>& pids) { watch_session_pids(pids); },
                     [this] { return session_environment(host_); }});
  sources_ = std::make_unique<Sources>(Sources{clock_, *store_, signals_, instruments_, {}});
  sources_->readings = {identity_readings(host_), store_readings(*store_), sessions_->readings()};
  pages_ = std::make_unique<PageCache>(*sources_);
  if (config.control.socket == default_socket()) {
    make_directories(config.control.socket.parent_path(), 0750);
  }
  server_ = std::make_unique<HttpServer>(HttpServerOptions{2, 16, config.control.max_streams},
                                         listeners(), real_clock_, log_, http_statistics_);
  ListenAddress address = parse_listen_address(config.http.listen).value();
  address.port = server_->port(0);
  listen_ = address.text();
  if (!address.is_loopback()) {
    log_.warn(
        "metrics are readable by everyone who can reach this address: there is no authentication",
        {{"listen", listen_}});
  }
}

void Daemon::Parts::add_runners() {
  std::vector<CollectorRunner*> table;
  for (const CollectorSpec& spec : collector_specs()) {
    const auto open = [this, &spec] { return make_collector(spec.name, context_); };
    runners_.push_back(std::make_unique<CollectorRunner>(spec, open, *store_->find_group(spec.name),
                                                         signals_, instruments_, clock_, log_));
    table.push_back(runners_.back().get());
  }
  scheduler_ = std::make_unique<Scheduler>(table, instruments_, clock_, log_);
}

std::vector<ListenerSpec> Daemon::Parts::listeners() {
  const Config& config = *start_config_;
  const ControlContext context{*sources_,
                               *pages_,
                               [this] { return status(); },
                               *sessions_,
                               inferences_,
                               [this] { return reload(); },
                               config.control.admin_uids};
  HttpLimits control_limits = http_limits(config.http);
  control_limits.head.body = kMaxControlBody;
  control_limits.connections = config.control.max_connections;
  std::vector<ListenerSpec> specs;
  const ListenAddress address = parse_listen_address(config.http.listen).value();
  specs.push_back({address, tcp_routes(context), http_limits(config.http), address.is_loopback()});
  specs.push_back({UnixAddress{config.control.socket, config.control.mode, config.control.group},
                   control_routes(context), control_limits, false});
  return specs;
}

void Daemon::Parts::start() {
  apply(*start_config_);
  if (replay_) replay_watcher_ = replay_->watch(log_);
  server_->start();
  log_.info("serving", {{"metrics", "http://" + listen_ + "/metrics"},
                        {"socket", start_config_->control.socket.string()}});
  announcer_ =
      std::make_unique<Worker>("announcer", [this](const StopFlag& stop) { announce(stop); });
}

// Once every collector has answered, or it is clear that one will not for a while: says what cannot
// be read here, and tells --ready-fd.
void Daemon::Parts::announce(const StopFlag& stop) {
  const auto ready = [this] { return scheduler_->stale_collectors(clock_.now()).empty(); };
  const Duration patience = started_.awake + std::chrono::seconds(10);
  useconds_t pause = 500;
  bool told = false;
  while (!stop.requested()) {
    const bool is_ready = ready();
    if (!told && (is_ready || clock_.now().awake > patience)) {
      log_unreadable(signals_.signals(), log_);
      told = true;
    }
    if (is_ready) break;
    usleep(pause);
    pause = std::min<useconds_t>(pause * 2, 50'000);
  }
  if (ready_fd_) {
    const std::string line =
        "http://" + listen_ + " " + start_config_->control.socket.string() + "\n";
    if (!stop.requested() && write(*ready_fd_, line.data(), line.size()) < 0) {
      log_.warn("nobody listens on the descriptor of --ready-fd");
    }
    close(*ready_fd_);
  }
  return_startup_pages();
}

void Daemon::Parts::apply(const Config& config) {
  log_.configure(config.logging.level, config.logging.json);
  {
    const Lock lock(tasks_mutex_);
    configured_tasks_ = config.tasks;
    publish_task_selection();
  }
  inferences_.set_open(config.collectors.find("inference")->second.enabled);
  scheduler_->apply(config.collectors);
}

void Daemon::Parts::watch_session_pids(const std::vector<pid_t>& pids) {
  const Lock lock(tasks_mutex_);
  session_pids_ = pids;
  publish_task_selection();
}

void Daemon::Parts::publish_task_selection() {
  auto selection = std::make_shared<TaskSelection>(
      TaskSelection{configured_tasks_.names, configured_tasks_.pids,
                    configured_tasks_.top_by_memory, configured_tasks_.top_by_cpu, session_pids_});
  task_selection_.publish(std::move(selection));
}

DaemonStatus Daemon::Parts::status() const {
  const Instant now = clock_.now();
  DaemonStatus status;
  status.version = version();
  status.pid = getpid();
  status.account = account_;
  status.started = started_.wall;
  status.uptime = now.continuous - started_.continuous;
  status.stale_collectors = scheduler_->stale_collectors(now);
  status.ready = status.stale_collectors.empty();
  status.host = host_;
  status.listen = listen_;
  status.socket = start_config_->control.socket;
  status.state_dir = start_config_->state_dir;
  status.config = config_.status();
  for (const auto& runner : runners_) {
    status.collectors.push_back(collector_status(*runner, *scheduler_, now, started_));
  }
  const SessionKeeper::Status sessions = sessions_->status();
  status.sessions = {sessions.active, sessions.recording, std::nullopt, {}};
  if (!sessions.reason.empty()) status.sessions.reason = sessions.reason;
  for (SessionKeeper::Open& open : sessions_->open_sessions()) {
    status.sessions.open.push_back({std::move(open.id), std::move(open.name), open.start,
                                    std::move(open.labels), std::move(open.energy)});
  }
  return status;
}

std::vector<std::string> Daemon::Parts::reload() {
  return config_.reload([this](const Config& config) {
    sessions_->set_options(session_options(config));  // at start it was given them
    apply(config);
  });
}

bool Daemon::Parts::shut_down() {
  log_.info("shutting down");
  announcer_.reset();
  replay_watcher_.reset();
  const bool answered = server_->stop(kAnswersGrace);
  const std::vector<std::string> hung = scheduler_->stop(kSamplingGrace);
  for (const std::string& name : hung) {
    log_.warn("collector still hangs; its thread is left behind", {{"collector", name}});
  }
  const bool durable = sessions_->close(kSessionsGrace);
  if (!durable) log_.error("the disk hangs: open sessions end at their last durable second");
  log_.info("stopped");
  return answered && hung.empty() && durable;
}

Daemon::Daemon(CommandLine command_line)
    : parts_(std::make_unique<Parts>(std::move(command_line))) {}
Daemon::~Daemon() = default;
void Daemon::start() { parts_->start(); }
std::vector<std::string> Daemon::reload() { return parts_->reload(); }
bool Daemon::shut_down() { return parts_->shut_down(); }

}  // namespace anemon
