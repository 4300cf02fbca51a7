// Monitoring sessions: named intervals whose series, annotations and inference events are kept in
// an SQLite database in the state directory (docs/session-database.md), so that they survive the
// death of the process. Documents are JSON texts as docs/openapi.yaml describes them.
//
// One thread, "sessions", owns the database and wakes at most every 500 ms while a session is open.
// Every call below hands it a job and waits for the result, so that it may block for as long as the
// disk does, but never beyond `kPatience`: do not call from an event thread. Thread safety: any
// thread. Failures are SessionError.
//
// `ref` is an id, "last" (the newest), or a name that fits one session only.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "core/inference.h"
#include "core/log.h"
#include "core/reading.h"
#include "core/series_store.h"
#include "core/signal_board.h"
#include "sessions/session_error.h"
#include "sessions/session_options.h"

namespace anemon {

class Worker;
struct SessionPieces;

// What sessions need from the program. Everything outlives the keeper (see `close`).
struct SessionContext {
  const SeriesStore& store;
  const SignalBoard& signals;
  Clock& clock;
  Log& log;
  // The pids of all open sessions, ascending, whenever they change; none to begin with. Called on
  // the sessions thread.
  std::function<void(const std::vector<pid_t>&)> pids_changed = {};
  // The machine and the program at the start of a session, as the text of a JSON object (chip,
  // model, os, os_version, arch, virtual, version ...). Called on the sessions thread.
  std::function<std::string()> environment = {};
};

class SessionKeeper {
 public:
  // Opens the database and closes the sessions that an earlier process left open as `interrupted`.
  // A database that cannot be used is a state (see `status`), never an exception.
  SessionKeeper(SessionOptions options, const SessionContext& context);
  ~SessionKeeper();  // closes
  SessionKeeper(const SessionKeeper&) = delete;
  SessionKeeper& operator=(const SessionKeeper&) = delete;

  static constexpr Duration kPatience = std::chrono::seconds(5);

  // Everything but the state directory; applies to open sessions, too, at their next wake-up or
  // request. Neither waits nor fails, however busy the database is.
  void set_options(const SessionOptions& options);

  std::string start(const SessionRequest& request);  // the document
  // The document, with the final summary. A session that cannot be ended durably goes on.
  std::string stop(const std::string& ref);
  std::string get(const std::string& ref);        // the document, with the summary so far
  std::string list(const SessionFilter& filter);  // anemon.sessions/1, newest first
  void remove(const std::string& ref);            // of a session that is not running

  // {"time","text"}. `wall` is the time it speaks of; now, when left out.
  std::string annotate(const std::string& ref, const std::string& text,
                       std::optional<Duration> wall = std::nullopt);

  struct EventCount {
    size_t accepted = 0, refused = 0;
    std::vector<bool> taken;  // by event
  };
  // Inferences that belong to a running session. Refused: what cannot be true, or is beyond the
  // session's size. They do not become metrics: give those taken to the inference queue as well.
  EventCount add_events(const std::string& ref, std::span<const InferenceEvent> events);

  // anemon.series/1 out of the session. `matches` are selectors (core/selector.h), none means all;
  // `step` zero means as fine as it is kept.
  std::string samples(const std::string& ref, const std::vector<std::string>& matches,
                      Duration step);

  // The whole session as a file. Fetched piece by piece, so that recording goes on meanwhile;
  // refused as too_large beyond `max_bytes`.
  static constexpr size_t kMaxExport = 256u << 20;
  std::string export_as(const std::string& ref, SessionFormat format,
                        size_t max_bytes = kMaxExport);

  struct Status {
    uint32_t active = 0;
    bool recording = true;
    std::string reason;  // why not; empty while recording
  };
  Status status() const;  // never blocks

  // An open session as of the thread's last wake-up.
  struct Open {
    std::string id, name;
    Instant start;
    std::map<std::string, std::string> labels;
    std::map<std::string, double> energy;  // joules by component
  };
  std::vector<Open> open_sessions() const;  // in order of their start; never blocks

  // anemon_session*; never blocks. The source must not be called after the keeper is gone.
  ReadingSource readings() const;

  // Makes all passes that are in the store by now part of the open sessions, durably.
  void flush();

  // Ends every open session as `stopped` (reason "the daemon shut down"), durably, and the thread.
  // Returns false when the disk hangs for more than `patience`: the thread is then abandoned, and
  // what SessionContext names must stay alive until the process ends. Later calls fail.
  bool close(Duration patience = std::chrono::seconds(1));

 private:
  struct Shared;
  template <class Work>
  auto call(Work work);
  SessionPieces pieces(const std::string& ref);

  const std::shared_ptr<Shared> shared_;
  std::unique_ptr<Worker> worker_;  // none once closed
};

}  // namespace anemon
