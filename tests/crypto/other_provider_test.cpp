// In a program of its own: which provider OpenSSL chooses is settled once per process.

#include <cosio/crypto/digest.hpp>
#include <cosio/crypto/hmac.hpp>
#include <cosio/detail/bytes.hpp>

#include <doctest/doctest.h>

#include <openssl/core_dispatch.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/provider.h>

#include <algorithm>
#include <cstddef>

namespace crypto = cosio::crypto;
using cosio::detail::bytes_of;

namespace {

constexpr std::size_t size = 20;

/// How many bytes it was given is all that this "SHA-1" knows.
struct counting_digest
{
    unsigned char bytes = 0;
};

void* new_context(void*) { return new counting_digest; }
void free_context(void* context) { delete static_cast<counting_digest*>(context); }
void* copy_context(void* context)
{
    return new counting_digest(*static_cast<counting_digest*>(context));
}
int start(void* context, const OSSL_PARAM*)
{
    static_cast<counting_digest*>(context)->bytes = 0;
    return 1;
}
int update(void* context, const unsigned char*, std::size_t count)
{
    auto& bytes = static_cast<counting_digest*>(context)->bytes;
    bytes = static_cast<unsigned char>(bytes + count);
    return 1;
}
int finish(void* context, unsigned char* out, std::size_t* count, std::size_t)
{
    std::fill_n(out, size, static_cast<counting_digest*>(context)->bytes);
    *count = size;
    return 1;
}
int parameters(OSSL_PARAM* wanted)
{
    if (auto* const block = OSSL_PARAM_locate(wanted, OSSL_DIGEST_PARAM_BLOCK_SIZE))
        OSSL_PARAM_set_size_t(block, 64);
    if (auto* const digest = OSSL_PARAM_locate(wanted, OSSL_DIGEST_PARAM_SIZE))
        OSSL_PARAM_set_size_t(digest, size);
    return 1;
}

template <class Function>
OSSL_DISPATCH entry(int id, Function* function)
{
    return {id, reinterpret_cast<void (*)()>(function)};
}

const OSSL_ALGORITHM* algorithms(void*, int operation, int* no_cache)
{
    static const OSSL_DISPATCH functions[] = {entry(OSSL_FUNC_DIGEST_NEWCTX, new_context),
        entry(OSSL_FUNC_DIGEST_FREECTX, free_context),
        entry(OSSL_FUNC_DIGEST_DUPCTX, copy_context), entry(OSSL_FUNC_DIGEST_INIT, start),
        entry(OSSL_FUNC_DIGEST_UPDATE, update), entry(OSSL_FUNC_DIGEST_FINAL, finish),
        entry(OSSL_FUNC_DIGEST_GET_PARAMS, parameters), {0, nullptr}};
    static const OSSL_ALGORITHM digests[] = {
        {"SHA1", "provider=other", functions, nullptr}, {nullptr, nullptr, nullptr, nullptr}};
    *no_cache = 0;
    return operation == OSSL_OP_DIGEST ? digests : nullptr;
}

int provide(
    const OSSL_CORE_HANDLE*, const OSSL_DISPATCH*, const OSSL_DISPATCH** out, void** context)
{
    static const OSSL_DISPATCH functions[] = {
        entry(OSSL_FUNC_PROVIDER_QUERY_OPERATION, algorithms), {0, nullptr}};
    static int nothing = 0;
    *out = functions;
    *context = &nothing;
    return 1;
}

/// As `openssl.cnf` of a system that has to use another provider, such as that for FIPS.
const bool other_is_chosen = OSSL_PROVIDER_add_builtin(nullptr, "other", provide) == 1 &&
    OSSL_PROVIDER_load(nullptr, "other") != nullptr &&
    EVP_set_default_properties(nullptr, "provider=other") == 1;

crypto::sha1_value counted(int bytes)
{
    crypto::sha1_value value;
    value.fill(std::byte(bytes));
    return value;
}

} // namespace

TEST_CASE("digests are those of the provider that was configured")
{
    REQUIRE(other_is_chosen);
    CHECK(crypto::sha1(bytes_of("abc")).value() == counted(3));
    crypto::hmac_sha1_key key(bytes_of("key"), bytes_of("prefix"));
    REQUIRE(key.usable());
    for (int round = 0; round != 2; ++round)
        CHECK(key.sign(bytes_of("message")).value() == counted(64 + 20));
    CHECK(key.digest(bytes_of("message")).value() == counted(7));
}

TEST_CASE("an algorithm that it lacks is not taken from elsewhere")
{
    REQUIRE(other_is_chosen);
    const auto digest = crypto::sha256(bytes_of("abc"));
    REQUIRE_FALSE(digest);
    CHECK(digest.error().code == cosio::errc::crypto_unavailable);
    CHECK_FALSE(crypto::hmac_sha256_key(bytes_of("key")).usable());
    CHECK_FALSE(crypto::md5(bytes_of("abc")));
}
