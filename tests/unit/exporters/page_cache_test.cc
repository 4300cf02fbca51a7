#include "exporters/page_cache.h"

#include <prometheus/counter.h>
#include <zlib.h>

#include "tests/catch.h"
#include "tests/counting_new.h"
#include "tests/unit/exporters/exposition_fixture.h"

using namespace anemon;
using namespace anemon::test;
using namespace std::chrono_literals;

namespace {

constexpr PageVariant kPlain = 0;

struct Cached : ExportedWorld {
  SeriesGroup& first = group("first", 1s, 512);
  SeriesGroup& second = group("second", 10s);
  std::vector<Series> series;
  PageCache cache{sources};

  Cached() {
    for (int i = 0; i < 300; ++i) {
      series.emplace_back(Metric::kTemperature,
                          std::vector<std::string>{"cpu", "core " + std::to_string(i)});
    }
    pass_both();
  }

  void pass_first() {
    for (Series& one : series) first.set(one, 40.125);
    first.commit(clock.now());
  }
  void pass_both() {
    pass_first();
    Series load(Metric::kLoad1, {});
    pass(second, {{&load, 1}});
  }
};

std::string unzipped(const std::string& bytes) {
  z_stream stream{};
  REQUIRE(inflateInit2(&stream, MAX_WBITS + 16) == Z_OK);
  std::string out(1 << 22, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  REQUIRE(inflate(&stream, Z_FINISH) == Z_STREAM_END);
  out.resize(stream.total_out);
  inflateEnd(&stream);
  return out;
}

HttpRequest request_with(std::string_view fields) {
  HttpRequest request;
  request.head.fields = fields;
  return request;
}

}  // namespace

TEST_CASE("a page is shared until the next pass of any collector") {
  Cached world;
  const SharedPage page = world.cache.page(kPlain);
  CHECK(world.cache.page(kPlain) == page);
  world.clock.advance(900ms);
  CHECK(world.cache.page(kPlain) == page);

  world.pass_first();
  const SharedPage next = world.cache.page(kPlain);
  CHECK(next != page);
  CHECK(world.cache.page(kPlain) == next);
  CHECK(page->body() == next->body());  // the old one is whole for whoever still sends it
}

TEST_CASE("a change of a signal makes a new page") {
  Cached world;
  const SharedPage page = world.cache.page(kPlain);
  world.signals.report(Metric::kFanSpeed, "", "hwmon", SignalState::absent, "no fans",
                       Provenance::measured, world.clock.now());
  const SharedPage next = world.cache.page(kPlain);
  CHECK(next != page);
  CHECK(next->body().find("no fans") != std::string::npos);
}

TEST_CASE("a page ends when the first readings on it turn stale") {
  Cached world;
  world.clock.advance(4s);
  const SharedPage page = world.cache.page(kPlain);
  CHECK(page->body().find("anemon_temperature_celsius") != std::string::npos);
  world.clock.advance(1s);
  CHECK(world.cache.page(kPlain) == page);
  world.clock.advance(1ms);  // 5.001 s after the pass of the group with a period of 1 s
  const SharedPage next = world.cache.page(kPlain);
  CHECK(next->body().find("anemon_temperature_celsius") == std::string::npos);
  CHECK(next->body().find("anemon_load1") != std::string::npos);
}

TEST_CASE("without any pass a page still ends, for the daemon's own instruments go on") {
  ExportedWorld world;
  PageCache cache(world.sources);
  const SharedPage page = cache.page(kPlain);
  world.instruments.counter(Metric::kLogMessages, {"warn"}).Increment();
  CHECK(cache.page(kPlain) == page);
  world.clock.advance(PageCache::kMaxAge + 1ms);
  CHECK(cache.page(kPlain)->body().find("level=\"warn\"} 1\n") != std::string::npos);
}

TEST_CASE("a sleeping machine does not age a page, waking readings do") {
  Cached world;
  const SharedPage page = world.cache.page(kPlain);
  world.clock.sleep(1h);
  CHECK(world.cache.page(kPlain) == page);
}

TEST_CASE("every variant is one shared page with its own head") {
  Cached world;
  const SharedPage plain = world.cache.page(kPlain);
  const SharedPage gzip = world.cache.page(PageCache::kGzip);
  const SharedPage open = world.cache.page(PageCache::kOpenMetrics);
  const SharedPage open_gzip = world.cache.page(PageCache::kOpenMetrics | PageCache::kGzip);
  CHECK(unzipped(gzip->body()) == plain->body());
  CHECK(unzipped(open_gzip->body()) == open->body());
  CHECK(gzip->body().size() < plain->body().size() / 4);
  CHECK(world.cache.page(PageCache::kGzip) == gzip);

  CHECK(plain->head().find("\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\n") !=
        std::string::npos);
  CHECK(open->head().find("Content-Type: application/openmetrics-text; version=1.0.0; "
                          "charset=utf-8\r\n") != std::string::npos);
  CHECK(plain->head().find("Content-Encoding") == std::string::npos);
  CHECK(gzip->head().find("\r\nContent-Encoding: gzip\r\n") != std::string::npos);
  for (const auto& page : {plain, gzip, open, open_gzip}) {
    CHECK(page->head().find("\r\nVary: Accept, Accept-Encoding\r\n") != std::string::npos);
  }
}

TEST_CASE("a page that is too small to gain from gzip is sent plain") {
  ExportedWorld world;
  PageCache cache(world.sources);
  CHECK(cache.page(PageCache::kGzip) == cache.page(kPlain));
}

TEST_CASE("the request's head chooses the variant") {
  CHECK(PageCache::choose(request_with("")) == kPlain);
  CHECK(PageCache::choose(request_with("Accept: application/openmetrics-text\r\n")) ==
        PageCache::kOpenMetrics);
  CHECK(PageCache::choose(request_with("accept-encoding: gzip\r\n")) == PageCache::kGzip);
  CHECK(PageCache::choose(request_with("Accept-Encoding: gzip\r\n"
                                       "Accept: application/openmetrics-text\r\n")) ==
        (PageCache::kGzip | PageCache::kOpenMetrics));
}

TEST_CASE("serving a built page allocates nothing") {
  Cached world;
  for (const PageVariant variant : {0U, 1U, 2U, 3U}) world.cache.page(variant);
  const uint64_t before = allocations();
  for (int i = 0; i < 100; ++i) {
    for (const PageVariant variant : {0U, 1U, 2U, 3U}) world.cache.page(variant);
  }
  CHECK(allocations() == before);
}

TEST_CASE("rendering allocates nothing for a series") {
  const auto cost = [](uint32_t series) {
    ExportedWorld world;
    SeriesGroup& group = world.group("g", 1s, series);
    std::vector<Series> handles;
    for (uint32_t i = 0; i < series; ++i) {
      handles.emplace_back(Metric::kTaskThreads,
                           std::vector<std::string>{std::to_string(i), "process"});
    }
    const auto pass = [&] {
      for (Series& handle : handles) group.set(handle, 0.1);
      group.commit(world.clock.now());
    };
    Exposition exposition(world.sources);
    std::string out;
    pass();
    exposition.render(ExpositionFormat::text, world.clock.now(), out);
    pass();
    const uint64_t before = allocations();
    exposition.render(ExpositionFormat::text, world.clock.now(), out);
    return allocations() - before;
  };
  CHECK(cost(10) == cost(5000));
}
