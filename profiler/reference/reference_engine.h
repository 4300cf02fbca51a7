// The engine of every system: it computes on the CPU, with oneDNN.
#pragma once

#include <memory>

#include "profiler/engine.h"

namespace anemon::profiler {

std::unique_ptr<Engine> open_reference_engine();

}  // namespace anemon::profiler
