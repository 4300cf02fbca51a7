// Names of the values that can be used at one place of a program's text.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "models/graph/function.h"

namespace anemon::models {

class MilTextScope {
 public:
  // The later of two values of one name hides the earlier until the block ends.
  void define(std::string_view name, ValueId id) {
    const auto [found, added] = ids_.try_emplace(name, id);
    hidden_.emplace_back(name, added ? std::nullopt : std::optional(found->second));
    found->second = id;
  }
  std::optional<ValueId> find(std::string_view name) const {
    const auto found = ids_.find(name);
    return found == ids_.end() ? std::nullopt : std::optional(found->second);
  }

  // What was defined since `mark` is no longer known.
  size_t mark() const { return hidden_.size(); }
  void leave(size_t mark) {
    if (hidden_.size() == mark) return;
    if (mark == 0) {  // looking every name up again takes as long as reading does
      // Neither clear() nor {} lets go of its buckets, which every block's end would go through.
      ids_ = std::unordered_map<std::string_view, ValueId>();
      hidden_.clear();
    }
    for (; hidden_.size() > mark; hidden_.pop_back()) {
      const auto& [name, before] = hidden_.back();
      if (before) {
        ids_[name] = *before;
      } else {
        ids_.erase(name);
      }
    }
  }

 private:
  std::unordered_map<std::string_view, ValueId> ids_;
  std::vector<std::pair<std::string_view, std::optional<ValueId>>> hidden_;
};

}  // namespace anemon::models
