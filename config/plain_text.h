// The text of a configuration before it is parsed: what it must be, where a problem in it is, and
// how pieces of it are put into messages.
#pragma once

#include <compare>
#include <cstddef>
#include <string>
#include <string_view>

#include "core/error.h"

namespace anemon {

constexpr size_t kMaxConfigBytes = 1 << 20;

// Counted from 1, columns in bytes; 0 where no place can be named.
struct TextPosition {
  int line = 0;
  int column = 0;
  auto operator<=>(const TextPosition&) const = default;
};

// A problem at a place; `what()` is the reason alone.
class PositionedError : public Error {
 public:
  PositionedError(TextPosition position, const std::string& reason)
      : Error(reason), position_(position) {}
  TextPosition position() const noexcept { return position_; }

 private:
  TextPosition position_;
};

// Throws PositionedError unless `text` is UTF-8 of at most kMaxConfigBytes without control
// characters (line ends and tabs are none) and without YAML directives that change how the rest is
// read.
void require_plain_text(std::string_view text);

// Whether the line (counted from 1) begins with a tab, spaces before it included.
bool indented_with_tab(std::string_view text, int line);

// `text` with control characters and bytes that are not UTF-8 escaped, for one line of a log.
std::string escape_unprintable(std::string_view text);

// The same in double quotes, cut when it is long.
std::string quote(std::string_view text);

}  // namespace anemon
