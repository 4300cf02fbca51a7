// A model as a document: schema anemon.model/1 (docs/model-json.md).
#pragma once

#include "core/json.h"
#include "models/document/model_study.h"

namespace anemon {

// Everything: description, cost, findings, placement, readiness, recommendations.
Json model_document(const ModelStudy& study);

// Its parts.
Json interface_json(const models::Interface& interface);  // inputs, outputs, states
Json function_json(const models::FunctionAnalysis& function);
Json cost_json(const models::OperationCost& cost);
// "placement" of a model's own functions; null when it has none.
Json placement_json(const models::ModelAnalysis& analysis, const models::Report& report);
Json finding_json(const models::Finding& finding, const models::ModelAnalysis& analysis);
Json readiness_json(const models::Readiness& readiness);
Json recommendation_json(const models::Recommendation& recommendation,
                         const models::ModelAnalysis& analysis);

// "anemon.model/1" holds no open extents: [1,null,224].
Json shape_json(const models::Shape& shape);

// Whether the file tells how flexible the feature's shape is.
bool states_flexibility(const models::Feature& feature);

}  // namespace anemon
