#include "platform/child_usage.h"

namespace anemon {

const int64_t kMaxResidentUnit = 1;

}  // namespace anemon
