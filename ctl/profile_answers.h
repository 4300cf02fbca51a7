// What commands that run models have in common: Ctrl-C, progress, the history, files, exit codes.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "ctl/context.h"
#include "ctl/model_printer.h"
#include "ctl/signal_inbox.h"
#include "profiler/measure/questions.h"

namespace anemon::profiler {
class ResultHistory;
}

namespace anemon {

// Explains itself on standard error in one line or two, as anemonctl does.
void explain(std::string_view command, const std::string& what, const std::string& hint = {});

// Keeps a result unless --no-keep. That it cannot be kept is told, and no failure.
class ResultKeeper {
 public:
  ResultKeeper(std::string_view command, const Arguments& arguments);
  ~ResultKeeper();
  void keep(Json& result);

 private:
  const std::string_view command_;
  const bool wanted_;
  bool failed_ = false;  // told once
  std::unique_ptr<profiler::ResultHistory> history_;
};

// Asks one question after the other, while signals end the run and not this program. Throws
// UsageError for what the options ask in vain.
class ProfileAnswers {
 public:
  // How a result is shown.
  using Shown = std::function<Report(std::shared_ptr<const Json>)>;

  // `count`: how many questions there will be.
  ProfileAnswers(Context& context, const Arguments& arguments, std::string_view command,
                 size_t count);

  profiler::RunRequest request(const std::string& model) const;
  const profiler::Asking& asking() const { return asking_; }

  // Explains a question that cannot be asked and a run that failed, and goes on.
  void answer(const std::string& file, const std::function<Json()>& question, const Shown& shown);
  // One that is there already: neither judged nor kept.
  void show(const std::string& name, Json result, const Shown& shown);
  bool interrupted() const { return exit_code_ > kInterruptedAbove; }

  // Prints what is still to be printed. The worst exit code.
  int finish();

 private:
  static constexpr int kInterruptedAbove = 128;

  void write_file(const Json& result) const;
  // The exit code of a result.
  int judge(const std::string& file, const Json& result);

  Context& context_;
  const Arguments& arguments_;
  const std::string_view command_;
  SignalInbox inbox_;
  profiler::Asking asking_;
  ResultKeeper keeper_;
  ModelPrinter printer_;
  int exit_code_ = 0;
};

}  // namespace anemon
