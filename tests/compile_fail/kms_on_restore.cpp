#include <cosio/operation/restore_object.hpp>

void wrong(const cosio::customer_key& key)
{
    static_cast<void>(key);
    const cosio::restore_object_request request{.bucket = "b", .sse = cosio::sse::kms{}};
}
