#include "core/selector.h"

#include <random>

#include "tests/catch.h"

using namespace anemon;

namespace {

// Obvious and exponential.
bool slow_glob(std::string_view pattern, std::string_view text) {
  if (pattern.empty()) return text.empty();
  if (pattern[0] == '*') {
    return slow_glob(pattern.substr(1), text) ||
           (!text.empty() && slow_glob(pattern, text.substr(1)));
  }
  return !text.empty() && (pattern[0] == '?' || pattern[0] == text[0]) &&
         slow_glob(pattern.substr(1), text.substr(1));
}

std::string refusal(std::string_view text) {
  try {
    Selector::parse(text);
  } catch (const Error& error) {
    return std::string(error.what()) + " | " + error.hint();
  }
  return "accepted";
}

}  // namespace

TEST_CASE("globs match like the slow reference") {
  std::mt19937 random(1);
  const auto text = [&](const char* alphabet, size_t letters) {
    std::string out(random() % 9, ' ');
    for (char& c : out) c = alphabet[random() % letters];
    return out;
  };
  for (int i = 0; i < 50'000; ++i) {
    const std::string pattern = text("ab*?", 4), subject = text("ab", 2);
    INFO(pattern << " on " << subject);
    REQUIRE(glob_matches(pattern, subject) == slow_glob(pattern, subject));
  }
}

TEST_CASE("a long hostile glob ends soon") {
  std::string pattern;
  for (int i = 0; i < 200; ++i) pattern += "a*";
  CHECK_FALSE(glob_matches(pattern + "b", std::string(5000, 'a')));
}

TEST_CASE("a selector chooses by metric name") {
  const Selector exact = Selector::parse("anemon_power_watts");
  CHECK(exact.matches(Metric::kPowerWatts));
  CHECK_FALSE(exact.matches(Metric::kPowerSpan));
  const Selector glob = Selector::parse(" anemon_power_* ");
  CHECK(glob.matches(Metric::kPowerWatts));
  CHECK(glob.matches(Metric::kPowerSpan));
  CHECK_FALSE(glob.matches(Metric::kLoad1));
  CHECK(Selector().matches(Metric::kLoad1));
}

TEST_CASE("a selector chooses by labels") {
  const auto matches = [](std::string_view text, const std::vector<std::string>& labels) {
    return Selector::parse(text).matches(Metric::kPowerWatts, labels);
  };
  CHECK(matches("anemon_power_watts{}", {"ane", "rapl"}));
  CHECK(matches("anemon_power_watts{component=\"ane\"}", {"ane", "rapl"}));
  CHECK_FALSE(matches("anemon_power_watts{component=\"ane\"}", {"cpu", "rapl"}));
  CHECK(matches("anemon_power_watts{component!=\"ane\"}", {"cpu", "rapl"}));
  CHECK(matches("anemon_power_watts{ component = \"cpu\" , source = \"rapl\" }", {"cpu", "rapl"}));
  CHECK_FALSE(matches("anemon_power_watts{component=\"cpu\",source=\"x\"}", {"cpu", "rapl"}));
  CHECK(matches("anemon_power_watts{component=\"a\\\"b\\\\c\\nd\"}", {"a\"b\\c\nd", ""}));
  CHECK(matches("anemon_power_watts{source=\"\"}", {"cpu", ""}));
  // Metrics of a glob that lack the label have it empty.
  CHECK_FALSE(Selector::parse("anemon_*{component=\"cpu\"}").matches(Metric::kLoad1, {}));
  CHECK(Selector::parse("anemon_*{component!=\"cpu\"}").matches(Metric::kLoad1, {}));
}

TEST_CASE("what is no selector is refused with its reason") {
  CHECK(refusal("anemon_power_wats") ==
        "no metric is called anemon_power_wats | did you mean anemon_power_watts?");
  CHECK(refusal("nothing_like_it_*").find("no metric is called") == 0);
  CHECK(refusal("anemon_power_watts{sensor=\"x\"}") ==
        "anemon_power_watts has no label sensor | its labels are component, source");
  CHECK(refusal("anemon_load1{x=\"y\"}") == "anemon_load1 has no label x | it has no labels");
  CHECK(refusal("").find("a metric name is missing") != std::string::npos);
  CHECK(refusal("{component=\"x\"}").find("a metric name is missing") != std::string::npos);
  CHECK(refusal("a b").find("letters, digits") != std::string::npos);
  CHECK(refusal("anemon_power_watts{component").find("= or !=") != std::string::npos);
  CHECK(refusal("anemon_power_watts{component=x}").find("double quotes") != std::string::npos);
  CHECK(refusal("anemon_power_watts{component=\"x}").find("not closed") != std::string::npos);
  CHECK(refusal("anemon_power_watts{component=\"x\"").find("} is missing") != std::string::npos);
  CHECK(refusal("anemon_power_watts{component=\"\\x\"}").find("escape") != std::string::npos);
  CHECK(refusal("anemon_power_watts{}y").find("may follow") != std::string::npos);
  CHECK(refusal("anemon_power_watts{,}").find("label name is missing") != std::string::npos);
  CHECK(refusal(std::string(2000, 'a')).find("longer") != std::string::npos);
}
