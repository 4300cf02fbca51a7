#include "models/rules/recommendations.h"

#include <algorithm>
#include <tuple>

#include "models/rules/check.h"
#include "models/rules/options.h"

namespace anemon::models {
namespace {

std::string_view title_of(const std::vector<Rule>& table, std::string_view id) {
  const auto rule =
      std::find_if(table.begin(), table.end(), [&](const Rule& each) { return each.id == id; });
  return rule == table.end() ? id : rule->title;
}

// What rules found, as far as a formula says what it would gain.
void from_findings(const Report& report, std::vector<Recommendation>& all) {
  const std::vector<Rule> table = rules();
  for (const Finding& finding : report.findings) {
    if (!finding.seconds_saved && !finding.bytes_saved) continue;
    Recommendation each;
    each.id = finding.rule;
    each.title = title_of(table, finding.rule);
    each.member = finding.member;
    each.function = finding.function;
    each.operations = finding.operations;
    each.change = finding.change;
    each.basis = finding.what + (finding.effect.empty() ? "" : "; " + finding.effect);
    each.seconds_saved = finding.seconds_saved;
    each.bytes_saved = finding.bytes_saved;
    each.confidence = finding.confidence;
    all.push_back(std::move(each));
  }
}

void from_numbers(const Report& report, const std::string& member,
                  std::vector<Recommendation>& all) {
  const size_t before = all.size();
  const bool engine = may_use_ane(*report.model);
  for (size_t i = 0; engine && i < report.placements.size(); ++i) {
    weight_options(report, i, all);
    batch_option(report, i, all);
    integer_option(report, i, all);
  }
  for (size_t i = before; i < all.size(); ++i) all[i].member = member;
  for (const Report& each : report.members) {
    const std::string& name = each.model->name;
    from_numbers(each, member.empty() ? name : member + "/" + name, all);
  }
}

// "batch" says how to mend PF-1, with the reading of weights counted in.
void drop_what_options_say(std::vector<Recommendation>& all) {
  const auto batched = [&](const Recommendation& each) {
    return std::any_of(all.begin(), all.end(), [&](const Recommendation& option) {
      return option.id == "batch" && option.member == each.member &&
             option.function == each.function;
    });
  };
  std::vector<Recommendation> kept;
  for (const Recommendation& each : all) {
    if (each.id != "PF-1" || !batched(each)) kept.push_back(each);
  }
  all = std::move(kept);
}

}  // namespace

std::vector<Recommendation> recommend(const Report& report) {
  std::vector<Recommendation> all;
  from_findings(report, all);
  from_numbers(report, {}, all);
  drop_what_options_say(all);
  std::stable_sort(all.begin(), all.end(), [](const Recommendation& a, const Recommendation& b) {
    const auto gain = [](const Recommendation& each) {
      return std::tuple(each.seconds_saved.value_or(0), each.bytes_saved.value_or(0),
                        each.joules_saved.value_or(0));
    };
    return gain(a) > gain(b);
  });
  return all;
}

}  // namespace anemon::models
