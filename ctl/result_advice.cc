#include "ctl/result_advice.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "core/json_access.h"
#include "ctl/model_next.h"
#include "ctl/numbers.h"
#include "ctl/result_text.h"
#include "ctl/result_values.h"
#include "ctl/words.h"

namespace anemon {
namespace {

// What one recommendation saves: "~0.42 ms, 1.5 MB"; empty when nobody can tell.
std::string saving_of(const Json& each) {
  std::vector<std::string> parts;
  const auto add = [&](const char* key, double scale, std::string_view unit) {
    const auto value = value_at(each, fmt::format("/{}", key).c_str());
    if (value) parts.push_back(quantity_text(*value * scale, unit, is_estimated(each, key)));
  };
  add("seconds_saved", 1e3, "ms");
  add("time_saved_ms", 1, "ms");
  add("bytes_saved", 1, "B");
  add("joules_saved", 1, "J");
  if (const auto speedup = value_at(each, "/speedup")) {
    parts.push_back(fmt::format("{}{} times as fast", is_estimated(each, "speedup") ? "~" : "",
                                digits_text(*speedup)));
  }
  if (const std::string words = text(each, "/saving"); !words.empty()) parts.push_back(words);
  return fmt::format("{}", fmt::join(parts, ", "));
}

std::string change_of(const Json& each) {
  const std::string change = text(each, "/change");
  return change.empty() ? text(each, "/text") : change;
}

Table advice_table(const Json& result) {
  Table table{"",
              {{"RANK", "rank", true},
               {"ID", "id"},
               {"TITLE", "title", false, Column::Fit::elide},
               {"SAVES", "saves"},
               {"CHANGE", "change", false, Column::Fit::elide},
               {"BASIS", "basis", false, Column::Fit::elide}},
              {}};
  double rank = 0;
  for (const Json& each : at(result, "/recommendations")) {
    table.rows.push_back({number_cell(++rank, {0}), text_cell(text(each, "/id")),
                          text_cell(text(each, "/title")), text_cell(saving_of(each)),
                          text_cell(change_of(each)), text_cell(text(each, "/basis"))});
  }
  return table;
}

std::vector<std::string> advice_lines(const Json& result) {
  std::vector<std::string> lines;
  size_t rank = 0;
  for (const Json& each : at(result, "/recommendations")) {
    const std::string id = text(each, "/id");
    const std::string saving = saving_of(each);
    lines.push_back(printable(fmt::format("{}. {}{}{}", ++rank, text(each, "/title"),
                                          id.empty() ? "" : " [" + id + "]",
                                          saving.empty() ? "" : ": saves " + saving)));
    const auto add = [&](std::string_view title, const std::string& words) {
      if (!words.empty()) lines.push_back(printable(fmt::format("   {}: {}", title, words)));
    };
    add("change", change_of(each));
    const std::string confidence = text(each, "/confidence");
    add("basis", text(each, "/basis") + (confidence.empty() ? "" : " (" + confidence + ")"));
  }
  return lines;
}

struct Part {
  const char* key;
  const char* words;
  double most;
  const char* input;  // its number, in the result
  const char* unit;
};
constexpr Part kParts[] = {
    {"performance", "performance", 40, "/throughput/inferences_per_second", "inferences/s"},
    {"power", "power efficiency", 40, "/power/efficiency_tops_per_watt", "TOPS/W"},
    {"memory", "memory efficiency", 20, "/memory/peak_memory_mb", "MB at the peak"}};

}  // namespace

Report advice_report(std::shared_ptr<const Json> result) {
  const Json& document = *result;
  const size_t count = at(document, "/recommendations").size();
  Report report;
  report.headline = fmt::format("{}; {}", result_headline(document),
                                count == 0 ? "nothing that the numbers support"
                                           : counted(static_cast<double>(count), "recommendation"));
  report.flat = advice_table(document);
  report.lines = advice_lines(document);
  if (const std::string words = text(document, "/reconciliation/words"); !words.empty()) {
    report.notes.push_back(printable(words));
  }
  if (count > 0) {
    report.notes.push_back("Savings are of one inference and do not add up; ~ marks estimates.");
  }
  if (const std::string id = text(document, "/id"); !id.empty() && printable(id) == id) {
    report.next = "anemonctl results show " + shell_word(id);
  }
  report.document = std::move(result);
  return report;
}

Report score_report(std::shared_ptr<const Json> result) {
  const Json& document = *result;
  const Json& score = at(document, "/score");
  Report report;
  Table table{
      "",
      {{"PART", "part"}, {"POINTS", "points", true}, {"OF", "most", true}, {"FROM", "from"}},
      {}};
  for (const Part& part : kParts) {
    const auto input = value_at(document, part.input);
    table.rows.push_back({text_cell(part.words), result_cell(score, part.key),
                          number_cell(part.most, {0}),
                          text_cell(input ? quantity_text(*input, part.unit) : std::string())});
  }
  const auto total = value_at(score, "/score");
  report.headline = fmt::format(
      "{}: {}", model_name(document),
      total
          ? fmt::format("{}{} of 100", is_estimated(score, "score") ? "~" : "", digits_text(*total))
          : "no score");
  report.tables = {std::move(table)};
  if (const std::string why = text(score, "/absent/score"); !why.empty()) {
    report.notes.push_back(printable(fmt::format("No score: {}.", why)));
  }
  report.document = std::make_shared<const Json>(Json{{"schema", "anemon.score/1"},
                                                      {"id", at(document, "/id")},
                                                      {"model", at(document, "/model")},
                                                      {"score", score}});
  return report;
}

}  // namespace anemon
