# Toolchain: macOS 13 on arm64, built on Linux with clang and lld (scripts/check-macos). An SDK and
# the libraries built with it (scripts/macos-dependencies) come by the environment, which CMake's own
# trial builds see too: ANEMON_MACOS_SDK, ANEMON_MACOS_DEPS, ANEMON_LLVM (version).
foreach(variable ANEMON_MACOS_SDK ANEMON_MACOS_DEPS ANEMON_LLVM)
  if("$ENV{${variable}}" STREQUAL "")
    message(FATAL_ERROR "${variable} is not set: run scripts/check-macos")
  endif()
endforeach()

set(CMAKE_SYSTEM_NAME Darwin)
set(CMAKE_SYSTEM_PROCESSOR arm64)
set(CMAKE_OSX_SYSROOT $ENV{ANEMON_MACOS_SDK} CACHE PATH "")
set(CMAKE_OSX_ARCHITECTURES arm64 CACHE STRING "")
set(CMAKE_OSX_DEPLOYMENT_TARGET 13.0 CACHE STRING "")

foreach(language C CXX OBJCXX)
  set(CMAKE_${language}_COMPILER_TARGET arm64-apple-macos13.0)
  # What is newer than macOS 13 must be asked for at run time.
  set(CMAKE_${language}_FLAGS_INIT -Werror=unguarded-availability-new)
endforeach()
set(CMAKE_C_COMPILER clang-$ENV{ANEMON_LLVM})
set(CMAKE_CXX_COMPILER clang++-$ENV{ANEMON_LLVM})
find_program(CMAKE_OBJCXX_COMPILER clang++-$ENV{ANEMON_LLVM} REQUIRED)
# What @available asks comes with Apple's compiler and is not among an SDK's stubs.
set(CMAKE_EXE_LINKER_FLAGS_INIT "-fuse-ld=lld -Wl,-U,___isPlatformVersionAtLeast")
set(CMAKE_SHARED_LINKER_FLAGS_INIT "-fuse-ld=lld -Wl,-U,___isPlatformVersionAtLeast")
set(CMAKE_MODULE_LINKER_FLAGS_INIT -fuse-ld=lld)
foreach(tool AR RANLIB NM STRIP OTOOL INSTALL_NAME_TOOL)
  string(TOLOWER ${tool} name)
  string(REPLACE _ - name ${name})
  find_program(CMAKE_${tool} llvm-${name}-$ENV{ANEMON_LLVM} REQUIRED)
endforeach()

# Nothing of the machine that builds may get in but its programs.
set(CMAKE_FIND_ROOT_PATH $ENV{ANEMON_MACOS_DEPS} $ENV{ANEMON_MACOS_SDK})
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
set(CMAKE_PREFIX_PATH $ENV{ANEMON_MACOS_DEPS})
set(ENV{PKG_CONFIG_LIBDIR} $ENV{ANEMON_MACOS_DEPS}/lib/pkgconfig)
set(ENV{PKG_CONFIG_PATH} "")
