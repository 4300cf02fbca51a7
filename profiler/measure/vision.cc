#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "core/json_access.h"
#include "profiler/measure/document_edit.h"
#include "profiler/measure/image_input.h"
#include "profiler/measure/questions.h"
#include "profiler/measure/several_runs.h"
#include "profiler/measure/studied_model.h"

namespace anemon::profiler {

Json profile_vision(const RunRequest& request, const VisionShape& shape, const Asking& asking) {
  const models::Interface interface = interface_of(request);
  const ImageInput image = find_image(interface.inputs);
  const ImageShapes images =
      shape_images(interface.inputs, image, shape.batch,
                   {shape.height, shape.width, shape.channels}, request.shapes);
  RunRequest run = request;
  run.shapes = images.shapes.shapes;
  run.items = images.shapes.items;
  Json document = profile_model(run, asking);
  document["kind"] = "vision";
  Json& configuration = document["configuration"];
  configuration["batch"] = shape.batch;
  configuration["batching"] = images.shapes.items > 1 ? "by items" : "by shape";
  configuration["height"] = images.size.height;
  configuration["width"] = images.size.width;
  configuration["channels"] = images.size.channels;
  configuration["image_input"] = image.feature->name;
  configuration["image_found_by"] = image.reason;
  if (went_well(document)) count_items(document, shape.batch / images.shapes.items);
  SectionEdit(document, "throughput")
      .number_or(
          "images_per_second", number(document, "/throughput/inferences_per_second"),
          Provenance::derived,
          why_absent(document, "throughput", "inferences_per_second", "no call was measured"));
  const auto joules = number(document, "/power/energy_per_inference_joules");
  SectionEdit(document, "power")
      .number_or(
          "energy_per_image_joules", joules,
          resting_on(document, "power", "energy_per_inference_joules"),
          why_absent(document, "power", "energy_per_inference_joules", "no energy was measured"));
  return document;
}

}  // namespace anemon::profiler
