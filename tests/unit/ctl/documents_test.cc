// What is generated from the command table: docs/cli.md and the completion scripts.
#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>

#include "ctl/help.h"
#include "tests/catch.h"
#include "tests/scratch_directory.h"
#include "tests/unit/ctl/ctl_run.h"

namespace anemon::test {
namespace {

TEST_CASE("docs/cli.md says what the command table says; ANEMON_GOLDEN=write rewrites it") {
  const auto path = std::filesystem::path(__FILE__).parent_path() / "../../../docs/cli.md";
  const char* mode = std::getenv("ANEMON_GOLDEN");
  if (mode != nullptr && std::string(mode) == "write") {
    std::ofstream(path, std::ios::binary) << cli_reference();
  }
  std::ifstream file(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  CHECK(text == cli_reference());
}

// Feeds `script` to `command`; its exit status and output.
std::pair<int, std::string> feed(const std::string& command, const std::string& script) {
  const ScratchDirectory scratch;
  const std::filesystem::path& folder = scratch.path();
  std::ofstream(folder / "script") << script;
  FILE* pipe = popen((command + " " + (folder / "script").string() + " 2>&1").c_str(), "r");
  std::string output;
  std::array<char, 4096> buffer{};
  while (const size_t got = fread(buffer.data(), 1, buffer.size(), pipe)) {
    output.append(buffer.data(), got);
  }
  const int status = pclose(pipe);
  return {status, output};
}

std::string script(const std::string& shell) {
  const CtlResult result = run_ctl({"completion", shell}, {});
  REQUIRE(result.exit_code == 0);
  return result.out;
}

TEST_CASE("shells accept the completion scripts") {
  for (const std::string shell : {"bash", "zsh", "fish"}) {
    const std::string text = script(shell);
    CHECK_FALSE(text.empty());
    if (std::system(("command -v " + shell + " >/dev/null").c_str()) != 0) continue;
    const auto [status, output] = feed(shell + " -n", text);
    INFO(output);
    CHECK(status == 0);
  }
}

TEST_CASE("bash completes commands, options, their values and metrics") {
  const std::string load = script("bash");
  const auto complete = [&](const std::string& words) {
    return feed("bash", load + "\nCOMP_WORDS=(anemonctl " + words +
                            ")\nCOMP_CWORD=$((${#COMP_WORDS[@]}-1))\n_anemonctl\n"
                            "echo \"${COMPREPLY[@]}\"\n")
        .second;
  };
  CHECK(complete("sta") == "status\n");
  CHECK(complete("sessions st") == "start stop\n");
  CHECK(complete("sessions start --max") == "--max-duration\n");
  CHECK(complete("status -o js") == "json\n");
  CHECK(complete("sessions export last --format tr") == "trace\n");
  CHECK(complete("watch anemon_low") == "anemon_low_power_mode\n");
  CHECK(complete("completion z") == "zsh\n");
  CHECK(complete("model in") == "inspect\n");
  CHECK(complete("model cost --chip A17") == "A17Pro\n");
}

}  // namespace
}  // namespace anemon::test
