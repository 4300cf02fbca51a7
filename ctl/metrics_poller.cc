#include "ctl/metrics_poller.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "platform/pipe.h"

namespace anemon {

MetricsPoller::MetricsPoller(ControlClient& client, std::vector<std::string> match,
                             Duration interval)
    : client_(client), match_(std::move(match)), interval_(interval) {
  int ends[2];
  if (!open_pipe(ends)) throw Error("cannot make a pipe: too many open files");
  for (const int fd : ends) fcntl(fd, F_SETFL, O_NONBLOCK);
  reading_end_ = ends[0];
  writing_end_ = ends[1];
  worker_ = std::make_unique<Worker>(
      "poll", [this](const StopFlag& stop) { poll(stop); },
      [this] {
        client_.cancel();
        const Lock lock(mutex_);
        wake_.notify_all();
      });
}

MetricsPoller::~MetricsPoller() {
  worker_.reset();
  close(reading_end_);
  close(writing_end_);
}

MetricsPoller::State MetricsPoller::state() const {
  const Lock lock(mutex_);
  return state_;
}

void MetricsPoller::clear() const {
  char buffer[64];
  while (read(reading_end_, buffer, sizeof buffer) > 0) continue;
}

void MetricsPoller::poll(const StopFlag& stop) {
  const SystemClock clock;
  Duration next = clock.now().awake;
  while (!stop.requested()) {
    fetch();
    [[maybe_unused]] const ssize_t written = write(writing_end_, "x", 1);
    // Deadlines passed during a slow answer are skipped, not made up for.
    const Duration now = clock.now().awake;
    next += (std::max(now - next, Duration::zero()) / interval_ + 1) * interval_;
    const Lock lock(mutex_);
    while (!stop.requested() && clock.now().awake < next) {
      wake_.wait_for(mutex_, next - clock.now().awake);
    }
  }
}

void MetricsPoller::fetch() {
  std::shared_ptr<const Json> document;
  std::string problem;
  try {
    document = std::make_shared<const Json>(client_.metrics(match_, true));
  } catch (const Error& error) {
    problem = error.what();
  }
  const Lock lock(mutex_);
  state_.problem = problem;
  if (!document) return;
  state_.now = std::move(document);
  ++state_.fetched;
}

}  // namespace anemon
