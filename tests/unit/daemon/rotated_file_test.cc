#include "daemon/rotated_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "platform/file_descriptor.h"
#include "tests/catch.h"
#include "tests/scratch_directory.h"

namespace anemon {
namespace {

namespace fs = std::filesystem;

std::string content(const fs::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

struct LogFile {
  test::ScratchDirectory folder;
  const fs::path path = folder.path() / "anemond.log";
  const FileDescriptor descriptor{
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)};
  const RotatedFile rotated{descriptor.get()};

  void line(std::string_view text) const {
    rotated.follow();
    REQUIRE(::write(descriptor.get(), text.data(), text.size()) ==
            static_cast<ssize_t>(text.size()));
  }
};

}  // namespace

TEST_CASE("after a rotation lines go to the new file, behind what is there") {
  const LogFile log;
  log.line("one\n");
  fs::rename(log.path, log.folder.path() / "anemond.log.0");
  log.line("still the old one\n");  // nobody has made a new one yet
  std::ofstream(log.path) << "turned over\n";
  log.line("two\n");
  log.line("three\n");
  REQUIRE(content(log.folder.path() / "anemond.log.0") == "one\nstill the old one\n");
  REQUIRE(content(log.path) == "turned over\ntwo\nthree\n");
}

TEST_CASE("a log file is not followed to a link, a pipe or a folder in its place") {
  const LogFile log;
  const fs::path elsewhere = log.folder.path() / "elsewhere";
  std::ofstream(elsewhere) << "";
  fs::remove(log.path);
  SECTION("link") { fs::create_symlink(elsewhere, log.path); }
  SECTION("pipe") { REQUIRE(::mkfifo(log.path.c_str(), 0600) == 0); }
  SECTION("folder") { fs::create_directory(log.path); }
  log.line("x\n");
  REQUIRE(content(elsewhere).empty());
}

TEST_CASE("what is no regular file is never followed") {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  const FileDescriptor reader(ends[0]);
  const FileDescriptor writer(ends[1]);
  const RotatedFile rotated(writer.get());
  rotated.follow();
  REQUIRE(::write(writer.get(), "x", 1) == 1);
  char byte = 0;
  REQUIRE(::read(reader.get(), &byte, 1) == 1);
}

}  // namespace anemon
