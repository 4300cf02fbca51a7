#include <nlohmann/json.hpp>
#include <utility>

#include "core/error.h"
#include "profiler/report/files.h"
#include "profiler/report/report.h"

namespace anemon::profiler {
namespace {

using Json = nlohmann::ordered_json;

// "<" can end the element that holds the document, or begin a comment in it.
std::string embedded(const Json& document) {
  const std::string text = document.dump(-1, ' ', false, Json::error_handler_t::replace);
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    if (c == '<') {
      out += "\\u003c";
    } else {
      out += c;
    }
  }
  return out;
}

// Leaves every second sample out; false when there is nothing left to leave out.
bool thin(Json& result) {
  constexpr size_t kFewest = 100;
  bool thinned = false;
  if (const auto runs = result.find("runs"); runs != result.end()) {
    for (Json& run : *runs) thinned = thin(run) || thinned;
  }
  const auto samples = result.find("samples");
  if (samples == result.end()) return thinned;
  bool own = false;
  for (const char* key : {"start_seconds", "latency_ms"}) {
    const auto found = samples->find(key);
    if (found == samples->end() || !found->is_array() || found->size() < kFewest) continue;
    Json kept = Json::array();
    for (size_t i = 0; i < found->size(); i += 2) kept.push_back(std::move((*found)[i]));
    *found = std::move(kept);
    own = true;
  }
  if (own) (*samples)["kept_share"] = samples->value("kept_share", 1.0) / 2;
  return thinned || own;
}

std::string filled(std::string page, std::string_view place, std::string_view content) {
  const size_t at = page.find(place);
  return page.replace(at, place.size(), content);
}

}  // namespace

std::string html_report(const Json& result) {
  if (kReportScript.empty()) {
    throw Error("this build of anemon makes no HTML reports: Node or its packages were missing",
                "run scripts/install-dependencies, build again; -o markdown and -o json work");
  }
  const size_t fixed = kReportPage.size() + kReportStyle.size() + kReportScript.size();
  std::string data = embedded(result);
  for (Json smaller = result; fixed + data.size() >= kMaxHtmlBytes && thin(smaller);) {
    data = embedded(smaller);
  }
  if (fixed + data.size() >= kMaxHtmlBytes) {
    throw Error("the result is too large for one HTML page", "-o json writes it whole");
  }
  std::string page = filled(std::string(kReportPage), "@STYLE@", kReportStyle);
  page = filled(std::move(page), "@SCRIPT@", kReportScript);
  return filled(std::move(page), "@RESULT@", data);
}

}  // namespace anemon::profiler
