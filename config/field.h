// The kinds of values that the configuration holds. Each knows where its value lives in Config,
// what it accepts, and how it is read from YAML, printed back and described to people.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "config/config.h"
#include "config/yaml_tree.h"

namespace anemon {

// A member of Config. For the members of a collector its name is given, and it has an entry.
template <class T>
struct Access {
  const T& (*get)(const Config&, std::string_view collector);
  T& (*set)(Config&, std::string_view collector);
};

struct NumberField {
  Access<uint32_t> at;
  uint32_t min, max;
};
struct SizeField {
  Access<uint64_t> at;
  uint64_t min, max;
};
struct DurationField {
  Access<Duration> at;
  Duration min, max;
};
struct BooleanField {
  Access<bool> at;
};
struct TextField {
  Access<std::string> at;
};
struct ListenField {
  Access<std::string> at;
};
struct PathField {
  Access<std::filesystem::path> at;
  size_t max_length;
  bool may_be_empty;
};
struct ModeField {
  Access<mode_t> at;
};
struct TextListField {
  Access<std::vector<std::string>> at;
  size_t max_items;
};
struct PidListField {
  Access<std::vector<pid_t>> at;
  size_t max_items;
};
struct UidListField {
  Access<std::vector<uid_t>> at;
  size_t max_items;
};
struct ChoiceField {
  std::span<const std::string_view> names;
  size_t (*get)(const Config&);
  void (*set)(Config&, size_t index);
};

using Field =
    std::variant<NumberField, SizeField, DurationField, BooleanField, TextField, ListenField,
                 PathField, ModeField, TextListField, PidListField, UidListField, ChoiceField>;

// Reads the node into its member. Throws PositionedError when the type or the range is wrong; the
// reason does not name the key.
void read_field(const Field& field, const YamlNode& node, Config& config,
                std::string_view collector);

// The member's value as YAML on one line, which read_field reads back.
std::string print_field(const Field& field, const Config& config, std::string_view collector);

// What the field accepts, for people: "duration, 1ms to 1h".
std::string describe_field(const Field& field);

}  // namespace anemon
