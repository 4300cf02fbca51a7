// The part of libproc that anemon uses, with the structures of macOS 15.4 and later. Implemented by
// tests/fake_darwin/libproc.cc.
#pragma once

#include <sys/resource.h>
#include <sys/types.h>

#include <cstdint>

#define MAXCOMLEN 16
#define PROC_PIDLISTFDS 1
#define PROC_PIDTASKALLINFO 2
#define RUSAGE_INFO_V6 6

struct proc_bsdinfo {
  uint32_t pbi_flags, pbi_status, pbi_xstatus, pbi_pid, pbi_ppid;
  uint32_t pbi_uid, pbi_gid, pbi_ruid, pbi_rgid, pbi_svuid, pbi_svgid, rfu_1;
  char pbi_comm[MAXCOMLEN];
  char pbi_name[2 * MAXCOMLEN];
  uint32_t pbi_nfiles, pbi_pgid, pbi_pjobc, e_tdev, e_tpgid;
  int32_t pbi_nice;
  uint64_t pbi_start_tvsec, pbi_start_tvusec;
};

struct proc_taskinfo {
  uint64_t pti_virtual_size, pti_resident_size;
  uint64_t pti_total_user, pti_total_system;  // ticks of mach_absolute_time() on Apple silicon
  uint64_t pti_threads_user, pti_threads_system;
  int32_t pti_policy, pti_faults, pti_pageins, pti_cow_faults;
  int32_t pti_messages_sent, pti_messages_received, pti_syscalls_mach, pti_syscalls_unix;
  int32_t pti_csw, pti_threadnum, pti_numrunning, pti_priority;
};

struct proc_taskallinfo {
  proc_bsdinfo pbsd;
  proc_taskinfo ptinfo;
};

struct proc_fdinfo {
  int32_t proc_fd;
  uint32_t proc_fdtype;
};

typedef void* rusage_info_t;

struct rusage_info_v6 {
  uint8_t ri_uuid[16];
  uint64_t ri_user_time, ri_system_time;
  uint64_t ri_pkg_idle_wkups, ri_interrupt_wkups, ri_pageins, ri_wired_size;
  uint64_t ri_resident_size, ri_phys_footprint;
  uint64_t ri_proc_start_abstime, ri_proc_exit_abstime;
  uint64_t ri_child_user_time, ri_child_system_time, ri_child_pkg_idle_wkups;
  uint64_t ri_child_interrupt_wkups, ri_child_pageins, ri_child_elapsed_abstime;
  uint64_t ri_diskio_bytesread, ri_diskio_byteswritten;
  uint64_t ri_cpu_time_qos_default, ri_cpu_time_qos_maintenance, ri_cpu_time_qos_background;
  uint64_t ri_cpu_time_qos_utility, ri_cpu_time_qos_legacy, ri_cpu_time_qos_user_initiated;
  uint64_t ri_cpu_time_qos_user_interactive;
  uint64_t ri_billed_system_time, ri_serviced_system_time, ri_logical_writes;
  uint64_t ri_lifetime_max_phys_footprint, ri_instructions, ri_cycles;
  uint64_t ri_billed_energy, ri_serviced_energy, ri_interval_max_phys_footprint;
  uint64_t ri_runnable_time, ri_flags, ri_user_ptime, ri_system_ptime;
  uint64_t ri_pinstructions, ri_pcycles, ri_energy_nj, ri_penergy_nj;
  uint64_t ri_secure_time_in_system, ri_secure_ptime_in_system;
  uint64_t ri_neural_footprint, ri_lifetime_max_neural_footprint;
  uint64_t ri_interval_max_neural_footprint;
  uint64_t ri_reserved[9];
};
static_assert(sizeof(rusage_info_v6) == 464);
static_assert(sizeof(proc_bsdinfo) == 136);
static_assert(sizeof(proc_taskinfo) == 96);

extern "C" {

int proc_listallpids(void* buffer, int size);
int proc_pidinfo(int pid, int flavor, uint64_t argument, void* buffer, int size);
int proc_pid_rusage(int pid, int flavor, rusage_info_t* buffer);

}  // extern "C"
