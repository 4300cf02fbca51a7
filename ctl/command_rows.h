// The rows of the table of commands, a file for each group of them.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "ctl/command.h"

namespace anemon {

// The heading over the last two.
constexpr std::string_view kCareGroup = "Set up and repair";

// As many operands as one gives.
constexpr size_t kMany = 1000;

std::span<const Command> look_commands();
std::span<const Command> measure_commands();
std::span<const Command> model_commands();
std::span<const Command> profile_commands();
std::span<const Command> service_commands();
std::span<const Command> care_commands();

}  // namespace anemon
