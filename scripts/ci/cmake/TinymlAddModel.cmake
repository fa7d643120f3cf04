# Puts models into firmware at build time.
#
#   include(TinymlAddModel)
#   add_executable(firmware main.cc)
#   tinyml_add_model(firmware MODEL keywords.tflite TARGET cortex-m4 BUDGET 96K)
#
# and in main.cc: #include "keywords.h", which has the array, its length and
# the size of the arena on TARGET. The build fails if the model needs a larger
# arena there than BUDGET, or if the runtime refuses it.
#
#   MODEL      .tflite or .onnx, seen from the current source folder
#   TARGET     a core, a board or the path of a profile
#   BUDGET     the largest arena: 98304 or 96K; without it any size is right
#   NAME       of the array; default: g_ and the file's name
#   RESOLVER   also make the function that registers the model's operators
#   STRIP      leave out what the runtime never reads
#
# TINYML_EXECUTABLE is the program; it runs on the build machine.
find_program(TINYML_EXECUTABLE tinyml DOC "The program that prepares models")

function(tinyml_add_model target)
  cmake_parse_arguments(PARSE_ARGV 1 arg "RESOLVER;STRIP"
                        "MODEL;TARGET;BUDGET;NAME" "")
  if(arg_UNPARSED_ARGUMENTS OR NOT arg_MODEL OR NOT arg_TARGET)
    message(FATAL_ERROR
      "tinyml_add_model: write tinyml_add_model(target MODEL file TARGET core "
      "[BUDGET size] [NAME name] [RESOLVER] [STRIP])")
  endif()
  if(NOT TARGET ${target})
    message(FATAL_ERROR "tinyml_add_model: there is no target ${target}")
  endif()
  if(NOT TINYML_EXECUTABLE)
    message(FATAL_ERROR "tinyml_add_model: tinyml is not on the PATH; set "
                        "TINYML_EXECUTABLE")
  endif()
  get_filename_component(model ${arg_MODEL} ABSOLUTE
                         BASE_DIR ${CMAKE_CURRENT_SOURCE_DIR})
  get_filename_component(base ${model} NAME_WE)
  if(NOT arg_NAME)
    string(MAKE_C_IDENTIFIER "g_${base}" arg_NAME)
  endif()
  get_property(languages GLOBAL PROPERTY ENABLED_LANGUAGES)
  set(extension c)
  if("CXX" IN_LIST languages)
    set(extension cc)
  endif()
  set(folder ${CMAKE_CURRENT_BINARY_DIR}/${target}_models)
  set(source ${folder}/${base}.${extension})
  set(outputs ${source} ${folder}/${base}.h)
  set(options --target ${arg_TARGET} --name ${arg_NAME})
  if(arg_RESOLVER)
    list(APPEND options --resolver)
    list(APPEND outputs ${folder}/${base}_resolver.cc
                        ${folder}/${base}_resolver.h)
  endif()
  if(arg_STRIP)
    list(APPEND options --strip)
  endif()
  set(budget)
  if(arg_BUDGET)
    # Its table, which says by how much, is what a failing build shows.
    set(budget COMMAND ${TINYML_EXECUTABLE} arena-size ${model}
               --target ${arg_TARGET} --budget ${arg_BUDGET})
  endif()
  add_custom_command(
    OUTPUT ${outputs}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${folder}
    ${budget}
    COMMAND ${TINYML_EXECUTABLE} convert ${model} -o ${source} ${options}
    DEPENDS ${model} ${TINYML_EXECUTABLE}
    WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR}
    COMMENT "tinyml: ${arg_MODEL} for ${arg_TARGET}"
    VERBATIM)
  target_sources(${target} PRIVATE ${outputs})
  target_include_directories(${target} PRIVATE ${folder})
endfunction()
