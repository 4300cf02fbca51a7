// A helper server on a thread of its own; it ends with this object.
#pragma once

#include <unistd.h>

#include <filesystem>
#include <memory>
#include <utility>

#include "core/worker.h"
#include "helper/server.h"
#include "helper/socket_file.h"
#include "tests/recording_log.h"

namespace anemon::test {

class RunningHelper {
 public:
  RunningHelper(const std::filesystem::path& path, std::unique_ptr<Processes> processes,
                HelperServerOptions options)
      : socket_(path, ::getegid()),
        server_(socket_.listener(), std::move(options), std::move(processes), clock_, log_),
        worker_(
            "helper", [this](const StopFlag&) { server_.run(); }, [this] { server_.stop(); }) {}

 private:
  SystemClock clock_;
  RecordingLog log_;
  HelperSocket socket_;
  HelperServer server_;
  Worker worker_;
};

}  // namespace anemon::test
