// What commands that run a model can be told: their options, and the run that these ask for.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

#include "ctl/command.h"
#include "profiler/measure/questions.h"

namespace anemon {

class Arguments;

// Several lists of options as one.
template <size_t... N>
constexpr auto all_of(const std::array<Option, N>&... lists) {
  std::array<Option, (N + ...)> all{};
  size_t at = 0;
  const auto add = [&](const auto& list) {
    for (const Option& option : list) all[at++] = option;
  };
  (add(lists), ...);
  return all;
}

// Who runs the model.
inline constexpr std::array<Option, 4> kEngineOptions = {{
    {"--compute-units", "UNITS", "What the engine may use (default all)",
     "cpu-only|cpu-and-gpu|cpu-and-ane|all"},
    {"--engine", "NAME", "Engine of the runner (default its first)"},
    {"--runner", "CMD", "Another runner than anemon-runner (docs/runner-protocol.md)"},
    {"--threads", "N", "Threads that compute (default 1; 0: as the engine likes)"},
}};

// How many items go into one call; of commands that have no batch of their own.
inline constexpr std::array<Option, 1> kBatchOption = {{
    {"--batch", "N", "Items in one prediction call (default 1)"},
}};

// What is run, and for how long.
inline constexpr std::array<Option, 14> kRunOptions = {{
    {"--function", "NAME", "Function of the model (default its default)"},
    {"--shape", "NAME=SHAPE", "Shape of an input, as 1x3x224x224; repeatable", {}, true},
    {"--input",
     "NAME=FILL",
     "A file of little-endian fp32, or random, normal:MEAN:DEVIATION, uniform:LOW:HIGH, "
     "integers:LOW:HIGH, values:1,2,3, text:WORDS (default random); repeatable",
     {},
     true,
     Completes::file},
    {"--seed", "N", "Of random inputs (default 1)"},
    {"--fp16", "", "Reference engine: round what fp16 operations give"},
    {"--iterations", "N", "Measured calls, at least (default 100)"},
    {"--time", "DUR", "Measured time, at least (default 1s)"},
    {"--max-time", "DUR", "Measured time, at most (default 1m)"},
    {"--warmup", "N", "Calls before, at least, until steady (default 10)"},
    {"--warmup-time", "DUR", "Time of warming up, at least (default 1s)"},
    {"--timeout", "DUR", "Longest load, and longest call (default 15m and 2m)"},
    {"--memory-limit", "SIZE", "Most memory of the runner, as 2GiB"},
    {"--name", "NAME", "Name of the model (default its file's)"},
    {"--chip",
     "NAME",
     "Chip to predict for (default: this machine's, else M4)",
     {},
     false,
     Completes::chip},
}};

// What else is looked at; of commands about one run.
inline constexpr std::array<Option, 4> kDetailOptions = {{
    {"--after-idle", "DUR,...", "Also time a call after pauses, as 100ms,3s,10s"},
    {"--no-layers", "", "No times of layers"},
    {"--no-plan", "", "Do not ask the engine what it intends"},
    {"--no-reload", "", "Do not time a second load"},
}};

// Only where a daemon sees a source of power.
inline constexpr std::array<Option, 5> kEnergyOptions = {{
    {"--no-power", "", "Do not lengthen the run for energy"},
    {"--energy-precision", "SHARE", "Half the 95 % interval of the energy (default 5%)"},
    {"--energy-time", "DUR", "Measured time for energy, at least (default 30s)"},
    {"--energy-limit", "DUR", "Measured time for energy, at most (default 2m)"},
    {"--baseline", "DUR", "Idle machine before (default 5s)"},
}};

// Where the answer goes.
inline constexpr std::array<Option, 2> kKeepOptions = {{
    {"--to",
     "FILE",
     "Write the result too: .json, .html, .md or .csv by the name",
     {},
     false,
     Completes::file},
    {"--no-keep", "", "Do not keep the result (anemonctl results)"},
}};

// These throw UsageError for what is no value of its option.
profiler::RunRequest run_request(const Arguments& arguments, const std::string& model);
profiler::Asking asking(const Arguments& arguments);

std::optional<uint64_t> whole_number(const Arguments& arguments, std::string_view option,
                                     uint64_t least, uint64_t most);
std::optional<double> share(const Arguments& arguments, std::string_view option);    // "5%", "0.05"
std::optional<uint64_t> bytes(const Arguments& arguments, std::string_view option);  // "512MB"
std::optional<profiler::ComputeUnits> compute_units(const Arguments& arguments,
                                                    std::string_view option);

}  // namespace anemon
