#include "collectors/read_report.h"

namespace anemon {
namespace {

const std::string kNoComponent;
const std::string kNotPermitted = "not permitted";
const std::string kUnreadable = "unreadable";

}  // namespace

void report_read(Pass& pass, Metric metric, const std::string& source, ReadStatus status,
                 const std::string& absence) {
  switch (status) {
    case ReadStatus::ok:
      return pass.signal(metric, kNoComponent, source, SignalState::live);
    case ReadStatus::absent:
      return pass.signal(metric, kNoComponent, source, SignalState::absent, absence);
    case ReadStatus::refused:
      return pass.signal(metric, kNoComponent, source, SignalState::refused, kNotPermitted);
    case ReadStatus::failed:
      return pass.signal(metric, kNoComponent, source, SignalState::stale, kUnreadable);
  }
}

}  // namespace anemon
