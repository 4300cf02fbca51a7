// The part of macOS's sysctl that anemon uses. Implemented by tests/fake_darwin/sysctl.cc.
#pragma once

#include <cstddef>
#include <cstdint>

struct xsw_usage {
  uint64_t xsu_total;
  uint64_t xsu_avail;
  uint64_t xsu_used;
  uint32_t xsu_pagesize;
  int xsu_encrypted;
};

extern "C" int sysctlbyname(const char* name, void* value, size_t* size, void* new_value,
                            size_t new_size);
