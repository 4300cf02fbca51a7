"""A tree that looks like the sysfs of a laptop with everything anemon reads."""


def laptop():
    files = {}
    for zone, name in (("intel-rapl:0", "package-0"), ("intel-rapl:0:0", "core"),
                       ("intel-rapl:0:1", "uncore")):
        files[f"class/powercap/{zone}/name"] = name
        files[f"class/powercap/{zone}/max_energy_range_uj"] = 262143328850
        files[f"class/powercap/{zone}/energy_uj"] = 1000000
    files["class/hwmon/hwmon0/name"] = "coretemp"
    for sensor in range(1, 10):
        files[f"class/hwmon/hwmon0/temp{sensor}_label"] = f"Core {sensor}"
        files[f"class/hwmon/hwmon0/temp{sensor}_input"] = 40000 + sensor
    files["class/hwmon/hwmon1/name"] = "nvme"
    files["class/hwmon/hwmon1/temp1_input"] = 35000
    files["class/hwmon/hwmon2/name"] = "thinkpad"
    files["class/hwmon/hwmon2/fan1_input"] = 2400
    files["class/hwmon/hwmon2/power1_input"] = 9000000
    for zone in range(3):
        files[f"class/thermal/thermal_zone{zone}/type"] = f"zone-{zone}"
        files[f"class/thermal/thermal_zone{zone}/temp"] = 45000
        files[f"class/thermal/thermal_zone{zone}/trip_point_0_type"] = "critical"
        files[f"class/thermal/thermal_zone{zone}/trip_point_0_temp"] = 100000
    for cpu in range(8):
        policy = f"devices/system/cpu/cpufreq/policy{cpu}"
        files[f"{policy}/related_cpus"] = cpu
        files[f"{policy}/scaling_cur_freq"] = 1200000
        files[f"{policy}/cpuinfo_min_freq"] = 400000
        files[f"{policy}/cpuinfo_max_freq"] = 4400000
        files[f"{policy}/stats/time_in_state"] = "400000 10\n1200000 20\n4400000 30"
        files[f"devices/system/cpu/cpu{cpu}/thermal_throttle/core_throttle_count"] = 0
    files["class/accel/accel0/device/npu_busy_time_us"] = 5
    files["class/accel/accel0/device/npu_memory_utilization"] = 5
    files["class/accel/accel0/device/power/runtime_status"] = "active"
    return files


def one_energy_counter():
    return {path: content for path, content in laptop().items()
            if path.startswith("class/powercap/intel-rapl:0/")}


def write_tree(root, files):
    for path, content in files.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{content}\n")
    return root
