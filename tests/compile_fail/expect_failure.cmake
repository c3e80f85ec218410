# Compiles SOURCE and succeeds when the compiler refuses it with a text that matches MESSAGE.

set(flags -std=c++20 -fsyntax-only)
foreach(directory IN LISTS INCLUDES)
    list(APPEND flags -I${directory})
endforeach()
foreach(definition IN LISTS DEFINITIONS)
    list(APPEND flags -D${definition})
endforeach()

execute_process(COMMAND ${COMPILER} ${flags} ${SOURCE}
    RESULT_VARIABLE code OUTPUT_VARIABLE output ERROR_VARIABLE output)
if(code EQUAL 0)
    message(FATAL_ERROR "${SOURCE} compiles, which it must not")
endif()
if(NOT output MATCHES "${MESSAGE}")
    message(FATAL_ERROR "${SOURCE} is refused without '${MESSAGE}':\n${output}")
endif()
