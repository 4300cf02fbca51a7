// The threads for slow routes: few, with a bounded queue. Results come back to the event thread
// through collect().
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "core/worker.h"
#include "exporters/http_gate.h"

namespace anemon {

struct PoolResult {
  std::uint64_t connection = 0;
  GateResult result;
};

class HttpPool {
 public:
  // `notify` is called, on a pool thread, after a result became ready. It must stay callable until
  // the pool's threads are gone, which for an abandoned one is the end of the process.
  HttpPool(std::size_t threads, std::size_t queue, std::function<void()> notify);
  ~HttpPool();

  // False when the queue is full. `job` is run on a pool thread and must not throw; it owns
  // everything that it touches.
  bool submit(std::uint64_t connection, std::function<GateResult()> job);

  // Moves finished results into `results`, which must be empty. False, without taking the lock,
  // when nothing was submitted since the last result.
  bool collect(std::vector<PoolResult>& results);

  // Ends the threads. False when one still runs a job and was abandoned with it.
  bool stop();

 private:
  struct State;
  std::shared_ptr<State> state_;
  std::size_t outstanding_ = 0;  // used by the event thread
  std::vector<std::unique_ptr<Worker>> workers_;
};

}  // namespace anemon
