// An inference as a client reports it after the fact.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "core/clock.h"

namespace anemon {

struct InferenceEvent {
  std::string model;
  std::string compute_unit;  // "ane", "gpu", "cpu", or what the client calls it
  Duration begin_wall{};
  Duration duration{};
  bool ok = true;
  std::map<std::string, uint64_t> items;  // kind ("token", "image") to count
};

}  // namespace anemon
