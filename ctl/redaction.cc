#include "ctl/redaction.h"

#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <set>

#include "platform/default_paths.h"

namespace anemon {
namespace {

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// "ann" is not to be found in "channel".
bool stands_alone(std::string_view text, size_t at, size_t size) {
  const bool begins = at == 0 || !is_word(text[at - 1]) || !is_word(text[at]);
  const size_t end = at + size;
  return begins && (end == text.size() || !is_word(text[end]) || !is_word(text[end - 1]));
}

}  // namespace

bool names_a_person(uid_t account) {
  constexpr uid_t kFirstPerson = 500;  // macOS begins at 501, Linux at 1000
  constexpr uid_t kLinuxNobody = 65534;
  constexpr auto kMacNobody = static_cast<uid_t>(-2);
  return account >= kFirstPerson && account != kLinuxNobody && account != kMacNobody;
}

Redaction::Redaction(std::vector<std::pair<std::string, std::string>> replacements)
    : replacements_(std::move(replacements)) {
  std::erase_if(replacements_, [](const auto& each) { return each.first.size() < 3; });
  std::ranges::stable_sort(
      replacements_, [](const auto& a, const auto& b) { return a.first.size() > b.first.size(); });
}

Redaction Redaction::of_this_machine() {
  std::vector<std::pair<std::string, std::string>> replacements;
  replacements.emplace_back(home_directory().native(), "~");
  char name[256] = {};
  if (gethostname(name, sizeof name - 1) == 0) {
    const std::string host = name;
    replacements.emplace_back(host, "HOST");
    replacements.emplace_back(host.substr(0, host.find('.')), "HOST");
  }
  const auto add = [&](const passwd& entry) {
    const std::string home = entry.pw_dir == nullptr ? "" : entry.pw_dir;
    if (home.size() > 1) replacements.emplace_back(home, "~");
    replacements.emplace_back(entry.pw_name, "USER");
  };
  setpwent();
  while (const passwd* entry = getpwent()) {
    if (names_a_person(entry->pw_uid)) add(*entry);
  }
  endpwent();
  // An account of a directory is in no list, and one that was made for a daemon below the people's.
  constexpr uid_t kRoot = 0;
  if (const passwd* own = getpwuid(getuid()); own != nullptr && own->pw_uid != kRoot) add(*own);
  return Redaction(std::move(replacements));
}

std::string Redaction::apply(std::string_view text) const {
  std::string result(text);
  for (const auto& [secret, substitute] : replacements_) {
    for (size_t at = result.find(secret); at != result.npos; at = result.find(secret, at)) {
      if (stands_alone(result, at, secret.size())) {
        result.replace(at, secret.size(), substitute);
        at += substitute.size();
      } else {
        at += secret.size();
      }
    }
  }
  return result;
}

}  // namespace anemon
