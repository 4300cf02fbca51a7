// Any bytes as the Manifest.json of a package: either refused, or a path to the root model, which
// is refused in turn unless it lies inside the package.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "models/read/inside_folder.h"
#include "models/read/package.h"
#include "tests/scratch_directory.h"

using namespace anemon;
using namespace anemon::models;

namespace {

void require(bool promise) {
  if (!promise) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const anemon::test::ScratchDirectory package;
  try {
    const std::string path = root_model_path({reinterpret_cast<const char*>(data), size});
    const std::string inside =
        std::filesystem::weakly_canonical(inside_folder(package.path(), path, package.path()));
    require(inside.starts_with(std::filesystem::canonical(package.path()).string()));
  } catch (const Error& error) {
    require(std::string(error.what()).find('\n') == std::string::npos);
  } catch (const std::filesystem::filesystem_error&) {  // a name that no file can have
  }
  return 0;
}
