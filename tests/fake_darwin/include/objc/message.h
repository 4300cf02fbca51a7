#pragma once

#include <objc/runtime.h>

extern "C" void objc_msgSend(void);  // to be cast to the message's own type
