#include "models/read/oddity_log.h"

#include <algorithm>
#include <utility>

namespace anemon::models {
namespace {

constexpr size_t kMostGroups = 100;  // a file can name any number of weight files

}  // namespace

bool OddityLog::count(Oddity::Kind kind, const std::string& group) {
  auto entry = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& each) {
    return each.oddity.kind == kind && each.group == group;
  });
  if (entry == entries_.end() && entries_.size() >= kMostGroups) entry = entries_.end() - 1;
  if (entry == entries_.end()) return false;
  ++entry->more;
  return true;
}

void OddityLog::note(Oddity::Kind kind, const std::string& group, std::string message,
                     std::string operation) {
  if (count(kind, group)) return;
  entries_.push_back({group, {kind, std::move(message), std::move(operation)}, 0});
}

void OddityLog::note(Oddity::Kind kind, const std::string& group,
                     const std::function<std::string()>& message, const std::string& operation) {
  if (count(kind, group)) return;
  entries_.push_back({group, {kind, message(), operation}, 0});
}

std::vector<Oddity> OddityLog::take() {
  std::vector<Oddity> oddities;
  for (Entry& entry : std::exchange(entries_, {})) {
    if (entry.more > 0) {
      entry.oddity.message += " (and " + std::to_string(entry.more) + " more)";
    }
    oddities.push_back(std::move(entry.oddity));
  }
  return oddities;
}

}  // namespace anemon::models
