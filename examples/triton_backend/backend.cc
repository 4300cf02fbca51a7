// A Triton backend that profiles a model when it is loaded, warns when it is less efficient than
// the operator wants, and reports every request to anemond. docs/triton.md goes through it step by
// step.
//
// Its engine is none: outputs are the inputs, so that the example needs no Core ML. A real backend
// has its prediction where run() is.
#include <fmt/format.h>

#include <cstring>
#include <exception>
#include <memory>
#include <string>

#include "examples/triton_backend/load_profile.h"
#include "examples/triton_backend/served_model.h"
#include "examples/triton_backend/triton_backend_interface.h"

namespace {

// Throws what the server refused.
void check(TRITONSERVER_Error* error) {
  if (error == nullptr) return;
  const std::string text = TRITONSERVER_ErrorMessage(error);
  TRITONSERVER_ErrorDelete(error);
  throw std::runtime_error(text);
}

// Runs `body` at the border to the server, which no exception may cross.
template <class Body>
TRITONSERVER_Error* guarded(const Body& body) {
  try {
    body();
    return nullptr;
  } catch (const std::exception& error) {
    return TRITONSERVER_ErrorNew(TRITONSERVER_ERROR_INTERNAL, error.what());
  }
}

void say(TRITONSERVER_LogLevel level, const std::string& text) {
  check(TRITONSERVER_LogMessage(level, __FILE__, __LINE__, text.c_str()));
}

std::string config_of(TRITONBACKEND_Model* model) {
  TRITONSERVER_Message* message = nullptr;
  check(TRITONBACKEND_ModelConfig(model, 1, &message));
  const char* text = nullptr;
  size_t size = 0;
  TRITONSERVER_Error* error = TRITONSERVER_MessageSerializeToJson(message, &text, &size);
  const std::string json = error == nullptr ? std::string(text, size) : std::string();
  check(TRITONSERVER_MessageDelete(message));
  check(error);
  return json;
}

void profile(const std::string& name, const ServedModelConfig& config) {
  const LoadProfile found = profile_at_load(name, config);
  for (const std::string& each : found.errors) say(TRITONSERVER_LOG_ERROR, name + ": " + each);
  for (const std::string& each : found.warnings) say(TRITONSERVER_LOG_WARN, name + ": " + each);
  if (!found.speed.empty()) say(TRITONSERVER_LOG_INFO, name + ": " + found.speed);
  if (!found.why_no_score.empty()) {
    say(TRITONSERVER_LOG_INFO, name + ": no efficiency score: " + found.why_no_score);
  }
  if (!found.efficiency) {
    say(TRITONSERVER_LOG_WARN, name + ": how efficient it is on the Neural Engine is not known");
    return;
  }
  const bool low = *found.efficiency < config.efficiency_threshold;
  say(low ? TRITONSERVER_LOG_WARN : TRITONSERVER_LOG_INFO,
      fmt::format("{}: {} {:.1f} of 100 ({}), {} {:.1f}", name, found.meaning, *found.efficiency,
                  found.provenance, low ? "under the threshold of" : "the threshold is",
                  config.efficiency_threshold));
}

// The prediction. Returns how many items the request had: its first dimension.
uint64_t run(TRITONBACKEND_Request* request, TRITONBACKEND_Response* response) {
  TRITONBACKEND_Input* input = nullptr;
  check(TRITONBACKEND_RequestInputByIndex(request, 0, &input));
  TRITONSERVER_DataType type{};
  const int64_t* shape = nullptr;
  uint32_t dimensions = 0, buffers = 0;
  uint64_t bytes = 0;
  check(
      TRITONBACKEND_InputProperties(input, nullptr, &type, &shape, &dimensions, &bytes, &buffers));
  const char* output_name = nullptr;
  check(TRITONBACKEND_RequestOutputName(request, 0, &output_name));
  TRITONBACKEND_Output* output = nullptr;
  check(TRITONBACKEND_ResponseOutput(response, &output, output_name, type, shape, dimensions));
  TRITONSERVER_MemoryType memory = TRITONSERVER_MEMORY_CPU;
  int64_t memory_id = 0;
  void* to = nullptr;
  check(TRITONBACKEND_OutputBuffer(output, &to, bytes, &memory, &memory_id));
  if (memory == TRITONSERVER_MEMORY_GPU) throw std::runtime_error("outputs must be in CPU memory");
  for (uint32_t i = 0; i < buffers; ++i) {
    const void* from = nullptr;
    uint64_t size = 0;
    memory = TRITONSERVER_MEMORY_CPU;
    check(TRITONBACKEND_InputBuffer(input, i, &from, &size, &memory, &memory_id));
    if (memory == TRITONSERVER_MEMORY_GPU) throw std::runtime_error("inputs must be in CPU memory");
    std::memcpy(to, from, size);
    to = static_cast<char*>(to) + size;
  }
  return dimensions > 0 && shape[0] > 0 ? static_cast<uint64_t>(shape[0]) : 1;
}

// Answers, counts and gives back one request, whatever happens on the way. Returns its items.
uint64_t serve(TRITONBACKEND_ModelInstance* instance, const ServedModel& model,
               TRITONBACKEND_Request* request) {
  const uint64_t begin = anemon_clock();
  TRITONBACKEND_Response* response = nullptr;
  uint64_t items = 1;
  TRITONSERVER_Error* error = TRITONBACKEND_ResponseNew(&response, request);
  if (error == nullptr) error = guarded([&] { items = run(request, response); });
  const uint64_t end = anemon_clock();
  const bool ok = error == nullptr;

  model.report(begin, end, ok, items);

  if (response != nullptr) {
    // The server takes the response, but not the error.
    TRITONSERVER_Error* unsent =
        TRITONBACKEND_ResponseSend(response, TRITONSERVER_RESPONSE_COMPLETE_FINAL, error);
    if (unsent != nullptr) TRITONSERVER_ErrorDelete(unsent);
  }
  if (error != nullptr) TRITONSERVER_ErrorDelete(error);
  for (TRITONSERVER_Error* unheard :
       {TRITONBACKEND_ModelInstanceReportStatistics(instance, request, ok, begin, begin, end, end),
        TRITONBACKEND_RequestRelease(request, TRITONSERVER_REQUEST_RELEASE_ALL)}) {
    if (unheard != nullptr) TRITONSERVER_ErrorDelete(unheard);
  }
  return items;
}

}  // namespace

extern "C" {

TRITONSERVER_Error* TRITONBACKEND_Initialize(TRITONBACKEND_Backend*) {
  return guarded([] {
    uint32_t major = 0, minor = 0;
    check(TRITONBACKEND_ApiVersion(&major, &minor));
    if (major != 1) throw std::runtime_error("this backend speaks version 1 of Triton's interface");
    if (anemon_start(nullptr) != ANEMON_OK) say(TRITONSERVER_LOG_WARN, anemon_last_error());
  });
}

// The server unloads the library afterwards: the client's thread must be gone by then.
TRITONSERVER_Error* TRITONBACKEND_Finalize(TRITONBACKEND_Backend*) {
  anemon_stop();
  return nullptr;
}

TRITONSERVER_Error* TRITONBACKEND_ModelInitialize(TRITONBACKEND_Model* model) {
  return guarded([&] {
    const char* name = nullptr;
    uint64_t version = 0;
    TRITONBACKEND_ArtifactType type = TRITONBACKEND_ARTIFACT_FILESYSTEM;
    const char* location = nullptr;
    check(TRITONBACKEND_ModelName(model, &name));
    check(TRITONBACKEND_ModelVersion(model, &version));
    check(TRITONBACKEND_ModelRepository(model, &type, &location));
    if (type != TRITONBACKEND_ARTIFACT_FILESYSTEM) {
      throw std::runtime_error("models are read from a file system");
    }
    const auto folder = std::filesystem::path(location) / std::to_string(version);
    const ServedModelConfig config = read_config(folder, config_of(model));
    profile(name, config);
    auto served = std::make_unique<ServedModel>(name, config);
    check(TRITONBACKEND_ModelSetState(model, served.get()));
    static_cast<void>(served.release());  // the server's until ModelFinalize
  });
}

TRITONSERVER_Error* TRITONBACKEND_ModelFinalize(TRITONBACKEND_Model* model) {
  return guarded([&] {
    void* state = nullptr;
    check(TRITONBACKEND_ModelState(model, &state));
    delete static_cast<ServedModel*>(state);
  });
}

TRITONSERVER_Error* TRITONBACKEND_ModelInstanceExecute(TRITONBACKEND_ModelInstance* instance,
                                                       TRITONBACKEND_Request** requests,
                                                       uint32_t count) {
  TRITONBACKEND_Model* model = nullptr;
  void* state = nullptr;
  TRITONSERVER_Error* error = guarded([&] {
    check(TRITONBACKEND_ModelInstanceModel(instance, &model));
    check(TRITONBACKEND_ModelState(model, &state));
  });
  if (error != nullptr) return error;  // the requests stay the server's
  const uint64_t begin = anemon_clock();
  uint64_t items = 0;
  for (uint32_t i = 0; i < count; ++i) {
    items += serve(instance, *static_cast<const ServedModel*>(state), requests[i]);
  }
  const uint64_t end = anemon_clock();
  // From here on the requests are answered: what fails now is no longer theirs to know.
  error = TRITONBACKEND_ModelInstanceReportBatchStatistics(instance, items, begin, begin, end, end);
  if (error != nullptr) TRITONSERVER_ErrorDelete(error);
  return nullptr;
}

}  // extern "C"
