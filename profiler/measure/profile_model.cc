#include <nlohmann/json.hpp>

#include "profiler/measure/observer.h"
#include "profiler/measure/questions.h"
#include "profiler/measure/result.h"
#include "profiler/measure/studied_model.h"

namespace anemon::profiler {

Json profile_model(const RunRequest& request, const Asking& asking) {
  require_sensible(request);
  const StudiedModel model = study_model(request, asking);
  const auto observer = open_observer(asking.socket, request.energy);
  const ModelRun run = run_model(request, *observer, asking.progress);
  return result_document("model", {run, observer->seen(), model.study.get(), model.why_not});
}

}  // namespace anemon::profiler
