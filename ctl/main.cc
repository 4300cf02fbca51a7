#include "ctl/program.h"

int main(int argc, char** argv) { return anemon::run_program(argc, argv); }
