#include "platform/ioreport.h"

namespace anemon {

bool is_group(std::string_view group, std::string_view wanted, bool numbered) {
  if (!group.starts_with(wanted)) return false;
  const std::string_view number = group.substr(wanted.size());
  return number.empty() || (numbered && number.find_first_not_of("0123456789") == number.npos);
}

}  // namespace anemon
