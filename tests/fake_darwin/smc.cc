// The System Management Controller's user client: the calls with 80 bytes.
#include <IOKit/IOKitLib.h>

#include <cstring>
#include <iterator>

#include "tests/fake_darwin/fake_mac.h"
#include "tests/fake_darwin/io_objects.h"
#include "tests/fake_darwin/objects.h"

namespace anemon::fake {
namespace {

constexpr uint32_t kSelector = 2;
constexpr size_t kRecord = 80;
constexpr uint8_t kKeyNotFound = 132;
constexpr uint8_t kRead = 5, kKeyByIndex = 8, kKeyInfo = 9;

// Where the fields are, as apple-telemetry.md's 80 bytes have them.
constexpr size_t kKeyAt = 0, kSizeAt = 28, kTypeAt = 32, kResultAt = 40, kCommandAt = 42,
                 kIndexAt = 44, kBytesAt = 48;

uint32_t word(const uint8_t* record, size_t at) {
  uint32_t value = 0;
  std::memcpy(&value, record + at, sizeof value);
  return value;
}

void set_word(uint8_t* record, size_t at, uint32_t value) {
  std::memcpy(record + at, &value, sizeof value);
}

uint32_t four_characters(const std::string& text) {
  uint32_t code = 0;
  for (size_t i = 0; i < 4; ++i) {
    code = code << 8 | static_cast<uint8_t>(i < text.size() ? text[i] : ' ');
  }
  return code;
}

const std::pair<const std::string, SmcEntry>* find(const MachineState& state, uint32_t code) {
  for (const auto& entry : state.smc) {
    if (four_characters(entry.first) == code) return &entry;
  }
  return nullptr;
}

// "#KEY" counts the keys, itself included.
constexpr uint32_t kKeyCount = 0x234b4559;

void answer(const MachineState& state, const uint8_t* in, uint8_t* out) {
  const uint8_t command = in[kCommandAt];
  if (command == kKeyByIndex) {
    const uint32_t index = word(in, kIndexAt);
    if (index > state.smc.size()) {
      out[kResultAt] = kKeyNotFound;
    } else {  // "#KEY" is the first of them
      set_word(out, kKeyAt,
               index == 0 ? kKeyCount
                          : four_characters(
                                std::next(state.smc.begin(), static_cast<int>(index) - 1)->first));
    }
    return;
  }
  const uint32_t code = word(in, kKeyAt);
  const uint32_t count = static_cast<uint32_t>(state.smc.size()) + 1;
  const auto* entry = find(state, code);
  if (entry == nullptr && code != kKeyCount) {
    out[kResultAt] = kKeyNotFound;
  } else if (command == kKeyInfo) {
    set_word(out, kSizeAt,
             entry == nullptr ? 4 : static_cast<uint32_t>(entry->second.bytes.size()));
    set_word(out, kTypeAt, four_characters(entry == nullptr ? "ui32" : entry->second.type));
  } else if (command == kRead && entry == nullptr) {
    for (size_t i = 0; i < 4; ++i) {
      out[kBytesAt + i] = static_cast<uint8_t>(count >> (24 - 8 * i));  // big-endian
    }
  } else if (command == kRead) {
    out[kResultAt] = entry->second.read_result;
    if (word(in, kSizeAt) != entry->second.bytes.size()) {
      out[kResultAt] = 137;  // the size of another key
    } else if (out[kResultAt] == 0) {
      std::memcpy(out + kBytesAt, entry->second.bytes.data(),
                  std::min<size_t>(entry->second.bytes.size(), 32));
    }
  } else {
    out[kResultAt] = 130;  // no such command
  }
}

}  // namespace
}  // namespace anemon::fake

using namespace anemon::fake;

extern "C" {

kern_return_t IOServiceOpen(io_service_t service, task_t task, uint32_t type,
                            io_connect_t* connection) {
  const IoObject* object = io_object(service, IoObject::Kind::entry);
  if (object == nullptr) misuse("IOServiceOpen", "a port that is no service");
  if (task != mach_task_self() || type != 0) return kIOReturnBadArgument;
  io_name_t name;
  if (IORegistryEntryGetName(service, name) != KERN_SUCCESS) return kIOReturnNoDevice;
  const auto state = FakeMac::current().edit();
  if (state->smc_gone) return kIOReturnNoDevice;
  if (state->smc_refused) return kIOReturnNotPermitted;
  if (std::strcmp(name, "AppleSMCKeysEndpoint") != 0) return kIOReturnError;
  *connection = make_io_object(IoObject::Kind::connection);
  return KERN_SUCCESS;
}

kern_return_t IOServiceClose(io_connect_t connection) {
  drop_io_object(connection, "IOServiceClose");
  return KERN_SUCCESS;
}

kern_return_t IOConnectCallStructMethod(mach_port_t connection, uint32_t selector,
                                        const void* input, size_t input_size, void* output,
                                        size_t* output_size) {
  if (io_object(connection, IoObject::Kind::connection) == nullptr) {
    misuse("IOConnectCallStructMethod", "a port that is no connection");
  }
  FakeMac::current().pass_through(Hang::smc_call);
  if (selector != kSelector || input_size != kRecord || *output_size != kRecord) {
    return kIOReturnBadArgument;
  }
  const auto state = FakeMac::current().edit();
  if (state->smc_gone) return state->smc_gone_error;
  const auto* record = static_cast<const uint8_t*>(input);
  const auto* entry = record[kCommandAt] == kRead ? find(*state, word(record, kKeyAt)) : nullptr;
  if (entry != nullptr && entry->second.call_error != 0) return entry->second.call_error;
  std::memset(output, 0, kRecord);
  answer(*state, record, static_cast<uint8_t*>(output));
  return KERN_SUCCESS;
}

}  // extern "C"
