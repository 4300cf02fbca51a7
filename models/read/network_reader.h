// Builds a Function from the layers of an old network: names become values (a name written again
// is a new value), nested networks become blocks.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "models/read/layers.h"

namespace anemon::models {

class NetworkReader {
 public:
  using Names = std::unordered_map<std::string_view, ValueId>;

  // `function` and `context` must outlive it. Names are views: into the message, into strings of
  // the reader's own where they were not fit to print, or into strings that outlive it.
  NetworkReader(Function& function, LayerContext& context);

  // Appends one operation per layer of the network, whose message may occur in parts. A nested one
  // needs a scope of its own, opened by the caller. Throws Error, which names the layer.
  void read_layers(std::span<const Bytes> network, Block& block);

  // The value a name stands for now. read(): where nothing has written it, a value of unknown type
  // and an oddity of `layer`, which reads it.
  std::optional<ValueId> find(std::string_view name) const;
  ValueId read(std::string_view name, std::string_view layer);
  ValueId write(std::string_view name, TensorType type);  // a new value, known by that name
  void bind(std::string_view name, ValueId value);
  ValueId constant(Constant constant);  // without a name

  // All names that the layers of a network write, those of nested networks included, in order and
  // each once. Throws Error when there are more layers than operations may still be read.
  std::vector<std::string_view> names_written(std::span<const Bytes> network);

  // Names written after open_scope() are forgotten by close_scope(), which answers with them.
  void open_scope();
  Names close_scope();

  Function& function() { return *function_; }
  // At most a thousand are kept.
  void report(Oddity::Kind kind, std::string message, std::string_view layer);

 private:
  struct LayerHead;

  void read_layer(Bytes message, Block& block);
  LayerHead read_head(Bytes message);
  std::string_view clean(std::string_view name);
  ValueId add(Value value);

  Function* function_;
  LayerContext* context_;
  std::vector<Names> scopes_;
  std::deque<std::string> cleaned_;
};

}  // namespace anemon::models
