#include "tests/models/reference_shapes.h"

#include <algorithm>
#include <functional>
#include <map>
#include <set>

namespace anemon::models::test {
namespace {

using Index = std::vector<int64_t>;

// All indices of a tensor, counted up like an odometer.
std::vector<Index> every_index(const Extents& shape) {
  std::vector<Index> all;
  for (const int64_t extent : shape) {
    if (extent < 1) return all;
  }
  Index index(shape.size());
  while (true) {
    all.push_back(index);
    size_t digit = shape.size();
    while (digit > 0 && ++index[digit - 1] == shape[digit - 1]) index[--digit] = 0;
    if (digit == 0) return all;
  }
}

// The smallest tensor that has an element at each of the indices.
Extents box(const std::vector<Index>& indices, size_t rank) {
  Extents shape(rank, 0);
  for (const Index& index : indices) {
    for (size_t i = 0; i < rank; ++i) shape[i] = std::max(shape[i], index[i] + 1);
  }
  return shape;
}

// Where every element goes.
Extents moved(const Extents& x, size_t rank, const std::function<Index(const Index&)>& to) {
  std::vector<Index> indices = every_index(x);
  std::transform(indices.begin(), indices.end(), indices.begin(), to);
  return box(indices, rank);
}

size_t wrapped(int64_t axis, size_t rank) {
  while (axis < 0) axis += static_cast<int64_t>(rank);
  return static_cast<size_t>(axis);
}

// Sets the window down again and again until it no longer lies on the padded input.
int64_t places(int64_t extent, const Windows& w, size_t i) {
  if (w.padding == "same") {
    int64_t count = 0;
    for (int64_t at = 0; at < extent; at += w.strides[i]) ++count;
    return count;
  }
  const bool custom = w.padding == "custom";
  const int64_t first = custom ? -w.pads[2 * i] : 0;
  const int64_t last = extent - 1 + (custom ? w.pads[2 * i + 1] : 0);
  int64_t count = 0, covered = first - 1;
  int64_t start = first;
  for (;; start += w.strides[i]) {
    int64_t tap = start;
    for (int64_t k = 1; k < w.kernel[i]; ++k) tap += w.dilations[i];
    if (tap > last) break;
    covered = tap;
    ++count;
  }
  // One more may hang over the end, to cover what is left, but must touch more than padding.
  const bool padded = custom && (w.pads[2 * i] > 0 || w.pads[2 * i + 1] > 0);
  if (w.ceil && covered < last && !(padded && start >= extent)) ++count;
  return count;
}

Extents slid(const Extents& x, const Windows& w) {
  Extents shape = x;
  for (size_t i = 0; i < w.kernel.size(); ++i) {
    int64_t& extent = shape[x.size() - w.kernel.size() + i];
    extent = places(extent, w, i);
  }
  return shape;
}

}  // namespace

Extents reference_broadcast(const Extents& a, const Extents& b) {
  Extents left = a, right = b;
  while (left.size() < right.size()) left.insert(left.begin(), 1);
  while (right.size() < left.size()) right.insert(right.begin(), 1);
  for (size_t i = 0; i < left.size(); ++i) left[i] = std::max(left[i], right[i]);
  return left;
}

Extents reference_conv(const Extents& x, const Extents& weight, const Windows& windows) {
  Extents shape = slid(x, windows);
  shape[x.size() - windows.kernel.size() - 1] = weight[0];
  return shape;
}

// Paints with the kernel at every input element, then cuts off the padding.
Extents reference_conv_transpose(const Extents& x, const Extents& weight, int64_t groups,
                                 const Windows& w) {
  Extents shape = x;
  const size_t channel = x.size() - w.kernel.size() - 1;
  shape[channel] = 0;
  for (int64_t group = 0; group < groups; ++group) shape[channel] += weight[1];
  for (size_t i = 0; i < w.kernel.size(); ++i) {
    const int64_t extent = x[channel + 1 + i];
    std::set<int64_t> painted;
    for (int64_t at = 0; at < extent; ++at) {
      const int64_t taps = w.padding == "same" ? w.strides[i] : w.kernel[i];
      const int64_t apart = w.padding == "same" ? 1 : w.dilations[i];
      for (int64_t k = 0; k < taps; ++k) painted.insert(at * w.strides[i] + k * apart);
    }
    int64_t first = 0, last = *painted.rbegin();
    if (w.padding == "custom") {
      first += w.pads[2 * i];
      last -= w.pads[2 * i + 1];
    }
    shape[channel + 1 + i] = 0;
    for (int64_t at = first; at <= last; ++at) ++shape[channel + 1 + i];
  }
  return shape;
}

Extents reference_pool(const Extents& x, const Windows& windows) { return slid(x, windows); }

Extents reference_linear(const Extents& x, const Extents& weight) {
  const size_t last = x.size() - 1;
  std::vector<Index> outputs;
  for (Index index : every_index(x)) {
    for (int64_t row = 0; row < weight[0]; ++row) {
      index[last] = row;
      outputs.push_back(index);
    }
  }
  return box(outputs, x.size());
}

Extents reference_matmul(const Extents& x, const Extents& y, bool transpose_x, bool transpose_y) {
  Extents a = x, b = y;
  if (a.size() == 1) a = {1, a[0]};
  if (b.size() == 1) b = {b[0], 1};
  const int64_t rows = a[a.size() - (transpose_x && x.size() > 1 ? 1 : 2)];
  const int64_t columns = b[b.size() - (transpose_y && y.size() > 1 ? 2 : 1)];
  a.resize(a.size() - 2);
  b.resize(b.size() - 2);
  Extents shape = reference_broadcast(a, b);
  if (x.size() > 1) shape.push_back(rows);
  if (y.size() > 1) shape.push_back(columns);
  return shape;
}

Extents reference_einsum(const std::string& equation, const std::vector<Extents>& operands) {
  std::map<char, int64_t> extents;
  size_t operand = 0, dimension = 0, at = 0;
  for (; equation[at] != '-'; ++at) {
    if (equation[at] == ',') {
      ++operand;
      dimension = 0;
    } else if (equation[at] != ' ') {
      int64_t& extent = extents[equation[at]];
      extent = std::max(extent, operands[operand][dimension++]);
    }
  }
  Extents shape;
  for (at += 2; at < equation.size(); ++at) {
    if (equation[at] != ' ') shape.push_back(extents[equation[at]]);
  }
  return shape;
}

Extents reference_attention(const Extents& query, const Extents& key, const Extents& value) {
  const Extents scores = reference_matmul(query, key, false, true);
  return reference_matmul(scores, value, false, false);
}

Extents reference_reduce(const Extents& x, const Extents& axes, bool keep) {
  std::set<size_t> gone;
  for (const int64_t axis : axes) gone.insert(wrapped(axis, x.size()));
  return moved(x, keep ? x.size() : x.size() - gone.size(), [&](const Index& from) {
    Index to;
    for (size_t i = 0; i < from.size(); ++i) {
      if (!gone.contains(i)) {
        to.push_back(from[i]);
      } else if (keep) {
        to.push_back(0);
      }
    }
    return to;
  });
}

// Tries 1, 2, 3, ... in the place of -1 until as many elements fit.
Extents reference_reshape(const Extents& x, const Extents& target) {
  const auto elements = [](const Extents& shape) {
    int64_t count = 1;
    for (const int64_t extent : shape) count *= extent;
    return count;
  };
  Extents shape = target;
  for (size_t i = 0; i < shape.size(); ++i) {
    if (shape[i] == 0) shape[i] = x[i];
  }
  const auto open = std::find(shape.begin(), shape.end(), -1);
  if (open != shape.end()) {
    for (*open = 1; elements(shape) < elements(x);) ++*open;
  }
  return shape;
}

Extents reference_squeeze(const Extents& x, const Extents& axes) {
  std::set<size_t> gone;
  for (const int64_t axis : axes) {
    if (x[wrapped(axis, x.size())] == 1) gone.insert(wrapped(axis, x.size()));
  }
  if (axes.empty()) {
    for (size_t i = 0; i < x.size(); ++i) {
      if (x[i] == 1) gone.insert(i);
    }
  }
  return reference_reduce(x, Extents(gone.begin(), gone.end()), false);
}

Extents reference_expand_dims(const Extents& x, const Extents& axes) {
  const size_t rank = x.size() + axes.size();
  std::set<size_t> added;
  for (const int64_t axis : axes) added.insert(wrapped(axis, rank));
  return moved(x, rank, [&](const Index& from) {
    Index to = from;
    for (const size_t axis : added) to.insert(to.begin() + static_cast<std::ptrdiff_t>(axis), 0);
    return to;
  });
}

Extents reference_flatten2d(const Extents& x, int64_t axis) {
  const size_t split = axis < 0 ? wrapped(axis, x.size()) : static_cast<size_t>(axis);
  return moved(x, 2, [&](const Index& from) {
    Index to{0, 0};
    for (size_t i = 0; i < from.size(); ++i) {
      int64_t& half = to[i < split ? 0 : 1];
      half = half * x[i] + from[i];
    }
    return to;
  });
}

Extents reference_transpose(const Extents& x, const Extents& order) {
  return moved(x, x.size(), [&](const Index& from) {
    Index to;
    for (const int64_t axis : order) to.push_back(from[wrapped(axis, x.size())]);
    return to;
  });
}

Extents reference_concat(const std::vector<Extents>& values, int64_t axis) {
  const size_t at = wrapped(axis, values[0].size());
  std::vector<Index> all;
  int64_t offset = 0;
  for (const Extents& value : values) {
    for (Index index : every_index(value)) {
      index[at] += offset;
      all.push_back(index);
    }
    offset += value[at];
  }
  return box(all, values[0].size());
}

Extents reference_stack(const std::vector<Extents>& values, int64_t axis) {
  const size_t at = wrapped(axis, values[0].size() + 1);
  std::vector<Index> all;
  for (size_t i = 0; i < values.size(); ++i) {
    for (Index index : every_index(values[i])) {
      index.insert(index.begin() + static_cast<std::ptrdiff_t>(at), static_cast<int64_t>(i));
      all.push_back(index);
    }
  }
  return box(all, values[0].size() + 1);
}

std::vector<Extents> reference_split(const Extents& x, const Extents& sizes, int64_t axis) {
  const size_t at = wrapped(axis, x.size());
  std::vector<Extents> parts;
  int64_t offset = 0;
  for (const int64_t size : sizes) {
    std::vector<Index> part;
    for (Index index : every_index(x)) {
      index[at] -= offset;
      if (index[at] >= 0 && index[at] < size) part.push_back(index);
    }
    parts.push_back(box(part, x.size()));
    offset += size;
  }
  return parts;
}

Extents reference_tile(const Extents& x, const Extents& times) {
  Extents shape = x;
  for (size_t i = 0; i < x.size(); ++i) {
    shape = reference_concat(std::vector<Extents>(static_cast<size_t>(times[i]), shape),
                             static_cast<int64_t>(i));
  }
  return shape;
}

Extents reference_pad(const Extents& x, const Extents& amounts) {
  Extents shape = x;
  const size_t first = x.size() - amounts.size() / 2;
  for (size_t i = first; i < x.size(); ++i) {
    const size_t pair = 2 * (i - first);
    shape[i] = 0;
    for (int64_t at = -amounts[pair]; at < x[i] + amounts[pair + 1]; ++at) ++shape[i];
  }
  return shape;
}

// Walks as a loop over the elements would.
Extents reference_slice_by_index(const Extents& x, const Slice& slice) {
  Extents shape;
  for (size_t i = 0; i < x.size(); ++i) {
    if (slice.squeeze[i]) continue;
    const bool forward = slice.stride[i] > 0;
    const auto counted = [&](int64_t at) { return at < 0 ? at + x[i] : at; };
    int64_t at = slice.begin_mask[i] ? (forward ? 0 : x[i] - 1) : counted(slice.begin[i]);
    // What begins outside begins at the nearest element in the direction of the walk.
    if (forward) at = std::max<int64_t>(at, 0);
    if (!forward) at = std::min(at, x[i] - 1);
    int64_t count = 0;
    for (; at >= 0 && at < x[i]; at += slice.stride[i]) {
      const int64_t end = counted(slice.end[i]);
      if (!slice.end_mask[i] && (forward ? at >= end : at <= end)) break;
      ++count;
    }
    shape.push_back(count);
  }
  return shape;
}

Extents reference_slice_by_size(const Extents& x, const Extents& begin, const Extents& size) {
  std::vector<Index> kept;
  for (Index index : every_index(x)) {
    bool inside = true;
    for (size_t i = 0; i < x.size(); ++i) {
      index[i] -= begin[i];
      inside = inside && index[i] >= 0 && (size[i] == -1 || index[i] < size[i]);
    }
    if (inside) kept.push_back(index);
  }
  return box(kept, x.size());
}

Extents reference_gather(const Extents& x, const Extents& indices, int64_t axis, int64_t batch) {
  const auto at = static_cast<std::ptrdiff_t>(wrapped(axis, x.size()));
  std::vector<Index> outputs;
  for (const Index& from : every_index(x)) {
    if (from[static_cast<size_t>(at)] != 0) continue;
    for (const Index& picked : every_index(indices)) {
      // Within a batch, indices and elements belong to the same one.
      if (!std::equal(picked.begin(), picked.begin() + batch, from.begin())) continue;
      Index to(from.begin(), from.begin() + at);
      to.insert(to.end(), picked.begin() + batch, picked.end());
      to.insert(to.end(), from.begin() + at + 1, from.end());
      outputs.push_back(to);
    }
  }
  return box(outputs, x.size() + indices.size() - 1 - static_cast<size_t>(batch));
}

Extents reference_gather_nd(const Extents& x, const Extents& indices, int64_t batch) {
  const auto depth = static_cast<std::ptrdiff_t>(indices.back());
  std::vector<Index> outputs;
  for (const Index& picked : every_index(indices)) {
    for (const Index& from : every_index(x)) {
      Index to(picked.begin(), picked.end() - 1);
      to.insert(to.end(), from.begin() + batch + depth, from.end());
      outputs.push_back(to);
    }
  }
  const size_t rank = indices.size() - 1 + x.size() - static_cast<size_t>(batch + depth);
  return box(outputs, rank);
}

Extents reference_one_hot(const Extents& indices, int64_t size, int64_t axis) {
  return reference_stack(std::vector<Extents>(static_cast<size_t>(size), indices), axis);
}

Extents reference_topk(const Extents& x, int64_t k, int64_t axis) {
  Extents begin(x.size(), 0), size(x.size(), -1);
  size[wrapped(axis, x.size())] = k;
  return reference_slice_by_size(x, begin, size);
}

Extents reference_range(int64_t start, int64_t end, int64_t step) {
  int64_t count = 0;
  for (int64_t at = start; step > 0 ? at < end : at > end; at += step) ++count;
  return {count};
}

Extents reference_upsample(const Extents& x, int64_t height, int64_t width) {
  Extents times(x.size(), 1);
  times[x.size() - 2] = height;
  times[x.size() - 1] = width;
  return reference_tile(x, times);
}

Extents reference_depth_to_space(const Extents& x, int64_t block) {
  return moved(x, 4, [&](const Index& from) {
    const int64_t inside = from[1] % (block * block);
    return Index{from[0], from[1] / (block * block), from[2] * block + inside / block,
                 from[3] * block + inside % block};
  });
}

Extents reference_space_to_depth(const Extents& x, int64_t block) {
  return moved(x, 4, [&](const Index& from) {
    const int64_t inside = from[2] % block * block + from[3] % block;
    return Index{from[0], from[1] * block * block + inside, from[2] / block, from[3] / block};
  });
}

Extents reference_sliding_windows(const Extents& x, int64_t axis, int64_t size, int64_t stride) {
  const size_t at = wrapped(axis, x.size());
  int64_t windows = 0;
  for (int64_t start = 0; start + size <= x[at]; start += stride) ++windows;
  Extents shape = x;
  shape[at] = windows;
  shape.insert(shape.begin() + static_cast<std::ptrdiff_t>(at) + 1, size);
  return shape;
}

Extents reference_lstm(const Extents& x, int64_t hidden, bool both_ways, bool whole_sequence) {
  std::set<int64_t> steps;
  for (int64_t step = 0; step < x[0]; ++step) {
    if (!whole_sequence) steps.clear();
    steps.insert(step);
  }
  int64_t width = 0;
  for (int direction = 0; direction < (both_ways ? 2 : 1); ++direction) width += hidden;
  return {static_cast<int64_t>(steps.size()), x[1], width};
}

}  // namespace anemon::models::test
