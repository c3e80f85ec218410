# Flags for our own tests and examples; users of the library see none of them.

add_library(cosio_development INTERFACE)
target_compile_options(cosio_development INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion
    $<$<BOOL:${COSIO_WARNINGS_AS_ERRORS}>:-Werror>
    # GCC takes Asio's recycled coroutine frames for mismatched allocations, up to version 14.
    $<$<CXX_COMPILER_ID:GNU>:-Wno-mismatched-new-delete>)

if(COSIO_SANITIZE)
    target_compile_options(cosio_development INTERFACE
        -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
    target_link_options(cosio_development INTERFACE -fsanitize=address,undefined)
endif()

if(COSIO_TEST_SINGLE_HEADER)
    # Every <cosio/...> of the tests leads to the one generated header.
    set(forwarding ${CMAKE_CURRENT_BINARY_DIR}/single_header)
    foreach(header IN LISTS cosio_headers)
        file(RELATIVE_PATH name ${CMAKE_CURRENT_SOURCE_DIR}/include ${header})
        set(generated cosio.hpp)
        if(name MATCHES "^cosio/testing/")
            set(generated cosio_testing.hpp)
        endif()
        file(WRITE ${forwarding}/${name}.new
            "#include \"${CMAKE_CURRENT_SOURCE_DIR}/single_include/${generated}\"\n")
        file(COPY_FILE ${forwarding}/${name}.new ${forwarding}/${name} ONLY_IF_DIFFERENT)
    endforeach()
    add_library(cosio_under_test INTERFACE)
    target_include_directories(cosio_under_test INTERFACE ${forwarding})
    target_compile_features(cosio_under_test INTERFACE cxx_std_20)
    target_link_libraries(cosio_under_test
        INTERFACE asio::asio fmt::fmt OpenSSL::SSL OpenSSL::Crypto Threads::Threads)
else()
    add_library(cosio_under_test INTERFACE)
    target_link_libraries(cosio_under_test INTERFACE cosio::cosio)
endif()
target_link_libraries(cosio_development INTERFACE cosio_under_test)

# Compiled once: every test and example would compile the whole client, and the emulator, otherwise.
add_library(cosio_compiled STATIC EXCLUDE_FROM_ALL cmake/compiled/library.cpp)
target_compile_definitions(cosio_compiled PUBLIC COSIO_SEPARATE_COMPILATION)
target_link_libraries(cosio_compiled PUBLIC cosio_development)
