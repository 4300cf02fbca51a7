// What one would run next on the same model.
#pragma once

#include <string>
#include <string_view>

#include "models/document/model_study.h"

namespace anemon {

// As a POSIX shell reads it back: "resnet.mlpackage", "'my model.mlpackage'".
std::string shell_word(std::string_view text);

// "anemonctl model validate --chip M1 --shape x=1x64x128x128 resnet.mlpackage": with the chip and
// the shapes that were asked for. Empty when a terminal cannot show it.
std::string next_model_command(std::string_view words, const ModelStudy& study);

}  // namespace anemon
