#include "collectors/apple/ioreport_feed.h"

#include <algorithm>

#include "core/error.h"

namespace anemon {

const IoReportSample* IoReportFeed::sample(Duration awake) {
  if (!report_) {
    const Duration wait = failed_ ? kRetry : kRetryAbsent;
    if (tried_ && awake - tried_at_ < wait) return nullptr;
    tried_ = true;
    tried_at_ = awake;
    report_ = devices_.open_ioreport(wanted_);
    if (!report_) {
      failed_ = false;
      virtual_machine_ = devices_.host_facts().virtual_machine;
      return nullptr;
    }
    ++subscription_;
  }
  try {
    const IoReportSample& sample = report_->sample();
    failed_ = false;
    return &sample;
  } catch (const Error&) {
    report_.reset();
    failed_ = true;
    tried_at_ = awake;
    throw;
  }
}

std::span<const Channel> IoReportFeed::channels() const {
  return report_ ? report_->channels() : std::span<const Channel>();
}

bool IoReportFeed::refused(std::string_view group) const {
  if (!report_) return false;
  const auto groups = report_->refused_groups();
  return std::any_of(groups.begin(), groups.end(),
                     [&](const std::string& refused) { return is_group(refused, group, true); });
}

const char* IoReportFeed::reason() const noexcept {
  if (failed_) return "sampling failed, to be opened again";
  return virtual_machine_ == true ? "virtual machine" : "no such channels";
}

bool is_listed_by_number(const Channel& channel, std::span<const Channel> channels) {
  if (channel.group.empty() || (channel.group.back() >= '0' && channel.group.back() <= '9')) {
    return false;
  }
  return std::any_of(channels.begin(), channels.end(), [&](const Channel& other) {
    return other.name == channel.name && other.subgroup == channel.subgroup &&
           other.group.size() == channel.group.size() + 1 && other.group.back() == '0' &&
           other.group.starts_with(channel.group);
  });
}

}  // namespace anemon
