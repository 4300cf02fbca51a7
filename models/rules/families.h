// The families of rules, one file each. A check fills in of a finding what it computes; who, why
// and where from is filled in from the rule's row (rules.cc).
#pragma once

#include <span>

#include "models/rules/rules.h"

namespace anemon::models {

std::span<const Rule> data_type_rules();    // DT
std::span<const Rule> operation_rules();    // OP
std::span<const Rule> shape_rules();        // SH: extents, layout, flexibility
std::span<const Rule> kernel_rules();       // SH: windows and inner products
std::span<const Rule> weight_rules();       // WT
std::span<const Rule> performance_rules();  // PF, CP
std::span<const Rule> mixed_rules();        // MX
std::span<const Rule> reading_rules();      // RD: what reading the file brought up

}  // namespace anemon::models
