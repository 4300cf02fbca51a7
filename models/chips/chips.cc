#include <algorithm>
#include <array>
#include <cctype>

#include "models/chips/chip.h"

namespace anemon::models {
namespace {

constexpr Confidence documented = Confidence::documented;
constexpr Confidence measured = Confidence::measured;
constexpr Confidence folklore = Confidence::folklore;

constexpr std::string_view kApple = "Apple, technical specifications";
constexpr std::string_view kNominal =
    "Apple's operations per second, read as fp16: the engine has no faster int8";
constexpr std::string_view kHalfNominal =
    "half of Apple's operations per second, which count int8 from A17 Pro and M4 on";
constexpr std::string_view kSameAsFp16 = "the fp16 peak: the engine has no faster int8";
constexpr std::string_view kBench = "Anemll/anemll-bench, Results: llama_lm_head";
constexpr std::string_view kBryngelson =
    "Bryngelson, arXiv:2606.22283, as summed up in 751K/Apple-Neural-Engine-Microarchitecture-"
    "Study-M6";
constexpr std::string_view kLimits =
    "751K/Apple-Neural-Engine-Microarchitecture-Study-M6: hardware descriptions of the compiler";
constexpr std::string_view kSweep =
    "751K/Apple-Neural-Engine-Microarchitecture-Study-M6, notes/coreml_dispatch.md 3.3";
constexpr std::string_view kSegmenter =
    "751K/Apple-Neural-Engine-Microarchitecture-Study-M6, notes/coreml_dispatch.md 2.2: what the "
    "system's compiler counts for a call; no call was measured";
constexpr std::string_view kStudyM6 =
    "751K/Apple-Neural-Engine-Microarchitecture-Study-M6, measured on an M6";
constexpr std::string_view kCallM6 =
    "751K/Apple-Neural-Engine-Microarchitecture-Study-M6, measured on an M6: the middle of 100 to "
    "250 us";
constexpr std::string_view kMaderix = "maderix/ANE, measured on an M4";
constexpr std::string_view kIssueM5 = "a single report for the M5 Pro, convolutions";
constexpr std::string_view kHollance = "hollance/neural-engine, pooling layers";
constexpr std::string_view kBetween = "as on the M1 and the M5, which were measured (Bryngelson)";

using F = std::optional<Fact>;

constexpr F apple(double value) { return Fact{value, kApple, documented}; }
constexpr F nominal(double value) { return Fact{value, kNominal, folklore}; }
constexpr F half_nominal(double value) { return Fact{value, kHalfNominal, folklore}; }
constexpr F same_as_fp16(double value) { return Fact{value, kSameAsFp16, folklore}; }
constexpr F bench(double value) { return Fact{value, kBench, measured}; }
constexpr F bryngelson(double value) { return Fact{value, kBryngelson, measured}; }
constexpr F study_m6(double value) { return Fact{value, kStudyM6, measured}; }
constexpr F sweep(double value) { return Fact{value, kSweep, measured}; }
constexpr F segmenter() { return Fact{0.125e-3, kSegmenter, folklore}; }
constexpr F extent(double value) { return Fact{value, kLimits, measured}; }

constexpr F kOldExtent = extent(16384);
constexpr F kNewExtent = extent(65536);
constexpr F kOldPool = Fact{13, kHollance, folklore};

// Families first in each generation; a variant has a row where a figure is its own.
constexpr Chip kM1 = {.name = "M1",
                      .hardware = "H13",
                      .ane_cores = apple(16),
                      .fp16_flops_per_second = bryngelson(12e12),
                      .int8_ops_per_second = same_as_fp16(12e12),
                      .ane_bytes_per_second = bench(60.87e9),
                      .activation_bytes_per_second = bryngelson(24e9),
                      .dispatch_seconds = bryngelson(190e-6),
                      .max_dimension = kOldExtent,
                      .max_conv_kernel_width = bryngelson(15),
                      .max_pool_kernel = kOldPool};
constexpr Chip kM2 = {.name = "M2",
                      .hardware = "H14",
                      .ane_cores = apple(16),
                      .fp16_flops_per_second = nominal(15.8e12),
                      .int8_ops_per_second = same_as_fp16(15.8e12),
                      .ane_bytes_per_second = bench(60.45e9),
                      .max_dimension = kOldExtent};
constexpr Chip kM3 = {.name = "M3",
                      .hardware = "H15",
                      .ane_cores = apple(16),
                      .fp16_flops_per_second = nominal(18e12),
                      .int8_ops_per_second = same_as_fp16(18e12),
                      .ane_bytes_per_second = bench(63.10e9),
                      .max_dimension = kOldExtent};
constexpr Chip kM4 = {.name = "M4",
                      .hardware = "H16g",
                      .ane_cores = apple(16),
                      .fp16_flops_per_second = Fact{18.6e12, kMaderix, measured},
                      .int8_ops_per_second = Fact{35.1e12, kMaderix, measured},
                      .ane_bytes_per_second = bench(64.18e9),
                      .activation_bytes_per_second = Fact{24e9, kBetween, folklore},
                      .dispatch_seconds = segmenter(),
                      .max_dimension = sweep(65536),
                      .max_conv_kernel_width = sweep(15),
                      .max_conv_kernel_height = sweep(31),
                      .max_conv_kernel_square = sweep(16),
                      .max_pool_kernel = sweep(8),
                      .max_matmul_inner = sweep(32768),
                      .int8_arithmetic = true};
constexpr Chip kM5 = {.name = "M5",
                      .hardware = "H17s",
                      .ane_cores = apple(16),
                      .fp16_flops_per_second = Fact{18.8e12, kIssueM5, folklore},
                      .int8_ops_per_second = Fact{38e12, kIssueM5, folklore},
                      .ane_bytes_per_second = bench(70.21e9),
                      .activation_bytes_per_second = bryngelson(24e9),
                      .max_dimension = kNewExtent,
                      .max_conv_kernel_width = bryngelson(15),
                      .int8_arithmetic = true};
constexpr Chip kM6 = {.name = "M6",
                      .hardware = "H18g",
                      .ane_cores = study_m6(32),
                      .fp16_flops_per_second = study_m6(39.5e12),
                      .int8_ops_per_second = study_m6(85e12),
                      .ane_bytes_per_second = study_m6(130e9),
                      .dispatch_seconds = Fact{175e-6, kCallM6, measured},
                      .max_dimension = kNewExtent,
                      .max_conv_kernel_width = study_m6(15),
                      .int8_arithmetic = true};

constexpr Chip variant(Chip family, std::string_view name, F bytes_per_second) {
  family.name = name;
  family.ane_bytes_per_second = bytes_per_second;
  return family;
}

// Two engines in one package; a call runs on one of them, as fast as on the family's only one.
constexpr Chip doubled(Chip family, std::string_view name, F bytes_per_second) {
  family = variant(family, name, bytes_per_second);
  family.ane_cores = apple(32);
  return family;
}

constexpr Chip m5_pro() {
  Chip chip = variant(kM5, "M5 Pro", std::nullopt);
  chip.dispatch_seconds = Fact{70e-6, kIssueM5, folklore};
  return chip;
}

constexpr auto kChips = std::to_array<Chip>({
    {.name = "A14",
     .hardware = "H13",
     .ane_cores = apple(16),
     .fp16_flops_per_second = nominal(11e12),
     .int8_ops_per_second = same_as_fp16(11e12),
     .max_dimension = kOldExtent,
     .max_pool_kernel = kOldPool},
    kM1,
    variant(kM1, "M1 Pro", bench(54.90e9)),
    variant(kM1, "M1 Max", bench(54.62e9)),
    doubled(kM1, "M1 Ultra", bench(54.72e9)),
    {.name = "A15",
     .hardware = "H14",
     .ane_cores = apple(16),
     .fp16_flops_per_second = nominal(15.8e12),
     .int8_ops_per_second = same_as_fp16(15.8e12),
     .max_dimension = kOldExtent},
    kM2,
    variant(kM2, "M2 Pro", bench(61.93e9)),
    variant(kM2, "M2 Max", bench(62.01e9)),
    doubled(kM2, "M2 Ultra", bench(61.68e9)),
    {.name = "A16",
     .ane_cores = apple(16),
     .fp16_flops_per_second = nominal(17e12),
     .int8_ops_per_second = same_as_fp16(17e12),
     .max_dimension = kOldExtent},
    kM3,
    variant(kM3, "M3 Pro", std::nullopt),
    variant(kM3, "M3 Max", bench(120.22e9)),
    doubled(kM3, "M3 Ultra", std::nullopt),
    {.name = "A17 Pro",
     .ane_cores = apple(16),
     .fp16_flops_per_second = half_nominal(17.5e12),
     .int8_ops_per_second = apple(35e12),
     .max_dimension = kNewExtent,
     .int8_arithmetic = true},
    kM4,
    variant(kM4, "M4 Pro", bench(126.36e9)),
    variant(kM4, "M4 Max", bench(118.88e9)),
    {.name = "A18",
     .ane_cores = apple(16),
     .fp16_flops_per_second = half_nominal(17.5e12),
     .int8_ops_per_second = apple(35e12),
     .max_dimension = kNewExtent,
     .int8_arithmetic = true},
    {.name = "A18 Pro",
     .ane_cores = apple(16),
     .fp16_flops_per_second = half_nominal(17.5e12),
     .int8_ops_per_second = apple(35e12),
     .max_dimension = kNewExtent,
     .int8_arithmetic = true},
    kM5,
    m5_pro(),
    variant(kM5, "M5 Max", bench(148.39e9)),
    kM6,
});

std::string plain(std::string_view name) {
  std::string text;
  for (const char letter : name) {
    const auto byte = static_cast<unsigned char>(letter);
    if (std::isspace(byte) == 0) text += static_cast<char>(std::tolower(byte));
  }
  return text;
}

const Chip* find_plain(std::string_view name) {
  const auto found = std::find_if(kChips.begin(), kChips.end(),
                                  [&](const Chip& chip) { return plain(chip.name) == name; });
  return found == kChips.end() ? nullptr : &*found;
}

bool drop_prefix(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

bool drop_suffix(std::string_view& text, std::string_view suffix) {
  if (!text.ends_with(suffix)) return false;
  text.remove_suffix(suffix.size());
  return true;
}

}  // namespace

std::string_view name_of(Confidence confidence) {
  switch (confidence) {
    case Confidence::folklore:
      return "folklore";
    case Confidence::measured:
      return "measured";
    case Confidence::documented:
      return "documented";
    case Confidence::none:
      break;
  }
  return "none";
}

std::span<const Chip> chips() { return kChips; }

const Chip* find_chip(std::string_view name) {
  const std::string text = plain(name);
  std::string_view wanted = text;
  drop_prefix(wanted, "apple");
  drop_suffix(wanted, "(virtual)");
  if (const Chip* chip = find_plain(wanted)) return chip;
  for (const std::string_view suffix : {"pro", "max", "ultra", "bionic"}) {
    if (!drop_suffix(wanted, suffix)) continue;
    // A family's name ends with its generation; a variant has no variants.
    const bool is_family =
        !wanted.empty() && std::isdigit(static_cast<unsigned char>(wanted.back()));
    return is_family ? find_plain(wanted) : nullptr;
  }
  return nullptr;
}

const Chip& default_chip() { return *find_plain("m4"); }

}  // namespace anemon::models
