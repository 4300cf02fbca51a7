// In which order the elements of a tensor lie in memory.
#pragma once

#include <cstddef>
#include <memory>

#include "models/graph/tensor_type.h"

namespace anemon::profiler::reference {

// Plain: row by row. Else as oneDNN chose it for an image [N,C,..], which has the tensor's elements
// in the same order but may have other dimensions (a [S,B,C,H,W] is [S*B,C,H,W]).
class Layout {
 public:
  struct Form;  // oneDNN's description

  Layout() = default;
  explicit Layout(std::shared_ptr<const Form> form) : form_(std::move(form)) {}

  bool plain() const { return form_ == nullptr; }
  bool operator==(const Layout& other) const;

  // None of these for a plain one.
  const models::Shape& image() const;
  size_t elements() const;  // in memory, padding included
  bool padded() const;      // there are more of them than the image has; they are zero
  const Form& form() const { return *form_; }

 private:
  std::shared_ptr<const Form> form_;
};

}  // namespace anemon::profiler::reference
