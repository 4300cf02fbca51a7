#include "platform/trace_reader.h"

#include <array>
#include <functional>

#include "core/trimmed.h"
#include "platform/trace_sources.h"

namespace anemon {
namespace {

using Value = JsonLine::Value;

// Texts as the contract of Channel wants them: without spaces at their ends.
ChannelFormat read_format(const Value& value) {
  const std::string_view text = value.text();
  for (size_t i = 0; i < kChannelFormatNames.size(); ++i) {
    if (text == kChannelFormatNames[i]) return static_cast<ChannelFormat>(i);
  }
  value.fail("the format of a channel is simple, state, histogram or simple_array");
}

uint32_t read_number(const Value& value) {
  return static_cast<uint32_t>(value.integer(0, UINT32_MAX));
}

TraceChannel read_channel(const Value& value) {
  TraceChannel out;
  bool has_number = false;
  value.object().for_each_member([&](std::string_view key, const Value& member) {
    Channel& channel = out.channel;
    if (key == "i") {
      out.number = read_number(member);
      has_number = true;
    } else if (key == "group") {
      channel.group = trimmed(member.text(), kSpace);
    } else if (key == "subgroup") {
      channel.subgroup = member.is_null() ? std::string_view() : trimmed(member.text(), kSpace);
    } else if (key == "name") {
      channel.name = trimmed(member.text(), kSpace);
    } else if (key == "unit") {
      channel.unit = member.is_null() ? std::string_view() : trimmed(member.text(), kSpace);
    } else if (key == "format") {
      channel.format = read_format(member);
    } else if (key == "states") {
      if (member.array().size() > TraceReader::kMaxStates) {
        member.fail("more than 1024 states");
      }
      channel.states.reserve(member.size());
      member.for_each(
          [&](const Value& state) { channel.states.emplace_back(trimmed(state.text(), kSpace)); });
    }
  });
  if (!has_number) value.fail("a channel without its number, i");
  if (out.channel.group.empty() || out.channel.name.empty()) {
    value.fail("a channel without group or name");
  }
  if (out.channel.format == ChannelFormat::simple && !out.channel.states.empty()) {
    value.fail("a simple channel has no states");
  }
  return out;
}

size_t hash_of(const Channel& channel) {
  std::string all;
  for (const std::string* text :
       {&channel.group, &channel.subgroup, &channel.name, &channel.unit}) {
    all += *text;
    all += '\n';
  }
  all += static_cast<char>('0' + static_cast<int>(channel.format));
  for (const std::string& state : channel.states) (all += '\n') += state;
  return std::hash<std::string>()(all);
}

std::optional<Value> find_member(const Value& object, std::string_view name) {
  std::optional<Value> found;
  object.for_each_member([&](std::string_view key, const Value& value) {
    if (key == name) found = value;
  });
  return found;
}

}  // namespace

TraceReader::TraceReader(const std::filesystem::path& file) : lines_(file) { read_header(); }

TraceReader::TraceReader(int descriptor, const std::string& name) : lines_(descriptor, name) {
  read_header();
}

void TraceReader::read_header() {
  std::string_view line;
  if (!lines_.next(line)) lines_.fail(1, "the file is empty, a trace begins with its format");
  try {
    json_.parse(line);
    const Value root = json_.root();
    const auto format = find_member(root.object(), "format");
    if (!format) root.fail("the first line does not say that this is an anemon-trace/1");
    if (format->text() != kTraceFormat) {
      format->fail("the format is " + std::string(format->text()) + ", only " +
                   std::string(kTraceFormat) + " can be read");
    }
    root.for_each_member([&](std::string_view key, const Value& value) {
      if (key == "machine") header_.machine = read_machine(value.object());
      if (key == "recorded" && !value.is_null()) header_.recorded = value.text();
      if (key == "note" && !value.is_null()) header_.note = value.text();
    });
  } catch (const JsonProblem& problem) {
    lines_.fail(problem.column, problem.reason);
  }
}

bool TraceReader::next(TraceRecord& record) {
  std::string_view line;
  do {
    if (!lines_.next(line)) return false;
  } while (line.find_first_not_of(" \t\r") == std::string_view::npos);
  try {
    json_.parse(line);
    read_line(record);
  } catch (const JsonProblem& problem) {
    const bool cut_off = !lines_.complete() && problem.column >= line.size();
    lines_.fail(problem.column,
                cut_off ? problem.reason + "; the file is cut off here" : problem.reason);
  }
  return true;
}

void TraceReader::read_line(TraceRecord& record) {
  const Value root = json_.root();
  root.object();
  record.at.reset();
  record.data = TraceOther{};
  const auto source = find_member(root, "source");
  const auto event = find_member(root, "event");
  if (source || event) record.at = read_time(root);
  if (source) return read_source(source->text(), root, record);
  if (event) {
    if (event->text() == "wake") {
      const auto slept = find_member(root, "slept_ns");
      if (!slept) root.fail("a wake without slept_ns");
      record.data = TraceWake{Duration(slept->integer(0, kMostTime))};
    } else if (event->text() == "end") {
      record.data = TraceEnd{};
    }
    return;
  }
  if (const auto channels = find_member(root, "channels")) {
    read_channels(*channels, record.data.emplace<TraceChannels>());
  }
}

Duration TraceReader::read_time(const Value& root) {
  const auto time = find_member(root, "t");
  if (!time) root.fail("a line without its time, t");
  const Duration at(time->integer(0, kMostTime));
  if (at < last_) time->fail("the time goes back");
  return last_ = at;
}

void TraceReader::read_channels(const Value& list, TraceChannels& out) {
  list.array().for_each([&](const Value& value) {
    TraceChannel channel = read_channel(value);
    const Known known{channel.channel.format, channel.channel.states.size(),
                      hash_of(channel.channel)};
    const auto [at, is_new] = channels_.emplace(channel.number, known);
    if (!is_new) {
      if (at->second.hash == known.hash) return;
      value.fail("channel " + std::to_string(channel.number) + " was another one before");
    }
    if (channels_.size() > kMaxChannels) value.fail("more than 65536 channels");
    out.channels.push_back(std::move(channel));
  });
}

void TraceReader::read_source(std::string_view source, const Value& root, TraceRecord& record) {
  if (source == "ioreport") {
    read_ioreport(root, record.data.emplace<TraceIoReport>());
  } else if (source == "smc") {
    record.data = read_smc(root);
    note_keys(root, std::get<TraceSmc>(record.data));
  } else if (source == "hid") {
    record.data = read_hid(root);
  } else if (source == "pmgr") {
    record.data = read_pmgr(root);
  } else if (source == "registry") {
    record.data = read_registry(root);
  } else if (source == "thermal_pressure") {
    record.data = read_thermal_pressure(root);
  } else if (source == "host") {
    record.data = read_host(root);
  } else if (source == "powermetrics") {
    record.data = read_powermetrics(root, *record.at);
  } else if (source == "tasks") {
    record.data = read_tasks(root);
  }
}

void TraceReader::note_keys(const Value& root, const TraceSmc& line) {
  for (const auto& entry : line.keys) {
    keys_.insert(entry.first.name);
    if (keys_.size() > kMaxKeys) root.fail("more than 4096 keys");
  }
}

void TraceReader::read_ioreport(const Value& root, TraceIoReport& out) {
  root.for_each_member([&](std::string_view key, const Value& value) {
    if (key == "values") {
      out.sampled = true;
      out.values.reserve(value.array().size());
      value.for_each([&](const Value& triple) { read_value(triple, out.values.emplace_back()); });
    } else if (key == "refused") {
      value.array().for_each([&](const Value& group) {
        refused_.insert(out.refused.emplace_back(trimmed(group.text(), kSpace)));
        if (refused_.size() > kMaxRefused) group.fail("more than 256 refused groups");
      });
    }
  });
}

void TraceReader::read_value(const Value& triple, TraceValue& out) {
  if (triple.array().size() != 3) {
    triple.fail("a value is a list of channel, raw value and driver stamp");
  }
  const Known* channel = nullptr;
  size_t position = 0;
  triple.for_each([&](const Value& part) {
    switch (position++) {
      case 0: {
        out.number = read_number(part);
        const auto known = channels_.find(out.number);
        if (known == channels_.end()) {
          part.fail("channel " + std::to_string(out.number) + " was not defined before");
        }
        channel = &known->second;
        break;
      }
      case 1:
        out.simple = channel->format == ChannelFormat::simple;
        if (out.simple) {
          out.value = part.integer();
          break;
        }
        if (part.array().size() != channel->states &&
            (channel->format != ChannelFormat::simple_array || channel->states != 0)) {
          part.fail("channel " + std::to_string(out.number) + " has " +
                    std::to_string(channel->states) + " states, here are " +
                    std::to_string(part.size()));
        }
        out.parts.reserve(part.size());
        part.for_each([&](const Value& element) {
          const int64_t value = element.integer();
          if (value < 0 && value != kNotAvailable &&
              channel->format != ChannelFormat::simple_array) {
            element.fail("residencies and hits are not negative");
          }
          out.parts.push_back(value);
        });
        break;
      default:
        if (!part.is_null()) out.stamp = Duration(part.integer(-kMostTime, kMostTime));
    }
  });
}

}  // namespace anemon
