#include "platform/kernel_file.h"

#include <array>

#include "tests/acting_as_nobody.h"
#include "tests/catch.h"
#include "tests/fixture_tree.h"

using anemon::KernelFile;
using anemon::ReadStatus;
using anemon::test::ActingAsNobody;
using anemon::test::FixtureTree;

TEST_CASE("A kept file is read anew each time") {
  FixtureTree tree;
  tree.write("sys/number", "41\n");
  KernelFile file(tree.path() / "sys/number");
  int64_t number = 0;
  REQUIRE(file.read(number) == ReadStatus::ok);
  CHECK(number == 41);
  tree.write("sys/number", "-1234567890123\n");
  REQUIRE(file.read(number) == ReadStatus::ok);
  CHECK(number == -1234567890123);
}

TEST_CASE("A file that is missing, forbidden or odd has its own status each") {
  FixtureTree tree;
  int64_t number = 7;
  CHECK(KernelFile().read(number) == ReadStatus::absent);
  CHECK(KernelFile(tree.path() / "none").read(number) == ReadStatus::absent);
  CHECK(KernelFile(tree.path() / "sys").read(number) == ReadStatus::failed);  // a directory

  for (const char* content :
       {"", "\n", "12x\n", "x", "1 2\n", "0x10\n", "99999999999999999999\n"}) {
    tree.write("sys/odd", content);
    CHECK(KernelFile(tree.path() / "sys/odd").read(number) == ReadStatus::failed);
  }
  tree.write("sys/odd", std::string(100'000, '1'));
  CHECK(KernelFile(tree.path() / "sys/odd").read(number) == ReadStatus::failed);
  CHECK(number == 7);

  tree.write("sys/root_only", "5\n");
  tree.mode("sys/root_only", 0);
  KernelFile forbidden(tree.path() / "sys/root_only");
  if (::geteuid() == 0) {
    const ActingAsNobody nobody;
    CHECK(forbidden.read(number) == ReadStatus::refused);
  } else {
    CHECK(forbidden.read(number) == ReadStatus::refused);
  }
  tree.mode("sys/root_only", 0444);
  CHECK(forbidden.read(number) == ReadStatus::ok);
}

TEST_CASE("A file that appears later is found") {
  FixtureTree tree;
  KernelFile file(tree.path() / "sys/late");
  int64_t number = 0;
  CHECK(file.read(number) == ReadStatus::absent);
  tree.write("sys/late", "1\n");
  CHECK(file.read(number) == ReadStatus::ok);
}

TEST_CASE("Content that fills the buffer is not trusted") {
  FixtureTree tree;
  tree.write("sys/text", "abcdefgh");
  KernelFile file(tree.path() / "sys/text");
  std::array<char, 8> exact;
  std::array<char, 9> larger;
  std::string_view text = "before";
  CHECK(file.read(exact, text) == ReadStatus::failed);
  CHECK(text == "before");
  REQUIRE(file.read(larger, text) == ReadStatus::ok);
  CHECK(text == "abcdefgh");
}

TEST_CASE("A moved file keeps its descriptor and the old object is absent") {
  FixtureTree tree;
  tree.write("sys/number", "1\n");
  KernelFile first(tree.path() / "sys/number");
  int64_t number = 0;
  REQUIRE(first.read(number) == ReadStatus::ok);
  tree.remove("sys/number");
  KernelFile second = std::move(first);
  CHECK(second.read(number) == ReadStatus::ok);  // an unlinked file stays readable
}

TEST_CASE("Numbered names are matched exactly and sorted by number") {
  int64_t number = 0;
  CHECK(anemon::numbered_name("hwmon12", "hwmon", number));
  CHECK(number == 12);
  for (const char* name : {"hwmon", "hwmon-1", "hwmon1x", "xhwmon1", "hwmon 1"}) {
    CHECK_FALSE(anemon::numbered_name(name, "hwmon", number));
  }
  std::vector<std::string> names = {"cpu10", "cpu9", "cpu1"};
  anemon::sort_numbered(names);
  CHECK(names == std::vector<std::string>{"cpu1", "cpu9", "cpu10"});
}
