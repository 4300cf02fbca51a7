#include <sys/utsname.h>

#include <fstream>
#include <sstream>

#include "platform/host_facts.h"

namespace anemon {
namespace {

std::string first_line(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::string line;
  std::getline(in, line);
  while (!line.empty() && (line.back() == '\0' || line.back() == ' ')) line.pop_back();
  return line;
}

// The value of `key<separator>value` in a file of such lines, quotes removed.
std::string value_of(const std::filesystem::path& file, std::string_view key, char separator) {
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    if (line.compare(0, key.size(), key) != 0) continue;
    const size_t at = line.find(separator);
    if (at == std::string::npos) continue;
    std::string value = line.substr(at + 1);
    const size_t begin = value.find_first_not_of(" \t\"");
    const size_t end = value.find_last_not_of(" \t\"");
    return begin == std::string::npos ? "" : value.substr(begin, end - begin + 1);
  }
  return {};
}

// x86 says that it runs under a hypervisor; elsewhere it stays unknown.
std::optional<bool> virtual_machine(const HostRoot& root) {
  const std::string flags = value_of(root.procfs / "cpuinfo", "flags", ':');
  if (flags.empty()) return std::nullopt;
  std::istringstream words(flags);
  for (std::string word; words >> word;) {
    if (word == "hypervisor") return true;
  }
  return false;
}

}  // namespace

HostFacts read_host_facts(const HostRoot& root) {
  HostFacts facts;
  utsname name{};
  if (uname(&name) == 0) {
    facts.os_build = name.release;
    facts.arch = name.machine;
  }
  facts.chip = value_of(root.procfs / "cpuinfo", "model name", ':');
  facts.model = first_line(root.procfs / "device-tree/model");  // Apple machines under Asahi Linux
  if (facts.model.empty()) facts.model = first_line(root.sysfs / "class/dmi/id/product_name");
  facts.os = value_of("/etc/os-release", "NAME=", '=');
  facts.os_version = value_of("/etc/os-release", "VERSION_ID=", '=');
  facts.virtual_machine = virtual_machine(root);
  return facts;
}

}  // namespace anemon
