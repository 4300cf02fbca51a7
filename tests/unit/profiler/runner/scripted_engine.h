// An engine that does what the model's name says, for tests: the misbehaviour of frameworks in a
// real process. The name of the file, cut at ':', is one of
//
//   good               one fp32 input "x" [2,3] and an int32 input "ids" [4]; output y = 2 x
//   slow:N             good, and each call takes N milliseconds
//   segfault-load, abort-load, kill-load, hang-load, exit-load
//   segfault-predict, abort-predict, kill-predict, hang-predict, exit-predict
//   throw-load, throw-predict    Error with a hint
//   kill-predict:N     any of these with predict: only after N calls
//   alien-load         an exception that is no Error
//   compiler-load      CompileFailure
//   hungry-load        takes memory until there is none
//   chatty             good, and prints to standard output by every way there is, in every call
//   thirsty            good, and reads its standard input in load
//   fork-predict       leaves a grandchild behind that holds all pipes, and ends
//   wide:N             good, and y has N elements
//   many:N             good, and N operations
#pragma once

#include "profiler/engine.h"

namespace anemon::profiler {

std::unique_ptr<Engine> open_scripted_engine();

}  // namespace anemon::profiler
