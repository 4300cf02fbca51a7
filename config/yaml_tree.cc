#include "config/yaml_tree.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <map>
#include <sstream>

namespace anemon {
namespace {

TextPosition position_of(const YAML::Mark& mark) {
  if (mark.is_null()) return {};
  return {mark.line + 1, mark.column + 1};
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
    // Its messages quote single bytes of the text.
    throw PositionedError(position, indented_with_tab(text, position.line)
                                        ? "the line is indented with a tab; YAML takes spaces"
                                        : "not valid YAML: " + escape_unprintable(error.msg));
  }
}

}  // namespace anemon
