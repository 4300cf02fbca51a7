// What a summary does not have, and why.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <set>
#include <string>
#include <utility>

#include "core/signal_board.h"

namespace anemon {

// The signals of the board that a summary would want to speak of and cannot be read, as the JSON
// text that a session keeps. Also tells of which part of the summary each is.
std::string unreadable_signals(const SignalBoard& board);

// (part, component) of what the summary has.
using Present = std::set<std::pair<std::string, std::string>>;

// The `missing` rows: unreadable signals without another source that gave the same, and whole parts
// of which nothing is known.
nlohmann::ordered_json missing_rows(const std::string& unreadable, const Present& present);

}  // namespace anemon
