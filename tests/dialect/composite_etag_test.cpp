#include <cosio/dialect/composite_etag.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>

namespace composite_etag_test {

using cosio::dialect::composite_etag;
using cosio::dialect::md5_of_etag;

// MD5 of "a" and of "b".
constexpr std::string_view of_a = "\"0cc175b9c0f1b6a831c399e269772661\"";
constexpr std::string_view of_b = "\"92eb5ffee6ae2fec3ad71c777531578f\"";

TEST_CASE("composite ETag: the MD5 of the parts' MD5s, and how many there are")
{
    composite_etag one;
    one.add(of_a);
    // printf 0cc175b9c0f1b6a831c399e269772661 | xxd -r -p | md5sum
    CHECK(one.finish() == "b6ff9a06b7e20bcb2858c5b8ff744aea-1");
    composite_etag two;
    two.add(of_a);
    two.add(of_b.substr(1, 32)); // Without quotes, as documents may have it.
    CHECK(two.finish() == "96e024ba2074fe77e8e965ba43a704be-2");
    composite_etag other_order;
    other_order.add(of_b);
    other_order.add(of_a);
    CHECK(other_order.finish() != two.finish());
}

TEST_CASE("composite ETag: of no parts, or of one whose ETag is no MD5, there is none")
{
    CHECK_FALSE(composite_etag().finish());
    for (const std::string_view etag : {"", "\"\"", "\"", "0cc175b9c0f1b6a831c399e26977266",
             "0cc175b9c0f1b6a831c399e2697726610", "\"0cc175b9c0f1b6a831c399e269772661-1\"",
             "0cc175b9c0f1b6a831c399e26977266g", "+cc175b9c0f1b6a831c399e269772661",
             "0x175b9c0f1b6a831c399e2697726611", "\"0cc175b9c0f1b6a831c399e269772661"}) {
        CAPTURE(etag);
        CHECK_FALSE(md5_of_etag(etag));
        composite_etag made;
        made.add(of_a);
        made.add(etag);
        CHECK_FALSE(made.finish());
    }
}

} // namespace composite_etag_test
