#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "session_world.h"
#include "sessions/session_export.h"
#include "sessions/session_samples.h"
#include "tests/catch.h"

namespace anemon {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;
using std::chrono::seconds;
using test::parse;

constexpr size_t kNoLimit = size_t{1} << 30;

struct Exported : test::SessionWorld {
  SessionEngine engine{options(), context()};
  std::string id;

  Exported() {
    engine.open();
    tick(1);
    id = parse(engine.start({"na\"me, with", {{"k", "v"}}, {kPid}, {}})).at("id");
    for (int i = 0; i < 20; ++i) {
      tick(1 + i);
      engine.wake();
    }
    engine.annotate(id, "half, \"way\"", clock.now().wall - seconds(10));
    std::vector<InferenceEvent> events;
    for (int i = 0; i < 50; ++i) {
      events.push_back(event(i % 2 ? "m\"1" : "m2", seconds(15) - milliseconds(100 * i),
                             milliseconds(450)));  // they overlap
    }
    events[7].items = {{"token", 5}};
    engine.add_events(id, events);
    engine.stop(id);
  }

  SessionPieces pieces() {
    auto outline = engine.outline(id);
    SessionPieces pieces;
    pieces.document = outline.document;
    pieces.row = outline.row;
    pieces.series = outline.series;
    pieces.models = outline.models;
    pieces.annotations = outline.annotations;
    pieces.points = [this, key = outline.row.key](const SessionSeries& series) {
      return engine.points(key, series);
    };
    pieces.inferences = [this](const SessionModel& model, SessionTime begins, int64_t after) {
      return engine.inferences(model.key, begins, after);
    };
    return pieces;
  }
  std::string as(SessionFormat format) { return export_session(pieces(), format, kNoLimit); }
};

std::vector<std::string> lines(const std::string& text) {
  std::vector<std::string> found;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) found.push_back(line);
  return found;
}

TEST_CASE("JSON holds the document, every sample and every inference") {
  Exported world;
  const json document = parse(world.as(SessionFormat::json));
  CHECK(document.at("schema") == "anemon.session/1");
  CHECK(document.at("inferences").size() == 50);
  size_t points = 0;
  double joules = -1;
  for (const json& series : document.at("samples").at("series")) {
    points += series.at("points").size();
    if (series.at("metric") != "anemon_energy_joules_total") continue;
    CHECK(series.at("labels") == json({{"component", "ane"}, {"source", "test"}}));
    joules = series.at("points").back().at(1);
  }
  CHECK(points == document.at("recording").at("samples"));
  CHECK(joules == Approx(210));
}

TEST_CASE("samples choose by selector and fold by step") {
  Exported world;
  const auto series = [&](const std::vector<std::string>& matches, Duration step) {
    return parse(session_samples(world.pieces(), matches, step, kNoLimit)).at("series");
  };
  CHECK(series({"anemon_power_watts"}, {}).size() == 1);
  CHECK(series({"anemon_power_watts"}, {}).at(0).at("points").size() == 20);
  CHECK(series({"anemon_power_watts{component=\"gpu\"}"}, {}).empty());
  CHECK(series({"anemon_memory_bytes", "anemon_task_*"}, {}).size() == 4);
  const json folded = series({"anemon_power_watts"}, seconds(10)).at(0).at("points");
  CHECK(folded.size() == 3);
  CHECK(folded.at(1).at(5) == 10);
  CHECK_THROWS_AS(series({"no_such_metric"}, {}), SessionError);
  CHECK_THROWS_AS(session_samples(world.pieces(), {}, {}, 1000), SessionError);
}

TEST_CASE("NDJSON is one valid object per line") {
  Exported world;
  std::map<std::string, int> types;
  for (const std::string& line : lines(world.as(SessionFormat::ndjson))) {
    ++types[parse(line).at("type")];
  }
  CHECK(types["session"] == 1);
  CHECK(types["annotation"] == 1);
  CHECK(types["inference"] == 50);
  CHECK(types["sample"] > 100);
}

TEST_CASE("CSV has the same columns in every row") {
  Exported world;
  const auto rows = lines(world.as(SessionFormat::csv));
  CHECK(rows.at(0) == "time,metric,component,kind,pid,process,source,value,provenance\r");
  REQUIRE(rows.size() > 100);
  double last_joules = 0;
  for (const std::string& row : rows) {
    CHECK(std::count(row.begin(), row.end(), ',') == 8);
    if (row.find("anemon_energy_joules_total,ane,,,,test,") == std::string::npos) continue;
    std::istringstream fields(row);
    std::string field;
    for (int i = 0; i < 8; ++i) std::getline(fields, field, ',');
    last_joules = std::stod(field);
  }
  CHECK(last_joules == Approx(210));
}

TEST_CASE("CSV does not let the name of a process become a formula") {
  test::SessionWorld world;
  const std::string pid = std::to_string(test::SessionWorld::kPid);
  world.resident = Series(Metric::kTaskResident, {pid, "=1+2"});
  SessionEngine engine(world.options(), world.context());
  engine.open();
  SessionRequest request;
  request.pids = {test::SessionWorld::kPid};
  engine.start(request);
  world.ticks(2, 1);
  engine.flush();
  SessionPieces pieces;
  auto outline = engine.outline("last");
  pieces.row = outline.row;
  pieces.series = outline.series;
  pieces.points = [&](const SessionSeries& series) {
    return engine.points(outline.row.key, series);
  };
  const std::string csv = export_session(pieces, SessionFormat::csv, 1 << 20);
  CHECK(csv.find(",'=1+2,") != csv.npos);
  CHECK(csv.find(",=1+2,") == csv.npos);
}

struct OpenMetricsSample {
  std::string name, labels;
  double value = 0, time = 0;
};

// A small strict reader of what the exporter may write: NAME{LABEL="VALUE",...} VALUE TIME.
OpenMetricsSample read_sample(const std::string& row) {
  static const std::string kNameLetters = "abcdefghijklmnopqrstuvwxyz0123456789_";
  OpenMetricsSample sample;
  size_t at = row.find_first_not_of(kNameLetters);
  REQUIRE(at != std::string::npos);
  sample.name = row.substr(0, at);
  REQUIRE(row[at] == '{');
  const size_t labels = at;
  do {
    const size_t equal = row.find('=', ++at);
    REQUIRE(equal != std::string::npos);
    REQUIRE(equal > at);
    REQUIRE(row.find_first_not_of(kNameLetters, at) == equal);
    at = equal + 1;
    REQUIRE(row.at(at) == '"');
    for (++at; row.at(at) != '"'; ++at) {
      if (row[at] != '\\') continue;
      ++at;
      REQUIRE(std::string("\\\"n").find(row.at(at)) != std::string::npos);
    }
    ++at;
  } while (row.at(at) == ',');
  sample.labels = row.substr(labels, at - labels);
  REQUIRE(row.substr(at, 2) == "} ");
  std::istringstream rest(row.substr(at + 2));
  std::string nothing;
  REQUIRE(rest >> sample.value >> sample.time);
  REQUIRE_FALSE(rest >> nothing);
  return sample;
}

void check_openmetrics(const std::string& text) {
  const auto rows = lines(text);
  REQUIRE(rows.back() == "# EOF");
  std::set<std::string> families;
  std::set<std::string> series_done;
  std::string family, type, series;
  double time = 0;
  for (size_t i = 0; i + 1 < rows.size(); ++i) {
    const std::string& row = rows[i];
    if (row.rfind("# TYPE ", 0) == 0) {
      std::istringstream in(row.substr(7));
      in >> family >> type;
      CHECK(families.insert(family).second);
      CHECK_FALSE(family.ends_with("_total"));
      continue;
    }
    if (row.rfind("# UNIT ", 0) == 0 || row.rfind("# HELP ", 0) == 0) {
      CHECK(row.substr(7).rfind(family + " ", 0) == 0);
      continue;
    }
    const OpenMetricsSample sample = read_sample(row);
    CHECK(sample.name == (type == "counter" ? family + "_total" : family));
    if (sample.name + sample.labels != series) {
      series = sample.name + sample.labels;
      CHECK(series_done.insert(series).second);
      time = 0;
    }
    CHECK(sample.time > time);
    time = sample.time;
  }
  CHECK(families.count("anemon_power_watts") == 1);
  CHECK(families.count("anemon_energy_joules") == 1);
}

TEST_CASE("OpenMetrics is grouped by family, ascends in time, and ends as it must") {
  Exported world;
  check_openmetrics(world.as(SessionFormat::openmetrics));
}

TEST_CASE("Prometheus' own tool takes the OpenMetrics export") {
  if (std::system("command -v promtool >/dev/null 2>&1") != 0) {
    WARN("promtool is not installed");
    return;
  }
  Exported world;
  const auto file = world.state.path() / "session.om";
  std::ofstream(file) << world.as(SessionFormat::openmetrics);
  const std::string command = "promtool tsdb create-blocks-from openmetrics " + file.string() +
                              " " + (world.state.path() / "blocks").string() + " >/dev/null 2>&1";
  CHECK(std::system(command.c_str()) == 0);
}

TEST_CASE("the trace is what trace viewers read: slices of one lane never overlap") {
  Exported world;
  const json trace = parse(world.as(SessionFormat::trace));
  std::map<std::string, int> phases;
  std::map<std::pair<int, int>, double> lane_ends;
  for (const json& event : trace.at("traceEvents")) {
    const std::string phase = event.at("ph");
    ++phases[phase];
    CHECK(event.contains("pid"));
    CHECK(event.contains("name"));
    if (phase != "M") CHECK(event.at("ts").is_number());
    if (phase != "X") continue;
    double& ends = lane_ends[{event.at("pid"), event.at("tid")}];
    CHECK(event.at("ts").get<double>() >= ends);
    ends = event.at("ts").get<double>() + event.at("dur").get<double>();
  }
  CHECK(phases["X"] == 50);
  CHECK(phases["i"] == 1);
  CHECK(phases["C"] > 100);
  CHECK(trace.at("metadata").at("session").at("id") == world.id);
}

TEST_CASE("an export that grows too large is refused") {
  Exported world;
  for (const auto format : {SessionFormat::json, SessionFormat::csv, SessionFormat::ndjson,
                            SessionFormat::openmetrics, SessionFormat::trace}) {
    CHECK_THROWS_AS(export_session(world.pieces(), format, 2000), SessionError);
  }
}

TEST_CASE("thousands of events come back page by page, all of them") {
  Exported world;
  world.tick(1);
  world.id = parse(world.engine.start({})).at("id");
  world.tick(1);
  std::vector<InferenceEvent> events;
  for (int i = 0; i < 12'345; ++i) {
    events.push_back(world.event("many", milliseconds(500), std::chrono::microseconds(i % 97)));
  }
  CHECK(world.engine.add_events(world.id, events).accepted == events.size());
  world.tick(1);
  world.engine.stop(world.id);
  CHECK(parse(world.as(SessionFormat::json)).at("inferences").size() == events.size());
}

TEST_CASE("formats are found by name") {
  CHECK(find_session_format("openmetrics") == SessionFormat::openmetrics);
  CHECK_FALSE(find_session_format("xml"));
  CHECK(content_type(SessionFormat::openmetrics) ==
        "application/openmetrics-text; version=1.0.0; charset=utf-8");
  CHECK(file_extension(SessionFormat::csv) == "csv");
}

}  // namespace
}  // namespace anemon
