#pragma once

#include <mach/mach_types.h>

extern "C" kern_return_t mach_port_deallocate(task_t task, mach_port_t name);
