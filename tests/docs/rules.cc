#include "models/rules/rules.h"

#include <array>

#include "models/rules/notes.h"
#include "tests/docs/documents.h"

namespace anemon::docs {
namespace {

constexpr std::string_view kIntroduction = R"(# Rules for Core ML models

<!-- Written by `anemon_docs` from the tables in models/rules: change them there. -->

`anemonctl model validate FILE` checks a model by these rules, on any machine; `anemonctl model recommend`
ranks what they find by what it would save. Apple publishes no list of what the Neural Engine runs, and it
changes with the chip, the system and the sizes of tensors: every rule says where it is from and how far
to trust it, and a finding is a probable cause, not a proof. Nothing here was measured by anemon.

Severity is the strongest a rule reports. *Error*: no known Neural Engine runs it, or the model does not
load. *Warning*: probably a fallback to another engine, or a cost of more than a tenth. *Info*: worth
knowing; it never fails a check.

Confidence. *Documented*: by Apple, in its guides, articles or by its maintainers. *Measured*: published
with method and data, mostly on single chips: the placement of operations on an M4 under macOS 27.
*Folklore*: a single report, an old system, a guess, or sources that differ.

What a change saves is computed for the model where a formula exists; what is computed so is an estimate.
A switch of engine costs 0.125 ms in the model of placement that anemon uses ([models](models.md)).
)";

struct Family {
  std::string_view id, title;
};

constexpr std::array<Family, 8> kFamilies = {{
    {"DT", "Data types"},
    {"OP", "Operations"},
    {"SH", "Shapes and windows"},
    {"WT", "Weights"},
    {"PF", "Calls"},
    {"CP", "Compilation"},
    {"MX", "The whole model"},
    {"RD", "Reading the file"},
}};

std::string plain(std::string_view text) { return cell(text); }

std::string entry(const models::Rule& rule) {
  std::string text = "\n### " + std::string(rule.id) + ": " + plain(rule.title) + "\n\n";
  text += "*" + std::string(models::name_of(rule.severity)) + ", " +
          std::string(models::name_of(rule.confidence)) + "*. " + plain(rule.why) + "\n\n";
  text += "* Change: " + plain(rule.change) + "\n";
  if (!rule.effect.empty()) text += "* Effect: " + plain(rule.effect) + ".\n";
  text += "* Source: " + plain(rule.source) + ".\n";
  return text;
}

std::string notes() {
  std::string text =
      "\n## Notes\n\nWhat is known and is no rule, because no file shows it or there is nothing to "
      "warn of.\n\n| | What | Advice | Confidence | Source |\n| --- | --- | --- | --- | --- |\n";
  for (const models::Note& note : models::notes()) {
    text += "| " + std::string(note.id) + " | " + cell(note.what) + " | " + cell(note.advice) +
            " | " + std::string(models::name_of(note.confidence)) + " | " + cell(note.source) +
            " |\n";
  }
  return text;
}

}  // namespace

std::string rules() {
  std::string text(kIntroduction);
  for (const Family& family : kFamilies) {
    text += "\n## " + std::string(family.title) + "\n";
    for (const models::Rule& rule : models::rules()) {
      if (rule.id.starts_with(family.id)) text += entry(rule);
    }
  }
  return text + notes();
}

}  // namespace anemon::docs
