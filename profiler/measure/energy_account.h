// A machine's energy out of that of its components, none counted twice.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "core/json.h"
#include "profiler/measure/session_series.h"
#include "profiler/statistics/energy_precision.h"

namespace anemon::profiler {

// Components that together are what computing uses: of a system on a chip the processor, graphics,
// Neural Engine and memory; else processor packages and memory, else the chip as a whole, else the
// machine as a whole, else processor, graphics and memory. The first of these whose essential part
// there is; empty when none makes a total. A battery and the power supply are none of them, nor is
// what is a part of another (a package's cores).
std::vector<std::string> components_of_total(const std::set<std::string>& known);

// What a session's samples say of the energy of `components` together.
struct EnergyAccount {
  std::string why_none;                   // when there are no intervals
  std::vector<EnergyInterval> intervals;  // between readings, while all components are known
  double cadence = 0;                     // seconds between publications of the slowest
  Provenance provenance = Provenance::estimated;  // of the energy, the worst
  std::vector<std::string> sources;               // each once: "ioreport"
};
EnergyAccount account_energy(const Json& samples, const std::vector<std::string>& components);

// The power of `components` together, each reading as it stood; from when all are known.
Timeline total_watts(const Json& samples, const std::vector<std::string>& components);

}  // namespace anemon::profiler
