#include "core/edit_distance.h"

#include <array>
#include <string>

#include "tests/catch.h"

using anemon::edit_distance;
using anemon::nearest_name;

TEST_CASE("the distance counts insertions, deletions, replacements and swaps, not the case") {
  CHECK(edit_distance("", "") == 0);
  CHECK(edit_distance("", "abc") == 3);
  CHECK(edit_distance("abc", "") == 3);
  CHECK(edit_distance("listen", "listne") == 1);
  CHECK(edit_distance("listen", "Listen") == 0);
  CHECK(edit_distance("listen", "liste") == 1);
  CHECK(edit_distance("listen", "llisten") == 1);
  CHECK(edit_distance("kitten", "sitting") == 3);
  CHECK(edit_distance("raw-retention", "raw_retention") == 1);
}

TEST_CASE("the distance is symmetric and obeys the triangle through a common neighbour") {
  const std::array<std::string, 6> words = {"a", "period", "perid", "enabled", "", "peroid"};
  for (const std::string& a : words) {
    for (const std::string& b : words) {
      CHECK(edit_distance(a, b) == edit_distance(b, a));
      CHECK((edit_distance(a, b) == 0) == (a == b));
      for (const std::string& c : words) {
        CHECK(edit_distance(a, c) <= edit_distance(a, b) + edit_distance(b, c));
      }
    }
  }
}

TEST_CASE("a near miss finds its name and a stranger finds none") {
  constexpr std::array<std::string_view, 5> kNames = {"energy", "memory", "cpu", "thermal", "self"};
  CHECK(nearest_name("enery", kNames) == "energy");
  CHECK(nearest_name("MEMORY", kNames) == "memory");
  CHECK(nearest_name("cpus", kNames) == "cpu");
  CHECK(nearest_name("themral", kNames) == "thermal");
  CHECK(nearest_name("gpu", kNames) == "cpu");
  CHECK(nearest_name("network", kNames).empty());
  CHECK(nearest_name("xy", kNames).empty());
  CHECK(nearest_name("", kNames).empty());
  CHECK(nearest_name(std::string(1 << 20, 'x'), kNames).empty());
  CHECK(nearest_name("anything", {}).empty());
}

TEST_CASE("of equally near names the first wins") {
  constexpr std::array<std::string_view, 2> kNames = {"top_a", "top_b"};
  CHECK(nearest_name("top_c", kNames) == "top_a");
}
