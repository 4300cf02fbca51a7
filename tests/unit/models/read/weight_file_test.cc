#include "models/read/weight_file.h"

#include <cstring>

#include "tests/catch.h"
#include "tests/models/model_writer.h"
#include "tests/scratch_directory.h"

using namespace anemon::models;
using namespace anemon::models::test;
using anemon::test::ScratchDirectory;

namespace {

constexpr const char* kName = "@model_path/weights/weight.bin";
const TensorType kFour{DataType::fp32, true, {2, 2}};

Bytes bytes_of(const std::string& text) {
  return {reinterpret_cast<const std::byte*>(text.data()), text.size()};
}

std::string file_of_two() {
  const float numbers[] = {1, 2, 3, 4};
  BlobWriter writer;
  writer.add(DataType::fp32, std::as_bytes(std::span(numbers)));
  writer.add(DataType::fp32, std::as_bytes(std::span(numbers)));
  return writer.bytes();
}

template <typename T>
std::string with(std::string file, size_t at, T value) {
  std::memcpy(file.data() + at, &value, sizeof value);
  return file;
}

std::string failure(const std::string& file, uint64_t offset = 64, const TensorType& type = kFour) {
  try {
    blob_at(bytes_of(file), offset, type);
  } catch (const anemon::Error& error) {
    return error.what();
  }
  return "none";
}

}  // namespace

TEST_CASE("a blob is found by the offset of its metadata") {
  const std::string file = file_of_two();
  const Blob blob = blob_at(bytes_of(file), 192, kFour);
  CHECK(blob.dtype == DataType::fp32);
  CHECK(blob.data.data() == bytes_of(file).data() + 256);
  CHECK(blob.data.size() == 16);
}

TEST_CASE("a blob that is not as the format says is refused") {
  const std::string file = file_of_two();
  CHECK_THAT(failure(with(file, 64, uint32_t{0xDEADBEE0})), ANEMON_CONTAINS("no sentinel"));
  CHECK_THAT(failure(with(file, 68, uint32_t{99})), ANEMON_CONTAINS("unknown type"));
  CHECK_THAT(failure(with(file, 68, uint32_t{14})),
             ANEMON_CONTAINS("elements of int32, the model says fp32"));
  CHECK_THAT(failure(with(file, 72, uint64_t{20})),
             ANEMON_CONTAINS("has 20 bytes, fp32[2,2] takes 16"));
  CHECK_THAT(failure(with(file, 72, ~uint64_t{0})), ANEMON_CONTAINS("beyond the end of the file"));
  CHECK_THAT(failure(with(file, 80, ~uint64_t{0} - 63)),
             ANEMON_CONTAINS("beyond the end of the file"));
  CHECK_THAT(failure(with(file, 80, uint64_t{64})), ANEMON_CONTAINS("where none can be"));
  CHECK_THAT(failure(with(file, 80, uint64_t{132})), ANEMON_CONTAINS("where none can be"));
  CHECK_THAT(failure(file, 0), ANEMON_CONTAINS("not where a blob can begin"));
  CHECK_THAT(failure(file, 65), ANEMON_CONTAINS("not where a blob can begin"));
  CHECK_THAT(failure(file, 1 << 20), ANEMON_CONTAINS("beyond the end of the file"));
  CHECK_THAT(failure(file, ~uint64_t{0} - 63), ANEMON_CONTAINS("beyond the end of the file"));
  CHECK(failure(file) == "none");
}

TEST_CASE("the padding counts for types of less than a byte alone") {
  CHECK(failure(with(file_of_two(), 88, uint64_t{13654009360})) == "none");
  const TensorType three{DataType::int4, true, {3}};
  BlobWriter writer;
  writer.add(DataType::int4, std::vector<std::byte>(2), 4);
  const std::string file = writer.bytes();
  CHECK(failure(file, 64, three) == "none");
  CHECK_THAT(failure(with(file, 88, uint64_t{8}), 64, three),
             ANEMON_CONTAINS("impossible padding"));
  CHECK_THAT(failure(with(file, 88, uint64_t{0}), 64, three), ANEMON_CONTAINS("another padding"));
}

TEST_CASE("a type with open dimensions takes a blob as it is") {
  CHECK(failure(file_of_two(), 64, {DataType::fp32, true, {kAnyExtent, 2}}) == "none");
}

TEST_CASE("a file cut anywhere gives its whole blobs and refuses the others") {
  const std::string file = file_of_two();
  for (size_t size = 0; size < file.size(); ++size) {
    const std::string cut = file.substr(0, size);
    CHECK((failure(cut, 64) == "none") == (size >= 144));
    CHECK((failure(cut, 192) == "none") == (size >= 272));
  }
}

TEST_CASE("weight files are opened once and shared") {
  const ScratchDirectory scratch;
  scratch.write("weights/weight.bin", file_of_two());
  scratch.write("weights/1-weight.bin", file_of_two());
  WeightFiles files(scratch.path(), scratch.path());
  const Constant first = files.constant({kName, 64}, kFour, "a");
  const Constant second = files.constant({kName, 192}, kFour, "b");
  const Constant again = files.constant({kName, 64}, kFour, "c");
  const Constant other = files.constant({"@model_path/weights/1-weight.bin", 64}, kFour, "d");
  CHECK(numbers(first) == std::vector<double>{1, 2, 3, 4});
  CHECK(first.data.data() == again.data.data());
  CHECK(first.data.data() != second.data.data());
  CHECK(first.blob->offset == 64);
  CHECK(first.blob->file == kName);
  CHECK_FALSE(other.missing);
  CHECK(files.files()->size() == 2);
  CHECK(files.take_oddities().empty());
}

TEST_CASE("a weight file that is not there leaves constants with their type and one line") {
  const ScratchDirectory scratch;
  WeightFiles files(scratch.path(), scratch.path());
  for (int i = 0; i < 1000; ++i) {
    const Constant constant = files.constant({kName, 64}, kFour, "a");
    CHECK(constant.missing);
    CHECK(constant.stored_bytes() == 16);
  }
  const std::vector<Oddity> oddities = files.take_oddities();
  REQUIRE(oddities.size() == 1);
  CHECK(oddities[0].kind == Oddity::Kind::weights_missing);
  CHECK(oddities[0].message ==
        "weights: missing: @model_path/weights/weight.bin: there is no such file");
}

TEST_CASE("a weight file that is a pointer to one is missing") {
  const ScratchDirectory scratch;
  scratch.write("weights/weight.bin",
                "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 7\n");
  WeightFiles files(scratch.path(), scratch.path());
  CHECK(files.constant({kName, 64}, kFour, "a").missing);
  const std::vector<Oddity> oddities = files.take_oddities();
  REQUIRE(oddities.size() == 1);
  CHECK(oddities[0].kind == Oddity::Kind::weights_missing);
  CHECK_THAT(oddities[0].message, ANEMON_CONTAINS("Git LFS pointer"));
}

TEST_CASE("damage is told once per file, with the number of blobs it concerns") {
  const ScratchDirectory scratch;
  scratch.write("weights/weight.bin", file_of_two().substr(0, 200));
  WeightFiles files(scratch.path(), scratch.path());
  CHECK_FALSE(files.constant({kName, 64}, kFour, "a").missing);
  for (int i = 0; i < 5; ++i) CHECK(files.constant({kName, 192}, kFour, "b").missing);
  const std::vector<Oddity> oddities = files.take_oddities();
  REQUIRE(oddities.size() == 1);
  CHECK(oddities[0].kind == Oddity::Kind::weights_damaged);
  CHECK(oddities[0].operation == "b");
  CHECK_THAT(oddities[0].message,
             ANEMON_CONTAINS("the blob at 192") && ANEMON_CONTAINS("(and 4 more)"));
}

TEST_CASE("a file of another version or too short is damaged as a whole") {
  for (const std::string& content :
       {with(file_of_two(), 4, uint32_t{1}), std::string("short"), std::string()}) {
    const ScratchDirectory scratch;
    scratch.write("weights/weight.bin", content);
    WeightFiles files(scratch.path(), scratch.path());
    CHECK(files.constant({kName, 64}, kFour, "a").missing);
    const std::vector<Oddity> oddities = files.take_oddities();
    REQUIRE(oddities.size() == 1);
    CHECK(oddities[0].kind == Oddity::Kind::weights_damaged);
  }
}

TEST_CASE("blobs that overlap, or are more than the header counts, are odd") {
  const ScratchDirectory scratch;
  std::string file = file_of_two();
  const TensorType long_type{DataType::fp32, true, {40}};
  scratch.write("weights/weight.bin", with(file, 72, uint64_t{160}));
  WeightFiles overlapping(scratch.path(), scratch.path());
  CHECK_FALSE(overlapping.constant({kName, 192}, kFour, "a").missing);
  CHECK_FALSE(overlapping.constant({kName, 64}, long_type, "b").missing);
  CHECK_THAT(overlapping.take_oddities().at(0).message, ANEMON_CONTAINS("overlaps another"));

  scratch.write("weights/weight.bin", with(file, 0, uint32_t{1}));
  WeightFiles more(scratch.path(), scratch.path());
  more.constant({kName, 192}, kFour, "a");
  CHECK(more.take_oddities().empty());
  more.constant({kName, 64}, kFour, "b");
  CHECK_THAT(more.take_oddities().at(0).message, ANEMON_CONTAINS("more than the 1 blobs"));
}

TEST_CASE("no weight file outside the model is opened") {
  const ScratchDirectory scratch;
  scratch.write("secret.bin", file_of_two());
  scratch.write("model/weights/weight.bin", file_of_two());
  const auto model = scratch / "model";
  std::filesystem::create_symlink("../../secret.bin", model / "weights" / "link.bin");
  std::filesystem::create_symlink("weight.bin", model / "weights" / "inside.bin");
  std::filesystem::create_directory_symlink("..", model / "up");
  WeightFiles files(model, model);
  for (const std::string name :
       {"@model_path/../secret.bin", "@model_path/weights/../../secret.bin",
        "@model_path/weights/link.bin", "@model_path/up/secret.bin", "@model_path/",
        "@model_path//etc/passwd", "/etc/passwd", "weights/weight.bin", "",
        "@model_path/weights/../weights/weight.bin"}) {
    INFO(name);
    CHECK(files.constant({name, 64}, kFour, "a").missing);
  }
  CHECK(files.files()->empty());
  for (const Oddity& each : files.take_oddities()) {
    CHECK(each.kind == Oddity::Kind::weights_missing);
  }
  CHECK_FALSE(files.constant({"@model_path/weights/inside.bin", 64}, kFour, "a").missing);
}

TEST_CASE("a weight file has one name: other spellings are refused without a look at the file") {
  const ScratchDirectory scratch;
  scratch.write("weights/weight.bin", file_of_two());
  for (const char* path : {"./weights/weight.bin", "weights/./weight.bin", "weights//weight.bin",
                           "weights/weight.bin/", "weights/weight.bin/."}) {
    INFO(path);
    WeightFiles files(scratch.path(), scratch.path());
    CHECK(files.constant({"@model_path/" + std::string(path), 64}, kFour, "a").missing);
    CHECK(files.files()->empty());
    const std::vector<Oddity> oddities = files.take_oddities();
    REQUIRE(oddities.size() == 1);
    CHECK(oddities[0].kind == Oddity::Kind::weights_missing);
    CHECK_THAT(oddities[0].message, ANEMON_CONTAINS("empty or \".\""));
  }

  const std::string folder(200, 'f');
  std::string path;
  for (int i = 0; i < 5; ++i) path += folder + "/";
  scratch.write(path + "w.bin", file_of_two());
  WeightFiles files(scratch.path(), scratch.path());
  CHECK(files.constant({"@model_path/" + path + "w.bin", 64}, kFour, "a").missing);
  CHECK_THAT(files.take_oddities().at(0).message, ANEMON_CONTAINS("longer than 1000 bytes"));
}

TEST_CASE("a model opens a thousand weight files and no more") {
  const ScratchDirectory scratch;
  scratch.write("999.bin", file_of_two());
  scratch.write("1000.bin", file_of_two());
  WeightFiles files(scratch.path(), scratch.path());
  const auto missing = [&](int number) {
    const std::string name = "@model_path/" + std::to_string(number) + ".bin";
    return files.constant({name, 64}, kFour, "a").missing;
  };
  for (int i = 0; i < 999; ++i) missing(i);
  CHECK_FALSE(missing(999));
  files.take_oddities();
  CHECK(missing(1000));
  CHECK_THAT(files.take_oddities().at(0).message, ANEMON_CONTAINS("more than 1000 weight files"));
  CHECK_FALSE(missing(999));  // known already
}
