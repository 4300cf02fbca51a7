// The real anemonctl over every real and every damaged model.
#include <algorithm>
#include <string>
#include <vector>

#include "tests/catch.h"
#include "tests/conformance/model_data.h"
#include "tests/unit/ctl/ctl_run.h"

namespace anemon::test {
namespace {

std::vector<std::filesystem::path> models_in(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

// Neither a signal nor an error of the program itself.
void check_sane(const CtlResult& result) {
  CHECK((result.exit_code == 0 || result.exit_code == 1));
  const auto controls = [](char c) {
    return static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t';
  };
  CHECK(std::ranges::none_of(result.out, controls));
  CHECK(std::ranges::none_of(result.err, controls));
  for (const char* wrong : {"nan", "inf", "-nan", "-inf"}) {
    CHECK(result.out.find(std::string(": ") + wrong + ",") == std::string::npos);
    CHECK(result.out.find(std::string(",") + wrong + ",") == std::string::npos);
  }
}

TEST_CASE("every subcommand says something about every model, in every format") {
  const auto data = model_data();
  if (!data) return;
  for (const char* folder : {"coreml", "synthetic"}) {
    for (const auto& file : models_in(*data / folder)) {
      for (const std::string verb : {"inspect", "cost", "place", "validate", "recommend"}) {
        for (const std::string format : {"table", "json", "csv", "markdown"}) {
          CAPTURE(file, verb, format);
          const CtlResult result = run_ctl({"model", verb, "-o", format, file.string()}, {});
          check_sane(result);
          CHECK_FALSE(result.out.empty());
        }
      }
      CAPTURE(file);
      const CtlResult chips = run_ctl({"model", "cost", "--all-chips", file.string()}, {});
      check_sane(chips);
      const CtlResult same =
          run_ctl({"model", "diff", "-o", "json", file.string(), file.string()}, {});
      check_sane(same);
      // null where weights that are missing could not be compared.
      CHECK(same.out.find("\"same\": false") == std::string::npos);
      CHECK_THAT(same.out, ANEMON_CONTAINS("\"same\": "));
    }
  }
}

TEST_CASE("every damaged model is explained in one line") {
  const auto data = model_data();
  if (!data) return;
  for (const auto& file : models_in(*data / "bad")) {
    for (const std::string verb : {"inspect", "cost", "place", "validate", "recommend"}) {
      for (const std::string format : {"table", "json", "csv", "markdown"}) {
        CAPTURE(file, verb, format);
        const CtlResult result = run_ctl({"model", verb, "-o", format, file.string()}, {});
        check_sane(result);
        CHECK(result.exit_code == 1);
        CHECK(std::ranges::count(result.err, '\n') == 1);
        CHECK(result.err.starts_with("anemonctl: model " + verb + ": "));
        CHECK_THAT(result.err, ANEMON_CONTAINS(file.string()));
      }
    }
  }
}

TEST_CASE("one bad file does not keep the others from being read") {
  const auto data = model_data();
  if (!data) return;
  const std::string bad = (*data / "bad" / "empty.mlmodel").string();
  const std::string good = (*data / "coreml" / "identity.mlmodel").string();
  const CtlResult result = run_ctl({"model", "inspect", bad, good, "-o", "csv"}, {});
  CHECK(result.exit_code == 1);
  CHECK_THAT(result.out, ANEMON_CONTAINS(good));
}

}  // namespace
}  // namespace anemon::test
