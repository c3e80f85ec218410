#include <cosio/http/target.hpp>

#include <doctest/doctest.h>

using cosio::http::target;

TEST_CASE("a target without a query")
{
    const target root;
    CHECK(root.text() == "/");
    CHECK(root.decoded_path() == "/");
    CHECK_FALSE(root.has_query());

    const target object("/目录/a b");
    CHECK(object.text() == "/%E7%9B%AE%E5%BD%95/a%20b");
    CHECK(object.path() == object.text());
    CHECK(object.decoded_path() == "/目录/a b");
}

TEST_CASE("parameters are encoded once and can be read back for signing")
{
    target object("/sdk-sse-c");
    object.add_parameter("partNumber", "1");
    object.add_parameter("uploadId", "a+b/c=");
    object.add_parameter("restore");
    CHECK(object.text() == "/sdk-sse-c?partNumber=1&uploadId=a%2Bb%2Fc%3D&restore=");
    CHECK(object.path() == "/sdk-sse-c");
    REQUIRE(object.parameter_count() == 3);
    CHECK(object.parameter_at(0).name == "partNumber");
    CHECK(object.parameter_at(0).value == "1");
    CHECK(object.parameter_at(1).value == "a%2Bb%2Fc%3D");
    CHECK(object.parameter_at(2).name == "restore");
    CHECK(object.parameter_at(2).value.empty());
}
