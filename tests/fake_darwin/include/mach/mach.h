#pragma once

#include <mach/mach_types.h>

extern "C" {

extern mach_port_t mach_task_self_;
#define mach_task_self() mach_task_self_

}  // extern "C"
