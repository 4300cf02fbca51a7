#include "helper/root_helper.h"

#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "core/error.h"
#include "helper/server.h"
#include "helper/socket_file.h"
#include "platform/default_paths.h"

extern char** environ;

namespace anemon {
namespace {

// What powermetrics is started with, too: it is given no environment but this.
char kPath[] = "PATH=/usr/bin:/bin:/usr/sbin:/sbin";
char* kEnvironment[] = {kPath, nullptr};

// powermetrics inherits it: what launchd gives its jobs.
constexpr rlim_t kMaxFiles = 256;

void limit(int resource, rlim_t most) {
  rlimit now{};
  if (getrlimit(resource, &now) != 0) return;
  const rlimit lower{std::min(most, now.rlim_cur), std::min(most, now.rlim_max)};
  setrlimit(resource, &lower);
}

void close_inherited() {
  constexpr rlim_t kHighest = 1 << 16;
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) != 0) files.rlim_max = kHighest;
  const int end = static_cast<int>(std::min(files.rlim_max, kHighest));
  for (int descriptor = STDERR_FILENO + 1; descriptor < end; ++descriptor) close(descriptor);
}

void give_up_what_is_not_needed() {
  environ = kEnvironment;
  umask(077);
  limit(RLIMIT_CORE, 0);
  limit(RLIMIT_NOFILE, kMaxFiles);
  if (geteuid() == 0 && setgroups(0, nullptr) != 0) {
    throw Error(std::string("the root helper cannot leave its groups: ") + std::strerror(errno));
  }
}

struct Account {
  uid_t uid;
  gid_t gid;
};

Account look_up_account(const std::string& name) {
  const passwd* found = getpwnam(name.c_str());
  if (found == nullptr) {
    throw Error("there is no account " + name + " that the root helper could serve",
                "sudo anemonctl service install --system --with-root-helper makes it");
  }
  return {found->pw_uid, found->pw_gid};
}

HelperServer* serving = nullptr;

void on_signal(int) { serving->stop(); }

}  // namespace

void serve_as_root_helper(const RootHelperOptions& options, const Clock& clock, Log& log) {
  close_inherited();
  const auto path =
      std::filesystem::absolute(options.socket.empty() ? default_helper_socket() : options.socket);
  HelperServerOptions server_options;
  if (!options.powermetrics.empty()) {
    server_options.powermetrics = std::filesystem::absolute(options.powermetrics);
  }
  server_options.may_run_powermetrics = geteuid() == 0 || !options.powermetrics.empty();
  const Account account = look_up_account(options.account);
  server_options.account = account.uid;
  give_up_what_is_not_needed();

  const HelperSocket socket(path, account.gid);
  if (chdir("/") != 0) throw Error(std::string("chdir /: ") + std::strerror(errno));
  HelperServer server(socket.listener(), server_options, open_processes({}), clock, log);

  serving = &server;
  struct sigaction action {};
  action.sa_handler = on_signal;
  for (const int ending : {SIGTERM, SIGINT}) sigaction(ending, &action, nullptr);
  for (const int ignored : {SIGPIPE, SIGHUP, SIGXFSZ}) signal(ignored, SIG_IGN);
  if (geteuid() != 0) log.warn("the root helper is not root: it sees what its own user may see");
  log.info("serving", {{"socket", path.string()}, {"account", options.account}});
  server.run();
  for (const int ending : {SIGTERM, SIGINT}) signal(ending, SIG_DFL);
  serving = nullptr;
}

}  // namespace anemon
