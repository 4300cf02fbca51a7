// Drops root's rights over files for the thread while it lives, so that permission bits count.
#pragma once

#include <sys/fsuid.h>
#include <unistd.h>

namespace anemon::test {

class ActingAsNobody {
 public:
  // Leaving fsuid 0 takes CAP_DAC_OVERRIDE and its kin out of effect for this thread.
  ActingAsNobody() : before_(::setfsuid(kNobody)) {}
  ~ActingAsNobody() { ::setfsuid(static_cast<uid_t>(before_)); }
  ActingAsNobody(const ActingAsNobody&) = delete;
  ActingAsNobody& operator=(const ActingAsNobody&) = delete;

 private:
  static constexpr uid_t kNobody = 65534;
  int before_;
};

}  // namespace anemon::test
