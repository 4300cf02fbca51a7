#include "helper/protocol.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace anemon {
namespace {

// HelperProcess::values by place; the one before is the record's neural footprint.
constexpr std::array kDetails = {
    &ProcessDetails::resident_bytes,
    &ProcessDetails::peak_resident_bytes,
    &ProcessDetails::swap_bytes,
    &ProcessDetails::open_files,
    &ProcessDetails::footprint_bytes,
    &ProcessDetails::peak_footprint_bytes,
    &ProcessDetails::neural_footprint_bytes,
    &ProcessDetails::peak_neural_footprint_bytes,
    &ProcessDetails::energy_nanojoules,
};
static_assert(kDetails.size() + 1 == HelperProcess::kValues);
constexpr uint16_t kHasDetails = 1 << HelperProcess::kValues;
constexpr uint16_t kOpenFilesRefused = kHasDetails << 1;

template <class Record>
void append(std::string& bytes, const Record& record) {
  bytes.append(reinterpret_cast<const char*>(&record), sizeof record);
}

template <class Record>
Record take(std::string_view& bytes) {
  Record record;
  std::memcpy(&record, bytes.data(), sizeof record);
  bytes.remove_prefix(sizeof record);
  return record;
}

void put(HelperProcess& to, size_t place, const std::optional<uint64_t>& value) {
  if (!value) return;
  to.known = static_cast<uint16_t>(to.known | 1 << place);
  to.values[place] = *value;
}

std::optional<uint64_t> value_of(const HelperProcess& from, size_t place) {
  if ((from.known & 1 << place) == 0) return std::nullopt;
  return from.values[place];
}

HelperProcess encode(const HelpedProcess& from) {
  HelperProcess to;
  to.pid = from.record.pid;
  to.lookup = static_cast<uint8_t>(from.lookup);
  if (from.lookup != Processes::Lookup::found) return to;
  const std::string_view name = from.record.name.view();
  to.name_size = static_cast<uint8_t>(name.size());
  name.copy(to.name, sizeof to.name);
  to.started = from.record.started.count();
  to.cpu = from.record.cpu.count();
  to.resident_bytes = from.record.resident_bytes;
  to.threads = from.record.threads;
  put(to, 0, from.record.neural_footprint_bytes);
  if (!from.detailed) return to;
  to.known |= kHasDetails;
  if (from.details.open_files_refused) to.known |= kOpenFilesRefused;
  for (size_t i = 0; i < kDetails.size(); ++i) put(to, i + 1, from.details.*kDetails[i]);
  return to;
}

bool decode(const HelperProcess& from, HelpedProcess& to) {
  if (from.lookup > static_cast<uint8_t>(Processes::Lookup::gone) ||
      from.name_size > sizeof from.name) {
    return false;
  }
  to = {};
  to.lookup = static_cast<Processes::Lookup>(from.lookup);
  to.record.pid = from.pid;
  to.record.started = Duration(from.started);
  to.record.cpu = Duration(from.cpu);
  to.record.resident_bytes = from.resident_bytes;
  to.record.threads = from.threads;
  to.record.name = ProcessName({from.name, from.name_size});
  to.record.neural_footprint_bytes = value_of(from, 0);
  to.detailed = (from.known & kHasDetails) != 0;
  to.details.open_files_refused = (from.known & kOpenFilesRefused) != 0;
  for (size_t i = 0; i < kDetails.size(); ++i) to.details.*kDetails[i] = value_of(from, i + 1);
  return true;
}

// A magic or a version that is cut short is compared as far as it goes.
bool begins_as(std::string_view bytes) {
  const HelperRequest request;
  const size_t size = std::min(bytes.size(), offsetof(HelperRequest, count));
  return std::memcmp(bytes.data(), &request, size) == 0;
}

}  // namespace

std::string encode_request(uint32_t flags, std::span<const WantedProcess> wanted) {
  std::string bytes;
  HelperRequest request;
  request.count = static_cast<uint16_t>(wanted.size());
  request.flags = flags;
  append(bytes, request);
  for (const WantedProcess& process : wanted) append(bytes, process);
  return bytes;
}

RequestBytes parse_request(std::string_view bytes, uint32_t& flags,
                           std::vector<WantedProcess>& wanted) {
  if (!begins_as(bytes)) return RequestBytes::malformed;
  if (bytes.size() < sizeof(HelperRequest)) return RequestBytes::incomplete;
  const auto request = take<HelperRequest>(bytes);
  const size_t body = request.count * sizeof(WantedProcess);
  if (request.count > kMaxWanted || (request.flags & ~HelperRequest::kRefresh) != 0 ||
      bytes.size() > body) {
    return RequestBytes::malformed;
  }
  if (bytes.size() < body) return RequestBytes::incomplete;
  wanted.clear();
  int32_t last = 0;
  for (uint16_t i = 0; i < request.count; ++i) {
    wanted.push_back(take<WantedProcess>(bytes));
    if (wanted.back().pid <= last || (wanted.back().flags & ~WantedProcess::kDetailed) != 0) {
      return RequestBytes::malformed;
    }
    last = wanted.back().pid;
  }
  flags = request.flags;
  return RequestBytes::complete;
}

std::string encode_answer(const PowermetricsStatus& powermetrics,
                          std::span<const HelpedProcess> processes) {
  HelperAnswer answer;
  answer.count = static_cast<uint16_t>(processes.size());
  answer.powermetrics_cpu = powermetrics.cpu.count();
  answer.powermetrics_starts = powermetrics.starts;
  answer.powermetrics_state = static_cast<uint8_t>(powermetrics.state);
  answer.reason_size =
      static_cast<uint8_t>(powermetrics.reason.copy(answer.reason, sizeof answer.reason));
  std::string bytes;
  bytes.reserve(answer_size(processes.size()));
  append(bytes, answer);
  for (const HelpedProcess& process : processes) append(bytes, encode(process));
  return bytes;
}

bool decode_answer(std::string_view bytes, std::span<const WantedProcess> wanted,
                   PowermetricsStatus& powermetrics, std::vector<HelpedProcess>& processes) {
  if (bytes.size() != answer_size(wanted.size())) return false;
  const auto answer = take<HelperAnswer>(bytes);
  if (answer.magic != kHelperMagic || answer.version != kHelperVersion ||
      answer.count != wanted.size() || answer.reason_size > sizeof answer.reason ||
      answer.powermetrics_state > static_cast<uint8_t>(PowermetricsStatus::State::absent)) {
    return false;
  }
  powermetrics.state = static_cast<PowermetricsStatus::State>(answer.powermetrics_state);
  powermetrics.reason.assign(answer.reason, answer.reason_size);
  powermetrics.cpu = Duration(answer.powermetrics_cpu);
  powermetrics.starts = answer.powermetrics_starts;
  processes.resize(wanted.size());
  for (size_t i = 0; i < wanted.size(); ++i) {
    const auto process = take<HelperProcess>(bytes);
    if (process.pid != wanted[i].pid || !decode(process, processes[i])) return false;
  }
  return true;
}

}  // namespace anemon
