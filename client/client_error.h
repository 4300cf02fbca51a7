// What can go wrong between a client and the daemon, by what the user can do about it.
#pragma once

#include <string>
#include <utility>

#include "core/error.h"

namespace anemon {

// No daemon answers at the socket, or it stopped answering.
class UnreachableError : public Error {
 public:
  using Error::Error;
};

// Something answers, but not as this version of the control API does.
class ProtocolError : public Error {
 public:
  using Error::Error;
};

// The socket may not be opened, or the daemon does not let this user do this.
class NotPermittedError : public Error {
 public:
  using Error::Error;
};

// The daemon understood and declined: {"error":{"code","message","hint"}}.
class DeclinedError : public Error {
 public:
  DeclinedError(int status, std::string code, const std::string& message, std::string hint)
      : Error(message, std::move(hint)), status_(status), code_(std::move(code)) {}

  int status() const noexcept { return status_; }             // HTTP
  const std::string& code() const noexcept { return code_; }  // "conflict", "storage_full"

 private:
  int status_;
  std::string code_;
};

// What was asked for by name does not exist (404).
class NotFoundError : public DeclinedError {
 public:
  using DeclinedError::DeclinedError;
};

}  // namespace anemon
