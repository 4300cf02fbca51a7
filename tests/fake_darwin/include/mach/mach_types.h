// Mach's basic types, as on macOS.
#pragma once

#include <cstdint>

typedef int kern_return_t;
typedef unsigned int natural_t;
typedef int integer_t;
typedef natural_t mach_port_t;
typedef mach_port_t task_t;
typedef mach_port_t host_t;

enum : kern_return_t { KERN_SUCCESS = 0, KERN_INVALID_ARGUMENT = 4, KERN_FAILURE = 5 };
enum : kern_return_t { MACH_SEND_INVALID_DEST = 0x10000003, MIG_SERVER_DIED = -308 };
enum : mach_port_t { MACH_PORT_NULL = 0 };
