# What cosio needs to be used. Shared by the build and by the installed package.

find_package(Threads REQUIRED)
find_package(OpenSSL 3.0 REQUIRED)
find_package(fmt 9 REQUIRED)

# Debian's Asio ships no package description, newer packages do.
if(NOT TARGET asio::asio)
    find_package(asio CONFIG QUIET)
endif()
if(NOT TARGET asio::asio)
    find_path(COSIO_ASIO_INCLUDE_DIR asio/version.hpp)
    mark_as_advanced(COSIO_ASIO_INCLUDE_DIR)
    if(NOT COSIO_ASIO_INCLUDE_DIR)
        message(FATAL_ERROR "cosio needs standalone Asio 1.22.1 or newer (Debian: libasio-dev); "
            "set COSIO_ASIO_INCLUDE_DIR to the folder that holds asio.hpp")
    endif()
    add_library(asio::asio INTERFACE IMPORTED)
    target_include_directories(asio::asio SYSTEM INTERFACE ${COSIO_ASIO_INCLUDE_DIR})
    target_link_libraries(asio::asio INTERFACE Threads::Threads)
    # Before 1.26 Asio does not see that clang with libstdc++ has coroutines.
    target_compile_definitions(asio::asio INTERFACE
        $<$<CXX_COMPILER_ID:Clang>:ASIO_HAS_CO_AWAIT=1>
        $<$<CXX_COMPILER_ID:Clang>:ASIO_HAS_STD_COROUTINE=1>
        $<$<CXX_COMPILER_ID:Clang>:ASIO_HAS_STD_INVOKE_RESULT=1>)
endif()
