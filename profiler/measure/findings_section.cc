// What the rules found in the file, after what the run itself shows.
#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <thread>

#include "core/json_access.h"
#include "core/provenanced_json.h"
#include "models/document/model_json.h"
#include "profiler/measure/observed.h"
#include "profiler/measure/result.h"

namespace anemon::profiler {
namespace {

constexpr double kMostlyMemory = 0.5;  // of the layers' time
constexpr double kMuchOverhead = 0.2;  // of a call
constexpr size_t kNamedLayers = 3;

// Findings of the run bear the name of what was seen in place of a rule's id.
class Seen {
 public:
  explicit Seen(const RunFacts& facts) : facts_(facts) {}

  Json take() {
    steadiness();
    fallback();
    memory_bound();
    overhead();
    heat();
    load();
    return std::move(all_);
  }

 private:
  void add(const char* rule, models::Severity severity, const std::string& message,
           const std::string& fix) {
    ProvenancedJson each;
    each.text("rule", rule);
    each.text("severity", name_of(severity));
    each.text("source", "this run");
    each.text("message", message);
    each.text("fix", fix);
    all_.push_back(each.take());
  }

  void steadiness() {
    const Json timing = timing_section(facts_);
    const Json& steady = at(timing, "/steady");
    if (!steady.is_boolean() || steady.get<bool>()) return;
    const std::string why = text(timing, "/steadiness");
    add("unsteady", models::Severity::warning,
        why.empty() ? "the run did not become steady" : "the run was not steady: " + why,
        "end other programs, connect the power supply, and measure for longer");
  }

  void fallback() {
    const Json section = reconciliation_section(facts_);
    const std::string verdict = text(section, "/verdict");
    if (verdict == "silent fallback") {
      add("silent fallback", models::Severity::error, text(section, "/words"),
          "see which operations the plan and the prediction leave to other engines, and why");
    } else if (verdict == "unexpected use" || verdict == "contradictory") {
      add("Neural Engine", models::Severity::warning, text(section, "/words"),
          "end other programs that use it, and measure again");
    }
  }

  void memory_bound() {
    const Json layers = layers_section(facts_);
    double share = 0;
    std::vector<std::pair<double, std::string>> slowest;
    for (const Json& layer : layers) {
      const auto part = number(layer, "/time_share");
      if (!part || text(layer, "/bound") != "memory") continue;
      share += *part;
      slowest.emplace_back(*part, text(layer, "/name"));
    }
    if (share < kMostlyMemory) return;
    std::ranges::stable_sort(slowest, std::greater<>(), &std::pair<double, std::string>::first);
    std::vector<std::string> names;
    for (size_t i = 0; i < std::min(slowest.size(), kNamedLayers); ++i) {
      names.push_back(fmt::format("{} ({:.0f} %)", slowest[i].second, slowest[i].first * 100));
    }
    add("memory bound", models::Severity::info,
        fmt::format("layers that wait for memory take {:.0f} % of the layers' time: {}",
                    share * 100, listed(names)),
        "smaller weights (8 bits, palettised) or more items per call read less memory for each "
        "item");
  }

  // What surrounds the engine's work is shared by the items of a call.
  void overhead() {
    const Json parts = latency_breakdown_section(facts_);
    const auto inside = number(parts, "/ane_execution_ms");
    double around = 0;
    for (const char* part : {"/preprocessing_ms", "/postprocessing_ms", "/memory_transfer_ms"}) {
      around += number(parts, part).value_or(0);
    }
    if (!inside || around <= kMuchOverhead * (*inside + around)) return;
    add("overhead", models::Severity::info,
        fmt::format("{:.0f} % of a call is spent around the engine's work",
                    100 * around / (*inside + around)),
        facts_.run.request.items == 1
            ? "more items per call may share it: anemonctl profile batch tells"
            : "give inputs in the type and layout that the model takes");
  }

  void heat() {
    const Json& session = document_of(facts_.seen.run);
    const auto pressure = number(session, "/summary/thermal_pressure/max_level");
    double slowed = 0;
    for (const Json& row : at(session, "/summary/throttling")) {
      slowed += number(row, "/events").value_or(0);
    }
    if (slowed > 0) {
      add("throttled", models::Severity::warning,
          fmt::format("the hardware slowed itself {:.0f} times during the run", slowed),
          "let the machine cool, and measure again");
    } else if (pressure && *pressure > 0) {
      add("thermal pressure", models::Severity::warning,
          "the machine was under thermal pressure during the run",
          "let the machine cool, and measure again");
    }
    const Json environment = environment_section(facts_);
    if (flag(environment, "/low_power_mode")) {
      add("low power mode", models::Severity::warning,
          "the low power mode was on: the machine saves energy at the cost of speed",
          "switch it off to measure what the machine can do");
    }
  }

  void load() {
    const auto load = facts_.seen.load_average;
    const unsigned cores = std::thread::hardware_concurrency();
    if (!load || cores == 0 || *load < cores) return;
    add("busy machine", models::Severity::warning,
        fmt::format("other programs kept the machine busy before the run: load {:.1f} on {} "
                    "processor{}",
                    *load, cores, cores == 1 ? "" : "s"),
        "end them, and measure again");
  }

  const RunFacts& facts_;
  Json all_ = Json::array();
};

// In the words of the result's document beside those of the model's.
Json of_rule(const models::Finding& finding, const models::ModelAnalysis& analysis) {
  Json each = finding_json(finding, analysis);
  each["message"] = each.value("what", "");
  if (each.contains("change")) each["fix"] = each["change"];
  const Json& first = at(each, "/operations");
  if (first.is_array() && !first.empty()) {
    const std::string name = text(first[0], "/name");
    each["operation"] = name.empty() ? text(first[0], "/type") : name;
  }
  return each;
}

}  // namespace

Json findings_section(const RunFacts& facts) {
  Json all = Seen(facts).take();
  if (!facts.study) return all;
  for (const models::Finding& finding : facts.study->report().findings) {
    all.push_back(of_rule(finding, facts.study->analysis()));
  }
  return all;
}

}  // namespace anemon::profiler
