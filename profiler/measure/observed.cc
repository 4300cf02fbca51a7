#include "profiler/measure/observed.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <tuple>

#include "core/json_access.h"
#include "profiler/measure/energy_account.h"

namespace anemon::profiler {
namespace {

// What says most of computing first; the last only that the engine's processor was awake.
constexpr std::array<std::string_view, 5> kSignals = {"busy", "compute_engine", "dcs_floor",
                                                      "fabric_floor", "firmware"};

size_t rank_of(const std::string& signal) {
  return static_cast<size_t>(std::ranges::find(kSignals, signal) - kSignals.begin());
}

std::optional<double> ratio_in(const Json& session, const std::string& engine,
                               const std::string& signal) {
  for (const Json& row : at(session, "/summary/activity")) {
    if (text(row, "/engine") == engine && text(row, "/signal") == signal) {
      return number(row, "/mean_ratio");
    }
  }
  return std::nullopt;
}

}  // namespace

const Json& document_of(const std::shared_ptr<const Json>& document) {
  static const Json none;
  return document ? *document : none;
}

std::map<std::string, double> mean_watts_by_component(const Json& session) {
  std::map<std::string, double> watts;
  std::map<std::string, Provenance> trust;
  for (const Json& row : at(session, "/summary/energy")) {
    const std::string component = text(row, "/component");
    const auto mean = number(row, "/mean_watts");
    const Provenance provenance = provenance_of(text(row, "/provenance"));
    if (component.empty() || !mean) continue;
    const auto known = trust.find(component);
    if (known != trust.end() && known->second <= provenance) continue;
    trust[component] = provenance;
    watts[component] = *mean;
  }
  return watts;
}

std::optional<double> mean_watts(const Json& session, const std::vector<std::string>& components) {
  const auto known = mean_watts_by_component(session);
  double sum = 0;
  for (const std::string& component : components) {
    const auto found = known.find(component);
    if (found == known.end()) return std::nullopt;
    sum += found->second;
  }
  return components.empty() ? std::nullopt : std::optional(sum);
}

std::string why_no_power(const Observation& seen) {
  if (!seen.why_none.empty()) return seen.why_none;
  if (!seen.why_no_energy.empty()) return seen.why_no_energy;
  return seen.precision ? "" : "no energy was read during the run";
}

std::string listed(const std::vector<std::string>& words) {
  std::string result;
  for (size_t i = 0; i < words.size(); ++i) {
    if (i > 0) result += i + 1 == words.size() ? " and " : ", ";
    result += words[i];
  }
  return result;
}

std::string words_of_energy(const Observation& seen) {
  const auto account = account_energy(document_of(seen.samples), seen.components);
  std::string words =
      fmt::format("session {}, energy of {}", seen.session, listed(seen.components));
  if (!account.sources.empty()) words += " by " + listed(account.sources);
  if (flag(document_of(seen.status), "/host/replay")) words += ", played from a recording";
  return words;
}

std::vector<ActivitySignal> ane_activity(const Observation& seen) {
  std::vector<ActivitySignal> signals;
  for (const Json& row : at(document_of(seen.run), "/summary/activity")) {
    ActivitySignal each;
    each.engine = text(row, "/engine");
    each.signal = text(row, "/signal");
    const auto mean = number(row, "/mean_ratio");
    if (each.engine.empty() || !mean) continue;
    each.mean = *mean;
    each.highest = number(row, "/max_ratio").value_or(*mean);
    each.baseline = ratio_in(document_of(seen.baseline), each.engine, each.signal);
    each.provenance = provenance_of(text(row, "/provenance"));
    signals.push_back(std::move(each));
  }
  std::ranges::stable_sort(signals, [](const ActivitySignal& a, const ActivitySignal& b) {
    const auto order = [](const ActivitySignal& each) {
      return std::tuple(each.provenance, rank_of(each.signal), -each.mean);
    };
    return order(a) < order(b);
  });
  return signals;
}

std::optional<double> ane_cache_hit_share(const Observation& seen) {
  std::optional<double> memory, fabric;
  for (const SampledSeries& each : series_of(document_of(seen.samples), Metric::kAneBytes)) {
    const auto rate = rate_of(each.points);
    if (!rate) continue;
    if (each.label("path") == "memory") memory = memory.value_or(0) + *rate;
    if (each.label("path") == "fabric") fabric = fabric.value_or(0) + *rate;
  }
  if (!memory || !fabric || !(*fabric > 0)) return std::nullopt;
  return std::clamp(1 - *memory / *fabric, 0.0, 1.0);
}

std::string why_unread(const Observation& seen, Metric metric, const std::string& component) {
  if (!seen.why_none.empty()) return seen.why_none;
  std::string reason;
  for (const Json& signal : at(document_of(seen.status), "/signals")) {
    if (text(signal, "/signal") != info(metric).name || text(signal, "/state") == "live") continue;
    const std::string why = text(signal, "/reason");
    const bool named = !component.empty() && text(signal, "/component").starts_with(component);
    if (named && !why.empty()) return why;
    if (reason.empty() && component.empty()) reason = why;
  }
  return reason.empty() ? "no reading during the run" : reason;
}

}  // namespace anemon::profiler
