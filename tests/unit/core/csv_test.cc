#include "core/csv.h"

#include "tests/catch.h"

using anemon::csv_field;

TEST_CASE("CSV fields are quoted where they must be") {
  CHECK(csv_field("plain") == "plain");
  CHECK(csv_field("") == "");
  CHECK(csv_field("a,b") == "\"a,b\"");
  CHECK(csv_field("say \"x\"") == "\"say \"\"x\"\"\"");
  CHECK(csv_field("two\nlines") == "\"two\nlines\"");
}

TEST_CASE("a spreadsheet does not compute what a name says") {
  CHECK(csv_field("=1+2") == "'=1+2");
  CHECK(csv_field("+cmd") == "'+cmd");
  CHECK(csv_field("-2+3") == "'-2+3");
  CHECK(csv_field("@SUM(A1)") == "'@SUM(A1)");
  CHECK(csv_field("\tx") == "'\tx");
  CHECK(csv_field("\rx") == "\"'\rx\"");
  CHECK(csv_field("=HYPERLINK(\"a\",\"b\")") == "\"'=HYPERLINK(\"\"a\"\",\"\"b\"\")\"");
  CHECK(csv_field("-") == "'-");
}

TEST_CASE("numbers stay numbers") {
  for (const char* number : {"-1", "-0.5", "+3", "-1.5e-07", "12"}) {
    CHECK(csv_field(number) == number);
  }
}
