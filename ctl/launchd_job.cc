#include "ctl/launchd_job.h"

#include <algorithm>

#include "ctl/words.h"

namespace anemon {
namespace {

std::string_view trimmed(std::string_view text) {
  const size_t begin = text.find_first_not_of(" \t\r");
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
}

// "78", or "78: EX_CONFIG"; nothing for "(never exited)".
std::optional<int64_t> leading_number(std::string_view text) {
  const size_t end = std::min(text.find(':'), text.size());
  const std::string_view digits = text.substr(0, end);
  if (digits.empty() || digits.size() > 10) return std::nullopt;
  if (digits.find_first_not_of("0123456789") != digits.npos) return std::nullopt;
  return std::stoll(std::string(digits));
}

}  // namespace

LaunchdJob parse_launchctl_print(std::string_view text) {
  LaunchdJob job;
  int depth = 0;
  for (const std::string_view raw : split(text, '\n')) {
    const std::string_view line = trimmed(raw);
    if (line.ends_with('{')) {
      ++depth;
      continue;
    }
    if (line == "}") {
      --depth;
      continue;
    }
    const size_t equals = line.find(" = ");
    if (depth != 1 || equals == line.npos) continue;
    const std::string_view key = trimmed(line.substr(0, equals));
    const std::string_view value = trimmed(line.substr(equals + 3));
    if (key == "state") {
      job.state = value;
    } else if (key == "pid") {
      job.pid = leading_number(value);
    } else if (key == "runs") {
      job.runs = leading_number(value);
    } else if (key == "last exit code" || key == "last exit status") {
      job.last_exit_code = leading_number(value);
    } else if (key == "last terminating signal") {
      job.last_signal = value;
    }
  }
  return job;
}

}  // namespace anemon
