#include "sdk/client/client_process.h"

#include <pthread.h>

#include <algorithm>
#include <bit>
#include <cstdlib>

namespace anemon {
namespace {

constexpr size_t kMaxModels = 4096;

Duration milliseconds_or(uint32_t given, uint32_t otherwise) {
  return std::chrono::milliseconds(given == 0 ? otherwise : given);
}

ReporterOptions reporter_options(const anemon_options& options) {
  return {sockets_to_try(options.socket),
          milliseconds_or(options.send_interval_ms, 100),
          milliseconds_or(options.look_interval_ms, 5000),
          milliseconds_or(options.answer_timeout_ms, 2000),
          milliseconds_or(options.patience_ms, 15000),
          milliseconds_or(options.exit_flush_ms, 500)};
}

size_t queue_capacity(uint32_t given) {
  return std::bit_ceil(std::clamp<size_t>(given == 0 ? 16384 : given, 64, size_t{1} << 20));
}

}  // namespace

std::atomic<EventQueue*> published_queue{nullptr};

ClientProcess& ClientProcess::instance() {
  static ClientProcess* const process = new ClientProcess;
  return *process;
}

// The handlers hold the lock over the fork, so that the child finds everything whole.
ClientProcess::ClientProcess() {
  struct Fork {
    static ClientProcess& process() { return instance(); }
    static void prepare() ANEMON_THREAD_ANNOTATION(no_thread_safety_analysis) {
      process().mutex_.lock();
    }
    static void parent() ANEMON_THREAD_ANNOTATION(no_thread_safety_analysis) {
      process().mutex_.unlock();
    }
    static void child() ANEMON_THREAD_ANNOTATION(no_thread_safety_analysis) {
      process().forget_in_child();
      process().mutex_.unlock();
    }
  };
  if (pthread_atfork(&Fork::prepare, &Fork::parent, &Fork::child) != 0 ||
      std::atexit([] { instance().stop(); }) != 0) {
    throw std::bad_alloc();
  }
}

void ClientProcess::forget_in_child() {
  published_queue.store(nullptr, std::memory_order_relaxed);
  if (running_ == nullptr) return;
  if (running_->reporter != nullptr) running_->reporter->abandon_in_child();
  left_to_parents_.push_back(running_.release());
}

bool ClientProcess::start(const anemon_options& options) {
  const Lock lock(mutex_);
  if (running_ != nullptr && running_->reporter != nullptr) return false;
  if (running_ == nullptr) {
    // Room for it to be left behind, which must not fail in the child of a fork.
    left_to_parents_.reserve(left_to_parents_.size() + 1);
    running_ = std::make_unique<Running>(queue_capacity(options.queue_capacity));
  }
  running_->reporter = std::make_shared<Reporter>(reporter_options(options), running_->queue,
                                                  running_->tally, published_queue);
  was_started_ = true;
  return true;
}

void ClientProcess::start_once() {
  {
    const Lock lock(mutex_);
    if (was_started_) return;
  }
  start({});
}

void ClientProcess::stop() {
  const Lock lock(mutex_);
  if (running_ == nullptr || running_->reporter == nullptr) return;
  running_->reporter->stop();  // a flush on another thread may still hold it
  running_->reporter.reset();
}

const anemon_model* ClientProcess::find_or_add(const anemon_model& model) {
  const Lock lock(mutex_);
  for (const anemon_model& known : models_) {
    if (known.json_begin == model.json_begin && known.json_items == model.json_items) {
      return &known;
    }
  }
  if (models_.size() == kMaxModels) return nullptr;
  return &models_.emplace_back(model);
}

std::shared_ptr<Reporter> ClientProcess::reporter() {
  const Lock lock(mutex_);
  return running_ == nullptr ? nullptr : running_->reporter;
}

std::optional<bool> ClientProcess::flush(Duration awake_deadline) {
  const auto current = reporter();
  if (current == nullptr) return std::nullopt;
  return current->flush(awake_deadline);
}

anemon_counters ClientProcess::counters() {
  const Lock lock(mutex_);
  anemon_counters counters{};
  if (running_ == nullptr) return counters;
  // In this order `waiting` cannot become negative.
  counters.accepted = running_->tally.accepted.load(std::memory_order_acquire);
  counters.refused = running_->tally.refused.load(std::memory_order_acquire);
  counters.lost = running_->tally.lost.load(std::memory_order_acquire);
  counters.queued = running_->queue.pushed();
  counters.dropped = running_->queue.dropped();
  counters.waiting = counters.queued - counters.accepted - counters.refused - counters.lost;
  return counters;
}

Standing ClientProcess::standing() {
  const auto current = reporter();
  if (current == nullptr) return {ANEMON_STATE_STOPPED, "the client was not started"};
  return current->standing();
}

std::vector<std::filesystem::path> ClientProcess::sockets() {
  const auto current = reporter();
  return current == nullptr ? sockets_to_try(nullptr) : current->options().sockets;
}

void ClientProcess::open_session(const std::string& id) {
  if (const auto current = reporter()) current->open_session(id);
}

void ClientProcess::close_session(const std::string& id) {
  if (const auto current = reporter()) current->close_session(id);
}

}  // namespace anemon
