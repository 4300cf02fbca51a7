// The table of engines: those that this build has.
#include "profiler/engine.h"

#if ANEMON_HAS_COREML
#include "profiler/coreml/coreml_engine.h"
#endif
#if ANEMON_HAS_REFERENCE
#include "profiler/reference/reference_engine.h"
#endif

namespace anemon::profiler {

const std::vector<EngineSpec>& engines() {
  static const std::vector<EngineSpec> engines = {
#if ANEMON_HAS_COREML
    {"coreml", [] { return open_coreml(); },
     [](const LoadRequest& request) { return plan_coreml(request); }},
#endif
#if ANEMON_HAS_REFERENCE
    {"reference", [] { return open_reference_engine(); }},
#endif
  };
  return engines;
}

}  // namespace anemon::profiler
