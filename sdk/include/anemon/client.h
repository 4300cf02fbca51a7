/* Reports inferences to a running anemond: one call per inference, for programs that serve models.
 *
 *   static const char* const kinds[] = {"token"};
 *   const anemon_model* model = anemon_model_register("llama", "ane", kinds, 1);
 *   ...
 *   uint64_t begin = anemon_clock();
 *   int ok = run();
 *   anemon_inference(model, anemon_clock() - begin, ok, &tokens);
 *
 * The call takes less than 200 ns while a daemon listens and less than 20 ns while none does. It
 * never blocks, never throws, allocates nothing and makes no system call but for the time: events
 * wait in a bounded queue until a thread of the library, "anemon-client", sends them. A daemon may
 * come, go and come back at any time; until one is found, calls do nothing.
 *
 * Every function may be called from any thread, but from no signal handler. Nothing is printed; a
 * call that fails leaves its reason in anemon_last_error().
 *
 * fork(): the child has neither thread nor queue, its calls do nothing until it calls
 * anemon_start(); registered models stay valid there, sessions belong to the parent.
 * Process end: what still waits is sent within exit_flush_ms, unless the process ends by a signal
 * or _exit(). The library may be unloaded after anemon_stop(), on Linux also without it; its
 * queue's memory, 64 bytes an event, stays behind.
 *
 * C99 and C++17. Durations are nanoseconds unless a name says otherwise. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#if defined(ANEMON_CLIENT_SHARED)
#define ANEMON_CLIENT_API __attribute__((visibility("default")))
#else
#define ANEMON_CLIENT_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

typedef enum anemon_result {
  ANEMON_OK = 0,
  ANEMON_NOT_LISTENING = 1, /* no daemon counts inferences now: not an error */
  ANEMON_DROPPED = 2,       /* the queue was full; counted in anemon_counters */
  ANEMON_INVALID = -1,      /* an argument; nothing was done */
  ANEMON_TIMEOUT = -2,      /* not done in time; it may still happen */
  ANEMON_UNREACHABLE = -3,  /* no daemon, or it does not answer */
  ANEMON_REFUSED = -4,      /* the daemon declined */
  ANEMON_NO_RESOURCES = -5  /* no memory, no thread */
} anemon_result;

/* What the thread knows of the daemon. */
typedef enum anemon_state {
  ANEMON_STATE_STOPPED = 0, /* not started, stopped, or the child of a fork */
  ANEMON_STATE_LOOKING = 1, /* started; whether there is a daemon is not known yet */
  ANEMON_STATE_LISTENING = 2,
  ANEMON_STATE_ABSENT = 3, /* no daemon at any of the sockets */
  ANEMON_STATE_SILENT = 4, /* something accepts connections, but does not answer in time */
  ANEMON_STATE_REFUSED = 5 /* this user may not report, or the daemon counts no inferences */
} anemon_state;

/* Zero in a member means its default. Set `size` to sizeof(anemon_options). */
typedef struct anemon_options {
  size_t size;
  const char* socket;         /* NULL: $ANEMON_SOCKET, else this user's daemon, else the system's */
  uint32_t queue_capacity;    /* events, rounded up to a power of two, 64 to 1048576; 16384 */
  uint32_t send_interval_ms;  /* how often what waits is sent; 100 */
  uint32_t look_interval_ms;  /* longest pause between two looks for a daemon; 5000 */
  uint32_t answer_timeout_ms; /* how long the thread waits for an answer; 2000 */
  uint32_t patience_ms;       /* how long events wait for a daemon that went away; 15000 */
  uint32_t exit_flush_ms;     /* longest delay of process end and anemon_stop(); 500 */
} anemon_options;

/* Since the start of the process, or since its fork. While nobody calls anemon_inference():
 * queued == accepted + refused + lost + waiting. */
typedef struct anemon_counters {
  uint64_t queued;   /* calls that returned ANEMON_OK */
  uint64_t dropped;  /* calls that returned ANEMON_DROPPED */
  uint64_t accepted; /* taken by the daemon */
  uint64_t refused;  /* declined by the daemon, or told before they ended */
  uint64_t lost;     /* given up, or sent without an answer: the daemon may have counted some */
  uint64_t waiting;
} anemon_counters;

typedef struct anemon_model anemon_model;
typedef struct anemon_session anemon_session;

#define ANEMON_MAX_ITEM_KINDS 4

/* Starts the thread. Needed only for options (NULL: all defaults), after anemon_stop() and in the
 * child of a fork: the first anemon_model_register() or anemon_session_begin() starts with the
 * defaults. The queue keeps its first capacity. Running already is ANEMON_OK without options and
 * ANEMON_INVALID with some. ANEMON_INVALID, ANEMON_NO_RESOURCES. */
ANEMON_CLIENT_API anemon_result anemon_start(const anemon_options* options);

/* Sends what waits, for at most exit_flush_ms, counts the rest as lost and ends the thread. */
ANEMON_CLIENT_API void anemon_stop(void);

/* The labels under which the daemon counts. `compute_unit`: "ane", "gpu", "cpu", another word of at
 * most 64 bytes, or NULL for none. `item_kinds`: what is counted per inference, such as "token" or
 * "image": at most ANEMON_MAX_ITEM_KINDS different words of at most 64 bytes. `name` has at most
 * 128 bytes. All are clean UTF-8 and are copied. The same labels give the same model. It stays
 * valid until the process ends. NULL when a label is invalid or there are 4096 models already. */
ANEMON_CLIENT_API const anemon_model* anemon_model_register(const char* name,
                                                            const char* compute_unit,
                                                            const char* const* item_kinds,
                                                            size_t item_kind_count);

/* An inference that ends now and took `duration_ns` (at most 24 hours). `ok`: 0 when it failed.
 * `items`: a count of at most 2^53 for each kind of the model, in its order; NULL for none.
 * ANEMON_OK, ANEMON_NOT_LISTENING, ANEMON_DROPPED, ANEMON_INVALID. Does not touch
 * anemon_last_error(). */
ANEMON_CLIENT_API anemon_result anemon_inference(const anemon_model* model, uint64_t duration_ns,
                                                 int ok, const uint64_t* items);

/* The same for an inference that began at `begin_ns` by anemon_clock(). */
ANEMON_CLIENT_API anemon_result anemon_inference_at(const anemon_model* model, uint64_t begin_ns,
                                                    uint64_t duration_ns, int ok,
                                                    const uint64_t* items);

/* Monotonic nanoseconds; stands still while the machine sleeps. */
ANEMON_CLIENT_API uint64_t anemon_clock(void);

/* 1 while calls are queued. For programs whose counts cost something to find out. */
ANEMON_CLIENT_API int anemon_listening(void);

/* Waits until the daemon has answered for all that was queued before the call. ANEMON_OK also when
 * nothing waits; ANEMON_TIMEOUT, ANEMON_UNREACHABLE (not started). */
ANEMON_CLIENT_API anemon_result anemon_flush(uint32_t timeout_ms);

ANEMON_CLIENT_API void anemon_read_counters(anemon_counters* counters);

/* The state; its reason in words goes to `text` (NULL for none), cut to `size` bytes with the
 * closing zero. */
ANEMON_CLIENT_API anemon_state anemon_read_state(char* text, size_t size);

/* Begins a session of the daemon that follows this process; blocks until the daemon has answered,
 * at most `timeout_ms`. Inferences that begin while a session is open belong to it (to the newest,
 * if several are) and are metrics as well. NULL on failure. */
ANEMON_CLIENT_API anemon_session* anemon_session_begin(const char* name, uint32_t timeout_ms);

/* Valid until the session is ended. */
ANEMON_CLIENT_API const char* anemon_session_id(const anemon_session* session);

/* Sends what waits, ends the session and frees the handle, all within `timeout_ms`. The handle is
 * gone whatever is returned; a session that could not be ended is closed by the daemon when it
 * stops. NULL is allowed. ANEMON_TIMEOUT, ANEMON_UNREACHABLE, ANEMON_REFUSED, ANEMON_INVALID (a
 * session of the parent process). */
ANEMON_CLIENT_API anemon_result anemon_session_end(anemon_session* session, uint32_t timeout_ms);

/* Why the last failing call of this thread failed; "" when none did. Valid until the thread's next
 * failing call. */
ANEMON_CLIENT_API const char* anemon_last_error(void);

#ifdef __cplusplus
} /* extern "C" */

#include <exception>
#include <initializer_list>
#include <utility>

/* The same for C++: owners for what must be ended. Nothing throws. */
namespace anemon::client {

// A model's handle; cheap to copy. Invalid labels make it false, and its inferences invalid.
class Model {
 public:
  explicit Model(const char* name, const char* compute_unit = nullptr,
                 std::initializer_list<const char*> item_kinds = {}) noexcept
      : handle_(anemon_model_register(name, compute_unit, item_kinds.begin(), item_kinds.size())) {}

  explicit operator bool() const noexcept { return handle_ != nullptr; }
  const anemon_model* handle() const noexcept { return handle_; }

 private:
  const anemon_model* handle_;
};

// Times one inference from its construction to its destruction, and reports it then: as failed
// when it was told so or when an exception passes through. Used by one thread.
class Inference {
 public:
  explicit Inference(const Model& model) noexcept
      : model_(model.handle()), exceptions_(std::uncaught_exceptions()), begin_(anemon_clock()) {}
  ~Inference() {
    const bool ok = ok_ && std::uncaught_exceptions() <= exceptions_;
    anemon_inference_at(model_, begin_, anemon_clock() - begin_, ok ? 1 : 0,
                        counted_ ? items_ : nullptr);
  }
  Inference(const Inference&) = delete;
  Inference& operator=(const Inference&) = delete;

  void fail() noexcept { ok_ = false; }
  // Adds to the count of the model's kind number `kind`.
  void add(size_t kind, uint64_t count) noexcept {
    if (kind >= ANEMON_MAX_ITEM_KINDS) return;
    items_[kind] += count;
    counted_ = true;
  }

 private:
  const anemon_model* model_;
  int exceptions_;
  uint64_t begin_;
  uint64_t items_[ANEMON_MAX_ITEM_KINDS] = {};
  bool counted_ = false;
  bool ok_ = true;
};

// A session of the daemon for as long as this object lives. False when there is none.
class Session {
 public:
  explicit Session(const char* name, uint32_t timeout_ms = 1000) noexcept
      : handle_(anemon_session_begin(name, timeout_ms)), timeout_ms_(timeout_ms) {}
  ~Session() { end(); }
  Session(Session&& other) noexcept
      : handle_(std::exchange(other.handle_, nullptr)), timeout_ms_(other.timeout_ms_) {}
  Session& operator=(Session&& other) noexcept {
    std::swap(handle_, other.handle_);
    std::swap(timeout_ms_, other.timeout_ms_);
    return *this;
  }

  explicit operator bool() const noexcept { return handle_ != nullptr; }
  const char* id() const noexcept { return handle_ == nullptr ? "" : anemon_session_id(handle_); }
  anemon_result end() noexcept {
    return anemon_session_end(std::exchange(handle_, nullptr), timeout_ms_);
  }

 private:
  anemon_session* handle_;
  uint32_t timeout_ms_;
};

}  // namespace anemon::client
#endif
