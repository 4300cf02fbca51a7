// Where a model's compiled form lies, and for how long.
#pragma once

#include <filesystem>
#include <functional>

#include "profiler/engine.h"

namespace anemon::profiler {

// Compiled before, given compiled, or compiled now: kept in LoadRequest::compiled, or removed with
// this object. Must outlive what is loaded from it, which maps its files.
//
// What lies in LoadRequest::compiled is reused unless the model is newer. A model that was replaced
// by an older one is not noticed: name the place after the model's content.
class CompiledModel {
 public:
  // `compile` makes a compiled model of a model and returns where; that becomes this object's.
  // Sets `times.compile` and `times.cached`. Throws Error for a model that is not there, and what
  // `compile` throws.
  CompiledModel(const LoadRequest& request, const Clock& clock,
                const std::function<std::filesystem::path(const std::filesystem::path&)>& compile,
                LoadTimes& times);
  ~CompiledModel();
  CompiledModel(const CompiledModel&) = delete;
  CompiledModel& operator=(const CompiledModel&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
  bool remove_ = false;
};

}  // namespace anemon::profiler
