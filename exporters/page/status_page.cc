#include "exporters/page/status_page.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/duration.h"
#include "core/time_expression.h"
#include "exporters/page/amounts.h"
#include "exporters/page/html.h"
#include "exporters/page/readings.h"

namespace anemon {
namespace {

constexpr size_t kMaxSessions = 32;
constexpr size_t kMaxLabels = 8;
constexpr size_t kFirstProcesses = 5;

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

// A row of labelled facts; nothing for what is not known.
void fact(Html& html, std::string_view name, std::string_view value) {
  if (value.empty()) return;
  html.raw("<div><dt>").text(name).raw("</dt><dd>").text(value, 300).raw("</dd></div>\n");
}

void time_ago(Html& html, Instant then, Instant now) {
  html.raw("<time datetime=\"")
      .raw(format_time(then.wall))
      .raw("\">")
      .raw(span_text(now.continuous - then.continuous))
      .raw("</time>");
}

// The state in words; the shape before it only helps the eye.
void state_mark(Html& html, std::string_view state) {
  html.raw("<span class=\"state ").text(state).raw("\">").text(state).raw("</span>");
}

void provenance_mark(Html& html, Provenance provenance) {
  const std::string_view word = to_string(provenance);
  html.raw("<span class=\"provenance ").raw(word).raw("\">").raw(word).raw("</span>");
}

std::string_view bar_class(double share) { return share >= 0.9 ? "bar high" : "bar"; }

void bar(Html& html, std::optional<double> share) {
  if (!share) return;
  html.raw("<svg class=\"")
      .raw(bar_class(*share))
      .raw("\" aria-hidden=\"true\"><rect height=\"100%\" width=\"")
      .raw(fmt::format("{:.1f}%", std::clamp(*share, 0.0, 1.0) * 100))
      .raw("\"/></svg>");
}

class StatusPage {
 public:
  StatusPage(const Sources& sources, const DaemonStatus& status)
      : status_(status),
        now_(sources.clock.now()),
        signals_(sources.signals.signals()),
        readings_(page_readings(sources, signals_, now_)) {}

  std::string render() {
    head();
    html_.raw("<main id=\"main\">\n");
    glance();
    readings();
    sessions();
    signals();
    daemon();
    html_.raw("</main>\n");
    foot();
    return html_.take();
  }

 private:
  void head() {
    const HostFacts& host = status_.host;
    const std::string machine = !host.chip.empty() ? host.chip : host.os;
    html_.raw(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        "<meta name=\"color-scheme\" content=\"light dark\">\n<title>");
    html_.text(machine).raw(
        " \xC2\xB7 anemon</title>\n"
        "<link rel=\"icon\" href=\"/icon.svg\" type=\"image/svg+xml\">\n"
        "<link rel=\"stylesheet\" href=\"/page.css\">\n"
        "<script src=\"/page.js\" defer></script>\n</head>\n<body>\n"
        "<header>\n<p class=\"brand\"><img src=\"/icon.svg\" width=\"20\" height=\"20\" alt=\"\"> "
        "anemon</p>\n<div id=\"host\">\n<h1>");
    html_.text(machine).raw("</h1>\n<p class=\"host\">");
    const auto part = [&](const std::string& text) {
      if (text.empty()) return;
      html_.raw("<span>").text(text).raw("</span> ");
    };
    part(host.model);
    std::string system = host.os;
    if (!host.os_version.empty()) system += " " + host.os_version;
    if (!host.os_build.empty()) system += " (" + host.os_build + ")";
    if (machine != system) part(system);
    part(host.arch);
    if (host.virtual_machine.value_or(false)) part("virtual machine");
    html_.raw("</p>\n");
    if (host.replay) {
      html_.raw(
          "<p class=\"note\"><strong>Replay.</strong> This is a replay of a recording, not this "
          "machine.</p>\n");
    }
    html_.raw("</div>\n<div class=\"refresh\">\n<p>Read at <time id=\"read\" datetime=\"")
        .raw(format_time(now_.wall))
        .raw("\">")
        .raw(format_time(now_.wall).substr(11, 8))
        .raw(
            " UTC</time></p>\n<button id=\"pause\" type=\"button\" aria-pressed=\"false\" hidden>"
            "Pause refreshing</button>\n</div>\n"
            "<p id=\"connection\" role=\"status\"></p>\n</header>\n");
  }

  // ---- At a glance -----------------------------------------------------------------------------

  void glance() {
    struct Tile {
      std::string_view name;
      Theme theme;
      Metric metric;
      std::string_view component;
      bool of_what;  // the tile says which one it shows
    };
    static constexpr Tile kTiles[] = {
        {"Whole system", Theme::power, Metric::kPowerWatts, "system", false},
        {"Neural Engine", Theme::power, Metric::kPowerWatts, "ane", false},
        {"Neural Engine activity", Theme::neural_engine, Metric::kAneActivity, "", true},
        {"GPU active", Theme::activity, Metric::kActiveRatio, "gpu", false},
        {"Memory used", Theme::memory, Metric::kMemoryBytes, "used", false},
        {"Hottest", Theme::heat, Metric::kTemperature, "", true},
    };
    html_.raw(
        "<section aria-labelledby=\"glance-title\">\n<h2 id=\"glance-title\" class=\"quiet\">At a "
        "glance</h2>\n<dl class=\"glance\">\n");
    for (const Tile& tile : kTiles) {
      const PageReading* reading = readings_.find(tile.theme, tile.metric, tile.component);
      html_.raw("<div><dt>").raw(tile.name).raw("</dt><dd>");
      if (reading == nullptr) {
        html_.raw("<span class=\"value none\">none</span> <small>no such reading here</small>");
      } else if (reading->value.empty()) {
        html_.raw("<span class=\"value none\">").text(reading->state).raw("</span> <small>");
        html_.text(reading->reason).raw("</small>");
      } else {
        html_.raw("<span class=\"value\">").text(reading->value).raw("</span> <small>");
        provenance_mark(html_, reading->provenance);
        if (tile.of_what) html_.raw("<br>").text(reading->name);
        html_.raw("</small>");
        bar(html_, tile.metric == Metric::kPowerWatts ? std::nullopt : reading->share);
      }
      html_.raw("</dd></div>\n");
    }
    html_.raw("</dl>\n</section>\n");
  }

  // ---- Readings --------------------------------------------------------------------------------

  void readings() {
    html_.raw(
        "<section aria-labelledby=\"readings-title\">\n<h2 id=\"readings-title\">Newest "
        "readings</h2>\n<p class=\"legend\"><span class=\"provenance measured\">measured</span>: "
        "read from a device. <span class=\"provenance derived\">derived</span>: computed from "
        "measured values. <span class=\"provenance estimated\">estimated</span>: rests on a model "
        "that may be wrong.</p>\n<div class=\"cards\">\n");
    for (size_t i = 0; i < kThemes; ++i) theme(static_cast<Theme>(i), readings_.themes[i]);
    processes();
    html_.raw("</div>\n</section>\n");
  }

  void theme(Theme theme, const PageReadings::Group& group) {
    if (group.shown.empty() && group.more.empty()) return;
    html_.raw("<div class=\"card\">\n<h3>").raw(title(theme)).raw("</h3>\n");
    if (!group.shown.empty()) table(title(theme), group.shown);
    const size_t more = group.more.size() + group.left_out;
    if (more > 0) {
      html_.raw("<details id=\"more-")
          .raw(std::to_string(static_cast<size_t>(theme)))
          .raw("\"><summary>")
          .raw(std::to_string(more))
          .raw(" more<span class=\"quiet\"> readings: ")
          .raw(title(theme))
          .raw("</span></summary>\n");
      table(std::string(title(theme)) + ", more readings", group.more);
      if (group.left_out > 0) {
        html_.raw("<p>")
            .raw(std::to_string(group.left_out))
            .raw(
                " are left out here; <a href=\"/v1/metrics?values=1\">/v1/metrics</a> has "
                "them.</p>\n");
      }
      html_.raw("</details>\n");
    }
    html_.raw("</div>\n");
  }

  void table(std::string_view caption, const std::vector<PageReading>& readings) {
    html_.raw("<table class=\"readings\">\n<caption class=\"quiet\">")
        .raw(caption)
        .raw(
            "</caption>\n<thead class=\"unseen\"><tr><th scope=\"col\"><span "
            "class=\"quiet\">Reading"
            "</span></th><th scope=\"col\"><span class=\"quiet\">Value</span></th><th "
            "scope=\"col\">"
            "<span class=\"quiet\">Provenance</span></th></tr></thead>\n<tbody>\n");
    for (const PageReading& reading : readings) row(reading);
    html_.raw("</tbody>\n</table>\n");
  }

  void row(const PageReading& reading) {
    html_.raw("<tr><th scope=\"row\">").text(reading.name);
    if (!reading.note.empty()) html_.raw(" <small>").raw(reading.note).raw("</small>");
    bar(html_, reading.share);
    if (reading.value.empty()) {
      html_.raw("</th><td colspan=\"2\" class=\"why\">");
      state_mark(html_, reading.state);
      if (!reading.reason.empty()) html_.raw(" ").text(reading.reason);
      html_.raw("</td></tr>\n");
      return;
    }
    html_.raw("</th><td>").text(reading.value);
    if (reading.age) {
      html_.raw(" <small>").raw(span_text(*reading.age)).raw(" old</small>");
    }
    html_.raw("</td><td>");
    provenance_mark(html_, reading.provenance);
    html_.raw("</td></tr>\n");
  }

  void processes() {
    const std::vector<PageProcess>& list = readings_.processes;
    if (list.empty()) return;
    html_.raw("<div class=\"card\">\n<h3>Processes by memory</h3>\n");
    const size_t first = std::min(list.size(), kFirstProcesses);
    process_table("Greatest processes", list.data(), first);
    if (list.size() > first) {
      html_.raw("<details id=\"more-processes\"><summary>")
          .raw(std::to_string(list.size() - first + readings_.processes_left_out))
          .raw(" more<span class=\"quiet\"> processes</span></summary>\n");
      process_table("More processes", list.data() + first, list.size() - first);
      if (readings_.processes_left_out > 0) {
        html_.raw("<p>")
            .raw(std::to_string(readings_.processes_left_out))
            .raw(
                " are left out here; <a href=\"/v1/metrics?values=1\">/v1/metrics</a> has "
                "them.</p>\n");
      }
      html_.raw("</details>\n");
    }
    html_.raw("</div>\n");
  }

  void process_table(std::string_view caption, const PageProcess* begin, size_t count) {
    const bool neural = std::any_of(
        begin, begin + count, [](const PageProcess& one) { return one.neural.value_or(0) > 0; });
    html_.raw("<table class=\"readings\">\n<caption class=\"quiet\">")
        .raw(caption)
        .raw("</caption>\n<thead><tr><th scope=\"col\">Process</th><th scope=\"col\">Memory ");
    provenance_mark(html_, std::max_element(begin, begin + count, [](const auto& a, const auto& b) {
                             return a.provenance < b.provenance;
                           })->provenance);
    html_.raw("</th>");
    if (neural) html_.raw("<th scope=\"col\">For the Neural Engine</th>");
    html_.raw("</tr></thead>\n<tbody>\n");
    for (const PageProcess* one = begin; one != begin + count; ++one) {
      html_.raw("<tr><th scope=\"row\">");
      if (one->pid.empty()) {
        html_.raw("all others together");
      } else {
        html_.text(one->name, 64).raw(" <small>").text(one->pid).raw("</small>");
      }
      html_.raw("</th><td>");
      const auto size = one->footprint ? one->footprint : one->resident;
      html_.raw(size ? bytes_text(*size) : "not known").raw("</td>");
      if (neural) {
        html_.raw("<td>").raw(one->neural ? bytes_text(*one->neural) : "not known").raw("</td>");
      }
      html_.raw("</tr>\n");
    }
    html_.raw("</tbody>\n</table>\n");
  }

  // ---- Sessions --------------------------------------------------------------------------------

  void sessions() {
    const SessionsStatus& sessions = status_.sessions;
    html_.raw(
        "<section aria-labelledby=\"sessions-title\">\n<h2 id=\"sessions-title\">Active "
        "sessions</h2>\n");
    if (!sessions.recording) {
      html_.raw("<p class=\"note\"><strong>Sessions are not recorded:</strong> ")
          .text(sessions.reason.value_or("the reason is not known"), 300)
          .raw("</p>\n");
    }
    if (sessions.open.empty()) {
      html_.raw(
          "<p>None. <code>anemonctl run -- COMMAND</code> measures one command, "
          "<code>anemonctl sessions start</code> begins a session.</p>\n</section>\n");
      return;
    }
    html_.raw(
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
      session_row(session);
    }
    html_.raw("</tbody>\n</table>\n");
    if (sessions.open.size() > kMaxSessions) {
      html_.raw("<p>And ")
          .raw(std::to_string(sessions.open.size() - kMaxSessions))
          .raw(" more.</p>\n");
    }
    html_.raw("</section>\n");
  }

  void session_row(const OpenSession& session) {
    html_.raw("<tr role=\"row\"><th role=\"rowheader\" scope=\"row\"><a href=\"/v1/sessions/")
        .text(session.id)
        .raw("\">")
        .text(session.name.empty() ? session.id : session.name)
        .raw("</a></th><td role=\"cell\">");
    time_ago(html_, session.start, now_);
    html_.raw("</td><td role=\"cell\">");
    for (const auto& [component, joules] : session.energy) {
      html_.raw("<span class=\"part\">").text(spoken_component(component)).raw(" <strong>");
      html_.raw(joules_text(joules)).raw("</strong> ");
      provenance_mark(html_, energy_provenance(component));
      html_.raw("</span> ");
    }
    if (session.energy.empty()) html_.raw("none was read yet");
    html_.raw("</td><td role=\"cell\">");
    size_t labels = 0;
    for (const auto& [name, value] : session.labels) {
      if (labels++ == kMaxLabels) {
        html_.raw("and ").raw(std::to_string(session.labels.size() - kMaxLabels)).raw(" more");
        break;
      }
      html_.raw("<span class=\"label\">").text(name, 64).raw("=").text(value, 64).raw("</span> ");
    }
    if (session.labels.empty()) html_.raw("none");
    html_.raw("</td></tr>\n");
  }

  // Energy of a session is a difference of a counter's values at best.
  Provenance energy_provenance(std::string_view component) const {
    Provenance provenance = Provenance::derived;
    for (const Signal& signal : signals_) {
      if (signal.metric == Metric::kEnergyJoules && signal.component == component &&
          signal.state != SignalState::absent) {
        provenance = std::max(provenance, signal.provenance);
      }
    }
    return provenance;
  }

  // ---- Signals ---------------------------------------------------------------------------------

  void signals() {
    const auto live = static_cast<size_t>(
        std::count_if(signals_.begin(), signals_.end(),
                      [](const Signal& signal) { return signal.state == SignalState::live; }));
    html_
        .raw(
            "<section aria-labelledby=\"signals-title\">\n<h2 id=\"signals-title\">State of every "
            "signal</h2>\n<p>")
        .raw(fmt::format("{} of {} can be read. Absent is not zero: what cannot be read has a "
                         "reason.</p>\n",
                         live, signals_.size()));
    if (live < signals_.size()) {
      signal_table("Signals that cannot be read, and why", false);
    }
    if (live > 0) {
      html_.raw("<details id=\"live-signals\"><summary>")
          .raw(std::to_string(live))
          .raw(" live signals</summary>\n");
      signal_table("Signals that are live", true);
      html_.raw("</details>\n");
    }
    html_.raw("</section>\n");
  }

  void signal_table(std::string_view caption, bool live) {
    html_.raw("<table class=\"wide signals\" role=\"table\">\n<caption class=\"quiet\">")
        .raw(caption)
        .raw(
            "</caption>\n<thead role=\"rowgroup\"><tr role=\"row\">"
            "<th role=\"columnheader\" scope=\"col\">Signal</th>"
            "<th role=\"columnheader\" scope=\"col\">Component</th>"
            "<th role=\"columnheader\" scope=\"col\">Source</th>"
            "<th role=\"columnheader\" scope=\"col\">State</th>"
            "<th role=\"columnheader\" scope=\"col\">Reason</th>"
            "<th role=\"columnheader\" scope=\"col\">Since</th></tr></thead>\n"
            "<tbody role=\"rowgroup\">\n");
    for (const Signal& signal : signals_) {
      if ((signal.state == SignalState::live) == live) signal_row(signal);
    }
    html_.raw("</tbody>\n</table>\n");
  }

  void signal_row(const Signal& signal) {
    html_.raw("<tr role=\"row\"><th role=\"rowheader\" scope=\"row\"><code>")
        .raw(info(signal.metric).name)
        .raw("</code></th><td role=\"cell\">")
        .text(signal.component.empty() ? "all" : signal.component)
        .raw("</td><td role=\"cell\">")
        .text(signal.source)
        .raw("</td><td role=\"cell\">");
    state_mark(html_, to_string(signal.state));
    html_.raw("</td><td role=\"cell\">");
    if (signal.state == SignalState::live) {
      provenance_mark(html_, signal.provenance);
    } else {
      html_.text(signal.reason);
    }
    html_.raw("</td><td role=\"cell\">");
    time_ago(html_, signal.since, now_);
    html_.raw("</td></tr>\n");
  }

  // ---- Daemon ----------------------------------------------------------------------------------

  void daemon() {
    html_.raw(
        "<section aria-labelledby=\"daemon-title\">\n<h2 id=\"daemon-title\">Daemon</h2>\n"
        "<dl class=\"facts\">\n");
    fact(html_, "Version", status_.version);
    fact(html_, "Up since",
         format_time(status_.started).substr(0, 19) + "Z, for " + span_text(status_.uptime));
    fact(html_, "Ready", status_.ready ? "yes" : "no, these are not fresh: " + stale());
    fact(html_, "TCP", status_.listen);
    fact(html_, "Control socket", status_.socket);
    fact(html_, "Configuration", status_.config.path.value_or("defaults"));
    if (!status_.config.last_reload_ok) {
      fact(html_, "Last reload failed", status_.config.error.value_or("the reason is not known"));
    }
    html_.raw("</dl>\n");
    if (!status_.collectors.empty()) collectors();
    html_.raw("</section>\n");
  }

  std::string stale() const {
    std::string names;
    for (const std::string& name : status_.stale_collectors) {
      names += (names.empty() ? "" : ", ") + name;
    }
    return names;
  }

  void collectors() {
    const auto fine = static_cast<size_t>(
        std::count_if(status_.collectors.begin(), status_.collectors.end(),
                      [](const CollectorStatus& one) { return one.state == "ok"; }));
    html_.raw(fmt::format(
        "<details id=\"collectors\"{}><summary>{} of {} collectors are "
        "fine</summary>\n",
        fine < status_.collectors.size() ? " open" : "", fine, status_.collectors.size()));
    html_.raw(
        "<div class=\"scroll\" role=\"region\" aria-label=\"Collectors\" tabindex=\"0\">\n"
        "<table class=\"plain\">\n<caption class=\"quiet\">Collectors</caption>\n<thead><tr>"
        "<th scope=\"col\">Collector</th><th scope=\"col\">State</th><th scope=\"col\">Every</th>"
        "<th scope=\"col\">Passes</th><th scope=\"col\">Failed</th><th scope=\"col\">Last "
        "error</th>"
        "</tr></thead>\n<tbody>\n");
    for (const CollectorStatus& one : status_.collectors) {
      html_.raw("<tr><th scope=\"row\">").text(one.name).raw("</th><td>");
      state_mark(html_, one.state);
      html_.raw("</td><td>")
          .raw(format_duration(one.period))
          .raw("</td><td>")
          .raw(std::to_string(one.runs))
          .raw("</td><td>")
          .raw(std::to_string(one.failures))
          .raw("</td><td>")
          .text(one.last_error.value_or(""), 300)
          .raw("</td></tr>\n");
    }
    html_.raw("</tbody>\n</table>\n</div>\n</details>\n");
  }

  void foot() {
    html_.raw(
        "<footer>\n<h2 id=\"links-title\">Links</h2>\n<nav "
        "aria-labelledby=\"links-title\">\n<ul>\n");
    for (const Link& link : kLinks) {
      html_.raw("<li><a href=\"").text(link.path).raw("\">").text(link.path).raw("</a> ");
      html_.raw(link.text).raw("</li>\n");
    }
    html_.raw(
        "</ul>\n</nav>\n<p>Documentation: <code>docs/</code> beside the source, "
        "<code>anemonctl help</code>; what each metric means is at "
        "<a href=\"/v1/metrics\">/v1/metrics</a>.</p>\n"
        "<noscript><p>Scripts are off: reload the page for newer readings.</p></noscript>\n"
        "</footer>\n</body>\n</html>\n");
  }

  const DaemonStatus& status_;
  const Instant now_;
  const std::vector<Signal> signals_;
  const PageReadings readings_;
  Html html_;
};

}  // namespace

std::string status_page(const Sources& sources, const DaemonStatus& status) {
  return StatusPage(sources, status).render();
}

}  // namespace anemon
