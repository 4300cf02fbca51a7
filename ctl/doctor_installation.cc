// Which anemond runs, what it therefore cannot see, and the command that changes that.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "client/control_client.h"
#include "core/json_access.h"
#include "ctl/account_text.h"
#include "ctl/doctor.h"

namespace anemon {
namespace {

struct Sight {
  std::string_view installation, helper;  // helper: state of its signals, "" when there are none
  Verdict verdict;
  std::string_view cannot_see;
  std::string_view fix;
};

constexpr std::string_view kEverything =
    "sudo anemonctl service install --system --with-root-helper";

// On macOS. The first row that matches counts; an empty helper matches any.
constexpr std::array kSights = {
    Sight{"root daemon", "", Verdict::note,
          "as root it sees everything, and every fault in it is root's",
          "sudo anemonctl service install --system --with-root-helper sees as much with less"},
    Sight{"system daemon", "live", Verdict::ok, "with its root helper it sees every process", ""},
    Sight{"system daemon", "refused", Verdict::warn,
          "its root helper does not serve it: other users' memory and energy are missing",
          "anemonctl service logs --helper says why (with sudo)"},
    Sight{"system daemon", "stale", Verdict::warn,
          "its root helper has stopped answering: other users' memory and energy are missing",
          "sudo anemonctl service restart --system"},
    Sight{
        "system daemon", "", Verdict::note,
        "without the root helper it cannot see other users' memory and energy, nor, from macOS 27 "
        "on, live energy",
        kEverything},
    Sight{"user agent", "", Verdict::note,
          "it cannot see other users' processes, nor, from macOS 27 on, live energy",
          "anemonctl service uninstall --user && "
          "sudo anemonctl service install --system --with-root-helper"},
};

// The worst state among the signals that the helper answers for; empty when there are none.
std::string helper_state(const Json& status) {
  static constexpr std::array<const char*, 3> kWorstFirst = {"refused", "stale", "live"};
  for (const char* state : kWorstFirst) {
    for (const Json& signal : at(status, "/signals")) {
      if (text(signal, "/source") == "helper" && text(signal, "/state") == state) return state;
    }
  }
  return {};
}

// The metrics that this account may not read, each once.
std::string refused_names(const Json& status) {
  std::vector<std::string> names;
  for (const Json& signal : at(status, "/signals")) {
    const std::string name = text(signal, "/signal");
    if (text(signal, "/state") == "refused" && std::ranges::find(names, name) == names.end()) {
      names.push_back(name);
    }
  }
  return fmt::format("{}", fmt::join(names, ", "));
}

}  // namespace

void check_installation(const Json& status, std::vector<Check>& checks) {
  const std::string account = account_text(status);
  if (account.empty()) return;  // an older daemon does not say
  const std::string installation = text(status, "/account/installation");
  const bool replay = at(status, "/host/replay") == true;  // what it shows, no account decides
  const bool mac = text(status, "/host/os") == "macOS" && !replay;
  const std::string refused = replay ? "" : refused_names(status);
  if (mac) {
    const std::string helper = helper_state(status);
    for (const Sight& sight : kSights) {
      if (sight.installation != installation) continue;
      if (!sight.helper.empty() && sight.helper != helper) continue;
      checks.push_back({sight.verdict, "installation",
                        fmt::format("{}; {}", account, sight.cannot_see), std::string(sight.fix)});
      return;
    }
  }
  Check check{Verdict::ok, "installation", account, ""};
  if (!refused.empty()) {
    check.verdict = Verdict::note;
    check.finding += "; this account may not read " + refused;
    check.fix = "each is explained below, by its source";
  }
  if (mac) {
    check.verdict = Verdict::note;
    check.finding += "; it ends with its terminal";
    check.fix = "anemonctl service install";
  }
  checks.push_back(std::move(check));
}

void check_other_daemons(const std::filesystem::path& used,
                         const std::vector<std::filesystem::path>& sockets,
                         std::vector<Check>& checks) {
  for (const auto& socket : sockets) {
    if (socket == used || probe_socket(socket) != SocketState::answers) continue;
    checks.push_back(
        {Verdict::note, "other daemon",
         fmt::format("another anemond answers at {}; anemonctl talks to {}", socket.string(),
                     used.string()),
         fmt::format("choose with --socket '{}', or $ANEMON_SOCKET", socket.string())});
  }
}

}  // namespace anemon
