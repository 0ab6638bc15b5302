# How the parts of Vigil are declared. Sources are always listed, never globbed.
find_path(GOOGLEAPIS_PROTO_DIR google/api/annotations.proto
          PATHS /usr/share/gocode/src/github.com/gogo/googleapis REQUIRED)

# Warnings of our own code. Generated code does not link this.
add_library(vigil_warnings INTERFACE)
target_compile_options(vigil_warnings INTERFACE -Wall -Wextra -Werror)
# Locks, as their members say who guards them: only clang reads that.
target_compile_options(vigil_warnings INTERFACE $<$<CXX_COMPILER_ID:Clang>:-Wthread-safety>)

option(VIGIL_FUZZ "Build the targets of tests/fuzz with libFuzzer; needs clang." OFF)
if(VIGIL_FUZZ)
  # Of our own code alone: that is where libFuzzer is to find its way. Of the undefined behaviour what
  # an input can bring about.
  set(VIGIL_SANITIZERS
    -fsanitize=address,bool,bounds,enum,float-cast-overflow,integer-divide-by-zero,shift,signed-integer-overflow)
  target_compile_options(vigil_warnings INTERFACE
    -O1 -gline-tables-only -fsanitize=fuzzer-no-link ${VIGIL_SANITIZERS} -fno-sanitize-recover=all)
  target_link_options(vigil_warnings INTERFACE ${VIGIL_SANITIZERS})
endif()

option(VIGIL_MIMALLOC "Programs allocate by mimalloc. Off under sanitizers, which bring an allocator of their own." ON)

# vigil_library(name SOURCES a.cc … DEPS target …)
function(vigil_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  target_include_directories(${name} PUBLIC ${PROJECT_SOURCE_DIR})
  target_link_libraries(${name} PUBLIC ${ARG_DEPS} PRIVATE vigil_warnings)
endfunction()

# vigil_binary(name SOURCES main.cc DEPS target …)
function(vigil_binary name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR})
  target_link_libraries(${name} PRIVATE ${ARG_DEPS} vigil_warnings)
  if(VIGIL_MIMALLOC)
    # Named by no code: it takes the place of malloc and new by being there.
    target_link_libraries(${name} PRIVATE mimalloc)
  endif()
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)
endfunction()

# vigil_test(name SOURCES a_test.cc … DEPS target …): one GoogleTest binary. It runs in the root of the
# tree, and paths are relative to that: the same objects serve any checkout, so ccache can share them.
function(vigil_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR})
  target_link_libraries(${name} PRIVATE ${ARG_DEPS} GTest::gmock GTest::gtest_main vigil_warnings)
  file(RELATIVE_PATH bin ${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR}/bin)
  target_compile_definitions(${name} PRIVATE VIGIL_SOURCE_DIR="." VIGIL_BIN_DIR="${bin}")
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
  add_test(NAME ${name} COMMAND ${name} WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  set_tests_properties(${name} PROPERTIES TIMEOUT 600)
endfunction()

# vigil_proto_library(name ROOT dir PROTOS a.proto …): messages only.
function(vigil_proto_library name)
  cmake_parse_arguments(ARG "" "ROOT" "PROTOS;DEPS" ${ARGN})
  set(out ${PROJECT_BINARY_DIR}/gen)
  file(MAKE_DIRECTORY ${out})
  set(sources)
  foreach(proto ${ARG_PROTOS})
    string(REGEX REPLACE "\\.proto$" "" stem ${proto})
    add_custom_command(
      OUTPUT ${out}/${stem}.pb.cc ${out}/${stem}.pb.h
      COMMAND protobuf::protoc -I ${PROJECT_SOURCE_DIR}/protos -I ${GOOGLEAPIS_PROTO_DIR}
              --cpp_out=${out} ${proto}
      DEPENDS ${ARG_ROOT}/${proto}
      COMMENT "protoc ${proto}")
    list(APPEND sources ${out}/${stem}.pb.cc)
  endforeach()
  add_library(${name} STATIC ${sources})
  target_include_directories(${name} SYSTEM PUBLIC ${out})
  target_link_libraries(${name} PUBLIC protobuf::libprotobuf ${ARG_DEPS})
endfunction()

# vigil_grpc_library(name PROTOS a.proto … DEPS messages): stubs and services.
function(vigil_grpc_library name)
  cmake_parse_arguments(ARG "" "" "PROTOS;DEPS" ${ARGN})
  set(out ${PROJECT_BINARY_DIR}/gen)
  set(sources)
  foreach(proto ${ARG_PROTOS})
    string(REGEX REPLACE "\\.proto$" "" stem ${proto})
    add_custom_command(
      OUTPUT ${out}/${stem}.grpc.pb.cc ${out}/${stem}.grpc.pb.h
      COMMAND protobuf::protoc -I ${PROJECT_SOURCE_DIR}/protos -I ${GOOGLEAPIS_PROTO_DIR}
              --plugin=protoc-gen-grpc=$<TARGET_FILE:gRPC::grpc_cpp_plugin> --grpc_out=${out} ${proto}
      DEPENDS ${PROJECT_SOURCE_DIR}/protos/${proto}
      COMMENT "grpc ${proto}")
    list(APPEND sources ${out}/${stem}.grpc.pb.cc)
  endforeach()
  add_library(${name} STATIC ${sources})
  target_include_directories(${name} SYSTEM PUBLIC ${out})
  target_link_libraries(${name} PUBLIC ${ARG_DEPS} gRPC::grpc++)
endfunction()
