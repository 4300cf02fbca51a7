// The one include of Catch: Debian ships version 2, Homebrew version 3.
#pragma once

#if __has_include(<catch2/catch.hpp>)
#include <catch2/catch.hpp>
using Catch::Matchers::Contains;
#define ANEMON_CONTAINS(text) Contains(text)
#else
#include <catch2/catch_all.hpp>
using Catch::Approx;
#define ANEMON_CONTAINS(text) Catch::Matchers::ContainsSubstring(text)
#endif
