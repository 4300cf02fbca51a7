#include "models/read/tree_ensemble.h"

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <string>
#include <tuple>

namespace anemon::models {
namespace {

constexpr size_t kMostNodes = 2'000'000;
constexpr uint64_t kLeaf = 6;  // TreeNodeBehavior

struct Node {
  uint64_t tree = 0, id = 0;
  uint64_t yes = 0, no = 0;  // children
  bool leaf = false;
};

Node read_node(Bytes message) {
  Node node;
  for (WireReader reader(message, "TreeNode"); auto field = reader.next();) {
    if (field->number == 1) node.tree = field->uint64();
    if (field->number == 2) node.id = field->uint64();
    if (field->number == 3) node.leaf = field->uint64() == kLeaf;
    if (field->number == 12) node.yes = field->uint64();
    if (field->number == 13) node.no = field->uint64();
  }
  return node;
}

// One tree, its nodes sorted by id.
class Tree {
 public:
  explicit Tree(std::span<const Node> nodes) : nodes_(nodes), waiting_(nodes.size()) {
    for (const Node& node : nodes_) {
      for (const std::optional<size_t> child : children(node)) {
        if (child) ++waiting_[*child];
      }
    }
  }

  // The longest path, by removing nodes whose parents are all removed; none when a cycle is left.
  std::optional<uint64_t> depth() {
    std::vector<uint64_t> depths(nodes_.size());
    std::vector<size_t> ready;
    for (size_t i = 0; i < nodes_.size(); ++i) {
      if (waiting_[i] == 0) ready.push_back(i);
    }
    uint64_t deepest = 0;
    size_t removed = 0;
    for (; !ready.empty(); ++removed) {
      const size_t at = ready.back();
      ready.pop_back();
      deepest = std::max(deepest, depths[at]);
      for (const std::optional<size_t> child : children(nodes_[at])) {
        if (!child) continue;
        depths[*child] = std::max(depths[*child], depths[at] + 1);
        if (--waiting_[*child] == 0) ready.push_back(*child);
      }
    }
    if (removed < nodes_.size()) return std::nullopt;
    return deepest;
  }

  size_t missing_children() const {
    size_t missing = 0;
    for (const Node& node : nodes_) {
      if (node.leaf) continue;
      for (const std::optional<size_t> child : children(node)) missing += child ? 0 : 1;
    }
    return missing;
  }

  size_t repeated() const {
    size_t count = 0;
    for (size_t i = 1; i < nodes_.size(); ++i) count += nodes_[i].id == nodes_[i - 1].id ? 1 : 0;
    return count;
  }

 private:
  std::array<std::optional<size_t>, 2> children(const Node& node) const {
    if (node.leaf) return {};
    return {find(node.yes), find(node.no)};
  }
  std::optional<size_t> find(uint64_t id) const {
    const auto found =
        std::lower_bound(nodes_.begin(), nodes_.end(), id,
                         [](const Node& node, uint64_t wanted) { return node.id < wanted; });
    if (found == nodes_.end() || found->id != id) return std::nullopt;
    return static_cast<size_t>(found - nodes_.begin());
  }

  std::span<const Node> nodes_;
  std::vector<uint32_t> waiting_;  // parents not removed yet
};

// What is wrong with any tree is told once, with the first tree it is seen in.
struct Faults {
  size_t missing = 0, repeated = 0, cycles = 0;
  uint64_t missing_in = 0, repeated_in = 0, cycle_in = 0;

  void report(std::vector<Oddity>& oddities) const {
    const auto tell = [&](size_t count, uint64_t tree, const std::string& what) {
      if (count == 0) return;
      oddities.push_back(
          {Oddity::Kind::other,
           std::to_string(count) + " " + what + ", the first in tree " + std::to_string(tree),
           {}});
    };
    tell(missing, missing_in, "children of tree nodes are missing");
    tell(repeated, repeated_in, "tree nodes are given twice");
    tell(cycles, cycle_in, "trees have a cycle and no depth");
  }
};

void measure(std::vector<Node>& nodes, TreeEnsemble& ensemble, std::vector<Oddity>& oddities) {
  std::sort(nodes.begin(), nodes.end(), [](const Node& a, const Node& b) {
    return std::tie(a.tree, a.id) < std::tie(b.tree, b.id);
  });
  Faults faults;
  for (size_t begin = 0, end = 0; begin < nodes.size(); begin = end) {
    const uint64_t id = nodes[begin].tree;
    while (end < nodes.size() && nodes[end].tree == id) ++end;
    Tree tree(std::span<const Node>(nodes).subspan(begin, end - begin));
    ++ensemble.trees;
    const auto note = [id](size_t found, size_t& count, uint64_t& where) {
      if (found > 0 && count == 0) where = id;
      count += found;
    };
    note(tree.missing_children(), faults.missing, faults.missing_in);
    note(tree.repeated(), faults.repeated, faults.repeated_in);
    const std::optional<uint64_t> depth = tree.depth();
    note(depth ? 0 : 1, faults.cycles, faults.cycle_in);
    ensemble.max_depth = std::max(ensemble.max_depth, depth.value_or(0));
  }
  faults.report(oddities);
}

}  // namespace

TreeEnsemble read_tree_ensemble(Bytes message, std::vector<Oddity>& oddities) {
  TreeEnsemble ensemble;
  std::vector<Node> nodes;
  for (WireReader reader(message, "TreeEnsembleParameters"); auto field = reader.next();) {
    if (field->number != 1) continue;
    const Node node = read_node(field->message());
    ++ensemble.nodes;
    ensemble.leaves += node.leaf ? 1 : 0;
    if (nodes.size() < kMostNodes) nodes.push_back(node);
  }
  if (ensemble.nodes > kMostNodes) {
    oddities.push_back({Oddity::Kind::other,
                        "the first " + std::to_string(kMostNodes) + " of " +
                            std::to_string(ensemble.nodes) +
                            " tree nodes give the number of trees and their depth",
                        {}});
  }
  measure(nodes, ensemble, oddities);
  return ensemble;
}

}  // namespace anemon::models
