#include "platform/child_usage.h"

namespace anemon {

const int64_t kMaxResidentUnit = 1024;

}  // namespace anemon
