#include "platform/replay_ioreport.h"

#include <algorithm>

namespace anemon {
namespace {

class ReplayIoReport final : public IoReport {
 public:
  ReplayIoReport(const TracePlayer& player, std::span<const ChannelSelection> wanted)
      : player_(player), wanted_(wanted.begin(), wanted.end()) {
    player_.look([this](const TraceState& state) { follow(state); });
  }

  std::span<const Channel> channels() const override { return channels_; }
  std::span<const std::string> refused_groups() const override { return refused_; }

  const IoReportSample& sample() override {
    player_.look([this](const TraceState& state) {
      follow(state);
      sample_.at = state.sampled;
      sample_.values.clear();
      for (uint32_t i = 0; i < channels_.size(); ++i) {
        const TraceState::ChannelState& from = state.channels[positions_[i]];
        if (!from.has_value) continue;
        parts_[i] = from.parts;
        sample_.values.push_back({i, from.stamp, from.value, parts_[i]});
      }
    });
    return sample_;
  }

 private:
  // Takes what was defined since the last call.
  void follow(const TraceState& state) {
    for (; seen_ < state.channels.size(); ++seen_) {
      const Channel& channel = state.channels[seen_].channel;
      const bool is_wanted = std::ranges::any_of(
          wanted_, [&](const ChannelSelection& selection) { return selection.has(channel); });
      if (!is_wanted || state.refused.contains(channel.group)) continue;
      channels_.push_back(channel);
      positions_.push_back(seen_);
      parts_.emplace_back();
    }
    if (seen_refused_ == state.refused.size()) return;
    seen_refused_ = state.refused.size();
    refused_.clear();
    for (const std::string& group : state.refused) {
      if (std::ranges::any_of(wanted_, [&](const auto& each) { return each.has_group(group); })) {
        refused_.push_back(group);
      }
    }
  }

  const TracePlayer& player_;
  const std::vector<ChannelSelection> wanted_;
  std::vector<Channel> channels_;
  std::vector<size_t> positions_;            // in the state, of each channel
  std::vector<std::vector<int64_t>> parts_;  // of each channel, kept for the sample
  std::vector<std::string> refused_;
  size_t seen_ = 0;
  size_t seen_refused_ = 0;
  IoReportSample sample_;
};

}  // namespace

std::unique_ptr<IoReport> open_replay_ioreport(const TracePlayer& player,
                                               std::span<const ChannelSelection> wanted) {
  const auto& groups = player.contents().groups;
  const bool any = std::ranges::any_of(groups, [&](const std::string& group) {
    return std::ranges::any_of(wanted, [&](const auto& each) { return each.has_group(group); });
  });
  if (!any) return nullptr;
  return std::make_unique<ReplayIoReport>(player, wanted);
}

}  // namespace anemon
