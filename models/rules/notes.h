// What is known about the Neural Engine and is no rule, because nothing in a file tells it or there
// is nothing to warn of: text of docs/rules.md.
#pragma once

#include <span>
#include <string_view>

#include "models/chips/chip.h"

namespace anemon::models {

struct Note {
  std::string_view id;
  Confidence confidence;
  std::string_view source;
  std::string_view what;
  std::string_view advice;  // may be empty
};

std::span<const Note> notes();  // by family, then number

}  // namespace anemon::models
