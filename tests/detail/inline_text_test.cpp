#include <cosio/detail/inline_text.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <utility>

using of_eight = cosio::detail::inline_text<8>;

TEST_CASE("inline_text: grows by pieces of any size, from within itself to beyond")
{
    const std::string_view all = "0123456789abcdefghijklmnopqrstuvwxyz";
    for (std::size_t piece = 1; piece <= all.size(); ++piece) {
        of_eight made;
        CHECK(made.empty());
        for (std::size_t at = 0; at < all.size(); at += piece) {
            made.append(all.substr(at, piece));
            REQUIRE(made == all.substr(0, at + piece));
        }
        CHECK(made.size() == all.size());
    }
    of_eight by_character;
    for (const char each : all)
        by_character.push_back(each);
    CHECK(by_character == all);
    CHECK(of_eight("").append({}).append("a").append({}) == "a");
}

TEST_CASE("inline_text: copies, moves, and serves again, short or long")
{
    for (const std::string_view one : {"", "short", "01234567", "longer than eight"})
        for (const std::string_view other : {"", "a", "another long one"}) {
            const of_eight from(one);
            of_eight to(other);
            to = from;
            CHECK(to == one);
            CHECK(from == one);
            of_eight copied(to);
            copied.append("!");
            CHECK(copied == std::string(one) + "!");
            CHECK(to == one);

            of_eight moved(std::move(copied));
            CHECK(moved == std::string(one) + "!");
            to = std::move(moved);
            CHECK(to == std::string(one) + "!");
            moved.append("again"); // NOLINT(bugprone-use-after-move): empty by contract.
            CHECK(moved == "again");

            to.clear();
            CHECK(to.empty());
            CHECK(to.append(other) == other);
            const auto& same = to;
            to = same;
            CHECK(to == other);
        }
}
