// One line of JSON as a flat tree that knows the column of every value, so that whoever finds a
// value wrong can say where it is. nlohmann-json takes the text apart; its documents keep no
// positions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace anemon {

// What is wrong, and the column (from 1, in bytes) where.
struct JsonProblem {
  size_t column = 1;
  std::string reason;
};

class JsonLine {
 public:
  enum class Kind : uint8_t { null, boolean, integer, real, text, array, object };

 private:
  struct Node {
    Kind kind = Kind::null;
    uint32_t column = 1;
    uint32_t size = 0;  // elements of an array, members of an object, bytes of a text
    uint32_t end = 0;   // the node behind this value
    union {
      int64_t integer;  // also a boolean; of a text: where it begins in texts_
      double real;
    };
  };

 public:
  static constexpr size_t kMaxDepth = 16;
  static constexpr size_t kMaxNodes = 1'000'000;  // values and keys

  // Takes the place of what was parsed before; the text need not stay. Throws JsonProblem.
  // Whole numbers must fit 64 signed bits, others be finite.
  void parse(std::string_view line);

  // A value of the line. Valid until the next parse.
  class Value {
   public:
    Kind kind() const { return node().kind; }
    size_t column() const { return node().column; }

    // Each throws JsonProblem when the value is not one, with `what` for the message.
    bool boolean() const;
    int64_t integer() const;
    int64_t integer(int64_t least, int64_t most) const;
    uint64_t count() const { return static_cast<uint64_t>(integer(0, INT64_MAX)); }
    double number() const;  // whole or not
    std::string_view text() const;
    const Value& array() const;   // this
    const Value& object() const;  // this

    [[noreturn]] void fail(std::string reason) const;

    bool is_null() const { return kind() == Kind::null; }
    size_t size() const { return node().size; }  // of an array or object

    // `visit(Value)` for each element; `visit(std::string_view key, Value)` for each member.
    template <class Visit>
    void for_each(Visit&& visit) const {
      for (size_t i = at_ + 1; i < node().end; i = line_->nodes_[i].end) visit(Value(line_, i));
    }
    template <class Visit>
    void for_each_member(Visit&& visit) const {
      for (size_t i = at_ + 1; i < node().end; i = line_->nodes_[i + 1].end) {
        visit(Value(line_, i).text(), Value(line_, i + 1));
      }
    }

   private:
    friend class JsonLine;
    Value(const JsonLine* line, size_t at) : line_(line), at_(at) {}
    const Node& node() const { return line_->nodes_[at_]; }

    const JsonLine* line_;
    size_t at_;
  };

  Value root() const { return Value(this, 0); }

 private:
  friend class JsonLineBuilder;
  std::vector<Node> nodes_;  // in the order of the text; a member is its key and its value
  std::string texts_;
};

}  // namespace anemon
