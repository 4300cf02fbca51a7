#include <algorithm>

#include "exporters/page/amounts.h"
#include "exporters/page/marks.h"
#include "exporters/page/sections.h"

namespace anemon {
namespace {

constexpr size_t kMaxSessions = 32;
constexpr size_t kMaxLabels = 8;

// Energy of a session is a difference of a counter's values at best.
Provenance energy_provenance(const std::vector<Signal>& signals, std::string_view component) {
  Provenance provenance = Provenance::derived;
  for (const Signal& signal : signals) {
    if (signal.metric == Metric::kEnergyJoules && signal.component == component &&
        signal.state != SignalState::absent) {
      provenance = std::max(provenance, signal.provenance);
    }
  }
  return provenance;
}

void session_row(Html& html, const OpenSession& session, const std::vector<Signal>& signals,
                 Instant now) {
  html.raw("<tr role=\"row\"><th role=\"rowheader\" scope=\"row\"><a href=\"/v1/sessions/")
      .text(session.id)
      .raw("\">")
      .text(session.name.empty() ? session.id : session.name)
      .raw("</a></th><td role=\"cell\">");
  time_ago(html, session.start, now);
  html.raw("</td><td role=\"cell\">");
  for (const auto& [component, joules] : session.energy) {
    html.raw("<span class=\"part\">").text(spoken_component(component)).raw(" <strong>");
    html.raw(joules_text(joules)).raw("</strong> ");
    provenance_mark(html, energy_provenance(signals, component));
    html.raw("</span> ");
  }
  if (session.energy.empty()) html.raw("none was read yet");
  html.raw("</td><td role=\"cell\">");
  size_t labels = 0;
  for (const auto& [name, value] : session.labels) {
    if (labels++ == kMaxLabels) {
      html.raw("and ").raw(std::to_string(session.labels.size() - kMaxLabels)).raw(" more");
      break;
    }
    html.raw("<span class=\"label\">").text(name, 64).raw("=").text(value, 64).raw("</span> ");
  }
  if (session.labels.empty()) html.raw("none");
  html.raw("</td></tr>\n");
}

}  // namespace

void sessions_section(Html& html, const SessionsStatus& sessions,
                      const std::vector<Signal>& signals, Instant now) {
  html.raw(
      "<section aria-labelledby=\"sessions-title\">\n<h2 id=\"sessions-title\">Active "
      "sessions</h2>\n");
  if (!sessions.recording) {
    html.raw("<p class=\"note\"><strong>Sessions are not recorded:</strong> ")
        .text(sessions.reason.value_or("the reason is not known"), 300)
        .raw("</p>\n");
  }
  if (sessions.open.empty()) {
    html.raw(
        "<p>None. <code>anemonctl run -- COMMAND</code> measures one command, "
        "<code>anemonctl sessions start</code> begins a session.</p>\n</section>\n");
    return;
  }
  html.raw(
      "<table class=\"wide sessions\" role=\"table\">\n<caption class=\"quiet\">Sessions that "
      "are "
      "open</caption>\n<thead role=\"rowgroup\"><tr role=\"row\">"
      "<th role=\"columnheader\" scope=\"col\">Session</th>"
      "<th role=\"columnheader\" scope=\"col\">Since</th>"
      "<th role=\"columnheader\" scope=\"col\">Energy so far</th>"
      "<th role=\"columnheader\" scope=\"col\">Labels</th></tr></thead>\n"
      "<tbody role=\"rowgroup\">\n");
  size_t shown = 0;
  for (const OpenSession& session : sessions.open) {
    if (shown++ == kMaxSessions) break;
    session_row(html, session, signals, now);
  }
  html.raw("</tbody>\n</table>\n");
  if (sessions.open.size() > kMaxSessions) {
    html.raw("<p>And ")
        .raw(std::to_string(sessions.open.size() - kMaxSessions))
        .raw(" more.</p>\n");
  }
  html.raw("</section>\n");
}

}  // namespace anemon
