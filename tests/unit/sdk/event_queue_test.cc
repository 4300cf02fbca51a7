#include "sdk/client/event_queue.h"

#include <memory>
#include <thread>
#include <vector>

#include "core/worker.h"
#include "tests/catch.h"

namespace anemon {
namespace {

ReportedInference numbered(uint64_t number) {
  ReportedInference inference;
  inference.begin_ns = number;
  inference.items[3] = number;
  return inference;
}

TEST_CASE("a queue gives what it was given, in order, for round after round") {
  EventQueue queue(64);
  ReportedInference inference;
  CHECK_FALSE(queue.pop(inference));
  for (uint64_t i = 0; i < 1000; ++i) {
    REQUIRE(queue.push(numbered(i)));
    REQUIRE(queue.pop(inference));
    REQUIRE(inference.begin_ns == i);
  }
  CHECK_FALSE(queue.pop(inference));
  CHECK(queue.pushed() == 1000);
  CHECK(queue.dropped() == 0);
}

TEST_CASE("a full queue drops and counts, and takes again once there is room") {
  EventQueue queue(64);
  for (uint64_t i = 0; i < 64; ++i) REQUIRE(queue.push(numbered(i)));
  CHECK_FALSE(queue.push(numbered(64)));
  CHECK_FALSE(queue.push(numbered(65)));
  CHECK(queue.dropped() == 2);
  ReportedInference inference;
  REQUIRE(queue.pop(inference));
  CHECK(inference.begin_ns == 0);
  CHECK(queue.push(numbered(66)));
  CHECK_FALSE(queue.push(numbered(67)));
  CHECK(queue.pushed() == 65);
}

TEST_CASE("threads that push at once lose nothing, and each one's order stays") {
  constexpr uint64_t kThreads = 4;
  constexpr uint64_t kEach = 20'000;
  EventQueue queue(256);
  std::vector<std::unique_ptr<Worker>> writers;
  for (uint64_t thread = 0; thread < kThreads; ++thread) {
    writers.push_back(std::make_unique<Worker>("writer", [&queue, thread](const StopFlag&) {
      for (uint64_t i = 0; i < kEach; ++i) {
        while (!queue.push(numbered(thread * kEach + i))) std::this_thread::yield();
      }
    }));
  }
  std::vector<uint64_t> next(kThreads, 0);
  uint64_t total = 0;
  bool whole = true, in_order = true;
  while (total < kThreads * kEach) {
    ReportedInference inference;
    if (!queue.pop(inference)) {
      std::this_thread::yield();
      continue;
    }
    whole &= inference.items[3] == inference.begin_ns;
    const uint64_t thread = inference.begin_ns / kEach;
    in_order &= inference.begin_ns % kEach == next[thread]++;
    ++total;
  }
  CHECK(whole);
  CHECK(in_order);
  CHECK(queue.pushed() == kThreads * kEach);
}

}  // namespace
}  // namespace anemon
