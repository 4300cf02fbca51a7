#include "exporters/page/status_page.h"

#include "core/time_expression.h"
#include "exporters/page/html.h"
#include "exporters/page/readings.h"
#include "exporters/page/sections.h"

namespace anemon {
namespace {

struct Link {
  std::string_view path, text;
};
constexpr Link kLinks[] = {
    {"/metrics", "metrics for Prometheus"},
    {"/v1/status", "the daemon, its collectors and signals, as JSON"},
    {"/v1/metrics?values=1", "everything that can be read here, with values"},
    {"/v1/sessions", "monitoring sessions"},
    {"/-/healthy", "is the process alive?"},
    {"/-/ready", "are all readings fresh?"},
};

void page_head(Html& html, const HostFacts& host, Instant now) {
  const std::string machine = !host.chip.empty() ? host.chip : host.os;
  html.raw(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"color-scheme\" content=\"light dark\">\n<title>");
  html.text(machine).raw(
      " \xC2\xB7 anemon</title>\n"
      "<link rel=\"icon\" href=\"/icon.svg\" type=\"image/svg+xml\">\n"
      "<link rel=\"stylesheet\" href=\"/page.css\">\n"
      "<script src=\"/page.js\" defer></script>\n</head>\n<body>\n"
      "<header>\n<p class=\"brand\"><img src=\"/icon.svg\" width=\"20\" height=\"20\" alt=\"\"> "
      "anemon</p>\n<div id=\"host\">\n<h1>");
  html.text(machine).raw("</h1>\n<p class=\"host\">");
  const auto part = [&](const std::string& text) {
    if (text.empty()) return;
    html.raw("<span>").text(text).raw("</span> ");
  };
  part(host.model);
  std::string system = host.os;
  if (!host.os_version.empty()) system += " " + host.os_version;
  if (!host.os_build.empty()) system += " (" + host.os_build + ")";
  if (machine != system) part(system);
  part(host.arch);
  if (host.virtual_machine.value_or(false)) part("virtual machine");
  html.raw("</p>\n");
  if (host.replay) {
    html.raw(
        "<p class=\"note\"><strong>Replay.</strong> This is a replay of a recording, not this "
        "machine.</p>\n");
  }
  html.raw("</div>\n<div class=\"refresh\">\n<p>Read at <time id=\"read\" datetime=\"")
      .raw(format_time(now.wall))
      .raw("\">")
      .raw(format_time(now.wall).substr(11, 8))
      .raw(
          " UTC</time></p>\n<button id=\"pause\" type=\"button\" aria-pressed=\"false\" hidden>"
          "Pause refreshing</button>\n</div>\n"
          "<p id=\"connection\" role=\"status\"></p>\n</header>\n");
}

void page_foot(Html& html) {
  html.raw(
      "<footer>\n<h2 id=\"links-title\">Links</h2>\n<nav "
      "aria-labelledby=\"links-title\">\n<ul>\n");
  for (const Link& link : kLinks) {
    html.raw("<li><a href=\"").text(link.path).raw("\">").text(link.path).raw("</a> ");
    html.raw(link.text).raw("</li>\n");
  }
  html.raw(
      "</ul>\n</nav>\n<p>Documentation: <code>docs/</code> beside the source, "
      "<code>anemonctl help</code>; what each metric means is at "
      "<a href=\"/v1/metrics\">/v1/metrics</a>.</p>\n"
      "<noscript><p>Scripts are off: reload the page for newer readings.</p></noscript>\n"
      "</footer>\n</body>\n</html>\n");
}

}  // namespace

std::string status_page(const Sources& sources, const DaemonStatus& status) {
  const Instant now = sources.clock.now();
  const std::vector<Signal> signals = sources.signals.signals();
  const PageReadings readings = page_readings(sources, signals, now);
  Html html;
  page_head(html, status.host, now);
  html.raw("<main id=\"main\">\n");
  glance_section(html, readings);
  readings_section(html, readings);
  sessions_section(html, status.sessions, signals, now);
  signals_section(html, signals, now);
  daemon_section(html, status);
  html.raw("</main>\n");
  page_foot(html);
  return html.take();
}

}  // namespace anemon
