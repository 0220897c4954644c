# cexec_module(NAME SOURCES … USES …): one static library for one folder.
# USES names the only other modules and libraries it may include; scripts/check-edges holds the sources to it.
function(cexec_module name)
  cmake_parse_arguments(arg "" "" "SOURCES;USES" ${ARGN})
  add_library(${name} STATIC ${arg_SOURCES})
  target_link_libraries(${name} PUBLIC cexec_settings tl::expected fmt::fmt ${arg_USES})
endfunction()
