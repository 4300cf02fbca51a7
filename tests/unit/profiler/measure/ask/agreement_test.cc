#include "profiler/measure/agreement.h"

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "tests/catch.h"

using namespace anemon;
using namespace anemon::profiler;

namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();

OutputResult output(std::vector<float> numbers, const std::string& checksum = "a",
                    const std::string& name = "y") {
  OutputResult result;
  result.value.name = name;
  result.count = numbers.size();
  result.value.numbers = std::move(numbers);
  result.checksum = checksum;
  return result;
}

}  // namespace

TEST_CASE("agreement is the cosine and the largest absolute error") {
  const Agreement found = compare_outputs({output({3, 4, 0})}, {output({3, 0, 4}, "b")});
  CHECK(found.cosine.value() == Approx(9.0 / 25).epsilon(1e-12));
  CHECK(found.max_error.value() == 4);
  CHECK(found.compared == 3);
  CHECK_FALSE(found.identical);
  CHECK_FALSE(found.agrees());
}

TEST_CASE("of several outputs the cosine is the least and the error the largest") {
  const Agreement found = compare_outputs({output({1, 0}, "a", "x"), output({5, 0}, "a", "y")},
                                          {output({1, 1}, "b", "x"), output({9, 0}, "b", "y")});
  CHECK(found.cosine.value() == Approx(std::sqrt(0.5)));
  CHECK(found.max_error.value() == 4);
  CHECK(found.compared == 4);
}

TEST_CASE(
    "a number that is NaN or infinite on one side alone is counted and spoils the agreement") {
  const Agreement both = compare_outputs({output({1, kNan, kInfinity, 2})},
                                         {output({1, kNan, kInfinity, 2.0001F}, "b")});
  CHECK(both.one_sided == 0);
  CHECK(both.compared == 2);
  CHECK(both.agrees());
  const Agreement one =
      compare_outputs({output({1, kNan, kInfinity, 2})}, {output({1, 1, -kInfinity, 2}, "b")});
  CHECK(one.one_sided == 2);
  CHECK(one.cosine.value() == Approx(1));
  CHECK_FALSE(one.agrees());
  CHECK_THAT(one.words(), ANEMON_CONTAINS("2 elements are finite in one of both only"));
}

TEST_CASE("outputs of zeros agree with each other and with nothing else") {
  CHECK(compare_outputs({output({0, 0})}, {output({0, 0}, "b")}).cosine.value() == 1);
  CHECK(compare_outputs({output({0, 0})}, {output({0, 1e-9F}, "b")}).cosine.value() == 0);
}

TEST_CASE("the same checksum says that all elements are the same, also those not kept") {
  OutputResult a = output({1, 2}), b = output({1, 2});
  a.count = b.count = 1000;
  Agreement found = compare_outputs({a}, {b});
  CHECK(found.identical);
  CHECK(found.not_compared == 998);
  CHECK(found.words() == "identical outputs");
  b.checksum = "b";
  found = compare_outputs({a}, {b});
  CHECK_FALSE(found.identical);
  CHECK(found.agrees());  // as far as it is seen
}

TEST_CASE("dictionaries are paired by their keys") {
  OutputResult a, b;
  a.value.name = b.value.name = "probabilities";
  a.value.dictionary = {{"cat", 0.6}, {"dog", 0.3}, {"cow", 0.1}};
  b.value.dictionary = {{"cat", 0.5}, {"dog", 0.3}, {"hen", 0.1}};
  const Agreement found = compare_outputs({a}, {b});
  CHECK(found.compared == 2);
  CHECK(found.max_error.value() == Approx(0.1));
  REQUIRE(found.differences.size() == 1);
  CHECK(found.differences[0] == "2 keys of output 'probabilities' are in one of both only");
  CHECK_FALSE(found.agrees());
}

TEST_CASE("labels, sizes and outputs that differ are told") {
  OutputResult a, b;
  a.value.name = b.value.name = "label";
  a.value.text = "cat";
  b.value.text = "dog";
  Agreement found = compare_outputs({a}, {b});
  REQUIRE(found.differences.size() == 1);
  CHECK(found.differences[0] == "output 'label' is \"dog\", not \"cat\"");
  CHECK_FALSE(found.identical);
  CHECK(compare_outputs({a}, {a}).identical);

  found = compare_outputs({output({1, 2})}, {output({1, 2, 3})});
  CHECK(found.differences == std::vector<std::string>{"output 'y' has 3 elements, not 2"});
  CHECK_FALSE(found.cosine);

  found = compare_outputs({output({1}, "a", "x")}, {output({1}, "a", "y")});
  CHECK(found.differences ==
        std::vector<std::string>{"output 'x' is missing", "output 'y' is new"});
  CHECK_FALSE(found.identical);
}

TEST_CASE("nothing to compare is no agreement") {
  const Agreement found = compare_outputs({}, {});
  CHECK_FALSE(found.agrees());
  CHECK(found.words() == "no outputs to compare");
  const Json section = agreement_section(found, "cpu");
  CHECK_FALSE(section.contains("cosine"));
  CHECK(section["absent"]["cosine"] == "no numbers to compare");
}

TEST_CASE("the section of an agreement marks its numbers") {
  const Json section =
      agreement_section(compare_outputs({output({1, 2})}, {output({1, 2.5F}, "b")}), "cpu-only");
  CHECK(section["reference"] == "cpu-only");
  CHECK(section["max_error"] == 0.5);
  CHECK(section["compared"] == 2);
  CHECK(section["provenance"]["cosine"] == "derived");
  CHECK(section["agrees"] == false);
}
