#include "profiler/reference/step_builder.h"

#include <algorithm>
#include <cmath>

#include "models/analysis/extent.h"
#include "profiler/reference/refusal.h"
#include "profiler/reference/unpack.h"

namespace anemon::profiler::reference {

using models::ValueId;

StepBuilder::StepBuilder(Planner& planner, const models::Operation& operation,
                         std::vector<const models::Operation*> followers, Step& step)
    : planner_(planner),
      operation_(operation),
      followers_(std::move(followers)),
      step_(step),
      view_(planner.function(), operation, planner.inference().types,
            &planner.inference().elements) {}

const models::Operation& StepBuilder::last() const {
  return followers_.empty() ? operation_ : *followers_.back();
}

size_t StepBuilder::count(std::string_view argument) const {
  const models::Argument* found = operation_.argument(argument);
  return found == nullptr ? 0 : found->values.size();
}

ValueId StepBuilder::value(std::string_view argument, size_t index) const {
  const models::Argument* found = operation_.argument(argument);
  if (found == nullptr || index >= found->values.size()) {
    throw Refusal("it has no '" + std::string(argument) + "'");
  }
  return found->values[index];
}

const models::TensorType& StepBuilder::type(std::string_view argument, size_t index) const {
  const ValueId id = value(argument, index);
  const models::TensorType& inferred = planner_.inference().types[id].tensor;
  const auto& constant = planner_.function().values[id].constant;
  const models::TensorType& best = !is_known(inferred) && constant ? constant->type : inferred;
  if (!is_known(best)) {
    throw Refusal("the shape of '" + planner_.name_of(id) + "' (" + to_text(best) +
                  ") is known only while it runs");
  }
  return best;
}

bool StepBuilder::constant(std::string_view argument, size_t index) const {
  return planner_.is_constant(value(argument, index));
}

Tensor StepBuilder::as_made(std::string_view argument, size_t index) {
  const ValueId id = value(argument, index);
  type(argument, index);
  Place& place = planner_.place(id);
  if (place.forms.empty()) throw Refusal("'" + planner_.name_of(id) + "' is a list");
  if (!planner_.folding()) place.kept = true;
  return place.forms.front();
}

Tensor StepBuilder::plain(std::string_view argument, size_t index) {
  const Tensor made = as_made(argument, index);
  if (made.layout.plain()) return made;
  return reordered(value(argument, index), made, {});
}

Tensor StepBuilder::in_layout(std::string_view argument, const Layout& layout, size_t index) {
  if (layout.plain()) return plain(argument, index);
  const Tensor made = as_made(argument, index);
  if (made.layout == layout) return made;
  const ValueId id = value(argument, index);
  const bool direct = made.layout.plain() || made.layout.image() == layout.image();
  return reordered(id, direct ? made : plain(argument, index), layout);
}

Tensor StepBuilder::reordered(ValueId value, const Tensor& from, const Layout& to) {
  Place& place = planner_.place(value);
  for (const Tensor& form : place.forms) {
    if (form.layout == to) return form;
  }
  Tensor form = from;
  form.layout = to;
  form.buffer = planner_.take(form.elements());
  before_.push_back(onednn::reorder(from.layout, to).kernel({from.buffer}, form.buffer));
  // Later steps may use it too, but not those of another block: this one may not have run.
  if (place.block == planner_.current_block() && !place.constant) {
    place.forms.push_back(form);
  } else {
    temporary_.push_back(form.buffer);
  }
  return form;
}

std::span<const float> StepBuilder::elements(std::string_view argument, size_t index) {
  const ValueId id = value(argument, index);
  if (!planner_.is_constant(id)) {
    throw Refusal("'" + std::string(argument) + "' is known only while it runs");
  }
  const Tensor tensor = planner_.constant(id);
  return {tensor.data(), tensor.count()};
}

std::shared_ptr<List> StepBuilder::list(std::string_view argument) const {
  const Place& place = planner_.place(value(argument));
  if (!place.list) throw Refusal("'" + std::string(argument) + "' is no list");
  return place.list;
}

const models::TensorType& StepBuilder::result_type(size_t index) const {
  if (index >= last().results.size()) throw Refusal("it names too few results");
  const models::TensorType& type = planner_.inference().types[last().results[index]].tensor;
  if (!is_known(type)) {
    throw Refusal("the shape of its result (" + to_text(type) + ") is known only while it runs",
                  "give fixed shapes for the inputs that decide it");
  }
  return type;
}

Tensor StepBuilder::result(size_t index, const Layout& layout) {
  Tensor tensor;
  tensor.type = result_type(index);
  tensor.layout = layout;
  results_.push_back(
      planner_.define(last().results[index], layout, planner_.take(tensor.elements())));
  return results_.back();
}

Tensor StepBuilder::result_over(const Tensor& operand, size_t index) {
  const bool mine = operand.buffer->holders == 1 && !operand.buffer->fixed && !planner_.folding() &&
                    !planner_.in_nested_block() &&
                    operand.count() == count_of(result_type(index).shape);
  bool last_use = false;
  for (const models::Argument& argument : operation_.arguments) {
    for (const ValueId id : argument.values) {
      if (!planner_.dies(id)) continue;
      for (const Tensor& form : planner_.place(id).forms) {
        last_use |= form.buffer == operand.buffer;
      }
    }
  }
  if (!mine || !last_use) return result(index, operand.layout);
  ++operand.buffer->holders;
  results_.push_back(planner_.define(last().results[index], operand.layout, operand.buffer));
  return results_.back();
}

void StepBuilder::same_memory(const Tensor& operand, size_t index) {
  result_type(index);
  if (planner_.folding() || operand.buffer->fixed) {  // may be forgotten before the result is
    const Tensor copy = result(index, operand.layout);
    before_.push_back(
        [operand, copy] { std::copy_n(operand.data(), operand.elements(), copy.data()); });
    return;
  }
  ++operand.buffer->holders;
  results_.push_back(planner_.define(last().results[index], operand.layout, operand.buffer));
}

void StepBuilder::result_list(std::shared_ptr<List> list, size_t index) {
  planner_.define(last().results.at(index), std::move(list));
}

Buffer* StepBuilder::scratch(size_t elements) {
  Buffer* buffer = planner_.take(elements);
  temporary_.push_back(buffer);
  return buffer;
}

Kernel StepBuilder::kernel(const onednn::Primitive& primitive,
                           const std::vector<const Buffer*>& sources, const Buffer* destination) {
  planner_.add_weights(primitive.weight_bytes());
  return primitive.kernel(sources, destination);
}

std::optional<std::vector<double>> StepBuilder::parameter(std::string_view name) const {
  constexpr size_t kMost = 65536;
  if (!given(name)) return std::nullopt;
  auto known = view_.elements(name, kMost);
  if (known && std::none_of(known->begin(), known->end(), [](double d) { return std::isnan(d); })) {
    return known;
  }
  if (!planner_.is_constant(value(name))) {
    throw Refusal("'" + std::string(name) + "' is known only while it runs");
  }
  const Tensor tensor = planner_.constant(value(name));
  return std::vector<double>(tensor.data(), tensor.data() + tensor.count());
}

int64_t StepBuilder::integer(std::string_view name, int64_t otherwise) const {
  const auto elements = parameter(name);
  return elements && !elements->empty() ? static_cast<int64_t>(elements->front()) : otherwise;
}

float StepBuilder::number(std::string_view name, float otherwise) const {
  const auto elements = parameter(name);
  return elements && !elements->empty() ? static_cast<float>(elements->front()) : otherwise;
}

bool StepBuilder::flag(std::string_view name, bool otherwise) const {
  const auto elements = parameter(name);
  return elements && !elements->empty() ? elements->front() != 0 : otherwise;
}

std::string StepBuilder::text(std::string_view name, std::string_view otherwise) const {
  return view_.text(name).value_or(std::string(otherwise));
}

std::vector<int64_t> StepBuilder::integers(std::string_view name,
                                           std::vector<int64_t> otherwise) const {
  const auto elements = parameter(name);
  if (!elements) return otherwise;
  return {elements->begin(), elements->end()};
}

size_t StepBuilder::axis(std::string_view name, int64_t otherwise, size_t rank) const {
  const int64_t asked = integer(name, otherwise);
  const auto index = models::axis_index(asked, rank);
  if (!index) {
    throw Refusal("'" + std::string(name) + "' " + std::to_string(asked) +
                  " is no dimension of a tensor of rank " + std::to_string(rank));
  }
  return *index;
}

std::vector<size_t> StepBuilder::axes(std::string_view name, size_t rank) const {
  std::vector<size_t> result;
  if (!given(name)) {
    for (size_t i = 0; i < rank; ++i) result.push_back(i);
    return result;
  }
  for (const int64_t asked : integers(name, {})) {
    const auto index = models::axis_index(asked, rank);
    if (!index) throw Refusal("'" + std::string(name) + "' names no dimension");
    result.push_back(*index);
  }
  std::sort(result.begin(), result.end());
  result.erase(std::unique(result.begin(), result.end()), result.end());
  return result;
}

void StepBuilder::refuse(const std::string& why) const { throw Refusal(why); }

void StepBuilder::finish(Kernel kernel) {
  std::vector<Kernel> after;
  for (const ValueId id : last().results) {
    if (!planner_.lasts(id) || planner_.place(id).forms.empty()) continue;
    const Tensor made = planner_.place(id).forms.front();
    if (made.layout.plain()) continue;
    Tensor plain = made;
    plain.layout = {};
    plain.buffer = planner_.take(plain.count());
    planner_.place(id).forms.push_back(plain);
    results_.push_back(plain);
    after.push_back(onednn::reorder(made.layout, {}).kernel({made.buffer}, plain.buffer));
  }
  std::vector<Tensor> rounded;
  if (planner_.options().round_to_fp16) {
    for (const Tensor& tensor : results_) {
      if (tensor.type.dtype == models::DataType::fp16) rounded.push_back(tensor);
    }
  }
  if (before_.empty() && after.empty() && rounded.empty()) {
    step_.run = std::move(kernel);
  } else {
    step_.run = [before = std::move(before_), kernel = std::move(kernel), after = std::move(after),
                 rounded = std::move(rounded)] {
      for (const Kernel& each : before) each();
      if (kernel) kernel();
      for (const Kernel& each : after) each();
      for (const Tensor& tensor : rounded) {
        float* data = tensor.data();
        for (size_t i = 0; i < tensor.elements(); ++i) data[i] = rounded_to_half(data[i]);
      }
    };
  }
  for (Buffer* buffer : temporary_) {
    if (!buffer->fixed) planner_.give_back(buffer);
  }
}

}  // namespace anemon::profiler::reference
