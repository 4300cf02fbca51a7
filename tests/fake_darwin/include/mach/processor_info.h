#pragma once

#include <mach/mach_types.h>

#define CPU_STATE_USER 0
#define CPU_STATE_SYSTEM 1
#define CPU_STATE_IDLE 2
#define CPU_STATE_NICE 3
#define CPU_STATE_MAX 4

typedef integer_t* processor_info_array_t;
typedef int processor_flavor_t;

struct processor_cpu_load_info {
  unsigned int cpu_ticks[CPU_STATE_MAX];
};

#define PROCESSOR_CPU_LOAD_INFO 2
#define PROCESSOR_CPU_LOAD_INFO_COUNT CPU_STATE_MAX
