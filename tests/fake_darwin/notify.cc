#include <notify.h>

#include <atomic>
#include <map>

#include "tests/fake_darwin/fake_mac.h"
#include "tests/fake_darwin/objects.h"

using namespace anemon::fake;

namespace {

std::mutex tokens_mutex;
std::map<int, std::string> tokens;  // registered and not cancelled
int last_token = 0;

}  // namespace

extern "C" {

uint32_t notify_register_check(const char* name, int* token) {
  if (FakeMac::current().edit()->host.notifyd_gone) return NOTIFY_STATUS_SERVER_NOT_FOUND;
  const std::lock_guard lock(tokens_mutex);
  tokens.emplace(++last_token, name);
  *token = last_token;
  count_io_object(1);
  return NOTIFY_STATUS_OK;
}

uint32_t notify_get_state(int token, uint64_t* state) {
  const auto mac = FakeMac::current().edit();
  const std::lock_guard lock(tokens_mutex);
  const auto at = tokens.find(token);
  if (at == tokens.end()) return NOTIFY_STATUS_INVALID_TOKEN;
  if (mac->host.notifyd_gone) {  // and with it what was registered
    tokens.erase(at);
    count_io_object(-1);
    return NOTIFY_STATUS_SERVER_NOT_FOUND;
  }
  const auto announced = mac->host.notifications.find(at->second);
  *state = announced == mac->host.notifications.end() ? 0 : announced->second;
  return NOTIFY_STATUS_OK;
}

uint32_t notify_cancel(int token) {
  const std::lock_guard lock(tokens_mutex);
  if (tokens.erase(token) == 0) return NOTIFY_STATUS_INVALID_TOKEN;
  count_io_object(-1);
  return NOTIFY_STATUS_OK;
}

}  // extern "C"
