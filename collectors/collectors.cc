#include "collectors/collectors.h"

#include <algorithm>
#include <array>

#include "core/error.h"

namespace anemon {
namespace {

using std::chrono::seconds;

struct Row {
  CollectorSpec spec;
  std::unique_ptr<Collector> (*open)(const CollectorContext& context);
};

// name, enabled, period, may block, series, help, how to open it.
constexpr std::array kRows = {
    // rows
};

constexpr auto kSpecs = [] {
  std::array<CollectorSpec, kRows.size()> specs{};
  std::transform(kRows.begin(), kRows.end(), specs.begin(), [](const Row& row) { return row.spec; });
  return specs;
}();

}  // namespace

std::span<const CollectorSpec> collector_specs() { return kSpecs; }

std::unique_ptr<Collector> make_collector(std::string_view name, const CollectorContext& context) {
  const auto row = std::find_if(kRows.begin(), kRows.end(),
                                [&](const Row& candidate) { return candidate.spec.name == name; });
  if (row == kRows.end()) throw Error("there is no collector named " + std::string(name));
  return row->open(context);
}

}  // namespace anemon
