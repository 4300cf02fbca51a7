// The files that are written from the program's own tables, so that they cannot disagree with it.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace anemon::docs {

struct Document {
  std::string_view path;  // from the root of the repository
  std::string (*text)();
};

std::span<const Document> documents();

// docs/configuration.md, of the schema and the table of collectors.
std::string configuration();

// docs/metrics.md, of the metric catalogue.
std::string metrics();

// docs/rules.md, of the rules for models and the notes beside them.
std::string rules();

// `text` for a cell of a Markdown table.
std::string cell(std::string_view text);

}  // namespace anemon::docs
