#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string_view>
#include <vector>

#include "profiler/report/metric_unit.h"
#include "profiler/report/report.h"

namespace anemon::profiler {
namespace {

using Json = nlohmann::ordered_json;

constexpr size_t kLayers = 20;

struct Heading {
  std::string_view section, title;
};
constexpr Heading kSections[] = {
    {"timing", "Timing"}, {"throughput", "Throughput"}, {"power", "Power"},
    {"memory", "Memory"}, {"ane", "Neural Engine"},     {"latency_breakdown", "Latency breakdown"},
    {"score", "Score"}};

// As a cell of a table: no pipes, no line ends, nothing that Markdown or HTML would take for its
// own.
std::string cell(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (std::string_view("|\\`*_<>[]").find(c) != std::string_view::npos) out += '\\';
    out += c == '\n' || c == '\r' ? ' ' : c;
  }
  return out;
}

std::string text(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

std::string words(std::string_view key) {
  std::string out(metric_unit(key).name);
  std::replace(out.begin(), out.end(), '_', ' ');
  return out;
}

std::string with_unit(double value, std::string_view unit) {
  return fmt::format("{:.4g}{}{}", value, unit.empty() ? "" : " ", unit);
}

std::string value_text(const Json& value, std::string_view unit) {
  if (value.is_number()) return with_unit(value.get<double>(), unit);
  if (!value.is_object() || !value.contains("value")) return "";
  std::string out = with_unit(value["value"].get<double>(), unit);
  if (value.contains("low") && value.contains("high")) {
    out +=
        fmt::format(" ({:.4g} to {:.4g})", value["low"].get<double>(), value["high"].get<double>());
  }
  return out;
}

std::string rows(const Json& section) {
  std::string out;
  const auto note = [&](const char* of, const std::string& key) {
    const auto all = section.find(of);
    return all == section.end() ? std::string() : text(*all, key.c_str());
  };
  const auto row = [&](const std::string& name, const std::string& value, const std::string& how) {
    if (!value.empty()) out += fmt::format("| {} | {} | {} |\n", cell(name), value, how);
  };
  for (const auto& [key, value] : section.items()) {
    if (key == "percentiles" && value.is_object()) {
      for (const auto& [name, percentile] : value.items()) {
        row(name, value_text(percentile, "ms"), note("provenance", key));
      }
    } else {
      row(words(key), value_text(value, metric_unit(key).symbol), note("provenance", key));
    }
  }
  if (const auto absent = section.find("absent"); absent != section.end()) {
    for (const auto& [key, reason] : absent->items()) {
      if (reason.is_string()) row(words(key), "absent", cell(reason.get<std::string>()));
    }
  }
  return out;
}

std::string layer_rows(const Json& result) {
  const auto found = result.find("layers");
  if (found == result.end() || !found->is_array()) return {};
  std::vector<const Json*> layers;
  for (const Json& layer : *found) {
    if (layer.value("time_ms", 0.0) > 0) layers.push_back(&layer);
  }
  std::stable_sort(layers.begin(), layers.end(), [](const Json* a, const Json* b) {
    return a->value("time_ms", 0.0) > b->value("time_ms", 0.0);
  });
  const size_t all = layers.size();
  layers.resize(std::min(all, kLayers));
  std::string out;
  for (const Json* layer : layers) {
    out += fmt::format("| {} | {} | {} | {:.1f} % |\n", cell(text(*layer, "name")),
                       cell(text(*layer, "type")), with_unit(layer->value("time_ms", 0.0), "ms"),
                       100 * layer->value("time_share", 0.0));
  }
  if (all > kLayers) out += fmt::format("\n{} more.\n", all - kLayers);
  return out;
}

}  // namespace

std::string markdown_report(const Json& result) {
  const Json none = Json::object();
  const Json& model = result.contains("model") ? result["model"] : none;
  const Json& environment = result.contains("environment") ? result["environment"] : none;
  std::string out = fmt::format("# {}\n\n{} on {}, {}\n", cell(text(model, "name")),
                                cell(text(environment, "engine")), cell(text(environment, "chip")),
                                cell(text(result, "created")));
  if (const auto outcome = result.find("outcome");
      outcome != result.end() && text(*outcome, "state") != "ok") {
    out += fmt::format("\n**{}** in phase {}: {}\n", cell(text(*outcome, "state")),
                       cell(text(*outcome, "phase")), cell(text(*outcome, "message")));
  }
  if (const auto verdict = result.find("verdict"); verdict != result.end()) {
    out += fmt::format("\n**{}**: {}\n", cell(text(*verdict, "verdict")),
                       cell(text(*verdict, "words")));
  }
  for (const Heading& heading : kSections) {
    const auto section = result.find(heading.section);
    if (section == result.end() || !section->is_object()) continue;
    const std::string table = rows(*section);
    if (table.empty()) continue;
    out += fmt::format("\n## {}\n\n| | | |\n|---|---|---|\n{}", heading.title, table);
  }
  if (const std::string layers = layer_rows(result); !layers.empty()) {
    out += "\n## Layers\n\n| layer | type | time | share |\n|---|---|---|---|\n" + layers;
  }
  if (const auto advice = result.find("recommendations");
      advice != result.end() && !advice->empty()) {
    out += "\n## What to do\n\n";
    for (const Json& each : *advice) {
      out += fmt::format("* **{}** {}\n", cell(text(each, "title")), cell(text(each, "text")));
    }
  }
  return out;
}

}  // namespace anemon::profiler
