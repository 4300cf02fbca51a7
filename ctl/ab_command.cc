// anemonctl ab: is B faster than A.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "ctl/exit_code.h"
#include "ctl/handlers.h"
#include "ctl/profile_answers.h"
#include "ctl/profile_options.h"
#include "ctl/result_text.h"

namespace anemon {

int compare_two_models(Context& context, const Arguments& arguments) {
  const auto& files = arguments.operands();
  ProfileAnswers answers(context, arguments, "ab", 1);
  profiler::AbRequest ab;
  ab.a = answers.request(files[0]);
  ab.b = answers.request(files[1]);
  if (const auto units = compute_units(arguments, "b-compute-units")) ab.b.units = *units;
  if (const auto threads = whole_number(arguments, "b-threads", 0, 1024)) {
    ab.b.threads = static_cast<unsigned>(*threads);
  }
  if (arguments.has("b-runner")) ab.b.runner = arguments.value("b-runner");
  if (arguments.has("b-engine")) ab.b.engine = arguments.value("b-engine");
  if (const auto blocks = whole_number(arguments, "blocks", 6, 10'000)) ab.blocks = *blocks;
  if (const auto margin = share(arguments, "margin")) ab.margin = *margin;
  if (const auto segment = arguments.duration("segment")) ab.segment = *segment;
  answers.answer(
      fmt::format("{} and {}", files[0], files[1]),
      [&] { return profiler::compare_models(ab, answers.asking()); }, result_report);
  return answers.finish();
}

}  // namespace anemon
