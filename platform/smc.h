// The System Management Controller's keys, raw: four characters, a type and up to 32 bytes.
// One thread. No allocation in the steady state.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "platform/kernel_file.h"

namespace anemon {

struct SmcKey {
  std::string name;  // "TCMb"
  std::string type;  // four characters, space padded: "flt ", "ui16", "ioft"
  uint32_t size = 0;

  bool operator==(const SmcKey&) const = default;
};

struct SmcValue {
  std::array<uint8_t, 32> bytes{};
  uint32_t size = 0;

  std::span<const uint8_t> view() const noexcept { return {bytes.data(), size}; }
};

class Smc {
 public:
  virtual ~Smc() = default;

  // All keys of the machine, enumerated once, sorted by name. A replay knows those that were
  // recorded and may add more at the end: compare the size at each pass. A key keeps its index.
  virtual std::span<const SmcKey> keys() const = 0;

  // `absent` when the key is gone, `failed` when the controller answers with an error.
  virtual ReadStatus read(size_t key, SmcValue& value) = 0;
};

// Of the live machine; null when it has no controller, or none that answers us.
std::unique_ptr<Smc> open_smc();

}  // namespace anemon
