#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <set>

#include "core/duration.h"
#include "core/error.h"
#include "ctl/context.h"
#include "ctl/exit_code.h"
#include "ctl/handlers.h"
#include "ctl/table.h"
#include "ctl/trace_decoding.h"
#include "ctl/words.h"
#include "platform/trace_reader.h"

namespace anemon {
namespace {

// The rows of one instant, printed before the next one begins: a trace of any length fits.
class Printer {
 public:
  explicit Printer(Context& context) : out_(context.out) {
    table_.columns = {{"TIME s", "t_ns", true},
                      {"METRIC", "metric"},
                      {"LABELS", "labels", false, Column::Fit::elide},
                      {"VALUE", "value", true},
                      {"PROVENANCE", "provenance"},
                      {"STATE", "state"},
                      {"REASON", "reason", false, Column::Fit::elide}};
  }

  void begin(Duration at) {
    if (!first_) first_ = at;
    flush();
  }

  void add(Duration at, const SeriesDescription& series, double value) {
    const auto names = info(series.metric).labels();
    if (out_.format == Format::json) {
      Json labels = Json::object();
      for (size_t i = 0; i < names.size(); ++i) labels[names[i]] = series.label_values[i];
      return add(Json{{"t", at.count()},
                      {"metric", info(series.metric).name},
                      {"labels", std::move(labels)},
                      {"value", value},
                      {"provenance", to_string(series.provenance)}});
    }
    std::string labels;
    for (size_t i = 0; i < names.size(); ++i) {
      if (series.label_values[i].empty()) continue;
      labels += fmt::format("{}{}={}", labels.empty() ? "" : " ", names[i], series.label_values[i]);
    }
    table_.rows.push_back({time_cell(at),
                           text_cell(info(series.metric).name),
                           text_cell(labels),
                           {fmt::format("{:.6g}", value), fmt::format("{}", value)},
                           text_cell(to_string(series.provenance)),
                           {},
                           {}});
  }

  void add(Duration at, const Signal& signal) {
    if (out_.format == Format::json) {
      return add(Json{{"t", at.count()},
                      {"signal", info(signal.metric).name},
                      {"component", signal.component},
                      {"source", signal.source},
                      {"state", to_string(signal.state)},
                      {"reason", signal.reason},
                      {"provenance", to_string(signal.provenance)}});
    }
    std::string labels = signal.component.empty() ? "" : "component=" + signal.component + " ";
    labels += "source=" + signal.source;
    table_.rows.push_back({time_cell(at),
                           text_cell(info(signal.metric).name),
                           text_cell(labels),
                           {},
                           text_cell(to_string(signal.provenance)),
                           text_cell(to_string(signal.state)),
                           text_cell(signal.reason)});
  }

  void flush() {
    if (out_.format == Format::json) {
      gone_ = gone_ || !write_text(out_.file, lines_);
      lines_.clear();
      return;
    }
    if (table_.rows.empty()) return;
    Report report;
    keep_widths(table_);
    report.tables = {table_};
    Output shown = out_;
    shown.header = out_.header && !headed_;
    headed_ = true;
    gone_ = gone_ || !write_text(out_.file, report_text(report, shown));
    table_.rows.clear();
  }

  // The reader of a pipe has gone.
  bool gone() const { return gone_; }

 private:
  void add(const Json& line) {
    lines_ += line.dump(-1, ' ', false, Json::error_handler_t::replace) + '\n';
  }

  Cell time_cell(Duration at) const {
    return {fmt::format("{:.3f}", to_seconds(at - first_.value_or(at))),
            std::to_string(at.count())};
  }

  const Output out_;
  std::optional<Duration> first_;
  Table table_;
  std::string lines_;
  bool headed_ = false;
  bool gone_ = false;
};

struct ReaderGone {};

struct Summary {
  TraceHeader header;
  uint64_t records = 0;
  uint64_t samples = 0;
  uint64_t channels = 0;
  std::optional<Duration> first, last;
  bool ended = false;
};

Summary summarize(const std::string& file) {
  TraceReader reader(file);
  Summary summary;
  summary.header = reader.header();
  for (TraceRecord record; reader.next(record);) {
    ++summary.records;
    if (record.at && !summary.first) summary.first = record.at;
    if (record.at) summary.last = record.at;
    if (const auto* channels = std::get_if<TraceChannels>(&record.data)) {
      summary.channels += channels->channels.size();
    }
    if (const auto* values = std::get_if<TraceIoReport>(&record.data)) {
      summary.samples += values->sampled ? 1 : 0;
    }
    summary.ended = std::holds_alternative<TraceEnd>(record.data);
  }
  return summary;
}

std::string described(const HostFacts& machine) {
  std::string text = machine.chip.empty() ? "an unknown chip" : machine.chip;
  if (!machine.model.empty()) text += ", " + machine.model;
  if (!machine.os.empty()) text += fmt::format(", {} {}", machine.os, machine.os_version);
  return text;
}

}  // namespace

int decode_recording(Context& context, const Arguments& arguments) {
  Printer printer(context);
  std::set<std::string> failures;
  DecodingEvents events;
  events.instant = [&](Duration at) {
    printer.begin(at);
    if (printer.gone()) throw ReaderGone{};
  };
  events.reading = [&](Duration at, const SeriesDescription& series, double value) {
    printer.add(at, series, value);
  };
  events.state = [&](Duration at, const Signal& signal) { printer.add(at, signal); };
  events.failure = [&](Duration at, std::string_view collector, const std::string& reason) {
    const std::string text = fmt::format("{}: {}", collector, reason);
    if (failures.insert(text).second) {
      context.remark(
          fmt::format("anemonctl: trace decode: at {} ns: {}", at.count(), printable(text)));
    }
  };
  try {
    decode_trace(arguments.operands().front(), events);
  } catch (const ReaderGone&) {
    return kExitDone;
  } catch (const Error&) {
    printer.flush();
    throw;
  }
  printer.flush();
  return failures.empty() ? kExitDone : kExitBad;
}

int check_recording(Context& context, const Arguments& arguments) {
  const std::string& file = arguments.operands().front();
  std::optional<Summary> summary;
  std::string problem;
  try {
    summary = summarize(file);
  } catch (const Error& error) {
    problem = error.what();
  }
  Json document = {{"schema", "anemon.trace-check/1"},
                   {"file", file},
                   {"valid", summary.has_value()},
                   {"problem", summary ? Json(nullptr) : Json(problem)}};
  Report report;
  if (summary) {
    const Duration length =
        summary->last.value_or(Duration{}) - summary->first.value_or(Duration{});
    report.headline =
        fmt::format("{}: valid: {}; {} of {} channels, {} samples, {} lines", file,
                    described(summary->header.machine),
                    format_duration(std::chrono::floor<std::chrono::milliseconds>(length)),
                    summary->channels, summary->samples, summary->records + 1);
    if (!summary->ended) context.remark(file + ": the recorder did not end it: it may be cut off");
    document.update({{"chip", summary->header.machine.chip},
                     {"duration_seconds", to_seconds(length)},
                     {"channels", summary->channels},
                     {"samples", summary->samples},
                     {"ended", summary->ended}});
  }
  Table table;
  table.columns = {{"PROBLEM", "problem"}};
  if (!summary) table.rows.push_back({text_cell(problem)});
  report.tables = {std::move(table)};
  report.document = std::make_shared<const Json>(std::move(document));
  if (context.out.format == Format::table && !summary) {
    // As compilers do, for editors to jump to.
    write_text(stderr, printable(problem) + '\n');
  } else {
    print_report(report, context.out);
  }
  return summary ? kExitDone : kExitBad;
}

}  // namespace anemon
