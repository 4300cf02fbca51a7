// anemonctl model diff: what changed from one model to another.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "core/provenanced_json.h"
#include "ctl/exit_code.h"
#include "ctl/handlers.h"
#include "ctl/model_arguments.h"
#include "ctl/model_diff.h"
#include "ctl/model_labels.h"
#include "ctl/model_printer.h"
#include "ctl/numbers.h"
#include "ctl/words.h"

namespace anemon {
namespace {

constexpr size_t kShown = 40;

Cell cell_of(const ChangedNumber& number, std::optional<double> value) {
  switch (number.unit) {
    case Unit::bytes:
      return bytes_cell(value);
    case Unit::seconds:
      return milliseconds_cell(value);
    case Unit::share:
      return number_cell(value, {0, 100}, number.estimated);
    case Unit::points:
      return number_cell(value, {1}, number.estimated);
    case Unit::count:
      break;
  }
  if (!value) return text_cell("");
  return {(number.estimated ? "~" : "") + scaled_count(static_cast<uint64_t>(*value)),
          fmt::format("{:.0f}", *value)};
}

Cell change_cell(const ChangedNumber& number) {
  if (!number.before || !number.after || *number.before == 0) return text_cell("");
  const double change = 100 * (*number.after / *number.before - 1);
  return {fmt::format("{:+.1f}", change), fmt::format("{}", change)};
}

Table numbers_table(const std::vector<ChangedNumber>& numbers, std::string_view title) {
  Table table;
  table.title = title;
  table.columns = {{"", "what", false, Column::Fit::elide},
                   {"A", "a", true},
                   {"B", "b", true},
                   {"CHANGE %", "change_percent", true}};
  for (const ChangedNumber& number : numbers) {
    if (number.before == number.after) continue;
    std::string what = number.what;
    if (number.unit == Unit::seconds) what += ", ms";
    table.rows.push_back({name_cell(what), cell_of(number, number.before),
                          cell_of(number, number.after), change_cell(number)});
  }
  return table;
}

Table changes_table(std::string title, std::string_view first, std::string_view second) {
  Table table;
  table.title = std::move(title);
  table.columns = {{first, "where", false, Column::Fit::elide},
                   {second, "what", false, Column::Fit::elide},
                   {"A", "a", false, Column::Fit::elide},
                   {"B", "b", false, Column::Fit::elide}};
  return table;
}

void add_row(Table& table, const std::string& first, const std::string& second,
             const std::string& before, const std::string& after) {
  table.rows.push_back({name_cell(first), name_cell(second), name_cell(before), name_cell(after)});
}

Table operations_table(const std::vector<ChangedOperation>& changes, const std::string& title,
                       size_t limit) {
  Table table = changes_table(
      changes.size() > limit ? fmt::format("{}: the first {} of {}", title, limit, changes.size())
                             : title,
      "FUNCTION", "OPERATION");
  for (const ChangedOperation& each : changes) {
    if (table.rows.size() == limit) break;
    add_row(table, each.function, each.name, each.before, each.after);
  }
  return table;
}

// One list of everything that changed, for CSV.
Table flat_table(const ModelDiff& diff) {
  Table table;
  table.columns = {
      {"CHANGE", "change"}, {"WHERE", "where"}, {"WHAT", "what"}, {"A", "a"}, {"B", "b"}};
  const auto add = [&](std::string_view kind, const std::string& where, const std::string& what,
                       Cell before, Cell after) {
    table.rows.push_back(
        {text_cell(kind), name_cell(where), name_cell(what), std::move(before), std::move(after)});
  };
  for (const auto& each : diff.facts) {
    add("fact", "", each.what, name_cell(each.before), name_cell(each.after));
  }
  for (const auto& each : diff.numbers) {
    if (each.before == each.after) continue;
    add("number", "", each.key, cell_of(each, each.before), cell_of(each, each.after));
  }
  for (const auto& each : diff.histogram) {
    add("count", "", each.key, cell_of(each, each.before), cell_of(each, each.after));
  }
  for (const auto& each : diff.operations) {
    add("operation", each.function, each.name, name_cell(each.before), name_cell(each.after));
  }
  for (const ChangedConstant& each : diff.constants.changes) {
    add("constant", each.function, each.operation + ' ' + each.argument, name_cell(each.before),
        name_cell(each.after));
  }
  for (const auto& each : diff.placement) {
    add("placement", each.function, each.name, name_cell(each.before), name_cell(each.after));
  }
  for (const auto& each : diff.findings) {
    add("finding", each.where, each.rule, name_cell(each.before), name_cell(each.after));
  }
  return table;
}

Json sides_json(const std::string& before, const std::string& after) {
  const auto side = [](const std::string& text) {
    return text.empty() ? Json(nullptr) : Json(clean_json_text(text));
  };
  Json result = Json::object();
  result["a"] = side(before);
  result["b"] = side(after);
  return result;
}

Json numbers_json(const std::vector<ChangedNumber>& numbers) {
  Json result = Json::object();
  for (const ChangedNumber& number : numbers) {
    const Provenance provenance = number.estimated ? Provenance::estimated : Provenance::derived;
    const bool whole = number.unit == Unit::count || number.unit == Unit::bytes;
    ProvenancedJson each;
    for (const auto& [key, value] : {std::pair("a", number.before), {"b", number.after}}) {
      if (!value) continue;
      each.number(key, whole ? Json(static_cast<uint64_t>(*value)) : Json(*value), provenance);
    }
    result[clean_json_text(number.key)] = each.take();
  }
  return result;
}

Json operations_json(const std::vector<ChangedOperation>& operations) {
  Json result = Json::array();
  for (const ChangedOperation& each : operations) {
    Json change = sides_json(each.before, each.after);
    if (!each.function.empty()) change["function"] = clean_json_text(each.function);
    change["name"] = clean_json_text(each.name);
    result.push_back(std::move(change));
  }
  return result;
}

Json constants_json(const ConstantsDiff& constants) {
  ProvenancedJson result;
  result.number("compared", Json(constants.compared), Provenance::derived);
  result.number("differing", Json(constants.changes.size()), Provenance::derived);
  result.number("unknown", Json(constants.unknown), Provenance::derived);
  Json changes = Json::array();
  for (const ChangedConstant& each : constants.changes) {
    Json change = sides_json(each.before, each.after);
    if (!each.function.empty()) change["function"] = clean_json_text(each.function);
    change["name"] = clean_json_text(each.operation);
    change["argument"] = clean_json_text(each.argument);
    changes.push_back(std::move(change));
  }
  result.set("changes", std::move(changes));
  return result.take();
}

Json diff_document(const ModelStudy& before, const ModelStudy& after, const ModelDiff& diff) {
  Json result = Json::object();
  result["schema"] = "anemon.model-diff/1";
  result["a"] = clean_json_text(before.file());
  result["b"] = clean_json_text(after.file());
  result["chip"] = before.chip().name;
  result["same"] = diff.same() && !diff.complete() ? Json(nullptr) : Json(diff.same());
  result["facts"] = Json::object();
  for (const ChangedFact& fact : diff.facts) {
    result["facts"][clean_json_text(fact.what)] = sides_json(fact.before, fact.after);
  }
  result["numbers"] = numbers_json(diff.numbers);
  result["histogram"] = numbers_json(diff.histogram);
  result["operations"] = operations_json(diff.operations);
  result["constants"] = constants_json(diff.constants);
  result["placement"] = operations_json(diff.placement);
  result["findings"] = Json::array();
  for (const ChangedFinding& finding : diff.findings) {
    Json each = sides_json(finding.before, finding.after);
    each["rule"] = finding.rule;
    if (!finding.where.empty()) each["where"] = clean_json_text(finding.where);
    result["findings"].push_back(std::move(each));
  }
  return result;
}

// In one line what changed, and what is not known to be the same.
std::string verdict(const ModelDiff& diff) {
  const ConstantsDiff& constants = diff.constants;
  std::string values;
  if (!constants.changes.empty()) {
    values = fmt::format("weights: values differ in {} of {}", constants.changes.size(),
                         counted(double(constants.compared), "constant"));
  }
  ModelDiff others = diff;
  others.constants.changes.clear();
  if (!others.same()) {
    return fmt::format("{}, {}, {} changed{}", counted(double(diff.operations.size()), "operation"),
                       counted(double(diff.placement.size()), "placement"),
                       counted(double(diff.findings.size()), "finding"),
                       values.empty() ? "" : "; " + values);
  }
  if (!values.empty()) return "nothing else changed, but " + values;
  if (diff.complete()) return "the same";
  return "no difference in description, cost, placement or findings (not all values are compared)";
}

Table constants_table(const std::vector<ChangedConstant>& changes, size_t limit) {
  Table table = changes_table(
      changes.size() > limit
          ? fmt::format("Constants whose values differ: the first {} of {}", limit, changes.size())
          : "Constants whose values differ",
      "OPERATION", "ARGUMENT");
  for (const ChangedConstant& each : changes) {
    if (table.rows.size() == limit) break;
    add_row(table, each.function.empty() ? each.operation : each.function + '/' + each.operation,
            each.argument, each.before, each.after);
  }
  return table;
}

Report diff_report(const ModelStudy& before, const ModelStudy& after, bool all) {
  const ModelDiff diff = compare_models(before, after);
  const size_t limit = all ? diff.operations.size() + diff.placement.size() : kShown;
  Report report;
  report.headline = fmt::format("{} and {}: {}, on {}", printable(before.file()),
                                printable(after.file()), verdict(diff), chip_text(before.choice()));
  Table facts;
  facts.title = "Description";
  facts.columns = {{"", "what", false, Column::Fit::elide},
                   {"A", "a", false, Column::Fit::elide},
                   {"B", "b", false, Column::Fit::elide}};
  for (const ChangedFact& fact : diff.facts) {
    facts.rows.push_back({name_cell(fact.what), name_cell(fact.before), name_cell(fact.after)});
  }
  Table findings = changes_table("Findings", "WHERE", "RULE");
  for (const ChangedFinding& finding : diff.findings) {
    add_row(findings, finding.where, finding.rule, finding.before, finding.after);
  }
  report.tables = {
      std::move(facts),
      numbers_table(diff.numbers, "Cost and prediction"),
      numbers_table(diff.histogram, "Operations by type"),
      operations_table(diff.operations, "Operations", limit),
      constants_table(diff.constants.changes, all ? diff.constants.changes.size() : kShown),
      operations_table(diff.placement, "Placement", limit),
      std::move(findings)};
  report.notes.push_back(
      "Placement, latency and readiness are estimated (~), the rest is derived.");
  if (diff.constants.unknown > 0) {
    report.notes.push_back(
        fmt::format("Values not compared: {}, which a file that is missing or damaged should hold.",
                    counted(double(diff.constants.unknown), "constant")));
  }
  for (const std::string& kind : diff.unseen) {
    report.notes.push_back(
        fmt::format("Values not compared: those of a {}, which are not read.", printable(kind)));
  }
  report.flat = flat_table(diff);
  report.document = std::make_shared<const Json>(diff_document(before, after, diff));
  return report;
}

}  // namespace

int compare_model_files(Context& context, const Arguments& arguments) {
  const ChipChoice chip = choose_chip(arguments);
  const models::InputShapes shapes = shapes_of(arguments);
  int exit_code = kExitDone;
  const auto before = study_file("model diff", arguments.operands()[0], shapes, chip, exit_code);
  const auto after = study_file("model diff", arguments.operands()[1], shapes, chip, exit_code);
  if (!before || !after) return exit_code;
  print_report(diff_report(*before, *after, arguments.has("all")), context.out);
  return exit_code;
}

}  // namespace anemon
