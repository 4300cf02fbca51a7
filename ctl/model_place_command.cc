// anemonctl model place: where the operations will probably run.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "ctl/handlers.h"
#include "ctl/model_labels.h"
#include "ctl/model_next.h"
#include "ctl/model_printer.h"
#include "ctl/words.h"

namespace anemon {
namespace {

constexpr size_t kStripWidth = 56;  // with its label it fits 80 columns
constexpr size_t kSegmentsShown = 20;

// Of what the Neural Engine can run.
std::string reason_text(const models::PlacedOperation& placed, std::string_view chip) {
  if (placed.engine) return "the Neural Engine can run it: by predicted time";
  return fmt::format(
      "the Neural Engine can run it; what the CPU and the GPU take is not known for {}", chip);
}

bool can_use_ane(const models::PlacedOperation& placed) {
  return placed.costs[static_cast<size_t>(models::Engine::ane)].supported;
}

// Where no winner is known, whether the Neural Engine can run it at all.
std::string_view engine_text(const models::PlacedOperation& placed) {
  if (placed.engine) return name_of(*placed.engine);
  return can_use_ane(placed) ? "ANE?" : "not ANE";
}

std::optional<double> seconds_on(const models::PlacedOperation& placed, models::Engine engine) {
  const models::EngineCost& cost = placed.costs[static_cast<size_t>(engine)];
  const bool known = cost.supported && cost.confidence != models::Confidence::none;
  return known ? std::optional(cost.seconds) : std::nullopt;
}

// A letter for each operation or, in a long function, for each run of them: A, G or C; in small
// where no winner is known: a can run on the Neural Engine, c cannot. Of a run, what is not on the
// Neural Engine shows, so that a single operation can be seen.
std::string strip(const models::Placement& placement) {
  const size_t count = placement.operations.size();
  const size_t width = std::min(count, kStripWidth);
  std::string text;
  for (size_t i = 0; i < width; ++i) {
    char letter = 0;
    for (size_t at = i * count / width; at < (i + 1) * count / width; ++at) {
      const models::PlacedOperation& placed = placement.operations[at];
      const char own = placed.engine         ? name_of(*placed.engine).front()
                       : can_use_ane(placed) ? 'a'
                                             : 'c';
      if (letter == 0 || letter == 'A' || letter == 'a') letter = own;
    }
    text += letter;
  }
  return text;
}

struct Segment {
  std::string_view engine;
  size_t first = 0, last = 0;  // indices into Placement::operations
};

std::vector<Segment> segments_of(const models::Placement& placement) {
  std::vector<Segment> segments;
  for (size_t i = 0; i < placement.operations.size(); ++i) {
    const std::string_view engine = engine_text(placement.operations[i]);
    if (segments.empty() || segments.back().engine != engine) segments.push_back({engine, i, i});
    segments.back().last = i;
  }
  return segments;
}

Table segments_table(const StudiedFunction& function) {
  const models::Placement& placement = *function.placement;
  Table table;
  table.title = "Segments";
  table.columns = {{"ENGINE", "engine"},
                   {"OPERATIONS", "operations", true},
                   {"FROM", "from", false, Column::Fit::elide},
                   {"TO", "to", false, Column::Fit::elide},
                   {"MACS", "macs", true},
                   {"MS", "seconds", true}};
  for (const Segment& segment : segments_of(placement)) {
    uint64_t macs = 0;
    std::optional<double> seconds = 0;
    for (size_t i = segment.first; i <= segment.last; ++i) {
      const models::PlacedOperation& placed = placement.operations[i];
      macs += function.analysis->operations[placed.operation].cost.macs;
      const auto own = placed.engine ? seconds_on(placed, *placed.engine) : std::nullopt;
      seconds = seconds && own ? std::optional(*seconds + *own) : std::nullopt;
    }
    const auto name = [&](size_t i) {
      return operation_cell(*function.analysis, placement.operations[i].operation);
    };
    table.rows.push_back({text_cell(segment.engine),
                          number_cell(double(segment.last - segment.first + 1), {0}),
                          name(segment.first), name(segment.last), count_cell(macs, true),
                          milliseconds_cell(seconds)});
  }
  return table;
}

// Operations that share engine, reason and confidence, those that are most first. What the Neural
// Engine could run is placed by times of its own, which --all shows.
Table reasons_table(const StudiedFunction& function) {
  struct Group {
    std::vector<size_t> operations;
    std::set<std::string> types;
  };
  using Key = std::tuple<std::string, std::string, std::string>;
  std::map<Key, Group> groups;
  for (const models::PlacedOperation& placed : function.placement->operations) {
    Group& group = groups[{
        std::string(engine_text(placed)),
        can_use_ane(placed) ? reason_text(placed, function.placement->chip->name) : placed.reason,
        std::string(name_of(placed.confidence))}];
    group.operations.push_back(placed.operation);
    group.types.insert(function.analysis->operations[placed.operation].operation->type);
  }
  std::vector<std::pair<Key, Group>> sorted(groups.begin(), groups.end());
  std::ranges::stable_sort(sorted, [](const auto& a, const auto& b) {
    return a.second.operations.size() > b.second.operations.size();
  });
  Table table;
  table.title = "Why";
  table.columns = {{"ENGINE", "engine"},
                   {"COUNT", "operations", true},
                   {"REASON", "reason", false, Column::Fit::elide},
                   {"CONFIDENCE", "confidence"},
                   {"TYPES", "types", false, Column::Fit::elide}};
  for (const auto& [key, group] : sorted) {
    const auto& [engine, reason, confidence] = key;
    table.rows.push_back({text_cell(engine), number_cell(double(group.operations.size()), {0}),
                          name_cell(reason), text_cell(confidence),
                          name_cell(fmt::format("{}", fmt::join(group.types, " ")))});
  }
  return table;
}

Table operations_heading() {
  Table table;
  table.title = "Operations";
  table.columns = {{"FUNCTION", "function", false, Column::Fit::elide},
                   {"OPERATION", "operation", false, Column::Fit::elide},
                   {"TYPE", "type", false, Column::Fit::elide},
                   {"ENGINE", "engine"},
                   {"ANE MS", "ane_seconds", true},
                   {"GPU MS", "gpu_seconds", true},
                   {"CPU MS", "cpu_seconds", true},
                   {"BOUND", "bound", false, Column::Fit::drop},
                   {"CONFIDENCE", "confidence"},
                   {"REASON", "reason", false, Column::Fit::elide}};
  return table;
}

Table operations_table(const StudiedFunction& function, bool named) {
  Table table = operations_heading();
  if (!named) table.columns.erase(table.columns.begin());
  for (const models::PlacedOperation& placed : function.placement->operations) {
    const auto engine = static_cast<size_t>(placed.engine.value_or(models::Engine::ane));
    std::vector<Cell> cells = {
        operation_cell(*function.analysis, placed.operation),
        name_cell(function.analysis->operations[placed.operation].operation->type),
        text_cell(engine_text(placed)),
        milliseconds_cell(seconds_on(placed, models::Engine::ane)),
        milliseconds_cell(seconds_on(placed, models::Engine::gpu)),
        milliseconds_cell(seconds_on(placed, models::Engine::cpu)),
        text_cell(placed.costs[engine].bound),
        text_cell(name_of(placed.confidence)),
        name_cell(placed.reason)};
    if (named) cells.insert(cells.begin(), name_cell(function.name()));
    table.rows.push_back(std::move(cells));
  }
  return table;
}

Table summary_table(const StudiedFunction& function) {
  const models::Placement& placement = *function.placement;
  Table table;
  table.columns = {{"", "quantity"}, {"", "value"}};
  const auto add = [&](std::string_view what, const std::string& value) {
    table.rows.push_back({text_cell(what), text_cell(value)});
  };
  add("in order", strip(placement));
  add("can run on the ANE", fmt::format("~{:.0f} % of FLOPs", 100 * placement.ane_possible_share));
  add("runs on the ANE",
      placement.ane_share ? fmt::format("~{:.0f} % of the time", 100 * *placement.ane_share) : "");
  add("ANE segments, switches", fmt::format("~{}, ~{}", placement.segments, placement.switches));
  add("latency", latency_text(latency_of(*function.analysis, placement)));
  const auto floor = [&](std::string_view what, std::optional<double> seconds) {
    add(what, seconds ? "~" + milliseconds_text(*seconds) : "");
  };
  floor("floor by bandwidth", placement.bandwidth_floor_seconds);
  floor("floor by dispatch", placement.dispatch_floor_seconds);
  return table;
}

std::string verdict(const models::Placement& placement) {
  if (placement.ane_share) {
    return fmt::format("~{:.0f} % of its time on the Neural Engine", 100 * *placement.ane_share);
  }
  return fmt::format("~{:.0f} % of its FLOPs can run on the Neural Engine",
                     100 * placement.ane_possible_share);
}

Report placed(const ModelStudy& study, const Context& context, bool all) {
  Report report;
  if (context.out.format == Format::json) return report;
  const std::vector<StudiedFunction> functions = study.functions(true);
  std::vector<std::string> verdicts;
  report.flat = operations_heading();
  for (const StudiedFunction& function : functions) {
    if (function.placement == nullptr) continue;
    std::ranges::move(operations_table(function, true).rows, std::back_inserter(report.flat.rows));
    const std::string where = function.where.empty() ? "" : printable(function.where) + ": ";
    verdicts.push_back(where + verdict(*function.placement));
    std::vector<Table> tables = {summary_table(function)};
    tables.front().title = printable(function.where);
    Table segments = segments_table(function);
    if (segments.rows.size() > kSegmentsShown && !all) {
      segments.title =
          fmt::format("The first {} of {} segments", kSegmentsShown, segments.rows.size());
      segments.rows.resize(kSegmentsShown);
    }
    tables.push_back(std::move(segments));
    tables.push_back(all ? operations_table(function, false) : reasons_table(function));
    std::ranges::move(tables, std::back_inserter(report.tables));
  }
  if (verdicts.empty()) {
    report.headline =
        fmt::format("{}: {}, no network: all of it runs on the CPU, or in Apple's own",
                    printable(study.file()), printable(study.model().kind));
    return report;
  }
  report.headline = fmt::format("{}: estimated on {}: {}", printable(study.file()),
                                chip_text(study.choice()), fmt::join(verdicts, "; "));
  report.notes.push_back(
      "All of this is estimated, none of it measured. In order: A Neural Engine, G graphics, C "
      "processor; in small, where no winner can be named: a can run on the Neural Engine, c "
      "cannot.");
  if (!totals_of(study.analysis()).cost.complete) report.notes.emplace_back(kCountedInPart);
  report.notes.push_back("Study: " + std::string(models::kPlacementStudy));
  if (!all) report.next = next_model_command("place --all", study);
  return report;
}

}  // namespace

int place_models(Context& context, const Arguments& arguments) {
  const bool all = arguments.has("all");
  return for_each_model(context, arguments, "model place", [&](const ModelStudy& study, bool&) {
    return placed(study, context, all);
  });
}

}  // namespace anemon
