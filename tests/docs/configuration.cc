#include "collectors/collectors.h"
#include "config/loader.h"
#include "config/schema.h"
#include "tests/docs/documents.h"

namespace anemon::docs {
namespace {

constexpr std::string_view kIntroduction = R"(# Configuration of anemond

<!-- Written by `anemon_docs` from config/schema.cc: change it there. -->

`anemond --config FILE` reads one YAML file. Everything has a default: an empty file, or none, is a
complete configuration. [config/anemond.yaml](../config/anemond.yaml) is the file to start from; it
shows every key, commented out, with its default.

* `anemond --check-config` reads the file, starts nothing, and exits with 78 if there is a problem, as
  does a start. Every problem is one line: `FILE:LINE:COLUMN: reason`. `anemonctl config check` says the
  same.
* A flag outranks the file: `--listen` is `http.listen`, `--socket` is `control.socket`, `--state-dir`
  is `state_dir`, `--log-level` is `log.level`.
* `anemonctl config show` prints the values in force and marks the defaults.
* SIGHUP and `anemonctl config reload` read the file again, check all of it and only then use it. A bad
  file changes nothing. Keys that are marked *restart* below keep their old value until the daemon
  starts anew.

Without `--config` the first file that exists is read.

| | Linux | macOS |
| --- | --- | --- |
| configuration | `~/.config/anemon/anemond.yaml`, `/etc/anemon/anemond.yaml` | `~/Library/Application Support/anemon/anemond.yaml`, `/etc/anemon/anemond.yaml`, `/opt/homebrew/etc/anemon/anemond.yaml` |
| `state_dir` of a user | `~/.local/state/anemon` | `~/Library/Application Support/anemon` |
| `state_dir` of root | `/var/lib/anemon` | `/var/db/anemon` |
| `control.socket` of a user | `$XDG_RUNTIME_DIR/anemon/anemond.sock`; without it `anemond.sock` in `state_dir` | `~/Library/Application Support/anemon/anemond.sock` |
| `control.socket` of root | `/run/anemon/anemond.sock` | `/var/db/anemon/run/anemond.sock` |

On Linux `$XDG_CONFIG_HOME` and `$XDG_STATE_HOME` stand for `~/.config` and `~/.local/state` where they
are set, and `$STATE_DIRECTORY`, which service managers set, is the state directory.

Values are plain YAML, and what is not known is refused: unknown and duplicate keys, anchors, tags, a
second document, other encodings than UTF-8.

| Type | Written |
| --- | --- |
| duration | a number and `ms`, `s`, `m`, `h` or `d`: `500ms`, `1.5s`, `1h30m` |
| size | bytes, or with `KiB`, `MiB`, `GiB` (1024) or `kB`, `MB`, `GB` (1000): `64MiB` |
| number | decimal, without quotes |
| octal mode | `"0660"`, with or without the quotes |
| list | `[a, b]`, or one `- a` a line |
)";

const std::string kHeading =
    "\n| Key | Type | Default | Takes effect | |\n| --- | --- | --- | --- | --- |\n";

std::string row(const ConfigKey& key, const std::string& default_text) {
  return "| `" + std::string(key.leaf()) + "` | " + cell(describe_field(key.field)) + " | " +
         default_text + " | " +
         (key.takes_effect == TakesEffect::on_reload ? "reload" : "restart") + " | " +
         cell(key.help) + " |\n";
}

std::string rows(std::string_view prefix, const Config& defaults) {
  std::string text;
  for (const ConfigKey& key : config_keys()) {
    if (key.path.substr(0, key.path.size() - key.leaf().size()) != prefix) continue;
    text +=
        row(key, key.of_collector() ? "below" : "`" + print_field(key.field, defaults, {}) + "`");
  }
  return text;
}

std::string collector_rows() {
  const Config defaults = default_config(collector_specs());
  std::string text =
      "\n| Collector | `enabled` | `period` | `max_series` | Samples |\n"
      "| --- | --- | --- | --- | --- |\n";
  for (const CollectorSpec& spec : collector_specs()) {
    text += "| `" + std::string(spec.name) + "`";
    for (const ConfigKey& key : config_keys()) {
      if (key.of_collector()) text += " | " + print_field(key.field, defaults, spec.name);
    }
    text += " | " + cell(spec.help) + " |\n";
  }
  return text;
}

}  // namespace

std::string configuration() {
  const Config defaults = default_config(collector_specs());
  std::string text(kIntroduction);
  for (const ConfigSection& section : config_sections()) {
    if (section.path == "collectors.*") continue;
    text += "\n## " + std::string(section.path) + "\n\n" + std::string(section.help) + "\n";
    const bool of_collectors = section.path == "collectors";
    text += kHeading + rows(std::string(section.path) + (of_collectors ? ".*." : "."), defaults);
    if (of_collectors) text += collector_rows();
  }
  text += "\n## At the top level\n" + kHeading + rows("", defaults);
  return text;
}

}  // namespace anemon::docs
