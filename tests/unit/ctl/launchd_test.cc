// What `launchctl print` tells of a job, and what doctor says of an installation.
#include <nlohmann/json.hpp>

#include "ctl/account_text.h"
#include "ctl/doctor.h"
#include "ctl/launchd_job.h"
#include "tests/catch.h"
#include "tests/unit/ctl/fake_daemon.h"

namespace anemon::test {
namespace {

constexpr std::string_view kRunning = R"(gui/501/io.anemon.anemond = {
	active count = 1
	path = /Users/ann/Library/LaunchAgents/io.anemon.anemond.plist
	type = LaunchAgent
	state = running

	program = /usr/local/bin/anemond
	arguments = {
		/usr/local/bin/anemond
	}

	environment = {
		XPC_SERVICE_NAME => io.anemon.anemond
		state = decoy
		pid = 1
	}

	domain = gui/501 [100005]
	minimum runtime = 30
	runs = 3
	pid = 1234
	immediate reason = speculative
	last exit code = 78: EX_CONFIG
	sockets = {
		"a" = {
			last exit code = 9
		}
	}
	spawn type = interactive (4)
}
)";

TEST_CASE("a running job tells its state, process, runs and last exit") {
  const LaunchdJob job = parse_launchctl_print(kRunning);
  CHECK(job.state == "running");
  CHECK(job.pid == 1234);
  CHECK(job.runs == 3);
  CHECK(job.last_exit_code == 78);
  CHECK(job.last_signal.empty());
}

TEST_CASE("a job that never exited, or by a signal, has no exit code") {
  CHECK_FALSE(parse_launchctl_print("j = {\n\tlast exit code = (never exited)\n}").last_exit_code);
  const LaunchdJob killed = parse_launchctl_print(
      "j = {\n\tstate = spawn scheduled\n\tlast terminating signal = Killed: 9\n}\n");
  CHECK(killed.last_signal == "Killed: 9");
  CHECK(killed.state == "spawn scheduled");
  CHECK_FALSE(killed.last_exit_code);
  CHECK_FALSE(killed.pid);
}

TEST_CASE("other forms of the text lose what is in them, and nothing else") {
  CHECK(parse_launchctl_print("j = {\r\n    pid = 7\r\n    last exit code = 0\r\n}").pid == 7);
  CHECK(parse_launchctl_print("j = {\n\tlast exit code = 0\n").last_exit_code == 0);
  for (const char* text : {"", "\n", "}", "pid = 7", "j = {\n\tpid = 99999999999999999999\n}",
                           "j = {\n\tpid = -4\n}", "j = {\n\tpid = \n\t = 4\n}", "{\n{\npid = 5"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_launchctl_print(text).pid);
  }
}

Json status_of(const char* installation, const char* os, Json signals = Json::array()) {
  return {
      {"account",
       {{"uid", 501}, {"name", "ann"}, {"supervisor", "launchd"}, {"installation", installation}}},
      {"host", {{"os", os}, {"replay", false}}},
      {"signals", std::move(signals)}};
}

Json signal(const char* source, const char* state) {
  return {{"signal", "anemon_task_memory_bytes"}, {"source", source}, {"state", state}};
}

// Braces around one document mean a copy of it to one compiler and an array to another.
Json list(std::initializer_list<Json> documents) {
  Json all = Json::array();
  for (const Json& each : documents) all.push_back(each);
  return all;
}

Check installation(const Json& status) {
  std::vector<Check> checks;
  check_installation(status, checks);
  REQUIRE(checks.size() == 1);
  return checks.front();
}

TEST_CASE("doctor says what each installation cannot see, and the command that changes it") {
  const Check agent = installation(status_of("user agent", "macOS"));
  CHECK_THAT(agent.finding, ANEMON_CONTAINS("other users' processes"));
  CHECK_THAT(agent.fix, ANEMON_CONTAINS("service install --system --with-root-helper"));
  const Check alone = installation(status_of("system daemon", "macOS"));
  CHECK(alone.verdict == Verdict::note);
  CHECK_THAT(alone.finding, ANEMON_CONTAINS("other users' memory and energy"));
  CHECK(alone.fix == "sudo anemonctl service install --system --with-root-helper");
  const Check foreground = installation(status_of("foreground", "macOS"));
  CHECK(foreground.fix == "anemonctl service install");
}

TEST_CASE("doctor reads from the helper's signals whether the helper serves") {
  const auto with = [](Json signals) {
    return installation(status_of("system daemon", "macOS", std::move(signals)));
  };
  CHECK(with(list({signal("helper", "live")})).verdict == Verdict::ok);
  CHECK(with(list({signal("helper", "live"), signal("helper", "refused")})).verdict ==
        Verdict::warn);
  CHECK_THAT(with(list({signal("helper", "stale")})).fix, ANEMON_CONTAINS("restart"));
  CHECK(with(list({signal("helper", "absent")})).verdict == Verdict::note);
  CHECK(with(list({signal("rusage", "live")})).verdict == Verdict::note);
}

TEST_CASE("elsewhere doctor names the account and what it may not read, and no launchd") {
  const Check fine = installation(status_of("foreground", "Linux"));
  CHECK(fine.verdict == Verdict::ok);
  CHECK(fine.fix.empty());
  const Check blind =
      installation(status_of("foreground", "Linux", list({signal("rapl", "refused")})));
  CHECK(blind.verdict == Verdict::note);
  CHECK_THAT(blind.finding, ANEMON_CONTAINS("may not read anemon_task_memory_bytes"));
  CHECK(blind.fix.find("service") == std::string::npos);
  Json replay = status_of("foreground", "macOS", list({signal("amc", "refused")}));
  replay["host"]["replay"] = true;
  CHECK(installation(replay).verdict == Verdict::ok);
  std::vector<Check> none;
  check_installation(Json::object(), none);
  CHECK(none.empty());
}

TEST_CASE("doctor names the daemon that anemonctl does not talk to") {
  const FakeDaemon mine, others;
  std::vector<Check> checks;
  check_other_daemons(mine.socket(), {mine.socket(), "/nonexistent/socket"}, checks);
  CHECK(checks.empty());
  check_other_daemons(mine.socket(), {mine.socket(), others.socket()}, checks);
  REQUIRE(checks.size() == 1);
  CHECK_THAT(checks[0].fix, ANEMON_CONTAINS("--socket '" + others.socket().string() + "'"));
}

TEST_CASE("an account reads as one line") {
  CHECK(account_text(status_of("user agent", "macOS")) ==
        "user agent, as ann (501), kept running by launchd");
  CHECK(account_text({{"account", {{"uid", 7}, {"installation", "foreground"}}}}) ==
        "foreground, as uid 7");
  CHECK(account_text(Json::object()).empty());
}

}  // namespace
}  // namespace anemon::test
