// lstm, gru and rnn: the inputs of all steps are multiplied at once, the states step by step.
//
// Gates as MIL orders them: lstm i, f, o, z; gru r, o, z. Old networks give each gate a value of
// its own, in the order that models/read/layers_recurrent.cc tells (gru: z, r, o).
#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include "profiler/reference/elementwise.h"
#include "profiler/reference/families.h"

namespace anemon::profiler::reference {
namespace {

struct Direction {
  std::vector<float> input_weights;   // [gates*H, I]
  std::vector<float> hidden_weights;  // [gates*H, H]
  std::vector<float> bias;            // [gates*H]
  std::vector<float> input_bias;      // gru of iOS 18: of the inputs alone; else empty
  std::vector<float> peephole;        // [3*H] or empty
  bool backwards = false;
};

struct Activated {
  const Unary* function;
  float a, b;
  void run(float* values, size_t count) const { function->run(values, values, count, a, b); }
};

struct Recurrent {
  size_t gates;
  size_t steps, batch, inputs, hidden;
  std::vector<Direction> directions;
  bool sequence;
  Tensor x, y;
  std::vector<Tensor> initial, final;  // h (lstm: and c) as the file names them
  Buffer* projected = nullptr;         // [S*B, gates*H]
  Buffer* multiplied = nullptr;        // [B, gates*H]
  Buffer* state = nullptr;             // h, then c: [B,H] each
  Activated recurrent, cell, output;
};

Activated activation(const StepBuilder& step, const char* name, std::string_view otherwise) {
  std::string words = step.text(name, otherwise);
  if (words == "hard_sigmoid") words = "sigmoid_hard";
  if (words == "linear") words = "linear_activation";
  const Unary* found = words == "identity" ? find_unary("linear_activation") : find_unary(words);
  if (found == nullptr) step.refuse("activation '" + words + "' is not known");
  const bool linear = found->operation == "linear_activation";
  return {found, linear ? 1 : found->a_otherwise, linear ? 0 : found->b_otherwise};
}

std::vector<float> gathered(StepBuilder& step, const std::string& name, size_t first,
                            size_t count) {
  std::vector<float> result;
  for (size_t i = first; i < first + count; ++i) {
    const std::span<const float> part = step.elements(name, i);
    result.insert(result.end(), part.begin(), part.end());
  }
  return result;
}

Direction direction_of(StepBuilder& step, size_t gates, size_t number, bool backwards) {
  const size_t values = step.count("weight_ih");
  const bool apart = values > 1;  // one per gate
  const std::string suffix = number > 0 && !apart ? "_back" : "";
  const auto read = [&](const std::string& name, size_t parts) -> std::vector<float> {
    if (!step.given(name + suffix)) return {};
    return apart ? gathered(step, name, number * parts, parts)
                 : gathered(step, name + suffix, 0, 1);
  };
  Direction result;
  result.input_weights = read("weight_ih", gates);
  result.hidden_weights = read("weight_hh", gates);
  result.bias = read("bias", gates);
  result.input_bias = read("input_bias", gates);
  result.peephole = read("peephole", 3);
  result.backwards = backwards;
  return result;
}

Recurrent prepared(StepBuilder& step, size_t gates, size_t states) {
  Recurrent what{};
  what.gates = gates;
  what.x = step.plain("x");
  if (what.x.rank() < 3) step.refuse("its operand is no sequence of vectors");
  what.steps = static_cast<size_t>(what.x.shape()[0]);
  what.batch = static_cast<size_t>(what.x.shape()[1]);
  what.inputs = extent_between(what.x.shape(), 2, what.x.rank());
  const std::string direction = step.text("direction", "forward");
  if (direction == "bidirectional") {
    what.directions.push_back(direction_of(step, gates, 0, false));
    what.directions.push_back(direction_of(step, gates, 1, true));
  } else {
    what.directions.push_back(direction_of(step, gates, 0, direction == "reverse"));
  }
  what.hidden = what.directions[0].input_weights.size() / (gates * what.inputs);
  for (Direction& each : what.directions) {
    each.bias.resize(gates * what.hidden, 0.0F);
    if (each.input_weights.size() != gates * what.hidden * what.inputs ||
        each.hidden_weights.size() != gates * what.hidden * what.hidden) {
      step.refuse("its weights do not fit its operand");
    }
    step.planner().add_weights((each.input_weights.size() + each.hidden_weights.size() +
                                each.bias.size() + each.peephole.size()) *
                               sizeof(float));
  }
  what.sequence = step.flag("output_sequence", false);
  for (const char* name : {"initial_h", "initial_c"}) {
    for (size_t i = 0; i < step.count(name); ++i) what.initial.push_back(step.plain(name, i));
  }
  // Old networks name the states of each direction apart; their order is h, c, h, c.
  const bool apart = step.count("initial_h") > 1;
  if (apart && states == 2) std::swap(what.initial[1], what.initial[2]);
  what.projected = step.scratch(what.steps * what.batch * gates * what.hidden);
  what.multiplied = step.scratch(what.batch * gates * what.hidden);
  what.state = step.scratch(2 * what.batch * what.hidden);
  what.y = step.result(0);
  for (size_t i = 1; i < step.operation().results.size(); ++i) {
    what.final.push_back(step.result(i));
  }
  what.output = activation(step, "activation", "tanh");
  return what;
}

// The part of a state that belongs to a direction: states of both may lie side by side.
void copy_state(const Recurrent& what, const std::vector<Tensor>& tensors, size_t direction,
                size_t state, size_t states, float* memory, bool out) {
  const size_t count = what.batch * what.hidden;
  const bool apart = tensors.size() == states * what.directions.size();
  const size_t index = apart ? direction * states + state : state;
  if (index >= tensors.size()) {
    if (!out) std::fill_n(memory, count, 0.0F);
    return;
  }
  const size_t row = tensors[index].count() / what.batch;
  const size_t offset = row == what.hidden ? 0 : direction * what.hidden;
  for (size_t b = 0; b < what.batch; ++b) {
    float* there = tensors[index].data() + b * row + offset;
    float* here = memory + b * what.hidden;
    out ? std::copy_n(here, what.hidden, there) : std::copy_n(there, what.hidden, here);
  }
}

// advance(direction, inputs' part, hidden's part, h, c) of one row, for every step and row.
template <typename Advance>
void run(const Recurrent& what, size_t states, Advance advance) {
  const size_t width = what.gates * what.hidden;
  const size_t both = what.directions.size() * what.hidden;
  const auto whole = [](size_t n) { return static_cast<int64_t>(n); };
  for (size_t d = 0; d < what.directions.size(); ++d) {
    const Direction& direction = what.directions[d];
    float* h = what.state->data;
    float* c = h + what.batch * what.hidden;
    copy_state(what, what.initial, d, 0, states, h, false);
    if (states > 1) copy_state(what, what.initial, d, 1, states, c, false);
    onednn::multiply(
        {false, true, whole(what.steps * what.batch), whole(width), whole(what.inputs), 1, 0},
        what.x.data(), direction.input_weights.data(), what.projected->data);
    for (size_t s = 0; s < what.steps; ++s) {
      const size_t at = direction.backwards ? what.steps - 1 - s : s;
      onednn::multiply({false, true, whole(what.batch), whole(width), whole(what.hidden), 1, 0}, h,
                       direction.hidden_weights.data(), what.multiplied->data);
      for (size_t b = 0; b < what.batch; ++b) {
        float* row = h + b * what.hidden;
        advance(direction, what.projected->data + (at * what.batch + b) * width,
                what.multiplied->data + b * width, row, c + b * what.hidden);
        const bool last = s + 1 == what.steps;
        if (!what.sequence && !last) continue;
        const size_t place = what.sequence ? at : 0;
        std::copy_n(row, what.hidden,
                    what.y.data() + (place * what.batch + b) * both + d * what.hidden);
      }
    }
    copy_state(what, what.final, d, 0, states, h, true);
    if (states > 1) copy_state(what, what.final, d, 1, states, c, true);
  }
}

}  // namespace

Kernel lstm(StepBuilder& step) {
  Recurrent what = prepared(step, 4, 2);
  what.recurrent = activation(step, "recurrent_activation", "sigmoid");
  what.cell = activation(step, "cell_activation", "tanh");
  const float clip = step.number("clip", INFINITY);
  std::vector<float> scratch(what.hidden);
  return [what, clip, scratch]() mutable {
    const size_t n = what.hidden;
    run(what, 2, [&](const Direction& direction, const float* x, float* gates, float* h, float* c) {
      for (size_t i = 0; i < 4 * n; ++i) gates[i] += x[i] + direction.bias[i];
      const float* peephole = direction.peephole.empty() ? nullptr : direction.peephole.data();
      for (size_t i = 0; i < 2 * n && peephole != nullptr; ++i) gates[i] += peephole[i] * c[i % n];
      what.recurrent.run(gates, 2 * n);
      what.cell.run(gates + 3 * n, n);
      for (size_t i = 0; i < n; ++i) {
        c[i] = std::clamp(gates[n + i] * c[i] + gates[i] * gates[3 * n + i], -clip, clip);
      }
      for (size_t i = 0; i < n && peephole != nullptr; ++i) {
        gates[2 * n + i] += peephole[2 * n + i] * c[i];
      }
      what.recurrent.run(gates + 2 * n, n);
      std::copy_n(c, n, scratch.data());
      what.output.run(scratch.data(), n);
      for (size_t i = 0; i < n; ++i) h[i] = gates[2 * n + i] * scratch[i];
    });
  };
}

// The reset gate works on the state before it is multiplied, or, with reset_after, on the product.
Kernel gru(StepBuilder& step) {
  Recurrent what = prepared(step, 3, 1);
  what.recurrent = activation(step, "recurrent_activation", "sigmoid");
  const bool after = step.flag("reset_after", false);
  // Places of reset, output and update among the gates.
  const bool apart = step.count("weight_ih") > 1;
  const std::array<size_t, 3> place =
      apart ? std::array<size_t, 3>{1, 2, 0} : std::array<size_t, 3>{0, 1, 2};
  const onednn::Gemm one{
      false, true, 1, static_cast<int64_t>(what.hidden), static_cast<int64_t>(what.hidden), 1, 0};
  std::vector<float> kept(what.hidden);
  return [what, after, place, one, kept]() mutable {
    const size_t n = what.hidden;
    run(what, 1, [&](const Direction& direction, const float* x, float* gates, float* h, float*) {
      const auto gate = [&](size_t which) { return gates + place[which] * n; };
      const auto input = [&](size_t which, size_t i) {
        const size_t at = place[which] * n + i;
        return x[at] +
               (direction.input_bias.empty() ? direction.bias[at] : direction.input_bias[at]);
      };
      // With a bias of the inputs alone, the other belongs to what the state gives.
      const auto hidden_bias = [&](size_t which, size_t i) {
        return direction.input_bias.empty() ? 0.0F : direction.bias[place[which] * n + i];
      };
      for (size_t i = 0; i < n; ++i) {
        gate(0)[i] += input(0, i) + hidden_bias(0, i);
        gate(2)[i] += input(2, i) + hidden_bias(2, i);
      }
      what.recurrent.run(gate(0), n);
      what.recurrent.run(gate(2), n);
      if (!after) {
        for (size_t i = 0; i < n; ++i) kept[i] = gate(0)[i] * h[i];
        onednn::multiply(one, kept.data(), direction.hidden_weights.data() + place[1] * n * n,
                         gate(1));
      }
      for (size_t i = 0; i < n; ++i) {
        const float state = gate(1)[i] + hidden_bias(1, i);
        gate(1)[i] = input(1, i) + (after ? gate(0)[i] * state : state);
      }
      what.output.run(gate(1), n);
      for (size_t i = 0; i < n; ++i) {
        h[i] = (1 - gate(2)[i]) * gate(1)[i] + gate(2)[i] * h[i];
      }
    });
  };
}

Kernel rnn(StepBuilder& step) {
  const Recurrent what = prepared(step, 1, 1);
  return [what] {
    run(what, 1,
        [&](const Direction& direction, const float* x, const float* hidden, float* h, float*) {
          for (size_t i = 0; i < what.hidden; ++i) h[i] = x[i] + hidden[i] + direction.bias[i];
          what.output.run(h, what.hidden);
        });
  };
}

}  // namespace anemon::profiler::reference
