# anemon_configure(TARGET): the warnings, sanitizers and include root every target shares.
function(anemon_configure target)
  target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR}/generated)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor
    $<$<BOOL:${ANEMON_WERROR}>:-Werror>
    # GCC 12, optimising: a false alarm in `"literal" + std::string`.
    $<$<AND:$<CXX_COMPILER_ID:GNU>,$<CONFIG:Release>>:-Wno-restrict>
    $<$<CXX_COMPILER_ID:Clang,AppleClang>:-Wthread-safety>)
  # Resident memory is part of what watching costs: no code that nothing calls.
  if(NOT APPLE AND CMAKE_BUILD_TYPE STREQUAL Release)
    target_compile_options(${target} PRIVATE -ffunction-sections -fdata-sections)
    target_link_options(${target} PRIVATE -Wl,--gc-sections -Wl,-O1)
  endif()
  if(ANEMON_SANITIZE)
    target_compile_options(${target} PRIVATE -fsanitize=${ANEMON_SANITIZE}
      -fno-sanitize-recover=all -fno-omit-frame-pointer)
    target_link_options(${target} PRIVATE -fsanitize=${ANEMON_SANITIZE})
  endif()
endfunction()

# anemon_library(NAME SOURCES... LINK targets...): a folder's static library `anemon_NAME`. Such that
# it can be part of a shared one (sdk/), which shows nothing of it.
function(anemon_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK;PRIVATE_LINK" ${ARGN})
  add_library(anemon_${name} STATIC ${ARG_SOURCES})
  anemon_configure(anemon_${name})
  set_target_properties(anemon_${name} PROPERTIES
    POSITION_INDEPENDENT_CODE ON
    CXX_VISIBILITY_PRESET hidden
    VISIBILITY_INLINES_HIDDEN ON)
  target_link_libraries(anemon_${name} PUBLIC ${ARG_LINK} PRIVATE ${ARG_PRIVATE_LINK})
endfunction()

# anemon_program(NAME SOURCES... LINK targets...): an installed executable in build/bin.
function(anemon_program name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  anemon_configure(${name})
  target_link_libraries(${name} PRIVATE ${ARG_LINK})
  install(TARGETS ${name} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endfunction()

# anemon_test(NAME SOURCES... LINK targets... [THREADED]): one Catch2 binary, one ctest entry.
# THREADED marks the tests that the tsan build runs.
function(anemon_test name)
  cmake_parse_arguments(ARG "THREADED" "" "SOURCES;LINK" ${ARGN})
  add_executable(${name}_test ${ARG_SOURCES})
  anemon_configure(${name}_test)
  target_link_libraries(${name}_test PRIVATE ${ARG_LINK} Catch2::Catch2WithMain)
  add_test(NAME ${name} COMMAND ${name}_test)
  set(labels unit)
  if(ARG_THREADED)
    list(APPEND labels threads)
    add_dependencies(threaded_tests ${name}_test)
  endif()
  set_tests_properties(${name} PROPERTIES LABELS "${labels}" TIMEOUT 120)
endfunction()
