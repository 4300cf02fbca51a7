// Why a session request was refused, so that the control API can choose a status.
#pragma once

#include <string>

#include "core/error.h"

namespace anemon {

enum class SessionErrorCode {
  bad_request,  // 400: a name, label, pid or time that cannot be
  not_found,    // 404
  conflict,     // 409: not in a state for that, or a name that fits several sessions
  too_large,    // 413: the request, or the answer it asks for
  unavailable,  // 503: too many open sessions, a busy, hanging or unwritable database
  storage_full  // 507: there is no room on the disk
};

class SessionError : public Error {
 public:
  SessionError(SessionErrorCode code, const std::string& message, std::string hint = {})
      : Error(message, std::move(hint)), code_(code) {}

  SessionErrorCode code() const noexcept { return code_; }

 private:
  SessionErrorCode code_;
};

}  // namespace anemon
