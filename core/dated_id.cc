#include "core/dated_id.h"

#include <fmt/format.h>
#include <time.h>

#include <algorithm>
#include <random>

namespace anemon {
namespace {

// Without the letters that look like digits.
constexpr std::string_view kLetters = "23456789abcdefghjkmnpqrstuvwxyz";
constexpr std::string_view kShape = "dddddddd-dddddd-";  // d: a digit

}  // namespace

std::string compact_utc(Duration wall) {
  const auto time = static_cast<time_t>(std::chrono::floor<std::chrono::seconds>(wall).count());
  tm t{};
  gmtime_r(&time, &t);
  return fmt::format("{:04}{:02}{:02}-{:02}{:02}{:02}", t.tm_year + 1900, t.tm_mon + 1, t.tm_mday,
                     t.tm_hour, t.tm_min, t.tm_sec);
}

std::string new_dated_id(Duration wall) {
  static thread_local std::mt19937 random{std::random_device{}()};
  std::uniform_int_distribution<size_t> letter(0, kLetters.size() - 1);
  std::string id = compact_utc(wall) + "-";
  for (size_t i = 0; i < kDatedIdLetters; ++i) id += kLetters[letter(random)];
  return id;
}

bool looks_like_dated_id(std::string_view text) {
  if (text.size() != kShape.size() + kDatedIdLetters) return false;
  for (size_t i = 0; i < kShape.size(); ++i) {
    const bool digit = text[i] >= '0' && text[i] <= '9';
    if (kShape[i] == 'd' ? !digit : text[i] != kShape[i]) return false;
  }
  return std::all_of(text.begin() + kShape.size(), text.end(),
                     [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); });
}

}  // namespace anemon
