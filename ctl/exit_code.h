// The exit codes of anemonctl, a promise to scripts (`anemonctl help exit-codes`).
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "core/error.h"

namespace anemon {

constexpr int kExitDone = 0;
constexpr int kExitBad = 1;
constexpr int kExitUsage = 2;
constexpr int kExitUnreachable = 3;
constexpr int kExitMissing = 4;
constexpr int kExitNotPermitted = 5;
constexpr int kExitRunFailed = 125;
constexpr int kExitNotExecutable = 126;
constexpr int kExitNotFound = 127;
constexpr int kExitSignal = 128;  // plus the signal's number

struct ExitCodeRow {
  std::string_view code;
  std::string_view meaning;
};
std::span<const ExitCodeRow> exit_codes();

// The command line is wrong.
class UsageError : public Error {
 public:
  using Error::Error;
};

// All that was asked for by name is missing here.
class MissingError : public Error {
 public:
  using Error::Error;
};

}  // namespace anemon
