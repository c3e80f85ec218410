// A bare blocking connection, with or without TLS, for the floors.

#ifndef COSIO_BENCHMARKS_SUPPORT_BLOCKING_CONNECTION_HPP
#define COSIO_BENCHMARKS_SUPPORT_BLOCKING_CONNECTION_HPP

#include "buffered_tls.hpp"
#include "http.hpp"
#include "socket.hpp"

#include <memory>

namespace bench {

class blocking_connection
{
public:
    /// `context` is for https only. `session`: one to resume, or nothing.
    explicit blocking_connection(
        const options& run, SSL_CTX* context, SSL_SESSION* session = nullptr)
        : socket_(connect_to_server(run))
    {
        if (!run.tls)
            return;
        tls_ = std::make_unique<buffered_tls>(context);
        if (session != nullptr)
            tls_->resume(session);
        tls_->handshake(socket_);
    }
    blocking_connection(const blocking_connection&) = delete;
    blocking_connection& operator=(const blocking_connection&) = delete;
    ~blocking_connection() { ::close(socket_); }

    [[nodiscard]] buffered_tls& tls() noexcept { return *tls_; }

    /// At least one byte.
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
        require(count > 0, "the server closed the connection");
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
            require(count > 0, "cannot send");
            bytes += count;
            size -= static_cast<std::size_t>(count);
        }
    }
    void send(std::string_view text) { send(text.data(), text.size()); }

    /// The length of the reply whose head, and what came with it, is received into `buffer`;
    /// `filled` is how much there is of it.
    std::size_t receive_head(std::vector<char>& buffer, std::size_t& filled)
    {
        filled = 0;
        std::size_t length = 0;
        while (length == 0) {
            filled += receive(buffer.data() + filled, buffer.size() - filled);
            length = reply_length({buffer.data(), filled});
        }
        return length;
    }

    /// A reply that fits into `buffer`.
    std::string_view receive_reply(std::vector<char>& buffer)
    {
        std::size_t filled = 0;
        const auto length = receive_head(buffer, filled);
        require(length <= buffer.size(), "the reply is too long");
        while (filled < length)
            filled += receive(buffer.data() + filled, length - filled);
        return {buffer.data(), filled};
    }

private:
    int socket_;
    std::unique_ptr<buffered_tls> tls_{};
};

} // namespace bench

#endif
