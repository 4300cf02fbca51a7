// Runs a command over several model files and prints what it says about each.
#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "ctl/context.h"
#include "models/document/model_study.h"

namespace anemon {

// Prints the reports of several files as one answer: tables one after another, CSV with one
// heading and the file as its first column, JSON as an array when there are several.
class ModelPrinter {
 public:
  ModelPrinter(const Output& out, bool several) : out_(out), several_(several) {}
  ~ModelPrinter();

  void add(Report report, const std::string& file);
  void finish();

 private:
  const Output out_;
  const bool several_;
  bool first_ = true;
  std::vector<std::shared_ptr<const Json>> documents_;
};

// What a command says about one model; the exit code is bad when `good` is set to false.
using StudyCommand = std::function<Report(const ModelStudy& study, bool& good)>;

// Reads every file named, explains in one line on standard error those that cannot be read, are
// known in part only or do not take the shapes asked for, and goes on. The worst exit code.
int for_each_model(Context& context, const Arguments& arguments, std::string_view command,
                   const StudyCommand& run);

// The same for one file; null when it cannot be read, which is explained. Raises `exit_code`.
std::unique_ptr<ModelStudy> study_file(std::string_view command, const std::string& file,
                                       const models::InputShapes& shapes, ChipChoice chip,
                                       int& exit_code);

}  // namespace anemon
