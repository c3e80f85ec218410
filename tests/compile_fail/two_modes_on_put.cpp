#include <cosio/operation/put_object.hpp>

void wrong(const cosio::customer_key& key)
{
    static_cast<void>(key);
    const cosio::put_object_request request{
        .bucket = "b", .sse = {cosio::sse::kms{}, cosio::sse::cos_managed{}}};
}
