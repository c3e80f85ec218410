// CRC64, whole and combined, beside the one of liblzma.

#include "differential/text_source.hpp"

#include <cosio/crypto/crc64.hpp>
#include <cosio/detail/bytes.hpp>

#include <doctest/doctest.h>

#include <lzma.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace {

using cosio::detail::bytes_of;

std::uint64_t of_lzma(std::string_view text)
{
    return lzma_crc64(reinterpret_cast<const std::uint8_t*>(text.data()), text.size(), 0);
}

} // namespace

TEST_CASE("CRC64: every length and alignment near the steps of the fast forms")
{
    differential::text_source source(20260105);
    const std::string text = source.bytes(1024);
    for (std::size_t start = 0; start != 17; ++start)
        for (std::size_t size = 0; size != 400; ++size) {
            const auto piece = std::string_view(text).substr(start, size);
            const auto expected = of_lzma(piece);
            REQUIRE(cosio::crypto::crc64_of(bytes_of(piece)) == expected);
            REQUIRE(~cosio::crypto::crc64_update_table(~std::uint64_t{0}, bytes_of(piece)) ==
                expected);
        }
}

TEST_CASE("CRC64: long texts, in pieces and combined")
{
    differential::text_source source(20260106);
    const std::string text = source.bytes(3'000'000);
    CHECK(cosio::crypto::crc64_of(bytes_of(text)) == of_lzma(text));
    for (int round = 0; round != 200; ++round) {
        const auto start = source.below(text.size());
        const auto whole = std::string_view(text).substr(start, source.below(20'000));
        const auto first = whole.substr(0, source.below(whole.size() + 1));
        const auto second = whole.substr(first.size());
        cosio::crypto::crc64 sum;
        sum.update(bytes_of(first));
        sum.update(bytes_of(second));
        REQUIRE(sum.value() == of_lzma(whole));
        REQUIRE(cosio::crypto::crc64_combine(of_lzma(first), of_lzma(second), second.size()) ==
            of_lzma(whole));
    }
}
