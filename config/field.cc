#include "config/field.h"

#include <algorithm>
#include <optional>

#include "config/byte_size.h"
#include "core/duration.h"
#include "core/edit_distance.h"
#include "core/listen_address.h"

namespace anemon {
namespace {

constexpr size_t kMaxText = 255;
constexpr int64_t kMaxPid = 4'194'304;      // PID_MAX_LIMIT of 64-bit Linux; macOS stays below
constexpr int64_t kMaxUid = 4'294'967'294;  // the last one means "unchanged" to the system

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool all_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

[[noreturn]] void refuse(const YamlNode& node, const std::string& reason) {
  throw PositionedError(node.position, reason);
}

[[noreturn]] void refuse_range(const YamlNode& node, const std::string& min,
                               const std::string& max) {
  refuse(node, quote(node.text) + " is out of range; it takes " + min + " to " + max);
}

const std::string& scalar(const YamlNode& node, std::string_view wanted) {
  if (node.kind != YamlNode::Kind::scalar) {
    refuse(node, std::string(node.kind == YamlNode::Kind::mapping ? "a mapping" : "a list") +
                     " is not " + std::string(wanted));
  }
  return node.text;
}

const std::string& text_of(const YamlNode& node, std::string_view wanted) {
  const std::string& text = scalar(node, wanted);
  if (text.size() > kMaxText) {
    refuse(node, quote(text) + " is longer than " + std::to_string(kMaxText) + " bytes");
  }
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
  if (std::any_of(text.begin(), text.end(), is_control)) {
    refuse(node, quote(text) + " contains a line break or another control character");
  }
  return text;
}

int64_t whole_number(const YamlNode& node, int64_t min, int64_t max) {
  const std::string& text = scalar(node, "a whole number");
  if (node.quoted && all_digits(text)) {
    refuse(node, quote(text) + " is text, not a number; remove the quotes");
  }
  const bool negative = text.starts_with('-');
  const std::string_view digits = std::string_view(text).substr(negative ? 1 : 0);
  if (node.quoted || !all_digits(digits)) {
    refuse(node, quote(text) + " is not a whole number in decimal");
  }
  if (digits.size() > 1 && digits.front() == '0') {
    refuse(node, quote(text) + " could mean octal; write it without the leading zero");
  }
  const bool fits = !negative && digits.size() <= 18;
  const int64_t number = fits ? std::stoll(text) : -1;
  if (number < min || number > max) refuse_range(node, std::to_string(min), std::to_string(max));
  return number;
}

// A near miss of the choices, or all of them when nothing is near.
std::string suggestion(std::string_view text, std::span<const std::string_view> names) {
  const std::string_view nearest = nearest_name(text, names);
  if (!nearest.empty()) return "; did you mean \"" + std::string(nearest) + "\"?";
  std::string all = "; it takes ";
  for (size_t i = 0; i < names.size(); ++i) {
    all += (i == 0 ? "" : i + 1 == names.size() ? " or " : ", ") + std::string(names[i]);
  }
  return all;
}

// YAML that every reader takes for this text: bare if it cannot be anything else.
std::string yaml_text(std::string_view text) {
  static constexpr std::string_view kWords[] = {"null", "true", "false", "yes", "no",
                                                "on",   "off",  "y",     "n"};
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  const auto safe = [&](char c) {
    return letter(c) || is_digit(c) || std::string_view("_./:-").find(c) != std::string_view::npos;
  };
  const auto is_word = [&](std::string_view word) { return edit_distance(text, word) == 0; };
  const bool begins_well = !text.empty() && (letter(text[0]) || text[0] == '/');
  if (begins_well && std::all_of(text.begin(), text.end(), safe) && text.back() != ':' &&
      std::none_of(std::begin(kWords), std::end(kWords), is_word)) {
    return std::string(text);
  }
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "\"";
}

template <class List, class Print>
std::string yaml_list(const List& list, Print print) {
  std::string text = "[";
  for (const auto& item : list) text += (text.size() > 1 ? ", " : "") + print(item);
  return text + "]";
}

// Items of a list, each read on its own so that a problem is placed at the item.
template <class Item, class ReadItem>
std::vector<Item> read_list(const YamlNode& node, size_t max_items, ReadItem read_item) {
  if (node.kind != YamlNode::Kind::sequence) {
    const std::string what =
        node.kind == YamlNode::Kind::scalar ? quote(node.text) : std::string("a mapping");
    refuse(node, what + " is not a list; write [a, b]");
  }
  if (node.items.size() > max_items) {
    refuse(node, "the list has " + std::to_string(node.items.size()) + " items; it takes at most " +
                     std::to_string(max_items));
  }
  std::vector<Item> items;
  for (const YamlNode& item : node.items) {
    if (item.kind == YamlNode::Kind::null) refuse(item, "an item of the list has no value");
    items.push_back(read_item(item));
  }
  return items;
}

uint32_t read(const NumberField& field, const YamlNode& node) {
  return static_cast<uint32_t>(whole_number(node, field.min, field.max));
}
std::string print(const NumberField&, uint32_t value) { return std::to_string(value); }
std::string describe(const NumberField& field) {
  return "number, " + std::to_string(field.min) + " to " + std::to_string(field.max);
}

uint64_t read(const SizeField& field, const YamlNode& node) {
  const std::string& text = scalar(node, "a size");
  const std::optional<uint64_t> bytes = parse_byte_size(text);
  if (!bytes) refuse(node, quote(text) + " is not a size; write bytes or a unit, as in 64MiB");
  if (*bytes < field.min || *bytes > field.max) {
    refuse_range(node, format_byte_size(field.min), format_byte_size(field.max));
  }
  return *bytes;
}
std::string print(const SizeField&, uint64_t value) { return format_byte_size(value); }
std::string describe(const SizeField& field) {
  return "size, " + format_byte_size(field.min) + " to " + format_byte_size(field.max);
}

Duration read(const DurationField& field, const YamlNode& node) {
  const std::string& text = scalar(node, "a duration");
  const std::optional<Duration> duration = parse_duration(text);
  if (!duration) {
    const std::string with_unit = text + "s";
    const bool only_unit_missing = parse_duration(with_unit) && is_digit(text.back());
    refuse(node, quote(text) + (only_unit_missing
                                    ? " has no unit; did you mean " + quote(with_unit) + "?"
                                    : " is not a duration; write a number and one of ms, s, m, h, "
                                      "d, as in 500ms"));
  }
  if (*duration < field.min || *duration > field.max) {
    refuse_range(node, format_duration(field.min), format_duration(field.max));
  }
  return *duration;
}
std::string print(const DurationField&, Duration value) { return format_duration(value); }
std::string describe(const DurationField& field) {
  return "duration, " + format_duration(field.min) + " to " + format_duration(field.max);
}

bool read(const BooleanField&, const YamlNode& node) {
  const std::string& text = scalar(node, "true or false");
  if (!node.quoted && (text == "true" || text == "True" || text == "TRUE")) return true;
  if (!node.quoted && (text == "false" || text == "False" || text == "FALSE")) return false;
  refuse(node, quote(text) + (node.quoted ? " is text; write true or false without quotes"
                                          : " is not a boolean; write true or false"));
}
std::string print(const BooleanField&, bool value) { return value ? "true" : "false"; }
std::string describe(const BooleanField&) { return "true or false"; }

std::string read(const TextField&, const YamlNode& node) { return text_of(node, "text"); }
std::string print(const TextField&, const std::string& value) { return yaml_text(value); }
std::string describe(const TextField&) { return "text"; }

std::string read(const ListenField&, const YamlNode& node) {
  const std::string& text = text_of(node, "an address");
  const std::optional<ListenAddress> address = parse_listen_address(text);
  if (!address) {
    refuse(node, quote(text) +
                     " is not HOST:PORT; write 127.0.0.1:10263, [::1]:10263 or "
                     "0.0.0.0:10263 for every interface");
  }
  return address->text();
}
std::string print(const ListenField&, const std::string& value) { return yaml_text(value); }
std::string describe(const ListenField&) { return "address, HOST:PORT"; }

std::filesystem::path read(const PathField& field, const YamlNode& node) {
  const std::string& text = text_of(node, "a path");
  if (text.empty() && field.may_be_empty) return {};
  if (!text.starts_with('/')) {
    refuse(node, quote(text) + " is not an absolute path; it has to begin with /");
  }
  if (text.size() > field.max_length) {
    refuse(node, quote(text) + " has " + std::to_string(text.size()) +
                     " bytes; the system takes at most " + std::to_string(field.max_length));
  }
  return text;
}
std::string print(const PathField&, const std::filesystem::path& value) {
  return yaml_text(value.string());
}
std::string describe(const PathField& field) {
  return field.may_be_empty ? "absolute path, or empty" : "absolute path";
}

mode_t read(const ModeField&, const YamlNode& node) {
  const std::string& text = scalar(node, "permissions");
  const bool is_octal = text.size() >= 4 && text[0] == '0' && text.size() <= 5;
  const std::string_view digits =
      is_octal ? std::string_view(text).substr(text[1] == 'o' ? 2 : 1) : std::string_view();
  const auto octal = [](char c) { return c >= '0' && c <= '7'; };
  if (digits.size() != 3 || !std::all_of(digits.begin(), digits.end(), octal)) {
    refuse(node, quote(text) + " is not an octal mode; write it as in \"0660\"");
  }
  mode_t mode = 0;
  for (const char c : digits) mode = static_cast<mode_t>(mode * 8 + static_cast<mode_t>(c - '0'));
  if ((mode & 0600) != 0600) {
    refuse(node, quote(text) + " shuts out the owner; it takes \"0600\" to \"0777\"");
  }
  return mode;
}
std::string print(const ModeField&, mode_t value) {
  std::string text = "\"0000\"";
  for (size_t i = 0; i < 3; ++i) text[4 - i] = static_cast<char>('0' + ((value >> (3 * i)) & 7));
  return text;
}
std::string describe(const ModeField&) { return "octal mode, \"0600\" to \"0777\""; }

std::vector<std::string> read(const TextListField& field, const YamlNode& node) {
  return read_list<std::string>(node, field.max_items, [](const YamlNode& item) {
    if (text_of(item, "text").empty()) refuse(item, "an item of the list is empty");
    return item.text;
  });
}
std::string print(const TextListField&, const std::vector<std::string>& value) {
  return yaml_list(value, yaml_text);
}
std::string describe(const TextListField& field) {
  return "list of text, at most " + std::to_string(field.max_items);
}

std::vector<pid_t> read(const PidListField& field, const YamlNode& node) {
  return read_list<pid_t>(node, field.max_items, [](const YamlNode& item) {
    return static_cast<pid_t>(whole_number(item, 1, kMaxPid));
  });
}
std::string print(const PidListField&, const std::vector<pid_t>& value) {
  return yaml_list(value, [](pid_t pid) { return std::to_string(pid); });
}
std::string describe(const PidListField& field) {
  return "list of process ids, at most " + std::to_string(field.max_items);
}

std::vector<uid_t> read(const UidListField& field, const YamlNode& node) {
  return read_list<uid_t>(node, field.max_items, [](const YamlNode& item) {
    return static_cast<uid_t>(whole_number(item, 0, kMaxUid));
  });
}
std::string print(const UidListField&, const std::vector<uid_t>& value) {
  return yaml_list(value, [](uid_t uid) { return std::to_string(uid); });
}
std::string describe(const UidListField& field) {
  return "list of user ids, at most " + std::to_string(field.max_items);
}

size_t read(const ChoiceField& field, const YamlNode& node) {
  const std::string& text = scalar(node, "a word");
  const auto found = std::find(field.names.begin(), field.names.end(), text);
  if (found == field.names.end()) {
    refuse(node, quote(text) + " is not known" + suggestion(text, field.names));
  }
  return static_cast<size_t>(found - field.names.begin());
}
std::string print(const ChoiceField& field, size_t index) {
  return std::string(field.names[index]);
}
std::string describe(const ChoiceField& field) {
  std::string text = "one of ";
  for (const std::string_view name : field.names) {
    text += (text.ends_with(' ') ? "" : ", ") + std::string(name);
  }
  return text;
}

}  // namespace

void read_field(const Field& field, const YamlNode& node, Config& config,
                std::string_view collector) {
  if (node.kind == YamlNode::Kind::null) {
    refuse(node, "it has no value; remove the key to use the default");
  }
  std::visit(
      [&](const auto& one) {
        if constexpr (std::is_same_v<decltype(one), const ChoiceField&>) {
          one.set(config, read(one, node));
        } else {
          one.at.set(config, collector) = read(one, node);
        }
      },
      field);
}

std::string print_field(const Field& field, const Config& config, std::string_view collector) {
  return std::visit(
      [&](const auto& one) {
        if constexpr (std::is_same_v<decltype(one), const ChoiceField&>) {
          return print(one, one.get(config));
        } else {
          return print(one, one.at.get(config, collector));
        }
      },
      field);
}

std::string describe_field(const Field& field) {
  return std::visit([](const auto& one) { return describe(one); }, field);
}

}  // namespace anemon
