#include "profiler/coreml/states_apple.h"

#include "core/error.h"
#include "profiler/coreml/arrays_apple.h"
#include "profiler/coreml/features_apple.h"
#include "profiler/coreml/foundation_apple.h"

#if __has_include(<CoreML/MLState.h>)  // an SDK of macOS 15

namespace anemon::profiler {
std::vector<models::Feature> states_of(MLModel* model) {
  if (ANEMON_MACOS(15.0)) return to_features(model.modelDescription.stateDescriptionsByName);
  return {};
}

Ref<id> make_state(MLModel* model) {
  if (ANEMON_MACOS(15.0)) return ANEMON_OWNED([model newState]);
  return nil;
}

void fill_state(id state, const FeatureValue& value) {
  bool filled = false;
  if (ANEMON_MACOS(15.0)) {
    bool* const shared = &filled;
    const std::vector<float>* const numbers = &value.numbers;
    // The buffer can be touched in here only.
    [static_cast<MLState*>(state) getMultiArrayForStateNamed:to_nsstring(value.name)
                                                     handler:^(MLMultiArray* buffer) {
                                                       *shared = fill_array(buffer, *numbers);
                                                     }];
  }
  if (!filled) throw Error("state '" + value.name + "' does not take what is given");
}

id<MLFeatureProvider> predict_with_state(MLModel* model, id<MLFeatureProvider> inputs, id state,
                                         NSError** error) {
  if (ANEMON_MACOS(15.0)) {
    return [model predictionFromFeatures:inputs
                              usingState:static_cast<MLState*>(state)
                                   error:error];
  }
  return nil;
}

}  // namespace anemon::profiler

#else

namespace anemon::profiler {

std::vector<models::Feature> states_of(MLModel*) { return {}; }
Ref<id> make_state(MLModel*) { return nil; }
void fill_state(id, const FeatureValue& value) {
  throw Error("state '" + value.name + "' does not take what is given");
}
id<MLFeatureProvider> predict_with_state(MLModel*, id<MLFeatureProvider>, id, NSError**) {
  return nil;
}

}  // namespace anemon::profiler

#endif
