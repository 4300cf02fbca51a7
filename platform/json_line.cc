#include "platform/json_line.h"

#include <cmath>
#include <iterator>
#include <nlohmann/json.hpp>

namespace anemon {
namespace {

// Walks over the line and lets the builder see how far the parser has come.
struct Walker {
  using iterator_category = std::forward_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  const char* at;
  size_t* seen;

  reference operator*() const { return *at; }
  Walker& operator++() {
    ++at;
    ++*seen;
    return *this;
  }
  bool operator==(const Walker& other) const { return at == other.at; }
  bool operator!=(const Walker& other) const { return at != other.at; }
};

// nlohmann says "[json.exception...] parse error at line 1, column 7: syntax error while ...".
std::string short_reason(const std::string& message) {
  const size_t colon = message.find(": ");
  return colon == std::string::npos ? message : message.substr(colon + 2);
}

const char* name_of(JsonLine::Kind kind) {
  static constexpr const char* kNames[] = {"null",   "true or false", "a whole number", "a number",
                                           "a text", "a list",        "an object"};
  return kNames[static_cast<size_t>(kind)];
}

}  // namespace

class JsonLineBuilder {
 public:
  JsonLineBuilder(JsonLine& line, std::string_view text, const size_t& seen)
      : line_(line), text_(text), seen_(seen) {
    line_.nodes_.clear();
    line_.texts_.clear();
  }

  bool null() { return add(JsonLine::Kind::null); }
  bool boolean(bool value) { return add(JsonLine::Kind::boolean, value ? 1 : 0); }
  bool number_integer(int64_t value) { return add(JsonLine::Kind::integer, value); }
  bool number_unsigned(uint64_t value) {
    if (value > INT64_MAX) throw JsonProblem{column(), "the number does not fit 64 signed bits"};
    return add(JsonLine::Kind::integer, static_cast<int64_t>(value));
  }
  bool number_float(double value, const std::string& text) {
    // What is written as a whole number but does not fit comes here too.
    if (text.find_first_of(".eE") == std::string::npos) {
      throw JsonProblem{column(), "the number does not fit 64 signed bits"};
    }
    add(JsonLine::Kind::real);
    line_.nodes_.back().real = value;
    return true;
  }
  bool string(std::string& text) {
    add(JsonLine::Kind::text, static_cast<int64_t>(line_.texts_.size()));
    line_.nodes_.back().size = static_cast<uint32_t>(text.size());
    line_.texts_ += text;
    return true;
  }
  bool binary(nlohmann::json::binary_t&) { return false; }  // only in other formats than JSON
  bool key(std::string& text) {
    string(text);
    // A member is counted by its value.
    --line_.nodes_[open_.back()].size;
    return true;
  }
  bool start_object(size_t) { return begin(JsonLine::Kind::object); }
  bool start_array(size_t) { return begin(JsonLine::Kind::array); }
  bool end_object() { return end(); }
  bool end_array() { return end(); }

  bool parse_error(size_t position, const std::string&, const nlohmann::json::exception& error) {
    throw JsonProblem{std::max<size_t>(position, 1), short_reason(error.what())};
  }

 private:
  // A value begins behind the one before it and what separates them; `seen_` is behind its end.
  size_t column() {
    while (last_end_ < text_.size() &&
           std::string_view(" \t\r\n,:").find(text_[last_end_]) != std::string_view::npos) {
      ++last_end_;
    }
    return last_end_ + 1;
  }

  bool add(JsonLine::Kind kind, int64_t integer = 0) {
    if (line_.nodes_.size() == JsonLine::kMaxNodes) {
      throw JsonProblem{column(), "more than 1000000 values in a line"};
    }
    JsonLine::Node node;
    node.kind = kind;
    node.column = static_cast<uint32_t>(column());
    node.end = static_cast<uint32_t>(line_.nodes_.size() + 1);
    node.integer = integer;
    if (!open_.empty()) ++line_.nodes_[open_.back()].size;
    line_.nodes_.push_back(node);
    last_end_ = seen_;
    return true;
  }

  bool begin(JsonLine::Kind kind) {
    if (open_.size() == JsonLine::kMaxDepth) throw JsonProblem{column(), "nested too deeply"};
    add(kind);
    open_.push_back(line_.nodes_.size() - 1);
    return true;
  }

  bool end() {
    line_.nodes_[open_.back()].end = static_cast<uint32_t>(line_.nodes_.size());
    open_.pop_back();
    last_end_ = seen_;
    return true;
  }

  JsonLine& line_;
  const std::string_view text_;
  const size_t& seen_;
  size_t last_end_ = 0;
  std::vector<size_t> open_;
};

void JsonLine::parse(std::string_view line) {
  size_t seen = 0;
  JsonLineBuilder builder(*this, line, seen);
  nlohmann::json::sax_parse(Walker{line.data(), &seen}, Walker{line.data() + line.size(), &seen},
                            &builder);
}

void JsonLine::Value::fail(std::string reason) const {
  throw JsonProblem{column(), std::move(reason)};
}

namespace {

[[noreturn]] void fail_kind(const JsonLine::Value& value, const char* wanted) {
  value.fail(std::string("expected ") + wanted + ", found " + name_of(value.kind()));
}

}  // namespace

bool JsonLine::Value::boolean() const {
  if (kind() != Kind::boolean) fail_kind(*this, "true or false");
  return node().integer != 0;
}

int64_t JsonLine::Value::integer() const {
  if (kind() != Kind::integer) fail_kind(*this, "a whole number");
  return node().integer;
}

int64_t JsonLine::Value::integer(int64_t least, int64_t most) const {
  const int64_t value = integer();
  if (value < least || value > most) {
    fail(std::to_string(value) + " is not between " + std::to_string(least) + " and " +
         std::to_string(most));
  }
  return value;
}

double JsonLine::Value::number() const {
  if (kind() == Kind::integer) return static_cast<double>(node().integer);
  if (kind() != Kind::real) fail_kind(*this, "a number");
  return node().real;
}

std::string_view JsonLine::Value::text() const {
  if (kind() != Kind::text) fail_kind(*this, "a text");
  return std::string_view(line_->texts_).substr(static_cast<size_t>(node().integer), node().size);
}

const JsonLine::Value& JsonLine::Value::array() const {
  if (kind() != Kind::array) fail_kind(*this, "a list");
  return *this;
}

const JsonLine::Value& JsonLine::Value::object() const {
  if (kind() != Kind::object) fail_kind(*this, "an object");
  return *this;
}

}  // namespace anemon
