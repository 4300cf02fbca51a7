#include "collectors/frequency.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <utility>

#include "collectors/apple/frequency.h"
#include "collectors/sensor_name.h"

namespace anemon {
namespace {

constexpr double kMostHertz = 20e9;
constexpr double kSecondsPerTick = 0.01;  // USER_HZ, which cpufreq-stats counts in
constexpr const char* kNoPolicies = "no cpufreq policies";

std::string devfreq_name(const std::string& id) {
  const size_t dot = id.rfind('.');
  const std::string kind = dot == std::string::npos ? id : id.substr(dot + 1);
  return kind == "gpu" || kind == "mali" ? "gpu" : label_text(id);
}

// The next number of "<number> <number>\n..."; false at the end or at anything else.
bool take_number(std::string_view& text, int64_t& number) {
  const size_t begin = text.find_first_not_of(" \t\n");
  if (begin == std::string_view::npos) return false;
  text.remove_prefix(begin);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return false;
  text.remove_prefix(static_cast<size_t>(end - text.data()));
  return true;
}

// The best of several: one source that answers makes the signal live.
ReadStatus better(ReadStatus a, ReadStatus b) {
  if (a == ReadStatus::ok || b == ReadStatus::ok) return ReadStatus::ok;
  return std::max(a, b);
}

}  // namespace

std::string FrequencyCollector::domain_name(std::string_view cpus) {
  std::string name = "cpu";
  int64_t first = 0;
  if (!take_number(cpus, first)) return {};
  int64_t last = first;
  const auto close_range = [&] {
    if (name.size() > 3) name += ',';
    name += std::to_string(first);
    if (last != first) name += '-' + std::to_string(last);
  };
  for (int64_t cpu = 0; take_number(cpus, cpu); last = cpu) {
    if (cpu < 0) return {};
    if (cpu == last + 1) continue;
    close_range();
    first = cpu;
  }
  close_range();
  return cpus.find_first_not_of(" \t\n") == std::string_view::npos ? name : std::string();
}

FrequencyCollector::Domain::Domain(const std::string& domain_name, const ClockDomain& raw)
    : name(domain_name),
      unit_hertz(raw.kind == ClockDomain::Kind::cpufreq ? 1e3 : 1),
      clock(Metric::kFrequency, {name}, Provenance::measured),
      minimum(Metric::kFrequencyLimit, {name, "min"}),
      maximum(Metric::kFrequencyLimit, {name, "max"}) {}

FrequencyCollector::FrequencyCollector(std::unique_ptr<ClockDomains> source)
    : source_(std::move(source)),
      clock_signal_(Metric::kFrequency, "cpu", "cpufreq", Provenance::measured),
      limit_signal_(Metric::kFrequencyLimit, "cpu", "cpufreq"),
      residency_signal_(Metric::kStateResidency, "cpu", "cpufreq") {}

void FrequencyCollector::collect(Pass& pass) {
  if (schedule_.due(pass.now().awake)) rescan(pass);
  if (domains_.empty()) return pass.nothing_to_read();

  // Clocks first, limits next: if there is no room for all series, the tables of states go short.
  ReadStatus clock = ReadStatus::absent;
  for (size_t i = 0; i < domains_.size(); ++i) clock = better(clock, read_clock(i, pass));
  clock_signal_.report(pass, clock);
  for (Domain& domain : domains_) {
    if (domain.minimum_hertz) pass.set(domain.minimum, *domain.minimum_hertz);
    if (domain.maximum_hertz) pass.set(domain.maximum, *domain.maximum_hertz);
  }
  ReadStatus states = ReadStatus::absent;
  for (size_t i = 0; i < domains_.size(); ++i) states = better(states, read_states(i, pass));
  if (states == ReadStatus::absent) {
    residency_signal_.report(pass, SignalState::absent, "driver keeps no statistics");
  } else {
    residency_signal_.report(pass, states);
  }
  if (clock == ReadStatus::refused || clock == ReadStatus::absent) pass.nothing_to_read();
}

ReadStatus FrequencyCollector::read_clock(size_t index, Pass& pass) {
  int64_t value = 0;
  // An idle processor has no average (EAGAIN): the momentary clock stands in.
  if (source_->read(index, ClockValue::average, value) != ReadStatus::ok) {
    const ReadStatus status = source_->read(index, ClockValue::current, value);
    if (status == ReadStatus::absent) schedule_.hurry();
    if (status != ReadStatus::ok) return status;
  }
  const double hertz = static_cast<double>(value) * domains_[index].unit_hertz;
  if (hertz <= 0 || hertz > kMostHertz) {
    pass.reject("frequency_range");
    return ReadStatus::failed;
  }
  pass.set(domains_[index].clock, hertz);
  return ReadStatus::ok;
}

ReadStatus FrequencyCollector::read_states(size_t index, Pass& pass) {
  Domain& domain = domains_[index];
  std::string_view text;
  const ReadStatus status = source_->read_time_in_state(index, buffer_, text);
  if (status != ReadStatus::ok) return status;
  int64_t kilohertz = 0;
  int64_t ticks = 0;
  for (size_t i = 0; take_number(text, kilohertz); ++i) {
    if (!take_number(text, ticks) || ticks < 0 || kilohertz <= 0) return ReadStatus::failed;
    if (i >= domain.states.size() || domain.states[i].kilohertz != kilohertz) {
      // A new table (another driver): what follows was counted under other names.
      domain.states.erase(domain.states.begin() + static_cast<std::ptrdiff_t>(i),
                          domain.states.end());
      domain.states.push_back(
          {kilohertz, MonotoneCounter(),
           Series(Metric::kStateResidency,
                  {domain.name, std::to_string(i), std::to_string(kilohertz) + "000"})});
    }
    State& state = domain.states[i];
    pass.set(state.residency, static_cast<double>(state.ticks.feed(ticks)) * kSecondsPerTick);
  }
  return text.find_first_not_of(" \t\n") == std::string_view::npos ? ReadStatus::ok
                                                                   : ReadStatus::failed;
}

void FrequencyCollector::rescan(Pass& pass) {
  const bool changed = source_ && source_->rescan();
  if (changed) {
    std::map<std::string, Domain> known;
    for (Domain& domain : domains_) known.emplace(domain.name, std::move(domain));
    domains_.clear();
    UniqueNames unique;
    for (const ClockDomain& raw : source_->domains()) {
      std::string name =
          raw.kind == ClockDomain::Kind::cpufreq ? domain_name(raw.cpus) : devfreq_name(raw.id);
      name = unique(name.empty() || name.size() > 64 ? label_text(raw.id) : name);
      const auto old = known.find(name);
      domains_.push_back(old != known.end() ? std::move(old->second) : Domain(name, raw));
    }
  }
  if (domains_.empty()) {
    const char* reason = source_ ? kNoPolicies : "not on this system";
    clock_signal_.report(pass, SignalState::absent, reason);
    limit_signal_.report(pass, SignalState::absent, reason);
    residency_signal_.report(pass, SignalState::absent, reason);
    return;
  }
  // Limits are properties of the hardware, or change when an administrator says so.
  ReadStatus limits = ReadStatus::absent;
  for (size_t i = 0; i < domains_.size(); ++i) {
    const auto limit = [&](ClockValue which) -> std::optional<double> {
      int64_t value = 0;
      const ReadStatus status = source_->read(i, which, value);
      limits = better(limits, status);
      const double hertz = static_cast<double>(value) * domains_[i].unit_hertz;
      if (status != ReadStatus::ok || hertz <= 0 || hertz > kMostHertz) return std::nullopt;
      return hertz;
    };
    domains_[i].minimum_hertz = limit(ClockValue::minimum);
    domains_[i].maximum_hertz = limit(ClockValue::maximum);
  }
  limit_signal_.report(pass, limits);
}

std::unique_ptr<Collector> make_frequency(const CollectorContext& context) {
  if (context.apple != nullptr) return make_apple_frequency(context);
  return std::make_unique<FrequencyCollector>(open_clock_domains(context.root));
}

}  // namespace anemon
