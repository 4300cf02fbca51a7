#include "profiler/coreml/compiled_model.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/error.h"

namespace anemon::profiler {
namespace {

namespace fs = std::filesystem;

// Of a package: its newest file's.
fs::file_time_type newest_time(const fs::path& path) {
  fs::file_time_type newest = fs::last_write_time(path);
  if (!fs::is_directory(path)) return newest;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(path)) {
    newest = std::max(newest, entry.last_write_time());
  }
  return newest;
}

bool is_current(const fs::path& compiled, const fs::path& model) {
  return fs::is_directory(compiled) && newest_time(model) <= newest_time(compiled);
}

// Whole or not at all. What another process puts there meanwhile is of the same model.
void move_to(const fs::path& from, const fs::path& to) {
  if (to.has_parent_path()) fs::create_directories(to.parent_path());
  fs::remove_all(to);
  std::error_code error;
  fs::rename(from, to, error);
  if (!error) return;
  // Another file system: copied beside its place first.
  const fs::path partial = to.string() + ".partial";
  fs::remove_all(partial);
  fs::copy(from, partial, fs::copy_options::recursive);
  fs::rename(partial, to);
  fs::remove_all(from);
}

// What stays lies where the system clears up by itself, and whoever runs the model does not care.
void remove_temporary(const fs::path& path) {
  std::error_code ignored;
  fs::remove_all(path, ignored);
}

}  // namespace

CompiledModel::CompiledModel(const LoadRequest& request, const Clock& clock,
                             const std::function<fs::path(const fs::path&)>& compile,
                             LoadTimes& times) {
  const fs::path& model = request.model;
  if (!fs::exists(model)) {
    throw Error(fmt::format("load failed: {}: there is no such file", model.string()));
  }
  if (model.extension() == ".mlmodelc") {
    path_ = model;
    return;
  }
  if (request.compiled && is_current(*request.compiled, model)) {
    path_ = *request.compiled;
    times.cached = true;
    return;
  }
  const Duration start = clock.awake();
  path_ = compile(model);
  times.compile = clock.awake() - start;
  remove_ = true;
  if (!request.compiled) return;
  try {
    move_to(path_, *request.compiled);
  } catch (const fs::filesystem_error& error) {
    remove_temporary(path_);
    throw Error(fmt::format("the compiled model cannot be kept in {}: {}",
                            request.compiled->string(), error.code().message()),
                "name a directory that can be written to");
  }
  path_ = *request.compiled;
  remove_ = false;
}

CompiledModel::~CompiledModel() {
  if (remove_) remove_temporary(path_);
}

}  // namespace anemon::profiler
