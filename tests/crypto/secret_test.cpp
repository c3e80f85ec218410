#include <cosio/crypto/secret.hpp>
#include <cosio/detail/bytes.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <utility>

namespace crypto = cosio::crypto;
using cosio::detail::bytes_of;

TEST_CASE("a cleared buffer keeps its memory and nothing in it")
{
    crypto::secret_buffer buffer;
    buffer.append("a secret that is long enough for the heap, canary-canary-canary");
    const char* const where = buffer.data();
    const std::size_t size = buffer.size();
    buffer.clear();
    CHECK(buffer.empty());
    CHECK(std::all_of(where, where + size, [](char c) { return c == '\0'; }));
}

TEST_CASE("a buffer grows, shrinks, is copied and moved")
{
    crypto::secret_buffer buffer;
    std::string all;
    for (int i = 0; i != 2000; ++i) {
        buffer.append("part");
        buffer.push_back('.');
        all += "part.";
    }
    CHECK((buffer.view() == all));
    const auto copy = buffer;
    const auto moved = std::move(buffer);
    CHECK((moved.view() == all));
    CHECK((copy.view() == all));
    CHECK(buffer.empty()); // NOLINT(bugprone-use-after-move): it says so.
    CHECK(buffer.view().empty());
    buffer.append("again");
    CHECK(buffer.view() == "again");

    buffer.resize(3);
    CHECK(buffer.view() == "aga");
    buffer.resize(5);
    CHECK((buffer.view() == std::string_view("aga\0\0", 5)));
}

TEST_CASE("a buffer takes what is written into it")
{
    crypto::secret_buffer buffer("start ");
    std::string all = "start ";
    for (int i = 0; i != 200; ++i) {
        buffer.append_written(16, [](char* out) {
            std::memcpy(out, "four", 4);
            return out + 4;
        });
        all += "four";
    }
    CHECK((buffer.view() == all));
    buffer.append_written(0, [](char* out) { return out; });
    CHECK((buffer.view() == all));
}

TEST_CASE("fixed secret bytes are wiped when they go")
{
    alignas(crypto::secret_bytes<32>) std::byte memory[sizeof(crypto::secret_bytes<32>)];
    auto* const secret = new (memory) crypto::secret_bytes<32>;
    std::ranges::fill(secret->writable(), std::byte{0x5a});
    const auto copy = *secret;
    std::destroy_at(secret);
    std::byte seen[32];
    // To the optimiser nothing is left to read, so it must not know what is called.
    void* (*volatile read)(void*, const void*, std::size_t) = &std::memcpy;
    read(seen, memory, sizeof seen);
    CHECK(std::ranges::all_of(seen, [](std::byte b) { return b == std::byte{0}; }));
    CHECK(copy.view()[0] == std::byte{0x5a});
}

TEST_CASE("comparison in constant time is still a comparison")
{
    using crypto::equal_in_constant_time;
    CHECK(equal_in_constant_time(bytes_of("abc"), bytes_of("abc")));
    CHECK_FALSE(equal_in_constant_time(bytes_of("abc"), bytes_of("abd")));
    CHECK_FALSE(equal_in_constant_time(bytes_of("abc"), bytes_of("ab")));
    CHECK(equal_in_constant_time(bytes_of(""), bytes_of("")));
}
