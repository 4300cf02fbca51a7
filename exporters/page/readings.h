// The readings that matter to somebody who looks, by theme: which they are is one table in
// reading_rows.cc. What should be there and is not has a row with its state and reason instead.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/catalogue.h"
#include "core/clock.h"
#include "exporters/sources.h"

namespace anemon {

enum class Theme : uint8_t { power, neural_engine, activity, clocks, heat, memory, inference };
inline constexpr size_t kThemes = 7;
std::string_view title(Theme theme);

struct PageReading {
  Metric metric;
  std::string component;    // the series' first label as it is; empty without one
  std::string path;         // its first two labels, joined by a slash as in signals' components
  std::string name;         // for people
  std::string_view note{};  // what the value is the mean of, and the like; often empty
  std::string value;        // for people; empty: there is none, see `state`
  double number = 0;
  Provenance provenance = Provenance::measured;
  std::optional<double> share{};  // 0..1, for a bar
  std::optional<Duration> age{};  // when it is not fresh
  std::string state{}, reason{};  // why there is no value
};

struct PageProcess {
  Provenance provenance = Provenance::measured;  // of the least certain of its numbers
  std::string pid, name;                         // pid "" for the sum of the rest
  std::optional<double> resident{}, footprint{}, neural{},
      threads{};  // bytes, bytes, bytes, number
};

struct PageReadings {
  struct Group {
    std::vector<PageReading> shown;
    std::vector<PageReading> more;  // of lesser interest
    size_t left_out = 0;            // beyond the bounds below
  };
  std::array<Group, kThemes> themes;
  std::vector<PageProcess> processes;  // the greatest first
  size_t processes_left_out = 0;

  static constexpr size_t kMaxShown = 14;
  static constexpr size_t kMaxMore = 48;
  static constexpr size_t kMaxProcesses = 40;

  // By metric and first label; nullptr when there is no such reading.
  const PageReading* find(Theme theme, Metric metric, std::string_view component = {}) const;
};

// Takes no lock for long: reads the store and the signal board once.
PageReadings page_readings(const Sources& sources, const std::vector<Signal>& signals, Instant now);

// "Neural Engine" for "ane", "CPU performance 0" for "cpu-performance-0"; what is not known stays.
std::string spoken_component(std::string_view component);

}  // namespace anemon
