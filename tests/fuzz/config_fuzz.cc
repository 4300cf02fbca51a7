// Any bytes as a configuration: either refused with lines that are safe to print, or accepted and
// then shown as YAML that means the same.
#include <cstdint>
#include <cstdlib>

#include "config/loader.h"
#include "config/show.h"
#include "config/yaml_tree.h"
#include "tests/unit/config/test_collectors.h"

using namespace anemon;

namespace {

void require(bool promise) {
  if (!promise) std::abort();
}

// UTF-8 without control characters, which parse_yaml demands of any text, on one line.
bool is_safe_line(const std::string& line) {
  parse_yaml("# " + line);
  return line.starts_with("a.yaml:") && line.find_first_of("\n\r\t") == std::string::npos &&
         line.size() < 2000;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  try {
    const std::string shown = to_yaml(parse_config(text, "a.yaml", test::kCollectors));
    require(to_yaml(parse_config(shown, "shown", test::kCollectors)) == shown);
  } catch (const ConfigError& error) {
    require(!error.problems().empty());
    for (const std::string& line : error.problems()) require(is_safe_line(line));
  }
  return 0;
}
