#include <algorithm>
#include <map>

#include "profiler/reference/families.h"
#include "profiler/reference/nest.h"

namespace anemon::profiler::reference {
namespace {

struct Equation {
  std::string left, right, result;  // one letter per dimension
};

Equation parsed(const StepBuilder& step) {
  std::string text = step.text("equation", "");
  std::erase(text, ' ');
  const size_t comma = text.find(',');
  const size_t arrow = text.find("->");
  if (comma == std::string::npos || arrow == std::string::npos || comma > arrow ||
      text.find('.') != std::string::npos || text.find(',', comma + 1) != std::string::npos) {
    step.refuse("equation '" + text + "' is not one of two operands and a result in letters");
  }
  return {text.substr(0, comma), text.substr(comma + 1, arrow - comma - 1), text.substr(arrow + 2)};
}

// The operand's dimensions put in the order of `letters`.
struct Ordered {
  Shape shape;
  Steps steps;
};
Ordered ordered(const std::string& own, const Tensor& tensor, const std::string& letters) {
  Ordered result;
  const Steps steps = steps_of(tensor.shape());
  for (const char letter : letters) {
    const size_t at = own.find(letter);
    result.shape.push_back(tensor.shape()[at]);
    result.steps.push_back(steps[at]);
  }
  return result;
}

int64_t size_of(const std::map<char, int64_t>& extents, const std::string& letters) {
  int64_t size = 1;
  for (const char letter : letters) size *= extents.at(letter);
  return size;
}

}  // namespace

// As products of matrices: letters of both operands and the result count batches, those that the
// result lacks are summed over, the others are rows and columns.
Kernel einsum(StepBuilder& step) {
  const Equation equation = parsed(step);
  const Tensor x = step.plain("values", 0);
  const Tensor y = step.plain("values", 1);
  if (equation.left.size() != x.rank() || equation.right.size() != y.rank()) {
    step.refuse("its equation does not fit the ranks");
  }
  std::map<char, int64_t> extents;
  const auto note = [&](const std::string& letters, const Tensor& tensor) {
    for (size_t i = 0; i < letters.size(); ++i) {
      const auto [known, fresh] = extents.emplace(letters[i], tensor.shape()[i]);
      if (std::count(letters.begin(), letters.end(), letters[i]) > 1 ||
          (!fresh && known->second != tensor.shape()[i])) {
        step.refuse("a letter of its equation occurs twice or stands for two sizes");
      }
    }
  };
  note(equation.left, x);
  note(equation.right, y);
  std::string batch, summed, rows, columns;
  for (const auto& [letter, extent] : extents) {
    const bool left = equation.left.find(letter) != std::string::npos;
    const bool right = equation.right.find(letter) != std::string::npos;
    const bool kept = equation.result.find(letter) != std::string::npos;
    if (!kept && !(left && right)) step.refuse("it sums over a letter of one operand");
    (!kept ? summed : left && right ? batch : left ? rows : columns) += letter;
  }
  const Ordered a = ordered(equation.left, x, batch + rows + summed);
  const Ordered b = ordered(equation.right, y, batch + summed + columns);
  const int64_t batches = size_of(extents, batch);
  const onednn::Gemm gemm{
      false, false, size_of(extents, rows), size_of(extents, columns), size_of(extents, summed),
      1,     0};
  Buffer* left = step.scratch(x.count());
  Buffer* right = step.scratch(y.count());
  const Tensor z = step.result();
  Buffer* product = step.scratch(z.count());
  const BlockCopy to_left(a.shape, steps_of(a.shape), a.steps);
  const BlockCopy to_right(b.shape, steps_of(b.shape), b.steps);
  const std::string made = batch + rows + columns;
  Shape made_shape;
  for (const char letter : made) made_shape.push_back(extents.at(letter));
  Steps from;
  const Steps made_steps = steps_of(made_shape);
  for (const char letter : equation.result) {
    const size_t at = made.find(letter);
    if (at == std::string::npos) step.refuse("its result has a letter of no operand");
    from.push_back(made_steps[at]);
  }
  const BlockCopy to_result(z.shape(), steps_of(z.shape()), from);
  return [=] {
    to_left.run(left->data, x.data());
    to_right.run(right->data, y.data());
    for (int64_t i = 0; i < batches; ++i) {
      onednn::multiply(gemm, left->data + i * gemm.m * gemm.k, right->data + i * gemm.k * gemm.n,
                       product->data + i * gemm.m * gemm.n);
    }
    to_result.run(z.data(), product->data);
  };
}

}  // namespace anemon::profiler::reference
