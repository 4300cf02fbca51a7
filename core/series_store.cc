#include "core/series_store.h"

namespace anemon {

SeriesGroup* SeriesStore::find_group(std::string_view name) const noexcept {
  for (const auto& group : groups_) {
    if (group->name() == name) return group.get();
  }
  return nullptr;
}

size_t SeriesStore::bytes() const noexcept {
  size_t sum = 0;
  for (const auto& group : groups_) sum += group->bytes();
  return sum;
}

uint64_t SeriesStore::capacity() const noexcept {
  uint64_t sum = 0;
  for (const auto& group : groups_) sum += group->capacity();
  return sum;
}

uint64_t SeriesStore::series() const {
  uint64_t sum = 0;
  for (const auto& group : groups_) sum += group->directory()->size();
  return sum;
}

uint64_t SeriesStore::samples() const noexcept {
  uint64_t sum = 0;
  for (const auto& group : groups_) sum += group->samples();
  return sum;
}

}  // namespace anemon
