// A result (anemon.result/1, docs/result-json.md) for people.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "ctl/report.h"

namespace anemon {

// The answer in one line: "mnistCNN: 0.055 ms (0.054 to 0.056), 18 100 inferences/s, reference
// (CPU)"; of a run that failed: how.
std::string result_headline(const Json& result);

// All of it: headline, tables, what is absent and why, where it ran, what to do next.
Report result_report(std::shared_ptr<const Json> result);

// Parts of it, for commands that answer one question.
Table section_table(const Json& result, const char* section, const char* title);
Table layers_table(const Json& result);
Table comparison_table(const Json& result);  // a row for each of the runs of one result
Table sweep_table(const Json& result);       // a row for each size of batch
std::vector<std::string> absent_lines(const Json& result);  // "No peak power: no source of power."
std::string environment_sentence(const Json& result);       // empty when nothing is known

// Every number on a line of its own, with section, unit and provenance: what CSV is made of.
Table flat_result(const Json& result);

// "engine, compute units" of a run among others.
std::string run_name(const Json& run);

// Its name, else that of its file; printable.
std::string model_name(const Json& result);

}  // namespace anemon
