#ifndef COSIO_TESTS_SINGLE_HEADER_TWO_HPP
#define COSIO_TESTS_SINGLE_HEADER_TWO_HPP

#include <cosio/testing/emulator.hpp>

#include <string>

std::string body_of(const cosio::testing::emulator& emulator, const std::string& key);

#endif
