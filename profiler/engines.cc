// The table of engines: those whose libraries this build has, best first.
#include "profiler/engine.h"

namespace anemon::profiler {

const std::vector<EngineSpec>& engines() {
  static const std::vector<EngineSpec> engines = {};
  return engines;
}

}  // namespace anemon::profiler
