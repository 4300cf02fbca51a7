#pragma once

#include <mach/mach.h>

extern "C" mach_port_t mach_host_self(void);  // one more reference at each call
