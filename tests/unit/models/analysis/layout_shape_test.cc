// Reshapes, slices, joins and lookups by hand.
#include "tests/catch.h"
#include "tests/unit/models/analysis/inferred.h"

using namespace anemon::models;
using namespace anemon::models::test;

namespace {

constexpr int64_t any = kAnyExtent;

// One operation on an x of this shape.
Shape of_x(const std::string& type, Shape x,
           const std::vector<std::pair<std::string, std::vector<int64_t>>>& lists,
           const std::vector<std::pair<std::string, int64_t>>& numbers = {}) {
  GraphBuilder graph;
  std::vector<Argument> arguments{{"x", {graph.input("x", DataType::fp16, std::move(x))}}};
  for (const auto& [name, list] : lists) arguments.push_back({name, {graph.integers(list)}});
  for (const auto& [name, number] : numbers) arguments.push_back({name, {graph.integer(number)}});
  return inferred(graph, graph.add(type, arguments));
}

Shape joined(const std::string& type, const std::vector<Shape>& shapes, int64_t axis) {
  GraphBuilder graph;
  std::vector<ValueId> ids;
  for (const Shape& shape : shapes) {
    ids.push_back(graph.input("v" + std::to_string(ids.size()), DataType::fp16, shape));
  }
  return inferred(graph, graph.add(type, {{"values", ids}, {"axis", {graph.integer(axis)}}}));
}

Shape gathered(const std::string& type, Shape x, Shape indices, int64_t axis, int64_t batch = 0) {
  GraphBuilder graph;
  return inferred(
      graph, graph.add(type, {{"x", {graph.input("x", DataType::fp16, std::move(x))}},
                              {"indices", {graph.input("i", DataType::int32, std::move(indices))}},
                              {"axis", {graph.integer(axis)}},
                              {"batch_dims", {graph.integer(batch)}}}));
}

}  // namespace

TEST_CASE("in a reshape 0 takes a dimension over and -1 is what is left") {
  CHECK(of_x("reshape", {2, 3, 4}, {{"shape", {4, -1}}}) == Shape{4, 6});
  CHECK(of_x("reshape", {2, 3, 4}, {{"shape", {0, -1, 2}}}) == Shape{2, 6, 2});
  CHECK(of_x("reshape", {2, 3, 4}, {{"shape", {24}}}) == Shape{24});
  CHECK(of_x("reshape", {1, 1}, {{"shape", {}}}) == Shape{});
}

TEST_CASE("a reshape that cannot be has no shape") {
  CHECK(of_x("reshape", {2, 3, 4}, {{"shape", {5, -1}}}) == kUnranked);
  CHECK(of_x("reshape", {2, 3, 4}, {{"shape", {-1, -1}}}) == kUnranked);
  CHECK(of_x("reshape", {2, 3, 4}, {{"shape", {2, 3, 4, 0}}}) == kUnranked);
  CHECK(of_x("reshape", {2, 3, 4}, {{"shape", {25}}}) == kUnranked);
}

TEST_CASE("an open dimension goes through a reshape where it can be told") {
  CHECK(of_x("reshape", {any, 3, 4}, {{"shape", {-1, 12}}}) == Shape{any, 12});
  CHECK(of_x("reshape", {any, 3, 4}, {{"shape", {0, -1}}}) == Shape{any, 12});
  CHECK(of_x("reshape", {any, 3, 4}, {{"shape", {2, 12}}}) == Shape{2, 12});
}

TEST_CASE("a target that is only known when running still tells the rank") {
  GraphBuilder graph;
  const ValueId x = graph.input("x", DataType::fp16, {2, 3});
  const ValueId target = graph.input("target", DataType::int32, {3});
  CHECK(inferred(graph, graph.add("reshape", {{"x", {x}}, {"shape", {target}}})) ==
        Shape{any, any, any});
}

TEST_CASE("squeeze drops ones, those named or all") {
  CHECK(of_x("squeeze", {1, 2, 1, 3}, {}) == Shape{2, 3});
  CHECK(of_x("squeeze", {1, 2, 1, 3}, {{"axes", {-2}}}) == Shape{1, 2, 3});
  CHECK(of_x("squeeze", {1, 2, 1, 3}, {{"axes", {0, 1}}}) == Shape{2, 1, 3});
  CHECK(of_x("squeeze", {any, 2, 1}, {{"axes", {0}}}) == Shape{2, 1});
  CHECK(of_x("squeeze", {any, 2, 1}, {}) == kUnranked);
}

TEST_CASE("expand_dims counts its axes in the result") {
  CHECK(of_x("expand_dims", {2, 3}, {{"axes", {0, -1}}}) == Shape{1, 2, 3, 1});
  CHECK(of_x("expand_dims", {2, 3}, {{"axes", {-2}}}) == Shape{2, 1, 3});
  CHECK(of_x("expand_dims", {2, 3}, {{"axes", {1, 1}}}) == kUnranked);
  CHECK(of_x("expand_dims", {2, 3}, {{"axes", {3}}}) == kUnranked);
}

TEST_CASE("flattening keeps two dimensions, in old networks all five") {
  CHECK(of_x("flatten2d", {2, 3, 4, 5}, {}) == Shape{2, 60});
  CHECK(of_x("flatten2d", {2, 3, 4, 5}, {}, {{"axis", -1}}) == Shape{24, 5});
  CHECK(of_x("flatten2d", {2, 3}, {}, {{"axis", 0}}) == Shape{1, 6});
  CHECK(of_x("flatten", {2, 1, 3, 4, 5}, {}) == Shape{2, 1, 60, 1, 1});
}

TEST_CASE("a transpose may count its axes from the end, and needs each once") {
  CHECK(of_x("transpose", {2, 3, 4}, {{"perm", {-1, 0, -2}}}) == Shape{4, 2, 3});
  CHECK(of_x("transpose", {2, 3, 4}, {{"perm", {0, 0, 1}}}) == kUnranked);
  CHECK(of_x("transpose", {2, 3, 4}, {{"perm", {1, 0}}}) == kUnranked);
}

TEST_CASE("concat adds along its axis and makes a list of scalars") {
  CHECK(joined("concat", {{2, 3}, {2, 4}, {2, 1}}, -1) == Shape{2, 8});
  CHECK(joined("concat", {{any, 3}, {2, any}}, 1) == Shape{2, any});
  CHECK(joined("concat", {{}, {}, {}}, 0) == Shape{3});
  CHECK(joined("concat", {{2, 3}, {3, 3}}, 1) == kUnranked);
  CHECK(joined("concat", {{2, 3}, {3}}, 0) == kUnranked);
  CHECK(joined("stack", {{2, 3}, {2, 3}}, -1) == Shape{2, 3, 2});
}

TEST_CASE("split divides evenly or as it is told") {
  const auto split = [](const std::string& argument, ValueId (*value)(GraphBuilder&)) {
    GraphBuilder graph;
    const auto parts = graph.add("split",
                                 {{"x", {graph.input("x", DataType::fp16, {2, 6})}},
                                  {"axis", {graph.integer(-1)}},
                                  {argument, {value(graph)}}},
                                 {GraphBuilder::unstated(), GraphBuilder::unstated()});
    return std::pair(inferred(graph, parts[0]), inferred(graph, parts[1]));
  };
  CHECK(split("num_splits", [](GraphBuilder& graph) { return graph.integer(2); }) ==
        std::pair(Shape{2, 3}, Shape{2, 3}));
  CHECK(split("split_sizes", [](GraphBuilder& graph) {
          return graph.integers({2, 4});
        }) == std::pair(Shape{2, 2}, Shape{2, 4}));
  CHECK(split("num_splits", [](GraphBuilder& graph) { return graph.integer(3); }).first ==
        kUnranked);
}

TEST_CASE("tile repeats and pad adds at both ends of the last dimensions") {
  CHECK(of_x("tile", {2, any, 3}, {{"reps", {1, 1, 2}}}) == Shape{2, any, 6});
  CHECK(of_x("tile", {2, 3}, {{"reps", {2}}}) == kUnranked);
  CHECK(of_x("pad", {2, 3, 4}, {{"pad", {1, 2, 0, 3}}}) == Shape{2, 6, 7});
  CHECK(of_x("pad", {2, 3}, {{"pad", {1}}}) == kUnranked);
  CHECK(of_x("constantPad", {2, 3}, {{"sizes", {0, 5, 1, 0}}}) == Shape{5, 3});
}

TEST_CASE("a slice walks from begin to end, backwards too") {
  const auto slice = [](Shape x, std::vector<int64_t> begin, std::vector<int64_t> end,
                        std::vector<int64_t> stride) {
    return of_x(
        "slice_by_index", std::move(x),
        {{"begin", std::move(begin)}, {"end", std::move(end)}, {"stride", std::move(stride)}});
  };
  CHECK(slice({10, 10}, {2, -3}, {9, -1}, {3, 1}) == Shape{3, 2});
  CHECK(slice({10}, {8}, {1}, {-2}) == Shape{4});
  CHECK(slice({10}, {5}, {2}, {1}) == Shape{0});
  CHECK(slice({10}, {5}, {99}, {1}) == Shape{5});
  CHECK(slice({10}, {1}, {2}, {0}) == Shape{any});
  CHECK(slice({any}, {3}, {4}, {1}) == Shape{1});
  CHECK(slice({any}, {0}, {5}, {1}) == Shape{any});
  CHECK(slice({10}, {1, 2}, {3, 4}, {1, 1}) == kUnranked);
}

TEST_CASE("masks stand for the ends, and squeezed dimensions go") {
  GraphBuilder graph;
  const ValueId x = graph.input("x", DataType::fp16, {4, 5, 6, any});
  const auto mask = [&](std::vector<double> bits) {
    return graph.numbers(DataType::boolean, {4}, std::move(bits));
  };
  const ValueId y = graph.add("slice_by_index", {{"x", {x}},
                                                 {"begin", {graph.integers({1, 3, 2, 7})}},
                                                 {"end", {graph.integers({0, 4, 3, 0})}},
                                                 {"stride", {graph.integers({2, -1, 1, 1})}},
                                                 {"begin_mask", {mask({0, 0, 0, 1})}},
                                                 {"end_mask", {mask({1, 1, 0, 1})}},
                                                 {"squeeze_mask", {mask({0, 0, 1, 0})}}});
  CHECK(inferred(graph, y) == Shape{2, 4, any});
}

TEST_CASE("slices of a size, of one axis, and crops") {
  CHECK(of_x("slice_by_size", {4, 5}, {{"begin", {1, 2}}, {"size", {2, -1}}}) == Shape{2, 3});
  CHECK(of_x("slice", {1, 1, 9, 5, 5}, {},
             {{"axis", -3}, {"begin", 1}, {"end", -1}, {"stride", 2}}) == Shape{1, 1, 4, 5, 5});
  CHECK(of_x("sliceBySize", {4, 5}, {}, {{"axis", 1}, {"begin", 0}, {"size", 3}}) == Shape{4, 3});
  CHECK(of_x("crop", {1, 3, 9, 9}, {{"crop_height", {1, 2}}, {"crop_width", {0, 4}}}) ==
        Shape{1, 3, 6, 5});
  CHECK(of_x("crop", {1, 3, 2, 9}, {{"crop_height", {2, 2}}, {"crop_width", {0, 0}}}) ==
        Shape{1, 3, any, 9});
}

TEST_CASE("lookups put the shape of the indices in the place of the axis") {
  CHECK(gathered("gather", {9, 4}, {2, 3}, 0) == Shape{2, 3, 4});
  CHECK(gathered("gather", {9, 4}, {}, -1) == Shape{9});
  CHECK(gathered("gather", {2, 9, 4}, {2, 3}, 1, 1) == Shape{2, 3, 4});
  CHECK(gathered("gather", {9, 4}, {2}, 2) == kUnranked);
  CHECK(gathered("gather_along_axis", {9, any}, {3, 4}, 0) == Shape{3, 4});
  CHECK(gathered("gather_along_axis", {9, 5}, {3, 4}, 0) == kUnranked);
  CHECK(gathered("gather_nd", {9, 4, 5}, {7, 2}, 0) == Shape{7, 5});
  CHECK(gathered("gather_nd", {9, 4}, {7, 3}, 0) == kUnranked);
}
