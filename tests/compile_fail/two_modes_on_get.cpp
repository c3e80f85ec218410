#include <cosio/operation/get_object.hpp>

void wrong(const cosio::customer_key& key)
{
    static_cast<void>(key);
    const cosio::get_object_request request{
        .bucket = "b", .sse = {cosio::sse::none{}, cosio::sse::customer{key, key.md5()}}};
}
