#include "core/inference.h"

#include <algorithm>

#include "core/utf8.h"

namespace anemon {
namespace {

bool is_name(const std::string& text, size_t max_bytes) {
  return text.size() <= max_bytes && is_clean_utf8(text);
}

}  // namespace

bool has_valid_names(const InferenceEvent& event) {
  return !event.model.empty() && is_name(event.model, kMaxModelBytes) &&
         is_name(event.compute_unit, kMaxComputeUnitBytes) && event.items.size() <= kMaxItemKinds &&
         std::all_of(event.items.begin(), event.items.end(), [](const auto& item) {
           return !item.first.empty() && is_name(item.first, kMaxItemKindBytes) &&
                  item.second <= kMaxItemCount;
         });
}

bool has_valid_times(const InferenceEvent& event, Duration now_wall) {
  // In this order no sum can overflow.
  const Duration latest = now_wall + kClientClockTolerance;
  return event.duration >= Duration::zero() && event.duration <= kLongestInference &&
         event.begin_wall > Duration::zero() && event.begin_wall <= latest &&
         event.begin_wall + event.duration <= latest;
}

}  // namespace anemon
