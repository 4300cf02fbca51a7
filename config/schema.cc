#include "config/schema.h"

#include <sys/un.h>

#include <algorithm>
#include <array>
#include <limits>
#include <type_traits>
#include <utility>

#include "core/collector_spec.h"

namespace anemon {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr TakesEffect kReload = TakesEffect::on_reload;
constexpr TakesEffect kRestart = TakesEffect::on_restart;
constexpr size_t kMaxPath = 255;
constexpr size_t kMaxSocketPath = sizeof(sockaddr_un::sun_path) - 1;
constexpr uint64_t kKiB = 1 << 10;
constexpr uint64_t kGiB = 1 << 30;

// in<&Config::http, &Config::Http::listen>: the member behind a chain of member pointers.
template <auto... Members>
struct Chain {
  using Value = std::remove_cvref_t<decltype((std::declval<Config&>().*....*Members))>;
  static const Value& get(const Config& config, std::string_view) { return (config.*....*Members); }
  static Value& set(Config& config, std::string_view) { return (config.*....*Members); }
};
template <auto... Members>
constexpr Access<typename Chain<Members...>::Value> in = {Chain<Members...>::get,
                                                          Chain<Members...>::set};

// of_each<&Config::Collector::period>: the member of the named collector's entry.
template <auto Member>
struct Entry {
  using Value = std::remove_cvref_t<decltype(std::declval<Config::Collector&>().*Member)>;
  static const Value& get(const Config& config, std::string_view collector) {
    return config.collectors.find(collector)->second.*Member;
  }
  static Value& set(Config& config, std::string_view collector) {
    return config.collectors.find(collector)->second.*Member;
  }
};
template <auto Member>
constexpr Access<typename Entry<Member>::Value> of_each = {Entry<Member>::get, Entry<Member>::set};

constexpr std::array<std::string_view, 4> kLevels = {"debug", "info", "warn", "error"};
constexpr std::array<std::string_view, 4> kPowermetricsModes = {"auto", "off", "refresh", "source"};
constexpr std::array<std::string_view, 2> kFormats = {"logfmt", "json"};

using Http = Config::Http;
using Control = Config::Control;
using Store = Config::Store;
using Collector = Config::Collector;
using Tasks = Config::Tasks;
using Sessions = Config::Sessions;
using Host = Config::Host;
using Helper = Config::Helper;

constexpr ConfigSection kSections[] = {
    {"http", "The Prometheus exporter and the read-only JSON API, over TCP."},
    {"control", "The control socket, which anemonctl and local clients talk to."},
    {"store", "How far history reaches back. All of it is reserved in memory at start."},
    {"collectors", "What is sampled and how often. Every collector takes the same keys."},
    {"collectors.*", ""},
    {"tasks", "Which processes the tasks collector shows one by one; the rest is summed as other."},
    {"sessions", "Limits of monitoring sessions."},
    {"host", "Linux: where the kernel's files are."},
    {"powermetrics",
     "macOS: a powermetrics process that is kept running; needs root or the root helper."},
    {"helper",
     "The root helper, which gives a daemon that is not root the figures of other users' "
     "processes (sudo anemonctl service install --system --with-root-helper)."},
    {"log", "The log on standard error."},
};

constexpr ConfigKey kKeys[] = {
    {"http.listen", ListenField{in<&Config::http, &Http::listen>}, kRestart,
     "Address to listen on. Port 0 lets the system choose one. There is no authentication: an "
     "address beyond loopback shows everything to whoever reaches it."},
    {"http.max_connections", NumberField{in<&Config::http, &Http::max_connections>, 1, 10000},
     kRestart, "Open connections; more are answered 503 with Retry-After."},
    {"http.max_header_bytes", NumberField{in<&Config::http, &Http::max_header_bytes>, 1024, 65536},
     kRestart, "Bytes of a request's line and headers; more are answered 431."},
    {"http.max_headers", NumberField{in<&Config::http, &Http::max_headers>, 8, 1000}, kRestart,
     "Headers of a request; more are answered 431."},
    {"http.request_timeout",
     DurationField{in<&Config::http, &Http::request_timeout>, milliseconds(100), minutes(10)},
     kRestart, "Time for a whole request to arrive, and for its answer to be taken."},
    {"http.idle_timeout",
     DurationField{in<&Config::http, &Http::idle_timeout>, milliseconds(100), hours(1)}, kRestart,
     "How long a kept connection may be silent before it is closed."},

    {"control.socket", PathField{in<&Config::control, &Control::socket>, kMaxSocketPath, true},
     kRestart, "Path of the Unix socket. Empty: the platform's default for this user."},
    {"control.mode", ModeField{in<&Config::control, &Control::mode>}, kRestart,
     "Permissions of the socket. Who can write to it may read the daemon's data."},
    {"control.group", TextField{in<&Config::control, &Control::group>}, kRestart,
     "Group of the socket, by name or number. Empty: the process's own."},
    {"control.admin_uids", UidListField{in<&Config::control, &Control::admin_uids>, 64}, kRestart,
     "Users who may change things, beside the daemon's own user and root."},
    {"control.max_connections",
     NumberField{in<&Config::control, &Control::max_connections>, 1, 1024}, kRestart,
     "Open connections; more are answered 503 with Retry-After."},
    {"control.max_streams", NumberField{in<&Config::control, &Control::max_streams>, 1, 1024},
     kRestart, "Live streams open at once."},

    {"store.raw_retention",
     DurationField{in<&Config::store, &Store::raw_retention>, seconds(10), hours(24)}, kRestart,
     "How long every sample is kept as it was taken."},
    {"store.retention_1s",
     DurationField{in<&Config::store, &Store::retention_1s>, seconds(10), hours(24)}, kRestart,
     "How long one-second rollups are kept; only collectors faster than 1 Hz have them."},
    {"store.retention_10s",
     DurationField{in<&Config::store, &Store::retention_10s>, minutes(1), hours(24 * 7)}, kRestart,
     "How long ten-second rollups are kept."},
    {"store.retention_60s",
     DurationField{in<&Config::store, &Store::retention_60s>, minutes(1), hours(24 * 31)}, kRestart,
     "How long one-minute rollups are kept."},
    {"store.max_raw_samples",
     NumberField{in<&Config::store, &Store::max_raw_samples>, 10, 1'000'000}, kRestart,
     "Raw samples kept of one series, whatever raw_retention asks for: the bound for collectors "
     "with short periods."},

    {"collectors.*.enabled", BooleanField{of_each<&Collector::enabled>}, kReload,
     "Whether it runs at all."},
    {"collectors.*.period", DurationField{of_each<&Collector::period>, kMinPeriod, kMaxPeriod},
     kReload,
     "Time between two samples. The one-second rollups of one that a reload takes below 1s "
     "begin with the next start."},
    {"collectors.*.max_series", NumberField{of_each<&Collector::max_series>, 1, 100'000}, kRestart,
     "Series that the store reserves for it. When they are taken, the longest dead makes room; new "
     "ones are refused and counted when none is dead."},

    {"tasks.names", TextListField{in<&Config::tasks, &Tasks::names>, 64}, kReload,
     "Processes always shown, by their exact name."},
    {"tasks.pids", PidListField{in<&Config::tasks, &Tasks::pids>, 64}, kReload,
     "Processes always shown, by their id."},
    {"tasks.top_by_memory", NumberField{in<&Config::tasks, &Tasks::top_by_memory>, 0, 200}, kReload,
     "How many of the largest by resident memory are shown."},
    {"tasks.top_by_cpu", NumberField{in<&Config::tasks, &Tasks::top_by_cpu>, 0, 200}, kReload,
     "How many of the busiest by CPU time are shown."},

    {"sessions.max_bytes", SizeField{in<&Config::sessions, &Sessions::max_bytes>, 64 * kKiB, kGiB},
     kReload, "Samples kept of one session; beyond it they become rollups."},
    {"sessions.max_duration",
     DurationField{in<&Config::sessions, &Sessions::max_duration>, seconds(1), hours(24 * 31)},
     kReload, "A session that nobody stopped is closed after this time."},
    {"sessions.max_active", NumberField{in<&Config::sessions, &Sessions::max_active>, 1, 256},
     kReload, "Sessions open at once; starting one more is refused."},
    {"sessions.keep", NumberField{in<&Config::sessions, &Sessions::keep>, 1, 100'000}, kReload,
     "Finished sessions kept; the oldest goes first."},

    {"host.procfs", PathField{in<&Config::host, &Host::procfs>, kMaxPath, false}, kRestart,
     "Root of procfs. In a container, where the host's is mounted."},
    {"host.sysfs", PathField{in<&Config::host, &Host::sysfs>, kMaxPath, false}, kRestart,
     "Root of sysfs. In a container, where the host's is mounted."},

    {"powermetrics.mode",
     ChoiceField{kPowermetricsModes,
                 [](const Config& c) { return static_cast<size_t>(c.powermetrics.mode); },
                 [](Config& c, size_t i) {
                   c.powermetrics.mode = static_cast<Config::Powermetrics::Mode>(i);
                 }},
     kRestart,
     "Since macOS 27 the energy counters stand still unless a program of Apple's samples them. "
     "refresh: powermetrics runs for nothing but that. auto: refresh where the root helper can do "
     "it, else off. source: its own power figures are read where no better source is trusted; the "
     "daemon itself must be root. It uses some processor time, which is reported."},

    {"helper.enabled", BooleanField{in<&Config::helper, &Helper::enabled>}, kRestart,
     "Whether a root helper is asked at all. A daemon that is root, or replays, never asks."},
    {"helper.socket", PathField{in<&Config::helper, &Helper::socket>, kMaxSocketPath, true},
     kRestart, "Path of its Unix socket. Empty: the platform's default."},

    {"log.level",
     ChoiceField{kLevels, [](const Config& c) { return static_cast<size_t>(c.logging.level); },
                 [](Config& c, size_t i) { c.logging.level = static_cast<LogLevel>(i); }},
     kReload, "The least severe lines that are written."},
    {"log.format",
     ChoiceField{kFormats, [](const Config& c) { return static_cast<size_t>(c.logging.json); },
                 [](Config& c, size_t i) { c.logging.json = i == 1; }},
     kReload, "Lines of key=value pairs, or one JSON object a line."},

    {"state_dir", PathField{in<&Config::state_dir>, kMaxPath, true}, kRestart,
     "Directory of what must survive a restart: the sessions. Empty: the platform's default for "
     "this user."},
};

template <class Row>
const Row* find_row(std::span<const Row> rows, std::string_view path) {
  const auto row = std::find_if(rows.begin(), rows.end(),
                                [&](const Row& candidate) { return candidate.path == path; });
  return row == rows.end() ? nullptr : &*row;
}

}  // namespace

std::string ConfigKey::path_for(std::string_view collector) const {
  if (!of_collector()) return std::string(path);
  return "collectors." + std::string(collector) + "." + std::string(leaf());
}

std::span<const ConfigKey> config_keys() { return kKeys; }
std::span<const ConfigSection> config_sections() { return kSections; }

const ConfigKey* find_config_key(std::string_view path) { return find_row(config_keys(), path); }
const ConfigSection* find_config_section(std::string_view path) {
  return find_row(config_sections(), path);
}

}  // namespace anemon
