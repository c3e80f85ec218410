// A file sent in parts over a bare blocking socket: 128 KiB read and encrypted for each send.

#include "../support/blocking_connection.hpp"
#include "../support/multipart.hpp"

namespace {

void put(bench::blocking_connection& with, const bench::options& run)
{
    std::vector<char> reply(16 * 1024);
    with.send(bench::request_head("POST", bench::begin_path(run), 0));
    const auto upload = bench::upload_id_of(with.receive_reply(reply));
    bench::source_file file(run);
    std::vector<char> piece(bench::piece_size);
    for (std::uint64_t number = 1; number <= bench::number_of_parts(run); ++number) {
        auto left = bench::size_of_part(run, number);
        with.send(bench::request_head("PUT", bench::part_path(run, upload, number), left));
        while (left != 0) {
            const auto count = std::min<std::uint64_t>(piece.size(), left);
            file.read(piece.data(), count);
            with.send(piece.data(), count);
            left -= count;
        }
        with.receive_reply(reply);
    }
    const auto document = bench::complete_document(run);
    with.send(bench::request_head("POST", bench::complete_path(run, upload), document.size()));
    with.send(document);
    with.receive_reply(reply);
}

} // namespace

int main(int argc, char** argv)
{
    const bench::options run(argc, argv);
    bench::blocking_connection with(run, run.tls ? bench::client_context(run) : nullptr);
    bench::measure(1, run.size, [&] { put(with, run); });
}
