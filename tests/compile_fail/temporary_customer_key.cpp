#include <cosio/sse.hpp>

void wrong(const cosio::customer_key& key)
{
    static_cast<void>(key);
    const cosio::sse::customer customer{cosio::customer_key::generate().value(), key.md5()};
}
