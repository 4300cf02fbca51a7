#include "ctl/result_values.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <nlohmann/json.hpp>

#include "core/json_access.h"

namespace anemon {
namespace {

// Units that take a prefix; "/s" and what has one already do not.
constexpr std::array<std::string_view, 6> kScaled = {"J", "W", "Hz", "B/s", "B", "s"};

struct Prefix {
  double least;
  const char* letter;
};
constexpr std::array<Prefix, 6> kPrefixes = {
    {{1e9, "G"}, {1e6, "M"}, {1e3, "k"}, {1, ""}, {1e-3, "m"}, {1e-6, "u"}}};

}  // namespace

std::optional<Estimate> estimate_of(const Json& value) {
  if (value.is_number()) return Estimate{value.get<double>(), {}, {}};
  const auto middle = number(value, "/value");
  if (!middle) return std::nullopt;
  return Estimate{*middle, number(value, "/low"), number(value, "/high")};
}

std::optional<Estimate> estimate_at(const Json& document, const char* pointer) {
  return estimate_of(at(document, pointer));
}

std::optional<double> value_at(const Json& document, const char* pointer) {
  const auto found = estimate_at(document, pointer);
  return found ? std::optional(found->value) : std::nullopt;
}

std::string digits_text(double value) {
  const double size = std::fabs(value);
  if (size == 0 || size < 1e-4 || size >= 1e15) return fmt::format("{:.4g}", value);
  const int before = static_cast<int>(std::floor(std::log10(size))) + 1;
  const double unit = std::pow(10.0, before - 4);
  const double rounded = before > 4 ? std::round(value / unit) * unit : value;
  std::string text = before >= 4 ? fmt::format("{:.0f}", rounded) : fmt::format("{:.4g}", value);
  const size_t sign = value < 0 ? 1 : 0;
  if (text.find('.') == text.npos && text.size() - sign > 4) {
    for (size_t place = text.size(); place > sign + 3;) text.insert(place -= 3, " ");
  }
  return text;
}

Quantity quantity(double value, std::string_view unit) {
  for (const std::string_view scaled : kScaled) {
    if (unit != scaled || value == 0) continue;
    for (const Prefix& prefix : kPrefixes) {
      // Below a thousandth of a millionth the number itself says how little it is.
      if (std::fabs(value) < prefix.least && prefix.least > 1e-6) continue;
      return {digits_text(value / prefix.least), prefix.letter + std::string(unit)};
    }
  }
  return {digits_text(value), std::string(unit)};
}

std::string quantity_text(double value, std::string_view unit, bool estimated) {
  const auto [shown, scaled] = quantity(value, unit);
  return fmt::format("{}{}{}{}", estimated ? "~" : "", shown, scaled.empty() ? "" : " ", scaled);
}

std::string provenance_word(const Json& section, std::string_view key) {
  const Json& words = at(section, "/provenance");
  if (!words.is_object()) return {};
  const auto found = words.find(std::string(key));
  return found != words.end() && found->is_string() ? found->get<std::string>() : std::string();
}

bool is_estimated(const Json& section, std::string_view key) {
  return provenance_word(section, key) == "estimated";
}

Cell result_cell(const Json& section, const char* key) {
  const auto value =
      section.is_object() && section.contains(key) ? estimate_of(section[key]) : std::nullopt;
  if (!value) return number_cell(std::nullopt);
  return {(is_estimated(section, key) ? "~" : "") + digits_text(value->value),
          fmt::format("{}", value->value)};
}

}  // namespace anemon
