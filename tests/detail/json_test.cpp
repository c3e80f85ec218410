#include <cosio/detail/json.hpp>

#include <doctest/doctest.h>

#include <string_view>

using cosio::detail::json_string_object_problem;

TEST_CASE("JSON objects of string pairs are accepted")
{
    for (const std::string_view text : {R"({})", R"({"test":"test"})", R"( { "a" : "b" , "c" : "" } )",
             R"({"a":"\"\\\/\b\f\n\r\t\u0041\uD83D\uDD11"})",
             R"({"\uD83D":"b","\uDD11":"c","\uD83D\u0041":"d"})", "{\"a\":\"腾讯云\"}"})
        CHECK_MESSAGE(json_string_object_problem(text).empty(), text);
}

TEST_CASE("everything else is refused, with the reason")
{
    struct example
    {
        std::string_view text;
        std::string_view reason;
    };
    constexpr std::string_view not_string = "a JSON value that is not a string";
    for (const auto& [text, reason] : {
             example{"", "not a JSON object"},
             example{"[]", "not a JSON object"},
             example{R"("a")", "not a JSON object"},
             example{R"({"a":1})", not_string},
             example{R"({"a":null})", not_string},
             example{R"({"a":{"b":"c"}})", not_string},
             example{R"({"a":["b"]})", not_string},
             example{R"({"a":"b)", not_string},
             example{R"({"a":"\x"})", not_string},
             example{R"({"a":"\u00g0"})", not_string},
             example{R"({"a":"\)", not_string},
             example{"{\"a\":\"\n\"}", not_string},
             example{R"({"a"})", "a JSON member without a colon"},
             example{R"({a:"b"})", "a JSON member name that is not a string"},
             example{R"({"a":"b",})", "a JSON member name that is not a string"},
             example{R"({'a':'b'})", "a JSON member name that is not a string"},
             example{R"({"a":"b" "c":"d"})",
                 "a JSON object that is not closed, or a comma is missing"},
             example{R"({"a":"b")", "a JSON object that is not closed, or a comma is missing"},
             example{R"({"a":"b","a":"c"})", "a JSON member name that occurs twice"},
             example{R"({"a":"b","\u0061":"c"})", "a JSON member name that occurs twice"},
             example{R"({"\n":"b","\u000A":"c"})", "a JSON member name that occurs twice"},
             example{R"({"🔑":"b","\uD83D\uDD11":"c"})", "a JSON member name that occurs twice"},
             example{R"({"a\u00g0":"b"})", "a JSON member name that is not a string"},
             example{R"({"a":"b"}{})", "something follows the JSON object"},
             example{"{\"a\":\"\xff\"}", "not UTF-8"},
         })
        CHECK_MESSAGE(json_string_object_problem(text) == reason, text);
}
