#include "tests/docs/documents.h"

#include <array>

#include "collectors/collectors.h"
#include "config/show.h"

namespace anemon::docs {
namespace {

constexpr std::array<Document, 4> kDocuments = {{
    {"config/anemond.yaml", [] { return annotated_defaults(collector_specs()); }},
    {"docs/configuration.md", configuration},
    {"docs/metrics.md", metrics},
    {"docs/rules.md", rules},
}};

}  // namespace

std::span<const Document> documents() { return kDocuments; }

std::string cell(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '|' || c == '<' || c == '*') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

}  // namespace anemon::docs
