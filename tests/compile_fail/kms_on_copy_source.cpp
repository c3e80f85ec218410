#include <cosio/operation/copy_object.hpp>

void wrong(const cosio::customer_key& key)
{
    static_cast<void>(key);
    const cosio::copy_object_request request{.copy_source = {.sse = cosio::sse::kms{}}};
}
