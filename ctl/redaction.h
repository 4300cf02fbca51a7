// Takes out of a text what names a person or a machine.
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace anemon {

// Not one of the system's own accounts, whose names every machine has. Those of a directory's
// people may be beyond 10^8.
bool names_a_person(uid_t account);

class Redaction {
 public:
  // What to write instead of what; longer texts are replaced first. Texts shorter than three
  // characters are left: they are part of everything.
  explicit Redaction(std::vector<std::pair<std::string, std::string>> replacements);

  // This user, this machine and everybody's home directory.
  static Redaction of_this_machine();

  std::string apply(std::string_view text) const;

 private:
  std::vector<std::pair<std::string, std::string>> replacements_;
};

}  // namespace anemon
