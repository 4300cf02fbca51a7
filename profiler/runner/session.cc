#include "profiler/runner/session.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <iterator>
#include <new>
#include <utility>

#include "core/error.h"
#include "core/version.h"
#include "models/read/read_model.h"
#include "profiler/compile_failure.h"
#include "profiler/runner/input_data.h"
#include "profiler/runner/measurement.h"
#include "profiler/runner/memory_use.h"
#include "profiler/runner/output_summary.h"

namespace anemon::profiler {
namespace {

// What comes too early, or is not as described.
class ProtocolError : public Error {
 public:
  using Error::Error;
};

FeatureInfo info(const models::Feature& feature) {
  return {feature.name, feature.kind, feature.tensor, feature.color_space, feature.optional};
}

std::vector<FeatureInfo> infos(const std::vector<models::Feature>& features) {
  std::vector<FeatureInfo> all;
  for (const models::Feature& feature : features) all.push_back(info(feature));
  return all;
}

std::string names(const std::vector<EngineSpec>& engines) {
  std::string names;
  for (const EngineSpec& spec : engines)
    names += (names.empty() ? "" : ", ") + std::string(spec.name);
  return names.empty() ? "none" : names;
}

}  // namespace

bool Session::run() {
  std::string_view line;
  while (!over_ && requests_.next(line)) {
    std::string name;
    const auto failed = [&](Failure::Kind kind, const std::string& error, std::string hint = {}) {
      write(Failure{kind, name, error, std::move(hint)});
    };
    try {
      const Request request = parse_request(line);
      name = name_of(request);
      try {
        handle(request);
      } catch (const CompileFailure& error) {
        failed(Failure::Kind::compiler, error.what(), error.hint());
      } catch (const ProtocolError& error) {
        failed(Failure::Kind::protocol, error.what(), error.hint());
      } catch (const Error& error) {
        failed(Failure::Kind::refused, error.what(), error.hint());
      } catch (const std::bad_alloc&) {
        failed(Failure::Kind::memory, "out of memory");
      } catch (const std::exception& error) {
        failed(Failure::Kind::internal, error.what());
      }
    } catch (const Error& error) {
      if (!name.empty()) throw;  // the answer itself could not be written
      failed(Failure::Kind::protocol, error.what());
    }
  }
  return over_;
}

void Session::handle(const Request& request) {
  std::visit([this](const auto& each) { answer(each); }, request);
}

void Session::answer(const HelloRequest& request) {
  Hello hello;
  hello.runner = fmt::format("anemon-runner {}", version());
  hello.pid = ::getpid();
  for (const EngineSpec& spec : engines_) hello.engines.emplace_back(spec.name);
  // The other side sees by the number that we do not understand each other.
  if (request.protocol == kProtocolVersion) {
    const auto spec = std::find_if(engines_.begin(), engines_.end(), [&](const EngineSpec& each) {
      return request.engine.empty() || each.name == request.engine;
    });
    if (spec == engines_.end()) {
      throw Error(request.engine.empty() ? "this runner was built without engines"
                                         : fmt::format("there is no engine {}", request.engine),
                  "engines of this runner: " + names(engines_));
    }
    model_.reset();
    engine_ = spec->open();
    spec_ = &*spec;
    hello.engine = engine_->facts();
  }
  write(hello);
}

void Session::answer(const PlanRequest& request) {
  engine();
  if (spec_->plan == nullptr) {
    throw Error(fmt::format("the engine {} has no plan to tell", spec_->name));
  }
  ComputePlan plan = spec_->plan(request.load);
  for (size_t begin = 0;;) {
    const size_t end = std::min(begin + kMaxOperationsInLine, plan.operations.size());
    Plan part;
    part.plan.kind = plan.kind;
    std::move(plan.operations.begin() + static_cast<std::ptrdiff_t>(begin),
              plan.operations.begin() + static_cast<std::ptrdiff_t>(end),
              std::back_inserter(part.plan.operations));
    part.more = end < plan.operations.size();
    write(part);
    if (!part.more) return;
    begin = end;
  }
}

void Session::answer(const LoadRequest& request) {
  Engine& loader = engine();
  model_.reset();  // two at once would show in each other's memory
  ranges_.reset();
  items_ = 0;
  LoadTimes times;
  model_ = loader.load(request, times);
  loaded_ = request;
  Loaded loaded{times, infos(model_->inputs()), infos(model_->outputs()), model_->weight_bytes(),
                model_->activation_bytes()};
  write(loaded);
}

void Session::answer(const FillRequest& request) {
  const std::vector<models::Feature>& inputs = model().inputs();
  const auto asked_for = [&](const std::string& name) {
    const auto found = std::find_if(request.inputs.begin(), request.inputs.end(),
                                    [&](const InputFill& each) { return each.name == name; });
    if (found != request.inputs.end()) return *found;
    InputFill fill;
    fill.name = name;
    return fill;
  };
  for (const InputFill& fill : request.inputs) {
    const auto is_it = [&](const models::Feature& input) { return input.name == fill.name; };
    if (std::none_of(inputs.begin(), inputs.end(), is_it)) {
      throw Error(fmt::format("the model has no input {}", fill.name));
    }
  }
  if (!ranges_) {
    try {
      ranges_ = index_ranges(models::read_model(loaded_.model), loaded_.function);
    } catch (const Error&) {
      ranges_.emplace();  // the engine knows the model in another form
    }
  }
  Filled filled;
  std::vector<InputFill> chosen;
  for (const models::Feature& input : inputs) {
    ChosenFill choice = choose_fill(input, asked_for(input.name), *ranges_);
    filled.inputs.push_back({input.name, choice.fill.kind, choice.fill.first, choice.fill.second,
                             std::move(choice.reason)});
    chosen.push_back(std::move(choice.fill));
  }
  items_ = 0;
  for (uint64_t item = 0; item < request.items; ++item) {
    std::vector<FeatureValue> values;
    for (size_t i = 0; i < inputs.size(); ++i) {
      values.push_back(input_value(inputs[i], chosen[i], request.seed, item));
    }
    model_->set_inputs(item, std::move(values));
  }
  items_ = request.items;
  write(filled);
}

void Session::answer(const PredictRequest& request) {
  LoadedModel& loaded = model();
  if (request.items > items_) {
    throw ProtocolError(fmt::format("{} of {} items have inputs", items_, request.items),
                        "send fill first");
  }
  loaded.time_operations(request.time_operations);
  const Predicted predicted = measure(loaded, request, clock_, [this](const Samples& samples) {
    write(samples);
    return go_on();
  });
  write(predicted);
}

bool Session::go_on() { return !requests_.waiting(); }

void Session::answer(const OperationsRequest&) {
  std::vector<OperationTime> all = model().operation_times();
  for (size_t begin = 0;;) {
    const size_t end = std::min(begin + kMaxOperationsInLine, all.size());
    Operations part;
    for (size_t i = begin; i < end; ++i) part.operations.push_back(std::move(all[i]));
    part.more = end < all.size();
    write(part);
    if (end == all.size()) return;
    begin = end;
  }
}

void Session::answer(const ResultsRequest& request) {
  const std::vector<FeatureValue> values = model().results(request.item);
  if (values.empty()) {
    Results none;
    none.last = true;
    write(none);
    return;
  }
  for (size_t i = 0; i < values.size(); ++i) {
    Results part = summary(values[i]);
    const std::vector<float>& numbers = values[i].numbers;
    const size_t wanted = std::min<uint64_t>(request.numbers, numbers.size());
    do {
      const size_t end = std::min<size_t>(part.offset + kMaxNumbersInLine, wanted);
      part.value.numbers.assign(numbers.begin() + static_cast<std::ptrdiff_t>(part.offset),
                                numbers.begin() + static_cast<std::ptrdiff_t>(end));
      part.last = end == wanted && i + 1 == values.size();
      write(part);
      part.offset = end;
    } while (part.offset < wanted);
  }
}

void Session::answer(const MemoryRequest&) { write(memory_use()); }

void Session::answer(const ByeRequest&) {
  model_.reset();
  engine_.reset();
  over_ = true;
  write(Bye{});
}

Engine& Session::engine() {
  if (!engine_) throw ProtocolError("no engine is open", "send hello first");
  return *engine_;
}

LoadedModel& Session::model() {
  if (!model_) throw ProtocolError("no model is loaded", "send load first");
  return *model_;
}

void Session::write(const Answer& answer) {
  const std::string line = to_line(answer);
  if (line.size() > kMaxLine) {
    throw Error(fmt::format("the answer is longer than {} MiB", kMaxLine >> 20));
  }
  for (size_t sent = 0; sent < line.size();) {
    const ssize_t written = ::write(answers_, line.data() + sent, line.size() - sent);
    if (written >= 0) {
      sent += static_cast<size_t>(written);
    } else if (errno != EINTR) {
      throw Error(std::string("cannot answer: ") + std::strerror(errno));
    }
  }
}

}  // namespace anemon::profiler
