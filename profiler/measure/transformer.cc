#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/json_access.h"
#include "profiler/measure/document_edit.h"
#include "profiler/measure/questions.h"
#include "profiler/measure/sequence_input.h"
#include "profiler/measure/several_runs.h"
#include "profiler/measure/studied_model.h"

namespace anemon::profiler {
namespace {

RunRequest shaped(RunRequest request, const ItemShapes& shapes) {
  request.shapes = shapes.shapes;
  request.items = shapes.items;
  return request;
}

Asking told_as(const Asking& asking, const std::string& what) {
  Asking named = asking;
  if (asking.progress) {
    named.progress = [&asking, what](const std::string& line) {
      asking.progress(what + ": " + line);
    };
  }
  return named;
}

// Of a document whose inferences are sequences of `length` tokens.
std::optional<double> tokens_per_second(const Json& document, uint64_t length) {
  const auto sequences = number(document, "/throughput/inferences_per_second");
  return sequences ? std::optional(*sequences * static_cast<double>(length)) : std::nullopt;
}

std::optional<double> energy_per_token(const Json& document, uint64_t length) {
  const auto joules = number(document, "/power/energy_per_inference_joules");
  return joules ? std::optional(*joules / static_cast<double>(length)) : std::nullopt;
}

std::string outcome_words(const Json& document) {
  return fmt::format("the run {}: {}", text(document, "/outcome/state"),
                     text(document, "/outcome/message"));
}

// One token in each call, or why that was not measured.
struct Decode {
  Json document;  // null: it was not
  std::string why_not;
  std::string basis;
};

void add_decode(Json& document, const Decode& decode) {
  SectionEdit timing(document, "timing"), throughput(document, "throughput"),
      power(document, "power");
  const bool well = !decode.document.is_null() && went_well(decode.document);
  const std::string why = decode.document.is_null() ? decode.why_not
                          : well                    ? "not measured"
                                                    : outcome_words(decode.document);
  timing.number_or("decode_ms",
                   well ? number(decode.document, "/timing/inference_time_ms") : std::nullopt,
                   Provenance::measured, why, decode.basis);
  throughput.number_or("decode_tokens_per_second",
                       well ? tokens_per_second(decode.document, 1) : std::nullopt,
                       Provenance::derived, why, decode.basis);
  power.number_or("decode_energy_per_token_joules",
                  well ? energy_per_token(decode.document, 1) : std::nullopt,
                  resting_on(decode.document, "power", "energy_per_inference_joules"),
                  well ? why_absent(decode.document, "power", "energy_per_inference_joules",
                                    "no energy was measured")
                       : why,
                  decode.basis);
}

void add_prefill(Json& document, uint64_t length) {
  SectionEdit throughput(document, "throughput");
  const std::string why =
      why_absent(document, "throughput", "inferences_per_second", "no call was measured");
  const std::string basis =
      fmt::format("sequences a second, of {} token{} each", length, length == 1 ? "" : "s");
  const auto tokens = tokens_per_second(document, length);
  throughput.number_or("tokens_per_second", tokens, Provenance::derived, why, basis);
  throughput.number_or("prefill_tokens_per_second", length > 1 ? tokens : std::nullopt,
                       Provenance::derived, length > 1 ? why : "a sequence of one token is a step",
                       basis);
  throughput.number_or("time_to_first_token_ms", number(document, "/timing/inference_time_ms"),
                       Provenance::measured, why,
                       "median call over the whole sequence; choosing the token is not in it");
  SectionEdit(document, "power")
      .number_or(
          "energy_per_token_joules", energy_per_token(document, length),
          resting_on(document, "power", "energy_per_inference_joules"),
          why_absent(document, "power", "energy_per_inference_joules", "no energy was measured"),
          basis);
}

}  // namespace

Json profile_transformer(const RunRequest& request, const TransformerShape& shape,
                         const Asking& asking) {
  const models::Interface interface = interface_of(request);
  const SequenceInput sequence = find_sequence(interface.inputs);
  const SequenceShapes prefill = shape_sequences(interface.inputs, sequence, shape.batch,
                                                 shape.sequence_length, request.shapes);
  const uint64_t held = shape.batch / prefill.shapes.items;  // sequences in the shape of a call
  Decode decode;
  decode.basis = interface.states.empty()
                     ? "one token in each call and nothing before it: the model keeps no state"
                     : "one token in each call; the model's state is kept from call to call";
  std::optional<SequenceShapes> step;
  try {
    step =
        shape_sequences(interface.inputs, sequence, shape.batch, 1, request.shapes, prefill.length);
  } catch (const Error& error) {
    decode.why_not = fmt::format("the model takes no single token: {}", error.what());
  }

  Json document = profile_model(shaped(request, prefill.shapes), told_as(asking, "prefill"));
  document["kind"] = "transformer";
  Json& configuration = document["configuration"];
  configuration["batch"] = shape.batch;
  configuration["batching"] = prefill.shapes.items > 1 ? "by items" : "by shape";
  configuration["sequence_length"] = prefill.length;
  configuration["sequence_input"] = sequence.feature->name;
  configuration["sequence_axis"] = sequence.sequence;
  configuration["sequence_found_by"] = sequence.reason;
  if (went_well(document)) {
    count_items(document, held);
    if (prefill.length == 1) {
      decode.document = document;
    } else if (step) {
      const uint64_t held_by_step = shape.batch / step->shapes.items;
      decode.document =
          profile_model(shaped(one_of_several(request), step->shapes), told_as(asking, "decode"));
      if (went_well(decode.document)) count_items(decode.document, held_by_step);
    }
  } else {
    decode.why_not = outcome_words(document);
  }
  add_prefill(document, prefill.length);
  add_decode(document, decode);
  return document;
}

}  // namespace anemon::profiler
