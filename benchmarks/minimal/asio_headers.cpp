// What the headers alone take to compile.

#include <asio.hpp>
#include <asio/ssl.hpp>

int main() {}
