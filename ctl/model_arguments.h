// The options that commands about models share.
#pragma once

#include <string_view>

#include "models/document/model_study.h"

namespace anemon {

class Arguments;

constexpr std::string_view kAskedFor = "asked for";

// --chip, else this machine's, else the default. Throws UsageError for a chip nobody knows.
ChipChoice choose_chip(const Arguments& arguments);

// --shape NAME=1x3x224x224. Throws UsageError.
models::InputShapes shapes_of(const Arguments& arguments);

}  // namespace anemon
