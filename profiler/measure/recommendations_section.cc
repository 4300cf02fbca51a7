// What the rules recommend, joined with what was measured: the saving is predicted for a chip; the
// share of the predicted time that it is becomes a time by what the model was seen to take there.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/json_access.h"
#include "models/document/model_json.h"
#include "profiler/measure/own_chip.h"
#include "profiler/measure/result.h"

namespace anemon::profiler {
namespace {

using models::Recommendation;

// What was measured on the chip that the prediction is for.
struct Measured {
  std::optional<double> seconds, joules;  // of one inference
  std::string why_none;
};

Measured measured(const RunFacts& facts) {
  Measured result;
  const auto& hello = facts.run.hello;
  const bool on_chip = predicted_for_this_machine(*facts.study) && hello &&
                       std::ranges::find(hello->engine.compute_units, ComputeUnits::cpu_and_ane) !=
                           hello->engine.compute_units.end();
  if (!on_chip) {
    result.why_none = fmt::format("not measured on {}: the run was on {}", facts.study->chip().name,
                                  hello ? hello->engine.name : "an engine that is not known");
    return result;
  }
  const auto rate = number(throughput_section(facts), "/inferences_per_second");
  if (rate && *rate > 0) {
    result.seconds = 1 / *rate;
  } else {
    result.why_none = "the run has no latency";
  }
  result.joules = number(power_section(facts), "/energy_per_inference_joules");
  return result;
}

// The longest that the functions meant are predicted to take together.
std::optional<double> predicted_seconds(const ModelStudy& study, const Recommendation& of) {
  double sum = 0;
  for (const StudiedFunction& each : study.functions(true)) {
    const bool meant = of.function.empty() || each.analysis->function->name == of.function;
    if (!each.placement || !meant) continue;
    const auto high = latency_of(*each.analysis, *each.placement).high;
    if (!high) return std::nullopt;
    sum += *high;
  }
  return sum > 0 ? std::optional(sum) : std::nullopt;
}

class Advice {
 public:
  Advice(const Recommendation& recommendation, const RunFacts& facts, const Measured& seen)
      : what_(recommendation),
        seen_(seen),
        chip_(facts.study->chip().name),
        out_(recommendation_json(recommendation, facts.study->analysis())),
        predicted_(predicted_seconds(*facts.study, recommendation)) {}

  Json take() {
    out_["text"] = out_.value("change", "");
    std::vector<std::string> words;
    if (what_.seconds_saved) words.push_back(time_in_words());
    if (what_.bytes_saved) words.push_back(fmt::format("{:.3g} MB less", *what_.bytes_saved / 1e6));
    if (what_.joules_saved) {
      words.push_back(fmt::format("about {:.3g} mJ less per inference", *what_.joules_saved * 1e3));
    }
    if (!words.empty()) out_["saving"] = fmt::format("{}", fmt::join(words, ", "));
    return std::move(out_);
  }

 private:
  void estimate(const char* key, double value) {
    out_[key] = value;
    out_["provenance"][key] = "estimated";
  }

  void explain(const std::string& words) {
    std::string basis = out_.value("basis", "");
    if (!basis.empty()) basis += "; ";
    out_["basis"] = basis + words;
  }

  std::string time_in_words() {
    const double saved = *what_.seconds_saved;
    const bool is_part = predicted_ && saved > 0 && saved < *predicted_;
    if (!is_part) return fmt::format("about {:.3g} ms on {}", saved * 1e3, chip_);
    const double share = saved / *predicted_;
    estimate("predicted_speedup", 1 / (1 - share));
    explain(fmt::format("{:.3g} ms of {:.3g} ms predicted for {}", saved * 1e3, *predicted_ * 1e3,
                        chip_));
    if (!seen_.seconds) {
      explain(seen_.why_none);
      return fmt::format("about {:.3g} ms on {}, {:.2f} times as fast", saved * 1e3, chip_,
                         1 / (1 - share));
    }
    estimate("saving_ms", share * *seen_.seconds * 1e3);
    explain(fmt::format("the same share of {:.3g} ms measured", *seen_.seconds * 1e3));
    if (seen_.joules) estimate("saving_joules", share * *seen_.joules);
    return fmt::format("about {:.3g} ms of {:.3g} ms, {:.2f} times as fast",
                       share * *seen_.seconds * 1e3, *seen_.seconds * 1e3, 1 / (1 - share));
  }

  const Recommendation& what_;
  const Measured& seen_;
  const std::string chip_;
  Json out_;
  const std::optional<double> predicted_;
};

}  // namespace

Json recommendations_section(const RunFacts& facts) {
  Json all = Json::array();
  if (!facts.study) return all;
  const Measured seen = measured(facts);
  for (const Recommendation& each : facts.study->recommendations()) {
    all.push_back(Advice(each, facts, seen).take());
  }
  return all;
}

}  // namespace anemon::profiler
