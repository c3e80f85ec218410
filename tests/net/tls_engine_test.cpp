#include "support/scripted_stream.hpp"

#include <cosio/net/tls_engine.hpp>
#include <cosio/net/tls_stream.hpp>
#include <cosio/testing/emulation/certificate.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using cosio::errc;
using cosio::net::tls_context;
using cosio::net::tls_engine;
using cosio::testing::emulation::certificates;
using cosio::testing::emulation::make_certificates;
using status = tls_engine::status;

namespace {

const certificates& identity()
{
    static const auto made = make_certificates({"*.example.com", "IP:127.0.0.1"});
    return made;
}

struct context_deleter
{
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};

/// A server's context with the certificate of `whose`.
std::unique_ptr<SSL_CTX, context_deleter> server_context(
    const certificates& whose = identity())
{
    std::unique_ptr<SSL_CTX, context_deleter> context(SSL_CTX_new(TLS_server_method()));
    const std::unique_ptr<BIO, int (*)(BIO*)> certificate(
        BIO_new_mem_buf(whose.server.data(), -1), BIO_free);
    const std::unique_ptr<BIO, int (*)(BIO*)> key(
        BIO_new_mem_buf(whose.server_key.data(), -1), BIO_free);
    const std::unique_ptr<X509, void (*)(X509*)> x509(
        PEM_read_bio_X509(certificate.get(), nullptr, nullptr, nullptr), X509_free);
    const std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> private_key(
        PEM_read_bio_PrivateKey(key.get(), nullptr, nullptr, nullptr), EVP_PKEY_free);
    SSL_CTX_use_certificate(context.get(), x509.get());
    SSL_CTX_use_PrivateKey(context.get(), private_key.get());
    return context;
}

/// Moves ciphertext from one engine to the other, at most `piece` bytes at a time.
bool transport(tls_engine& from, tls_engine& to, std::size_t piece = 1 << 20)
{
    std::vector<std::byte> bytes;
    from.exchange_output(bytes);
    std::size_t at = 0;
    while (at != bytes.size()) {
        const auto room = to.input().space();
        const auto count = std::min({piece, room.size(), bytes.size() - at});
        std::memcpy(room.data(), bytes.data() + at, count);
        to.input().received(count);
        at += count;
        if (at != bytes.size())
            static_cast<void>(to.handshake());
    }
    return !bytes.empty();
}

/// What is unusual about a server's certificate, if anything. Times are seconds from now.
struct chain
{
    long from = -100;
    long until = 100'000;
    long authority_until = 100'000;
    bool by_authority = true;
    bool self_signed = false;
    bool is_rsa = false;
    const char* purpose = "serverAuth";
};

certificates make_chain(const chain& asked)
{
    using namespace cosio::testing::emulation::openssl;
    const auto ca_key = require(EVP_EC_gen("P-256"));
    const auto key = require(asked.is_rsa ? EVP_RSA_gen(2048) : EVP_EC_gen("P-256"));
    const auto ca = make_certificate(ca_key.get(), "an authority");
    X509_gmtime_adj(X509_getm_notAfter(ca.get()), asked.authority_until);
    X509_set_issuer_name(ca.get(), X509_get_subject_name(ca.get()));
    add_extension(ca.get(), ca.get(), NID_basic_constraints,
        asked.by_authority ? "critical,CA:TRUE" : "critical,CA:FALSE");
    add_extension(ca.get(), ca.get(), NID_subject_key_identifier, "hash");
    X509_sign(ca.get(), ca_key.get(), EVP_sha256());
    const auto server = make_certificate(key.get(), "a server");
    X509_gmtime_adj(X509_getm_notBefore(server.get()), asked.from);
    X509_gmtime_adj(X509_getm_notAfter(server.get()), asked.until);
    X509_set_issuer_name(
        server.get(), X509_get_subject_name((asked.self_signed ? server : ca).get()));
    add_extension(server.get(), ca.get(), NID_subject_alt_name, "DNS:a.example.com");
    add_extension(server.get(), ca.get(), NID_ext_key_usage, asked.purpose);
    X509_sign(server.get(), (asked.self_signed ? key : ca_key).get(), EVP_sha256());
    certificates out;
    out.ca = to_pem([&](BIO* to) { return PEM_write_bio_X509(to, ca.get()); });
    out.server = to_pem([&](BIO* to) { return PEM_write_bio_X509(to, server.get()); });
    out.server_key = to_pem([&](BIO* to) {
        return PEM_write_bio_PrivateKey(to, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    });
    return out;
}

struct pair
{
    std::unique_ptr<SSL_CTX, context_deleter> server_side;
    std::unique_ptr<tls_engine> client;
    std::unique_ptr<tls_engine> server;

    explicit pair(const tls_context& context, const std::string& host,
        std::unique_ptr<SSL_CTX, context_deleter> with = server_context())
        : server_side(std::move(with)), client(tls_engine::make(context, host).value()),
          server(tls_engine::make_unconnected(server_side.get()).value())
    {
        SSL_set_accept_state(server->native());
    }

    status shake_hands(std::size_t piece = 1 << 20)
    {
        for (int round = 0; round != 20; ++round) {
            const auto ours = client->handshake();
            if (ours == status::failed)
                return ours;
            const bool sent = transport(*client, *server, piece);
            const auto theirs = server->handshake();
            const bool answered = transport(*server, *client, piece);
            if (ours == status::done && theirs == status::done)
                return status::done;
            if (!sent && !answered)
                return theirs == status::failed ? theirs : ours;
        }
        return status::failed;
    }
};

tls_context trusting(const certificates& whose = identity())
{
    cosio::tls_settings settings;
    settings.ca_pem = whose.ca;
    return tls_context::make(settings).value();
}

} // namespace

TEST_CASE("a handshake, in pieces of any size, and data both ways")
{
    const auto context = trusting();
    for (const std::size_t piece : {1U, 7U, 1000U, 1U << 20U}) {
        pair both(context, "bucket.example.com");
        REQUIRE(both.shake_hands(piece) == status::done);
        const std::string text(300'000, 'x');
        REQUIRE(both.client->write(std::as_bytes(std::span(text).first(100))) == status::done);
        transport(*both.client, *both.server);
        std::vector<std::byte> plain(1000);
        const auto got = both.server->read(plain);
        CHECK(got.state == status::done);
        CHECK(got.bytes == 100);
        CHECK(both.server->read(plain).state == status::want_input);
    }
}

TEST_CASE("many records are read from one receive")
{
    const auto context = trusting();
    pair both(context, "bucket.example.com");
    REQUIRE(both.shake_hands() == status::done);
    const std::string text(64 * 1024, 'y');
    REQUIRE(both.server->write(std::as_bytes(std::span(text))) == status::done);
    transport(*both.server, *both.client);
    std::string received;
    std::vector<std::byte> plain(5000);
    for (;;) {
        const auto got = both.client->read(plain);
        if (got.state != status::done)
            break;
        received.append(reinterpret_cast<const char*>(plain.data()), got.bytes);
    }
    CHECK(received == text);
}

TEST_CASE("the peer's certificate must be trusted and bear the name")
{
    const auto context = trusting();
    CHECK(pair(context, "127.0.0.1").shake_hands() == status::done);
    for (const char* const wrong : {"example.com", "a.b.example.com", "evil.org", "127.0.0.2"}) {
        pair both(context, wrong);
        CHECK(both.shake_hands() == status::failed);
        CHECK(both.client->failure().code == errc::tls_certificate_rejected);
    }
    const auto of_the_system = tls_context::make({}).value();
    pair untrusted(of_the_system, "bucket.example.com");
    CHECK(untrusted.shake_hands() == status::failed);
    CHECK(untrusted.client->failure().code == errc::tls_certificate_rejected);
}

TEST_CASE("verification can be given up, loudly")
{
    cosio::tls_settings settings;
    settings.dangerously_accept_any_certificate = true;
    const auto context = tls_context::make(settings).value();
    CHECK_FALSE(context.verifies());
    CHECK(pair(context, "evil.org").shake_hands() == status::done);
}

TEST_CASE("which names of a certificate count")
{
    struct row
    {
        std::vector<std::string> names;
        const char* common_name;
        std::string host;
        bool right;
    };
    const std::vector<row> rows{
        {{"a.example.com"}, "x", "a.example.com", true},
        {{"a.example.com"}, "x", "A.Example.COM", true},
        {{"a.example.com"}, "x", "a.example.com.", true}, // Fully qualified.
        {{"*.example.com"}, "x", "a.example.com.", true},
        {{"*.example.com"}, "x", "a.b.example.com", false},
        {{"*.example.com"}, "x", "example.com", false},
        {{"a*.example.com"}, "x", "ab.example.com", false},
        {{"other.example.com"}, "a.example.com", "a.example.com", false},
        {{}, "a.example.com", "a.example.com", false}, // The common name is no host name.
        {{"IP:127.0.0.1"}, "a.example.com", "a.example.com", false},
        {{"IP:127.0.0.1"}, "x", "127.0.0.1", true},
        {{"IP:127.0.0.1"}, "x", "127.0.0.2", false},
        {{"127.0.0.1"}, "127.0.0.1", "127.0.0.1", false},
        {{}, "127.0.0.1", "127.0.0.1", false},
        {{"IP:::1"}, "x", "::1", true},
    };
    for (const auto& each : rows) {
        CAPTURE(each.host);
        CAPTURE(each.common_name);
        const auto whose = make_certificates(each.names, each.common_name);
        pair both(trusting(whose), each.host, server_context(whose));
        CHECK((both.shake_hands() == status::done) == each.right);
        if (!each.right)
            CHECK(both.client->failure().code == errc::tls_certificate_rejected);
    }
}

TEST_CASE("TLS 1.2 has authenticated encryption and forward secrecy, or is not spoken")
{
    const std::vector<std::pair<const char*, bool>> rows{
        {"ECDHE-ECDSA-AES128-GCM-SHA256", true},
        {"ECDHE-ECDSA-AES256-GCM-SHA384", true},
        {"ECDHE-ECDSA-CHACHA20-POLY1305", true},
        {"ECDHE-ECDSA-AES128-SHA256", false}, // CBC.
        {"ECDHE-ECDSA-AES256-SHA", false},
        {"ECDHE-ECDSA-AES128-CCM", false},
    };
    for (const auto& [cipher, spoken] : rows) {
        CAPTURE(cipher);
        auto server = server_context();
        SSL_CTX_set_max_proto_version(server.get(), TLS1_2_VERSION);
        REQUIRE(SSL_CTX_set_cipher_list(server.get(), cipher) == 1);
        pair both(trusting(), "a.example.com", std::move(server));
        CHECK((both.shake_hands() == status::done) == spoken);
    }
    auto old = server_context();
    SSL_CTX_set_security_level(old.get(), 0);
    SSL_CTX_set_max_proto_version(old.get(), TLS1_1_VERSION);
    pair both(trusting(), "a.example.com", std::move(old));
    CHECK(both.shake_hands() != status::done);
}

TEST_CASE("TLS 1.2: an RSA key is for signatures, not for the exchange of keys")
{
    const auto whose = make_chain({.is_rsa = true});
    for (const auto& [cipher, spoken] :
        {std::pair("ECDHE-RSA-AES128-GCM-SHA256", true), std::pair("AES128-GCM-SHA256", false),
            std::pair("DHE-RSA-AES128-GCM-SHA256", false)}) {
        CAPTURE(cipher);
        auto server = server_context(whose);
        SSL_CTX_set_max_proto_version(server.get(), TLS1_2_VERSION);
        SSL_CTX_set_dh_auto(server.get(), 1);
        REQUIRE(SSL_CTX_set_cipher_list(server.get(), cipher) == 1);
        pair both(trusting(whose), "a.example.com", std::move(server));
        CHECK((both.shake_hands() == status::done) == spoken);
    }
}

TEST_CASE("which certificates are good now, and for a server")
{
    constexpr long a_day = 24L * 60 * 60;
    const std::pair<const char*, chain> rows[] = {
        {"expired", {.from = -10 * a_day, .until = -1}},
        {"not yet valid", {.from = a_day, .until = 10 * a_day}},
        {"of an authority that has expired", {.authority_until = -1}},
        {"of a certificate that is no authority", {.by_authority = false}},
        {"for clients", {.purpose = "clientAuth"}},
        {"its own issuer", {.self_signed = true}},
    };
    for (const auto& [what, asked] : rows) {
        CAPTURE(what);
        const auto whose = make_chain(asked);
        pair both(trusting(whose), "a.example.com", server_context(whose));
        CHECK(both.shake_hands() == status::failed);
        CHECK(both.client->failure().code == errc::tls_certificate_rejected);
    }
    const auto right = make_chain({});
    CHECK(pair(trusting(right), "a.example.com", server_context(right)).shake_hands() ==
        status::done);
    // One that is trusted itself, as one's own server may have.
    auto own = make_chain({.self_signed = true});
    own.ca = own.server;
    CHECK(pair(trusting(own), "a.example.com", server_context(own)).shake_hands() == status::done);
}

TEST_CASE("TLS 1.2: the peer cannot begin anew, as somebody else")
{
    auto server = server_context();
    SSL_CTX_set_max_proto_version(server.get(), TLS1_2_VERSION);
    pair both(trusting(), "a.example.com", std::move(server));
    REQUIRE(both.shake_hands() == status::done);
    REQUIRE(SSL_renegotiate(both.server->native()) == 1);
    for (int round = 0; round != 5; ++round) {
        static_cast<void>(both.server->handshake());
        transport(*both.server, *both.client);
        std::vector<std::byte> plain(100);
        static_cast<void>(both.client->read(plain));
        transport(*both.client, *both.server);
    }
    CHECK(SSL_num_renegotiations(both.client->native()) == 0);
}

TEST_CASE("certificates that cannot be read are a configuration error")
{
    cosio::tls_settings settings;
    settings.ca_file = "/nonexistent/ca.pem";
    CHECK(tls_context::make(settings).error().code == errc::invalid_configuration);
    CHECK(tls_context::make(settings).error().field == "tls.ca_file");
    CHECK(tls_context::make(settings).error().message.find("No such file") != std::string::npos);
    settings = {};
    settings.ca_pem = "not a certificate";
    CHECK(tls_context::make(settings).error().field == "tls.ca_pem");
}

TEST_CASE("a changed byte breaks the session, the end of the session is seen")
{
    const auto context = trusting();
    pair both(context, "bucket.example.com");
    REQUIRE(both.shake_hands() == status::done);
    REQUIRE(both.server->write(std::as_bytes(std::span("secret", 6))) == status::done);
    std::vector<std::byte> bytes;
    both.server->exchange_output(bytes);
    bytes.back() ^= std::byte{1};
    std::memcpy(both.client->input().space().data(), bytes.data(), bytes.size());
    both.client->input().received(bytes.size());
    std::vector<std::byte> plain(100);
    CHECK(both.client->read(plain).state == status::failed);
    CHECK(both.client->failure().code == errc::tls_failed);

    pair ending(context, "bucket.example.com");
    REQUIRE(ending.shake_hands() == status::done);
    SSL_shutdown(ending.server->native());
    transport(*ending.server, *ending.client);
    CHECK(ending.client->read(plain).state == status::closed);
}

TEST_CASE("one read yields all records that have arrived, and then what ended them")
{
    const auto context = trusting();
    pair both(context, "bucket.example.com");
    REQUIRE(both.shake_hands() == status::done);
    const std::string text(100, 'x');
    for (int i = 0; i != 3; ++i)
        REQUIRE(both.server->write(std::as_bytes(std::span(text))) == status::done);
    std::vector<std::byte> plain(1000);
    std::size_t expected = 300;

    SUBCASE("the end of the session")
    {
        SSL_shutdown(both.server->native());
        transport(*both.server, *both.client);
        CHECK(both.client->read(plain).bytes == expected);
        CHECK(both.client->read(plain).state == status::closed);
        CHECK(both.client->read(plain).state == status::closed);
    }
    SUBCASE("a record that is not one")
    {
        transport(*both.server, *both.client);
        const auto room = both.client->input().space();
        std::ranges::fill(room.first(50), std::byte{0x17});
        both.client->input().received(50);
        const auto got = both.client->read(plain);
        CHECK(got.state == status::done);
        CHECK(got.bytes == expected);
        CHECK(both.client->read(plain).state == status::failed);
        const auto why = both.client->failure().message;
        CHECK(both.client->read(plain).state == status::failed);
        CHECK(both.client->failure().message == why);
    }
    SUBCASE("a buffer that is too small for all of them")
    {
        transport(*both.server, *both.client);
        const auto small = std::span(plain).first(150);
        CHECK(both.client->read(small).bytes == 150);
        CHECK(both.client->read(small).bytes == 150);
        CHECK(both.client->read(small).state == status::want_input);
    }
}

TEST_CASE("ciphertext that does not leave without waiting leaves before all else")
{
    const auto context = trusting();
    const std::string head = "a head";
    const std::string body(1000, 'b');
    for (const std::size_t count : {0U, 1U, 500U, 1000U, 100000U}) {
        CAPTURE(count);
        pair ends(context, "a.example.com");
        REQUIRE(ends.shake_hands() == status::done);
        const auto what = std::make_shared<support::script>();
        what->leave_at_once = count;
        cosio::net::tls_stream stream(
            std::make_unique<support::scripted_stream>(what), std::move(ends.client));
        const auto done = stream.write_available(
            cosio::detail::bytes_of(head), cosio::detail::bytes_of(body));
        REQUIRE(done);
        CHECK(done->bytes == head.size() + body.size());
        CHECK(done->all_left == (count == 100000U));
        CHECK(support::run(stream.write(cosio::detail::bytes_of("more"), {})));

        std::string received;
        std::string_view ciphertext = what->written;
        while (!ciphertext.empty()) {
            const auto room = ends.server->input().space();
            const auto piece = ciphertext.substr(0, room.size());
            std::memcpy(room.data(), piece.data(), piece.size());
            ends.server->input().received(piece.size());
            ciphertext.remove_prefix(piece.size());
        }
        std::vector<std::byte> buffer(4096);
        for (;;) {
            const auto got = ends.server->read(buffer);
            if (got.state != status::done)
                break;
            received.append(cosio::detail::text_of(std::span(buffer).first(got.bytes)));
        }
        CHECK(received == head + body + "more");
    }
}

TEST_CASE("tls_stream: expects so much ciphertext as is certain to come by any wait")
{
    const auto what = std::make_shared<support::script>();
    const auto context = trusting();
    auto engine = tls_engine::make(context, "a.example.com").value();
    auto& input = engine->input();
    cosio::net::tls_stream stream(
        std::make_unique<support::scripted_stream>(what), std::move(engine));
    stream.expect(200'000);
    stream.expect(SSL3_RT_MAX_PACKET_SIZE);
    stream.expect(0);
    input.received(1'000);
    stream.expect(200'000);
    CHECK(what->expected ==
        std::vector<std::uint64_t>{
            200'000 - SSL3_RT_MAX_PACKET_SIZE, 0, 0, 199'000 - SSL3_RT_MAX_PACKET_SIZE});
}
