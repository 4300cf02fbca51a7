#include "platform/darwin_notification_apple.h"

#include <notify.h>

namespace anemon {

DarwinNotification::~DarwinNotification() { cancel(); }

std::optional<uint64_t> DarwinNotification::state() {
  if (!token_) {
    int token = 0;
    if (::notify_register_check(name_, &token) != NOTIFY_STATUS_OK) return std::nullopt;
    token_ = token;
  }
  uint64_t state = 0;
  if (::notify_get_state(*token_, &state) == NOTIFY_STATUS_OK) return state;
  cancel();  // notifyd may have been restarted
  return std::nullopt;
}

void DarwinNotification::cancel() {
  if (token_) ::notify_cancel(*token_);
  token_.reset();
}

}  // namespace anemon
