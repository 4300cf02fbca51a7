#include "models/rules/rules.h"

#include <algorithm>
#include <set>
#include <string>

#include "models/rules/check.h"
#include "tests/catch.h"
#include "tests/unit/models/rules/cases.h"

namespace anemon::models::test {
namespace {

std::vector<Case> all_cases() {
  std::vector<Case> all;
  for (const std::vector<Case>& family :
       {data_type_cases(), operation_cases(), shape_cases(), window_cases(), weight_cases(),
        performance_cases(), reading_cases()}) {
    all.insert(all.end(), family.begin(), family.end());
  }
  return all;
}

std::vector<Finding> of_rule(const Report& report, std::string_view rule) {
  std::vector<Finding> findings;
  for (const Finding& each : report.findings) {
    if (each.rule == rule) findings.push_back(each);
  }
  return findings;
}

std::vector<Finding> findings_of(const Subject& subject, std::string_view rule) {
  const Chip* chip = find_chip(subject.chip);
  REQUIRE(chip != nullptr);
  const ModelAnalysis analysis = analyse(subject.model);
  if (!subject.predicted) return of_rule(examine(analysis, *chip), rule);
  Placement placement = place(analysis.functions.front(), *chip);
  subject.predicted(placement);
  const FunctionFacts facts(analysis.functions.front(), *chip);
  std::vector<Finding> findings;
  for (const Rule& each : rules()) {
    if (each.id != rule) continue;
    each.check({subject.model, analysis, &analysis.functions.front(), &placement, *chip, &facts},
               findings);
  }
  return findings;
}

Rule rule_of(std::string_view id) {
  for (const Rule& rule : rules()) {
    if (rule.id == id) return rule;
  }
  FAIL("no rule " << id);
  return {};
}

}  // namespace

TEST_CASE("Every rule has a model that triggers it and a near miss that does not") {
  for (const Case& each : all_cases()) {
    INFO(each.rule << ", " << each.name);
    const std::vector<Finding> findings = findings_of(each.hit(), each.rule);
    REQUIRE(findings.size() == 1);
    const Finding& finding = findings.front();
    CHECK(finding.severity == each.expected.severity);
    CHECK(finding.operations == each.expected.operations);
    CHECK_THAT(finding.what, ANEMON_CONTAINS(each.expected.text));
    CHECK_THAT(finding.effect, ANEMON_CONTAINS(each.expected.effect));
    const auto check_gain = [](std::optional<double> found, std::optional<double> expected) {
      if (!expected) return;
      REQUIRE(found.has_value());
      CHECK(*found == Approx(*expected));
    };
    check_gain(finding.seconds_saved, each.expected.seconds_saved);
    check_gain(finding.bytes_saved, each.expected.bytes_saved);
    CHECK(findings_of(each.miss(), each.rule).empty());
  }
}

TEST_CASE("No rule is without a case, and every row is filled in") {
  std::set<std::string_view> tested;
  for (const Case& each : all_cases()) tested.insert(each.rule);
  std::set<std::string_view> ids;
  for (const Rule& rule : rules()) {
    INFO(rule.id);
    CHECK(tested.contains(rule.id));
    CHECK(ids.insert(rule.id).second);
    CHECK(rule.check != nullptr);
    CHECK(rule.confidence != Confidence::none);
    for (const std::string_view text : {rule.source, rule.title, rule.why, rule.change}) {
      CHECK_FALSE(text.empty());
    }
  }
}

TEST_CASE("A rule's severity is the strongest it reports") {
  for (const Rule& rule : rules()) {
    INFO(rule.id);
    Severity strongest = Severity::info;
    for (const Case& each : all_cases()) {
      if (each.rule == rule.id) strongest = std::max(strongest, each.expected.severity);
    }
    CHECK(strongest == rule.severity);
  }
}

TEST_CASE("Rules are those of the reference that warn, and what reading brings up, in order") {
  std::vector<std::string> ids;
  for (const Rule& rule : rules()) ids.emplace_back(rule.id);
  CHECK(ids == std::vector<std::string>{
                   "DT-1", "DT-3", "DT-4",  "DT-5",  "OP-1",  "OP-2", "OP-3", "OP-4", "OP-5",
                   "OP-7", "OP-8", "OP-10", "SH-1",  "SH-2",  "SH-3", "SH-4", "SH-5", "SH-6",
                   "SH-7", "SH-9", "SH-10", "SH-11", "SH-14", "WT-1", "WT-2", "WT-4", "PF-1",
                   "CP-1", "CP-3", "MX-1",  "MX-2",  "MX-3",  "RD-1", "RD-2", "RD-3", "RD-4",
                   "RD-5", "RD-6", "RD-7",  "RD-8",  "RD-9",  "RD-10"});
}

TEST_CASE("What a finding says of itself comes from its rule") {
  for (const Case& each : all_cases()) {
    const Subject subject = each.hit();
    if (subject.predicted) continue;
    INFO(each.rule << ", " << each.name);
    const Rule rule = rule_of(each.rule);
    const std::vector<Finding> findings = findings_of(subject, each.rule);
    REQUIRE(findings.size() == 1);
    CHECK(findings.front().confidence == rule.confidence);
    CHECK(findings.front().source == rule.source);
    CHECK(findings.front().why == rule.why);
    // What to change may depend on how bad it is.
    if (findings.front().severity == rule.severity) CHECK(findings.front().change == rule.change);
    CHECK(findings.front().member.empty());
    // Operations are of a function.
    if (!findings.front().operations.empty()) CHECK(findings.front().function == "main");
  }
}

TEST_CASE("Absent gains are absent, never zero") {
  for (const Case& each : all_cases()) {
    INFO(each.rule << ", " << each.name);
    for (const Finding& finding : findings_of(each.hit(), each.rule)) {
      CHECK(finding.seconds_saved.value_or(1) > 0);
      CHECK(finding.bytes_saved.value_or(1) > 0);
    }
  }
}

}  // namespace anemon::models::test
