#include "helper/helped.h"

#include <utility>

#include "platform/default_paths.h"

namespace anemon {
namespace {

class SocketRootHelper final : public RootHelper {
 public:
  SocketRootHelper(std::filesystem::path socket, const Clock& clock, uid_t owner)
      : socket_(std::move(socket)), clock_(clock), owner_(owner) {}

  std::unique_ptr<Processes> complete(std::unique_ptr<Processes> own) override {
    return make_helped_processes(std::move(own), socket_, clock_, owner_);
  }
  std::unique_ptr<Powermetrics> open_powermetrics() override {
    return make_helped_powermetrics(socket_, clock_, owner_);
  }

 private:
  const std::filesystem::path socket_;
  const Clock& clock_;
  const uid_t owner_;
};

}  // namespace

std::unique_ptr<RootHelper> make_root_helper(const std::filesystem::path& socket,
                                             const Clock& clock, uid_t owner) {
  return std::make_unique<SocketRootHelper>(socket.empty() ? default_helper_socket() : socket,
                                            clock, owner);
}

}  // namespace anemon
