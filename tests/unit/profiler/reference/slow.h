// Slow and obvious: one loop per dimension, no layouts, nothing shared with what is tested.
#pragma once

#include <cstdint>
#include <random>
#include <vector>

namespace anemon::profiler::reference::test {

using Row = std::vector<float>;

class Dice {
 public:
  explicit Dice(unsigned seed) : random_(seed) {}
  int64_t between(int64_t low, int64_t high) {
    return std::uniform_int_distribution<int64_t>(low, high)(random_);
  }
  bool coin() { return between(0, 1) == 1; }
  Row numbers(size_t count) {
    Row row(count);
    std::uniform_real_distribution<float> number(-1, 1);
    for (float& each : row) each = number(random_);
    return row;
  }

 private:
  std::mt19937 random_;
};

// Two spatial dimensions; `h` and `w` of the operand.
struct SlowConvolution {
  int64_t batch, in, out, groups, h, w, kh, kw, sh, sw, dh, dw, top, left, out_h, out_w;
};
Row slow_convolution(const SlowConvolution& c, const Row& x, const Row& weights, const Row& bias);
// weights [in, out/groups, kh, kw].
Row slow_transposed(const SlowConvolution& c, const Row& x, const Row& weights, const Row& bias);

struct SlowPool {
  int64_t planes, h, w, kh, kw, sh, sw, top, left, out_h, out_w;
  bool average, without_padding;
};
Row slow_pool(const SlowPool& p, const Row& x);

Row slow_matmul(int64_t batch, int64_t m, int64_t k, int64_t n, const Row& a, const Row& b);

// Gates i, f, o, z; x [s,b,i]; returns all h, then the last c.
struct SlowLstm {
  int64_t steps, batch, inputs, hidden;
  bool backwards;
};
std::pair<Row, Row> slow_lstm(const SlowLstm& l, const Row& x, const Row& ih, const Row& hh,
                              const Row& bias);

// Between the centres of pixels, edges continued.
Row slow_bilinear(int64_t planes, int64_t h, int64_t w, int64_t out_h, int64_t out_w, const Row& x);

Row slow_attention(int64_t heads, int64_t length, int64_t keys, int64_t depth, int64_t width,
                   const Row& q, const Row& k, const Row& v, const Row& mask);

}  // namespace anemon::profiler::reference::test
