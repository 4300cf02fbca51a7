// What a kernel file's read status says about a signal.
#pragma once

#include <string>

#include "collectors/pass.h"
#include "platform/kernel_file.h"

namespace anemon {

// `absence`: the reason when the file is not there. A file that is there but cannot be read or
// understood makes the signal stale. Keep the strings: their conversion would allocate.
void report_read(Pass& pass, Metric metric, const std::string& source, ReadStatus status,
                 const std::string& absence);

}  // namespace anemon
