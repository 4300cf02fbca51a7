#include "sdk/client/event_batch.h"

#include <charconv>

#include "sdk/client/registered_model.h"

namespace anemon {
namespace {

constexpr uint64_t kNanosecondsPerSecond = 1'000'000'000;

void append_number(std::string& text, uint64_t value) {
  char digits[20];
  text.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
}

// Exact, and the same in every locale.
void append_seconds(std::string& text, uint64_t nanoseconds) {
  append_number(text, nanoseconds / kNanosecondsPerSecond);
  char fraction[10];
  fraction[0] = '.';
  uint64_t rest = nanoseconds % kNanosecondsPerSecond;
  for (size_t i = 9; i > 0; --i, rest /= 10) fraction[i] = static_cast<char>('0' + rest % 10);
  text.append(fraction, sizeof fraction);
}

// Of the text around the labels: numbers, names of members, commas.
size_t room_for(const anemon_model& model) {
  size_t bytes = model.json_begin.size() + 128;
  for (const std::string& item : model.json_items) bytes += item.size() + 24;
  return bytes;
}

}  // namespace

bool EventBatch::add(const ReportedInference& inference, Duration begin_wall) {
  const anemon_model& model = *inference.model;
  if (closed_ || count_ == kMaxEvents || text_.size() + room_for(model) > kMaxBytes) return false;
  text_ += count_ == 0 ? "{\"events\":[" : ",";
  text_ += model.json_begin;
  append_seconds(text_, static_cast<uint64_t>(begin_wall.count()));
  text_ += ",\"duration_seconds\":";
  append_seconds(text_, inference.duration_ns);
  if (inference.ok == 0) text_ += ",\"ok\":false";
  if (inference.has_items != 0 && !model.json_items.empty()) {
    text_ += ",\"items\":{";
    for (size_t i = 0; i < model.json_items.size(); ++i) {
      if (i > 0) text_ += ',';
      text_ += model.json_items[i];
      append_number(text_, inference.items[i]);
    }
    text_ += '}';
  }
  text_ += '}';
  ++count_;
  return true;
}

const std::string& EventBatch::body() {
  if (!closed_) text_ += count_ == 0 ? "{\"events\":[]}" : "]}";
  closed_ = true;
  return text_;
}

void EventBatch::clear() {
  text_.clear();
  count_ = 0;
  closed_ = false;
}

}  // namespace anemon
