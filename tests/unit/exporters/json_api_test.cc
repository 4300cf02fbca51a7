#include "exporters/json_api.h"

#include <prometheus/counter.h>
#include <prometheus/histogram.h>

#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "exporters/landing.h"
#include "exporters/page_cache.h"
#include "tests/catch.h"
#include "tests/golden.h"
#include "tests/unit/exporters/exposition_fixture.h"
#include "tests/unit/exporters/http_fixture.h"

using namespace anemon;
using namespace anemon::test;
using namespace std::chrono_literals;
using Json = nlohmann::json;

namespace {

DaemonStatus full_status() {
  DaemonStatus status;
  status.version = "0.1.0";
  status.pid = 4711;
  status.account = {503, std::nullopt, "launchd", "user agent"};
  status.started = 1'699'999'000s;
  status.uptime = 1000s + 500ms;
  status.ready = true;
  status.host.chip = "Some <chip> & \"more\"";
  status.host.os = "Linux";
  status.host.virtual_machine = true;
  status.listen = "127.0.0.1:10263";
  status.socket = "/run/anemon/anemond.sock";
  status.state_dir = "/var/lib/anemon";
  CollectorStatus energy;
  energy.name = "energy";
  energy.state = "ok";
  energy.period = 1s;
  energy.runs = 7;
  energy.last_success = 1'700'000'000s;
  status.collectors = {energy};
  return status;
}

struct Api : ExportedWorld {
  SeriesGroup& energy = group("energy");
  Series cpu{Metric::kPowerWatts, {"cpu", "rapl"}};
  Series ane{Metric::kPowerWatts, {"ane", "hwmon"}, Provenance::estimated};
  Series joules{Metric::kEnergyJoules, {"cpu", "rapl"}};
  PageCache pages{sources};

  // Serves from the first request on; the world's plain members are set up before.
  HttpFixture& http() {
    if (!http_) http_ = std::make_unique<HttpFixture>(routes());
    return *http_;
  }

  void set_daemon(DaemonStatus status) {
    const Lock lock(mutex_);
    daemon_ = std::move(status);
  }

  std::vector<Route> routes() {
    const auto status = [this] {
      const Lock lock(mutex_);
      return daemon_;
    };
    std::vector<Route> all = landing_routes(sources, status);
    for (Route& route : json_routes(sources, status)) all.push_back(std::move(route));
    all.push_back(metrics_route(pages));
    return all;
  }

  void pass_at(double watts) { pass(energy, {{&cpu, watts}, {&ane, 0.5}, {&joules, 100 + watts}}); }

  Json get(const std::string& target, int status = 200) {
    const HttpReply reply = http().client().get(target);
    INFO(target << "\n" << reply.head << reply.body);
    REQUIRE(reply.status == status);
    REQUIRE(reply.field("Content-Type") == "application/json");
    return Json::parse(reply.body);
  }
  std::string message(const std::string& target, int status = 400) {
    const Json error = get(target, status).at("error");
    return error.at("code").get<std::string>() + ": " + error.at("message").get<std::string>() +
           " | " + error.value("hint", "");
  }

 private:
  Mutex mutex_;
  DaemonStatus daemon_ ANEMON_GUARDED_BY(mutex_) = full_status();
  std::unique_ptr<HttpFixture> http_;
};

}  // namespace

TEST_CASE("status is the golden document") {
  Api api;
  api.pass_at(2);
  api.signals.report(Metric::kFanSpeed, "", "hwmon", SignalState::absent, "no fans",
                     Provenance::measured, api.clock.now());
  const HttpReply reply = api.http().client().get("/v1/status");
  REQUIRE(reply.status == 200);
  check_golden("exporters/status.json", Json::parse(reply.body).dump(2) + "\n");
}

TEST_CASE("what the daemon does not know is null in its status") {
  Api api;
  api.set_daemon({});
  const Json status = api.get("/v1/status");
  CHECK(status["host"]["chip"].is_null());
  CHECK(status["host"]["virtual"].is_null());
  CHECK(status["listen"].is_null());
  CHECK(status["config"]["path"].is_null());
  CHECK(status["sessions"]["reason"].is_null());
}

TEST_CASE("metrics tell what is available, what is not, and why") {
  Api api;
  api.pass_at(2);
  api.signals.report(Metric::kFanSpeed, "a", "hwmon", SignalState::absent, "no fans",
                     Provenance::measured, api.clock.now());
  api.signals.report(Metric::kFanSpeed, "b", "smc", SignalState::refused, "", Provenance::measured,
                     api.clock.now());
  api.signals.report(Metric::kTemperature, "cpu", "hwmon", SignalState::refused, "not permitted",
                     Provenance::measured, api.clock.now());
  api.instruments.histogram(Metric::kCollectorDuration, {"energy"}, {1}).Observe(0.5);
  const Json document = api.get("/v1/metrics");
  CHECK(document["schema"] == "anemon.metrics/1");
  REQUIRE(document["metrics"].size() == catalogue().size());
  std::map<std::string, Json> by_name;
  for (const Json& metric : document["metrics"]) by_name[metric["name"]] = metric;

  const Json& power = by_name["anemon_power_watts"];
  CHECK(power["available"] == true);
  CHECK(power["reason"].is_null());
  CHECK(power["series"] == 2);
  CHECK(power["labels"] == Json({"component", "source"}));
  CHECK(power.count("values") == 0);
  CHECK(by_name["anemon_fan_speed_rpm"]["available"] == false);
  CHECK(by_name["anemon_fan_speed_rpm"]["reason"] == "absent: no fans; refused");
  CHECK(by_name["anemon_thermal_trip_celsius"]["reason"] == "refused: not permitted");
  CHECK(by_name["anemon_load1"]["reason"] == "nothing reads it on this machine");
  CHECK(by_name["anemon_collector_duration_seconds"]["series"] == 1);
  CHECK(by_name["anemon_signal_state"]["series"] == 3);
}

TEST_CASE("metrics can be chosen and come with values and their provenance") {
  Api api;
  api.pass_at(2);
  api.readings.push_back({Metric::kStoreBytes, {}, 7});
  api.instruments.counter(Metric::kLogMessages, {"warn"}).Increment(3);
  Json power = api.get("/v1/metrics?match=anemon_power_watts&values=1")["metrics"];
  REQUIRE(power.size() == 1);
  REQUIRE(power[0]["values"].size() == 2);
  const Json& ane = power[0]["values"][0];
  CHECK(ane["labels"] == Json({{"component", "ane"}, {"source", "hwmon"}}));
  CHECK(ane["value"] == 0.5);
  CHECK(ane["provenance"] == "estimated");
  CHECK(ane["time"] == "2023-11-14T22:13:20.000Z");
  CHECK(power[0]["values"][1]["provenance"] == "derived");

  power =
      api.get("/v1/metrics?values&match=anemon_power_watts%7Bcomponent%3D%22cpu%22%7D")["metrics"];
  CHECK(power[0]["series"] == 1);
  const Json own =
      api.get("/v1/metrics?values=true&match=anemon_store_*&match=anemon_log_*")["metrics"];
  CHECK(own.size() == 5);
  for (const Json& metric : own) {
    if (metric["name"] == "anemon_store_bytes") CHECK(metric["values"][0]["value"] == 7);
    if (metric["name"] == "anemon_log_messages_total") {
      CHECK(metric["values"][0]["labels"]["level"] == "warn");
    }
  }
}

TEST_CASE("series answer with their history, folded to the step that was asked for") {
  Api api;
  for (int i = 0; i < 40; ++i) {
    api.pass_at(i);
    api.clock.advance(1s);
  }
  const Json document = api.get("/v1/series?match=anemon_power_watts%7Bcomponent%3D%22cpu%22%7D");
  CHECK(document["schema"] == "anemon.series/1");
  CHECK(document["columns"] == Json({"time", "last", "min", "max", "mean", "count"}));
  REQUIRE(document["series"].size() == 1);
  const Json& series = document["series"][0];
  CHECK(series["metric"] == "anemon_power_watts");
  CHECK(series["labels"] == Json({{"component", "cpu"}, {"source", "rapl"}}));
  CHECK(series["provenance"] == "derived");
  REQUIRE(series["points"].size() == 40);
  CHECK(series["points"][3] == Json({1700000003, 3, 3, 3, 3, 1}));

  const Json recent = api.get("/v1/series?match=anemon_power_*&from=now-10s&to=now-5s");
  CHECK(recent["series"].size() == 2);
  CHECK(recent["series"][0]["points"].size() == 6);
  CHECK(api.get("/v1/series?match=anemon_power_watts&from=1700000002&to=1700000002.5")["series"][0]
                                                                                      ["points"]
                                                                                          .size() ==
        1);

  const Json folded = api.get("/v1/series?match=anemon_energy_joules_total&step=20s")["series"][0];
  REQUIRE(folded["points"].size() == 2);
  CHECK(folded["points"][0] == Json({1700000000, 119, 100, 119, 109.5, 20}));
  CHECK(api.get("/v1/series?match=anemon_load1")["series"] == Json::array());
}

TEST_CASE("an answer of too many points is refused") {
  Api api;
  SeriesGroup& wide = api.group("wide", 1ms, 4000);
  std::vector<Series> series;
  for (int i = 0; i < 4000; ++i) {
    series.emplace_back(Metric::kTaskThreads, std::vector<std::string>{std::to_string(i), "p"});
  }
  for (int pass = 0; pass < 51; ++pass) {
    for (Series& one : series) wide.set(one, 1);
    wide.commit(api.clock.now());
    api.clock.advance(1ms);
  }
  CHECK(api.message("/v1/series?match=anemon_task_threads", 413) ==
        "too_large: the answer has more than 200000 points | ask for a shorter time, a longer step "
        "or fewer series");
}

TEST_CASE("bad questions are refused with what would be right") {
  Api api;
  CHECK(api.message("/v1/series") ==
        "bad_request: match is missing | match=anemon_power_watts, "
        "for example");
  CHECK(api.message("/v1/series?match=anemon_power_wats", 404) ==
        "not_found: no metric is called anemon_power_wats | did you mean anemon_power_watts?");
  CHECK(api.message("/v1/series?match=anemon_load1&form=now") ==
        "bad_request: unknown parameter \"form\" | did you mean from?");
  CHECK(api.message("/v1/series?match=anemon_load1&from=soon") ==
        "bad_request: from: \"soon\" is no time | write now-5m, 2026-01-31T12:00:00Z or Unix "
        "seconds");
  CHECK(api.message("/v1/series?match=anemon_load1&step=5") ==
        "bad_request: step: \"5\" is no duration | write 500ms, 10s, 5m or 2h");
  CHECK(api.message("/v1/series?match=anemon_load1&step=5d").find("between 1ms and 1d") !=
        std::string::npos);
  CHECK(api.message("/v1/series?match=anemon_load1&from=now&to=now-1s").find("from is later") !=
        std::string::npos);
  CHECK(api.message("/v1/metrics?values=maybe").find("neither true nor false") !=
        std::string::npos);
  CHECK(api.message("/v1/status?x=1") ==
        "bad_request: unknown parameter \"x\" | it has no parameters");
  CHECK(api.message("/v1/stream?interval=1ms").find("between 100ms and 1h") != std::string::npos);
}

TEST_CASE("a stream sends the readings at once and then each interval") {
  Api api;
  api.pass_at(2);
  HttpClient client = api.http().client();
  client.send("GET /v1/stream?match=anemon_power_watts&interval=10s HTTP/1.1\r\nHost: a\r\n\r\n");
  const HttpReply head = client.reply();
  CHECK(head.field("Content-Type") == "text/event-stream");
  REQUIRE(client.wait_for("event: readings\ndata: "));
  REQUIRE(client.wait_for("\n\n"));

  api.clock.advance(10s);
  api.pass_at(3);
  api.http().advance(10s);  // the server has a clock of its own in this fixture
  CHECK(client.wait_for("\"value\":0.5"));
  CHECK(client.wait_for("\"value\":3"));
}

TEST_CASE("a stream's event holds what was chosen") {
  Api api;
  api.pass_at(2);
  api.readings.push_back({Metric::kStoreBytes, {}, 7});
  HttpRequest request;
  request.query = {{"match", "anemon_power_watts"}, {"match", "anemon_store_bytes"}};
  const HttpResponse response = stream_answer(request, api.sources);
  REQUIRE(response.stream);
  const auto event = [&] {
    std::string out;
    CHECK(response.stream->produce(out) == 1s);
    REQUIRE(out.find("event: readings\ndata: {") == 0);
    REQUIRE(out.substr(out.size() - 2) == "\n\n");
    return Json::parse(out.substr(out.find('{')));
  };
  const Json first = event();
  CHECK(first["time"] == "2023-11-14T22:13:20.000Z");
  REQUIRE(first["readings"].size() == 3);
  CHECK(first["readings"][0] == Json({{"metric", "anemon_power_watts"},
                                      {"labels", {{"component", "ane"}, {"source", "hwmon"}}},
                                      {"provenance", "estimated"},
                                      {"value", 0.5}}));
  CHECK(first["readings"][2]["metric"] == "anemon_store_bytes");
  CHECK(first["readings"][2]["labels"] == Json::object());

  std::string nothing;
  api.clock.advance(400ms);
  CHECK(response.stream->produce(nothing) == 600ms);
  CHECK(nothing.empty());

  // A tick that was missed is not made up for; what is not set any more is not sent.
  api.clock.advance(2700ms);
  api.pass(api.energy, {{&api.cpu, 9}});
  std::string out;
  CHECK(response.stream->produce(out) == 900ms);
  const Json later = Json::parse(out.substr(out.find('{')));
  REQUIRE(later["readings"].size() == 2);
  CHECK(later["readings"][0]["value"] == 9);
}

TEST_CASE("an event is bounded and says what it left out") {
  Api api;
  SeriesGroup& wide = api.group("wide", 1s, 2500);
  for (int i = 0; i < 2500; ++i) {
    Series series(Metric::kTaskThreads, {std::to_string(i), "p"});
    wide.set(series, 1);
  }
  wide.commit(api.clock.now());
  HttpRequest request;
  request.query = {{"match", "anemon_task_threads"}};
  std::string out;
  stream_answer(request, api.sources).stream->produce(out);
  const Json event = Json::parse(out.substr(out.find('{')));
  CHECK(event["readings"].size() == 2000);
  CHECK(event["omitted"] == 500);
}

TEST_CASE("hostile names of processes become valid JSON") {
  Api api;
  Series series(Metric::kTaskThreads, {"1", "a\"\\\n\x01\xff<script>"});
  SeriesGroup& tasks = api.group("tasks");
  api.pass(tasks, {{&series, 1}});
  const Json value =
      api.get("/v1/metrics?match=anemon_task_threads&values=1")["metrics"][0]["values"][0];
  CHECK(value["labels"]["process"] == "a\"\\\n\x01\xef\xbf\xbd<script>");
  CHECK(api.get("/v1/series?match=anemon_task_threads")["series"].size() == 1);
}

TEST_CASE("the landing page is the golden one, with a strict policy and files of its own") {
  Api api;
  const HttpReply reply = api.http().client().get("/");
  REQUIRE(reply.status == 200);
  CHECK(reply.field("Content-Type") == "text/html; charset=utf-8");
  CHECK(reply.field("Content-Security-Policy") ==
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
  CHECK(reply.field("X-Content-Type-Options") == "nosniff");
  CHECK(reply.field("Referrer-Policy") == "no-referrer");
  check_golden("exporters/landing.html", reply.body);
  const auto file = [&](const std::string& path, const std::string& type) {
    const HttpReply served = api.http().client().get(path);
    CHECK(served.status == 200);
    CHECK(served.field("Content-Type") == type);
    CHECK(served.field("X-Content-Type-Options") == "nosniff");
    std::ifstream source(std::string(ANEMON_PAGE_FILES) + path, std::ios::binary);
    CHECK(served.body == std::string(std::istreambuf_iterator<char>(source), {}));
    CHECK(!served.body.empty());
  };
  file("/page.css", "text/css; charset=utf-8");
  file("/page.js", "text/javascript; charset=utf-8");
  file("/icon.svg", "image/svg+xml");
}

TEST_CASE("healthy is always well, ready names what is stale") {
  Api api;
  CHECK(api.http().client().get("/-/healthy").status == 200);
  CHECK(api.http().client().get("/-/ready").status == 200);
  DaemonStatus stale;
  stale.stale_collectors = {"energy", "thermal"};
  api.set_daemon(stale);
  const HttpReply reply = api.http().client().get("/-/ready");
  CHECK(reply.status == 503);
  CHECK(reply.body == "not ready\nenergy\nthermal\n");
  CHECK(api.http().client().get("/-/healthy").status == 200);
}

TEST_CASE("metrics are served over HTTP in the format and encoding that is asked for") {
  Api api;
  api.pass_at(2);
  HttpClient client = api.http().client();
  const HttpReply text = client.get("/metrics");
  CHECK(text.field("Content-Type") == "text/plain; version=0.0.4; charset=utf-8");
  CHECK(text.body == api.page());
  const HttpReply open =
      client.get("/metrics", "Accept: application/openmetrics-text; version=1.0.0\r\n");
  CHECK(open.field("Content-Type") == "application/openmetrics-text; version=1.0.0; charset=utf-8");
  CHECK(open.body.ends_with("# EOF\n"));
  CHECK(client.get("/metrics", "Accept-Encoding: br, gzip\r\n").field("Vary") ==
        "Accept, Accept-Encoding");
  CHECK(
      client.ask("POST /metrics HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n").field("Allow") ==
      "GET, HEAD");
}
