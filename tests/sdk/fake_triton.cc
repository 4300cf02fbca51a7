// As much of an inference server as the example backend needs: loads the module as Triton does,
// initialises a model, executes requests on several instances' threads, and unloads it again. Says
// on its standard output what the backend told it, a line each.
// Commands on its standard input: "warm" executes one request of 1000 items, "execute" the rest.
//   fake_triton MODULE MODEL_FOLDER CONFIG_JSON INSTANCES REQUESTS_EACH
#include <dlfcn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <iostream>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "examples/triton_backend/triton_backend_interface.h"

struct TRITONSERVER_Error {
  std::string text;
};
struct TRITONSERVER_Message {
  std::string json;
};
struct TRITONBACKEND_Model {
  std::string name, folder, config;
  void* state = nullptr;
};
struct TRITONBACKEND_ModelInstance {
  TRITONBACKEND_Model* model;
};
struct TRITONBACKEND_Input {
  std::vector<int64_t> shape;
  std::vector<char> first, second;  // a request's bytes may come in several buffers
};
struct TRITONBACKEND_Output {
  std::vector<char> bytes;
};
struct TRITONBACKEND_Request {
  TRITONBACKEND_Input input;
  bool broken = false;  // its output buffer cannot be had
  bool released = false;
};
struct TRITONBACKEND_Response {
  TRITONBACKEND_Request* request;
  TRITONBACKEND_Output output;
};

namespace {

std::atomic<int> answered{0}, failed{0}, wrong{0}, statistics{0}, released{0}, errors_alive{0};
std::atomic<uint64_t> batch_items{0};
std::mutex printing;

TRITONSERVER_Error* error_of(const std::string& text) {
  ++errors_alive;
  return new TRITONSERVER_Error{text};
}

TRITONBACKEND_Request make_request(int number, int64_t items) {
  TRITONBACKEND_Request request;
  request.input.shape = {items, 3};
  request.input.first.assign(static_cast<size_t>(items), static_cast<char>(number));
  request.input.second.assign(static_cast<size_t>(items) * 2, static_cast<char>(number + 1));
  request.broken = number % 10 == 9;
  return request;
}

template <class Function>
Function* symbol(void* module, const char* name) {
  void* found = dlsym(module, name);
  if (found == nullptr) {
    std::cerr << dlerror() << '\n';
    std::exit(2);
  }
  return reinterpret_cast<Function*>(found);
}

bool succeeded(TRITONSERVER_Error* error) {
  if (error == nullptr) return true;
  std::cout << "error: " << error->text << '\n';
  TRITONSERVER_ErrorDelete(error);
  return false;
}

}  // namespace

extern "C" {

TRITONSERVER_Error* TRITONSERVER_ErrorNew(TRITONSERVER_Error_Code, const char* text) {
  return error_of(text);
}
void TRITONSERVER_ErrorDelete(TRITONSERVER_Error* error) {
  --errors_alive;
  delete error;
}
const char* TRITONSERVER_ErrorMessage(TRITONSERVER_Error* error) { return error->text.c_str(); }
TRITONSERVER_Error* TRITONSERVER_LogMessage(TRITONSERVER_LogLevel level, const char*, int,
                                            const char* text) {
  const std::lock_guard lock(printing);
  const char* const names[] = {"info", "warning", "error"};
  std::cout << "log " << names[level] << ": " << text << '\n';
  return nullptr;
}
TRITONSERVER_Error* TRITONSERVER_MessageSerializeToJson(TRITONSERVER_Message* message,
                                                        const char** text, size_t* size) {
  *text = message->json.data();
  *size = message->json.size();
  return nullptr;
}
TRITONSERVER_Error* TRITONSERVER_MessageDelete(TRITONSERVER_Message* message) {
  delete message;
  return nullptr;
}
TRITONSERVER_Error* TRITONBACKEND_ApiVersion(uint32_t* major, uint32_t* minor) {
  *major = 1;
  *minor = 19;
  return nullptr;
}
TRITONSERVER_Error* TRITONBACKEND_ModelName(TRITONBACKEND_Model* model, const char** name) {
  *name = model->name.c_str();
  return nullptr;
}
TRITONSERVER_Error* TRITONBACKEND_ModelVersion(TRITONBACKEND_Model*, uint64_t* version) {
  *version = 1;
  return nullptr;
}
TRITONSERVER_Error* TRITONBACKEND_ModelRepository(TRITONBACKEND_Model* model,
                                                  TRITONBACKEND_ArtifactType* type,
                                                  const char** location) {
  *type = TRITONBACKEND_ARTIFACT_FILESYSTEM;
  *location = model->folder.c_str();
  return nullptr;
}
TRITONSERVER_Error* TRITONBACKEND_ModelConfig(TRITONBACKEND_Model* model, uint32_t,
                                              TRITONSERVER_Message** config) {
  *config = new TRITONSERVER_Message{model->config};
  return nullptr;
}
TRITONSERVER_Error* TRITONBACKEND_ModelState(TRITONBACKEND_Model* model, void** state) {
  *state = model->state;
  return nullptr;
}
TRITONSERVER_Error* TRITONBACKEND_ModelSetState(TRITONBACKEND_Model* model, void* state) {
  model->state = state;
  return nullptr;
}
TRITONSERVER_Error* TRITONBACKEND_ModelInstanceModel(TRITONBACKEND_ModelInstance* instance,
                                                     TRITONBACKEND_Model** model) {
  *model = instance->model;
  return nullptr;
}
TRITONSERVER_Error* TRITONBACKEND_ModelInstanceReportStatistics(TRITONBACKEND_ModelInstance*,
                                                                TRITONBACKEND_Request* request,
                                                                bool success, uint64_t begin,
                                                                uint64_t, uint64_t, uint64_t end) {
  ++statistics;
  if (success == request->broken || request->released || begin > end) ++wrong;
  return nullptr;
}
TRITONSERVER_Error* TRITONBACKEND_ModelInstanceReportBatchStatistics(TRITONBACKEND_ModelInstance*,
                                                                     uint64_t batch, uint64_t,
                                                                     uint64_t, uint64_t, uint64_t) {
  batch_items += batch;
  return nullptr;
}
TRITONSERVER_Error* TRITONBACKEND_RequestInputByIndex(TRITONBACKEND_Request* request, uint32_t,
                                                      TRITONBACKEND_Input** input) {
  *input = &request->input;
  return nullptr;
}
TRITONSERVER_Error* TRITONBACKEND_RequestOutputName(TRITONBACKEND_Request*, uint32_t,
                                                    const char** name) {
  *name = "out";
  return nullptr;
}
TRITONSERVER_Error* TRITONBACKEND_RequestRelease(TRITONBACKEND_Request* request, uint32_t) {
  ++released;
  if (request->released) ++wrong;
  request->released = true;
  return nullptr;
}
TRITONSERVER_Error* TRITONBACKEND_InputProperties(TRITONBACKEND_Input* input, const char** name,
                                                  TRITONSERVER_DataType* type,
                                                  const int64_t** shape, uint32_t* dimensions,
                                                  uint64_t* bytes, uint32_t* buffers) {
  if (name != nullptr) *name = "in";
  *type = 2;
  *shape = input->shape.data();
  *dimensions = static_cast<uint32_t>(input->shape.size());
  *bytes = input->first.size() + input->second.size();
  *buffers = 2;
  return nullptr;
}
TRITONSERVER_Error* TRITONBACKEND_InputBuffer(TRITONBACKEND_Input* input, uint32_t index,
                                              const void** buffer, uint64_t* bytes,
                                              TRITONSERVER_MemoryType* memory, int64_t*) {
  const std::vector<char>& from = index == 0 ? input->first : input->second;
  *buffer = from.data();
  *bytes = from.size();
  *memory = TRITONSERVER_MEMORY_CPU;
  return nullptr;
}
TRITONSERVER_Error* TRITONBACKEND_ResponseNew(TRITONBACKEND_Response** response,
                                              TRITONBACKEND_Request* request) {
  *response = new TRITONBACKEND_Response{request, {}};
  return nullptr;
}
TRITONSERVER_Error* TRITONBACKEND_ResponseOutput(TRITONBACKEND_Response* response,
                                                 TRITONBACKEND_Output** output, const char*,
                                                 TRITONSERVER_DataType, const int64_t*, uint32_t) {
  if (response->request->broken) return error_of("no room");
  *output = &response->output;
  return nullptr;
}
TRITONSERVER_Error* TRITONBACKEND_ResponseSend(TRITONBACKEND_Response* response, uint32_t flags,
                                               TRITONSERVER_Error* error) {
  std::vector<char> expected = response->request->input.first;
  const std::vector<char>& second = response->request->input.second;
  expected.insert(expected.end(), second.begin(), second.end());
  const bool good = error == nullptr && response->output.bytes == expected;
  if (flags != TRITONSERVER_RESPONSE_COMPLETE_FINAL || good == response->request->broken) ++wrong;
  ++(error == nullptr ? answered : failed);
  delete response;
  return nullptr;
}
TRITONSERVER_Error* TRITONBACKEND_OutputBuffer(TRITONBACKEND_Output* output, void** buffer,
                                               uint64_t bytes, TRITONSERVER_MemoryType* memory,
                                               int64_t*) {
  output->bytes.resize(bytes);
  *buffer = output->bytes.data();
  *memory = TRITONSERVER_MEMORY_CPU;
  return nullptr;
}

}  // extern "C"

int main(int argc, char** argv) {
  if (argc != 6) return 2;
  void* module = dlopen(argv[1], RTLD_NOW | RTLD_LOCAL);
  if (module == nullptr) {
    std::cerr << dlerror() << '\n';
    return 2;
  }
  auto* const initialize =
      symbol<decltype(TRITONBACKEND_Initialize)>(module, "TRITONBACKEND_Initialize");
  auto* const finalize = symbol<decltype(TRITONBACKEND_Finalize)>(module, "TRITONBACKEND_Finalize");
  auto* const load =
      symbol<decltype(TRITONBACKEND_ModelInitialize)>(module, "TRITONBACKEND_ModelInitialize");
  auto* const unload =
      symbol<decltype(TRITONBACKEND_ModelFinalize)>(module, "TRITONBACKEND_ModelFinalize");
  auto* const execute = symbol<decltype(TRITONBACKEND_ModelInstanceExecute)>(
      module, "TRITONBACKEND_ModelInstanceExecute");

  TRITONBACKEND_Model model{std::filesystem::path(argv[2]).filename().string(), argv[2], argv[3]};
  if (!succeeded(initialize(nullptr))) return 1;
  if (!succeeded(load(&model))) return 1;
  std::cout << "loaded" << std::endl;
  // Single large requests until the test has seen one arrive at its daemon.
  for (std::string line; std::getline(std::cin, line) && line == "warm";) {
    TRITONBACKEND_ModelInstance instance{&model};
    TRITONBACKEND_Request request = make_request(0, 1000);
    TRITONBACKEND_Request* pointer = &request;
    if (!succeeded(execute(&instance, &pointer, 1))) ++wrong;
  }
  std::vector<std::thread> threads;
  for (int i = 0; i < std::stoi(argv[4]); ++i) {
    threads.emplace_back([&] {
      TRITONBACKEND_ModelInstance instance{&model};
      std::vector<TRITONBACKEND_Request> requests;
      std::vector<TRITONBACKEND_Request*> pointers;
      for (int each = 0; each < std::stoi(argv[5]); ++each) {
        requests.push_back(make_request(each, 1 + each % 4));
      }
      for (TRITONBACKEND_Request& request : requests) pointers.push_back(&request);
      if (!succeeded(execute(&instance, pointers.data(), static_cast<uint32_t>(pointers.size())))) {
        ++wrong;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  succeeded(unload(&model));
  succeeded(finalize(nullptr));
  dlclose(module);
  // Nothing of it may run any more where its code was: no thread, no handler of forks or of the
  // end.
  const bool gone = dlopen(argv[1], RTLD_NOW | RTLD_NOLOAD) == nullptr;
  const pid_t child = fork();
  if (child == 0) return 0;
  int ended = 1;
  waitpid(child, &ended, 0);
  if (ended != 0) ++wrong;
  std::cout << "answered=" << answered << " failed=" << failed << " wrong=" << wrong
            << " statistics=" << statistics << " released=" << released << " items=" << batch_items
            << " errors=" << errors_alive << " gone=" << gone << std::endl;
  return 0;
}
