#include "models/read/mil_text.h"

#include <fmt/format.h>

#include <array>

#include "core/utf8.h"
#include "models/read/mil_text_literal.h"
#include "models/read/mil_text_scope.h"
#include "models/read/mil_text_type.h"

namespace anemon::models {
namespace {

constexpr size_t kNameBytes = 1000;

// The words of the text for the opsets' names in MIL.proto.
constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kOpsets = {{
    {"ios15", "CoreML5"},
    {"ios16", "CoreML6"},
    {"ios17", "CoreML7"},
    {"ios18", "CoreML8"},
    {"ios19", "CoreML9"},
    {"ios26", "CoreML9"},
}};

std::string opset_name(std::string_view word) {
  for (const auto& [written, name] : kOpsets) {
    if (written == word) return std::string(name);
  }
  return std::string(word);
}

// Up to the ',' or ']' that ends the value. What attributes of functions say, such as flexible
// shapes, the interface says too.
void skip_attribute_value(MilLexer& lexer) {
  constexpr std::string_view kOpening = "([{<", kClosing = ")]}>";
  for (size_t depth = 0;; lexer.advance()) {
    const MilToken& token = lexer.token();
    if (token.kind == MilToken::Kind::end) lexer.fail_expected("the end of an attribute");
    if (token.kind != MilToken::Kind::sign) continue;
    const char sign = token.text.front();
    if (depth == 0 && (sign == ',' || sign == ']')) return;
    if (kOpening.find(sign) != std::string_view::npos) ++depth;
    if (kClosing.find(sign) != std::string_view::npos && depth-- == 0) {
      lexer.fail_expected("an attribute's value");
    }
  }
}

class FunctionReader {
 public:
  explicit FunctionReader(MilTextSource& source) : source_(source), lexer_(source.lexer) {}

  Function read() {
    lexer_.advance();  // "func"
    function_.name = lexer_.expect_word("the function's name");
    if (lexer_.accept('<')) {
      function_.opset = opset_name(lexer_.expect_word("an opset"));
      lexer_.expect('>');
    }
    function_.body = read_block(true);
    lexer_.accept(';');
    return std::move(function_);
  }

 private:
  ValueId add_value(std::string_view name, ValueType type) {
    source_.budget.take_values();
    function_.values.push_back({std::string(name), std::move(type), std::nullopt});
    return static_cast<ValueId>(function_.values.size() - 1);
  }

  ValueId define(std::string_view name, ValueType type) {
    const ValueId id = add_value(name, std::move(type));
    scope_.define(name, id);
    return id;
  }

  // "tensor<fp16, [1]> x", added to `ids`.
  void read_definition(std::vector<ValueId>& ids) {
    ValueType type = read_mil_type(lexer_, source_.budget);
    ids.push_back(define(lexer_.expect_word("a name"), std::move(type)));
  }

  void read_inputs(std::vector<ValueId>& ids) {
    lexer_.expect('(');
    while (!lexer_.token().is(')')) {
      read_definition(ids);
      skip_attributes();
      if (!lexer_.accept(',')) break;
    }
    lexer_.expect(')');
  }

  void skip_attributes() {
    while (lexer_.accept('[')) {
      while (!lexer_.token().is(']')) {
        lexer_.expect_word("an attribute's name");
        lexer_.expect('=');
        skip_attribute_value(lexer_);
        if (!lexer_.accept(',')) break;
      }
      lexer_.expect(']');
    }
  }

  Block read_block(bool of_function) {
    const Nesting nesting(source_.budget);
    const size_t mark = scope_.mark();
    Block block;
    if (of_function || lexer_.token().is('(')) read_inputs(block.inputs);
    skip_attributes();
    lexer_.expect('{');
    while (!lexer_.token().is('}')) block.operations.push_back(read_operation());
    lexer_.advance();
    if (lexer_.token().kind != MilToken::Kind::arrow) lexer_.fail_expected("'->'");
    lexer_.advance();
    read_outputs(block.outputs);
    scope_.leave(mark);
    return block;
  }

  void read_outputs(std::vector<ValueId>& ids) {
    lexer_.expect('(');
    while (!lexer_.token().is(')')) {
      ids.push_back(read_reference("an output"));
      if (!lexer_.accept(',')) break;
    }
    lexer_.expect(')');
  }

  ValueId read_reference(const std::string& user) {
    source_.budget.take_values();
    const MilToken token = lexer_.token();
    const std::string_view name = lexer_.expect_word("a value's name");
    if (const std::optional<ValueId> id = scope_.find(name)) return *id;
    const auto message = [&] {
      return fmt::format("{}: {} uses {}, which nothing before it defines", lexer_.place(token.at),
                         user, name);
    };
    source_.oddities.note(Oddity::Kind::other, "undefined", message, user);
    return add_value(name, {ValueKind::unknown, {DataType::unknown, false, {}}});
  }

  Operation read_operation() {
    source_.budget.take_operation();
    Operation operation;
    struct Result {
      std::string_view name;
      ValueType type;
    };
    std::vector<Result> results;
    const bool without_results = lexer_.next_byte() == '(' && !lexer_.token().is('(');
    if (!without_results) {
      const bool enclosed = lexer_.accept('(');
      do {
        ValueType type = read_mil_type(lexer_, source_.budget);
        results.push_back({lexer_.expect_word("a result's name"), std::move(type)});
      } while (lexer_.accept(','));
      if (enclosed) lexer_.expect(')');
      lexer_.expect('=');
    }
    operation.type = lexer_.expect_word("an operation");
    asker_.assign(results.empty() ? operation.type : results.front().name);
    std::optional<Constant> constant;
    lexer_.expect('(');
    read_arguments(operation, constant, ')');
    while (!lexer_.accept(';')) {
      if (lexer_.accept('[')) {
        read_arguments(operation, constant, ']');
      } else if (lexer_.token().is('(') || lexer_.token().is('{')) {
        operation.blocks.push_back(read_block(false));
      } else if (!lexer_.accept(',')) {
        lexer_.fail_expected("';'");
      }
    }
    // Only now: an operation cannot use its own results.
    for (Result& result : results) {
      operation.results.push_back(define(result.name, std::move(result.type)));
    }
    if (constant && operation.results.size() == 1) {
      function_.values[operation.results.front()].constant = std::move(constant);
    }
    return operation;
  }

  // Up to `close`. `constant`: the value of a const.
  void read_arguments(Operation& operation, std::optional<Constant>& constant, char close) {
    const bool is_const = operation.type == "const";
    while (!lexer_.token().is(close)) {
      const std::string_view name = lexer_.expect_word("an argument's name");
      lexer_.expect('=');
      if (close == ']' && name == "name") {
        const MilLiteral literal = read_mil_literal(source_, asker_);
        if (literal.constant) {
          operation.name = to_clean_utf8(text(*literal.constant).value_or(""), kNameBytes);
        }
      } else if (is_const && name == "val") {
        constant = read_mil_literal(source_, asker_).constant;
      } else {
        Argument argument{std::string(name), {}};
        read_values(argument.values);
        operation.arguments.push_back(std::move(argument));
      }
      if (!lexer_.accept(',')) break;
    }
    lexer_.expect(close);
  }

  // "x", "(x, y)" or a literal, added to `ids`.
  void read_values(std::vector<ValueId>& ids) {
    const Nesting nesting(source_.budget);
    if (lexer_.accept('(')) {
      while (!lexer_.token().is(')')) {
        read_values(ids);
        if (!lexer_.accept(',')) break;
      }
      lexer_.expect(')');
      return;
    }
    if (lexer_.token().kind == MilToken::Kind::word) {
      const char next = lexer_.next_byte();
      const bool literal = next == '<' || next == '(';
      if (!literal && (scope_.find(lexer_.token().text) || !is_literal_word(lexer_.token()))) {
        ids.push_back(read_reference(asker_));
        return;
      }
    }
    MilLiteral literal = read_mil_literal(source_, asker_);
    const ValueId id = add_value({}, std::move(literal.type));
    function_.values[id].constant = std::move(literal.constant);
    ids.push_back(id);
  }

  static bool is_literal_word(const MilToken& token) {
    return token.is("true") || token.is("false") || token.is("inf") || token.is("nan");
  }

  MilTextSource& source_;
  MilLexer& lexer_;
  Function function_;
  MilTextScope scope_;
  std::string asker_;  // the operation that is being read, for oddities
};

// "[buildInfo = dict<string, string>({{"coremlc-version", "3505.4.1"}, ...})]"
void read_program_attributes(MilTextSource& source, MilText& program) {
  MilLexer& lexer = source.lexer;
  while (lexer.accept('[')) {
    while (!lexer.token().is(']')) {
      const std::string_view name = lexer.expect_word("an attribute's name");
      lexer.expect('=');
      if (name == "buildInfo") {
        const std::vector<std::string> words = read_mil_literal(source, {}).texts;
        for (size_t i = 1; i < words.size(); i += 2) program.build_info[words[i - 1]] = words[i];
      } else {
        skip_attribute_value(lexer);
      }
      if (!lexer.accept(',')) break;
    }
    lexer.expect(']');
  }
}

MilText read_program(MilTextSource& source) {
  MilLexer& lexer = source.lexer;
  MilText program;
  if (!lexer.token().is("program")) lexer.fail_expected("'program'");
  lexer.advance();
  lexer.expect('(');
  if (lexer.token().kind != MilToken::Kind::number) lexer.fail_expected("a version");
  program.version = lexer.token().text;
  lexer.advance();
  lexer.expect(')');
  read_program_attributes(source, program);
  lexer.expect('{');
  while (lexer.token().is("func")) program.functions.push_back(FunctionReader(source).read());
  if (!lexer.accept('}')) lexer.fail_expected("'func' or '}'");
  lexer.accept(';');
  if (lexer.token().kind != MilToken::Kind::end) lexer.fail_expected("the end of the file");
  return program;
}

}  // namespace

MilText read_mil_text(std::string_view text, const std::string& name, WeightFiles& weights,
                      Budget& budget, OddityLog& oddities) {
  MilTextSource source{MilLexer(text, name), budget, weights, oddities};
  try {
    return read_program(source);
  } catch (const WireError& limit) {  // the budget, which knows no place
    throw Error(fmt::format("{}: {}", source.lexer.place(source.lexer.token().at), limit.what()));
  }
}

}  // namespace anemon::models
