// Attributes the energy of components to the inferences that ran meanwhile, from the store's
// anemon_energy_joules_total series. An estimate: whatever else ran on the component is in it.
//
// An inference is attributed two passes of the energy collector late, so that those which overlap
// with it have been reported. One that is reported later still gets the energy of the time that
// nobody was charged for yet: in sum, time is charged once. What no trusted energy reading covers
// is left out.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "collectors/energy_share.h"
#include "core/series_store.h"

namespace anemon {

class InferenceEnergy {
 public:
  // Inferences that wait for attribution, and pieces of them at once; more are not attributed.
  static constexpr size_t kMaxPending = 262'144;

  explicit InferenceEnergy(const SeriesStore& store) : store_(store) {}

  // Wall times.
  void add(uint32_t model, Duration begin, Duration end);

  // Calls `charge` with the joules that a model used of a component since the last call.
  using Charge = std::function<void(uint32_t model, const std::string& component, double joules)>;
  void attribute(Instant now, const Charge& charge);

  // Whether the newest attribution of any inference found a reading that covers it.
  enum class Coverage : uint8_t { none_asked, covered, uncovered };
  Coverage coverage() const noexcept { return coverage_; }

 private:
  // Wall times [first, second), in order, apart.
  using Intervals = std::vector<std::pair<Duration, Duration>>;

  Duration settled_until(const SeriesGroup* energy, Instant now) const;
  void cut_pieces(Duration until);
  void cut(const ModelSpan& span);
  void remember_charged();
  void charge_components(const SeriesGroup& energy, Instant now, const Charge& charge);

  const SeriesStore& store_;
  std::vector<ModelSpan> pending_;  // `begin` moves on as time is charged
  std::vector<ModelSpan> pieces_;
  Duration settled_{};  // all time before it has been charged, or never will be
  Intervals charged_;
  Duration forgotten_{};  // what was charged before it is not kept in `charged_`
  Coverage coverage_ = Coverage::none_asked;
};

}  // namespace anemon
