# install() and find_package(cosio).

include(CMakePackageConfigHelpers)

set(cosio_package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/cosio)

install(TARGETS cosio EXPORT cosioTargets FILE_SET HEADERS)
install(EXPORT cosioTargets NAMESPACE cosio:: DESTINATION ${cosio_package_dir})
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/cosioConfigVersion.cmake
    COMPATIBILITY SameMinorVersion ARCH_INDEPENDENT)
install(FILES
    ${CMAKE_CURRENT_SOURCE_DIR}/cmake/cosioConfig.cmake
    ${CMAKE_CURRENT_SOURCE_DIR}/cmake/cosio_dependencies.cmake
    ${CMAKE_CURRENT_BINARY_DIR}/cosioConfigVersion.cmake
    DESTINATION ${cosio_package_dir})
