#include "profiler/reference/onednn_state.h"

#include <algorithm>

#include "core/error.h"

// OpenMP's, without a header that belongs to a compiler: only the library is used.
extern "C" void omp_set_num_threads(int count);

namespace anemon::profiler::reference {

bool Layout::operator==(const Layout& other) const {
  if (form_ == other.form_) return true;
  return form_ != nullptr && other.form_ != nullptr && form_->desc == other.form_->desc;
}

const Shape& Layout::image() const { return form_->image; }

size_t Layout::elements() const { return form_->desc.get_size() / sizeof(float); }

bool Layout::padded() const { return elements() != count_of(form_->image); }

namespace onednn {

std::string version() {
  const dnnl_version_t* v = dnnl_version();
  return std::to_string(v->major) + "." + std::to_string(v->minor) + "." + std::to_string(v->patch);
}

void use_threads(unsigned threads) { omp_set_num_threads(static_cast<int>(std::max(threads, 1U))); }

const dnnl::engine& engine() {
  static const dnnl::engine cpu(dnnl::engine::kind::cpu, 0);
  return cpu;
}

dnnl::stream& stream() {
  static dnnl::stream only(engine());
  return only;
}

dnnl::memory::dims dims_of(const Shape& shape) { return {shape.begin(), shape.end()}; }

dnnl::memory::desc plain_desc(const Shape& shape) {
  const std::vector<size_t> strides = strides_of(shape);
  return {dims_of(shape), dnnl::memory::data_type::f32,
          dnnl::memory::dims(strides.begin(), strides.end())};
}

dnnl::memory::desc any_desc(const Shape& shape) {
  return {dims_of(shape), dnnl::memory::data_type::f32, dnnl::memory::format_tag::any};
}

dnnl::memory::desc desc_of(const Shape& shape, const Layout& layout) {
  return layout.plain() ? plain_desc(shape) : layout.form().desc;
}

Layout layout_of(const dnnl::memory::desc& desc) {
  const dnnl_memory_desc_t& raw = desc.data;
  Shape image(raw.dims, raw.dims + raw.ndims);
  const std::vector<size_t> strides = strides_of(image);
  bool plain = raw.format_desc.blocking.inner_nblks == 0 &&
               desc.get_size() == count_of(image) * sizeof(float);
  for (size_t i = 0; i < image.size() && plain; ++i) {
    plain =
        image[i] == 1 || raw.format_desc.blocking.strides[i] == static_cast<int64_t>(strides[i]);
  }
  if (plain) return {};
  return Layout(std::make_shared<const Layout::Form>(Layout::Form{desc, std::move(image)}));
}

void Primitive::State::source(const dnnl::memory::desc& desc, int argument) {
  sources.push_back(desc);
  source_arguments.push_back(argument);
}

void Primitive::State::keep(std::span<const float> elements, const dnnl::memory::desc& plain,
                            const dnnl::memory::desc& wanted, int argument) {
  dnnl::memory kept(wanted, engine());
  // oneDNN only reads what it reorders from.
  dnnl::memory given(plain, engine(), const_cast<float*>(elements.data()));
  dnnl::reorder(given, kept).execute(stream(), given, kept);
  stream().wait();
  weight_bytes += wanted.get_size();
  weights.push_back({std::move(kept), argument});
}

Layout Primitive::source(size_t index) const { return layout_of(state_->sources[index]); }

Layout Primitive::destination() const { return layout_of(state_->destination); }

size_t Primitive::weight_bytes() const { return state_->weight_bytes; }

Kernel Primitive::kernel(const std::vector<const Buffer*>& sources,
                         const Buffer* destination) const {
  // Buffers get their memory after the plan is complete: handles are set when it first runs.
  struct Run {
    std::shared_ptr<State> state;
    std::vector<std::pair<dnnl::memory, const Buffer*>> attached;
    std::unordered_map<int, dnnl::memory> arguments;
    bool ready = false;
  };
  auto run = std::make_shared<Run>();
  run->state = state_;
  const auto attach = [&](const dnnl::memory::desc& desc, int argument, const Buffer* buffer) {
    dnnl::memory memory(desc, engine(), nullptr);
    run->attached.emplace_back(memory, buffer);
    run->arguments.emplace(argument, memory);
  };
  for (size_t i = 0; i < sources.size(); ++i) {
    attach(state_->sources[i], state_->source_arguments[i], sources[i]);
  }
  attach(state_->destination, DNNL_ARG_DST, destination);
  for (const State::Operand& each : state_->weights) {
    run->arguments.emplace(each.argument, each.memory);
  }
  return [run] {
    if (!run->ready) {
      for (auto& [memory, buffer] : run->attached) memory.set_data_handle(buffer->data, stream());
      run->ready = true;
    }
    run->state->primitive.execute(stream(), run->arguments);
  };
}

}  // namespace onednn
}  // namespace anemon::profiler::reference
