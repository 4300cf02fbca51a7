#include <set>
#include <string_view>

#include "models/analysis/operation_kind.h"
#include "tests/catch.h"

using namespace anemon::models;

TEST_CASE("every operation has one row") {
  std::set<std::string_view> names;
  for (const OperationKind& kind : operation_kinds()) {
    INFO(kind.name);
    CHECK(names.insert(kind.name).second);
    CHECK(find_operation_kind(kind.name) == &kind);
  }
  CHECK(find_operation_kind("convolution") == nullptr);
  CHECK(find_operation_kind("") == nullptr);
}

TEST_CASE("only operations whose results no rule can tell are without one") {
  const std::set<std::string_view> without{"const",  "classify",  "cond",         "while_loop",
                                           "custom", "loopBreak", "loopContinue", "write_state"};
  for (const OperationKind& kind : operation_kinds()) {
    INFO(kind.name);
    CHECK((kind.shape == nullptr) == without.contains(kind.name));
  }
}

TEST_CASE("what measurements name as impossible on the Neural Engine is marked so") {
  for (const char* name : {"lstm",
                           "gru",
                           "rnn",
                           "cond",
                           "while_loop",
                           "make_list",
                           "list_read",
                           "asin",
                           "acos",
                           "tan",
                           "sinh",
                           "cosh",
                           "atanh",
                           "mod",
                           "reduce_prod",
                           "cumsum",
                           "band_part",
                           "one_hot",
                           "non_zero",
                           "range_1d",
                           "random_normal",
                           "sliding_windows",
                           "crop_resize",
                           "scatter",
                           "scatter_along_axis",
                           "custom"}) {
    INFO(name);
    REQUIRE(find_operation_kind(name) != nullptr);
    CHECK(find_operation_kind(name)->ane == AneSupport::no);
  }
  for (const char* name : {"conv", "matmul", "softmax", "layer_norm", "topk", "resize", "concat"}) {
    INFO(name);
    REQUIRE(find_operation_kind(name) != nullptr);
    CHECK(find_operation_kind(name)->ane == AneSupport::yes);
  }
  for (const char* name : {"gather", "pad", "slice_by_size", "slice_update", "cast"}) {
    INFO(name);
    REQUIRE(find_operation_kind(name) != nullptr);
    CHECK(find_operation_kind(name)->ane == AneSupport::conditional);
  }
}
