#pragma once

#include <mach/mach_types.h>
#include <mach/vm_statistics.h>

typedef natural_t mach_msg_type_number_t;
typedef int host_flavor_t;
typedef integer_t* host_info64_t;

#define HOST_VM_INFO64 4
#define HOST_VM_INFO64_COUNT \
  (static_cast<mach_msg_type_number_t>(sizeof(vm_statistics64_data_t) / sizeof(integer_t)))
