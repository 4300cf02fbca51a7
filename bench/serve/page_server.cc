// Serves N synthetic series with the daemon's own store, exposition and HTTP server, and takes a
// pass of all of them before every scrape: each page is rendered anew from values that changed. The
// pass is part of what a scrape costs here.
//
//   page_server N    prints its port, serves until it is killed
#include <signal.h>

#include <cstdio>
#include <cstdlib>

#include "bench/synthetic_series.h"
#include "core/listen_address.h"
#include "daemon/http_instruments.h"
#include "exporters/http_server.h"
#include "exporters/page_cache.h"

namespace {

class NoLog final : public anemon::Log {
  void write(anemon::LogLevel, std::string_view,
             std::initializer_list<anemon::LogField>) noexcept override {}
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: page_server SERIES\n");
    return 2;
  }
  const size_t count = std::strtoul(argv[1], nullptr, 10);

  sigset_t end;
  sigemptyset(&end);
  sigaddset(&end, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &end, nullptr);

  const anemon::SystemClock clock;
  anemon::SeriesStore store;
  const anemon::SignalBoard signals;
  anemon::Instruments instruments;
  anemon::HttpInstruments statistics(instruments);
  const anemon::Sources sources{clock, store, signals, instruments, {}};
  anemon::SeriesGroup& group =
      store.add_group("bench", std::chrono::seconds(1), static_cast<uint32_t>(count));
  std::vector<anemon::Series> series = anemon::bench::synthetic_series(count);

  anemon::PageCache cache(sources);
  anemon::Route route = anemon::metrics_route(cache);
  route.page = [&, page = route.page](anemon::PageVariant variant) {
    anemon::bench::push_pass(group, series, group.passes(), clock.now());
    return page(variant);
  };
  NoLog log;
  anemon::HttpServer server({},
                            {{anemon::parse_listen_address("127.0.0.1:0").value(), {route}, {}}},
                            clock, log, statistics);
  server.start();
  std::printf("%d\n", server.port());
  std::fflush(stdout);
  int signal = 0;
  sigwait(&end, &signal);
  return 0;
}
