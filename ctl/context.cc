#include "ctl/context.h"

#include <unistd.h>

#include "platform/default_paths.h"

namespace anemon {
namespace {

Format parse_format(const std::string& name) {
  if (name == "json") return Format::json;
  if (name == "csv") return Format::csv;
  if (name == "markdown") return Format::markdown;
  return Format::table;
}

}  // namespace

Context make_context(const Arguments& arguments) {
  Context context;
  const std::string color = arguments.value("color", "auto");
  context.out.file = stdout;
  context.out.format = parse_format(arguments.value("output", "table"));
  context.out.header = !arguments.has("no-header");
  context.out.quiet = arguments.has("quiet");
  context.out.terminal = describe_terminal(stdout, color);
  context.error_terminal = describe_terminal(stderr, color);
  context.socket = arguments.value("socket");
  if (const auto timeout = arguments.duration("timeout")) context.timeout = *timeout;
  return context;
}

ControlClient& Context::client() {
  if (!client_)
    client_ = std::make_unique<ControlClient>(find_socket(socket, default_sockets()), timeout);
  return *client_;
}

void Context::remark(const std::string& line) const {
  if (!out.quiet) write_text(stderr, line + '\n');
}

}  // namespace anemon
