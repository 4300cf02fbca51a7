// Channels exchanged for places, and places for batches.
#include <algorithm>

#include "profiler/reference/families.h"
#include "profiler/reference/nest.h"

namespace anemon::profiler::reference {
namespace {

// x seen as `split`, its dimensions in `order`, is the result.
Kernel reordered(StepBuilder& step, const Shape& split, const std::vector<size_t>& order) {
  const Tensor x = step.plain("x");
  const Tensor y = step.result();
  if (count_of(split) != x.count() || x.count() != y.count()) {
    step.refuse("its block does not fit its operand");
  }
  const Steps steps = steps_of(split);
  Shape shape;
  Steps from;
  for (const size_t each : order) {
    shape.push_back(split[each]);
    from.push_back(steps[each]);
  }
  const BlockCopy copy(shape, steps_of(shape), from);
  return [=] { copy.run(y.data(), x.data()); };
}

struct Image {
  int64_t batch, channels, height, width;
};
Image image_in(const StepBuilder& step) {
  const Shape& shape = step.type("x").shape;
  if (shape.size() < 3) step.refuse("its operand is no image");
  const size_t rank = shape.size();
  return {static_cast<int64_t>(extent_between(shape, 0, rank - 3)), shape[rank - 3],
          shape[rank - 2], shape[rank - 1]};
}

}  // namespace

// depth_to_space takes the block from the slow half of the channels, pixel_shuffle from the fast.
Kernel depth_to_space(StepBuilder& step) {
  const Image in = image_in(step);
  const bool shuffle = step.operation().type == "pixel_shuffle";
  const int64_t block = step.integer(shuffle ? "upscale_factor" : "block_size", 1);
  if (block < 1 || in.channels % (block * block) != 0) step.refuse("its block does not fit");
  const int64_t out = in.channels / (block * block);
  if (shuffle) {
    return reordered(step, {in.batch, out, block, block, in.height, in.width}, {0, 1, 4, 2, 5, 3});
  }
  return reordered(step, {in.batch, block, block, out, in.height, in.width}, {0, 3, 4, 1, 5, 2});
}

Kernel space_to_depth(StepBuilder& step) {
  const Image in = image_in(step);
  const bool shuffle = step.operation().type == "pixel_unshuffle";
  const int64_t block = step.integer(shuffle ? "downscale_factor" : "block_size", 1);
  if (block < 1 || in.height % block != 0 || in.width % block != 0) {
    step.refuse("its block does not fit");
  }
  const Shape split = {in.batch, in.channels, in.height / block, block, in.width / block, block};
  if (shuffle) return reordered(step, split, {0, 1, 3, 5, 2, 4});
  return reordered(step, split, {0, 3, 5, 1, 2, 4});
}

Kernel space_to_batch(StepBuilder& step) {
  const Tensor x = step.plain("x");
  const std::vector<int64_t> block = step.integers("block_shape", {});
  const std::vector<int64_t> pads = step.integers("paddings", {});
  if (x.rank() != 4 || block.size() != 2 || pads.size() != 4) step.refuse("it is no image");
  const Tensor y = step.result();
  const Shape padded = {x.shape()[0], x.shape()[1], x.shape()[2] + pads[0] + pads[1],
                        x.shape()[3] + pads[2] + pads[3]};
  const Steps into = steps_of(padded);
  const BlockCopy inner(x.shape(), into, steps_of(x.shape()), pads[0] * into[2] + pads[2]);
  Buffer* between = step.scratch(count_of(padded));
  const Shape split = {padded[0], padded[1], padded[2] / block[0], block[0], padded[3] / block[1],
                       block[1]};
  const Steps steps = steps_of(split);
  const Shape shape = {block[0], block[1], split[0], split[1], split[2], split[4]};
  const BlockCopy copy(shape, steps_of(shape),
                       {steps[3], steps[5], steps[0], steps[1], steps[2], steps[4]});
  return [=] {
    std::fill_n(between->data, count_of(padded), 0.0F);
    inner.run(between->data, x.data());
    copy.run(y.data(), between->data);
  };
}

Kernel batch_to_space(StepBuilder& step) {
  const Tensor x = step.plain("x");
  const std::vector<int64_t> block = step.integers("block_shape", {});
  const std::vector<int64_t> crops = step.integers("crops", {});
  if (x.rank() != 4 || block.size() != 2 || crops.size() != 4) step.refuse("it is no image");
  const Tensor y = step.result();
  const int64_t batch = x.shape()[0] / (block[0] * block[1]);
  const Shape split = {block[0], block[1], batch, x.shape()[1], x.shape()[2], x.shape()[3]};
  const Steps steps = steps_of(split);
  const Shape shape = {batch, split[3], split[4], block[0], split[5], block[1]};
  const BlockCopy copy(shape, steps_of(shape),
                       {steps[2], steps[3], steps[4], steps[0], steps[5], steps[1]});
  const Shape whole = {batch, split[3], split[4] * block[0], split[5] * block[1]};
  const Steps from = steps_of(whole);
  const BlockCopy inner(y.shape(), steps_of(y.shape()), from, 0, crops[0] * from[2] + crops[2]);
  Buffer* between = step.scratch(x.count());
  return [=] {
    copy.run(between->data, x.data());
    inner.run(y.data(), between->data);
  };
}

}  // namespace anemon::profiler::reference
