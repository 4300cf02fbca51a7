// What one source says of one component's energy: the meters it is the sum of, its series and its
// signals. Owned by the energy collector; one thread.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "collectors/apple/energy_state.h"
#include "collectors/apple/publication_meter.h"
#include "collectors/apple/report_meter.h"
#include "collectors/energy_meter.h"
#include "collectors/pass.h"
#include "collectors/signal_line.h"

namespace anemon {

// In order of trust: of the sources of a component the first that is trusted is shown.
enum class EnergySource : uint8_t {
  energy_model,  // "ioreport"
  pmp,           // the power management processor's counters: base M1
  powermetrics,  // the same model as the Energy Model, sampled by Apple's program
  smc            // rails, whose sum is seldom the component alone
};
const char* to_string(EnergySource source);

// What a pass knows that is not of one line.
struct EnergySurroundings {
  Duration at{};
  bool refused = false;           // the source's group
  bool failed = false;            // its last reading
  bool graphics_publish = false;  // the counter of the graphics driver moves on
  Duration worked{};              // how long the engine worked since the last pass
  // The highest that the whole machine was measured at for a minute; unset when it is not.
  std::optional<double> machine_watts{};
};

class EnergyLine {
 public:
  EnergyLine(const std::string& component, EnergySource source, Provenance energy,
             Provenance power);

  // The counters that make it from now on, as indexes into the collector's meters, and those whose
  // sum can never exceed theirs. What former ones counted stays.
  void set_counters(std::vector<uint32_t> counters, std::vector<uint32_t> parts);
  bool has_counters() const noexcept { return !counters_.empty(); }
  // The graphics driver's own counter, which says nothing about others' silence.
  void set_own_driver() noexcept { own_driver_ = true; }

  // Brings the reading up to date. Counts a violation of plausibility at the pass.
  void update_counters(std::span<const PublicationMeter> meters,
                       const EnergySurroundings& surroundings, Pass& pass);
  void update_report(const ReportMeter& meter, const EnergySurroundings& surroundings);
  void update_sensor(const PowerMeter& meter, ReadStatus status);
  void rebaseline() noexcept;

  EnergySource source() const noexcept { return source_; }
  const EnergyVerdict& verdict() const noexcept { return verdict_; }
  const std::optional<PowerSpan>& power() const noexcept { return power_; }

  // Tells the state of the signals; with `shown`, the readings too.
  void publish(Pass& pass, bool shown);

 private:
  bool parts_exceed(std::span<const PublicationMeter> meters) const;
  void count_still(std::span<const PublicationMeter> meters, Duration worked);

  EnergySource source_;
  std::string component_;
  bool own_driver_ = false;
  std::vector<uint32_t> counters_, parts_, former_;

  // Evidence that the counter stands still while the engine works; at publications only.
  Duration worked_unpublished_{}, worked_while_still_{};
  Duration moved_{};

  std::optional<Duration> implausible_;  // end of the span that was dropped
  double dropped_joules_ = 0;
  double joules_ = 0;
  double shown_joules_ = 0;
  std::optional<PowerSpan> power_;
  std::optional<Duration> published_, told_published_;
  EnergyVerdict verdict_{SignalState::absent, "no such channel"};

  Series joules_series_, watts_series_, span_series_;
  SignalLine energy_signal_, power_signal_;
};

}  // namespace anemon
