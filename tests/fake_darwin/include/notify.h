// The part of notify(3) that anemon uses. Implemented by tests/fake_darwin/notify.cc.
#pragma once

#include <cstdint>

#define NOTIFY_STATUS_OK 0
#define NOTIFY_STATUS_INVALID_TOKEN 2
#define NOTIFY_STATUS_SERVER_NOT_FOUND 9

extern "C" {

uint32_t notify_register_check(const char* name, int* token);
uint32_t notify_get_state(int token, uint64_t* state);
uint32_t notify_cancel(int token);

}  // extern "C"
