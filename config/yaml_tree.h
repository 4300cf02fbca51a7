// One YAML document as a tree in which every node knows its place in the text. Built from
// yaml-cpp's events, not its nodes: those drop duplicate keys and follow aliases.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "config/plain_text.h"

namespace anemon {

struct YamlEntry;

struct YamlNode {
  enum class Kind { null, scalar, sequence, mapping };

  Kind kind = Kind::null;
  TextPosition position;
  std::string text;                // of a scalar
  bool quoted = false;             // a scalar that is text whatever it looks like
  std::vector<YamlNode> items;     // of a sequence
  std::vector<YamlEntry> entries;  // of a mapping, in order
};

struct YamlEntry {
  YamlNode key;  // a scalar
  YamlNode value;
};

constexpr int kMaxYamlDepth = 16;

// The one document in `text`; a null node when there is none. Throws PositionedError for anything
// that is not plain YAML: other encodings than UTF-8, control characters, anchors, aliases, tags,
// duplicate keys, keys that are not text, a second document, too large or too deep.
YamlNode parse_yaml(std::string_view text);

}  // namespace anemon
