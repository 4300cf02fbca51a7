#include "ctl/profile_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdlib>
#include <filesystem>

#include "core/duration.h"
#include "core/error.h"
#include "ctl/arguments.h"
#include "ctl/exit_code.h"
#include "ctl/model_arguments.h"
#include "ctl/words.h"

namespace anemon {
namespace {

using profiler::InputFill;

[[noreturn]] void throw_not_a(std::string_view option, std::string_view value,
                              std::string_view what, std::string_view example) {
  throw UsageError(fmt::format("--{}: {} is not {}", option, value, what),
                   fmt::format("for example --{} {}", option, example));
}

// A finite number and nothing else.
std::optional<double> real_number(std::string_view text) {
  const std::string terminated(text);
  if (terminated.empty() || terminated.find_first_of(" \t\n") != terminated.npos) return {};
  char* end = nullptr;
  const double value = std::strtod(terminated.c_str(), &end);
  if (*end != '\0' || !std::isfinite(value)) return std::nullopt;
  return value;
}

constexpr std::string_view kFillExample =
    "x=FILE, x=random, x=normal:0:1, x=uniform:0:255, x=integers:0:30521 or x=values:1,2,3";

[[noreturn]] void throw_not_a_fill(const std::string& text) {
  throw UsageError(fmt::format("--input: {} is not NAME=FILL", text),
                   fmt::format("for example --input {}", kFillExample));
}

struct FillWord {
  std::string_view word;
  InputFill::Kind kind;
};
constexpr FillWord kRanges[] = {{"normal", InputFill::Kind::normal},
                                {"uniform", InputFill::Kind::uniform},
                                {"integers", InputFill::Kind::integers}};

// "KIND:FIRST:SECOND"; false when it is none.
bool read_range(std::string_view how, InputFill& fill) {
  const auto parts = split(how, ':');
  for (const FillWord& range : kRanges) {
    if (parts.empty() || parts.front() != range.word) continue;
    if (parts.size() != 3) return false;
    const auto first = real_number(parts[1]), second = real_number(parts[2]);
    const bool ordered =
        first && second && (range.word == "normal" ? *second > 0 : *first <= *second);
    if (!ordered) return false;
    fill.kind = range.kind;
    fill.first = *first;
    fill.second = *second;
    return true;
  }
  return false;
}

bool read_values(std::string_view list, InputFill& fill) {
  fill.kind = InputFill::Kind::values;
  for (const std::string_view each : split(list, ',')) {
    const auto value = real_number(each);
    if (!value) return false;
    fill.numbers.push_back(static_cast<float>(*value));
  }
  return !fill.numbers.empty();
}

InputFill input_fill(const std::string& text) {
  const size_t equals = text.find('=');
  if (equals == text.npos || equals == 0 || equals + 1 == text.size()) throw_not_a_fill(text);
  InputFill fill;
  fill.name = text.substr(0, equals);
  const std::string_view how = std::string_view(text).substr(equals + 1);
  const std::string_view word = how.substr(0, how.find(':'));
  const bool is_range = std::ranges::find(kRanges, word, &FillWord::word) != std::end(kRanges);
  if (how == "random") return fill;
  if (is_range && how.find(':') != how.npos) {
    if (!read_range(how, fill)) throw_not_a_fill(text);
  } else if (word == "values" && word != how) {
    if (!read_values(how.substr(7), fill)) throw_not_a_fill(text);
  } else if (word == "text" && word != how) {
    fill.kind = InputFill::Kind::values;
    fill.text = how.substr(5);
  } else {
    fill.kind = InputFill::Kind::file;
    std::error_code unknown;
    if (!std::filesystem::is_regular_file(how, unknown)) {
      throw UsageError(fmt::format("--input: {}: no such file", how),
                       fmt::format("for example --input {}", kFillExample));
    }
    fill.path = std::filesystem::absolute(how, unknown).string();
  }
  return fill;
}

std::vector<Duration> durations(const Arguments& arguments, std::string_view option) {
  const std::string text = arguments.value(option);
  std::vector<Duration> result;
  for (const std::string_view each : split(std::string_view(text), ',')) {
    const auto parsed = parse_duration(each);
    if (!parsed || *parsed <= Duration::zero()) {
      throw_not_a(option, each, "a duration", "100ms,3s,10s");
    }
    result.push_back(*parsed);
  }
  return result;
}

template <class T>
void set(T& target, const std::optional<T>& value) {
  if (value) target = *value;
}

profiler::EnergyRequest energy_request(const Arguments& arguments) {
  profiler::EnergyRequest energy;
  energy.wanted = !arguments.has("no-power");
  set(energy.baseline, arguments.duration("baseline"));
  set(energy.at_least, arguments.duration("energy-time"));
  const auto limit = arguments.duration("energy-limit");
  energy.at_most = limit.value_or(std::max(energy.at_most, energy.at_least));
  if (energy.at_most < energy.at_least) {
    throw UsageError("--energy-limit is below --energy-time");
  }
  set(energy.precision, share(arguments, "energy-precision"));
  return energy;
}

}  // namespace

std::optional<uint64_t> whole_number(const Arguments& arguments, std::string_view option,
                                     uint64_t least, uint64_t most) {
  if (!arguments.has(option)) return std::nullopt;
  const std::string text = arguments.value(option);
  const bool digits = !text.empty() && text.size() <= 18 &&
                      std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
  const uint64_t number = digits ? std::stoull(text) : 0;
  if (!digits || number < least || number > most) {
    throw_not_a(option, text, fmt::format("a whole number from {} to {}", least, most),
                std::to_string(std::max<uint64_t>(least, 1)));
  }
  return number;
}

std::optional<double> share(const Arguments& arguments, std::string_view option) {
  if (!arguments.has(option)) return std::nullopt;
  const std::string text = arguments.value(option);
  const bool percent = text.ends_with('%');
  const auto number = real_number(text.substr(0, text.size() - (percent ? 1 : 0)));
  const double value = number.value_or(0) / (percent ? 100 : 1);
  if (value <= 0 || value >= 1) throw_not_a(option, text, "a share between 0 and 1", "5%");
  return value;
}

std::optional<uint64_t> bytes(const Arguments& arguments, std::string_view option) {
  if (!arguments.has(option)) return std::nullopt;
  struct Unit {
    std::string_view name;
    double bytes;
  };
  static constexpr Unit kUnits[] = {
      {"KiB", 0x1p10}, {"MiB", 0x1p20}, {"GiB", 0x1p30}, {"TiB", 0x1p40}, {"kB", 1e3},
      {"KB", 1e3},     {"MB", 1e6},     {"GB", 1e9},     {"TB", 1e12},    {"K", 0x1p10},
      {"M", 0x1p20},   {"G", 0x1p30},   {"T", 0x1p40},   {"B", 1}};
  const std::string text = arguments.value(option);
  for (const Unit& unit : kUnits) {
    if (!text.ends_with(unit.name)) continue;
    const auto number = real_number(text.substr(0, text.size() - unit.name.size()));
    const double value = number.value_or(0) * unit.bytes;
    if (value >= 1 && value < 0x1p62) return static_cast<uint64_t>(value);
    break;
  }
  throw_not_a(option, text, "a size with its unit", "2GiB or 500MB");
}

std::optional<profiler::ComputeUnits> compute_units(const Arguments& arguments,
                                                    std::string_view option) {
  return profiler::parse_compute_units(arguments.value(option));
}

profiler::RunRequest run_request(const Arguments& arguments, const std::string& model) {
  profiler::RunRequest request;
  request.model = model;
  request.name = arguments.value("name");
  request.function = arguments.value("function");
  set(request.units, compute_units(arguments, "compute-units"));
  request.shapes = shapes_of(arguments);
  if (const auto threads = whole_number(arguments, "threads", 0, 1024)) {
    request.threads = static_cast<unsigned>(*threads);
  }
  request.round_to_fp16 = arguments.has("fp16");
  set(request.items, whole_number(arguments, "batch", 1, profiler::kMaxItems));
  set(request.seed, whole_number(arguments, "seed", 0, 1'000'000'000'000'000'000));
  for (const std::string& text : arguments.values("input")) {
    request.inputs.push_back(input_fill(text));
  }
  set(request.iterations, whole_number(arguments, "iterations", 1, 1'000'000'000));
  set(request.time, arguments.duration("time"));
  const auto most = arguments.duration("max-time");
  request.time_limit = most.value_or(std::max(request.time_limit, request.time));
  if (request.time_limit < request.time) throw UsageError("--max-time is below --time");
  if (const auto warm = whole_number(arguments, "warmup", 0, 1'000'000'000)) {
    request.warm_up.iterations = *warm;
  }
  if (const auto warm = arguments.duration("warmup-time")) {
    request.warm_up.seconds = to_seconds(*warm);
    request.warm_up.limit_seconds =
        std::max(request.warm_up.limit_seconds, request.warm_up.seconds);
  }
  request.after_idle = durations(arguments, "after-idle");
  request.reload = !arguments.has("no-reload");
  request.operations = !arguments.has("no-layers");
  request.plan = !arguments.has("no-plan");
  request.energy = energy_request(arguments);
  request.runner = arguments.value("runner");
  request.engine = arguments.value("engine");
  if (const auto longest = arguments.duration("timeout")) {
    request.limits.load = request.limits.call = *longest;
  }
  request.limits.memory = bytes(arguments, "memory-limit");
  return request;
}

profiler::Asking asking(const Arguments& arguments) {
  profiler::Asking asking;
  asking.socket = arguments.value("socket");
  // A name that nobody knows is said before anything runs.
  if (arguments.has("chip")) asking.chip = choose_chip(arguments).chip->name;
  return asking;
}

}  // namespace anemon
