// The part of Objective-C's runtime that anemon uses. Implemented by
// tests/fake_darwin/objective_c.cc.
#pragma once

typedef struct objc_class* Class;
typedef struct objc_object* id;
typedef struct objc_selector* SEL;
typedef bool BOOL;

extern "C" {

Class objc_getClass(const char* name);
SEL sel_registerName(const char* name);
BOOL class_respondsToSelector(Class type, SEL message);

}  // extern "C"
