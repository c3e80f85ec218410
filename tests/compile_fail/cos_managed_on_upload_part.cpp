#include <cosio/operation/upload_part.hpp>

void wrong(const cosio::customer_key& key)
{
    static_cast<void>(key);
    const cosio::upload_part_request request{.bucket = "b", .sse = cosio::sse::cos_managed{}};
}
