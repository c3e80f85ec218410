#include <cosio/crypto/base64.hpp>
#include <cosio/crypto/digest.hpp>
#include <cosio/crypto/hex.hpp>
#include <cosio/crypto/hmac.hpp>
#include <cosio/detail/bytes.hpp>

#include <doctest/doctest.h>

#include <string>

namespace crypto = cosio::crypto;
using cosio::detail::bytes_of;
using crypto::hex;

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
