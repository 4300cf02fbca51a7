// Which number of a document each member of a public struct is: the one place where both are named.
#pragma once

#include <anemon/profiler.h>

#include <span>

namespace anemon::sdk {

// A number of the object `section` of a document (docs/result-json.md), under the member's own
// name; provenance, basis and reason stand beside it under the same key.
template <class Struct>
struct MemberRow {
  const char* member;  // as MemberOrigins knows it: "latency_breakdown.preprocessing_ms"
  const char* section;
  double& (*number)(Struct&);

  double in(const Struct& values) const { return number(const_cast<Struct&>(values)); }
};

// All numbers of a struct, in its order.
std::span<const MemberRow<ANEPerformanceMetrics>> metrics_rows();
std::span<const MemberRow<PowerProfile>> power_rows();
std::span<const MemberRow<MemoryProfile>> memory_rows();

// Behind the last dot.
const char* key_of(const char* member);

}  // namespace anemon::sdk
