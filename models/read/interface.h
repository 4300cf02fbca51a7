// ModelDescription: inputs, outputs, states and metadata of a model.
// Source: Core ML's Model.proto and FeatureTypes.proto.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "models/graph/model.h"
#include "models/read/budget.h"
#include "models/read/oddity_log.h"
#include "models/read/wire.h"

namespace anemon::models {

struct Description {
  Interface interface;               // of models of one function
  std::vector<Interface> functions;  // of models of several: in the order of the file
  std::string default_function;      // of models of several
  std::map<std::string, std::string> metadata;
};

// Adds what `message` says to `description`: a field that occurs twice is merged, as in protobuf.
void read_description(Bytes message, Description& description, Budget& budget, OddityLog& oddities);

// A name in the file, fit to be shown: valid UTF-8 without control characters.
std::string read_name(const Field& field);

}  // namespace anemon::models
