#include "tests/unit/ctl/fake_daemon.h"

#include <fmt/format.h>
#include <fnmatch.h>
#include <httplib.h>
#include <sys/socket.h>

#include <atomic>
#include <condition_variable>
#include <fstream>
#include <mutex>
#include <nlohmann/json.hpp>
#include <thread>

#include "tests/scratch_directory.h"

namespace anemon::test {
namespace {

using Json = nlohmann::ordered_json;

Json document(const char* name) {
  const auto folder = std::filesystem::path(__FILE__).parent_path() / "documents";
  std::ifstream file(folder / (std::string(name) + ".json"));
  return Json::parse(file);
}

void answer(httplib::Response& response, int status, const Json& body) {
  response.status = status;
  response.set_content(body.dump(), "application/json");
}

void refuse(httplib::Response& response, int status, const char* code, const std::string& message,
            const char* hint = "") {
  answer(response, status, {{"error", {{"code", code}, {"message", message}, {"hint", hint}}}});
}

// Whether one of the request's selectors matches; all do without any.
bool selected(const httplib::Request& request, const std::string& metric, const Json& labels) {
  const size_t count = request.get_param_value_count("match");
  for (size_t i = 0; i < count; ++i) {
    const std::string selector = request.get_param_value("match", i);
    const size_t brace = selector.find('{');
    if (fnmatch(selector.substr(0, brace).c_str(), metric.c_str(), 0) != 0) continue;
    bool matches = true;
    if (brace != selector.npos && labels.is_object()) {
      const size_t equals = selector.find("=\"", brace);
      const std::string key = selector.substr(brace + 1, equals - brace - 1);
      const std::string value =
          selector.substr(equals + 2, selector.find('"', equals + 2) - equals - 2);
      matches = labels.value(key, "") == value;
    }
    if (matches) return true;
  }
  return count == 0;
}

}  // namespace

struct FakeDaemon::State {
  explicit State(FakeDaemonBehaviour how) : behaviour(std::move(how)) {
    socket = folder / "anemond.sock";
    add_routes();
    server.set_address_family(AF_UNIX);
    server.bind_to_port(socket.string(), 80);
    thread = std::thread([this] { server.listen_after_bind(); });
    health.Get("/-/healthy",
               [](const auto&, auto& response) { response.set_content("ok\n", "text/plain"); });
    listen = "127.0.0.1:" + std::to_string(health.bind_to_any_port("127.0.0.1"));
    health_thread = std::thread([this] { health.listen_after_bind(); });
    while (!server.is_running() || !health.is_running()) std::this_thread::yield();
  }

  ~State() {
    {
      const std::lock_guard lock(mutex);
      closing = true;
    }
    changed.notify_all();
    server.stop();
    health.stop();
    thread.join();
    health_thread.join();
  }

  void add_routes() {
    server.set_pre_routing_handler(
        [this](const httplib::Request& request, httplib::Response& response) {
          if (behaviour.silent) {
            std::unique_lock lock(mutex);
            changed.wait(lock, [&] { return closing; });
          }
          if (behaviour.garbage) {
            response.set_content("<html>It works!</html>", "text/html");
            return httplib::Server::HandlerResponse::Handled;
          }
          if (request.method == "GET") return httplib::Server::HandlerResponse::Unhandled;
          {
            const std::lock_guard lock(mutex);
            changes.push_back(request.method + ' ' + request.path +
                              (request.body.empty() ? "" : ' ' + request.body));
          }
          if (behaviour.may_change) return httplib::Server::HandlerResponse::Unhandled;
          refuse(response, 403, "forbidden", "uid 1001 may read but not change anything",
                 "add the uid to control.admin_uids in the configuration");
          return httplib::Server::HandlerResponse::Handled;
        });
    server.Get("/v1/status", [this](const auto&, auto& response) { status(response); });
    server.Get("/v1/metrics",
               [this](const auto& request, auto& response) { metrics(request, response); });
    server.Get("/v1/series",
               [this](const auto& request, auto& response) { series(request, response); });
    server.Get("/v1/stream",
               [this](const auto& request, auto& response) { stream(request, response); });
    server.Post("/v1/reload", [this](const auto&, auto& response) {
      if (behaviour.valid_config) {
        return answer(response, 200, {{"ok", true}, {"restart_required", {"http.listen"}}});
      }
      refuse(response, 422, "invalid",
             "/etc/anemon/anemond.yaml:3:3: unknown key perod; did you mean period?",
             "the old configuration stays in force");
    });
    add_session_routes();
  }

  void add_session_routes() {
    server.Post("/v1/sessions", [](const auto& request, auto& response) {
      Json session = document("session");
      const Json body = Json::parse(request.body);
      session["id"] = "20261122-151500-new1";
      session["name"] = body.value("name", "");
      session["state"] = "running";
      session["stopped"] = nullptr;
      answer(response, 201, session);
    });
    server.Get("/v1/sessions", [](const auto& request, auto& response) {
      Json list = document("sessions");
      if (const std::string state = request.get_param_value("state"); !state.empty()) {
        Json kept = Json::array();
        for (const Json& session : list["sessions"]) {
          if (session["state"] == state) kept.push_back(session);
        }
        list["sessions"] = kept;
      }
      answer(response, 200, list);
    });
    server.Get("/v1/sessions/([^/]{1,64})", [this](const auto& request, auto& response) {
      if (const auto found = find(request.matches[1], response)) answer(response, 200, *found);
    });
    server.Get("/v1/sessions/([^/]{1,64})/export", [this](const auto& request, auto& response) {
      const auto found = find(request.matches[1], response);
      if (!found) return;
      const std::string format = request.get_param_value("format");
      response.set_content(format == "json" ? found->dump() + "\n"
                                            : "time,metric,value\n1795359002,anemon_load1,1.25\n",
                           "text/plain");
    });
    server.Post("/v1/sessions/([^/]{1,64})/stop", [this](const auto& request, auto& response) {
      if (request.matches[1] == "done") {
        return refuse(response, 409, "conflict", "session done is not running");
      }
      if (const auto found = find(request.matches[1], response)) answer(response, 200, *found);
    });
    server.Post("/v1/sessions/([^/]{1,64})/annotations", [this](const auto& request,
                                                                auto& response) {
      if (!find(request.matches[1], response)) return;
      answer(response, 201,
             {{"time", "2026-11-22T14:51:05.000Z"}, {"text", Json::parse(request.body)["text"]}});
    });
    server.Delete("/v1/sessions/([^/]{1,64})", [this](const auto& request, auto& response) {
      if (find(request.matches[1], response)) response.status = 204;
    });
  }

  std::optional<Json> find(const std::string& name, httplib::Response& response) const {
    if (name == "resnet" || name == "last" || name == "done" || name.starts_with("2026")) {
      Json session = document("session");
      if (!behaviour.has_power) {
        session["summary"]["energy"] = Json::array();
        session["summary"]["power"] = Json::array();
      }
      return session;
    }
    refuse(response, 404, "not_found", "no session " + name, "anemonctl sessions list");
    return std::nullopt;
  }

  void status(httplib::Response& response) const {
    Json status = document("status");
    status["listen"] = listen;
    if (!behaviour.version.empty()) status["version"] = behaviour.version;
    if (!behaviour.ready) {
      status["ready"] = false;
      status["stale_collectors"] = {"thermal"};
      status["collectors"][5]["state"] = "stuck";
      status["sessions"] = {{"active", 0}, {"recording", false}, {"reason", "disk full"}};
      status["config"]["last_reload_ok"] = false;
      status["config"]["error"] = "anemond.yaml:3:3: unknown key perod; did you mean period?";
    }
    answer(response, 200, status);
  }

  Json known_metrics() const {
    Json all = document("metrics");
    for (Json& metric : all["metrics"]) {
      const std::string name = metric["name"];
      const bool power = name.starts_with("anemon_power") || name.starts_with("anemon_energy");
      if (behaviour.has_power || !power) continue;
      metric["available"] = false;
      metric["series"] = 0;
      metric["reason"] = "absent: no powercap domains; absent: no hwmon power inputs";
      metric["values"] = Json::array();
    }
    return all;
  }

  void metrics(const httplib::Request& request, httplib::Response& response) const {
    Json all = known_metrics();
    Json kept = Json::array();
    for (Json& metric : all["metrics"]) {
      if (!selected(request, metric["name"], nullptr)) continue;
      if (!request.has_param("values")) metric.erase("values");
      kept.push_back(metric);
    }
    const bool globbed = request.get_param_value("match").find('*') != std::string::npos;
    if (kept.empty() && !globbed) {
      return refuse(response, 404, "not_found",
                    "unknown metric " + request.get_param_value("match"));
    }
    all["metrics"] = kept;
    answer(response, 200, all);
  }

  void series(const httplib::Request& request, httplib::Response& response) const {
    Json all = document("series");
    Json kept = Json::array();
    for (const Json& one : all["series"]) {
      if (behaviour.has_power && selected(request, one["metric"], one["labels"])) {
        kept.push_back(one);
      }
    }
    all["series"] = kept;
    answer(response, 200, all);
  }

  void stream(const httplib::Request& request, httplib::Response& response) {
    Json readings = Json::array();
    const Json all = known_metrics();
    for (const Json& metric : all["metrics"]) {
      for (const Json& value : metric["values"]) {
        if (!selected(request, metric["name"], value["labels"])) continue;
        readings.push_back({{"metric", metric["name"]},
                            {"labels", value["labels"]},
                            {"value", value["value"]},
                            {"provenance", value["provenance"]}});
      }
    }
    // Three events, then the end: a client that asked for fewer has gone by then.
    auto sent = std::make_shared<int>(0);
    response.set_chunked_content_provider(
        "text/event-stream", [readings, sent](size_t, httplib::DataSink& sink) {
          const std::string event =
              "event: readings\ndata: " +
              Json({{"time", fmt::format("2026-11-22T14:51:0{}.123Z", *sent + 2)},
                    {"readings", readings}})
                  .dump() +
              "\n\n";
          sink.write(event.data(), event.size());
          if (++*sent == 3) sink.done();
          return true;
        });
  }

  const FakeDaemonBehaviour behaviour;
  const ScratchDirectory folder;
  std::filesystem::path socket;
  std::string listen;  // HOST:PORT
  httplib::Server server, health;
  std::thread thread, health_thread;
  mutable std::mutex mutex;
  std::condition_variable changed;
  std::atomic<int> requests{0};
  bool closing = false;              // guarded by mutex
  std::vector<std::string> changes;  // guarded by mutex
};

FakeDaemon::FakeDaemon(FakeDaemonBehaviour behaviour)
    : state_(std::make_unique<State>(std::move(behaviour))) {}

FakeDaemon::~FakeDaemon() = default;

const std::filesystem::path& FakeDaemon::socket() const { return state_->socket; }

std::string FakeDaemon::normalized(std::string text) const {
  for (const auto& [found, name] :
       {std::pair(state_->socket.string(), "SOCKET"), std::pair(state_->listen, "LISTEN")}) {
    for (size_t at = text.find(found); at != text.npos; at = text.find(found)) {
      text.replace(at, found.size(), name);
    }
  }
  return text;
}

std::vector<std::string> FakeDaemon::changes() const {
  const std::lock_guard lock(state_->mutex);
  return state_->changes;
}

}  // namespace anemon::test
