// Words and numbers about models for people. All of it is safe to print: names in a model's file
// may hold what a terminal would obey.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "ctl/table.h"
#include "models/document/model_study.h"

namespace anemon {

// "3.27 G", "635.20 k", "12".
std::string scaled_count(uint64_t count);
std::string macs_text(uint64_t count);  // "3.27 GMACs", "12 MACs"
// The count as a cell; "-" when nothing could be counted.
Cell count_cell(uint64_t count, bool complete);
Cell bytes_cell(std::optional<double> bytes);
// "0.42", estimated, in milliseconds.
Cell milliseconds_cell(std::optional<double> seconds);
std::string milliseconds_text(double seconds);  // "0.42 ms"
// "~0.42 ms to 0.5 ms", "over ~0.42 ms"; empty when nothing is known.
std::string latency_text(const Latency& latency);

// Why a model's costs, and what is predicted from them, are lower bounds.
extern const std::string_view kCountedInPart;

// A name out of a model.
Cell name_cell(std::string_view name);

// "image RGB 3x224x224", "multiArray fp32 1x10"; "1..8 x 10", "3 shapes: 1x10, 2x10, 4x10",
// "fixed"; empty where open extents have no stated range.
std::string type_text(const models::Feature& feature);
std::string flexibility_text(const models::Feature& feature);

// "conv_3", else "conv #12": the author's name of an operation, else its place.
std::string operation_name(const models::FunctionAnalysis& function, size_t index);
Cell operation_cell(const models::FunctionAnalysis& function, size_t index);  // not too wide
// Shapes of the results: "1x64x56x56".
std::string results_text(const models::FunctionAnalysis& function,
                         const models::Operation& operation);

// "on M4 (this machine)".
std::string chip_text(const ChipChoice& choice);

}  // namespace anemon
