// anemonctl model recommend: what to change first.
#include <fmt/format.h>

#include "ctl/handlers.h"
#include "ctl/model_labels.h"
#include "ctl/model_printer.h"
#include "ctl/numbers.h"
#include "ctl/words.h"

namespace anemon {
namespace {

std::string joules_text(double joules) {
  return joules < 1e-3 ? fmt::format("{:.3g} uJ", joules * 1e6)
                       : fmt::format("{:.3g} mJ", joules * 1e3);
}

std::string gain_text(const models::Recommendation& recommendation) {
  std::vector<std::string> gains;
  if (recommendation.seconds_saved) {
    gains.push_back("~" + milliseconds_text(*recommendation.seconds_saved));
  }
  if (recommendation.bytes_saved) gains.push_back(bytes_text(recommendation.bytes_saved));
  if (recommendation.joules_saved) gains.push_back("~" + joules_text(*recommendation.joules_saved));
  return fmt::format("{}", fmt::join(gains, ", "));
}

std::string where(const models::Recommendation& each) {
  if (each.member.empty()) return each.function;
  return each.member + (each.function.empty() ? "" : '/' + each.function);
}

Table recommendations_table(const std::vector<models::Recommendation>& recommendations) {
  Table table;
  table.columns = {{"RANK", "rank", true},
                   {"ID", "id"},
                   {"TITLE", "title", false, Column::Fit::elide},
                   {"WHERE", "where", false, Column::Fit::elide},
                   {"OPERATIONS", "operations", true},
                   {"SAVES MS", "seconds_saved", true},
                   {"SAVES BYTES", "bytes_saved", true},
                   {"SAVES MJ", "joules_saved", true},
                   {"CONFIDENCE", "confidence"},
                   {"CHANGE", "change", false, Column::Fit::elide},
                   {"BASIS", "basis", false, Column::Fit::elide}};
  double rank = 0;
  for (const models::Recommendation& each : recommendations) {
    table.rows.push_back({number_cell(++rank, {0}), name_cell(each.id), name_cell(each.title),
                          name_cell(where(each)), number_cell(double(each.operations.size()), {0}),
                          milliseconds_cell(each.seconds_saved), bytes_cell(each.bytes_saved),
                          number_cell(each.joules_saved, {3, 1000}, true),
                          text_cell(name_of(each.confidence)), name_cell(each.change),
                          name_cell(each.basis)});
  }
  return table;
}

std::vector<std::string> blocks(const std::vector<models::Recommendation>& recommendations) {
  std::vector<std::string> lines;
  size_t rank = 0;
  for (const models::Recommendation& each : recommendations) {
    const std::string gain = gain_text(each);
    const std::string place = where(each);
    lines.push_back(fmt::format("{}. {}{} [{}]{}", ++rank,
                                place.empty() ? "" : printable(place) + ": ", printable(each.title),
                                printable(each.id), gain.empty() ? "" : ": saves " + gain));
    const auto add = [&](std::string_view title, std::string_view text) {
      if (!text.empty()) lines.push_back(fmt::format("   {}: {}", title, printable(text)));
    };
    add("change", each.change);
    add("basis", fmt::format("{} ({})", each.basis, name_of(each.confidence)));
    if (!each.operations.empty()) {
      add("applies to", counted(double(each.operations.size()), "operation"));
    }
  }
  return lines;
}

Report recommended(const ModelStudy& study, const Context& context) {
  Report report;
  if (context.out.format == Format::json) return report;
  const auto& recommendations = study.recommendations();
  report.headline = fmt::format("{}: {} on {}", printable(study.file()),
                                recommendations.empty()
                                    ? "nothing that the numbers support"
                                    : counted(double(recommendations.size()), "recommendation"),
                                chip_text(study.choice()));
  report.flat = recommendations_table(recommendations);
  if (context.out.format == Format::markdown) {
    report.tables = {report.flat};
  } else {
    report.lines = blocks(recommendations);
  }
  if (!recommendations.empty()) {
    report.notes.push_back(
        "Savings in time and energy are estimated for one prediction and do not add up.");
  }
  return report;
}

}  // namespace

int recommend_for_models(Context& context, const Arguments& arguments) {
  return for_each_model(context, arguments, "model recommend", [&](const ModelStudy& study, bool&) {
    return recommended(study, context);
  });
}

}  // namespace anemon
