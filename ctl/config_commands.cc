#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "client/client_error.h"
#include "collectors/collectors.h"
#include "config/loader.h"
#include "config/schema.h"
#include "config/show.h"
#include "core/json_access.h"
#include "ctl/configuration_file.h"
#include "ctl/context.h"
#include "ctl/exit_code.h"
#include "ctl/handlers.h"

namespace anemon {
namespace {

Config load(const std::filesystem::path& file) {
  return file.empty() ? default_config(collector_specs()) : load_config(file, collector_specs());
}

std::string file_text(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw Error(fmt::format("{}: {}", path.string(), std::strerror(errno)));
  return {std::istreambuf_iterator<char>(file), {}};
}

// Every key with its value, and whether that is the default.
Report effective_report(const std::filesystem::path& file, const Config& config) {
  const Config defaults = default_config(collector_specs());
  Report report;
  Table table;
  table.columns = {{"KEY", "key"}, {"VALUE", "value", false, Column::Fit::elide}, {"", "default"}};
  Json keys = Json::array();
  const auto add = [&](const ConfigKey& key, std::string_view collector) {
    const std::string value = print_field(key.field, config, collector);
    const bool is_default = value == print_field(key.field, defaults, collector);
    const std::string path = key.path_for(collector);
    table.rows.push_back({text_cell(path),
                          text_cell(value),
                          {is_default ? "default" : "", is_default ? "true" : "false"}});
    keys.push_back({{"key", path}, {"value", value}, {"default", is_default}});
  };
  for (const ConfigKey& key : config_keys()) {
    if (!key.of_collector()) add(key, {});
  }
  for (const CollectorSpec& spec : collector_specs()) {
    for (const ConfigKey& key : config_keys()) {
      if (key.of_collector()) add(key, spec.name);
    }
  }
  report.tables = {std::move(table)};
  report.document = std::make_shared<const Json>(
      Json{{"schema", "anemon.config/1"},
           {"file", file.empty() ? Json(nullptr) : Json(file.string())},
           {"keys", std::move(keys)}});
  return report;
}

// The file a running daemon reads; the one it would find when none answers.
std::filesystem::path daemons_file(Context& context) {
  try {
    return text(context.client().status(), "/config/path");
  } catch (const Error&) {
    return found_configuration();
  }
}

}  // namespace

int check_configuration(Context& context, const Arguments& arguments) {
  const std::filesystem::path file = arguments.operands().empty()
                                         ? found_configuration()
                                         : std::filesystem::path(arguments.operands().front());
  std::vector<std::string> problems;
  try {
    load(file);
  } catch (const ConfigError& error) {
    problems = error.problems();
  }
  const std::string name = file.empty() ? "built-in defaults" : file.string();
  Report report;
  report.headline = problems.empty() ? fmt::format("{}: valid", name) : "";
  Table table;
  table.columns = {{"PROBLEM", "problem"}};
  for (const std::string& problem : problems) table.rows.push_back({text_cell(problem)});
  report.tables = {table};
  report.document = std::make_shared<const Json>(
      Json{{"schema", "anemon.config-check/1"},
           {"file", file.empty() ? Json(nullptr) : Json(file.string())},
           {"valid", problems.empty()},
           {"problems", problems}});
  if (context.out.format == Format::table && !problems.empty()) {
    // As compilers do, for editors to jump to.
    for (const std::string& problem : problems) write_text(stderr, problem + '\n');
  } else {
    print_report(report, context.out);
  }
  return problems.empty() ? kExitDone : kExitBad;
}

int show_configuration(Context& context, const Arguments& arguments) {
  const std::filesystem::path file = arguments.operands().empty()
                                         ? daemons_file(context)
                                         : std::filesystem::path(arguments.operands().front());
  const Config config = load(file);
  if (context.out.format != Format::table) {
    print_report(effective_report(file, config), context.out);
    return kExitDone;
  }
  if (arguments.has("effective")) {
    const std::string name = file.empty() ? "built-in defaults" : file.string();
    write_text(context.out.file,
               fmt::format("# {}\n{}", name, to_yaml(config, default_config(collector_specs()))));
  } else if (file.empty()) {
    context.remark("no configuration file: the built-in defaults apply (config show --effective)");
  } else {
    context.remark("# " + file.string());
    write_text(context.out.file, file_text(file));
  }
  return kExitDone;
}

int reload_configuration(Context& context, const Arguments&) {
  const auto document = std::make_shared<const Json>(context.client().reload());
  Report report;
  Table table;
  table.columns = {{"RESTART NEEDED FOR", "restart_required"}};
  for (const Json& key : at(*document, "/restart_required")) {
    table.rows.push_back({text_cell(as_text(key))});
  }
  report.headline = table.rows.empty() ? "reloaded" : "reloaded; some changes need a restart";
  report.tables = {std::move(table)};
  report.document = document;
  print_report(report, context.out);
  return kExitDone;
}

}  // namespace anemon
