#include <cosio/crypto/crc64.hpp>
#include <cosio/detail/bytes.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace crypto = cosio::crypto;
using cosio::detail::bytes_of;

namespace {

std::string repeating(unsigned modulus, std::size_t size)
{
    std::string text(size, '\0');
    for (std::size_t i = 0; i != size; ++i)
        text[i] = static_cast<char>(i % modulus);
    return text;
}

/// One bit at a time, from the definition: the judge of the table form.
std::uint64_t by_definition(std::span<const std::byte> bytes)
{
    std::uint64_t state = ~std::uint64_t{0};
    for (const auto byte : bytes) {
        state ^= std::to_integer<std::uint64_t>(byte);
        for (int bit = 0; bit != 8; ++bit)
            state = state >> 1U ^ ((state & 1U) != 0 ? 0xC96C5795D7870F42U : 0);
    }
    return ~state;
}

std::vector<std::byte> random_bytes(std::size_t size)
{
    std::minstd_rand random(7);
    std::vector<std::byte> bytes(size);
    for (auto& byte : bytes)
        byte = static_cast<std::byte>(random() >> 8U);
    return bytes;
}

/// Those that this processor can do, whichever of them `crc64` would choose.
template <class Check>
void for_each_fast_form(Check check)
{
    struct named_form
    {
        std::string_view name;
        bool present;
        crypto::crc64_form update;
    };
    const named_form forms[] = {
        {"carry-less", crypto::crc64_has_carry_less_multiply(), crypto::crc64_update_carry_less},
        {"256 bits", crypto::crc64_has_256_bits(), crypto::crc64_update_256},
        {"512 bits", crypto::crc64_has_512_bits(), crypto::crc64_update_512},
    };
    for (const auto& [name, present, update] : forms) {
        INFO("form: ", std::string(name));
        if (present)
            check(update);
        else
            MESSAGE("skipped, as this processor cannot do it");
    }
}

} // namespace

TEST_CASE("crc64: the documented vectors")
{
    struct vector
    {
        std::string text;
        std::uint64_t sum;
    };
    const auto mod_251 = repeating(251, 1 << 20);
    const std::vector<vector> vectors{
        {"", 0},
        {"123456789", 11051210869376104954U},
        {"a", 3675645893302102789U},
        {"123", 3468660410647627105U},
        {"00000", 8271072527367951039U},
        {std::string(1, '\0'), 2282658103124508505U},
        {"\xff", 18374686479671623680U},
        {"[Object Content]", 16749565679157681890U},
        {"[Object Part]", 4510578591875220731U},
        {"腾讯云", 7854095392376762377U},
        {repeating(256, 1 << 20), 12198584541786614250U},
        {mod_251, 16028127081582314172U},
        {std::string(1 << 20, '\0'), 6947770692288575170U},
        {mod_251.substr(0, 1 << 19), 3422476445518478541U},
        {mod_251.substr(1 << 19), 15665185971745142737U},
    };
    for (const auto& [text, sum] : vectors) {
        CHECK(crypto::crc64_of(bytes_of(text)) == sum);
        CHECK(~crypto::crc64_update_table(~std::uint64_t{0}, bytes_of(text)) == sum);
    }
    for_each_fast_form([&vectors](crypto::crc64_form form) {
        for (const auto& [text, sum] : vectors)
            CHECK(~form(~std::uint64_t{0}, bytes_of(text)) == sum);
    });
}

TEST_CASE("crc64: the table has the documented entries")
{
    const auto& row = crypto::crc64_tables[0];
    CHECK(row[0] == 0);
    CHECK(row[1] == 0xb32e4cbe03a75f6f);
    CHECK(row[2] == 0xf4843657a840a05b);
    CHECK(row[127] == 0x29c1f6e6b3e0301b);
    CHECK(row[128] == 0xc96c5795d7870f42);
    CHECK(row[255] == 0xe0ada17364673f59);
}

TEST_CASE("crc64: the table form agrees with the definition")
{
    const auto bytes = random_bytes(700);
    for (std::size_t start = 0; start != 17; ++start)
        for (std::size_t size = 0; start + size <= bytes.size(); size += size < 300 ? 1 : 37) {
            const auto part = std::span(bytes).subspan(start, size);
            REQUIRE(~crypto::crc64_update_table(~std::uint64_t{0}, part) == by_definition(part));
        }
}

TEST_CASE("crc64: every form agrees with the table, at every length and alignment")
{
    constexpr std::size_t alignments = 64;
    constexpr std::size_t longest = 1100;
    const auto bytes = random_bytes(2 * alignments + longest);
    const auto misaligned = reinterpret_cast<std::uintptr_t>(bytes.data()) % alignments;
    const auto all = std::span(bytes).subspan((alignments - misaligned) % alignments);
    for_each_fast_form([&](crypto::crc64_form form) {
        for (std::size_t start = 0; start != alignments; ++start) {
            const std::uint64_t before = 0x0123456789abcdef * (start + 1);
            std::uint64_t expected = before;
            for (std::size_t size = 0; size <= longest; ++size) {
                if (form(before, all.subspan(start, size)) != expected)
                    FAIL("alignment ", start, ", length ", size);
                expected = crypto::crc64_update_table(expected, all.subspan(start + size, 1));
            }
        }
    });
}

TEST_CASE("crc64: every form goes on from where it stopped")
{
    const auto bytes = random_bytes(100'000);
    std::minstd_rand random(11);
    const auto expected = crypto::crc64_update_table(~std::uint64_t{0}, bytes);
    for_each_fast_form([&](crypto::crc64_form form) {
        for (int round = 0; round != 50; ++round) {
            const std::size_t longest_piece = std::size_t{8} << random() % 14;
            auto state = ~std::uint64_t{0};
            for (auto left = std::span(bytes); !left.empty();) {
                const auto size = std::min<std::size_t>(random() % longest_piece, left.size());
                state = form(state, left.first(size));
                left = left.subspan(size);
            }
            REQUIRE(state == expected);
        }
    });
}

TEST_CASE("crc64: pieces add up")
{
    const auto bytes = random_bytes(5000);
    crypto::crc64 in_two;
    in_two.update(std::span(bytes).first(1667));
    in_two.update(std::span(bytes).subspan(1667));
    CHECK(in_two.value() == by_definition(bytes));
    CHECK(crypto::crc64().value() == 0);
}

TEST_CASE("crc64: combine")
{
    CHECK(crypto::crc64_combine(10356266839035167742U, 423043141257026857U, 748576) ==
        16028127081582314172U);
    CHECK(crypto::crc64_combine(3422476445518478541U, 15665185971745142737U, 1U << 19U) ==
        16028127081582314172U);
    const auto text = repeating(251, 1000);
    const auto whole = crypto::crc64_of(bytes_of(text));
    for (std::size_t cut = 0; cut <= text.size(); ++cut) {
        const auto first = crypto::crc64_of(bytes_of(text).first(cut));
        const auto second = crypto::crc64_of(bytes_of(text).subspan(cut));
        REQUIRE(crypto::crc64_combine(first, second, text.size() - cut) == whole);
    }
    // A power that no loop over bytes could reach: (x^a)^b = x^(ab).
    const std::uint64_t tebi = std::uint64_t{1} << 40U;
    CHECK(crypto::crc64_power_of_x_to_bytes(tebi * 2) ==
        crypto::crc64_multiply(crypto::crc64_power_of_x_to_bytes(tebi),
            crypto::crc64_power_of_x_to_bytes(tebi)));
}
