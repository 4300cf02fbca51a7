#include "models/read/weight_file.h"

#include <algorithm>
#include <cstring>
#include <iterator>
#include <string_view>
#include <utility>

#include "core/utf8.h"
#include "models/read/foreign_format.h"
#include "models/read/inside_folder.h"

namespace anemon::models {
namespace {

constexpr uint64_t kAlignment = 64;  // of metadata and data, and the size of header and metadata
constexpr uint32_t kVersion = 2;
constexpr uint32_t kSentinel = 0xDEADBEEF;
constexpr std::string_view kModelPath = "@model_path/";
constexpr size_t kNameBytes = 1000;
constexpr size_t kMostFiles = 1000;  // of one model, whether they can be opened or not

template <typename T>
T load(Bytes file, uint64_t at) {
  T value;
  std::memcpy(&value, file.data() + at, sizeof value);
  return value;
}

uint64_t aligned(uint64_t offset) { return (offset + kAlignment - 1) / kAlignment * kAlignment; }

std::string shown(const std::string& file) { return to_clean_utf8(file, 200); }

// Why one file must not be asked for by this name; empty: it may.
std::string refusal(std::string_view name) {
  if (name.size() > kNameBytes) {
    return "the name is longer than " + std::to_string(kNameBytes) + " bytes";
  }
  if (!name.starts_with(kModelPath)) return "it is not below @model_path";
  for (std::string_view rest = name.substr(kModelPath.size());;) {
    const size_t slash = rest.find('/');
    const std::string_view part = rest.substr(0, slash);
    if (part.empty() || part == ".") return "a part of the path is empty or \".\"";
    if (slash == std::string_view::npos) return {};
    rest.remove_prefix(slash + 1);
  }
}

std::string at(uint64_t offset) { return "the blob at " + std::to_string(offset) + " "; }

// Programs written before 2024 have garbage in `padding`: it counts for sub-byte types only.
void check_size(uint64_t offset, uint64_t size, uint64_t padding, const TensorType& type) {
  const unsigned bits = bits_of(type.dtype);
  if (bits < 8 && padding >= 8) throw Error(at(offset) + "has an impossible padding");
  const std::optional<uint64_t> expected = packed_bytes(type);
  if (expected && *expected != size) {
    throw Error(at(offset) + "has " + std::to_string(size) + " bytes, " + to_text(type) +
                " takes " + std::to_string(*expected));
  }
  const std::optional<uint64_t> count = element_count(type);
  if (bits < 8 && count && padding != 8 * size - *count * bits) {
    throw Error(at(offset) + "has another padding than " + to_text(type) + " takes");
  }
}

}  // namespace

void check_weight_header(Bytes file) {
  if (file.size() < kAlignment) {
    throw Error("it has " + std::to_string(file.size()) + " bytes, a weight file at least 64");
  }
  const auto version = load<uint32_t>(file, 4);
  if (version != kVersion) {
    throw Error("it is no weight file of version 2 (its version is " + std::to_string(version) +
                ")");
  }
}

Blob blob_at(Bytes file, uint64_t offset, const TensorType& type) {
  if (offset % kAlignment != 0 || offset == 0) {
    throw Error(at(offset) + "is not where a blob can begin");
  }
  if (offset > file.size() || file.size() - offset < kAlignment) {
    throw Error(at(offset) + "is beyond the end of the file, " + std::to_string(file.size()));
  }
  if (load<uint32_t>(file, offset) != kSentinel) throw Error(at(offset) + "has no sentinel");
  const auto dtype = data_type_of_blob(load<uint32_t>(file, offset + 4));
  const auto size = load<uint64_t>(file, offset + 8);
  const auto data = load<uint64_t>(file, offset + 16);
  if (dtype == DataType::unknown) throw Error(at(offset) + "has elements of an unknown type");
  if (data % kAlignment != 0 || data < offset + kAlignment) {
    throw Error(at(offset) + "has its data at " + std::to_string(data) + ", where none can be");
  }
  if (data > file.size() || size > file.size() - data) {
    throw Error(at(offset) + "has data beyond the end of the file: " + std::to_string(size) +
                " bytes from " + std::to_string(data) + ", the file has " +
                std::to_string(file.size()));
  }
  if (dtype != type.dtype) {
    throw Error(at(offset) + "has elements of " + std::string(name_of(dtype)) +
                ", the model says " + std::string(name_of(type.dtype)));
  }
  check_size(offset, size, load<uint64_t>(file, offset + 24), type);
  return {dtype, file.subspan(static_cast<size_t>(data), static_cast<size_t>(size))};
}

WeightFiles::WeightFiles(std::filesystem::path folder, const std::filesystem::path& root)
    : folder_(std::move(folder)), root_(root) {}

void WeightFiles::open(const std::string& name, Opened& opened) {
  const auto missing = [&](const std::string& why) {
    oddities_.note(Oddity::Kind::weights_missing, name,
                   "weights: missing: " + shown(name) + ": " + why);
  };
  if (folder_.empty()) return missing("there is no file beside these bytes");
  std::filesystem::path path;
  try {
    path = inside_folder(folder_, name.substr(kModelPath.size()), root_);
    if (!std::filesystem::exists(path)) return missing("there is no such file");
    auto file = std::make_shared<const MappedFile>(path);
    if (is_lfs_pointer(file->bytes())) return missing("it is a Git LFS pointer, not the weights");
    check_weight_header(file->bytes());
    opened.blobs = load<uint32_t>(file->bytes(), 0);
    files_.push_back(file);
    opened.file = std::move(file);
  } catch (const OutsideFolder& error) {
    missing(error.what());
  } catch (const std::exception& error) {
    oddities_.note(Oddity::Kind::weights_damaged, name,
                   "weights: damaged: " + shown(name) + ": " + error.what());
  }
}

WeightFiles::Opened* WeightFiles::open(const std::string& name) {
  if (const auto known = opened_.find(name); known != opened_.end()) return &known->second;
  std::string why = refusal(name);
  if (why.empty() && opened_.size() >= kMostFiles) {
    why = "the model names more than " + std::to_string(kMostFiles) + " weight files";
  }
  if (!why.empty()) {
    oddities_.note(Oddity::Kind::weights_missing, why,
                   "weights: missing: " + shown(name) + ": " + why);
    return nullptr;
  }
  Opened& opened = opened_[name];
  open(name, opened);
  return &opened;
}

MappedFiles WeightFiles::files() const {
  return std::make_shared<const std::vector<std::shared_ptr<const MappedFile>>>(files_);
}

Constant WeightFiles::constant(BlobPlace place, TensorType type, const std::string& operation) {
  Constant constant;
  Opened* opened = open(place.file);
  const auto damaged = [&](const std::string& group, const std::string& why) {
    oddities_.note(Oddity::Kind::weights_damaged, place.file + group,
                   "weights: damaged: " + shown(place.file) + ": " + why, operation);
  };
  if (opened != nullptr && opened->file) {
    try {
      constant.data = blob_at(opened->file->bytes(), place.offset, type).data;
      const auto end = static_cast<uint64_t>(constant.data.data() + constant.data.size() -
                                             opened->file->bytes().data());
      const auto [blob, added] = opened->used.emplace(place.offset, aligned(end));
      const auto next = std::next(blob);
      if ((blob != opened->used.begin() && std::prev(blob)->second > place.offset) ||
          (next != opened->used.end() && next->first < blob->second)) {
        damaged(" overlap", at(place.offset) + "overlaps another");
      }
      if (added && opened->used.size() == uint64_t{opened->blobs} + 1) {
        damaged(" count", "the model uses more than the " + std::to_string(opened->blobs) +
                              " blobs that its header counts");
      }
    } catch (const Error& error) {
      damaged(" blob", error.what());
    }
  }
  constant.missing = constant.data.data() == nullptr;
  constant.type = std::move(type);
  constant.blob = std::move(place);
  return constant;
}

std::vector<Oddity> WeightFiles::take_oddities() { return oddities_.take(); }

}  // namespace anemon::models
