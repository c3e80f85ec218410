include(${CMAKE_CURRENT_LIST_DIR}/cosio_dependencies.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/cosioTargets.cmake)
