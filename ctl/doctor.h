// The checks of `anemonctl doctor`.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/json.h"
#include "ctl/context.h"
#include "ctl/metrics_snapshot.h"

namespace anemon {

// A note is a fact of this machine that nothing can or need change.
enum class Verdict { ok, note, warn, fail };
std::string_view to_string(Verdict verdict);

struct Check {
  Verdict verdict = Verdict::ok;
  std::string subject;  // "socket", "collector energy"
  std::string finding;
  std::string fix;  // what would help; may be empty
};

// Which of a user's and the system's daemon `used` is, when both answer.
void check_other_daemons(const std::filesystem::path& used,
                         const std::vector<std::filesystem::path>& sockets,
                         std::vector<Check>& checks);

// `status` is null when no daemon answers; `problem` then says why.
struct Examination {
  std::shared_ptr<const Json> status;
  std::vector<Check> checks;
};
Examination examine(Context& context);

// Parts of it, each out of a document of the daemon.
void check_installation(const Json& status, std::vector<Check>& checks);
void check_collectors(const Json& status, std::vector<Check>& checks);
void check_signals(const Json& status, std::vector<Check>& checks);
void check_rejections(const MetricsSnapshot& metrics, std::vector<Check>& checks);
void check_store_and_sessions(const Json& status, std::vector<Check>& checks);

}  // namespace anemon
