#include "daemon/account.h"

#include <unistd.h>

#include "tests/catch.h"

namespace anemon {
namespace {

std::string installation(const AccountEvidence& evidence) {
  const AccountStatus account = describe_account(evidence);
  return account.supervisor.value_or("nobody") + ": " + account.installation;
}

TEST_CASE("the supervisor and the account say how anemond is installed") {
  CHECK(installation({501, 9, "io.anemon.anemond"}) == "launchd: user agent");
  CHECK(installation({399, 9, "io.anemon.anemond"}) == "launchd: system daemon");
  CHECK(installation({0, 9, "homebrew.mxcl.anemon"}) == "launchd: root daemon");
  CHECK(installation({977, 9, nullptr, "9"}) == "systemd: system daemon");
  CHECK(installation({1000, 9, nullptr, "9", "700"}) == "systemd: user agent");
  CHECK(installation({0, 9, nullptr, "9"}) == "systemd: root daemon");
}

TEST_CASE("what a shell inherits from a supervisor makes no service of anemond") {
  CHECK(installation({501, 9, "application.com.apple.Terminal.1"}) == "nobody: foreground");
  CHECK(installation({501, 9, "0"}) == "nobody: foreground");
  CHECK(installation({1000, 9, nullptr, "8", "700"}) == "nobody: foreground");
  CHECK(installation({0, 9}) == "nobody: foreground");
}

TEST_CASE("the own account is the effective one, with its name") {
  const AccountStatus account = own_account();
  CHECK(account.uid == static_cast<int64_t>(geteuid()));
  if (geteuid() == 0) CHECK(account.name == "root");
}

}  // namespace
}  // namespace anemon
