// What Foundation asks for where blocks are compiled.
#pragma once

#include <Block.h>
