// SPDX-License-Identifier: MIT
//
// A certificate authority that lives as long as one emulator, and the certificate of its server.

#ifndef COSIO_TESTING_EMULATION_CERTIFICATE_HPP
#define COSIO_TESTING_EMULATION_CERTIFICATE_HPP

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace cosio::inline v0::testing::emulation {

/// What the server and its clients need, as PEM.
struct certificates
{
    std::string ca{};
    std::string server{};
    std::string server_key{};
};

namespace openssl {

struct deleter
{
    void operator()(EVP_PKEY* object) const noexcept { EVP_PKEY_free(object); }
    void operator()(X509* object) const noexcept { X509_free(object); }
    void operator()(X509_EXTENSION* object) const noexcept { X509_EXTENSION_free(object); }
    void operator()(BIO* object) const noexcept { BIO_free(object); }
};

template <class T>
using owned = std::unique_ptr<T, deleter>;

template <class T>
[[nodiscard]] owned<T> require(T* object)
{
    if (object == nullptr)
        throw std::runtime_error("OpenSSL could not make a certificate");
    return owned<T>(object);
}

template <class Write>
[[nodiscard]] std::string to_pem(Write&& write)
{
    const auto memory = require(BIO_new(BIO_s_mem()));
    if (write(memory.get()) != 1)
        throw std::runtime_error("OpenSSL could not write PEM");
    char* data = nullptr;
    const auto size = BIO_get_mem_data(memory.get(), &data);
    return {data, static_cast<std::size_t>(size)};
}

inline void add_extension(X509* certificate, X509* issuer, int kind, const std::string& value)
{
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    const auto extension = require(X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str()));
    X509_add_ext(certificate, extension.get(), -1);
}

[[nodiscard]] inline owned<X509> make_certificate(EVP_PKEY* key, const char* name)
{
    constexpr long a_day = 24L * 60 * 60;
    constexpr long ten_years = 3650 * a_day;
    auto certificate = require(X509_new());
    X509_set_version(certificate.get(), 2);
    unsigned char serial[8];
    RAND_bytes(serial, sizeof serial);
    serial[0] = 1; // Positive.
    const std::unique_ptr<BIGNUM, void (*)(BIGNUM*)> number(
        BN_bin2bn(serial, sizeof serial, nullptr), BN_free);
    BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate.get()));
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -a_day);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), ten_years);
    X509_set_pubkey(certificate.get(), key);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_ASC,
        reinterpret_cast<const unsigned char*>(name), -1, -1, 0);
    return certificate;
}

} // namespace openssl

/// `names` are DNS names, wildcards among them, and IP addresses written as `IP:address`. Without
/// any, the certificate has its common name alone.
[[nodiscard]] inline certificates make_certificates(
    const std::vector<std::string>& names, const char* common_name = "cosio emulator")
{
    using namespace openssl;
    const auto ca_key = require(EVP_EC_gen("P-256"));
    const auto server_key = require(EVP_EC_gen("P-256"));
    const auto ca = make_certificate(ca_key.get(), "cosio emulator CA");
    X509_set_issuer_name(ca.get(), X509_get_subject_name(ca.get()));
    add_extension(ca.get(), ca.get(), NID_basic_constraints, "critical,CA:TRUE");
    add_extension(ca.get(), ca.get(), NID_key_usage, "critical,keyCertSign,cRLSign");
    add_extension(ca.get(), ca.get(), NID_subject_key_identifier, "hash");
    X509_sign(ca.get(), ca_key.get(), EVP_sha256());

    const auto server = make_certificate(server_key.get(), common_name);
    X509_set_issuer_name(server.get(), X509_get_subject_name(ca.get()));
    std::string alternatives;
    for (const auto& name : names)
        alternatives.append(alternatives.empty() ? "" : ",")
            .append(name.starts_with("IP:") ? "" : "DNS:")
            .append(name);
    if (!alternatives.empty())
        add_extension(server.get(), ca.get(), NID_subject_alt_name, alternatives);
    add_extension(server.get(), ca.get(), NID_basic_constraints, "critical,CA:FALSE");
    add_extension(server.get(), ca.get(), NID_key_usage, "critical,digitalSignature");
    add_extension(server.get(), ca.get(), NID_ext_key_usage, "serverAuth");
    add_extension(server.get(), ca.get(), NID_authority_key_identifier, "keyid");
    X509_sign(server.get(), ca_key.get(), EVP_sha256());

    certificates out;
    out.ca = to_pem([&](BIO* to) { return PEM_write_bio_X509(to, ca.get()); });
    out.server = to_pem([&](BIO* to) { return PEM_write_bio_X509(to, server.get()); });
    out.server_key = to_pem([&](BIO* to) {
        return PEM_write_bio_PrivateKey(
            to, server_key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    });
    return out;
}

} // namespace cosio::inline v0::testing::emulation

#endif
