#include "sdk/client/reporter.h"

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>

#include "core/inference.h"

namespace anemon {
namespace {

constexpr Duration kFirstPause = std::chrono::milliseconds(50);

uint64_t count_member(const nlohmann::json& document, const char* name, uint64_t at_most) {
  if (!document.is_object()) return 0;
  const auto found = document.find(name);
  if (found == document.end() || !found->is_number_unsigned()) return 0;
  return std::min(found->get<uint64_t>(), at_most);
}

}  // namespace

Reporter::Reporter(ReporterOptions options, EventQueue& queue, Tally& tally,
                   std::atomic<EventQueue*>& published)
    : options_(std::move(options)),
      queue_(queue),
      tally_(tally),
      published_(published),
      limit_(std::numeric_limits<Duration::rep>::max()),
      standing_{ANEMON_STATE_LOOKING, "looking for a daemon"} {
  worker_.emplace(
      "anemon-client", [this](const StopFlag& stop) { run(stop); }, [this] { wake(); });
}

void Reporter::stop() {
  published_.store(nullptr, std::memory_order_release);
  limit_.store((clock_.awake() + options_.exit_flush).count(), std::memory_order_relaxed);
  worker_.reset();
}

void Reporter::run(const StopFlag& stop_flag) {
  while (!stop_flag.requested()) {
    work();
    wait();
  }
  next_look_ = Duration::zero();
  if (tally_.settled() != queue_.pushed()) work();
  give_up(tally_.lost);
  notify_settled();
}

// Whatever happens here, the program that reports goes on.
void Reporter::work() noexcept {
  try {
    look();
    if (connection_.is_open()) send_waiting();
  } catch (...) {  // no memory
    connection_.close();
    give_up(tally_.lost);
    pause_longer();
  }
  notify_settled();
}

void Reporter::notify_settled() {
  {
    // Passed once, so that a flush that has just compared waits already.
    const Lock lock(mutex_);
  }
  settled_.notify_all();
}

void Reporter::wait() {
  const bool waits_for_daemon = !connection_.is_open();
  Duration until = waits_for_daemon ? next_look_ : clock_.awake() + options_.send_interval;
  if (waits_for_daemon && away_since_) until = std::min(until, *away_since_ + options_.patience);
  const Lock lock(mutex_);
  while (!woken_ && clock_.awake() < until) clock_.wait_until(wake_up_, mutex_, until);
  woken_ = false;
}

void Reporter::wake() {
  {
    const Lock lock(mutex_);
    woken_ = true;
  }
  wake_up_.notify_all();
}

// Finds a daemon when there is none, notices that one went away, and ends the patience with it.
void Reporter::look() {
  if (connection_.is_open() && connection_.has_ended()) connection_.close();
  if (connection_.is_open()) return;
  const Duration now = clock_.awake();
  if (published_.load(std::memory_order_relaxed) != nullptr && !away_since_) away_since_ = now;
  if (now >= next_look_) {
    Standing standing = find_daemon(options_.sockets, options_.answer_timeout, limit_, connection_);
    const bool listens = standing.state == ANEMON_STATE_LISTENING;
    // What a state says holds by the time it can be read.
    if (listens) {
      away_since_.reset();
      // Once stop() has taken it back, it stays so.
      if (limit_.load(std::memory_order_relaxed) == std::numeric_limits<Duration::rep>::max()) {
        published_.store(&queue_, std::memory_order_release);
      }
    }
    if (standing.state == ANEMON_STATE_REFUSED) give_up(tally_.refused);
    set_standing(std::move(standing));
    if (listens) return;
    pause_longer();
  }
  if (away_since_ && clock_.awake() >= *away_since_ + options_.patience) give_up(tally_.lost);
}

void Reporter::pause_longer() {
  pause_ =
      std::clamp(2 * pause_, std::min(kFirstPause, options_.look_interval), options_.look_interval);
  next_look_ = clock_.awake() + pause_;
}

// Until nothing waits or the daemon takes no more.
void Reporter::send_waiting() {
  while (connection_.is_open() && clock_.awake().count() < limit_.load(std::memory_order_relaxed)) {
    if (batch_.empty()) fill_batch();
    if (batch_.empty()) return;
    const size_t count = batch_.count();
    send_batch();
    if (batch_.count() == count) return;
  }
}

void Reporter::fill_batch() {
  const Instant now = clock_.now();
  batch_session_.clear();
  for (;;) {
    ReportedInference inference;
    if (next_) {
      inference = *std::exchange(next_, std::nullopt);
    } else if (!queue_.pop(inference)) {
      return;
    }
    // anemon_inference_at() takes no begin beyond 2^62: no sum here overflows.
    const Duration age = now.awake - Duration(static_cast<Duration::rep>(inference.begin_ns));
    const Duration begin_wall = now.wall - age;
    const Duration duration(static_cast<Duration::rep>(inference.duration_ns));
    if (begin_wall <= Duration::zero() || age + kClientClockTolerance < duration) {
      tally_.refused.fetch_add(1, std::memory_order_relaxed);
      continue;
    }
    const std::string session = session_of(inference);
    if (batch_.empty()) batch_session_ = session;
    if (session != batch_session_ || !batch_.add(inference, begin_wall)) {
      next_ = inference;
      return;
    }
  }
}

// Leaves the batch as it is when it is to be sent again.
void Reporter::send_batch() {
  const std::string target =
      batch_session_.empty() ? "/v1/inferences" : "/v1/sessions/" + batch_session_ + "/events";
  const auto answer =
      connection_.post(target, batch_.body(), {clock_.awake() + options_.answer_timeout, &limit_});
  if (answer.outcome == DaemonConnection::Outcome::answered && answer.status == 202) {
    count_answer(answer.body);
    pause_ = Duration::zero();
    return;
  }
  if (!batch_session_.empty() && (answer.status == 404 || answer.status == 409)) {
    // The session is over, whoever ended it: nothing of the batch was taken.
    close_session(batch_session_);
    batch_session_.clear();
    send_batch();
    return;
  }
  Standing standing = standing_of(answer, connection_.error());
  if (answer.outcome == DaemonConnection::Outcome::no_answer) {
    tally_.lost.fetch_add(batch_.count(), std::memory_order_relaxed);
    batch_.clear();
  }
  if (standing.state == ANEMON_STATE_REFUSED) give_up(tally_.refused);
  set_standing(std::move(standing));
  connection_.close();
  pause_longer();
}

void Reporter::count_answer(const std::string& body) {
  const auto document = nlohmann::json::parse(body, nullptr, false);
  const uint64_t accepted = count_member(document, "accepted", batch_.count());
  const uint64_t refused = count_member(document, "refused", batch_.count() - accepted);
  // A session that is full refuses; what is no longer recorded shall at least be counted.
  if (refused > 0 && !batch_session_.empty()) close_session(batch_session_);
  tally_.accepted.fetch_add(accepted, std::memory_order_relaxed);
  tally_.refused.fetch_add(refused, std::memory_order_relaxed);
  tally_.lost.fetch_add(batch_.count() - accepted - refused, std::memory_order_relaxed);
  batch_.clear();
}

// Takes the queue back and settles all that waits.
void Reporter::give_up(std::atomic<uint64_t>& as) {
  published_.store(nullptr, std::memory_order_release);
  away_since_.reset();
  uint64_t count = batch_.count() + (next_ ? 1 : 0);
  batch_.clear();
  next_.reset();
  ReportedInference inference;
  while (queue_.pop(inference)) ++count;
  as.fetch_add(count, std::memory_order_relaxed);
}

bool Reporter::flush(Duration awake_deadline) {
  const uint64_t wanted = queue_.pushed();
  wake();
  const Lock lock(mutex_);
  while (tally_.settled() < wanted) {
    if (clock_.awake() >= awake_deadline) return false;
    clock_.wait_until(settled_, mutex_, awake_deadline);
  }
  return true;
}

void Reporter::set_standing(Standing standing) {
  const Lock lock(mutex_);
  standing_ = std::move(standing);
}

Standing Reporter::standing() const {
  const Lock lock(mutex_);
  return standing_;
}

void Reporter::open_session(const std::string& id) {
  const Duration now = clock_.awake();
  const Lock lock(mutex_);
  sessions_.push_back({id, now});
}

void Reporter::close_session(const std::string& id) {
  const Lock lock(mutex_);
  std::erase_if(sessions_, [&](const OpenSession& session) { return session.id == id; });
}

std::string Reporter::session_of(const ReportedInference& inference) const {
  const Lock lock(mutex_);
  for (auto session = sessions_.rbegin(); session != sessions_.rend(); ++session) {
    if (inference.begin_ns >= static_cast<uint64_t>(session->begin.count())) return session->id;
  }
  return {};
}

}  // namespace anemon
