// A pipe that programs which this one starts do not inherit.
#pragma once

#include <fcntl.h>
#include <unistd.h>

namespace anemon {

// What is written to ends[1] is read from ends[0]. False, with errno set, when there is none.
inline bool open_pipe(int (&ends)[2]) {
  if (::pipe(ends) != 0) return false;
  for (const int end : ends) ::fcntl(end, F_SETFD, FD_CLOEXEC);
  return true;
}

}  // namespace anemon
