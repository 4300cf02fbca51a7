#include <IOKit/IOKitLib.h>
#include <mach/mach.h>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <vector>

#include "core/clock.h"
#include "platform/autorelease_pool_apple.h"
#include "platform/awake_time_apple.h"
#include "platform/registry_apple.h"
#include "platform/smc.h"

namespace anemon {
namespace {

constexpr const char* kEndpoint = "AppleSMCKeysEndpoint";
constexpr uint32_t kSelector = 2;  // the user client's one call
constexpr uint8_t kReadKey = 5, kKeyByIndex = 8, kReadKeyInfo = 9;
constexpr uint8_t kKeyNotFound = 132;
constexpr uint32_t kMostKeys = 1 << 16;  // thousands on every known machine

// What goes in and comes out.
struct SmcRecord {
  uint32_t key;
  uint8_t version[8];
  uint32_t limits[4];
  uint32_t size, type;
  uint8_t attributes, reserved[3];
  uint8_t result, status, command;
  uint32_t index;
  uint8_t bytes[32];
};
static_assert(sizeof(SmcRecord) == 80 && offsetof(SmcRecord, size) == 28 &&
              offsetof(SmcRecord, result) == 40 && offsetof(SmcRecord, index) == 44);

uint32_t four_characters(const char* text) {
  uint32_t code = 0;
  for (int i = 0; i < 4; ++i) code = code << 8 | static_cast<uint8_t>(text[i]);
  return code;
}

// The service behind a connection is gone. Any other error is an answer to that one call.
bool is_lost(kern_return_t result) {
  return result == kIOReturnNotAttached || result == kIOReturnNoDevice ||
         result == kIOReturnNotOpen || result == kIOReturnOffline ||
         result == MACH_SEND_INVALID_DEST || result == MIG_SERVER_DIED;
}

std::string text_of(uint32_t code) {
  std::string text(4, ' ');
  for (size_t i = 0; i < 4; ++i) text[i] = static_cast<char>(code >> (24 - 8 * i));
  return text;
}

class Connection {
 public:
  Connection() = default;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() { close(); }

  bool open() {
    // The endpoint's class derives from the older driver's on most systems; on some it hangs below.
    for (const char* classname : {"AppleSMC", kEndpoint}) {
      for_each_service(classname, [&](io_service_t service) {
        if (!is_open()) try_service(service);
        if (is_open()) return;
        for_each_below(service, [&](io_service_t below) {
          if (!is_open()) try_service(below);
        });
      });
    }
    return is_open();
  }
  bool is_open() const { return connection_ != IO_OBJECT_NULL; }
  void close() {
    if (connection_ != IO_OBJECT_NULL) IOServiceClose(connection_);
    connection_ = IO_OBJECT_NULL;
  }

  // False when the call itself failed; the controller's own answer is in `out.result`. Closes when
  // the service is gone.
  bool call(const SmcRecord& in, SmcRecord& out) {
    size_t size = sizeof out;
    out = {};
    const kern_return_t result =
        IOConnectCallStructMethod(connection_, kSelector, &in, sizeof in, &out, &size);
    if (is_lost(result)) close();
    return result == KERN_SUCCESS && size == sizeof out;
  }

 private:
  void try_service(io_service_t service) {
    if (name_of(service) != kEndpoint) return;
    io_connect_t connection = IO_OBJECT_NULL;
    if (IOServiceOpen(service, mach_task_self(), 0, &connection) == KERN_SUCCESS) {
      connection_ = connection;
    }
  }

  io_connect_t connection_ = IO_OBJECT_NULL;
};

class AppleSmc final : public Smc {
 public:
  bool open() {
    if (!connection_.open()) return false;
    enumerate();
    return true;
  }

  std::span<const SmcKey> keys() const override { return keys_; }

  ReadStatus read(size_t key, SmcValue& value) override {
    if (!reachable()) return ReadStatus::failed;
    SmcRecord in{}, out{};
    in.key = four_characters(keys_[key].name.c_str());
    in.size = keys_[key].size;
    in.command = kReadKey;
    if (!connection_.call(in, out)) return ReadStatus::failed;
    if (out.result == kKeyNotFound) return ReadStatus::absent;
    if (out.result != 0) return ReadStatus::failed;
    value.size = std::min<uint32_t>(keys_[key].size, sizeof out.bytes);
    std::copy_n(out.bytes, sizeof out.bytes, value.bytes.begin());
    return ReadStatus::ok;
  }

 private:
  static constexpr Duration kReopenInterval = std::chrono::seconds(10);

  // The controller's service goes away when its firmware restarts, and comes back.
  bool reachable() {
    if (connection_.is_open()) return true;
    const Duration now = awake_now();
    if (tried_ && now - *tried_ < kReopenInterval) return false;
    tried_ = now;
    const AutoreleasePool pool;
    return connection_.open();
  }

  uint32_t key_count() {
    SmcRecord in{}, out{};
    in.key = four_characters("#KEY");
    in.size = 4;
    in.command = kReadKey;
    if (!connection_.call(in, out) || out.result != 0) return 0;
    // Integers of the controller are big-endian.
    return static_cast<uint32_t>(out.bytes[0]) << 24 | static_cast<uint32_t>(out.bytes[1]) << 16 |
           static_cast<uint32_t>(out.bytes[2]) << 8 | out.bytes[3];
  }

  void enumerate() {
    const uint32_t count = std::min(key_count(), kMostKeys);
    keys_.reserve(count);
    for (uint32_t index = 0; index < count && connection_.is_open(); ++index) {
      SmcRecord in{}, out{};
      in.index = index;
      in.command = kKeyByIndex;
      if (!connection_.call(in, out) || out.result != 0) continue;
      const uint32_t key = out.key;
      in = {};
      in.key = key;
      in.command = kReadKeyInfo;
      if (!connection_.call(in, out) || out.result != 0) continue;
      keys_.push_back({text_of(key), text_of(out.type), out.size});
    }
    std::sort(keys_.begin(), keys_.end(),
              [](const SmcKey& a, const SmcKey& b) { return a.name < b.name; });
  }

  Connection connection_;
  std::vector<SmcKey> keys_;
  std::optional<Duration> tried_;  // when a lost connection was last asked for
};

}  // namespace

std::unique_ptr<Smc> open_smc() {
  const AutoreleasePool pool;
  auto smc = std::make_unique<AppleSmc>();
  if (!smc->open()) return nullptr;
  return smc;
}

}  // namespace anemon
