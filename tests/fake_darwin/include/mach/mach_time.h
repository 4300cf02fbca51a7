// The machine's ticks, as scripted by FakeMac.
#pragma once

#include <mach/mach_types.h>

struct mach_timebase_info {
  uint32_t numer;
  uint32_t denom;
};
typedef struct mach_timebase_info* mach_timebase_info_t;
typedef struct mach_timebase_info mach_timebase_info_data_t;

extern "C" {

kern_return_t mach_timebase_info(mach_timebase_info_t info);
uint64_t mach_absolute_time(void);    // stops while the machine sleeps
uint64_t mach_continuous_time(void);  // goes on

}  // extern "C"
