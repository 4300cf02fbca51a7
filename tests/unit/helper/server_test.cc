// The server step by step, with real sockets and a clock that the test moves.
#include "helper/server.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <cerrno>
#include <filesystem>

#include "core/error.h"
#include "helper/socket_file.h"
#include "platform/sockets.h"
#include "tests/catch.h"
#include "tests/manual_clock.h"
#include "tests/recording_log.h"
#include "tests/scratch_directory.h"
#include "tests/unit/helper/scripted_processes.h"

using namespace anemon;
using namespace std::chrono_literals;

namespace {

FileDescriptor connect_to(const std::filesystem::path& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.native().copy(address.sun_path, sizeof address.sun_path - 1);
  FileDescriptor socket(open_stream_socket(AF_UNIX));
  const auto* target = reinterpret_cast<const sockaddr*>(&address);
  REQUIRE(::connect(socket.get(), target, sizeof address) == 0);
  return socket;
}

struct Run {
  explicit Run(const std::string& script = "while :; do echo x; sleep 1; done",
               uid_t account = ::geteuid())
      : options{account, powermetrics(script), true} {}

  std::filesystem::path powermetrics(const std::string& script) {
    directory.write("powermetrics", "#!/bin/sh\necho $$ >> " + (directory / "pids").string() +
                                        "\n" + script + "\n");
    ::chmod((directory / "powermetrics").c_str(), 0755);
    return directory / "powermetrics";
  }
  FileDescriptor connect() { return connect_to(directory / "s"); }

  void step() { server.step(Duration::zero()); }
  // A child that was just started may still hold the test's end of a connection for a moment.
  void await_connections(size_t count) {
    for (int i = 0; i < 1000 && server.connections() != count; ++i) server.step(10ms);
    REQUIRE(server.connections() == count);
  }

  void say(const FileDescriptor& socket, std::string_view bytes) {
    REQUIRE(::send(socket.get(), bytes.data(), bytes.size(), kSendFlags) ==
            static_cast<ssize_t>(bytes.size()));
    step();
    step();
  }
  // What has arrived; `closed` afterwards says whether that was all there will ever be.
  std::string hear(const FileDescriptor& socket) {
    std::string all;
    char buffer[4096];
    while (true) {
      const ssize_t got = ::recv(socket.get(), buffer, sizeof buffer, 0);
      closed = got == 0 || (got < 0 && errno == ECONNRESET);
      if (got <= 0) return all;
      all.append(buffer, static_cast<size_t>(got));
      step();
    }
  }
  bool is_closed(const FileDescriptor& socket) {
    step();
    CHECK(hear(socket).empty());
    return closed;
  }
  PowermetricsStatus ask(const FileDescriptor& socket, uint32_t flags,
                         std::vector<WantedProcess> wanted = {}) {
    say(socket, encode_request(flags, wanted));
    PowermetricsStatus status;
    REQUIRE(decode_answer(hear(socket), wanted, status, found));
    return status;
  }

  test::ScratchDirectory directory;
  test::ScriptedTable table;
  test::ManualClock clock;
  test::RecordingLog log;
  HelperServerOptions options;
  HelperSocket file{directory / "s", ::getegid()};
  HelperServer server{file.listener(), options,
                      std::make_unique<test::ScriptedProcesses>(table, true), clock, log};
  std::vector<HelpedProcess> found;
  bool closed = false;
};

}  // namespace

TEST_CASE("Records of the wanted are answered in their order, details only of whom they are for") {
  Run run;
  test::add(run.table, 10, true);
  test::add(run.table, 12, true);
  const FileDescriptor peer = run.connect();
  run.ask(peer, 0, {{10, WantedProcess::kDetailed}, {11, 0}, {12, 0}});
  REQUIRE(run.found.size() == 3);
  CHECK(run.found[0].record == run.table[10].record);
  CHECK(run.found[0].details.energy_nanojoules == 5);
  CHECK(run.found[1].lookup == Processes::Lookup::gone);
  CHECK(run.found[2].record == run.table[12].record);
  CHECK_FALSE(run.found[2].detailed);
  CHECK(run.log.lines().empty());
}

TEST_CASE("An answer greater than the socket's buffer arrives whole") {
  Run run;
  std::vector<WantedProcess> wanted;
  for (int32_t pid = 1; pid <= static_cast<int32_t>(kMaxWanted); ++pid) {
    test::add(run.table, pid, true);
    wanted.push_back({pid, WantedProcess::kDetailed});
  }
  const FileDescriptor peer = run.connect();
  const int small = 4096;
  ::setsockopt(peer.get(), SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
  run.ask(peer, 0, wanted);
  CHECK(run.found.back().record == run.table[kMaxWanted].record);
}

TEST_CASE("Another user is closed without an answer, and told once") {
  Run run("exit 0", ::geteuid() + 1);
  for (int i = 0; i < 3; ++i) {
    const FileDescriptor peer = run.connect();
    ::send(peer.get(), encode_request(1, {}).data(), sizeof(HelperRequest), kSendFlags);
    CHECK(run.is_closed(peer));
  }
  CHECK(run.log.count("turned away") == 1);
  CHECK_FALSE(std::filesystem::exists(run.directory / "pids"));
}

TEST_CASE("Garbage and requests that are too long are closed at once, and told once") {
  Run run;
  HelperRequest oversized;
  oversized.count = kMaxWanted + 1;
  const std::string head(reinterpret_cast<const char*>(&oversized), sizeof oversized);
  for (const std::string& bytes :
       {std::string("GET / HTTP/1.1\r\n\r\n"), head, std::string(100000, '\0'),
        encode_request(0, {}) + encode_request(0, {})}) {
    const FileDescriptor peer = run.connect();
    run.step();
    ::send(peer.get(), bytes.data(), bytes.size(), kSendFlags);
    CHECK(run.is_closed(peer));
  }
  CHECK(run.log.count("malformed") == 1);
  const FileDescriptor peer = run.connect();
  run.ask(peer, 0);
}

TEST_CASE("Half a request is closed after its time, a silent connection after a longer one") {
  Run run;
  const FileDescriptor half = run.connect();
  const FileDescriptor silent = run.connect();
  run.step();
  run.say(half, encode_request(0, {}).substr(0, 5));
  run.clock.advance(HelperServer::kRequestTime);
  CHECK_FALSE(run.is_closed(half));
  run.clock.advance(1ms);
  CHECK(run.is_closed(half));
  CHECK_FALSE(run.is_closed(silent));
  CHECK(run.log.count("in the middle") == 1);
  run.clock.advance(HelperServer::kSilence);
  CHECK(run.is_closed(silent));
}

TEST_CASE("Who takes no answer is closed and gets no second one") {
  Run run;
  std::vector<WantedProcess> wanted;
  for (int32_t pid = 1; pid <= static_cast<int32_t>(kMaxWanted); ++pid) wanted.push_back({pid, 0});
  const FileDescriptor peer = run.connect();
  run.step();
  const std::string request = encode_request(0, wanted);
  for (int i = 0; i < 20; ++i) {
    ::send(peer.get(), request.data(), request.size(), kSendFlags);
    run.step();
  }
  run.clock.advance(HelperServer::kRequestTime + 1ms);
  run.step();
  run.hear(peer);
  CHECK(run.closed);
  CHECK(run.log.count("in the middle") == 1);
}

TEST_CASE("A few connections are served, one too many is closed") {
  Run run;
  std::vector<FileDescriptor> peers;
  for (size_t i = 0; i < HelperServer::kMaxConnections; ++i) peers.push_back(run.connect());
  run.step();
  const FileDescriptor further = run.connect();
  CHECK(run.is_closed(further));
  run.ask(peers.back(), 0);
  CHECK(run.log.count("too many") == 1);
  peers.front() = FileDescriptor();
  run.await_connections(HelperServer::kMaxConnections - 1);
  const FileDescriptor next = run.connect();
  run.step();
  run.ask(next, 0);
}

TEST_CASE("powermetrics runs for a connection that wants it, and ends a grace after it") {
  Run run;
  FileDescriptor peer = run.connect();
  CHECK(run.ask(peer, 0).starts == 0);
  PowermetricsStatus status = run.ask(peer, HelperRequest::kRefresh);
  CHECK(status.state == PowermetricsStatus::State::running);
  CHECK(status.starts == 1);
  peer = FileDescriptor();
  run.await_connections(0);
  run.clock.advance(HelperServer::kGrace);
  run.step();
  peer = run.connect();
  CHECK(run.ask(peer, 0).state == PowermetricsStatus::State::running);
  run.clock.advance(1ms);
  run.step();
  status = run.ask(peer, 0);
  CHECK(status.state == PowermetricsStatus::State::waiting);
  CHECK(status.starts == 1);
  CHECK(run.ask(peer, HelperRequest::kRefresh).starts == 2);
  CHECK(run.log.count("nobody wants it") == 1);
}

TEST_CASE("powermetrics does not run forever for a connection that is silent") {
  Run run;
  const FileDescriptor peer = run.connect();
  run.ask(peer, HelperRequest::kRefresh);
  run.clock.advance(HelperServer::kSilence + 1ms);
  CHECK(run.is_closed(peer));
  run.clock.advance(HelperServer::kGrace + 1ms);
  run.step();
  CHECK(run.log.count("nobody wants it") == 1);
}

TEST_CASE("A powermetrics that ends is told and started again after its pause") {
  Run run("exit 3");
  const FileDescriptor peer = run.connect();
  PowermetricsStatus status = run.ask(peer, HelperRequest::kRefresh);
  for (int i = 0; i < 100000 && status.state != PowermetricsStatus::State::waiting; ++i) {
    ::poll(nullptr, 0, 1);
    status = run.ask(peer, HelperRequest::kRefresh);
  }
  CHECK(status.reason == "ended with status 3");
  CHECK(status.starts == 1);
  run.clock.advance(PowermetricsProcess::kFirstPause);
  CHECK(run.ask(peer, HelperRequest::kRefresh).starts == 2);
}

TEST_CASE("stop ends a server that waits without end") {
  Run run;
  run.server.stop();
  run.server.run();
  CHECK(run.log.count("stopped") == 1);
}

// ---- The socket's file -----------------------------------------------------------------------

namespace {

void check_refused(const std::filesystem::path& path, const std::string& why) {
  INFO(why);
  CHECK_THROWS_WITH(HelperSocket(path, ::getegid()), ANEMON_CONTAINS(why));
}

}  // namespace

TEST_CASE("The socket is for its user and its group alone, and goes with its object") {
  const test::ScratchDirectory directory;
  {
    const HelperSocket socket(directory / "s", ::getegid());
    struct stat status {};
    REQUIRE(::lstat((directory / "s").c_str(), &status) == 0);
    CHECK((status.st_mode & 07777) == 0660);
    CHECK(status.st_gid == ::getegid());
    check_refused(directory / "s", "another root helper listens");
    connect_to(directory / "s");
  }
  CHECK_FALSE(std::filesystem::exists(directory / "s"));
}

TEST_CASE("The socket of a dead helper is replaced, and nothing else ever is") {
  const test::ScratchDirectory directory;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  (directory / "s").native().copy(address.sun_path, sizeof address.sun_path - 1);
  {
    const FileDescriptor dead(open_stream_socket(AF_UNIX));
    const auto* target = reinterpret_cast<const sockaddr*>(&address);
    REQUIRE(::bind(dead.get(), target, sizeof address) == 0);
    REQUIRE(::listen(dead.get(), 1) == 0);
    check_refused(directory / "s", "another program listens");
  }
  { const HelperSocket socket(directory / "s", ::getegid()); }

  directory.write("s", "text");
  check_refused(directory / "s", "a file that is no socket");
  CHECK(std::filesystem::is_regular_file(directory / "s"));
  std::filesystem::remove(directory / "s");
  std::filesystem::create_symlink("/nowhere", directory / "s");
  check_refused(directory / "s", "a symbolic link");
  CHECK(std::filesystem::is_symlink(directory / "s"));
}

TEST_CASE("A folder that others may change is refused") {
  const test::ScratchDirectory directory;
  std::filesystem::create_directory(directory / "f");
  std::filesystem::create_symlink("f", directory / "link");
  for (const mode_t mode : {0777, 0775, 0757, 01777}) {
    ::chmod((directory / "f").c_str(), mode);
    check_refused(directory / "f" / "s", "may be written to by others");
  }
  ::chmod((directory / "f").c_str(), 0755);
  { const HelperSocket socket(directory / "f" / "s", ::getegid()); }
  check_refused(directory / "link" / "s", "is a symbolic link");
  check_refused(directory / "none" / "s", "No such file");
  std::string wrong;
  CHECK_FALSE(open_safe_folder(directory / "f", ::geteuid() + 1, wrong));
  CHECK_THAT(wrong, ANEMON_CONTAINS("belongs to user"));
}
