#include <cosio/operation/head_object.hpp>

void wrong(const cosio::customer_key& key)
{
    static_cast<void>(key);
    const cosio::head_object_request request{.bucket = "b", .sse = cosio::sse::cos_managed{}};
}
