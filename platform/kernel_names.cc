// The part of kernel_file.h that knows no system: numbers in texts and names.
#include <algorithm>
#include <charconv>

#include "core/trimmed.h"
#include "platform/kernel_file.h"

namespace anemon {

bool parse_integer(std::string_view text, int64_t& number) {
  const std::string_view digits = trimmed(text, kWhiteSpace);
  int64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end != digits.data() + digits.size()) return false;
  number = value;
  return true;
}

bool numbered_name(std::string_view name, std::string_view prefix, int64_t& number) {
  if (!name.starts_with(prefix)) return false;
  name.remove_prefix(prefix.size());
  if (name.empty() || name.find_first_not_of("0123456789") != std::string_view::npos) return false;
  return parse_integer(name, number);
}

void sort_numbered(std::vector<std::string>& names) {
  std::sort(names.begin(), names.end(), [](const std::string& a, const std::string& b) {
    return a.size() != b.size() ? a.size() < b.size() : a < b;
  });
}

}  // namespace anemon
