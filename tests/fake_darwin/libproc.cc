#include <libproc.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "tests/fake_darwin/fake_mac.h"
#include "tests/fake_darwin/objects.h"

using namespace anemon::fake;

namespace {

// Null, with errno, when the process cannot be read.
const HostProcess* find(const HostState& host, int pid) {
  const auto at = host.processes.find(pid);
  if (at == host.processes.end() || at->second.vanishes) {
    errno = ESRCH;
    return nullptr;
  }
  if (at->second.refused) {
    errno = EPERM;
    return nullptr;
  }
  return &at->second;
}

template <size_t size>
void set_text(char (&field)[size], const std::string& text) {
  std::memcpy(field, text.data(), std::min(text.size(), size - 1));  // always ends with NUL
}

int fill_info(int pid, const HostProcess& process, void* buffer, int size) {
  proc_taskallinfo info{};
  if (size < static_cast<int>(sizeof info)) {
    errno = ENOMEM;
    return 0;
  }
  info.pbsd.pbi_pid = static_cast<uint32_t>(pid);
  set_text(info.pbsd.pbi_comm, process.command);
  set_text(info.pbsd.pbi_name, process.name);
  info.pbsd.pbi_start_tvsec = process.started_at;
  info.ptinfo.pti_virtual_size = process.virtual_bytes;
  info.ptinfo.pti_resident_size = process.resident_bytes;
  info.ptinfo.pti_total_user = process.user_ticks;
  info.ptinfo.pti_total_system = process.system_ticks;
  info.ptinfo.pti_threadnum = process.threads;
  std::memcpy(buffer, &info, sizeof info);
  return sizeof info;
}

int fill_files(const HostProcess& process, void* buffer, int size) {
  const int room = size / static_cast<int>(sizeof(proc_fdinfo));
  const int count = std::min(room, process.open_files);
  for (int i = 0; i < count; ++i) static_cast<proc_fdinfo*>(buffer)[i] = {i, 1};
  return count * static_cast<int>(sizeof(proc_fdinfo));
}

}  // namespace

extern "C" {

// The newest first, as much as there is room for.
int proc_listallpids(void* buffer, int size) {
  if (buffer == nullptr || size <= 0) misuse("proc_listallpids", "no room for pids");
  const auto mac = FakeMac::current().edit();
  if (mac->host.list_fails) {
    errno = ENOMEM;
    return -1;
  }
  const int room = size / static_cast<int>(sizeof(int));
  int count = 0;
  for (auto at = mac->host.processes.rbegin(); at != mac->host.processes.rend(); ++at) {
    if (count == room) break;
    static_cast<int*>(buffer)[count++] = at->first;
  }
  return count;
}

int proc_pidinfo(int pid, int flavor, uint64_t, void* buffer, int size) {
  const auto mac = FakeMac::current().edit();
  const HostProcess* process = find(mac->host, pid);
  if (process == nullptr) return 0;
  switch (flavor) {
    case PROC_PIDTASKALLINFO:
      return fill_info(pid, *process, buffer, size);
    case PROC_PIDLISTFDS:
      return fill_files(*process, buffer, size);
    default:
      errno = EINVAL;
      return 0;
  }
}

int proc_pid_rusage(int pid, int flavor, rusage_info_t* buffer) {
  if (flavor != RUSAGE_INFO_V6) misuse("proc_pid_rusage", "another version than 6");
  const auto mac = FakeMac::current().edit();
  const HostProcess* process = find(mac->host, pid);
  if (process == nullptr) return -1;
  rusage_info_v6 usage{};
  usage.ri_user_time = process->user_ticks;
  usage.ri_system_time = process->system_ticks;
  usage.ri_resident_size = process->resident_bytes;
  usage.ri_phys_footprint = process->footprint_bytes;
  usage.ri_lifetime_max_phys_footprint = process->peak_footprint_bytes;
  usage.ri_proc_start_abstime = process->start_ticks;
  usage.ri_energy_nj = process->energy_nanojoules;
  usage.ri_neural_footprint = process->neural_bytes;
  usage.ri_lifetime_max_neural_footprint = process->peak_neural_bytes;
  std::memcpy(buffer, &usage, sizeof usage);
  return 0;
}

}  // extern "C"
