// The table of collectors. Adding one: a file with its class, and a row in collectors.cc.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string_view>

#include "collectors/collector.h"
#include "collectors/inference_queue.h"
#include "collectors/task_selection.h"
#include "core/clock.h"
#include "core/collector_spec.h"
#include "core/instruments.h"
#include "core/log.h"
#include "core/series_store.h"
#include "platform/apple_devices.h"
#include "platform/host_root.h"
#include "platform/root_helper.h"

namespace anemon {

// What collectors may need from the program. Everything outlives every collector.
struct CollectorContext {
  const HostRoot& root;                            // where the kernel's files are
  AppleDevices* apple;                             // null on a machine that is not Apple's
  const SeriesStore& store;                        // for readings derived from others' series
  const Published<TaskSelection>& task_selection;  // which processes to show; changes at run time
  InferenceQueue& inferences;                      // events from clients
  Instruments& instruments;
  const Clock& clock;  // for a time next to a slow read; passes tell their own
  Log& log;            // for what changes once in a while, such as the source of a component
  PowermetricsMode powermetrics = PowermetricsMode::off;
  RootHelper* helper = nullptr;  // null: there is none to ask
};

// In order of the documentation. Names are unique.
std::span<const CollectorSpec> collector_specs();

// Opens the devices of one collector; call it on the thread that will run it.
std::unique_ptr<Collector> make_collector(std::string_view name, const CollectorContext& context);

}  // namespace anemon
