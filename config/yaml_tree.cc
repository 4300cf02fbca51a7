#include "config/yaml_tree.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <sstream>

namespace anemon {
namespace {

TextPosition position_of(const YAML::Mark& mark) {
  if (mark.is_null()) return {};
  return {mark.line + 1, mark.column + 1};
}

TextPosition position_at(std::string_view text, size_t offset) {
  TextPosition position{1, 1};
  for (const char c : text.substr(0, offset)) {
    ++position.column;
    if (c == '\n') position = {position.line + 1, 1};
  }
  return position;
}

// Length of the UTF-8 sequence at the start of `text`; 0 when it is none (overlong forms,
// surrogates and code points beyond U+10FFFF included).
size_t utf8_length(std::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
  const uint8_t lead = byte(0);
  if (lead < 0x80) return 1;
  const size_t length = lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF5 ? 4 : 0;
  if (length == 0 || text.size() < length) return 0;
  for (size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
  }
  const uint8_t low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
  const uint8_t high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
  return byte(1) >= low && byte(1) <= high ? length : 0;
}

bool is_control(char c) {
  const auto byte = static_cast<uint8_t>(c);
  return (byte < 0x20 && c != '\n' && c != '\r' && c != '\t') || byte == 0x7F;
}

// Appends the first character of `text`, escaped if it could disturb a terminal or a log; returns
// its length in `text`.
size_t append_printable(std::string_view text, std::string& result) {
  constexpr char kHex[] = "0123456789abcdef";
  const auto byte = static_cast<uint8_t>(text[0]);
  const size_t length = utf8_length(text);
  const bool is_c1 = byte == 0xC2 && length == 2 && static_cast<uint8_t>(text[1]) < 0xA0;
  if (length == 0 || byte < 0x20 || byte == 0x7F || is_c1) {
    result += {'\\', 'x', kHex[byte >> 4], kHex[byte & 15]};
    return 1;
  }
  result += text.substr(0, length);
  return length;
}

// yaml-cpp quotes single bytes of the text in its messages.
std::string printable(std::string_view text) {
  std::string result;
  while (!text.empty()) text.remove_prefix(append_printable(text, result));
  return result;
}

void require_plain_text(std::string_view text) {
  if (text.size() > kMaxYamlBytes) {
    throw PositionedError({1, 1}, "the file is larger than 1 MiB; a configuration is a few lines");
  }
  for (size_t i = 0; i < text.size();) {
    const bool begins_line = i == 0 || text[i - 1] == '\n';
    if (begins_line && text[i] == '%' && !text.substr(i).starts_with("%YAML 1.")) {
      throw PositionedError(position_at(text, i), "directives are not supported");
    }
    if (is_control(text[i])) {
      throw PositionedError(position_at(text, i), "a control character; is this a text file?");
    }
    const size_t length = utf8_length(text.substr(i));
    if (length == 0) throw PositionedError(position_at(text, i), "the text is not UTF-8");
    i += length;
  }
}

bool indented_with_tab(std::string_view text, int line) {
  for (; line > 1 && !text.empty(); --line) {
    text.remove_prefix(std::min(text.size(), text.find('\n') + 1));
  }
  return text.find_first_not_of(" \t") > text.find('\t');
}

// yaml-cpp takes the end of the text for the end of a quoted scalar, and so would swallow the rest
// of the file behind a forgotten quote. `text` begins with the opening quote.
bool is_closed(std::string_view text) {
  const char quote_sign = text.front();
  for (size_t i = 1; i < text.size(); ++i) {
    if (quote_sign == '"' && text[i] == '\\') {
      ++i;
    } else if (text[i] == quote_sign) {
      if (quote_sign == '"' || !text.substr(i + 1).starts_with('\'')) return true;
      ++i;
    }
  }
  return false;
}

// Recursion inside yaml-cpp follows the depth of the events, so that refusing an event bounds it.
class TreeBuilder final : public YAML::EventHandler {
 public:
  explicit TreeBuilder(std::string_view text) : text_(text) {
    for (size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '\n') line_starts_.push_back(i + 1);
    }
  }

  YamlNode take() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (documents_++ > 0) {
      throw PositionedError(position_of(mark),
                            "a second document begins here; a configuration is one document");
    }
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    refuse_anchor(mark, anchor);
    add(YamlNode{YamlNode::Kind::null, position_of(mark), {}, false, {}, {}});
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override { refuse_anchor(mark, 1); }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    refuse_anchor(mark, anchor);
    refuse_tag(mark, tag);
    if (tag == "!") refuse_open_quote(mark);
    add(YamlNode{YamlNode::Kind::scalar, position_of(mark), value, tag == "!", {}, {}});
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(YamlNode::Kind::sequence, mark, tag, anchor);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(YamlNode::Kind::mapping, mark, tag, anchor);
  }
  void OnMapEnd() override { close(); }

 private:
  // A container whose end has not come yet; of a mapping, also the key that waits for its value.
  struct Open {
    YamlNode node;
    YamlNode key;
    bool has_key = false;
    std::map<std::string, int> lines;  // of the keys so far
  };

  static void refuse_anchor(const YAML::Mark& mark, YAML::anchor_t anchor) {
    if (anchor != YAML::NullAnchor) {
      throw PositionedError(position_of(mark),
                            "anchors and aliases are not supported; repeat the "
                            "value, or quote text that begins with & or *");
    }
  }

  // yaml-cpp marks plain scalars "?" and quoted ones "!"; anything else was written by hand.
  static void refuse_tag(const YAML::Mark& mark, const std::string& tag) {
    if (!tag.empty() && tag != "?" && tag != "!") {
      throw PositionedError(position_of(mark),
                            "tags are not supported; remove it, or quote text "
                            "that begins with !");
    }
  }

  void refuse_open_quote(const YAML::Mark& mark) const {
    const size_t line = static_cast<size_t>(mark.line);
    const size_t start =
        line < line_starts_.size() ? line_starts_[line] + static_cast<size_t>(mark.column) : 0;
    const std::string_view scalar = start < text_.size() ? text_.substr(start) : "";
    if (scalar.starts_with('!')) refuse_tag(mark, "!!");
    if ((scalar.starts_with('"') || scalar.starts_with('\'')) && !is_closed(scalar)) {
      throw PositionedError(position_of(mark), "the quote that opens here is never closed");
    }
  }

  void open(YamlNode::Kind kind, const YAML::Mark& mark, const std::string& tag,
            YAML::anchor_t anchor) {
    refuse_anchor(mark, anchor);
    refuse_tag(mark, tag);
    if (static_cast<int>(open_.size()) >= kMaxYamlDepth) {
      throw PositionedError(position_of(mark), "nested too deeply");
    }
    if (wants_key()) refuse_key(position_of(mark));
    open_.push_back({YamlNode{kind, position_of(mark), {}, false, {}, {}}, {}, false, {}});
  }

  void close() {
    YamlNode node = std::move(open_.back().node);
    open_.pop_back();
    add(std::move(node));
  }

  bool wants_key() const {
    return !open_.empty() && open_.back().node.kind == YamlNode::Kind::mapping &&
           !open_.back().has_key;
  }

  [[noreturn]] static void refuse_key(TextPosition position) {
    throw PositionedError(position, "a key must be plain text");
  }

  void add(YamlNode node) {
    if (open_.empty()) {
      root_ = std::move(node);
      return;
    }
    Open& parent = open_.back();
    if (parent.node.kind == YamlNode::Kind::sequence) {
      parent.node.items.push_back(std::move(node));
    } else if (!parent.has_key) {
      if (node.kind != YamlNode::Kind::scalar) refuse_key(node.position);
      refuse_duplicate(parent, node);
      parent.key = std::move(node);
      parent.has_key = true;
    } else {
      parent.node.entries.push_back({std::move(parent.key), std::move(node)});
      parent.has_key = false;
    }
  }

  static void refuse_duplicate(Open& mapping, const YamlNode& key) {
    const auto [other, is_new] = mapping.lines.emplace(key.text, key.position.line);
    if (is_new) return;
    throw PositionedError(key.position, "duplicate key " + quote(key.text) + "; line " +
                                            std::to_string(other->second) + " sets it too");
  }

  const std::string_view text_;
  std::vector<size_t> line_starts_{0};
  YamlNode root_;
  std::vector<Open> open_;
  int documents_ = 0;
};

}  // namespace

YamlNode parse_yaml(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);  // a byte order mark
  require_plain_text(text);
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    TreeBuilder builder(text);
    if (parser.HandleNextDocument(builder)) parser.HandleNextDocument(builder);
    return builder.take();
  } catch (const YAML::Exception& error) {
    const TextPosition position = position_of(error.mark);
    throw PositionedError(position, indented_with_tab(text, position.line)
                                        ? "the line is indented with a tab; YAML takes spaces"
                                        : "not valid YAML: " + printable(error.msg));
  }
}

std::string quote(std::string_view text) {
  constexpr size_t kShown = 60;
  std::string result = "\"";
  size_t shown = 0;
  while (shown < text.size() && shown < kShown) {
    if (text[shown] == '"' || text[shown] == '\\') result += '\\';
    shown += append_printable(text.substr(shown), result);
  }
  return result + (shown < text.size() ? "…\"" : "\"");
}

}  // namespace anemon
