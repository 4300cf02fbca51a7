#include "profiler/runner/runner_command.h"

#include <cstdlib>

#include "core/error.h"
#include "platform/executable_path.h"
#include "profiler/runner/run_failure.h"
#include "tests/catch.h"
#include "tests/scratch_directory.h"

using namespace anemon;
using namespace anemon::profiler;
using Words = std::vector<std::string>;

namespace {

class PathAs {
 public:
  explicit PathAs(const std::string& path) : former_(std::getenv("PATH")) {
    ::setenv("PATH", path.c_str(), 1);
  }
  ~PathAs() { ::setenv("PATH", former_.c_str(), 1); }
  PathAs(const PathAs&) = delete;
  PathAs& operator=(const PathAs&) = delete;

 private:
  std::string former_;
};

}  // namespace

TEST_CASE("a command line is cut at blanks, but not between quotes") {
  CHECK(command_words("") == Words{});
  CHECK(command_words("  a\tb  c ") == Words{"a", "b", "c"});
  CHECK(command_words(R"(python3 'my runner.py' --name="a 'b'" '')") ==
        Words{"python3", "my runner.py", "--name=a 'b'", ""});
  CHECK_THROWS_AS(command_words("a 'b"), Error);
}

TEST_CASE("a runner that is given is taken as it is") {
  CHECK(runner_command("./own --flag") == Words{"./own", "--flag"});
}

TEST_CASE(
    "a runner is the first program of its name beside this one, beside the library, on PATH") {
  const test::ScratchDirectory scratch;
  const auto program = scratch.write("bin/anemon-runner", "#!/bin/sh\n");
  const PathAs path((scratch / "none").string() + "::" + (scratch / "bin").string());
  const auto places = runner_places();
  REQUIRE(places.size() >= 3);
  CHECK(places.front() == executable_path().parent_path());
  CHECK(std::vector(places.end() - 2, places.end()) ==
        std::vector{scratch / "none", scratch / "bin"});

  const std::vector on_path(places.end() - 2, places.end());
  const auto not_found = [&] {
    try {
      runner_command("", on_path);
    } catch (const RunFailure& failure) {
      return failure.outcome() == RunOutcome::not_found && !failure.hint().empty();
    }
    return false;
  };
  CHECK(not_found());  // it is no program yet
  std::filesystem::permissions(program, std::filesystem::perms::owner_all);
  CHECK(runner_command("", on_path) == Words{program.string()});
}
