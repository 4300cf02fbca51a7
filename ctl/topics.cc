// The topics of `anemonctl help TOPIC`.
#include <fmt/format.h>

#include <array>

#include "ctl/exit_code.h"
#include "ctl/help.h"
#include "ctl/words.h"

namespace anemon {
namespace {

std::string exit_codes_text() {
  std::string result;
  for (const ExitCodeRow& row : exit_codes()) {
    bool first = true;
    for (const auto& line : wrap(row.meaning, 66)) {
      result += fmt::format("  {:<10}{}\n", first ? row.code : "", line);
      first = false;
    }
  }
  return result;
}

std::string units_text() {
  return "Tables name the unit in the heading; CSV names it in the column and is never\n"
         "scaled. Base units everywhere else: joules, watts, hertz, celsius, bytes,\n"
         "seconds; ratios go from 0 to 1.\n"
         "Durations are written 500ms, 10s, 5m, 2h, 1d or 1h30m. Times are RFC 3339\n"
         "(2026-11-22T14:51:02Z), Unix seconds, now, or now-5m; they are shown in UTC.\n";
}

std::string provenance_text() {
  return "Every number says how it came about:\n"
         "  measured   read from a device\n"
         "  derived    computed from measured numbers without assumptions\n"
         "  estimated  rests on a model that may be wrong; tables mark it ~\n"
         "What is unknown is shown as -, and never as 0. A signal that cannot be read has a\n"
         "state and a reason (anemonctl doctor):\n"
         "  unproven   has not moved yet, so it is not trusted yet\n"
         "  live       is read\n"
         "  stale      has not been published for too long\n"
         "  gated      the system refreshes it only for entitled readers\n"
         "  frozen     stands still while another signal of the same part moves\n"
         "  refused    may not be read by this daemon\n"
         "  absent     this machine has no such thing\n";
}

std::string sessions_text() {
  return "A session is a named interval. While it is open the daemon records power, energy,\n"
         "activity, temperatures, memory and the processes it names, on disk, at most a\n"
         "second behind. It ends as\n"
         "  stopped      sessions stop, or the end of anemonctl run\n"
         "  expired      its maximum duration was over\n"
         "  interrupted  the daemon died; the summary covers all but the last second\n"
         "Sessions are named by id, by a name that only one has, or by the word last.\n";
}

std::string formats_text() {
  return "  -o table     for people; fitted to the terminal, names lose their middle\n"
         "  -o json      the daemon's document, versioned by its member \"schema\";\n"
         "               members are only ever added\n"
         "  -o csv       one table with a heading, unscaled, empty where unknown\n"
         "  -o markdown  for reports\n"
         "Data goes to standard output, remarks and progress to standard error. Colour\n"
         "follows --color, then NO_COLOR, CLICOLOR_FORCE and FORCE_COLOR, then the terminal\n"
         "(TERM=dumb has none).\n";
}

std::string connection_text() {
  return "The daemon is looked for at --socket, then $ANEMON_SOCKET, then this user's own\n"
         "socket, then the system's:\n"
         "  Linux   $XDG_RUNTIME_DIR/anemon/anemond.sock, /run/anemon/anemond.sock\n"
         "  macOS   ~/Library/Application Support/anemon/anemond.sock,\n"
         "          /var/db/anemon/run/anemond.sock\n"
         "Reading needs the group of the socket; starting, stopping and deleting sessions\n"
         "and reloading need the daemon's owner, root, or a uid in control.admin_uids.\n";
}

std::string privacy_text() {
  return "Nothing leaves this machine. The metrics hold process names and ids; sessions hold\n"
         "the names, labels and annotations you give them, and the processes you name.\n"
         "doctor --bundle writes user names, host names and home directories out of what it\n"
         "collects, and leaves out processes and sessions; look into the file before you\n"
         "send it.\n";
}

constexpr std::array<Topic, 7> kTopics = {{
    {"exit-codes", "Exit codes", exit_codes_text},
    {"formats", "Output formats and colour", formats_text},
    {"units", "Units, durations and times", units_text},
    {"provenance", "Provenance and states", provenance_text},
    {"sessions", "Sessions", sessions_text},
    {"connection", "Finding the daemon", connection_text},
    {"privacy", "Privacy", privacy_text},
}};

}  // namespace

std::span<const Topic> topics() { return kTopics; }

}  // namespace anemon
