#include "ctl/result_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>
#include <nlohmann/json.hpp>

#include "core/json_access.h"
#include "ctl/model_next.h"
#include "ctl/numbers.h"
#include "ctl/result_labels.h"
#include "ctl/result_values.h"
#include "ctl/words.h"

namespace anemon {
namespace {

constexpr size_t kLayersShown = 10;
constexpr size_t kMany = 3;  // numbers of a section that are absent for one reason

struct Section {
  const char* key;
  const char* title;
  const char* absent;  // "No ...", for many of its numbers
};
constexpr std::array<Section, 8> kSections = {
    {{"verdict", "Difference of B over A", "verdict"},
     {"timing", "Timing", "timing"},
     {"throughput", "Throughput", "throughput"},
     {"latency_breakdown", "Parts of a call", "parts of a call"},
     {"power", "Power", "power"},
     {"memory", "Memory", "memory"},
     {"ane", "Neural Engine", "activity of the Neural Engine"},
     {"score", "Score, of 100", "score"}}};

bool is_about_others(std::string_view key) {
  return key == "provenance" || key == "absent" || key == "basis";
}

// What is shown elsewhere, or is no number for a table.
bool has_its_own_place(std::string_view key) {
  return key == "layer_timings_ms" || key == "timeline" || key == "batch";
}

// Every number of a section, in its order.
void each_number(const Json& section,
                 const std::function<void(const std::string& key, const std::string& below,
                                          const Estimate& value)>& tell) {
  if (!section.is_object()) return;
  for (const auto& [key, value] : section.items()) {
    if (is_about_others(key)) continue;
    if (const auto number = estimate_of(value)) {
      tell(key, "", *number);
    } else if (value.is_object()) {
      for (const auto& [below, inner] : value.items()) {
        if (const auto nested = estimate_of(inner)) tell(key, below, *nested);
      }
    }
  }
}

void append(std::string& line, const std::string& part) {
  if (!part.empty()) line += (line.empty() ? "" : ", ") + part;
}

// "18 100 inferences/s" of a key in a section; empty when it is absent.
std::string part_of(const Json& result, const char* section, const char* key, std::string_view unit,
                    std::string_view after = {}) {
  const Json& owner = at(result, section);
  const auto value =
      owner.is_object() && owner.contains(key) ? estimate_of(owner[key]) : std::nullopt;
  if (!value) return {};
  return quantity_text(value->value, unit, is_estimated(owner, key)) + std::string(after);
}

std::string latency_part(const Json& result) {
  const auto median = estimate_at(result, "/timing/inference_time_ms");
  if (!median) return {};
  std::optional<double> low = median->low, high = median->high;
  if (const auto p50 = estimate_at(result, "/timing/percentiles/p50"); p50 && !low) {
    low = p50->low;
    high = p50->high;
  }
  std::string text = digits_text(median->value) + " ms";
  if (low && high) text += fmt::format(" ({} to {})", digits_text(*low), digits_text(*high));
  return text;
}

std::string engine_part(const Json& result) {
  const std::string engine = text(result, "/environment/engine");
  const std::string units = text(result, "/environment/compute_units");
  // An engine whose name says where it runs has no choice.
  const bool told = engine.empty() || units.empty() || engine.ends_with("(CPU)");
  return engine + (told ? "" : ", " + units);
}

std::string model_line(const Json& result) {
  std::string line = latency_part(result);
  const std::string kind = text(result, "/kind");
  if (kind == "transformer") {
    append(line, part_of(result, "/throughput", "tokens_per_second", "tokens/s"));
  } else if (kind == "vision") {
    append(line, part_of(result, "/throughput", "images_per_second", "images/s"));
  }
  append(line, part_of(result, "/throughput", "inferences_per_second", "inferences/s"));
  append(line, part_of(result, "/power", "energy_per_inference_joules", "J", " each"));
  append(line, engine_part(result));
  return line;
}

std::string power_line(const Json& result) {
  std::string line = part_of(result, "/power", "average_power_watts", "W", " on average");
  append(line, part_of(result, "/power", "peak_power_watts", "W", " at the peak"));
  append(line, part_of(result, "/power", "energy_per_inference_joules", "J", " per inference"));
  append(line, part_of(result, "/power", "interval_seconds", "s", " measured"));
  return line.empty() ? "power unknown" : line;
}

std::string memory_line(const Json& result) {
  std::string line = part_of(result, "/memory", "memory_usage_mb", "MB", " in use");
  append(line, part_of(result, "/memory", "peak_memory_mb", "MB", " at the peak"));
  append(line, part_of(result, "/memory", "model_memory_mb", "MB", " of model"));
  append(line, part_of(result, "/memory", "activation_memory_mb", "MB", " of activations"));
  return line.empty() ? "memory unknown" : line;
}

std::string monitor_line(const Json& result) {
  std::string line = part_of(result, "/throughput", "inferences_per_second", "inferences/s");
  append(line, latency_part(result));
  append(line, part_of(result, "/power", "average_power_watts", "W"));
  append(line, part_of(result, "/ane", "ane_utilization_percent", "% Neural Engine"));
  append(line, part_of(result, "/memory", "memory_usage_mb", "MB"));
  return line.empty() ? "nothing known" : line;
}

// A sentence of several runs: without it, their number.
std::string words_or_runs(const Json& result, const char* pointer) {
  const std::string words = text(result, pointer);
  if (!words.empty()) return words;
  return counted(static_cast<double>(at(result, "/runs").size()), "run");
}

// What is absent for one reason.
struct Absence {
  std::string reason;
  std::vector<std::string> what;
};

Absence& absence_of(std::vector<Absence>& all, const std::string& reason) {
  const auto same = std::ranges::find(all, reason, &Absence::reason);
  return same != all.end() ? *same : all.emplace_back(Absence{reason, {}});
}

// Many numbers of one section are the section.
void add_absent(const Json& section, std::string_view name, std::vector<Absence>& all) {
  const Json& absent = at(section, "/absent");
  if (!absent.is_object()) return;
  std::vector<Absence> own;
  for (const auto& [key, reason] : absent.items()) {
    if (!reason.is_string() || reason == "not asked for") continue;
    absence_of(own, reason.get<std::string>()).what.push_back(label_of(key).words);
  }
  for (Absence& each : own) {
    auto& what = absence_of(all, each.reason).what;
    if (each.what.size() >= kMany) {
      what.emplace_back(name);
    } else {
      what.insert(what.end(), each.what.begin(), each.what.end());
    }
  }
}

// As a sentence.
void add_note(std::string words, std::vector<std::string>& lines) {
  if (words.empty()) return;
  if (words.front() >= 'a' && words.front() <= 'z') words.front() -= 'a' - 'A';
  lines.push_back(printable(words) + (words.ends_with('.') ? "" : "."));
}

std::vector<std::string> strings_of(const Json& list) {
  std::vector<std::string> strings;
  if (!list.is_array()) return strings;
  for (const Json& each : list) strings.push_back(as_text(each));
  return strings;
}

void add_sentence(const Json& result, const char* pointer, std::vector<std::string>& lines) {
  add_note(text(result, pointer), lines);
}

// For people: a column without a single value says nothing.
Table without_empty_columns(Table table) {
  for (size_t i = table.columns.size(); i-- > 0;) {
    const bool empty =
        std::ranges::all_of(table.rows, [&](const auto& row) { return row[i].raw.empty(); });
    if (!empty || table.rows.empty()) continue;
    table.columns.erase(table.columns.begin() + static_cast<ptrdiff_t>(i));
    for (auto& row : table.rows) row.erase(row.begin() + static_cast<ptrdiff_t>(i));
  }
  return table;
}

std::string next_of(const Json& result) {
  const std::string id = text(result, "/id");
  if (text(result, "/outcome/state") != "ok") return {};
  // An id of a document from elsewhere may be anything.
  if (id.empty() || printable(id) != id) return {};
  return fmt::format("anemonctl report {} --to report.html", shell_word(id));
}

}  // namespace

std::string model_name(const Json& result) {
  std::string name = text(result, "/model/name");
  if (name.empty()) name = text(result, "/model/path");
  return name.empty() ? "a model" : printable(name);
}

std::string run_name(const Json& run) {
  const std::string engine = text(run, "/environment/engine");
  const std::string units = text(run, "/environment/compute_units");
  return engine + (engine.empty() || units.empty() ? "" : ", ") + units;
}

std::string result_headline(const Json& result) {
  const std::string kind = text(result, "/kind");
  const std::string state = text(result, "/outcome/state");
  std::string line;
  if (!state.empty() && state != "ok") {
    const std::string phase = text(result, "/outcome/phase");
    line = state + (phase.empty() ? "" : " in phase " + phase);
    append(line, engine_part(result));
  } else if (kind == "compare") {
    line = words_or_runs(result, "/comparison/latency/words");
  } else if (kind == "batch") {
    line = words_or_runs(result, "/sweep/analysis");
  } else if (kind == "ab") {
    line = words_or_runs(result, "/verdict/words");
  } else if (kind == "power") {
    line = power_line(result);
    append(line, engine_part(result));
  } else if (kind == "memory") {
    line = memory_line(result);
    append(line, engine_part(result));
  } else if (kind == "monitor") {
    line = monitor_line(result);
  } else {
    line = model_line(result);
  }
  if (line.empty()) line = "nothing was measured";
  // The runs of an A/B test have a model each.
  if (kind == "ab" && text(result, "/model/name").empty()) return printable(line);
  return fmt::format("{}: {}", model_name(result), printable(line));
}

Table section_table(const Json& result, const char* section, const char* title) {
  Table table{title,
              {{"", "metric", false, Column::Fit::elide},
               {"VALUE", "value", true},
               {"", "unit"},
               {"95 %", "interval", false, Column::Fit::drop},
               {"PROVENANCE", "provenance", false, Column::Fit::drop}},
              {}};
  const Json& owner = at(result, (std::string("/") + section).c_str());
  const auto p50 = estimate_at(owner, "/percentiles/p50");
  const bool is_median = p50 && value_at(owner, "/inference_time_ms") == p50->value;
  each_number(owner, [&](const std::string& key, const std::string& below, Estimate value) {
    if (has_its_own_place(key) || (is_median && below == "p50")) return;
    if (is_median && key == "inference_time_ms") value = *p50;
    const Label label = label_of(key, below);
    const auto [shown, unit] = quantity(value.value, label.unit);
    const bool estimated = is_estimated(owner, key);
    Cell interval;
    if (value.low && value.high) {
      interval = text_cell(
          fmt::format("{} to {}", digits_text(*value.low), digits_text(*value.high)), Tone::faint);
    }
    table.rows.push_back({text_cell(label.words),
                          {(estimated ? "~" : "") + shown, fmt::format("{}", value.value)},
                          {unit, unit},
                          interval,
                          text_cell(provenance_word(owner, key), Tone::faint)});
  });
  return table;
}

Table layers_table(const Json& result) {
  Table table{"",
              {{"LAYER", "name", false, Column::Fit::elide},
               {"TYPE", "type", false, Column::Fit::elide},
               {"TIME ms", "time_ms", true},
               {"SHARE %", "time_share", true},
               {"MACS", "macs", true, Column::Fit::drop},
               {"TOPS", "achieved_tops", true, Column::Fit::drop},
               {"BOUND BY", "bound", false, Column::Fit::drop},
               {"PREDICTED", "predicted_engine", false, Column::Fit::drop}},
              {}};
  std::vector<const Json*> layers;
  for (const Json& layer : at(result, "/layers")) {
    if (value_at(layer, "/time_ms").value_or(0) > 0) layers.push_back(&layer);
  }
  std::ranges::stable_sort(layers, std::greater{},
                           [](const Json* layer) { return *value_at(*layer, "/time_ms"); });
  const size_t all = layers.size();
  layers.resize(std::min(all, kLayersShown));
  if (all == 0) return table;
  table.title = all == layers.size() ? "Layers" : fmt::format("Costliest of {} layers", all);
  for (const Json* layer : layers) {
    Cell share = number_cell(value_at(*layer, "/time_share"), {1, 100});
    table.rows.push_back({text_cell(text(*layer, "/name")), text_cell(text(*layer, "/type")),
                          result_cell(*layer, "time_ms"), share, result_cell(*layer, "macs"),
                          result_cell(*layer, "achieved_tops"), text_cell(text(*layer, "/bound")),
                          text_cell(text(*layer, "/predicted_engine"))});
  }
  return table;
}

std::vector<std::string> absent_lines(const Json& result) {
  std::vector<Absence> all;
  add_absent(result, "rest", all);
  for (const Section& section : kSections) {
    const std::string_view key = section.key;
    // Told by the parts that are absent above, and by the verdict's own words.
    if (key == "score" || key == "verdict") continue;
    // What only another question would tell.
    Json owner = at(result, (std::string("/") + section.key).c_str());
    const std::string kind = text(result, "/kind");
    if (owner.is_object() && owner.contains("absent") && owner["absent"].is_object()) {
      if (kind != "transformer") owner["absent"].erase("tokens_per_second");
      if (kind != "vision") owner["absent"].erase("images_per_second");
    }
    add_absent(owner, section.absent, all);
  }
  std::vector<std::string> lines;
  for (const Absence& each : all) {
    lines.push_back(printable(fmt::format("No {}: {}{}", fmt::join(each.what, ", nor "),
                                          each.reason, each.reason.ends_with('.') ? "" : ".")));
  }
  const std::string missing =
      fmt::format("{}", fmt::join(strings_of(at(result, "/score/missing")), ", "));
  if (!missing.empty()) lines.push_back(printable(fmt::format("No score without {}.", missing)));
  return lines;
}

std::string environment_sentence(const Json& result) {
  std::string line;
  const Json& environment = at(result, "/environment");
  append(line, text(environment, "/chip"));
  std::string os = text(environment, "/os");
  for (const char* more : {"/os_version", "/os_build"}) {
    const std::string part = text(environment, more);
    if (!part.empty()) os += (os.empty() ? "" : " ") + part;
  }
  append(line, os);
  std::string engine = text(environment, "/engine");
  const std::string version = text(environment, "/engine_version");
  if (!version.empty()) engine += fmt::format(" ({})", version);
  append(line, engine);
  if (const auto threads = value_at(environment, "/threads"); threads && *threads > 0) {
    append(line, counted(*threads, "thread"));
  }
  const std::string source = text(environment, "/power_source");
  if (!source.empty()) append(line, "power from " + source);
  if (flag(environment, "/low_power_mode")) append(line, "low-power mode");
  const std::string pressure = text(environment, "/thermal_pressure");
  if (!pressure.empty()) append(line, "thermal pressure " + pressure);
  return line.empty() ? line : "On " + printable(line) + '.';
}

Table flat_result(const Json& result) {
  Table table{"",
              {{"SECTION", "section"},
               {"METRIC", "metric"},
               {"VALUE", "value", true},
               {"LOW", "low", true},
               {"HIGH", "high", true},
               {"UNIT", "unit"},
               {"PROVENANCE", "provenance"}},
              {}};
  for (const Section& section : kSections) {
    const Json& owner = at(result, (std::string("/") + section.key).c_str());
    each_number(owner,
                [&](const std::string& key, const std::string& below, const Estimate& value) {
                  table.rows.push_back(
                      {text_cell(section.key), text_cell(below.empty() ? key : key + '.' + below),
                       number_cell(value.value), number_cell(value.low), number_cell(value.high),
                       text_cell(label_of(key).unit), text_cell(provenance_word(owner, key))});
                });
  }
  return table;
}

Report result_report(std::shared_ptr<const Json> result) {
  const Json& document = *result;
  Report report;
  report.headline = result_headline(document);
  const Table comparison = comparison_table(document);
  const Table sweep = sweep_table(document);
  report.tables = {comparison, sweep};
  for (const Section& section : kSections) {
    report.tables.push_back(section_table(document, section.key, section.title));
  }
  report.tables.push_back(layers_table(document));
  for (Table& table : report.tables) table = without_empty_columns(std::move(table));
  report.flat = !sweep.rows.empty()        ? sweep
                : !comparison.rows.empty() ? comparison
                                           : flat_result(document);
  for (const char* objective : {"throughput", "energy", "memory"}) {
    add_sentence(document, fmt::format("/comparison/{}/words", objective).c_str(), report.lines);
  }
  add_sentence(document, "/comparison/recommendation", report.lines);
  for (const char* list : {"/comparison/notes", "/reconciliation/notes"}) {
    for (std::string& note : strings_of(at(document, list))) {
      add_note(std::move(note), report.notes);
    }
  }
  add_sentence(document, "/timing/steadiness", report.notes);
  if (const std::string outliers = text(document, "/timing/outliers"); !outliers.empty()) {
    add_note("outliers: " + outliers, report.notes);
  }
  add_sentence(document, "/reconciliation/words", report.notes);
  for (std::string& line : absent_lines(document)) report.notes.push_back(std::move(line));
  if (std::string line = environment_sentence(document); !line.empty()) {
    report.notes.push_back(std::move(line));
  }
  report.next = next_of(document);
  report.document = std::move(result);
  return report;
}

}  // namespace anemon
