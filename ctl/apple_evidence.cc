#include "ctl/apple_evidence.h"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "collectors/apple/recorded_channels.h"
#include "core/error.h"
#include "core/time_expression.h"
#include "ctl/trace_recorder.h"

namespace anemon {
namespace {

constexpr int kSamples = 3;

// Whole groups, beside those that a recording holds parts of.
constexpr std::array kWhole = {ChannelSelection{"PMP", true},
                               ChannelSelection{"Interrupt Statistics (by index)"}};

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "anemon-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) throw Error("cannot make a folder like " + pattern);
    path_ = pattern;
  }
  ~TemporaryFolder() {
    std::error_code ignored;  // what is left in the system's folder for such things is harmless
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

std::string short_trace(AppleDevices& devices, const Clock& clock,
                        const std::function<void()>& pause) {
  const TemporaryFolder folder;
  const std::filesystem::path file = folder.path() / "trace.jsonl";
  TraceWriter writer(file, {devices.host_facts(), format_time(clock.now().wall), "doctor"});
  TraceRecorder recorder(devices, recorded_channels(), {}, writer);
  for (int i = 0; i < kSamples; ++i) {
    if (i > 0) pause();
    recorder.record(clock.now());
  }
  recorder.finish(clock.now());
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string channel_list(AppleDevices& devices) {
  std::vector<ChannelSelection> selections(kWhole.begin(), kWhole.end());
  for (const ChannelSelection& recorded : recorded_channels()) {
    if (recorded.keep == nullptr) selections.push_back(recorded);
  }
  const auto ioreport = devices.open_ioreport(selections);
  if (ioreport == nullptr) return "no IOReport channels\n";
  std::string text = "group\tsubgroup\tname\tunit\tstates\n";
  for (const Channel& channel : ioreport->channels()) {
    text += fmt::format("{}\t{}\t{}\t{}\t{}\n", channel.group, channel.subgroup, channel.name,
                        channel.unit, fmt::join(channel.states, ","));
  }
  for (const std::string& group : ioreport->refused_groups()) text += group + "\trefused\n";
  return text;
}

}  // namespace

std::vector<std::pair<std::string, std::string>> apple_evidence(
    AppleDevices& devices, const Clock& clock, const std::function<void()>& pause) {
  std::vector<std::pair<std::string, std::string>> files;
  const auto add = [&](const char* name, const auto& make) {
    try {
      files.emplace_back(name, make());
    } catch (const Error& error) {
      files.emplace_back(name, std::string(error.what()) + '\n');
    }
  };
  add("trace.jsonl", [&] { return short_trace(devices, clock, pause); });
  add("channels.tsv", [&] { return channel_list(devices); });
  return files;
}

}  // namespace anemon
