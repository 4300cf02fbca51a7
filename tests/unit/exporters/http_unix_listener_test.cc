#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "core/error.h"
#include "exporters/http_server.h"
#include "tests/catch.h"
#include "tests/scratch_directory.h"
#include "tests/unit/exporters/http_fixture.h"

namespace anemon {

using namespace test;

namespace {

// With a path short enough for sockets.
struct Directory : test::ScratchDirectory {
  Directory() : ScratchDirectory("/tmp") {}
  std::string file(const std::string& name) const { return (*this / name).string(); }
};

std::vector<Route> who_routes() {
  std::vector<Route> routes;
  routes.push_back(get_route("/who", [](const HttpRequest& request) {
    const PeerCredentials peer = request.peer.value_or(PeerCredentials{});
    return text_response(200, "text/plain",
                         std::string(request.local ? "local " : "remote ") +
                             std::to_string(peer.uid) + " " + std::to_string(peer.pid));
  }));
  routes.push_back(post_route("/echo", [](const HttpRequest& request) {
    return text_response(200, "text/plain", request.body);
  }));
  return routes;
}

HttpLimits control_limits() {
  HttpLimits limits;
  limits.head.body = 64 * 1024;
  return limits;
}

struct ControlFixture : HttpFixture {
  explicit ControlFixture(const UnixAddress& address)
      : HttpFixture(address, who_routes(), control_limits()) {}
};

mode_t mode_of(const std::string& path) {
  struct stat status {};
  REQUIRE(lstat(path.c_str(), &status) == 0);
  return status.st_mode & 07777;
}

std::string message_of(const UnixAddress& address) {
  try {
    const HttpListener listener{ListenerAddress(address)};
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

// What a daemon leaves that was killed: a bound socket that nobody listens on.
void leave_socket(const std::string& path) {
  const int descriptor = socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  REQUIRE(bind(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  close(descriptor);
}

}  // namespace

TEST_CASE("the control socket serves with the peer's credentials and the mode asked for") {
  const Directory directory;
  const std::string path = directory.file("s");
  {
    ControlFixture fixture({path, 0640, ""});
    CHECK(mode_of(path) == 0640);
    HttpClient client(path);
    CHECK(client.get("/who").body ==
          "local " + std::to_string(getuid()) + " " + std::to_string(getpid()));
    CHECK(client.get("/who").status == 200);
    CHECK(fixture.server.port() == 0);
  }
  CHECK(std::filesystem::is_empty(directory.path()));
}

TEST_CASE("a control request's body may have 64 KiB and not a byte more") {
  const Directory directory;
  const std::string path = directory.file("s");
  ControlFixture fixture({path, 0600, ""});
  const auto post = [&](size_t size) {
    HttpClient client(path);
    return client.ask("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(size) +
                      "\r\n\r\n" + std::string(size, 'b'));
  };
  CHECK((post(64 * 1024).body == std::string(64 * 1024, 'b')));
  const HttpReply large = post(64 * 1024 + 1);
  CHECK(large.status == 413);
  CHECK_THAT(large.body, ANEMON_CONTAINS("body_too_large"));
}

TEST_CASE("the socket of a dead daemon is replaced") {
  const Directory directory;
  const std::string path = directory.file("s");
  leave_socket(path);
  std::ofstream(path + ".lock").close();
  ControlFixture fixture({path, 0600, ""});
  CHECK(HttpClient(path).get("/who").status == 200);
}

TEST_CASE("the socket of a live daemon is respected, and still works afterwards") {
  const Directory directory;
  const std::string path = directory.file("s");
  ControlFixture fixture({path, 0600, ""});
  CHECK_THAT(message_of({path, 0600, ""}), ANEMON_CONTAINS("another anemond is listening there"));
  CHECK(HttpClient(path).get("/who").status == 200);
}

TEST_CASE("a foreign listener without our lock is respected too") {
  const Directory directory;
  const std::string path = directory.file("s");
  ControlFixture fixture({path, 0600, ""});
  REQUIRE(unlink((path + ".lock").c_str()) == 0);
  CHECK_THAT(message_of({path, 0600, ""}), ANEMON_CONTAINS("another anemond is listening there"));
  CHECK(HttpClient(path).get("/who").status == 200);
}

TEST_CASE("a file that is no socket is not removed") {
  const Directory directory;
  const std::string path = directory.file("s");
  std::ofstream(path) << "precious";
  CHECK_THAT(message_of({path, 0600, ""}), ANEMON_CONTAINS("no socket"));
  CHECK(std::filesystem::file_size(path) == 8);
}

TEST_CASE("a path that does not fit is refused with both lengths") {
  const Directory directory;
  const std::string path = directory.file(std::string(200, 'a'));
  CHECK_THAT(message_of({path, 0600, ""}),
             ANEMON_CONTAINS(std::to_string(path.size()) + " bytes, a Unix socket's may have " +
                             std::to_string(sizeof(sockaddr_un::sun_path) - 1)));
}

TEST_CASE("the socket's directory must exist and be nobody else's playground") {
  const Directory directory;
  CHECK_THAT(message_of({directory.file("missing/s"), 0600, ""}),
             ANEMON_CONTAINS("No such file or directory"));
  std::ofstream(directory.file("plain")).close();
  CHECK_THAT(message_of({directory.file("plain/s"), 0600, ""}), ANEMON_CONTAINS("directory"));
  REQUIRE(chmod(directory.path().c_str(), 0777) == 0);
  CHECK_THAT(message_of({directory.file("s"), 0600, ""}), ANEMON_CONTAINS("everybody may replace"));
  REQUIRE(chmod(directory.path().c_str(), 01777) == 0);
  CHECK(message_of({directory.file("s"), 0600, ""}) == "no error");
}

TEST_CASE("an unknown group is refused, and nothing is left behind") {
  const Directory directory;
  CHECK_THAT(message_of({directory.file("s"), 0660, "no-such-group"}),
             ANEMON_CONTAINS("there is no group no-such-group"));
  CHECK(std::filesystem::is_empty(directory.path()));
}

TEST_CASE("TCP requests have no peer credentials") {
  HttpFixture fixture(who_routes());
  CHECK(fixture.client().get("/who").body == "remote 0 0");
}

}  // namespace anemon
