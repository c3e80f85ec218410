#include <cosio/crypto/base64.hpp>
#include <cosio/crypto/digest.hpp>
#include <cosio/crypto/hex.hpp>
#include <cosio/crypto/hmac.hpp>
#include <cosio/detail/bytes.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace crypto = cosio::crypto;
using cosio::detail::bytes_of;
using crypto::hex;

namespace {

template <crypto::digest_algorithm Algorithm>
struct algorithm_pair
{
    using cheap = typename crypto::default_provider_digest<Algorithm>::type;
    using provided = crypto::provider_digest<Algorithm>;
    using value = crypto::digest_value<Algorithm>;
};

} // namespace

TEST_CASE("digests of the standards' examples")
{
    CHECK(hex(crypto::md5(bytes_of("")).value()) == "d41d8cd98f00b204e9800998ecf8427e");
    CHECK(hex(crypto::md5(bytes_of("123456789")).value()) == "25f9e794323b453885f5181f1b624d0b");
    CHECK(hex(crypto::sha1(bytes_of("abc")).value()) ==
        "a9993e364706816aba3e25717850c26c9cd0d89d");
    CHECK(hex(crypto::sha256(bytes_of("abc")).value()) ==
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK(crypto::base64(crypto::md5(bytes_of("00000000000000000000000000000001")).value()) ==
        "5inxltxhJQnqmmHfVSQjoA==");
}

TEST_CASE("a hasher takes pieces and can be used again")
{
    crypto::hasher<crypto::digest_algorithm::sha1> hash;
    for (int round = 0; round != 2; ++round) {
        hash.update(bytes_of("a"));
        hash.update(bytes_of(""));
        hash.update(bytes_of("bc"));
        CHECK(hash.finish().value() == crypto::sha1(bytes_of("abc")).value());
    }
}

TEST_CASE("a hasher goes on behind the bytes of another, which stays as it is")
{
    using hasher = crypto::hasher<crypto::digest_algorithm::sha1>;
    hasher prefix;
    CHECK_FALSE(prefix.usable()); // There are no bytes yet.
    prefix.update(bytes_of("a"));
    CHECK(prefix.usable());
    hasher hash;
    hash.update(bytes_of("these are forgotten"));
    for (int round = 0; round != 2; ++round) {
        hash.set(prefix);
        hash.update(bytes_of("bc"));
        CHECK(hash.finish().value() == crypto::sha1(bytes_of("abc")).value());
    }
    CHECK(hash.finish().value() == crypto::sha1(bytes_of("")).value());
    hash.set(hasher());
    CHECK_FALSE(hash.finish());
}

TEST_CASE_TEMPLATE("the cheap way for the default provider computes what the provider does", pair,
    algorithm_pair<crypto::digest_algorithm::sha1>,
    algorithm_pair<crypto::digest_algorithm::sha256>)
{
    typename pair::cheap cheap;
    typename pair::provided provided;
    const std::string text(200, 'x');
    // Around the sizes at which a block, or its padding, begins.
    for (std::size_t size = 0; size != text.size(); ++size) {
        const auto bytes = bytes_of(std::string_view(text).substr(0, size));
        const auto of = [&](auto& digest) {
            typename pair::value value{};
            CHECK(digest.start());
            CHECK(digest.update(bytes.first(size / 3)));
            auto copy = std::remove_reference_t<decltype(digest)>();
            CHECK(copy.set(digest));
            CHECK(copy.update(bytes.subspan(size / 3)));
            CHECK(copy.finish(value));
            return value;
        };
        CHECK(of(cheap) == of(provided));
    }
}

TEST_CASE("a moved hasher goes on where it was")
{
    using hasher = crypto::hasher<crypto::digest_algorithm::sha256>;
    static_assert(!std::is_copy_constructible_v<hasher>);
    hasher first;
    first.update(bytes_of("ab"));
    hasher second(std::move(first));
    second.update(bytes_of("c"));
    CHECK(second.finish().value() == crypto::sha256(bytes_of("abc")).value());
}

TEST_CASE("HMAC of RFC 2202 and RFC 4231")
{
    CHECK(hex(crypto::hmac_sha1(bytes_of("Jefe"), bytes_of("what do ya want for nothing?"))
                  .value()) == "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
    CHECK(hex(crypto::hmac_sha1(bytes_of(std::string(80, '\xaa')),
                  bytes_of("Test Using Larger Than Block-Size Key - Hash Key First"))
                  .value()) == "aa4ae5e15272d00e95705637ce8a3b55ed402112");
    CHECK(hex(crypto::hmac_sha256(bytes_of("Jefe"), bytes_of("what do ya want for nothing?"))
                  .value()) ==
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    CHECK(hex(crypto::hmac_sha1(bytes_of(""), bytes_of("")).value()) ==
        "fbdb1d1b18aa6c08324b7d64b71fb76370690e1d");
}

TEST_CASE("an HMAC key signs many messages")
{
    crypto::hmac_sha1_key key(bytes_of("ExampleSecretKey0123456789abcdef"));
    for (int round = 0; round != 3; ++round)
        CHECK(hex(key.sign(bytes_of("1700000000;1700003600")).value()) ==
            "e9c5d68b73e44fca2d3c9c5fcb87e169f3da7b9b");
}

TEST_CASE("an HMAC key knows what all messages begin with")
{
    crypto::hmac_sha1_key key(bytes_of("Jefe"), bytes_of("what do ya "));
    for (int round = 0; round != 2; ++round)
        CHECK(hex(key.sign(bytes_of("want for nothing?")).value()) ==
            "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
}
