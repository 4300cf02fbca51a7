#include <fmt/format.h>

#include "core/duration.h"
#include "core/time_expression.h"
#include "exporters/page/amounts.h"
#include "exporters/page/marks.h"
#include "exporters/page/sections.h"

namespace anemon {
namespace {

// A row of labelled facts; nothing for what is not known.
void fact(Html& html, std::string_view name, std::string_view value) {
  if (value.empty()) return;
  html.raw("<div><dt>").text(name).raw("</dt><dd>").text(value, 300).raw("</dd></div>\n");
}

std::string stale(const DaemonStatus& status) {
  std::string names;
  for (const std::string& name : status.stale_collectors) {
    names += (names.empty() ? "" : ", ") + name;
  }
  return names;
}

void collectors(Html& html, const DaemonStatus& status) {
  size_t enabled = 0;
  size_t fine = 0;
  for (const CollectorStatus& one : status.collectors) {
    enabled += one.enabled ? 1 : 0;
    fine += one.enabled && one.state == "ok" ? 1 : 0;
  }
  html.raw(
      fmt::format("<details id=\"collectors\"{}><summary>{} of {} collectors are "
                  "fine</summary>\n",
                  fine < enabled ? " open" : "", fine, enabled));
  html.raw(
      "<div class=\"scroll\" role=\"region\" aria-label=\"Collectors\" tabindex=\"0\">\n"
      "<table class=\"plain\">\n<caption class=\"quiet\">Collectors</caption>\n<thead><tr>"
      "<th scope=\"col\">Collector</th><th scope=\"col\">State</th><th scope=\"col\">Every</th>"
      "<th scope=\"col\">Passes</th><th scope=\"col\">Failed</th><th scope=\"col\">Last "
      "error</th>"
      "</tr></thead>\n<tbody>\n");
  for (const CollectorStatus& one : status.collectors) {
    html.raw("<tr><th scope=\"row\">").text(one.name).raw("</th><td>");
    state_mark(html, one.state);
    html.raw("</td><td>")
        .raw(format_duration(one.period))
        .raw("</td><td>")
        .raw(std::to_string(one.runs))
        .raw("</td><td>")
        .raw(std::to_string(one.failures))
        .raw("</td><td>")
        .text(one.last_error.value_or(""), 300)
        .raw("</td></tr>\n");
  }
  html.raw("</tbody>\n</table>\n</div>\n</details>\n");
}

}  // namespace

void daemon_section(Html& html, const DaemonStatus& status) {
  html.raw(
      "<section aria-labelledby=\"daemon-title\">\n<h2 id=\"daemon-title\">Daemon</h2>\n"
      "<dl class=\"facts\">\n");
  fact(html, "Version", status.version);
  fact(html, "Up since",
       format_time(status.started).substr(0, 19) + "Z, for " + span_text(status.uptime));
  fact(html, "Ready", status.ready ? "yes" : "no, these are not fresh: " + stale(status));
  fact(html, "Runs as",
       status.account.name.value_or("uid " + std::to_string(status.account.uid)) + ", " +
           status.account.installation);
  fact(html, "TCP", status.listen);
  fact(html, "Control socket", status.socket);
  fact(html, "Configuration", status.config.path.value_or("defaults"));
  if (!status.config.last_reload_ok) {
    fact(html, "Last reload failed", status.config.error.value_or("the reason is not known"));
  }
  html.raw("</dl>\n");
  if (!status.collectors.empty()) collectors(html, status);
  html.raw("</section>\n");
}

}  // namespace anemon
