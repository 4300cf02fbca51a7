// A document of /v1/metrics?values=1, looked up by metric and labels.
#pragma once

#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "core/json.h"

namespace anemon {

class MetricsSnapshot {
 public:
  using Label = std::pair<std::string_view, std::string_view>;

  explicit MetricsSnapshot(std::shared_ptr<const Json> document) : document_(std::move(document)) {}

  const std::shared_ptr<const Json>& document() const { return document_; }

  // {"labels","value","provenance","time"} of each series; an empty array when there is none.
  const Json& values(std::string_view metric) const;

  // The first series that has these labels; null when there is none.
  const Json& find(std::string_view metric, std::initializer_list<Label> labels) const;
  std::optional<double> value(std::string_view metric,
                              std::initializer_list<Label> labels = {}) const;

  // Why a metric has no series; empty when it has some.
  std::string reason(std::string_view metric) const;

  // The newest time of any value, RFC 3339; empty when there is none.
  std::string time() const;

 private:
  const Json& metric(std::string_view name) const;

  std::shared_ptr<const Json> document_;
};

}  // namespace anemon
