#include "models/read/mil_text_lexer.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>

namespace anemon::models {
namespace {

enum Class : uint8_t { kOther = 0, kBlank = 1, kWord = 2, kDigit = 4, kSign = 8 };

constexpr std::array<uint8_t, 256> kClasses = [] {
  std::array<uint8_t, 256> classes{};
  for (const char c : std::string_view(" \t\r\n\f\v")) classes[static_cast<uint8_t>(c)] = kBlank;
  for (unsigned c = 'a'; c <= 'z'; ++c) classes[c] = kWord;
  for (unsigned c = 'A'; c <= 'Z'; ++c) classes[c] = kWord;
  for (const char c : std::string_view("_@$%")) classes[static_cast<uint8_t>(c)] = kWord;
  for (unsigned c = '0'; c <= '9'; ++c) classes[c] = kDigit;
  for (const char c : std::string_view("(){}[]<>,;=?*.:")) {
    classes[static_cast<uint8_t>(c)] = kSign;
  }
  return classes;
}();

uint8_t class_of(char c) { return kClasses[static_cast<uint8_t>(c)]; }

// Digits, a point, exponents with their sign, and the letters of 0x1.8p-3.
bool continues_number(char c, char before) {
  if (class_of(c) == kDigit || c == '.' || (class_of(c) == kWord && c != '@' && c != '$')) {
    return true;
  }
  const char last = static_cast<char>(before | 0x20);
  return (c == '-' || c == '+') && (last == 'e' || last == 'p');
}

// Longer than any number that a program writes.
constexpr size_t kLongestNumber = 128;

}  // namespace

void MilLexer::skip_blanks() {
  while (position_ < text_.size()) {
    const char c = text_[position_];
    if (class_of(c) == kBlank) {
      ++position_;
    } else if (c == '/' && text_.substr(position_, 2) == "//") {
      position_ = std::min(text_.find('\n', position_), text_.size());
    } else if (c == '/' && text_.substr(position_, 2) == "/*") {
      const size_t end = text_.find("*/", position_ + 2);
      if (end == std::string_view::npos) fail(position_, "comment without an end");
      position_ = end + 2;
    } else {
      return;
    }
  }
}

char MilLexer::next_byte() {
  skip_blanks();
  return position_ < text_.size() ? text_[position_] : '\0';
}

void MilLexer::advance() {
  skip_blanks();
  const size_t start = position_;
  if (start >= text_.size()) {
    token_ = {MilToken::Kind::end, {}, text_.size()};
    return;
  }
  const char c = text_[start];
  size_t end = start + 1;
  const auto take = [&](MilToken::Kind kind) {
    token_ = {kind, text_.substr(start, end - start), start};
    position_ = end;
  };
  const uint8_t kind = class_of(c);
  if (kind == kWord) {
    const auto continues = [&](size_t at) {
      return at < text_.size() && (class_of(text_[at]) & (kWord | kDigit)) != 0;
    };
    // A name may have points inside, though coremltools gives none.
    while (continues(end) || (end < text_.size() && text_[end] == '.' && continues(end + 1))) ++end;
    return take(MilToken::Kind::word);
  }
  if (c == '-' && text_.substr(start, 2) == "->") {
    ++end;
    return take(MilToken::Kind::arrow);
  }
  if (kind == kDigit || c == '-' || c == '+') {
    while (end < text_.size() && continues_number(text_[end], text_[end - 1])) ++end;
    if (end - start > kLongestNumber) fail(start, "number too long");
    return take(MilToken::Kind::number);
  }
  if (c == '"') {
    while (end < text_.size() && text_[end] != '"') end += text_[end] == '\\' ? 2 : 1;
    if (end >= text_.size()) fail(start, "text without a closing quote");
    token_ = {MilToken::Kind::text, text_.substr(start + 1, end - start - 1), start};
    position_ = end + 1;
    return;
  }
  if (kind == kSign) return take(MilToken::Kind::sign);
  fail(start, fmt::format("unexpected byte 0x{:02x}", static_cast<uint8_t>(c)));
}

void MilLexer::expect(char sign) {
  if (!accept(sign)) fail_expected(fmt::format("'{}'", sign));
}

std::string_view MilLexer::expect_word(const char* what) {
  if (token_.kind != MilToken::Kind::word) fail_expected(what);
  const std::string_view word = token_.text;
  advance();
  return word;
}

MilNumber MilLexer::number() const {
  std::string_view text = token_.text;
  MilNumber number;
  if (token_.is("true") || token_.is("false")) {
    number.integer = true;
    number.magnitude = token_.is("true") ? 1 : 0;
    number.real = static_cast<double>(number.magnitude);
    return number;
  }
  if (token_.kind != MilToken::Kind::number && !token_.is("inf") && !token_.is("infinity") &&
      !token_.is("nan") && !token_.is("INFINITY") && !token_.is("NAN")) {
    fail_expected("a number");
  }
  if (text.front() == '-' || text.front() == '+') {
    number.negative = text.front() == '-';
    text.remove_prefix(1);
  }
  const bool digits =
      !text.empty() && text.size() <= 19 &&
      std::all_of(text.begin(), text.end(), [](char c) { return class_of(c) == kDigit; });
  if (digits) {
    for (const char c : text) number.magnitude = number.magnitude * 10 + uint64_t(c - '0');
    number.integer = true;
    number.real = static_cast<double>(number.magnitude);
  } else {
    const std::string terminated(text);
    char* end = nullptr;
    number.real = std::strtod(terminated.c_str(), &end);
    const bool odd_start = text.empty() || text.front() == '-' || text.front() == '+';
    if (odd_start || end != terminated.c_str() + terminated.size()) {
      fail(token_.at, fmt::format("'{}' is no number", token_.text));
    }
    // 2^63 to 2^64 have as many digits as 2^64 has, and more.
    if (terminated.find_first_not_of("0123456789") == std::string::npos) {
      errno = 0;
      number.magnitude = std::strtoull(terminated.c_str(), nullptr, 10);
      if (errno == ERANGE) fail(token_.at, fmt::format("{} does not fit 64 bits", token_.text));
      number.integer = true;
    }
  }
  if (number.negative) number.real = -number.real;
  return number;
}

std::string MilLexer::unescaped() const {
  if (token_.kind != MilToken::Kind::text) fail_expected("a quoted text");
  std::string result;
  result.reserve(token_.text.size());
  for (size_t i = 0; i < token_.text.size(); ++i) {
    char c = token_.text[i];
    if (c == '\\') {
      c = token_.text[++i];  // the lexer took both
      switch (c) {
        case 'n':
          c = '\n';
          break;
        case 't':
          c = '\t';
          break;
        case 'r':
          c = '\r';
          break;
        case '0':
          c = '\0';
          break;
        case 'x': {
          const std::string digits(token_.text.substr(i + 1, 2));
          char* end = nullptr;
          const unsigned long code = std::strtoul(digits.c_str(), &end, 16);
          if (digits.size() == 2 && end == digits.c_str() + 2) {
            c = static_cast<char>(code);
            i += 2;
          }
          break;
        }
        default:
          break;
      }
    }
    result += c;
  }
  return result;
}

std::string MilLexer::place(size_t at) const {
  const std::string_view before = text_.substr(0, at);
  const auto line = std::count(before.begin(), before.end(), '\n') + 1;
  const size_t start = before.rfind('\n');
  const size_t column = start == std::string_view::npos ? at + 1 : at - start;
  return fmt::format("{}:{}:{}", name_, line, column);
}

void MilLexer::fail(size_t at, std::string_view what) const {
  throw Error(fmt::format("{}: {}", place(at), what));
}

void MilLexer::fail_expected(std::string_view what) const {
  constexpr size_t kShown = 40;
  std::string found = "the end of the file";
  if (token_.kind == MilToken::Kind::text) {
    found = "a quoted text";
  } else if (token_.kind != MilToken::Kind::end) {
    found = fmt::format("'{}'", token_.text.substr(0, kShown));
  }
  fail(token_.at, fmt::format("expected {}, found {}", what, found));
}

}  // namespace anemon::models
