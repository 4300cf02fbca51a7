// The C interface: arguments in, results out. Nothing is thrown across it.
#include <anemon/client.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <new>

#include "core/inference.h"
#include "sdk/client/client_process.h"
#include "sdk/client/client_session.h"
#include "sdk/client/last_error.h"

using anemon::ClientProcess;
using anemon::Duration;
using anemon::EventQueue;

namespace {

constexpr uint64_t kLongest = static_cast<uint64_t>(anemon::kLongestInference.count());
constexpr uint64_t kLatestBegin = uint64_t{1} << 62;

anemon_result failed(anemon_result result, std::string_view text) noexcept {
  anemon::set_last_error(text);
  return result;
}

// Runs `body`; what it throws becomes `otherwise` and the last error.
template <class Result, class Body>
Result guarded(Result otherwise, const Body& body) noexcept {
  try {
    return body();
  } catch (const std::bad_alloc&) {
    anemon::set_last_error("out of memory");
  } catch (const std::exception& error) {
    anemon::set_last_error(error.what());
  }
  return otherwise;
}

Duration deadline_after(uint32_t timeout_ms) {
  return anemon::SystemClock().awake() + std::chrono::milliseconds(timeout_ms);
}

anemon_result put(EventQueue& queue, const anemon_model* model, uint64_t begin_ns,
                  uint64_t duration_ns, int ok, const uint64_t* items) noexcept {
  anemon::ReportedInference inference;
  inference.model = model;
  inference.begin_ns = begin_ns;
  inference.duration_ns = duration_ns;
  inference.ok = ok != 0 ? 1 : 0;
  if (items != nullptr) {
    inference.has_items = 1;
    for (size_t i = 0; i < model->item_kinds.size(); ++i) {
      if (items[i] > anemon::kMaxItemCount) return ANEMON_INVALID;
      inference.items[i] = items[i];
    }
  }
  return queue.push(inference) ? ANEMON_OK : ANEMON_DROPPED;
}

}  // namespace

extern "C" {

anemon_result anemon_start(const anemon_options* options) {
  return guarded(ANEMON_NO_RESOURCES, [&] {
    if (options != nullptr && options->size != sizeof *options) {
      return failed(ANEMON_INVALID, "anemon_options.size is not sizeof(anemon_options)");
    }
    const bool started =
        ClientProcess::instance().start(options == nullptr ? anemon_options{} : *options);
    if (started || options == nullptr) return ANEMON_OK;
    return failed(ANEMON_INVALID, "the client runs already, with the options of its start");
  });
}

void anemon_stop(void) {
  guarded(0, [] {
    ClientProcess::instance().stop();
    return 0;
  });
}

const anemon_model* anemon_model_register(const char* name, const char* compute_unit,
                                          const char* const* item_kinds, size_t item_kind_count) {
  return guarded(static_cast<const anemon_model*>(nullptr), [&] {
    auto& process = ClientProcess::instance();
    const anemon_model* model =
        process.find_or_add(anemon::make_model(name, compute_unit, item_kinds, item_kind_count));
    if (model == nullptr) failed(ANEMON_NO_RESOURCES, "there are 4096 models already");
    process.start_once();
    return model;
  });
}

anemon_result anemon_inference(const anemon_model* model, uint64_t duration_ns, int ok,
                               const uint64_t* items) {
  EventQueue* queue = anemon::published_queue.load(std::memory_order_acquire);
  if (queue == nullptr) return ANEMON_NOT_LISTENING;
  if (model == nullptr || duration_ns > kLongest) return ANEMON_INVALID;
  const uint64_t now = anemon_clock();
  // Longer than the clock goes back is no time that can be told.
  if (duration_ns > now) return ANEMON_INVALID;
  return put(*queue, model, now - duration_ns, duration_ns, ok, items);
}

anemon_result anemon_inference_at(const anemon_model* model, uint64_t begin_ns,
                                  uint64_t duration_ns, int ok, const uint64_t* items) {
  EventQueue* queue = anemon::published_queue.load(std::memory_order_acquire);
  if (queue == nullptr) return ANEMON_NOT_LISTENING;
  if (model == nullptr || duration_ns > kLongest || begin_ns > kLatestBegin) return ANEMON_INVALID;
  return put(*queue, model, begin_ns, duration_ns, ok, items);
}

uint64_t anemon_clock(void) { return static_cast<uint64_t>(anemon::SystemClock().awake().count()); }

int anemon_listening(void) {
  return anemon::published_queue.load(std::memory_order_relaxed) != nullptr ? 1 : 0;
}

anemon_result anemon_flush(uint32_t timeout_ms) {
  return guarded(ANEMON_NO_RESOURCES, [&] {
    const auto done = ClientProcess::instance().flush(deadline_after(timeout_ms));
    if (!done) return failed(ANEMON_UNREACHABLE, "the client was not started");
    return *done ? ANEMON_OK : failed(ANEMON_TIMEOUT, "not all was sent in time");
  });
}

void anemon_read_counters(anemon_counters* counters) {
  if (counters == nullptr) return;
  *counters = guarded(anemon_counters{}, [] { return ClientProcess::instance().counters(); });
}

anemon_state anemon_read_state(char* text, size_t size) {
  return guarded(ANEMON_STATE_STOPPED, [&] {
    const anemon::Standing standing = ClientProcess::instance().standing();
    if (text != nullptr && size > 0) {
      const size_t length = std::min(standing.reason.size(), size - 1);
      std::memcpy(text, standing.reason.data(), length);
      text[length] = '\0';
    }
    return standing.state;
  });
}

anemon_session* anemon_session_begin(const char* name, uint32_t timeout_ms) {
  return guarded(static_cast<anemon_session*>(nullptr), [&]() -> anemon_session* {
    const Duration deadline = deadline_after(timeout_ms);
    auto& process = ClientProcess::instance();
    process.start_once();
    auto session = std::make_unique<anemon_session>();
    const auto outcome = anemon::begin_session(process.sockets(), name, deadline, *session);
    if (outcome.result != ANEMON_OK) {
      anemon::set_last_error(outcome.error);
      return nullptr;
    }
    process.open_session(session->id);
    return session.release();
  });
}

const char* anemon_session_id(const anemon_session* session) {
  return session == nullptr ? "" : session->id.c_str();
}

anemon_result anemon_session_end(anemon_session* session, uint32_t timeout_ms) {
  if (session == nullptr) return ANEMON_OK;
  const std::unique_ptr<anemon_session> owned(session);
  return guarded(ANEMON_NO_RESOURCES, [&] {
    if (owned->owner != getpid()) {
      return failed(ANEMON_INVALID, "the session belongs to the parent process");
    }
    const Duration deadline = deadline_after(timeout_ms);
    auto& process = ClientProcess::instance();
    process.flush(deadline);
    process.close_session(owned->id);
    const auto outcome = anemon::end_session(*owned, deadline);
    if (outcome.result == ANEMON_OK) return ANEMON_OK;
    return failed(static_cast<anemon_result>(outcome.result), outcome.error);
  });
}

const char* anemon_last_error(void) { return anemon::last_error(); }

}  // extern "C"
