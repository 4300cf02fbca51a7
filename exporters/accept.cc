#include "exporters/accept.h"

#include <algorithm>
#include <optional>

namespace anemon {
namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// Cuts off and returns what stands before the first `separator` outside of quotes.
std::string_view take_part(std::string_view& rest, char separator) {
  bool quoted = false;
  size_t at = 0;
  for (; at < rest.size() && (quoted || rest[at] != separator); ++at) {
    if (rest[at] == '\\' && quoted && at + 1 < rest.size()) {
      ++at;
    } else if (rest[at] == '"') {
      quoted = !quoted;
    }
  }
  const std::string_view part = trimmed(rest.substr(0, at));
  rest.remove_prefix(std::min(at + 1, rest.size()));
  return part;
}

bool same(std::string_view a, std::string_view lower) {
  const auto equal = [](char x, char y) { return (x >= 'A' && x <= 'Z' ? x + 32 : x) == y; };
  return std::equal(a.begin(), a.end(), lower.begin(), lower.end(), equal);
}

// In thousandths; nothing for what is no qvalue.
std::optional<int> parse_quality(std::string_view text) {
  if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1')) return std::nullopt;
  int value = (text[0] - '0') * 1000;
  if (text.size() > 1 && text[1] != '.') return std::nullopt;
  int scale = 100;
  for (const char c : text.substr(std::min<size_t>(text.size(), 2))) {
    if (c < '0' || c > '9') return std::nullopt;
    value += (c - '0') * scale;
    scale /= 10;
  }
  return value <= 1000 ? std::optional(value) : std::nullopt;
}

struct Item {
  std::string_view name;
  std::string_view version;  // of a media range; empty: any
  int quality = 1000;
};

// The next item of the list; one with a malformed weight is left out.
std::optional<Item> next_item(std::string_view& rest) {
  while (!rest.empty()) {
    std::string_view part = take_part(rest, ',');
    Item item;
    item.name = take_part(part, ';');
    bool valid = !item.name.empty();
    while (!part.empty()) {
      std::string_view value = take_part(part, ';');
      const std::string_view name = take_part(value, '=');
      if (same(name, "q")) {
        const auto quality = parse_quality(value);
        valid = valid && quality;
        item.quality = quality.value_or(0);
      } else if (same(name, "version")) {
        if (value.size() >= 2 && value.front() == '"' && value.back() == '"') {
          value = value.substr(1, value.size() - 2);
        }
        item.version = value;
      }
    }
    if (valid) return item;
  }
  return std::nullopt;
}

// The weight that the most specific range gives to an offer.
class Offer {
 public:
  Offer(std::string_view type, std::string_view family, std::string_view version)
      : type_(type), family_(family), version_(version) {}

  void consider(const Item& item) {
    int rank = 0;
    if (same(item.name, type_) && (item.version.empty() || item.version == version_)) {
      rank = item.version.empty() ? 3 : 4;
    } else if (same(item.name, family_)) {
      rank = 2;
    } else if (item.name == "*/*") {
      rank = 1;
    }
    if (rank == 0 || rank < rank_) return;
    quality_ = rank == rank_ ? std::max(quality_, item.quality) : item.quality;
    rank_ = rank;
  }

  int quality() const { return quality_; }
  bool named() const { return rank_ >= 2; }

 private:
  std::string_view type_, family_, version_;
  int rank_ = 0;
  int quality_ = 0;
};

}  // namespace

ExpositionFormat negotiate_format(std::string_view accept) {
  Offer text("text/plain", "text/*", "0.0.4");
  Offer openmetrics("application/openmetrics-text", "application/*", "1.0.0");
  while (const auto item = next_item(accept)) {
    text.consider(*item);
    openmetrics.consider(*item);
  }
  const bool wanted =
      openmetrics.named() && openmetrics.quality() > 0 && openmetrics.quality() >= text.quality();
  return wanted ? ExpositionFormat::openmetrics : ExpositionFormat::text;
}

bool accepts_gzip(std::string_view accept_encoding) {
  std::optional<int> gzip, identity, any;
  while (const auto item = next_item(accept_encoding)) {
    if (same(item->name, "gzip") || same(item->name, "x-gzip")) {
      gzip = item->quality;
    } else if (same(item->name, "identity")) {
      identity = item->quality;
    } else if (item->name == "*") {
      any = item->quality;
    }
  }
  const int weight = gzip.value_or(any.value_or(0));
  return weight > 0 && weight >= identity.value_or(0);
}

}  // namespace anemon
