// Oddities of one model, of which a thousand alike become one line.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "models/graph/model.h"

namespace anemon::models {

class OddityLog {
 public:
  // `group`: what is alike; the first of a group is kept in full, the others are counted.
  void note(Oddity::Kind kind, const std::string& group, std::string message,
            std::string operation = {});
  // The same where a message costs something: it is made for the first of a group only.
  void note(Oddity::Kind kind, const std::string& group,
            const std::function<std::string()>& message, const std::string& operation = {});

  // In the order of their first; "(and 12 more)" where there were.
  std::vector<Oddity> take();

 private:
  struct Entry {
    std::string group;
    Oddity oddity;
    uint64_t more = 0;
  };
  // Counts one more of a group that is there; false when it would be the first.
  bool count(Oddity::Kind kind, const std::string& group);

  std::vector<Entry> entries_;  // few: one per group
};

}  // namespace anemon::models
