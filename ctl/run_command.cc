// `anemonctl run`: baseline, warm-up, then for each run a session that begins before the command's
// first instruction and ends after its last.
#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>

#include "client/client_error.h"
#include "core/duration.h"
#include "core/json_access.h"
#include "ctl/child_process.h"
#include "ctl/context.h"
#include "ctl/exit_code.h"
#include "ctl/handlers.h"
#include "ctl/run_report.h"

namespace anemon {
namespace {

// A session may outlive its time, or its daemon: then it has ended already.
Json stop_or_get(ControlClient& client, const std::string& id) {
  try {
    return client.stop_session(id);
  } catch (const DeclinedError& error) {
    if (error.code() != "conflict") throw;
    return client.session(id);
  }
}

// The command cannot be started; what to exit with.
class StartError : public Error {
 public:
  StartError(const std::string& program, int error)
      : Error(fmt::format("{}: {}", program, std::strerror(error))),
        exit_code(error == ENOENT ? kExitNotFound : kExitNotExecutable) {}
  int exit_code;
};

class Interrupted : public Error {
 public:
  Interrupted() : Error("interrupted") {}
};

class Runner {
 public:
  Runner(Context& context, const Arguments& arguments)
      : context_(context), arguments_(arguments), inbox_(ChildProcess::inbox()) {
    measurement_.command = arguments.command();
    measurement_.warmup = arguments.count("warmup").value_or(0);
    runs_ = arguments.count("runs").value_or(1);
  }

  // The exit code: that of the first run that failed, or of the last.
  int run() {
    if (const auto time = arguments_.duration("baseline")) measure_baseline(*time);
    for (int i = 0; i < measurement_.warmup; ++i) warm_up();
    int exit_code = kExitDone;
    for (int i = 1; i <= runs_; ++i) {
      shell(arguments_.value("prepare"));
      progress(runs_ > 1 ? fmt::format("run {} of {}", i, runs_) : "");
      measure(i);
      const ChildEnd& end = measurement_.runs.back().end;
      if (end.exit_code == 0) continue;
      if (exit_code == kExitDone) exit_code = end.exit_code;
      const bool interrupted = end.signal == SIGINT || end.signal == SIGTERM;
      if (interrupted || !arguments_.has("ignore-failure")) break;
    }
    shell(arguments_.value("cleanup"));
    return exit_code;
  }

  const Measurement& measurement() const { return measurement_; }

 private:
  void progress(const std::string& line) const {
    if (!line.empty() && context_.error_terminal.interactive) context_.remark(line);
  }

  std::string name_of(int run) const {
    const std::string name = arguments_.value("name");
    return name.empty() || runs_ == 1 ? name : fmt::format("{}-{}", name, run);
  }

  // Idle means that nothing of ours runs: the daemon's own cost is in it, as it is in the runs.
  void measure_baseline(Duration time) {
    ControlClient& client = context_.client();
    SessionRequest request;
    request.name = "";
    request.labels = {{"anemon.role", "baseline"}};
    request.max_duration = time + std::chrono::minutes(1);
    const std::string id = text(client.start_session(request), "/id");
    progress(fmt::format("measuring the idle machine for {}", format_duration(time)));
    const bool interrupted = inbox_.wait(time).has_value();
    Json session = stop_or_get(client, id);
    // Its numbers go into the report; the session itself would only clutter the list.
    client.remove_session(id);
    if (interrupted) throw Interrupted();
    measurement_.baseline = std::make_shared<const Json>(std::move(session));
  }

  void warm_up() {
    ChildProcess child(measurement_.command, ChildOutput::discarded);
    if (const int error = child.release()) throw StartError(measurement_.command.front(), error);
    check_not_interrupted(child.wait(inbox_));
  }

  void shell(const std::string& command) {
    if (command.empty()) return;
    ChildProcess child({"/bin/sh", "-c", command}, ChildOutput::to_stderr);
    if (const int error = child.release()) throw StartError("/bin/sh", error);
    const ChildEnd end = child.wait(inbox_);
    check_not_interrupted(end);
    if (end.exit_code != 0) {
      throw Error(fmt::format("{}: exit code {}", command, end.exit_code));
    }
  }

  static void check_not_interrupted(const ChildEnd& end) {
    if (end.signal == SIGINT || end.signal == SIGTERM) throw Interrupted();
  }

  void measure(int run) {
    ControlClient& client = context_.client();
    ChildProcess child(measurement_.command, ChildOutput::inherited);
    SessionRequest request;
    request.name = name_of(run);
    request.labels = arguments_.pairs("label");
    if (runs_ > 1) request.labels.emplace_back("run", std::to_string(run));
    request.pids = {child.pid()};
    const std::string id = text(client.start_session(request), "/id");
    if (const int error = child.release()) {
      stop_or_get(client, id);
      client.remove_session(id);  // nothing ran
      throw StartError(measurement_.command.front(), error);
    }
    const ChildEnd end = child.wait(inbox_);
    try {
      measurement_.runs.push_back({end, std::make_shared<const Json>(stop_or_get(client, id))});
    } catch (const Error& error) {
      throw Error(fmt::format("the command ended with exit code {}, but its session was not "
                              "closed: {}",
                              end.exit_code, error.what()),
                  error.hint());
    }
  }

  Context& context_;
  const Arguments& arguments_;
  SignalInbox inbox_;
  Measurement measurement_;
  int runs_ = 1;
};

void export_json(const std::string& path, const Report& report) {
  std::ofstream file(path);
  file << report.document->dump(2, ' ', false, Json::error_handler_t::replace) << '\n';
  if (!file.flush()) throw Error(fmt::format("{}: {}", path, std::strerror(errno)));
}

}  // namespace

int run_measured(Context& context, const Arguments& arguments) {
  // What is wrong with the options is said before anything is run.
  arguments.pairs("label");
  const std::string path = arguments.value("export-json");
  if (!path.empty() && !std::ofstream(path, std::ios::app)) {
    throw Error(fmt::format("{}: {}", path, std::strerror(errno)));
  }
  Runner runner(context, arguments);
  int exit_code = kExitDone;
  try {
    exit_code = runner.run();
  } catch (const StartError& error) {
    std::fputs(fmt::format("anemonctl: run: {}\n", error.what()).c_str(), stderr);
    return error.exit_code;
  } catch (const Interrupted&) {
    return kExitSignal + SIGINT;
  }
  const Report report = run_report(runner.measurement());
  if (!path.empty()) export_json(path, report);
  if (!context.out.quiet) {
    Output output = context.out;
    output.file = stderr;
    output.terminal = context.error_terminal;
    print_report(report, output);
  }
  return exit_code;
}

}  // namespace anemon
