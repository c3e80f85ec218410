// SPDX-License-Identifier: MIT
//
// TLS between two buffers: no socket, no waiting. OpenSSL reads records straight from one large
// receive buffer and writes them behind one another into one send buffer.

#ifndef COSIO_NET_TLS_ENGINE_HPP
#define COSIO_NET_TLS_ENGINE_HPP

#include <cosio/endpoint.hpp>
#include <cosio/net/tls_context.hpp>
#include <cosio/result.hpp>

#include <openssl/bio.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace cosio::inline v0::net {

/// Bytes on their way in: received at the end, consumed at the front.
class receive_buffer
{
public:
    /// The memory is not touched before it is used.
    explicit receive_buffer(std::size_t capacity)
        : bytes_(std::make_unique_for_overwrite<std::byte[]>(capacity)), capacity_(capacity)
    {}

    [[nodiscard]] std::span<const std::byte> unread() const noexcept
    {
        return {bytes_.get() + begin_, end_ - begin_};
    }
    /// Where more can be received; moves what is unread to the front if that makes room.
    [[nodiscard]] std::span<std::byte> space() noexcept
    {
        if (begin_ == end_) {
            begin_ = end_ = 0;
        } else if (end_ == capacity_) {
            std::memmove(bytes_.get(), bytes_.get() + begin_, end_ - begin_);
            end_ -= begin_;
            begin_ = 0;
        }
        return {bytes_.get() + end_, capacity_ - end_};
    }
    void received(std::size_t count) noexcept { end_ += count; }
    void consumed(std::size_t count) noexcept { begin_ += count; }

private:
    std::unique_ptr<std::byte[]> bytes_;
    std::size_t capacity_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
};

/// One TLS session, client side unless made otherwise. Not thread safe.
class tls_engine
{
public:
    enum class status {
        done,       ///< The call did what it says.
        want_input, ///< It needs more ciphertext in `input()`.
        closed,     ///< The peer ended the session in order.
        failed,     ///< The session is broken, see `failure()`.
    };

    struct transfer
    {
        status state = status::failed;
        std::size_t bytes = 0;
    };

    /// Several records fit, so that one receive feeds many.
    static constexpr std::size_t input_capacity = 128 * 1024;

    /// For a connection to `host`, a name or an address, whose certificate must be for it. The dot
    /// that ends a fully qualified name is part of neither the certificate nor the SNI (RFC 6066, 3).
    [[nodiscard]] static result<std::unique_ptr<tls_engine>> make(
        const tls_context& context, std::string host)
    {
        if (host.ends_with('.'))
            host.pop_back();
        auto made = make_unconnected(context.native());
        if (!made)
            return made;
        auto* const ssl = (*made)->ssl_.get();
        SSL_set_connect_state(ssl);
        const bool address = detail::is_address(host);
        bool right = address || SSL_set_tlsext_host_name(ssl, host.c_str()) == 1;
        if (context.verifies()) {
            auto* const parameters = SSL_get0_param(ssl);
            // The subject's common name is no host name (RFC 9525, 2).
            X509_VERIFY_PARAM_set_hostflags(parameters,
                X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
            right = right &&
                (address ? X509_VERIFY_PARAM_set1_ip_asc(parameters, host.c_str())
                         : X509_VERIFY_PARAM_set1_host(parameters, host.c_str(), 0)) == 1;
        }
        if (!right)
            return error(errc::tls_failed, openssl::take_error());
        return made;
    }

    /// An engine that is neither client nor server yet: for tests, which need the other side too.
    [[nodiscard]] static result<std::unique_ptr<tls_engine>> make_unconnected(SSL_CTX* context)
    {
        forget_errors();
        std::unique_ptr<tls_engine> made(new tls_engine);
        made->ssl_.reset(SSL_new(context));
        auto* const method = buffer_method();
        openssl::owned<BIO> bio(method == nullptr ? nullptr : BIO_new(method));
        if (made->ssl_ == nullptr || bio == nullptr)
            return error(errc::tls_failed, openssl::take_error());
        BIO_set_data(bio.get(), made.get());
        BIO_set_init(bio.get(), 1);
        auto* const owned_by_ssl = bio.release();
        SSL_set_bio(made->ssl_.get(), owned_by_ssl, owned_by_ssl);
        return made;
    }

    tls_engine(const tls_engine&) = delete; // OpenSSL points at it.
    tls_engine& operator=(const tls_engine&) = delete;
    ~tls_engine()
    {
        // Else OpenSSL calls the session unfit to be resumed: where the bytes of a reply end is
        // told by HTTP, not by the end of TLS.
        if (ssl_ != nullptr && failure_.empty())
            SSL_set_shutdown(ssl_.get(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
    }

    /// Before the handshake: `session` is offered to be resumed, if there is one, and `sink`, which
    /// outlives the engine, is told of the sessions of this connection.
    void resume(openssl::owned<SSL_SESSION> session, tls_session_sink& sink) noexcept
    {
        SSL_set_app_data(ssl_.get(), &sink);
        if (session != nullptr)
            SSL_set_session(ssl_.get(), session.get());
    }

    /// After the handshake.
    [[nodiscard]] bool resumed() const noexcept { return SSL_session_reused(ssl_.get()) == 1; }
    /// What was negotiated, to be kept when it was resumed and may be again: below TLS 1.3 a
    /// session serves many times and is announced once.
    [[nodiscard]] openssl::owned<SSL_SESSION> reusable_session() const noexcept
    {
        const bool serves_again = resumed() && SSL_version(ssl_.get()) < TLS1_3_VERSION;
        return openssl::owned<SSL_SESSION>(
            serves_again ? SSL_get1_session(ssl_.get()) : nullptr);
    }

    /// Goes on with the handshake; look for output after each call.
    [[nodiscard]] status handshake()
    {
        forget_errors();
        const auto state = outcome(SSL_do_handshake(ssl_.get()));
        without_plaintext_ = 0;
        return state;
    }

    /// Decrypts as many records as have arrived and fit into `plain`: a return to the caller costs
    /// more than the look for another one. What ends the session comes after what was before it.
    [[nodiscard]] transfer read(std::span<std::byte> plain)
    {
        if (ended_)
            return *ended_;
        auto all = read_record(plain);
        if (all.state == status::closed || all.state == status::failed)
            ended_ = all;
        while (all.state == status::done && all.bytes != plain.size() &&
            !input_.unread().empty()) {
            const auto more = read_record(plain.subspan(all.bytes));
            if (more.state == status::closed || more.state == status::failed)
                ended_ = more;
            if (more.state != status::done)
                break;
            all.bytes += more.bytes;
        }
        return all;
    }

    /// Whether `read` may yield something without further input; cheaper than asking it in vain.
    [[nodiscard]] bool may_yield() const noexcept
    {
        return ended_ || !input_.unread().empty() || SSL_has_pending(ssl_.get()) != 0;
    }

    /// Encrypts all of `plain` behind the output there is already.
    [[nodiscard]] status write(std::span<const std::byte> plain)
    {
        if (plain.empty())
            return status::done;
        forget_errors();
        std::size_t written = 0;
        return outcome(SSL_write_ex(ssl_.get(), plain.data(), plain.size(), &written));
    }

    /// No more bytes than this have been received and not been taken, now and until the next record
    /// is whole.
    [[nodiscard]] std::size_t most_held() const noexcept
    {
        return input_.unread().size() + SSL3_RT_MAX_PACKET_SIZE;
    }
    /// Ciphertext received from the peer goes here.
    [[nodiscard]] receive_buffer& input() noexcept { return input_; }
    /// Whether there is ciphertext for the peer.
    [[nodiscard]] bool has_output() const noexcept { return !output_.empty(); }
    /// Takes the ciphertext for the peer, in exchange for an empty buffer to go on with: a read
    /// may produce more of it (the answer to a key update) while this is being sent.
    void exchange_output(std::vector<std::byte>& buffer) noexcept
    {
        buffer.clear();
        output_.swap(buffer);
    }

    /// Why the session failed.
    [[nodiscard]] error failure() const
    {
        const auto verified = SSL_get_verify_result(ssl_.get());
        if (verified != X509_V_OK && (SSL_get_verify_mode(ssl_.get()) & SSL_VERIFY_PEER) != 0)
            return error(errc::tls_certificate_rejected,
                std::string("the certificate of the peer was rejected: ")
                    .append(X509_verify_cert_error_string(verified)));
        return error(errc::tls_failed, "TLS: " + failure_);
    }

    [[nodiscard]] SSL* native() const noexcept { return ssl_.get(); }

private:
    tls_engine() = default;

    [[nodiscard]] transfer read_record(std::span<std::byte> plain)
    {
        forget_errors();
        transfer out;
        const int returned = SSL_read_ex(ssl_.get(), plain.data(), plain.size(), &out.bytes);
        out.state = outcome(returned);
        if (out.bytes != 0) {
            without_plaintext_ = 0;
        } else if (without_plaintext_ > most_without_plaintext && out.state == status::want_input) {
            failure_ = "the peer sends messages of its own and no data";
            out.state = status::failed;
        }
        return out;
    }

    /// What is in the queue before a call would be taken for its error. Mostly there is nothing,
    /// and looking is cheaper than clearing.
    static void forget_errors() noexcept
    {
        if (ERR_peek_error() != 0)
            ERR_clear_error();
    }

    status outcome(int returned)
    {
        if (returned == 1)
            return status::done;
        switch (SSL_get_error(ssl_.get(), returned)) {
        case SSL_ERROR_WANT_READ: return status::want_input;
        case SSL_ERROR_ZERO_RETURN: return status::closed;
        default: break;
        }
        failure_ = openssl::take_error();
        return status::failed;
    }

    static int read_input(BIO* bio, char* out, std::size_t size, std::size_t* read)
    {
        auto& self = *static_cast<tls_engine*>(BIO_get_data(bio));
        BIO_clear_retry_flags(bio);
        const auto unread = self.input_.unread();
        *read = std::min(size, unread.size());
        if (*read == 0) {
            BIO_set_retry_read(bio);
            return 0;
        }
        std::memcpy(out, unread.data(), *read);
        self.input_.consumed(*read);
        self.without_plaintext_ += *read;
        return 1;
    }

    static int write_output(BIO* bio, const char* bytes, std::size_t size, std::size_t* written)
    {
        auto& self = *static_cast<tls_engine*>(BIO_get_data(bio));
        BIO_clear_retry_flags(bio);
        const auto* const start = reinterpret_cast<const std::byte*>(bytes);
        try {
            self.output_.insert(self.output_.end(), start, start + size);
        } catch (...) { // Out of memory; an exception must not pass through OpenSSL.
            return 0;
        }
        *written = size;
        return 1;
    }

    static long control(BIO*, int command, long, void*)
    {
        return command == BIO_CTRL_FLUSH ? 1 : 0;
    }

    /// Describes our kind of BIO to OpenSSL; made once per process, constant from then on.
    static BIO_METHOD* buffer_method()
    {
        static BIO_METHOD* const method = [] {
            auto* const made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "cosio");
            if (made != nullptr) {
                BIO_meth_set_read_ex(made, read_input);
                BIO_meth_set_write_ex(made, write_output);
                BIO_meth_set_ctrl(made, control);
            }
            return made;
        }();
        return method;
    }

    /// Session tickets and updates of keys come between data now and then. They move bytes, so a
    /// peer that sends nothing else would never be found to have stalled.
    static constexpr std::size_t most_without_plaintext = 128 * 1024;

    receive_buffer input_{input_capacity};
    std::size_t without_plaintext_ = 0; // Ciphertext consumed since some was yielded.
    std::vector<std::byte> output_{};
    std::string failure_{};
    std::optional<transfer> ended_{}; // Final, maybe behind records that were yielded first.
    openssl::owned<SSL> ssl_{}; // Last, as it uses the buffers while it goes.
};

} // namespace cosio::inline v0::net

#endif
