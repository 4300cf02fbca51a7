// Random networks, with shapes and costs held against a slow reference that counts by looping.
#include <set>

#include "models/analysis/analysis.h"
#include "tests/catch.h"
#include "tests/models/network_grower.h"

namespace anemon::models {
namespace {

using test::ReferenceCost;

TEST_CASE("shapes and costs of random networks agree with counting by hand") {
  std::set<std::string> types;
  for (unsigned seed = 1; seed <= 60; ++seed) {
    const test::GrownNetwork network = test::grow_network(seed, 40);
    const ModelAnalysis analysis = analyse(network.model);
    const FunctionAnalysis& function = analysis.functions.front();
    REQUIRE(function.operations.size() == network.expected.size());
    uint64_t macs = 0;
    uint64_t flops = 0;
    for (size_t i = 0; i < function.operations.size(); ++i) {
      const AnalysedOperation& found = function.operations[i];
      const ReferenceCost& expected = network.expected[i];
      INFO("seed " << seed << ", operation " << i << ": " << found.operation->type);
      for (size_t result = 0; result < found.operation->results.size(); ++result) {
        const ValueId id = found.operation->results[result];
        INFO("result " << result << ": " << to_text(function.types[id].tensor) << ", expected "
                       << to_text(expected.results[result]));
        REQUIRE(function.types[id].tensor.ranked);
        REQUIRE(function.types[id].tensor.shape == expected.results[result]);
      }
      REQUIRE(found.cost.macs == expected.macs);
      REQUIRE(found.cost.vector_flops == expected.flops);
      REQUIRE(found.cost.complete);
      macs += expected.macs;
      flops += expected.flops;
      types.insert(found.operation->type);
    }
    REQUIRE(function.total.macs == macs);
    REQUIRE(function.total.vector_flops == flops);
  }
  CHECK(types.size() >= 60);  // the 40 commonest and more were among them
}

}  // namespace
}  // namespace anemon::models
