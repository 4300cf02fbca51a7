// The terminal taken over for a live view, and given back on every way out.
#pragma once

#include <termios.h>

#include <string>
#include <vector>

namespace anemon {

class Screen {
 public:
  // Alternate screen, no cursor, keys without Enter and echo; Ctrl-C still raises SIGINT.
  Screen();
  ~Screen();
  Screen(const Screen&) = delete;
  Screen& operator=(const Screen&) = delete;

  void enter();  // after leave(): `fg`
  void leave();

  // Draws over what is there, so that nothing flickers.
  void draw(const std::vector<std::string>& lines) const;

 private:
  termios former_{};
  bool entered_ = false;
};

}  // namespace anemon
