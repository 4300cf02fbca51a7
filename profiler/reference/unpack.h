// Constants as the fp32 numbers that they stand for.
#pragma once

#include <string>

#include "models/graph/constant.h"

namespace anemon::profiler::reference {

// Elements of any storage: floats, integers, quantised or palettised ones of old networks. Throws
// Error, which names `owner`, where they are missing, too few or no numbers.
void unpack(const models::Constant& constant, const std::string& owner, float* elements,
            size_t count);

float half_to_float(uint16_t half);
// To the nearest number that fp16 has, ties to even; beyond its range infinite.
float rounded_to_half(float value);

}  // namespace anemon::profiler::reference
