// The loader that the Apple sources see: real libraries of the fake, under Apple's paths. What is
// missing is scripted by FakeMac (dynamic_library.cc).
#pragma once

#include_next <dlfcn.h>

extern "C" {

void* fake_darwin_dlopen(const char* path, int mode);
void* fake_darwin_dlsym(void* handle, const char* name);

}  // extern "C"

#define dlopen fake_darwin_dlopen
#define dlsym fake_darwin_dlsym
