#include "models/read/package.h"

#include <nlohmann/json.hpp>
#include <system_error>

#include "core/utf8.h"
#include "models/read/inside_folder.h"
#include "models/read/mlmodel.h"
#include "platform/mapped_file.h"

namespace anemon::models {
namespace {

constexpr size_t kManifestBytes = 1 << 20;
constexpr int kManifestDepth = 16;
constexpr const char* kUsualPath = "com.apple.CoreML/model.mlmodel";

nlohmann::json parse(std::string_view text) {
  bool too_deep = false;
  const auto watch = [&](int depth, nlohmann::json::parse_event_t, nlohmann::json&) {
    too_deep = too_deep || depth > kManifestDepth;
    return !too_deep;
  };
  nlohmann::json json = nlohmann::json::parse(text, watch, /*allow_exceptions=*/false);
  if (too_deep) throw Error("the manifest is nested too deep");
  if (!json.is_object()) throw Error("the manifest is no JSON object");
  return json;
}

const std::string* text_at(const nlohmann::json& object, const char* key) {
  const auto found = object.find(key);
  return found == object.end() ? nullptr : found->get_ptr<const nlohmann::json::string_t*>();
}

}  // namespace

std::string root_model_path(std::string_view manifest) {
  if (manifest.size() > kManifestBytes) throw Error("the manifest is longer than 1 MiB");
  const nlohmann::json json = parse(manifest);
  const std::string* identifier = text_at(json, "rootModelIdentifier");
  if (identifier == nullptr) throw Error("the manifest names no root model");
  const auto items = json.find("itemInfoEntries");
  const auto item =
      items == json.end() || !items->is_object() ? json.end() : items->find(*identifier);
  const bool listed = items != json.end() && items->is_object() && item != items->end();
  const std::string* path = listed && item->is_object() ? text_at(*item, "path") : nullptr;
  if (path == nullptr) {
    throw Error("the manifest has no path for its root model " + to_clean_utf8(*identifier, 100));
  }
  return *path;
}

uint64_t bytes_below(const std::filesystem::path& folder) {
  uint64_t bytes = 0;
  std::error_code error;
  for (auto entry = std::filesystem::recursive_directory_iterator(folder, error);
       !error && entry != std::filesystem::recursive_directory_iterator(); entry.increment(error)) {
    std::error_code vanished;
    if (!entry->is_symlink(vanished) && entry->is_regular_file(vanished)) {
      const uint64_t size = entry->file_size(vanished);
      if (!vanished) bytes += size;
    }
  }
  return bytes;
}

Model read_package(const std::filesystem::path& package, const ReadLimits& limits) {
  const std::filesystem::path manifest = package / "Manifest.json";
  const bool listed = std::filesystem::exists(manifest);
  std::string path = kUsualPath;
  if (listed) {
    const MappedFile file(inside_folder(package, "Manifest.json", package));
    path =
        root_model_path({reinterpret_cast<const char*>(file.bytes().data()), file.bytes().size()});
  }
  const std::string shown = to_clean_utf8(path, 200);
  std::filesystem::path root;
  try {
    root = inside_folder(package / "Data", path, package);
  } catch (const OutsideFolder& error) {
    throw Error("its root model \"" + shown + "\": " + error.what());
  }
  if (!std::filesystem::exists(root)) throw Error("its root model Data/" + shown + " is not there");
  Model model = read_mlmodel(root, package, limits);
  if (!listed) {
    model.oddities.insert(
        model.oddities.begin(),
        {Oddity::Kind::no_manifest, "the package has no Manifest.json; read is Data/" + shown, ""});
  }
  model.stored_bytes = bytes_below(package);
  return model;
}

}  // namespace anemon::models
