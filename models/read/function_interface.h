// What a program says of its inputs and outputs, where the model's description says less.
#pragma once

#include "models/graph/model.h"

namespace anemon::models {

// The interface of a program without a description. Open dimensions are unbounded.
Interface interface_of(const Function& function);

// Descriptions of programs often leave out the shapes of outputs: the program has them.
void complete_outputs(Interface& interface, const Function& function);
// The same for all functions of an ML program. Of two descriptions of one function the second is an
// oddity, and gone from Model::interfaces.
void complete_outputs(Model& model);

}  // namespace anemon::models
