// Text from outside, made fit for labels, JSON and terminals.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace anemon {

// Valid UTF-8 (RFC 3629: no surrogates, no overlong forms, at most U+10FFFF) without control
// characters, those of the direction of text among them.
bool is_clean_utf8(std::string_view text);

// `bytes` with every maximal invalid part and every control character replaced (by U+FFFD), cut
// between characters to at most `max_bytes`.
std::string to_clean_utf8(std::string_view bytes, size_t max_bytes,
                          std::string_view replacement = "\xEF\xBF\xBD");

}  // namespace anemon
