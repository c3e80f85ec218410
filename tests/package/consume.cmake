# Builds and runs the consumer in one WAY, as a user would.

function(run)
    execute_process(COMMAND ${ARGV} RESULT_VARIABLE code OUTPUT_VARIABLE output ERROR_VARIABLE output)
    if(NOT code EQUAL 0)
        message(FATAL_ERROR "${ARGV}\n${output}")
    endif()
endfunction()

file(REMOVE_RECURSE ${WORK})
set(options -DWAY=${WAY} -DCOSIO_SOURCE=${SOURCE} -DEXPECTED_VERSION=${VERSION}
    -DCMAKE_CXX_COMPILER=${COMPILER})
if(WAY STREQUAL "find_package")
    run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${WORK}/installed)
    list(APPEND options -DCMAKE_PREFIX_PATH=${WORK}/installed)
elseif(WAY STREQUAL "fetch_content")
    list(APPEND options -DFETCHCONTENT_SOURCE_DIR_COSIO=${SOURCE})
endif()
run(${CMAKE_COMMAND} -S ${CMAKE_CURRENT_LIST_DIR}/consumer -B ${WORK}/build ${options})
run(${CMAKE_COMMAND} --build ${WORK}/build)
run(${WORK}/build/consumer)
