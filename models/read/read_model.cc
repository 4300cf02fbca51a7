#include "models/read/read_model.h"

#include <system_error>

#include "core/error.h"
#include "models/read/compiled.h"
#include "models/read/mlmodel.h"
#include "models/read/package.h"
#include "platform/mapped_file.h"

namespace anemon::models {
namespace {

bool is_package(const std::filesystem::path& folder) {
  return std::filesystem::exists(folder / "Manifest.json") ||
         std::filesystem::is_directory(folder / "Data");
}

Model read_file(const std::filesystem::path& file, const ReadLimits& limits) {
  Model model = read_mlmodel(file, file.has_parent_path() ? file.parent_path() : ".", limits);
  model.container = "mlmodel";
  for (const auto& mapped : *model.files) model.stored_bytes += mapped->bytes().size();
  return model;
}

Model read_folder(const std::filesystem::path& folder, const ReadLimits& limits) {
  if (is_compiled(folder)) return read_compiled(folder, limits);
  if (!is_package(folder)) {
    throw Error("it is a folder, but neither a package nor a compiled model");
  }
  Model model = read_package(folder, limits);
  model.container = "mlpackage";
  return model;
}

// "X.mlpackage" of "here/X.mlpackage/", too.
std::string last_name(const std::filesystem::path& path) {
  return path.has_filename() ? path.filename().string() : path.parent_path().filename().string();
}

}  // namespace

Model read_model(const std::filesystem::path& path, const ReadLimits& limits) {
  std::error_code error;
  const std::filesystem::file_status status = std::filesystem::status(path, error);
  if (!std::filesystem::exists(status)) {
    throw Error("cannot read " + path.string() + ": " + error.message());
  }
  try {
    Model model =
        std::filesystem::is_directory(status) ? read_folder(path, limits) : read_file(path, limits);
    model.path = path;
    model.name = last_name(path);
    return model;
  } catch (const Error& failure) {
    const std::string why = failure.what();
    if (why.find(path.string()) != std::string::npos) throw;
    throw Error("cannot read " + path.string() + ": " + why, failure.hint());
  } catch (const std::filesystem::filesystem_error& failure) {
    throw Error("cannot read " + path.string() + ": " + failure.code().message());
  }
}

}  // namespace anemon::models
