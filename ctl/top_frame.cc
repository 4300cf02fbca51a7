#include "ctl/top_frame.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/json_access.h"
#include "core/time_expression.h"
#include "ctl/engine_facts.h"
#include "ctl/numbers.h"
#include "ctl/table.h"
#include "ctl/words.h"

namespace anemon {
namespace {

constexpr size_t kBarWidth = 16;

std::string bar(double ratio, bool utf8) {
  const auto filled =
      static_cast<size_t>(std::clamp(ratio, 0.0, 1.0) * static_cast<double>(kBarWidth) + 0.5);
  std::string result;
  for (size_t i = 0; i < kBarWidth; ++i) {
    if (i < filled) {
      result += utf8 ? "█" : "#";
    } else {
      result += utf8 ? "·" : ".";
    }
  }
  return result;
}

// "sensor 54.5, sensor 38.0": one metric's series by one label, with a scale and decimals.
std::string listed(const MetricsSnapshot& now, std::string_view metric, const char* label,
                   double scale, int decimals, const char* unit, size_t most) {
  std::string line;
  size_t count = 0;
  for (const Json& reading : now.values(metric)) {
    const auto value = number(reading, "/value");
    if (!value || ++count > most) continue;
    line += fmt::format("{}{} {}{:.{}f}{}", line.empty() ? "" : "  ", text(reading, label),
                        is_estimated(reading) ? "~" : "", *value * scale, decimals, unit);
  }
  return line;
}

class Frame {
 public:
  explicit Frame(const TopView& view) : view_(view) {}

  void add(const std::string& line, Tone tone = Tone::plain) {
    const std::string fitted = cut(printable(line), static_cast<size_t>(std::max(view_.width, 1)));
    lines_.push_back(toned(fitted, tone, view_.color));
  }
  // A heading of fixed width, then what it says; nothing when it says nothing.
  void add_fact(const char* name, const std::string& fact) {
    if (!fact.empty()) add(fmt::format("{:<8}{}", name, fact));
  }
  size_t room() const {
    const auto height = static_cast<size_t>(std::max(view_.height, 1));
    return height > lines_.size() ? height - lines_.size() : 0;
  }
  std::vector<std::string> take() {
    const auto height = static_cast<size_t>(std::max(view_.height, 1));
    if (lines_.size() > height) lines_.resize(height);
    return std::move(lines_);
  }

 private:
  static std::string cut(std::string line, size_t width) {
    while (display_width(line) > width) line.pop_back();
    return line;
  }

  const TopView& view_;
  std::vector<std::string> lines_;
};

void add_power(Frame& frame, const MetricsSnapshot& now, const TopView& view) {
  const Json& values = now.values("anemon_power_watts");
  double scale = 0;
  for (const Json& reading : now.values("anemon_power_peak_watts")) {
    scale = std::max(scale, number(reading, "/value").value_or(0));
  }
  for (const Json& reading : values) {
    scale = std::max(scale, number(reading, "/value").value_or(0));
  }
  for (const Json& reading : values) {
    const auto watts = number(reading, "/value");
    if (!watts) continue;
    const std::string component = text(reading, "/labels/component");
    const auto peak =
        now.value("anemon_power_peak_watts", {{"component", component}, {"window", "60s"}});
    frame.add(fmt::format("{:<8}{:<10}{} {:>9} W{}", &reading == &values.front() ? "Power" : "",
                          elide_middle(component, 9, view.utf8),
                          bar(scale > 0 ? *watts / scale : 0, view.utf8),
                          fmt::format("{}{:.2f}", is_estimated(reading) ? "~" : "", *watts),
                          peak ? fmt::format("   peak {:.2f} W", *peak) : ""));
  }
  if (values.empty()) {
    // Power comes from energy, whose signals know more.
    std::string reason = now.reason("anemon_energy_joules_total");
    if (reason.empty()) reason = now.reason("anemon_power_watts");
    frame.add_fact("Power", "-  " + (reason.empty() ? "no reading yet" : reason));
  }
  // Without a reading: why there is none.
  if (const std::string ane = ane_power_text(now); ane.starts_with('-')) {
    frame.add_fact("Power", "ane       " + ane);
  }
}

void add_engines(Frame& frame, const MetricsSnapshot& now, const TopView& view) {
  bool first = true;
  for (const Json& reading : now.values("anemon_active_ratio")) {
    const double ratio = number(reading, "/value").value_or(0);
    frame.add(fmt::format("{:<8}{:<10}{} {:>9.1f} %", first ? "Active" : "",
                          elide_middle(text(reading, "/labels/domain"), 9, view.utf8),
                          bar(ratio, view.utf8), ratio * 100));
    first = false;
  }
  for (const Json& reading : now.values("anemon_ane_activity_ratio")) {
    const double ratio = number(reading, "/value").value_or(0);
    const std::string signal =
        text(reading, "/labels/engine") + ' ' + text(reading, "/labels/signal");
    frame.add(fmt::format("{:<8}{:<10}{} {:>9.1f} %", "ANE", elide_middle(signal, 9, view.utf8),
                          bar(ratio, view.utf8), ratio * 100));
  }
  frame.add_fact("Clock",
                 listed(now, "anemon_frequency_hertz", "/labels/domain", 1e-9, 2, " GHz", 5));
}

void add_memory(Frame& frame, const MetricsSnapshot& now, const TopView& view) {
  const auto used = now.value("anemon_memory_bytes", {{"kind", "used"}});
  const auto total = now.value("anemon_memory_bytes", {{"kind", "total"}});
  if (!used || total.value_or(0) <= 0) return;
  const auto swap = now.value("anemon_swap_bytes", {{"kind", "used"}});
  frame.add(fmt::format("{:<8}{:<10}{} {:>9.1f} %   {} of {}{}", "Memory", "",
                        bar(*used / *total, view.utf8), 100 * *used / *total, bytes_text(used),
                        bytes_text(total),
                        swap.value_or(0) > 0 ? ", swap " + bytes_text(swap) : ""));
}

void add_heat(Frame& frame, const MetricsSnapshot& now) {
  std::string line = heat_text(now);  // every sensor would fill the screen
  const std::string fans = listed(now, "anemon_fan_speed_rpm", "/labels/fan", 1, 0, " rpm", 2);
  if (!fans.empty()) line += (line.empty() ? "" : "  ") + fans;
  frame.add_fact("Heat", line);
}

void add_tasks(Frame& frame, const MetricsSnapshot& now, const MetricsSnapshot* before,
               const TopView& view) {
  Table table;
  table.columns = {{"PID", "pid", true},
                   {"PROCESS", "process", false, Column::Fit::elide},
                   {"CPU %", "cpu", true},
                   {"RESIDENT MiB", "resident", true},
                   {"THREADS", "threads", true}};
  const size_t room = frame.room();
  if (room < 4) return;
  for (const TaskRow& row : task_rows(now, before, view.order)) {
    if (table.rows.size() + 4 > room) break;
    table.rows.push_back(
        {text_cell(row.pid), text_cell(row.process), number_cell(row.cpu_ratio, {1, 100}),
         number_cell(row.resident_bytes, {1, 1.0 / (1 << 20)}), number_cell(row.threads, {0})});
  }
  frame.add("");
  TableStyle style;
  style.width = view.width;
  style.utf8 = view.utf8;
  const std::string lines = table_text(table, style);
  for (const auto line : split(lines, '\n')) {
    if (!line.empty()) frame.add(std::string(line));
  }
}

}  // namespace

std::vector<TaskRow> task_rows(const MetricsSnapshot& now, const MetricsSnapshot* before,
                               TaskOrder order) {
  std::vector<TaskRow> rows;
  for (const Json& reading : now.values("anemon_task_resident_bytes")) {
    TaskRow row;
    row.pid = text(reading, "/labels/pid");
    row.process = text(reading, "/labels/process");
    const std::initializer_list<MetricsSnapshot::Label> labels = {{"pid", row.pid},
                                                                  {"process", row.process}};
    row.resident_bytes = number(reading, "/value");
    row.threads = now.value("anemon_task_threads", labels);
    if (before != nullptr) {
      const Json& current = now.find("anemon_task_cpu_seconds_total", labels);
      const Json& former = before->find("anemon_task_cpu_seconds_total", labels);
      const auto current_seconds = number(current, "/value");
      const auto former_seconds = number(former, "/value");
      const auto until = parse_time(text(current, "/time"), {});
      const auto since = parse_time(text(former, "/time"), {});
      // A counter that fell belongs to another process with the same pid.
      if (current_seconds && former_seconds && until && since && *until > *since &&
          *current_seconds >= *former_seconds) {
        row.cpu_ratio = (*current_seconds - *former_seconds) / to_seconds(*until - *since);
      }
    }
    rows.push_back(std::move(row));
  }
  std::ranges::stable_sort(rows, [&](const TaskRow& a, const TaskRow& b) {
    if (a.pid.empty() != b.pid.empty()) return b.pid.empty();  // the sum of the rest comes last
    if (order == TaskOrder::by_cpu && a.cpu_ratio != b.cpu_ratio) {
      return a.cpu_ratio.value_or(-1) > b.cpu_ratio.value_or(-1);
    }
    return a.resident_bytes.value_or(0) > b.resident_bytes.value_or(0);
  });
  return rows;
}

std::vector<std::string> top_frame(const MetricsSnapshot& now, const MetricsSnapshot* before,
                                   const TopView& view) {
  TopView content = view;
  content.height = std::max(1, view.height - 1);  // the last line is the footer
  Frame frame(content);
  const std::string state = !view.problem.empty() ? "  " + view.problem
                            : view.paused         ? "  paused"
                                                  : "";
  const std::string chip = chip_name(now);
  frame.add(fmt::format("anemon  {} UTC{}{}", clock_text(now.time()),
                        chip.empty() ? "" : "  " + chip, state),
            view.problem.empty() ? Tone::plain : Tone::bad);
  frame.add("");
  if (view.help) {
    for (const char* line : {"q  quit", "p  pause, or go on", "s  sort processes by memory or CPU",
                             "?  this help", "", "~  marks an estimate, - what is unknown"}) {
      frame.add(line);
    }
  } else {
    add_power(frame, now, content);
    add_engines(frame, now, content);
    add_memory(frame, now, content);
    add_heat(frame, now);
    if (const auto load = now.value("anemon_load1")) frame.add_fact("Load", short_number(*load));
    add_tasks(frame, now, before, content);
  }
  std::vector<std::string> lines = frame.take();
  lines.resize(static_cast<size_t>(content.height));
  const char* order = view.order == TaskOrder::by_cpu ? "CPU" : "memory";
  lines.push_back(
      toned(fmt::format("q quit  p pause  s sort ({})  ? help", order), Tone::faint, view.color));
  return lines;
}

std::string top_line(const MetricsSnapshot& now) {
  std::string line = clock_text(now.time());
  const auto add = [&](const std::string& part) {
    if (!part.empty()) line += "  " + part;
  };
  std::string power = listed(now, "anemon_power_watts", "/labels/component", 1, 2, " W", 8);
  add(power.empty() ? "power -" : power);
  add(listed(now, "anemon_active_ratio", "/labels/domain", 100, 0, " %", 4));
  const auto used = now.value("anemon_memory_bytes", {{"kind", "used"}});
  const auto total = now.value("anemon_memory_bytes", {{"kind", "total"}});
  if (used && total) add("memory " + bytes_text(used) + " of " + bytes_text(total));
  double hottest = -1e9;
  for (const Json& reading : now.values("anemon_temperature_celsius")) {
    hottest = std::max(hottest, number(reading, "/value").value_or(hottest));
  }
  if (hottest > -1e9) add(fmt::format("hottest {:.1f} C", hottest));
  return line;
}

}  // namespace anemon
