#include "profiler/measure/own_chip.h"

#include "models/chips/chip.h"
#include "platform/host_facts.h"

namespace anemon::profiler {

bool predicted_for_this_machine(const ModelStudy& study) {
  if (study.choice().origin == "this machine") return true;
  const std::string own = read_host_facts({}).chip;
  return own.starts_with("Apple ") && models::find_chip(own) == &study.chip();
}

}  // namespace anemon::profiler
