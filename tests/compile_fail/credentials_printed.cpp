#include <cosio/auth/credentials.hpp>

#include <iostream>

void wrong(const cosio::credentials& who)
{
    std::cout << who;
}
