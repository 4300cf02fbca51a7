#include "ctl/model_printer.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "ctl/exit_code.h"
#include "ctl/model_arguments.h"
#include "ctl/model_labels.h"
#include "ctl/words.h"
#include "models/document/model_json.h"
#include "models/read/read_model.h"

namespace anemon {
namespace {

void explain(std::string_view command, std::string line) {
  for (size_t at = line.find('\n'); at != line.npos; at = line.find('\n', at)) {
    line.replace(at, 1, "; ");
  }
  write_text(stderr, fmt::format("anemonctl: {}: {}\n", command, printable(line)));
}

std::string text_of(const Error& error) {
  return error.what() + (error.hint().empty() ? std::string() : " (" + error.hint() + ')');
}

}  // namespace

ModelPrinter::~ModelPrinter() = default;

void ModelPrinter::add(Report report, const std::string& file) {
  Output out = out_;
  std::string text;
  switch (out_.format) {
    case Format::json:
      documents_.push_back(report.document);
      return;
    case Format::csv: {
      Table& table = report.flat;
      table.columns.insert(table.columns.begin(), {"FILE", "file"});
      for (auto& row : table.rows) row.insert(row.begin(), name_cell(file));
      out.header = out_.header && first_;
      text = report_text(report, out);
      break;
    }
    case Format::table:
    case Format::markdown:
      text = report_text(report, out);
      if (text.empty()) return;
      // Without headlines nothing else tells whose answer it is.
      if (several_ && out.quiet) text.insert(0, printable(file) + ":\n");
      if (!first_) text.insert(0, "\n");
      break;
  }
  first_ = false;
  write_text(out_.file, text);
}

void ModelPrinter::finish() {
  if (out_.format != Format::json || documents_.empty()) return;
  Report report;
  report.document = documents_.front();
  if (several_) {
    Json all = Json::array();
    for (const auto& document : documents_) all.push_back(*document);
    report.document = std::make_shared<const Json>(std::move(all));
  }
  print_report(report, out_);
}

namespace {

// Nothing but a shape that does not fit stops an analysis, and shapes are in the command line.
std::unique_ptr<ModelStudy> study_of(const std::string& file, models::Model model,
                                     const models::InputShapes& shapes, ChipChoice chip) {
  const std::string prefix = model.name + ": ";
  try {
    return std::make_unique<ModelStudy>(file, std::move(model), shapes, chip);
  } catch (const Error& error) {
    std::string what = error.what();
    // Whoever explains it names the file as the user did.
    if (what.starts_with(prefix)) what.erase(0, prefix.size());
    throw UsageError("--shape: " + what, error.hint());
  }
}

}  // namespace

std::unique_ptr<ModelStudy> study_file(std::string_view command, const std::string& file,
                                       const models::InputShapes& shapes, ChipChoice chip,
                                       int& exit_code) {
  try {
    auto study = study_of(file, models::read_model(file), shapes, chip);
    const auto reasons = reasons_of_being_partial(study->model());
    if (!reasons.empty()) {
      exit_code = std::max(exit_code, kExitBad);
      explain(command,
              fmt::format("{}: known in part: {}{}", file, reasons.front(),
                          reasons.size() == 1 ? std::string()
                                              : fmt::format(" and {} more", reasons.size() - 1)));
    }
    return study;
  } catch (const UsageError& error) {
    explain(command, file + ": " + text_of(error));
    exit_code = std::max(exit_code, kExitUsage);
    return nullptr;
  } catch (const Error& error) {
    const std::string text = text_of(error);
    const bool named = std::string_view(error.what()).find(file) != std::string_view::npos;
    explain(command, (named ? "" : file + ": ") + text);
    exit_code = std::max(exit_code, kExitBad);
    return nullptr;
  }
}

int for_each_model(Context& context, const Arguments& arguments, std::string_view command,
                   const StudyCommand& run) {
  const ChipChoice chip = choose_chip(arguments);
  const models::InputShapes shapes = shapes_of(arguments);
  ModelPrinter printer(context.out, arguments.operands().size() > 1);
  int exit_code = kExitDone;
  for (const std::string& file : arguments.operands()) {
    const auto study = study_file(command, file, shapes, chip, exit_code);
    if (!study) continue;
    bool good = true;
    Report report = run(*study, good);
    if (context.out.format == Format::json && !report.document) {
      report.document = std::make_shared<const Json>(model_document(*study));
    }
    if (!good) exit_code = std::max(exit_code, kExitBad);
    printer.add(std::move(report), file);
  }
  printer.finish();
  return exit_code;
}

}  // namespace anemon
