// Connect, handshake, GET, close, over a bare blocking socket. Each session is offered to the next
// connection; whether it is resumed is up to the server.

#include "../support/blocking_connection.hpp"

namespace {

class work
{
public:
    explicit work(const bench::options& run)
        : run_(run), head_(bench::request_head(run)), context_(bench::client_context(run)),
          buffer_(16 * 1024)
    {
        SSL_CTX_set_session_cache_mode(
            context_, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    }

    void run(std::uint64_t operations)
    {
        for (; operations != 0; --operations) {
            bench::blocking_connection with(run_, context_, session_);
            with.send(head_);
            with.receive_reply(buffer_);
            resumed_ += with.tls().resumed() ? 1 : 0;
            SSL_SESSION_free(session_);
            session_ = with.tls().session();
            with.tls().quiet_end();
        }
    }

    [[nodiscard]] std::uint64_t resumed() const noexcept { return resumed_; }

private:
    const bench::options& run_;
    std::string head_;
    SSL_CTX* context_;
    SSL_SESSION* session_ = nullptr;
    std::vector<char> buffer_;
    std::uint64_t resumed_ = 0;
};

} // namespace

int main(int argc, char** argv)
{
    const bench::options run(argc, argv);
    work repeated(run);
    repeated.run(run.warm_up_operations());
    const auto before = repeated.resumed();
    bench::measure(
        run.operations, run.operations * run.size, [&] { repeated.run(run.operations); });
    bench::require(repeated.resumed() - before == (run.resumes ? run.operations : 0),
        "sessions were resumed, or not, against what was asked for");
}
