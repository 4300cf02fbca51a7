// Any bytes as a request to the root helper: what is taken is within its bounds and says what the
// bytes say, and an answer is read back or refused, never beyond its end.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "helper/protocol.h"

using namespace anemon;

namespace {

void require(bool promise) {
  if (!promise) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  uint32_t flags = 0;
  std::vector<WantedProcess> wanted;
  const RequestBytes kind = parse_request(bytes, flags, wanted);
  if (size > kMaxHelperRequest) require(kind == RequestBytes::malformed);
  if (kind == RequestBytes::complete) {
    require(wanted.size() <= kMaxWanted);
    require(encode_request(flags, wanted) == bytes);
    int32_t last = 0;
    for (const WantedProcess& process : wanted) {
      require(process.pid > last);
      last = process.pid;
    }
  }
  // What has been wrong stays wrong, and what is complete was incomplete before.
  const RequestBytes before = parse_request(bytes.substr(0, size / 2), flags, wanted);
  if (before == RequestBytes::malformed) require(kind == RequestBytes::malformed);
  if (kind == RequestBytes::complete && size > 0) require(before == RequestBytes::incomplete);

  PowermetricsStatus powermetrics;
  std::vector<HelpedProcess> processes;
  const WantedProcess one[] = {{1, 0}};
  if (decode_answer(bytes, {}, powermetrics, processes)) require(processes.empty());
  if (decode_answer(bytes, one, powermetrics, processes)) {
    require(processes.size() == 1 && processes[0].record.pid == 1);
  }
  return 0;
}
