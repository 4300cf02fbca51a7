#include "exporters/exposition.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "exporters/number_text.h"

namespace anemon {
namespace {

constexpr std::string_view kEnd = "# EOF\n";

std::string text_head(const MetricInfo& row) {
  const std::string name(row.name);
  return "# HELP " + name + " " + std::string(row.help) + "\n# TYPE " + name + " " +
         std::string(to_string(row.type)) + "\n";
}

// OpenMetrics names the family, not its samples: a counter loses _total, an info metric _info.
std::string openmetrics_head(const MetricInfo& row) {
  std::string family(row.name);
  std::string type(to_string(row.type));
  const auto strip = [&](std::string_view suffix) {
    if (!row.name.ends_with(suffix)) return false;
    family.resize(family.size() - suffix.size());
    return true;
  };
  if (row.type == MetricType::counter) {
    if (!strip("_total")) type = "unknown";
  } else if (row.type == MetricType::gauge && strip("_info")) {
    type = "info";
  }
  const std::string unit(row.unit);
  std::string head = "# TYPE " + family + " " + type + "\n";
  if (!unit.empty() && family.ends_with("_" + unit)) head += "# UNIT " + family + " " + unit + "\n";
  return head + "# HELP " + family + " " + std::string(row.help) + "\n";
}

char* put(char* out, std::string_view text) {
  std::memcpy(out, text.data(), text.size());
  return out + text.size();
}

}  // namespace

std::string_view content_type(ExpositionFormat format) {
  return format == ExpositionFormat::text
             ? "text/plain; version=0.0.4; charset=utf-8"
             : "application/openmetrics-text; version=1.0.0; charset=utf-8";
}

Exposition::Exposition(const Sources& sources) : series_(sources.store), own_(sources) {
  for (const MetricInfo& row : catalogue()) {
    heads_[0].push_back(text_head(row));
    heads_[1].push_back(openmetrics_head(row));
  }
}

void Exposition::rebuild_layout() {
  rows_.clear();
  names_.clear();
  for (const CurrentSeries::Group& view : series_.groups()) {
    for (size_t i = 0; i < view.directory->size(); ++i) {
      const SeriesDescription& series = *(*view.directory)[i].description;
      const auto length = static_cast<uint32_t>(series.exposition_name.size());
      rows_.push_back({static_cast<uint32_t>(names_.size()), length,
                       static_cast<uint32_t>(view.first + i), series.metric, false});
      names_ += series.exposition_name;
    }
  }
  const auto name = [this](const Row& row) {
    return std::string_view(names_).substr(row.name, row.name_length);
  };
  std::stable_sort(rows_.begin(), rows_.end(), [&](const Row& a, const Row& b) {
    return a.metric != b.metric ? a.metric < b.metric : name(a) < name(b);
  });
  // In the order of the page, so that a scrape reads them from front to back.
  std::string ordered;
  ordered.reserve(names_.size());
  rows_bound_ = rows_.size() * (kMaxNumberLength + 1);
  for (size_t i = 0; i < rows_.size(); ++i) {
    Row& row = rows_[i];
    const bool same_metric = i > 0 && rows_[i - 1].metric == row.metric;
    const auto text = name(row);
    const auto at = static_cast<uint32_t>(ordered.size());
    row.repeated = same_metric && text == std::string_view(ordered).substr(
                                              rows_[i - 1].name, rows_[i - 1].name_length);
    if (!same_metric) {
      const auto metric = static_cast<size_t>(row.metric);
      rows_bound_ += std::max(heads_[0][metric].size(), heads_[1][metric].size());
    }
    ordered += text;
    row.name = at;
  }
  names_ = std::move(ordered);
  rows_bound_ += names_.size();
}

Duration Exposition::render(ExpositionFormat format, Instant now, std::string& out) {
  if (series_.update(now)) rebuild_layout();
  const std::vector<double>& values = series_.values();
  const bool openmetrics = format == ExpositionFormat::openmetrics;
  const auto& heads = heads_[static_cast<size_t>(format)];
  const auto& blocks = own_.render(openmetrics);

  size_t bound = rows_bound_ + kEnd.size();
  for (size_t i = 0; i < blocks.size(); ++i) {
    bound += blocks[i].lines.size();
    if (i == 0 || blocks[i - 1].metric != blocks[i].metric) {
      bound += heads[static_cast<size_t>(blocks[i].metric)].size();
    }
  }
  out.resize(bound);
  char* at = out.data();

  size_t r = 0;
  size_t b = 0;
  while (r < rows_.size() || b < blocks.size()) {
    const Metric metric = r == rows_.size()    ? blocks[b].metric
                          : b == blocks.size() ? rows_[r].metric
                                               : std::min(rows_[r].metric, blocks[b].metric);
    const std::string_view head = heads[static_cast<size_t>(metric)];
    bool begun = false;
    bool written = false;  // the row before, or an earlier one of the same name
    const size_t first_row = r;
    for (; r < rows_.size() && rows_[r].metric == metric; ++r) {
      const Row& row = rows_[r];
      const double value = values[row.value];
      if (!row.repeated) written = false;
      if (std::isnan(value) || written) continue;
      if (!begun) at = put(at, head);
      begun = written = true;
      at = put(at, {names_.data() + row.name, row.name_length});
      at = write_number(at, value);
      *at++ = '\n';
    }
    for (; b < blocks.size() && blocks[b].metric == metric; ++b) {
      // A series that the store has shown is not shown again.
      const bool shown = std::any_of(
          rows_.begin() + static_cast<ptrdiff_t>(first_row),
          rows_.begin() + static_cast<ptrdiff_t>(r), [&](const Row& row) {
            return !std::isnan(values[row.value]) &&
                   std::string_view(names_).substr(row.name, row.name_length) == blocks[b].name;
          });
      if (shown) continue;
      if (!begun) at = put(at, head);
      begun = true;
      at = put(at, blocks[b].lines);
    }
  }
  if (openmetrics) at = put(at, kEnd);
  out.resize(static_cast<size_t>(at - out.data()));
  return series_.holds_until();
}

}  // namespace anemon
