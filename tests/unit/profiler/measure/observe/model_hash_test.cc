#include "profiler/measure/model_hash.h"

#include <unistd.h>

#include "core/error.h"
#include "tests/catch.h"
#include "tests/scratch_directory.h"

using anemon::Error;
using anemon::profiler::model_hash;
using anemon::test::ScratchDirectory;

namespace fs = std::filesystem;

TEST_CASE("The hash of a file is its SHA-256") {
  ScratchDirectory scratch;
  // FIPS 180-2, appendix B, and the digest of nothing.
  CHECK(model_hash(scratch.write("abc", "abc")) ==
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(model_hash(scratch.write("none", "")) ==
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  // Of several pieces.
  CHECK(model_hash(scratch.write("million", std::string(1'000'000, 'a'))) ==
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("The hash of a folder is that of the list that sha256sum prints, in the order of bytes") {
  ScratchDirectory scratch;
  scratch.write("m/b", "2");
  scratch.write("m/a/c", "1");
  scratch.write("m/a.txt", "3");  // between "a" and "a/c" by bytes: '.' is less than '/'
  // (cd m; find . -type f | sed s,^./,, | LC_ALL=C sort | xargs sha256sum | sha256sum)
  const std::string expected = "ef537f101fadff6c2497bbba287da5b670d699e74b084072eeec1046b6a6cd13";
  const std::string hash = model_hash(scratch / "m");
  CHECK(hash == expected);

  scratch.write("m/.DS_Store", "what Finder leaves");
  scratch.write("m/.git/x", "y");
  CHECK(model_hash(scratch / "m") == hash);
  CHECK(model_hash(scratch.path().string() + "/m/") == hash);

  scratch.write("m/b", "changed");
  CHECK(model_hash(scratch / "m") != hash);
  scratch.write("m/b", "2");
  CHECK(model_hash(scratch / "m") == hash);
  fs::rename(scratch / "m/b", scratch / "m/d");
  CHECK(model_hash(scratch / "m") != hash);
}

TEST_CASE("What cannot be read is an error that names it") {
  ScratchDirectory scratch;
  CHECK_THROWS_WITH(model_hash(scratch / "gone.mlmodel"), Catch::Contains("gone.mlmodel"));
  // A link to nothing inside a model is no file of it.
  scratch.write("m/a", "1");
  const std::string hash = model_hash(scratch / "m");
  fs::create_symlink("nowhere", scratch / "m/b");
  CHECK(model_hash(scratch / "m") == hash);
}
