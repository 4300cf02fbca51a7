// The machine behind the fake frameworks: what a test scripts and what the C functions answer from.
//
// Construct one per test; while it lives it is the machine that every fake function sees. Threads:
// edit() may be called while other threads are inside the fake functions.
#pragma once

#include <array>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "core/clock.h"
#include "tests/fake_darwin/fake_host.h"

namespace anemon::fake {

constexpr int64_t kNoValue = INT64_MIN;  // what IOReport says of a channel nobody has filled

struct ReportChannel {
  std::string group, subgroup, name;
  std::string unit = "mJ";
  int format = 1;  // as IOReportChannelGetFormat: 1 simple, 2 state, 3 histogram, 4
  std::vector<std::string> states;  // of states and histograms
  // One of a simple channel, one per state or bucket, a multiple of four of an array.
  std::vector<int64_t> values = {0};
  uint64_t stamp = 0;                      // ticks of mach_absolute_time()
  std::vector<uint64_t> part_stamps = {};  // of single elements, in the place of `stamp`
  bool no_subgroup = false;                // a NULL subgroup instead of an empty one
  bool raw_elements = true;                // false: only the getters know the values
  bool misformed = false;                  // raw elements of another format
  bool invalid_elements = false;           // raw elements with a negative index
  bool swapped_states = false;  // elements of states in reverse order, told apart by their index
};

// A value in the I/O registry.
struct Property;
using Properties = std::map<std::string, Property, std::less<>>;
struct Property {
  std::variant<bool, int64_t, std::string, std::vector<uint8_t>, Properties> value;
};

struct RegistryEntry {
  std::string classname, name;
  Properties properties;
  std::vector<RegistryEntry> children;
  std::vector<std::string> superclasses;  // what IOServiceMatching also finds it by
  uint64_t id = 0;                        // given by the fake when it is 0
};

struct SmcEntry {
  std::string type;  // four characters
  std::vector<uint8_t> bytes;
  uint8_t read_result = 0;  // what reading it answers with instead
  int call_error = 0;       // what the kernel says to a call for it
};

struct HidSensor {
  std::string product;
  double celsius = 0;
  bool answers = true;
  bool nameless = false;
};

// Everything a test may change.
struct MachineState {
  // Time. 24 MHz ticks, 125/3 ns each, as on Apple silicon.
  uint64_t absolute_ticks = 24'000'000;
  uint64_t continuous_ticks = 24'000'000;

  // The loader: what is missing.
  std::set<std::string> missing_libraries, missing_symbols;

  // IOReport.
  std::vector<ReportChannel> channels;
  std::set<std::string> empty_groups;     // exist with an empty array of channels
  std::set<std::string> refused_groups;   // no subscription alone; missing from a merged one
  std::set<std::string> unmerged_groups;  // subscribed alone, silently missing from a merged one
  bool refusal_spoils_all = false;  // a merged subscription with a refused group is refused too
  size_t most_groups = SIZE_MAX;    // a subscription to more groups is refused as a whole
  bool no_subscribed = false;       // leaves out the dictionary of what was subscribed to
  bool sampling_fails = false;
  int extra_channels = 0;  // added to (or taken from) the end of every sample

  std::vector<RegistryEntry> registry;
  std::map<std::string, SmcEntry> smc;
  bool smc_gone = false;            // its calls fail with `smc_gone_error`, new connections too
  int smc_gone_error = 0x10000003;  // MACH_SEND_INVALID_DEST
  bool smc_refused = false;         // connections are not permitted
  std::vector<HidSensor> hid;
  bool hid_client_fails = false;
  bool hid_no_services = false;  // NULL instead of an array

  HostState host;
};

// A place where calls into a driver can be made to hang, one at a time.
enum class Hang : uint8_t { none, ioreport_sample, smc_call, hid_services, registry };

class FakeMac {
 public:
  FakeMac();
  ~FakeMac();
  FakeMac(const FakeMac&) = delete;
  FakeMac& operator=(const FakeMac&) = delete;

  // The state, locked as long as the returned object lives.
  class Edit {
   public:
    Edit(std::mutex& mutex, MachineState& state) : lock_(mutex), state_(&state) {}
    MachineState* operator->() const { return state_; }
    MachineState& operator*() const { return *state_; }

   private:
    std::unique_lock<std::mutex> lock_;
    MachineState* state_;
  };
  Edit edit() { return {mutex_, state_}; }

  void pass_time(Duration awake);     // both clocks
  void pass_asleep(Duration asleep);  // the continuous clock only
  static uint64_t ticks(Duration duration);

  // Calls to the named place block from now on until release().
  void hang(Hang place);
  void release();
  void await_hanging();  // until a call does hang

  // Objects of CoreFoundation and IOKit that have been made and not released.
  static int64_t live_objects();
  static uint64_t made_objects();  // ever
  static int64_t open_autorelease_pools();
  static uint64_t autorelease_pools();  // ever opened

  // For the fake functions.
  static FakeMac& current();
  void pass_through(Hang place);

 private:
  std::mutex mutex_;
  MachineState state_;

  std::mutex hang_mutex_;
  std::condition_variable hang_changed_;
  Hang hang_ = Hang::none;
  int hanging_ = 0;
};

// Puts a pair of little-endian words per entry behind each other, as the device tree has them.
std::vector<uint8_t> words(const std::vector<std::pair<uint32_t, uint32_t>>& entries);

}  // namespace anemon::fake
