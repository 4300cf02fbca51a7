#include "platform/powermetrics_plist.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <cstring>

namespace anemon {
namespace {

constexpr std::string_view kEnd = "</plist>";
constexpr size_t kMaxDepth = 32;

struct Row {
  std::string_view engine;
  std::optional<double> PowermetricsReport::*milliwatts;
};
// "<engine>_power" in milliwatts (macOS 13 and later), else "<engine>_energy" in millijoules, of
// the dictionary "processor".
constexpr std::array kEngines = {
    Row{"cpu", &PowermetricsReport::cpu_milliwatts},
    Row{"gpu", &PowermetricsReport::gpu_milliwatts},
    Row{"ane", &PowermetricsReport::ane_milliwatts},
    Row{"dram", &PowermetricsReport::dram_milliwatts},
};

std::optional<double> number(std::string_view text) {
  std::array<char, 64> buffer{};
  if (text.empty() || text.size() >= buffer.size()) return std::nullopt;
  std::copy(text.begin(), text.end(), buffer.begin());
  char* end = nullptr;
  const double value = std::strtod(buffer.data(), &end);
  if (end != buffer.data() + text.size() || !std::isfinite(value) || value < 0) {
    return std::nullopt;
  }
  return value;
}

// What the reports are read for: every number in the root and in "processor", by its key.
class Reading {
 public:
  void take(std::string_view key, std::string_view parent, size_t depth, double value) {
    if (depth == 1 && key == "elapsed_ns") elapsed_ns_ = value;
    if (depth != 2 || parent != "processor") return;
    for (size_t i = 0; i < kEngines.size(); ++i) {
      const std::string_view engine = kEngines[i].engine;
      if (!key.starts_with(engine)) continue;
      if (key.substr(engine.size()) == "_power") milliwatts_[i] = value;
      if (key.substr(engine.size()) == "_energy") millijoules_[i] = value;
    }
  }

  std::optional<PowermetricsReport> report() const {
    constexpr double kLongest = 86400e9;
    if (!elapsed_ns_ || *elapsed_ns_ < 1 || *elapsed_ns_ > kLongest) return std::nullopt;
    PowermetricsReport report;
    report.elapsed = Duration(static_cast<int64_t>(*elapsed_ns_));
    bool any = false;
    for (size_t i = 0; i < kEngines.size(); ++i) {
      std::optional<double>& milliwatts = report.*kEngines[i].milliwatts;
      milliwatts = milliwatts_[i];
      if (!milliwatts && millijoules_[i]) milliwatts = *millijoules_[i] * 1e9 / *elapsed_ns_;
      any = any || milliwatts;
    }
    return any ? std::optional(report) : std::nullopt;
  }

 private:
  std::optional<double> elapsed_ns_;
  std::array<std::optional<double>, kEngines.size()> milliwatts_, millijoules_;
};

}  // namespace

PowermetricsReport combined(const PowermetricsReport& earlier, const PowermetricsReport& later) {
  PowermetricsReport both = later;
  both.elapsed += earlier.elapsed;
  if (both.elapsed <= Duration::zero()) return later;
  const double share = to_seconds(earlier.elapsed) / to_seconds(both.elapsed);
  for (const Row& row : kEngines) {
    const auto& first = earlier.*row.milliwatts;
    std::optional<double>& mean = both.*row.milliwatts;
    mean = first && mean ? std::optional(*first * share + *mean * (1 - share)) : std::nullopt;
  }
  return both;
}

std::optional<PowermetricsReport> parse_powermetrics(std::string_view plist) {
  Reading reading;
  std::array<std::string_view, kMaxDepth> keys;  // of the dictionaries and arrays that are open
  size_t depth = 0;
  std::string_view key;
  size_t at = 0;
  while ((at = plist.find('<', at)) != std::string_view::npos) {
    const size_t close = plist.find('>', at);
    if (close == std::string_view::npos) return std::nullopt;
    const std::string_view tag = plist.substr(at + 1, close - at - 1);
    at = close + 1;
    const std::string_view text = plist.substr(at, plist.find('<', at) - at);
    if (tag == "key") {
      key = text;
    } else if (tag == "dict" || tag == "array") {
      if (depth == kMaxDepth) return std::nullopt;
      keys[depth++] = key;
    } else if (tag == "/dict" || tag == "/array") {
      if (depth == 0) return std::nullopt;
      --depth;
    } else if ((tag == "integer" || tag == "real") && depth > 0) {
      if (const auto value = number(text)) reading.take(key, keys[depth - 1], depth, *value);
    }
  }
  return depth == 0 ? reading.report() : std::nullopt;
}

PowermetricsStream::PowermetricsStream() { pending_.reserve(kMaxReport); }

std::optional<PowermetricsReport> PowermetricsStream::feed(std::string_view bytes) {
  std::optional<PowermetricsReport> complete;
  while (!bytes.empty()) {
    // What does not end within the bound is no report: it is dropped up to the next separator.
    const size_t taken = std::min(bytes.size(), kMaxReport - pending_.size());
    const size_t searched = pending_.size() < kEnd.size() ? 0 : pending_.size() - kEnd.size();
    pending_.append(bytes.substr(0, taken));
    bytes.remove_prefix(taken);
    size_t from = searched;
    size_t begin = 0;
    while (true) {
      const size_t end = pending_.find(kEnd, from);
      if (end == std::string::npos) break;
      const size_t behind = end + kEnd.size();
      std::string_view report(pending_.data() + begin, behind - begin);
      // The last property list begins behind the last separator.
      if (const size_t nul = report.rfind('\0'); nul != std::string_view::npos) {
        report.remove_prefix(nul + 1);
      }
      if (const auto parsed = parse_powermetrics(report)) {
        complete = complete ? combined(*complete, *parsed) : *parsed;
      }
      from = begin = behind;
    }
    pending_.erase(0, begin);
    if (pending_.size() >= kMaxReport) pending_.clear();
  }
  return complete;
}

}  // namespace anemon
