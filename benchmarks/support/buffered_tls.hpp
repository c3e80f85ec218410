// OpenSSL between two buffers, without any library around it: the floor of what TLS costs.

#ifndef COSIO_BENCHMARKS_SUPPORT_BUFFERED_TLS_HPP
#define COSIO_BENCHMARKS_SUPPORT_BUFFERED_TLS_HPP

#include "measure.hpp"

#include <openssl/bio.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <sys/socket.h>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <vector>

namespace bench {

[[nodiscard]] inline SSL_CTX* client_context(const options& run)
{
    SSL_CTX* const context = SSL_CTX_new(TLS_client_method());
    require(SSL_CTX_load_verify_file(context, run.ca_file.c_str()) == 1, "cannot read the CA");
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
    return context;
}

/// One session. Freed with the process: nothing here measures the end.
class buffered_tls
{
public:
    explicit buffered_tls(SSL_CTX* context) : in_(piece_size), ssl_(SSL_new(context))
    {
        static BIO_METHOD* const method = make_method();
        BIO* const bio = BIO_new(method);
        BIO_set_data(bio, this);
        BIO_set_init(bio, 1);
        SSL_set_bio(ssl_, bio, bio);
        SSL_set_tlsext_host_name(ssl_, host.data());
        SSL_set1_host(ssl_, host.data());
        SSL_set_connect_state(ssl_);
    }
    buffered_tls(const buffered_tls&) = delete;
    buffered_tls& operator=(const buffered_tls&) = delete;
    ~buffered_tls() { SSL_free(ssl_); }

    /// Before the handshake.
    void resume(SSL_SESSION* session) { SSL_set_session(ssl_, session); }
    [[nodiscard]] bool resumed() const { return SSL_session_reused(ssl_) == 1; }
    /// To be resumed, once a reply has been received; the caller frees it.
    [[nodiscard]] SSL_SESSION* session() const { return SSL_get1_session(ssl_); }

    /// Else OpenSSL calls the session of a connection that is just closed unfit to be resumed.
    void quiet_end() { SSL_set_shutdown(ssl_, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN); }

    /// Over a blocking socket.
    void handshake(int socket)
    {
        while (SSL_do_handshake(ssl_) != 1) {
            send_output(socket);
            receive_input(socket);
        }
        send_output(socket);
    }

    /// Decrypts what was received; 0 when more of it is needed.
    [[nodiscard]] std::size_t read(char* out, std::size_t size)
    {
        std::size_t count = 0;
        if (SSL_read_ex(ssl_, out, size, &count) != 1)
            require(SSL_get_error(ssl_, 0) == SSL_ERROR_WANT_READ, "TLS failed");
        return count;
    }
    void write(const char* bytes, std::size_t size)
    {
        std::size_t count = 0;
        require(SSL_write_ex(ssl_, bytes, size, &count) == 1, "TLS failed");
    }

    /// One receive; false when a socket that does not block has nothing.
    bool receive_input(int socket)
    {
        begin_ = 0;
        const auto got = ::recv(socket, in_.data(), in_.size(), 0);
        end_ = static_cast<std::size_t>(std::max<ssize_t>(got, 0));
        require(got != 0, "the server closed the connection");
        return got > 0;
    }
    void send_output(int socket)
    {
        for (std::size_t sent = 0; sent != out_.size();) {
            const auto count = ::send(socket, out_.data() + sent, out_.size() - sent, MSG_NOSIGNAL);
            require(count > 0, "cannot send");
            sent += static_cast<std::size_t>(count);
        }
        out_.clear();
    }

private:
    static BIO_METHOD* make_method()
    {
        BIO_METHOD* const made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "buffer");
        BIO_meth_set_read_ex(made, [](BIO* bio, char* out, std::size_t size, std::size_t* count) {
            auto& self = *static_cast<buffered_tls*>(BIO_get_data(bio));
            BIO_clear_retry_flags(bio);
            *count = std::min(size, self.end_ - self.begin_);
            if (*count == 0) {
                BIO_set_retry_read(bio);
                return 0;
            }
            std::memcpy(out, self.in_.data() + self.begin_, *count);
            self.begin_ += *count;
            return 1;
        });
        BIO_meth_set_write_ex(
            made, [](BIO* bio, const char* bytes, std::size_t size, std::size_t* count) {
                auto& self = *static_cast<buffered_tls*>(BIO_get_data(bio));
                self.out_.insert(self.out_.end(), bytes, bytes + size);
                *count = size;
                return 1;
            });
        BIO_meth_set_ctrl(made, [](BIO*, int command, long, void*) {
            return command == BIO_CTRL_FLUSH ? 1L : 0L;
        });
        return made;
    }

    std::vector<char> in_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    std::vector<char> out_{};
    SSL* ssl_;
};

} // namespace bench

#endif
