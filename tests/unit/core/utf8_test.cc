#include "core/utf8.h"

#include <random>

#include "tests/catch.h"

using anemon::is_clean_utf8;
using anemon::to_clean_utf8;

TEST_CASE("Clean text stays as it is") {
  for (const char* text : {"", "plain", "caf\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x98\x80",
                           "\xEF\xBF\xBD", "\xF4\x8F\xBF\xBF", "\xED\x9F\xBF", "\xC2\xA0"}) {
    CHECK(is_clean_utf8(text));
    CHECK(to_clean_utf8(text, 100) == text);
  }
}

TEST_CASE("Each maximal invalid part and each control character becomes one replacement") {
  const std::string r = "\xEF\xBF\xBD";
  CHECK(to_clean_utf8("\xFF", 100) == r);
  CHECK(to_clean_utf8("a\x80z", 100) == "a" + r + "z");
  CHECK(to_clean_utf8("\xC0\xAF", 100) == r + r);                  // overlong
  CHECK(to_clean_utf8("\xED\xA0\x80", 100) == r + r + r);          // surrogate
  CHECK(to_clean_utf8("\xF4\x90\x80\x80", 100) == r + r + r + r);  // beyond U+10FFFF
  CHECK(to_clean_utf8("\xE2\x82", 100) == r);                      // cut
  CHECK(to_clean_utf8("\xE2\x82z", 100) == r + "z");
  CHECK(to_clean_utf8("a\nb\x7F\x1B", 100) == "a" + r + "b" + r + r);
  CHECK(to_clean_utf8("\xC2\x85", 100) == r);  // C1 control
  CHECK(to_clean_utf8(std::string_view("\0", 1), 100) == r);
}

TEST_CASE("What turns the direction of text is a control character") {
  for (const char* control :
       {"\u061C", "\u200E", "\u200F", "\u202A", "\u202E", "\u2066", "\u2069"}) {
    CHECK_FALSE(is_clean_utf8(control));
    CHECK(to_clean_utf8(std::string("a") + control + "z", 100) == "a\uFFFDz");
    CHECK(to_clean_utf8(std::string("a") + control + "z", 100, "?") == "a?z");
  }
  for (const char* neighbour : {"\u061B", "\u061D", "\u200D", "\u2010", "\u2029", "\u202F",
                                "\u2065", "\u206A", "\u0634", "\u05E9"}) {
    CHECK(is_clean_utf8(neighbour));
  }
}

TEST_CASE("Text is cut between characters") {
  CHECK(to_clean_utf8("caf\xC3\xA9", 4) == "caf");
  CHECK(to_clean_utf8("caf\xC3\xA9", 5) == "caf\xC3\xA9");
  CHECK(to_clean_utf8("abc", 0).empty());
}

TEST_CASE("Any bytes become clean text within the bound") {
  std::mt19937 random(3);
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes(random() % 12, '\0');
    for (char& byte : bytes) {
      byte = static_cast<char>(random() % 3 == 0 ? random() % 128 : 0xC0 + random() % 64);
      if (random() % 3 == 0) byte = static_cast<char>(0x80 + random() % 64);
    }
    const std::string clean = to_clean_utf8(bytes, 16);
    REQUIRE(is_clean_utf8(clean));
    REQUIRE(clean.size() <= 16);
    if (is_clean_utf8(bytes)) REQUIRE(clean == bytes);
  }
}
