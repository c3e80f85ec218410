#include <cosio/operation/put_object.hpp>

void wrong(const cosio::customer_key& key)
{
    static_cast<void>(key);
    char buffer[10]{};
    const cosio::put_object_request request{.bucket = "b", .body = buffer};
}
