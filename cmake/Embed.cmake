# Files that travel inside a binary: `#include "embed/<path in the tree>.inc"` gives the text as one raw string literal.
# vigil_embed(target path …): paths are relative to the folder of the calling CMakeLists.txt.
set(VIGIL_EMBED_SCRIPT ${CMAKE_CURRENT_LIST_DIR}/EmbedFile.cmake)

function(vigil_embed target)
  set(outputs)
  foreach(path ${ARGN})
    set(source ${CMAKE_CURRENT_SOURCE_DIR}/${path})
    file(RELATIVE_PATH name ${PROJECT_SOURCE_DIR} ${source})
    set(output ${PROJECT_BINARY_DIR}/gen/embed/${name}.inc)
    add_custom_command(
      OUTPUT ${output}
      COMMAND ${CMAKE_COMMAND} -DSOURCE=${source} -DOUTPUT=${output} -P ${VIGIL_EMBED_SCRIPT}
      DEPENDS ${source} ${VIGIL_EMBED_SCRIPT}
      COMMENT "embed ${name}")
    list(APPEND outputs ${output})
  endforeach()
  target_sources(${target} PRIVATE ${outputs})
  target_include_directories(${target} PRIVATE ${PROJECT_BINARY_DIR}/gen)
endfunction()
