# Writes a C++ file that defines each FILE as a constant of anemon, so that a program needs no files
# beside it:  cmake -DOUTPUT=out.cc -DHEADER=path.h -DFILES=kName=path;... -P embed.cmake
# Arrays of characters, since compilers limit the length of a string literal, not theirs.
set(text "#include \"${HEADER}\"\n\nnamespace anemon {\n\n")
foreach(entry IN LISTS FILES)
  string(REGEX MATCH "^([A-Za-z]+)=(.*)$" matched "${entry}")
  if(NOT matched)
    message(FATAL_ERROR "embed.cmake: not NAME=PATH: ${entry}")
  endif()
  set(name ${CMAKE_MATCH_1})
  file(READ "${CMAKE_MATCH_2}" hex HEX)
  string(REPEAT "[0-9a-f][0-9a-f]" 16 piece)
  string(REGEX REPLACE "(${piece})" "\\1\n" bytes "${hex}")
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "'\\\\x\\1'," bytes "${bytes}")
  # The NUL at the end is for files that are empty, which no array can be.
  string(APPEND text "static constexpr char ${name}Bytes[] = {\n${bytes}'\\0'};\n"
    "const std::string_view ${name}(${name}Bytes, sizeof ${name}Bytes - 1);\n\n")
endforeach()
string(APPEND text "}  // namespace anemon\n")
file(WRITE "${OUTPUT}" "${text}")
