#include "daemon/instance_lock.h"

#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "core/error.h"
#include "tests/catch.h"
#include "tests/scratch_directory.h"

namespace anemon {
TEST_CASE("one daemon per state directory, and the second is told which pid has it") {
  const test::ScratchDirectory root;
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
}

TEST_CASE("a state directory that others can write to is told, another user's is refused") {
  const test::ScratchDirectory root;
  const auto directory = root / "state";
  CHECK_FALSE(InstanceLock(directory).writable_by_others());
  for (const mode_t mode : {0720, 0702, 01777}) {
    REQUIRE(chmod(directory.c_str(), mode) == 0);
    CHECK(InstanceLock(directory).writable_by_others());
  }
  REQUIRE(chmod(directory.c_str(), 0755) == 0);
  CHECK_FALSE(InstanceLock(directory).writable_by_others());
  if (geteuid() == 0) {
    REQUIRE(chown(directory.c_str(), 65534, 65534) == 0);
    try {
      const InstanceLock lock(directory);
      FAIL("took another user's directory");
    } catch (const Error& error) {
      REQUIRE_THAT(error.what(), ANEMON_CONTAINS("belongs to user 65534"));
    }
  }
}

TEST_CASE("a state directory that cannot be used is named") {
  const test::ScratchDirectory root;
  const auto file = root / "file";
  std::ofstream(file) << "x";
  try {
    const InstanceLock lock(file / "state");
    FAIL("made a directory below a file");
  } catch (const Error& error) {
    REQUIRE_THAT(error.what(), ANEMON_CONTAINS(file.string()));
  }
}

}  // namespace anemon
