// What lets one Objective-C++ source build with reference counting by the compiler (macOS) and
// without (the tests' runtime has none). The rules that go with it:
//
//  - Every alloc/init stands in ANEMON_OWNED; what outlives a pool is held by a Ref, never by a
//    plain pointer in a member; every entry from C++ opens a Pool.
//  - No C++ try or catch in a .mm: with the tests' runtime it never matches. C++ exceptions pass
//    through; Objective-C's are caught by guarded() and nowhere else.
//  - No subscripts, no `@YES`, no __weak, no class of our own; blocks capture plain pointers.
#pragma once

#import <Foundation/Foundation.h>

#if __has_feature(objc_arc)
#define ANEMON_OWNED(object) (object)
#define ANEMON_BRIDGED(Type, object) ((__bridge Type)(object))
#define ANEMON_RETAIN(object) (object)
#define ANEMON_RELEASE(object) static_cast<void>(object)
extern "C" void* objc_autoreleasePoolPush(void);
extern "C" void objc_autoreleasePoolPop(void* pool);
#else
#define ANEMON_OWNED(object) [(object) autorelease]
#define ANEMON_BRIDGED(Type, object) ((Type)(object))
#define ANEMON_RETAIN(object) [(object) retain]
#define ANEMON_RELEASE(object) [(object) release]
#endif

// MACOS: the only condition of an `if`; SINCE_MACOS: of a declaration that is used under it only.
// The tests say which system it is.
#ifdef GNUSTEP
bool fake_macos_is_at_least(double version);
#define ANEMON_MACOS(version) fake_macos_is_at_least(version)
#define ANEMON_SINCE_MACOS(version)
#else
#define ANEMON_MACOS(version) @available(macOS version, *)
#define ANEMON_SINCE_MACOS(version) API_AVAILABLE(macos(version))
#endif

namespace anemon::profiler {

// What @autoreleasepool is, but for one thing: a C++ exception that leaves that one does not drain
// it.
class Pool {
 public:
  Pool() = default;
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;
#if __has_feature(objc_arc)
  ~Pool() { objc_autoreleasePoolPop(pool_); }

 private:
  void* pool_ = objc_autoreleasePoolPush();
#else
  ~Pool() { [pool_ release]; }

 private:
  NSAutoreleasePool* pool_ = [[NSAutoreleasePool alloc] init];
#endif
};

// Owns one object; Ref<MLModel*>.
template <typename Object>
class Ref {
 public:
  Ref() = default;
  Ref(Object object) : object_(ANEMON_RETAIN(object)) {}  // NOLINT: converts as a pointer would
  Ref(const Ref& other) : Ref(other.object_) {}
  Ref(Ref&& other) noexcept : object_(other.object_) { other.object_ = nil; }
  Ref& operator=(Ref other) noexcept {
    Object mine = object_;
    object_ = other.object_;
    other.object_ = mine;
    return *this;
  }
  ~Ref() { ANEMON_RELEASE(object_); }

  Object get() const { return object_; }
  explicit operator bool() const { return object_ != nil; }

 private:
  Object object_ = nil;
};

}  // namespace anemon::profiler
