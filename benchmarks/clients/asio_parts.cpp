// A file sent in parts over bare Asio coroutines.

#include "../support/asio_connection.hpp"
#include "../support/multipart.hpp"

#include <asio/awaitable.hpp>
#include <asio/co_spawn.hpp>
#include <asio/use_awaitable.hpp>
#include <asio/write.hpp>

namespace {

template <class Stream>
class upload
{
public:
    upload(Stream& stream, const bench::options& run)
        : stream_(stream), run_(run), file_(run), piece_(bench::piece_size), reply_(16 * 1024)
    {}

    asio::awaitable<void> run()
    {
        co_await send(bench::request_head("POST", bench::begin_path(run_), 0));
        const auto id = bench::upload_id_of(co_await receive_reply());
        for (std::uint64_t number = 1; number <= bench::number_of_parts(run_); ++number) {
            auto left = bench::size_of_part(run_, number);
            co_await send(bench::request_head("PUT", bench::part_path(run_, id, number), left));
            while (left != 0) {
                const auto count = std::min<std::uint64_t>(piece_.size(), left);
                file_.read(piece_.data(), count);
                co_await asio::async_write(
                    stream_, asio::buffer(piece_.data(), count), asio::use_awaitable);
                left -= count;
            }
            co_await receive_reply();
        }
        const auto document = bench::complete_document(run_);
        const auto path = bench::complete_path(run_, id);
        co_await send(bench::request_head("POST", path, document.size()));
        co_await send(document);
        co_await receive_reply();
    }

private:
    asio::awaitable<void> send(const std::string& text)
    {
        co_await asio::async_write(stream_, asio::buffer(text), asio::use_awaitable);
    }

    asio::awaitable<std::string_view> receive_reply()
    {
        std::size_t filled = 0;
        std::size_t length = 0;
        while (length == 0 || filled < length) {
            filled += co_await stream_.async_read_some(
                asio::buffer(reply_.data() + filled, reply_.size() - filled), asio::use_awaitable);
            length = bench::reply_length({reply_.data(), filled});
        }
        co_return std::string_view(reply_.data(), filled);
    }

    Stream& stream_;
    const bench::options& run_;
    bench::source_file file_;
    std::vector<char> piece_;
    std::vector<char> reply_;
};

template <class Stream>
void measure(const bench::options& run)
{
    asio::io_context context(1);
    bench::connector<Stream> make(context, run);
    auto stream = make.make();
    upload<Stream> work(stream, run);
    bench::measure(1, run.size, [&] {
        asio::co_spawn(context, work.run(), bench::rethrow);
        context.run();
    });
}

} // namespace

int main(int argc, char** argv)
{
    const bench::options run(argc, argv);
    run.tls ? measure<bench::tls_stream>(run) : measure<bench::plain_stream>(run);
}
