// `anemonctl service status`: what is installed, what launchd and the daemons say of it.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "ctl/context.h"
#include "ctl/exit_code.h"
#include "ctl/handlers.h"
#include "ctl/installation.h"

namespace anemon {
namespace {

constexpr int kExitConfig = 78;  // of anemond, when its configuration is not valid

struct Examined {
  Installation installation;
  InstalledConfig config;
  std::optional<Answer> answer;  // of whatever listens at its socket
  bool answers = false;          // it is this job's process

  bool exists() const { return installation.installed || installation.loaded; }
  bool is_helper() const { return installation.option == "--helper"; }
  bool works() const { return installation.launchd.pid && (is_helper() || answers); }
};

Examined look_at(const Installation& installation, Duration timeout) {
  Examined result{installation, read_config(installation), std::nullopt, false};
  if (!result.exists()) return result;
  result.answer = ask(result.config.socket, timeout);
  result.answers = result.answer && result.answer->pid == installation.launchd.pid;
  return result;
}

Json or_null(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }
Json or_null(const std::optional<int64_t>& value) { return value ? Json(*value) : Json(nullptr); }

Json to_json(const Examined& each) {
  const Installation& installation = each.installation;
  const LaunchdJob& job = installation.launchd;
  return {{"installation", installation.name},
          {"job", installation.job},
          {"plist", installation.plist.string()},
          {"installed", installation.installed},
          {"loaded", installation.loaded},
          {"state", or_null(job.state)},
          {"pid", or_null(job.pid)},
          {"runs", or_null(job.runs)},
          {"last_exit_code", or_null(job.last_exit_code)},
          {"last_signal", or_null(job.last_signal)},
          {"log", or_null(installation.log.string())},
          {"config", or_null(each.config.file.string())},
          {"problems", each.config.problems},
          {"socket", or_null(each.config.socket.string())},
          {"answers", each.is_helper() ? Json(nullptr) : Json(each.answers)},
          {"version", each.answers ? Json(each.answer->version) : Json(nullptr)}};
}

Cell yes_or_no(bool yes) { return text_cell(yes ? "yes" : "no", yes ? Tone::plain : Tone::faint); }

Table to_table(const std::vector<Examined>& all) {
  Table table;
  table.columns = {{"INSTALLATION", "installation"},
                   {"INSTALLED", "installed"},
                   {"LOADED", "loaded"},
                   {"STATE", "state"},
                   {"PID", "pid", true},
                   {"LAST EXIT", "last_exit"},
                   {"ANSWERS", "answers"},
                   {"VERSION", "version"},
                   {"LOG", "log", false, Column::Fit::drop}};
  for (const Examined& each : all) {
    const LaunchdJob& job = each.installation.launchd;
    const std::string last_exit =
        job.last_exit_code ? std::to_string(*job.last_exit_code) : job.last_signal;
    const bool asked = each.exists() && !each.is_helper();
    table.rows.push_back(
        {text_cell(each.installation.name), yes_or_no(each.installation.installed),
         yes_or_no(each.installation.loaded),
         text_cell(job.state, job.pid ? Tone::good : Tone::warning),
         text_cell(job.pid ? std::to_string(*job.pid) : ""),
         text_cell(last_exit, last_exit == "0" ? Tone::plain : Tone::warning),
         asked ? text_cell(each.answers ? "yes" : "no", each.answers ? Tone::good : Tone::bad)
               : text_cell(""),
         text_cell(each.answers ? each.answer->version : ""),
         text_cell(each.installation.log.string())});
  }
  return table;
}

// Why it does not work, and what to do: a command is a line of its own.
std::vector<std::string> explained(const Examined& each) {
  const Installation& installation = each.installation;
  const LaunchdJob& job = installation.launchd;
  const std::string option = each.is_helper() ? "--system" : installation.option;
  std::vector<std::string> lines;
  const auto say = [&](const std::string& what, const std::string& command = {}) {
    lines.push_back(fmt::format("{}: {}", installation.name, what));
    if (!command.empty()) lines.push_back("  " + command);
  };
  const auto service = [&](const std::string& words) {
    return (option == "--user" ? "" : "sudo ") + own_command("service " + words + ' ' + option);
  };
  const std::string log =
      (each.is_helper() ? "sudo " : "") + own_command("service logs " + installation.option);
  if (each.works()) return lines;
  if (!installation.installed) {
    say(fmt::format("it is loaded, but {} is gone", installation.plist.string()),
        service("uninstall"));
  } else if (!installation.program.empty() && access(installation.program.c_str(), X_OK) != 0) {
    say(fmt::format("its program {} is gone or may not be run", installation.program.string()),
        service(each.is_helper() ? "install --with-root-helper" : "install"));
  } else if (!installation.loaded) {
    say("launchd does not have it, it was stopped", service("start"));
  } else if (job.last_exit_code == kExitConfig && !each.config.problems.empty()) {
    say("its configuration is not valid; anemond tries it again every 30 s");
    for (const std::string& problem : each.config.problems) lines.push_back("  " + problem);
    lines.push_back("when it is corrected:");
    lines.push_back("  " + own_command("config check " + each.config.file.string()));
  } else if (job.last_exit_code == kExitConfig && !job.pid) {
    say("its last start ended with 78 for its configuration, which is valid by now; it is tried "
        "again within 30 s, or at once with",
        service("restart"));
  } else if (!job.pid) {
    say(fmt::format("it does not run ({}); why, its log may say",
                    job.state.empty() ? "launchd does not say why" : job.state),
        log);
  } else if (each.answer) {
    say(
        fmt::format("at {} answers process {}, which launchd did not start: end it, or give one of "
                    "the two another control.socket",
                    each.config.socket.string(), each.answer->pid));
  } else {
    say(fmt::format("process {} does not answer at {}; if it has not just started, its log may say "
                    "why",
                    *job.pid,
                    each.config.socket.empty() ? "its socket" : each.config.socket.string()),
        log);
  }
  return lines;
}

std::string headline(const std::vector<Examined>& all) {
  std::string running;
  std::string resting;
  for (const Examined& each : all) {
    std::string& list = each.works() ? running : resting;
    if (!each.exists()) continue;
    if (!list.empty()) list += " and ";
    list += each.works() ? fmt::format("{} (process {})", each.installation.name,
                                       *each.installation.launchd.pid)
                         : each.installation.name;
  }
  if (running.empty() && resting.empty()) return "anemond is not installed as a service";
  if (running.empty()) return "installed, but does not work: " + resting;
  return "runs: " + running + (resting.empty() ? "" : "; does not work: " + resting);
}

}  // namespace

int show_service(Context& context, const Arguments&) {
  std::vector<Examined> all;
  for (const Installation& each : installations(find_launchd_scripts())) {
    all.push_back(look_at(each, context.timeout));
  }
  Report report;
  report.headline = headline(all);
  report.tables = {to_table(all)};
  Json document = {{"schema", "anemon.service/1"}, {"installations", Json::array()}};
  bool exists = false;
  bool works = true;
  for (const Examined& each : all) {
    document["installations"].push_back(to_json(each));
    if (!each.exists()) continue;
    exists = true;
    works = works && each.works();
    const auto lines = explained(each);
    report.lines.insert(report.lines.end(), lines.begin(), lines.end());
  }
  report.document = std::make_shared<const Json>(std::move(document));
  if (!exists) report.next = "anemonctl service install";
  if (exists && works) report.next = "anemonctl status";
  print_report(report, context.out);
  if (!exists) return kExitMissing;
  return works ? kExitDone : kExitBad;
}

}  // namespace anemon
