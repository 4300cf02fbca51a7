#include "daemon/scheduler.h"

#include <prometheus/counter.h>

#include <algorithm>
#include <thread>
#include <utility>

namespace anemon {
namespace {

constexpr Duration kWatchdogPeriod = std::chrono::seconds(1);
// A reload holds up a shutdown, which has 3 s in all.
constexpr auto kReloadPatience = std::chrono::milliseconds(500);

// What a sampling thread is made of: two plans are the same thread when this is equal.
struct Plan {
  std::string name;
  Duration period;
  std::vector<CollectorRunner*> runners;
};

std::vector<Plan> make_plans(
    const std::vector<CollectorRunner*>& runners,
    const std::map<std::string, Config::Collector, std::less<>>& settings) {
  std::vector<Plan> plans;
  for (CollectorRunner* runner : runners) {
    const auto setting = settings.find(runner->spec().name);
    if (setting == settings.end() || !setting->second.enabled) continue;
    const Duration period = setting->second.period;
    const auto shared = std::find_if(plans.begin(), plans.end(), [&](const Plan& plan) {
      return plan.period == period && !plan.runners.front()->spec().may_block &&
             !runner->spec().may_block;
    });
    if (shared != plans.end()) {
      shared->runners.push_back(runner);
    } else {
      plans.push_back({std::string(runner->spec().name), period, {runner}});
    }
  }
  return plans;
}

bool hangs(const SamplingThread& thread) {
  const auto& runners = thread.runners();
  return std::any_of(runners.begin(), runners.end(), [](auto* runner) { return runner->stuck(); });
}

// Waits in real time, since a pass that runs is bound to a real device.
bool wait_finished(const SamplingThread& thread, std::chrono::steady_clock::time_point until) {
  while (!thread.finished()) {
    if (std::chrono::steady_clock::now() >= until) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return true;
}

}  // namespace

Scheduler::Scheduler(std::vector<CollectorRunner*> runners, Instruments& instruments, Clock& clock,
                     Log& log)
    : runners_(std::move(runners)),
      clock_(clock),
      log_(log),
      wakes_(instruments.counter(Metric::kWakes)),
      asleep_(instruments.counter(Metric::kAsleepSeconds)) {
  start_watchdog();
}

Scheduler::~Scheduler() = default;

void Scheduler::apply(const std::map<std::string, Config::Collector, std::less<>>& settings) {
  const Lock turn(turn_mutex_);
  if (stopped_) return;
  std::vector<Plan> plans = make_plans(runners_, settings);
  std::vector<std::unique_ptr<SamplingThread>> kept;
  std::vector<std::unique_ptr<SamplingThread>> leaving;
  for (auto& thread : threads_) {
    const auto same = std::find_if(plans.begin(), plans.end(), [&](const Plan& plan) {
      return plan.period == thread->period() && plan.runners == thread->runners();
    });
    if (same != plans.end() && !thread->stopping()) {
      plans.erase(same);
      kept.push_back(std::move(thread));
    } else {
      leaving.push_back(std::move(thread));
    }
  }
  const auto keep_hung = [&](std::unique_ptr<SamplingThread> thread, const char* what) {
    for (CollectorRunner* runner : thread->runners()) {
      log_.warn(what, {{"collector", std::string(runner->spec().name)}});
      for (Plan& plan : plans) std::erase(plan.runners, runner);
    }
    kept.push_back(std::move(thread));
  };
  for (auto& thread : leaving) {
    if (hangs(*thread)) {
      keep_hung(std::move(thread),
                "collector hangs: it keeps its settings; reload when it is back");
    } else {
      thread->request_stop();
    }
  }
  std::erase(leaving, nullptr);
  const auto until = std::chrono::steady_clock::now() + kReloadPatience;
  for (auto& thread : leaving) {
    if (wait_finished(*thread, until)) continue;
    keep_hung(std::move(thread),
              "collector does not stop: it rests until a reload when it is back");
  }
  leaving.clear();
  threads_ = std::move(kept);
  for (Plan& plan : plans) {
    if (plan.runners.empty()) continue;
    for (CollectorRunner* runner : plan.runners) runner->group().set_period(plan.period);
    threads_.push_back(
        std::make_unique<SamplingThread>(plan.name, plan.period, plan.runners, clock_));
  }
  for (CollectorRunner* runner : runners_) {
    const auto setting = settings.find(runner->spec().name);
    if (setting != settings.end() && setting->second.enabled) continue;
    runner->withhold("collector is disabled");
    const bool held = std::any_of(threads_.begin(), threads_.end(), [&](const auto& thread) {
      const auto& its = thread->runners();
      return std::find(its.begin(), its.end(), runner) != its.end();
    });
    if (!held) runner->close();  // else it hangs in its device
  }
  const Lock lock(mutex_);
  enabled_.clear();
  for (const auto& [name, setting] : settings) enabled_[name] = setting.enabled;
}

std::vector<std::string> Scheduler::stop(Duration patience) {
  const Lock turn(turn_mutex_);
  stopped_ = true;
  std::vector<std::string> abandoned;
  watchdog_.reset();
  for (auto& thread : threads_) thread->request_stop();
  const auto until = std::chrono::steady_clock::now() + patience;
  for (auto& thread : threads_) {
    if (wait_finished(*thread, until)) continue;
    thread->abandon();
    for (const CollectorRunner* runner : thread->runners()) {
      abandoned.emplace_back(runner->spec().name);
    }
  }
  threads_.clear();
  return abandoned;
}

bool Scheduler::enabled(std::string_view collector) const {
  const Lock lock(mutex_);
  const auto found = enabled_.find(collector);
  return found != enabled_.end() && found->second;
}

std::vector<std::string> Scheduler::stale_collectors(Instant now) const {
  std::vector<std::string> names;
  for (const CollectorRunner* runner : runners_) {
    if (enabled(runner->spec().name) && !runner->fresh(now)) {
      names.emplace_back(runner->spec().name);
    }
  }
  return names;
}

void Scheduler::start_watchdog() {
  watchdog_ = std::make_unique<Worker>(
      "watchdog", [this](const StopFlag& stop) { watch(stop); },
      [this] {
        const Lock lock(watchdog_mutex_);
        watchdog_wake_.notify_all();
      });
}

void Scheduler::watch(const StopFlag& stop) {
  SleepDetector sleep(clock_.now());
  while (!stop.requested()) {
    const Duration due = clock_.now().awake + kWatchdogPeriod;
    {
      const Lock lock(watchdog_mutex_);
      while (!stop.requested() && clock_.now().awake < due) {
        clock_.wait_until(watchdog_wake_, watchdog_mutex_, due);
      }
    }
    const Instant now = clock_.now();
    if (const Duration slept = sleep.observe(now); slept > Duration::zero()) {
      wakes_.Increment();
      asleep_.Increment(to_seconds(slept));
    }
    for (CollectorRunner* runner : runners_) runner->check_stuck(now);
  }
}

}  // namespace anemon
