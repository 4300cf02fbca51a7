// anemon_docs: prints, checks or rewrites the documents that come from the program's tables.
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

#include "tests/docs/documents.h"

namespace {

using anemon::docs::Document;

constexpr const char* kUsage =
    "usage: anemon_docs NAME          print the document whose path contains NAME\n"
    "       anemon_docs --check ROOT  exit 1 if a document under ROOT is out of date\n"
    "       anemon_docs --write ROOT  rewrite them\n";

std::string contents(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// The first line in which the two differ, counted from 1.
size_t differing_line(const std::string& a, const std::string& b) {
  size_t line = 1;
  for (size_t i = 0; i < a.size() && i < b.size() && a[i] == b[i]; ++i) line += a[i] == '\n';
  return line;
}

bool up_to_date(const Document& document, const std::filesystem::path& root) {
  const std::string wanted = document.text();
  const std::string found = contents(root / document.path);
  if (wanted == found) return true;
  std::cerr << document.path << ":" << differing_line(wanted, found)
            << ": out of date; rewrite it with: cmake --build BUILD --target docs\n";
  return false;
}

bool write(const Document& document, const std::filesystem::path& root) {
  const std::filesystem::path path = root / document.path;
  if (contents(path) == document.text()) return true;
  std::ofstream file(path, std::ios::binary);
  file << document.text();
  file.close();
  std::cerr << (file ? "wrote " : "cannot write ") << path.string() << "\n";
  return static_cast<bool>(file);
}

}  // namespace

int main(int argc, char** argv) {
  const std::string command = argc > 1 ? argv[1] : "";
  bool good = true;
  if (argc == 3 && (command == "--check" || command == "--write")) {
    for (const Document& document : anemon::docs::documents()) {
      good &= command == "--check" ? up_to_date(document, argv[2]) : write(document, argv[2]);
    }
    return good ? 0 : 1;
  }
  if (argc == 2) {
    for (const Document& document : anemon::docs::documents()) {
      if (document.path.find(command) == std::string_view::npos) continue;
      std::cout << document.text();
      return 0;
    }
  }
  std::cerr << kUsage;
  return 2;
}
