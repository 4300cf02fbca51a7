#include "profiler/runner/protocol.h"

#include <algorithm>
#include <cmath>
#include <random>
#include <string>

#include "core/error.h"
#include "tests/catch.h"

using namespace anemon;
using namespace anemon::profiler;

namespace {

std::string without_feed(std::string line) {
  REQUIRE(!line.empty());
  REQUIRE(line.back() == '\n');
  line.pop_back();
  REQUIRE(line.find('\n') == std::string::npos);
  return line;
}

std::string why(const std::string& line, bool answer = true) {
  try {
    if (answer) {
      parse_answer(line);
    } else {
      parse_request(line);
    }
  } catch (const Error& error) {
    return error.what();
  }
  return {};
}

// Any message, with the corners of every type more often than by chance.
class Dice {
 public:
  explicit Dice(unsigned seed) : random_(seed) {}

  uint64_t below(uint64_t limit) { return random_() % limit; }
  bool flip() { return below(2) == 0; }
  uint64_t count() {
    constexpr uint64_t kCorners[] = {0, 1, 9'007'199'254'740'993, INT64_MAX};
    return flip() ? kCorners[below(4)] : below(1'000'000);
  }
  Duration duration() { return Duration(static_cast<int64_t>(below(86'400'000'000'000))); }
  double number() {
    const double numbers[] = {0.0, -0.5, 1e-9, 0.1, 1e300, 123456.789, 5e-324};
    return numbers[below(7)];
  }
  float single() {
    const float numbers[] = {0.0f, -1.5f, 0.1f, 1e-38f, 3.4e38f, 16777217.0f};
    return numbers[below(6)];
  }
  std::string text() {
    const char* texts[] = {"", "x", "conv/1:0", "a \"quoted\"\\ \n name",
                           "\xC3\xA9t\xC3\xA9 \xE2\x82\xAC"};
    return texts[below(5)];
  }
  models::Shape shape() {
    models::Shape shape;
    for (uint64_t i = below(5); i > 0; --i) shape.push_back(static_cast<int64_t>(below(1000)));
    return shape;
  }
  template <class Make>
  auto list(Make make) {
    std::vector<decltype(make())> list;
    for (uint64_t i = below(4); i > 0; --i) list.push_back(make());
    return list;
  }
  template <class Make>
  auto maybe(Make make) {
    return flip() ? std::optional(make()) : std::nullopt;
  }

  InputFill fill() {
    InputFill fill;
    fill.name = text();
    fill.kind = static_cast<InputFill::Kind>(below(6));
    using Kind = InputFill::Kind;
    if (fill.kind == Kind::normal || fill.kind == Kind::uniform || fill.kind == Kind::integers) {
      fill.first = -number();
      fill.second = std::abs(number());
    }
    if (fill.kind == Kind::uniform && fill.second < fill.first) std::swap(fill.first, fill.second);
    if (fill.kind == Kind::integers && fill.second < fill.first) std::swap(fill.first, fill.second);
    fill.shape = shape();
    if (fill.kind == Kind::values) {
      fill.numbers = list([&] { return single(); });
      fill.text = text();
      fill.dictionary = {{text(), number()}};
    }
    if (fill.kind == Kind::file) fill.path = "/tmp/" + text();
    return fill;
  }

  FeatureInfo feature() {
    FeatureInfo feature;
    feature.name = text();
    feature.kind = static_cast<models::FeatureKind>(below(9));
    feature.tensor.dtype = static_cast<models::DataType>(below(23));
    feature.tensor.ranked = flip();
    if (feature.tensor.ranked) feature.tensor.shape = shape();
    feature.color_space = text();
    feature.optional = flip();
    return feature;
  }

  PlannedOperation planned() {
    PlannedOperation operation{text(), text(), text(), static_cast<int>(below(5)), {}, {}, {}};
    operation.preferred = maybe([&] { return static_cast<models::Engine>(below(3)); });
    operation.supported = list([&] { return static_cast<models::Engine>(below(3)); });
    operation.cost = maybe([&] { return number(); });
    return operation;
  }

  Request request() {
    switch (below(9)) {
      case 0:
        return HelloRequest{static_cast<int64_t>(below(5)), text()};
      case 1: {
        LoadRequest load;
        load.model = "/m/" + text();
        load.function = text();
        load.units = static_cast<ComputeUnits>(below(4));
        load.shapes = {{text(), shape()}, {"x", shape()}};
        load.threads = static_cast<unsigned>(below(64));
        load.round_to_fp16 = flip();
        if (flip()) load.compiled = "/c/" + text();
        if (flip()) return PlanRequest{load};
        return load;
      }
      case 2:
        return FillRequest{1 + below(kMaxItems), count(), list([&] { return fill(); })};
      case 3: {
        PredictRequest predict;
        predict.items = 1 + below(kMaxItems);
        predict.min_count = maybe([&] { return count(); });
        predict.min_time = maybe([&] { return duration(); });
        predict.max_count = maybe([&] { return count(); });
        predict.max_time = maybe([&] { return duration(); });
        predict.chunk = duration();
        predict.time_operations = flip();
        return predict;
      }
      case 4:
        return StopRequest{};
      case 5:
        return OperationsRequest{};
      case 6:
        return ResultsRequest{count(), count()};
      case 7:
        return MemoryRequest{};
      default:
        return ByeRequest{};
    }
  }

  std::vector<double> column(size_t length, bool holes) {
    std::vector<double> column;
    for (size_t i = 0; i < length; ++i) {
      column.push_back(holes && flip() ? kAbsent : std::min(std::abs(number()), 1e9));
    }
    return column;
  }

  Answer answer() {
    switch (below(11)) {
      case 0: {
        Hello hello;
        hello.runner = text();
        hello.pid = static_cast<int64_t>(below(100000));
        hello.engine = {text(), text(), static_cast<unsigned>(below(64)),
                        list([&] { return static_cast<ComputeUnits>(below(4)); })};
        hello.engines = list([&] { return text(); });
        return hello;
      }
      case 1:
        return Loaded{{maybe([&] { return duration(); }), duration(), flip()},
                      list([&] { return feature(); }),
                      list([&] { return feature(); }),
                      maybe([&] { return count(); }),
                      maybe([&] { return count(); })};
      case 2: {
        Filled filled;
        for (const InputFill& each : list([&] { return fill(); })) {
          filled.inputs.push_back({each.name, each.kind, each.first, each.second, text()});
        }
        return filled;
      }
      case 3: {
        Samples samples;
        const size_t length = below(5);
        samples.first = count();
        samples.start = column(length, false);
        samples.total = column(length, false);
        if (flip()) samples.preprocessing = column(length, true);
        if (flip()) samples.execution = column(length, true);
        if (flip()) samples.postprocessing = column(length, true);
        if (flip()) samples.memory_transfer = column(length, true);
        return samples;
      }
      case 4:
        return Predicted{count(), duration(), duration()};
      case 5: {
        Operations operations;
        operations.operations = list([&] {
          return OperationTime{text(), text(), duration(), count(), text()};
        });
        operations.more = flip();
        return operations;
      }
      case 6: {
        Results results;
        results.value = {
            text(), shape(), list([&] { return single(); }), text(), {{text(), number()}}};
        if (flip()) results.value.numbers.push_back(std::nanf(""));
        results.offset = count();
        results.count = count();
        results.statistics = {number(), number(), number(), kAbsent, count(), count()};
        results.checksum = text();
        results.last = flip();
        return results;
      }
      case 7:
        return MemoryUse{maybe([&] { return count(); }),
                         maybe([&] { return count(); }),
                         maybe([&] { return count(); }),
                         {},
                         {},
                         maybe([&] { return count(); })};
      case 8:
        return Plan{{text(), list([&] { return planned(); })}, flip()};
      case 9:
        return Bye{};
      default:
        return Failure{static_cast<Failure::Kind>(below(5)), text(), text(), text()};
    }
  }

 private:
  std::mt19937_64 random_;
};

}  // namespace

TEST_CASE("any request survives being written and read") {
  Dice dice(7);
  for (int i = 0; i < 3000; ++i) {
    const Request request = dice.request();
    const std::string line = to_line(request);
    INFO(line);
    const Request read = parse_request(without_feed(line));
    REQUIRE(read.index() == request.index());
    REQUIRE(to_line(read) == line);
    if (const auto* fill = std::get_if<FillRequest>(&request)) {
      REQUIRE(std::get<FillRequest>(read) == *fill);
    }
    if (const auto* predict = std::get_if<PredictRequest>(&request)) {
      REQUIRE(std::get<PredictRequest>(read) == *predict);
    }
    if (const auto* load = std::get_if<LoadRequest>(&request)) {
      const auto& other = std::get<LoadRequest>(read);
      REQUIRE(other.model == load->model);
      REQUIRE(other.function == load->function);
      REQUIRE(other.units == load->units);
      REQUIRE(other.shapes == load->shapes);
      REQUIRE(other.threads == load->threads);
      REQUIRE(other.round_to_fp16 == load->round_to_fp16);
      REQUIRE(other.compiled == load->compiled);
    }
  }
}

TEST_CASE("any answer survives being written and read") {
  Dice dice(11);
  for (int i = 0; i < 3000; ++i) {
    const Answer answer = dice.answer();
    const std::string line = to_line(answer);
    INFO(line);
    const Answer read = parse_answer(without_feed(line));
    REQUIRE(read.index() == answer.index());
    REQUIRE(to_line(read) == line);
    if (const auto* loaded = std::get_if<Loaded>(&answer)) {
      const auto& other = std::get<Loaded>(read);
      REQUIRE(other.times.compile == loaded->times.compile);
      REQUIRE(other.times.load == loaded->times.load);
      REQUIRE(other.inputs == loaded->inputs);
      REQUIRE(other.weight_bytes == loaded->weight_bytes);
    }
    if (const auto* failure = std::get_if<Failure>(&answer)) {
      REQUIRE(std::get<Failure>(read) == *failure);
    }
    if (const auto* results = std::get_if<Results>(&answer)) {
      // fp32 numbers come back to the last bit.
      const auto& numbers = std::get<Results>(read).value.numbers;
      REQUIRE(numbers.size() == results->value.numbers.size());
      for (size_t k = 0; k < numbers.size(); ++k) {
        REQUIRE((numbers[k] == results->value.numbers[k] || std::isnan(numbers[k])));
      }
    }
  }
}

TEST_CASE("no number in a line is anything but finite") {
  Results results;
  results.last = true;
  results.value.numbers = {std::nanf(""), HUGE_VALF, 1};
  const std::string line = to_line(Answer(results));
  CHECK_THAT(line, ANEMON_CONTAINS("\"numbers\":[null,null,1.0]"));
  CHECK_THAT(line, ANEMON_CONTAINS("\"min\":null"));
}

TEST_CASE("what is no UTF-8 still makes a line of JSON") {
  const std::string line = to_line(Answer(Failure{Failure::Kind::refused, "load", "\xFF\xFE", {}}));
  CHECK_NOTHROW(parse_answer(without_feed(line)));
}

TEST_CASE("what is missing or wrong is named with its column") {
  CHECK(why("") != "");
  CHECK(why("nonsense") != "");
  CHECK(why("[]") == "column 1: expected an object, found a list");
  CHECK(why("{}") == "column 1: \"answer\" is missing");
  CHECK(why(R"({"answer":"ready"})") == "column 11: is no answer that is known");
  CHECK(why(R"({"answer":"predicted","count":1.5,"seconds":1})") ==
        "column 31: expected a whole number, found a number");
  CHECK_THAT(why(R"({"answer":"predicted","count":1,"seconds":-1})"),
             ANEMON_CONTAINS("from 0 to 1e9 seconds"));
  CHECK_THAT(why(R"({"answer":"samples","first":0,"start":[0],"total":[1,2]})"),
             ANEMON_CONTAINS("not as long"));
  CHECK_THAT(why(R"({"answer":"samples","first":0,"start":[0],"total":[null]})"),
             ANEMON_CONTAINS("must have a time"));
  CHECK_THAT(why(R"({"answer":"samples","first":0,"start":[0],"total":[1],"execution":[1,2]})"),
             ANEMON_CONTAINS("breakdown"));
  CHECK_THAT(why(R"({"request":"fill","items":0})", false), ANEMON_CONTAINS("not between 1 and"));
  CHECK_THAT(
      why(R"({"request":"fill","inputs":[{"name":"x","fill":"uniform","low":2,"high":1}]})", false),
      ANEMON_CONTAINS("below"));
  CHECK_THAT(why(R"({"request":"fill","inputs":[{"name":"x","fill":"normal","mean":2}]})", false),
             ANEMON_CONTAINS("\"deviation\" is missing"));
  CHECK_THAT(why(R"({"request":"load","model":"m","compute_units":"ane"})", false),
             ANEMON_CONTAINS("cpu-and-ane"));
  CHECK_THAT(
      why(R"({"request":"fill","inputs":[{"name":"x","fill":"values","numbers":[1e39]}]})", false),
      ANEMON_CONTAINS("fp32"));
}

TEST_CASE("members that nobody knows are passed over") {
  const Answer answer = parse_answer(R"({"future":[{"a":1}],"answer":"bye","more":"yes"})");
  CHECK(std::holds_alternative<Bye>(answer));
}

TEST_CASE("a hello of another version is read no further than its number") {
  const Answer answer = parse_answer(R"({"answer":"hello","protocol":2,"engine":"renamed"})");
  CHECK(std::get<Hello>(answer).protocol == 2);
}
