#include "collectors/sensor_name.h"

#include "core/utf8.h"

namespace anemon {
namespace {

constexpr size_t kMaxLabelBytes = 64;

}  // namespace

std::string label_text(std::string_view text) {
  return text.empty() ? "unnamed" : to_clean_utf8(text, kMaxLabelBytes);
}

std::string chip_name(const HwmonChannel& channel) {
  if (channel.device.empty()) return label_text(channel.chip);
  if (channel.device.starts_with(channel.chip)) return label_text(channel.device);
  return label_text(channel.chip) + "-" + label_text(channel.device);
}

std::string sensor_name(const HwmonChannel& channel) {
  return chip_name(channel) + "/" + label_text(channel.label);
}

std::string UniqueNames::operator()(std::string name) {
  const int count = ++seen_[name];
  return count == 1 ? name : name + " #" + std::to_string(count);
}

}  // namespace anemon
