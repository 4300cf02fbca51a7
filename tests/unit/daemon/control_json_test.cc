#include "daemon/control_json.h"

#include "exporters/api_request.h"
#include "tests/catch.h"

using namespace anemon;
using namespace std::chrono_literals;

namespace {

constexpr Duration kNow = 1'790'000'000s;

template <class Parse>
std::string refusal(Parse&& parse) {
  try {
    parse();
  } catch (const ApiError& error) {
    const std::string status = error.status() == 400 ? "" : std::to_string(error.status()) + " ";
    return status + error.what() + (error.hint().empty() ? "" : " | " + error.hint());
  }
  return "accepted";
}

std::string session(std::string_view body) {
  return refusal([&] { parse_session_request(body); });
}
std::string annotation(std::string_view body) {
  return refusal([&] { parse_annotation(body, kNow); });
}
std::string events(std::string_view body) {
  return refusal([&] { parse_inferences(body, kNow); });
}

}  // namespace

TEST_CASE("a session request is read whole") {
  const SessionRequest request = parse_session_request(
      R"({"name":"a b","labels":{"k":"v","":""},"pids":[1,2147483647],"max_duration_seconds":1.5})");
  CHECK(request.name == "a b");
  CHECK(request.labels.at("k") == "v");
  CHECK(request.pids == std::vector<pid_t>{1, 2147483647});
  CHECK(request.max_duration == 1500ms);
}

TEST_CASE("everything of a session request may be left out or null") {
  for (const char* body : {"", " \n", "{}", R"({"name":null,"labels":null,"pids":null})"}) {
    INFO(body);
    const SessionRequest request = parse_session_request(body);
    CHECK(request.name.empty());
    CHECK(request.labels.empty());
    CHECK_FALSE(request.max_duration);
  }
}

TEST_CASE("a bad session request is refused with its place and reason") {
  struct Row {
    const char* body;
    const char* message;
  };
  const Row row = GENERATE(values<Row>({
      {R"({"nam":"x"})", "unknown member \"nam\" | did you mean name?"},
      {R"({"quite_else":1})",
       "unknown member \"quite_else\" | its members are name, labels, pids, max_duration_seconds"},
      {R"({"name":1})", "name: must be a string"},
      {R"({"name":"a","name":"b"})", "the member \"name\" is there twice"},
      {R"({"labels":{"a":"1","a":"2"}})", "the member \"a\" is there twice"},
      {R"({"labels":[]})", "labels: must be an object"},
      {R"({"labels":{"a":1}})", "labels.a: must be a string"},
      {R"({"pids":1})", "pids: must be a list"},
      {R"({"pids":[0]})", "pids: holds a number that is no process id"},
      {R"({"pids":[-1]})", "pids: must be a whole number, not negative"},
      {R"({"pids":[1.5]})", "pids: must be a whole number, not negative"},
      {R"({"pids":[4294967297]})", "pids: holds a number that is no process id"},
      {R"({"max_duration_seconds":"1h"})", "max_duration_seconds: must be a number of seconds"},
      {R"({"max_duration_seconds":-1})", "max_duration_seconds: must be between 0 and 366 days"},
      {R"({"max_duration_seconds":1e300})", "max_duration_seconds: must be between 0 and 366 days"},
      {"[]", "the body must be a JSON object"},
      {"7", "the body must be a JSON object"},
      {"[[[[[[[[[[]]]]]]]]]]", "the body is nested more than 8 levels deep"},
  }));
  INFO(row.body);
  CHECK(session(row.body) == row.message);
}

TEST_CASE("what is no JSON is refused with the place in it") {
  CHECK(session("{\"name\"}").find("the body is no JSON: parse error at line 1, column 8") == 0);
  CHECK(session("{} {}").find("the body is no JSON") == 0);
  CHECK(session("{\"name\":\"\xff\"}").find("the body is no JSON") == 0);
  CHECK(session("{\"name\":NaN}").find("the body is no JSON") == 0);
  CHECK(session("{\"max_duration_seconds\":1e999}").find("the body is no JSON") == 0);
  CHECK(session(std::string("\0", 1)).find("the body is no JSON") == 0);
}

TEST_CASE("a body beyond its bound is refused whatever it holds") {
  CHECK(session(std::string(kMaxControlBody + 1, ' ')) == "413 the body is larger than 64 KiB");
  CHECK(session(std::string(kMaxControlBody, '[')) == "the body is nested more than 8 levels deep");
  CHECK(session("{\"name\":\"" + std::string(5000, 'a') + "\"}") ==
        "name: is longer than 4096 bytes");
  std::string pids = "{\"pids\":[1";
  for (int i = 0; i < 300; ++i) pids += ",1";
  CHECK(session(pids + "]}") == "pids: has more than 256 elements");
}

TEST_CASE("an annotation has a text and may have a time") {
  Annotation note = parse_annotation(R"({"text":"warm"})", kNow);
  CHECK(note.text == "warm");
  CHECK_FALSE(note.wall);
  note = parse_annotation(R"({"text":"warm","time":"now-5s"})", kNow);
  CHECK(note.wall == kNow - 5s);
  note = parse_annotation(R"({"text":"","time":1790000000.25})", kNow);
  CHECK(note.wall == 1'790'000'000'250ms);
  CHECK(annotation("{}") == "the member \"text\" is missing");
  CHECK(annotation("") == "the member \"text\" is missing");
  CHECK(annotation(R"({"text":null})") == "the member \"text\" is missing");
  CHECK(annotation(R"({"text":"a","time":"soon"})") ==
        "time: is no time | write 2026-01-31T12:00:00Z or Unix seconds");
  CHECK(annotation(R"({"text":"a","time":true})") ==
        "time: must be a time | write 2026-01-31T12:00:00Z or Unix seconds");
  CHECK(annotation(R"({"text":"a","time":1e12})").find("time: is no time") == 0);
  CHECK(annotation(R"({"text":"a","when":1})").find("unknown member \"when\"") == 0);
}

TEST_CASE("inference events are read whole") {
  const auto list = parse_inferences(
      R"({"events":[{"model":"m","compute_unit":"ane","begin":1790000000.5,"duration_seconds":0.012,
          "ok":false,"items":{"token":128}},
          {"model":"m","compute_unit":"cpu","begin":"2026-09-21T14:13:20Z","duration_seconds":1}]})",
      kNow);
  REQUIRE(list.size() == 2);
  CHECK(list[0].model == "m");
  CHECK(list[0].compute_unit == "ane");
  CHECK(list[0].begin_wall == 1'790'000'000'500ms);
  CHECK(list[0].duration == 12ms);
  CHECK_FALSE(list[0].ok);
  CHECK(list[0].items.at("token") == 128);
  CHECK(list[1].ok);
  CHECK(list[1].begin_wall == 1'790'000'000s);
  CHECK(parse_inferences(R"({"events":[]})", kNow).empty());
}

TEST_CASE("a bad event is named by its number") {
  const std::string good = R"({"model":"m","compute_unit":"c","begin":1,"duration_seconds":1})";
  CHECK(events("{}") == "the member \"events\" is missing");
  CHECK(events(R"({"events":{}})") == "events: must be a list");
  CHECK(events(R"({"events":[1]})") == "events[0]: must be an object");
  CHECK(events("{\"events\":[" + good + ",{}]}") == "events[1]: the member \"model\" is missing");
  CHECK(events(R"({"events":[{"model":"m","compute_unit":"c","begin":1}]})") ==
        "events[0]: the member \"duration_seconds\" is missing");
  CHECK(events(R"({"events":[{"model":"m","computeunit":"c"}]})") ==
        "events[0]: unknown member \"computeunit\" | did you mean compute_unit?");
  CHECK(
      events(R"({"events":[{"model":"m","compute_unit":"c","begin":1,"duration_seconds":-1}]})") ==
      "events[0].duration_seconds: must be between 0 and 366 days");
  CHECK(events(R"({"events":[{"model":"m","compute_unit":"c","begin":1,"duration_seconds":1,
                  "items":{"token":-1}}]})") ==
        "events[0].items.token: must be a whole number, not negative");
  CHECK(events(R"({"events":[{"model":"m","compute_unit":"c","begin":1,"duration_seconds":1,
                  "ok":1}]})") == "events[0].ok: must be true or false");
  std::string many = "{\"events\":[0";
  for (int i = 0; i < 1000; ++i) many += ",0";
  CHECK(events(many + "]}") == "events: has more than 1000 elements");
}

TEST_CASE("a request without members takes none") {
  parse_nothing("");
  parse_nothing("{}");
  CHECK(refusal([] { parse_nothing(R"({"a":1})"); }) == "this request takes no members");
}
