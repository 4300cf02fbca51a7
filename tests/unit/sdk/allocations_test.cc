#include <anemon/client.h>

#include <algorithm>

#include "tests/catch.h"
#include "tests/counting_new.h"
#include "tests/scratch_directory.h"
#include "tests/unit/sdk/running_client.h"

namespace anemon {
namespace {

TEST_CASE("the call allocates nothing") {
  const test::ScratchDirectory scratch;
  const test::ScriptedDaemon daemon(scratch / "s", test::accept_all);
  const test::RunningClient client((scratch / "s").string());
  test::RunningClient::await(ANEMON_STATE_LISTENING);
  const client::Model model("m");
  // The sending thread allocates beside it: calls of its own kind are what is left of the fewest.
  uint64_t fewest = 1000;
  for (int round = 0; round < 50; ++round) {
    const uint64_t before = test::allocations();
    for (int i = 0; i < 10; ++i) anemon_inference(model.handle(), 1000, 1, nullptr);
    fewest = std::min(fewest, test::allocations() - before);
  }
  CHECK(fewest == 0);
}

}  // namespace
}  // namespace anemon
