// The root helper's one thread: answers the processes that the daemon's account asks for, and keeps
// powermetrics running while a connection of its wants that. It parses nothing but lists of pids.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/clock.h"
#include "core/log.h"
#include "helper/protocol.h"
#include "platform/file_descriptor.h"
#include "platform/powermetrics_process.h"
#include "platform/processes.h"

namespace anemon {

struct HelperServerOptions {
  uid_t account = 0;  // the only one that is answered
  std::filesystem::path powermetrics = "/usr/bin/powermetrics";
  bool may_run_powermetrics = false;  // root, or a program that needs none
};

class HelperServer {
 public:
  // `listener` outlives the server. Throws Error without a pipe.
  HelperServer(int listener, HelperServerOptions options, std::unique_ptr<Processes> processes,
               const Clock& clock, Log& log);

  // Waits for something to do, `longest` of real time at most, and does it.
  void step(Duration longest);

  void run();            // until stop()
  void stop() noexcept;  // from any thread or signal handler

  size_t connections() const noexcept { return connections_.size(); }

  static constexpr size_t kMaxConnections = 4;
  // For a request that has begun to arrive, and for an answer to be taken.
  static constexpr Duration kRequestTime = std::chrono::seconds(2);
  // A connection without a request for so long is closed, and then wants no powermetrics either.
  static constexpr Duration kSilence = std::chrono::minutes(5);
  // How long powermetrics goes on when nobody wants it: a daemon that restarts finds it running.
  static constexpr Duration kGrace = std::chrono::seconds(10);

 private:
  struct Connection {
    FileDescriptor socket;
    Duration heard{};  // its last request
    Duration begun{};  // of the request that is arriving or the answer that is leaving
    std::string in, out;
    size_t sent = 0;
    bool refresh = false;
  };
  enum class Complaint : uint8_t { peer, full, malformed, slow, accept };

  void accept_all(Duration now);
  bool serve(Connection& connection, bool readable, Duration now);  // false: it is to be closed
  bool receive(Connection& connection, Duration now);
  bool send_on(Connection& connection);
  void answer(Connection& connection);
  HelpedProcess look_up(const WantedProcess& wanted);
  void follow_powermetrics(Instant now);
  PowermetricsStatus powermetrics_status() const;
  Duration patience(Duration now, Duration longest) const;
  void complain(Complaint about, std::string_view message, uid_t uid = 0);

  const int listener_;
  const HelperServerOptions options_;
  const std::unique_ptr<Processes> processes_;
  const Clock& clock_;
  Log& log_;
  FileDescriptor stop_reader_, stop_writer_;
  bool stopped_ = false;
  std::vector<Connection> connections_;
  Duration accept_again_{};
  uint32_t complained_ = 0;  // bit by bit: each complaint is made once
  std::vector<WantedProcess> wanted_;
  std::vector<HelpedProcess> found_;

  std::unique_ptr<PowermetricsProcess> powermetrics_;
  Duration last_wanted_{};
  Duration ended_cpu_{};  // of those that were ended for want of a client
  uint64_t ended_starts_ = 0;
  PowermetricsStatus::State told_ = PowermetricsStatus::State::absent;
};

}  // namespace anemon
