#include <cosio/operation/put_object.hpp>

struct source
{
    asio::awaitable<cosio::result<std::size_t>> read(std::span<std::byte>);
    std::optional<std::uint64_t> size();
};

void wrong()
{
    const cosio::put_object_request request{.bucket = "b", .body = source()};
}
