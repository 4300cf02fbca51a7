#include "models/analysis/stored_weights.h"

#include <optional>

#include "models/analysis/cost.h"
#include "models/analysis/count.h"

namespace anemon::models {

size_t StoredWeights::number_of(const Constant& constant) {
  const size_t next = blobs_.size() + in_place_.size();
  if (constant.blob) {
    return blobs_.try_emplace({constant.blob->file, constant.blob->offset}, next).first->second;
  }
  return in_place_.try_emplace(&constant, next).first->second;
}

void StoredWeights::add(const Weight& weight, OperationCost& total) {
  OperationCost added;
  std::vector<size_t> numbers;
  for (const Constant* part : weight.parts) {
    const size_t known = blobs_.size() + in_place_.size();
    numbers.push_back(number_of(*part));
    if (numbers.back() < known) continue;
    added.weight_bytes_stored = saturating_sum(added.weight_bytes_stored, part->stored_bytes());
  }
  if (weights_.insert(std::move(numbers)).second) {
    const std::optional<uint64_t> elements = element_count(weight.type);
    const std::optional<uint64_t> bytes = packed_bytes(weight.type);
    added.complete = added.complete && elements && bytes;
    added.parameters = elements.value_or(0);
    added.weight_bytes_computed = bytes.value_or(0);
  }
  models::add(total, added);
}

StoredTotals stored_totals(const Function& function) {
  StoredTotals totals;
  std::set<std::pair<std::string, uint64_t>> seen;
  for (const Value& value : function.values) {
    if (!value.constant) continue;
    const Constant& constant = *value.constant;
    if (function.old_network) {
      if (!is_weight(constant) || constant.own) continue;
      totals.bytes += constant.data.size();
    } else {
      if (!constant.blob) continue;
      if (!seen.emplace(constant.blob->file, constant.blob->offset).second) continue;
      totals.bytes += constant.stored_bytes();
    }
    ++totals.places;
    totals.elements += element_count(constant.type).value_or(0);
  }
  return totals;
}

}  // namespace anemon::models
