// The rows of `anemonctl model ...`, a part of the table of commands.
#pragma once

#include <span>

#include "ctl/command.h"

namespace anemon {

std::span<const Command> model_commands();

}  // namespace anemon
