#include <anemon/profiler.h>

namespace anemon {

const char* ToString(ValueOrigin origin) {
  switch (origin) {
    case ValueOrigin::measured:
      return "measured";
    case ValueOrigin::derived:
      return "derived";
    case ValueOrigin::estimated:
      return "estimated";
    case ValueOrigin::absent:
      break;
  }
  return "absent";
}

const MemberOrigin& MemberOrigins::Of(const std::string& member) const {
  static const MemberOrigin kNotMeasured{ValueOrigin::absent, "not measured"};
  const auto found = members_.find(member);
  return found == members_.end() ? kNotMeasured : found->second;
}

void MemberOrigins::Set(const std::string& member, MemberOrigin origin) {
  members_[member] = std::move(origin);
}

}  // namespace anemon
