#include "tests/unit/profiler/reference/slow.h"

#include <algorithm>
#include <cmath>

namespace anemon::profiler::reference::test {
namespace {

size_t at(int64_t index) { return static_cast<size_t>(index); }
double number(const Row& row, int64_t index) { return static_cast<double>(row[at(index)]); }
double logistic(double x) { return 1 / (1 + std::exp(-x)); }

}  // namespace

Row slow_convolution(const SlowConvolution& c, const Row& x, const Row& weights, const Row& bias) {
  Row result;
  const int64_t per_group = c.in / c.groups;
  for (int64_t n = 0; n < c.batch; ++n)
    for (int64_t o = 0; o < c.out; ++o)
      for (int64_t row = 0; row < c.out_h; ++row)
        for (int64_t column = 0; column < c.out_w; ++column) {
          double sum = bias.empty() ? 0 : number(bias, o);
          const int64_t group = o / (c.out / c.groups);
          for (int64_t i = 0; i < per_group; ++i)
            for (int64_t a = 0; a < c.kh; ++a)
              for (int64_t b = 0; b < c.kw; ++b) {
                const int64_t y = row * c.sh - c.top + a * c.dh;
                const int64_t z = column * c.sw - c.left + b * c.dw;
                if (y < 0 || y >= c.h || z < 0 || z >= c.w) continue;
                const int64_t channel = group * per_group + i;
                sum += number(x, ((n * c.in + channel) * c.h + y) * c.w + z) *
                       number(weights, ((o * per_group + i) * c.kh + a) * c.kw + b);
              }
          result.push_back(static_cast<float>(sum));
        }
  return result;
}

Row slow_transposed(const SlowConvolution& c, const Row& x, const Row& weights, const Row& bias) {
  std::vector<double> sums(at(c.batch * c.out * c.out_h * c.out_w), 0);
  const int64_t in_group = c.in / c.groups;
  const int64_t out_group = c.out / c.groups;
  for (int64_t n = 0; n < c.batch; ++n)
    for (int64_t i = 0; i < c.in; ++i)
      for (int64_t row = 0; row < c.h; ++row)
        for (int64_t column = 0; column < c.w; ++column)
          for (int64_t o = 0; o < out_group; ++o)
            for (int64_t a = 0; a < c.kh; ++a)
              for (int64_t b = 0; b < c.kw; ++b) {
                const int64_t y = row * c.sh - c.top + a * c.dh;
                const int64_t z = column * c.sw - c.left + b * c.dw;
                if (y < 0 || y >= c.out_h || z < 0 || z >= c.out_w) continue;
                const int64_t channel = i / in_group * out_group + o;
                sums[at(((n * c.out + channel) * c.out_h + y) * c.out_w + z)] +=
                    number(x, ((n * c.in + i) * c.h + row) * c.w + column) *
                    number(weights, ((i * out_group + o) * c.kh + a) * c.kw + b);
              }
  Row result;
  for (size_t i = 0; i < sums.size(); ++i) {
    const auto channel = static_cast<int64_t>(i) / (c.out_h * c.out_w) % c.out;
    result.push_back(static_cast<float>(sums[i] + (bias.empty() ? 0 : number(bias, channel))));
  }
  return result;
}

Row slow_pool(const SlowPool& p, const Row& x) {
  Row result;
  for (int64_t plane = 0; plane < p.planes; ++plane)
    for (int64_t row = 0; row < p.out_h; ++row)
      for (int64_t column = 0; column < p.out_w; ++column) {
        double sum = 0;
        double most = -INFINITY;
        int64_t inside = 0;
        for (int64_t a = 0; a < p.kh; ++a)
          for (int64_t b = 0; b < p.kw; ++b) {
            const int64_t y = row * p.sh - p.top + a;
            const int64_t z = column * p.sw - p.left + b;
            if (y < 0 || y >= p.h || z < 0 || z >= p.w) continue;
            const double value = number(x, (plane * p.h + y) * p.w + z);
            sum += value;
            most = std::max(most, value);
            ++inside;
          }
        const auto count = static_cast<double>(p.without_padding ? inside : p.kh * p.kw);
        result.push_back(static_cast<float>(p.average ? sum / count : most));
      }
  return result;
}

Row slow_matmul(int64_t batch, int64_t m, int64_t k, int64_t n, const Row& a, const Row& b) {
  Row result;
  for (int64_t s = 0; s < batch; ++s)
    for (int64_t i = 0; i < m; ++i)
      for (int64_t j = 0; j < n; ++j) {
        double sum = 0;
        for (int64_t l = 0; l < k; ++l) {
          sum += number(a, (s * m + i) * k + l) * number(b, (s * k + l) * n + j);
        }
        result.push_back(static_cast<float>(sum));
      }
  return result;
}

std::pair<Row, Row> slow_lstm(const SlowLstm& l, const Row& x, const Row& ih, const Row& hh,
                              const Row& bias) {
  Row all(at(l.steps * l.batch * l.hidden));
  Row last(at(l.batch * l.hidden));
  for (int64_t b = 0; b < l.batch; ++b) {
    std::vector<double> h(at(l.hidden), 0), c(at(l.hidden), 0);
    for (int64_t step = 0; step < l.steps; ++step) {
      const int64_t s = l.backwards ? l.steps - 1 - step : step;
      const std::vector<double> before = h;
      for (int64_t u = 0; u < l.hidden; ++u) {
        double gate[4];
        for (int64_t g = 0; g < 4; ++g) {
          const int64_t row = g * l.hidden + u;
          gate[g] = number(bias, row);
          for (int64_t i = 0; i < l.inputs; ++i) {
            gate[g] += number(ih, row * l.inputs + i) * number(x, (s * l.batch + b) * l.inputs + i);
          }
          for (int64_t i = 0; i < l.hidden; ++i) {
            gate[g] += number(hh, row * l.hidden + i) * before[at(i)];
          }
        }
        c[at(u)] = logistic(gate[1]) * c[at(u)] + logistic(gate[0]) * std::tanh(gate[3]);
        h[at(u)] = logistic(gate[2]) * std::tanh(c[at(u)]);
        all[at((s * l.batch + b) * l.hidden + u)] = static_cast<float>(h[at(u)]);
        last[at(b * l.hidden + u)] = static_cast<float>(c[at(u)]);
      }
    }
  }
  return {all, last};
}

Row slow_bilinear(int64_t planes, int64_t h, int64_t w, int64_t out_h, int64_t out_w,
                  const Row& x) {
  Row result;
  const auto pixel = [&](int64_t plane, int64_t row, int64_t column) {
    row = std::clamp<int64_t>(row, 0, h - 1);
    column = std::clamp<int64_t>(column, 0, w - 1);
    return number(x, (plane * h + row) * w + column);
  };
  for (int64_t plane = 0; plane < planes; ++plane)
    for (int64_t row = 0; row < out_h; ++row)
      for (int64_t column = 0; column < out_w; ++column) {
        const double y =
            (static_cast<double>(row) + 0.5) * static_cast<double>(h) / static_cast<double>(out_h) -
            0.5;
        const double z = (static_cast<double>(column) + 0.5) * static_cast<double>(w) /
                             static_cast<double>(out_w) -
                         0.5;
        const auto y0 = static_cast<int64_t>(std::floor(y));
        const auto z0 = static_cast<int64_t>(std::floor(z));
        const double down = y - static_cast<double>(y0);
        const double right = z - static_cast<double>(z0);
        result.push_back(static_cast<float>(
            (pixel(plane, y0, z0) * (1 - right) + pixel(plane, y0, z0 + 1) * right) * (1 - down) +
            (pixel(plane, y0 + 1, z0) * (1 - right) + pixel(plane, y0 + 1, z0 + 1) * right) *
                down));
      }
  return result;
}

Row slow_attention(int64_t heads, int64_t length, int64_t keys, int64_t depth, int64_t width,
                   const Row& q, const Row& k, const Row& v, const Row& mask) {
  Row result;
  for (int64_t head = 0; head < heads; ++head)
    for (int64_t i = 0; i < length; ++i) {
      std::vector<double> shares;
      double sum = 0;
      for (int64_t j = 0; j < keys; ++j) {
        double score = 0;
        for (int64_t d = 0; d < depth; ++d) {
          score +=
              number(q, (head * length + i) * depth + d) * number(k, (head * keys + j) * depth + d);
        }
        score /= std::sqrt(static_cast<double>(depth));
        if (!mask.empty()) score += number(mask, i * keys + j);
        shares.push_back(std::exp(score));
        sum += shares.back();
      }
      for (int64_t d = 0; d < width; ++d) {
        double value = 0;
        for (int64_t j = 0; j < keys; ++j) {
          value += shares[at(j)] / sum * number(v, (head * keys + j) * width + d);
        }
        result.push_back(static_cast<float>(value));
      }
    }
  return result;
}

}  // namespace anemon::profiler::reference::test
