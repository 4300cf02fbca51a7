// What waking up costs before any work: sleeps to absolute deadlines until it is killed.
//
//   sleep_loop MICROSECONDS
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <thread>

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: sleep_loop MICROSECONDS\n");
    return 2;
  }
  const std::chrono::microseconds period(std::strtol(argv[1], nullptr, 10));
  auto due = std::chrono::steady_clock::now();
  while (true) {
    due += period;
    std::this_thread::sleep_until(due);
  }
}
