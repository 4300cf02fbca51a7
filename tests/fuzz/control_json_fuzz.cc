// Any bytes as the body of a control request: either refused as a client's mistake with a message,
// or read into values within their bounds.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "daemon/control_json.h"
#include "exporters/api_request.h"

using namespace anemon;

namespace {

constexpr Duration kNow = std::chrono::seconds(1'790'000'000);
constexpr Duration kYear = std::chrono::hours(24 * 366);

void require(bool promise) {
  if (!promise) std::abort();
}

template <class Parse>
void try_to(Parse&& parse) {
  try {
    parse();
  } catch (const ApiError& error) {
    require(error.status() == 400 || error.status() == 413);
    require(error.what()[0] != '\0');
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  try_to([&] {
    const SessionRequest request = parse_session_request(body);
    require(request.pids.size() <= 256 && request.labels.size() <= 256);
    for (const pid_t pid : request.pids) require(pid > 0);
    require(!request.max_duration ||
            (*request.max_duration >= Duration::zero() && *request.max_duration <= kYear));
  });
  try_to([&] {
    const Annotation annotation = parse_annotation(body, kNow);
    require(!annotation.wall || *annotation.wall >= Duration::zero());
  });
  try_to([&] {
    for (const InferenceEvent& event : parse_inferences(body, kNow)) {
      require(event.begin_wall >= Duration::zero());
      require(event.duration >= Duration::zero() && event.duration <= kYear);
    }
  });
  try_to([&] { parse_nothing(body); });
  return 0;
}
