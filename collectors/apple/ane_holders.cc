#include "collectors/apple/ane_holders.h"

#include <algorithm>
#include <array>
#include <utility>

#include "collectors/sensor_name.h"

namespace anemon {
namespace {

constexpr const char* kSource = "registry";

// The daemons that compile and load models (ActivityMonitor's ANE_VALIDATION).
constexpr std::array<std::string_view, 3> kSystem = {"aned", "ANECompilerService",
                                                     "ANEStorageMaintainer"};

// One entry of the registry speaks for all engines behind its load balancer.
std::string engine_label(const AneState& state) {
  return state.engines.value_or(1) > 1 ? "all" : "ane0";
}

}  // namespace

bool is_system_client(std::string_view process) {
  return std::find(kSystem.begin(), kSystem.end(), process) != kSystem.end();
}

AneHolders::AneHolders(std::unique_ptr<AneRegistry> registry)
    : registry_(std::move(registry)),
      powered_engine_("ane0"),
      powered_(Metric::kAnePowered, {powered_engine_}),
      count_(Metric::kAneClients, {}),
      powered_line_(Metric::kAnePowered, "", kSource),
      count_line_(Metric::kAneClients, "", kSource),
      info_line_(Metric::kAneClientInfo, "", kSource) {}

void AneHolders::collect(Pass& pass, const char* absence) {
  const ReadStatus status = registry_ ? registry_->read(state_) : ReadStatus::absent;
  if (status != ReadStatus::ok) {
    for (SignalLine* line : {&powered_line_, &count_line_, &info_line_}) {
      if (status == ReadStatus::absent) {
        line->report(pass, SignalState::absent, absence);
      } else {
        line->report(pass, status);
      }
    }
    return;
  }
  set_powered(pass);
  set_clients(pass);
}

void AneHolders::set_powered(Pass& pass) {
  if (!state_.power_state) {
    return powered_line_.report(pass, SignalState::absent, "registry does not tell it");
  }
  if (state_.engines.value_or(1) > 1 && powered_engine_ != "all") {
    powered_engine_ = engine_label(state_);
    powered_ = Series(Metric::kAnePowered, {powered_engine_});
  }
  pass.set(powered_, *state_.power_state > 0 ? 1 : 0);
  powered_line_.report(pass, SignalState::live);
}

void AneHolders::set_clients(Pass& pass) {
  clients_.clear();
  for (const AneClient& client : state_.clients) {
    if (!is_system_client(client.process)) clients_.push_back(&client);
  }
  std::sort(clients_.begin(), clients_.end(),
            [](const AneClient* a, const AneClient* b) { return a->pid < b->pid; });
  clients_.erase(
      std::unique(clients_.begin(), clients_.end(),
                  [](const AneClient* a, const AneClient* b) { return a->pid == b->pid; }),
      clients_.end());
  pass.set(count_, static_cast<double>(clients_.size()));
  count_line_.report(pass, SignalState::live);
  info_line_.report(pass, SignalState::live);

  const size_t shown = std::min(clients_.size(), kMostShown);
  for (size_t i = 0; i < shown; ++i) {
    const AneClient& client = *clients_[i];
    if (i >= holders_.size() || holders_[i].client != client) {
      Holder holder{client, Series(Metric::kAneClientInfo,
                                   {std::to_string(client.pid), label_text(client.process)})};
      if (i < holders_.size()) {
        holders_[i] = std::move(holder);
      } else {
        holders_.push_back(std::move(holder));
      }
    }
    pass.set(holders_[i].series, 1);
  }
  holders_.erase(holders_.begin() + static_cast<std::ptrdiff_t>(shown), holders_.end());
}

}  // namespace anemon
