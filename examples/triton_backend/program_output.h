// Runs a program and waits for it.
#pragma once

#include <string>
#include <vector>

// What `command` writes, its remarks included; looked for on PATH. Throws std::runtime_error when
// it cannot be run, or neither ends nor closes its output within a minute.
std::string program_output(std::vector<std::string> command);
