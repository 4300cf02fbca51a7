// A small real HTTP server on a Unix socket that answers with the documents in documents/, so that
// what anemonctl prints is the same everywhere.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace anemon::test {

struct FakeDaemonBehaviour {
  bool ready = true;
  bool has_power = true;     // false: a machine that tells none, with reasons
  bool may_change = true;    // false: 403 to every change
  bool valid_config = true;  // false: 422 to a reload
  bool silent = false;       // accepts, never answers
  int silent_after = -1;     // answers so many requests, then no more; -1: all
  bool garbage = false;      // answers, but not with documents
  std::string version;       // overrides the documents'
};

class FakeDaemon {
 public:
  explicit FakeDaemon(FakeDaemonBehaviour behaviour = {});
  ~FakeDaemon();

  const std::filesystem::path& socket() const;
  // A text with what differs from run to run named: SOCKET, LISTEN.
  std::string normalized(std::string text) const;
  // "POST /v1/sessions {...}", in order; bodies included.
  std::vector<std::string> changes() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace anemon::test
