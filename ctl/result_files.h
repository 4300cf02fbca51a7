// Results by name: a document in a file, or one of the history; and what is made of them.
#pragma once

#include <string>

#include "core/json.h"

namespace anemon {

// Throws Error when it is no document anemon.result/1.
Json read_result_file(const std::string& path);

// A file, else an id of the history, the beginning of one, or "last". Throws MissingError.
Json find_result(const std::string& name);

// "html", "markdown", "csv", "json" by the end of a file's name; `otherwise` for any other.
std::string format_by_name(const std::string& file, const std::string& otherwise);

// The result in one of these formats.
std::string rendered(const Json& result, const std::string& format);

}  // namespace anemon
