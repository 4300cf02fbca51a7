// What tells one model from another, whatever it is called.
#pragma once

#include <filesystem>
#include <string>

namespace anemon::profiler {

// Of a file its SHA-256, 64 hexadecimal digits. Of a folder (.mlpackage, .mlmodelc) that of a list
// of its files in the byte order of their paths, a line each as `sha256sum` prints them: digest,
// two blanks, path below the folder. Files whose name begins with a dot are left out (Finder's),
// links to folders are not followed. Throws Error for what cannot be read.
std::string model_hash(const std::filesystem::path& model);

}  // namespace anemon::profiler
