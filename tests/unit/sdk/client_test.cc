#include <anemon/client.h>

#include <atomic>
#include <memory>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <thread>

#include "core/worker.h"
#include "tests/catch.h"
#include "tests/scratch_directory.h"
#include "tests/unit/sdk/running_client.h"
#include "tests/unit/sdk/scripted_daemon.h"

namespace anemon {
namespace {

using test::accept_all;
using test::events_in;
using test::http_answer;
using test::RunningClient;
using test::ScriptedDaemon;
using test::ScriptedRequest;

TEST_CASE("threads that report at once are accounted for to the last inference") {
  const test::ScratchDirectory scratch;
  const ScriptedDaemon daemon(scratch / "s", accept_all);
  const RunningClient client((scratch / "s").string());
  RunningClient::await(ANEMON_STATE_LISTENING);
  const client::Model model("m", "ane", {"token"});
  constexpr uint64_t kThreads = 4;
  constexpr uint64_t kEach = 5000;
  std::atomic<uint64_t> queued{0}, dropped{0};
  std::vector<std::unique_ptr<Worker>> threads;
  for (uint64_t i = 0; i < kThreads; ++i) {
    threads.push_back(std::make_unique<Worker>("caller", [&](const StopFlag&) {
      const uint64_t tokens = 3;
      for (uint64_t call = 0; call < kEach; ++call) {
        const auto result = anemon_inference(model.handle(), 1000, 1, &tokens);
        ++(result == ANEMON_OK ? queued : dropped);
        // Beside the others' calls, and while the thread sends.
        if (call % 1000 == 0) client.counted();
        if (call % 1500 == 0) anemon_flush(1000);
      }
    }));
  }
  threads.clear();
  CHECK(queued + dropped == kThreads * kEach);
  CHECK(anemon_flush(60000) == ANEMON_OK);
  const anemon_counters counted = client.counted();
  CHECK(counted.queued == queued);
  CHECK(counted.dropped == dropped);
  CHECK(counted.accepted == queued);
  size_t received = 0;
  for (const ScriptedRequest& request : daemon.requests()) received += events_in(request);
  CHECK(received == queued);
}

TEST_CASE("a slow daemon holds up the thread, but no call") {
  const test::ScratchDirectory scratch;
  std::atomic<bool> held{false}, released{false};
  const ScriptedDaemon daemon(scratch / "s", [&](const ScriptedRequest& request) {
    if (events_in(request) > 0) held = true;
    while (events_in(request) > 0 && !released) std::this_thread::yield();
    return accept_all(request);
  });
  const RunningClient client((scratch / "s").string());
  RunningClient::await(ANEMON_STATE_LISTENING);
  const client::Model model("m");
  uint64_t calls = 1, dropped = 0;
  REQUIRE(anemon_inference(model.handle(), 1000, 1, nullptr) == ANEMON_OK);
  while (!held) std::this_thread::yield();
  // The queue fills while its first batch is on the way: every call comes back all the same.
  while (dropped < 100) {
    dropped += anemon_inference(model.handle(), 1000, 1, nullptr) == ANEMON_DROPPED ? 1 : 0;
    ++calls;
  }
  CHECK(anemon_flush(1) == ANEMON_TIMEOUT);
  CHECK(client.counted().dropped == 100);
  CHECK(client.counted().queued == calls - 100);
  CHECK(client.counted().accepted == 0);
  released = true;
  CHECK(anemon_flush(60000) == ANEMON_OK);
  CHECK(client.counted().accepted == calls - 100);
}

TEST_CASE("a request that got no answer is not sent again, one that was not taken is") {
  const test::ScratchDirectory scratch;
  std::atomic<int> reports{0};
  const ScriptedDaemon daemon(scratch / "s", [&](const ScriptedRequest& request) -> std::string {
    if (events_in(request) == 0) return accept_all(request);
    switch (reports++) {
      case 0:
        return {};  // read, and the connection closed
      case 1:
        return http_answer(503, R"({"error":{"code":"overloaded","message":"busy"}})");
      default:
        return accept_all(request);
    }
  });
  const RunningClient client((scratch / "s").string());
  RunningClient::await(ANEMON_STATE_LISTENING);
  const client::Model model("m");
  REQUIRE(anemon_inference(model.handle(), 1000, 1, nullptr) == ANEMON_OK);
  CHECK(anemon_flush(30000) == ANEMON_OK);
  CHECK(client.counted().lost == 1);
  REQUIRE(anemon_inference(model.handle(), 1000, 1, nullptr) == ANEMON_OK);
  CHECK(anemon_flush(30000) == ANEMON_OK);
  CHECK(client.counted().accepted == 1);
  CHECK(client.counted().lost == 1);
  CHECK(reports == 3);
}

TEST_CASE("what the daemon says it refused is counted as refused, what it leaves out as lost") {
  const test::ScratchDirectory scratch;
  const ScriptedDaemon daemon(scratch / "s", [](const ScriptedRequest& request) {
    const bool empty = events_in(request) == 0;
    return http_answer(202, empty ? "{}" : R"({"accepted":1,"refused":1})");
  });
  const RunningClient client((scratch / "s").string());
  RunningClient::await(ANEMON_STATE_LISTENING);
  const client::Model model("m");
  // In one batch or in several: three answers of two at most.
  for (int i = 0; i < 3; ++i) anemon_inference(model.handle(), 1000, 1, nullptr);
  CHECK(anemon_flush(30000) == ANEMON_OK);
  const anemon_counters counted = client.counted();
  CHECK(counted.accepted >= 1);
  CHECK(counted.accepted + counted.refused + counted.lost == 3);
}

TEST_CASE("no answer of a stranger ends the program or hides a count") {
  const auto garbage = GENERATE(
      std::string("hello\r\n\r\n"), std::string("HTTP/1.1 202 OK\r\n\r\n"),
      std::string("HTTP/1.1 202 OK\r\nContent-Length: 99999999999999999999\r\n\r\n"),
      std::string("HTTP/1.1 202 OK\r\nContent-Length: 3\r\n\r\n[1]"),
      std::string(
          "HTTP/1.1 202 OK\r\nContent-Length: 33\r\n\r\n{\"accepted\":\"x\",\"refused\":-1e99  }"),
      http_answer(404, "not found"), http_answer(200, "<html>"), std::string(100'000, 'x'),
      std::string());
  const test::ScratchDirectory scratch;
  const ScriptedDaemon daemon(scratch / "s", [&](const ScriptedRequest& request) {
    return events_in(request) == 0 ? accept_all(request) : garbage;
  });
  const RunningClient client((scratch / "s").string());
  RunningClient::await(ANEMON_STATE_LISTENING);
  const client::Model model("m");
  REQUIRE(anemon_inference(model.handle(), 1000, 1, nullptr) == ANEMON_OK);
  CHECK(anemon_flush(30000) == ANEMON_OK);
  const anemon_counters counted = client.counted();
  CHECK(counted.accepted == 0);
  CHECK(counted.refused + counted.lost == 1);
}

TEST_CASE("a session's id from a stranger gets into no request") {
  const test::ScratchDirectory scratch;
  const ScriptedDaemon daemon(scratch / "s", [](const ScriptedRequest& request) {
    if (request.target != "/v1/sessions") return accept_all(request);
    return http_answer(201, R"({"id":"a/stop HTTP/1.1\r\nX: y"})");
  });
  const RunningClient client((scratch / "s").string());
  CHECK(anemon_session_begin("s", 30000) == nullptr);
  CHECK(std::string(anemon_last_error()).find("is no session") != std::string::npos);
  CHECK(anemon_session_begin("\xff", 30000) == nullptr);
  CHECK(std::string(anemon_last_error()).find("UTF-8") != std::string::npos);
}

TEST_CASE("an inference that ends in the future is refused before it is sent") {
  const test::ScratchDirectory scratch;
  const ScriptedDaemon daemon(scratch / "s", accept_all);
  const RunningClient client((scratch / "s").string());
  RunningClient::await(ANEMON_STATE_LISTENING);
  const client::Model model("m");
  const uint64_t minute = 60'000'000'000;
  CHECK(anemon_inference_at(model.handle(), anemon_clock() + minute, 0, 1, nullptr) == ANEMON_OK);
  CHECK(anemon_inference_at(model.handle(), anemon_clock(), minute, 1, nullptr) == ANEMON_OK);
  CHECK(anemon_inference_at(model.handle(), UINT64_MAX, 0, 1, nullptr) == ANEMON_INVALID);
  CHECK(anemon_flush(30000) == ANEMON_OK);
  CHECK(client.counted().refused == 2);
}

TEST_CASE("the C++ layer times, counts and tells what failed") {
  const test::ScratchDirectory scratch;
  const ScriptedDaemon daemon(scratch / "s", accept_all);
  {
    const RunningClient client((scratch / "s").string());
    RunningClient::await(ANEMON_STATE_LISTENING);
    const client::Model model("m", "gpu", {"token", "image"});
    REQUIRE(model);
    CHECK(client::Model("m", "gpu", {"token", "image"}).handle() == model.handle());
    CHECK(client::Model("m", "cpu", {"token", "image"}).handle() != model.handle());
    CHECK_FALSE(client::Model(""));
    {
      client::Inference inference(model);
      inference.add(0, 2);
      inference.add(0, 3);
      inference.add(1, 1);
    }
    { client::Inference(model).fail(); }
    try {
      const client::Inference inference(model);
      throw std::runtime_error("the engine failed");
    } catch (const std::runtime_error&) {
      const client::Inference inference(model);  // this one does not fail
    }
    CHECK(anemon_flush(30000) == ANEMON_OK);
    client::Session session("serving");
    REQUIRE(session);
    CHECK(std::string(session.id()) == "20260101-000000-abcd");
    client::Session moved(std::move(session));
    CHECK(moved.end() == ANEMON_OK);
    CHECK_FALSE(moved);
  }
  nlohmann::json events = nlohmann::json::array();
  for (const ScriptedRequest& request : daemon.requests()) {
    if (request.target != "/v1/inferences") continue;
    const auto document = nlohmann::json::parse(request.body);
    for (const auto& event : document["events"]) events.push_back(event);
  }
  REQUIRE(events.size() == 4);
  CHECK(events[0]["items"] == nlohmann::json{{"token", 5}, {"image", 1}});
  CHECK_FALSE(events[0].contains("ok"));
  CHECK(events[1]["ok"] == false);
  CHECK(events[2]["ok"] == false);
  CHECK_FALSE(events[3].contains("ok"));
  CHECK(daemon.requests().back().target == "/v1/sessions/20260101-000000-abcd/stop");
}

TEST_CASE("a failing call says why, to its own thread only") {
  CHECK(anemon_model_register(nullptr, nullptr, nullptr, 0) == nullptr);
  CHECK(std::string(anemon_last_error()) == "a model needs a name");
  std::string of_another = "unset";
  {
    const Worker other("other", [&](const StopFlag&) { of_another = anemon_last_error(); });
  }
  CHECK(of_another.empty());
  anemon_options options{};
  options.size = 1;
  CHECK(anemon_start(&options) == ANEMON_INVALID);
  CHECK(anemon_read_state(nullptr, 0) == ANEMON_STATE_STOPPED);
  const std::string too_long(200, 'x');
  {
    const RunningClient client("/" + too_long);
    RunningClient::await(ANEMON_STATE_ABSENT);
    options.size = sizeof options;
    CHECK(anemon_start(nullptr) == ANEMON_OK);
    CHECK(anemon_start(&options) == ANEMON_INVALID);
    CHECK(std::string(anemon_last_error()).find("runs already") != std::string::npos);
    char text[16];
    anemon_read_state(text, sizeof text);
    CHECK(std::string(text).size() == 15);
  }
}

}  // namespace
}  // namespace anemon
