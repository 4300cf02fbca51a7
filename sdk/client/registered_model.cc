#include "sdk/client/registered_model.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/inference.h"

namespace anemon {
namespace {

std::string json_text(const std::string& text) { return nlohmann::json(text).dump(); }

}  // namespace

anemon_model make_model(const char* name, const char* compute_unit, const char* const* item_kinds,
                        size_t item_kind_count) {
  if (name == nullptr) throw Error("a model needs a name");
  if (item_kind_count > ANEMON_MAX_ITEM_KINDS) {
    throw Error("a model has at most " + std::to_string(ANEMON_MAX_ITEM_KINDS) + " kinds of items");
  }
  InferenceEvent event;
  event.model = name;
  if (compute_unit != nullptr) event.compute_unit = compute_unit;
  anemon_model model{event.model, event.compute_unit, {}, {}, {}};
  for (size_t i = 0; i < item_kind_count; ++i) {
    if (item_kinds == nullptr || item_kinds[i] == nullptr) throw Error("a kind of items is NULL");
    const std::string kind = item_kinds[i];
    if (!event.items.emplace(kind, 0).second) {
      throw Error("the kind of items '" + kind + "' is given twice");
    }
    model.item_kinds.push_back(kind);
  }
  if (!has_valid_names(event)) {
    throw Error(
        "labels are clean UTF-8, a model's name of 1 to 128 bytes, a compute unit of at most 64, a "
        "kind of items of 1 to 64");
  }
  model.json_begin = "{\"model\":" + json_text(model.name) +
                     ",\"compute_unit\":" + json_text(model.compute_unit) + ",\"begin\":";
  for (const std::string& kind : model.item_kinds)
    model.json_items.push_back(json_text(kind) + ":");
  return model;
}

}  // namespace anemon
