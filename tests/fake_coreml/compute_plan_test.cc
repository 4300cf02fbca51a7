#include "tests/fake_coreml/coreml_test.h"

namespace anemon::profiler {
namespace {

using fake_coreml::Failure;
using fake_coreml::Operation;
using fake_coreml::Script;
using fake_coreml::Structure;
using models::Engine;

constexpr Duration kNoLimit = std::chrono::hours(1);

TEST_CASE_METHOD(CoreMLTest,
                 "a program's plan has its operations with devices and cost, nested ones after "
                 "what holds them") {
  Operation conv{"conv_out", "ios16.conv", 'a', "cga", 0.75};
  Operation branch{"branch", "cond", 'c', "c", 0.25};
  branch.blocks = {{{"then", "ios16.relu", 'g', "cg", 0.0}}, {{"else", "ios16.relu", 0}}};
  script().structure.program["main"] = {{"w", "const"}, conv, branch};
  script().structure.program["decode"] = {{"d", "add", 'c', "c", 1.0}};
  LoadRequest asked = request();
  asked.units = ComputeUnits::cpu_and_ane;
  const ComputePlan plan = plan_coreml(asked, kNoLimit);
  CHECK(plan.kind == "program");
  CHECK(record().units == std::vector<long>{3});
  REQUIRE(plan.operations.size() == 5);
  CHECK(plan.operations[0].function == "decode");
  const PlannedOperation& first = plan.operations[1];
  CHECK(first.name == "conv_out");
  CHECK(first.type == "conv");
  CHECK(first.function == "main");
  CHECK(first.depth == 0);
  CHECK(first.preferred == Engine::ane);
  CHECK(first.supported == std::vector<Engine>{Engine::cpu, Engine::gpu, Engine::ane});
  CHECK(first.cost == 0.75);
  CHECK(plan.operations[2].name == "branch");
  CHECK(plan.operations[3].name == "then");
  CHECK(plan.operations[3].depth == 1);
  CHECK(plan.operations[3].preferred == Engine::gpu);
  CHECK(plan.operations[4].name == "else");
  CHECK(!plan.operations[4].preferred);
  CHECK(!plan.operations[4].cost);
}

TEST_CASE_METHOD(CoreMLTest, "an old network's plan has its layers, without cost") {
  script().structure.layers = {{"conv1", "convolution", 'a', "ac"},
                               {"lstm", "uniDirectionalLSTM", 'c', "c"}};
  const ComputePlan plan = plan_coreml(request(), kNoLimit);
  CHECK(plan.kind == "neural network");
  REQUIRE(plan.operations.size() == 2);
  CHECK(plan.operations[0].name == "conv1");
  CHECK(plan.operations[0].type == "convolution");
  CHECK(plan.operations[0].function.empty());
  CHECK(!plan.operations[0].cost);
  CHECK(plan.operations[1].preferred == Engine::cpu);
}

TEST_CASE_METHOD(CoreMLTest, "a pipeline's plan has its members' operations under their names") {
  Structure network, program;
  network.name = "scale";
  network.layers = {{"s", "scale", 'c', "c"}};
  program.name = "net";
  program.program["main"] = {{"m", "matmul", 'g', "g"}};
  script().structure.members = {network, program};
  const ComputePlan plan = plan_coreml(request(), kNoLimit);
  CHECK(plan.kind == "pipeline");
  REQUIRE(plan.operations.size() == 2);
  CHECK(plan.operations[0].function == "scale");
  CHECK(plan.operations[1].function == "net/main");
}

TEST_CASE_METHOD(CoreMLTest, "a plan that comes from another thread is waited for") {
  script().structure.layers = {{"a", "add", 'c', "c"}};
  script().answer = Script::Answer::from_a_thread;
  CHECK(plan_coreml(request(), kNoLimit).operations.size() == 1);
}

TEST_CASE_METHOD(CoreMLTest,
                 "a plan that comes too late is an error, and its coming does no harm") {
  script().structure.layers = {{"a", "add", 'c', "c"}};
  script().answer = Script::Answer::later;
  CHECK_THAT(error_of([&] { plan_coreml(request(), Duration::zero()); }),
             ANEMON_CONTAINS("compute plan failed: ") && ANEMON_CONTAINS("none came within 0 s"));
  fake_coreml::answer_now();
}

TEST_CASE_METHOD(CoreMLTest, "no plan, an error and an exception are failures of the plan") {
  script().plan.nothing = true;
  CHECK_THAT(error_of([&] { plan_coreml(request(), kNoLimit); }),
             ANEMON_CONTAINS("compute plan failed: ") && ANEMON_CONTAINS("neither a result nor"));
  script().plan = {};
  script().plan.error = Failure{"com.apple.CoreML", 0, "no plan for this", nullptr};
  CHECK_THAT(error_of([&] { plan_coreml(request(), kNoLimit); }),
             ANEMON_CONTAINS("no plan for this (com.apple.CoreML 0)") &&
                 ANEMON_CONTAINS("can be measured without a plan"));
  script().plan = {};
  script().compile.exception = "NSGenericException";
  CHECK_THAT(error_of([&] { plan_coreml(request(), kNoLimit); }),
             ANEMON_CONTAINS("compile failed"));
}

TEST_CASE_METHOD(CoreMLTest, "before macOS 14.4 there is no plan, and the error says so") {
  script().macos = 14.3;
  CHECK_THAT(error_of([&] { plan_coreml(request(), kNoLimit); }),
             ANEMON_CONTAINS("needs macOS 14.4"));
  CHECK(record().compiled == 0);
}

}  // namespace
}  // namespace anemon::profiler
