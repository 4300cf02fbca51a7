// An answer in every output format: a command fills it once, print_report writes the one asked for.
#pragma once

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "core/json.h"
#include "ctl/table.h"
#include "ctl/terminal.h"

namespace anemon {

enum class Format { table, json, csv, markdown };

struct Output {
  std::FILE* file = nullptr;
  Format format = Format::table;
  bool header = true;
  bool quiet = false;
  Terminal terminal;
};

struct Report {
  std::string headline;                  // answers the question in one line
  std::vector<Table> tables;             // those without rows are not shown
  std::vector<std::string> lines;        // an answer in sentences: quiet keeps it, as tables
  std::vector<std::string> notes;        // whole lines: what is missing, and why
  std::string next;                      // the command one would run next
  std::shared_ptr<const Json> document;  // what -o json prints
  Table flat;  // what -o csv prints; when it has no columns, the first table
};

// Throws Error when the stream refuses (a full disk, say).
void print_report(const Report& report, const Output& output);

// The same text that print_report writes.
std::string report_text(const Report& report, const Output& output);

// Writes and flushes. False when the reader of a pipe has gone; throws Error for other failures.
bool write_text(std::FILE* file, std::string_view text);

}  // namespace anemon
