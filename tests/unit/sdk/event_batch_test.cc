#include "sdk/client/event_batch.h"

#include <nlohmann/json.hpp>

#include "sdk/client/registered_model.h"
#include "tests/catch.h"

namespace anemon {
namespace {

using std::chrono::nanoseconds;

TEST_CASE("a batch renders what the control API takes, exact to the nanosecond") {
  const char* const kinds[] = {"token", "im\"age"};
  const anemon_model model = make_model("m/\"1\"", "ane", kinds, 2);
  ReportedInference inference;
  inference.model = &model;
  inference.duration_ns = 1'000'000'001;
  EventBatch batch;
  REQUIRE(batch.add(inference, nanoseconds(1'700'000'000'000'000'007)));
  inference.ok = 0;
  inference.has_items = 1;
  inference.items = {7, 0, 99, 99};
  inference.duration_ns = 5;
  REQUIRE(batch.add(inference, nanoseconds(1'700'000'001'250'000'000)));
  CHECK(batch.count() == 2);
  CHECK(batch.body() ==
        R"({"events":[{"model":"m/\"1\"","compute_unit":"ane","begin":1700000000.000000007,)"
        R"("duration_seconds":1.000000001},{"model":"m/\"1\"","compute_unit":"ane",)"
        R"("begin":1700000001.250000000,"duration_seconds":0.000000005,"ok":false,)"
        R"("items":{"token":7,"im\"age":0}}]})");
  CHECK_FALSE(batch.add(inference, nanoseconds(1)));
  batch.clear();
  CHECK(batch.empty());
  CHECK(batch.body() == R"({"events":[]})");
}

TEST_CASE("a batch stays within what one request may have, with the longest labels, too") {
  const std::string name(128, '"'), unit(64, '"');
  std::vector<std::string> kinds;
  std::vector<const char*> pointers;
  for (char c : {'a', 'b', 'c', 'd'}) kinds.push_back(std::string(63, '\\') + c);
  for (const std::string& kind : kinds) pointers.push_back(kind.c_str());
  const anemon_model longest = make_model(name.c_str(), unit.c_str(), pointers.data(), 4);
  const anemon_model shortest = make_model("m", nullptr, nullptr, 0);
  for (const anemon_model* model : {&longest, &shortest}) {
    ReportedInference inference;
    inference.model = model;
    inference.duration_ns = uint64_t{24} * 3600 * 1'000'000'000;
    inference.ok = 0;
    inference.has_items = 1;
    inference.items.fill(uint64_t{1} << 53);
    EventBatch batch;
    size_t count = 0;
    while (batch.add(inference, nanoseconds(1'700'000'000'000'000'000))) ++count;
    CHECK(batch.count() == count);
    CHECK(count <= 1000);
    CHECK(batch.body().size() <= 65536);
    CHECK(batch.body().size() > 50000);
    CHECK(nlohmann::json::parse(batch.body())["events"].size() == count);
  }
}

}  // namespace
}  // namespace anemon
