// Writes the model fixtures into a folder, for tests that are no C++.
#include <iostream>

#include "tests/unit/ctl/model_fixtures.h"

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: model_fixtures FOLDER\n";
    return 2;
  }
  anemon::test::write_model_fixtures(argv[1]);
}
