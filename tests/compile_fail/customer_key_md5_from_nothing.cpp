#include <cosio/sse.hpp>

void wrong(const cosio::customer_key& key)
{
    static_cast<void>(key);
    const cosio::customer_key_md5 md5{};
}
