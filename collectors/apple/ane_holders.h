// Who holds the Neural Engine and whether it is powered, as the I/O registry says. A holder is not
// necessarily using it, and on some chips background work keeps it powered.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "collectors/pass.h"
#include "collectors/signal_line.h"
#include "core/series.h"
#include "platform/ane_registry.h"

namespace anemon {

class AneHolders {
 public:
  // Null when the machine has no such registry entry.
  explicit AneHolders(std::unique_ptr<AneRegistry> registry);

  // `absence`: why there is no entry, if there is none. No allocation while the clients stay.
  void collect(Pass& pass, const char* absence);

  static constexpr size_t kMostShown = 16;

 private:
  struct Holder {
    AneClient client;
    Series series;
  };

  void set_powered(Pass& pass);
  void set_clients(Pass& pass);

  const std::unique_ptr<AneRegistry> registry_;
  AneState state_;
  std::vector<const AneClient*> clients_;  // of this pass: one a process, by pid
  std::vector<Holder> holders_;
  std::string powered_engine_;
  Series powered_, count_;
  SignalLine powered_line_, count_line_, info_line_;
};

// The system's own processes that hold the engine for others.
bool is_system_client(std::string_view process);

}  // namespace anemon
