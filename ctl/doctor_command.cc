#include <fmt/format.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "collectors/collectors.h"
#include "config/loader.h"
#include "config/show.h"
#include "core/json_access.h"
#include "core/version.h"
#include "ctl/apple_evidence.h"
#include "ctl/doctor.h"
#include "ctl/exit_code.h"
#include "ctl/handlers.h"
#include "ctl/redaction.h"
#include "ctl/tar_gz.h"
#include "ctl/words.h"
#include "platform/apple_devices.h"

namespace anemon {
namespace {

constexpr useconds_t kBetweenSamples = 300'000;

Tone tone_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::ok:
      return Tone::good;
    case Verdict::note:
      return Tone::plain;
    case Verdict::warn:
      return Tone::warning;
    case Verdict::fail:
      break;
  }
  return Tone::bad;
}

Table checks_table(const std::vector<Check>& checks) {
  Table table;
  table.columns = {{"RESULT", "result"},
                   {"CHECK", "check"},
                   {"FINDING", "finding", false, Column::Fit::elide},
                   {"FIX", "fix", false, Column::Fit::elide}};
  for (const Check& check : checks) {
    table.rows.push_back({text_cell(to_string(check.verdict), tone_of(check.verdict)),
                          text_cell(check.subject), text_cell(check.finding),
                          text_cell(check.fix)});
  }
  return table;
}

Json checks_document(const std::vector<Check>& checks) {
  Json list = Json::array();
  for (const Check& check : checks) {
    list.push_back({{"result", to_string(check.verdict)},
                    {"check", check.subject},
                    {"finding", check.finding},
                    {"fix", check.fix.empty() ? Json(nullptr) : Json(check.fix)}});
  }
  return {{"schema", "anemon.doctor/1"}, {"version", version()}, {"checks", std::move(list)}};
}

// A line for each check, its remedy under it.
std::string checks_text(const std::vector<Check>& checks, const Terminal& terminal) {
  size_t subject_width = 0;
  for (const Check& check : checks) subject_width = std::max(subject_width, check.subject.size());
  const size_t indent = 6 + subject_width + 2;
  const size_t width = terminal.width > 0 ? static_cast<size_t>(terminal.width) : 100;
  const size_t room = std::max<size_t>(width > indent ? width - indent : 0, 20);
  std::string result;
  for (const Check& check : checks) {
    result += toned(fmt::format("{:<4}", to_string(check.verdict)), tone_of(check.verdict),
                    terminal.color);
    result += fmt::format("  {:<{}}", check.subject, subject_width + 2);
    bool first = true;
    const auto add = [&](const std::string& paragraph) {
      for (const auto& line : wrap(printable(paragraph), room)) {
        if (!first) result += std::string(indent, ' ');
        result += line + '\n';
        first = false;
      }
    };
    add(check.finding);
    if (!check.fix.empty()) add("fix: " + check.fix);
  }
  return result;
}

std::string summary(const std::vector<Check>& checks) {
  const auto count = [&](Verdict verdict) {
    return std::ranges::count(checks, verdict, &Check::verdict);
  };
  const auto failed = count(Verdict::fail);
  const auto warned = count(Verdict::warn);
  if (failed == 0 && warned == 0) return "everything that this machine has works";
  return fmt::format("{} failed, {} to look at", failed, warned);
}

// The catalogue with its values, without what names processes and sessions.
Json anonymous_metrics(Context& context) {
  Json document = context.client().metrics({}, true);
  for (Json& metric : document["metrics"]) {
    for (const Json& label : metric["labels"]) {
      const std::string name = as_text(label);
      if (name == "pid" || name == "process" || name == "id" || name == "model") {
        metric["values"] = Json::array();
        break;
      }
    }
  }
  return document;
}

std::string versions_text() {
  utsname system{};
  uname(&system);
  return fmt::format("anemonctl {} ({}, {})\n{} {} {}\n", version(), revision(), compiler(),
                     system.sysname, system.release, system.machine);
}

void write_bundle(Context& context, const Examination& examination, const std::string& path) {
  Terminal plain;
  plain.width = 100;
  std::vector<std::pair<std::string, std::string>> files = {
      {"versions.txt", versions_text()}, {"doctor.txt", checks_text(examination.checks, plain)}};
  if (examination.status) {
    files.emplace_back("status.json", examination.status->dump(2) + '\n');
    files.emplace_back("metrics.json", anonymous_metrics(context).dump(2) + '\n');
    const std::string configuration = text(*examination.status, "/config/path");
    try {
      const Config config = configuration.empty() ? default_config(collector_specs())
                                                  : load_config(configuration, collector_specs());
      files.emplace_back("configuration.yaml", to_yaml(config, default_config(collector_specs())));
    } catch (const Error& error) {
      files.emplace_back("configuration.txt", std::string(error.what()) + '\n');
    }
  }
  if (const auto devices = open_apple_devices()) {
    const auto evidence = apple_evidence(*devices, SystemClock(), [] { usleep(kBetweenSamples); });
    files.insert(files.end(), evidence.begin(), evidence.end());
  }
  const Redaction redaction = Redaction::of_this_machine();
  for (auto& [name, content] : files) {
    name = "anemon-report/" + name;
    content = redaction.apply(content);
  }
  const Duration now = SystemClock().now().wall;
  write_tar_gz(path, files, std::chrono::duration_cast<std::chrono::seconds>(now).count());
}

}  // namespace

int run_doctor(Context& context, const Arguments& arguments) {
  const Examination examination = examine(context);
  const std::vector<Check>& checks = examination.checks;
  if (context.out.format == Format::table) {
    std::string shown = checks_text(checks, context.out.terminal);
    if (!context.out.quiet) shown += '\n' + summary(checks) + '\n';
    write_text(context.out.file, shown);
  } else {
    Report report;
    report.tables = {checks_table(checks)};
    report.document = std::make_shared<const Json>(checks_document(checks));
    print_report(report, context.out);
  }
  if (const std::string path = arguments.value("bundle"); !path.empty()) {
    write_bundle(context, examination, path);
    context.remark(fmt::format("{}: look into it before you send it", path));
  }
  const bool failed = std::ranges::find(checks, Verdict::fail, &Check::verdict) != checks.end();
  return failed ? kExitBad : kExitDone;
}

}  // namespace anemon
