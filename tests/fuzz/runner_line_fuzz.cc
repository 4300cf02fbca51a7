// Any bytes from a runner, in any pieces: lines that are answers within their bounds, or an error
// that says why. What was understood is written and understood again as the same.
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/error.h"
#include "profiler/runner/line_buffer.h"

using namespace anemon;
using namespace anemon::profiler;

namespace {

void require(bool promise) {
  if (!promise) std::abort();
}

void check(const Answer& answer) {
  if (const auto* samples = std::get_if<Samples>(&answer)) {
    require(samples->start.size() == samples->total.size());
    for (const auto* part : {&samples->preprocessing, &samples->execution, &samples->postprocessing,
                             &samples->memory_transfer}) {
      require(part->empty() || part->size() == samples->total.size());
    }
    for (const double total : samples->total) require(std::isfinite(total) && total >= 0);
  }
  if (const auto* loaded = std::get_if<Loaded>(&answer)) {
    require(loaded->times.load >= Duration::zero());
  }
  if (const auto* operations = std::get_if<Operations>(&answer)) {
    for (const OperationTime& time : operations->operations) require(time.total.count() >= 0);
  }
}

template <class Message, class Parse>
void take(std::string_view line, Parse parse) {
  std::string written;
  try {
    const Message message = parse(line);
    if constexpr (std::is_same_v<Message, Answer>) check(message);
    written = to_line(message);
  } catch (const Error& error) {
    require(error.what()[0] != '\0');
    return;
  }
  require(!written.empty() && written.back() == '\n');
  written.pop_back();
  require(to_line(parse(written)) == written + '\n');
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  // The first byte says how large the pieces are that come in.
  const size_t piece = size_t{1} + data[0];
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  LineBuffer lines;
  size_t kept = 0;
  for (size_t at = 0; at < bytes.size(); at += piece) {
    lines.append(bytes.substr(at, piece));
    std::string_view line;
    while (lines.next(line)) {
      kept += line.size() + 1;
      require(line.find('\n') == std::string_view::npos);
      take<Answer>(line, parse_answer);
      take<Request>(line, parse_request);
    }
  }
  require(kept + lines.size() == bytes.size());
  return 0;
}
