// A command line, taken apart by the command table.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "ctl/command.h"

namespace anemon {

class Arguments {
 public:
  // Options by their long name without dashes.
  bool has(std::string_view option) const;
  std::string value(std::string_view option, std::string_view fallback = {}) const;
  std::vector<std::string> values(std::string_view option) const;

  // These throw UsageError when the value is not one.
  std::optional<Duration> duration(std::string_view option) const;
  std::optional<int> count(std::string_view option) const;  // 1 to a million
  std::vector<std::pair<std::string, std::string>> pairs(std::string_view option) const;  // k=v

  const std::vector<std::string>& operands() const { return operands_; }
  const std::vector<std::string>& command() const { return command_; }  // of another program

 private:
  friend Arguments parse_arguments(const Command& command, std::vector<std::string> words);

  std::map<std::string, std::vector<std::string>, std::less<>> options_;
  std::vector<std::string> operands_;
  std::vector<std::string> command_;
};

// The options every command takes.
std::span<const Option> global_options();

// All that a command takes: its own, then those of every command that it does not have itself.
std::vector<Option> options_of(const Command& command);

// `words` follow the command's name (global options may have stood before it). Throws UsageError.
// With --help or --version, nothing else is required.
Arguments parse_arguments(const Command& command, std::vector<std::string> words);

}  // namespace anemon
