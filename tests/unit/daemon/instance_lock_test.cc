#include "daemon/instance_lock.h"

#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "core/error.h"
#include "tests/catch.h"

namespace anemon {
namespace {

std::filesystem::path scratch() {
  std::string pattern = (std::filesystem::temp_directory_path() / "anemon-lock-XXXXXX").string();
  return mkdtemp(pattern.data());
}

}  // namespace

TEST_CASE("one daemon per state directory, and the second is told which pid has it") {
  const auto root = scratch();
  const auto directory = root / "a" / "state";
  {
    const InstanceLock first(directory);
    struct stat status {};
    REQUIRE(stat(directory.c_str(), &status) == 0);
    REQUIRE((status.st_mode & 0777) == 0700);
    try {
      const InstanceLock second(directory);
      FAIL("took a lock that is held");
    } catch (const Error& error) {
      REQUIRE_THAT(error.what(), ANEMON_CONTAINS("pid " + std::to_string(getpid())));
      REQUIRE_THAT(error.hint(), ANEMON_CONTAINS("--state-dir"));
    }
  }
  REQUIRE_NOTHROW(InstanceLock(directory));  // free again
  std::filesystem::remove_all(root);
}

TEST_CASE("a state directory that cannot be used is named") {
  const auto root = scratch();
  const auto file = root / "file";
  std::ofstream(file) << "x";
  try {
    const InstanceLock lock(file / "state");
    FAIL("made a directory below a file");
  } catch (const Error& error) {
    REQUIRE_THAT(error.what(), ANEMON_CONTAINS(file.string()));
  }
  std::filesystem::remove_all(root);
}

}  // namespace anemon
