#include "ctl/account_text.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "core/json_access.h"

namespace anemon {

std::string account_text(const Json& status) {
  const std::string installation = text(status, "/account/installation");
  if (installation.empty()) return {};
  const std::string uid = as_text(at(status, "/account/uid"));
  const std::string name = text(status, "/account/name");
  const std::string supervisor = text(status, "/account/supervisor");
  std::string line = fmt::format("{}, as {}", installation,
                                 name.empty() ? "uid " + uid : fmt::format("{} ({})", name, uid));
  if (!supervisor.empty()) line += ", kept running by " + supervisor;
  return line;
}

}  // namespace anemon
