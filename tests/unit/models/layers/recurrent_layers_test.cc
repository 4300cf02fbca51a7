// Recurrent layers keep one weight per gate.
#include "tests/catch.h"
#include "tests/unit/models/layers/network_writer.h"

using namespace anemon::models;
using namespace anemon::models::test;

namespace {

constexpr int64_t kIn = 3;
constexpr int64_t kHidden = 2;

ProtoWriter sizes() { return ProtoWriter().integer(1, kIn).integer(2, kHidden); }

ProtoWriter lstm_weights() {
  ProtoWriter message;
  for (const uint32_t field : {1U, 2U, 3U, 4U}) message.message(field, weights(kIn * kHidden));
  for (const uint32_t field : {20U, 21U, 22U, 23U}) {
    message.message(field, weights(kHidden * kHidden));
  }
  for (const uint32_t field : {40U, 41U, 42U, 43U}) message.message(field, weights(kHidden));
  return message;
}

uint64_t elements(const ReadNetwork& read, const char* argument) {
  uint64_t sum = 0;
  const Argument* found = read.operation().argument(argument);
  if (found == nullptr) return 0;
  for (const ValueId id : found->values) {
    sum += element_count(read.function.values[id].type.tensor).value();
  }
  return sum;
}

size_t values(const ReadNetwork& read, const char* argument) {
  const Argument* found = read.operation().argument(argument);
  return found == nullptr ? 0 : found->values.size();
}

}  // namespace

TEST_CASE("an LSTM has four gates of weights") {
  const ProtoWriter params = ProtoWriter().integer(10, 1).integer(20, 1).float32(60, 50.0F);
  const ReadNetwork read = read_layer(420,
                                      sizes()
                                          .message(10, ProtoWriter().message(41, {}))
                                          .message(10, ProtoWriter().message(30, {}))
                                          .message(10, ProtoWriter().message(10, {}))
                                          .message(15, params)
                                          .message(20, lstm_weights())
                                          .integer(100, 1),
                                      3, {"h_out", "h", "c"});
  CHECK(read.operation().type == "lstm");
  CHECK(values(read, "weight_ih") == 4);
  CHECK(elements(read, "weight_ih") == 4 * kIn * kHidden);
  CHECK(elements(read, "weight_hh") == 4 * kHidden * kHidden);
  CHECK(elements(read, "bias") == 4 * kHidden);
  CHECK_FALSE(read.has("peephole"));
  CHECK(read.integer("hidden_size") == kHidden);
  CHECK(read.integer("output_sequence") == 1);
  CHECK(read.text("direction") == "reverse");
  CHECK(read.text("recurrent_activation") == "sigmoid_hard");
  CHECK(read.text("cell_activation") == "tanh");
  CHECK(read.text("activation") == "relu");
  CHECK(read.number("clip") == 50);
  CHECK(read.reads("x") == "x");
  CHECK(read.reads("initial_h") == "y");
  CHECK(read.reads("initial_c") == "z");
  CHECK(read.operation().results.size() == 3);
  CHECK(read.oddities.empty());
}

TEST_CASE("a bidirectional LSTM has the gates twice") {
  const ReadNetwork read = read_layer(430,
                                      sizes()
                                          .message(15, ProtoWriter().integer(20, 1))
                                          .message(20, lstm_weights())
                                          .message(20, lstm_weights()),
                                      5, {"out", "h", "c", "hr", "cr"});
  CHECK(read.text("direction") == "bidirectional");
  CHECK(values(read, "weight_ih") == 8);
  CHECK(elements(read, "weight_hh") == 8 * kHidden * kHidden);
  CHECK(read.integer("output_sequence") == 0);
  CHECK(values(read, "initial_h") == 2);
  CHECK(values(read, "initial_c") == 2);
}

TEST_CASE("a GRU has three gates, a simple recurrent layer one") {
  ProtoWriter gru = sizes().integer(15, 1).integer(20, 1);
  for (const uint32_t field : {30U, 31U, 32U}) gru.message(field, weights(kIn * kHidden));
  for (const uint32_t field : {50U, 51U, 52U}) gru.message(field, weights(kHidden * kHidden));
  for (const uint32_t field : {70U, 71U, 72U}) gru.message(field, weights(kHidden));
  const ReadNetwork three = read_layer(410, gru, 2);
  CHECK(three.operation().type == "gru");
  CHECK(elements(three, "weight_ih") == 3 * kIn * kHidden);
  CHECK(elements(three, "weight_hh") == 3 * kHidden * kHidden);
  CHECK(elements(three, "bias") == 3 * kHidden);
  CHECK(three.text("direction") == "forward");
  CHECK(three.reads("initial_h") == "y");
  CHECK(three.oddities.empty());

  const ReadNetwork one = read_layer(400, sizes()
                                              .message(10, ProtoWriter().message(30, {}))
                                              .integer(20, 1)
                                              .message(30, weights(kIn * kHidden))
                                              .message(31, weights(kHidden * kHidden))
                                              .message(32, weights(kHidden)));
  CHECK(one.operation().type == "rnn");
  CHECK(one.shape("weight_ih") == Shape{kHidden, kIn});
  CHECK(one.shape("weight_hh") == Shape{kHidden, kHidden});
  CHECK(one.text("activation") == "tanh");
  CHECK(one.integer("output_sequence") == 0);
  CHECK(one.oddities.empty());
}
