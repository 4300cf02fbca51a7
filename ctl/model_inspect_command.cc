// anemonctl model inspect: what is in the file.
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

// Of what is no network.
std::string size_text(const models::Model& model) {
  if (model.trees) {
    return fmt::format("{} with {} nodes, at most {} comparisons each",
                       counted(double(model.trees->trees), "tree"), model.trees->nodes,
                       model.trees->max_depth);
  }
  if (model.linear) {
    return fmt::format("{} with {}", counted(double(model.linear->rows), "row"),
                       counted(double(model.linear->weights), "weight"));
  }
  return {};
}

// Some authors write a whole list of classes into a model.
constexpr size_t kLongestValue = 120;

Table facts(const ModelStudy& study, bool utf8) {
  const models::Model& model = study.model();
  Table table;
  table.columns = {{"", "fact"}, {"", "value", false, Column::Fit::elide}};
  const auto add = [&](std::string_view fact, const std::string& value) {
    if (value.empty()) return;
    Cell cell = name_cell(value);
    cell.shown = elide_middle(cell.shown, kLongestValue, utf8);
    table.rows.push_back({text_cell(fact), std::move(cell)});
  };
  add("kind", fmt::format("{} ({})", model.kind, model.container));
  const int newest = newest_version(model);
  const std::string least = minimum_os(model);
  add("specification",
      fmt::format("{}{}, {}", model.specification_version,
                  newest == model.specification_version ? std::string()
                                                        : fmt::format(" (a member's {})", newest),
                  least.empty() ? "newer than this program" : least + " or newer"));
  if (model.updatable) add("updatable", "yes");
  add("on disk", model.stored_bytes == 0 ? "" : bytes_text(double(model.stored_bytes)));
  add("weights", fmt::format("weights: {}", weights_state(study.analysis())));
  add("size", size_text(model));
  for (const auto& [key, value] : model.metadata) add(printable(key), value);
  return table;
}

void add_members(const models::Model& model, const std::string& indent, Table& table) {
  for (const models::Model& member : model.members) {
    table.rows.push_back({name_cell(indent + member.name), name_cell(member.kind),
                          number_cell(member.specification_version, {0}),
                          text_cell(minimum_os(member)), text_cell(size_text(member))});
    add_members(member, indent + "  ", table);
  }
}

Table members(const ModelStudy& study) {
  Table table;
  table.title = "Pipeline";
  table.columns = {{"MEMBER", "member", false, Column::Fit::elide},
                   {"KIND", "kind"},
                   {"SPECIFICATION", "spec_version", true},
                   {"AT LEAST", "min_os", false, Column::Fit::drop},
                   {"SIZE", "size", false, Column::Fit::drop}};
  add_members(study.model(), "", table);
  return table;
}

void add_features(const std::vector<models::Feature>& features, std::string_view role,
                  const std::string& function, Table& table) {
  for (const models::Feature& feature : features) {
    table.rows.push_back({text_cell(role), name_cell(feature.name), text_cell(type_text(feature)),
                          text_cell(flexibility_text(feature)), name_cell(function),
                          name_cell(feature.description)});
  }
}

Table features(const ModelStudy& study) {
  const models::Model& model = study.model();
  Table table;
  table.title = "Inputs, outputs and states";
  table.columns = {{"ROLE", "role"},
                   {"NAME", "name", false, Column::Fit::elide},
                   {"TYPE", "type", false, Column::Fit::elide},
                   {"SHAPES", "shapes", false, Column::Fit::elide},
                   {"FUNCTION", "function", false, Column::Fit::elide},
                   {"DESCRIPTION", "description", false, Column::Fit::drop}};
  const bool several = model.interfaces.size() > 1;
  const std::vector<models::Interface> interfaces =
      several ? model.interfaces : std::vector<models::Interface>{model.interface};
  for (const models::Interface& each : interfaces) {
    add_features(each.inputs, "input", each.function, table);
    add_features(each.states, "state", each.function, table);
    add_features(each.outputs, "output", each.function, table);
  }
  const auto drop = [&](size_t column) {
    const auto empty = [&](const auto& row) { return row[column].raw.empty(); };
    if (!std::ranges::all_of(table.rows, empty)) return;
    table.columns.erase(table.columns.begin() + static_cast<ptrdiff_t>(column));
    for (auto& row : table.rows) row.erase(row.begin() + static_cast<ptrdiff_t>(column));
  };
  drop(5);
  drop(4);
  return table;
}

uint64_t operations_of(const models::FunctionAnalysis& function) {
  uint64_t sum = 0;
  for (const auto& [type, count] : function.histogram) sum += count;
  return sum;
}

Table functions(const ModelStudy& study) {
  Table table;
  table.title = "Networks";
  table.columns = {{"FUNCTION", "function", false, Column::Fit::elide},
                   {"OPSET", "opset"},
                   {"OPERATIONS", "ops_non_const", true},
                   {"CONSTANTS", "constants", true, Column::Fit::drop},
                   {"MACS", "macs_total", true},
                   {"PARAMETERS", "parameters", true},
                   {"WEIGHTS", "weight_bytes_stored", true},
                   {"PEAK ACTIVATIONS", "peak_activation_bytes_min", true}};
  for (const StudiedFunction& each : study.functions(false)) {
    const models::FunctionAnalysis& function = *each.analysis;
    const bool complete = function.total.complete;
    const auto peak = function.peak_activation_bytes_min;
    table.rows.push_back(
        {name_cell(each.name()), name_cell(function.function->opset),
         number_cell(double(operations_of(function) - function.constants), {0}),
         number_cell(double(function.constants), {0}), count_cell(function.total.macs, complete),
         count_cell(function.total.parameters, true),
         bytes_cell(double(function.total.weight_bytes_stored)),
         bytes_cell(complete || peak > 0 ? std::optional(double(peak)) : std::nullopt)});
  }
  return table;
}

Table histogram(const ModelStudy& study) {
  std::map<std::string, uint64_t> sums;
  for (const StudiedFunction& each : study.functions(false)) {
    for (const auto& [type, count] : each.analysis->histogram) {
      if (type != "const") sums[type] += count;
    }
  }
  std::vector<std::pair<std::string, uint64_t>> rows(sums.begin(), sums.end());
  std::ranges::stable_sort(rows, [](const auto& a, const auto& b) { return a.second > b.second; });
  Table table;
  table.title = "Operations";
  table.columns = {{"TYPE", "type", false, Column::Fit::elide}, {"COUNT", "count", true}};
  for (const auto& [type, count] : rows) {
    table.rows.push_back({name_cell(type), number_cell(double(count), {0})});
  }
  return table;
}

Table readiness(const ModelStudy& study) {
  Table table;
  table.title = fmt::format("Readiness for the Neural Engine: ~{:.0f} of 100 on {}",
                            study.readiness().score, chip_text(study.choice()));
  table.columns = {{"TERM", "term"},
                   {"POINTS", "points", true},
                   {"OF", "of", true},
                   {"EVIDENCE", "evidence", false, Column::Fit::elide},
                   {"RULES", "rules", false, Column::Fit::elide}};
  for (const models::ReadinessTerm& term : study.readiness().terms) {
    table.rows.push_back({text_cell(term.name), number_cell(term.points, {1}, true),
                          number_cell(term.of, {0}), name_cell(term.evidence),
                          text_cell(fmt::format("{}", fmt::join(term.rules, " ")))});
  }
  return table;
}

// One line for a program: a row per network, or one for a model without any.
Table flat(const ModelStudy& study) {
  const models::Model& model = study.model();
  Table table = functions(study);
  if (table.rows.empty()) {
    table.rows.push_back(std::vector<Cell>(table.columns.size(), text_cell("")));
  }
  const std::vector<std::pair<Column, Cell>> before = {
      {{"KIND", "kind"}, name_cell(model.kind)},
      {{"SPECIFICATION", "spec_version"}, number_cell(newest_version(model), {0})},
      {{"AT LEAST", "min_os"}, text_cell(minimum_os(model))},
      {{"WEIGHTS", "weights"}, text_cell(weights_state(study.analysis()))},
      {{"READINESS", "readiness"}, number_cell(study.readiness().score, {0}, true)}};
  for (size_t i = 0; i < before.size(); ++i) {
    const auto at = static_cast<ptrdiff_t>(i);
    table.columns.insert(table.columns.begin() + at, before[i].first);
    for (auto& row : table.rows) row.insert(row.begin() + at, before[i].second);
  }
  return table;
}

Report inspected(const ModelStudy& study, const Context& context) {
  Report report;
  report.headline = printable(study.file()) + ": " + printable(study.model().kind);
  const ModelTotals totals = totals_of(study.analysis());
  if (totals.has_network) {
    report.headline += fmt::format(", {}{}, weights {}", totals.cost.complete ? "" : "over ",
                                   macs_text(totals.cost.macs),
                                   bytes_text(double(totals.cost.weight_bytes_stored)));
  }
  if (context.out.format == Format::csv) {
    report.flat = flat(study);
    return report;
  }
  if (context.out.format == Format::json) return report;
  report.tables = {facts(study, context.out.terminal.utf8),
                   members(study),
                   features(study),
                   functions(study),
                   histogram(study),
                   readiness(study)};
  report.notes.push_back("MACs, bytes and counts are derived from the file; ~ marks estimates.");
  if (totals.has_network && !totals.cost.complete) report.notes.emplace_back(kCountedInPart);
  for (const std::string& reason : reasons_of_being_partial(study.model())) {
    report.notes.push_back(printable(reason));
  }
  report.next = next_model_command("validate", study);
  return report;
}

}  // namespace

int inspect_models(Context& context, const Arguments& arguments) {
  return for_each_model(context, arguments, "model inspect",
                        [&](const ModelStudy& study, bool&) { return inspected(study, context); });
}

}  // namespace anemon
