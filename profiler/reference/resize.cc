// Images resized: each row and column of the result is a mixture of two of the operand.
#include <algorithm>
#include <cmath>

#include "profiler/reference/families.h"
#include "profiler/reference/window.h"

namespace anemon::profiler::reference {
namespace {

struct Mixture {
  size_t first, second;
  float of_second;
};
using Grid = std::vector<Mixture>;

Mixture between(float point, int64_t extent) {
  point = std::clamp(point, 0.0F, static_cast<float>(extent - 1));
  const auto first = static_cast<size_t>(point);
  const size_t second = std::min(first + 1, static_cast<size_t>(extent - 1));
  return {first, second, point - static_cast<float>(first)};
}

// Where the sampling modes of resize_bilinear put the points of the result, as MIL documents them.
float point_of(const std::string& mode, int64_t index, int64_t in, int64_t out) {
  const auto i = static_cast<float>(index);
  const auto from = static_cast<float>(in);
  const auto to = static_cast<float>(out);
  if (mode == "STRICT_ALIGN_CORNERS" || mode == "ALIGN_CORNERS") {
    if (out == 1) return mode == "ALIGN_CORNERS" ? (from - 1) / 2 : 0;
    return i * (from - 1) / (to - 1);
  }
  if (mode == "UNALIGN_CORNERS") return i * from / to + 0.5F * from / to - 0.5F;
  if (mode == "OFFSET_CORNERS") {
    const float delta = std::max(1.0F, from - 1) / to;
    return 0.5F * delta + i * delta;
  }
  return out == 1 ? 0 : i * (from - from / to) / (to - 1);  // DEFAULT
}

Grid linear_grid(const std::string& mode, int64_t in, int64_t out) {
  Grid grid;
  for (int64_t i = 0; i < out; ++i) grid.push_back(between(point_of(mode, i, in, out), in));
  return grid;
}

Grid nearest_grid(int64_t in, int64_t out) {
  Grid grid;
  for (int64_t i = 0; i < out; ++i) {
    const auto at = static_cast<size_t>(std::min(i * in / out, in - 1));
    grid.push_back({at, at, 0});
  }
  return grid;
}

void resample(const float* from, int64_t width, const Grid& rows, const Grid& columns, float* to) {
  for (const Mixture& row : rows) {
    const float* above = from + row.first * static_cast<size_t>(width);
    const float* below = from + row.second * static_cast<size_t>(width);
    for (const Mixture& column : columns) {
      const float top =
          above[column.first] + (above[column.second] - above[column.first]) * column.of_second;
      const float bottom =
          below[column.first] + (below[column.second] - below[column.first]) * column.of_second;
      *to++ = top + (bottom - top) * row.of_second;
    }
  }
}

Kernel resampled(StepBuilder& step, Grid rows, Grid columns) {
  const Tensor x = step.plain("x");
  const Tensor y = step.result();
  const int64_t width = x.shape()[x.rank() - 1];
  const size_t plane = static_cast<size_t>(x.shape()[x.rank() - 2] * width);
  const size_t planes = x.count() / plane;
  return [=, rows = std::move(rows), columns = std::move(columns)] {
    for (size_t p = 0; p < planes; ++p) {
      resample(x.data() + p * plane, width, rows, columns,
               y.data() + p * rows.size() * columns.size());
    }
  };
}

struct Sizes {
  int64_t height_in, width_in, height_out, width_out;
};
Sizes sizes_of(const StepBuilder& step) {
  const Shape& in = step.type("x").shape;
  const Shape& out = step.result_type().shape;
  if (in.size() < 2 || out.size() != in.size()) step.refuse("its operand is no image");
  return {in[in.size() - 2], in[in.size() - 1], out[in.size() - 2], out[in.size() - 1]};
}

Kernel nearest(StepBuilder& step) {
  const Sizes sizes = sizes_of(step);
  const Tensor made = step.as_made("x");
  const bool whole =
      sizes.height_out % sizes.height_in == 0 && sizes.width_out % sizes.width_in == 0;
  if (!made.layout.plain() && whole && made.layout.image().size() == 4) {
    const Shape destination = image_of(step.result_type().shape, 2);
    const onednn::Primitive primitive =
        onednn::repeat_pixels(made.layout.image(), made.layout, destination);
    const Tensor y = step.result(0, primitive.destination());
    return step.kernel(primitive, {made.buffer}, y.buffer);
  }
  return resampled(step, nearest_grid(sizes.height_in, sizes.height_out),
                   nearest_grid(sizes.width_in, sizes.width_out));
}

Kernel bilinear(StepBuilder& step, const std::string& mode) {
  const Sizes sizes = sizes_of(step);
  return resampled(step, linear_grid(mode, sizes.height_in, sizes.height_out),
                   linear_grid(mode, sizes.width_in, sizes.width_out));
}

}  // namespace

Kernel upsample(StepBuilder& step) {
  if (step.operation().type == "upsample_nearest_neighbor") return nearest(step);
  // The default of old networks, which is neither of the two, is as resize_bilinear's.
  const bool old = step.planner().function().old_network;
  if (old && !step.given("align_corners")) return bilinear(step, "DEFAULT");
  return bilinear(step,
                  step.flag("align_corners", true) ? "STRICT_ALIGN_CORNERS" : "UNALIGN_CORNERS");
}

Kernel resize(StepBuilder& step) {
  const std::string& type = step.operation().type;
  if (type == "resize_nearest_neighbor") return nearest(step);
  if (type == "resize" && step.text("interpolation_mode", "LINEAR") != "LINEAR") {
    return nearest(step);
  }
  return bilinear(step, step.text("sampling_mode", "DEFAULT"));
}

Kernel crop_resize(StepBuilder& step) {
  const Tensor x = step.plain("x");
  const Tensor roi = step.plain(step.given("roi") ? "roi" : "boxes");
  const Tensor y = step.result();
  const std::string mode = step.text("sampling_mode", "DEFAULT");
  const std::string coordinates = step.text("box_coordinate_mode", "CORNERS_HEIGHT_FIRST");
  const bool normalised = step.flag("normalized_coordinates", false);
  const float scale = step.number("spatial_scale", 1);
  if (x.rank() < 3 || y.rank() < 2 || roi.rank() < 1) step.refuse("its operands are no images");
  const int64_t height = x.shape()[x.rank() - 2], width = x.shape()[x.rank() - 1];
  const int64_t rows = y.shape()[y.rank() - 2], columns = y.shape()[y.rank() - 1];
  const auto channels = static_cast<size_t>(x.shape()[x.rank() - 3]);
  const size_t batch = x.count() / (channels * static_cast<size_t>(height * width));
  const auto boxes = static_cast<size_t>(roi.shape()[0]);
  const size_t fields = roi.count() / std::max<size_t>(boxes, 1);
  // Since iOS 17 the images' numbers stand apart from the boxes.
  const bool apart = step.given("box_indices");
  const Tensor images = apart ? step.plain("box_indices") : roi;
  if (fields != 4 && fields != 5) step.refuse("its boxes have neither four nor five numbers");
  const size_t plane = static_cast<size_t>(height * width);
  return [=] {
    const auto grid = [&](float from, float to, int64_t in, int64_t out) {
      Grid points;
      for (int64_t i = 0; i < out; ++i) {
        float share = 0.5F;
        if (out > 1) {
          const float n = static_cast<float>(i);
          share = mode == "OFFSET_CORNERS" ? (n + 0.5F) / static_cast<float>(out)
                  : mode == "DEFAULT"      ? n / static_cast<float>(out)
                                           : n / static_cast<float>(out - 1);
        } else if (mode != "ALIGN_CORNERS" && mode != "OFFSET_CORNERS") {
          share = 0;
        }
        points.push_back(between(from + (to - from) * share, in));
      }
      return points;
    };
    float* to = y.data();
    for (size_t n = 0; n < boxes; ++n) {
      const float* box = roi.data() + n * fields;
      const bool one_image = apart || fields == 5;
      const size_t image = apart         ? static_cast<size_t>(images.data()[n])
                           : fields == 5 ? static_cast<size_t>(*box++)
                                         : 0;
      float a[4];
      std::copy_n(box, 4, a);
      if (coordinates.ends_with("WIDTH_FIRST")) {
        std::swap(a[0], a[1]);
        std::swap(a[2], a[3]);
      }
      if (coordinates.starts_with("CENTER")) {
        const float y0 = a[0] - a[2] / 2, x0 = a[1] - a[3] / 2;
        a[2] = a[0] + a[2] / 2;
        a[3] = a[1] + a[3] / 2;
        a[0] = y0;
        a[1] = x0;
      }
      for (size_t i = 0; i < 4; ++i) {
        a[i] *= scale;
        if (normalised) a[i] *= static_cast<float>(i % 2 == 0 ? height - 1 : width - 1);
      }
      const Grid of_rows = grid(a[0], a[2], height, rows);
      const Grid of_columns = grid(a[1], a[3], width, columns);
      const size_t first = one_image ? std::min(image, batch - 1) : 0;
      const size_t last = one_image ? first + 1 : batch;
      for (size_t b = first; b < last; ++b) {
        for (size_t c = 0; c < channels; ++c, to += rows * columns) {
          resample(x.data() + (b * channels + c) * plane, width, of_rows, of_columns, to);
        }
      }
    }
  };
}

}  // namespace anemon::profiler::reference
