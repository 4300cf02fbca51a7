// A FakeMac whose end checks that everything taken from the system was given back. Declare it
// before what the test opens.
#pragma once

#include "tests/catch.h"
#include "tests/fake_darwin/fake_mac.h"

namespace anemon::test {

class CleanMac {
 public:
  ~CleanMac() {
    CHECK(fake::FakeMac::live_objects() == 0);
    CHECK(fake::FakeMac::open_autorelease_pools() == 0);
  }
  fake::FakeMac* operator->() { return &mac_; }
  fake::FakeMac& operator*() { return mac_; }

 private:
  fake::FakeMac mac_;
};

}  // namespace anemon::test
