// What the place a stream goes to can show.
#pragma once

#include <cstdio>
#include <string_view>

namespace anemon {

struct Terminal {
  bool interactive = false;  // a terminal that can redraw
  bool color = false;
  bool utf8 = false;
  int width = 0;  // columns; 0 when nothing limits a line
  int height = 0;
};

// `color` is "auto", "always" or "never". An explicit word wins, then NO_COLOR, then CLICOLOR_FORCE
// and FORCE_COLOR, then whether it is a terminal other than TERM=dumb. $COLUMNS overrides the
// width.
Terminal describe_terminal(std::FILE* stream, std::string_view color);

}  // namespace anemon
