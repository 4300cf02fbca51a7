// Writes anemon-trace/1 (docs/trace-format.md): the records that TraceReader reads, in order of
// time. One thread.
#pragma once

#include <filesystem>
#include <span>
#include <string>

#include "platform/trace.h"

struct gzFile_s;

namespace anemon {

class TraceWriter {
 public:
  // Takes the place of a file of that name. Compresses when the name ends in ".gz". Throws Error.
  TraceWriter(const std::filesystem::path& file, const TraceHeader& header);
  ~TraceWriter();
  TraceWriter(const TraceWriter&) = delete;
  TraceWriter& operator=(const TraceWriter&) = delete;

  // One line. Throws Error when the disk refuses it.
  void write(const TraceRecord& record);

  // Writes what is still held and closes. Throws Error. Without it the file may lack its end.
  void close();

  uint64_t records() const noexcept { return records_; }

 private:
  void write_line(const std::string& text);

  std::string name_;
  gzFile_s* file_;
  uint64_t records_ = 0;
};

}  // namespace anemon
