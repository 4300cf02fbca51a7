#include "models/read/compiled_container.h"

#include <cstring>

#include "core/utf8.h"
#include "platform/mapped_file.h"

namespace anemon::models {
namespace {

constexpr size_t kNameBytes = 1000;

class Cursor {
 public:
  Cursor(Bytes bytes, const std::filesystem::path& file) : rest_(bytes), file_(file) {}

  template <typename T>
  T number() {
    const Bytes raw = take(sizeof(T));
    T value;
    std::memcpy(&value, raw.data(), sizeof(T));
    return value;
  }
  Bytes counted() { return take(number<uint64_t>()); }

  Bytes take(uint64_t size) {
    if (size > rest_.size()) {
      throw Error(file_.string() + ": " + std::to_string(size) + " bytes wanted where " +
                  std::to_string(rest_.size()) + " are left");
    }
    const Bytes taken = rest_.first(static_cast<size_t>(size));
    rest_ = rest_.subspan(static_cast<size_t>(size));
    return taken;
  }

 private:
  Bytes rest_;
  const std::filesystem::path& file_;
};

}  // namespace

CompiledContainer read_compiled_container(const std::filesystem::path& file, Budget& budget,
                                          OddityLog& oddities) {
  const MappedFile mapped(file);
  Cursor cursor(mapped.bytes(), file);
  CompiledContainer container;
  container.kind = cursor.number<uint32_t>();
  cursor.take(24);
  cursor.counted();
  container.specification_version = static_cast<int>(cursor.number<uint32_t>() & 0xFFFF);
  cursor.take(28);
  const Bytes description = cursor.counted();
  try {
    read_description(description, container.description, budget, oddities);
  } catch (const WireError& error) {
    throw Error(file.string() + ": " + error.what());
  }
  return container;
}

std::vector<std::string> read_compiled_names(const std::filesystem::path& file, Budget& budget) {
  const MappedFile mapped(file);
  Cursor cursor(mapped.bytes(), file);
  std::vector<std::string> names;
  for (auto left = cursor.number<uint64_t>(); left > 0; --left) {
    budget.take_values();
    const Bytes name = cursor.counted();
    names.push_back(
        to_clean_utf8({reinterpret_cast<const char*>(name.data()), name.size()}, kNameBytes));
  }
  return names;
}

}  // namespace anemon::models
