// anemonctl model validate: what keeps a model off the Neural Engine or slows it there.
#include <fmt/format.h>

#include <algorithm>

#include "ctl/handlers.h"
#include "ctl/model_labels.h"
#include "ctl/model_next.h"
#include "ctl/model_printer.h"
#include "ctl/numbers.h"
#include "ctl/words.h"

namespace anemon {
namespace {

Tone tone_of(models::Severity severity) {
  switch (severity) {
    case models::Severity::error:
      return Tone::bad;
    case models::Severity::warning:
      return Tone::warning;
    case models::Severity::info:
      break;
  }
  return Tone::faint;
}

std::string where(const models::Finding& finding) {
  if (finding.member.empty()) return finding.function;
  return finding.member + (finding.function.empty() ? "" : '/' + finding.function);
}

Table findings_table(const std::vector<models::Finding>& findings) {
  Table table;
  table.columns = {{"SEVERITY", "severity"},
                   {"RULE", "rule"},
                   {"CONFIDENCE", "confidence"},
                   {"WHERE", "where", false, Column::Fit::elide},
                   {"OPERATIONS", "operations", true},
                   {"WHAT", "what", false, Column::Fit::elide},
                   {"WHY", "why", false, Column::Fit::elide},
                   {"CHANGE", "change", false, Column::Fit::elide},
                   {"EFFECT", "effect", false, Column::Fit::elide},
                   {"SAVES MS", "seconds_saved", true},
                   {"SAVES BYTES", "bytes_saved", true},
                   {"SOURCE", "source", false, Column::Fit::elide}};
  for (const models::Finding& finding : findings) {
    table.rows.push_back(
        {text_cell(name_of(finding.severity), tone_of(finding.severity)), text_cell(finding.rule),
         text_cell(name_of(finding.confidence)), name_cell(where(finding)),
         number_cell(double(finding.operations.size()), {0}), name_cell(finding.what),
         name_cell(finding.why), name_cell(finding.change), name_cell(finding.effect),
         milliseconds_cell(finding.seconds_saved), bytes_cell(finding.bytes_saved),
         name_cell(finding.source)});
  }
  return table;
}

// Sentences are no use in columns: each finding is a block of lines.
std::vector<std::string> blocks(const std::vector<models::Finding>& findings, bool color) {
  std::vector<std::string> lines;
  for (const models::Finding& finding : findings) {
    const std::string place = where(finding);
    lines.push_back(fmt::format(
        "{} {} {}{}", toned(name_of(finding.severity), tone_of(finding.severity), color),
        finding.rule, place.empty() ? "" : printable(place) + ": ", printable(finding.what)));
    const auto add = [&](std::string_view title, std::string_view text) {
      if (!text.empty()) lines.push_back(fmt::format("  {}: {}", title, printable(text)));
    };
    add("why", finding.why);
    add("change", finding.change);
    add("effect", finding.effect);
    add("source", fmt::format("{} ({})", finding.source, name_of(finding.confidence)));
  }
  return lines;
}

Report validated(const ModelStudy& study, const Context& context, bool strict, bool& good) {
  const std::vector<models::Finding>& findings = study.report().findings;
  const auto count = [&](models::Severity severity) {
    return static_cast<size_t>(std::ranges::count(findings, severity, &models::Finding::severity));
  };
  const size_t errors = count(models::Severity::error);
  const size_t warnings = count(models::Severity::warning);
  good = errors == 0 && (warnings == 0 || !strict);
  Report report;
  if (context.out.format == Format::json) return report;
  report.headline =
      fmt::format("{}: {} on {}", printable(study.file()),
                  findings.empty() ? "nothing found"
                                   : fmt::format("{}, {}", counted(double(errors), "error"),
                                                 counted(double(warnings), "warning")),
                  chip_text(study.choice()));
  report.flat = findings_table(findings);
  if (context.out.format == Format::markdown) {
    report.tables = {report.flat};
  } else {
    report.lines = blocks(findings, context.out.terminal.color);
  }
  if (!findings.empty()) report.next = next_model_command("recommend", study);
  return report;
}

}  // namespace

int validate_models(Context& context, const Arguments& arguments) {
  const bool strict = arguments.has("strict");
  return for_each_model(
      context, arguments, "model validate",
      [&](const ModelStudy& study, bool& good) { return validated(study, context, strict, good); });
}

}  // namespace anemon
