// The parts of anemonctl that are pure: text, tables, numbers, redaction, archives.
#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "ctl/commands.h"
#include "ctl/counter.h"
#include "ctl/help.h"
#include "ctl/numbers.h"
#include "ctl/redaction.h"
#include "ctl/run_report.h"
#include "ctl/table.h"
#include "ctl/tar_gz.h"
#include "ctl/top_frame.h"
#include "ctl/words.h"
#include "tests/catch.h"
#include "tests/scratch_directory.h"

namespace anemon {
namespace {

TEST_CASE("no line of a table is wider than the terminal") {
  Table table;
  table.columns = {{"NAME", "name", false, Column::Fit::elide},
                   {"VALUE", "value", true},
                   {"WHERE FROM", "source", false, Column::Fit::elide},
                   {"REMARK", "remark", false, Column::Fit::drop}};
  table.rows = {{text_cell("a name that goes on and on, far beyond what is good for it"),
                 number_cell(12345.678), text_cell("ein ümständlich länger Ört, Straße, Haus"),
                 text_cell("that one can do without")},
                {text_cell("b"), number_cell({}), text_cell("x"), text_cell("")}};
  for (int width = 40; width < 160; ++width) {
    for (const bool utf8 : {false, true}) {
      TableStyle style;
      style.width = width;
      style.utf8 = utf8;
      const std::string text = table_text(table, style);
      for (const auto line : split(text, '\n')) {
        CAPTURE(width, line);
        CHECK(display_width(line) <= static_cast<size_t>(width));
      }
    }
  }
}

TEST_CASE("what is unknown is - in tables and empty in CSV, never 0") {
  Table table;
  table.columns = {{"A", "a", true}, {"B", "b"}};
  table.rows = {{number_cell(std::nullopt), text_cell("")}};
  CHECK(table_text(table, {}) == "A  B\n-  -\n");
  CHECK(table_csv(table, true) == "a,b\n,\n");
}

TEST_CASE("CSV quotes what would break it, and does not round") {
  Table table;
  table.columns = {{"A", "a"}, {"B", "b"}, {"C", "c", true}};
  table.rows = {{text_cell("one, \"two\""), text_cell("line\nfeed"), number_cell(0.1 + 0.2)}};
  CHECK(table_csv(table, false) == "\"one, \"\"two\"\"\",\"line\nfeed\",0.30000000000000004\n");
}

TEST_CASE("CSV and Markdown do not let a name become a formula, HTML or code") {
  Table table;
  table.columns = {{"A", "a"}, {"B", "b", true}};
  table.rows = {{text_cell("=cmd|'x'"), number_cell(-1.5)}, {text_cell("<b>&`x`"), number_cell(1)}};
  CHECK(table_csv(table, false) == "'=cmd|'x',-1.5\n<b>&`x`,1\n");
  CHECK(table_markdown(table, false) ==
        "| =cmd\\|'x' | -1.50 |\n| &lt;b&gt;&amp;\\`x\\` | 1.00 |\n");
}

TEST_CASE("estimates are marked") {
  CHECK(number_cell(1.5, {}, true).shown == "~1.50");
  CHECK(number_cell(1.5, {}, true).raw == "1.5");
}

TEST_CASE("a terminal shows hostile text and does not obey it") {
  CHECK(printable("a\x1b[2Jb\rc\x7f") == "a?[2Jb?c?");
  CHECK(printable("\xc2\x9b"
                  "31m") == "?31m");
  CHECK(printable("Grüße") == "Grüße");
  CHECK(printable("gpj\u202Eexe.") == "gpj?exe.");
  CHECK(printable("\x9b"
                  "31m") == "?31m");
}

TEST_CASE("names lose their middle between characters") {
  CHECK(elide_middle("abcdefghij", 7, true) == "abc…hij");
  CHECK(elide_middle("abcdefghij", 7, false) == "ab...ij");
  CHECK(elide_middle("ääääääääää", 5, true) == "ää…ää");
  CHECK(elide_middle("short", 5, true) == "short");
}

TEST_CASE("spans of time are read at a glance") {
  CHECK(span_text(std::nullopt) == "-");
  CHECK(span_text(0.0213) == "21 ms");
  CHECK(span_text(0.9999) == "1.0 s");
  CHECK(span_text(59.96) == "1 min 0 s");
  CHECK(span_text(3599.6) == "1 h 0 min");
  CHECK(span_text(90000) == "1 d 1 h");
  CHECK(bytes_text(1023) == "1023 B");
  CHECK(bytes_text(1536) == "1.5 KiB");
}

TEST_CASE("a counter that begins anew loses nothing that was counted") {
  const Json points = {{0, 100.0}, {10, 150.0}, {20, 20.0}, {30, 30.0}};
  const auto advance = counter_advance(points);
  REQUIRE(advance);
  CHECK(advance->amount == 50 + 20 + 10);
  CHECK(advance->seconds == 30);
  CHECK_FALSE(counter_advance(Json::array({{0, 1.0}})));
  CHECK_FALSE(counter_advance(nullptr));
}

TEST_CASE("net energy needs both a reading and a baseline") {
  const Json session = {
      {"summary",
       {{"duration_seconds", {{"value", 10.0}}},
        {"energy",
         {{{"component", "gpu"}, {"joules", 700.0}}, {{"component", "ane"}, {"joules", 5.0}}}}}}};
  const Json idle = {{"summary", {{"energy", {{{"component", "gpu"}, {"mean_watts", 12.5}}}}}}};
  CHECK(net_joules(session, idle, "gpu") == 700.0 - 125.0);
  CHECK_FALSE(net_joules(session, idle, "ane"));
  CHECK_FALSE(net_joules(session, idle, "cpu"));
}

TEST_CASE("the middle of a few runs is not moved by one that went wrong") {
  CHECK(spread({3, 1, 100})->median == 3);
  CHECK(spread({4, 2})->median == 3);
  CHECK(spread({4, 2})->min == 2);
  CHECK_FALSE(spread({}));
}

TEST_CASE("names and home directories are written out") {
  const Redaction redaction(
      {{"/home/ann", "~"}, {"ann", "USER"}, {"ann-laptop", "HOST"}, {"me", "USER"}});
  CHECK(redaction.apply("/home/ann/x by ann on ann-laptop.local: channel, /home/anna, name") ==
        "~/x by USER on HOST.local: channel, /home/anna, name");
}

TEST_CASE("people's accounts are told from the system's, a directory's beyond 65534 too") {
  for (const uid_t account : {501U, 1000U, 65533U, 65535U, 1'234'567'890U}) {
    CAPTURE(account);
    CHECK(names_a_person(account));
  }
  for (const uid_t account : {0U, 89U, 499U, 65534U, 4'294'967'294U}) {
    CAPTURE(account);
    CHECK_FALSE(names_a_person(account));
  }
}

TEST_CASE("other programs can unpack the archive") {
  const test::ScratchDirectory scratch;
  const std::filesystem::path& folder = scratch.path();
  const std::string large(100'000, 'x');
  write_tar_gz(folder / "a.tar.gz", {{"report/one.txt", "first\n"}, {"report/two.txt", large}},
               1795359002);
  const std::string command =
      "tar -C '" + folder.string() + "' -xzf '" + (folder / "a.tar.gz").string() + "'";
  REQUIRE(std::system(command.c_str()) == 0);
  const auto content = [&](const char* name) {
    std::ifstream file(folder / "report" / name);
    return std::string{std::istreambuf_iterator<char>(file), {}};
  };
  CHECK(content("one.txt") == "first\n");
  CHECK(content("two.txt") == large);
  CHECK_THROWS_AS(write_tar_gz(folder / "no" / "a.tar.gz", {}, 0), Error);
}

MetricsSnapshot snapshot(double cpu_seconds, const char* time) {
  const Json labels = {{"pid", "7"}, {"process", "python3"}};
  return MetricsSnapshot(std::make_shared<const Json>(
      Json{{"metrics",
            {{{"name", "anemon_task_resident_bytes"},
              {"values", {{{"labels", labels}, {"value", 1048576}, {"time", time}}}}},
             {{"name", "anemon_task_cpu_seconds_total"},
              {"values", {{{"labels", labels}, {"value", cpu_seconds}, {"time", time}}}}}}}}));
}

TEST_CASE("the processor share of a process needs two readings of the same process") {
  const auto first = snapshot(10, "2026-11-22T14:51:00.000Z");
  const auto second = snapshot(11, "2026-11-22T14:51:02.000Z");
  CHECK_FALSE(task_rows(second, nullptr, TaskOrder::by_cpu).front().cpu_ratio);
  CHECK(task_rows(second, &first, TaskOrder::by_cpu).front().cpu_ratio == 0.5);
  // The pid was given to another process meanwhile.
  CHECK_FALSE(task_rows(first, &second, TaskOrder::by_cpu).front().cpu_ratio);
}

TEST_CASE("a frame is never larger than the screen") {
  const auto first = snapshot(10, "2026-11-22T14:51:00.000Z");
  const auto second = snapshot(11, "2026-11-22T14:51:02.000Z");
  for (int height = 1; height < 30; ++height) {
    for (int width = 10; width < 100; width += 7) {
      TopView view;
      view.height = height;
      view.width = width;
      const auto lines = top_frame(second, &first, view);
      CHECK(lines.size() <= static_cast<size_t>(std::max(height, 2)));
    }
  }
}

TEST_CASE("the command table is complete") {
  for (const Command& command : commands()) {
    CAPTURE(command.name);
    CHECK(find_command(command.name) == &command);
    CHECK(command.run != nullptr);
    CHECK(command.help.size() < 60);
    const std::string help = help_of_command(command);
    for (const auto line : split(help, '\n')) {
      CHECK(display_width(line) <= 80);
    }
    for (const Option& option : command.options)
      CHECK(option.names.find("--") != option.names.npos);
  }
  for (const Topic& topic : topics()) {
    const std::string text = topic.text();
    for (const auto line : split(text, '\n')) CHECK(display_width(line) <= 82);
  }
}

}  // namespace
}  // namespace anemon
