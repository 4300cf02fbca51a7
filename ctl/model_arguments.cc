#include "ctl/model_arguments.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/edit_distance.h"
#include "ctl/arguments.h"
#include "ctl/exit_code.h"
#include "ctl/words.h"
#include "platform/host_facts.h"

namespace anemon {

ChipChoice choose_chip(const Arguments& arguments) {
  if (arguments.has("chip")) {
    const std::string name = arguments.value("chip");
    if (const models::Chip* chip = models::find_chip(name)) return {chip, kAskedFor};
    std::vector<std::string_view> known;
    for (const models::Chip& chip : models::chips()) known.push_back(chip.name);
    const std::string_view nearest = nearest_name(name, known);
    throw UsageError(fmt::format("--chip: unknown chip {}", name),
                     nearest.empty() ? fmt::format("one of {}", fmt::join(known, ", "))
                                     : fmt::format("did you mean {}?", nearest));
  }
  const std::string own = read_host_facts({}).chip;
  if (own.starts_with("Apple ")) {
    if (const models::Chip* chip = models::find_chip(own)) return {chip, "this machine"};
  }
  return {&models::default_chip(), "default"};
}

models::InputShapes shapes_of(const Arguments& arguments) {
  models::InputShapes shapes;
  for (const std::string& text : arguments.values("shape")) {
    // Names may hold an equals sign, extents cannot.
    const size_t equals = text.rfind('=');
    models::Shape shape;
    bool good = equals != text.npos && equals > 0 && equals + 1 < text.size();
    if (good) {
      good = text.back() != 'x';
      for (const std::string_view extent : split(std::string_view(text).substr(equals + 1), 'x')) {
        good = good && !extent.empty() && extent.size() < 10 &&
               std::ranges::all_of(extent, [](char c) { return c >= '0' && c <= '9'; });
        if (!good) break;
        shape.push_back(std::stoll(std::string(extent)));
        good = shape.back() > 0;
      }
    }
    if (!good) {
      throw UsageError(fmt::format("--shape: {} is not NAME=SHAPE", text),
                       "for example --shape image=1x3x224x224");
    }
    shapes[text.substr(0, equals)] = std::move(shape);
  }
  return shapes;
}

}  // namespace anemon
