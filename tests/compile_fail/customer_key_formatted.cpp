#include <cosio/customer_key.hpp>
#include <cosio/format.hpp>

std::string wrong(const cosio::customer_key& key)
{
    return fmt::format("{}", key);
}
