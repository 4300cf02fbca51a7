#include "exporters/own_families.h"

#include <prometheus/client_metric.h>
#include <prometheus/metric_family.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>
#include <unordered_map>

#include "core/time_expression.h"
#include "exporters/number_text.h"

namespace anemon {
namespace {

using prometheus::ClientMetric;

const MetricInfo* find_row(std::string_view name) {
  static const auto kRows = [] {
    std::unordered_map<std::string_view, const MetricInfo*> rows;
    for (const MetricInfo& row : catalogue()) rows.emplace(row.name, &row);
    return rows;
  }();
  const auto at = kRows.find(name);
  return at == kRows.end() ? nullptr : at->second;
}

void append_number(std::string& out, double value) {
  char text[kMaxNumberLength];
  out.append(text, static_cast<size_t>(write_number(text, value) - text));
}

void append_label(std::string& out, std::string_view name, std::string_view value) {
  if (!out.empty()) out += ',';
  out += name;
  out += "=\"";
  for (const char c : value) {
    if (c == '\n') {
      out += "\\n";
      continue;
    }
    if (c == '\\' || c == '"') out += '\\';
    out += c;
  }
  out += '"';
}

// `name="value",...` in the catalogue's order (the registry's is the alphabet's), without empty
// ones.
void write_labels(std::string& out, const MetricInfo& row, const ClientMetric& metric) {
  out.clear();
  std::string_view rest = row.label_list;
  while (!rest.empty()) {
    const std::string_view name = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(name.size() + 1, rest.size()));
    for (const auto& label : metric.label) {
      if (label.name == name && !label.value.empty()) append_label(out, name, label.value);
    }
  }
}

}  // namespace

const std::vector<OwnFamilies::Block>& OwnFamilies::render(bool canonical_bounds) {
  text_.clear();
  pieces_.clear();
  add_signals();
  add_readings();
  add_instruments(canonical_bounds);

  blocks_.clear();
  const std::string_view text = text_;
  for (const Piece& piece : pieces_) {
    blocks_.push_back({piece.metric, text.substr(piece.begin, piece.name_length),
                       text.substr(piece.lines, piece.end - piece.lines)});
  }
  std::sort(blocks_.begin(), blocks_.end(), [](const Block& a, const Block& b) {
    return std::tie(a.metric, a.name) < std::tie(b.metric, b.name);
  });
  const auto same = [](const Block& a, const Block& b) {
    return a.metric == b.metric && a.name == b.name;
  };
  blocks_.erase(std::unique(blocks_.begin(), blocks_.end(), same), blocks_.end());
  return blocks_;
}

void OwnFamilies::add_sample(Metric metric, std::string_view name, double value) {
  const size_t begin = text_.size();
  text_ += name;
  append_number(text_, value);
  text_ += '\n';
  pieces_.push_back({metric, begin, name.size(), text_.size(), begin});
}

void OwnFamilies::add_signals() {
  // The names belong to a version no newer than the times; on a mismatch both are asked for again.
  for (uint64_t version = 0;
       (version = sources_.signals.published_times(times_)) != signals_version_;) {
    signals_version_ = version;
    states_.clear();
    time_names_.clear();
    for (const Signal& signal : sources_.signals.signals()) {
      const std::string metric(info(signal.metric).name);
      states_ += exposition_name(
          info(Metric::kSignalState),
          {metric, signal.component, signal.source, std::string(to_string(signal.state)),
           signal.reason, std::string(to_string(signal.provenance))});
      states_ += "1\n";
      time_names_.push_back(exposition_name(info(Metric::kSignalTimestamp),
                                            {metric, signal.component, signal.source}));
    }
  }
  if (!states_.empty()) {
    const size_t begin = text_.size();
    text_ += states_;
    pieces_.push_back({Metric::kSignalState, begin, 0, text_.size(), begin});
  }
  for (size_t i = 0; i < time_names_.size(); ++i) {
    if (times_[i]) add_sample(Metric::kSignalTimestamp, time_names_[i], unix_seconds(*times_[i]));
  }
}

void OwnFamilies::add_readings() {
  readings_.clear();
  for (const ReadingSource& source : sources_.readings) source(readings_);
  for (const Reading& reading : readings_) {
    if (!std::isfinite(reading.value)) continue;
    add_sample(reading.metric, exposition_name(info(reading.metric), reading.label_values),
               reading.value);
  }
}

void OwnFamilies::add_instruments(bool canonical_bounds) {
  for (const prometheus::MetricFamily& family : sources_.instruments.collect()) {
    const MetricInfo* row = find_row(family.name);
    if (row == nullptr) continue;
    for (const ClientMetric& metric : family.metric) {
      write_labels(labels_, *row, metric);
      if (row->type == MetricType::histogram) {
        add_histogram(*row, metric, canonical_bounds);
        continue;
      }
      const double value =
          row->type == MetricType::counter ? metric.counter.value : metric.gauge.value;
      if (!std::isfinite(value)) continue;
      const size_t begin = text_.size();
      text_ += row->name;
      if (!labels_.empty()) (((text_ += '{') += labels_) += '}');
      text_ += ' ';
      const size_t name_length = text_.size() - begin;
      append_number(text_, value);
      text_ += '\n';
      pieces_.push_back({row->metric, begin, name_length, text_.size(), begin});
    }
  }
}

void OwnFamilies::add_histogram(const MetricInfo& row, const ClientMetric& metric,
                                bool canonical_bounds) {
  const size_t begin = text_.size();
  text_ += labels_;
  const size_t lines = text_.size();
  const auto start = [&](std::string_view suffix) {
    text_ += row.name;
    text_ += suffix;
    if (!labels_.empty()) (((text_ += '{') += labels_) += '}');
    text_ += ' ';
  };
  const auto bucket = [&](double bound, uint64_t count) {
    text_ += row.name;
    text_ += "_bucket{";
    if (!labels_.empty()) (text_ += labels_) += ',';
    text_ += "le=\"";
    append_number(text_, bound);
    if (canonical_bounds && std::isfinite(bound) && bound == std::trunc(bound) &&
        std::fabs(bound) < 1e15) {
      text_ += ".0";
    }
    text_ += "\"} ";
    append_number(text_, static_cast<double>(count));
    text_ += '\n';
  };
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const auto& histogram = metric.histogram;
  for (const auto& part : histogram.bucket) bucket(part.upper_bound, part.cumulative_count);
  if (histogram.bucket.empty() || histogram.bucket.back().upper_bound != kInfinity) {
    bucket(kInfinity, histogram.sample_count);
  }
  start("_sum");
  append_number(text_, histogram.sample_sum);
  text_ += '\n';
  start("_count");
  append_number(text_, static_cast<double>(histogram.sample_count));
  text_ += '\n';
  pieces_.push_back({row.metric, begin, lines - begin, text_.size(), lines});
}

}  // namespace anemon
