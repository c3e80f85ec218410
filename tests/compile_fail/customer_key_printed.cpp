#include <cosio/customer_key.hpp>

#include <iostream>

void wrong(const cosio::customer_key& key)
{
    std::cout << key;
}
