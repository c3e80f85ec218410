// One large object over a bare blocking socket: 128 KiB received or encrypted at a time.

#include "../support/buffered_tls.hpp"
#include "../support/http.hpp"
#include "../support/socket.hpp"

#include <memory>

namespace {

class transfer
{
public:
    explicit transfer(const bench::options& run)
        : run_(run), head_(bench::request_head(run)), socket_(bench::connect_to_server(run))
    {
        if (run.tls) {
            tls_ = std::make_unique<bench::buffered_tls>(bench::client_context(run));
            tls_->handshake(socket_);
        }
    }

    void get(bench::destination& to)
    {
        send(head_.data(), head_.size());
        auto left = receive_head(to);
        while (left != 0) {
            const auto count =
                receive(to.space(), std::min<std::uint64_t>(to.room(), left));
            to.received(count);
            left -= count;
        }
    }

    void put(const std::vector<char>& body)
    {
        send(head_.data(), head_.size());
        for (std::size_t sent = 0; sent != body.size();) {
            const auto count = std::min(bench::piece_size, body.size() - sent);
            send(body.data() + sent, count);
            sent += count;
        }
        bench::destination nowhere(run_);
        receive_head(nowhere);
    }

private:
    /// Receives the head and what came with it; yields how much body is still to come.
    std::uint64_t receive_head(bench::destination& to)
    {
        std::vector<char> buffer(bench::piece_size);
        std::size_t filled = 0;
        std::size_t length = 0;
        while (length == 0) {
            filled += receive(buffer.data() + filled, buffer.size() - filled);
            length = bench::reply_length({buffer.data(), filled});
        }
        const auto head = std::string_view(buffer.data(), filled).find("\r\n\r\n") + 4;
        to.take(buffer.data() + head, filled - head);
        return length - filled;
    }

    std::size_t receive(char* out, std::size_t size)
    {
        if (tls_ != nullptr) {
            std::size_t count = tls_->read(out, size);
            while (count == 0) {
                tls_->receive_input(socket_);
                count = tls_->read(out, size);
            }
            return count;
        }
        const auto count = ::recv(socket_, out, size, 0);
        bench::require(count > 0, "the server closed the connection");
        return static_cast<std::size_t>(count);
    }

    void send(const char* bytes, std::size_t size)
    {
        if (tls_ != nullptr) {
            tls_->write(bytes, size);
            return tls_->send_output(socket_);
        }
        while (size != 0) {
            const auto count = ::send(socket_, bytes, size, MSG_NOSIGNAL);
            bench::require(count > 0, "cannot send");
            bytes += count;
            size -= static_cast<std::size_t>(count);
        }
    }

    const bench::options& run_;
    std::string head_;
    int socket_;
    std::unique_ptr<bench::buffered_tls> tls_{};
};

} // namespace

int main(int argc, char** argv)
{
    const bench::options run(argc, argv);
    transfer client(run);
    if (run.put) {
        const auto body = bench::object_bytes(run.size);
        bench::measure(1, run.size, [&] { client.put(body); });
    } else {
        bench::destination to(run);
        bench::measure(1, run.size, [&] { client.get(to); });
        bench::require(to.size() == run.size, "bytes are missing");
    }
}
