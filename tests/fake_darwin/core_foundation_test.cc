// The fake's own promises: it ends the program where the real frameworks do, and counts.
#include <CoreFoundation/CoreFoundation.h>
#include <IOKit/IOKitLib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>

#include "platform/cf_values_apple.h"
#include "tests/catch.h"
#include "tests/fake_darwin/clean_mac.h"

using namespace anemon;
using anemon::fake::FakeMac;
using anemon::test::CleanMac;

namespace {

// Whether `misuse` ends a child process as abort() does.
bool aborts(void (*misuse)()) {
  std::fflush(nullptr);
  const pid_t child = fork();
  if (child == 0) {
    signal(SIGABRT, SIG_DFL);  // without the test library's report
    if (std::freopen("/dev/null", "w", stderr) == nullptr) _exit(1);
    misuse();
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

}  // namespace

TEST_CASE("The fake frameworks end the program on NULL, wrong types and released objects") {
  REQUIRE(aborts([] { CFRelease(nullptr); }));
  REQUIRE(aborts([] { CFRetain(nullptr); }));
  REQUIRE(aborts([] { CFGetTypeID(nullptr); }));
  REQUIRE(aborts([] { CFArrayGetCount(nullptr); }));
  REQUIRE(aborts([] { CFStringGetLength(reinterpret_cast<CFStringRef>(kCFBooleanTrue)); }));
  REQUIRE(aborts(
      [] { CFDictionaryGetValue(reinterpret_cast<CFDictionaryRef>(CFSTR("a")), CFSTR("b")); }));
  REQUIRE(aborts([] {
    const CFArrayRef array = CFArrayCreate(nullptr, nullptr, 0, &kCFTypeArrayCallBacks);
    CFArrayGetValueAtIndex(array, 0);
  }));
  REQUIRE(aborts([] {
    const CFArrayRef array = CFArrayCreate(nullptr, nullptr, 0, &kCFTypeArrayCallBacks);
    CFArrayAppendValue(const_cast<CFMutableArrayRef>(array), CFSTR("a"));
  }));
  REQUIRE(aborts([] { IOObjectRelease(0x1000); }));
  REQUIRE(aborts([] { IOIteratorNext(7); }));
  REQUIRE_FALSE(aborts([] { CFRelease(CFSTR("a")); }));
}

TEST_CASE("Objects are counted until their last reference is gone") {
  CleanMac mac;
  const CFStringRef text = CFStringCreateWithCString(nullptr, "text", kCFStringEncodingUTF8);
  REQUIRE(FakeMac::live_objects() == 1);
  const void* values[] = {text};
  const CFArrayRef array = CFArrayCreate(nullptr, values, 1, &kCFTypeArrayCallBacks);
  CFRelease(text);
  REQUIRE(FakeMac::live_objects() == 2);
  CFRelease(array);
  REQUIRE(FakeMac::live_objects() == 0);
  CFRetain(CFSTR("constant"));
  REQUIRE(FakeMac::live_objects() == 0);
}

TEST_CASE("A value of another type than asked for is as one that is not there") {
  CleanMac mac;
  REQUIRE(cf_string(nullptr) == nullptr);
  REQUIRE(cf_string(kCFBooleanTrue) == nullptr);
  REQUIRE(cf_array(CFSTR("a")) == nullptr);
  REQUIRE(cf_dictionary(CFSTR("a")) == nullptr);
  REQUIRE(cf_data(CFSTR("a")) == nullptr);
  REQUIRE_FALSE(cf_integer(CFSTR("1")));
  REQUIRE_FALSE(cf_boolean(CFSTR("true")));
  REQUIRE(cf_boolean(kCFBooleanFalse) == false);
  REQUIRE(cf_text(kCFBooleanTrue).empty());
  REQUIRE(cf_text(nullptr).empty());
}

TEST_CASE("Texts of any length come through the frameworks' slow path") {
  CleanMac mac;
  for (const std::string& text : {std::string(), std::string("pmgr"), std::string(5000, 'x')}) {
    const auto string = make_cf_string(text);
    REQUIRE(CFStringGetCStringPtr(string.get(), kCFStringEncodingUTF8) == nullptr);
    REQUIRE(cf_text(string.get()) == text);
  }
}

TEST_CASE("An owner releases what it holds once, and gives it away by moving") {
  CleanMac mac;
  auto first = make_cf_string("a");
  auto second = std::move(first);
  REQUIRE_FALSE(first);
  REQUIRE(FakeMac::live_objects() == 1);
  second = make_cf_string("b");
  REQUIRE(FakeMac::live_objects() == 1);
  second = {};
  REQUIRE(FakeMac::live_objects() == 0);
}
