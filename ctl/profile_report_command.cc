// anemonctl report: a result's document as HTML, Markdown or CSV.
#include <fmt/format.h>

#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/json_access.h"
#include "ctl/arguments.h"
#include "ctl/context.h"
#include "ctl/exit_code.h"
#include "ctl/handlers.h"
#include "ctl/numbers.h"
#include "ctl/output_file.h"
#include "profiler/report/report.h"

namespace anemon {
namespace {

constexpr size_t kMaxDocument = 256 << 20;

Json read_result(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw Error(path + ": cannot be read", "docs/result-json.md says what one is");
  std::string bytes;
  for (std::string piece(1 << 16, '\0'); file.read(piece.data(), 1 << 16) || file.gcount() > 0;) {
    bytes.append(piece, 0, static_cast<size_t>(file.gcount()));
    if (bytes.size() > kMaxDocument) throw Error(path + ": too large for a result");
  }
  Json document = Json::parse(bytes, nullptr, false);
  if (!document.is_object() || text(document, "/schema") != "anemon.result/1") {
    throw Error(path + ": not a result of anemon (schema anemon.result/1)",
                "docs/result-json.md says what one is");
  }
  return document;
}

std::string format_of(const Arguments& arguments) {
  const std::string format = arguments.value("format");
  if (!format.empty()) return format;
  const std::string to = arguments.value("to");
  if (to.ends_with(".md")) return "markdown";
  if (to.ends_with(".csv")) return "csv";
  return "html";
}

}  // namespace

int report_result(Context& context, const Arguments& arguments) {
  const Json result = read_result(arguments.operands().front());
  const std::string format = format_of(arguments);
  OutputFile file(arguments.value("to"), context.out.file);
  if (format == "csv") {
    file.write(profiler::csv_report(result));
  } else if (format == "markdown") {
    file.write(profiler::markdown_report(result));
  } else {
    file.write(profiler::html_report(result));
  }
  const double bytes = file.close();
  if (arguments.has("to")) {
    context.remark(fmt::format("{}: {} as {}", arguments.value("to"), bytes_text(bytes), format));
  }
  return kExitDone;
}

}  // namespace anemon
