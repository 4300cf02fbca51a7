// Core ML as the tests want it: the script says what a model takes, gives and how it fails, the
// record says what was asked of it. One model at a time. Objects of the fake are counted, so that
// what the engine forgets to release shows.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace fake_coreml {

enum class Kind : int {  // MLFeatureType's numbers
  integer = 1,
  number = 2,
  string = 3,
  image = 4,
  array = 5,
  dictionary = 6,
  sequence = 7,
  state = 8,
};

constexpr long kHalf = 0x10000 | 16, kFloat = 0x10000 | 32, kDouble = 0x10000 | 64,
               kInt32 = 0x20000 | 32, kInt8 = 0x20000 | 8;
constexpr uint32_t kBgra = 0x42475241, kArgb = 0x20, kGray = 0x4C303038, kGrayHalf = 0x4C303068;

struct Feature {
  std::string name;
  Kind kind = Kind::array;
  std::vector<long> shape{};  // images: {H, W}
  long dtype = kFloat;        // arrays and states
  uint32_t pixels = kBgra;    // images
  bool optional = false;
  Kind element = Kind::string;                  // a dictionary's keys, a sequence's elements
  std::vector<std::vector<long>> enumerated{};  // shapes; images: {H, W}
  std::vector<std::pair<long, unsigned long>> ranges{};  // lower and length of each dimension
};

// What one prediction reads and writes, by the feature's name.
struct Value {
  std::vector<double> numbers{};
  std::string text{};
  std::map<std::string, double> dictionary{};
};
using Values = std::map<std::string, Value>;

struct Failure {
  std::string domain;
  long code = 0;
  std::string text{};
  std::shared_ptr<Failure> under{};
};

// How a step goes wrong; it goes well when nothing is set.
struct Fault {
  bool nothing = false;  // nil and no error
  std::optional<Failure> error{};
  std::string exception{};  // its name; the reason is "because"
};

struct Operation {
  std::string name;
  std::string type;
  char preferred = 0;  // 'c', 'g', 'a'; 0: no usage is known
  std::string supported{};
  std::optional<double> cost{};
  std::vector<std::vector<Operation>> blocks{};
};

struct Structure {
  std::string name{};                                       // a pipeline's member's
  std::map<std::string, std::vector<Operation>> program{};  // by function
  std::vector<Operation> layers{};
  std::vector<Structure> members{};
};

struct Script {
  double macos = 26;
  std::vector<Feature> inputs, outputs, states;
  std::vector<std::string> functions;    // that can be chosen
  std::function<void(Values&)> compute;  // reads inputs and states, adds outputs
  Fault compile, load, inputs_fault, predict, plan;
  std::function<void()> on_compile, on_load, on_predict;
  std::optional<long> batch_results;  // as many, whatever was asked
  bool padded_outputs = false;        // rows further apart than they are long
  bool moving_arrays = false;         // memory and strides are others when they are written to
  bool no_pixel_buffers = false;
  Structure structure;
  enum class Answer { at_once, from_a_thread, never, later } answer = Answer::at_once;
};

struct Record {
  std::vector<long> units;             // of each load
  std::vector<std::string> functions;  // of each load, empty: none was chosen
  std::vector<std::string> loaded;     // paths
  size_t compiled = 0;
  size_t single = 0;            // predictions of one item
  std::vector<size_t> batches;  // sizes
};

Script& script();
Record& record();
void reset();  // both

long live_objects();
long live_pixel_buffers();

// Gives the plan that Answer::later keeps back.
void answer_now();

}  // namespace fake_coreml
