// Any bytes as a trace, compressed or not: either refused with a line and column, or accepted and
// then written as a trace that says the same.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "core/error.h"
#include "platform/trace_reader.h"
#include "platform/trace_writer.h"
#include "tests/scratch_directory.h"

using namespace anemon;

namespace {

void require(bool promise) {
  if (!promise) std::abort();
}

std::string text_of(const std::filesystem::path& file) {
  std::string all;
  LineStream lines(file);
  for (std::string_view line; lines.next(line);) (all += line) += '\n';
  return all;
}

// What is kept of a trace: what this version knows.
std::filesystem::path rewrite(const std::filesystem::path& from, const std::filesystem::path& to) {
  TraceReader reader(from);
  TraceWriter writer(to, reader.header());
  for (TraceRecord record; reader.next(record);) {
    if (!std::holds_alternative<TraceOther>(record.data)) writer.write(record);
  }
  writer.close();
  return to;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const anemon::test::ScratchDirectory scratch;
  const auto input = scratch / "input";
  std::FILE* file = std::fopen(input.c_str(), "wb");
  require(file != nullptr && std::fwrite(data, 1, size, file) == size);
  std::fclose(file);
  try {
    const auto once = rewrite(input, scratch / "once.jsonl");
    const auto twice = rewrite(once, scratch / "twice.jsonl.gz");
    require(text_of(once) == text_of(twice));
  } catch (const Error& error) {
    const std::string message = error.what();
    const std::string place = message.substr(std::min(input.string().size(), message.size()));
    size_t line = 0, column = 0;
    require(std::sscanf(place.c_str(), ":%zu:%zu: ", &line, &column) == 2);
    require(message.starts_with(input.string()) && line > 0 && column > 0);
  }
  return 0;
}
