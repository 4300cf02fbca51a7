#include "exporters/page/html.h"

#include "core/utf8.h"

namespace anemon {

Html& Html::text(std::string_view text, size_t max_bytes) {
  // Cleaning never makes text shorter but at its cut end: what lies further behind cannot get in.
  const std::string clean = to_clean_utf8(text.substr(0, max_bytes + 4), max_bytes);
  for (const char c : clean) {
    switch (c) {
      case '&':
        out_ += "&amp;";
        break;
      case '<':
        out_ += "&lt;";
        break;
      case '>':
        out_ += "&gt;";
        break;
      case '"':
        out_ += "&quot;";
        break;
      case '\'':
        out_ += "&#39;";
        break;
      default:
        out_ += c;
    }
  }
  if (text.size() > max_bytes) out_ += "\xE2\x80\xA6";
  return *this;
}

}  // namespace anemon
