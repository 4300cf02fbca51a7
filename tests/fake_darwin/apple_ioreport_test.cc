#include "platform/ioreport.h"
#include "tests/catch.h"
#include "tests/fake_darwin/fake_mac.h"

using namespace anemon;
using namespace anemon::fake;

TEST_CASE("A Mac without IOReport has none") {
  FakeMac mac;
  const ChannelSelection wanted{"Energy Model"};
  REQUIRE(open_ioreport({&wanted, 1}) == nullptr);
}
