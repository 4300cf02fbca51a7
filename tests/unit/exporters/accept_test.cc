#include "exporters/accept.h"

#include "tests/catch.h"

using namespace anemon;

TEST_CASE("Accept chooses the format") {
  constexpr auto kText = ExpositionFormat::text;
  constexpr auto kOpen = ExpositionFormat::openmetrics;
  struct Row {
    const char* accept;
    ExpositionFormat format;
  };
  const Row row = GENERATE(values<Row>({
      {"", kText},
      {"*/*", kText},
      {"text/plain", kText},
      {"text/html", kText},
      {"application/openmetrics-text", kOpen},
      {"application/openmetrics-text; version=1.0.0; charset=utf-8", kOpen},
      {"application/openmetrics-text; version=\"1.0.0\"", kOpen},
      {"application/openmetrics-text; version=0.0.1", kText},
      {"application/openmetrics-text; version=2.0.0", kText},
      {"APPLICATION/OpenMetrics-Text;VERSION=1.0.0", kOpen},
      {"application/*", kOpen},
      {"application/json", kText},
      // Prometheus 2.42 and 3
      {"application/openmetrics-text;version=1.0.0,application/"
       "openmetrics-text;version=0.0.1;q=0.75,"
       "text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
       kOpen},
      {"text/plain;version=0.0.4;q=1,*/*;q=0.1", kText},
      {"application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
       "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,*/*;q=0.2",
       kOpen},
      // A browser
      {"text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8", kText},
      {"application/openmetrics-text;q=0.5, text/plain", kText},
      {"application/openmetrics-text, text/plain", kOpen},
      {"text/plain;q=0.5, application/openmetrics-text;q=0.5", kOpen},
      {"application/openmetrics-text;q=0", kText},
      {"application/openmetrics-text;q=0, */*", kText},
      {"application/openmetrics-text;q=0.000, text/plain;q=0", kText},
      {"text/plain;q=0, application/openmetrics-text;q=0.001", kOpen},
      // Malformed weights void their range only
      {"application/openmetrics-text;q=2", kText},
      {"application/openmetrics-text;q=", kText},
      {"application/openmetrics-text;q=1.0001", kText},
      {"application/openmetrics-text;q=0.1234", kText},
      {"application/openmetrics-text;q=x, application/openmetrics-text;q=0.3", kOpen},
      {",,, ;;, application/openmetrics-text ;; q=1.000 ,", kOpen},
      {"text/plain;x=\"a,application/openmetrics-text\"", kText},
      {"text/plain;x=\"unclosed, application/openmetrics-text", kText},
  }));
  INFO(row.accept);
  CHECK((negotiate_format(row.accept) == row.format));
}

TEST_CASE("Accept-Encoding chooses gzip") {
  struct Row {
    const char* accept;
    bool gzip;
  };
  const Row row = GENERATE(values<Row>({
      {"", false},
      {"gzip", true},
      {"x-gzip", true},
      {"GZIP", true},
      {"br", false},
      {"br, deflate, gzip", true},
      {"gzip;q=0", false},
      {"gzip;q=0.0", false},
      {"gzip;q=0.1", true},
      {"*", true},
      {"*;q=0", false},
      {"gzip;q=0, *", false},
      {"identity", false},
      {"identity, gzip;q=0.5", false},
      {"identity;q=0.5, gzip;q=0.5", true},
      {"gzip;q=7", false},
      {"notgzip", false},
  }));
  INFO(row.accept);
  CHECK(accepts_gzip(row.accept) == row.gzip);
}
