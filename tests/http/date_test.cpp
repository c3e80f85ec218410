#include <cosio/http/date.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <string_view>

using namespace cosio::http;
using std::chrono::sys_seconds;
using std::chrono::seconds;

TEST_CASE("header dates")
{
    const sys_seconds time(seconds(1557989151)); // Of the documentation's signature example.
    CHECK(format_date(time) == "Thu, 16 May 2019 06:45:51 GMT");
    CHECK(parse_date("Thu, 16 May 2019 06:45:51 GMT") == time);
    CHECK(parse_date("Sun, 06 Nov 1994 08:49:37 GMT") == sys_seconds(seconds(784111777)));
    for (const std::string_view text : {"", "Thu, 16 May 2019 06:45:51", "Thu, 16 Mai 2019 06:45:51 GMT",
             "Thu, 32 May 2019 06:45:51 GMT", "Thu, 16 May 2019 24:45:51 GMT",
             "Thu, 16 May 2019 06:60:51 GMT", "Thu, 16 May 20x9 06:45:51 GMT",
             "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"})
        CHECK_MESSAGE(!parse_date(text), text);
}

TEST_CASE("document dates in all the forms COS writes")
{
    const sys_seconds time(seconds(1607571450));
    CHECK(format_iso_date(time) == "2020-12-10T03:37:30Z");
    for (const std::string_view text :
        {"2020-12-10T03:37:30Z", "2020-12-10T03:37:30.000Z", "2020-12-10T03:37:30"})
        CHECK(parse_iso_date(text) == time);
    for (const std::string_view text : {"", "2020-12-10", "2020-13-10T03:37:30Z", "2020-02-30T03:37:30Z",
             "2020-12-10 03:37:30", "2020-12-10T03:37:30+01:00", "2020-12-10T03:37:30."})
        CHECK_MESSAGE(!parse_iso_date(text), text);
}

TEST_CASE("dates come back")
{
    for (long long second = 0; second < 4102444800; second += 86399 * 17) {
        const sys_seconds time{seconds(second)};
        REQUIRE(parse_date(format_date(time)) == time);
        REQUIRE(parse_iso_date(format_iso_date(time)) == time);
    }
}
