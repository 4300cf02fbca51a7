// Weights counted once, however many operations read them and however many values name them.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "models/analysis/analysis.h"
#include "models/analysis/weights.h"

namespace anemon::models {

// Adds up the weights of operations one after the other.
class StoredWeights {
 public:
  // Adds to `total` what has not been added before: of what is stored each part once, of the
  // uncompressed weight each combination of parts once.
  void add(const Weight& weight, OperationCost& total);

 private:
  size_t number_of(const Constant& constant);

  // Parts are the same where they are one blob of one weight file.
  std::map<std::pair<std::string, uint64_t>, size_t> blobs_;
  std::map<const Constant*, size_t> in_place_;
  std::set<std::vector<size_t>> weights_;
};

// What a function's weights take in the file.
struct StoredTotals {
  uint64_t places = 0;  // distinct
  uint64_t bytes = 0;
  uint64_t elements = 0;
};

// Of programs: the blobs in weight files. Of old networks: the weights in the file itself, without
// the tables of quantised ones.
StoredTotals stored_totals(const Function& function);

}  // namespace anemon::models
