// anemonctl from its arguments to its exit code.
#pragma once

namespace anemon {

int run_program(int argc, char** argv);

}  // namespace anemon
