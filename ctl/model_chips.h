// One model on every chip that is known: anemonctl model cost --all-chips.
#pragma once

#include "ctl/model_study.h"
#include "ctl/report.h"

namespace anemon {

Report all_chips_report(const ModelStudy& study, Format format);

}  // namespace anemon
