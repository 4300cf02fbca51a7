#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <csignal>
#include <nlohmann/json.hpp>
#include <optional>

#include "core/json_access.h"
#include "ctl/context.h"
#include "ctl/exit_code.h"
#include "ctl/handlers.h"
#include "ctl/metrics_poller.h"
#include "ctl/screen.h"
#include "ctl/series_table.h"
#include "ctl/signal_inbox.h"
#include "ctl/top_frame.h"

namespace anemon {
namespace {

const std::vector<std::string>& shown_metrics() {
  static const std::vector<std::string> kMetrics = {"anemon_power_*",
                                                    "anemon_energy_joules_total",
                                                    "anemon_active_ratio",
                                                    "anemon_ane_activity_ratio",
                                                    "anemon_frequency_hertz",
                                                    "anemon_memory_bytes",
                                                    "anemon_swap_bytes",
                                                    "anemon_temperature_celsius",
                                                    "anemon_fan_speed_rpm",
                                                    "anemon_load1",
                                                    "anemon_task_*",
                                                    "anemon_host_info",
                                                    "anemon_thermal_pressure_level",
                                                    "anemon_signal_state{component=\"ane\"}"};
  return kMetrics;
}

std::string reading_text(const MetricsSnapshot& now, const Output& output, bool first) {
  if (output.format == Format::table) return top_line(now) + '\n';
  if (output.format == Format::json) {
    return now.document()->dump(-1, ' ', false, Json::error_handler_t::replace) + '\n';
  }
  Report report;
  Table table = series_columns();
  for (const Json& metric : at(*now.document(), "/metrics")) {
    for (const Json& reading : at(metric, "/values")) {
      add_series_row(table, text(metric, "/name"), reading, text(metric, "/unit"));
    }
  }
  report.tables = {std::move(table)};
  Output shown = output;
  shown.header = output.header && first;
  return report_text(report, shown);
}

// One reading after the other, for pipes and files.
int print_readings(Context& context, Duration interval, std::optional<int> count) {
  SignalInbox inbox({SIGINT, SIGTERM});
  const SystemClock clock;
  Duration next = clock.now().awake;
  for (int seen = 0; !count || seen < *count; ++seen) {
    if (seen > 0) {
      next += interval;
      const Duration left = next - clock.now().awake;
      if (const auto signal = inbox.wait(std::max(left, Duration::zero()))) {
        return kExitSignal + *signal;
      }
    }
    const MetricsSnapshot now(
        std::make_shared<const Json>(context.client().metrics(shown_metrics(), true)));
    if (!write_text(context.out.file, reading_text(now, context.out, seen == 0))) break;
  }
  return kExitDone;
}

class LiveView {
 public:
  LiveView(Context& context, Duration interval, std::optional<int> count)
      : count_(count),
        inbox_({SIGINT, SIGTERM, SIGHUP, SIGTSTP, SIGWINCH}),
        poller_(context.client(), shown_metrics(), interval) {
    view_.utf8 = context.out.terminal.utf8;
    view_.color = context.out.terminal.color;
  }

  int run() {
    measure_terminal();
    for (;;) {
      pollfd waiting[] = {
          {STDIN_FILENO, POLLIN, 0}, {inbox_.fd(), POLLIN, 0}, {poller_.fd(), POLLIN, 0}};
      poll(waiting, 3, -1);
      if ((waiting[0].revents & (POLLHUP | POLLERR)) != 0) return kExitSignal + SIGHUP;
      while (const auto signal = inbox_.wait(Duration::zero())) {
        if (*signal == SIGWINCH) {
          measure_terminal();
        } else if (*signal == SIGTSTP) {
          screen_.leave();
          raise(SIGSTOP);  // and here it goes on after `fg`
          screen_.enter();
          measure_terminal();
        } else {
          return kExitSignal + *signal;
        }
      }
      if (waiting[2].revents != 0) take_reading();
      if (waiting[0].revents != 0 && !take_keys()) return kExitDone;
      draw();
      if (count_ && shown_.fetched >= static_cast<uint64_t>(*count_)) return kExitDone;
    }
  }

 private:
  void measure_terminal() {
    winsize size{};
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0)
      return;
    view_.width = size.ws_col;
    view_.height = size.ws_row;
  }

  void take_reading() {
    poller_.clear();
    MetricsPoller::State state = poller_.state();
    view_.problem = state.problem;
    if (view_.paused) return;
    // Rates need two passes of the collector; a second look at the same pass keeps the former one.
    const bool same_pass = shown_.now && state.now && task_time(state.now) == task_time(shown_.now);
    before_ = same_pass ? before_ : shown_.now;
    shown_ = std::move(state);
  }

  static std::string task_time(const std::shared_ptr<const Json>& document) {
    return text(MetricsSnapshot(document).find("anemon_task_cpu_seconds_total", {}), "/time");
  }

  // False when the user wants out.
  bool take_keys() {
    char keys[64];
    const ssize_t count = read(STDIN_FILENO, keys, sizeof keys);
    for (ssize_t i = 0; i < count; ++i) {
      switch (keys[i]) {
        case 'q':
        case 'Q':
          return false;
        case 'p':
        case ' ':
          view_.paused = !view_.paused;
          break;
        case 's':
          view_.order = view_.order == TaskOrder::by_cpu ? TaskOrder::by_memory : TaskOrder::by_cpu;
          break;
        case '?':
        case 'h':
          view_.help = !view_.help;
          break;
        default:
          break;
      }
    }
    return true;
  }

  void draw() const {
    static const auto kNothing = std::make_shared<const Json>(Json::object());
    const MetricsSnapshot now(shown_.now ? shown_.now : kNothing);
    const std::optional<MetricsSnapshot> before =
        before_ ? std::optional<MetricsSnapshot>(before_) : std::nullopt;
    screen_.draw(top_frame(now, before ? &*before : nullptr, view_));
  }

  const std::optional<int> count_;
  TopView view_;
  MetricsPoller::State shown_;
  std::shared_ptr<const Json> before_;  // the pass before the one shown
  SignalInbox inbox_;
  MetricsPoller poller_;
  Screen screen_;
};

}  // namespace

int show_top(Context& context, const Arguments& arguments) {
  const Duration interval = arguments.duration("interval").value_or(std::chrono::seconds(1));
  const auto count = arguments.count("count");
  const bool live = context.out.terminal.interactive && isatty(STDIN_FILENO) == 1 &&
                    context.out.format == Format::table;
  if (!live) return print_readings(context, interval, count);
  // An unreachable daemon is an error before the screen is taken, and a line on it afterwards.
  context.client().metrics({"anemon_load1"}, false);
  return LiveView(context, interval, count).run();
}

}  // namespace anemon
