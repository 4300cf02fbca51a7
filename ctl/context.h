// What a running command may use.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "client/control_client.h"
#include "ctl/arguments.h"
#include "ctl/report.h"

namespace anemon {

struct Context {
  Output out;                    // standard output
  Terminal error_terminal;       // of standard error
  std::filesystem::path socket;  // empty: look for one
  Duration timeout = std::chrono::seconds(5);

  // Connects on first use. Throws the client's errors.
  ControlClient& client();

  // A line on standard error that is no error; nothing with --quiet.
  void remark(const std::string& line) const;

 private:
  std::unique_ptr<ControlClient> client_;
};

// What the options every command takes say.
Context make_context(const Arguments& arguments);

}  // namespace anemon
