#include "tests/fake_darwin/fake_mac.h"

#include <mach/mach.h>
#include <mach/mach_time.h>

#include <cstdio>
#include <cstdlib>

namespace anemon::fake {
namespace {

constexpr uint32_t kNumerator = 125, kDenominator = 3;

std::atomic<FakeMac*> the_machine{nullptr};

}  // namespace

FakeMac::FakeMac() {
  if (the_machine.exchange(this) != nullptr) {
    std::fprintf(stderr, "there can be only one FakeMac at a time\n");
    std::abort();
  }
}

FakeMac::~FakeMac() { the_machine.store(nullptr); }

FakeMac& FakeMac::current() {
  FakeMac* machine = the_machine.load();
  if (machine == nullptr) {
    std::fprintf(stderr, "a function of macOS was called without a FakeMac\n");
    std::abort();
  }
  return *machine;
}

uint64_t FakeMac::ticks(Duration duration) {
  return static_cast<uint64_t>(duration.count()) / kNumerator * kDenominator +
         static_cast<uint64_t>(duration.count()) % kNumerator * kDenominator / kNumerator;
}

void FakeMac::pass_time(Duration awake) {
  const std::lock_guard lock(mutex_);
  state_.absolute_ticks += ticks(awake);
  state_.continuous_ticks += ticks(awake);
}

void FakeMac::pass_asleep(Duration asleep) {
  const std::lock_guard lock(mutex_);
  state_.continuous_ticks += ticks(asleep);
}

void FakeMac::hang(Hang place) {
  const std::lock_guard lock(hang_mutex_);
  hang_ = place;
}

void FakeMac::release() {
  const std::lock_guard lock(hang_mutex_);
  hang_ = Hang::none;
  hang_changed_.notify_all();
}

void FakeMac::await_hanging() {
  std::unique_lock lock(hang_mutex_);
  hang_changed_.wait(lock, [this] { return hanging_ > 0; });
}

void FakeMac::pass_through(Hang place) {
  std::unique_lock lock(hang_mutex_);
  if (hang_ != place) return;
  ++hanging_;
  hang_changed_.notify_all();
  hang_changed_.wait(lock, [this, place] { return hang_ != place; });
  --hanging_;
}

std::vector<uint8_t> words(const std::vector<std::pair<uint32_t, uint32_t>>& entries) {
  std::vector<uint8_t> bytes;
  for (const auto& [first, second] : entries) {
    for (const uint32_t word : {first, second}) {
      for (int shift = 0; shift < 32; shift += 8) {
        bytes.push_back(static_cast<uint8_t>(word >> shift));
      }
    }
  }
  return bytes;
}

}  // namespace anemon::fake

using anemon::fake::FakeMac;

extern "C" {

mach_port_t mach_task_self_ = 0x103;

kern_return_t mach_timebase_info(mach_timebase_info_t info) {
  info->numer = anemon::fake::kNumerator;
  info->denom = anemon::fake::kDenominator;
  return KERN_SUCCESS;
}

uint64_t mach_absolute_time(void) { return FakeMac::current().edit()->absolute_ticks; }
uint64_t mach_continuous_time(void) { return FakeMac::current().edit()->continuous_ticks; }

}  // extern "C"
