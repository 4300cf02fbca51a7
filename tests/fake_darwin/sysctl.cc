#include <sys/sysctl.h>

#include <cerrno>
#include <cstring>

#include "tests/fake_darwin/fake_mac.h"
#include "tests/fake_darwin/objects.h"

using namespace anemon::fake;

extern "C" int sysctlbyname(const char* name, void* value, size_t* size, void* new_value, size_t) {
  if (new_value != nullptr) misuse("sysctlbyname", "values are only read");
  const auto mac = FakeMac::current().edit();
  const auto at = mac->host.sysctl.find(name);
  if (at == mac->host.sysctl.end()) {
    errno = ENOENT;
    return -1;
  }
  if (*size < at->second.size()) {
    errno = ENOMEM;
    return -1;
  }
  *size = at->second.size();
  std::memcpy(value, at->second.data(), at->second.size());
  return 0;
}
