// Tree ensembles. Source: Core ML's TreeEnsemble.proto.
#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "core/error.h"
#include "models/read/wire.h"
#include "profiler/reference/classes.h"
#include "profiler/reference/transform.h"

namespace anemon::profiler::reference {
namespace {

using models::Bytes;
using models::WireReader;

constexpr size_t kMostNodes = 20'000'000;

enum class Branch : uint64_t { at_most, below, at_least, above, equal, not_equal, leaf };

struct Node {
  Branch branch = Branch::at_most;
  size_t feature = 0;
  double value = 0;
  size_t yes = 0, no = 0;  // indices of nodes
  bool missing_is_yes = false;
  std::vector<std::pair<size_t, double>> adds;  // to which dimension how much
};

struct Forest {
  std::vector<Node> nodes;
  std::vector<size_t> roots;
  std::vector<double> base;
  uint64_t transform = 0;

  std::vector<double> scores(const std::vector<double>& row) const;
};

struct RawNode {
  Node node;
  uint64_t tree = 0, id = 0, yes = 0, no = 0;
};

RawNode read_node(Bytes message) {
  RawNode raw;
  for (WireReader reader(message, "TreeNode"); auto field = reader.next();) {
    switch (field->number) {
      case 1:
        raw.tree = field->uint64();
        break;
      case 2:
        raw.id = field->uint64();
        break;
      case 3:
        raw.node.branch = static_cast<Branch>(field->uint64());
        break;
      case 10:
        raw.node.feature = field->uint64();
        break;
      case 11:
        raw.node.value = field->float64();
        break;
      case 12:
        raw.yes = field->uint64();
        break;
      case 13:
        raw.no = field->uint64();
        break;
      case 14:
        raw.node.missing_is_yes = field->boolean();
        break;
      case 20: {
        std::pair<size_t, double> add;
        for (WireReader part(field->message(), "EvaluationInfo"); auto inside = part.next();) {
          if (inside->number == 1) add.first = inside->uint64();
          if (inside->number == 2) add.second = inside->float64();
        }
        raw.node.adds.push_back(add);
        break;
      }
      default:
        break;
    }
  }
  if (raw.node.branch > Branch::leaf) throw Error("a tree branches in a way that is not known");
  return raw;
}

// Children come as numbers within their tree; a root is nobody's child.
void link(const std::vector<RawNode>& raw, Forest& forest) {
  std::unordered_map<uint64_t, std::unordered_map<uint64_t, size_t>> by_tree;
  for (size_t i = 0; i < raw.size(); ++i) by_tree[raw[i].tree][raw[i].id] = i;
  std::vector<bool> child(raw.size(), false);
  for (const RawNode& each : raw) {
    Node node = each.node;
    if (node.branch != Branch::leaf) {
      const auto& tree = by_tree[each.tree];
      const auto yes = tree.find(each.yes);
      const auto no = tree.find(each.no);
      if (yes == tree.end() || no == tree.end()) {
        throw Error("node " + std::to_string(each.id) + " of tree " + std::to_string(each.tree) +
                    " has a child that does not exist");
      }
      node.yes = yes->second;
      node.no = no->second;
      child[node.yes] = child[node.no] = true;
    }
    forest.nodes.push_back(std::move(node));
  }
  for (size_t i = 0; i < raw.size(); ++i) {
    if (!child[i]) forest.roots.push_back(i);
  }
  if (forest.roots.size() != by_tree.size()) throw Error("its trees are damaged: one has no root");
}

Forest read(const models::Model& model) {
  Forest forest;
  std::vector<RawNode> raw;
  size_t dimensions = 1;
  for (WireReader reader(model.parameters, "TreeEnsemble"); auto field = reader.next();) {
    if (field->number == 2) forest.transform = field->uint64();
    if (field->number != 1) continue;
    for (WireReader part(field->message(), "TreeEnsembleParameters"); auto inside = part.next();) {
      if (inside->number == 1) {
        if (raw.size() == kMostNodes) throw Error("the model has too many tree nodes");
        raw.push_back(read_node(inside->message()));
      }
      if (inside->number == 2) dimensions = std::max<uint64_t>(inside->uint64(), 1);
      if (inside->number == 3) inside->append_to(forest.base, kMostNodes);
    }
  }
  if (dimensions > kMostNodes) throw Error("the model predicts too many dimensions");
  forest.base.resize(dimensions, 0.0);
  link(raw, forest);
  return forest;
}

bool goes_yes(const Node& node, double value) {
  if (std::isnan(value)) return node.missing_is_yes;
  switch (node.branch) {
    case Branch::at_most:
      return value <= node.value;
    case Branch::below:
      return value < node.value;
    case Branch::at_least:
      return value >= node.value;
    case Branch::above:
      return value > node.value;
    case Branch::equal:
      return value == node.value;
    default:
      return value != node.value;
  }
}

std::vector<double> Forest::scores(const std::vector<double>& row) const {
  std::vector<double> sums = base;
  for (const size_t root : roots) {
    const Node* node = &nodes[root];
    // No path has more nodes than there are: what goes on longer is a cycle.
    for (size_t left = nodes.size(); node->branch != Branch::leaf; --left) {
      if (left == 0) throw Error("its trees are damaged: one has a cycle");
      const double value = node->feature < row.size() ? row[node->feature] : NAN;
      node = &nodes[goes_yes(*node, value) ? node->yes : node->no];
    }
    for (const auto& [dimension, value] : node->adds) {
      if (dimension < sums.size()) sums[dimension] += value;
    }
  }
  return sums;
}

// Regressors: as they are, or logistic. Classifiers also: softmax, also with a first class of 0.
void finish(uint64_t transform, std::vector<double>& scores) {
  switch (transform) {
    case 1:
      softmax(scores);
      break;
    case 2:
      for (double& score : scores) score = logistic(score);
      break;
    case 3:
      scores.insert(scores.begin(), 0.0);
      softmax(scores);
      break;
    default:
      break;
  }
}

}  // namespace

Transform tree_regressor(const models::Model& model) {
  return [&model, forest = read(model)](Features& inputs, Features& outputs) {
    std::vector<double> scores = forest.scores(row_of(model, inputs));
    finish(forest.transform, scores);
    put_row(model, scores, outputs);
  };
}

Transform tree_classifier(const models::Model& model) {
  return [&model, forest = read(model), classes = Classes::read(model.parameters, 100, 101)](
             Features& inputs, Features& outputs) {
    std::vector<double> scores = forest.scores(row_of(model, inputs));
    finish(forest.transform, scores);
    if (scores.size() == 1 && classes.names.size() == 2)
      scores.insert(scores.begin(), 1 - scores[0]);
    const std::vector<float> probabilities(scores.begin(), scores.end());
    classes.give(probabilities, model.interface.predicted_feature,
                 model.interface.predicted_probabilities, outputs);
  };
}

}  // namespace anemon::profiler::reference
