// How long a machine's life the tests of steady states play, at one pass a second.
#pragma once

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define ANEMON_TEST_UNDER_TSAN
#elif __has_feature(address_sanitizer)
#define ANEMON_TEST_UNDER_ASAN
#endif
#endif
#if defined(__SANITIZE_THREAD__)
#define ANEMON_TEST_UNDER_TSAN
#elif defined(__SANITIZE_ADDRESS__) || !defined(NDEBUG)
#define ANEMON_TEST_UNDER_ASAN
#endif

namespace anemon::test {

#if defined(ANEMON_TEST_UNDER_TSAN)
constexpr int kSimulatedSeconds = 10 * 60;
#elif defined(ANEMON_TEST_UNDER_ASAN)
constexpr int kSimulatedSeconds = 60 * 60;
#else
constexpr int kSimulatedSeconds = 24 * 60 * 60;
#endif

}  // namespace anemon::test
