#include "profiler/runner/runner_command.h"

#include <dlfcn.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <system_error>

#include "core/error.h"
#include "platform/executable_path.h"
#include "profiler/runner/run_failure.h"

namespace anemon::profiler {
namespace {

namespace fs = std::filesystem;

constexpr const char* kProgram = "anemon-runner";

fs::path resolved(const fs::path& path) {
  std::error_code error;
  const fs::path real = fs::canonical(path, error);
  return error ? path : real;
}

fs::path library_path() {
  Dl_info info{};
  const bool found = ::dladdr(reinterpret_cast<const void*>(&command_words), &info) != 0;
  return found && info.dli_fname != nullptr ? resolved(info.dli_fname) : fs::path();
}

bool is_program(const fs::path& path) {
  std::error_code error;
  return fs::is_regular_file(path, error) && ::access(path.c_str(), X_OK) == 0;
}

}  // namespace

std::vector<fs::path> runner_places() {
  std::vector<fs::path> places;
  const fs::path program = resolved(executable_path());
  if (!program.empty()) places.push_back(program.parent_path());
  const fs::path library = library_path();
  if (!library.empty()) {
    places.push_back(library.parent_path());
    places.push_back(library.parent_path().parent_path() / "bin");
  }
  const char* path = std::getenv("PATH");
  std::string_view rest = path != nullptr ? path : "";
  while (!rest.empty()) {
    const size_t colon = std::min(rest.find(':'), rest.size());
    if (colon > 0) places.emplace_back(rest.substr(0, colon));
    rest.remove_prefix(std::min(colon + 1, rest.size()));
  }
  return places;
}

std::vector<std::string> command_words(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  bool open = false;  // a word has begun, if only by an empty pair of quotes
  char quote = 0;
  for (const char each : text) {
    if (quote != 0) {
      if (each == quote) {
        quote = 0;
      } else {
        word += each;
      }
    } else if (each == '\'' || each == '"') {
      quote = each;
      open = true;
    } else if (each == ' ' || each == '\t') {
      if (open) words.push_back(std::move(word));
      word.clear();
      open = false;
    } else {
      word += each;
      open = true;
    }
  }
  if (quote != 0) throw Error("the command of the runner has a quote without end");
  if (open) words.push_back(std::move(word));
  return words;
}

std::vector<std::string> runner_command(std::string_view given,
                                        const std::vector<fs::path>& places) {
  const std::vector<std::string> words = command_words(given);
  if (!words.empty()) return words;
  for (const fs::path& place : places) {
    if (is_program(place / kProgram)) return {(place / kProgram).string()};
  }
  throw RunFailure({RunOutcome::not_found, RunPhase::start, {}, {}, {}},
                   "no anemon-runner beside this program or on PATH",
                   "install anemon's programs together, or give --runner");
}

}  // namespace anemon::profiler
