// What the daemon and the root helper say over their Unix socket: records of fixed size in the
// host's byte order, as they lie in memory. Both ends are one build on one machine; another version
// is not understood, and nothing is ever guessed.
//
//   request   HelperRequest, then `count` WantedProcess, their pids rising
//   answer    HelperAnswer, then `count` HelperProcess: the wanted ones in their order
//
// One request at a time: the next follows its answer. Whatever else arrives ends the connection.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "platform/powermetrics.h"
#include "platform/processes.h"

namespace anemon {

constexpr uint32_t kHelperMagic = 0x616e6568;
constexpr uint16_t kHelperVersion = 1;
constexpr size_t kMaxWanted = 1024;

struct HelperRequest {
  static constexpr uint32_t kRefresh = 1;  // powermetrics is to run until the connection ends

  uint32_t magic = kHelperMagic;
  uint16_t version = kHelperVersion;
  uint16_t count = 0;
  uint32_t flags = 0;
};

struct WantedProcess {
  static constexpr uint32_t kDetailed = 1;

  int32_t pid = 0;
  uint32_t flags = 0;

  bool operator==(const WantedProcess&) const = default;
};

struct HelperAnswer {
  static constexpr size_t kMaxReason = 64;

  uint32_t magic = kHelperMagic;
  uint16_t version = kHelperVersion;
  uint16_t count = 0;
  int64_t powermetrics_cpu = 0;  // nanoseconds; this and the starts since the helper began
  uint64_t powermetrics_starts = 0;
  uint8_t powermetrics_state = 0;
  uint8_t reason_size = 0;
  uint8_t reserved[6] = {};
  char reason[kMaxReason] = {};
};

struct HelperProcess {
  static constexpr size_t kValues = 10;

  int32_t pid = 0;
  uint8_t lookup = 0;  // Processes::Lookup; the rest counts only when it was found
  uint8_t name_size = 0;
  uint16_t known = 0;  // bit by bit which values are set; two more: see protocol.cc
  int64_t started = 0, cpu = 0;
  uint64_t resident_bytes = 0, threads = 0;
  char name[ProcessName::kMaxBytes] = {};
  uint64_t values[kValues] = {};
};

// No padding: what root's memory held before never goes out.
static_assert(std::has_unique_object_representations_v<HelperRequest> &&
              std::has_unique_object_representations_v<WantedProcess> &&
              std::has_unique_object_representations_v<HelperAnswer> &&
              std::has_unique_object_representations_v<HelperProcess>);

constexpr size_t kMaxHelperRequest = sizeof(HelperRequest) + kMaxWanted * sizeof(WantedProcess);

// What one process's record in an answer says.
struct HelpedProcess {
  Processes::Lookup lookup = Processes::Lookup::gone;
  ProcessRecord record;  // its pid is always set
  bool detailed = false;
  ProcessDetails details;
};

std::string encode_request(uint32_t flags, std::span<const WantedProcess> wanted);

enum class RequestBytes : uint8_t { incomplete, complete, malformed };
// What has arrived of a request so far, which is malformed as early as that can be known. Sets the
// others when it is complete.
RequestBytes parse_request(std::string_view bytes, uint32_t& flags,
                           std::vector<WantedProcess>& wanted);

std::string encode_answer(const PowermetricsStatus& powermetrics,
                          std::span<const HelpedProcess> processes);

// The size of the answer to so many.
constexpr size_t answer_size(size_t wanted) {
  return sizeof(HelperAnswer) + wanted * sizeof(HelperProcess);
}
// False when `bytes` are not the whole answer to exactly these.
bool decode_answer(std::string_view bytes, std::span<const WantedProcess> wanted,
                   PowermetricsStatus& powermetrics, std::vector<HelpedProcess>& processes);

}  // namespace anemon
