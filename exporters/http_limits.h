// Bounds of the HTTP server. Times are totals: a client that sends or reads a byte now and then
// gains nothing.
#pragma once

#include <chrono>
#include <cstddef>

#include "core/clock.h"
#include "exporters/http_head.h"

namespace anemon {

struct HttpLimits {
  HeadLimits head;
  std::size_t connections = 256;
  Duration head_time = std::chrono::seconds(5);    // from accept, or from a head's first byte
  Duration body_time = std::chrono::seconds(10);   // from the end of the head
  Duration idle_time = std::chrono::seconds(120);  // kept without a request
  Duration write_time = std::chrono::seconds(10);  // for an answer, plus its size by slowest_reader
  std::size_t slowest_reader = 65'536;             // bytes per second
  Duration pool_time = std::chrono::seconds(60);   // for a slow route
  Duration stall_time = std::chrono::seconds(10);  // for a consumer to take a stream's chunk
  Duration linger_time = std::chrono::seconds(1);  // for a client to notice the last answer
  std::size_t linger_bytes = 262'144;
};

// Of the whole server.
struct HttpServerOptions {
  std::size_t pool_threads = 2;
  std::size_t pool_queue = 16;
  std::size_t streams = 16;
};

}  // namespace anemon
