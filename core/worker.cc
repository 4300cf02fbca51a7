#include "core/worker.h"

#include <pthread.h>
#include <signal.h>

#include <utility>

namespace anemon {
namespace {

void name_this_thread(const std::string& name) {
#if defined(__APPLE__)
  pthread_setname_np(name.c_str());
#else
  pthread_setname_np(pthread_self(), name.substr(0, 15).c_str());
#endif
}

// Signals are for the main thread, which waits for them; a worker must not be interrupted by them.
class BlockedSignals {
 public:
  BlockedSignals() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &previous_);
  }
  ~BlockedSignals() { pthread_sigmask(SIG_SETMASK, &previous_, nullptr); }
  BlockedSignals(const BlockedSignals&) = delete;
  BlockedSignals& operator=(const BlockedSignals&) = delete;

 private:
  sigset_t previous_;
};

}  // namespace

Worker::Worker(const std::string& name, std::function<void(const StopFlag&)> body,
               std::function<void()> wake)
    : state_(std::make_shared<State>()), wake_(std::move(wake)) {
  const BlockedSignals inherited_by_the_new_thread;
  thread_ = std::thread([state = state_, name, body = std::move(body)] {
    name_this_thread(name);
    body(state->stop);
    state->finished.store(true, std::memory_order_release);
  });
}

Worker::~Worker() {
  if (!thread_.joinable()) return;
  request_stop();
  thread_.join();
}

void Worker::request_stop() noexcept {
  state_->stop.requested_.store(true, std::memory_order_release);
  if (wake_) wake_();
}

bool Worker::finished() const noexcept { return state_->finished.load(std::memory_order_acquire); }

void Worker::abandon() noexcept {
  request_stop();
  if (thread_.joinable()) thread_.detach();
}

}  // namespace anemon
