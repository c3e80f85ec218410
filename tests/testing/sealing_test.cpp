#include <cosio/testing/emulation/encryption_rules.hpp>
#include <cosio/testing/emulation/sealing.hpp>

#include <doctest/doctest.h>

#include <optional>
#include <string>

using namespace cosio::testing::emulation;

namespace {

std::string pattern(std::size_t size)
{
    std::string text(size, '\0');
    for (std::size_t i = 0; i != size; ++i)
        text[i] = static_cast<char>(i * 17 + i / 255);
    return text;
}

} // namespace

TEST_CASE("sealed bytes come back, whole or in part, and only with the key")
{
    const auto key = random_key();
    const auto other = random_key();
    for (const std::size_t size : {0U, 1U, 262'143U, 262'144U, 262'145U, 800'000U}) {
        const auto plain = pattern(size);
        sealed_bytes sealed;
        sealed.stored = seal_segments(key, plain);
        sealed.size = size;
        CHECK(open_segments(key, sealed, 0, size) == plain);
        if (size == 0)
            continue;
        if (size > 16) // Fewer bytes may be found among any others.
            CHECK(sealed.stored.find(plain) == std::string::npos);
        CHECK_FALSE(open_segments(other, sealed, 0, size));
        CHECK(open_segments(key, sealed, size - 1, 1) == plain.substr(size - 1));
        CHECK(open_segments(key, sealed, size / 2, size) == plain.substr(size / 2));
        auto changed = sealed;
        changed.stored[0] = static_cast<char>(changed.stored[0] ^ 1);
        CHECK_FALSE(open_segments(key, changed, 0, 1));
    }
}

TEST_CASE("data keys are wrapped with the context they are bound to")
{
    const auto key = random_key();
    const auto data_key = random_key();
    const auto wrapped = wrap(key, data_key, R"({"a":"b"})");
    CHECK(unwrap(key, wrapped, R"({"a":"b"})") == data_key);
    CHECK_FALSE(unwrap(key, wrapped, R"({"a":"c"})"));
    CHECK_FALSE(unwrap(random_key(), wrapped, R"({"a":"b"})"));
    CHECK_FALSE(unwrap(key, wrapped.substr(1), R"({"a":"b"})"));
}

TEST_CASE("of a customer's key only a salted hash is kept")
{
    const auto key = random_key();
    sse_request asked;
    asked.mode = sse_mode::customer;
    asked.customer_key = key;
    const auto one = key_vault::at_rest(asked);
    const auto two = key_vault::at_rest(asked);
    CHECK(one.customer_key_hmac != two.customer_key_hmac);
    CHECK(key_vault::is_key_of(one, key));
    CHECK_FALSE(key_vault::is_key_of(one, random_key()));
    const auto bytes = cosio::detail::text_of(key.view());
    CHECK(one.customer_key_hmac.find(bytes) == std::string::npos);
}
