// Implemented by tests/fake_darwin/mach_host.cc.
#pragma once

#include <mach/host_info.h>
#include <mach/mach_types.h>
#include <mach/processor_info.h>

extern "C" {

kern_return_t host_statistics64(host_t host, host_flavor_t flavor, host_info64_t info,
                                mach_msg_type_number_t* words);
kern_return_t host_processor_info(host_t host, processor_flavor_t flavor, natural_t* processors,
                                  processor_info_array_t* info, mach_msg_type_number_t* words);

}  // extern "C"
