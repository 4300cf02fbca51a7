#include "platform/trace_player.h"

#include <algorithm>
#include <memory>

namespace anemon {
namespace {

template <class... Handlers>
struct Overloaded : Handlers... {
  using Handlers::operator()...;
};
template <class... Handlers>
Overloaded(Handlers...) -> Overloaded<Handlers...>;

constexpr Duration kMostSlept = std::chrono::hours(24 * 365 * 100);

bool is_available(const TraceValue& value) {
  return value.value != kNotAvailable &&
         std::ranges::find(value.parts, kNotAvailable) == value.parts.end();
}

template <class T>
void take(std::optional<T>& into, const std::optional<T>& from) {
  if (from) into = from;
}

const std::filesystem::path& read_twice(const std::filesystem::path& file) {
  std::error_code error;
  const auto status = std::filesystem::status(file, error);
  if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status)) {
    throw Error(file.string() + ": is not a regular file: a recording is read twice");
  }
  return file;
}

}  // namespace

TracePlayer::TracePlayer(const std::filesystem::path& file, std::optional<Duration> first)
    : reader_(read_twice(file)) {
  header_ = reader_.header();
  foresee(file);
  if (first) {
    shift_ = *first - first_;
    first_ = *first;
  }
  HostFacts& machine = header_.machine;
  machine.ane_architecture = contents_.ane_architecture;
  machine.ane_cores = contents_.ane_cores;
  machine.virtual_machine = contents_.virtual_machine;
}

void TracePlayer::foresee(const std::filesystem::path& file) {
  TraceReader reader(file);
  TraceRecord record;
  bool timed = false;
  TraceContents& has = contents_;
  for (size_t lines = 0; lines < kForeseenLines && reader.next(record); ++lines) {
    if (record.at && !std::exchange(timed, true)) first_ = *record.at;
    std::visit(Overloaded{[&](const TraceChannels& channels) {
                            for (const auto& each : channels.channels)
                              has.groups.insert(each.channel.group);
                          },
                          [&](const TraceIoReport& line) {
                            has.groups.insert(line.refused.begin(), line.refused.end());
                          },
                          [&](const TraceSmc&) { has.smc = true; },
                          [&](const TraceHid&) { has.hid = true; },
                          [&](const TraceRegistry& line) {
                            if (!line.ane) return;
                            has.ane = true;
                            if (!line.ane->architecture.empty())
                              has.ane_architecture = line.ane->architecture;
                            if (line.ane->cores) has.ane_cores = std::to_string(*line.ane->cores);
                          },
                          [&](const TraceThermalPressure&) { has.thermal_pressure = true; },
                          [&](const TraceHost& line) {
                            has.host = true;
                            has.memory = has.memory || line.memory;
                            take(has.virtual_machine, line.state.virtual_machine);
                          },
                          [&](const TracePowermetrics&) { has.powermetrics = true; },
                          [&](const TraceTasks&) { has.tasks = true; }, [](const auto&) {}},
               record.data);
  }
}

void TracePlayer::read_ahead() {
  if (has_ahead_ || !failure_.empty()) return;
  try {
    has_ahead_ = reader_.next(ahead_);
    if (has_ahead_ && ahead_.at) *ahead_.at += shift_;
  } catch (const std::exception& error) {
    failure_ = error.what();
  }
}

void TracePlayer::apply_ahead() {
  try {
    apply(ahead_);
  } catch (const std::exception& error) {
    failure_ = error.what();
  }
  has_ahead_ = false;
}

Duration TracePlayer::advance(Duration now) noexcept {
  const Lock lock(mutex_);
  now_ = std::max(now_, now);
  for (read_ahead(); has_ahead_ && (!ahead_.at || *ahead_.at <= now_); read_ahead()) {
    apply_ahead();
  }
  return slept_;
}

std::optional<Duration> TracePlayer::next_moment() {
  const Lock lock(mutex_);
  for (read_ahead(); has_ahead_ && !ahead_.at; read_ahead()) {
    apply_ahead();
  }
  if (!failure_.empty()) throw Error(failure_);
  return has_ahead_ ? ahead_.at : std::nullopt;
}

bool TracePlayer::has_ended() const { return !has_ahead_ && now_ > last_ + kHold; }

bool TracePlayer::ended() const {
  const Lock lock(mutex_);
  return has_ended();
}

std::string TracePlayer::failure() const {
  const Lock lock(mutex_);
  return failure_;
}

void TracePlayer::require_playing() const {
  if (!failure_.empty() && now_ > last_) throw Error(failure_);
  if (has_ended()) throw Error("the recording has ended");
}

void TracePlayer::apply(TraceRecord& record) {
  if (record.at) last_ = *record.at;
  // The functions below run under this function's lock, which the compiler's analysis cannot see.
  TraceState& state = *std::addressof(state_);
  std::map<uint32_t, size_t>& position = *std::addressof(position_);
  Duration& slept = *std::addressof(slept_);
  const Duration at = last_;
  std::visit(Overloaded{[&](TraceChannels& line) {
                          for (TraceChannel& each : line.channels) {
                            position.emplace(each.number, state.channels.size());
                            state.channels.push_back({std::move(each.channel), false, {}, 0, {}});
                          }
                        },
                        [&](TraceIoReport& line) {
                          state.refused.insert(line.refused.begin(), line.refused.end());
                          if (line.sampled) state.sampled = at;
                          for (TraceValue& value : line.values) {
                            TraceState::ChannelState& channel =
                                state.channels[position.at(value.number)];
                            channel.has_value = is_available(value);
                            channel.stamp = value.stamp;
                            if (channel.stamp) *channel.stamp += shift_;
                            channel.value = value.value;
                            channel.parts.swap(value.parts);
                          }
                        },
                        [&](TraceSmc& line) {
                          const auto before = static_cast<std::ptrdiff_t>(state.smc_keys.size());
                          for (auto& [key, value] : line.keys) {
                            auto& known = state.smc[key.name];
                            if (value.size > 0 && known.first.size == 0)
                              state.smc_keys.push_back(key);
                            if (known.first.name.empty() || value.size > 0)
                              known.first = std::move(key);
                            known.second = value;
                          }
                          std::ranges::sort(state.smc_keys.begin() + before, state.smc_keys.end(),
                                            {}, &SmcKey::name);
                        },
                        [&](TraceHid& line) { state.hid = std::move(line.temperatures); },
                        [&](TracePmgr& line) { state.clock_tables = std::move(line.tables); },
                        [&](TraceRegistry& line) { state.ane = std::move(line.ane); },
                        [&](TraceThermalPressure& line) { state.thermal_pressure = line.level; },
                        [&](TraceHost& line) {
                          if (!state.host) state.host.emplace();
                          if (!line.state.levels.empty()) state.host->levels = line.state.levels;
                          take(state.host->on_battery, line.state.on_battery);
                          take(state.host->low_power_mode, line.state.low_power_mode);
                          take(state.host->virtual_machine, line.state.virtual_machine);
                          take(state.memory, line.memory);
                        },
                        [&](TracePowermetrics& line) {
                          line.report.at += shift_;
                          state.powermetrics.push_back(line.report);
                          if (state.powermetrics.size() > TraceState::kMostReports) {
                            state.powermetrics.pop_front();
                          }
                          ++state.powermetrics_reports;
                        },
                        [&](TraceTasks& line) { state.tasks = std::move(line); },
                        [&](TraceWake& line) { slept = std::min(slept + line.slept, kMostSlept); },
                        [](TraceEnd&) {}, [](TraceOther&) {}},
             record.data);
}

}  // namespace anemon
