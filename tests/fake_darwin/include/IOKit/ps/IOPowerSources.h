// Implemented by tests/fake_darwin/power_sources.cc.
#pragma once

#include <CoreFoundation/CoreFoundation.h>

#define kIOPMACPowerKey "AC Power"
#define kIOPMBatteryPowerKey "Battery Power"
#define kIOPMUPSPowerKey "UPS Power"

extern "C" {

CFTypeRef IOPSCopyPowerSourcesInfo(void);
CFStringRef IOPSGetProvidingPowerSourceType(CFTypeRef information);

}  // extern "C"
