// Base64 beside the one of OpenSSL.

#include "differential/text_source.hpp"

#include <cosio/crypto/base64.hpp>
#include <cosio/detail/bytes.hpp>

#include <doctest/doctest.h>

#include <openssl/evp.h>

#include <cstddef>
#include <string>
#include <vector>

using cosio::detail::bytes_of;

TEST_CASE("base64: bytes are encoded as OpenSSL does, and decoded again")
{
    differential::text_source source(20260107);
    for (std::size_t round = 0; round != 5000; ++round) {
        const auto bytes = source.bytes(round % 200);
        std::vector<unsigned char> expected(cosio::crypto::base64_length(bytes.size()) + 1);
        const int length = EVP_EncodeBlock(expected.data(),
            reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
        const auto text = cosio::crypto::base64(bytes_of(bytes));
        REQUIRE(text == std::string(expected.begin(), expected.begin() + length));

        std::vector<std::byte> decoded(bytes.size());
        REQUIRE(cosio::crypto::decode_base64(text, decoded) == bytes.size());
        REQUIRE(std::string(cosio::detail::text_of(decoded)) == bytes);
    }
}
