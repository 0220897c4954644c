# The language, the warnings and the sanitizers, for every target of this project.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR})

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_C_COMPILER_LAUNCHER ${CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()

add_library(cexec_settings INTERFACE)
target_include_directories(cexec_settings INTERFACE ${CMAKE_CURRENT_SOURCE_DIR})
target_compile_options(cexec_settings INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual
  -Wold-style-cast -Wcast-qual -Wno-missing-field-initializers -Wformat=2 -Werror=return-type)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 14)
  # Optimising, these see ghosts in std::string (GCC bugs 105329 and 105562).
  target_compile_options(cexec_settings INTERFACE -Wno-restrict -Wno-maybe-uninitialized)
endif()
if(CEXEC_WERROR)
  target_compile_options(cexec_settings INTERFACE -Werror)
endif()
if(CEXEC_SANITIZE)
  target_compile_options(cexec_settings INTERFACE
    -fsanitize=${CEXEC_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(cexec_settings INTERFACE -fsanitize=${CEXEC_SANITIZE})
endif()
