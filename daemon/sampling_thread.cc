#include "daemon/sampling_thread.h"

#include <utility>

#include "daemon/ticker.h"

namespace anemon {

SamplingThread::SamplingThread(const std::string& name, Duration period,
                               std::vector<CollectorRunner*> runners, Clock& clock)
    : period_(period),
      runners_(std::move(runners)),
      wake_(std::make_shared<Wake>()),
      worker_(
          name,
          [runners = runners_, wake = wake_, period, &clock](const StopFlag& stop) {
            Duration now = clock.awake();
            Ticker ticker(now, period);
            while (true) {
              {
                const Lock lock(wake->mutex);
                while (!stop.requested() && now < ticker.due()) {
                  clock.wait_until(wake->condition, wake->mutex, ticker.due());
                  now = clock.awake();
                }
              }
              if (stop.requested()) return;
              for (CollectorRunner* runner : runners) now = runner->run(clock.now());
              const uint64_t missed = ticker.advance(now);
              for (CollectorRunner* runner : runners) runner->count_missed(missed);
            }
          },
          [wake = wake_] {
            const Lock lock(wake->mutex);  // so that the notification is not lost before the wait
            wake->condition.notify_all();
          }) {}

}  // namespace anemon
