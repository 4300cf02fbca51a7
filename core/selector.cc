#include "core/selector.h"

#include <algorithm>

#include "core/edit_distance.h"
#include "core/trimmed.h"

namespace anemon {
namespace {

constexpr size_t kMaxConditions = 16;

bool name_byte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

bool glob_byte(char c) { return name_byte(c) || c == '*' || c == '?' || c == ':'; }

[[noreturn]] void fail(std::string_view text, std::string_view reason) {
  throw Error("selector " + std::string(text.substr(0, 128)) + ": " + std::string(reason),
              "write METRIC or METRIC{label=\"value\"}; METRIC may hold * and ?");
}

// Reads `{label="value",...}`, one piece after the other.
class ConditionReader {
 public:
  ConditionReader(std::string_view whole, std::string_view rest) : whole_(whole), rest_(rest) {}

  bool take(std::string_view token) {
    skip_blanks();
    if (!rest_.starts_with(token)) return false;
    rest_.remove_prefix(token.size());
    return true;
  }

  bool at_end() {
    skip_blanks();
    return rest_.empty();
  }

  std::string name() {
    skip_blanks();
    size_t length = 0;
    while (length < rest_.size() && name_byte(rest_[length])) ++length;
    if (length == 0) fail(whole_, "a label name is missing");
    std::string text(rest_.substr(0, length));
    rest_.remove_prefix(length);
    return text;
  }

  std::string quoted() {
    if (!take("\"")) fail(whole_, "a label value needs double quotes");
    std::string value;
    while (!rest_.empty() && rest_.front() != '"') {
      char c = rest_.front();
      rest_.remove_prefix(1);
      if (c == '\\') {
        if (rest_.empty()) break;
        c = rest_.front();
        rest_.remove_prefix(1);
        if (c == 'n') {
          c = '\n';
        } else if (c != '"' && c != '\\') {
          fail(whole_, "unknown escape in a label value");
        }
      }
      value += c;
    }
    if (!take("\"")) fail(whole_, "a label value is not closed");
    return value;
  }

 private:
  void skip_blanks() {
    while (!rest_.empty() && rest_.front() == ' ') rest_.remove_prefix(1);
  }

  std::string_view whole_;
  std::string_view rest_;
};

}  // namespace

bool glob_matches(std::string_view pattern, std::string_view text) {
  size_t p = 0;
  size_t t = 0;
  size_t star = std::string_view::npos;  // the last '*', and where its match ends so far
  size_t resume = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = t;
    } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == text[t])) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

Selector::Selector() : text_("*"), metrics_(catalogue().size(), true) {}

Selector Selector::parse(std::string_view text) {
  if (text.size() > kMaxLength) fail(text, "longer than 1024 bytes");
  const size_t brace = std::min(text.find('{'), text.size());
  const std::string_view name = trimmed(text.substr(0, brace), kSpace);
  if (name.empty()) fail(text, "a metric name is missing");
  if (!std::all_of(name.begin(), name.end(), glob_byte)) {
    fail(text, "a metric name has letters, digits and _ only");
  }

  Selector selector;
  selector.text_ = text;
  std::vector<std::string_view> names;
  bool any = false;
  for (const MetricInfo& row : catalogue()) {
    const bool fits = glob_matches(name, row.name);
    selector.metrics_[static_cast<size_t>(row.metric)] = fits;
    any = any || fits;
    names.push_back(row.name);
  }
  if (!any) {
    const std::string_view near = nearest_name(name, names);
    throw UnknownMetric(
        "no metric is called " + std::string(name),
        near.empty() ? "anemonctl metrics lists them" : "did you mean " + std::string(near) + "?");
  }

  if (brace == text.size()) return selector;
  ConditionReader reader(text, text.substr(brace + 1));
  if (!reader.take("}")) {
    do {
      Condition condition;
      condition.label = reader.name();
      if (reader.take("!=")) {
        condition.equal = false;
      } else if (!reader.take("=")) {
        fail(text, "after a label name comes = or !=");
      }
      condition.value = reader.quoted();
      selector.conditions_.push_back(std::move(condition));
      if (selector.conditions_.size() > kMaxConditions) fail(text, "more than 16 labels");
    } while (reader.take(","));
    if (!reader.take("}")) fail(text, "the closing } is missing");
  }
  if (!reader.at_end()) fail(text, "nothing may follow the closing }");

  std::vector<std::string_view> labels;
  for (const MetricInfo& row : catalogue()) {
    if (!selector.matches(row.metric)) continue;
    for (const std::string_view label : row.labels()) {
      if (std::find(labels.begin(), labels.end(), label) == labels.end()) labels.push_back(label);
    }
  }
  for (const Condition& condition : selector.conditions_) {
    if (std::find(labels.begin(), labels.end(), condition.label) != labels.end()) continue;
    std::string known;
    for (const std::string_view label : labels) {
      known += (known.empty() ? "its labels are " : ", ") + std::string(label);
    }
    throw Error(std::string(name) + " has no label " + condition.label,
                known.empty() ? "it has no labels" : known);
  }
  return selector;
}

bool Selector::matches(Metric metric, const std::vector<std::string>& label_values) const {
  if (!matches(metric)) return false;
  if (conditions_.empty()) return true;
  const auto names = info(metric).labels();
  return std::all_of(conditions_.begin(), conditions_.end(), [&](const Condition& condition) {
    const auto at = std::find(names.begin(), names.end(), condition.label);
    const bool same = at == names.end() ? condition.value.empty()
                                        : label_values[static_cast<size_t>(at - names.begin())] ==
                                              condition.value;
    return same == condition.equal;
  });
}

bool any_matches(const std::vector<Selector>& selectors, Metric metric,
                 const std::vector<std::string>& label_values) {
  if (selectors.empty()) return true;
  return std::any_of(selectors.begin(), selectors.end(), [&](const Selector& selector) {
    return selector.matches(metric, label_values);
  });
}

}  // namespace anemon
