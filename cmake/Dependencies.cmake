# Everything comes from the system's packages (Debian's apt, Homebrew): see scripts/install-dependencies.
find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
find_package(ZLIB REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(prometheus-cpp REQUIRED COMPONENTS core)
find_package(spdlog REQUIRED)
find_package(fmt REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(CLI11 REQUIRED)
if(NOT APPLE)
  find_package(OpenSSL REQUIRED)  # libcrypto's SHA-256; macOS has its own
endif()

# yaml-cpp named its target differently before 0.8.
find_package(yaml-cpp REQUIRED)
if(NOT TARGET yaml-cpp::yaml-cpp)
  add_library(yaml-cpp::yaml-cpp ALIAS yaml-cpp)
endif()

# Debian compiles cpp-httplib into a library whose ABI depends on these flags: take them only from
# pkg-config, never define CPPHTTPLIB_* here.
pkg_check_modules(pc_httplib QUIET IMPORTED_TARGET cpp-httplib)
if(pc_httplib_FOUND)
  add_library(anemon_httplib ALIAS PkgConfig::pc_httplib)
else()
  find_package(httplib REQUIRED)
  add_library(anemon_httplib ALIAS httplib::httplib)
endif()

if(ANEMON_TESTS)
  find_package(Catch2 REQUIRED)
endif()
if(ANEMON_BENCH)
  find_package(benchmark REQUIRED)
endif()
