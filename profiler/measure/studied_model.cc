#include "profiler/measure/studied_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <system_error>

#include "core/edit_distance.h"
#include "core/error.h"
#include "models/chips/chip.h"
#include "models/read/read_model.h"
#include "platform/host_facts.h"

namespace anemon::profiler {
namespace {

ChipChoice choose_chip(const std::string& asked) {
  if (!asked.empty()) {
    if (const models::Chip* chip = models::find_chip(asked)) return {chip, "asked for"};
    std::vector<std::string_view> known;
    for (const models::Chip& chip : models::chips()) known.push_back(chip.name);
    const std::string_view nearest = nearest_name(asked, known);
    throw Error(fmt::format("unknown chip {}", asked),
                nearest.empty() ? fmt::format("one of {}", fmt::join(known, ", "))
                                : fmt::format("did you mean {}?", nearest));
  }
  const std::string own = read_host_facts({}).chip;
  if (own.starts_with("Apple ")) {
    if (const models::Chip* chip = models::find_chip(own)) return {chip, "this machine"};
  }
  return {&models::default_chip(), "default"};
}

void require_model(const std::filesystem::path& model) {
  std::error_code error;
  if (std::filesystem::exists(model, error)) return;
  throw Error(fmt::format("{}: {}", model.string(),
                          error ? error.message() : std::string("no such file or folder")),
              "a model is a .mlmodel file, or a .mlpackage or .mlmodelc folder");
}

}  // namespace

StudiedModel study_model(const RunRequest& request, const Asking& asking) {
  require_model(request.model);
  const ChipChoice chip = choose_chip(asking.chip);
  StudiedModel studied;
  std::optional<models::Model> model;
  try {
    model = models::read_model(request.model);
  } catch (const Error& error) {
    studied.why_not = error.what();
    return studied;
  }
  studied.study =
      std::make_unique<ModelStudy>(request.model.string(), *std::move(model), request.shapes, chip);
  return studied;
}

models::Interface interface_of(const RunRequest& request) {
  require_model(request.model);
  const models::Model model = models::read_model(request.model);
  const auto named = std::find_if(
      model.interfaces.begin(), model.interfaces.end(),
      [&](const models::Interface& each) { return each.function == request.function; });
  return named == model.interfaces.end() ? model.interface : *named;
}

}  // namespace anemon::profiler
