// anemonctl model cost: what one prediction takes.
#include <fmt/format.h>

#include <algorithm>

#include "ctl/exit_code.h"
#include "ctl/handlers.h"
#include "ctl/model_chips.h"
#include "ctl/model_labels.h"
#include "ctl/model_next.h"
#include "ctl/model_printer.h"
#include "ctl/numbers.h"
#include "ctl/words.h"

namespace anemon {
namespace {

constexpr size_t kCostliest = 15;

struct CostRow {
  const StudiedFunction* function;
  size_t index;
  const models::OperationCost& cost() const { return function->analysis->operations[index].cost; }
  uint64_t traffic() const {
    return cost().weight_bytes_stored + cost().input_bytes + cost().output_bytes;
  }
};

// Constants cost nothing, and what holds blocks is told by what is in them.
std::vector<CostRow> rows_of(const std::vector<StudiedFunction>& functions) {
  std::vector<CostRow> rows;
  for (const StudiedFunction& each : functions) {
    const auto& operations = each.analysis->operations;
    for (size_t i = 0; i < operations.size(); ++i) {
      if (operations[i].operation->type == "const") continue;
      if (operations[i].operation->blocks.empty()) rows.push_back({&each, i});
    }
  }
  return rows;
}

Table by_operation(const std::vector<CostRow>& rows, uint64_t all_flops, bool named) {
  Table table;
  table.columns = {{"OPERATION", "operation", false, Column::Fit::elide},
                   {"TYPE", "type", false, Column::Fit::elide},
                   {"RESULT", "result", false, Column::Fit::elide},
                   {"MACS", "macs", true},
                   {"VECTOR FLOPS", "vector_flops", true, Column::Fit::drop},
                   {"SHARE %", "flops_share", true},
                   {"WEIGHTS", "weight_bytes_stored", true},
                   {"ACTIVATIONS", "activation_bytes", true},
                   {"FLOPS/BYTE", "arithmetic_intensity", true, Column::Fit::drop},
                   {"PRECISION", "precision", false, Column::Fit::drop}};
  if (named) table.columns.insert(table.columns.begin(), {"FUNCTION", "function"});
  for (const CostRow& row : rows) {
    const models::OperationCost& cost = row.cost();
    const models::FunctionAnalysis& function = *row.function->analysis;
    const models::Operation& operation = *function.operations[row.index].operation;
    const uint64_t activations = cost.input_bytes + cost.output_bytes;
    const bool known = cost.complete || activations > 0;
    std::optional<double> share, intensity;
    if (all_flops > 0) share = double(cost.flops()) / double(all_flops);
    if (cost.complete && row.traffic() > 0) intensity = cost.arithmetic_intensity();
    std::vector<Cell> cells = {
        operation_cell(function, row.index),
        name_cell(operation.layer.empty() ? operation.type : operation.layer),
        text_cell(results_text(function, operation)),
        count_cell(cost.macs, cost.complete),
        count_cell(cost.vector_flops, cost.complete),
        number_cell(share, {1, 100}),
        bytes_cell(double(cost.weight_bytes_stored)),
        bytes_cell(known ? std::optional(double(activations)) : std::nullopt),
        number_cell(intensity, {1}),
        text_cell(cost.precision == models::DataType::unknown ? std::string_view()
                                                              : name_of(cost.precision))};
    if (named) cells.insert(cells.begin(), name_cell(row.function->name()));
    table.rows.push_back(std::move(cells));
  }
  return table;
}

Table by_type(const std::vector<CostRow>& rows, uint64_t all_flops) {
  struct Sum {
    uint64_t count = 0, macs = 0, vector = 0, weights = 0;
    bool complete = true;
  };
  std::map<std::string, Sum> sums;
  for (const CostRow& row : rows) {
    Sum& sum = sums[row.function->analysis->operations[row.index].operation->type];
    ++sum.count;
    sum.macs += row.cost().macs;
    sum.vector += row.cost().vector_flops;
    sum.weights += row.cost().weight_bytes_stored;
    sum.complete = sum.complete && row.cost().complete;
  }
  std::vector<std::pair<std::string, Sum>> sorted(sums.begin(), sums.end());
  std::ranges::stable_sort(sorted, [](const auto& a, const auto& b) {
    return 2 * a.second.macs + a.second.vector > 2 * b.second.macs + b.second.vector;
  });
  Table table;
  table.title = "By type";
  table.columns = {{"TYPE", "type", false, Column::Fit::elide},
                   {"COUNT", "count", true},
                   {"MACS", "macs", true},
                   {"VECTOR FLOPS", "vector_flops", true},
                   {"SHARE %", "flops_share", true},
                   {"WEIGHTS", "weight_bytes_stored", true}};
  for (const auto& [type, sum] : sorted) {
    std::optional<double> share;
    if (all_flops > 0) share = double(2 * sum.macs + sum.vector) / double(all_flops);
    table.rows.push_back({name_cell(type), number_cell(double(sum.count), {0}),
                          count_cell(sum.macs, sum.complete), count_cell(sum.vector, sum.complete),
                          number_cell(share, {1, 100}), bytes_cell(double(sum.weights))});
  }
  return table;
}

Table totals_table(const ModelTotals& totals) {
  const models::OperationCost& cost = totals.cost;
  const uint64_t activations = cost.input_bytes + cost.output_bytes;
  Table table;
  table.columns = {{"", "quantity"}, {"", "value", true}, {"", "remark"}};
  const auto add = [&](std::string_view what, Cell cell, const std::string& remark = {}) {
    table.rows.push_back({text_cell(what), std::move(cell), {remark, remark}});
  };
  add("MACs", count_cell(cost.macs, cost.complete), "multiply and add counted as one");
  add("vector FLOPs", count_cell(cost.vector_flops, cost.complete));
  add("parameters", count_cell(cost.parameters, true));
  add("weights stored", bytes_cell(double(cost.weight_bytes_stored)));
  add("weights computed with", bytes_cell(double(cost.weight_bytes_computed)));
  add("activations read and written", bytes_cell(double(activations)));
  if (cost.padded_bytes > activations && activations > 0) {
    add("  with rows of 64 bytes", bytes_cell(double(cost.padded_bytes)),
        fmt::format("{:.2f} times as much", double(cost.padded_bytes) / double(activations)));
  }
  add("peak activations, at least", bytes_cell(double(totals.peak_activation_bytes_min)),
      "every buffer used again");
  add("peak activations, at most", bytes_cell(double(totals.peak_activation_bytes_max)),
      "no buffer used again");
  const double bytes = double(cost.weight_bytes_stored + activations);
  if (bytes > 0 && cost.complete) {
    add("FLOPs per byte", number_cell(double(cost.flops()) / bytes, {1}));
  }
  return table;
}

Report costs(const ModelStudy& study, const Context& context, bool all) {
  Report report;
  if (context.out.format == Format::json) return report;
  const std::vector<StudiedFunction> functions = study.functions(false);
  const ModelTotals totals = totals_of(study.analysis());
  if (!totals.has_network) {
    report.headline = fmt::format("{}: {}, no network: no cost to count", printable(study.file()),
                                  printable(study.model().kind));
    report.flat = by_operation({}, 0, true);
    return report;
  }
  std::vector<CostRow> rows = rows_of(functions);
  uint64_t flops = 0;
  for (const CostRow& row : rows) flops += row.cost().flops();
  const bool named = functions.size() > 1;
  if (context.out.format == Format::csv) {
    report.flat = by_operation(rows, flops, true);
    return report;
  }
  report.headline =
      fmt::format("{}: {}{}, {} of weights, peak activations {} to {}", printable(study.file()),
                  totals.cost.complete ? "" : "over ", macs_text(totals.cost.macs),
                  bytes_text(double(totals.cost.weight_bytes_stored)),
                  bytes_text(double(totals.peak_activation_bytes_min)),
                  bytes_text(double(totals.peak_activation_bytes_max)));
  report.tables = {totals_table(totals), by_type(rows, flops)};
  const size_t count = rows.size();
  if (!all) {
    std::ranges::stable_sort(rows, [](const CostRow& a, const CostRow& b) {
      return std::pair(a.cost().flops(), a.traffic()) > std::pair(b.cost().flops(), b.traffic());
    });
    if (rows.size() > kCostliest) rows.resize(kCostliest);
  }
  Table operations = by_operation(rows, flops, named);
  operations.title = rows.size() < count ? fmt::format("The costliest {} of {}", rows.size(),
                                                       counted(double(count), "operation"))
                                         : "Operations";
  report.tables.push_back(std::move(operations));
  report.notes.push_back(
      "Derived from the file, for one prediction at the shapes asked for or the default ones.");
  if (!totals.cost.complete) {
    report.notes.emplace_back(kCountedInPart);
  }
  if (rows.size() < count) report.next = next_model_command("cost --all", study);
  return report;
}

}  // namespace

int show_model_cost(Context& context, const Arguments& arguments) {
  const bool all = arguments.has("all");
  const bool chips = arguments.has("all-chips");
  if (chips && arguments.has("chip")) {
    throw UsageError("--all-chips: --chip names only one", "leave one of them out");
  }
  return for_each_model(context, arguments, "model cost", [&](const ModelStudy& study, bool&) {
    return chips ? all_chips_report(study, context.out.format) : costs(study, context, all);
  });
}

}  // namespace anemon
