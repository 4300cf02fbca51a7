// What keys of a result are called.
#pragma once

#include <string>
#include <string_view>

namespace anemon {

struct Label {
  std::string words;  // "inference, median"
  std::string unit;   // "ms"; empty for a plain number
};
// Of a key of a section, `percentiles` and `after_idle_ms` with the name below them.
Label label_of(std::string_view key, std::string_view below = {});

}  // namespace anemon
