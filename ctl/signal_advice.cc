#include "ctl/signal_advice.h"

#include <array>

namespace anemon {
namespace {

// Empty members match everything. The first row that matches counts.
struct Row {
  std::string_view state, source, reason;
  SignalAdvice advice;
};

constexpr std::array kRows = {
    // Neural Engine, clocks and heat of Apple's chips.
    Row{"refused",
        "",
        "the kernel refuses this group",
        {Verdict::note,
         "this chip's kernel lets no program subscribe to it, root or not: other sources stand "
         "in"}},
    Row{"refused",
        "",
        "subscription refused",
        {Verdict::note,
         "this chip's kernel lets no program subscribe to it, root or not: other sources stand "
         "in"}},
    Row{"absent",
        "",
        "virtual machine",
        {Verdict::note, "the host keeps its sensors to itself: run anemond on the host"}},
    Row{"refused",
        "rusage",
        "",
        {Verdict::note,
         "the root helper shows other users' processes: sudo anemonctl service install --system "
         "--with-root-helper"}},

    // The root helper, and powermetrics through it. Nobody needs to have one.
    Row{"absent",
        "",
        "no root helper installed",
        {Verdict::note, "sudo anemonctl service install --system --with-root-helper"}},
    Row{"refused",
        "",
        "the root helper serves another account",
        {Verdict::note,
         "it is for the system's daemon alone: sudo anemonctl service install --system "
         "--with-root-helper"}},
    Row{"refused",
        "",
        "the root helper's socket is not root's alone",
        {Verdict::warn,
         "see who put it there, remove it, then sudo anemonctl service install --system "
         "--with-root-helper"}},
    Row{"stale",
        "helper",
        "",
        {Verdict::warn,
         "see /var/log/anemond-helper.log; to install it anew: sudo anemonctl service install "
         "--system --with-root-helper"}},
    Row{"stale",
        "powermetrics",
        "",
        {Verdict::warn,
         "it is started again after a pause; the root helper's log is "
         "/var/log/anemond-helper.log"}},
    Row{"refused",
        "powermetrics",
        "needs root",
        {Verdict::warn,
         "set powermetrics.mode: auto, which needs the root helper: sudo anemonctl service install "
         "--system --with-root-helper"}},
    Row{"frozen",
        "",
        "still while another signal moves",
        {Verdict::warn, "this chip does not fill it: rely on the engine's other signals"}},
    Row{"unproven",
        "",
        "has not moved yet",
        {Verdict::note, "it becomes live once it moves: run a model on the engine"}},
    Row{"stale",
        "",
        "sensors of switched-off parts",
        {Verdict::note, "these parts of the chip sleep: it comes back when they work"}},
    Row{"stale",
        "",
        "sampling failed, to be opened again",
        {Verdict::warn, "IOReport failed: it is opened again every few seconds"}},
    Row{"stale",
        "",
        "implausible",
        {Verdict::warn,
         "its readings cannot be true and are dropped: report it with doctor --bundle"}},
    Row{"absent",
        "",
        "clock table does not fit the states",
        {Verdict::note, "a chip that anemon does not know: report it with doctor --bundle"}},
    Row{"absent",
        "",
        "clock tables contradict each other",
        {Verdict::note, "a chip that anemon does not know: report it with doctor --bundle"}},
    Row{"absent",
        "",
        "states of no known kind",
        {Verdict::note, "a chip that anemon does not know: report it with doctor --bundle"}},
    Row{"absent",
        "",
        "bins of no known kind",
        {Verdict::note, "a chip that anemon does not know: report it with doctor --bundle"}},
    Row{"absent",
        "",
        "sampling rate of this chip is not known",
        {Verdict::note, "a chip that anemon does not know: report it with doctor --bundle"}},

    // Energy. macOS 27 refreshes the power manager's counters for entitled programs only.
    Row{"gated",
        "",
        "",
        {Verdict::warn,
         "the system refreshes it only for entitled readers, root or not, such as powermetrics, "
         "which the root helper keeps running: sudo anemonctl service install --system "
         "--with-root-helper; if anemond is root itself: powermetrics.mode: refresh"}},
    Row{"frozen",
        "",
        "stands still while the engine works",
        {Verdict::warn,
         "this chip's driver does not count: another source stands in if there is one"}},
    Row{"unproven",
        "",
        "has not counted anything yet",
        {Verdict::note, "it becomes live once it counts: run a model on the engine"}},

    Row{"refused",
        "rapl",
        "",
        {Verdict::warn,
         "let the daemon's user read energy_uj below /sys/class/powercap, for example with a udev "
         "rule, or run anemond as root"}},

    // What holds for each state.
    Row{"live", "", "", {Verdict::ok, ""}},
    Row{"unproven", "", "", {Verdict::note, "it becomes live once it moves: put some load on it"}},
    Row{"stale",
        "",
        "",
        {Verdict::warn, "the device no longer publishes: see its collector above"}},
    Row{"frozen",
        "",
        "",
        {Verdict::warn, "its device publishes, but the value stands still: do not rely on it"}},
    Row{"refused", "", "", {Verdict::warn, "run anemond as a user who may read it, or as root"}},
    Row{"absent", "", "", {Verdict::note, ""}},
};

bool matches(std::string_view wanted, std::string_view actual) {
  return wanted.empty() || wanted == actual;
}

}  // namespace

SignalAdvice signal_advice(std::string_view state, std::string_view source,
                           std::string_view reason) {
  for (const Row& row : kRows) {
    if (row.state == state && matches(row.source, source) && matches(row.reason, reason)) {
      return row.advice;
    }
  }
  return {Verdict::warn, "this state is newer than anemonctl"};
}

}  // namespace anemon
