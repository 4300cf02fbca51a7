#include "platform/ioreport_library_apple.h"

#include "platform/dynamic_library_apple.h"

namespace anemon {

std::optional<IoReportLibrary> load_ioreport_library() {
  const DynamicLibrary file("/usr/lib/libIOReport.dylib");
  IoReportLibrary library{};
  if (!file.find("IOReportCopyChannelsInGroup", library.copy_channels_in_group) ||
      !file.find("IOReportCreateSubscription", library.create_subscription) ||
      !file.find("IOReportCreateSamples", library.create_samples) ||
      !file.find("IOReportChannelGetGroup", library.channel_group) ||
      !file.find("IOReportChannelGetChannelName", library.channel_name) ||
      !file.find("IOReportChannelGetFormat", library.channel_format)) {
    return std::nullopt;
  }
  file.find("IOReportCopyAllChannels", library.copy_all_channels);
  file.find("IOReportMergeChannels", library.merge_channels);
  file.find("IOReportChannelGetSubGroup", library.channel_subgroup);
  file.find("IOReportChannelGetUnitLabel", library.channel_unit);
  file.find("IOReportSimpleGetIntegerValue", library.simple_value);
  file.find("IOReportStateGetCount", library.state_count);
  file.find("IOReportStateGetNameForIndex", library.state_name);
  file.find("IOReportStateGetResidency", library.state_residency);
  return library;
}

}  // namespace anemon
