// All orders of what can happen to two sessions, up to length 5, against a model that is too simple
// to be wrong. "Crash" drops the engine without a word and opens another on the same directory.
#include <algorithm>

#include "session_world.h"
#include "tests/catch.h"

namespace anemon {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using test::parse;

enum class Action { start, stop, annotate, events, remove, crash };
constexpr Action kActions[] = {Action::start,  Action::stop,   Action::annotate,
                               Action::events, Action::remove, Action::crash};

struct ModelSession {
  std::string id;
  std::string state = "running";
  int annotations = 0;
  int events = 0;
};

enum class Outcome { done, not_found, conflict, other };

class Machine {
 public:
  Machine() { restart(); }

  void apply(Action action) {
    world_.tick(1);
    engine_->wake();
    const std::string id = model_.empty() ? "last" : model_.back().id;
    Outcome expected = Outcome::done;
    if (action != Action::start && action != Action::crash) {
      if (model_.empty()) {
        expected = Outcome::not_found;
      } else if (const bool running = model_.back().state == "running";
                 action == Action::remove ? running : action != Action::annotate && !running) {
        expected = Outcome::conflict;
      }
    }
    std::string started;
    const Outcome outcome = attempt([&] {
      switch (action) {
        case Action::start:
          started = parse(engine_->start({})).at("id");
          break;
        case Action::stop:
          engine_->stop(id);
          break;
        case Action::annotate:
          engine_->annotate(id, "note", std::nullopt);
          break;
        case Action::events:
          engine_->add_events(id, std::vector{world_.event("m", milliseconds(1), milliseconds(1))});
          break;
        case Action::remove:
          engine_->remove(id);
          break;
        case Action::crash:
          restart();
          break;
      }
    });
    REQUIRE(outcome == expected);
    if (outcome == Outcome::done) note(action, started);
  }

  void compare() {
    const auto list = parse(engine_->list({}));
    REQUIRE(list.at("sessions").size() == model_.size());
    size_t running = 0;
    for (const ModelSession& session : model_) {
      const auto document = parse(engine_->get(session.id));
      REQUIRE(document.at("state") == session.state);
      REQUIRE(document.at("annotations").size() == static_cast<size_t>(session.annotations));
      int events = 0;
      for (const auto& row : document.at("summary").at("inference")) {
        events += row.at("count").get<int>();
      }
      REQUIRE(events == session.events);
      REQUIRE(document.at("stopped").is_null() == (session.state == "running"));
      running += session.state == "running";
    }
    REQUIRE(engine_->snapshot()->open.size() == running);
    REQUIRE(engine_->snapshot()->status.recording);
  }

 private:
  void restart() {
    engine_.reset();
    engine_ = std::make_unique<SessionEngine>(world_.options(), world_.context());
    engine_->open();
  }

  static Outcome attempt(const std::function<void()>& work) {
    try {
      work();
      return Outcome::done;
    } catch (const SessionError& error) {
      if (error.code() == SessionErrorCode::not_found) return Outcome::not_found;
      return error.code() == SessionErrorCode::conflict ? Outcome::conflict : Outcome::other;
    }
  }

  void note(Action action, const std::string& started) {
    switch (action) {
      case Action::start:
        model_.push_back({started});
        break;
      case Action::stop:
        model_.back().state = "stopped";
        break;
      case Action::annotate:
        ++model_.back().annotations;
        break;
      case Action::events:
        ++model_.back().events;
        break;
      case Action::remove:
        model_.pop_back();
        break;
      case Action::crash:
        for (ModelSession& session : model_) {
          if (session.state == "running") session.state = "interrupted";
        }
        break;
    }
  }

  test::SessionWorld world_;
  std::unique_ptr<SessionEngine> engine_;
  std::vector<ModelSession> model_;
};

// Every sequence of length `depth` begins with one of a shorter length, so the longest are enough.
void explore(std::vector<Action>& prefix, size_t depth) {
  if (prefix.size() == depth) {
    Machine machine;
    for (size_t i = 0; i < prefix.size(); ++i) {
      machine.apply(prefix[i]);
      // Each shorter order is the beginning of many: it is compared in one of them.
      const bool chosen = std::all_of(prefix.begin() + static_cast<ptrdiff_t>(i) + 1, prefix.end(),
                                      [](Action action) { return action == Action::start; });
      if (chosen) machine.compare();
    }
    return;
  }
  for (const Action action : kActions) {
    prefix.push_back(action);
    explore(prefix, depth);
    prefix.pop_back();
  }
}

TEST_CASE("sessions do in every order of five actions what a simple model says") {
  // Without a session only two actions do anything: the first is one of them.
  for (const Action first : {Action::start, Action::crash}) {
    std::vector<Action> prefix = {first};
    explore(prefix, first == Action::start ? 5 : 4);
  }
}

}  // namespace
}  // namespace anemon
