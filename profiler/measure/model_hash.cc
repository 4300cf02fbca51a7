#include "profiler/measure/model_hash.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "core/error.h"
#include "platform/file_digest.h"

namespace anemon::profiler {
namespace {

namespace fs = std::filesystem;

std::string digest_of(const fs::path& file) {
  FileDigest digest;
  digest.add_file(file);
  return digest.hex();
}

// Paths below `folder`, in the byte order of their text.
std::vector<std::string> files_below(const fs::path& folder) {
  std::vector<std::string> paths;
  std::error_code error;
  auto entry = fs::recursive_directory_iterator(folder, error);
  for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    if (entry->path().filename().string().starts_with('.')) {
      entry.disable_recursion_pending();
    } else if (std::error_code ignored; entry->is_regular_file(ignored)) {
      paths.push_back(entry->path().lexically_relative(folder).string());
    }
  }
  if (error) throw Error(fmt::format("{}: {}", folder.string(), error.message()));
  std::ranges::sort(paths);
  return paths;
}

}  // namespace

std::string model_hash(const fs::path& model) {
  if (!fs::is_directory(model)) return digest_of(model);
  FileDigest list;
  for (const std::string& path : files_below(model)) {
    list.add(fmt::format("{}  {}\n", digest_of(model / path), path));
  }
  return list.hex();
}

}  // namespace anemon::profiler
