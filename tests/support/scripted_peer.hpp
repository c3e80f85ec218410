// A server that does what a script says, which no proper one would: over TCP or TLS, for one
// connection after the other.

#ifndef COSIO_TESTS_SUPPORT_SCRIPTED_PEER_HPP
#define COSIO_TESTS_SUPPORT_SCRIPTED_PEER_HPP

#include <cosio/testing/emulation/certificate.hpp>

#include <openssl/ssl.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

namespace support {

/// One connection, as the peer sees it. Everything blocks, and yields false when nothing more can
/// come of it: the client is gone, or the test is over.
class peer_connection
{
public:
    peer_connection(int descriptor, SSL_CTX* tls, const std::atomic<bool>& over,
        std::atomic<std::uint64_t>& sent)
        : descriptor_(descriptor), over_(over), sent_(sent)
    {
        if (tls != nullptr)
            ssl_.reset(SSL_new(tls));
        if (ssl_ != nullptr)
            SSL_set_fd(ssl_.get(), descriptor);
    }

    [[nodiscard]] bool handshake() { return ssl_ == nullptr || SSL_accept(ssl_.get()) == 1; }

    /// Also `SSL_do_handshake`, which sends tickets and updates of keys that were asked for.
    [[nodiscard]] SSL* tls() noexcept { return ssl_.get(); }

    [[nodiscard]] bool send(std::string_view bytes)
    {
        while (!bytes.empty() && !over_) {
            const auto count = ssl_ != nullptr
                ? SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size()))
                : ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (count <= 0)
                return false;
            sent_ += static_cast<std::uint64_t>(count);
            bytes.remove_prefix(static_cast<std::size_t>(count));
        }
        return !over_;
    }

    /// Below TLS, if there is any.
    [[nodiscard]] bool send_raw(std::string_view bytes)
    {
        return ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL) ==
            static_cast<ssize_t>(bytes.size()) && !over_;
    }

    /// A byte at a time, over and over from the front.
    [[nodiscard]] bool drip(std::string_view bytes, std::chrono::milliseconds pause)
    {
        for (std::size_t at = 0;; at = (at + 1) % bytes.size())
            if (!send(bytes.substr(at, 1)) || !wait(pause))
                return false;
    }

    [[nodiscard]] bool wait(std::chrono::milliseconds pause) const
    {
        std::this_thread::sleep_for(pause);
        return !over_;
    }

    /// Until the client is gone or the test is over.
    void wait_for_end() const
    {
        while (wait(std::chrono::milliseconds(5))) {
            pollfd state{descriptor_, POLLIN | POLLRDHUP, 0};
            if (::poll(&state, 1, 0) > 0 && (state.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0)
                return;
        }
    }

    /// The next head of a request; empty when none comes.
    [[nodiscard]] std::string receive_head()
    {
        std::string head;
        while (!head.ends_with("\r\n\r\n")) {
            const auto one = receive_some(1);
            if (one.empty())
                return {};
            head += one;
        }
        return head;
    }

    [[nodiscard]] std::string receive_some(std::size_t most)
    {
        std::string bytes(most, '\0');
        const auto count = ssl_ != nullptr
            ? SSL_read(ssl_.get(), bytes.data(), static_cast<int>(most))
            : ::recv(descriptor_, bytes.data(), most, 0);
        bytes.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
        return bytes;
    }

private:
    struct freeing
    {
        void operator()(SSL* object) const noexcept { SSL_free(object); }
    };

    int descriptor_;
    const std::atomic<bool>& over_;
    std::atomic<std::uint64_t>& sent_;
    std::unique_ptr<SSL, freeing> ssl_{};
};

class scripted_peer
{
public:
    using script = std::function<void(peer_connection&)>;

    enum class layer { tcp, tls };

    scripted_peer(layer how, script serve) : serve_(std::move(serve))
    {
        if (how == layer::tls)
            make_tls();
        listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        constexpr int small = 16 * 1024; // What the system takes in for a peer that does not read.
        ::setsockopt(listener_, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
        sockaddr_in here{};
        here.sin_family = AF_INET;
        here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        ::socklen_t length = sizeof here;
        if (::bind(listener_, reinterpret_cast<sockaddr*>(&here), length) != 0 ||
            ::listen(listener_, 16) != 0 ||
            ::getsockname(listener_, reinterpret_cast<sockaddr*>(&here), &length) != 0)
            throw std::runtime_error("no socket for a scripted peer");
        port_ = ntohs(here.sin_port);
        thread_ = std::thread([this] { run(); });
    }

    scripted_peer(const scripted_peer&) = delete;
    scripted_peer& operator=(const scripted_peer&) = delete;

    ~scripted_peer()
    {
        over_ = true;
        ::shutdown(listener_, SHUT_RDWR);
        if (const int now = serving_; now >= 0)
            ::shutdown(now, SHUT_RDWR);
        thread_.join();
        ::close(listener_);
    }

    [[nodiscard]] std::string address() const { return "127.0.0.1:" + std::to_string(port_); }
    /// Trusts the peer when it speaks TLS. It is called what hosts of the service are.
    [[nodiscard]] const std::string& ca_pem() const noexcept { return identity_.ca; }
    [[nodiscard]] std::uint64_t sent() const noexcept { return sent_; }
    [[nodiscard]] unsigned connections() const noexcept { return connections_; }

private:
    struct freeing
    {
        void operator()(SSL_CTX* object) const noexcept { SSL_CTX_free(object); }
    };

    void make_tls()
    {
        namespace emulation = cosio::testing::emulation;
        identity_ = emulation::make_certificates(
            {"*.cos.ap-guangzhou.myqcloud.com", "cos.ap-guangzhou.myqcloud.com"});
        tls_.reset(SSL_CTX_new(TLS_server_method()));
        const auto read = [](const std::string& pem) {
            return emulation::openssl::require(
                BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
        };
        const auto certificate_text = read(identity_.server);
        const auto key_text = read(identity_.server_key);
        const emulation::openssl::owned<X509> certificate(
            PEM_read_bio_X509(certificate_text.get(), nullptr, nullptr, nullptr));
        const emulation::openssl::owned<EVP_PKEY> key(
            PEM_read_bio_PrivateKey(key_text.get(), nullptr, nullptr, nullptr));
        if (SSL_CTX_use_certificate(tls_.get(), certificate.get()) != 1 ||
            SSL_CTX_use_PrivateKey(tls_.get(), key.get()) != 1)
            throw std::runtime_error("no certificate for a scripted peer");
    }

    void run()
    {
        // OpenSSL writes to sockets of peers that are gone.
        sigset_t pipe;
        sigemptyset(&pipe);
        sigaddset(&pipe, SIGPIPE);
        ::pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
        while (!over_) {
            const int one = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
            if (one < 0)
                continue;
            ++connections_;
            serving_ = one;
            if (!over_) {
                peer_connection to(one, tls_.get(), over_, sent_);
                serve_(to);
            }
            serving_ = -1;
            ::close(one);
        }
    }

    script serve_;
    cosio::testing::emulation::certificates identity_{};
    std::unique_ptr<SSL_CTX, freeing> tls_{};
    int listener_ = -1;
    std::uint16_t port_ = 0;
    std::atomic<bool> over_ = false;
    std::atomic<int> serving_ = -1;
    std::atomic<std::uint64_t> sent_ = 0;
    std::atomic<unsigned> connections_ = 0;
    std::thread thread_{};
};

} // namespace support

#endif
