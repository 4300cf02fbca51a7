#include "collectors/inference_queue.h"

#include <atomic>
#include <thread>

#include "tests/catch.h"

using anemon::InferenceEvent;
using anemon::InferenceQueue;

TEST_CASE("A full queue takes what fits and counts the rest") {
  InferenceQueue queue(3);
  const std::vector<InferenceEvent> events(2, InferenceEvent{"m", "cpu", {}, {}, true, {}});
  CHECK(queue.push(events) == 2);
  CHECK(queue.push(events) == 1);
  CHECK(queue.push(events) == 0);
  std::vector<InferenceEvent> drained(7);
  CHECK(queue.drain(drained) == 3);
  CHECK(drained.size() == 3);
  CHECK(queue.push({}) == 0);
  CHECK(queue.drain(drained) == 0);
  CHECK(drained.empty());
}

TEST_CASE("A queue is bounded in bytes, too") {
  InferenceQueue queue(1000, 100'000);
  InferenceEvent large{std::string(20'000, 'm'), "cpu", {}, {}, true, {}};
  const std::vector<InferenceEvent> events(10, large);
  CHECK(queue.push(events) == 4);
  CHECK(queue.push(events) == 0);
  std::vector<InferenceEvent> drained;
  CHECK(queue.drain(drained) == 16);
  CHECK(drained.size() == 4);
  CHECK(queue.push(events) == 4);  // room again
}

TEST_CASE("A queue that nobody drains is closed: it takes nothing and keeps nothing") {
  InferenceQueue queue;
  const std::vector<InferenceEvent> events(2, InferenceEvent{"m", "cpu", {}, {}, true, {}});
  CHECK(queue.push(events) == 2);
  queue.set_open(false);
  CHECK_FALSE(queue.is_open());
  CHECK(queue.push(events) == 0);
  queue.set_open(true);
  std::vector<InferenceEvent> drained;
  CHECK(queue.drain(drained) == 0);
  CHECK(drained.empty());
  CHECK(queue.push(events) == 2);
}

TEST_CASE("Every event of many clients is either drained or dropped, in each client's order") {
  InferenceQueue queue(100);
  constexpr int kClients = 4;
  constexpr int kEvents = 3000;
  std::atomic<int> running{kClients};
  std::vector<std::thread> clients;
  std::atomic<uint64_t> refused{0};
  for (int client = 0; client < kClients; ++client) {
    clients.emplace_back([&, client] {
      for (int i = 0; i < kEvents; i += 3) {
        std::vector<InferenceEvent> events;
        for (int k = 0; k < 3; ++k) {
          events.push_back({std::to_string(client), "", anemon::Duration(i + k), {}, true, {}});
        }
        refused += events.size() - queue.push(events);
      }
      --running;
    });
  }
  uint64_t got = 0;
  uint64_t dropped = 0;
  std::vector<int64_t> last(kClients, -1);
  bool in_order = true;
  std::vector<InferenceEvent> events;
  const auto drain = [&] {
    dropped += queue.drain(events);
    got += events.size();
    for (const InferenceEvent& event : events) {
      int64_t& before = last[static_cast<size_t>(std::stoi(event.model))];
      in_order = in_order && event.begin_wall.count() > before;
      before = event.begin_wall.count();
    }
  };
  while (running > 0) drain();
  for (std::thread& client : clients) client.join();
  drain();
  CHECK(in_order);
  CHECK(dropped == refused);
  CHECK(got + dropped == kClients * kEvents);
}
