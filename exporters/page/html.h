// A page of HTML as it grows. What comes from outside goes through `text` only.
#pragma once

#include <string>
#include <string_view>

namespace anemon {

class Html {
 public:
  // Markup of our own.
  Html& raw(std::string_view markup) {
    out_ += markup;
    return *this;
  }

  // Anything, as text of an element or of a quoted attribute: escaped, made clean UTF-8, and cut to
  // `max_bytes` with an ellipsis.
  Html& text(std::string_view text, size_t max_bytes = kMaxText);

  std::string take() { return std::move(out_); }
  size_t size() const { return out_.size(); }

  static constexpr size_t kMaxText = 160;

 private:
  std::string out_;
};

}  // namespace anemon
