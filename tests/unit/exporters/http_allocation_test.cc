// The promise of the steady scrape: nothing is allocated for it. A binary of its own, because it
// replaces operator new.
#include <atomic>
#include <cstdlib>
#include <new>

#include "exporters/http_server.h"
#include "tests/catch.h"
#include "tests/unit/exporters/http_fixture.h"

namespace {

// Counts on the thread that last served a page: the event thread.
thread_local bool counted_thread = false;
std::atomic<long> allocations{0};

void* allocate(std::size_t size) {
  if (counted_thread) allocations.fetch_add(1, std::memory_order_relaxed);
  void* const memory = std::malloc(size == 0 ? 1 : size);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

}  // namespace

void* operator new(std::size_t size) { return allocate(size); }
void* operator new[](std::size_t size) { return allocate(size); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }

namespace anemon {
namespace {

class NoStatistics final : public HttpStatistics {
 public:
  void answered(std::string_view, int, Duration) noexcept override {}
  void rejected(HttpRejection) noexcept override {}
  void connections(size_t, size_t) noexcept override {}
};

}  // namespace

TEST_CASE("a steady scrape of a built page allocates nothing") {
  const auto page = std::make_shared<const Page>("text/plain", std::string(48 * 1024, 'x'));
  std::vector<Route> routes;
  routes.push_back(test::page_route("/metrics", [&page](PageVariant) {
    counted_thread = true;
    return page;
  }));
  std::vector<ListenerSpec> listeners;
  listeners.push_back({ListenAddress{"127.0.0.1", 0}, std::move(routes), {}});
  const SystemClock clock;
  test::RecordingLog log;
  NoStatistics statistics;
  HttpServer server({}, std::move(listeners), clock, log, statistics);
  server.start();

  const std::string fields =
      "User-Agent: Prometheus/2.42\r\nAccept: text/plain;version=0.0.4\r\nAccept-Encoding: "
      "gzip\r\n";
  test::HttpClient client(server.port());
  for (int i = 0; i < 3; ++i) REQUIRE(client.get("/metrics", fields).status == 200);
  const long before = allocations;
  for (int i = 0; i < 100; ++i) {
    REQUIRE(client.get("/metrics", fields).body.size() == page->body().size());
  }
  CHECK(allocations - before == 0);

  // The counter does count: a head that differs goes through the parser.
  REQUIRE(client.get("/metrics").status == 200);
  CHECK(allocations > before);
}

}  // namespace anemon
