#include "core/time_expression.h"

#include <fmt/format.h>

#include <charconv>

#include "core/duration.h"

namespace anemon {
namespace {

using std::chrono::days;
using std::chrono::floor;

constexpr int64_t kEndSeconds = 7'258'118'400;  // 2200-01-01

std::optional<Duration> bounded(int64_t seconds, int64_t nanoseconds) {
  if (seconds < 0 || seconds >= kEndSeconds) return std::nullopt;
  return std::chrono::seconds(seconds) + Duration(nanoseconds);
}

// Takes exactly `count` digits from the front.
std::optional<int> digits(std::string_view& text, size_t count) {
  if (text.size() < count) return std::nullopt;
  int value = 0;
  for (size_t i = 0; i < count; ++i) {
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    value = value * 10 + (text[i] - '0');
  }
  text.remove_prefix(count);
  return value;
}

bool take(std::string_view& text, char c) {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

// The digits after a point, as nanoseconds; finer ones are dropped.
std::optional<int64_t> fraction(std::string_view& text) {
  int64_t value = 0;
  int64_t scale = 100'000'000;
  size_t length = 0;
  while (length < text.size() && text[length] >= '0' && text[length] <= '9') {
    value += (text[length++] - '0') * scale;
    scale /= 10;
  }
  if (length == 0) return std::nullopt;
  text.remove_prefix(length);
  return value;
}

std::optional<Duration> parse_unix_seconds(std::string_view text) {
  int64_t whole = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), whole);
  if (error != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<size_t>(end - text.data()));
  int64_t nanoseconds = 0;
  if (take(text, '.')) {
    const auto part = fraction(text);
    if (!part) return std::nullopt;
    nanoseconds = *part;
  }
  if (!text.empty()) return std::nullopt;
  return bounded(whole, nanoseconds);
}

std::optional<Duration> rfc3339(std::string_view text) {
  const auto year = digits(text, 4);
  if (!year || !take(text, '-')) return std::nullopt;
  const auto month = digits(text, 2);
  if (!month || !take(text, '-')) return std::nullopt;
  const auto day = digits(text, 2);
  if (!day || text.empty() || (text[0] != 'T' && text[0] != 't' && text[0] != ' ')) {
    return std::nullopt;
  }
  text.remove_prefix(1);
  const auto hour = digits(text, 2);
  if (!hour || !take(text, ':')) return std::nullopt;
  const auto minute = digits(text, 2);
  if (!minute || !take(text, ':')) return std::nullopt;
  const auto second = digits(text, 2);
  if (!second) return std::nullopt;
  int64_t nanoseconds = 0;
  if (take(text, '.')) {
    const auto part = fraction(text);
    if (!part) return std::nullopt;
    nanoseconds = *part;
  }
  int offset_minutes = 0;
  if (!take(text, 'Z') && !take(text, 'z')) {
    const bool west = take(text, '-');
    if (!west && !take(text, '+')) return std::nullopt;
    const auto offset_hour = digits(text, 2);
    if (!offset_hour || !take(text, ':')) return std::nullopt;
    const auto offset_minute = digits(text, 2);
    if (!offset_minute || *offset_hour > 23 || *offset_minute > 59) return std::nullopt;
    offset_minutes = (*offset_hour * 60 + *offset_minute) * (west ? -1 : 1);
  }
  const std::chrono::year_month_day date{std::chrono::year(*year),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  // A leap second counts as the first of the next minute, as POSIX time has it.
  if (!text.empty() || !date.ok() || *hour > 23 || *minute > 59 || *second > 60) {
    return std::nullopt;
  }
  const int64_t since_epoch = std::chrono::sys_days(date).time_since_epoch().count();
  const int64_t minutes = since_epoch * 1440 + *hour * int64_t{60} + *minute - offset_minutes;
  return bounded(minutes * 60 + *second, nanoseconds);
}

}  // namespace

std::optional<Duration> parse_time(std::string_view text, Duration now_wall) {
  if (text == "now") return now_wall;
  if (text.starts_with("now-") || text.starts_with("now+")) {
    const auto distance = parse_duration(text.substr(4));
    if (!distance || *distance > std::chrono::seconds(kEndSeconds)) return std::nullopt;
    const Duration at = text[3] == '-' ? now_wall - *distance : now_wall + *distance;
    // Asking for more history than there was time for is no mistake.
    return at < Duration::zero() ? Duration::zero() : at;
  }
  if (text.find_first_of("-:") != std::string_view::npos) return rfc3339(text);
  return parse_unix_seconds(text);
}

std::string format_time(Duration wall) {
  const auto date = floor<days>(wall);
  const std::chrono::year_month_day civil{std::chrono::sys_days(date)};
  const auto milliseconds = floor<std::chrono::milliseconds>(wall - date).count();
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(civil.year()),
                     static_cast<unsigned>(civil.month()), static_cast<unsigned>(civil.day()),
                     milliseconds / 3'600'000, milliseconds / 60'000 % 60, milliseconds / 1000 % 60,
                     milliseconds % 1000);
}

}  // namespace anemon
