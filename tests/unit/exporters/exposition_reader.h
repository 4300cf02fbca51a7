// A slow, strict reader of Prometheus pages for tests: fails the test on whatever the formats
// forbid, and gives back the samples.
#pragma once

#include <map>
#include <string>

#include "exporters/exposition.h"

namespace anemon::test {

struct ReadPage {
  struct Family {
    std::string type, help, unit;
    std::map<std::string, double> samples;  // by name and labels, sorted by label name
  };
  std::map<std::string, Family> families;

  std::map<std::string, double> samples() const;  // of all families
};

ReadPage read_page(const std::string& text, ExpositionFormat format);

}  // namespace anemon::test
