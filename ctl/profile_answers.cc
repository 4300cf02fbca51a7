#include "ctl/profile_answers.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "core/json_access.h"
#include "ctl/exit_code.h"
#include "ctl/numbers.h"
#include "ctl/output_file.h"
#include "ctl/profile_options.h"
#include "ctl/result_files.h"
#include "ctl/words.h"
#include "profiler/history/history.h"

namespace anemon {
namespace {

// A file that cannot be written is told before a minute of measuring.
void check_target(const std::string& file, size_t count) {
  if (file.empty()) return;
  if (count > 1) throw UsageError("--to takes the result of one model", "name one FILE");
  if (format_by_name(file, "").empty()) {
    throw UsageError(fmt::format("--to: {}: a name in .json, .html, .md or .csv", file));
  }
  std::error_code unknown;
  const auto folder = std::filesystem::absolute(file, unknown).parent_path();
  if (!std::filesystem::is_directory(folder, unknown)) {
    throw Error(fmt::format("{}: no such folder", folder.string()));
  }
}

}  // namespace

void explain(std::string_view command, const std::string& what, const std::string& hint) {
  std::string message;
  std::string prefix = fmt::format("anemonctl: {}: ", command);
  for (const auto line : split(std::string_view(what), '\n')) {
    message += prefix + printable(line) + '\n';
    prefix = "  ";
  }
  if (!hint.empty()) message += fmt::format("  hint: {}\n", printable(hint));
  write_text(stderr, message);
}

ResultKeeper::ResultKeeper(std::string_view command, const Arguments& arguments)
    : command_(command), wanted_(!arguments.has("no-keep")) {}

ResultKeeper::~ResultKeeper() = default;

void ResultKeeper::keep(Json& result) {
  if (!wanted_ || failed_) return;
  try {
    if (!history_) history_ = std::make_unique<profiler::ResultHistory>();
    history_->keep(result);
  } catch (const Error& error) {
    failed_ = true;
    explain(command_, fmt::format("the result is not kept: {}", error.what()), error.hint());
  }
}

ProfileAnswers::ProfileAnswers(Context& context, const Arguments& arguments,
                               std::string_view command, size_t count)
    : context_(context),
      arguments_(arguments),
      command_(command),
      inbox_({SIGINT, SIGTERM, SIGHUP}),
      asking_(anemon::asking(arguments)),
      keeper_(command, arguments),
      printer_(context.out, count > 1) {
  check_target(arguments.value("to"), count);
  asking_.progress = [this](const std::string& line) {
    if (context_.error_terminal.interactive) context_.remark(printable(line));
  };
}

profiler::RunRequest ProfileAnswers::request(const std::string& model) const {
  profiler::RunRequest request = run_request(arguments_, model);
  request.limits.interrupt = inbox_.fd();
  return request;
}

int ProfileAnswers::judge(const std::string& file, const Json& result) {
  const std::string state = text(result, "/outcome/state");
  if (state.empty() || state == "ok") return kExitDone;
  if (state == "interrupted") {
    const auto signal = inbox_.wait(Duration::zero());
    explain(command_, "interrupted");
    return kExitSignal + signal.value_or(SIGINT);
  }
  const std::string message = text(result, "/outcome/message");
  explain(command_,
          fmt::format("{}: {}", file,
                      message.empty()
                          ? fmt::format("{} in phase {}", state, text(result, "/outcome/phase"))
                          : message),
          text(result, "/outcome/hint"));
  return kExitRunFailed;
}

void ProfileAnswers::write_file(const Json& result) const {
  const std::string path = arguments_.value("to");
  if (path.empty()) return;
  const std::string format = format_by_name(path, "json");
  OutputFile file(path, context_.out.file);
  file.write(rendered(result, format));
  const double bytes = file.close();
  context_.remark(fmt::format("{}: {} as {}", printable(path), bytes_text(bytes), format));
}

void ProfileAnswers::answer(const std::string& file, const std::function<Json()>& question,
                            const Shown& shown) {
  if (interrupted()) return;
  try {
    Json result = question();
    const int code = judge(file, result);
    exit_code_ = std::max(exit_code_, code);
    if (interrupted()) return;
    keeper_.keep(result);
    show(file, std::move(result), shown);
  } catch (const UsageError&) {
    throw;  // of an option, and so of every file
  } catch (const Error& error) {
    const bool named = std::string_view(error.what()).find(file) != std::string_view::npos;
    explain(command_, (named ? "" : file + ": ") + error.what(), error.hint());
    exit_code_ = std::max(exit_code_, kExitBad);
  }
}

void ProfileAnswers::show(const std::string& name, Json result, const Shown& shown) {
  const auto document = std::make_shared<const Json>(std::move(result));
  printer_.add(shown(document), name);
  write_file(*document);
}

int ProfileAnswers::finish() {
  printer_.finish();
  return exit_code_;
}

}  // namespace anemon
