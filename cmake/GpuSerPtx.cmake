# Turns CUDA C++ into PTX: with nvcc where there is one, else with clang (15 or newer), which needs no CUDA SDK.
#
#   gpuser_add_ptx(<target> OUTPUT_DIRECTORY <dir> INCLUDE_DIRECTORY <dir> SOURCES <relative .cu files>)
#
# makes <dir>/<stem>.ptx of each source, for the lowest architecture from 70 up that the compiler knows, so that one
# text serves every later GPU. The compiler runs in the source directory on relative paths and writes neither paths nor
# times: the same sources give the same bytes. -DGPUSER_PTX_COMPILER=<path> chooses another nvcc or clang++.
include_guard(GLOBAL)

find_program(GPUSER_PTX_COMPILER
  NAMES nvcc clang++-21 clang++-20 clang++-19 clang++-18 clang++-17 clang++-16 clang++-15 clang++
  HINTS ENV CUDA_PATH ENV CUDA_HOME /usr/local/cuda
  PATH_SUFFIXES bin
  DOC "nvcc, or clang++ 15 or newer: compiles kernels to PTX")

# Sets <flags> to the compiler's whole command line up to the files, or stops with what is missing.
function(gpuser_ptx_flags flags)
  if(NOT GPUSER_PTX_COMPILER)
    message(FATAL_ERROR "No compiler for CUDA kernels: install nvcc, or clang 15 or newer (Debian: apt-get install clang-19).")
  endif()

  get_filename_component(name "${GPUSER_PTX_COMPILER}" NAME)
  if(name MATCHES "^nvcc")
    execute_process(COMMAND ${GPUSER_PTX_COMPILER} --list-gpu-arch OUTPUT_VARIABLE listed COMMAND_ERROR_IS_FATAL ANY)
    string(REGEX MATCHALL "compute_[0-9]+" listed "${listed}")
    list(TRANSFORM listed REPLACE "compute_" "")
    list(SORT listed COMPARE NATURAL)
    foreach(arch IN LISTS listed)
      if(arch GREATER_EQUAL 70)
        set(${flags} -ptx -arch=compute_${arch} -std=c++17 -O3 -Werror all-warnings -Xcompiler=-Wall,-Wextra PARENT_SCOPE)
        message(STATUS "PTX for compute_${arch} by ${GPUSER_PTX_COMPILER}")
        return()
      endif()
    endforeach()
    message(FATAL_ERROR "${GPUSER_PTX_COMPILER} knows no architecture from 70 up.")
  endif()

  execute_process(COMMAND ${GPUSER_PTX_COMPILER} -dumpversion OUTPUT_VARIABLE version OUTPUT_STRIP_TRAILING_WHITESPACE
    COMMAND_ERROR_IS_FATAL ANY)
  if(version VERSION_LESS 15)
    message(FATAL_ERROR "${GPUSER_PTX_COMPILER} is clang ${version}; kernels need nvcc, or clang 15 or newer "
      "(Debian: apt-get install clang-19).")
  endif()
  # Without an SDK clang does not know which PTX version to write, so each architecture names its own.
  foreach(candidate 70:64 75:64 80:70 90:78 100:86)
    string(REPLACE ":" ";" candidate ${candidate})
    list(GET candidate 0 arch)
    list(GET candidate 1 ptx)
    set(command -x cuda --cuda-device-only --cuda-gpu-arch=sm_${arch} -Xclang -target-feature -Xclang +ptx${ptx}
      -nocudainc -nocudalib -std=c++17 -O3 -Wall -Wextra -Werror)
    execute_process(COMMAND ${GPUSER_PTX_COMPILER} ${command} -S /dev/null -o /dev/null
      RESULT_VARIABLE result OUTPUT_QUIET ERROR_QUIET)
    if(result EQUAL 0)
      set(${flags} ${command} -S PARENT_SCOPE)
      message(STATUS "PTX for sm_${arch} by ${GPUSER_PTX_COMPILER} (clang ${version}, no CUDA SDK)")
      return()
    endif()
  endforeach()
  message(FATAL_ERROR "${GPUSER_PTX_COMPILER} cannot write PTX: it was built without the NVPTX target.")
endfunction()

function(gpuser_add_ptx target)
  cmake_parse_arguments(PARSE_ARGV 1 PTX "" "OUTPUT_DIRECTORY;INCLUDE_DIRECTORY" "SOURCES")
  gpuser_ptx_flags(flags)
  file(RELATIVE_PATH include "${CMAKE_CURRENT_SOURCE_DIR}" "${PTX_INCLUDE_DIRECTORY}")
  if(include STREQUAL "")
    set(include .)
  endif()
  file(MAKE_DIRECTORY "${PTX_OUTPUT_DIRECTORY}")

  set(outputs "")
  foreach(source IN LISTS PTX_SOURCES)
    get_filename_component(stem "${source}" NAME_WE)
    set(output "${PTX_OUTPUT_DIRECTORY}/${stem}.ptx")
    if(output IN_LIST outputs)
      message(FATAL_ERROR "Two kernel files are called ${stem}.cu; their PTX would overwrite each other.")
    endif()
    list(APPEND outputs "${output}")
    add_custom_command(OUTPUT "${output}"
      COMMAND ${GPUSER_PTX_COMPILER} ${flags} -I ${include} -MD -MF "${CMAKE_CURRENT_BINARY_DIR}/${stem}.d"
        "${source}" -o "${output}"
      DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/${source}"
      DEPFILE "${CMAKE_CURRENT_BINARY_DIR}/${stem}.d"
      WORKING_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}"
      COMMENT "PTX ${source}"
      VERBATIM)
  endforeach()
  add_custom_target(${target} ALL DEPENDS ${outputs})

  # A kernel that is gone must not stay embedded.
  file(GLOB present "${PTX_OUTPUT_DIRECTORY}/*.ptx")
  foreach(file IN LISTS present)
    if(NOT file IN_LIST outputs)
      file(REMOVE "${file}")
    endif()
  endforeach()
endfunction()
