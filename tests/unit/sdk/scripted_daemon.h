// A Unix socket that answers each request with what a test says, on a thread of its own.
#pragma once

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "core/mutex.h"
#include "core/worker.h"
#include "platform/file_descriptor.h"

namespace anemon::test {

struct ScriptedRequest {
  std::string target, body;
};

inline std::string http_answer(int status, const std::string& body) {
  return "HTTP/1.1 " + std::to_string(status) +
         " Text\r\nContent-Type: application/json\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n\r\n" + body;
}

class ScriptedDaemon {
 public:
  // What the answer's bytes are; an empty text closes the connection instead.
  using Script = std::function<std::string(const ScriptedRequest&)>;

  ScriptedDaemon(const std::filesystem::path& socket, Script script)
      : script_(std::move(script)), listener_(::socket(AF_UNIX, SOCK_STREAM, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, socket.c_str(), sizeof address.sun_path - 1);
    if (::bind(listener_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
        ::listen(listener_.get(), 8) != 0) {
      throw std::runtime_error("cannot listen at " + socket.string());
    }
    worker_.emplace("scripted-daemon", [this](const StopFlag& stop) { serve(stop); });
  }
  ~ScriptedDaemon() { worker_.reset(); }

  std::vector<ScriptedRequest> requests() const {
    const Lock lock(mutex_);
    return requests_;
  }

 private:
  struct Connection {
    FileDescriptor descriptor;
    std::string text;  // what came of the next request
  };

  void serve(const StopFlag& stop) {
    std::vector<Connection> connections;
    while (!stop.requested()) {
      std::vector<pollfd> states = {{listener_.get(), POLLIN, 0}};
      for (const Connection& each : connections) {
        states.push_back({each.descriptor.get(), POLLIN, 0});
      }
      if (::poll(states.data(), states.size(), 5) <= 0) continue;
      for (size_t i = connections.size(); i > 0; --i) {
        if (states[i].revents != 0 && !serve(connections[i - 1])) {
          connections.erase(connections.begin() + static_cast<ptrdiff_t>(i - 1));
        }
      }
      if (states[0].revents != 0) {
        connections.push_back({FileDescriptor(::accept(listener_.get(), nullptr, nullptr)), {}});
      }
    }
  }

  // False when the connection is over.
  bool serve(Connection& connection) {
    char piece[65536];
    const ssize_t got = ::recv(connection.descriptor.get(), piece, sizeof piece, 0);
    if (got <= 0) return false;
    std::string& text = connection.text;
    text.append(piece, static_cast<size_t>(got));
    const size_t head = text.find("\r\n\r\n");
    if (head == std::string::npos) return true;
    const size_t length = std::stoul(text.substr(text.find("Content-Length: ") + 16));
    if (text.size() < head + 4 + length) return true;
    ScriptedRequest request{text.substr(5, text.find(' ', 5) - 5), text.substr(head + 4)};
    text.clear();
    const std::string answer = script_(request);
    {
      const Lock lock(mutex_);
      requests_.push_back(std::move(request));
    }
    for (size_t sent = 0; sent < answer.size();) {
      const ssize_t size = ::send(connection.descriptor.get(), answer.data() + sent,
                                  answer.size() - sent, MSG_NOSIGNAL);
      if (size <= 0) return false;
      sent += static_cast<size_t>(size);
    }
    return !answer.empty();
  }

  const Script script_;
  const FileDescriptor listener_;
  mutable Mutex mutex_;
  std::vector<ScriptedRequest> requests_ ANEMON_GUARDED_BY(mutex_);
  std::optional<Worker> worker_;
};

}  // namespace anemon::test
