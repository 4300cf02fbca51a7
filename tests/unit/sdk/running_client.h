// The client of this process, beside a scripted daemon.
#pragma once

#include <anemon/client.h>

#include <nlohmann/json.hpp>
#include <string>
#include <thread>

#include "tests/catch.h"
#include "tests/unit/sdk/scripted_daemon.h"

namespace anemon::test {

inline size_t events_in(const ScriptedRequest& request) {
  return nlohmann::json::parse(request.body).at("events").size();
}

inline std::string accept_all(const ScriptedRequest& request) {
  if (request.target == "/v1/sessions") return http_answer(201, R"({"id":"20260101-000000-abcd"})");
  if (request.target.ends_with("/stop")) return http_answer(200, "{}");
  return http_answer(202,
                     R"({"accepted":)" + std::to_string(events_in(request)) + R"(,"refused":0})");
}

// The client of this process, started against `socket` and stopped with the test.
class RunningClient {
 public:
  explicit RunningClient(const std::string& socket, uint32_t patience_ms = 60000) {
    anemon_options options{};
    options.size = sizeof options;
    options.socket = socket.c_str();
    options.send_interval_ms = 5;
    options.look_interval_ms = 10;
    options.answer_timeout_ms = 30000;
    options.patience_ms = patience_ms;
    options.exit_flush_ms = 30000;
    REQUIRE(anemon_start(&options) == ANEMON_OK);
    anemon_read_counters(&before_);
  }
  ~RunningClient() { anemon_stop(); }

  static void await(anemon_state state) {
    while (anemon_read_state(nullptr, 0) != state) std::this_thread::yield();
  }

  anemon_counters counted() const {
    anemon_counters now;
    anemon_read_counters(&now);
    return {now.queued - before_.queued,     now.dropped - before_.dropped,
            now.accepted - before_.accepted, now.refused - before_.refused,
            now.lost - before_.lost,         now.waiting};
  }

 private:
  anemon_counters before_{};
};

}  // namespace anemon::test
