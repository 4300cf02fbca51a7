#pragma once

#include <mach/mach_types.h>

#include <cstddef>

typedef uintptr_t vm_address_t;
typedef uintptr_t vm_size_t;

extern "C" kern_return_t vm_deallocate(task_t task, vm_address_t address, vm_size_t size);
