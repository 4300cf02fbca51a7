// The body of one request: as many inferences as the control API takes at once.
#pragma once

#include <cstddef>
#include <string>

#include "core/clock.h"
#include "sdk/client/event_queue.h"

namespace anemon {

class EventBatch {
 public:
  static constexpr size_t kMaxEvents = 1000;
  static constexpr size_t kMaxBytes = size_t{60} << 10;  // of the 64 KiB that a body may have

  // `begin_wall` is when the inference began. False when there is no room for one more.
  bool add(const ReportedInference& inference, Duration begin_wall);

  size_t count() const { return count_; }
  bool empty() const { return count_ == 0; }
  const std::string& body();  // nothing can be added afterwards
  void clear();

 private:
  std::string text_;
  size_t count_ = 0;
  bool closed_ = false;
};

}  // namespace anemon
