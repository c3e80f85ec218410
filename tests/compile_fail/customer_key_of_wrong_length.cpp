#include <cosio/sse.hpp>

void wrong(const cosio::customer_key& key)
{
    static_cast<void>(key);
    static_cast<void>(cosio::customer_key::from_text("one character short of thirty-2"));
}
