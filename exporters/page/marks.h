// Small pieces of the page that several of its parts use.
#pragma once

#include <optional>

#include "core/catalogue.h"
#include "core/clock.h"
#include "exporters/page/html.h"

namespace anemon {

// How long ago, with the instant for programs.
void time_ago(Html& html, Instant then, Instant now);

// The word, and by page.css a shape before it that only helps the eye.
void state_mark(Html& html, std::string_view state);
void provenance_mark(Html& html, Provenance provenance);

// A bar for a share of 0 to 1; nothing without one. Says nothing that the text does not say.
void share_bar(Html& html, std::optional<double> share);

}  // namespace anemon
