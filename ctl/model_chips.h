// One model on every chip that is known: anemonctl model cost --all-chips.
#pragma once

#include "ctl/report.h"
#include "models/document/model_study.h"

namespace anemon {

Report all_chips_report(const ModelStudy& study, Format format);

}  // namespace anemon
