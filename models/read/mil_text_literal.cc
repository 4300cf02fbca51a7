#include "models/read/mil_text_literal.h"

#include <fmt/format.h>

#include "core/utf8.h"
#include "models/graph/element_writer.h"
#include "models/read/mil_text_type.h"

namespace anemon::models {
namespace {

constexpr size_t kElementsPerValue = 32;

// Reads what stands between the parentheses of one literal, however it is nested.
class Payload {
 public:
  Payload(MilTextSource& source, DataType type)
      : source_(source), lexer_(source.lexer), type_(type), writer_(type) {}

  void read() {
    const Nesting nesting(source_.budget);
    for (const auto& [open, close] : {std::pair('[', ']'), {'(', ')'}, {'{', '}'}}) {
      if (!lexer_.accept(open)) continue;
      while (!lexer_.token().is(close)) {
        read();
        if (!lexer_.accept(',')) break;
      }
      lexer_.expect(close);
      return;
    }
    read_leaf();
  }

  size_t texts() const { return strings_.size(); }
  size_t numbers() const { return writer_.count(); }
  std::vector<std::string> take_strings() { return std::move(strings_); }
  std::vector<std::byte> take_bytes() { return writer_.take(); }

 private:
  void read_leaf() {
    const MilToken token = lexer_.token();
    if (token.kind == MilToken::Kind::text) {
      source_.budget.take_values();
      strings_.push_back(lexer_.unescaped());
      lexer_.advance();
      return;
    }
    const bool typed = lexer_.next_byte() == '(' || lexer_.next_byte() == '<';
    if (token.kind == MilToken::Kind::word && typed) {
      // An element with a type of its own, which is that of the whole where it matters.
      read_mil_type(lexer_, source_.budget);
      lexer_.expect('(');
      if (!lexer_.token().is(')')) read();
      lexer_.expect(')');
      return;
    }
    add(lexer_.number(), token);
    lexer_.advance();
  }

  void add(const MilNumber& number, const MilToken& token) {
    // An element takes a few bytes where a value takes some hundred.
    if (elements_++ % kElementsPerValue == 0) source_.budget.take_values();
    if (bits_of(type_) == 0) return;  // of a tuple, or of a type that is not known
    bool fits = false;
    if (!number.integer) {
      fits = writer_.add(number.real);
    } else if (!number.negative) {
      fits = writer_.add_unsigned(number.magnitude);
    } else if (is_float(type_)) {
      fits = writer_.add(number.real);  // keeps the sign of -0
    } else if (number.magnitude <= uint64_t{1} << 63) {
      fits = writer_.add(static_cast<int64_t>(0 - number.magnitude));
    }
    if (!fits) lexer_.fail(token.at, fmt::format("{} does not fit {}", token.text, name_of(type_)));
  }

  MilTextSource& source_;
  MilLexer& lexer_;
  DataType type_;
  ElementWriter writer_;
  size_t elements_ = 0;
  std::vector<std::string> strings_;
};

constexpr size_t kTextBytes = 10'000;

void own(Constant& constant, std::vector<std::byte> bytes) {
  constant.own = std::make_shared<const std::vector<std::byte>>(std::move(bytes));
  constant.data = *constant.own;
}

// "(path = ..., offset = ...)" after the word BLOBFILE.
BlobPlace read_blob_place(MilTextSource& source) {
  MilLexer& lexer = source.lexer;
  const size_t at = lexer.token().at;
  std::optional<std::string> path;
  std::optional<int64_t> offset;
  lexer.expect('(');
  while (!lexer.token().is(')')) {
    const std::string_view name = lexer.expect_word("'path' or 'offset'");
    lexer.expect('=');
    const MilLiteral literal = read_mil_literal(source, {});
    if (literal.constant && name == "path") path = text(*literal.constant);
    if (literal.constant && name == "offset") offset = integer(*literal.constant);
    if (!lexer.accept(',')) break;
  }
  lexer.expect(')');
  if (!path || !offset || *offset < 0) {
    lexer.fail(at, "expected a path and an offset of a BLOBFILE");
  }
  return {std::move(*path), static_cast<uint64_t>(*offset)};
}

void note_count(MilTextSource& source, size_t at, const TensorType& type, size_t found,
                const std::string& operation) {
  const std::optional<uint64_t> wanted = element_count(type);
  if (!wanted || *wanted == found) return;
  const auto message = [&] {
    return fmt::format("{}: {} elements where {} takes {}", source.lexer.place(at), found,
                       to_text(type), *wanted);
  };
  source.oddities.note(Oddity::Kind::other, "literal elements", message, operation);
}

// Elements that are written as one text are their bytes.
void take_texts(std::vector<std::string> texts, Constant& constant) {
  if (constant.type.dtype == DataType::string) {
    for (const std::string& text : texts) {
      constant.strings.push_back(to_clean_utf8(text, kTextBytes));
    }
  } else if (texts.size() == 1) {
    const auto* first = reinterpret_cast<const std::byte*>(texts.front().data());
    own(constant, {first, first + texts.front().size()});
  }
}

void read_elements(MilTextSource& source, MilLiteral& literal, size_t at,
                   const std::string& operation) {
  const bool tensor = literal.type.kind == ValueKind::tensor;
  const TensorType& type = literal.type.tensor;
  Payload payload(source, tensor ? type.dtype : DataType::unknown);
  if (!source.lexer.token().is(')')) payload.read();
  while (source.lexer.accept(',')) payload.read();  // a tuple without brackets of its own
  const size_t texts = payload.texts(), numbers = payload.numbers();
  if (!tensor) {
    for (const std::string& text : payload.take_strings()) {
      literal.texts.push_back(to_clean_utf8(text, kTextBytes));
    }
    return;
  }
  literal.constant.emplace();
  literal.constant->type = type;
  if (type.dtype == DataType::string || texts > 0) {
    take_texts(payload.take_strings(), *literal.constant);
    if (type.dtype == DataType::string) note_count(source, at, type, texts, operation);
  } else if (bits_of(type.dtype) != 0) {
    own(*literal.constant, payload.take_bytes());
    note_count(source, at, type, numbers, operation);
  }
}

MilLiteral read_bare(MilTextSource& source) {
  MilLexer& lexer = source.lexer;
  MilLiteral literal;
  if (lexer.token().kind == MilToken::Kind::text) {
    literal.constant = make_text(to_clean_utf8(lexer.unescaped(), kTextBytes));
  } else if (lexer.token().is("true") || lexer.token().is("false")) {
    literal.constant = make_bool(lexer.token().is("true"));
  } else {
    const MilNumber number = lexer.number();
    const DataType dtype = number.integer ? DataType::int32 : DataType::fp32;
    ElementWriter writer(dtype);
    if (!writer.add(number.real)) lexer.fail_expected("a number that fits int32");
    literal.constant.emplace();
    literal.constant->type.dtype = dtype;
    own(*literal.constant, writer.take());
  }
  lexer.advance();
  literal.type.tensor = literal.constant->type;
  return literal;
}

}  // namespace

MilLiteral read_mil_literal(MilTextSource& source, const std::string& operation) {
  MilLexer& lexer = source.lexer;
  const Nesting nesting(source.budget);
  const char next = lexer.token().kind == MilToken::Kind::word ? lexer.next_byte() : '\0';
  if (next != '<' && next != '(') return read_bare(source);
  MilLiteral literal;
  const size_t at = lexer.token().at;
  literal.type = read_mil_type(lexer, source.budget);
  lexer.expect('(');
  if (lexer.token().is("BLOBFILE")) {
    lexer.advance();
    BlobPlace place = read_blob_place(source);
    literal.constant = source.weights.constant(std::move(place), literal.type.tensor, operation);
  } else {
    read_elements(source, literal, at, operation);
  }
  lexer.expect(')');
  return literal;
}

}  // namespace anemon::models
