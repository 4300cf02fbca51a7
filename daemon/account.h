// As whom this process runs, and which supervisor started it.
#pragma once

#include <sys/types.h>

#include "exporters/status.h"

namespace anemon {

// Reads the environment and the user database. launchd names its job in XPC_SERVICE_NAME, systemd
// its main process in SYSTEMD_EXEC_PID; what a shell below either of them starts inherits the
// variables, but is neither that job nor that process.
AccountStatus own_account();

// The same out of what is given; a null variable is unset.
struct AccountEvidence {
  uid_t uid = 0;
  pid_t pid = 0;
  const char* xpc_service_name = nullptr;
  const char* systemd_exec_pid = nullptr;
  const char* managerpid = nullptr;  // systemd: of the user's own instance
};
AccountStatus describe_account(const AccountEvidence& evidence);

}  // namespace anemon
