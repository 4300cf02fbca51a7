#include "ctl/model_weights_diff.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <set>

#include "models/analysis/weights.h"

namespace anemon {
namespace {

using Bytes = std::span<const std::byte>;

enum class Verdict { same, different, unknown };

Verdict verdict(bool same) { return same ? Verdict::same : Verdict::different; }

bool same_bytes(Bytes a, Bytes b) {
  return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size()) == 0);
}

bool same_quantization(const models::Constant& a, const models::Constant& b) {
  if (!a.quantization || !b.quantization) return !a.quantization && !b.quantization;
  return a.quantization->bits == b.quantization->bits &&
         same_bytes(a.quantization->scale, b.quantization->scale) &&
         same_bytes(a.quantization->bias, b.quantization->bias) &&
         same_bytes(a.quantization->lookup, b.quantization->lookup);
}

Verdict compare(const models::Constant& a, const models::Constant& b) {
  const bool same_type = a.type.dtype == b.type.dtype && a.type.shape == b.type.shape;
  const bool is_weight = models::is_weight(a) || models::is_weight(b);
  if (is_weight && !same_type) return Verdict::different;
  if (a.missing || b.missing) return Verdict::unknown;
  if (same_type && a.packing == b.packing) {
    return verdict(a.strings == b.strings && same_quantization(a, b) && same_bytes(a.data, b.data));
  }
  // Containers write parameters in types of their own: 1 is 1.
  if (!a.strings.empty() || !b.strings.empty()) return verdict(a.strings == b.strings);
  const auto of_a = models::numbers(a), of_b = models::numbers(b);
  if (!of_a || !of_b) return Verdict::unknown;
  return verdict(*of_a == *of_b);
}

const StudiedFunction* find(const std::vector<StudiedFunction>& functions,
                            const std::string& where) {
  const auto found = std::ranges::find(functions, where, &StudiedFunction::where);
  return found == functions.end() ? nullptr : &*found;
}

class Comparison {
 public:
  Comparison(const StudiedFunction& before, const StudiedFunction& after, ConstantsDiff& diff)
      : before_(*before.analysis->function), after_(*after.analysis->function), diff_(diff) {
    where_ = before.where;
  }

  void add(const std::string& name, const models::Operation& a, const models::Operation& b) {
    std::set<std::string> arguments;
    for (const models::Argument& each : a.arguments) arguments.insert(each.name);
    for (const models::Argument& each : b.arguments) arguments.insert(each.name);
    for (const std::string& argument : arguments) {
      const auto old_ids = constants_of(before_, a.argument(argument));
      const auto new_ids = constants_of(after_, b.argument(argument));
      for (size_t i = 0; i < std::max(old_ids.size(), new_ids.size()); ++i) {
        const auto old_id = i < old_ids.size() ? old_ids[i] : std::nullopt;
        const auto new_id = i < new_ids.size() ? new_ids[i] : std::nullopt;
        if (!old_id && !new_id) continue;
        if (old_id && new_id && !seen_.insert({*old_id, *new_id}).second) continue;
        add(name, argument, old_id ? &*before_.values[*old_id].constant : nullptr,
            new_id ? &*after_.values[*new_id].constant : nullptr);
      }
    }
  }

  // What old networks do to images before their first layer.
  void add_preprocessing() {
    for (const models::ImagePreprocessing& a : before_.preprocessing) {
      const auto b =
          std::ranges::find(after_.preprocessing, a.input, &models::ImagePreprocessing::input);
      if (b == after_.preprocessing.end()) continue;
      const std::string name = "preprocessing of " + a.input;
      add(name, "scale and bias", numbers_of(a), numbers_of(*b));
      if (a.mean_image || b->mean_image) {
        add(name, "mean image", a.mean_image ? &*a.mean_image : nullptr,
            b->mean_image ? &*b->mean_image : nullptr);
      }
    }
  }

 private:
  using Id = std::optional<models::ValueId>;

  // By place in a list; none where it is no constant.
  static std::vector<Id> constants_of(const models::Function& function,
                                      const models::Argument* argument) {
    std::vector<Id> ids;
    if (argument == nullptr) return ids;
    for (const models::ValueId id : argument->values) {
      ids.push_back(function.values[id].constant ? Id(id) : std::nullopt);
    }
    return ids;
  }

  static std::vector<double> numbers_of(const models::ImagePreprocessing& each) {
    return {each.scale, each.red_bias, each.green_bias, each.blue_bias, each.gray_bias};
  }

  void add(const std::string& name, const std::string& argument, const std::vector<double>& a,
           const std::vector<double>& b) {
    ++diff_.compared;
    if (a == b) return;
    const auto text = [](const std::vector<double>& numbers) {
      return fmt::format("{}", fmt::join(numbers, " "));
    };
    diff_.changes.push_back({where_, name, argument, text(a), text(b)});
  }

  void add(const std::string& name, const std::string& argument, const models::Constant* a,
           const models::Constant* b) {
    const Verdict found = a != nullptr && b != nullptr ? compare(*a, *b) : Verdict::different;
    if (found == Verdict::unknown) {
      ++diff_.unknown;
      return;
    }
    ++diff_.compared;
    if (found == Verdict::same) return;
    const auto text = [](const models::Constant* constant) {
      return constant == nullptr ? std::string() : models::to_text(constant->type);
    };
    diff_.changes.push_back({where_, name, argument, text(a), text(b)});
  }

  const models::Function& before_;
  const models::Function& after_;
  std::string where_;
  ConstantsDiff& diff_;
  std::set<std::pair<models::ValueId, models::ValueId>> seen_;
};

}  // namespace

std::vector<std::string> names_to_match(const models::FunctionAnalysis& function) {
  std::vector<std::string> names;
  std::map<std::string, size_t> seen;
  for (const models::AnalysedOperation& each : function.operations) {
    const models::Operation& operation = *each.operation;
    std::string& name = names.emplace_back();
    if (operation.type == "const") continue;
    name = operation.name.empty() ? operation.type : operation.name;
    const size_t ordinal = ++seen[name];
    if (ordinal > 1 || operation.name.empty()) name += fmt::format(" #{}", ordinal);
  }
  return names;
}

ConstantsDiff compare_constants(const ModelStudy& before, const ModelStudy& after) {
  ConstantsDiff diff;
  const std::vector<StudiedFunction> others = after.functions(false);
  for (const StudiedFunction& function : before.functions(false)) {
    const StudiedFunction* other = find(others, function.where);
    if (other == nullptr) continue;
    std::map<std::string, const models::Operation*> matches;
    const std::vector<std::string> names = names_to_match(*other->analysis);
    for (size_t i = 0; i < names.size(); ++i) {
      matches[names[i]] = other->analysis->operations[i].operation;
    }
    Comparison comparison(function, *other, diff);
    comparison.add_preprocessing();
    const std::vector<std::string> own = names_to_match(*function.analysis);
    for (size_t i = 0; i < own.size(); ++i) {
      const auto match = own[i].empty() ? matches.end() : matches.find(own[i]);
      const models::Operation& operation = *function.analysis->operations[i].operation;
      // Of another type, its arguments mean something else.
      if (match == matches.end() || match->second->type != operation.type) continue;
      comparison.add(own[i], operation, *match->second);
    }
  }
  return diff;
}

}  // namespace anemon
