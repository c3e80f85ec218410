#include <cosio/transfer/safe_path.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

using namespace cosio;
using namespace std::string_view_literals;
using transfer::safe_path;

TEST_CASE("safe_path: keys that are paths within a directory")
{
    const struct
    {
        std::string_view key;
        std::vector<std::string> directories;
        std::string_view name;
    } table[] = {
        {"file", {}, "file"},
        {"a/b/file", {"a", "b"}, "file"},
        {"a..b", {}, "a..b"},
        {"a..b/..c/d..", {"a..b", "..c"}, "d.."},
        {"...", {}, "..."},
        {".hidden", {}, ".hidden"},
        {"folder/", {"folder"}, ""},
        {"a/b/", {"a", "b"}, ""},
        {" ", {}, " "},
        {"日本/語", {"日本"}, "語"},
        {"-rf", {}, "-rf"},
        {"time 12:30", {}, "time 12:30"},
    };
    for (const auto& [key, directories, name] : table) {
        CAPTURE(key);
        const auto path = safe_path(key);
        REQUIRE(path);
        CHECK(path->directories == directories);
        CHECK(path->name == name);
    }
}

TEST_CASE("safe_path: keys that would leave it, here or elsewhere, or collide with others")
{
    for (const std::string_view key :
        {""sv, "/"sv, "//"sv, "/etc/passwd"sv, "//host/share"sv, ".."sv, "../x"sv, "a/../b"sv,
            "a/.."sv, "a/../../b"sv, "./a"sv, "a/./b"sv, "a/."sv, "."sv, "a//b"sv, "a//"sv,
            "C:\\windows"sv, "C:/windows"sv, "C:"sv, "a:b"sv, "x/c:y"sv, "a\\..\\b"sv, "..\\x"sv,
            "\\\\host\\share"sv, "a\0b"sv, "a/\0"sv, "\0"sv, "a\nb"sv, "a\x7f"sv}) {
        CAPTURE(key);
        const auto path = safe_path(key);
        REQUIRE_FALSE(path);
        CHECK(path.error().code == errc::unsafe_key);
        CHECK(path.error().field == "key");
    }
}
