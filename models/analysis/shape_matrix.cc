#include <algorithm>
#include <array>
#include <string>

#include "models/analysis/operand.h"

namespace anemon::models {
namespace {

// One letter per dimension; blanks do not count. None for an ellipsis or anything but letters.
std::optional<std::string> indices_of(std::string_view term) {
  std::string letters;
  for (const char c : term) {
    if (c == ' ') continue;
    if ((c < 'a' || c > 'z') && (c < 'A' || c > 'Z')) return std::nullopt;
    letters += c;
  }
  return letters;
}

}  // namespace

ResultTypes linear_shape(const OperationView& view) {
  const TensorType* x = ranked(view, "x");
  const TensorType* weight = ranked(view, "weight");
  if (x == nullptr || weight == nullptr || weight->shape.size() != 2 || x->shape.empty()) return {};
  Shape shape = x->shape;
  const int64_t channels = weight->shape[0];
  if (shape.size() >= 4 && view.integer("channel_axis") == -3) {
    // The whole of C,H,W is one row.
    shape[shape.size() - 3] = channels;
    shape[shape.size() - 2] = 1;
    shape[shape.size() - 1] = 1;
  } else {
    shape.back() = channels;
  }
  return result_of(x->dtype, std::move(shape));
}

ResultTypes matmul_shape(const OperationView& view) {
  const TensorType* x = ranked(view, "x");
  const TensorType* y = ranked(view, "y");
  const auto transpose_x = flag(view, "transpose_x", false);
  const auto transpose_y = flag(view, "transpose_y", false);
  if (x == nullptr || y == nullptr || !transpose_x || !transpose_y) return {};
  Shape a = x->shape, b = y->shape;
  if (a.empty() || b.empty()) return {};
  // A vector is a matrix of one row on the left, of one column on the right, until the end.
  const bool row = a.size() == 1, column = b.size() == 1;
  if (row) a.insert(a.begin(), 1);
  if (column) b.push_back(1);
  if (*transpose_x && !row) std::swap(a[a.size() - 1], a[a.size() - 2]);
  if (*transpose_y && !column) std::swap(b[b.size() - 1], b[b.size() - 2]);
  if (!agreed(a.back(), b[b.size() - 2])) return {};

  auto shape = broadcast(Shape(a.begin(), a.end() - 2), Shape(b.begin(), b.end() - 2));
  if (!shape) return {};
  if (!row) shape->push_back(a[a.size() - 2]);
  if (!column) shape->push_back(b.back());
  return result_of(x->dtype, std::move(*shape));
}

ResultTypes einsum_shape(const OperationView& view) {
  const auto equation = view.text("equation");
  const auto operands = view.types("values");
  if (!equation || operands.empty()) return {};
  const size_t arrow = equation->find("->");
  if (arrow == std::string::npos) return {};

  std::array<std::optional<int64_t>, 128> extents;
  std::string_view terms = std::string_view(*equation).substr(0, arrow);
  for (size_t i = 0; i < operands.size(); ++i) {
    const size_t comma = terms.find(',');
    if ((comma == std::string_view::npos) != (i + 1 == operands.size())) return {};
    const auto letters = indices_of(terms.substr(0, comma));
    if (comma != std::string_view::npos) terms.remove_prefix(comma + 1);
    if (!letters || !operands[i]->ranked || letters->size() != operands[i]->shape.size()) return {};
    for (size_t d = 0; d < letters->size(); ++d) {
      auto& known = extents[static_cast<unsigned char>((*letters)[d])];
      known = broadcast(known.value_or(1), operands[i]->shape[d]);
      if (!known) return {};
    }
  }
  const auto letters = indices_of(std::string_view(*equation).substr(arrow + 2));
  if (!letters) return {};
  Shape shape;
  for (const char letter : *letters) {
    const auto& extent = extents[static_cast<unsigned char>(letter)];
    if (!extent) return {};
    shape.push_back(*extent);
  }
  return result_of(operands.front()->dtype, std::move(shape));
}

ResultTypes attention_shape(const OperationView& view) {
  const TensorType* query = ranked(view, "query");
  const TensorType* value = ranked(view, "value");
  if (query == nullptr || value == nullptr || query->shape.empty() || value->shape.empty()) {
    return {};
  }
  Shape shape = query->shape;
  shape.back() = value->shape.back();
  return result_of(query->dtype, std::move(shape));
}

ResultTypes dot_shape(const OperationView& view) {
  const TensorType* x = ranked(view, "x");
  if (x == nullptr || x->shape.size() < 3) return {};
  Shape shape = x->shape;
  shape[shape.size() - 3] = 1;
  return result_of(x->dtype, std::move(shape));
}

}  // namespace anemon::models
