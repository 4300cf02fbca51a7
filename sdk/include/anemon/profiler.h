// Profiles Core ML models: how long one takes to load, to compile and to infer, how much energy and
// memory it needs on which engine, at which batch size it is best, and what to change. On macOS
// with Core ML; elsewhere with anemon's reference engine, whose numbers are those of a CPU.
//
//   anemon::ANEPerformanceProfiler profiler;
//   anemon::ANEPerformanceMetrics metrics;
//   if (!profiler.ProfileModel("net.mlpackage", "net", metrics))
//   puts(profiler.LastError().c_str());
//
// Numbers. A member's unit ends its name; 1 MB is 10^6 bytes. What is not known is NaN, never 0:
// `origins` says of each member whether it is measured, derived or estimated, and of an absent one
// why. Power, energy, heat and the Neural Engine's activity come from a running anemond; without
// one, or without a source of power, calls succeed all the same, those members are NaN, and the run
// takes no longer.
//
// Errors. A call that fails returns false and leaves its reason in LastError(). Nothing throws but
// what the standard library throws when a value is copied or returned and memory is short.
//
// Processes. Models run in a program of their own, anemon-runner, which is looked for beside this
// library, in bin/ next to that, and on PATH: a framework that crashes is an error here, no more.
// Each call starts it anew and has ended it when it returns.
//
// C++17. docs/library.md has a walk through it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#define ANEMON_API __attribute__((visibility("default")))

namespace anemon {

// How a number came about.
enum class ValueOrigin : std::uint8_t {
  absent,     // there is none, the member is NaN
  measured,   // by a clock, a device or the system
  derived,    // arithmetic on measured numbers, or on what stands in the model's file
  estimated,  // rests on a model of the hardware that may be wrong, or was set by the program
};
ANEMON_API const char* ToString(ValueOrigin origin);  // "measured"

struct MemberOrigin {
  ValueOrigin origin = ValueOrigin::absent;
  std::string note;  // absent: why; else what the number was made of, where there is more to say
};

// The companion of a struct of numbers: by member's name, "load_time_ms", those of nested structs
// as "latency_breakdown.preprocessing_ms". A map or a list has one origin for all it holds.
class MemberOrigins {
 public:
  // Absent, "not measured", for a member that no call has filled and for a name that is none.
  ANEMON_API const MemberOrigin& Of(const std::string& member) const;
  ANEMON_API void Set(const std::string& member, MemberOrigin origin);
  const std::map<std::string, MemberOrigin>& All() const { return members_; }

 private:
  std::map<std::string, MemberOrigin> members_;
};

// Everything a call found out, as text: a document anemon.result/1 (docs/result-json.md), of which
// the structs below are a view. Null in a struct that no call has filled.
using ResultDocument = std::shared_ptr<const std::string>;

inline constexpr double kNoNumber = std::numeric_limits<double>::quiet_NaN();

// One model on one engine. Programs may change it or fill one themselves: what is exported or drawn
// of it are its members; numbers that the document has not are marked estimated, "set by the
// program", unless `origins` says otherwise.
struct ANEPerformanceMetrics {
  double load_time_ms = kNoNumber;         // the first load, without the compilation; measured
  double compilation_time_ms = kNoNumber;  // of the framework's compiler; absent: it had none to do
  double inference_time_ms = kNoNumber;    // median of the steady part, of one prediction; measured
  double inferences_per_second = kNoNumber;  // items, where a prediction has a batch; derived
  double tokens_per_second = kNoNumber;      // derived; of ProfileTransformer
  double images_per_second = kNoNumber;      // derived; of ProfileVisionModel
  // The activity signal of the Neural Engine that the origin's note names, 0 to 100.
  double ane_utilization_percent = kNoNumber;
  double memory_usage_mb = kNoNumber;  // while it runs: measured as the process's, else derived
  double peak_memory_mb = kNoNumber;
  double average_power_watts = kNoNumber;  // of the components that the note names; measured
  double peak_power_watts = kNoNumber;
  double efficiency_tops_per_watt = kNoNumber;  // twice the MACs over time and power; derived

  struct LatencyBreakdown {
    double preprocessing_ms = kNoNumber;
    double ane_execution_ms = kNoNumber;  // of the engine that ran, whichever that is
    double postprocessing_ms = kNoNumber;
    double memory_transfer_ms = kNoNumber;
    // By the file's own names; mean of a pass that times them. Empty: the engine cannot tell, or
    // Config::detailed_profiling is off.
    std::unordered_map<std::string, double> layer_timings_ms;
  } latency_breakdown;

  MemberOrigins origins;
  ResultDocument document;
};

// One of the runs of a comparison.
struct ComparedRun {
  std::string name;     // "cpu-and-ane"
  std::string engine;   // "reference (CPU)"
  std::string failure;  // why it has no numbers; empty: it ran
  ANEPerformanceMetrics metrics;
  double speedup = kNoNumber;  // over the first, from calls that took turns; derived
  // Of its outputs with those of the first that ran; derived.
  double agreement_cosine = kNoNumber;
  double agreement_max_error = kNoNumber;
};

struct ComparedObjective {
  std::string winner;          // a run's name; empty: not decided
  double speedup = kNoNumber;  // of the winner over the last; derived
  std::string words;
};

struct ComparativeResults {
  std::string recommendation;  // in words: what to run it on, and why
  std::vector<ComparedRun> runs;
  std::map<std::string, ComparedObjective>
      objectives;  // "latency", "throughput", "energy", "memory"
  ResultDocument document;
};

struct BatchMeasurement {
  std::size_t batch_size = 0;
  double latency_ms = kNoNumber;              // of one prediction call; measured
  double inferences_per_second = kNoNumber;   // items; derived
  double energy_per_item_joules = kNoNumber;  // derived
  double peak_memory_mb = kNoNumber;          // measured
};

struct BatchProfilingResults {
  // Highest throughput within Config's limits, of sizes within 1 % of it the smallest. 0: none is.
  std::size_t optimal_batch_size = 0;
  std::string analysis;                        // in words
  std::size_t knee = 0;                        // where more stops to pay; 0: nowhere in the sweep
  std::map<std::string, std::size_t> optimal;  // by objective, "latency", "throughput", "energy"
  std::vector<BatchMeasurement> measurements;  // in the order of sizes; what failed is left out
  ResultDocument document;
};

struct PowerPoint {
  double seconds = 0;  // since the measured phase began
  double watts = 0;
};

// `average_power_watts` and `peak_power_watts` are gross; net is less the idle machine's.
struct PowerProfile {
  double average_power_watts = kNoNumber;
  double peak_power_watts = kNoNumber;
  double idle_power_watts = kNoNumber;
  double net_power_watts = kNoNumber;
  double energy_joules = kNoNumber;  // over `interval_seconds`
  double energy_per_inference_joules = kNoNumber;
  double net_energy_per_inference_joules = kNoNumber;
  double efficiency_tops_per_watt = kNoNumber;
  double interval_seconds = kNoNumber;
  double relative_precision = kNoNumber;           // half the 95 % interval of the energy over it
  double temperature_celsius = kNoNumber;          // the hottest that was seen
  std::vector<PowerPoint> timeline;                // empty without a source of power
  std::map<std::string, double> components_watts;  // averages: "ane0", "cpu", "dram"

  MemberOrigins origins;
  ResultDocument document;
};

struct MemoryPoint {
  double seconds = 0;
  double mb = 0;
};

// What was measured where the system tells, else what the model's file says; `origins` tells which.
struct MemoryProfile {
  double model_memory_mb = kNoNumber;  // weights
  double activation_memory_mb = kNoNumber;
  double memory_usage_mb = kNoNumber;
  double peak_memory_mb = kNoNumber;
  double neural_footprint_mb = kNoNumber;  // that the system counts for the Neural Engine
  double bandwidth_bytes_per_second = kNoNumber;
  double cache_hit_share = kNoNumber;  // 0 to 1
  std::vector<MemoryPoint> timeline;
  std::unordered_map<std::string, double> layer_memory_mb;  // weights, inputs and outputs; derived

  MemberOrigins origins;
  ResultDocument document;
};

struct Recommendation {
  std::string title;
  std::string change;                // what to do
  std::string basis;                 // the numbers it rests on
  double seconds_saved = kNoNumber;  // per prediction; estimated
  double bytes_saved = kNoNumber;
};

struct OptimizationRecommendations {
  std::vector<std::string> recommendations;  // largest gain first, one line each
  // How many times as fast the model would be were the one with the largest gain followed; those
  // of several do not add up. NaN: no gain is known.
  double potential_speedup = kNoNumber;
  double potential_memory_saving_mb = kNoNumber;  // the largest one's
  std::vector<Recommendation> details;            // as `recommendations`

  MemberOrigins origins;  // both numbers are estimated at best; the note tells from what
};

// Threads: every method may be called from any thread, and StartMonitoring, GetCurrentMetrics and
// StopMonitoring do not wait for profiling calls. Two that run a model at the same time, in this or
// in another object, disturb each other's numbers. Profiling calls block for as long as the run
// takes; without power that is about four seconds for a small model.
//
// A model is a path (.mlmodel, .mlpackage or .mlmodelc) or a name that was given to ProfileModel;
// a name comes first.
class ANEPerformanceProfiler {
 public:
  // Each has the default of `anemonctl profile`.
  struct Config {
    bool detailed_profiling = true;  // also times layers and asks the engine for its plan, apart
    bool power_profiling = true;     // where there is power, runs last long enough for its energy

    // The warm-up lasts for both of these at least, then until the latency is steady, and no longer
    // than the limit.
    std::size_t warmup_iterations = 10;
    double warmup_seconds = 1;
    double warmup_seconds_limit = 30;
    // The measured part lasts for both of these at least, and no longer than the limit.
    std::size_t profile_iterations = 100;
    double profile_seconds = 1;
    double profile_seconds_limit = 60;
    std::vector<double> after_idle_seconds;  // pauses after each of which one call is timed

    // With power: the idle machine before, then at least so long, until the energy is known to this
    // relative precision, and no longer than the limit.
    double idle_seconds = 5;
    double energy_seconds = 30;
    double energy_precision = 0.05;
    double energy_seconds_limit = 120;

    std::string compute_units = "all";  // "cpu-only", "cpu-and-gpu", "cpu-and-ane"
    std::string function;               // of a model with several; empty: its default
    std::map<std::string, std::vector<std::int64_t>> shapes;  // by input; others take their default
    std::size_t batch_size = 1;                               // items in one prediction call
    std::uint64_t seed = 1;                                   // of the inputs, which are random
    unsigned threads = 1;                                     // of the reference engine
    double batch_latency_limit_ms = kNoNumber;                // for the optimal batch size
    double batch_memory_limit_mb = kNoNumber;

    std::string runner;         // a command line that speaks docs/runner-protocol.md
    std::string engine;         // of the runner; empty: its first
    std::string daemon_socket;  // empty: $ANEMON_SOCKET, else the user's daemon, else the system's
    std::string chip;           // to place operations for; empty: this machine's, else the default
    double load_seconds_limit = 900;     // compilation included
    double call_seconds_limit = 120;     // of one prediction
    double memory_limit_mb = kNoNumber;  // of the runner's process

    bool keep_results = false;  // in the user's history, as anemonctl does (`anemonctl results`)
    std::string results_file;   // another history
    std::function<void(const std::string&)>
        progress;  // gets lines for people, on the calling thread
  };

  ANEMON_API ANEPerformanceProfiler();
  ANEMON_API ~ANEPerformanceProfiler();
  ANEPerformanceProfiler(const ANEPerformanceProfiler&) = delete;
  ANEPerformanceProfiler& operator=(const ANEPerformanceProfiler&) = delete;

  // Optional. False, and nothing changed, for a value that makes no sense; LastError() names it.
  // What depends on model and machine, as shapes, runner, engine and chip, is checked when used.
  ANEMON_API bool Initialize(const Config& config);

  // Runs the model and remembers `name` for `path`. Of a run that failed, metrics hold what it gave
  // until then.
  ANEMON_API bool ProfileModel(const std::string& path, const std::string& name,
                               ANEPerformanceMetrics& metrics);
  // With `batch` sequences of `sequence_length` tokens, 0 for the model's default. A shape that the
  // model cannot take is an error which lists those it can.
  ANEMON_API bool ProfileTransformer(const std::string& model, std::size_t batch,
                                     std::size_t sequence_length, ANEPerformanceMetrics& metrics);
  // With `batch` images; 0 for the model's default height, width or channels.
  ANEMON_API bool ProfileVisionModel(const std::string& model, std::size_t batch,
                                     std::size_t height, std::size_t width, std::size_t channels,
                                     ANEPerformanceMetrics& metrics);

  // On every set of compute units that the engine can be asked for, interleaved. True when one of
  // them ran.
  ANEMON_API bool ComparativeProfile(const std::string& path, ComparativeResults& results);
  // Sizes as given; each is so many items in one prediction call.
  ANEMON_API bool ProfileBatchSizes(const std::string& model, const std::vector<std::size_t>& sizes,
                                    BatchProfilingResults& results);
  // Runs the model for so long; where there is no power to see, no longer than it has to.
  ANEMON_API bool ProfilePower(const std::string& model, double duration_seconds,
                               PowerProfile& profile);
  ANEMON_API bool ProfileMemory(const std::string& model, MemoryProfile& profile);

  // What to change. Runs nothing: rests on the model's file and on `metrics`.
  ANEMON_API bool AnalyzeOptimizations(const std::string& model,
                                       const ANEPerformanceMetrics& metrics,
                                       OptimizationRecommendations& advice);

  // Watches this program while it runs the model itself. Inferences are those that it reports by
  // anemon/client.h under the model's name; without reports throughput is absent. One at a time.
  ANEMON_API bool StartMonitoring(const std::string& model);
  // From StartMonitoring to now. Everything absent, with the reason, when nothing is watched.
  ANEMON_API ANEPerformanceMetrics GetCurrentMetrics();
  ANEMON_API bool StopMonitoring(ANEPerformanceMetrics& metrics);

  // Writes `basename`.json (anemon.result/1) and `basename`.csv (Metric,Value,Unit). Files that are
  // there are replaced, each whole or not at all.
  ANEMON_API bool ExportResults(const ANEPerformanceMetrics& metrics, const std::string& basename);
  // Writes one HTML page that needs no other file. `power_profile` may be one that nothing filled.
  ANEMON_API bool GenerateVisualization(const std::string& model,
                                        const ANEPerformanceMetrics& metrics,
                                        const PowerProfile& power_profile, const std::string& path);

  // What keeps the model off the Neural Engine, or slows it there: a line for each finding, its
  // rule first (docs/rules.md). Nothing is run. True when the file could be read; errors that were
  // found in it are then in `errors`.
  ANEMON_API bool ValidateModel(const std::string& path, std::vector<std::string>& warnings,
                                std::vector<std::string>& errors);

  // 0 to 100: how well the model fits the Neural Engine, estimated from the file alone (the
  // readiness of `anemonctl model validate`); what it is worth before anything was measured. NaN,
  // with LastError(), when the file cannot be read.
  ANEMON_API double EstimateReadiness(const std::string& path);

  // As the free function.
  ANEMON_API double CalculateEfficiencyScore(const ANEPerformanceMetrics& metrics) const;

  // Of the call that ended last, if it failed; else empty. What, where and why, and what can be
  // done about it.
  ANEMON_API std::string LastError() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// 0 to 100: 40 * min(1, inferences_per_second / 1000) + 40 * min(1, efficiency_tops_per_watt / 10)
// + 20 * min(1, memory_usage_mb / peak_memory_mb). NaN when one of the four is absent, negative or
// infinite, `missing` then names those; without power, therefore, always.
ANEMON_API double CalculateEfficiencyScore(const ANEPerformanceMetrics& metrics,
                                           std::vector<std::string>* missing = nullptr) noexcept;

}  // namespace anemon
