#include "collectors/energy_share.h"

#include <algorithm>

namespace anemon {

void EnergyCurve::add(Duration at, double joules, bool joined) {
  if (!samples_.empty() && samples_.back().at >= at) samples_.clear();
  const uint32_t before = samples_.empty() ? 0 : samples_.back().breaks;
  samples_.push_back({at, joules, before + (joined ? 0U : 1U)});
}

size_t EnergyCurve::segment(Duration at) const {
  const auto next =
      std::lower_bound(samples_.begin() + 1, samples_.end(), at,
                       [](const Sample& sample, Duration time) { return sample.at < time; });
  return static_cast<size_t>(next - samples_.begin()) - 1;
}

double EnergyCurve::at(size_t segment, Duration at) const {
  const Sample& a = samples_[segment];
  const Sample& b = samples_[segment + 1];
  return a.joules + (b.joules - a.joules) * (to_seconds(at - a.at) / to_seconds(b.at - a.at));
}

std::optional<double> EnergyCurve::between(Duration from, Duration to) const {
  if (samples_.size() < 2 || from > to || from < samples_.front().at || to > samples_.back().at) {
    return std::nullopt;
  }
  size_t first = segment(from);
  const size_t last = segment(to);
  // On a sample, `from` belongs to the segment that follows.
  if (first < last && samples_[first + 1].at == from) ++first;
  if (samples_[first].breaks != samples_[last + 1].breaks) return std::nullopt;
  return at(last, to) - at(first, from);
}

std::vector<std::optional<double>> share_energy(std::span<const ModelSpan> spans,
                                                const EnergyCurve& curve) {
  std::vector<Duration> bounds;
  bounds.reserve(spans.size() * 2);
  for (const ModelSpan& span : spans) {
    bounds.push_back(span.begin);
    bounds.push_back(span.end);
  }
  std::sort(bounds.begin(), bounds.end());
  bounds.erase(std::unique(bounds.begin(), bounds.end()), bounds.end());
  const auto index = [&](Duration bound) {
    return static_cast<size_t>(std::lower_bound(bounds.begin(), bounds.end(), bound) -
                               bounds.begin());
  };

  std::vector<int64_t> running(bounds.size());  // change at each bound, then the number after it
  for (const ModelSpan& span : spans) {
    ++running[index(span.begin)];
    --running[index(span.end)];
  }
  // What one span gains from the first bound to each, and how many uncovered stretches it meets.
  std::vector<double> gained(bounds.size());
  std::vector<uint32_t> uncovered(bounds.size());
  for (size_t i = 1; i < bounds.size(); ++i) {
    gained[i] = gained[i - 1];
    uncovered[i] = uncovered[i - 1];
    if (i > 1) running[i - 1] += running[i - 2];
    if (running[i - 1] == 0) continue;
    if (const auto joules = curve.between(bounds[i - 1], bounds[i])) {
      gained[i] += *joules / static_cast<double>(running[i - 1]);
    } else {
      ++uncovered[i];
    }
  }

  std::vector<std::optional<double>> shares(spans.size());
  for (size_t i = 0; i < spans.size(); ++i) {
    if (spans[i].end <= spans[i].begin) continue;
    const size_t begin = index(spans[i].begin);
    const size_t end = index(spans[i].end);
    if (uncovered[begin] == uncovered[end]) shares[i] = gained[end] - gained[begin];
  }
  return shares;
}

}  // namespace anemon
