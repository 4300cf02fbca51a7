#include "core/catalogue.h"

#include <set>

#include "core/series.h"
#include "tests/catch.h"

namespace anemon {
namespace {

bool ends_with(std::string_view text, std::string_view end) { return text.ends_with(end); }

}  // namespace

TEST_CASE("every metric follows the Prometheus naming rules") {
  std::set<std::string_view> names;
  for (const MetricInfo& metric : catalogue()) {
    INFO(metric.name);
    CHECK(names.insert(metric.name).second);
    CHECK((metric.name.starts_with("anemon_") || metric.name.starts_with("process_")));
    CHECK(metric.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") ==
          std::string_view::npos);
    CHECK((metric.type == MetricType::counter) == ends_with(metric.name, "_total"));
    if (!metric.unit.empty()) {
      const std::string unit = "_" + std::string(metric.unit);
      CHECK((ends_with(metric.name, unit) || ends_with(metric.name, unit + "_total")));
    }
    CHECK(ends_with(metric.help, "."));
    for (const char c : metric.help) CHECK((c >= ' ' && c < 127 && c != '\\' && c != '"'));
    std::set<std::string_view> labels;
    for (const std::string_view label : metric.labels()) {
      CHECK(labels.insert(label).second);
      CHECK(label != "type");
      CHECK(label != "le");
    }
  }
}

TEST_CASE("a metric is found by its name and knows its labels") {
  REQUIRE(find_metric("anemon_power_watts") == Metric::kPowerWatts);
  REQUIRE_FALSE(find_metric("anemon_power_watt").has_value());
  REQUIRE(info(Metric::kPowerWatts).labels() ==
          std::vector<std::string_view>{"component", "source"});
  REQUIRE(info(Metric::kLoad1).labels().empty());
}

TEST_CASE("label values are escaped and empty ones left out") {
  const MetricInfo& tasks = info(Metric::kTaskResident);
  REQUIRE(exposition_name(tasks, {"12", "a\"b\\c\nd"}) ==
          "anemon_task_resident_bytes{pid=\"12\",process=\"a\\\"b\\\\c\\nd\"} ");
  REQUIRE(exposition_name(tasks, {"", "other"}) ==
          "anemon_task_resident_bytes{process=\"other\"} ");
  REQUIRE(exposition_name(info(Metric::kLoad1), {}) == "anemon_load1 ");
}

TEST_CASE("a series with the wrong number of label values is a programming error") {
  REQUIRE_THROWS_AS(Series(Metric::kPowerWatts, {"cpu"}), std::logic_error);
}

}  // namespace anemon
