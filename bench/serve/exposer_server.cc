// The same synthetic series served by prometheus-cpp's Exposer, as its documentation shows it.
//
//   exposer_server N    prints its port, serves until it is killed
#include <prometheus/exposer.h>
#include <prometheus/registry.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "bench/synthetic_series.h"

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: exposer_server SERIES\n");
    return 2;
  }
  const auto registry = anemon::bench::synthetic_registry(std::strtoul(argv[1], nullptr, 10));
  prometheus::Exposer exposer("127.0.0.1:0");
  exposer.RegisterCollectable(registry);
  std::printf("%d\n", exposer.GetListeningPorts().front());
  std::fflush(stdout);
  pause();
}
