#include <cosio/crypto/base64.hpp>
#include <cosio/detail/bytes.hpp>

#include <doctest/doctest.h>

#include <array>
#include <random>
#include <string>
#include <string_view>
#include <vector>

using cosio::crypto::base64;
using cosio::crypto::decode_base64;
using cosio::detail::bytes_of;
using cosio::detail::text_of;

namespace {

std::string decoded(std::string_view text)
{
    std::array<std::byte, 64> out{};
    const auto size = decode_base64(text, out);
    return size ? std::string(text_of(std::span(out).first(*size))) : "(refused)";
}

} // namespace

TEST_CASE("base64: RFC 4648 vectors and the documents of COS")
{
    constexpr std::array<std::array<std::string_view, 2>, 10> vectors{{
        {"", ""},
        {"f", "Zg=="},
        {"fo", "Zm8="},
        {"foo", "Zm9v"},
        {"foob", "Zm9vYg=="},
        {"fooba", "Zm9vYmE="},
        {"foobar", "Zm9vYmFy"},
        {R"({"test":"test"})", "eyJ0ZXN0IjoidGVzdCJ9"},
        {"00000000000000000000000000000001", "MDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDE="},
        {"0123456789abcdef0123456789abcdef", "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="},
    }};
    for (const auto& [plain, encoded] : vectors) {
        CHECK(base64(bytes_of(plain)) == encoded);
        CHECK(decoded(encoded) == plain);
    }
}

TEST_CASE("base64: what is not canonical is refused")
{
    for (const std::string_view text : {"Z", "Zg", "Zg=", "Zg===", "====", "=Zg=", "Z=g=", "Zm9v\n",
             "Zm 9", "Zm9-", "Zm9_", "Zh==", "Zm9=", "Zg==Zg=="})
        CHECK_MESSAGE(decoded(text) == "(refused)", text);
    std::array<std::byte, 2> small{};
    CHECK_FALSE(decode_base64("Zm9v", small));
    CHECK(decode_base64("Zm8=", small) == 2);
}

TEST_CASE("base64: any bytes come back")
{
    std::minstd_rand random(1);
    for (std::size_t size = 0; size != 64; ++size) {
        std::vector<std::byte> bytes(size);
        for (auto& byte : bytes)
            byte = static_cast<std::byte>(random());
        CHECK(decoded(base64(bytes)) == text_of(bytes));
    }
}
