// The text form of ML programs (model.mil of compiled models), in the dialects of program(1.0),
// which gives every literal a tensor type, and program(1.3), which has scalar types.
//
// No grammar of it is published. This one is read off programs that Apple's compiler wrote:
//   program  = "program" "(" version ")" attributes "{" function* "}"
//   function = "func" name "<" opset ">" "(" inputs ")" attributes block outputs ";"
//   block    = "{" (results "=" type "(" arguments ")" (attributes | inputs block outputs)* ";")*
//   "}" outputs  = "->" "(" names ")"        attributes = ("[" (name "=" value)* "]")*
// with commas between the members of a list. What is not published of nested blocks is taken in
// every order that this allows.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "models/graph/function.h"
#include "models/read/budget.h"
#include "models/read/oddity_log.h"
#include "models/read/weight_file.h"

namespace anemon::models {

struct MilText {
  std::string version;                            // "1.0", "1.3"
  std::map<std::string, std::string> build_info;  // "coremlc-version" and others
  std::vector<Function> functions;                // in the text's order
};

// The functions are what read_program would give for the same program. `name`: the file's, for
// errors. Throws Error, "name:line:column: expected what, found what", at the first thing that is
// not understood. Weights that cannot be read are missing, and say so in `weights`.
MilText read_mil_text(std::string_view text, const std::string& name, WeightFiles& weights,
                      Budget& budget, OddityLog& oddities);

}  // namespace anemon::models
