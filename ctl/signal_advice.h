// What a signal's state means to its owner, and what would help.
#pragma once

#include <string_view>

#include "ctl/doctor.h"

namespace anemon {

struct SignalAdvice {
  Verdict verdict = Verdict::warn;
  std::string_view fix;  // may be empty: nothing can or need be done
};

// By state, source and reason; unknown states are worth a look.
SignalAdvice signal_advice(std::string_view state, std::string_view source,
                           std::string_view reason);

}  // namespace anemon
