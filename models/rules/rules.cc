#include "models/rules/rules.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "models/rules/check.h"
#include "models/rules/families.h"

namespace anemon::models {
namespace {

constexpr std::array<std::string_view, 8> kFamilies = {"DT", "OP", "SH", "WT",
                                                       "PF", "CP", "MX", "RD"};

// "SH-10" after "SH-9".
std::pair<size_t, int> order_of(std::string_view id) {
  const auto family = std::find(kFamilies.begin(), kFamilies.end(), id.substr(0, 2));
  int number = 0;
  if (id.size() > 3) std::from_chars(id.data() + 3, id.data() + id.size(), number);
  return {static_cast<size_t>(family - kFamilies.begin()), number};
}

void check(const RuleContext& context, const std::string& member, const std::vector<Rule>& table,
           std::vector<Finding>& findings) {
  for (const Rule& rule : table) {
    const size_t before = findings.size();
    rule.check(context, findings);
    for (size_t i = before; i < findings.size(); ++i) {
      Finding& finding = findings[i];
      finding.rule = rule.id;
      finding.confidence = rule.confidence;
      finding.source = rule.source;
      finding.why = rule.why;
      if (finding.change.empty()) finding.change = rule.change;
      finding.member = member;
    }
  }
}

// `member`: the path of names from the outermost pipeline, "detector/network".
Report report_on(const ModelAnalysis& analysis, const Chip& chip, const std::string& member,
                 const std::vector<Rule>& table) {
  Report report;
  report.model = analysis.model;
  report.analysis = &analysis;
  report.chip = &chip;
  report.placements.reserve(analysis.functions.size());
  const std::optional<Refusal> of_model = refused_model(*analysis.model);
  for (const FunctionAnalysis& function : analysis.functions) {
    report.placements.push_back(place(function, chip, of_model ? &*of_model : nullptr));
    const FunctionFacts facts(function, chip);
    check({*analysis.model, analysis, &function, &report.placements.back(), chip, &facts}, member,
          table, report.findings);
  }
  if (analysis.functions.empty()) {
    check({*analysis.model, analysis, nullptr, nullptr, chip, nullptr}, member, table,
          report.findings);
  }
  for (const ModelAnalysis& each : analysis.members) {
    const std::string name = member.empty() ? each.model->name : member + "/" + each.model->name;
    report.members.push_back(report_on(each, chip, name, table));
    const std::vector<Finding>& theirs = report.members.back().findings;
    report.findings.insert(report.findings.end(), theirs.begin(), theirs.end());
  }
  std::stable_sort(report.findings.begin(), report.findings.end(),
                   [](const Finding& a, const Finding& b) { return a.severity > b.severity; });
  return report;
}

}  // namespace

std::string_view name_of(Severity severity) {
  switch (severity) {
    case Severity::info:
      return "info";
    case Severity::warning:
      return "warning";
    case Severity::error:
      break;
  }
  return "error";
}

std::vector<Rule> rules() {
  std::vector<Rule> all;
  for (const std::span<const Rule> family :
       {data_type_rules(), operation_rules(), shape_rules(), kernel_rules(), weight_rules(),
        performance_rules(), mixed_rules(), reading_rules()}) {
    all.insert(all.end(), family.begin(), family.end());
  }
  std::stable_sort(all.begin(), all.end(),
                   [](const Rule& a, const Rule& b) { return order_of(a.id) < order_of(b.id); });
  return all;
}

Report examine(const ModelAnalysis& analysis, const Chip& chip) {
  return report_on(analysis, chip, {}, rules());
}

}  // namespace anemon::models
