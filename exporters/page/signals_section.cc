#include <fmt/format.h>

#include <algorithm>

#include "exporters/page/marks.h"
#include "exporters/page/sections.h"

namespace anemon {
namespace {

void signal_row(Html& html, const Signal& signal, Instant now) {
  html.raw("<tr role=\"row\"><th role=\"rowheader\" scope=\"row\"><code>")
      .raw(info(signal.metric).name)
      .raw("</code></th><td role=\"cell\">")
      .text(signal.component.empty() ? "all" : signal.component)
      .raw("</td><td role=\"cell\">")
      .text(signal.source)
      .raw("</td><td role=\"cell\">");
  state_mark(html, to_string(signal.state));
  html.raw("</td><td role=\"cell\">");
  if (signal.state == SignalState::live) {
    provenance_mark(html, signal.provenance);
  } else {
    html.text(signal.reason);
  }
  html.raw("</td><td role=\"cell\">");
  time_ago(html, signal.since, now);
  html.raw("</td></tr>\n");
}

void signal_table(Html& html, const std::vector<Signal>& signals, Instant now,
                  std::string_view caption, bool live) {
  html.raw("<table class=\"wide signals\" role=\"table\">\n<caption class=\"quiet\">")
      .raw(caption)
      .raw(
          "</caption>\n<thead role=\"rowgroup\"><tr role=\"row\">"
          "<th role=\"columnheader\" scope=\"col\">Signal</th>"
          "<th role=\"columnheader\" scope=\"col\">Component</th>"
          "<th role=\"columnheader\" scope=\"col\">Source</th>"
          "<th role=\"columnheader\" scope=\"col\">State</th>"
          "<th role=\"columnheader\" scope=\"col\">")
      .raw(live ? "Provenance" : "Reason")
      .raw(
          "</th>"
          "<th role=\"columnheader\" scope=\"col\">Since</th></tr></thead>\n"
          "<tbody role=\"rowgroup\">\n");
  for (const Signal& signal : signals) {
    if ((signal.state == SignalState::live) == live) signal_row(html, signal, now);
  }
  html.raw("</tbody>\n</table>\n");
}

}  // namespace

void signals_section(Html& html, const std::vector<Signal>& signals, Instant now) {
  const auto live =
      static_cast<size_t>(std::count_if(signals.begin(), signals.end(), [](const Signal& signal) {
        return signal.state == SignalState::live;
      }));
  html.raw(
          "<section aria-labelledby=\"signals-title\">\n<h2 id=\"signals-title\">State of every "
          "signal</h2>\n<p>")
      .raw(fmt::format("{} of {} can be read. Absent is not zero: what cannot be read has a "
                       "reason.</p>\n",
                       live, signals.size()));
  if (live < signals.size()) {
    signal_table(html, signals, now, "Signals that cannot be read, and why", false);
  }
  if (live > 0) {
    html.raw("<details id=\"live-signals\"><summary>")
        .raw(std::to_string(live))
        .raw(" live signals</summary>\n");
    signal_table(html, signals, now, "Signals that are live", true);
    html.raw("</details>\n");
  }
  html.raw("</section>\n");
}

}  // namespace anemon
