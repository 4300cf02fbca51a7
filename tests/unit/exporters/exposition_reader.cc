#include "tests/unit/exporters/exposition_reader.h"

#include <cstdlib>
#include <set>
#include <sstream>
#include <vector>

#include "tests/catch.h"

namespace anemon::test {
namespace {

struct Sample {
  std::string name;
  std::map<std::string, std::string> labels;
  double value = 0;
};

Sample read_sample(const std::string& line) {
  INFO(line);
  Sample sample;
  size_t at = line.find_first_of("{ ");
  REQUIRE(at != std::string::npos);
  sample.name = line.substr(0, at);
  REQUIRE(sample.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") ==
          std::string::npos);
  if (line[at] == '{') {
    do {
      ++at;
      const size_t equal = line.find('=', at);
      REQUIRE(equal != std::string::npos);
      const std::string label = line.substr(at, equal - at);
      REQUIRE(line[equal + 1] == '"');
      std::string value;
      for (at = equal + 2; line[at] != '"'; ++at) {
        REQUIRE(at + 1 < line.size());
        if (line[at] == '\\') {
          ++at;
          REQUIRE(std::string("\\\"n").find(line[at]) != std::string::npos);
          value += line[at] == 'n' ? '\n' : line[at];
        } else {
          value += line[at];
        }
      }
      REQUIRE(sample.labels.emplace(label, value).second);
      ++at;
    } while (line[at] == ',');
    REQUIRE(line[at++] == '}');
  }
  REQUIRE(line[at++] == ' ');
  char* end = nullptr;
  sample.value = std::strtod(line.c_str() + at, &end);
  REQUIRE(*end == '\0');
  REQUIRE(sample.value == sample.value);
  return sample;
}

std::string key(const Sample& sample) {
  std::string text = sample.name;
  for (const auto& [label, value] : sample.labels) text += "|" + label + "=" + value;
  return text;
}

// Which sample names a family of that type may have.
std::set<std::string> sample_names(const std::string& family, const std::string& type,
                                   ExpositionFormat format) {
  if (type == "histogram") return {family + "_bucket", family + "_sum", family + "_count"};
  if (format == ExpositionFormat::openmetrics && type == "counter") return {family + "_total"};
  if (format == ExpositionFormat::openmetrics && type == "info") return {family + "_info"};
  return {family};
}

}  // namespace

std::map<std::string, double> ReadPage::samples() const {
  std::map<std::string, double> all;
  for (const auto& [name, family] : families) {
    all.insert(family.samples.begin(), family.samples.end());
  }
  return all;
}

ReadPage read_page(const std::string& text, ExpositionFormat format) {
  const bool openmetrics = format == ExpositionFormat::openmetrics;
  ReadPage page;
  REQUIRE((text.empty() || text.back() == '\n'));
  std::istringstream lines(text);
  std::string line, current;
  bool ended = false;
  while (std::getline(lines, line)) {
    INFO(line);
    REQUIRE_FALSE(ended);
    REQUIRE_FALSE(line.empty());
    if (line == "# EOF") {
      REQUIRE(openmetrics);
      ended = true;
      continue;
    }
    if (line[0] == '#') {
      std::istringstream words(line);
      std::string hash, keyword, name, rest;
      words >> hash >> keyword >> name;
      std::getline(words, rest);
      REQUIRE_FALSE(rest.empty());
      rest.erase(0, 1);
      if (name != current) {
        REQUIRE((current.empty() || !page.families[current].samples.empty()));
        REQUIRE(page.families.count(name) == 0);  // a family is never taken up again
        current = name;
      }
      ReadPage::Family& family = page.families[name];
      REQUIRE(family.samples.empty());  // before its first sample
      REQUIRE((keyword == "HELP" || keyword == "TYPE" || (openmetrics && keyword == "UNIT")));
      std::string& field = keyword == "HELP"   ? family.help
                           : keyword == "TYPE" ? family.type
                                               : family.unit;
      REQUIRE(field.empty());
      field = rest;
      continue;
    }
    const Sample sample = read_sample(line);
    ReadPage::Family& family = page.families[current];
    REQUIRE(sample_names(current, family.type, format).count(sample.name) == 1);
    REQUIRE((family.unit.empty() || current.ends_with("_" + family.unit)));
    REQUIRE_FALSE(family.help.empty());
    if (family.type == "info") REQUIRE(sample.value == 1);
    REQUIRE(family.samples.emplace(key(sample), sample.value).second);
  }
  REQUIRE(ended == openmetrics);
  return page;
}

}  // namespace anemon::test
