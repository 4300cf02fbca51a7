// Words, numbers and signs of the text form of ML programs (model.mil).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/error.h"

namespace anemon::models {

struct MilToken {
  enum class Kind : uint8_t { end, word, number, text, sign, arrow };
  Kind kind = Kind::end;
  std::string_view text;  // as written; of a text without its quotes, escapes not resolved
  size_t at = 0;          // offset of its first byte

  bool is(char sign) const { return kind == Kind::sign && text.front() == sign; }
  bool is(std::string_view word) const { return kind == Kind::word && text == word; }
};

// A bool, an integer or a real number, as a literal writes it.
struct MilNumber {
  double real = 0;
  uint64_t magnitude = 0;  // of an integer
  bool negative = false;
  bool integer = false;
};

// Tokens are views into the text, which must outlive them. Comments (// and /* */) are skipped.
class MilLexer {
 public:
  // `name`: the file's, for errors.
  MilLexer(std::string_view text, std::string name) : text_(text), name_(std::move(name)) {
    advance();
  }

  const MilToken& token() const noexcept { return token_; }
  // The first byte after the current token and blanks; 0 at the end.
  char next_byte();
  void advance();

  // Take the current token when it is this sign.
  bool accept(char sign) {
    if (!token_.is(sign)) return false;
    advance();
    return true;
  }
  void expect(char sign);
  std::string_view expect_word(const char* what);

  // The value of a number token, or of the words true, false, inf and nan.
  MilNumber number() const;
  // A text token with its escapes resolved.
  std::string unescaped() const;

  // Throws Error: "name:line:column: expected what, found ...".
  [[noreturn]] void fail_expected(std::string_view what) const;
  [[noreturn]] void fail(size_t at, std::string_view what) const;
  // "name:line:column". Counts lines from the start: not for every one of many.
  std::string place(size_t at) const;

 private:
  void skip_blanks();

  std::string_view text_;
  std::string name_;
  size_t position_ = 0;
  MilToken token_;
};

}  // namespace anemon::models
