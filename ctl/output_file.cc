#include "ctl/output_file.h"

#include <cerrno>
#include <cstring>
#include <utility>

#include "core/error.h"
#include "ctl/report.h"

namespace anemon {

OutputFile::OutputFile(std::string path, std::FILE* stream)
    : path_(std::move(path)), stream_(stream) {}

OutputFile::~OutputFile() {
  if (file_ == nullptr) return;
  std::fclose(file_);
  std::remove(path_.c_str());
}

void OutputFile::write(std::string_view piece) {
  if (!path_.empty() && file_ == nullptr) {
    file_ = std::fopen(path_.c_str(), "wb");
    if (file_ == nullptr) fail();
  }
  write_text(path_.empty() ? stream_ : file_, piece);
  bytes_ += static_cast<double>(piece.size());
}

double OutputFile::close() {
  if (!path_.empty()) {
    write({});
    if (std::fclose(std::exchange(file_, nullptr)) != 0) fail();
  }
  return bytes_;
}

void OutputFile::fail() const { throw Error(path_ + ": " + std::strerror(errno)); }

}  // namespace anemon
