// cosio 0.1.0: an emulator of COS for tests; needs cosio.hpp beside it
//
// Generated from the headers of the project by single_include/amalgamate.py. Do not edit.
//
// MIT License
//
// Copyright (c) 2026 the cosio authors
//
// Permission is hereby granted, free of charge, to any person obtaining a copy
// of this software and associated documentation files (the "Software"), to deal
// in the Software without restriction, including without limitation the rights
// to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
// copies of the Software, and to permit persons to whom the Software is
// furnished to do so, subject to the following conditions:
//
// The above copyright notice and this permission notice shall be included in all
// copies or substantial portions of the Software.
//
// THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
// IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
// FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
// AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
// LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
// OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
// SOFTWARE.

#ifndef COSIO_TESTING_SINGLE_HEADER_HPP
#define COSIO_TESTING_SINGLE_HEADER_HPP

#include "cosio.hpp"

// ---- cosio/testing/emulation/fault.hpp ----------------------------------------------------------

// What can go wrong, on purpose.

#ifndef COSIO_TESTING_EMULATION_FAULT_HPP
#define COSIO_TESTING_EMULATION_FAULT_HPP

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cosio::inline v0::testing {

/// Something that goes wrong with the requests it matches: by default with the next one.
///
///     emulator.inject(fault::reply_with(503, "SlowDown").on_method("PUT").times(2));
class fault
{
public:
    /// Answers with a status and an error document. Without a request id, as a broken front end.
    [[nodiscard]] static fault reply_with(
        unsigned status, std::string code, bool with_request_id = true)
    {
        fault made;
        made.status = status;
        made.code = std::move(code);
        made.with_request_id = with_request_id;
        return made;
    }
    /// Does what was asked for and then answers 200 with an `<Error>` document.
    [[nodiscard]] static fault error_inside_200(std::string code)
    {
        fault made;
        made.embedded_code = std::move(code);
        return made;
    }
    /// Answers as soon as the head of the request is there, reads no body, and closes.
    [[nodiscard]] static fault refuse_early(unsigned status, std::string code)
    {
        auto made = reply_with(status, std::move(code));
        made.early = true;
        return made;
    }
    /// Resets the connection after so many bytes of the reply.
    [[nodiscard]] static fault reset_after_reply_bytes(std::size_t count)
    {
        fault made;
        made.reply_limit = count;
        made.resets = true;
        return made;
    }
    /// Closes the connection in order after so many bytes of the reply.
    [[nodiscard]] static fault close_after_reply_bytes(std::size_t count)
    {
        fault made;
        made.reply_limit = count;
        return made;
    }
    /// Resets the connection after so many bytes of the request, counted from its first.
    [[nodiscard]] static fault reset_after_request_bytes(std::size_t count)
    {
        auto made = close_after_request_bytes(count);
        made.resets = true;
        return made;
    }
    /// Closes the connection in order after so many bytes of the request, and reads no more.
    [[nodiscard]] static fault close_after_request_bytes(std::size_t count)
    {
        fault made;
        made.request_limit = count;
        return made;
    }
    /// Waits before it answers.
    [[nodiscard]] static fault delay(std::chrono::milliseconds time)
    {
        fault made;
        made.wait = time;
        return made;
    }
    /// Sends the reply so many bytes at a time, with a pause after each piece.
    [[nodiscard]] static fault drip(std::size_t bytes, std::chrono::milliseconds pause)
    {
        fault made;
        made.piece = bytes;
        made.pause = pause;
        return made;
    }
    /// As `drip`, once so many bytes of the reply have left at once.
    [[nodiscard]] static fault drip_after(
        std::size_t at_once, std::size_t bytes, std::chrono::milliseconds pause)
    {
        auto made = drip(bytes, pause);
        made.at_once = at_once;
        return made;
    }
    /// States another CRC64 than the right one.
    [[nodiscard]] static fault wrong_crc64()
    {
        fault made;
        made.breaks_crc64 = true;
        return made;
    }
    /// Flips one bit of the reply's body on its way.
    [[nodiscard]] static fault flip_reply_bit(std::size_t bit)
    {
        fault made;
        made.reply_bit = bit;
        return made;
    }
    /// Flips one bit of the request's body on its way.
    [[nodiscard]] static fault flip_request_bit(std::size_t bit)
    {
        fault made;
        made.request_bit = bit;
        return made;
    }
    /// Encrypts as asked, but does not say so.
    [[nodiscard]] static fault silent_encryption()
    {
        fault made;
        made.hides_encryption = true;
        return made;
    }
    /// Stores in the clear, and does not say so.
    [[nodiscard]] static fault store_in_the_clear()
    {
        fault made;
        made.ignores_encryption = true;
        return made;
    }
    /// Sends these bytes as the whole reply.
    [[nodiscard]] static fault raw_reply(std::string bytes)
    {
        fault made;
        made.raw = std::move(bytes);
        return made;
    }

    /// Only requests of this method.
    fault& on_method(std::string name)
    {
        method_ = std::move(name);
        return *this;
    }
    /// Only requests whose target has this in it.
    fault& on_target(std::string part)
    {
        target_ = std::move(part);
        return *this;
    }
    /// Not the first `count` requests that would match.
    fault& skip(std::size_t count)
    {
        skip_ = count;
        return *this;
    }
    /// So many requests; by default 1.
    fault& times(std::size_t count)
    {
        times_ = count;
        return *this;
    }
    /// Every request that matches.
    fault& always() { return times(std::numeric_limits<std::size_t>::max()); }

    /// Whether it strikes a request, which is then counted.
    [[nodiscard]] bool strikes(std::string_view method, std::string_view target)
    {
        if (times_ == 0 || (!method_.empty() && method_ != method) ||
            target.find(target_) == std::string_view::npos)
            return false;
        if (skip_ != 0) {
            --skip_;
            return false;
        }
        --times_;
        return true;
    }

    // Read by the server.
    unsigned status = 0;
    std::string code{};
    bool with_request_id = true;
    bool early = false;
    std::string embedded_code{};
    std::optional<std::size_t> reply_limit{};
    bool resets = false;
    std::optional<std::size_t> request_limit{};
    std::chrono::milliseconds wait{0};
    std::size_t at_once = 0;
    std::size_t piece = 0;
    std::chrono::milliseconds pause{0};
    bool breaks_crc64 = false;
    std::optional<std::size_t> reply_bit{};
    std::optional<std::size_t> request_bit{};
    bool hides_encryption = false;
    bool ignores_encryption = false;
    std::optional<std::string> raw{};

private:
    fault() = default;

    std::string method_{};
    std::string target_{};
    std::size_t skip_ = 0;
    std::size_t times_ = 1;
};

namespace emulation {

/// The faults waiting for their requests. Thread safe.
class fault_list
{
public:
    void add(fault what)
    {
        const std::lock_guard lock(mutex_);
        faults_.push_back(std::move(what));
    }

    void clear()
    {
        const std::lock_guard lock(mutex_);
        faults_.clear();
    }

    /// All that strike this request.
    [[nodiscard]] std::vector<fault> striking(std::string_view method, std::string_view target)
    {
        const std::lock_guard lock(mutex_);
        std::vector<fault> out;
        for (auto& each : faults_)
            if (each.strikes(method, target))
                out.push_back(each);
        return out;
    }

private:
    std::mutex mutex_{};
    std::vector<fault> faults_{};
};

} // namespace emulation
} // namespace cosio::inline v0::testing

#endif

// ---- cosio/testing/emulation/server_counters.hpp ------------------------------------------------

// What a server has been through.

#ifndef COSIO_TESTING_EMULATION_SERVER_COUNTERS_HPP
#define COSIO_TESTING_EMULATION_SERVER_COUNTERS_HPP

#include <atomic>

namespace cosio::inline v0::testing::emulation {

/// How often things happened, for tests of connection reuse.
struct server_counters
{
    std::atomic<std::uint64_t> connections{0};
    std::atomic<std::uint64_t> resumed_sessions{0};
    std::atomic<std::uint64_t> requests{0};
};

} // namespace cosio::inline v0::testing::emulation

#endif

// ---- cosio/testing/emulator.hpp -----------------------------------------------------------------

// A server of COS and S3 for tests, in one object: real bytes over real TLS on loopback, signatures
// checked, objects encrypted at rest, faults on demand. For tests, not for data that matters.

#ifndef COSIO_TESTING_EMULATOR_HPP
#define COSIO_TESTING_EMULATOR_HPP

#include <filesystem>
#include <map>
#include <memory>

namespace cosio::inline v0::testing {

namespace emulation {
class running_emulator;
} // namespace emulation

/// How an emulator is set up. Every member has a default that works.
class emulator_options
{
public:
    emulator_options() = default;

    /// The one region that is served. At a host of another one, such as
    /// `<bucket>.cos.<region>.myqcloud.com`, requests for its buckets are redirected.
    std::string region = "ap-guangzhou";
    /// Buckets of other regions by name, with their regions. Requests for one are redirected: 301
    /// that names the region, with a document unless it answers HEAD. The emulator's certificate
    /// is for the hosts of these regions too.
    std::map<std::string, std::string> buckets_elsewhere{};
    std::string secret_id = "AKIDEMULATOREMULATOREMULATOREMULATOR";
    std::string secret_key = "EmulatorSecretKeyEmulatorSecretKe";
    /// When set, requests must carry it.
    std::string session_token{};
    /// Created at the start.
    std::vector<std::string> buckets{"examplebucket-1250000000"};
    /// Ids of the KMS keys there are; the first is the account's default.
    std::vector<std::string> kms_keys{
        "48ba38aa-26c5-11ea-855c-52540085abcd", "7f0a2c5e-26c5-11ea-855c-52540085abcd"};
    /// Where everything is kept; empty: in memory.
    std::filesystem::path directory{};
    /// 0: any free port.
    std::uint16_t https_port = 0;
    std::uint16_t http_port = 0;
    /// Host names to serve besides those of COS.
    std::vector<std::string> hosts{};
    /// Whether customer keys are refused over http, as the service's documentation has it.
    bool https_only_customer_keys = true;
    /// What a wrong customer key is answered with, 400 or 403: it is not known of COS.
    unsigned wrong_key_status = 400;
    /// Of all parts but the last. Small ones make small tests.
    std::uint64_t minimum_part_size = 1024 * 1024;
    /// How long a restore takes, by the emulator's clock: see `emulator::advance_clock`.
    std::map<std::string, std::chrono::milliseconds> restore_duration{
        {"Expedited", std::chrono::minutes(1)}, {"Standard", std::chrono::hours(3)},
        {"Bulk", std::chrono::hours(5)}};
};

/// An object as it lies in storage.
struct bytes_at_rest
{
    /// What the disk would hold: ciphertext, with its tags, for encrypted objects.
    std::string bytes{};
    encryption_mode mode = encryption_mode::none;
    std::string kms_key_id{};
    /// JSON, as bound to the data.
    std::string kms_context{};
};

/// A request the emulator has served.
struct recorded_request
{
    std::string method{};
    std::string host{};
    std::string target{};
    /// All header fields, secrets included.
    std::vector<std::pair<std::string, std::string>> fields{};
    bool secure = false;
    unsigned status = 0;

    /// The value of a header field, in any case; empty when absent.
    [[nodiscard]] std::string_view get(std::string_view name) const
    {
        for (const auto& [each, value] : fields)
            if (detail::equal_ignoring_case(each, name))
                return value;
        return {};
    }
};

/// Starts one thread, which serves until the object goes. All members are thread safe.
///
///     cosio::testing::emulator cos_emulator;
///     cosio::client cos(context.get_executor(), cos_emulator.client_config());
///
/// Requests that are signed with SigV4 or speak of `x-amz-` are answered in the form of S3; both
/// kinds of clients see the same objects.
class emulator
{
public:
    /// Throws `std::exception` when a port is taken or the directory cannot be used.
    COSIO_DECLARED explicit emulator(emulator_options options = emulator_options());

    emulator(const emulator&) = delete;
    emulator& operator=(const emulator&) = delete;

    /// Stops serving. With a directory, everything answered is stored.
    COSIO_DECLARED ~emulator();

    /// The configuration of a client of this emulator: region, credentials, trust, and where to
    /// connect to. The client's requests are those it would send to COS.
    [[nodiscard]] COSIO_DECLARED config client_config(scheme how = scheme::https) const;

    /// The first bucket of the options.
    [[nodiscard]] COSIO_DECLARED std::string bucket() const;
    [[nodiscard]] COSIO_DECLARED const emulator_options& options() const noexcept;
    /// `127.0.0.1:port`. Where the machine has IPv6 it listens at `[::1]:port` as well.
    [[nodiscard]] COSIO_DECLARED std::string https_endpoint() const;
    [[nodiscard]] COSIO_DECLARED std::string http_endpoint() const;
    /// The certificate of the emulator's own authority, to be trusted by its clients.
    [[nodiscard]] COSIO_DECLARED const std::string& ca_pem() const noexcept;

    /// Lets something go wrong.
    COSIO_DECLARED void inject(fault what);
    COSIO_DECLARED void clear_faults();

    /// Moves the clock of restores and dates on. Signatures are checked against the real time.
    COSIO_DECLARED void advance_clock(std::chrono::milliseconds by);

    /// The newest version of an object as it is stored; nothing when there is none.
    [[nodiscard]] COSIO_DECLARED std::optional<bytes_at_rest> at_rest(
        const std::string& bucket_name, const std::string& key) const;

    /// Turns versioning of a bucket on or off.
    COSIO_DECLARED void set_versioning(const std::string& bucket_name, bool enabled);

    /// Disables a KMS key: what it encrypts can be neither written nor read.
    COSIO_DECLARED void disable_kms_key(const std::string& id);

    /// The last requests, at most 1000, the newest last.
    [[nodiscard]] COSIO_DECLARED std::vector<recorded_request> requests() const;

    /// Connections accepted, TLS sessions resumed, requests read.
    [[nodiscard]] COSIO_DECLARED const emulation::server_counters& counters() const noexcept;

private:
    const std::unique_ptr<emulation::running_emulator> running_;
};

} // namespace cosio::inline v0::testing

#endif

#if defined(COSIO_DEFINITIONS)

// ---- cosio/testing/emulation/certificate.hpp ----------------------------------------------------

// A certificate authority that lives as long as one emulator, and the certificate of its server.

#ifndef COSIO_TESTING_EMULATION_CERTIFICATE_HPP
#define COSIO_TESTING_EMULATION_CERTIFICATE_HPP

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <stdexcept>

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

// ---- cosio/testing/emulation/message.hpp --------------------------------------------------------

// Requests and replies as the emulator sees them.

#ifndef COSIO_TESTING_EMULATION_MESSAGE_HPP
#define COSIO_TESTING_EMULATION_MESSAGE_HPP

#include <algorithm>

namespace cosio::inline v0::testing::emulation {

/// Header fields in the order in which they came.
class field_table
{
public:
    void add(std::string_view name, std::string_view value) { all_.emplace_back(name, value); }

    [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const
    {
        for (const auto& [each, value] : all_)
            if (detail::equal_ignoring_case(each, name))
                return value;
        return std::nullopt;
    }

    [[nodiscard]] std::string_view get(std::string_view name) const
    {
        return find(name).value_or(std::string_view{});
    }

    [[nodiscard]] bool has(std::string_view name) const { return find(name).has_value(); }

    void erase(std::string_view name)
    {
        std::erase_if(all_, [name](const auto& each) {
            return detail::equal_ignoring_case(each.first, name);
        });
    }

    [[nodiscard]] auto begin() const noexcept { return all_.begin(); }
    [[nodiscard]] auto end() const noexcept { return all_.end(); }

private:
    std::vector<std::pair<std::string, std::string>> all_{};
};

/// A query parameter, decoded.
using parameter = std::pair<std::string, std::string>;

struct http_request
{
    std::string method{};
    std::string target{}; ///< As on the request line.
    field_table fields{};
    std::string body{};
    bool keep_alive = true;
    /// Came over TLS.
    bool secure = false;

    // Made from the target:
    std::string path{}; ///< Decoded.
    std::vector<parameter> parameters{};

    [[nodiscard]] std::optional<std::string_view> parameter_value(std::string_view name) const
    {
        for (const auto& [each, value] : parameters)
            if (detail::equal_ignoring_case(each, name))
                return value;
        return std::nullopt;
    }
    [[nodiscard]] bool has_parameter(std::string_view name) const
    {
        return parameter_value(name).has_value();
    }
};

struct http_reply
{
    unsigned status = 200;
    field_table fields{};
    std::string body{};
    /// Sent chunked, with blanks before the document, as COS does after a copy or a completion.
    bool chunked = false;
    /// The blanks of a chunked reply come behind the XML declaration, as S3 has it.
    bool declaration_first = false;
    /// The length to announce for a reply without body, as HEAD has.
    std::optional<std::uint64_t> announced_length{};
};

/// A refusal, thrown by whatever finds a reason for it.
struct refusal
{
    unsigned status = 400;
    std::string code{};
    std::string message{};
    field_table fields{};
    /// What its document has besides, by element.
    std::vector<std::pair<std::string, std::string>> elements{};
};

[[noreturn]] inline void refuse(unsigned status, std::string_view code, std::string_view message)
{
    throw refusal{status, std::string(code), std::string(message), {}, {}};
}

} // namespace cosio::inline v0::testing::emulation

#endif

// ---- cosio/testing/emulation/sealing.hpp --------------------------------------------------------

// Encryption at rest: AES-256-GCM in segments under a data key, which itself is wrapped under the
// master key, a KMS key, or the customer's key.

#ifndef COSIO_TESTING_EMULATION_SEALING_HPP
#define COSIO_TESTING_EMULATION_SEALING_HPP

#include <openssl/hmac.h>

#include <array>

namespace cosio::inline v0::testing::emulation {

inline constexpr std::size_t aes_key_size = 32;
inline constexpr std::size_t gcm_nonce_size = 12;
inline constexpr std::size_t gcm_tag_size = 16;

using aes_key = crypto::secret_bytes<aes_key_size>;

[[nodiscard]] inline std::string random_bytes(std::size_t size)
{
    std::string out(size, '\0');
    if (RAND_bytes(reinterpret_cast<unsigned char*>(out.data()), static_cast<int>(size)) != 1)
        throw std::runtime_error("no random bytes");
    return out;
}

[[nodiscard]] inline aes_key key_from(std::string_view bytes)
{
    aes_key key;
    std::ranges::copy(
        detail::bytes_of(bytes).first(aes_key_size), key.writable().begin());
    return key;
}

[[nodiscard]] inline aes_key random_key()
{
    return key_from(random_bytes(aes_key_size));
}

/// AES-256-GCM over one piece. `nonce` must not be used twice with a key.
class gcm
{
public:
    explicit gcm(const aes_key& key) : key_(key), context_(EVP_CIPHER_CTX_new()) {}

    /// Ciphertext with its tag behind it.
    [[nodiscard]] std::string seal(
        std::string_view nonce, std::string_view plain, std::string_view associated) const
    {
        std::string out(plain.size() + gcm_tag_size, '\0');
        auto* const bytes = reinterpret_cast<unsigned char*>(out.data());
        const bool done = run(true, nonce, plain, associated, bytes) &&
            EVP_CIPHER_CTX_ctrl(context_.get(), EVP_CTRL_AEAD_GET_TAG, gcm_tag_size,
                bytes + plain.size()) == 1;
        if (!done)
            throw std::runtime_error("AES-GCM failed");
        return out;
    }

    /// The plaintext; nothing when key, nonce, associated data or ciphertext are not right.
    [[nodiscard]] std::optional<std::string> open(
        std::string_view nonce, std::string_view sealed, std::string_view associated) const
    {
        if (sealed.size() < gcm_tag_size)
            return std::nullopt;
        tag_ = sealed.substr(sealed.size() - gcm_tag_size);
        const auto cipher = sealed.substr(0, sealed.size() - gcm_tag_size);
        std::string out(cipher.size(), '\0');
        if (!run(false, nonce, cipher, associated, reinterpret_cast<unsigned char*>(out.data())))
            return std::nullopt;
        return out;
    }

private:
    struct context_deleter
    {
        void operator()(EVP_CIPHER_CTX* context) const noexcept { EVP_CIPHER_CTX_free(context); }
    };

    bool run(bool seals, std::string_view nonce, std::string_view input,
        std::string_view associated, unsigned char* out) const
    {
        const auto bytes = [](std::string_view text) {
            return reinterpret_cast<const unsigned char*>(text.data());
        };
        auto* const context = context_.get();
        int size = 0;
        bool right = EVP_CipherInit_ex2(context, EVP_aes_256_gcm(),
                         reinterpret_cast<const unsigned char*>(key_.view().data()), bytes(nonce),
                         seals ? 1 : 0, nullptr) == 1;
        if (right && !associated.empty())
            right = EVP_CipherUpdate(context, nullptr, &size, bytes(associated),
                        static_cast<int>(associated.size())) == 1;
        if (right && !input.empty())
            right = EVP_CipherUpdate(
                        context, out, &size, bytes(input), static_cast<int>(input.size())) == 1;
        if (right && !seals)
            right = EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, gcm_tag_size,
                        tag_.data()) == 1;
        return right && EVP_CipherFinal_ex(context, out + input.size(), &size) == 1;
    }

    aes_key key_;
    std::unique_ptr<EVP_CIPHER_CTX, context_deleter> context_;
    mutable std::string tag_{};
};

/// A data key under another key: nonce, ciphertext, tag.
[[nodiscard]] inline std::string wrap(
    const aes_key& under, const aes_key& key, std::string_view associated)
{
    const auto nonce = random_bytes(gcm_nonce_size);
    return nonce + gcm(under).seal(nonce, detail::text_of(key.view()), associated);
}

[[nodiscard]] inline std::optional<aes_key> unwrap(
    const aes_key& under, std::string_view wrapped, std::string_view associated)
{
    if (wrapped.size() != gcm_nonce_size + aes_key_size + gcm_tag_size)
        return std::nullopt;
    const auto plain = gcm(under).open(
        wrapped.substr(0, gcm_nonce_size), wrapped.substr(gcm_nonce_size), associated);
    if (!plain)
        return std::nullopt;
    return key_from(*plain);
}

/// Bytes at rest, in segments, so that a range can be read without the rest.
struct sealed_bytes
{
    static constexpr std::size_t segment = 256 * 1024;

    /// Segments behind one another, each with its tag; or, without encryption, the bytes.
    std::string stored{};
    std::uint64_t size = 0; ///< Before encryption.
    /// The data key, wrapped; empty without encryption.
    std::string wrapped_key{};
};

/// Segments are numbered in their nonces, so they cannot change places.
[[nodiscard]] inline std::string segment_nonce(std::uint64_t number)
{
    std::string nonce(gcm_nonce_size, '\0');
    for (std::size_t i = 0; i != 8; ++i)
        nonce[i] = static_cast<char>(number >> (8 * i) & 0xffU);
    return nonce;
}

/// Encrypts under a data key of its own.
[[nodiscard]] inline std::string seal_segments(const aes_key& key, std::string_view plain)
{
    const gcm cipher(key);
    std::string out;
    out.reserve(plain.size() + (plain.size() / sealed_bytes::segment + 1) * gcm_tag_size);
    for (std::uint64_t number = 0; !plain.empty(); ++number) {
        const auto piece = plain.substr(0, sealed_bytes::segment);
        out.append(cipher.seal(segment_nonce(number), piece, {}));
        plain.remove_prefix(piece.size());
    }
    return out;
}

/// Decrypts `count` bytes from `first` on; nothing when the key is wrong or bytes were changed.
[[nodiscard]] inline std::optional<std::string> open_segments(
    const aes_key& key, const sealed_bytes& sealed, std::uint64_t first, std::uint64_t count)
{
    constexpr std::uint64_t stride = sealed_bytes::segment + gcm_tag_size;
    const gcm cipher(key);
    std::string out;
    for (std::uint64_t number = first / sealed_bytes::segment;
         count != 0 && number * stride < sealed.stored.size(); ++number) {
        const auto piece =
            std::string_view(sealed.stored).substr(number * stride, stride);
        const auto plain = cipher.open(segment_nonce(number), piece, {});
        if (!plain)
            return std::nullopt;
        const auto skip = first - number * sealed_bytes::segment;
        const auto taken = std::min<std::uint64_t>(count, plain->size() - skip);
        out.append(*plain, skip, taken);
        first += taken;
        count -= taken;
    }
    return out;
}

[[nodiscard]] inline std::string hmac_sha256_text(std::string_view key, std::string_view text)
{
    std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
    unsigned int size = 0;
    HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
        reinterpret_cast<const unsigned char*>(text.data()), text.size(), out.data(), &size);
    return {reinterpret_cast<const char*>(out.data()), size};
}

} // namespace cosio::inline v0::testing::emulation

#endif

// ---- cosio/testing/emulation/encryption_rules.hpp -----------------------------------------------

// Which encryption headers the service takes, what it does with them, and what it refuses.

#ifndef COSIO_TESTING_EMULATION_ENCRYPTION_RULES_HPP
#define COSIO_TESTING_EMULATION_ENCRYPTION_RULES_HPP

#include <set>

namespace cosio::inline v0::testing::emulation {

enum class sse_mode { none, cos_managed, kms, customer };

/// What a request says about encryption, checked.
struct sse_request
{
    sse_mode mode = sse_mode::none;
    std::string kms_key_id{};
    std::string kms_context{}; ///< JSON.
    std::optional<aes_key> customer_key{};
    std::string customer_key_md5{}; ///< As sent.
};

/// How something is encrypted at rest. Of a customer's key only a salted HMAC is kept.
struct sse_at_rest
{
    sse_mode mode = sse_mode::none;
    std::string kms_key_id{};
    std::string kms_context{};
    std::string customer_key_salt{};
    std::string customer_key_hmac{};
};

inline constexpr std::string_view sse_header = "x-cos-server-side-encryption";
inline constexpr std::string_view customer_prefix = "x-cos-server-side-encryption-customer-";
inline constexpr std::string_view source_customer_prefix =
    "x-cos-copy-source-server-side-encryption-customer-";

/// Reads the three customer key headers under `prefix`; nothing when none is there.
[[nodiscard]] inline sse_request read_customer_key(
    const http_request& request, std::string_view prefix, bool https_only)
{
    const auto header = [&](std::string_view name) {
        return request.fields.find(std::string(prefix).append(name));
    };
    const auto algorithm = header("algorithm");
    const auto key = header("key");
    const auto key_md5 = header("key-MD5");
    sse_request out;
    if (!algorithm && !key && !key_md5)
        return out;
    const auto invalid = [](std::string_view why) { refuse(400, "InvalidArgument", why); };
    if (!algorithm)
        invalid("Requests specifying SSE-C must provide a valid encryption algorithm.");
    if (*algorithm != "AES256")
        invalid("The encryption algorithm must be AES256.");
    if (!key)
        invalid("Requests specifying SSE-C must provide an appropriate secret key.");
    if (!key_md5)
        invalid("Requests specifying SSE-C must provide the MD5 of the secret key.");
    aes_key bytes;
    if (crypto::decode_base64(*key, bytes.writable()) != aes_key_size)
        invalid("The secret key is not valid for the specified algorithm.");
    if (crypto::base64(crypto::md5(bytes.view()).value()) != *key_md5)
        invalid("The MD5 of the key does not match the one that was provided.");
    if (https_only && !request.secure)
        refuse(400, "InvalidRequest", "SSE-C requests must be made over a secure connection.");
    out.mode = sse_mode::customer;
    out.customer_key = bytes;
    out.customer_key_md5 = *key_md5;
    return out;
}

/// The keys the service holds.
class key_vault
{
public:
    key_vault() = default;

    /// Makes a KMS key. The first one is the account's default.
    void add_kms_key(const std::string& id)
    {
        if (default_kms_key_.empty())
            default_kms_key_ = id;
        kms_keys_.try_emplace(id, random_key());
    }
    void disable_kms_key(const std::string& id) { disabled_.insert(id); }

    /// What a write asks for. Refuses whatever the service would.
    [[nodiscard]] sse_request read_write_request(const http_request& request, bool https_only) const
    {
        auto out = read_customer_key(request, customer_prefix, https_only);
        const auto mode = request.fields.find(sse_header);
        const auto key_id =
            request.fields.find("x-cos-server-side-encryption-cos-kms-key-id");
        const auto context = request.fields.find("x-cos-server-side-encryption-context");
        if (mode && out.mode == sse_mode::customer)
            refuse(400, "InvalidArgument",
                "SSE-C is incompatible with the encryption method specified.");
        const bool kms = mode == "cos/kms";
        if ((key_id || context) && !kms)
            refuse(400, "InvalidArgument", "A KMS key or context needs cos/kms.");
        if (!mode)
            return out;
        if (*mode == "AES256") {
            out.mode = sse_mode::cos_managed;
            return out;
        }
        if (!kms)
            refuse(400, "InvalidArgument", "The encryption method specified is not supported.");
        out.mode = sse_mode::kms;
        out.kms_key_id = key_id ? std::string(*key_id) : default_kms_key_;
        if (context)
            out.kms_context = read_context(*context);
        check_kms_key(out.kms_key_id);
        return out;
    }

    void check_kms_key(const std::string& id) const
    {
        if (!kms_keys_.contains(id))
            refuse(400, "KmsKeyNotExist", "The KMS key does not exist.");
        if (disabled_.contains(id))
            refuse(400, "KmsKeyDisabled", "The KMS key is disabled.");
    }

    [[nodiscard]] const std::string& default_kms_key() const noexcept { return default_kms_key_; }

    /// What is kept of a request's encryption.
    [[nodiscard]] static sse_at_rest at_rest(const sse_request& asked)
    {
        sse_at_rest out;
        out.mode = asked.mode;
        out.kms_key_id = asked.kms_key_id;
        out.kms_context = asked.kms_context;
        if (asked.customer_key) {
            constexpr std::size_t salt_size = 16;
            out.customer_key_salt = random_bytes(salt_size);
            out.customer_key_hmac = hmac_sha256_text(
                out.customer_key_salt, detail::text_of(asked.customer_key->view()));
        }
        return out;
    }

    /// Whether `key` is the one that was used.
    [[nodiscard]] static bool is_key_of(const sse_at_rest& rest, const aes_key& key)
    {
        return hmac_sha256_text(rest.customer_key_salt, detail::text_of(key.view())) ==
            rest.customer_key_hmac;
    }

    [[nodiscard]] sealed_bytes seal(const sse_at_rest& how,
        const std::optional<aes_key>& customer_key, std::string plain) const
    {
        sealed_bytes out;
        out.size = plain.size();
        if (how.mode == sse_mode::none) {
            out.stored = std::move(plain);
            return out;
        }
        const auto data_key = random_key();
        out.wrapped_key =
            wrap(key_for(how, customer_key), data_key, how.kms_context);
        out.stored = seal_segments(data_key, plain);
        return out;
    }

    /// Requires that the customer's key was checked. Refuses when bytes at rest were changed.
    [[nodiscard]] std::string open(const sse_at_rest& how,
        const std::optional<aes_key>& customer_key, const sealed_bytes& sealed,
        std::uint64_t first, std::uint64_t count) const
    {
        if (how.mode == sse_mode::none)
            return sealed.stored.substr(first, count);
        const auto data_key =
            unwrap(key_for(how, customer_key), sealed.wrapped_key, how.kms_context);
        const auto plain = data_key ? open_segments(*data_key, sealed, first, count) : std::nullopt;
        if (!plain)
            refuse(500, "InternalError", "The object cannot be decrypted.");
        return *plain;
    }

    /// The secrets, to be stored with what they encrypt.
    [[nodiscard]] const aes_key& master() const noexcept { return master_; }
    void set_master(const aes_key& key) { master_ = key; }
    [[nodiscard]] const std::map<std::string, aes_key>& kms_keys() const noexcept
    {
        return kms_keys_;
    }
    void set_kms_key(const std::string& id, const aes_key& key) { kms_keys_[id] = key; }

private:
    [[nodiscard]] const aes_key& key_for(
        const sse_at_rest& how, const std::optional<aes_key>& customer_key) const
    {
        switch (how.mode) {
        case sse_mode::kms: check_kms_key(how.kms_key_id); return kms_keys_.at(how.kms_key_id);
        case sse_mode::customer: return customer_key.value();
        default: break;
        }
        return master_;
    }

    static std::string read_context(std::string_view base64)
    {
        std::string json(base64.size(), '\0');
        const auto size = crypto::decode_base64(base64, std::as_writable_bytes(std::span(json)));
        json.resize(size.value_or(0));
        if (!size || !detail::json_string_object_problem(json).empty())
            refuse(400, "InvalidArgument",
                "The encryption context is not base64 of a JSON object of strings.");
        return json;
    }

    aes_key master_ = random_key();
    std::map<std::string, aes_key> kms_keys_{};
    std::set<std::string> disabled_{};
    std::string default_kms_key_{};
};

/// The mode headers of a reply. The key's MD5 is echoed from the request, as it is not kept.
inline void add_sse_headers(
    field_table& fields, const sse_at_rest& rest, std::string_view customer_key_md5)
{
    switch (rest.mode) {
    case sse_mode::none: break;
    case sse_mode::cos_managed: fields.add(sse_header, "AES256"); break;
    case sse_mode::kms:
        fields.add(sse_header, "cos/kms");
        fields.add("x-cos-server-side-encryption-cos-kms-key-id", rest.kms_key_id);
        break;
    case sse_mode::customer:
        fields.add(std::string(customer_prefix).append("algorithm"), "AES256");
        fields.add(std::string(customer_prefix).append("key-MD5"), customer_key_md5);
        break;
    }
}

} // namespace cosio::inline v0::testing::emulation

#endif

// ---- cosio/testing/emulation/store.hpp ----------------------------------------------------------

// Buckets, objects and unfinished uploads, in memory.

#ifndef COSIO_TESTING_EMULATION_STORE_HPP
#define COSIO_TESTING_EMULATION_STORE_HPP

namespace cosio::inline v0::testing::emulation {

using time_point = std::chrono::sys_time<std::chrono::milliseconds>;

/// A restore that was asked for.
struct restore_job
{
    std::string tier{};
    time_point requested{};
    time_point ready{};
    time_point expires{};
};

/// One version of an object.
struct stored_object
{
    std::string version_id{}; ///< `null` while versioning is off.
    bool delete_marker = false;
    std::string etag{}; ///< Without quotes.
    std::optional<std::uint64_t> crc64{};
    std::uint64_t size = 0;
    time_point modified{};
    std::string storage_class = "STANDARD";
    std::string acl{};
    std::vector<parameter> tags{};
    /// Content headers and metadata, as they are returned.
    field_table headers{};
    sse_at_rest encryption{};
    /// One piece for each part.
    std::vector<sealed_bytes> pieces{};
    std::optional<restore_job> restore{};
};

struct stored_part
{
    std::string etag{};
    std::uint64_t crc64 = 0;
    time_point modified{};
    sealed_bytes bytes{};
};

struct stored_upload
{
    std::string key{};
    std::string upload_id{};
    time_point initiated{};
    /// What the object will have: headers, class, tags, encryption.
    stored_object object{};
    /// Kept until the upload is completed, whose reply states it.
    std::string customer_key_md5{};
    std::map<std::uint32_t, stored_part> parts{};
};

struct stored_bucket
{
    time_point created{};
    bool versioning = false;
    /// Default encryption: algorithm as in the document, and key id.
    std::optional<std::pair<std::string, std::string>> encryption{};
    /// Versions of each key, the newest last.
    std::map<std::string, std::vector<stored_object>> objects{};
    std::map<std::string, stored_upload> uploads{};
};

using bucket_table = std::map<std::string, stored_bucket, std::less<>>;

/// Refuses with `NoSuchBucket`.
[[nodiscard]] inline stored_bucket& bucket_of(bucket_table& buckets, std::string_view name)
{
    const auto found = buckets.find(name);
    if (found == buckets.end())
        refuse(404, "NoSuchBucket", "The specified bucket does not exist.");
    return found->second;
}

/// A version of an object, by default the newest. Refuses with `NoSuchKey`, `NoSuchVersion`.
[[nodiscard]] inline stored_object& object_of(
    stored_bucket& bucket, const std::string& key, std::optional<std::string_view> version_id)
{
    const auto found = bucket.objects.find(key);
    const bool absent = found == bucket.objects.end() || found->second.empty();
    if (version_id && !version_id->empty()) {
        if (!absent)
            for (auto& version : found->second)
                if (version.version_id == *version_id)
                    return version;
        refuse(404, "NoSuchVersion", "The specified version does not exist.");
    }
    if (absent || found->second.back().delete_marker)
        refuse(404, "NoSuchKey", "The specified key does not exist.");
    return found->second.back();
}

/// Makes `object` the newest version of its key, replacing the null version without versioning.
/// Never null: a pointer, as a reference returned of temporary arguments looks like one to them.
inline stored_object* put_version(
    stored_bucket& bucket, const std::string& key, stored_object object, std::string version_id)
{
    auto& versions = bucket.objects[key];
    object.version_id = bucket.versioning ? std::move(version_id) : std::string("null");
    if (!bucket.versioning)
        std::erase_if(versions, [](const auto& each) { return each.version_id == "null"; });
    versions.push_back(std::move(object));
    return &versions.back();
}

} // namespace cosio::inline v0::testing::emulation

#endif

// ---- cosio/testing/emulation/archive.hpp --------------------------------------------------------

// Objects, uploads and keys as bytes of a file, and back.

#ifndef COSIO_TESTING_EMULATION_ARCHIVE_HPP
#define COSIO_TESTING_EMULATION_ARCHIVE_HPP

namespace cosio::inline v0::testing::emulation {

/// Writes values behind one another.
class archive_writer
{
public:
    archive_writer& put(std::uint64_t value)
    {
        for (int shift = 0; shift != 64; shift += 8)
            bytes_.push_back(static_cast<char>(value >> shift & 0xffU));
        return *this;
    }
    archive_writer& put(std::string_view text)
    {
        put(std::uint64_t{text.size()});
        bytes_.append(text);
        return *this;
    }
    archive_writer& put(time_point time)
    {
        return put(static_cast<std::uint64_t>(time.time_since_epoch().count()));
    }
    [[nodiscard]] const std::string& bytes() const noexcept { return bytes_; }

private:
    std::string bytes_{};
};

/// Reads them in the same order; throws when the bytes end early.
class archive_reader
{
public:
    explicit archive_reader(std::string_view bytes) : rest_(bytes) {}

    [[nodiscard]] std::uint64_t number()
    {
        const auto raw = take(8);
        std::uint64_t value = 0;
        for (std::size_t i = 0; i != 8; ++i)
            value |= std::uint64_t{static_cast<unsigned char>(raw[i])} << (8 * i);
        return value;
    }
    [[nodiscard]] std::string text() { return std::string(take(number())); }
    [[nodiscard]] time_point time()
    {
        return time_point(std::chrono::milliseconds(static_cast<std::int64_t>(number())));
    }

private:
    std::string_view take(std::uint64_t count)
    {
        if (count > rest_.size())
            throw std::runtime_error("a file of the emulator is not whole");
        const auto taken = rest_.substr(0, count);
        rest_.remove_prefix(count);
        return taken;
    }

    std::string_view rest_;
};

inline void put_bytes(archive_writer& out, const sealed_bytes& bytes)
{
    out.put(bytes.size).put(bytes.wrapped_key).put(bytes.stored);
}

[[nodiscard]] inline sealed_bytes get_bytes(archive_reader& in)
{
    sealed_bytes bytes;
    bytes.size = in.number();
    bytes.wrapped_key = in.text();
    bytes.stored = in.text();
    return bytes;
}

inline void put_object(archive_writer& out, const stored_object& object)
{
    out.put(object.version_id).put(std::uint64_t{object.delete_marker}).put(object.etag);
    out.put(std::uint64_t{object.crc64.has_value()}).put(object.crc64.value_or(0));
    out.put(object.size).put(object.modified).put(object.storage_class).put(object.acl);
    out.put(std::uint64_t{object.tags.size()});
    for (const auto& [key, value] : object.tags)
        out.put(key).put(value);
    std::uint64_t headers = 0;
    for (const auto& each : object.headers) {
        static_cast<void>(each);
        ++headers;
    }
    out.put(headers);
    for (const auto& [name, value] : object.headers)
        out.put(name).put(value);
    const auto& sse = object.encryption;
    out.put(static_cast<std::uint64_t>(sse.mode)).put(sse.kms_key_id).put(sse.kms_context);
    out.put(sse.customer_key_salt).put(sse.customer_key_hmac);
    out.put(std::uint64_t{object.pieces.size()});
    for (const auto& piece : object.pieces)
        put_bytes(out, piece);
    out.put(std::uint64_t{object.restore.has_value()});
    if (object.restore)
        out.put(object.restore->tier)
            .put(object.restore->requested)
            .put(object.restore->ready)
            .put(object.restore->expires);
}

[[nodiscard]] inline stored_object get_object(archive_reader& in)
{
    stored_object object;
    object.version_id = in.text();
    object.delete_marker = in.number() != 0;
    object.etag = in.text();
    const bool has_crc64 = in.number() != 0;
    const auto crc64 = in.number();
    if (has_crc64)
        object.crc64 = crc64;
    object.size = in.number();
    object.modified = in.time();
    object.storage_class = in.text();
    object.acl = in.text();
    for (auto count = in.number(); count != 0; --count) {
        auto& [key, value] = object.tags.emplace_back();
        key = in.text();
        value = in.text();
    }
    for (auto count = in.number(); count != 0; --count) {
        const auto name = in.text();
        object.headers.add(name, in.text());
    }
    auto& sse = object.encryption;
    sse.mode = static_cast<sse_mode>(in.number());
    sse.kms_key_id = in.text();
    sse.kms_context = in.text();
    sse.customer_key_salt = in.text();
    sse.customer_key_hmac = in.text();
    for (auto count = in.number(); count != 0; --count)
        object.pieces.push_back(get_bytes(in));
    if (in.number() != 0) {
        auto& restore = object.restore.emplace();
        restore.tier = in.text();
        restore.requested = in.time();
        restore.ready = in.time();
        restore.expires = in.time();
    }
    return object;
}

inline void put_part(archive_writer& out, const stored_part& part)
{
    out.put(part.etag).put(part.crc64).put(part.modified);
    put_bytes(out, part.bytes);
}

[[nodiscard]] inline stored_part get_part(archive_reader& in)
{
    stored_part part;
    part.etag = in.text();
    part.crc64 = in.number();
    part.modified = in.time();
    part.bytes = get_bytes(in);
    return part;
}

} // namespace cosio::inline v0::testing::emulation

#endif

// ---- cosio/testing/emulation/request_reader.hpp -------------------------------------------------

// Reads requests as a server does: its own parser, strict about what ends a line or a body.

#ifndef COSIO_TESTING_EMULATION_REQUEST_READER_HPP
#define COSIO_TESTING_EMULATION_REQUEST_READER_HPP

namespace cosio::inline v0::testing::emulation {

/// What a request's head says about its body.
struct body_framing
{
    std::uint64_t length = 0;
    bool has_length = false;
    bool chunked = false;
    bool expects_continue = false;
};

/// Decodes %XX, and `+` as a space where `plus_is_space`. An escape that is none is refused.
[[nodiscard]] inline std::string unescape(std::string_view text, bool plus_is_space)
{
    const auto digit = [](char c) -> int {
        if (c >= '0' && c <= '9')
            return c - '0';
        const char lower = detail::to_lower(c);
        return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
    };
    std::string out;
    for (std::size_t i = 0; i != text.size(); ++i) {
        if (text[i] != '%') {
            out.push_back(text[i] == '+' && plus_is_space ? ' ' : text[i]);
            continue;
        }
        const bool whole = i + 2 < text.size();
        const int high = whole ? digit(text[i + 1]) : -1;
        const int low = whole ? digit(text[i + 2]) : -1;
        if (high < 0 || low < 0)
            refuse(400, "InvalidURI", "The URI has an escape that is none.");
        out.push_back(static_cast<char>(high * 16 + low));
        i += 2;
    }
    return out;
}

/// Splits the target into decoded path and decoded parameters.
inline void read_target(http_request& request)
{
    const std::string_view target = request.target;
    const auto mark = target.find('?');
    request.path = unescape(target.substr(0, mark), false);
    if (mark == std::string_view::npos)
        return;
    auto query = target.substr(mark + 1);
    while (!query.empty()) {
        const auto end = std::min(query.find('&'), query.size());
        const auto pair = query.substr(0, end);
        const auto equals = std::min(pair.find('='), pair.size());
        if (!pair.empty())
            request.parameters.emplace_back(unescape(pair.substr(0, equals), true),
                unescape(pair.substr(std::min(equals + 1, pair.size())), true));
        query.remove_prefix(std::min(end + 1, query.size()));
    }
}

/// Reads a head, without its blank line; every line ends in CRLF.
[[nodiscard]] inline body_framing read_head(std::string_view head, http_request& request)
{
    const auto bad = [](std::string_view why) {
        refuse(400, "BadRequest", std::string("Not HTTP/1.1: ").append(why));
    };
    const auto take_line = [&]() -> std::string_view {
        const auto end = head.find("\r\n");
        if (end == std::string_view::npos)
            bad("a line has no end");
        const auto line = head.substr(0, end);
        head.remove_prefix(end + 2);
        if (line.find_first_of("\r\n") != std::string_view::npos)
            bad("a bare line end");
        return line;
    };

    const auto first = take_line();
    const auto method_end = first.find(' ');
    const auto target_end = first.rfind(' ');
    if (method_end == std::string_view::npos || target_end == method_end)
        bad("the request line");
    request.method = first.substr(0, method_end);
    request.target = first.substr(method_end + 1, target_end - method_end - 1);
    const auto version = first.substr(target_end + 1);
    if ((version != "HTTP/1.1" && version != "HTTP/1.0") || !request.target.starts_with('/') ||
        request.target.find(' ') != std::string::npos)
        bad("the request line");
    request.keep_alive = version == "HTTP/1.1";

    while (!head.empty()) {
        const auto line = take_line();
        const auto colon = line.find(':');
        if (colon == std::string_view::npos || colon == 0 ||
            line.substr(0, colon).find_first_of(" \t") != std::string_view::npos)
            bad("a header field");
        request.fields.add(line.substr(0, colon), detail::trimmed(line.substr(colon + 1)));
    }
    read_target(request);

    body_framing framing;
    if (const auto length = request.fields.find("Content-Length")) {
        const auto number = detail::parse_number<std::uint64_t>(*length);
        if (!number)
            bad("Content-Length");
        framing.length = number.value_or(0);
        framing.has_length = true;
    }
    if (const auto coding = request.fields.find("Transfer-Encoding")) {
        if (!detail::equal_ignoring_case(*coding, "chunked") || framing.has_length)
            bad("Transfer-Encoding");
        framing.chunked = true;
    }
    framing.expects_continue =
        detail::equal_ignoring_case(request.fields.get("Expect"), "100-continue");
    if (detail::equal_ignoring_case(request.fields.get("Connection"), "close"))
        request.keep_alive = false;
    return framing;
}

/// Takes whole chunks off the front of `input`; true once the last one and its trailers are read.
[[nodiscard]] inline bool take_chunks(std::string& input, std::string& body)
{
    for (;;) {
        const auto line_end = input.find("\r\n");
        if (line_end == std::string::npos)
            return false;
        const auto size_text =
            std::string_view(input).substr(0, std::min(line_end, input.find(';')));
        const auto size = detail::parse_number<std::uint32_t>(size_text, 16);
        if (!size)
            refuse(400, "BadRequest", "A chunk without a size.");
        if (*size == 0) {
            // Trailers, if any, end with a blank line.
            const auto end = input.find("\r\n\r\n", line_end);
            if (end == std::string::npos)
                return false;
            input.erase(0, end + 4);
            return true;
        }
        const std::size_t start = line_end + 2;
        if (input.size() < start + *size + 2)
            return false;
        if (input.compare(start + *size, 2, "\r\n") != 0)
            refuse(400, "BadRequest", "A chunk without an end.");
        body.append(input, start, *size);
        input.erase(0, start + *size + 2);
    }
}

} // namespace cosio::inline v0::testing::emulation

#endif

// ---- cosio/testing/emulation/signature.hpp ------------------------------------------------------

// Verifies q-sign signatures. Shares no code with the client's signer, so that a mistake there is
// not made here as well.

#ifndef COSIO_TESTING_EMULATION_SIGNATURE_HPP
#define COSIO_TESTING_EMULATION_SIGNATURE_HPP

#include <openssl/sha.h>

namespace cosio::inline v0::testing::emulation {

/// Whose requests are accepted.
struct account
{
    std::string secret_id{};
    std::string secret_key{};
    /// When not empty, requests must carry it as their session token.
    std::string session_token{};
};

/// How a request is signed.
enum class signed_by { nobody, header, query };

class signature_verifier
{
public:
    explicit signature_verifier(account who) : who_(std::move(who)) {}

    /// Refuses a request whose signature is not right. `now` is in seconds since 1970.
    [[nodiscard]] signed_by verify(const http_request& request, std::int64_t now) const
    {
        auto [how, parts] = find_signature(request);
        if (how == signed_by::nobody)
            return how;
        if (parts["q-sign-algorithm"] != "sha1")
            refuse(403, "AccessDenied", "The signature algorithm is not sha1.");
        if (parts["q-ak"] != who_.secret_id)
            refuse(403, "InvalidAccessKeyId", "The access key id does not exist.");
        check_time(parts["q-sign-time"], now);
        check_token(request);
        const auto form = format_string(
            request, parts["q-header-list"], parts["q-url-param-list"]);
        const auto to_sign = "sha1\n" + parts["q-sign-time"] + "\n" + sha1_hex(form) + "\n";
        const auto sign_key = hmac_hex(who_.secret_key, parts["q-key-time"]);
        if (hmac_hex(sign_key, to_sign) != parts["q-signature"]) {
            refusal wrong{
                403, "SignatureDoesNotMatch", "The Signature you specified is invalid.", {}};
            wrong.fields.add("string-to-sign", to_sign);
            wrong.fields.add("format-string", form);
            throw wrong;
        }
        return how;
    }

private:
    using parts_table = std::map<std::string, std::string, std::less<>>;

    static parts_table split(std::string_view text)
    {
        parts_table parts;
        while (!text.empty()) {
            const auto end = std::min(text.find('&'), text.size());
            const auto pair = text.substr(0, end);
            const auto equals = std::min(pair.find('='), pair.size());
            parts.emplace(
                pair.substr(0, equals), pair.substr(std::min(equals + 1, pair.size())));
            text.remove_prefix(std::min(end + 1, text.size()));
        }
        return parts;
    }

    static std::pair<signed_by, parts_table> find_signature(const http_request& request)
    {
        if (const auto header = request.fields.find("Authorization"))
            return {signed_by::header, split(*header)};
        if (const auto merged = request.parameter_value("sign"))
            return {signed_by::query, split(*merged)};
        parts_table parts;
        for (const auto& [name, value] : request.parameters)
            if (name.starts_with("q-"))
                parts.emplace(name, value);
        return {parts.contains("q-signature") ? signed_by::query : signed_by::nobody, parts};
    }

    static void check_time(std::string_view validity, std::int64_t now)
    {
        const auto semicolon = std::min(validity.find(';'), validity.size());
        const auto start = detail::parse_number<std::uint64_t>(validity.substr(0, semicolon));
        const auto end = detail::parse_number<std::uint64_t>(
            validity.substr(std::min(semicolon + 1, validity.size())));
        if (!start || !end)
            refuse(403, "AccessDenied", "The time of the signature is malformed.");
        if (now > static_cast<std::int64_t>(*end))
            refuse(403, "AccessDenied", "Request has expired");
        if (now < static_cast<std::int64_t>(*start))
            refuse(403, "RequestTimeTooSkewed",
                "The difference between the request time and the server's is too large.");
    }

    void check_token(const http_request& request) const
    {
        const auto in_query = request.parameter_value("x-cos-security-token");
        const auto token =
            in_query.value_or(request.fields.get("x-cos-security-token"));
        if (token != who_.session_token)
            refuse(who_.session_token.empty() ? 403 : 400,
                who_.session_token.empty() ? "AccessDenied" : "ExpiredToken",
                "The session token is not valid.");
    }

    /// Everything but letters, digits and `-_.~` as %XX with capital digits.
    static std::string escape(std::string_view text)
    {
        std::string out;
        for (const char c : text) {
            if (detail::is_alphanumeric(c) || c == '-' || c == '_' || c == '.' || c == '~') {
                out.push_back(c);
                continue;
            }
            constexpr std::string_view digits = "0123456789ABCDEF";
            const auto byte = static_cast<unsigned char>(c);
            out.push_back('%');
            out.push_back(digits[byte / 16]);
            out.push_back(digits[byte % 16]);
        }
        return out;
    }

    static std::string lower(std::string text)
    {
        for (char& c : text)
            c = detail::to_lower(c);
        return text;
    }

    /// `name=value&...` in the order of `list`; a listed name without a value in the request stays
    /// without one, which makes the signature wrong.
    template <class Fields>
    static std::string canonical(std::string_view list, const Fields& fields)
    {
        std::string out;
        while (!list.empty()) {
            const auto end = std::min(list.find(';'), list.size());
            const auto name = list.substr(0, end);
            out.append(out.empty() ? "" : "&").append(name).append("=");
            bool found = false;
            for (const auto& [each, value] : fields)
                if (!found && lower(escape(each)) == name) {
                    out.append(escape(value));
                    found = true;
                }
            if (!found)
                out.append("(absent)");
            list.remove_prefix(std::min(end + 1, list.size()));
        }
        return out;
    }

    static std::string format_string(const http_request& request, std::string_view header_list,
        std::string_view parameter_list)
    {
        return lower(request.method) + "\n" + request.path + "\n" +
            canonical(parameter_list, request.parameters) + "\n" +
            canonical(header_list, request.fields) + "\n";
    }

    static std::string to_hex(const unsigned char* bytes, std::size_t size)
    {
        constexpr std::string_view digits = "0123456789abcdef";
        std::string out;
        for (std::size_t i = 0; i != size; ++i) {
            out.push_back(digits[bytes[i] / 16]);
            out.push_back(digits[bytes[i] % 16]);
        }
        return out;
    }

    static std::string sha1_hex(std::string_view text)
    {
        std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
        unsigned int size = 0;
        EVP_Digest(text.data(), text.size(), out.data(), &size, EVP_sha1(), nullptr);
        return to_hex(out.data(), size);
    }

    static std::string hmac_hex(std::string_view key, std::string_view text)
    {
        std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
        unsigned int size = 0;
        HMAC(EVP_sha1(), key.data(), static_cast<int>(key.size()),
            reinterpret_cast<const unsigned char*>(text.data()), text.size(), out.data(), &size);
        return to_hex(out.data(), size);
    }

    account who_;
};

} // namespace cosio::inline v0::testing::emulation

#endif

// ---- cosio/testing/emulation/state.hpp ----------------------------------------------------------

// What the handlers of the emulated service share.

#ifndef COSIO_TESTING_EMULATION_STATE_HPP
#define COSIO_TESTING_EMULATION_STATE_HPP

#include <span>

namespace cosio::inline v0::testing::emulation {

/// How the service behaves where it can be chosen, or where COS's behaviour is not known.
struct service_options
{
    std::string region = "ap-guangzhou";
    /// Buckets of other regions, which are not served, and where they are.
    std::map<std::string, std::string> buckets_elsewhere{};
    account who{};
    /// Host names served besides those of COS; a bucket may be prefixed to them.
    std::vector<std::string> hosts{};
    bool https_only_customer_keys = true;
    /// What a wrong customer key is answered with: 400 or 403.
    unsigned wrong_key_status = 400;
    std::uint64_t minimum_part_size = 1024 * 1024;
    /// How long a restore takes by tier.
    std::map<std::string, std::chrono::milliseconds> restore_duration{
        {"Expedited", std::chrono::milliseconds(0)}, {"Standard", std::chrono::milliseconds(0)},
        {"Bulk", std::chrono::milliseconds(0)}};
};

/// What was changed since it was last written to disk.
struct change_list
{
    bool buckets = false;
    std::set<std::pair<std::string, std::string>> objects{}; ///< Bucket and key.
    std::set<std::pair<std::string, std::string>> uploads{}; ///< Bucket and upload id.
    std::set<std::pair<std::string, std::uint32_t>> parts{}; ///< Upload id and number.
};

struct service_state
{
    service_options options{};
    bucket_table buckets{};
    key_vault vault{};
    change_list changes{};
    /// Added to the time for everything but signatures.
    std::chrono::milliseconds clock_offset{0};
    std::uint64_t sequence = 0;
};

/// One request on its way through the service.
struct call_context
{
    service_state& state;
    const http_request& request;
    time_point now{};
    std::string bucket{};
    std::string key{};
    std::string request_id{};
    /// A fault: writes store in the clear whatever they were asked.
    bool ignores_encryption = false;
    signed_by signature = signed_by::nobody;
    /// The client speaks S3: `request` is a translation, documents are as S3 has them.
    bool speaks_s3 = false;

    [[nodiscard]] stored_bucket& stored() const { return bucket_of(state.buckets, bucket); }
    void changed_object(const std::string& of_key) const
    {
        state.changes.objects.emplace(bucket, of_key);
    }
    void changed_upload(const std::string& upload_id) const
    {
        state.changes.uploads.emplace(bucket, upload_id);
    }
    [[nodiscard]] std::optional<std::string_view> version_id() const
    {
        return request.parameter_value("versionId");
    }
};

[[nodiscard]] inline std::string header_date(time_point time)
{
    return http::format_date(std::chrono::floor<std::chrono::seconds>(time));
}

/// With milliseconds, as listings have it.
[[nodiscard]] inline std::string listing_date(time_point time)
{
    auto text = http::format_iso_date(std::chrono::floor<std::chrono::seconds>(time));
    text.pop_back();
    return text.append(".000Z");
}

[[nodiscard]] inline std::string random_hex(std::size_t bytes)
{
    return crypto::hex(detail::bytes_of(random_bytes(bytes)));
}

/// Base64 of `<hex time>_<hex address>_<hex>_<hex>`, as the service's identifiers decode to.
[[nodiscard]] inline std::string make_request_id(time_point now)
{
    std::string text;
    const auto seconds = static_cast<std::uint32_t>(
        std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count());
    for (int shift = 24; shift >= 0; shift -= 8) {
        const auto byte = static_cast<std::byte>(seconds >> shift & 0xffU);
        crypto::append_hex(text, std::span(&byte, 1));
    }
    text.append("_7f000001_").append(random_hex(2)).append("_").append(random_hex(4));
    return crypto::base64(detail::bytes_of(text));
}

/// Base64 without padding of 2^64 - 1 - microseconds, so that newer versions sort first.
[[nodiscard]] inline std::string make_version_id(time_point now, std::uint64_t sequence)
{
    const auto microseconds =
        static_cast<std::uint64_t>(now.time_since_epoch().count()) * 1000 + sequence % 1000;
    auto text = crypto::base64(detail::bytes_of(
        std::to_string(std::numeric_limits<std::uint64_t>::max() - microseconds)));
    while (text.ends_with('='))
        text.pop_back();
    return text;
}

/// 10 digits of seconds and 64 hexadecimal digits.
[[nodiscard]] inline std::string make_upload_id(time_point now)
{
    return std::to_string(
               std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count()) +
        random_hex(32);
}

} // namespace cosio::inline v0::testing::emulation

#endif

// ---- cosio/testing/emulation/directory.hpp ------------------------------------------------------

// Storage on disk: one file for each key, upload and part, written as soon as they change, each
// whole or not at all.

#ifndef COSIO_TESTING_EMULATION_DIRECTORY_HPP
#define COSIO_TESTING_EMULATION_DIRECTORY_HPP

#include <fstream>
#include <ios>
#include <iterator>

namespace cosio::inline v0::testing::emulation {

/// The folder of one emulator. Holds its keys too: protect it like what it encrypts.
class directory
{
public:
    /// Throws `std::runtime_error` for a folder that holds something, and is of no emulator: nothing
    /// in it is touched.
    explicit directory(std::filesystem::path root) : root_(std::move(root))
    {
        if (std::filesystem::exists(root_) && !std::filesystem::is_empty(root_) &&
            !is_of_an_emulator())
            throw std::runtime_error(root_.string() + " is not empty, and not of an emulator");
        for (const char* const folder : {"objects", "uploads", "parts"})
            std::filesystem::create_directories(root_ / folder);
    }

    /// Reads what is there into `state`; a new folder gets the keys of `state`.
    void load(service_state& state) const
    {
        if (!std::filesystem::exists(root_ / "keys")) {
            write_keys(state);
            state.changes.buckets = true;
            return;
        }
        read_keys(state);
        read_buckets(state);
        for_each_file("objects", [&](archive_reader& in) {
            const auto bucket = in.text();
            const auto key = in.text();
            auto& versions = state.buckets[bucket].objects[key];
            for (auto count = in.number(); count != 0; --count)
                versions.push_back(get_object(in));
        });
        for_each_file("uploads", [&](archive_reader& in) {
            const auto bucket = in.text();
            stored_upload upload;
            upload.key = in.text();
            upload.upload_id = in.text();
            upload.initiated = in.time();
            upload.customer_key_md5 = in.text();
            upload.object = get_object(in);
            const auto upload_id = upload.upload_id;
            state.buckets[bucket].uploads.emplace(upload_id, std::move(upload));
        });
        for_each_file("parts", [&](archive_reader& in) {
            const auto upload_id = in.text();
            const auto number = static_cast<std::uint32_t>(in.number());
            for (auto& [name, bucket] : state.buckets)
                if (const auto upload = bucket.uploads.find(upload_id);
                    upload != bucket.uploads.end())
                    upload->second.parts[number] = get_part(in);
        });
    }

    /// Writes what changed since the last time.
    void save(service_state& state) const
    {
        const auto changes = std::exchange(state.changes, {});
        if (changes.buckets)
            write_buckets(state);
        for (const auto& [upload_id, number] : changes.parts)
            save_part(state, upload_id, number);
        for (const auto& [bucket, key] : changes.objects)
            save_object(state, bucket, key);
        for (const auto& [bucket, upload_id] : changes.uploads)
            save_upload(state, bucket, upload_id);
    }

private:
    bool is_of_an_emulator() const
    {
        for (const char* const folder : {"objects", "uploads", "parts"})
            if (!std::filesystem::is_directory(root_ / folder))
                return false;
        return std::filesystem::exists(root_ / "keys") ||
            std::filesystem::is_empty(root_ / "objects"); // It was killed while it began.
    }

    static std::string file_name(std::string_view first, std::string_view second)
    {
        const auto text = std::string(first).append("\n").append(second);
        return crypto::hex(crypto::sha256(detail::bytes_of(text)).value());
    }

    static std::string part_file_name(std::string_view upload_id, std::uint32_t number)
    {
        return std::string(upload_id).append(".").append(std::to_string(number));
    }

    void write(const std::filesystem::path& name, const std::string& bytes) const
    {
        const auto whole = root_ / name;
        auto partial = whole;
        partial += ".new";
        std::ofstream file(partial, std::ios::binary | std::ios::trunc);
        file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
        file.close();
        if (!file)
            throw std::runtime_error("cannot write " + partial.string());
        std::filesystem::rename(partial, whole);
    }

    static std::string read(const std::filesystem::path& path)
    {
        std::ifstream file(path, std::ios::binary);
        return {std::istreambuf_iterator<char>(file), {}};
    }

    template <class Use>
    void for_each_file(const char* folder, Use&& use) const
    {
        for (const auto& entry : std::filesystem::directory_iterator(root_ / folder)) {
            if (entry.path().extension() == ".new")
                continue;
            const auto bytes = read(entry.path());
            archive_reader in(bytes);
            use(in);
        }
    }

    void write_keys(const service_state& state) const
    {
        archive_writer out;
        out.put(detail::text_of(state.vault.master().view()));
        out.put(std::uint64_t{state.vault.kms_keys().size()});
        for (const auto& [id, key] : state.vault.kms_keys())
            out.put(id).put(detail::text_of(key.view()));
        write("keys", out.bytes());
        std::filesystem::permissions(root_ / "keys",
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    }

    void read_keys(service_state& state) const
    {
        const auto bytes = read(root_ / "keys");
        archive_reader in(bytes);
        state.vault.set_master(key_from(in.text()));
        for (auto count = in.number(); count != 0; --count) {
            const auto id = in.text();
            state.vault.set_kms_key(id, key_from(in.text()));
        }
    }

    void write_buckets(const service_state& state) const
    {
        archive_writer out;
        out.put(std::uint64_t{state.buckets.size()});
        for (const auto& [name, bucket] : state.buckets) {
            out.put(name).put(bucket.created).put(std::uint64_t{bucket.versioning});
            out.put(std::uint64_t{bucket.encryption.has_value()});
            const auto encryption =
                bucket.encryption.value_or(std::pair<std::string, std::string>());
            out.put(encryption.first).put(encryption.second);
        }
        write("buckets", out.bytes());
    }

    void read_buckets(service_state& state) const
    {
        const auto bytes = read(root_ / "buckets");
        archive_reader in(bytes);
        for (auto count = in.number(); count != 0; --count) {
            auto& bucket = state.buckets[in.text()];
            bucket.created = in.time();
            bucket.versioning = in.number() != 0;
            const bool encrypted = in.number() != 0;
            const auto algorithm = in.text();
            const auto key_id = in.text();
            if (encrypted)
                bucket.encryption.emplace(algorithm, key_id);
        }
    }

    void save_object(
        const service_state& state, const std::string& bucket, const std::string& key) const
    {
        const auto name = std::filesystem::path("objects") / file_name(bucket, key);
        const auto in = state.buckets.find(bucket);
        const bool gone = in == state.buckets.end() || !in->second.objects.contains(key) ||
            in->second.objects.at(key).empty();
        if (gone) {
            std::filesystem::remove(root_ / name);
            return;
        }
        const auto& versions = in->second.objects.at(key);
        archive_writer out;
        out.put(bucket).put(key).put(std::uint64_t{versions.size()});
        for (const auto& version : versions)
            put_object(out, version);
        write(name, out.bytes());
    }

    void save_upload(
        const service_state& state, const std::string& bucket, const std::string& upload_id) const
    {
        const auto in = state.buckets.find(bucket);
        const bool gone = in == state.buckets.end() || !in->second.uploads.contains(upload_id);
        if (gone) {
            std::filesystem::remove(root_ / "uploads" / upload_id);
            for (const auto& entry : std::filesystem::directory_iterator(root_ / "parts"))
                if (entry.path().stem() == upload_id)
                    std::filesystem::remove(entry.path());
            return;
        }
        const auto& upload = in->second.uploads.at(upload_id);
        archive_writer out;
        out.put(bucket).put(upload.key).put(upload.upload_id).put(upload.initiated);
        out.put(upload.customer_key_md5);
        put_object(out, upload.object);
        write(std::filesystem::path("uploads") / upload_id, out.bytes());
    }

    void save_part(
        const service_state& state, const std::string& upload_id, std::uint32_t number) const
    {
        for (const auto& [name, bucket] : state.buckets) {
            const auto upload = bucket.uploads.find(upload_id);
            if (upload == bucket.uploads.end() || !upload->second.parts.contains(number))
                continue;
            archive_writer out;
            out.put(upload_id).put(std::uint64_t{number});
            put_part(out, upload->second.parts.at(number));
            write(std::filesystem::path("parts") / part_file_name(upload_id, number), out.bytes());
        }
    }

    std::filesystem::path root_;
};

} // namespace cosio::inline v0::testing::emulation

#endif

// ---- cosio/testing/emulation/channel.hpp --------------------------------------------------------

// The server's side of a connection: plain, or TLS by Asio's own stream, so that the client's TLS
// engine meets another implementation.

#ifndef COSIO_TESTING_EMULATION_CHANNEL_HPP
#define COSIO_TESTING_EMULATION_CHANNEL_HPP

#include <asio/awaitable.hpp>
#include <asio/buffer.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/redirect_error.hpp>
#include <asio/socket_base.hpp>
#include <asio/ssl/context.hpp>
#include <asio/ssl/stream.hpp>
#include <asio/steady_timer.hpp>
#include <asio/use_awaitable.hpp>
#include <asio/write.hpp>

#include <system_error>

namespace cosio::inline v0::testing::emulation {

/// Virtual, so that the server is compiled once for both kinds.
class channel
{
public:
    channel() = default;
    channel(const channel&) = delete;
    channel& operator=(const channel&) = delete;
    virtual ~channel() = default;

    /// 0 bytes: the peer has closed, or something failed.
    [[nodiscard]] virtual asio::awaitable<std::size_t> read_some(asio::mutable_buffer buffer) = 0;
    /// False: something failed.
    [[nodiscard]] virtual asio::awaitable<bool> write(std::string_view bytes) = 0;
    /// Ends in order, TLS included.
    [[nodiscard]] virtual asio::awaitable<void> finish() = 0;
    [[nodiscard]] virtual asio::ip::tcp::socket& socket() = 0;

    /// Ends with a reset instead of in order.
    void reset()
    {
        std::error_code ignored;
        socket().set_option(asio::socket_base::linger(true, 0), ignored);
        socket().close(ignored);
    }
};

class plain_channel final : public channel
{
public:
    explicit plain_channel(asio::ip::tcp::socket socket) : socket_(std::move(socket)) {}

    [[nodiscard]] asio::awaitable<std::size_t> read_some(asio::mutable_buffer buffer) override
    {
        std::error_code code;
        co_return co_await socket_.async_read_some(
            buffer, asio::redirect_error(asio::use_awaitable, code));
    }
    [[nodiscard]] asio::awaitable<bool> write(std::string_view bytes) override
    {
        std::error_code code;
        co_await asio::async_write(socket_, asio::buffer(bytes.data(), bytes.size()),
            asio::redirect_error(asio::use_awaitable, code));
        co_return !code;
    }
    [[nodiscard]] asio::awaitable<void> finish() override
    {
        std::error_code ignored;
        socket_.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
        co_return;
    }
    [[nodiscard]] asio::ip::tcp::socket& socket() override { return socket_; }

private:
    asio::ip::tcp::socket socket_;
};

class tls_channel final : public channel
{
public:
    tls_channel(asio::ip::tcp::socket socket, asio::ssl::context& context)
        : stream_(std::move(socket), context)
    {}

    [[nodiscard]] asio::awaitable<bool> handshake()
    {
        std::error_code code;
        co_await stream_.async_handshake(asio::ssl::stream_base::server,
            asio::redirect_error(asio::use_awaitable, code));
        co_return !code;
    }
    [[nodiscard]] bool resumed() { return SSL_session_reused(stream_.native_handle()) == 1; }

    [[nodiscard]] asio::awaitable<std::size_t> read_some(asio::mutable_buffer buffer) override
    {
        std::error_code code;
        co_return co_await stream_.async_read_some(
            buffer, asio::redirect_error(asio::use_awaitable, code));
    }
    [[nodiscard]] asio::awaitable<bool> write(std::string_view bytes) override
    {
        std::error_code code;
        co_await asio::async_write(stream_, asio::buffer(bytes.data(), bytes.size()),
            asio::redirect_error(asio::use_awaitable, code));
        co_return !code;
    }
    [[nodiscard]] asio::awaitable<void> finish() override
    {
        // Sends close_notify and waits for the peer's, but not for ever.
        constexpr std::chrono::milliseconds patience(300);
        asio::steady_timer timer(stream_.get_executor(), patience);
        const auto here = std::make_shared<tls_channel*>(this);
        timer.async_wait([here](const std::error_code& code) {
            std::error_code ignored;
            if (!code && *here != nullptr)
                (*here)->socket().close(ignored);
        });
        std::error_code ignored;
        co_await stream_.async_shutdown(asio::redirect_error(asio::use_awaitable, ignored));
        *here = nullptr;
    }
    [[nodiscard]] asio::ip::tcp::socket& socket() override { return stream_.next_layer(); }

private:
    asio::ssl::stream<asio::ip::tcp::socket> stream_;
};

} // namespace cosio::inline v0::testing::emulation

#endif

// ---- cosio/testing/emulation/object_reading.hpp -------------------------------------------------

// GET and HEAD Object: keys, conditions, ranges.

#ifndef COSIO_TESTING_EMULATION_OBJECT_READING_HPP
#define COSIO_TESTING_EMULATION_OBJECT_READING_HPP

namespace cosio::inline v0::testing::emulation {

/// Whether the class needs a restore before it can be read.
[[nodiscard]] inline bool is_archive_class(std::string_view storage_class)
{
    return storage_class == "ARCHIVE" || storage_class == "DEEP_ARCHIVE";
}

[[nodiscard]] inline bool is_readable(const stored_object& object, time_point now)
{
    return !is_archive_class(object.storage_class) ||
        (object.restore && now >= object.restore->ready && now < object.restore->expires);
}

/// Refuses to read an archived object that is not restored.
inline void require_readable(const stored_object& object, time_point now)
{
    if (is_readable(object, now))
        return;
    refusal archived{403, "InvalidObjectState",
        "The operation is not valid for the object storage class.", {}};
    archived.fields.add("x-cos-storage-class", object.storage_class);
    throw archived;
}

/// Refuses unless `key` is what the object needs: its own key for SSE-C, none otherwise.
inline void require_key(
    const stored_object& object, const sse_request& key, const service_options& options)
{
    if (object.encryption.mode != sse_mode::customer) {
        if (key.customer_key)
            refuse(400, "InvalidRequest",
                "The encryption parameters are not applicable to this object.");
        return;
    }
    if (!key.customer_key)
        refuse(400, "SsecDecryptHeaderInvalid",
            "The object is encrypted with SSE-C, its key must be given.");
    if (!key_vault::is_key_of(object.encryption, *key.customer_key))
        refuse(options.wrong_key_status,
            options.wrong_key_status == 403 ? "AccessDenied" : "SsecDecryptHeaderInvalid",
            "The key is not that of the object.");
}

/// `count` bytes from `first` on, over the borders of parts.
[[nodiscard]] inline std::string read_plain(const key_vault& vault, const stored_object& object,
    const std::optional<aes_key>& customer_key, std::uint64_t first, std::uint64_t count)
{
    std::string out;
    for (const auto& piece : object.pieces) {
        if (first < piece.size && count != 0) {
            const auto taken = std::min(count, piece.size - first);
            out.append(vault.open(object.encryption, customer_key, piece, first, taken));
            count -= taken;
            first = 0;
        } else {
            first -= std::min(first, piece.size);
        }
    }
    return out;
}

/// How a conditional request goes on (RFC 9110, 13.2.2).
enum class condition_outcome { proceed, not_modified, failed };

[[nodiscard]] inline bool etag_matches(std::string_view list, std::string_view etag)
{
    return list == "*" || list == etag || list == "\"" + std::string(etag) + "\"";
}

/// `prefix` is empty, or that of conditions on the source of a copy.
[[nodiscard]] inline condition_outcome evaluate_conditions(
    const http_request& request, const stored_object& object, std::string_view prefix)
{
    const auto header = [&](std::string_view name) {
        return request.fields.find(std::string(prefix).append(name));
    };
    const auto date = [](std::string_view text) {
        const auto parsed = http::parse_date(text);
        if (!parsed)
            refuse(400, "InvalidArgument", "A date of a condition is malformed.");
        return *parsed;
    };
    const auto modified = std::chrono::floor<std::chrono::seconds>(object.modified);
    if (const auto match = header("If-Match")) {
        if (!etag_matches(*match, object.etag))
            return condition_outcome::failed;
    } else if (const auto since = header("If-Unmodified-Since")) {
        if (modified > date(*since))
            return condition_outcome::failed;
    }
    if (const auto none_match = header("If-None-Match")) {
        if (etag_matches(*none_match, object.etag))
            return condition_outcome::not_modified;
    } else if (const auto since = header("If-Modified-Since")) {
        if (modified <= date(*since))
            return condition_outcome::not_modified;
    }
    return condition_outcome::proceed;
}

/// First byte and length of what a Range header asks for; nothing when it is malformed, and then
/// ignored. Refuses a range outside of the object.
[[nodiscard]] inline std::optional<std::pair<std::uint64_t, std::uint64_t>> read_range(
    std::string_view header, std::uint64_t size)
{
    constexpr std::string_view unit = "bytes=";
    const auto hyphen = header.find('-');
    if (!header.starts_with(unit) || hyphen == std::string_view::npos)
        return std::nullopt;
    const auto first_text = header.substr(unit.size(), hyphen - unit.size());
    const auto last_text = header.substr(hyphen + 1);
    const auto first = detail::parse_number<std::uint64_t>(first_text);
    const auto last = detail::parse_number<std::uint64_t>(last_text);
    if ((!first_text.empty() && !first) || (!last_text.empty() && !last) || (!first && !last) ||
        (first && last && *last < *first))
        return std::nullopt;
    const auto begin = first ? *first : size - std::min(size, *last);
    if (begin >= size)
        refuse(416, "InvalidRange", "The requested range is not satisfiable.");
    const auto end = first && last ? std::min(*last + 1, size) : size;
    return std::pair(begin, end - begin);
}

inline void add_restore_headers(
    field_table& fields, const stored_object& object, time_point now)
{
    if (!object.restore || now >= object.restore->expires)
        return;
    if (now >= object.restore->ready) {
        fields.add("x-cos-restore", "ongoing-request=\"false\", expiry-date=\"" +
                header_date(object.restore->expires) + "\"");
        return;
    }
    std::string tier = object.restore->tier;
    for (char& c : tier)
        c = detail::to_lower(c);
    fields.add("x-cos-restore", "ongoing-request=\"true\"");
    fields.add("x-cos-restore-status", "tier=\"" + tier + "\"; request-date=\"" +
            header_date(object.restore->requested) + "\"");
}

/// What GET and HEAD tell of an object.
[[nodiscard]] inline field_table object_fields(
    const call_context& call, const stored_object& object, const sse_request& key)
{
    field_table fields;
    for (const auto& [name, value] : object.headers)
        fields.add(name, value);
    if (!object.headers.has("Content-Type"))
        fields.add("Content-Type", "application/octet-stream");
    fields.add("ETag", "\"" + object.etag + "\"");
    fields.add("Last-Modified", header_date(object.modified));
    fields.add("Accept-Ranges", "bytes");
    if (object.crc64)
        fields.add("x-cos-hash-crc64ecma", std::to_string(*object.crc64));
    if (object.storage_class != "STANDARD")
        fields.add("x-cos-storage-class", object.storage_class);
    if (call.stored().versioning)
        fields.add("x-cos-version-id", object.version_id);
    if (!object.tags.empty())
        fields.add("x-cos-tagging-count", std::to_string(object.tags.size()));
    add_sse_headers(fields, object.encryption, key.customer_key_md5);
    add_restore_headers(fields, object, call.now);
    return fields;
}

inline void apply_overrides(const call_context& call, field_table& fields)
{
    for (const char* const name : {"Content-Type", "Content-Language", "Expires", "Cache-Control",
             "Content-Disposition", "Content-Encoding"}) {
        const auto value =
            call.request.parameter_value(std::string("response-").append(name));
        if (!value)
            continue;
        if (call.signature == signed_by::nobody)
            refuse(400, "InvalidRequest", "Overrides need a signed request.");
        fields.erase(name);
        fields.add(name, *value);
    }
}

/// Anonymous requests may read public objects, never encrypted ones.
inline void require_permission(const call_context& call, const stored_object& object)
{
    if (call.signature == signed_by::nobody &&
        (object.acl != "public-read" || object.encryption.mode != sse_mode::none))
        refuse(403, "AccessDenied", "Access Denied.");
}

[[nodiscard]] inline http_reply get_or_head_object(const call_context& call)
{
    const bool is_head = call.request.method == "HEAD";
    if (call.request.fields.has(sse_header))
        refuse(400, "SSEHeaderNotAllowed", "The encryption header is not allowed here.");
    const auto key = read_customer_key(
        call.request, customer_prefix, call.state.options.https_only_customer_keys);
    const auto& object = object_of(call.stored(), call.key, call.version_id());
    require_permission(call, object);
    if (object.delete_marker)
        refuse(405, "MethodNotAllowed", "The version is a delete marker.");
    if (!is_head)
        require_readable(object, call.now);
    require_key(object, key, call.state.options);

    http_reply reply;
    reply.fields = object_fields(call, object, key);
    switch (evaluate_conditions(call.request, object, {})) {
    case condition_outcome::failed:
        refuse(412, "PreconditionFailed", "Precondition not match.");
    case condition_outcome::not_modified: reply.status = 304; return reply;
    case condition_outcome::proceed: break;
    }
    apply_overrides(call, reply.fields);
    if (is_head) {
        reply.announced_length = object.size;
        return reply;
    }
    std::uint64_t first = 0;
    std::uint64_t count = object.size;
    if (const auto header = call.request.fields.find("Range"))
        if (const auto range = read_range(*header, object.size)) {
            std::tie(first, count) = *range;
            reply.status = 206;
            reply.fields.add("Content-Range", "bytes " + std::to_string(first) + "-" +
                    std::to_string(first + count - 1) + "/" + std::to_string(object.size));
        }
    reply.body = read_plain(call.state.vault, object, key.customer_key, first, count);
    return reply;
}

} // namespace cosio::inline v0::testing::emulation

#endif

// ---- cosio/testing/emulation/object_writing.hpp -------------------------------------------------

// PUT Object and PUT Object - Copy.

#ifndef COSIO_TESTING_EMULATION_OBJECT_WRITING_HPP
#define COSIO_TESTING_EMULATION_OBJECT_WRITING_HPP

namespace cosio::inline v0::testing::emulation {

/// Opaque on purpose where COS's is: of SSE-C it depends on the key, of SSE-KMS on nothing.
[[nodiscard]] inline std::string make_etag(const sse_request& asked, std::string_view plain)
{
    if (asked.mode == sse_mode::kms)
        return random_hex(16);
    crypto::hasher<crypto::digest_algorithm::md5> hash;
    if (asked.customer_key)
        hash.update(asked.customer_key->view());
    hash.update(detail::bytes_of(plain));
    return crypto::hex(hash.finish().value());
}

/// Checks a body against its Content-MD5, if it has one.
inline void check_content_md5(const http_request& request)
{
    const auto stated = request.fields.find("Content-MD5");
    if (!stated)
        return;
    std::array<std::byte, 16> digest{};
    if (crypto::decode_base64(*stated, digest) != digest.size())
        refuse(400, "InvalidDigest", "The Content-MD5 you specified is not valid.");
    if (crypto::base64(crypto::md5(detail::bytes_of(request.body)).value()) != *stated)
        refuse(400, "BadDigest", "The Content-MD5 you specified did not match what was received.");
}

[[nodiscard]] inline std::vector<parameter> read_tags(std::string_view header)
{
    std::vector<parameter> tags;
    while (!header.empty()) {
        const auto end = std::min(header.find('&'), header.size());
        const auto pair = header.substr(0, end);
        const auto equals = std::min(pair.find('='), pair.size());
        tags.emplace_back(unescape(pair.substr(0, equals), true),
            unescape(pair.substr(std::min(equals + 1, pair.size())), true));
        header.remove_prefix(std::min(end + 1, header.size()));
    }
    constexpr std::size_t most_tags = 10;
    if (tags.size() > most_tags)
        refuse(400, "InvalidTag", "Object tags cannot be greater than 10.");
    return tags;
}

/// Content headers and metadata that are kept and returned.
[[nodiscard]] inline field_table read_content_headers(const http_request& request)
{
    constexpr std::string_view metadata = "x-cos-meta-";
    field_table kept;
    for (const char* const name : {"Content-Type", "Cache-Control", "Content-Disposition",
             "Content-Encoding", "Content-Language", "Expires"})
        if (const auto value = request.fields.find(name); value && !value->empty())
            kept.add(name, *value);
    std::size_t total = 0;
    for (const auto& [name, value] : request.fields)
        if (detail::starts_with_ignoring_case(name, metadata)) {
            kept.add(name, value);
            total += name.size() - metadata.size() + value.size();
        }
    constexpr std::size_t most_metadata = 2048;
    if (total > most_metadata)
        refuse(400, "InvalidArgument", "The metadata exceed 2 KB.");
    return kept;
}

/// What the headers of a write say about the object, all but its bytes and encryption.
[[nodiscard]] inline stored_object read_object_headers(const call_context& call)
{
    static constexpr std::array<std::string_view, 9> classes{"STANDARD", "STANDARD_IA",
        "INTELLIGENT_TIERING", "ARCHIVE", "DEEP_ARCHIVE", "COLD", "MAZ_STANDARD",
        "MAZ_STANDARD_IA", "MAZ_INTELLIGENT_TIERING"};
    // `GLACIER` is `ARCHIVE` by now.
    static constexpr std::array<std::string_view, 7> classes_of_s3{"STANDARD", "STANDARD_IA",
        "INTELLIGENT_TIERING", "ARCHIVE", "DEEP_ARCHIVE", "GLACIER_IR", "ONEZONE_IA"};
    const auto& fields = call.request.fields;
    stored_object object;
    object.modified = call.now;
    object.storage_class = fields.find("x-cos-storage-class").value_or("STANDARD");
    const auto known = call.speaks_s3 ? std::span<const std::string_view>(classes_of_s3)
                                      : std::span<const std::string_view>(classes);
    if (std::ranges::find(known, object.storage_class) == known.end())
        refuse(400, "NotSupportedStorageClass", "The storage class is not supported.");
    object.acl = fields.get("x-cos-acl");
    object.tags = read_tags(fields.get("x-cos-tagging"));
    object.headers = read_content_headers(call.request);
    return object;
}

/// What is asked for, or the bucket's default when nothing is.
[[nodiscard]] inline sse_request effective_encryption(const call_context& call)
{
    auto asked = call.state.vault.read_write_request(
        call.request, call.state.options.https_only_customer_keys);
    if (call.ignores_encryption)
        return {};
    const auto& bucket = call.stored();
    if (asked.mode != sse_mode::none || !bucket.encryption)
        return asked;
    const auto& [algorithm, key_id] = *bucket.encryption;
    asked.mode = algorithm == "KMS" ? sse_mode::kms : sse_mode::cos_managed;
    if (asked.mode == sse_mode::kms)
        asked.kms_key_id = key_id.empty() ? call.state.vault.default_kms_key() : key_id;
    return asked;
}

/// Stores `plain` as the newest version of the call's key.
inline const stored_object* store_object(
    const call_context& call, stored_object object, const sse_request& asked, std::string plain)
{
    object.size = plain.size();
    object.etag = make_etag(asked, plain);
    object.crc64 = crypto::crc64_of(detail::bytes_of(plain));
    object.encryption = key_vault::at_rest(asked);
    object.pieces.push_back(
        call.state.vault.seal(object.encryption, asked.customer_key, std::move(plain)));
    call.changed_object(call.key);
    return put_version(call.stored(), call.key, std::move(object),
        make_version_id(call.now, ++call.state.sequence));
}

[[nodiscard]] inline http_reply put_object(const call_context& call)
{
    const auto asked = effective_encryption(call);
    check_content_md5(call.request);
    const auto* const object =
        store_object(call, read_object_headers(call), asked, call.request.body);
    http_reply reply;
    reply.fields.add("ETag", "\"" + object->etag + "\"");
    reply.fields.add("x-cos-hash-crc64ecma", std::to_string(*object->crc64));
    if (call.stored().versioning)
        reply.fields.add("x-cos-version-id", object->version_id);
    add_sse_headers(reply.fields, object->encryption, asked.customer_key_md5);
    return reply;
}

/// The source of a copy: which object, and its plaintext on demand.
struct copy_source
{
    const stored_object* object = nullptr;
    sse_request key{};
    bool version_named = false;
};

/// Reads `x-cos-copy-source`: `<bucket>.<host>/<encoded key>[?versionId=...]`, or
/// `/<bucket>/<encoded key>`.
[[nodiscard]] inline copy_source find_copy_source(const call_context& call)
{
    const auto malformed = [] {
        refuse(400, "InvalidCopySource", "The copy source is malformed.");
    };
    auto text = call.request.fields.get("x-cos-copy-source");
    copy_source out;
    std::string version_id;
    if (const auto mark = text.find('?'); mark != std::string_view::npos) {
        constexpr std::string_view name = "versionId=";
        const auto query = text.substr(mark + 1);
        if (!query.starts_with(name))
            malformed();
        version_id = unescape(query.substr(name.size()), true);
        out.version_named = true;
        text = text.substr(0, mark);
    }
    const bool by_path = text.starts_with('/');
    text.remove_prefix(by_path ? 1 : 0);
    const auto slash = text.find('/');
    if (slash == std::string_view::npos || slash + 1 == text.size())
        malformed();
    const auto host = text.substr(0, slash);
    const auto bucket_name = by_path ? host : host.substr(0, host.find('.'));
    const auto key = unescape(text.substr(slash + 1), false);

    out.key = read_customer_key(call.request, source_customer_prefix,
        call.state.options.https_only_customer_keys);
    auto& bucket = bucket_of(call.state.buckets, bucket_name);
    out.object = &object_of(bucket, key, version_id);
    if (out.object->delete_marker)
        refuse(400, "InvalidRequest", "The source is a delete marker.");
    require_readable(*out.object, call.now);
    require_key(*out.object, out.key, call.state.options);
    if (evaluate_conditions(call.request, *out.object, "x-cos-copy-source-") !=
        condition_outcome::proceed)
        refuse(412, "PreconditionFailed", "Precondition not match.");
    return out;
}

[[nodiscard]] inline http_reply copy_object(const call_context& call)
{
    const auto asked = effective_encryption(call);
    const auto source = find_copy_source(call);
    const auto directive = call.request.fields.find("x-cos-metadata-directive").value_or("Copy");
    const bool replaces = detail::equal_ignoring_case(directive, "Replaced");
    if (!replaces && !detail::equal_ignoring_case(directive, "Copy"))
        refuse(400, "InvalidArgument", "The metadata directive is neither Copy nor Replaced.");

    auto object = read_object_headers(call);
    auto& target = call.stored();
    const auto same = target.objects.find(call.key);
    if (!replaces && !source.version_named && same != target.objects.end() &&
        !same->second.empty() && &same->second.back() == source.object)
        refuse(400, "InvalidRequest", "A copy onto itself must replace something.");
    if (!replaces)
        object.headers = source.object->headers;
    if (!detail::equal_ignoring_case(
            call.request.fields.get("x-cos-tagging-directive"), "Replaced"))
        object.tags = source.object->tags;

    auto plain = read_plain(
        call.state.vault, *source.object, source.key.customer_key, 0, source.object->size);
    const auto source_version = source.object->version_id;
    const auto* const stored =
        store_object(call, std::move(object), asked, std::move(plain));

    xml::writer document;
    document.open("CopyObjectResult").element("ETag", "\"" + stored->etag + "\"");
    document.element("CRC64", *stored->crc64);
    document.element("LastModified",
        http::format_iso_date(std::chrono::floor<std::chrono::seconds>(stored->modified)));
    if (target.versioning)
        document.element("VersionId", stored->version_id);
    document.close();
    http_reply reply;
    reply.chunked = true;
    reply.body = std::move(document).document();
    if (source.version_named)
        reply.fields.add("x-cos-copy-source-version-id", source_version);
    add_sse_headers(reply.fields, stored->encryption, asked.customer_key_md5);
    return reply;
}

} // namespace cosio::inline v0::testing::emulation

#endif

// ---- cosio/testing/emulation/object_changes.hpp -------------------------------------------------

// DELETE Object, DELETE Multiple Objects, POST Object restore, tagging.

#ifndef COSIO_TESTING_EMULATION_OBJECT_CHANGES_HPP
#define COSIO_TESTING_EMULATION_OBJECT_CHANGES_HPP

namespace cosio::inline v0::testing::emulation {

/// Refuses a document that was not whole.
inline void require_whole(bool right_root, const result<void>& whole)
{
    if (!right_root || !whole)
        refuse(400, "MalformedXML", "The XML you provided was not well-formed.");
}

/// What deleting did: the version that went or the delete marker that came.
struct deletion
{
    std::string version_id{};
    bool delete_marker = false;
};

inline deletion delete_version(const call_context& call, const std::string& key,
    std::optional<std::string_view> version_id)
{
    auto& bucket = call.stored();
    call.changed_object(key);
    deletion done;
    const auto found = bucket.objects.find(key);
    if (version_id && !version_id->empty()) {
        done.version_id = *version_id;
        if (found == bucket.objects.end())
            return done;
        std::erase_if(found->second, [&](const stored_object& each) {
            done.delete_marker =
                done.delete_marker || (each.version_id == *version_id && each.delete_marker);
            return each.version_id == *version_id;
        });
        if (found->second.empty())
            bucket.objects.erase(found);
        return done;
    }
    if (!bucket.versioning) {
        if (found != bucket.objects.end())
            bucket.objects.erase(found);
        return done;
    }
    stored_object marker;
    marker.delete_marker = true;
    marker.modified = call.now;
    done.delete_marker = true;
    const auto* const newest = put_version(bucket, key, std::move(marker),
        make_version_id(call.now, ++call.state.sequence));
    done.version_id = newest->version_id;
    return done;
}

[[nodiscard]] inline http_reply delete_object(const call_context& call)
{
    const auto done = delete_version(call, call.key, call.version_id());
    http_reply reply;
    reply.status = 204;
    if (!done.version_id.empty())
        reply.fields.add("x-cos-version-id", done.version_id);
    if (done.delete_marker)
        reply.fields.add("x-cos-delete-marker", "true");
    return reply;
}

[[nodiscard]] inline http_reply delete_objects(const call_context& call)
{
    if (!call.request.fields.has("Content-MD5"))
        refuse(400, "InvalidRequest", "Missing required header for this request: Content-MD5");
    check_content_md5(call.request);
    std::vector<std::pair<std::string, std::string>> objects;
    bool quiet = false;
    xml::reader document(call.request.body);
    const bool right_root = document.enter("Delete");
    while (right_root && document.next_child()) {
        if (document.name() == "Quiet") {
            quiet = document.text() == "true";
        } else if (document.name() == "Object") {
            auto& [key, version_id] = objects.emplace_back();
            while (document.next_child()) {
                if (document.name() == "Key")
                    key = document.text();
                else if (document.name() == "VersionId")
                    version_id = document.text();
                else
                    document.skip();
            }
        } else {
            document.skip();
        }
    }
    require_whole(right_root, document.finish());
    constexpr std::size_t most_objects = 1000;
    if (objects.empty() || objects.size() > most_objects)
        refuse(400, "MalformedXML", "1 to 1000 objects can be deleted at a time.");

    xml::writer out;
    out.open("DeleteResult");
    for (const auto& [key, version_id] : objects) {
        const auto done = delete_version(call, key, version_id);
        if (quiet)
            continue;
        out.open("Deleted").element("Key", key);
        if (done.delete_marker && version_id.empty()) {
            out.element("DeleteMarker", "true");
            out.element("DeleteMarkerVersionId", done.version_id);
        } else if (!done.version_id.empty()) {
            out.element("VersionId", done.version_id);
        }
        out.close();
    }
    out.close();
    http_reply reply;
    reply.body = std::move(out).document();
    return reply;
}

[[nodiscard]] inline http_reply restore_object(const call_context& call)
{
    const auto key = read_customer_key(
        call.request, customer_prefix, call.state.options.https_only_customer_keys);
    check_content_md5(call.request);
    std::optional<std::uint32_t> days;
    std::string tier = "Standard";
    xml::reader document(call.request.body);
    const bool right_root = document.enter("RestoreRequest");
    while (right_root && document.next_child()) {
        if (document.name() == "Days") {
            days = detail::parse_number<std::uint32_t>(document.text());
        } else if (document.name() ==
            (call.speaks_s3 ? "GlacierJobParameters" : "CASJobParameters")) {
            while (document.next_child()) {
                if (document.name() == "Tier")
                    tier = document.text();
                else
                    document.skip();
            }
        } else {
            document.skip();
        }
    }
    require_whole(right_root, document.finish());

    auto& object = object_of(call.stored(), call.key, call.version_id());
    if (!is_archive_class(object.storage_class))
        refuse(405, "RestoreNonArchiveObject", "The object is not archived.");
    // A restore on S3 takes no customer key.
    if ((object.encryption.mode == sse_mode::customer && !call.speaks_s3) || key.customer_key)
        require_key(object, key, call.state.options);
    const auto duration = call.state.options.restore_duration.find(tier);
    if (!days || *days == 0 || duration == call.state.options.restore_duration.end() ||
        (tier == "Expedited" && object.storage_class == "DEEP_ARCHIVE"))
        refuse(400, "InvalidArgument", "The days or the tier are not valid.");

    http_reply reply;
    call.changed_object(call.key);
    const auto kept_for = std::chrono::hours(24) * *days;
    if (object.restore && call.now < object.restore->expires) {
        if (call.now < object.restore->ready)
            refuse(409, "RestoreAlreadyInProgress", "The restore is in progress.");
        object.restore->expires = call.now + kept_for;
        return reply;
    }
    restore_job job;
    job.tier = tier;
    job.requested = call.now;
    job.ready = call.now + duration->second;
    job.expires = job.ready + kept_for;
    object.restore = job;
    reply.status = 202;
    return reply;
}

[[nodiscard]] inline http_reply put_tagging(const call_context& call)
{
    check_content_md5(call.request);
    std::vector<parameter> tags;
    xml::reader document(call.request.body);
    const bool right_root = document.enter("Tagging");
    while (right_root && document.next_child())
        while (document.next_child()) {
            auto& [key, value] = tags.emplace_back();
            while (document.next_child()) {
                if (document.name() == "Key")
                    key = document.text();
                else if (document.name() == "Value")
                    value = document.text();
                else
                    document.skip();
            }
        }
    require_whole(right_root, document.finish());
    constexpr std::size_t most_tags = 10;
    if (tags.size() > most_tags)
        refuse(400, "InvalidTag", "Object tags cannot be greater than 10.");
    object_of(call.stored(), call.key, call.version_id()).tags = std::move(tags);
    call.changed_object(call.key);
    return {};
}

[[nodiscard]] inline http_reply get_tagging(const call_context& call)
{
    const auto& object = object_of(call.stored(), call.key, call.version_id());
    xml::writer out;
    out.open("Tagging").open("TagSet");
    for (const auto& [key, value] : object.tags)
        out.open("Tag").element("Key", key).element("Value", value).close();
    out.close().close();
    http_reply reply;
    reply.body = std::move(out).document();
    return reply;
}

[[nodiscard]] inline http_reply delete_tagging(const call_context& call)
{
    object_of(call.stored(), call.key, call.version_id()).tags.clear();
    call.changed_object(call.key);
    http_reply reply;
    reply.status = 204;
    return reply;
}

} // namespace cosio::inline v0::testing::emulation

#endif

// ---- cosio/testing/emulation/multipart.hpp ------------------------------------------------------

// Multipart uploads: initiate, parts, part copies, complete, abort, listings.

#ifndef COSIO_TESTING_EMULATION_MULTIPART_HPP
#define COSIO_TESTING_EMULATION_MULTIPART_HPP

namespace cosio::inline v0::testing::emulation {

[[nodiscard]] inline http_reply initiate_upload(const call_context& call)
{
    const auto asked = effective_encryption(call);
    stored_upload upload;
    upload.key = call.key;
    upload.upload_id = make_upload_id(call.now);
    upload.initiated = call.now;
    upload.object = read_object_headers(call);
    upload.object.encryption = key_vault::at_rest(asked);
    upload.customer_key_md5 = asked.customer_key_md5;

    xml::writer document;
    document.open("InitiateMultipartUploadResult").element("Bucket", call.bucket);
    document.element("Key", call.key).element("UploadId", upload.upload_id).close();
    http_reply reply;
    reply.body = std::move(document).document();
    add_sse_headers(reply.fields, upload.object.encryption, asked.customer_key_md5);
    const auto upload_id = upload.upload_id;
    call.changed_upload(upload_id);
    call.stored().uploads.emplace(upload_id, std::move(upload));
    return reply;
}

[[nodiscard]] inline stored_upload& upload_of(const call_context& call)
{
    auto& uploads = call.stored().uploads;
    const auto found =
        uploads.find(std::string(call.request.parameter_value("uploadId").value_or("")));
    if (found == uploads.end() || found->second.key != call.key)
        refuse(404, "NoSuchUpload", "The specified multipart upload does not exist.");
    return found->second;
}

[[nodiscard]] inline std::uint32_t part_number_of(const call_context& call)
{
    constexpr std::uint32_t highest = 10'000;
    const auto number = detail::parse_number<std::uint32_t>(
        call.request.parameter_value("partNumber").value_or(""));
    if (!number || *number < 1 || *number > highest)
        refuse(400, "InvalidArgument", "The part number must be 1 to 10000.");
    return *number;
}

/// The key of a part must be that of its upload, or absent as there.
[[nodiscard]] inline sse_request read_part_key(
    const call_context& call, const stored_upload& upload)
{
    auto key = read_customer_key(
        call.request, customer_prefix, call.state.options.https_only_customer_keys);
    const bool needed = upload.object.encryption.mode == sse_mode::customer;
    if (needed && !key.customer_key)
        refuse(400, "InvalidRequest",
            "The multipart upload initiate requested encryption. Subsequent part requests must "
            "include the appropriate encryption parameters.");
    if (!needed && key.customer_key)
        refuse(400, "InvalidRequest", "The upload was not initiated with SSE-C.");
    if (needed && !key_vault::is_key_of(upload.object.encryption, *key.customer_key))
        refuse(400, "InvalidArgument",
            "The provided encryption parameters did not match the ones used originally.");
    return key;
}

inline const stored_part* store_part(const call_context& call, stored_upload& upload,
    std::uint32_t number, const sse_request& key, std::string plain)
{
    auto asked = key;
    asked.mode = upload.object.encryption.mode;
    stored_part part;
    part.etag = make_etag(asked, plain);
    part.crc64 = crypto::crc64_of(detail::bytes_of(plain));
    part.modified = call.now;
    part.bytes =
        call.state.vault.seal(upload.object.encryption, key.customer_key, std::move(plain));
    call.state.changes.parts.emplace(upload.upload_id, number);
    auto& kept = upload.parts[number];
    kept = std::move(part);
    return &kept;
}

[[nodiscard]] inline http_reply upload_part(const call_context& call)
{
    const auto number = part_number_of(call);
    auto& upload = upload_of(call);
    const auto key = read_part_key(call, upload);
    if (!call.request.fields.has("Content-Length"))
        refuse(411, "MissingContentLength", "Parts need a Content-Length.");
    check_content_md5(call.request);
    const auto* const part = store_part(call, upload, number, key, call.request.body);
    http_reply reply;
    reply.fields.add("ETag", "\"" + part->etag + "\"");
    reply.fields.add("x-cos-hash-crc64ecma", std::to_string(part->crc64));
    add_sse_headers(reply.fields, upload.object.encryption, key.customer_key_md5);
    return reply;
}

[[nodiscard]] inline http_reply upload_part_copy(const call_context& call)
{
    const auto number = part_number_of(call);
    auto& upload = upload_of(call);
    const auto key = read_part_key(call, upload);
    const auto source = find_copy_source(call);
    std::uint64_t first = 0;
    std::uint64_t count = source.object->size;
    const auto range_header = call.request.fields.get("x-cos-copy-source-range");
    if (!range_header.empty()) {
        const auto range = read_range(range_header, source.object->size);
        if (!range)
            refuse(400, "InvalidArgument", "The range of the source is malformed.");
        std::tie(first, count) = *range;
    }
    auto plain =
        read_plain(call.state.vault, *source.object, source.key.customer_key, first, count);
    const auto* const part = store_part(call, upload, number, key, std::move(plain));
    xml::writer document;
    document.open("CopyPartResult").element("ETag", "\"" + part->etag + "\"");
    document.element("LastModified",
        http::format_iso_date(std::chrono::floor<std::chrono::seconds>(part->modified)));
    document.close();
    http_reply reply;
    reply.chunked = true;
    reply.body = std::move(document).document();
    if (source.version_named)
        reply.fields.add("x-cos-copy-source-version-id", source.object->version_id);
    // Documented for SSE-COS alone, on S3 for every mode.
    if (call.speaks_s3 || upload.object.encryption.mode == sse_mode::cos_managed)
        add_sse_headers(reply.fields, upload.object.encryption, key.customer_key_md5);
    return reply;
}

/// The list of a completion: numbers and ETags without quotes.
[[nodiscard]] inline std::vector<std::pair<std::uint32_t, std::string>> read_part_list(
    std::string_view body)
{
    std::vector<std::pair<std::uint32_t, std::string>> parts;
    xml::reader document(body);
    const bool right_root = document.enter("CompleteMultipartUpload");
    while (right_root && document.next_child()) {
        auto& [number, etag] = parts.emplace_back();
        while (document.next_child()) {
            if (document.name() == "PartNumber")
                number = detail::parse_number<std::uint32_t>(document.text()).value_or(0);
            else if (document.name() == "ETag")
                etag = document.text();
            else
                document.skip();
        }
        std::erase(etag, '"');
    }
    require_whole(right_root, document.finish());
    if (parts.empty())
        refuse(400, "MalformedXML", "The list of parts is empty.");
    return parts;
}

/// Refuses unless the list names parts that are there, ascending, without gaps, large enough.
inline void check_part_list(const call_context& call, const stored_upload& upload,
    const std::vector<std::pair<std::uint32_t, std::string>>& list)
{
    for (std::size_t i = 0; i != list.size(); ++i) {
        const auto& [number, etag] = list[i];
        if (i != 0 && number <= list[i - 1].first)
            refuse(400, "InvalidPartOrder", "The list of parts was not in ascending order.");
        if (number != i + 1)
            refuse(400, "InvalidPart", "The part numbers are not consecutive.");
        const auto found = upload.parts.find(number);
        if (found == upload.parts.end() || found->second.etag != etag)
            refuse(400, "InvalidPart", "One or more of the parts could not be found.");
    }
    for (std::size_t i = 0; i + 1 < list.size(); ++i)
        if (upload.parts.at(list[i].first).bytes.size < call.state.options.minimum_part_size)
            refuse(400, "EntityTooSmall", "A part is smaller than the minimum allowed size.");
}

[[nodiscard]] inline http_reply complete_upload(const call_context& call)
{
    check_content_md5(call.request);
    auto& upload = upload_of(call);
    const auto list = read_part_list(call.request.body);
    check_part_list(call, upload, list);

    auto object = std::move(upload.object);
    object.modified = call.now;
    // On S3 the MD5 of the parts' MD5s, as many clients compute it; COS tells nothing of its own.
    // Where a part's ETag is not its MD5, that of the object is opaque as well.
    const bool is_of_digests = call.speaks_s3 && (object.encryption.mode == sse_mode::none ||
        object.encryption.mode == sse_mode::cos_managed);
    std::string opaque = upload.upload_id;
    dialect::composite_etag composite;
    std::uint64_t crc64 = 0;
    for (const auto& [number, etag] : list) {
        auto& part = upload.parts.at(number);
        opaque.append(part.etag);
        composite.add(part.etag);
        crc64 = crypto::crc64_combine(crc64, part.crc64, part.bytes.size);
        object.size += part.bytes.size;
        object.pieces.push_back(std::move(part.bytes));
    }
    object.crc64 = crc64;
    object.etag = is_of_digests
        ? composite.finish().value()
        : crypto::hex(crypto::md5(detail::bytes_of(opaque)).value()) + "-" +
            std::to_string(list.size());
    auto& bucket = call.stored();
    const std::string upload_id = upload.upload_id;
    const auto* const stored = put_version(bucket, call.key, std::move(object),
        make_version_id(call.now, ++call.state.sequence));

    xml::writer document;
    document.open("CompleteMultipartUploadResult");
    document.element("Location",
        "http://" + call.bucket + ".cos." + call.state.options.region + ".myqcloud.com/" +
            call.key);
    document.element("Bucket", call.bucket).element("Key", call.key);
    document.element("ETag", "\"" + stored->etag + "\"").close();
    http_reply reply;
    reply.chunked = true;
    reply.body = std::move(document).document();
    reply.fields.add("x-cos-hash-crc64ecma", std::to_string(crc64));
    if (bucket.versioning)
        reply.fields.add("x-cos-version-id", stored->version_id);
    add_sse_headers(reply.fields, stored->encryption, upload.customer_key_md5);
    call.changed_object(call.key);
    call.changed_upload(upload_id);
    bucket.uploads.erase(upload_id);
    return reply;
}

[[nodiscard]] inline http_reply abort_upload(const call_context& call)
{
    const std::string upload_id = upload_of(call).upload_id;
    call.changed_upload(upload_id);
    call.stored().uploads.erase(upload_id);
    http_reply reply;
    reply.status = 204;
    return reply;
}

/// A page size within 1 to 1000.
[[nodiscard]] inline std::size_t read_page_size(const call_context& call, std::string_view name)
{
    constexpr std::size_t most = 1000;
    const auto text = call.request.parameter_value(name);
    if (!text || text->empty())
        return most;
    const auto size = detail::parse_number<std::size_t>(*text);
    if (!size || *size > most)
        refuse(400, "InvalidArgument", "The page size must be a number of at most 1000.");
    return *size;
}

/// Whether names are to be encoded. Refuses any encoding but `url`.
[[nodiscard]] inline bool wants_encoded_names(const call_context& call)
{
    const auto encoding = call.request.parameter_value("encoding-type");
    if (!encoding || encoding->empty())
        return false;
    if (*encoding != "url")
        refuse(400, "InvalidArgument", "The encoding type must be url.");
    return true;
}

[[nodiscard]] inline http_reply list_parts(const call_context& call)
{
    const auto& upload = upload_of(call);
    const bool encoded = wants_encoded_names(call);
    const auto most = read_page_size(call, "max-parts");
    const auto marker = detail::parse_number<std::uint32_t>(
        call.request.parameter_value("part-number-marker").value_or("0"))
                            .value_or(0);
    xml::writer out;
    out.open("ListPartsResult").element("Bucket", call.bucket);
    if (encoded)
        out.element("EncodingType", "url");
    out.element("Key", encoded ? http::percent_encoded(upload.key) : upload.key);
    out.element("UploadId", upload.upload_id).element("PartNumberMarker", marker);
    std::size_t listed = 0;
    std::uint32_t last = 0;
    auto part = upload.parts.upper_bound(marker);
    for (; part != upload.parts.end() && listed != most; ++part, ++listed) {
        last = part->first;
        out.open("Part").element("PartNumber", part->first);
        out.element("LastModified", listing_date(part->second.modified));
        out.element("ETag", "\"" + part->second.etag + "\"");
        out.element("Size", part->second.bytes.size).close();
    }
    const bool truncated = part != upload.parts.end();
    if (truncated)
        out.element("NextPartNumberMarker", last);
    out.element("StorageClass", "Standard").element("MaxParts", most);
    out.element("IsTruncated", truncated ? "true" : "false").close();
    http_reply reply;
    reply.body = std::move(out).document();
    return reply;
}

} // namespace cosio::inline v0::testing::emulation

#endif

// ---- cosio/testing/emulation/buckets.hpp --------------------------------------------------------

// Requests about buckets: existence, default encryption, versioning, listings.

#ifndef COSIO_TESTING_EMULATION_BUCKETS_HPP
#define COSIO_TESTING_EMULATION_BUCKETS_HPP

namespace cosio::inline v0::testing::emulation {

[[nodiscard]] inline http_reply head_bucket(const call_context& call)
{
    static_cast<void>(call.stored());
    http_reply reply;
    reply.fields.add("x-cos-bucket-region", call.state.options.region);
    return reply;
}

[[nodiscard]] inline http_reply put_bucket(const call_context& call)
{
    if (call.state.buckets.contains(call.bucket))
        refuse(409, "BucketAlreadyOwnedByYou", "The bucket exists and is yours.");
    call.state.buckets[call.bucket].created = call.now;
    call.state.changes.buckets = true;
    return {};
}

[[nodiscard]] inline http_reply delete_bucket(const call_context& call)
{
    if (!call.stored().objects.empty())
        refuse(409, "BucketNotEmpty", "The bucket you tried to delete is not empty.");
    call.state.buckets.erase(call.bucket);
    call.state.changes.buckets = true;
    http_reply reply;
    reply.status = 204;
    return reply;
}

[[nodiscard]] inline http_reply put_versioning(const call_context& call)
{
    bool enabled = false;
    xml::reader document(call.request.body);
    const bool right_root = document.enter("VersioningConfiguration");
    while (right_root && document.next_child()) {
        if (document.name() == "Status")
            enabled = document.text() == "Enabled";
        else
            document.skip();
    }
    require_whole(right_root, document.finish());
    call.stored().versioning = enabled;
    call.state.changes.buckets = true;
    return {};
}

[[nodiscard]] inline http_reply put_encryption(const call_context& call)
{
    check_content_md5(call.request);
    std::string algorithm;
    std::string key_id;
    xml::reader document(call.request.body);
    const bool right_root = document.enter("ServerSideEncryptionConfiguration");
    while (right_root && document.next_child())
        while (document.next_child())
            while (document.next_child()) {
                if (document.name() == "SSEAlgorithm")
                    algorithm = document.text();
                else if (document.name() == "KMSMasterKeyID")
                    key_id = document.text();
                else
                    document.skip();
            }
    require_whole(right_root, document.finish());
    if (call.speaks_s3) {
        algorithm = algorithm == "aws:kms" ? "KMS" : algorithm == "KMS" ? "" : algorithm;
        key_id = key_id.substr(key_id.rfind('/') + 1); // Of an ARN.
    }
    if (algorithm != "AES256" && algorithm != "KMS")
        refuse(400, "InvalidArgument", "The algorithm must be AES256 or that of SSE-KMS.");
    if (!key_id.empty())
        call.state.vault.check_kms_key(key_id);
    call.stored().encryption.emplace(algorithm, key_id);
    call.state.changes.buckets = true;
    return {};
}

[[nodiscard]] inline http_reply get_encryption(const call_context& call)
{
    const auto& encryption = call.stored().encryption;
    if (!encryption)
        refuse(404, "NoSuchEncryptionConfiguration",
            "The specified encryption configuration does not exist.");
    xml::writer out;
    out.open("ServerSideEncryptionConfiguration").open("Rule");
    const bool names_aws = call.speaks_s3 && encryption->first == "KMS";
    out.open("ApplyServerSideEncryptionByDefault");
    out.element("SSEAlgorithm", names_aws ? "aws:kms" : encryption->first);
    if (!encryption->second.empty())
        out.element("KMSMasterKeyID", encryption->second);
    out.close().close().close();
    http_reply reply;
    reply.body = std::move(out).document();
    return reply;
}

[[nodiscard]] inline http_reply delete_encryption(const call_context& call)
{
    call.stored().encryption.reset();
    call.state.changes.buckets = true;
    http_reply reply;
    reply.status = 204;
    return reply;
}

/// What the listings of objects and of uploads have in common.
struct listing_request
{
    std::string prefix{};
    std::string delimiter{};
    bool encoded = false;

    explicit listing_request(const call_context& call)
        : prefix(call.request.parameter_value("prefix").value_or("")),
          delimiter(call.request.parameter_value("delimiter").value_or("")),
          encoded(wants_encoded_names(call))
    {
        if (delimiter.size() > 1 && !call.speaks_s3)
            refuse(400, "InvalidDelimiter", "The delimiter must be one character.");
    }

    [[nodiscard]] std::string name(const std::string& plain) const
    {
        return encoded ? http::percent_encoded(plain, http::slash::keep) : plain;
    }

    /// The common prefix that stands for `key`; empty when it stands for itself.
    [[nodiscard]] std::string common_prefix(std::string_view key) const
    {
        if (delimiter.empty())
            return {};
        const auto end = key.find(delimiter, prefix.size());
        return std::string(
            end == std::string_view::npos ? "" : key.substr(0, end + delimiter.size()));
    }
};

inline void write_object_entry(xml::writer& out, const std::string& name,
    const stored_object& object, time_point now)
{
    out.open("Contents").element("Key", name);
    out.element("LastModified", listing_date(object.modified));
    out.element("ETag", "\"" + object.etag + "\"").element("Size", object.size);
    out.open("Owner").element("ID", "1250000000").element("DisplayName", "1250000000").close();
    out.element("StorageClass", object.storage_class);
    if (object.restore && now < object.restore->expires)
        out.element("RestoreStatus", now < object.restore->ready ? "ONGOING" : "DONE");
    out.close();
}

/// The entries of one page of a listing of objects.
struct object_page
{
    xml::writer entries{};
    std::vector<std::string> prefixes{};
    std::string last{}; ///< Key or common prefix.
    std::size_t listed = 0;
    bool truncated = false;
};

/// At most `most` entries behind `marker`.
[[nodiscard]] inline object_page list_page(const call_context& call, const listing_request& asked,
    const std::string& marker, std::size_t most)
{
    object_page page;
    auto& [entries, prefixes, last, listed, truncated] = page;
    for (const auto& [key, versions] : call.stored().objects) {
        if (key <= marker || !key.starts_with(asked.prefix) || versions.empty() ||
            versions.back().delete_marker)
            continue;
        const auto common = asked.common_prefix(key);
        if (!common.empty() &&
            (common <= marker || (!prefixes.empty() && prefixes.back() == common)))
            continue;
        if (listed == most) {
            truncated = true;
            break;
        }
        ++listed;
        last = common.empty() ? key : common;
        if (common.empty())
            write_object_entry(entries, asked.name(key), versions.back(), call.now);
        else
            prefixes.push_back(common);
    }
    return page;
}

[[nodiscard]] inline http_reply list_objects(const call_context& call)
{
    const listing_request asked(call);
    const auto most = read_page_size(call, "max-keys");
    const std::string marker(call.request.parameter_value("marker").value_or(""));
    const auto page = list_page(call, asked, marker, most);

    xml::writer out;
    out.open("ListBucketResult").element("Name", call.bucket);
    if (asked.encoded)
        out.element("EncodingType", "url");
    out.element("Prefix", asked.name(asked.prefix)).element("Marker", asked.name(marker));
    out.element("MaxKeys", most);
    if (!asked.delimiter.empty())
        out.element("Delimiter", asked.delimiter);
    out.element("IsTruncated", page.truncated ? "true" : "false");
    if (page.truncated && !(call.speaks_s3 && asked.delimiter.empty()))
        out.element("NextMarker", asked.name(page.last));
    for (const auto& common : page.prefixes)
        out.open("CommonPrefixes").element("Prefix", asked.name(common)).close();
    out.raw(page.entries.document()).close();
    http_reply reply;
    reply.body = std::move(out).document();
    reply.fields.add("x-cos-bucket-region", call.state.options.region);
    return reply;
}

[[nodiscard]] inline http_reply list_uploads(const call_context& call)
{
    const listing_request asked(call);
    const auto most = read_page_size(call, "max-uploads");
    const std::string key_marker(call.request.parameter_value("key-marker").value_or(""));
    const std::string id_marker(call.request.parameter_value("upload-id-marker").value_or(""));
    std::vector<const stored_upload*> uploads;
    for (const auto& [id, upload] : call.stored().uploads)
        uploads.push_back(&upload);
    const auto order = [](const stored_upload* each) {
        return std::pair(each->key, each->upload_id);
    };
    std::ranges::sort(uploads, {}, order);

    xml::writer entries;
    std::vector<std::string> prefixes;
    const stored_upload* last = nullptr;
    std::size_t listed = 0;
    bool truncated = false;
    for (const auto* const upload : uploads) {
        const bool passed = upload->key < key_marker ||
            (upload->key == key_marker && (id_marker.empty() || upload->upload_id <= id_marker));
        if (passed || !upload->key.starts_with(asked.prefix))
            continue;
        const auto common = asked.common_prefix(upload->key);
        if (!common.empty() && !prefixes.empty() && prefixes.back() == common)
            continue;
        if (listed == most) {
            truncated = true;
            break;
        }
        ++listed;
        last = upload;
        if (!common.empty()) {
            prefixes.push_back(common);
            continue;
        }
        entries.open("Upload").element("Key", asked.name(upload->key));
        entries.element("UploadId", upload->upload_id).element("StorageClass", "Standard");
        entries.element("Initiated", listing_date(upload->initiated)).close();
    }

    xml::writer out;
    out.open("ListMultipartUploadsResult").element("Bucket", call.bucket);
    if (asked.encoded)
        out.element("Encoding-Type", "url");
    out.element("KeyMarker", asked.name(key_marker)).element("UploadIdMarker", id_marker);
    out.element("MaxUploads", most).element("IsTruncated", truncated ? "true" : "false");
    if (truncated) {
        out.element("NextKeyMarker", asked.name(last->key));
        out.element("NextUploadIdMarker", last->upload_id);
    }
    out.element("Prefix", asked.name(asked.prefix)).element("Delimiter", asked.delimiter);
    for (const auto& common : prefixes)
        out.open("CommonPrefixes").element("Prefix", asked.name(common)).close();
    out.raw(entries.document()).close();
    http_reply reply;
    reply.body = std::move(out).document();
    return reply;
}

[[nodiscard]] inline http_reply list_buckets(const call_context& call)
{
    xml::writer out;
    out.open("ListAllMyBucketsResult").open("Owner").element("ID", "1250000000").close();
    out.open("Buckets");
    for (const auto& [name, bucket] : call.state.buckets) {
        out.open("Bucket").element("Name", name);
        out.element("Location", call.state.options.region);
        out.element("CreationDate",
            http::format_iso_date(std::chrono::floor<std::chrono::seconds>(bucket.created)));
        out.close();
    }
    out.close().close();
    http_reply reply;
    reply.body = std::move(out).document();
    return reply;
}

} // namespace cosio::inline v0::testing::emulation

#endif

// ---- cosio/testing/emulation/s3_listing.hpp -----------------------------------------------------

// ListObjectsV2, which is of S3 alone.

#ifndef COSIO_TESTING_EMULATION_S3_LISTING_HPP
#define COSIO_TESTING_EMULATION_S3_LISTING_HPP

namespace cosio::inline v0::testing::emulation {

/// A token is base64 of the last entry of the page before; clients must not know.
[[nodiscard]] inline std::string read_continuation_token(std::string_view token)
{
    std::string marker(token.size(), '\0');
    const auto size = crypto::decode_base64(token, std::as_writable_bytes(std::span(marker)));
    if (!size || *size == 0)
        refuse(400, "InvalidArgument", "The continuation token provided is incorrect");
    marker.resize(*size);
    return marker;
}

[[nodiscard]] inline http_reply list_objects_v2(const call_context& call)
{
    const listing_request asked(call);
    const auto most = read_page_size(call, "max-keys");
    const auto token = call.request.parameter_value("continuation-token");
    const std::string start(call.request.parameter_value("start-after").value_or(""));
    const auto page = list_page(
        call, asked, token ? read_continuation_token(*token) : start, most);

    xml::writer out;
    out.open("ListBucketResult").element("Name", call.bucket);
    if (asked.encoded)
        out.element("EncodingType", "url");
    out.element("Prefix", asked.name(asked.prefix)).element("MaxKeys", most);
    out.element("KeyCount", page.listed);
    if (!asked.delimiter.empty())
        out.element("Delimiter", asked.name(asked.delimiter));
    if (!start.empty())
        out.element("StartAfter", asked.name(start));
    if (token)
        out.element("ContinuationToken", *token);
    out.element("IsTruncated", page.truncated ? "true" : "false");
    if (page.truncated)
        out.element("NextContinuationToken", crypto::base64(detail::bytes_of(page.last)));
    for (const auto& common : page.prefixes)
        out.open("CommonPrefixes").element("Prefix", asked.name(common)).close();
    out.raw(page.entries.document()).close();
    http_reply reply;
    reply.body = std::move(out).document();
    return reply;
}

} // namespace cosio::inline v0::testing::emulation

#endif

// ---- cosio/testing/emulation/s3_signature.hpp ---------------------------------------------------

// Verifies SigV4 signatures. Shares no code with the client's signer, so that a mistake there is
// not made here as well.

#ifndef COSIO_TESTING_EMULATION_S3_SIGNATURE_HPP
#define COSIO_TESTING_EMULATION_S3_SIGNATURE_HPP

#include <cstdlib>

namespace cosio::inline v0::testing::emulation {

/// Whether a request speaks S3: by its signature, or, unsigned, by its headers.
[[nodiscard]] inline bool is_s3_request(const http_request& request)
{
    if (const auto header = request.fields.find("Authorization"))
        return header->starts_with("AWS");
    if (request.has_parameter("X-Amz-Signature") || request.has_parameter("list-type") ||
        request.fields.get("Host").find(".amazonaws.com") != std::string_view::npos)
        return true;
    return std::ranges::any_of(request.fields, [](const auto& each) {
        return detail::starts_with_ignoring_case(each.first, "x-amz-");
    });
}

class s3_signature_verifier
{
public:
    s3_signature_verifier(account who, std::string region)
        : who_(std::move(who)), region_(std::move(region))
    {}

    /// Refuses a request whose signature is not right. `now` is in seconds since 1970. What stands
    /// for the body in the signature is compared with the body elsewhere.
    [[nodiscard]] signed_by verify(const http_request& request, std::int64_t now) const
    {
        signed_by how = signed_by::nobody;
        fields_of_signature given;
        if (const auto header = request.fields.find("Authorization")) {
            how = signed_by::header;
            given = read_header(request, *header);
        } else if (request.has_parameter("X-Amz-Signature")) {
            how = signed_by::query;
            given = read_query(request);
        } else {
            return how;
        }
        check_scope(given, how);
        check_time(given, how, now);
        check_token(request);
        check_header_list(request, given.header_list, how);
        const auto canonical = canonical_request(request, given, how);
        const auto to_sign = "AWS4-HMAC-SHA256\n" + given.time + "\n" +
            given.credential.substr(given.credential.find('/') + 1) + "\n" + sha256_hex(canonical);
        if (hex(mac(signing_key(given), to_sign)) != given.signature) {
            refusal wrong{403, "SignatureDoesNotMatch",
                "The request signature we calculated does not match the signature you provided.",
                {}, {}};
            wrong.fields.add("string-to-sign", to_sign);
            wrong.fields.add("format-string", canonical);
            throw wrong;
        }
        return how;
    }

    [[nodiscard]] static std::string sha256_hex(std::string_view text)
    {
        std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
        unsigned int size = 0;
        EVP_Digest(text.data(), text.size(), out.data(), &size, EVP_sha256(), nullptr);
        return hex({reinterpret_cast<const char*>(out.data()), size});
    }

private:
    struct fields_of_signature
    {
        std::string credential{};
        std::string time{};
        std::string header_list{};
        std::string signature{};
        std::string payload_hash{};
        std::optional<std::int64_t> validity{};
    };

    static void malformed(std::string_view why)
    {
        refuse(400, "AuthorizationHeaderMalformed", why);
    }

    static fields_of_signature read_header(const http_request& request, std::string_view text)
    {
        constexpr std::string_view algorithm = "AWS4-HMAC-SHA256";
        if (!text.starts_with(algorithm))
            refuse(400, "InvalidRequest",
                "The authorization mechanism you have provided is not supported. Please use "
                "AWS4-HMAC-SHA256.");
        text.remove_prefix(algorithm.size());
        std::map<std::string, std::string, std::less<>> parts;
        while (!text.empty()) {
            const auto end = std::min(text.find(','), text.size());
            const auto pair = detail::trimmed(text.substr(0, end));
            const auto equals = std::min(pair.find('='), pair.size());
            parts.emplace(
                pair.substr(0, equals), pair.substr(std::min(equals + 1, pair.size())));
            text.remove_prefix(std::min(end + 1, text.size()));
        }
        fields_of_signature out;
        out.credential = parts["Credential"];
        out.header_list = parts["SignedHeaders"];
        out.signature = parts["Signature"];
        out.time = request.fields.get("x-amz-date");
        if (out.credential.empty() || out.header_list.empty() || out.signature.empty())
            malformed("The authorization header is malformed.");
        if (out.time.empty())
            refuse(403, "AccessDenied", "AWS authentication requires a valid x-amz-date header.");
        const auto hash = request.fields.find("x-amz-content-sha256");
        if (!hash)
            refuse(400, "InvalidRequest",
                "Missing required header for this request: x-amz-content-sha256");
        out.payload_hash = *hash;
        return out;
    }

    static fields_of_signature read_query(const http_request& request)
    {
        const auto value = [&request](std::string_view name) {
            return std::string(request.parameter_value(name).value_or(""));
        };
        if (value("X-Amz-Algorithm") != "AWS4-HMAC-SHA256")
            refuse(400, "AuthorizationQueryParametersError",
                "X-Amz-Algorithm only supports AWS4-HMAC-SHA256.");
        fields_of_signature out;
        out.credential = value("X-Amz-Credential");
        out.header_list = value("X-Amz-SignedHeaders");
        out.signature = value("X-Amz-Signature");
        out.time = value("X-Amz-Date");
        out.payload_hash =
            request.fields.find("x-amz-content-sha256").value_or("UNSIGNED-PAYLOAD");
        constexpr std::uint32_t week = 604800;
        const auto seconds = detail::parse_number<std::uint32_t>(value("X-Amz-Expires"));
        if (!seconds || *seconds == 0 || *seconds > week)
            refuse(400, "AuthorizationQueryParametersError",
                "X-Amz-Expires must be a number of seconds of at most a week.");
        out.validity = *seconds;
        return out;
    }

    /// `<id>/<date>/<region>/s3/aws4_request`.
    void check_scope(const fields_of_signature& given, signed_by how) const
    {
        const auto slash = std::min(given.credential.find('/'), given.credential.size());
        if (given.credential.substr(0, slash) != who_.secret_id)
            refuse(403, "InvalidAccessKeyId",
                "The AWS Access Key Id you provided does not exist in our records.");
        const auto scope = std::string_view(given.credential).substr(slash);
        const auto before = "/" + given.time.substr(0, 8) + "/";
        constexpr std::string_view after = "/s3/aws4_request";
        const auto expected = before + region_ + std::string(after);
        if (scope == expected)
            return;
        if (scope.size() > before.size() + after.size() && scope.starts_with(before) &&
            scope.ends_with(after))
            refuse_region(scope.substr(
                before.size(), scope.size() - before.size() - after.size()), how);
        malformed("The scope of the credential is wrong; expecting '" + expected + "'.");
    }

    /// Source: Amazon S3 API Reference, "Error responses"; that the head names the region too is
    /// what botocore goes by after a HEAD.
    [[noreturn]] void refuse_region(std::string_view wrong, signed_by how) const
    {
        const bool in_query = how == signed_by::query;
        refusal why{400,
            in_query ? "AuthorizationQueryParametersError" : "AuthorizationHeaderMalformed",
            std::string(in_query ? "Error parsing the X-Amz-Credential parameter"
                                 : "The authorization header is malformed")
                .append("; the region '")
                .append(wrong)
                .append("' is wrong; expecting '")
                .append(region_)
                .append("'"),
            {}, {{"Region", region_}}};
        why.fields.add("x-amz-bucket-region", region_);
        throw why;
    }

    static std::optional<std::int64_t> seconds_of(std::string_view text)
    {
        constexpr std::string_view form = "YYYYMMDDThhmmssZ";
        if (text.size() != form.size() || text[8] != 'T' || text.back() != 'Z')
            return std::nullopt;
        const auto part = [text](std::size_t at, std::size_t size) {
            return detail::parse_number<unsigned>(text.substr(at, size));
        };
        const auto year = part(0, 4);
        const auto month = part(4, 2);
        const auto day = part(6, 2);
        const auto hour = part(9, 2);
        const auto minute = part(11, 2);
        const auto second = part(13, 2);
        if (!year || !month || !day || !hour || !minute || !second)
            return std::nullopt;
        // Days from the civil calendar, years beginning with March.
        const std::int64_t y = std::int64_t{*year} - (*month <= 2 ? 1 : 0);
        const std::int64_t m = (*month + 9) % 12;
        const std::int64_t days =
            365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + *day - 1 - 719468;
        return days * 86400 + std::int64_t{*hour} * 3600 + std::int64_t{*minute} * 60 + *second;
    }

    static void check_time(const fields_of_signature& given, signed_by how, std::int64_t now)
    {
        constexpr std::int64_t tolerance = 15 * 60;
        const auto when = seconds_of(given.time);
        if (!when)
            refuse(403, "AccessDenied", "The date of the signature is malformed.");
        const bool early = now < *when - tolerance;
        if (how == signed_by::query && !early) {
            if (now > *when + *given.validity)
                refuse(403, "AccessDenied", "Request has expired");
            return;
        }
        if (early || now > *when + tolerance)
            refuse(403, "RequestTimeTooSkewed",
                "The difference between the request time and the current time is too large.");
    }

    void check_token(const http_request& request) const
    {
        const auto token = request.parameter_value("X-Amz-Security-Token")
                               .value_or(request.fields.get("x-amz-security-token"));
        if (token != who_.session_token)
            refuse(400, who_.session_token.empty() ? "InvalidToken" : "ExpiredToken",
                "The provided token is not valid.");
    }

    static std::vector<std::string> split(std::string_view list)
    {
        std::vector<std::string> out;
        while (!list.empty()) {
            const auto end = std::min(list.find(';'), list.size());
            out.emplace_back(list.substr(0, end));
            list.remove_prefix(std::min(end + 1, list.size()));
        }
        return out;
    }

    /// Host and all that begins with `x-amz-` must be signed.
    static void check_header_list(
        const http_request& request, std::string_view header_list, signed_by how)
    {
        const auto names = split(header_list);
        const auto is_signed = [&names](std::string_view name) {
            return std::ranges::any_of(names,
                [name](const auto& each) { return detail::equal_ignoring_case(each, name); });
        };
        for (const auto& [name, value] : request.fields) {
            const bool must = detail::equal_ignoring_case(name, "Host") ||
                detail::starts_with_ignoring_case(name, "x-amz-");
            const bool is_hash = detail::equal_ignoring_case(name, "x-amz-content-sha256");
            if (must && !is_signed(name) && !(is_hash && how == signed_by::query))
                refuse(403, "AccessDenied",
                    "There were headers present in the request which were not signed");
        }
    }

    static std::string escape(std::string_view text, bool keeps_slash)
    {
        std::string out;
        for (const char c : text) {
            if (detail::is_alphanumeric(c) || c == '-' || c == '_' || c == '.' || c == '~' ||
                (c == '/' && keeps_slash)) {
                out.push_back(c);
                continue;
            }
            constexpr std::string_view digits = "0123456789ABCDEF";
            const auto byte = static_cast<unsigned char>(c);
            out.push_back('%');
            out.push_back(digits[byte / 16]);
            out.push_back(digits[byte % 16]);
        }
        return out;
    }

    /// Without blanks at the ends, and one for each run of them inside.
    static std::string folded(std::string_view value)
    {
        std::string out;
        for (const char c : value)
            if (c != ' ' && c != '\t')
                out.push_back(c);
            else if (!out.empty() && out.back() != ' ')
                out.push_back(' ');
        while (out.ends_with(' '))
            out.pop_back();
        return out;
    }

    static std::string canonical_request(
        const http_request& request, const fields_of_signature& given, signed_by how)
    {
        std::vector<std::pair<std::string, std::string>> pairs;
        for (const auto& [name, value] : request.parameters)
            if (how != signed_by::query || name != "X-Amz-Signature")
                pairs.emplace_back(escape(name, false), escape(value, false));
        std::ranges::sort(pairs);
        std::string query;
        for (const auto& [name, value] : pairs)
            query.append(query.empty() ? "" : "&").append(name).append("=").append(value);
        std::string headers;
        for (const auto& listed : split(given.header_list)) {
            std::string value;
            bool found = false;
            for (const auto& [name, text] : request.fields)
                if (detail::equal_ignoring_case(name, listed)) {
                    value.append(found ? "," : "").append(folded(text));
                    found = true;
                }
            headers.append(listed).append(":").append(found ? value : "(absent)").append("\n");
        }
        return request.method + "\n" + escape(request.path, true) + "\n" + query + "\n" + headers +
            "\n" + given.header_list + "\n" + given.payload_hash;
    }

    [[nodiscard]] std::string signing_key(const fields_of_signature& given) const
    {
        auto key = mac("AWS4" + who_.secret_key, given.time.substr(0, 8));
        key = mac(key, region_);
        key = mac(key, "s3");
        return mac(key, "aws4_request");
    }

    static std::string mac(std::string_view key, std::string_view text)
    {
        std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
        unsigned int size = 0;
        HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
            reinterpret_cast<const unsigned char*>(text.data()), text.size(), out.data(), &size);
        return {reinterpret_cast<const char*>(out.data()), size};
    }

    static std::string hex(std::string_view bytes)
    {
        constexpr std::string_view digits = "0123456789abcdef";
        std::string out;
        for (const char c : bytes) {
            const auto byte = static_cast<unsigned char>(c);
            out.push_back(digits[byte / 16]);
            out.push_back(digits[byte % 16]);
        }
        return out;
    }

    account who_;
    std::string region_;
};

} // namespace cosio::inline v0::testing::emulation

#endif

// ---- cosio/testing/emulation/s3_payload.hpp -----------------------------------------------------

// What S3 clients say of their bodies: hashes, checksums, and the coding that carries them behind.

#ifndef COSIO_TESTING_EMULATION_S3_PAYLOAD_HPP
#define COSIO_TESTING_EMULATION_S3_PAYLOAD_HPP

namespace cosio::inline v0::testing::emulation {

/// A CRC in reflected form, bit by bit, as big-endian bytes in base64, which is how S3 writes it.
[[nodiscard]] inline std::string reflected_crc(
    std::uint64_t polynomial, unsigned bytes, std::string_view text)
{
    const std::uint64_t mask = bytes == 8 ? ~std::uint64_t{0} : 0xffffffffU;
    std::uint64_t value = mask;
    for (const char c : text) {
        value ^= static_cast<unsigned char>(c);
        for (int bit = 0; bit != 8; ++bit)
            value = value >> 1U ^ ((value & 1U) != 0 ? polynomial : 0);
    }
    value ^= mask;
    std::string out;
    for (unsigned i = bytes; i != 0; --i)
        out.push_back(static_cast<char>(value >> (8 * (i - 1)) & 0xffU));
    return crypto::base64(detail::bytes_of(out));
}

/// The checksum that a header `x-amz-checksum-<name>` states; nothing for a name that is none.
[[nodiscard]] inline std::optional<std::string> s3_checksum(
    std::string_view name, std::string_view body)
{
    constexpr std::uint64_t crc32_polynomial = 0xEDB88320;
    constexpr std::uint64_t crc32c_polynomial = 0x82F63B78;
    constexpr std::uint64_t crc64nvme_polynomial = 0x9A6C9329AC4BC9B5;
    if (name == "crc32")
        return reflected_crc(crc32_polynomial, 4, body);
    if (name == "crc32c")
        return reflected_crc(crc32c_polynomial, 4, body);
    if (name == "crc64nvme")
        return reflected_crc(crc64nvme_polynomial, 8, body);
    if (name == "sha1")
        return crypto::base64(crypto::sha1(detail::bytes_of(body)).value());
    if (name == "sha256")
        return crypto::base64(crypto::sha256(detail::bytes_of(body)).value());
    return std::nullopt;
}

inline constexpr std::string_view s3_checksum_prefix = "x-amz-checksum-";

/// Compares the body with every checksum among `fields`; true when there was one.
inline bool check_s3_checksums(const field_table& fields, std::string_view body)
{
    bool compared = false;
    for (const auto& [name, value] : fields) {
        if (!detail::starts_with_ignoring_case(name, s3_checksum_prefix))
            continue;
        std::string algorithm(name.substr(s3_checksum_prefix.size()));
        std::ranges::transform(algorithm, algorithm.begin(), detail::to_lower);
        const auto ours = s3_checksum(algorithm, body);
        if (!ours)
            continue; // Such as x-amz-checksum-mode.
        if (*ours != value)
            refuse(400, "BadDigest",
                "The " + algorithm + " you specified did not match the calculated checksum.");
        compared = true;
    }
    return compared;
}

/// Decodes `aws-chunked` without signatures, in which a checksum follows the body; yields the
/// trailers. Source: Amazon S3 documentation, "Uploads with trailing headers".
[[nodiscard]] inline field_table take_aws_chunks(std::string& body)
{
    const auto bad = [] { refuse(400, "IncompleteBody", "The aws-chunked body is malformed."); };
    std::string plain;
    std::string_view rest = body;
    const auto take_line = [&]() {
        const auto end = rest.find("\r\n");
        if (end == std::string_view::npos)
            bad();
        const auto line = rest.substr(0, end);
        rest.remove_prefix(end + 2);
        return line;
    };
    for (;;) {
        const auto line = take_line();
        const auto size = detail::parse_number<std::uint32_t>(line.substr(0, line.find(';')), 16);
        if (!size)
            bad();
        if (*size == 0)
            break;
        if (rest.size() < std::size_t{*size} + 2 || rest.substr(*size, 2) != "\r\n")
            bad();
        plain.append(rest.substr(0, *size));
        rest.remove_prefix(std::size_t{*size} + 2);
    }
    field_table trailers;
    while (!rest.empty()) {
        const auto line = take_line();
        const auto colon = line.find(':');
        if (line.empty())
            break;
        if (colon == std::string_view::npos)
            bad();
        trailers.add(line.substr(0, colon), detail::trimmed(line.substr(colon + 1)));
    }
    body = std::move(plain);
    return trailers;
}

/// Compares the body with all that the request says of it, and makes it plain. True when a checksum
/// of S3 was among that.
inline bool check_s3_payload(http_request& request, signed_by how)
{
    const auto stated = request.fields.find("x-amz-content-sha256").value_or("UNSIGNED-PAYLOAD");
    bool compared = false;
    if (stated == "STREAMING-UNSIGNED-PAYLOAD-TRAILER") {
        const auto trailers = take_aws_chunks(request.body);
        const auto length = detail::parse_number<std::uint64_t>(
            request.fields.get("x-amz-decoded-content-length"));
        if (length != request.body.size())
            refuse(400, "IncompleteBody", "The body is not of its decoded length.");
        if (const auto trailer = request.fields.find("x-amz-trailer");
            trailer && !trailers.has(*trailer))
            refuse(400, "MalformedTrailerError", "The request has no such trailer.");
        compared = check_s3_checksums(trailers, request.body);
    } else if (stated.starts_with("STREAMING-")) {
        refuse(501, "NotImplemented", "Chunk signatures are not verified here.");
    } else if (stated != "UNSIGNED-PAYLOAD" && how != signed_by::nobody &&
        stated != s3_signature_verifier::sha256_hex(request.body)) {
        refuse(400, "XAmzContentSHA256Mismatch",
            "The provided 'x-amz-content-sha256' header does not match what was computed.");
    }
    return check_s3_checksums(request.fields, request.body) || compared;
}

} // namespace cosio::inline v0::testing::emulation

#endif

// ---- cosio/testing/emulation/s3_request.hpp -----------------------------------------------------

// Requests of S3 clients in the words of COS, which the rest of the emulator understands.

#ifndef COSIO_TESTING_EMULATION_S3_REQUEST_HPP
#define COSIO_TESTING_EMULATION_S3_REQUEST_HPP

namespace cosio::inline v0::testing::emulation {

inline constexpr std::string_view s3_header_prefix = "x-amz-";
inline constexpr std::string_view s3_sse_header = "x-amz-server-side-encryption";

/// A value that nothing in COS's vocabulary is equal to, for one that S3 does not have.
inline constexpr std::string_view no_such_word = "(none)";

/// The key id within a KMS key's ARN; `alias/aws/s3` is the account's default.
[[nodiscard]] inline std::string read_kms_key_name(std::string_view name, const key_vault& vault)
{
    if (name == "alias/aws/s3")
        return vault.default_kms_key();
    return std::string(name.starts_with("arn:") ? name.substr(name.rfind('/') + 1) : name);
}

/// `value` of the S3 header `name` as COS has it.
[[nodiscard]] inline std::string translate_s3_value(
    std::string_view name, std::string_view value, const key_vault& vault)
{
    const auto one_of = [value](std::string_view theirs, std::string_view ours,
                            std::string_view otherwise) {
        return std::string(value == theirs ? ours : otherwise);
    };
    if (name == "server-side-encryption")
        return one_of("aws:kms", "cos/kms", value == "AES256" ? value : no_such_word);
    if (name == "server-side-encryption-aws-kms-key-id")
        return read_kms_key_name(value, vault);
    if (name == "metadata-directive" || name == "tagging-directive")
        return one_of("REPLACE", "Replaced", value == "COPY" ? "Copy" : no_such_word);
    if (name == "storage-class")
        return one_of("GLACIER", "ARCHIVE", value == "ARCHIVE" ? no_such_word : value);
    if (name == "copy-source")
        return std::string(value.starts_with('/') ? "" : "/").append(value);
    return std::string(value);
}

/// Content-Encoding without the coding of the transfer.
[[nodiscard]] inline std::string without_aws_chunked(std::string_view codings)
{
    std::string out;
    while (!codings.empty()) {
        const auto end = std::min(codings.find(','), codings.size());
        const auto one = detail::trimmed(codings.substr(0, end));
        if (!detail::equal_ignoring_case(one, "aws-chunked"))
            out.append(out.empty() ? "" : ",").append(one);
        codings.remove_prefix(std::min(end + 1, codings.size()));
    }
    return out;
}

/// The request in COS's words. Refuses a body that is not what the request says of it.
[[nodiscard]] inline http_request translate_s3_request(
    const http_request& request, signed_by how, const key_vault& vault)
{
    http_request out = request;
    const bool checksum_compared = check_s3_payload(out, how);
    out.fields = field_table();
    for (const auto& [name, value] : request.fields) {
        std::string lower = name;
        std::ranges::transform(lower, lower.begin(), detail::to_lower);
        if (lower.starts_with("x-cos-"))
            continue;
        if (lower == "content-encoding") {
            if (const auto kept = without_aws_chunked(value); !kept.empty())
                out.fields.add(name, kept);
        } else if (!lower.starts_with(s3_header_prefix)) {
            out.fields.add(name, value);
        } else {
            const auto bare = lower.substr(s3_header_prefix.size());
            const bool is_key_id = bare == "server-side-encryption-aws-kms-key-id";
            out.fields.add(is_key_id ? "x-cos-server-side-encryption-cos-kms-key-id"
                                     : "x-cos-" + bare,
                translate_s3_value(bare, value, vault));
        }
    }
    // The length of the decoded body serves where COS asks for that of the body as it was sent.
    if (!out.fields.has("Content-Length") && request.fields.has("x-amz-decoded-content-length"))
        out.fields.add("Content-Length", std::to_string(out.body.size()));
    // A checksum of S3 serves where COS asks for an MD5.
    if (checksum_compared && !request.fields.has("Content-MD5"))
        out.fields.add("Content-MD5",
            crypto::base64(crypto::md5(detail::bytes_of(out.body)).value()));
    return out;
}

} // namespace cosio::inline v0::testing::emulation

#endif

// ---- cosio/testing/emulation/s3_reply.hpp -------------------------------------------------------

// Replies to S3 clients: what the emulator answers to COS clients, in the words of S3.

#ifndef COSIO_TESTING_EMULATION_S3_REPLY_HPP
#define COSIO_TESTING_EMULATION_S3_REPLY_HPP

namespace cosio::inline v0::testing::emulation {

/// As AWS names a KMS key in its replies, whatever name it was asked for by.
[[nodiscard]] inline std::string kms_key_arn(std::string_view region, std::string_view id)
{
    return std::string("arn:aws:kms:").append(region).append(":111122223333:key/").append(id);
}

/// A refusal of COS as S3 has it.
[[nodiscard]] inline refusal translate_refusal(refusal why, const http_request& request)
{
    struct row
    {
        std::string_view cos_code;
        unsigned status;
        std::string_view s3_code;
    };
    static constexpr std::array<row, 9> rows{{
        {"KmsKeyNotExist", 400, "KMS.NotFoundException"},
        {"KmsKeyDisabled", 400, "KMS.DisabledException"},
        {"NoSuchEncryptionConfiguration", 404, "ServerSideEncryptionConfigurationNotFoundError"},
        {"KeyTooLong", 400, "KeyTooLongError"},
        {"NotSupportedStorageClass", 400, "InvalidStorageClass"},
        {"RestoreNonArchiveObject", 403, "InvalidObjectState"},
        {"SSEHeaderNotAllowed", 400, "InvalidArgument"},
        {"InvalidCopySource", 400, "InvalidArgument"},
        {"InvalidObjectName", 400, "InvalidURI"},
    }};
    for (const auto& [cos_code, status, s3_code] : rows)
        if (why.code == cos_code) {
            why.status = status;
            why.code = s3_code;
            return why;
        }
    if (why.code == "SsecDecryptHeaderInvalid") {
        const bool has_key =
            request.fields.has("x-amz-server-side-encryption-customer-key") ||
            request.fields.has("x-amz-copy-source-server-side-encryption-customer-key");
        why.status = has_key ? 403 : 400;
        why.code = has_key ? "AccessDenied" : "InvalidRequest";
        why.message = has_key
            ? "Access Denied"
            : "The object was stored using a form of Server Side Encryption. The correct "
              "parameters must be provided to retrieve the object.";
    }
    if (why.message == "The encryption algorithm must be AES256.")
        why.code = "InvalidEncryptionAlgorithmError";
    return why;
}

/// Puts `with` in place of every `what`.
inline void replace_all(std::string& text, std::string_view what, std::string_view with)
{
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size()))
        text.replace(at, what.size(), with);
}

/// A document of COS with the names and the namespace of S3.
inline void translate_document(std::string& text)
{
    if (const auto root_end = text.find('>'); root_end != std::string::npos)
        text.insert(root_end, " xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"");
    for (const std::string_view name : {"CRC64", "RestoreStatus"}) {
        const auto open = std::string("<").append(name).append(">");
        const auto close = std::string("</").append(name).append(">");
        for (auto at = text.find(open); at != std::string::npos; at = text.find(open))
            text.erase(at, text.find(close, at) + close.size() - at);
    }
    replace_all(text, "Encoding-Type>", "EncodingType>");
    replace_all(text, "<StorageClass>Standard<", "<StorageClass>STANDARD<");
    replace_all(text, "<StorageClass>ARCHIVE<", "<StorageClass>GLACIER<");
}

/// The reply in S3's words. `is_object`: the body is that of an object.
inline void translate_s3_reply(http_reply& reply, std::string_view region, bool is_object)
{
    constexpr std::string_view prefix = "x-cos-";
    field_table fields;
    for (const auto& [name, value] : reply.fields) {
        if (!detail::starts_with_ignoring_case(name, prefix)) {
            fields.add(name, value);
            continue;
        }
        const auto bare = std::string_view(name).substr(prefix.size());
        if (bare == "hash-crc64ecma" || bare == "restore-status")
            continue;
        if (bare == "server-side-encryption-cos-kms-key-id")
            fields.add("x-amz-server-side-encryption-aws-kms-key-id", kms_key_arn(region, value));
        else if (value == "cos/kms")
            fields.add("x-amz-server-side-encryption", "aws:kms");
        else if (bare == "storage-class" && value == "ARCHIVE")
            fields.add("x-amz-storage-class", "GLACIER");
        else
            fields.add(std::string(s3_header_prefix).append(bare), value);
    }
    reply.fields = std::move(fields);
    reply.declaration_first = true;
    if (!is_object && !reply.body.empty())
        translate_document(reply.body);
}

/// 16 capital hexadecimal digits, as Amazon's identifiers are.
[[nodiscard]] inline std::string make_s3_request_id()
{
    auto id = random_hex(8);
    std::ranges::transform(
        id, id.begin(), [](char c) { return c >= 'a' ? static_cast<char>(c - 'a' + 'A') : c; });
    return id;
}

/// The document and headers of a refusal, which is one of S3 already.
[[nodiscard]] inline http_reply describe_s3_refusal(
    const refusal& why, const http_request& request, std::string_view request_id)
{
    http_reply reply;
    reply.status = why.status;
    for (const auto& [name, value] : why.fields)
        if (name != "string-to-sign" && name != "format-string")
            reply.fields.add(name, value);
    translate_s3_reply(reply, {}, true);
    const auto host_id = crypto::base64(detail::bytes_of(random_bytes(48)));
    reply.fields.add("x-amz-id-2", host_id);
    xml::writer document;
    document.open("Error").element("Code", why.code).element("Message", why.message);
    for (const auto& [name, text] : why.elements)
        document.element(name, text);
    document.element("Resource", request.target.substr(0, request.target.find('?')));
    if (const auto text = why.fields.find("string-to-sign"))
        document.element("StringToSign", *text);
    if (const auto text = why.fields.find("format-string"))
        document.element("CanonicalRequest", *text);
    document.element("RequestId", request_id).element("HostId", host_id).close();
    reply.body =
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + std::move(document).document();
    return reply;
}

} // namespace cosio::inline v0::testing::emulation

#endif

// ---- cosio/testing/emulation/service.hpp --------------------------------------------------------

// The emulated service: which request it is, who sent it, and what it is answered.

#ifndef COSIO_TESTING_EMULATION_SERVICE_HPP
#define COSIO_TESTING_EMULATION_SERVICE_HPP

namespace cosio::inline v0::testing::emulation {

/// A bare name of the service, or one with a bucket before it.
struct service_name
{
    std::string_view host{};
    std::string_view bucket{};
    std::string_view region{}; ///< Empty when the name is of none.
    bool known = false;
};

/// `[<bucket>.]<service>.<region><domain>`, of any region.
[[nodiscard]] inline service_name recognise_regional(std::string_view host)
{
    struct form
    {
        std::string_view service;
        std::string_view domain;
    };
    static constexpr form forms[] = {
        {"cos", ".myqcloud.com"}, {"cos", ".tencentcos.cn"}, {"s3", ".amazonaws.com"}};
    service_name out{host, {}, {}, false};
    for (const auto& [service, domain] : forms) {
        if (!host.ends_with(domain))
            continue;
        const auto stem = host.substr(0, host.size() - domain.size());
        const auto dot = stem.rfind('.');
        if (dot == std::string_view::npos)
            continue;
        auto front = stem.substr(0, dot);
        if (!front.ends_with(service))
            continue;
        front.remove_suffix(service.size());
        if (!front.empty() && !front.ends_with('.'))
            continue;
        out.bucket = front.substr(0, front.empty() ? 0 : front.size() - 1);
        out.region = stem.substr(dot + 1);
        out.known = true;
        return out;
    }
    return out;
}

[[nodiscard]] inline service_name recognise(std::string_view host, const service_options& options)
{
    if (const auto close = host.find(']'); close != std::string_view::npos)
        host = host.substr(1, close - 1);
    else
        host = host.substr(0, host.find(':'));
    service_name out{host, {}, {}, false};
    if (detail::is_address(host)) {
        out.known = true;
        return out;
    }
    std::vector<std::string> names = options.hosts;
    for (const char* const domain : {".myqcloud.com", ".tencentcos.cn"}) {
        names.push_back(std::string("service.cos").append(domain));
        names.push_back(std::string("cos.accelerate").append(domain));
    }
    names.emplace_back("localhost");
    for (const auto& name : names) {
        if (host == name) {
            out.known = true;
            return out;
        }
        if (host.size() > name.size() + 1 && host.ends_with(name) &&
            host[host.size() - name.size() - 1] == '.') {
            out.bucket = host.substr(0, host.size() - name.size() - 1);
            out.known = true;
            return out;
        }
    }
    return recognise_regional(host);
}

/// The region that a host is asked for: its own, or that of the emulator.
[[nodiscard]] inline std::string region_asked(
    const http_request& request, const service_options& options)
{
    const auto region = recognise(request.fields.get("Host"), options).region;
    return std::string(region.empty() ? std::string_view(options.region) : region);
}

/// Sends a request for a bucket of another region there. Source: S3 User Guide, "Making requests",
/// "Redirecting requests"; that COS names the region, and no endpoint, is documented of HEAD.
inline void check_region(const call_context& call)
{
    const auto& options = call.state.options;
    const auto asked = region_asked(call.request, options);
    const auto elsewhere = options.buckets_elsewhere.find(call.bucket);
    const bool is_here = call.state.buckets.contains(call.bucket);
    if (!is_here && elsewhere == options.buckets_elsewhere.end()) {
        if (asked != options.region && call.request.method == "PUT" && call.key.empty())
            refuse(501, "NotImplemented", "The emulator serves one region.");
        return;
    }
    const auto& region = is_here ? options.region : elsewhere->second;
    if (region == asked) {
        if (!is_here)
            refuse(501, "NotImplemented", "The emulator serves one region.");
        return;
    }
    refusal redirect{301, "PermanentRedirect",
        "The bucket you are attempting to access must be addressed using the specified endpoint. "
        "Please send all future requests to this endpoint.",
        {}, {}};
    redirect.fields.add("x-cos-bucket-region", region);
    if (call.speaks_s3)
        redirect.elements = {{"Endpoint", call.bucket + ".s3." + region + ".amazonaws.com"},
            {"Bucket", call.bucket}};
    throw redirect;
}

/// Fills bucket and key from the host (virtual-host style) or the path (path style).
inline void address(call_context& call)
{
    const auto name = recognise(call.request.fields.get("Host"), call.state.options);
    if (!name.known)
        refuse(404, "NoSuchBucket", "The host is none of this service.");
    std::string_view path = call.request.path;
    path.remove_prefix(1);
    if (!name.bucket.empty()) {
        call.bucket = name.bucket;
        call.key = path;
        return;
    }
    const auto slash = std::min(path.find('/'), path.size());
    call.bucket = path.substr(0, slash);
    call.key = path.substr(std::min(slash + 1, path.size()));
}

[[noreturn]] inline void no_such_method()
{
    refuse(405, "MethodNotAllowed", "The specified method is not allowed against this resource.");
}

[[nodiscard]] inline http_reply dispatch_bucket(const call_context& call)
{
    const auto& request = call.request;
    const auto& method = request.method;
    if (call.signature == signed_by::nobody)
        refuse(403, "AccessDenied", "Access Denied.");
    if (call.bucket.empty())
        return method == "GET" ? list_buckets(call) : (no_such_method(), http_reply{});
    if (request.has_parameter("encryption")) {
        if (method == "PUT")
            return put_encryption(call);
        if (method == "GET")
            return get_encryption(call);
        if (method == "DELETE")
            return delete_encryption(call);
        no_such_method();
    }
    if (request.has_parameter("versioning") && method == "PUT")
        return put_versioning(call);
    if (request.has_parameter("uploads") && method == "GET")
        return list_uploads(call);
    if (request.has_parameter("delete") && method == "POST")
        return delete_objects(call);
    if (method == "GET")
        return list_objects(call);
    if (method == "HEAD")
        return head_bucket(call);
    if (method == "PUT")
        return put_bucket(call);
    if (method == "DELETE")
        return delete_bucket(call);
    no_such_method();
}

[[nodiscard]] inline http_reply dispatch_upload(const call_context& call)
{
    const auto& request = call.request;
    if (request.method == "PUT")
        return request.fields.has("x-cos-copy-source") ? upload_part_copy(call)
                                                       : upload_part(call);
    if (request.method == "POST")
        return complete_upload(call);
    if (request.method == "DELETE")
        return abort_upload(call);
    if (request.method == "GET")
        return list_parts(call);
    no_such_method();
}

/// Source of the limits: COS documentation, "Object Overview"; S3 User Guide, "Naming Amazon S3
/// objects".
inline void check_key(std::string_view key, bool speaks_s3)
{
    const std::size_t longest = speaks_s3 ? 1024 : 850;
    if (key.size() > longest)
        refuse(400, speaks_s3 ? "KeyTooLongError" : "KeyTooLong", "Your key is too long.");
    if (!speaks_s3 && key.find_first_of("\x18\x19\x1a\x1b") != std::string_view::npos)
        refuse(400, "InvalidObjectName", "The object name has control codes.");
}

[[nodiscard]] inline http_reply dispatch_object(const call_context& call)
{
    const auto& request = call.request;
    const auto& method = request.method;
    check_key(call.key, call.speaks_s3);
    if (method == "GET" || method == "HEAD") {
        if (request.has_parameter("uploadId") && call.signature != signed_by::nobody)
            return list_parts(call);
        if (!request.has_parameter("tagging"))
            return get_or_head_object(call);
    }
    if (call.signature == signed_by::nobody)
        refuse(403, "AccessDenied", "Access Denied.");
    if (request.has_parameter("tagging")) {
        if (method == "PUT")
            return put_tagging(call);
        return method == "DELETE" ? delete_tagging(call) : get_tagging(call);
    }
    if (request.has_parameter("uploadId"))
        return dispatch_upload(call);
    if (method == "POST" && request.has_parameter("uploads"))
        return initiate_upload(call);
    if (method == "POST" && request.has_parameter("restore"))
        return restore_object(call);
    if (method == "PUT")
        return request.fields.has("x-cos-copy-source") ? copy_object(call) : put_object(call);
    if (method == "DELETE")
        return delete_object(call);
    no_such_method();
}

/// The document and headers of a refusal.
[[nodiscard]] inline http_reply describe_refusal(
    const refusal& why, const http_request& request, std::string_view request_id)
{
    if (is_s3_request(request))
        return describe_s3_refusal(why, request, request_id);
    http_reply reply;
    reply.status = why.status;
    const auto trace_id = crypto::base64(detail::bytes_of(random_hex(64)));
    for (const auto& [name, value] : why.fields)
        if (name != "string-to-sign" && name != "format-string")
            reply.fields.add(name, value);
    reply.fields.add("x-cos-trace-id", trace_id);
    xml::writer document;
    document.open("Error").element("Code", why.code).element("Message", why.message);
    const auto path = std::string_view(request.target).substr(0, request.target.find('?'));
    document.element(
        "Resource", std::string(request.fields.get("Host")).append(path));
    for (const auto& [name, text] : why.elements)
        document.element(name, text);
    document.element("RequestId", request_id).element("TraceId", trace_id);
    if (const auto text = why.fields.find("string-to-sign"))
        document.element("StringToSign", *text);
    if (const auto text = why.fields.find("format-string"))
        document.element("FormatString", *text);
    document.close();
    reply.body = "<?xml version='1.0' encoding='utf-8' ?>\n" + std::move(document).document();
    return reply;
}

[[nodiscard]] inline std::string_view request_id_header(const http_request& request)
{
    return is_s3_request(request) ? "x-amz-request-id" : "x-cos-request-id";
}

/// What COS has and the emulator has not is said, rather than taken for a request for the object or
/// the bucket itself.
inline void refuse_what_is_missing(const call_context& call)
{
    static constexpr std::string_view missing[] = {"accelerate", "acl", "append", "cors",
        "domain", "intelligenttiering", "inventory", "lifecycle", "logging", "notification",
        "object-lock", "origin", "policy", "referer", "replication", "select", "versions",
        "website"};
    const auto& request = call.request;
    const bool asks_for_one = std::ranges::any_of(
        missing, [&](std::string_view name) { return request.has_parameter(name); });
    const bool of_bucket = call.key.empty() && (request.has_parameter("tagging") ||
        (request.has_parameter("versioning") && request.method != "PUT"));
    if (asks_for_one || of_bucket)
        refuse(501, "NotImplemented", "The emulator does not have this.");
}

[[nodiscard]] inline http_reply dispatch(call_context& call)
{
    address(call);
    check_region(call);
    refuse_what_is_missing(call);
    return call.key.empty() ? dispatch_bucket(call) : dispatch_object(call);
}

/// Answers a request of COS, which `seconds` after 1970 must be signed for. Throws refusals.
[[nodiscard]] inline http_reply serve_cos(call_context& call, std::int64_t seconds)
{
    call.signature = signature_verifier(call.state.options.who).verify(call.request, seconds);
    return dispatch(call);
}

/// Answers a request of S3, of which `call` has a translation. Throws refusals in the words of COS.
[[nodiscard]] inline http_reply serve_s3(call_context& call)
{
    const auto& request = call.request;
    address(call);
    check_region(call);
    const bool reads = request.method == "GET";
    const bool lists = reads && call.key.empty() && call.signature != signed_by::nobody &&
        request.parameter_value("list-type") == "2";
    auto reply = lists ? list_objects_v2(call) : dispatch(call);
    // S3's reply to completing an upload names the customer key nowhere.
    if (request.method == "POST" && request.has_parameter("uploadId"))
        for (const char* const name : {"algorithm", "key-MD5"})
            reply.fields.erase(std::string(customer_prefix).append(name));
    const bool is_object = reads && !call.key.empty() && !request.has_parameter("uploadId") &&
        !request.has_parameter("tagging");
    translate_s3_reply(reply, call.state.options.region, is_object);
    return reply;
}

/// Answers one request; never throws for what a client sent.
[[nodiscard]] inline http_reply serve(
    service_state& state, const http_request& request, time_point real_time,
    bool ignores_encryption = false)
{
    const auto now = real_time + state.clock_offset;
    const auto seconds =
        std::chrono::floor<std::chrono::seconds>(real_time).time_since_epoch().count();
    const bool speaks_s3 = is_s3_request(request);
    const auto request_id = speaks_s3 ? make_s3_request_id() : make_request_id(now);
    http_request translated;
    call_context call{state, speaks_s3 ? translated : request, now};
    call.request_id = request_id;
    call.ignores_encryption = ignores_encryption;
    call.speaks_s3 = speaks_s3;
    http_reply reply;
    try {
        if (speaks_s3) {
            const s3_signature_verifier verifier(
                state.options.who, region_asked(request, state.options));
            call.signature = verifier.verify(request, seconds);
            translated = translate_s3_request(request, call.signature, state.vault);
            reply = serve_s3(call);
        } else {
            reply = serve_cos(call, seconds);
        }
    } catch (const refusal& why) {
        reply = speaks_s3
            ? describe_s3_refusal(translate_refusal(why, request), request, request_id)
            : describe_refusal(why, request, request_id);
    }
    const bool has_type = reply.fields.has("Content-Type");
    if (!reply.body.empty() && !has_type)
        reply.fields.add("Content-Type", "application/xml");
    reply.fields.add("Date", header_date(real_time));
    reply.fields.add("Server", "tencent-cos");
    reply.fields.add(request_id_header(request), request_id);
    if (request.method == "HEAD")
        reply.body.clear();
    return reply;
}

} // namespace cosio::inline v0::testing::emulation

#endif

// ---- cosio/testing/emulation/reply_writer.hpp ---------------------------------------------------

// Replies as bytes, as they should be and as faults make them.

#ifndef COSIO_TESTING_EMULATION_REPLY_WRITER_HPP
#define COSIO_TESTING_EMULATION_REPLY_WRITER_HPP

#include <charconv>

namespace cosio::inline v0::testing::emulation {

[[nodiscard]] inline std::string_view reason_of(unsigned status)
{
    switch (status) {
    case 200: return "OK";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 206: return "Partial Content";
    case 301: return "Moved Permanently";
    case 304: return "Not Modified";
    case 400: return "Bad Request";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 409: return "Conflict";
    case 411: return "Length Required";
    case 412: return "Precondition Failed";
    case 416: return "Requested Range Not Satisfiable";
    case 500: return "Internal Server Error";
    case 503: return "Service Unavailable";
    default: return "Status";
    }
}

inline void append_chunk(std::string& out, std::string_view bytes)
{
    std::array<char, 20> digits{};
    auto* const first = digits.data();
    const auto* const end =
        std::to_chars(first, first + digits.size(), bytes.size(), 16).ptr;
    out.append(std::string_view(first, static_cast<std::size_t>(end - first)));
    out.append("\r\n").append(bytes).append("\r\n");
}

/// The whole reply. `stays` tells whether the connection is kept.
[[nodiscard]] inline std::string write_reply(const http_reply& reply, bool stays)
{
    std::string out = "HTTP/1.1 ";
    out.append(std::to_string(reply.status)).append(" ").append(reason_of(reply.status));
    out.append("\r\n");
    for (const auto& [name, value] : reply.fields)
        out.append(name).append(": ").append(value).append("\r\n");
    out.append(stays ? "Connection: keep-alive\r\n" : "Connection: close\r\n");
    if (reply.chunked) {
        out.append("Transfer-Encoding: chunked\r\n\r\n");
        constexpr std::string_view declaration = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
        constexpr std::string_view blanks = "  "; // Keep the connection alive while a copy goes on.
        append_chunk(out, reply.declaration_first ? declaration : blanks);
        append_chunk(out,
            std::string(reply.declaration_first ? blanks : declaration).append(reply.body));
        return out.append("0\r\n\r\n");
    }
    if (reply.status != 204 && reply.status != 304)
        out.append("Content-Length: ")
            .append(std::to_string(reply.announced_length.value_or(reply.body.size())))
            .append("\r\n");
    return out.append("\r\n").append(reply.body);
}

/// Does to a reply what the faults say; those about bytes on the wire come later.
inline void spoil(http_reply& reply, const std::vector<fault>& faults)
{
    for (const auto& each : faults) {
        if (!each.embedded_code.empty()) {
            xml::writer document;
            document.open("Error").element("Code", each.embedded_code);
            document.element("Message", "Injected.").close();
            reply.body = std::move(document).document();
        }
        if (each.breaks_crc64 && reply.fields.has("x-cos-hash-crc64ecma")) {
            reply.fields.erase("x-cos-hash-crc64ecma");
            reply.fields.add("x-cos-hash-crc64ecma", "1");
        }
        if (each.hides_encryption || each.ignores_encryption) {
            std::vector<std::string> hidden;
            for (const auto& [name, value] : reply.fields)
                if (detail::starts_with_ignoring_case(name, sse_header) ||
                    detail::starts_with_ignoring_case(name, s3_sse_header))
                    hidden.push_back(name);
            for (const auto& name : hidden)
                reply.fields.erase(name);
        }
        if (each.reply_bit && !reply.body.empty()) {
            const auto bit = *each.reply_bit % (reply.body.size() * 8);
            reply.body[bit / 8] = static_cast<char>(reply.body[bit / 8] ^ (1 << bit % 8));
        }
    }
}

/// The reply a fault puts in place of the service's own; nothing when none does.
[[nodiscard]] inline std::optional<http_reply> injected_refusal(
    const std::vector<fault>& faults, const http_request& request, time_point now)
{
    for (const auto& each : faults) {
        if (each.status == 0)
            continue;
        const auto request_id = make_request_id(now);
        refusal why;
        why.status = each.status;
        why.code = each.code;
        why.message = "Injected.";
        auto reply = describe_refusal(why, request, each.with_request_id ? request_id : "");
        if (each.with_request_id)
            reply.fields.add(request_id_header(request), request_id);
        else
            reply.fields.erase("x-cos-trace-id");
        if (each.code.empty() || request.method == "HEAD")
            reply.body.clear();
        reply.fields.add("Date", header_date(now));
        return reply;
    }
    return std::nullopt;
}

} // namespace cosio::inline v0::testing::emulation

#endif

// ---- cosio/testing/emulation/server.hpp ---------------------------------------------------------

// Listens, reads requests, has them served and sends the replies, with the faults that strike.

#ifndef COSIO_TESTING_EMULATION_SERVER_HPP
#define COSIO_TESTING_EMULATION_SERVER_HPP

#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/io_context.hpp>

#include <functional>

namespace cosio::inline v0::testing::emulation {

/// Serves on loopback until its `io_context` stops.
class server
{
public:
    /// Answers a request; called on the thread that runs the `io_context`.
    using handler = std::function<http_reply(const http_request&, bool ignores_encryption)>;

    server(asio::io_context& context, const certificates& identity, fault_list& faults,
        handler answer)
        : context_(context), tls_(asio::ssl::context::tls_server), faults_(faults),
          answer_(std::move(answer))
    {
        tls_.use_certificate_chain(asio::buffer(identity.server));
        tls_.use_private_key(asio::buffer(identity.server_key), asio::ssl::context::pem);
    }

    /// Begins to listen at both addresses that `localhost` may stand for; 0 takes any free port.
    /// Returns the port. Throws `std::system_error`; not for IPv6, which a machine may not have.
    std::uint16_t listen(std::uint16_t port, bool secure)
    {
        const auto taken = listen_at(asio::ip::address_v4::loopback(), port, secure);
        try {
            listen_at(asio::ip::address_v6::loopback(), taken, secure);
        } catch (const std::system_error&) {
        }
        return taken;
    }

    [[nodiscard]] const server_counters& counters() const noexcept { return counters_; }

private:
    std::uint16_t listen_at(const asio::ip::address& where, std::uint16_t port, bool secure)
    {
        auto acceptor = std::make_unique<asio::ip::tcp::acceptor>(
            context_, asio::ip::tcp::endpoint(where, port));
        net::keep_from_programs(*acceptor);
        const auto taken = acceptor->local_endpoint().port();
        asio::co_spawn(context_, accept(*acceptor, secure), asio::detached);
        acceptors_.push_back(std::move(acceptor));
        return taken;
    }

    static constexpr std::size_t read_size = 64 * 1024;
    /// Small, so that a fault that cuts a request off finds most of its body unread.
    static constexpr std::size_t head_read_size = 4 * 1024;
    static constexpr std::size_t longest_head = 64 * 1024;

    /// Bytes of one connection, and what faults allow of them.
    struct session
    {
        std::unique_ptr<channel> peer{};
        std::string input{};
        std::size_t received = 0; ///< Of the request being read.
        bool secure = false;
    };

    asio::awaitable<void> accept(asio::ip::tcp::acceptor& acceptor, bool secure)
    {
        for (;;) {
            std::error_code code;
            auto socket =
                co_await acceptor.async_accept(asio::redirect_error(asio::use_awaitable, code));
            if (code)
                co_return;
            net::keep_from_programs(socket);
            std::error_code ignored;
            socket.set_option(asio::ip::tcp::no_delay(true), ignored);
            ++counters_.connections;
            asio::co_spawn(context_, serve_connection(std::move(socket), secure), asio::detached);
        }
    }

    asio::awaitable<void> serve_connection(asio::ip::tcp::socket socket, bool secure)
    {
        session here;
        here.secure = secure;
        if (secure) {
            auto tls = std::make_unique<tls_channel>(std::move(socket), tls_);
            if (!co_await tls->handshake())
                co_return;
            counters_.resumed_sessions += tls->resumed() ? 1U : 0U;
            here.peer = std::move(tls);
        } else {
            here.peer = std::make_unique<plain_channel>(std::move(socket));
        }
        while (co_await serve_request(here)) {
        }
    }

    /// A request begins with the capitals of its method; a TLS handshake, say, does not.
    static bool speaks_something_else(std::string_view input)
    {
        return !input.empty() && !detail::is_upper(input.front());
    }

    /// More input, at most so many bytes; false at the end of the connection.
    static asio::awaitable<bool> receive(session& here, std::size_t most)
    {
        const auto before = here.input.size();
        here.input.resize(before + most);
        const auto count =
            co_await here.peer->read_some(asio::buffer(here.input.data() + before, most));
        here.input.resize(before + count);
        here.received += count;
        co_return count != 0;
    }

    /// Whether the connection goes on.
    asio::awaitable<bool> serve_request(session& here)
    {
        http_request request;
        request.secure = here.secure;
        here.received = here.input.size();
        std::size_t end = here.input.find("\r\n\r\n");
        while (end == std::string::npos && !speaks_something_else(here.input)) {
            if (here.input.size() > longest_head || !co_await receive(here, head_read_size))
                co_return false;
            end = here.input.find("\r\n\r\n");
        }
        ++counters_.requests;
        std::optional<refusal> malformed;
        body_framing framing;
        try {
            framing = read_head(
                std::string_view(here.input).substr(0, std::min(end, here.input.size()) + 2),
                request);
        } catch (const refusal& why) {
            malformed = why;
        }
        if (malformed) {
            const auto bytes = write_reply(
                describe_refusal(*malformed, request, make_request_id(now())), false);
            co_await here.peer->write(bytes);
            co_await here.peer->finish();
            co_return false;
        }
        here.input.erase(0, end + 4);

        const auto faults = faults_.striking(request.method, request.target);
        const bool early =
            std::ranges::any_of(faults, [](const fault& each) { return each.early; });
        if (!early) {
            if (framing.expects_continue &&
                !co_await here.peer->write("HTTP/1.1 100 Continue\r\n\r\n"))
                co_return false;
            if (!co_await receive_body(here, request, framing, faults))
                co_return false;
        }
        const bool goes_on = co_await answer(here, request, faults, early);
        co_return goes_on;
    }

    /// Reads the body; false when the connection, or a fault, ends it first.
    static asio::awaitable<bool> receive_body(session& here, http_request& request,
        const body_framing& framing, const std::vector<fault>& faults)
    {
        const auto cut = std::ranges::find_if(
            faults, [](const fault& each) { return each.request_limit.has_value(); });
        for (;;) {
            auto most = read_size;
            if (cut != faults.end()) {
                if (here.received >= *cut->request_limit) {
                    if (cut->resets)
                        here.peer->reset();
                    else
                        co_await here.peer->finish();
                    co_return false;
                }
                most = std::min(most, *cut->request_limit - here.received);
            }
            if (framing.chunked ? take_chunks(here.input, request.body)
                                : here.input.size() >= framing.length)
                break;
            if (!co_await receive(here, most))
                co_return false;
        }
        if (!framing.chunked) {
            request.body = here.input.substr(0, framing.length);
            here.input.erase(0, framing.length);
        }
        for (const auto& each : faults)
            if (each.request_bit && !request.body.empty()) {
                const auto bit = *each.request_bit % (request.body.size() * 8);
                request.body[bit / 8] = static_cast<char>(request.body[bit / 8] ^ (1 << bit % 8));
            }
        co_return true;
    }

    asio::awaitable<bool> answer(session& here, const http_request& request,
        const std::vector<fault>& faults, bool early)
    {
        const bool in_the_clear = std::ranges::any_of(
            faults, [](const fault& each) { return each.ignores_encryption; });
        auto reply = injected_refusal(faults, request, now());
        if (!reply) {
            reply = answer_(request, in_the_clear);
            spoil(*reply, faults);
        }
        const bool stays = request.keep_alive && !early;
        std::string bytes = write_reply(*reply, stays);
        std::size_t limit = bytes.size();
        std::size_t at_once = 0;
        std::size_t piece = bytes.size();
        std::chrono::milliseconds pause(0);
        bool cut = false;
        bool resets = false;
        for (const auto& each : faults) {
            if (each.raw) {
                bytes = *each.raw;
                limit = piece = bytes.size();
                cut = true;
            }
            if (each.reply_limit) {
                limit = std::min(*each.reply_limit, bytes.size());
                resets = each.resets;
                cut = true;
            }
            if (each.piece != 0) {
                at_once = each.at_once;
                piece = each.piece;
                pause = each.pause;
            }
            co_await sleep(each.wait);
        }
        auto rest = std::string_view(bytes).substr(0, limit);
        while (!rest.empty()) {
            const auto next = rest.substr(0, std::max(std::exchange(at_once, 0), piece));
            if (!co_await here.peer->write(next))
                co_return false;
            rest.remove_prefix(next.size());
            co_await sleep(pause);
        }
        if (stays && !cut)
            co_return true;
        if (resets)
            here.peer->reset();
        else
            co_await here.peer->finish();
        co_return false;
    }

    asio::awaitable<void> sleep(std::chrono::milliseconds time)
    {
        if (time.count() == 0)
            co_return;
        std::error_code ignored;
        asio::steady_timer timer(context_, time);
        co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }

    static time_point now()
    {
        return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
    }

    asio::io_context& context_;
    asio::ssl::context tls_;
    fault_list& faults_;
    handler answer_;
    server_counters counters_{};
    std::vector<std::unique_ptr<asio::ip::tcp::acceptor>> acceptors_{};
};

} // namespace cosio::inline v0::testing::emulation

#endif

// ---- cosio/testing/emulation/running_emulator.hpp -----------------------------------------------

// What is behind an emulator: its state, its server, its thread.

#ifndef COSIO_TESTING_EMULATION_RUNNING_EMULATOR_HPP
#define COSIO_TESTING_EMULATION_RUNNING_EMULATOR_HPP

#include <deque>
#include <thread>

namespace cosio::inline v0::testing {

namespace emulation {

/// The members of `emulator`, see there.
class running_emulator
{
public:
    explicit running_emulator(emulator_options options)
        : options_(std::move(options)), identity_(make_certificates(dns_names())),
          server_(context_, identity_, faults_,
              [this](const http_request& request, bool ignores_encryption) {
                  return serve(request, ignores_encryption);
              })
    {
        prepare_service();
        https_port_ = server_.listen(options_.https_port, true);
        http_port_ = server_.listen(options_.http_port, false);
        thread_ = std::thread([this] { context_.run(); });
    }

    running_emulator(const running_emulator&) = delete;
    running_emulator& operator=(const running_emulator&) = delete;

    ~running_emulator()
    {
        context_.stop();
        thread_.join();
    }

    [[nodiscard]] config client_config(scheme how = scheme::https) const
    {
        config out;
        out.region = options_.region;
        out.credentials =
            credentials(options_.secret_id, options_.secret_key, options_.session_token);
        out.scheme = how;
        out.connect_to = how == scheme::https ? https_endpoint() : http_endpoint();
        out.tls.ca_pem = identity_.ca;
        return out;
    }

    [[nodiscard]] std::string bucket() const { return options_.buckets.at(0); }
    [[nodiscard]] const emulator_options& options() const noexcept { return options_; }
    [[nodiscard]] std::string https_endpoint() const { return endpoint(https_port_); }
    [[nodiscard]] std::string http_endpoint() const { return endpoint(http_port_); }
    [[nodiscard]] const std::string& ca_pem() const noexcept { return identity_.ca; }

    void inject(fault what) { faults_.add(std::move(what)); }
    void clear_faults() { faults_.clear(); }

    void advance_clock(std::chrono::milliseconds by)
    {
        const std::lock_guard lock(mutex_);
        state_.clock_offset += by;
    }

    [[nodiscard]] std::optional<bytes_at_rest> at_rest(
        const std::string& bucket_name, const std::string& key) const
    {
        const std::lock_guard lock(mutex_);
        const auto bucket = state_.buckets.find(bucket_name);
        if (bucket == state_.buckets.end())
            return std::nullopt;
        const auto found = bucket->second.objects.find(key);
        if (found == bucket->second.objects.end() || found->second.empty())
            return std::nullopt;
        const auto& object = found->second.back();
        bytes_at_rest out;
        for (const auto& piece : object.pieces)
            out.bytes.append(piece.stored);
        out.mode = mode_of(object.encryption.mode);
        out.kms_key_id = object.encryption.kms_key_id;
        out.kms_context = object.encryption.kms_context;
        return out;
    }

    void set_versioning(const std::string& bucket_name, bool enabled)
    {
        const std::lock_guard lock(mutex_);
        state_.buckets[bucket_name].versioning = enabled;
        state_.changes.buckets = true;
    }

    void disable_kms_key(const std::string& id)
    {
        const std::lock_guard lock(mutex_);
        state_.vault.disable_kms_key(id);
    }

    [[nodiscard]] std::vector<recorded_request> requests() const
    {
        const std::lock_guard lock(mutex_);
        return {requests_.begin(), requests_.end()};
    }

    [[nodiscard]] const server_counters& counters() const noexcept
    {
        return server_.counters();
    }

private:
    static std::string endpoint(std::uint16_t port)
    {
        return "127.0.0.1:" + std::to_string(port);
    }

    static encryption_mode mode_of(sse_mode mode)
    {
        switch (mode) {
        case sse_mode::cos_managed: return encryption_mode::cos_managed;
        case sse_mode::kms: return encryption_mode::kms;
        case sse_mode::customer: return encryption_mode::customer;
        case sse_mode::none: break;
        }
        return encryption_mode::none;
    }

    [[nodiscard]] std::vector<std::string> dns_names() const
    {
        std::vector<std::string> names{"localhost", "*.localhost", "IP:127.0.0.1", "IP:::1"};
        for (const char* const domain : {".myqcloud.com", ".tencentcos.cn"})
            names.push_back(std::string("service.cos").append(domain));
        std::set<std::string> regions{options_.region};
        for (const auto& [bucket, region] : options_.buckets_elsewhere)
            regions.insert(region);
        for (const auto& region : regions)
            for (const auto& host : {"cos." + region + ".myqcloud.com",
                     "cos." + region + ".tencentcos.cn", "s3." + region + ".amazonaws.com"}) {
                names.push_back(host);
                names.push_back("*." + host);
            }
        for (const auto& host : options_.hosts) {
            names.push_back(host);
            names.push_back("*." + host);
        }
        return names;
    }

    void prepare_service()
    {
        auto& service = state_.options;
        service.region = options_.region;
        service.buckets_elsewhere = options_.buckets_elsewhere;
        service.who = {options_.secret_id, options_.secret_key, options_.session_token};
        service.hosts = options_.hosts;
        service.https_only_customer_keys = options_.https_only_customer_keys;
        service.wrong_key_status = options_.wrong_key_status;
        service.minimum_part_size = options_.minimum_part_size;
        service.restore_duration = options_.restore_duration;
        for (const auto& id : options_.kms_keys)
            state_.vault.add_kms_key(id);
        if (!options_.directory.empty())
            directory_.emplace(options_.directory).load(state_);
        for (const auto& name : options_.buckets)
            if (!state_.buckets.contains(name)) {
                state_.buckets[name].created = now();
                state_.changes.buckets = true;
            }
        if (directory_)
            directory_->save(state_);
    }

    static time_point now()
    {
        return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
    }

    http_reply serve(const http_request& request, bool ignores_encryption)
    {
        const std::lock_guard lock(mutex_);
        auto reply = emulation::serve(state_, request, now(), ignores_encryption);
        if (directory_)
            directory_->save(state_);
        record(request, reply.status);
        return reply;
    }

    void record(const http_request& request, unsigned status)
    {
        constexpr std::size_t most = 1000;
        auto& one = requests_.emplace_back();
        one.method = request.method;
        one.host = request.fields.get("Host");
        one.target = request.target;
        one.fields.assign(request.fields.begin(), request.fields.end());
        one.secure = request.secure;
        one.status = status;
        if (requests_.size() > most)
            requests_.pop_front();
    }

    const emulator_options options_;
    mutable std::mutex mutex_{};
    service_state state_{};
    std::optional<emulation::directory> directory_{};
    std::deque<recorded_request> requests_{};
    fault_list faults_{};
    certificates identity_;
    asio::io_context context_{1};
    server server_;
    std::uint16_t https_port_ = 0;
    std::uint16_t http_port_ = 0;
    std::thread thread_{};
};

} // namespace emulation

// What emulator.hpp declares.

COSIO_DECLARED emulator::emulator(emulator_options options)
    : running_(std::make_unique<emulation::running_emulator>(std::move(options)))
{}

COSIO_DECLARED emulator::~emulator() = default;

COSIO_DECLARED config emulator::client_config(scheme how) const
{
    return running_->client_config(how);
}

COSIO_DECLARED std::string emulator::bucket() const { return running_->bucket(); }

COSIO_DECLARED const emulator_options& emulator::options() const noexcept
{
    return running_->options();
}

COSIO_DECLARED std::string emulator::https_endpoint() const { return running_->https_endpoint(); }

COSIO_DECLARED std::string emulator::http_endpoint() const { return running_->http_endpoint(); }

COSIO_DECLARED const std::string& emulator::ca_pem() const noexcept { return running_->ca_pem(); }

COSIO_DECLARED void emulator::inject(fault what) { running_->inject(std::move(what)); }

COSIO_DECLARED void emulator::clear_faults() { running_->clear_faults(); }

COSIO_DECLARED void emulator::advance_clock(std::chrono::milliseconds by)
{
    running_->advance_clock(by);
}

COSIO_DECLARED std::optional<bytes_at_rest> emulator::at_rest(
    const std::string& bucket_name, const std::string& key) const
{
    return running_->at_rest(bucket_name, key);
}

COSIO_DECLARED void emulator::set_versioning(const std::string& bucket_name, bool enabled)
{
    running_->set_versioning(bucket_name, enabled);
}

COSIO_DECLARED void emulator::disable_kms_key(const std::string& id)
{
    running_->disable_kms_key(id);
}

COSIO_DECLARED std::vector<recorded_request> emulator::requests() const
{
    return running_->requests();
}

COSIO_DECLARED const emulation::server_counters& emulator::counters() const noexcept
{
    return running_->counters();
}

} // namespace cosio::inline v0::testing

#endif

#endif

#endif
