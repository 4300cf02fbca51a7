#include "sessions/session_keeper.h"

#include <utility>

#include "core/published.h"
#include "core/time_expression.h"
#include "core/worker.h"
#include "sessions/job_queue.h"
#include "sessions/session_engine.h"
#include "sessions/session_export.h"
#include "sessions/session_samples.h"

namespace anemon {

// Outlives the keeper when its thread had to be abandoned.
struct SessionKeeper::Shared {
  Shared(SessionOptions initial, const SessionContext& context)
      : engine(initial, context),
        queue(context.clock),
        options(std::make_shared<const SessionOptions>(std::move(initial))) {}

  // On the thread, before it does anything.
  void follow_options() {
    auto wanted = options.get();
    if (wanted == followed) return;
    engine.set_options(*wanted);
    followed = std::move(wanted);
  }

  // Whoever waits for a job must find its effect in the snapshot: publishes before the job ends.
  struct Publishing {
    explicit Publishing(Shared& owner) : shared(owner) { shared.follow_options(); }
    ~Publishing() { shared.snapshot.publish(shared.engine.snapshot()); }
    Publishing(const Publishing&) = delete;
    Publishing& operator=(const Publishing&) = delete;
    Shared& shared;
  };

  SessionEngine engine;  // used by the thread only
  JobQueue queue;
  Published<SessionOptions> options;
  std::shared_ptr<const SessionOptions> followed;  // used by the thread only
  Published<SessionSnapshot> snapshot;
};

SessionKeeper::SessionKeeper(SessionOptions options, const SessionContext& context)
    : shared_(std::make_shared<Shared>(std::move(options), context)) {
  const auto body = [shared = shared_](const StopFlag& stop) {
    {
      const Shared::Publishing effect(*shared);
      shared->engine.open();
    }
    while (!stop.requested()) {
      if (shared->queue.run_one(shared->engine.next_wake(), stop) || stop.requested()) continue;
      const Shared::Publishing effect(*shared);
      shared->engine.wake();
    }
  };
  worker_ =
      std::make_unique<Worker>("sessions", body, [shared = shared_] { shared->queue.wake(); });
}

SessionKeeper::~SessionKeeper() { close(); }

template <class Work>
auto SessionKeeper::call(Work work) {
  return shared_->queue.call(
      [shared = shared_, work = std::move(work)] {
        const Shared::Publishing effect(*shared);
        return work(*shared);
      },
      kPatience);
}

void SessionKeeper::set_options(const SessionOptions& options) {
  shared_->options.publish(std::make_shared<const SessionOptions>(options));
}

std::string SessionKeeper::start(const SessionRequest& request) {
  return call([request](Shared& shared) { return shared.engine.start(request); });
}

std::string SessionKeeper::stop(const std::string& ref) {
  return call([ref](Shared& shared) { return shared.engine.stop(ref); });
}

std::string SessionKeeper::get(const std::string& ref) {
  return call([ref](Shared& shared) { return shared.engine.get(ref); });
}

std::string SessionKeeper::list(const SessionFilter& filter) {
  return call([filter](Shared& shared) { return shared.engine.list(filter); });
}

void SessionKeeper::remove(const std::string& ref) {
  call([ref](Shared& shared) { shared.engine.remove(ref); });
}

std::string SessionKeeper::annotate(const std::string& ref, const std::string& text,
                                    std::optional<Duration> wall) {
  return call([=](Shared& shared) { return shared.engine.annotate(ref, text, wall); });
}

SessionKeeper::EventCount SessionKeeper::add_events(const std::string& ref,
                                                    std::span<const InferenceEvent> events) {
  // A copy: the caller may have given up waiting before it is used.
  const std::vector<InferenceEvent> copy(events.begin(), events.end());
  return call([ref, copy](Shared& shared) { return shared.engine.add_events(ref, copy); });
}

SessionPieces SessionKeeper::pieces(const std::string& ref) {
  auto outline = call([ref](Shared& shared) { return shared.engine.outline(ref); });
  const int64_t key = outline.row.key;
  SessionPieces pieces;
  pieces.document = std::move(outline.document);
  pieces.row = std::move(outline.row);
  pieces.series = std::move(outline.series);
  pieces.models = std::move(outline.models);
  pieces.annotations = std::move(outline.annotations);
  pieces.points = [this, key](const SessionSeries& series) {
    return call([=](Shared& shared) { return shared.engine.points(key, series); });
  };
  pieces.inferences = [this](const SessionModel& model, SessionTime begins, int64_t after) {
    const int64_t wanted = model.key;
    return call([=](Shared& shared) { return shared.engine.inferences(wanted, begins, after); });
  };
  return pieces;
}

std::string SessionKeeper::samples(const std::string& ref, const std::vector<std::string>& matches,
                                   Duration step) {
  return session_samples(pieces(ref), matches, step, kMaxExport);
}

std::string SessionKeeper::export_as(const std::string& ref, SessionFormat format,
                                     size_t max_bytes) {
  return export_session(pieces(ref), format, max_bytes);
}

SessionKeeper::Status SessionKeeper::status() const { return shared_->snapshot.get()->status; }

std::vector<SessionKeeper::Open> SessionKeeper::open_sessions() const {
  return shared_->snapshot.get()->open;
}

ReadingSource SessionKeeper::readings() const {
  return [shared = shared_](std::vector<Reading>& out) {
    const auto snapshot = shared->snapshot.get();
    const auto add = [&](Metric metric, std::vector<std::string> labels, double value) {
      out.push_back({metric, std::move(labels), value});
    };
    add(Metric::kSessionsActive, {}, static_cast<double>(snapshot->open.size()));
    for (const auto state :
         {SessionState::stopped, SessionState::interrupted, SessionState::expired}) {
      add(Metric::kSessions, {std::string(to_string(state))},
          static_cast<double>(snapshot->ended[static_cast<size_t>(state)]));
    }
    for (const auto& open : snapshot->open) {
      add(Metric::kSessionInfo, {open.id, open.name}, 1);
      add(Metric::kSessionStart, {open.id}, unix_seconds(open.start.wall));
      for (const auto& [component, joules] : open.energy) {
        add(Metric::kSessionEnergy, {open.id, component}, joules);
      }
    }
    add(Metric::kSessionRecording, {}, snapshot->status.recording ? 1 : 0);
  };
}

void SessionKeeper::flush() {
  call([](Shared& shared) { shared.engine.flush(); });
}

bool SessionKeeper::close(Duration patience) {
  if (!worker_) return true;
  bool done = true;
  try {
    shared_->queue.call([shared = shared_] { shared->engine.shut_down(); }, patience);
  } catch (const SessionError&) {
    done = false;
  }
  shared_->queue.close();
  if (!done) worker_->abandon();
  worker_.reset();
  return done;
}

}  // namespace anemon
