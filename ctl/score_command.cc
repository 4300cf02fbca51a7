// anemonctl score: of a result, or of a model that is measured for it.
#include <algorithm>
#include <array>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "core/json_access.h"
#include "ctl/exit_code.h"
#include "ctl/handlers.h"
#include "ctl/profile_answers.h"
#include "ctl/result_advice.h"
#include "ctl/result_files.h"
#include "ctl/result_values.h"
#include "profiler/measure/result.h"

namespace anemon {
namespace {

constexpr std::array<std::string_view, 3> kModelEnds = {".mlmodel", ".mlpackage", ".mlmodelc"};

bool is_model(const std::string& name) {
  std::error_code unknown;
  const std::filesystem::path path(name);
  // A folder's name may end in a slash.
  const auto end = (path.has_filename() ? path : path.parent_path()).extension().string();
  return std::ranges::find(kModelEnds, end) != kModelEnds.end() ||
         std::filesystem::is_directory(path, unknown);
}

}  // namespace

int score_results(Context& context, const Arguments& arguments) {
  const auto& names = arguments.operands();
  ProfileAnswers answers(context, arguments, "score", names.size());
  bool scored = true;
  const auto shown = [&](std::shared_ptr<const Json> result) {
    scored = scored && value_at(*result, "/score/score").has_value();
    return score_report(std::move(result));
  };
  for (const std::string& name : names) {
    if (is_model(name)) {
      const profiler::RunRequest request = answers.request(name);
      answers.answer(
          name, [&] { return profiler::profile_model(request, answers.asking()); }, shown);
    } else {
      Json result = find_result(name);
      if (!result.contains("score")) result["score"] = profiler::score_section(result);
      answers.show(name, std::move(result), shown);
    }
  }
  const int code = answers.finish();
  return code == kExitDone && !scored ? kExitMissing : code;
}

}  // namespace anemon
