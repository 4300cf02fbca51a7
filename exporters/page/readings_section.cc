#include <algorithm>

#include "exporters/page/amounts.h"
#include "exporters/page/marks.h"
#include "exporters/page/sections.h"

namespace anemon {
namespace {

constexpr size_t kFirstProcesses = 5;

void reading_row(Html& html, const PageReading& reading) {
  html.raw("<tr><th scope=\"row\">").text(reading.name);
  if (!reading.note.empty()) html.raw(" <small>").raw(reading.note).raw("</small>");
  share_bar(html, reading.share);
  if (reading.value.empty()) {
    html.raw("</th><td colspan=\"2\" class=\"why\">");
    state_mark(html, reading.state);
    if (!reading.reason.empty()) html.raw(" ").text(reading.reason);
    html.raw("</td></tr>\n");
    return;
  }
  html.raw("</th><td>").text(reading.value);
  if (reading.age) {
    html.raw(" <small>").raw(span_text(*reading.age)).raw(" old</small>");
  }
  html.raw("</td><td>");
  provenance_mark(html, reading.provenance);
  html.raw("</td></tr>\n");
}

void reading_table(Html& html, std::string_view caption, const std::vector<PageReading>& readings) {
  html.raw("<table class=\"readings\">\n<caption class=\"quiet\">")
      .raw(caption)
      .raw(
          "</caption>\n<thead class=\"unseen\"><tr><th scope=\"col\"><span "
          "class=\"quiet\">Reading"
          "</span></th><th scope=\"col\"><span class=\"quiet\">Value</span></th><th "
          "scope=\"col\">"
          "<span class=\"quiet\">Provenance</span></th></tr></thead>\n<tbody>\n");
  for (const PageReading& reading : readings) reading_row(html, reading);
  html.raw("</tbody>\n</table>\n");
}

void theme_card(Html& html, Theme theme, const PageReadings::Group& group) {
  if (group.shown.empty() && group.more.empty()) return;
  html.raw("<div class=\"card\">\n<h3>").raw(title(theme)).raw("</h3>\n");
  if (!group.shown.empty()) reading_table(html, title(theme), group.shown);
  const size_t more = group.more.size() + group.left_out;
  if (more > 0) {
    html.raw("<details id=\"more-")
        .raw(std::to_string(static_cast<size_t>(theme)))
        .raw("\"><summary>")
        .raw(std::to_string(more))
        .raw(" more<span class=\"quiet\"> readings: ")
        .raw(title(theme))
        .raw("</span></summary>\n");
    reading_table(html, std::string(title(theme)) + ", more readings", group.more);
    if (group.left_out > 0) {
      html.raw("<p>")
          .raw(std::to_string(group.left_out))
          .raw(
              " are left out here; <a href=\"/v1/metrics?values=1\">/v1/metrics</a> has "
              "them.</p>\n");
    }
    html.raw("</details>\n");
  }
  html.raw("</div>\n");
}

void process_table(Html& html, std::string_view caption, const PageProcess* begin, size_t count) {
  const bool neural = std::any_of(
      begin, begin + count, [](const PageProcess& one) { return one.neural.value_or(0) > 0; });
  html.raw("<table class=\"readings\">\n<caption class=\"quiet\">")
      .raw(caption)
      .raw("</caption>\n<thead><tr><th scope=\"col\">Process</th><th scope=\"col\">Memory ");
  provenance_mark(html, std::max_element(begin, begin + count, [](const auto& a, const auto& b) {
                          return a.provenance < b.provenance;
                        })->provenance);
  html.raw("</th>");
  if (neural) html.raw("<th scope=\"col\">For the Neural Engine</th>");
  html.raw("</tr></thead>\n<tbody>\n");
  for (const PageProcess* one = begin; one != begin + count; ++one) {
    html.raw("<tr><th scope=\"row\">");
    if (one->pid.empty()) {
      html.raw("all others together");
    } else {
      html.text(one->name, 64).raw(" <small class=\"pid\">").text(one->pid).raw("</small>");
    }
    html.raw("</th><td>");
    const auto size = one->footprint ? one->footprint : one->resident;
    html.raw(size ? bytes_text(*size) : "not known").raw("</td>");
    if (neural) {
      html.raw("<td>").raw(one->neural ? bytes_text(*one->neural) : "not known").raw("</td>");
    }
    html.raw("</tr>\n");
  }
  html.raw("</tbody>\n</table>\n");
}

void process_card(Html& html, const PageReadings& readings) {
  const std::vector<PageProcess>& list = readings.processes;
  if (list.empty()) return;
  html.raw("<div class=\"card\">\n<h3>Processes by memory</h3>\n");
  const size_t first = std::min(list.size(), kFirstProcesses);
  process_table(html, "Greatest processes", list.data(), first);
  if (list.size() > first) {
    html.raw("<details id=\"more-processes\"><summary>")
        .raw(std::to_string(list.size() - first + readings.processes_left_out))
        .raw(" more<span class=\"quiet\"> processes</span></summary>\n");
    process_table(html, "More processes", list.data() + first, list.size() - first);
    if (readings.processes_left_out > 0) {
      html.raw("<p>")
          .raw(std::to_string(readings.processes_left_out))
          .raw(
              " are left out here; <a href=\"/v1/metrics?values=1\">/v1/metrics</a> has "
              "them.</p>\n");
    }
    html.raw("</details>\n");
  }
  html.raw("</div>\n");
}

}  // namespace

void glance_section(Html& html, const PageReadings& readings) {
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
  html.raw(
      "<section aria-labelledby=\"glance-title\">\n<h2 id=\"glance-title\" class=\"quiet\">At a "
      "glance</h2>\n<dl class=\"glance\">\n");
  for (const Tile& tile : kTiles) {
    const PageReading* reading = readings.find(tile.theme, tile.metric, tile.component);
    html.raw("<div><dt>").raw(tile.name).raw("</dt><dd>");
    if (reading == nullptr) {
      html.raw("<span class=\"value none\">none</span> <small>no such reading here</small>");
    } else if (reading->value.empty()) {
      html.raw("<span class=\"value none\">").text(reading->state).raw("</span> <small>");
      html.text(reading->reason).raw("</small>");
    } else {
      html.raw("<span class=\"value\">").text(reading->value).raw("</span> <small>");
      provenance_mark(html, reading->provenance);
      if (tile.of_what) html.raw("<br>").text(reading->name);
      html.raw("</small>");
      share_bar(html, tile.metric == Metric::kPowerWatts ? std::nullopt : reading->share);
    }
    html.raw("</dd></div>\n");
  }
  html.raw("</dl>\n</section>\n");
}

void readings_section(Html& html, const PageReadings& readings) {
  html.raw(
      "<section aria-labelledby=\"readings-title\">\n<h2 id=\"readings-title\">Newest "
      "readings</h2>\n<p class=\"legend\"><span class=\"provenance measured\">measured</span>: "
      "read from a device. <span class=\"provenance derived\">derived</span>: computed from "
      "measured values. <span class=\"provenance estimated\">estimated</span>: rests on a model "
      "that may be wrong.</p>\n<div class=\"cards\">\n");
  for (size_t i = 0; i < kThemes; ++i) theme_card(html, static_cast<Theme>(i), readings.themes[i]);
  process_card(html, readings);
  html.raw("</div>\n</section>\n");
}

}  // namespace anemon
