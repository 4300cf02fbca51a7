// A model's labels, checked once and rendered once, so that an inference carries only numbers.
#pragma once

#include <anemon/client.h>

#include <string>
#include <vector>

struct anemon_model {
  std::string name, compute_unit;
  std::vector<std::string> item_kinds;

  std::string json_begin;               // {"model":"...","compute_unit":"...","begin":
  std::vector<std::string> json_items;  // "token": and its like, in the order of item_kinds
};

namespace anemon {

// Throws Error when the daemon would refuse inferences with these labels, or when a kind stands
// there twice.
anemon_model make_model(const char* name, const char* compute_unit, const char* const* item_kinds,
                        size_t item_kind_count);

}  // namespace anemon
