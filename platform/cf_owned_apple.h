// Owners of what CoreFoundation's and IOKit's create and copy functions give: released exactly
// once.
#pragma once

#include <CoreFoundation/CoreFoundation.h>
#include <IOKit/IOKitLib.h>

#include <utility>

namespace anemon {

template <class Ref>
class CfOwned {
 public:
  CfOwned() = default;
  explicit CfOwned(Ref created) : object_(created) {}  // takes over its one reference
  CfOwned(CfOwned&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
  CfOwned& operator=(CfOwned&& other) noexcept {
    CfOwned(std::move(other)).swap(*this);
    return *this;
  }
  ~CfOwned() {
    if (object_ != nullptr) CFRelease(object_);
  }

  Ref get() const noexcept { return object_; }
  explicit operator bool() const noexcept { return object_ != nullptr; }
  void swap(CfOwned& other) noexcept { std::swap(object_, other.object_); }

  // For a function that gives an object through a pointer; the owner must be empty.
  Ref* receive() noexcept { return &object_; }

 private:
  Ref object_ = nullptr;
};

// A registry entry, a service or an iterator.
class IoOwned {
 public:
  IoOwned() = default;
  explicit IoOwned(io_object_t object) : object_(object) {}
  IoOwned(IoOwned&& other) noexcept : object_(std::exchange(other.object_, IO_OBJECT_NULL)) {}
  IoOwned& operator=(IoOwned&& other) noexcept {
    std::swap(object_, other.object_);
    return *this;
  }
  ~IoOwned() {
    if (object_ != IO_OBJECT_NULL) IOObjectRelease(object_);
  }

  io_object_t get() const noexcept { return object_; }
  explicit operator bool() const noexcept { return object_ != IO_OBJECT_NULL; }
  io_object_t* receive() noexcept { return &object_; }

 private:
  io_object_t object_ = IO_OBJECT_NULL;
};

}  // namespace anemon
