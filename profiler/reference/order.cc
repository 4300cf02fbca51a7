#include <algorithm>
#include <numeric>

#include "profiler/reference/families.h"

namespace anemon::profiler::reference {
namespace {

// The elements along an axis.
struct Lines {
  size_t extent, inner;

  Lines(const Tensor& x, size_t axis)
      : extent(static_cast<size_t>(x.shape()[axis])),
        inner(extent_between(x.shape(), axis + 1, x.rank())) {}
  size_t start(size_t line, size_t length) const {
    return line / inner * length * inner + line % inner;
  }
};

// Indices of the elements of a line in order; equal ones stay as they are.
std::vector<size_t> sorted(const float* line, const Lines& lines, bool ascending) {
  std::vector<size_t> order(lines.extent);
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    const float left = line[a * lines.inner];
    const float right = line[b * lines.inner];
    return ascending ? left < right : left > right;
  });
  return order;
}

}  // namespace

Kernel topk(StepBuilder& step) {
  const Tensor x = step.plain("x");
  const size_t axis = step.axis("axis", -1, x.rank());
  const bool ascending = step.flag("ascending", false);
  const bool by_value = step.flag("sort", true);
  const Tensor values = step.result(0);
  const bool named = step.operation().results.size() > 1;
  const Tensor indices = named ? step.result(1) : values;
  const Lines lines(x, axis);
  const auto count = static_cast<size_t>(values.shape()[axis]);
  if (count > lines.extent) step.refuse("it wants more elements than there are");
  return [=] {
    for (size_t line = 0; line < x.count() / lines.extent; ++line) {
      const float* from = x.data() + lines.start(line, lines.extent);
      std::vector<size_t> order = sorted(from, lines, ascending);
      if (!by_value) std::sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(count));
      const size_t to = lines.start(line, count);
      for (size_t i = 0; i < count; ++i) {
        if (named) indices.data()[to + i * lines.inner] = static_cast<float>(order[i]);
        values.data()[to + i * lines.inner] = from[order[i] * lines.inner];
      }
    }
  };
}

Kernel argsort(StepBuilder& step) {
  const Tensor x = step.plain("x");
  const Lines lines(x, step.axis("axis", -1, x.rank()));
  const bool ascending = step.flag("ascending", false);
  const Tensor y = step.result();
  return [=] {
    for (size_t line = 0; line < x.count() / lines.extent; ++line) {
      const size_t start = lines.start(line, lines.extent);
      const std::vector<size_t> order = sorted(x.data() + start, lines, ascending);
      for (size_t i = 0; i < lines.extent; ++i) {
        y.data()[start + i * lines.inner] = static_cast<float>(order[i]);
      }
    }
  };
}

Kernel one_hot(StepBuilder& step) {
  const Tensor indices = step.plain("indices");
  const float on = step.number("on_value", 1);
  const float off = step.number("off_value", 0);
  const Tensor y = step.result();
  const Lines lines(y, step.axis("axis", -1, y.rank()));
  return [=] {
    std::fill_n(y.data(), y.count(), off);
    for (size_t i = 0; i < indices.count(); ++i) {
      auto at = static_cast<int64_t>(indices.data()[i]);
      if (at < 0) at += static_cast<int64_t>(lines.extent);
      if (at < 0 || at >= static_cast<int64_t>(lines.extent)) continue;
      y.data()[lines.start(i, lines.extent) + static_cast<size_t>(at) * lines.inner] = on;
    }
  };
}

namespace {

// Keeps the elements of each matrix for which keep(row, column) holds.
template <typename Keep>
Kernel kept(StepBuilder& step, Keep keep) {
  const Tensor x = step.plain("x");
  if (x.rank() < 2) step.refuse("its operand is no matrix");
  const Tensor y = step.result_over(x);
  const int64_t rows = x.shape()[x.rank() - 2];
  const int64_t columns = x.shape()[x.rank() - 1];
  return [=] {
    for (size_t i = 0; i < x.count(); ++i) {
      const auto n = static_cast<int64_t>(i);
      y.data()[i] = keep(n / columns % rows, n % columns) ? x.data()[i] : 0;
    }
  };
}

}  // namespace

Kernel band_part(StepBuilder& step) {
  const int64_t lower = step.integer("lower", -1);
  const int64_t upper = step.integer("upper", -1);
  return kept(step, [=](int64_t row, int64_t column) {
    return (lower < 0 || row - column <= lower) && (upper < 0 || column - row <= upper);
  });
}

Kernel triangular(StepBuilder& step) {
  const int64_t k = step.integer("k", 0);
  const bool lower = step.operation().type == "lowerTriangular";
  return kept(step, [=](int64_t row, int64_t column) {
    return lower ? column - row <= k : column - row >= k;
  });
}

namespace {

struct Box {
  float left, top, right, bottom;
};

// A box is its centre and its size.
Box box_at(const float* from) {
  return {from[0] - from[2] / 2, from[1] - from[3] / 2, from[0] + from[2] / 2,
          from[1] + from[3] / 2};
}

float overlap(const Box& a, const Box& b) {
  const float width = std::min(a.right, b.right) - std::max(a.left, b.left);
  const float height = std::min(a.bottom, b.bottom) - std::max(a.top, b.top);
  if (width <= 0 || height <= 0) return 0;
  const float shared = width * height;
  return shared / ((a.right - a.left) * (a.bottom - a.top) +
                   (b.right - b.left) * (b.bottom - b.top) - shared);
}

}  // namespace

// Results: boxes, scores, indices (-1 where there are none), how many boxes.
Kernel non_maximum_suppression(StepBuilder& step) {
  const Tensor boxes = step.plain("boxes");
  const Tensor scores = step.plain("scores");
  const float iou = step.number("iou_threshold", 0.5F);
  const float least = step.number("score_threshold", 0);
  const bool per_class = step.flag("per_class_suppression", false);
  if (step.operation().results.size() != 4) step.refuse("it has not four results");
  std::vector<Tensor> results;
  for (size_t i = 0; i < 4; ++i) results.push_back(step.result(i));
  const auto batches = static_cast<size_t>(boxes.shape().at(0));
  const auto count = static_cast<size_t>(boxes.shape().at(1));
  const auto classes = static_cast<size_t>(scores.shape().at(2));
  const auto most = static_cast<size_t>(results[0].shape().at(1));
  return [=] {
    for (size_t batch = 0; batch < batches; ++batch) {
      const float* box = boxes.data() + batch * count * 4;
      const float* score = scores.data() + batch * count * classes;
      std::vector<float> best(count);
      std::vector<size_t> of_class(count), order;
      for (size_t i = 0; i < count; ++i) {
        const float* top = std::max_element(score + i * classes, score + (i + 1) * classes);
        best[i] = *top;
        of_class[i] = static_cast<size_t>(top - (score + i * classes));
        if (*top > least) order.push_back(i);
      }
      std::stable_sort(order.begin(), order.end(),
                       [&](size_t a, size_t b) { return best[a] > best[b]; });
      std::vector<size_t> chosen;
      for (const size_t i : order) {
        if (chosen.size() == most) break;
        const bool covered = std::any_of(chosen.begin(), chosen.end(), [&](size_t other) {
          return (!per_class || of_class[i] == of_class[other]) &&
                 overlap(box_at(box + i * 4), box_at(box + other * 4)) > iou;
        });
        if (!covered) chosen.push_back(i);
      }
      float* to_boxes = results[0].data() + batch * most * 4;
      float* to_scores = results[1].data() + batch * most * classes;
      float* to_indices = results[2].data() + batch * most;
      std::fill_n(to_boxes, most * 4, 0.0F);
      std::fill_n(to_scores, most * classes, 0.0F);
      std::fill_n(to_indices, most, -1.0F);
      for (size_t n = 0; n < chosen.size(); ++n) {
        std::copy_n(box + chosen[n] * 4, 4, to_boxes + n * 4);
        std::copy_n(score + chosen[n] * classes, classes, to_scores + n * classes);
        to_indices[n] = static_cast<float>(chosen[n]);
      }
      results[3].data()[batch] = static_cast<float>(chosen.size());
    }
  };
}

}  // namespace anemon::profiler::reference
