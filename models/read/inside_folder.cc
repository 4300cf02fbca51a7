#include "models/read/inside_folder.h"

#include <algorithm>
#include <system_error>

namespace anemon::models {
namespace {

std::filesystem::path real_path(const std::filesystem::path& path) {
  std::error_code error;
  std::filesystem::path result = std::filesystem::weakly_canonical(path, error);
  if (error) throw OutsideFolder("cannot tell where it leads: " + error.message());
  return result;
}

}  // namespace

std::filesystem::path inside_folder(const std::filesystem::path& folder,
                                    const std::string& relative,
                                    const std::filesystem::path& root) {
  const std::filesystem::path wanted(relative);
  if (relative.empty() || wanted.is_absolute() || relative.find('\0') != std::string::npos) {
    throw OutsideFolder("the path is not relative to the model");
  }
  if (std::find(wanted.begin(), wanted.end(), "..") != wanted.end()) {
    throw OutsideFolder("the path leads out of the model");
  }
  const std::filesystem::path path = folder / wanted;
  const std::filesystem::path real = real_path(path);
  const std::filesystem::path real_root = real_path(root);
  const auto end = std::mismatch(real_root.begin(), real_root.end(), real.begin(), real.end());
  if (end.first != real_root.end()) {
    throw OutsideFolder("a symbolic link leads out of the model");
  }
  return path;
}

}  // namespace anemon::models
