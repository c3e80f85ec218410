#include <cosio/operation/put_object.hpp>

struct source
{
    asio::awaitable<cosio::result<std::size_t>> read(std::span<std::byte>);
    std::optional<std::uint64_t> size();
    void rewind();
};

void wrong()
{
    source body;
    const cosio::put_object_request request{.bucket = "b", .body = body};
}
