#include <set>

#include "models/chips/chip.h"
#include "tests/catch.h"

namespace anemon::models {
namespace {

std::string_view found(std::string_view name) {
  const Chip* chip = find_chip(name);
  return chip == nullptr ? "none" : chip->name;
}

TEST_CASE("every value of every chip says where it is from and how sure it is") {
  for (const Chip& chip : chips()) {
    INFO(chip.name);
    for (const std::optional<Fact>& fact :
         {chip.ane_cores, chip.fp16_flops_per_second, chip.int8_ops_per_second,
          chip.ane_bytes_per_second, chip.activation_bytes_per_second, chip.dispatch_seconds,
          chip.max_dimension, chip.max_conv_kernel_width, chip.max_conv_kernel_height,
          chip.max_conv_kernel_square, chip.max_pool_kernel, chip.max_matmul_inner}) {
      if (!fact) continue;
      CHECK(fact->value > 0);
      CHECK_FALSE(fact->source.empty());
      CHECK(fact->confidence != Confidence::none);
    }
    CHECK(chip.ane_cores);
    CHECK(chip.max_dimension);
  }
}

TEST_CASE("chips have distinct names, and each is found by its own") {
  std::set<std::string_view> names;
  for (const Chip& chip : chips()) {
    CHECK(names.insert(chip.name).second);
    CHECK(find_chip(chip.name) == &chip);
  }
  for (const char* family :
       {"A14", "A15", "A16", "A17 Pro", "A18", "A18 Pro", "M1", "M2", "M3", "M4", "M5", "M6"}) {
    CHECK(names.contains(family));
  }
}

TEST_CASE("a chip is found whatever the case and the blanks of its name") {
  CHECK(found("m4") == "M4");
  CHECK(found(" M 4 ") == "M4");
  CHECK(found("Apple M4 Max") == "M4 Max");
  CHECK(found("apple m4pro") == "M4 Pro");
  CHECK(found("a17pro") == "A17 Pro");
  CHECK(found("A15 Bionic") == "A15");
  CHECK(found("Apple M1 (Virtual)") == "M1");
}

TEST_CASE("a variant without figures of its own answers with its family's") {
  CHECK(found("M6 Max") == "M6");
  CHECK(found("Apple M5 Ultra") == "M5");
  CHECK(found("M1 Pro") == "M1 Pro");
}

TEST_CASE("what only resembles a chip's name is none") {
  for (const char* name : {"", " ", "M", "4", "M40", "M4 Pro Max", "XM4", "M4x", "A17", "Pro",
                           "max", "Apple", "M7", "Intel Core i7", "M4 Pr"}) {
    INFO(name);
    CHECK(find_chip(name) == nullptr);
  }
}

TEST_CASE("the extents a chip takes follow its generation") {
  for (const char* old : {"A14", "M1", "M1 Ultra", "A15", "M2", "A16", "M3", "M3 Max"}) {
    CHECK(find_chip(old)->max_dimension->value == 16384);
    CHECK_FALSE(find_chip(old)->int8_arithmetic);
  }
  for (const char* recent : {"A17 Pro", "M4", "M4 Max", "A18", "A18 Pro", "M5", "M6"}) {
    CHECK(find_chip(recent)->max_dimension->value == 65536);
    CHECK(find_chip(recent)->int8_arithmetic);
  }
}

TEST_CASE("a variant has its own bandwidth, and none where none was published") {
  CHECK(find_chip("M4")->ane_bytes_per_second->value == Approx(64.18e9));
  CHECK(find_chip("M4 Pro")->ane_bytes_per_second->value == Approx(126.36e9));
  CHECK_FALSE(find_chip("M3 Pro")->ane_bytes_per_second);
  CHECK_FALSE(find_chip("A18")->ane_bytes_per_second);
  CHECK_FALSE(find_chip("M2")->max_conv_kernel_width);
}

TEST_CASE("one call runs on one of an Ultra's two engines, as fast as on the family's") {
  for (const char* family : {"M1", "M2", "M3"}) {
    const Chip& one = *find_chip(family);
    const Chip& two = *find_chip(std::string(family) + " Ultra");
    CHECK(two.fp16_flops_per_second->value == one.fp16_flops_per_second->value);
    CHECK(two.int8_ops_per_second->value == one.int8_ops_per_second->value);
    CHECK(two.ane_cores->value == 2 * one.ane_cores->value);
  }
}

TEST_CASE("what a compiler counts for a call is not taken for a measured call") {
  CHECK(find_chip("M4")->dispatch_seconds->confidence == Confidence::folklore);
  CHECK_THAT(std::string(find_chip("M4")->dispatch_seconds->source),
             ANEMON_CONTAINS("no call was measured"));
  CHECK(find_chip("M1")->dispatch_seconds->confidence == Confidence::measured);
  CHECK(find_chip("M6")->dispatch_seconds->value == Approx(175e-6));  // of 100 to 250 us
}

TEST_CASE("the chip of the placement study is the default") {
  CHECK(default_chip().name == "M4");
  CHECK(default_chip().hardware == "H16g");
}

}  // namespace
}  // namespace anemon::models
