// Reads anemon-trace/1, plain or compressed, record by record: a trace of any size is streamed.
// Keys, sources and events that this version does not know are passed over. One thread.
//
// All errors are Error with "file:line:column: reason".
#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <unordered_map>

#include "platform/json_line.h"
#include "platform/line_stream.h"
#include "platform/trace.h"

namespace anemon {

class TraceReader {
 public:
  // More are refused: what a machine has is far below, and a trace shall not take all memory.
  static constexpr uint32_t kMaxChannels = 1 << 16;
  static constexpr size_t kMaxStates = 1024;
  static constexpr size_t kMaxKeys = 4096;
  static constexpr size_t kMaxRefused = 256;

  // Opens the file and reads its first line. Throws Error, also when it is no anemon-trace/1.
  explicit TraceReader(const std::filesystem::path& file);
  TraceReader(int descriptor, const std::string& name);  // takes the descriptor

  const TraceHeader& header() const noexcept { return header_; }

  // The next record, in order of time. False at the end. Values are of channels that were defined
  // before and have their format; a channel that is defined again has the same meaning.
  bool next(TraceRecord& record);

  size_t line() const noexcept { return lines_.number(); }

 private:
  using Value = JsonLine::Value;

  void read_header();
  void read_line(TraceRecord& record);
  Duration read_time(const Value& root);
  void read_channels(const Value& list, TraceChannels& out);
  void read_source(std::string_view source, const Value& root, TraceRecord& record);
  void note_keys(const Value& root, const TraceSmc& line);
  void read_ioreport(const Value& root, TraceIoReport& out);
  void read_value(const Value& triple, TraceValue& out);

  struct Known {
    ChannelFormat format;
    size_t states;
    size_t hash;  // of the whole channel
  };

  LineStream lines_;
  JsonLine json_;
  TraceHeader header_;
  Duration last_{};
  std::unordered_map<uint32_t, Known> channels_;  // by number
  std::set<std::string> keys_;                    // of the controller
  std::set<std::string> refused_;                 // groups
};

}  // namespace anemon
