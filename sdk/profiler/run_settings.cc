#include "sdk/profiler/run_settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "core/error.h"

namespace anemon::sdk {
namespace {

constexpr double kLongest = 1e6;  // seconds; keeps them within a Duration

struct SecondsRow {
  const char* name;
  double Config::*member;
  bool may_be_zero;
};
constexpr SecondsRow kSeconds[] = {
    {"warmup_seconds", &Config::warmup_seconds, true},
    {"warmup_seconds_limit", &Config::warmup_seconds_limit, false},
    {"profile_seconds", &Config::profile_seconds, true},
    {"profile_seconds_limit", &Config::profile_seconds_limit, false},
    {"idle_seconds", &Config::idle_seconds, true},
    {"energy_seconds", &Config::energy_seconds, true},
    {"energy_seconds_limit", &Config::energy_seconds_limit, false},
    {"load_seconds_limit", &Config::load_seconds_limit, false},
    {"call_seconds_limit", &Config::call_seconds_limit, false},
};

Duration duration(double seconds) {
  return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(seconds));
}

void check_seconds(const std::string& name, double seconds, bool may_be_zero) {
  if (seconds >= 0 && seconds <= kLongest && (may_be_zero || seconds > 0)) return;
  throw Error(fmt::format("{} is {}", name, seconds),
              fmt::format("seconds, {} {:.0f}", may_be_zero ? "0 to" : "above 0, to", kLongest));
}

// NaN: no limit.
void check_limit(const char* name, double limit) {
  if (std::isnan(limit) || (limit > 0 && std::isfinite(limit))) return;
  throw Error(fmt::format("{} is {}", name, limit), "above 0, or NaN for no limit");
}

std::optional<double> scaled(double limit, double factor) {
  return std::isnan(limit) ? std::nullopt : std::optional(limit * factor);
}

}  // namespace

void check(const Config& config) {
  for (const SecondsRow& row : kSeconds) {
    check_seconds(row.name, config.*row.member, row.may_be_zero);
  }
  for (const double pause : config.after_idle_seconds) {
    check_seconds("after_idle_seconds", pause, false);
  }
  if (!(config.energy_precision > 0 && config.energy_precision < 1)) {
    throw Error(fmt::format("energy_precision is {}", config.energy_precision),
                "above 0 and below 1");
  }
  if (config.profile_iterations == 0) throw Error("profile_iterations is 0", "1 or more");
  if (config.batch_size == 0) throw Error("batch_size is 0", "1 or more");
  if (config.batch_size > profiler::kMaxItems) {
    throw Error(fmt::format("batch_size is {}", config.batch_size),
                fmt::format("{} or fewer", profiler::kMaxItems));
  }
  check_limit("batch_latency_limit_ms", config.batch_latency_limit_ms);
  check_limit("batch_memory_limit_mb", config.batch_memory_limit_mb);
  check_limit("memory_limit_mb", config.memory_limit_mb);
  if (!profiler::parse_compute_units(config.compute_units)) {
    throw Error(fmt::format("compute_units is \"{}\"", config.compute_units),
                "one of cpu-only, cpu-and-gpu, cpu-and-ane, all");
  }
  for (const auto& [input, shape] : config.shapes) {
    for (const std::int64_t extent : shape) {
      if (extent > 0) continue;
      throw Error(fmt::format("shapes: {} has an extent of {}", input, extent), "1 or more");
    }
  }
}

profiler::RunRequest run_request(const Config& config, const std::string& model,
                                 const std::string& name) {
  profiler::RunRequest request;
  request.model = model;
  request.name = name;
  request.function = config.function;
  request.units = profiler::parse_compute_units(config.compute_units).value();
  request.shapes = config.shapes;
  request.threads = config.threads;
  request.items = config.batch_size;
  request.seed = config.seed;
  request.warm_up.iterations = config.warmup_iterations;
  request.warm_up.seconds = config.warmup_seconds;
  request.warm_up.limit_seconds = std::max(config.warmup_seconds_limit, config.warmup_seconds);
  request.iterations = config.profile_iterations;
  request.time = duration(config.profile_seconds);
  request.time_limit = duration(std::max(config.profile_seconds_limit, config.profile_seconds));
  for (const double pause : config.after_idle_seconds) {
    request.after_idle.push_back(duration(pause));
  }
  request.operations = config.detailed_profiling;
  request.plan = config.detailed_profiling;
  request.energy.wanted = config.power_profiling;
  request.energy.baseline = duration(config.idle_seconds);
  request.energy.at_least = duration(config.energy_seconds);
  request.energy.precision = config.energy_precision;
  request.energy.at_most = duration(std::max(config.energy_seconds_limit, config.energy_seconds));
  request.runner = config.runner;
  request.engine = config.engine;
  request.limits.load = duration(config.load_seconds_limit);
  request.limits.call = duration(config.call_seconds_limit);
  if (const auto bytes = scaled(config.memory_limit_mb, 1e6)) {
    request.limits.memory = static_cast<uint64_t>(*bytes);
  }
  return request;
}

profiler::Asking asking(const Config& config) {
  return {config.daemon_socket, config.chip, config.progress};
}

Duration positive_seconds(const std::string& name, double seconds) {
  check_seconds(name, seconds, false);
  return duration(seconds);
}

profiler::BatchLimits batch_limits(const Config& config) {
  return {scaled(config.batch_latency_limit_ms, 1e-3), scaled(config.batch_memory_limit_mb, 1e6)};
}

}  // namespace anemon::sdk
