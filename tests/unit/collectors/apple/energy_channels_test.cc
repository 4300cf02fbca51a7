#include "collectors/apple/energy_channels.h"

#include "collectors/apple/energy_rails.h"
#include "tests/catch.h"

using namespace anemon;

namespace {

Channel energy(const std::string& name, const std::string& unit = "mJ",
               const std::string& group = "Energy Model", const std::string& subgroup = "") {
  return {group, subgroup, name, unit, ChannelFormat::simple, {}};
}

std::vector<Channel> inventory(const std::vector<std::string>& names) {
  std::vector<Channel> channels;
  for (const std::string& name : names) channels.push_back(energy(name));
  return channels;
}

// "cpu: CPU Energy | ane: ANE0_0 ANE0_1"
std::string rails_of(const std::vector<Channel>& channels,
                     EnergyGroup group = EnergyGroup::energy_model) {
  std::string text;
  for (const EnergyRail& rail : energy_rails(channels, group)) {
    text += (text.empty() ? "" : " | ") + rail.component + ":";
    for (const uint32_t index : rail.channels) text += " " + channels[index].name;
  }
  return text;
}

}  // namespace

TEST_CASE("Energy channels are told by their exact names") {
  struct Case {
    const char* name;
    EnergyKind kind;
    const char* component;
  };
  for (const Case& expected : {
           Case{"CPU Energy", EnergyKind::cpu_total, "cpu"},
           Case{"DIE_1_CPU Energy", EnergyKind::cpu_die, "cpu"},
           Case{"DIE_3_PACC1_CPU", EnergyKind::cpu_cluster, ""},
           Case{"DIE_0_PACC1_CPU3", EnergyKind::cpu_core, ""},
           Case{"DIE_0_EACC_CPM", EnergyKind::cpu_fabric, ""},
           Case{"DIE_1_MCPU0_5", EnergyKind::cpu_core, ""},
           Case{"EACC_CPU", EnergyKind::cpu_cluster, ""},
           Case{"PCPU", EnergyKind::cpu_cluster, ""},
           Case{"PCPU7", EnergyKind::cpu_core, ""},
           Case{"MCPU1", EnergyKind::cpu_cluster, ""},
           Case{"MCPU1_5", EnergyKind::cpu_core, ""},
           Case{"PACC_5", EnergyKind::cpu_core, ""},
           Case{"MCPM1", EnergyKind::cpu_fabric, ""},
           Case{"MCPU1_5_SRAM", EnergyKind::cpu_sram, ""},
           Case{"PCPM_SRAM", EnergyKind::cpu_sram, ""},
           Case{"PCPUDTL0a", EnergyKind::telemetry, ""},
           Case{"PCPUDTL010", EnergyKind::telemetry, ""},
           Case{"MCPU1DTL5e", EnergyKind::telemetry, ""},
           Case{"DIE_1_PCPU1DTL3f", EnergyKind::telemetry, ""},
           Case{"GPU Energy", EnergyKind::gpu_total, "gpu"},
           Case{"GPU", EnergyKind::gpu, "gpu"},
           Case{"GPU0_0", EnergyKind::gpu, "gpu"},
           Case{"GPU SRAM0_0", EnergyKind::gpu_sram, "gpu_sram"},
           Case{"GPU CS0_0", EnergyKind::gpu_part, ""},
           Case{"GPU CS SRAM0_0", EnergyKind::gpu_part, ""},
           Case{"ANE", EnergyKind::ane, "ane"},
           Case{"ANE1", EnergyKind::ane, "ane"},
           Case{"ANE0_1", EnergyKind::ane, "ane"},
           Case{"DRAM0", EnergyKind::dram, "dram"},
           Case{"DISPEXT0", EnergyKind::block, "dispext"},
           Case{"DISP", EnergyKind::block, "disp"},
           Case{"SOC_AON", EnergyKind::block, "soc_aon"},
           Case{"apciec5 Energy", EnergyKind::block, "pcie"},
           Case{"PCIe Port 12 Energy", EnergyKind::block, "pcie_port"},
       }) {
    INFO(expected.name);
    const EnergyChannel parsed = parse_energy_channel(expected.name);
    CHECK(parsed.kind == expected.kind);
    CHECK(parsed.component == expected.component);
  }
}

TEST_CASE("Names that only resemble a channel's are unknown") {
  for (const char* name : {"",
                           "CPU",
                           "CPU energy",
                           "CPU Energy ",
                           " CPU Energy",
                           "xCPU Energy",
                           "DIE_CPU Energy",
                           "DIE_0_CPU EnergyX",
                           "DIE_00_CPU Energy",
                           "DIE_0_GPU0",
                           "ANEX",
                           "ANE-0",
                           "ANE0_",
                           "ANE0_1_2",
                           "ANE 0",
                           "ANE01",
                           "PCPUDTL",
                           "PCPUDTL0",
                           "PCPUDTL0A",
                           "PCPUDTL00000",
                           "PCPUDTL00_SRAM",
                           "GPU EnergyX",
                           "GPU  SRAM",
                           "DRAM_0",
                           "ZCPU0",
                           "PCIe Port Energy",
                           "ANE99999"}) {
    INFO(name);
    CHECK(parse_energy_channel(name).kind == EnergyKind::unknown);
  }
}

TEST_CASE("The die, the unit and the core are read from the name") {
  const EnergyChannel core = parse_energy_channel("DIE_1_MCPU0_5");
  CHECK(core.die == 1u);
  CHECK(core.unit == 0u);
  CHECK(core.core == 5u);
  const EnergyChannel engine = parse_energy_channel("ANE0_1");
  CHECK(engine.unit == 0u);
  CHECK(engine.die == 1u);
  CHECK(parse_energy_channel("DIE_2_CPU Energy").die == 2u);
}

TEST_CASE("Units of energy are trimmed and exact") {
  CHECK(joules_per_unit("mJ") == 1e-3);
  CHECK(joules_per_unit("  uJ ") == 1e-6);
  CHECK(joules_per_unit("nJ") == 1e-9);
  CHECK_FALSE(joules_per_unit("MJ"));
  CHECK_FALSE(joules_per_unit("24Mticks"));
  CHECK_FALSE(joules_per_unit(""));
}

TEST_CASE("Only counters of energy that make a rail or check one are subscribed to") {
  CHECK(is_energy_counter(energy("CPU Energy")));
  CHECK(is_energy_counter(energy("MCPU0")));  // checks the total
  CHECK(is_energy_counter(energy("ANE", "mJ", "PMP", "Energy Counters")));
  CHECK(is_energy_counter(energy("ANE", "mJ", "PMP1", "Energy Counters")));
  CHECK_FALSE(is_energy_counter(energy("MCPU0_1")));
  CHECK_FALSE(is_energy_counter(energy("MCPU0DTL00")));
  CHECK_FALSE(is_energy_counter(energy("CPU Energy", "24Mticks")));
  CHECK_FALSE(is_energy_counter(energy("ANE", "mJ", "PMPX", "Energy Counters")));
  CHECK_FALSE(is_energy_counter(energy("ANE", "mJ", "PMP", "Energy")));
  Channel histogram = energy("CPU Energy");
  histogram.format = ChannelFormat::histogram;
  CHECK_FALSE(is_energy_counter(histogram));
}

TEST_CASE("A rail is its total, or else its parts of one spelling") {
  SECTION("M2 to M4") {
    CHECK(rails_of(inventory({"ECPU0", "PCPU0", "ECPU", "PCPU", "ECPM", "PCPM", "PCPU0_SRAM",
                              "CPU Energy", "GPU", "GPU CS", "GPU SRAM", "ANE", "DRAM", "ISP",
                              "GPU Energy"})) ==
          "cpu: CPU Energy | gpu: GPU Energy | ane: ANE | dram: DRAM | gpu_sram: GPU SRAM | "
          "isp: ISP");
  }
  SECTION("M1 Max with two engines") {
    CHECK(rails_of(inventory({"CPU Energy", "GPU0", "GPU Energy", "ANE0", "ANE1", "DRAM0"})) ==
          "cpu: CPU Energy | gpu: GPU Energy | ane: ANE0 ANE1 | ane0: ANE0 | ane1: ANE1 | "
          "dram: DRAM0");
  }
  SECTION("an Ultra of four dies") {
    CHECK(rails_of(inventory(
              {"DIE_0_CPU Energy", "DIE_1_CPU Energy", "GPU0_0", "ANE0_0", "ANE0_1", "ANE1_1"})) ==
          "cpu: DIE_0_CPU Energy DIE_1_CPU Energy | cpu_die0: DIE_0_CPU Energy | "
          "cpu_die1: DIE_1_CPU Energy | gpu: GPU0_0 | ane: ANE0_0 ANE0_1 ANE1_1 | "
          "ane_die0: ANE0_0 | ane_die1: ANE0_1 ANE1_1");
  }
  SECTION("two spellings at once") {
    CHECK(rails_of(inventory({"ANE0_0", "ANE0", "ANE", "GPU0", "GPU0_0", "GPU"})) ==
          "gpu: GPU | ane: ANE");
    CHECK(rails_of(inventory({"ANE0_0", "ANE0", "GPU0", "GPU0_0"})) == "gpu: GPU0 | ane: ANE0");
    CHECK(rails_of(inventory({"CPU Energy", "DIE_0_CPU Energy"})) == "cpu: CPU Energy");
  }
  SECTION("a name listed twice") {
    CHECK(rails_of(inventory({"CPU Energy", "CPU Energy", "ANE0", "ANE0"})) ==
          "cpu: CPU Energy | ane: ANE0");
  }
  SECTION("a chip without an engine's counter") {
    CHECK(rails_of(inventory({"CPU Energy", "GPU Energy"})) == "cpu: CPU Energy | gpu: GPU Energy");
  }
}

TEST_CASE("Counters of the power management processor are rails of their own") {
  std::vector<Channel> channels = inventory({"CPU Energy", "GPU Energy"});
  channels.push_back(energy("ANE", "mJ", "PMP", "Energy Counters"));
  channels.push_back(energy("DRAM", "mJ", "PMP", "Energy Counters"));
  CHECK(rails_of(channels) == "cpu: CPU Energy | gpu: GPU Energy");
  CHECK(rails_of(channels, EnergyGroup::pmp) == "ane: ANE | dram: DRAM");
}

TEST_CASE("Power management processors of two dies are added") {
  const std::vector<Channel> channels = {energy("ANE", "mJ", "PMP0", "Energy Counters"),
                                         energy("ANE", "mJ", "PMP1", "Energy Counters"),
                                         energy("ANE", "mJ", "PMP1", "Energy Counters")};
  CHECK(energy_rails(channels, EnergyGroup::pmp).front().channels == std::vector<uint32_t>{0, 1});
}

TEST_CASE("A die's counters that are listed with and without its number count once") {
  const auto counter = [](const std::string& group) {
    return Channel{group, "Energy Counters", "ANE", "mJ", ChannelFormat::simple, {}};
  };
  const std::vector<Channel> both = {counter("PMP"), counter("PMP0"), counter("PMP1")};
  CHECK(energy_rails(both, EnergyGroup::pmp).front().channels == std::vector<uint32_t>{1, 2});
  const std::vector<Channel> bare = {counter("PMP")};
  CHECK(energy_rails(bare, EnergyGroup::pmp).front().channels == std::vector<uint32_t>{0});
}
