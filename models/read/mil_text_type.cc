#include "models/read/mil_text_type.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace anemon::models {
namespace {

struct Composite {
  std::string_view word;
  ValueKind kind;
};
constexpr std::array<Composite, 5> kComposites = {{{"tensor", ValueKind::tensor},
                                                   {"list", ValueKind::list},
                                                   {"tuple", ValueKind::tuple},
                                                   {"dict", ValueKind::dictionary},
                                                   {"state", ValueKind::state}}};

const Composite* composite(std::string_view word) {
  const auto found = std::find_if(kComposites.begin(), kComposites.end(),
                                  [&](const Composite& each) { return each.word == word; });
  return found == kComposites.end() ? nullptr : &*found;
}

int64_t read_extent(MilLexer& lexer) {
  if (lexer.accept('?')) return kAnyExtent;
  if (lexer.token().kind == MilToken::Kind::word) {  // a named, thus open, dimension
    lexer.advance();
    return kAnyExtent;
  }
  if (lexer.token().kind != MilToken::Kind::number) lexer.fail_expected("a dimension");
  const MilNumber number = lexer.number();
  if (!number.integer || number.magnitude > static_cast<uint64_t>(INT64_MAX)) {
    lexer.fail_expected("a dimension");
  }
  lexer.advance();
  return number.negative ? kAnyExtent : static_cast<int64_t>(number.magnitude);
}

// "[1, ?, 224]", "[]", or "*" and "[...]" where not even the rank is known.
void read_shape(MilLexer& lexer, Budget& budget, TensorType& type) {
  if (lexer.accept('*')) {
    type.ranked = false;
    return;
  }
  lexer.expect('[');
  while (!lexer.token().is(']')) {
    if (lexer.accept('*')) {
      type.ranked = false;
    } else if (lexer.accept('.')) {
      while (lexer.accept('.') || lexer.accept('?')) continue;
      type.ranked = false;
    } else {
      budget.take_values();
      type.shape.push_back(read_extent(lexer));
    }
    if (!lexer.accept(',')) break;
  }
  lexer.expect(']');
  if (!type.ranked) type.shape.clear();
}

}  // namespace

bool begins_mil_type(std::string_view word) {
  return composite(word) != nullptr || data_type_of_name(word) != DataType::unknown;
}

ValueType read_mil_type(MilLexer& lexer, Budget& budget) {
  const Nesting nesting(budget);
  const std::string_view word = lexer.expect_word("a type");
  const Composite* known = composite(word);
  ValueType type;
  if (known == nullptr) {
    type.tensor.dtype = data_type_of_name(word);
    if (lexer.token().is('<')) lexer.fail_expected("a type that takes parameters before this");
    return type;
  }
  type.kind = known->kind;
  lexer.expect('<');
  switch (known->kind) {
    case ValueKind::tensor:
      type.tensor.dtype = data_type_of_name(lexer.expect_word("an element type"));
      if (lexer.accept(',')) read_shape(lexer, budget, type.tensor);
      break;
    case ValueKind::list:
      type.tensor = read_mil_type(lexer, budget).tensor;
      if (lexer.accept(',')) read_extent(lexer);
      break;
    case ValueKind::state:
      type.tensor = read_mil_type(lexer, budget).tensor;
      break;
    default:  // of a tuple or dictionary
      type.tensor = {DataType::unknown, false, {}};
      while (!lexer.token().is('>')) {
        read_mil_type(lexer, budget);
        if (!lexer.accept(',')) break;
      }
  }
  lexer.expect('>');
  return type;
}

}  // namespace anemon::models
