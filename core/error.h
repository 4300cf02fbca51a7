// The exception of the whole program. A message says what failed, where and why; the hint says what
// to do about it. Thrown up to `main` (or the scheduler, for collectors), never swallowed.
#pragma once

#include <stdexcept>
#include <string>
#include <utility>

namespace anemon {

class Error : public std::runtime_error {
 public:
  explicit Error(const std::string& message, std::string hint = {})
      : std::runtime_error(message), hint_(std::move(hint)) {}

  // What the user can do; empty when there is nothing to say.
  const std::string& hint() const noexcept { return hint_; }

 private:
  std::string hint_;
};

}  // namespace anemon
