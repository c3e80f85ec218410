// One large object over a bare blocking socket: 128 KiB received or encrypted at a time.

#include "../support/blocking_connection.hpp"

namespace {

void get(bench::blocking_connection& with, const std::string& head, bench::destination& to)
{
    with.send(head);
    std::vector<char> buffer(bench::piece_size);
    std::size_t filled = 0;
    const auto length = with.receive_head(buffer, filled);
    const auto end = std::string_view(buffer.data(), filled).find("\r\n\r\n") + 4;
    to.take(buffer.data() + end, filled - end);
    for (auto left = length - filled; left != 0;) {
        const auto count = with.receive(to.space(), std::min(to.room(), left));
        to.received(count);
        left -= count;
    }
}

void put(bench::blocking_connection& with, const std::string& head, const std::vector<char>& body)
{
    with.send(head);
    for (std::size_t sent = 0; sent != body.size();) {
        const auto count = std::min(bench::piece_size, body.size() - sent);
        with.send(body.data() + sent, count);
        sent += count;
    }
    std::vector<char> buffer(bench::piece_size);
    with.receive_reply(buffer);
}

} // namespace

int main(int argc, char** argv)
{
    const bench::options run(argc, argv);
    const auto head = bench::request_head(run);
    bench::blocking_connection with(run, run.tls ? bench::client_context(run) : nullptr);
    if (run.put) {
        const auto body = bench::object_bytes(run.size);
        bench::measure(1, run.size, [&] { put(with, head, body); });
    } else {
        bench::destination to(run);
        bench::measure(1, run.size, [&] { get(with, head, to); });
        bench::require(to.size() == run.size, "bytes are missing");
    }
}
