// What an IOReport energy channel counts, told from its exact name by a grammar, and in which unit.
// Never by substring: 334 of the 364 channels of an M5 Max contain "CPU", and their sum is three
// times the truth.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "platform/ioreport.h"

namespace anemon {

enum class EnergyKind : uint8_t {
  cpu_total,    // all clusters of the package
  cpu_die,      // all clusters of one die: there is no package total beside it
  cpu_cluster,  // these four are parts of the totals above
  cpu_core,
  cpu_fabric,
  cpu_sram,
  gpu_total,  // contains the next three
  gpu,
  gpu_sram,
  gpu_part,
  ane,
  dram,
  block,      // a named other block of the chip
  telemetry,  // per core and voltage level, inside the totals: never counted
  unknown
};

// How the numbers in a name are written. A rail is made of channels of one spelling only.
enum class EnergySpelling : uint8_t { bare, numbered, numbered_by_die };

struct EnergyChannel {
  EnergyKind kind = EnergyKind::unknown;
  EnergySpelling spelling = EnergySpelling::bare;
  std::string_view component;    // label of a kind that makes a rail, else empty; static
  std::optional<uint32_t> die;   // where the name tells it
  std::optional<uint32_t> unit;  // number of the cluster, engine, controller or port
  std::optional<uint32_t> core;
};

// `unknown` for names that the grammar does not have.
EnergyChannel parse_energy_channel(std::string_view name);

// 1e-3 for "mJ" with any spaces around it; unset for what is no unit of energy.
std::optional<double> joules_per_unit(std::string_view unit);

// Where energy counters are: the Energy Model, or the power management processor's own.
enum class EnergyGroup : uint8_t { none, energy_model, pmp };
EnergyGroup energy_group(const Channel& channel);

// For ChannelSelection::keep: a counter that makes a rail or checks one.
bool is_energy_counter(const Channel& channel);

}  // namespace anemon
