#include <cosio/operation/upload_part_copy.hpp>

void wrong(const cosio::customer_key& key)
{
    static_cast<void>(key);
    const cosio::upload_part_copy_request request{.bucket = "b", .sse = cosio::sse::kms{}};
}
