#include "exporters/page/marks.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/time_expression.h"
#include "exporters/page/amounts.h"

namespace anemon {

void time_ago(Html& html, Instant then, Instant now) {
  html.raw("<time datetime=\"")
      .raw(format_time(then.wall))
      .raw("\">")
      .raw(span_text(now.continuous - then.continuous))
      .raw("</time>");
}

void state_mark(Html& html, std::string_view state) {
  html.raw("<span class=\"state ").text(state).raw("\">").text(state).raw("</span>");
}

void provenance_mark(Html& html, Provenance provenance) {
  const std::string_view word = to_string(provenance);
  html.raw("<span class=\"provenance ").raw(word).raw("\">").raw(word).raw("</span>");
}

void share_bar(Html& html, std::optional<double> share) {
  if (!share) return;
  html.raw("<svg class=\"bar\" aria-hidden=\"true\"><rect height=\"100%\" width=\"")
      .raw(fmt::format("{:.1f}%", std::clamp(*share, 0.0, 1.0) * 100))
      .raw("\"/></svg>");
}

}  // namespace anemon
