// anemonctl profile model, transformer, vision, compare, batch, power, memory, recommend.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "ctl/exit_code.h"
#include "ctl/handlers.h"
#include "ctl/profile_answers.h"
#include "ctl/profile_options.h"
#include "ctl/result_advice.h"
#include "ctl/result_text.h"
#include "ctl/words.h"

namespace anemon {
namespace {

using profiler::Asking;
using profiler::RunRequest;

constexpr Duration kPowerTime = std::chrono::seconds(30);

// One question to each file.
int ask_each(Context& context, const Arguments& arguments, std::string_view command,
             const std::function<Json(const RunRequest&, const Asking&)>& question,
             const ProfileAnswers::Shown& shown = result_report) {
  const auto& files = arguments.operands();
  ProfileAnswers answers(context, arguments, command, files.size());
  for (const std::string& file : files) {
    const RunRequest request = answers.request(file);
    answers.answer(
        file, [&] { return question(request, answers.asking()); }, shown);
  }
  return answers.finish();
}

std::vector<uint64_t> batch_sizes(const Arguments& arguments) {
  const std::string text = arguments.value("sizes");
  std::vector<uint64_t> sizes;
  for (const std::string_view each : split(std::string_view(text), ',')) {
    const bool digits =
        !each.empty() && each.size() <= 6 && each.find_first_not_of("0123456789") == each.npos;
    const uint64_t size = digits ? std::stoull(std::string(each)) : 0;
    if (size < 1 || size > profiler::kMaxItems) {
      throw UsageError(fmt::format("--sizes: {} is not a size of batch", each),
                       "for example --sizes 1,2,4,8");
    }
    sizes.push_back(size);
  }
  return sizes;
}

profiler::BatchLimits batch_limits(const Arguments& arguments) {
  profiler::BatchLimits limits;
  if (const auto latency = arguments.duration("max-latency")) {
    limits.latency = to_seconds(*latency);
  }
  if (const auto memory = bytes(arguments, "max-memory")) {
    limits.memory = static_cast<double>(*memory);
  }
  return limits;
}

}  // namespace

int profile_models(Context& context, const Arguments& arguments) {
  return ask_each(context, arguments, "profile model", profiler::profile_model);
}

int profile_transformers(Context& context, const Arguments& arguments) {
  profiler::TransformerShape shape;
  shape.batch = whole_number(arguments, "batch", 1, profiler::kMaxItems).value_or(1);
  shape.sequence_length = whole_number(arguments, "sequence-length", 1, 1'000'000'000).value_or(0);
  return ask_each(context, arguments, "profile transformer",
                  [&](RunRequest request, const Asking& asking) {
                    request.items = 1;  // the shape's batch is what --batch means here
                    return profiler::profile_transformer(request, shape, asking);
                  });
}

int profile_visions(Context& context, const Arguments& arguments) {
  profiler::VisionShape shape;
  const auto extent = [&](const char* option) {
    return whole_number(arguments, option, 1, 1'000'000).value_or(0);
  };
  shape.batch = whole_number(arguments, "batch", 1, profiler::kMaxItems).value_or(1);
  shape.height = extent("height");
  shape.width = extent("width");
  shape.channels = extent("channels");
  return ask_each(context, arguments, "profile vision",
                  [&](RunRequest request, const Asking& asking) {
                    request.items = 1;
                    return profiler::profile_vision(request, shape, asking);
                  });
}

int compare_model_engines(Context& context, const Arguments& arguments) {
  profiler::CompareRequest compare;
  for (const std::string& units : arguments.values("compute-units")) {
    compare.units.push_back(*profiler::parse_compute_units(units));
  }
  compare.runners = arguments.values("against");
  return ask_each(context, arguments, "profile compare",
                  [&](const RunRequest& request, const Asking& asking) {
                    compare.run = request;
                    return profiler::compare_engines(compare, asking);
                  });
}

int sweep_model_batches(Context& context, const Arguments& arguments) {
  profiler::BatchRequest batch;
  if (arguments.has("sizes")) batch.sizes = batch_sizes(arguments);
  batch.limits = batch_limits(arguments);
  return ask_each(context, arguments, "profile batch",
                  [&](const RunRequest& request, const Asking& asking) {
                    batch.run = request;
                    return profiler::sweep_batches(batch, asking);
                  });
}

int profile_model_power(Context& context, const Arguments& arguments) {
  const Duration duration = arguments.duration("duration").value_or(kPowerTime);
  return ask_each(context, arguments, "profile power",
                  [&](const RunRequest& request, const Asking& asking) {
                    return profiler::profile_power(request, duration, asking);
                  });
}

int profile_model_memory(Context& context, const Arguments& arguments) {
  return ask_each(context, arguments, "profile memory", profiler::profile_memory);
}

int recommend_by_measuring(Context& context, const Arguments& arguments) {
  return ask_each(context, arguments, "profile recommend", profiler::profile_model, advice_report);
}

}  // namespace anemon
