#include "models/read/bounded_json.h"

#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/utf8.h"
#include "platform/mapped_file.h"

namespace anemon::models {
namespace {

constexpr int kDeepest = 32;
constexpr size_t kMostElements = 1'000'000;  // in memory up to 27 times what they take in the file
constexpr size_t kElementsPerValue = 8;
constexpr size_t kTextBytes = 100'000;

}  // namespace

nlohmann::json read_bounded_json(const std::filesystem::path& file, size_t max_bytes,
                                 Budget& budget) {
  const MappedFile mapped(file);
  const std::span<const std::byte> bytes = mapped.bytes();
  const std::string where = file.string() + ": ";
  if (bytes.size() > max_bytes) {
    throw Error(where + std::to_string(bytes.size()) + " bytes are more than are read");
  }
  const auto* begin = reinterpret_cast<const char*>(bytes.data());
  size_t elements = 0;
  const auto hold = [&](int depth, nlohmann::json::parse_event_t event, nlohmann::json&) {
    using Event = nlohmann::json::parse_event_t;
    if (depth > kDeepest) throw Error(where + "nested deeper than is read");
    if (event != Event::value && event != Event::object_start && event != Event::array_start) {
      return true;
    }
    // Elements are gone once the file is read, values stay.
    if (elements++ % kElementsPerValue == 0) budget.take_values();
    if (elements > kMostElements) throw Error(where + "has more elements than are read");
    return true;
  };
  try {
    return nlohmann::json::parse(begin, begin + bytes.size(), hold);
  } catch (const nlohmann::json::exception& error) {
    throw Error(where + "no JSON: " + to_clean_utf8(error.what(), 200));
  }
}

std::string json_text(const nlohmann::json& object, const char* key) {
  if (!object.is_object()) return {};
  const auto member = object.find(key);
  if (member == object.end()) return {};
  if (member->is_string()) {
    return to_clean_utf8(member->get_ref<const std::string&>(), kTextBytes, " ");
  }
  if (member->is_boolean()) return member->get<bool>() ? "1" : "0";
  return member->is_number() ? member->dump() : std::string();
}

const std::vector<nlohmann::json>& json_array(const nlohmann::json& object, const char* key) {
  static const std::vector<nlohmann::json> kNone;
  if (!object.is_object()) return kNone;
  const auto member = object.find(key);
  if (member == object.end() || !member->is_array()) return kNone;
  return member->get_ref<const nlohmann::json::array_t&>();
}

}  // namespace anemon::models
