#include "daemon/log_line.h"

#include <array>
#include <nlohmann/json.hpp>

#include "core/time_expression.h"

namespace anemon {
namespace {

std::string_view name(LogLevel level) {
  static constexpr std::array<std::string_view, 4> kNames = {"debug", "info", "warn", "error"};
  return kNames[static_cast<size_t>(level)];
}

// A bare word stays as it is; anything else is quoted, and what would break the line is escaped.
void append_value(std::string& out, std::string_view value) {
  const auto plain = [](unsigned char c) { return c > ' ' && c != '"' && c != '=' && c < 127; };
  bool bare = !value.empty();
  for (const char c : value) bare = bare && plain(static_cast<unsigned char>(c));
  if (bare) {
    out += value;
    return;
  }
  static constexpr char kHex[] = "0123456789abcdef";
  out += '"';
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (byte < ' ' || byte == 127) {
      out += "\\x";
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    } else {
      out += c;
    }
  }
  out += '"';
}

}  // namespace

std::string logfmt_line(Duration wall, LogLevel level, std::string_view message,
                        std::initializer_list<LogField> fields, int suppressed) {
  std::string line = "ts=" + format_time(wall) + " level=" + std::string(name(level)) + " msg=";
  append_value(line, message);
  for (const LogField& field : fields) {
    line += ' ';
    line += field.key;
    line += '=';
    append_value(line, field.value);
  }
  if (suppressed > 0) line += " suppressed=" + std::to_string(suppressed);
  return line;
}

std::string json_line(Duration wall, LogLevel level, std::string_view message,
                      std::initializer_list<LogField> fields, int suppressed) {
  nlohmann::ordered_json line = {
      {"ts", format_time(wall)}, {"level", name(level)}, {"msg", message}};
  for (const LogField& field : fields) line[std::string(field.key)] = field.value;
  if (suppressed > 0) line["suppressed"] = suppressed;
  return line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace anemon
