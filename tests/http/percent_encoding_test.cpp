#include <cosio/http/percent_encoding.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace cosio::http;

TEST_CASE("keys are encoded as the official SDKs encode them")
{
    CHECK(percent_encoded("目录/a b+c~d(1).txt", slash::keep) ==
        "%E7%9B%AE%E5%BD%95/a%20b%2Bc~d%281%29.txt");
    CHECK(percent_encoded("目录/腾讯 云+a.txt", slash::keep) ==
        "%E7%9B%AE%E5%BD%95/%E8%85%BE%E8%AE%AF%20%E4%BA%91%2Ba.txt");
    CHECK(percent_encoded("b c+d~e(1)!*'@:;,=&$?#%.txt", slash::keep) ==
        "b%20c%2Bd~e%281%29%21%2A%27%40%3A%3B%2C%3D%26%24%3F%23%25.txt");
    CHECK(percent_encoded("a/b c") == "a%2Fb%20c");
    CHECK(percent_encoded("").empty());
}

TEST_CASE("decoding")
{
    CHECK(percent_decoded("a%20b%2Bc+d") == "a b+c+d");
    CHECK(percent_decoded("a+b%2f", plus::space) == "a b/");
    CHECK_FALSE(percent_decoded("%"));
    CHECK_FALSE(percent_decoded("%4"));
    CHECK_FALSE(percent_decoded("%zz"));
    CHECK_FALSE(percent_decoded("%+1"));
}

TEST_CASE("every byte comes back")
{
    std::string all;
    for (int i = 0; i != 256; ++i)
        all.push_back(static_cast<char>(i));
    CHECK(percent_decoded(percent_encoded(all)) == all);
    CHECK(percent_decoded(percent_encoded(all, slash::keep)) == all);
}

TEST_CASE("writing to memory encodes as appending does")
{
    std::string all;
    for (int i = 0; i != 256; ++i)
        all.push_back(static_cast<char>(i));
    const std::string text = "plain-characters-only." + all + "photos/2026/a picture.jpg/";
    for (const auto treatment : {slash::keep, slash::encode})
        for (std::size_t start = 0; start != text.size(); ++start)
            for (std::size_t size = 0; size != 20 && start + size <= text.size(); ++size) {
                const auto part = std::string_view(text).substr(start, size);
                std::string room(longest_escape * size, '\0');
                char* const end = write_percent_encoded(room.data(), part, treatment);
                room.resize(static_cast<std::size_t>(end - room.data()));
                REQUIRE(room == percent_encoded(part, treatment));
            }
}
