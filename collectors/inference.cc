#include "collectors/inference.h"

#include <prometheus/counter.h>
#include <prometheus/histogram.h>

#include <algorithm>
#include <array>
#include <map>
#include <tuple>

#include "collectors/inference_energy.h"
namespace anemon {
namespace {

constexpr size_t kMaxPairs = 64;  // of model and compute unit
constexpr size_t kMaxKinds = 16;  // of items, over all models

const std::vector<double> kBuckets = {1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 0.01, 0.02,
                                      0.05, 0.1,  0.2,  0.5,  1,    2,    5,    10};

enum class Refusal : uint8_t {
  queue_full,
  invalid_label,
  invalid_time,
  too_many_models,
  too_many_kinds
};
constexpr std::array<const char*, 5> kRefusalNames = {"queue_full", "invalid_label", "invalid_time",
                                                      "too_many_models", "too_many_kinds"};

const std::string kNoComponent;
const std::string kSource = "client";
const std::string kNoneReported = "no inference reported yet";
const std::string kNotCovered = "no energy reading covers the inferences";
const std::string kLive;

class InferenceCollector final : public Collector {
 public:
  explicit InferenceCollector(const CollectorContext& context)
      : queue_(context.inferences), instruments_(context.instruments), energy_(context.store) {
    for (size_t i = 0; i < refused_.size(); ++i) {
      refused_[i] = &instruments_.counter(Metric::kInferencesRefused, {kRefusalNames[i]});
    }
  }

  void collect(Pass& pass) override {
    refuse(Refusal::queue_full, queue_.drain(events_));
    for (const InferenceEvent& event : events_) {
      if (const auto refusal = take(event, pass.now())) refuse(*refusal, 1);
    }
    energy_.attribute(pass.now(), [this](uint32_t model, const std::string& component,
                                         double joules) { charge(model, component, joules); });
    for (auto& [key, total] : joules_) pass.set(total.series, total.joules);
    report(pass);
    pass.nothing_to_read();  // no inference is no failure
  }

 private:
  struct Pair {
    uint32_t model;
    prometheus::Counter& inferences;
    prometheus::Counter& errors;
    prometheus::Histogram& duration;
    std::map<std::string, prometheus::Counter*> items;
  };
  struct Joules {
    Series series;
    double joules = 0;
  };

  void refuse(Refusal refusal, uint64_t events) {
    if (events > 0) refused_[static_cast<size_t>(refusal)]->Increment(static_cast<double>(events));
  }

  std::optional<Refusal> take(const InferenceEvent& event, Instant now) {
    if (event.items.size() > kMaxItemKinds) return Refusal::too_many_kinds;
    if (!has_valid_names(event)) return Refusal::invalid_label;
    if (!has_valid_times(event, now.wall)) return Refusal::invalid_time;
    if (const auto refusal = check_items(event)) return refusal;
    Pair* pair = find_pair(event);
    if (pair == nullptr) return Refusal::too_many_models;
    pair->inferences.Increment();
    if (!event.ok) pair->errors.Increment();
    pair->duration.Observe(to_seconds(event.duration));
    for (const auto& [kind, count] : event.items) {
      prometheus::Counter*& counter = pair->items[kind];
      if (counter == nullptr) {
        counter =
            &instruments_.counter(Metric::kInferenceItems, {event.model, event.compute_unit, kind});
      }
      counter->Increment(static_cast<double>(count));
    }
    energy_.add(pair->model, event.begin_wall, event.begin_wall + event.duration);
    return std::nullopt;
  }

  // New kinds are remembered only when all of the event's are acceptable.
  std::optional<Refusal> check_items(const InferenceEvent& event) {
    size_t unknown = 0;
    for (const auto& [kind, count] : event.items) {
      unknown += std::find(kinds_.begin(), kinds_.end(), kind) == kinds_.end();
    }
    if (kinds_.size() + unknown > kMaxKinds) return Refusal::too_many_kinds;
    if (unknown == 0 || find_pair(event) == nullptr) return std::nullopt;
    for (const auto& [kind, count] : event.items) {
      if (std::find(kinds_.begin(), kinds_.end(), kind) == kinds_.end()) kinds_.push_back(kind);
    }
    return std::nullopt;
  }

  // Null when there are too many.
  Pair* find_pair(const InferenceEvent& event) {
    const auto known = pairs_.find(std::tie(event.model, event.compute_unit));
    if (known != pairs_.end()) return &known->second;
    if (pairs_.size() == kMaxPairs) return nullptr;
    auto model = std::find(models_.begin(), models_.end(), event.model);
    if (model == models_.end()) model = models_.insert(models_.end(), event.model);
    const std::vector<std::string> labels = {event.model, event.compute_unit};
    const Pair pair{static_cast<uint32_t>(model - models_.begin()),
                    instruments_.counter(Metric::kInferences, labels),
                    instruments_.counter(Metric::kInferenceErrors, labels),
                    instruments_.histogram(Metric::kInferenceDuration, labels, kBuckets),
                    {}};
    return &pairs_.emplace(std::make_tuple(event.model, event.compute_unit), pair).first->second;
  }

  void charge(uint32_t model, const std::string& component, double joules) {
    const auto [at, added] = joules_.try_emplace(
        {model, component}, Joules{{Metric::kInferenceEnergy, {models_[model], component}}, 0});
    at->second.joules += joules;
  }

  void report(Pass& pass) {
    const auto coverage = energy_.coverage();
    using Coverage = InferenceEnergy::Coverage;
    pass.signal(Metric::kInferenceEnergy, kNoComponent, kSource,
                coverage == Coverage::covered      ? SignalState::live
                : coverage == Coverage::none_asked ? SignalState::unproven
                                                   : SignalState::absent,
                coverage == Coverage::covered      ? kLive
                : coverage == Coverage::none_asked ? kNoneReported
                                                   : kNotCovered);
    for (const Metric metric : {Metric::kInferenceDuration, Metric::kInferences,
                                Metric::kInferenceErrors, Metric::kInferenceItems}) {
      pass.signal(metric, kNoComponent, kSource,
                  pairs_.empty() ? SignalState::unproven : SignalState::live,
                  pairs_.empty() ? kNoneReported : kLive);
    }
  }

  InferenceQueue& queue_;
  Instruments& instruments_;
  InferenceEnergy energy_;
  std::array<prometheus::Counter*, kRefusalNames.size()> refused_{};
  std::vector<InferenceEvent> events_;
  std::map<std::tuple<std::string, std::string>, Pair, std::less<>> pairs_;
  std::vector<std::string> models_;
  std::vector<std::string> kinds_;
  std::map<std::pair<uint32_t, std::string>, Joules> joules_;
};

}  // namespace

std::unique_ptr<Collector> make_inference(const CollectorContext& context) {
  return std::make_unique<InferenceCollector>(context);
}

}  // namespace anemon
