#include "collectors/apple/ane_chips.h"

#include <array>
#include <utility>

namespace anemon {
namespace {

struct Row {
  std::string_view family;
  AneChip chip;
};

constexpr std::array kRows = {
    // 4408 samples a second, measured (751K/apple-neural-engine-monitor, calibration).
    Row{"M4", {4408, 1}},
    // 4745 to 4786, measured (the same; SiliconScope issue 30); idle asks for F1 (silicon-ledger).
    Row{"M5", {4766, 1}},
    // 24 MHz / 5400; idle asks for F2 (751K/apple-neural-engine-monitor).
    Row{"M6", {24e6 / 5400, 2}},
};

}  // namespace

std::string_view chip_family(std::string_view chip) {
  constexpr std::string_view kMaker = "Apple ";
  if (!chip.starts_with(kMaker)) return {};
  chip.remove_prefix(kMaker.size());
  return chip.substr(0, chip.find(' '));
}

AneChip ane_chip(std::string_view chip) {
  const std::string_view family = chip_family(chip);
  for (const Row& row : kRows) {
    if (row.family == family) return row.chip;
  }
  return {};
}

}  // namespace anemon
