#include "daemon/account.h"

#include <pwd.h>
#include <unistd.h>

#include <cstdlib>
#include <string_view>

namespace anemon {
namespace {

// A service has the label of its plist: io.anemon.anemond, homebrew.mxcl.anemon. What Terminal
// starts has that of the application.
bool is_launchd_job(const char* name) {
  return name != nullptr && std::string_view(name).find("anemon") != std::string_view::npos;
}

std::optional<std::string> name_of(uid_t uid) {
  passwd entry{};
  passwd* found = nullptr;
  std::string buffer(16384, '\0');
  if (getpwuid_r(uid, &entry, buffer.data(), buffer.size(), &found) != 0 || found == nullptr) {
    return std::nullopt;
  }
  return found->pw_name;
}

}  // namespace

AccountStatus describe_account(const AccountEvidence& evidence) {
  constexpr uid_t kFirstPerson = 500;  // macOS: accounts of people begin at 501
  AccountStatus account;
  account.uid = evidence.uid;
  bool of_a_person = false;
  if (is_launchd_job(evidence.xpc_service_name)) {
    account.supervisor = "launchd";
    of_a_person = evidence.uid > kFirstPerson;
  } else if (evidence.systemd_exec_pid != nullptr &&
             evidence.systemd_exec_pid == std::to_string(evidence.pid)) {
    account.supervisor = "systemd";
    of_a_person = evidence.managerpid != nullptr;
  } else {
    return account;
  }
  account.installation = evidence.uid == 0 ? "root daemon"
                         : of_a_person     ? "user agent"
                                           : "system daemon";
  return account;
}

AccountStatus own_account() {
  AccountStatus account =
      describe_account({geteuid(), getpid(), std::getenv("XPC_SERVICE_NAME"),
                        std::getenv("SYSTEMD_EXEC_PID"), std::getenv("MANAGERPID")});
  account.name = name_of(geteuid());
  return account;
}

}  // namespace anemon
