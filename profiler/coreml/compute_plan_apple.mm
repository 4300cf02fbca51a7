#import <CoreML/CoreML.h>

#include <memory>

#include "core/error.h"
#include "core/mutex.h"
#include "profiler/coreml/compiled_model.h"
#include "profiler/coreml/coreml_engine.h"
#include "profiler/coreml/foundation_apple.h"
#include "profiler/coreml/loading_apple.h"

#if __has_include(<CoreML/MLComputePlan.h>)  // an SDK of macOS 14.4

namespace anemon::profiler {
namespace {

// Where the framework's thread leaves what this one waits for. Shared by both: either may be the
// last, for the framework can answer after the waiting was given up.
struct Answer {
  Mutex mutex;
  CondVar arrived;
  bool done ANEMON_GUARDED_BY(mutex) = false;
  Ref<id> plan ANEMON_GUARDED_BY(mutex);  // MLComputePlan
  std::vector<FailureCause> causes ANEMON_GUARDED_BY(mutex);
};

ANEMON_SINCE_MACOS(14.4)
std::optional<models::Engine> to_engine(id device) {
  if ([device isKindOfClass:[MLNeuralEngineComputeDevice class]]) return models::Engine::ane;
  if ([device isKindOfClass:[MLGPUComputeDevice class]]) return models::Engine::gpu;
  if ([device isKindOfClass:[MLCPUComputeDevice class]]) return models::Engine::cpu;
  return std::nullopt;
}

// Walks what the plan is about, in order.
class ANEMON_SINCE_MACOS(14.4) PlanReader {
 public:
  explicit PlanReader(MLComputePlan* plan) : plan_(plan) {}

  ComputePlan read() {
    MLModelStructure* const structure = plan_.modelStructure;
    result_.kind = structure.program != nil         ? "program"
                   : structure.neuralNetwork != nil ? "neural network"
                   : structure.pipeline != nil      ? "pipeline"
                                                    : "other";
    read_structure(structure, "");
    return std::move(result_);
  }

 private:
  void read_structure(MLModelStructure* structure, const std::string& member) {
    if (structure.program != nil) read_program(structure.program, member);
    if (structure.neuralNetwork != nil) read_network(structure.neuralNetwork, member);
    if (structure.pipeline != nil) {
      NSArray<NSString*>* const names = structure.pipeline.subModelNames;
      NSUInteger index = 0;
      for (MLModelStructure* model in structure.pipeline.subModels) {
        const std::string name =
            index < [names count] ? to_text([names objectAtIndex:index]) : std::to_string(index);
        read_structure(model, member.empty() ? name : member + "/" + name);
        ++index;
      }
    }
  }

  void read_program(MLModelStructureProgram* program, const std::string& member) {
    NSArray<NSString*>* const names =
        [[program.functions allKeys] sortedArrayUsingSelector:@selector(compare:)];
    for (NSString* name in names) {
      const std::string function = to_text(name);
      MLModelStructureProgramFunction* const found = [program.functions objectForKey:name];
      read_block(found.block, member.empty() ? function : member + "/" + function, 0);
    }
  }

  void read_block(MLModelStructureProgramBlock* block, const std::string& function, int depth) {
    for (MLModelStructureProgramOperation* operation in block.operations) {
      const Pool pool;
      PlannedOperation planned;
      planned.type = without_operation_set(to_text(operation.operatorName));
      if (planned.type != "const") {
        NSArray<MLModelStructureProgramNamedValueType*>* const outputs = operation.outputs;
        if ([outputs count] > 0) planned.name = to_text([[outputs objectAtIndex:0] name]);
        planned.function = function;
        planned.depth = depth;
        MLComputePlanCost* const cost = [plan_ estimatedCostOfMLProgramOperation:operation];
        if (cost != nil) planned.cost = cost.weight;
        take_usage([plan_ computeDeviceUsageForMLProgramOperation:operation], planned);
        result_.operations.push_back(std::move(planned));
      }
      for (MLModelStructureProgramBlock* nested in operation.blocks) {
        read_block(nested, function, depth + 1);
      }
    }
  }

  void read_network(MLModelStructureNeuralNetwork* network, const std::string& member) {
    for (MLModelStructureNeuralNetworkLayer* layer in network.layers) {
      const Pool pool;
      PlannedOperation planned;
      planned.name = to_text(layer.name);
      planned.type = to_text(layer.type);
      planned.function = member;
      take_usage([plan_ computeDeviceUsageForNeuralNetworkLayer:layer], planned);
      result_.operations.push_back(std::move(planned));
    }
  }

  void take_usage(MLComputePlanDeviceUsage* usage, PlannedOperation& planned) {
    if (usage == nil) return;
    planned.preferred = to_engine(usage.preferredComputeDevice);
    for (id device in usage.supportedComputeDevices) {
      if (const auto engine = to_engine(device)) planned.supported.push_back(*engine);
    }
  }

  MLComputePlan* plan_;  // outlives the reader, which lives in one function
  ComputePlan result_;
};

// Blocks until the framework answers or `limit` is over.
ANEMON_SINCE_MACOS(14.4)
Ref<id> wait_for_plan(const CompiledModel& compiled, const LoadRequest& request, Duration limit) {
  const auto answer = std::make_shared<Answer>();
  // The block's own share; it is called once.
  auto* const share = new std::shared_ptr<Answer>(answer);
  [MLComputePlan loadContentsOfURL:to_url(compiled.path())
                     configuration:configuration_for(request)
                 completionHandler:^(MLComputePlan* plan, NSError* error) {
                   const std::unique_ptr<std::shared_ptr<Answer>> mine(share);
                   const Lock lock((*mine)->mutex);
                   (*mine)->plan = plan;
                   (*mine)->causes = causes_of(error);
                   (*mine)->done = true;
                   (*mine)->arrived.notify_all();
                 }];
  SystemClock clock;
  const Duration deadline = clock.awake() + limit;
  const Lock lock(answer->mutex);
  while (!answer->done && clock.awake() < deadline) {
    clock.wait_until(answer->arrived, answer->mutex, deadline);
  }
  if (!answer->done) {
    throw Error("compute plan failed: " + request.model.string() + ": none came within " +
                    std::to_string(static_cast<long>(to_seconds(limit))) + " s",
                "the model can be measured without a plan");
  }
  if (!answer->plan) fail(Phase::plan, request.model, answer->causes);
  return answer->plan;
}

ANEMON_SINCE_MACOS(14.4)
ComputePlan read_plan(const LoadRequest& request, Duration limit) {
  const Pool pool;
  const SystemClock clock;
  LoadTimes times;
  const CompiledModel compiled(request, clock, compile_model, times);
  ComputePlan plan;
  guarded(Phase::plan, request.model, [&] {
    const Ref<id> found = wait_for_plan(compiled, request, limit);
    plan = PlanReader(static_cast<MLComputePlan*>(found.get())).read();
  });
  return plan;
}

}  // namespace

ComputePlan plan_coreml(const LoadRequest& request, Duration limit) {
  if (ANEMON_MACOS(14.4)) return read_plan(request, limit);
  throw Error("there is no compute plan: that needs macOS 14.4");
}

}  // namespace anemon::profiler

#else

namespace anemon::profiler {

ComputePlan plan_coreml(const LoadRequest&, Duration) {
  throw Error("there is no compute plan: this program was built without it");
}

}  // namespace anemon::profiler

#endif

namespace anemon::profiler {

ComputePlan plan_coreml(const LoadRequest& request) {
  return plan_coreml(request, std::chrono::hours(24));
}

}  // namespace anemon::profiler
