// A kernel's cumulative count that must not fall when the kernel starts it anew.
#pragma once

#include <cstdint>

namespace anemon {

class MonotoneCounter {
 public:
  // Where to begin at the first raw value: there, or at zero (it was counted before by another).
  enum class Begin : uint8_t { at_value, at_zero };

  explicit MonotoneCounter(Begin begin = Begin::at_value) : begin_(begin) {}

  // A value that fell was counted from zero again.
  int64_t feed(int64_t raw) noexcept {
    if (!started_ && begin_ == Begin::at_zero) last_ = raw;
    started_ = true;
    total_ += raw >= last_ ? raw - last_ : raw;
    last_ = raw;
    return total_;
  }

  int64_t total() const noexcept { return total_; }

 private:
  Begin begin_;
  bool started_ = false;
  int64_t last_ = 0;
  int64_t total_ = 0;
};

}  // namespace anemon
