// SPDX-License-Identifier: MIT
//
// The TLS settings of one client: trust and verification, set up once.

#ifndef COSIO_NET_TLS_CONTEXT_HPP
#define COSIO_NET_TLS_CONTEXT_HPP

#include <cosio/result.hpp>
#include <cosio/tls_settings.hpp>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <memory>
#include <string>
#include <system_error>
#include <utility>

namespace cosio::inline v0 {

namespace net {

namespace openssl {

struct deleter
{
    void operator()(SSL_CTX* object) const noexcept { SSL_CTX_free(object); }
    void operator()(SSL* object) const noexcept { SSL_free(object); }
    void operator()(SSL_SESSION* object) const noexcept { SSL_SESSION_free(object); }
    void operator()(BIO* object) const noexcept { BIO_free(object); }
    void operator()(X509* object) const noexcept { X509_free(object); }
};

template <class T>
using owned = std::unique_ptr<T, deleter>;

/// The oldest error of this thread's queue, and an empty queue.
[[nodiscard]] inline std::string take_error()
{
    const auto code = ERR_get_error();
    ERR_clear_error();
    if (ERR_SYSTEM_ERROR(code)) // OpenSSL has no texts for these.
        return std::error_code(ERR_GET_REASON(code), std::generic_category()).message();
    const char* const reason = ERR_reason_error_string(code);
    return reason == nullptr ? std::string("no reason given") : std::string(reason);
}

} // namespace openssl

/// Told of each session that a peer offers to resume. Set as the application data of an `SSL`.
class tls_session_sink
{
public:
    virtual void keep(openssl::owned<SSL_SESSION> session) noexcept = 0;

protected:
    tls_session_sink() = default;
    tls_session_sink(const tls_session_sink&) = default;
    tls_session_sink& operator=(const tls_session_sink&) = default;
    ~tls_session_sink() = default;
};

/// Shared by all connections of a client; immutable and thread safe once made.
class tls_context
{
public:
    /// Errors: `errc::invalid_configuration` for certificates that cannot be read,
    /// `errc::tls_failed` when OpenSSL cannot be set up.
    [[nodiscard]] static result<tls_context> make(const tls_settings& settings)
    {
        ERR_clear_error();
        tls_context made;
        made.context_.reset(SSL_CTX_new(TLS_client_method()));
        auto* const context = made.context_.get();
        if (context == nullptr ||
            SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) != 1)
            return error(errc::tls_failed, openssl::take_error());
        if (SSL_CTX_set_cipher_list(context, tls_1_2_ciphers) != 1)
            return error(errc::tls_failed, openssl::take_error());
        // A peer that was verified stays the one that it was.
        SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION);
        // Sessions are kept by us, per name and for one use each.
        SSL_CTX_set_session_cache_mode(
            context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
        SSL_CTX_sess_set_new_cb(context, [](SSL* ssl, SSL_SESSION* session) {
            auto* const sink = static_cast<tls_session_sink*>(SSL_get_app_data(ssl));
            if (sink == nullptr)
                return 0; // OpenSSL keeps its reference.
            sink->keep(openssl::owned<SSL_SESSION>(session));
            return 1;
        });
        made.verifies_ = !settings.dangerously_accept_any_certificate;
        SSL_CTX_set_verify(
            context, made.verifies_ ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nullptr);
        if (auto trusted = trust(context, settings); !trusted)
            return std::move(trusted).error();
        return made;
    }

    [[nodiscard]] SSL_CTX* native() const noexcept { return context_.get(); }
    [[nodiscard]] bool verifies() const noexcept { return verifies_; }

private:
    /// Authenticated encryption with forward secrecy alone (RFC 9325, 4.2). TLS 1.3 has no other.
    static constexpr const char* tls_1_2_ciphers = "ECDHE+AESGCM:ECDHE+CHACHA20:!aNULL:!PSK";

    tls_context() = default;

    static result<void> trust(SSL_CTX* context, const tls_settings& settings)
    {
        if (settings.ca_file.empty() && settings.ca_pem.empty()) {
            if (SSL_CTX_set_default_verify_paths(context) != 1)
                return error(errc::tls_failed, openssl::take_error());
            return {};
        }
        if (!settings.ca_file.empty() &&
            SSL_CTX_load_verify_file(context, settings.ca_file.c_str()) != 1)
            return error(errc::invalid_configuration,
                "has no certificates that can be read: " + openssl::take_error(), "tls.ca_file");
        if (!settings.ca_pem.empty() && !trust_pem(context, settings.ca_pem))
            return error(errc::invalid_configuration,
                "has no certificates that can be read", "tls.ca_pem");
        return {};
    }

    static bool trust_pem(SSL_CTX* context, const std::string& pem)
    {
        const openssl::owned<BIO> text(
            BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
        if (text == nullptr)
            return false;
        bool any = false;
        for (;;) {
            const openssl::owned<X509> certificate(
                PEM_read_bio_X509(text.get(), nullptr, nullptr, nullptr));
            if (certificate == nullptr)
                break;
            if (X509_STORE_add_cert(SSL_CTX_get_cert_store(context), certificate.get()) != 1)
                return false;
            any = true;
        }
        ERR_clear_error(); // The end of the text counts as an error.
        return any;
    }

    openssl::owned<SSL_CTX> context_{};
    bool verifies_ = true;
};

} // namespace net
} // namespace cosio::inline v0

#endif
