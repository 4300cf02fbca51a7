// Reports of a result, made of its document anemon.result/1 (docs/result-json.md) and nothing else.
// Pure; what the document leaves out, they leave out.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace anemon::profiler {

// One page that needs neither network nor other files, of less than kMaxHtmlBytes: of samples that
// are too many, evenly spread ones stay. Throws Error when this program was built without Node's
// packages.
std::string html_report(const nlohmann::ordered_json& result);
inline constexpr std::size_t kMaxHtmlBytes = 1'500'000;

// A line "Metric,Value,Unit" for each number of timing, throughput, power, memory, ane, the latency
// breakdown and the score; layers as layer_timings_ms.NAME. RFC 4180, lines end in "\n"; names that
// a spreadsheet would take for a formula get an apostrophe.
std::string csv_report(const nlohmann::ordered_json& result);

// Headings and tables, for a pull request.
std::string markdown_report(const nlohmann::ordered_json& result);

}  // namespace anemon::profiler
