#include "profiler/measure/agreement.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "core/provenanced_json.h"

namespace anemon::profiler {
namespace {

// The numbers of one output, pair by pair.
class Pairs {
 public:
  void add(double a, double b) {
    if (!std::isfinite(a) || !std::isfinite(b)) {
      const bool same = (std::isnan(a) && std::isnan(b)) || a == b;
      if (!same) ++one_sided_;
      return;
    }
    ++count_;
    dot_ += a * b;
    of_a_ += a * a;
    of_b_ += b * b;
    error_ = std::max(error_, std::abs(a - b));
  }

  void add_to(Agreement& agreement) const {
    agreement.one_sided += one_sided_;
    if (count_ == 0) return;
    agreement.compared += count_;
    agreement.max_error = std::max(agreement.max_error.value_or(0), error_);
    agreement.cosine = std::min(agreement.cosine.value_or(1), cosine());
  }

 private:
  double cosine() const {
    if (of_a_ == 0 || of_b_ == 0) return of_a_ == of_b_ ? 1 : 0;
    return std::clamp(dot_ / (std::sqrt(of_a_) * std::sqrt(of_b_)), -1.0, 1.0);
  }

  uint64_t count_ = 0, one_sided_ = 0;
  double dot_ = 0, of_a_ = 0, of_b_ = 0, error_ = 0;
};

void compare_numbers(const OutputResult& a, const OutputResult& b, Pairs& pairs,
                     Agreement& agreement) {
  const std::string& name = a.value.name;
  if (a.count != b.count) {
    agreement.differences.push_back(
        fmt::format("output '{}' has {} elements, not {}", name, b.count, a.count));
    return;
  }
  const size_t kept = std::min(a.value.numbers.size(), b.value.numbers.size());
  for (size_t i = 0; i < kept; ++i) pairs.add(a.value.numbers[i], b.value.numbers[i]);
  agreement.not_compared += a.count - std::min<uint64_t>(kept, a.count);
}

void compare_dictionaries(const OutputResult& a, const OutputResult& b, Pairs& pairs,
                          Agreement& agreement) {
  size_t unpaired = 0;
  for (const auto& [key, value] : a.value.dictionary) {
    const auto found = b.value.dictionary.find(key);
    if (found == b.value.dictionary.end()) {
      ++unpaired;
    } else {
      pairs.add(value, found->second);
    }
  }
  for (const auto& [key, value] : b.value.dictionary) {
    if (!a.value.dictionary.contains(key)) ++unpaired;
  }
  if (unpaired == 0) return;
  agreement.differences.push_back(
      fmt::format("{} keys of output '{}' are in one of both only", unpaired, a.value.name));
}

bool is_same(const OutputResult& a, const OutputResult& b) {
  return a.count == b.count && a.checksum == b.checksum && (a.count == 0 || !a.checksum.empty()) &&
         a.value.text == b.value.text && a.value.dictionary == b.value.dictionary;
}

const OutputResult* find_output(const std::vector<OutputResult>& outputs, const std::string& name) {
  const auto found = std::find_if(outputs.begin(), outputs.end(), [&](const OutputResult& each) {
    return each.value.name == name;
  });
  return found == outputs.end() ? nullptr : &*found;
}

}  // namespace

Agreement compare_outputs(const std::vector<OutputResult>& reference,
                          const std::vector<OutputResult>& other) {
  Agreement agreement;
  agreement.identical = !reference.empty() && reference.size() == other.size();
  for (const OutputResult& a : reference) {
    const OutputResult* const b = find_output(other, a.value.name);
    if (b == nullptr) {
      agreement.identical = false;
      agreement.differences.push_back(fmt::format("output '{}' is missing", a.value.name));
      continue;
    }
    agreement.identical = agreement.identical && is_same(a, *b);
    Pairs pairs;
    compare_numbers(a, *b, pairs, agreement);
    compare_dictionaries(a, *b, pairs, agreement);
    pairs.add_to(agreement);
    if (a.value.text != b->value.text) {
      agreement.differences.push_back(fmt::format("output '{}' is \"{}\", not \"{}\"", a.value.name,
                                                  b->value.text, a.value.text));
    }
  }
  for (const OutputResult& b : other) {
    if (find_output(reference, b.value.name) != nullptr) continue;
    agreement.differences.push_back(fmt::format("output '{}' is new", b.value.name));
  }
  return agreement;
}

std::string Agreement::words() const {
  if (identical) return "identical outputs";
  std::string text;
  const auto append = [&](const std::string& part) { text += (text.empty() ? "" : "; ") + part; };
  if (cosine) append(fmt::format("cosine {:.6f}, largest error {:.3g}", *cosine, *max_error));
  if (one_sided > 0) append(fmt::format("{} elements are finite in one of both only", one_sided));
  for (const std::string& difference : differences) append(difference);
  return text.empty() ? "no outputs to compare" : text;
}

Json agreement_section(const Agreement& agreement, const std::string& reference) {
  ProvenancedJson section;
  section.text("reference", reference);
  section.number("cosine", agreement.cosine, Provenance::derived);
  section.number("max_error", agreement.max_error, Provenance::derived);
  if (!agreement.cosine) section.absent("cosine", "no numbers to compare");
  section.number("compared", Json(agreement.compared), Provenance::derived);
  section.number("not_compared", Json(agreement.not_compared), Provenance::derived);
  section.number("one_sided", Json(agreement.one_sided), Provenance::derived);
  section.set("identical", agreement.identical);
  section.set("agrees", agreement.agrees());
  section.text("words", agreement.words());
  return section.take();
}

}  // namespace anemon::profiler
