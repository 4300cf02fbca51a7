#include "exporters/landing.h"

#include <array>

#include "core/duration.h"

namespace anemon {
namespace {

constexpr std::string_view kPlain = "text/plain; charset=utf-8";

constexpr std::string_view kStyle =
    "body{font:16px/1.5 system-ui,sans-serif;max-width:44rem;margin:2rem auto;padding:0 1rem;"
    "color-scheme:light dark}\n"
    "table{border-collapse:collapse}\ntd,th{text-align:left;padding:.1rem 1.5rem .1rem 0}\n";

// The page needs its style sheet and nothing else: no script, no frame, no form, no other host.
const HttpFields kPageFields = {
    {"Content-Security-Policy",
     "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; "
     "frame-ancestors 'none'"},
    {"X-Content-Type-Options", "nosniff"},
    {"Referrer-Policy", "no-referrer"},
    {"Cache-Control", "no-cache"}};

struct Link {
  std::string_view path, text;
};
constexpr std::array<Link, 6> kLinks = {{
    {"/metrics", "metrics for Prometheus"},
    {"/v1/status", "status of the daemon, its collectors and signals"},
    {"/v1/metrics?values=1", "what can be read on this machine, with values"},
    {"/v1/sessions", "monitoring sessions"},
    {"/-/healthy", "is the process alive"},
    {"/-/ready", "are all readings fresh"},
}};

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string row(std::string_view name, std::string_view value) {
  return "<tr><th>" + escaped(name) + "</th><td>" + escaped(value) + "</td></tr>\n";
}

std::string page(const DaemonStatus& status) {
  std::string html =
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width\">\n<title>anemon</title>\n"
      "<link rel=\"stylesheet\" href=\"/style.css\">\n</head>\n<body>\n<h1>anemon</h1>\n<ul>\n";
  for (const Link& link : kLinks) {
    const std::string path(link.path);
    html += "<li><a href=\"" + path + "\">" + path + "</a> " + std::string(link.text) + "</li>\n";
  }
  html += "</ul>\n";
  if (status.host.replay) html += "<p>This is a replay of a recording, not this machine.</p>\n";
  html += "<table>\n";
  html += row("Version", status.version);
  if (!status.host.chip.empty()) html += row("Chip", status.host.chip);
  html += row("System", status.host.os + " " + status.host.os_version + " " + status.host.arch);
  html +=
      row("Running for", format_duration(std::chrono::floor<std::chrono::seconds>(status.uptime)));
  html += row("Ready", status.ready ? "yes" : "no");
  html += row("Open sessions", std::to_string(status.sessions.active));
  html += "</table>\n<h2>Collectors</h2>\n<table>\n";
  for (const CollectorStatus& collector : status.collectors) {
    html += row(collector.name, collector.state);
  }
  return html + "</table>\n</body>\n</html>\n";
}

HttpResponse ready(const DaemonStatus& status) {
  if (status.ready) return text_response(200, kPlain, "ready\n");
  std::string body = "not ready\n";
  for (const std::string& name : status.stale_collectors) body += name + "\n";
  return text_response(503, kPlain, std::move(body));
}

}  // namespace

std::vector<Route> landing_routes(StatusSource status) {
  const auto inlined = RouteSpeed::inline_on_event_thread;
  const auto get = [&](const char* path, std::function<HttpResponse(const HttpRequest&)> handler) {
    return Route{"GET", path, path, inlined, std::move(handler)};
  };
  return {
      get("/",
          [status](const HttpRequest&) {
            HttpResponse response = text_response(200, "text/html; charset=utf-8", page(status()));
            response.fields = kPageFields;
            return response;
          }),
      get("/style.css",
          [](const HttpRequest&) {
            HttpResponse response =
                text_response(200, "text/css; charset=utf-8", std::string(kStyle));
            response.fields = {{"X-Content-Type-Options", "nosniff"},
                               {"Cache-Control", "max-age=3600"}};
            return response;
          }),
      get("/-/healthy", [](const HttpRequest&) { return text_response(200, kPlain, "healthy\n"); }),
      get("/-/ready", [status](const HttpRequest&) { return ready(status()); }),
  };
}

}  // namespace anemon
