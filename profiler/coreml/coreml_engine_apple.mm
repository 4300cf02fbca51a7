#include "profiler/coreml/coreml_engine.h"

#import <CoreML/CoreML.h>

#include <fmt/format.h>

#include <functional>
#include <utility>

#include "core/error.h"
#include "profiler/coreml/compiled_model.h"
#include "profiler/coreml/features_apple.h"
#include "profiler/coreml/foundation_apple.h"
#include "profiler/coreml/input_check.h"
#include "profiler/coreml/loading_apple.h"
#include "profiler/coreml/states_apple.h"
#include "profiler/coreml/values_apple.h"

namespace anemon::profiler {
namespace {

using models::Feature;

// One item of a batch, as the framework takes and gives it.
struct Item {
  Ref<id> inputs;   // id<MLFeatureProvider>
  Ref<id> state;    // MLState; none for models without
  Ref<id> outputs;  // id<MLFeatureProvider>, of the last call
};

class CoreMLModel final : public LoadedModel {
 public:
  CoreMLModel(const LoadRequest& request, const Clock& clock, LoadTimes& times)
      : clock_(clock), path_(request.model), compiled_(request, clock, compile_model, times) {
    const Duration start = clock_.awake();
    model_ = load_model(compiled_.path(), request);
    times.load = clock_.awake() - start;
    guarded(Phase::load, path_, [&] {
      MLModelDescription* const description = model_.get().modelDescription;
      inputs_ = to_features(description.inputDescriptionsByName);
      outputs_ = to_features(description.outputDescriptionsByName);
      for (Feature& state : states_of(model_.get())) {
        state.optional = true;
        inputs_.push_back(std::move(state));
        has_states_ = true;
      }
    });
    settle_shapes(inputs_, request.shapes);
  }
  ~CoreMLModel() override {
    const Pool pool;
    items_.clear();
    batch_ = {};
    model_ = {};
  }

  const std::vector<Feature>& inputs() const override { return inputs_; }
  const std::vector<Feature>& outputs() const override { return outputs_; }

  void set_inputs(size_t item, std::vector<FeatureValue> inputs) override {
    check_inputs(inputs_, inputs);
    const Pool pool;
    guarded(Phase::predict, path_, [&] {
      Item made;
      made.inputs = provider_of(inputs);
      if (has_states_) made.state = state_of(inputs);
      if (items_.size() <= item) items_.resize(item + 1);
      items_[item] = std::move(made);
      batch_ = {};
    });
  }

  PredictTimes predict(size_t items) override {
    const Pool pool;
    prepare(items);
    PredictTimes times;
    guarded(Phase::predict, path_, [&] {
      const Duration start = clock_.awake();
      if (has_states_) {
        for (size_t i = 0; i < items; ++i) predict_with_states(items_[i]);
      } else if (items == 1) {
        predict_one(items_.front());
      } else {
        predict_batch(items);
      }
      times.total = clock_.awake() - start;
    });
    return times;
  }

  std::vector<FeatureValue> results(size_t item) const override {
    if (item >= items_.size() || !items_[item].outputs) {
      throw Error(fmt::format("item {} has no results: it was not predicted", item));
    }
    std::vector<FeatureValue> values;
    const Pool pool;
    guarded(Phase::predict, path_, [&] {
      const id<MLFeatureProvider> outputs = items_[item].outputs.get();
      for (const Feature& feature : outputs_) {
        MLFeatureValue* const value = [outputs featureValueForName:to_nsstring(feature.name)];
        if (value == nil) {
          throw Error(fmt::format("predict failed: {}: output '{}' is missing", path_.string(),
                                  feature.name));
        }
        if (!value.isUndefined) values.push_back(from_coreml(value, feature.name));
      }
    });
    return values;
  }

  void time_operations(bool) override {}
  std::vector<OperationTime> operation_times() const override { return {}; }

 private:
  Ref<id> provider_of(const std::vector<FeatureValue>& given) {
    NSDictionary<NSString*, MLFeatureDescription*>* const described =
        model_.get().modelDescription.inputDescriptionsByName;
    NSMutableDictionary<NSString*, id>* const values = [NSMutableDictionary dictionary];
    for (const FeatureValue& value : given) {
      const Feature* const feature = find_feature(inputs_, value.name);
      if (feature->kind == models::FeatureKind::state) continue;
      NSString* const name = to_nsstring(value.name);
      [values setObject:to_coreml(value, *feature, [described objectForKey:name]) forKey:name];
    }
    NSError* error = nil;
    id provider = ANEMON_OWNED([[MLDictionaryFeatureProvider alloc] initWithDictionary:values
                                                                                 error:&error]);
    if (provider == nil) fail(Phase::predict, path_, causes_of(error));
    return provider;
  }

  Ref<id> state_of(const std::vector<FeatureValue>& given) {
    Ref<id> state = make_state(model_.get());
    if (!state) fail(Phase::predict, path_, {});
    for (const FeatureValue& value : given) {
      const Feature* const feature = find_feature(inputs_, value.name);
      if (feature->kind == models::FeatureKind::state) fill_state(state.get(), value);
    }
    return state;
  }

  // What need not be timed.
  void prepare(size_t items) {
    if (items == 0) throw Error("nothing to predict: no items are asked for");
    for (size_t i = 0; i < items; ++i) {
      if (i >= items_.size() || !items_[i].inputs) {
        throw Error(fmt::format("item {} of {} has no inputs", i, items));
      }
    }
    // Here, for letting go of them takes time too; and a call that fails has no results.
    for (Item& item : items_) item.outputs = {};
    if (items < 2 || has_states_ || (batch_ && batch_items_ == items)) return;
    NSMutableArray<id<MLFeatureProvider>>* const providers = [NSMutableArray array];
    for (size_t i = 0; i < items; ++i) [providers addObject:items_[i].inputs.get()];
    batch_ = ANEMON_OWNED([[MLArrayBatchProvider alloc] initWithFeatureProviderArray:providers]);
    batch_items_ = items;
  }

  void predict_one(Item& item) {
    NSError* error = nil;
    item.outputs = [model_.get() predictionFromFeatures:item.inputs.get() error:&error];
    if (!item.outputs) fail(Phase::predict, path_, causes_of(error));
  }

  void predict_with_states(Item& item) {
    NSError* error = nil;
    item.outputs = predict_with_state(model_.get(), item.inputs.get(), item.state.get(), &error);
    if (!item.outputs) fail(Phase::predict, path_, causes_of(error));
  }

  void predict_batch(size_t items) {
    NSError* error = nil;
    const id<MLBatchProvider> outputs = [model_.get() predictionsFromBatch:batch_.get()
                                                                     error:&error];
    if (outputs == nil) fail(Phase::predict, path_, causes_of(error));
    const auto count = static_cast<size_t>(outputs.count);
    if (count != items) {
      throw Error(fmt::format("predict failed: {}: {} results came for {} items", path_.string(),
                              count, items));
    }
    for (size_t i = 0; i < items; ++i) {
      items_[i].outputs = [outputs featuresAtIndex:static_cast<NSInteger>(i)];
    }
  }

  const Clock& clock_;
  const std::filesystem::path path_;  // as the user named it
  CompiledModel compiled_;            // outlives the model, which maps its files
  Ref<MLModel*> model_;
  std::vector<Feature> inputs_, outputs_;  // states are the last of the inputs
  bool has_states_ = false;
  std::vector<Item> items_;
  Ref<MLArrayBatchProvider*> batch_;  // of the first `batch_items_` items
  size_t batch_items_ = 0;
};

// The framework's own version, else the system's.
std::string framework_version() {
  const Pool pool;
  NSDictionary* const facts = [[NSBundle bundleForClass:[MLModel class]] infoDictionary];
  const std::string version = to_text([facts objectForKey:@"CFBundleVersion"]);
  const std::string system = to_text([[NSProcessInfo processInfo] operatingSystemVersionString]);
  return version.empty() ? system : fmt::format("{} (macOS {})", version, system);
}

class CoreMLEngine final : public Engine {
 public:
  explicit CoreMLEngine(const Clock& clock) : clock_(clock) {}

  EngineFacts facts() const override {
    EngineFacts facts;
    facts.name = "coreml";
    facts.version = framework_version();
    facts.compute_units = {ComputeUnits::cpu_only, ComputeUnits::cpu_and_gpu,
                           ComputeUnits::cpu_and_ane, ComputeUnits::all};
    return facts;
  }

  std::unique_ptr<LoadedModel> load(const LoadRequest& request, LoadTimes& times) override {
    const Pool pool;
    return std::make_unique<CoreMLModel>(request, clock_, times);
  }

 private:
  const Clock& clock_;
};

}  // namespace

std::unique_ptr<Engine> open_coreml(const Clock& clock) {
  return std::make_unique<CoreMLEngine>(clock);
}

std::unique_ptr<Engine> open_coreml() {
  static const SystemClock clock;
  return open_coreml(clock);
}

}  // namespace anemon::profiler
