// What a model's file tells, for the document of a run.
#pragma once

#include <memory>
#include <string>

#include "models/document/model_study.h"
#include "profiler/measure/questions.h"

namespace anemon::profiler {

struct StudiedModel {
  std::unique_ptr<ModelStudy> study;  // null: the file could not be read, for the reason `why_not`
  std::string why_not;
};

// At the shapes of the request, for the chip asked for. A runner may know formats that are not read
// here. Throws Error when there is no such file, for a chip that is unknown, and for a shape that
// the model does not take.
StudiedModel study_model(const RunRequest& request, const Asking& asking);

// What the function that is asked for takes and gives. Throws Error for a file that cannot be read.
models::Interface interface_of(const RunRequest& request);

}  // namespace anemon::profiler
