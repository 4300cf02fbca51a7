// Parsers of the text that Linux's procfs gives; formats as in proc(5) and the kernel's
// Documentation/filesystems/proc.rst and Documentation/accounting/psi.rst. Any bytes may come in;
// what is missing or malformed stays unset.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace anemon {

std::optional<uint64_t> parse_decimal(std::string_view text);  // digits only, whole text

// Takes the next line off `text`, without its newline. A last line without newline counts.
std::string_view take_line(std::string_view& text);
// Takes the next word, skipping blanks before it; empty at the end.
std::string_view take_word(std::string_view& text);

// /proc/<pid>/stat. The name may contain blanks, parentheses and newlines.
struct PidStat {
  std::string_view name;
  uint64_t user_ticks, system_ticks, start_ticks;
  uint64_t threads, virtual_bytes, resident_pages;
};
std::optional<PidStat> parse_pid_stat(std::string_view text);

// `Key:   123 kB` of /proc/meminfo and /proc/<pid>/status, in bytes; plain numbers as they are.
struct KeyValue {
  std::string_view key;
  std::optional<uint64_t> value;  // not a number, or it does not fit: unset
};
KeyValue parse_key_value(std::string_view line);

// `some avg10=0.00 ... total=123` of /proc/pressure/*: the microseconds.
struct PressureLine {
  std::string_view kind;
  uint64_t total_microseconds;
};
std::optional<PressureLine> parse_pressure_line(std::string_view line);

// `cpu3 1 2 3 4 5 6 7 8 9 10` of /proc/stat: user, nice, system, idle, iowait, irq, softirq, steal
// in ticks. Old kernels give fewer columns: `modes` is how many.
struct CoreTicks {
  uint32_t core = 0;
  std::array<uint64_t, 8> ticks{};
  size_t modes = 0;
};
std::optional<CoreTicks> parse_core_ticks(std::string_view line);  // unset for the line of the sum

// The first three fields of /proc/loadavg.
std::optional<std::array<double, 3>> parse_load_average(std::string_view text);

// `btime` of /proc/stat, in seconds since 1970.
std::optional<uint64_t> parse_boot_time(std::string_view proc_stat);

}  // namespace anemon
