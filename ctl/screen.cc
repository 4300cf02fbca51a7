#include "ctl/screen.h"

#include <unistd.h>

#include <cstdio>

#include "ctl/report.h"

namespace anemon {

Screen::Screen() {
  tcgetattr(STDIN_FILENO, &former_);
  enter();
}

Screen::~Screen() {
  // A terminal that is gone needs nothing back.
  try {
    leave();
  } catch (...) {
  }
}

void Screen::enter() {
  if (entered_) return;
  termios raw = former_;
  raw.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
  raw.c_cc[VMIN] = 0;
  raw.c_cc[VTIME] = 0;
  tcsetattr(STDIN_FILENO, TCSADRAIN, &raw);
  entered_ = true;
  write_text(stdout, "\x1b[?1049h\x1b[?25l");
}

void Screen::leave() {
  if (!entered_) return;
  entered_ = false;
  tcsetattr(STDIN_FILENO, TCSADRAIN, &former_);
  write_text(stdout, "\x1b[?25h\x1b[?1049l");
}

void Screen::draw(const std::vector<std::string>& lines) const {
  std::string text = "\x1b[H";
  for (size_t i = 0; i < lines.size(); ++i) {
    if (i > 0) text += "\r\n";
    text += lines[i] + "\x1b[K";
  }
  write_text(stdout, text + "\x1b[J");
}

}  // namespace anemon
