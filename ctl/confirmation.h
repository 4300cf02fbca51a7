// Asking before something is gone for good.
#pragma once

#include <string>

namespace anemon {

// Whether a person at the terminal says yes to `question`. Throws UsageError when there is none.
bool confirmed(const std::string& question);

}  // namespace anemon
