// The text behind anemon_last_error(): one for each thread, cut to fit, so that keeping it cannot
// fail.
#pragma once

#include <string_view>

namespace anemon {

void set_last_error(std::string_view text) noexcept;
const char* last_error() noexcept;

}  // namespace anemon
