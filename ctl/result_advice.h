// What to do about a model, and what it scores, out of a result.
#pragma once

#include <memory>

#include "ctl/report.h"

namespace anemon {

// The recommendations of a result, what they save and what that rests on.
Report advice_report(std::shared_ptr<const Json> result);

// The score of a result and its parts; what is missing, by name.
Report score_report(std::shared_ptr<const Json> result);

}  // namespace anemon
