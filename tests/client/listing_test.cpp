// Listings of objects: order, prefixes, pages, names that XML would spoil, errors that end nothing.

#include "support/emulated.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace listing_test {

using namespace cosio;
using support::bucket;
using support::emulated;

TEST_CASE("keys that XML or URLs would spoil are listed as they are")
{
    emulated here;
    std::vector<std::string> keys{"a b+c", "a&b<c>\"d'", "目录/腾讯 云.txt", "%2e", "dir/", "x//y",
        "\xf0\x9f\x94\x91", "e=f?g#h"};
    for (const auto& key : keys)
        REQUIRE(here.get(here.cos.put_object({.bucket = bucket, .key = key, .body = "x"})));
    std::ranges::sort(keys);
    const auto listed = here.get(here.cos.list_objects({.bucket = bucket}));
    REQUIRE(listed);
    std::vector<std::string> seen;
    for (const auto& object : listed->objects)
        seen.push_back(object.key);
    CHECK(seen == keys);
    CHECK_FALSE(listed->is_truncated);
    for (const auto& key : keys) {
        const auto one = here.get(here.cos.list_objects({.bucket = bucket, .prefix = key}));
        REQUIRE(one);
        CHECK(one->objects.at(0).key == key);
        CHECK(one->objects.at(0).size == 1);
        CHECK(one->objects.at(0).last_modified.has_value());
    }
}

TEST_CASE("a listing of long names takes more than a mebibyte")
{
    emulated here;
    std::vector<std::string> keys;
    for (int i = 0; i != 500; ++i) {
        auto name = std::to_string(1000 + i) + "/";
        for (int k = 0; k != 270; ++k)
            name.append("\xe9\x94\xae"); // Nine bytes in a listing.
        keys.push_back(std::move(name));
    }
    for (const auto& key : keys)
        REQUIRE(here.get(here.cos.put_object({.bucket = bucket, .key = key, .body = "x"})));
    const auto listed = here.get(here.cos.list_objects({.bucket = bucket}));
    REQUIRE_MESSAGE(listed, (listed ? std::string() : listed.error().describe()));
    REQUIRE(listed->objects.size() == keys.size());
    CHECK(listed->objects.back().key == keys.back());
}

TEST_CASE("pages, with and without a delimiter")
{
    emulated here;
    std::vector<std::string> keys;
    for (int i = 0; i != 25; ++i) {
        keys.push_back("logs/" + std::to_string(1000 + i));
        REQUIRE(here.get(here.cos.put_object({.bucket = bucket, .key = keys.back(), .body = "x"})));
    }
    REQUIRE(here.get(here.cos.put_object({.bucket = bucket, .key = "a/1", .body = "x"})));
    REQUIRE(here.get(here.cos.put_object({.bucket = bucket, .key = "z", .body = "x"})));

    here.run([&]() -> asio::awaitable<void> {
        for (const std::uint32_t size : {1U, 7U, 25U, 26U, 0U}) {
            auto pages = here.cos.object_pages(
                {.bucket = bucket, .prefix = "logs/", .max_keys = size});
            std::vector<std::string> seen;
            for (;;) {
                const auto page = co_await pages.next();
                REQUIRE(page);
                if (!*page)
                    break;
                for (const auto& object : (*page)->objects)
                    seen.push_back(object.key);
            }
            CHECK(seen == keys);
            const auto after_the_end = co_await pages.next();
            CHECK_FALSE(after_the_end.value().has_value());
        }
        auto pages = here.cos.object_pages({.bucket = bucket, .delimiter = "/", .max_keys = 1});
        std::vector<std::string> seen;
        for (;;) {
            const auto page = co_await pages.next();
            REQUIRE(page);
            if (!*page)
                break;
            for (const auto& prefix : (*page)->common_prefixes)
                seen.push_back(prefix);
            for (const auto& object : (*page)->objects)
                seen.push_back(object.key);
        }
        CHECK(seen == std::vector<std::string>{"a/", "logs/", "z"});
    });
}

TEST_CASE("a page that fails is an error, never an end, and can be asked for again")
{
    emulated here;
    for (const std::string key : {"a", "b", "c"})
        REQUIRE(here.get(here.cos.put_object({.bucket = bucket, .key = key, .body = "x"})));
    here.run([&]() -> asio::awaitable<void> {
        auto pages = here.cos.object_pages({.bucket = bucket, .max_keys = 1});
        const auto first = co_await pages.next();
        CHECK(first.value()->objects.at(0).key == "a");
        here.server.inject(testing::fault::reply_with(500, "InternalError"));
        const auto failed = co_await pages.next();
        CHECK(failed.error().code == service_errc::internal_error);
        here.server.inject(testing::fault::close_after_reply_bytes(400));
        const auto cut = co_await pages.next();
        CHECK_FALSE(cut.has_value());
        const auto second = co_await pages.next();
        CHECK(second.value()->objects.at(0).key == "b");
        const auto third = co_await pages.next();
        CHECK(third.value()->objects.at(0).key == "c");
        const auto end = co_await pages.next();
        CHECK_FALSE(end.value().has_value());
    });
}

} // namespace listing_test
