#include "ctl/result_files.h"

#include <fmt/format.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/error.h"
#include "core/json_access.h"
#include "ctl/exit_code.h"
#include "profiler/history/history.h"
#include "profiler/report/report.h"

namespace anemon {
namespace {

constexpr size_t kMaxDocument = 256 << 20;

constexpr std::array<std::pair<std::string_view, const char*>, 6> kFormats = {
    {{".html", "html"},
     {".htm", "html"},
     {".md", "markdown"},
     {".markdown", "markdown"},
     {".csv", "csv"},
     {".json", "json"}}};

}  // namespace

Json read_result_file(const std::string& path) {
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

Json find_result(const std::string& name) {
  std::error_code unknown;
  if (std::filesystem::exists(name, unknown)) return read_result_file(name);
  try {
    return profiler::ResultHistory().get(name);
  } catch (const profiler::NoSuchResult& error) {
    const bool is_path = name.find('/') != name.npos || name.find('.') != name.npos;
    throw MissingError(is_path ? name + ": no such file" : std::string(error.what()),
                       is_path ? "anemonctl results list" : error.hint());
  }
}

std::string format_by_name(const std::string& file, const std::string& otherwise) {
  for (const auto& [end, format] : kFormats) {
    if (file.ends_with(end)) return format;
  }
  return otherwise;
}

std::string rendered(const Json& result, const std::string& format) {
  if (format == "csv") return profiler::csv_report(result);
  if (format == "markdown") return profiler::markdown_report(result);
  if (format == "html") return profiler::html_report(result);
  return result.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace anemon
