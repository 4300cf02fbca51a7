#include "profiler/reference/reference_engine.h"

#include <algorithm>
#include <chrono>

#include "core/error.h"
#include "models/read/read_model.h"
#include "profiler/reference/loaded_model.h"
#include "profiler/reference/onednn.h"

namespace anemon::profiler {
namespace {

class ReferenceEngine : public Engine {
 public:
  EngineFacts facts() const override {
    return {"reference (CPU)",
            "oneDNN " + reference::onednn::version(),
            threads_,
            {ComputeUnits::cpu_only}};
  }

  std::unique_ptr<LoadedModel> load(const LoadRequest& request, LoadTimes& times) override {
    using Ticks = std::chrono::steady_clock;
    if (request.units == ComputeUnits::cpu_and_gpu || request.units == ComputeUnits::cpu_and_ane) {
      throw Error("the reference engine computes on the CPU alone, not with " +
                      std::string(to_string(request.units)),
                  "ask for cpu-only, or use Core ML on a Mac");
    }
    const auto before = Ticks::now();
    threads_ = std::max(request.threads, 1U);
    reference::onednn::use_threads(threads_);
    auto model = std::make_unique<models::Model>(models::read_model(request.model));
    reference::PlanOptions options;
    options.round_to_fp16 = request.round_to_fp16;
    auto loaded =
        reference::load_model(std::move(model), request.function, request.shapes, options);
    times = {};
    times.load = Ticks::now() - before;
    return loaded;
  }

 private:
  unsigned threads_ = 1;
};

}  // namespace

std::unique_ptr<Engine> open_reference_engine() { return std::make_unique<ReferenceEngine>(); }

}  // namespace anemon::profiler
