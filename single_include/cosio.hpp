// cosio 0.1.0: coroutine client for Tencent Cloud COS, in one header
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

#ifndef COSIO_SINGLE_HEADER_HPP
#define COSIO_SINGLE_HEADER_HPP

// ---- cosio/detail/asio.hpp ----------------------------------------------------------------------

// Included before any header of Asio: checks the version, and that coroutines are seen.

#ifndef COSIO_DETAIL_ASIO_HPP
#define COSIO_DETAIL_ASIO_HPP

#include <asio/version.hpp>

#include <version> // Tells the standard library from its macros.

#if ASIO_VERSION < 102201
#error "cosio needs standalone Asio 1.22.1 or newer"
#endif

// Before 1.26 Asio does not see the coroutines of clang with libstdc++. The CMake target defines
// these for all of Asio; a single header can only do so when Asio's own configuration has not been
// read yet.
#if ASIO_VERSION < 102600 && defined(__clang__) && defined(__GLIBCXX__) && \
    !defined(ASIO_HAS_CO_AWAIT)
#if defined(ASIO_DETAIL_CONFIG_HPP)
#error "define ASIO_HAS_CO_AWAIT=1 and ASIO_HAS_STD_COROUTINE=1 for the whole program, or include \
cosio before Asio: this Asio does not see that clang has coroutines"
#else
#define ASIO_HAS_CO_AWAIT 1
#define ASIO_HAS_STD_COROUTINE 1
#define ASIO_HAS_STD_INVOKE_RESULT 1
#endif
#endif

#endif

// ---- cosio/detail/separate.hpp ------------------------------------------------------------------

// What a translation unit sees of the library, see separate_compilation.hpp.

#ifndef COSIO_DETAIL_SEPARATE_HPP
#define COSIO_DETAIL_SEPARATE_HPP

// Whether the functions that public headers only declare are defined in this translation unit.
#if !defined(COSIO_SEPARATE_COMPILATION) || defined(COSIO_SOURCE)
#define COSIO_DEFINITIONS
#endif

// Stands before such a function. Compiled once, it must not be inline: nobody would emit it.
#if defined(COSIO_SEPARATE_COMPILATION)
#define COSIO_DECLARED
#else
#define COSIO_DECLARED inline
#endif

#endif

// ---- cosio/block_on.hpp -------------------------------------------------------------------------

// Runs a coroutine in a program that has no execution context of its own.

#ifndef COSIO_BLOCK_ON_HPP
#define COSIO_BLOCK_ON_HPP

#include <asio/awaitable.hpp>

#include <concepts>
#include <optional>
#include <utility>

namespace cosio::inline v0 {

namespace detail {

/// An object, so that no call of a function that happens to have its name finds it by the
/// namespace of an argument.
class block_on_function
{
public:
    COSIO_DECLARED void operator()(asio::awaitable<void> work) const;

    template <std::move_constructible T>
    T operator()(asio::awaitable<T> work) const
    {
        std::optional<T> value;
        (*this)(keep_value(std::move(work), value));
        return *std::move(value);
    }

private:
    template <class T>
    static asio::awaitable<void> keep_value(asio::awaitable<T> work, std::optional<T>& value)
    {
        value.emplace(co_await std::move(work));
    }
};

} // namespace detail

/// Runs a coroutine, and whatever it starts on its executor, to the end, and gives what it
/// returned: `cosio::block_on(backup())`.
///
/// On the calling thread and on an `io_context` of its own, which `asio::this_coro::executor` names
/// within the coroutine. Clients are to be made there, and to end there with all they have given:
/// one of another context would wait for that. Throws what the coroutine throws, or any handler on
/// its executor, without waiting for the rest then; and `cosio::exception` of `errc::cancelled`
/// when its executor was stopped before it was done. A server runs the context it has instead.
inline constexpr detail::block_on_function block_on{};

} // namespace cosio::inline v0

#endif

// ---- cosio/crypto/secret.hpp --------------------------------------------------------------------

// Storage that is wiped before it is given back.

#ifndef COSIO_CRYPTO_SECRET_HPP
#define COSIO_CRYPTO_SECRET_HPP

#include <openssl/crypto.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>

namespace cosio::inline v0::crypto {

/// Compares without a branch on the contents; the lengths are not secret.
[[nodiscard]] inline bool equal_in_constant_time(
    std::span<const std::byte> left, std::span<const std::byte> right) noexcept
{
    return left.size() == right.size() &&
        CRYPTO_memcmp(left.data(), right.data(), left.size()) == 0;
}

/// Overwrites a secret with zeros, which no optimisation leaves out.
inline void wipe(void* memory, std::size_t size) noexcept
{
#if defined(__GNUC__)
    // By whole vectors, where OPENSSL_cleanse goes by eight bytes; the compiler has to believe that
    // somebody reads the zeros.
    std::memset(memory, 0, size);
    __asm__ volatile("" : : "r"(memory) : "memory");
#else
    OPENSSL_cleanse(memory, size);
#endif
}

/// A growing buffer of text that may hold secrets: a request head, a base64 form of a key. Wiped
/// when it goes, shrinks, or moves to more memory.
///
/// Not a `std::string`, whose small buffer inside the object would escape the wiping.
class secret_buffer
{
public:
    secret_buffer() = default;
    explicit secret_buffer(std::string_view text) { append(text); }

    secret_buffer(const secret_buffer& other) : secret_buffer(other.view()) {}
    secret_buffer(secret_buffer&& other) noexcept
        : room_(std::move(other.room_)), capacity_(std::exchange(other.capacity_, 0)),
          size_(std::exchange(other.size_, 0))
    {}
    secret_buffer& operator=(const secret_buffer& other)
    {
        if (this == &other)
            return *this;
        clear();
        return append(other.view());
    }
    secret_buffer& operator=(secret_buffer&& other) noexcept
    {
        if (this == &other)
            return *this;
        clear();
        room_ = std::move(other.room_);
        capacity_ = std::exchange(other.capacity_, 0);
        size_ = std::exchange(other.size_, 0);
        return *this;
    }
    ~secret_buffer() { clear(); }

    /// Valid until the next non-const call.
    [[nodiscard]] std::string_view view() const noexcept { return {room_.get(), size_}; }
    [[nodiscard]] char* data() noexcept { return room_.get(); }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }

    void reserve(std::size_t capacity)
    {
        if (capacity > capacity_)
            move_to(capacity);
    }
    /// What is added are zeros.
    void resize(std::size_t size)
    {
        make_room(size);
        if (size > size_)
            std::memset(room_.get() + size_, 0, size - size_);
        else if (size < size_)
            wipe(room_.get() + size, size_ - size);
        size_ = size;
    }
    /// One text behind the other.
    template <std::convertible_to<std::string_view>... More>
    secret_buffer& append(std::string_view first, const More&... more)
    {
        make_room(size_ + (first.size() + ... + std::string_view(more).size()));
        const auto put = [this](std::string_view text) {
            if (!text.empty())
                std::memcpy(room_.get() + size_, text.data(), text.size());
            size_ += text.size();
        };
        put(first);
        (put(more), ...);
        return *this;
    }
    void push_back(char character) { append({&character, 1}); }
    /// Lets `write(char* from)` write up to `at_most` characters and return where they end. It
    /// must not touch what lies behind.
    template <class Write>
    void append_written(std::size_t at_most, Write&& write)
    {
        make_room(size_ + at_most);
        size_ = static_cast<std::size_t>(write(room_.get() + size_) - room_.get());
    }

    /// Wipes the contents and keeps the memory.
    void clear() noexcept
    {
        if (size_ != 0)
            wipe(room_.get(), size_);
        size_ = 0;
    }

    /// Secrets have no text form.
    template <class Stream>
    friend Stream& operator<<(Stream& stream, const secret_buffer& a_secret_is_never_printed)
        = delete;

private:
    /// A request head mostly fits: growing means copying and wiping.
    static constexpr std::size_t first_capacity = 512;

    void make_room(std::size_t size)
    {
        if (size > capacity_)
            grow(size);
    }

    /// Kept out of line, so that what mostly happens is short enough to be inlined.
    [[gnu::noinline]] void grow(std::size_t size)
    {
        move_to(std::max({size, 2 * capacity_, first_capacity}));
    }

    void move_to(std::size_t capacity)
    {
        auto more = std::make_unique_for_overwrite<char[]>(capacity);
        if (size_ != 0) {
            std::memcpy(more.get(), room_.get(), size_);
            wipe(room_.get(), size_);
        }
        room_ = std::move(more);
        capacity_ = capacity;
    }

    std::unique_ptr<char[]> room_{}; // Beyond `size_` it never holds anything that was appended.
    std::size_t capacity_ = 0;
    std::size_t size_ = 0;
};

/// A fixed number of secret bytes inside the object, wiped when it goes.
template <std::size_t Size>
class secret_bytes
{
public:
    secret_bytes() = default;
    secret_bytes(const secret_bytes&) = default;
    secret_bytes& operator=(const secret_bytes&) = default;
    ~secret_bytes() { wipe(bytes_.data(), bytes_.size()); }

    [[nodiscard]] std::span<const std::byte, Size> view() const noexcept { return bytes_; }
    [[nodiscard]] std::span<std::byte, Size> writable() noexcept { return bytes_; }

    /// In constant time.
    friend bool operator==(const secret_bytes& left, const secret_bytes& right) noexcept
    {
        return equal_in_constant_time(left.bytes_, right.bytes_);
    }

    /// Secrets have no text form.
    template <class Stream>
    friend Stream& operator<<(Stream& stream, const secret_bytes& a_secret_is_never_printed)
        = delete;

private:
    std::array<std::byte, Size> bytes_{};
};

} // namespace cosio::inline v0::crypto

#endif

// ---- cosio/service_errc.hpp ---------------------------------------------------------------------

// What the service answers when it refuses: the `<Code>` of an error document, as an enumeration.

#ifndef COSIO_SERVICE_ERRC_HPP
#define COSIO_SERVICE_ERRC_HPP

#include <system_error>
#include <type_traits>

namespace cosio::inline v0 {

/// Error codes of the COS XML API (source: "Error Codes" in the COS documentation) and of S3, where
/// it has words of its own for the same thing or things of its own.
///
/// `error::service_code` always keeps the text itself; a code that is not listed here is `unknown`.
/// The last group stands for replies that have a status and no document: HEAD, 304, proxies.
enum class service_errc {
    unknown = 1,

    access_denied,
    access_forbidden,
    append_position_err,
    authorization_malformed,
    bad_digest,
    bucket_already_exists,
    bucket_already_owned_by_you,
    bucket_locked,
    bucket_name_too_long,
    bucket_not_empty,
    bucket_version_not_open,
    domain_audit_failed,
    entity_size_not_match,
    entity_too_large,
    entity_too_small,
    expired_token,
    incomplete_body,
    internal_error,
    invalid_access_key_id,
    invalid_argument,
    invalid_bucket_name,
    invalid_bucket_state,
    invalid_copy_source,
    invalid_delimiter,
    invalid_digest,
    invalid_encryption_algorithm,
    invalid_object_name,
    invalid_object_state,
    invalid_part,
    invalid_part_order,
    invalid_range,
    invalid_region_name,
    invalid_request,
    invalid_tag,
    invalid_token,
    invalid_upload_status,
    invalid_uri,
    key_too_long,
    kms_exception,
    kms_freq_control,
    kms_internal_exception,
    kms_key_disabled,
    kms_key_not_exist,
    malformed_xml,
    method_not_allowed,
    missing_content_length,
    missing_request_body_error,
    no_such_bucket,
    no_such_copy_source,
    no_such_encryption_configuration,
    no_such_key,
    no_such_tag_set,
    no_such_upload,
    no_such_version,
    not_implemented,
    not_supported_storage_class,
    object_locked,
    path_conflict,
    payment_required,
    permanent_redirect,
    precondition_failed,
    quota_exceeded,
    request_has_expired,
    request_time_too_skewed,
    request_timeout,
    restore_already_in_progress,
    restore_non_archive_object,
    service_unavailable,
    signature_does_not_match,
    slow_down,
    sse_content_not_supported,
    sse_header_not_allowed,
    ssec_decrypt_header_invalid,
    temporary_redirect,
    too_many_buckets,
    unavailable_for_legal_reasons,
    unexpected_content,
    upload_conflict,
    user_network_too_slow,
    xml_size_limit,

    /// The reply names the region of the bucket, which is another than the request went to, and no
    /// code, or that of a signature for the wrong region: see `error::region`.
    wrong_region,

    not_modified,     ///< 304.
    bad_request,      ///< 400 without a document, as HEAD answers.
    forbidden,        ///< 403 without a document.
    not_found,        ///< 404 without a document.
    too_many_requests, ///< 429.
    client_error,     ///< Any other 4xx without a document.
    server_error,     ///< Any 5xx without a document.
    unexpected_status ///< A status no reply to this operation should have, such as a redirect.
};

/// The enumerator of a `<Code>`, or `unknown`.
[[nodiscard]] COSIO_DECLARED service_errc service_errc_from_code(std::string_view code) noexcept;

/// The enumerator for a reply that has a status and no error document.
[[nodiscard]] COSIO_DECLARED service_errc service_errc_from_status(unsigned status) noexcept;

/// The category of `service_errc`.
[[nodiscard]] COSIO_DECLARED const std::error_category& service_category() noexcept;

/// Found by argument-dependent lookup, so that `std::error_code code = service_errc::no_such_key;`.
[[nodiscard]] inline std::error_code make_error_code(service_errc code) noexcept
{
    return {static_cast<int>(code), service_category()};
}

} // namespace cosio::inline v0

template <>
struct std::is_error_code_enum<cosio::service_errc> : std::true_type
{};

#endif

// ---- cosio/errc.hpp -----------------------------------------------------------------------------

// What the client itself finds wrong, and the groups that callers branch on.

#ifndef COSIO_ERRC_HPP
#define COSIO_ERRC_HPP

namespace cosio::inline v0 {

/// Errors found by the client.
enum class errc {
    // Refused before anything is sent; `error::field` names the field, `error::message` the rule.
    invalid_configuration = 1, ///< Region, endpoint, CA file or another member of `config`.
    missing_credentials,       ///< No secret id or no secret key.
    invalid_credentials,       ///< Credentials with bytes that cannot be sent.
    invalid_bucket,            ///< Not `<name>-<appid>` of lower-case letters, digits, hyphens.
    invalid_key,               ///< Empty, over 850 bytes, control bytes, foldable dot segments.
    invalid_header,            ///< A header, metadata or parameter value that cannot be sent.
    invalid_customer_key,      ///< Not 32 bytes, or not what its form allows.
    customer_key_md5_mismatch, ///< The MD5 given is not that of the key given.
    invalid_encryption_context, ///< Not a JSON object of string pairs.
    sse_requires_tls,          ///< A customer key over http, or over TLS that is not verified.
    token_requires_tls,        ///< A session token over http.
    invalid_part_number,       ///< Outside 1 to 10000.
    invalid_range,             ///< Empty or reversed.
    invalid_restore,           ///< Days or tier out of range.
    invalid_argument,          ///< Any other member of a request.
    invalid_checkpoint,        ///< Not a checkpoint, damaged, or of another version.
    checkpoint_mismatch,       ///< The checkpoint is of another transfer; the message says why.
    unsafe_key,                ///< As a path, the key would not stay in its directory.
    body_size_mismatch,        ///< A body source gave fewer or more bytes than it said.
    body_source_failed,        ///< A body source reported an error of its own.
    destination_too_small,     ///< The object is longer than the buffer or limit given for it.

    // Something changed under a transfer.
    file_changed,              ///< The file was written to while it was uploaded.
    object_changed,            ///< Another object has the name than the one that was begun with.

    // The reply does not prove what was asked for.
    encryption_not_applied,    ///< The reply does not confirm the encryption asked for.
    checksum_mismatch,         ///< CRC64 of the bytes and of the reply differ.

    // The connection.
    connection_closed,         ///< Closed before the reply was complete.
    truncated_body,            ///< The body ended before its length, or its end cannot be proved.
    malformed_response,        ///< The reply breaks HTTP or is not the document it should be.
    response_too_large,        ///< Head or document over its limit.
    tls_failed,                ///< The TLS handshake or session failed.
    tls_certificate_rejected,  ///< The peer's certificate or name was not accepted.
    resolve_failed,            ///< The host name has no usable address.

    // A limit of time, see `timeout_settings`.
    credentials_timeout,       ///< A provider of credentials took too long.
    pool_timeout,              ///< All connections allowed were in use for too long.
    resolve_timeout,           ///< The resolver took too long.
    connect_timeout,           ///< TCP took too long.
    tls_timeout,               ///< The TLS handshake took too long.
    first_byte_timeout,        ///< The service took too long to begin its reply.
    stalled,                   ///< No byte moved for too long.
    total_timeout,             ///< The operation as a whole took too long.

    credentials_unavailable,   ///< A provider of credentials failed, and there are no older ones.
    cancelled,                 ///< By the caller. See `error::may_have_executed()`.
    out_of_memory,
    other_process,             ///< Of a process before `fork()`; see "Processes" at `basic_client`.
    crypto_unavailable,        ///< OpenSSL does not offer an algorithm that COS needs.
};

/// Groups of errors, whoever found them: `if (reply.error().code == cosio::condition::not_found)`.
enum class condition {
    invalid_request = 1, ///< Refused here or there; sending it again cannot help.
    not_found,           ///< Bucket, key, version, upload or configuration absent.
    precondition_failed, ///< 412.
    not_modified,        ///< 304.
    access_denied,       ///< Identity, signature or permission.
    throttled,           ///< Asked to slow down.
    conflict,            ///< 409.
    archived,            ///< Restore the object first.
    encryption,          ///< Key, mode or KMS.
    integrity,           ///< The bytes, or the proof of them, are not right.
    connection,          ///< Resolve, connect, TLS, reset, closed, or too slow.
    timeout,             ///< A limit of time.
    transient,           ///< May succeed later as it is; what retries are made for.
    cancelled,
    server_error,        ///< 5xx.
    wrong_region,        ///< The bucket is reached elsewhere, see `error::region` and the message.
};

/// The category of `errc`.
[[nodiscard]] COSIO_DECLARED const std::error_category& client_category() noexcept;

[[nodiscard]] inline std::error_code make_error_code(errc code) noexcept
{
    return {static_cast<int>(code), client_category()};
}

/// The category of `condition`.
[[nodiscard]] COSIO_DECLARED const std::error_category& condition_category() noexcept;

[[nodiscard]] inline std::error_condition make_error_condition(condition group) noexcept
{
    return {static_cast<int>(group), condition_category()};
}

} // namespace cosio::inline v0

template <>
struct std::is_error_code_enum<cosio::errc> : std::true_type
{};

template <>
struct std::is_error_condition_enum<cosio::condition> : std::true_type
{};

#endif

// ---- cosio/error.hpp ----------------------------------------------------------------------------

// Everything known about a failed operation, as a value and as an exception.

#ifndef COSIO_ERROR_HPP
#define COSIO_ERROR_HPP

#include <string>

namespace cosio::inline v0 {

/// Why an operation failed.
///
/// Holds no secret: neither keys, tokens, signatures nor header values find their way into it.
class error
{
public:
    error() = default;

    /// An error found by the client. `text` completes what the code says; `part` names the member
    /// of the request it is about.
    COSIO_DECLARED explicit error(
        std::error_code what, std::string text = {}, std::string_view part = {});

    COSIO_DECLARED explicit error(errc what, std::string text = {}, std::string_view part = {});

    COSIO_DECLARED error(const error&);
    COSIO_DECLARED error(error&&) noexcept;
    COSIO_DECLARED error& operator=(const error&);
    COSIO_DECLARED error& operator=(error&&) noexcept;
    COSIO_DECLARED ~error();

    /// `errc`, `service_errc`, or a code of Asio or the operating system.
    std::error_code code{};
    /// The member of the request that was refused, such as `key`; empty otherwise.
    std::string field{};
    /// The rule that was broken, or the service's `<Message>`.
    std::string message{};
    /// 0 when no reply was received. 200 is possible: a copy reports failures inside a 200.
    unsigned http_status = 0;
    /// The service's `<Code>`, as sent.
    std::string service_code{};
    /// The service's `<Resource>`: host and path.
    std::string resource{};
    /// `x-cos-request-id`; quote it to the service's support.
    std::string request_id{};
    /// `x-cos-trace-id`.
    std::string trace_id{};
    /// The region of the bucket, where the reply says that it is another than the one asked. Of a
    /// copy whose reply may mean its source instead, the message names it and this is empty.
    std::string region{};
    /// Attempts made; 0 when the request was refused before anything was sent.
    unsigned attempts = 0;
    /// Whether any byte of the request was handed to the operating system.
    bool request_was_sent = false;
    /// An attempt before the last may have been carried out.
    bool earlier_attempt_may_have_executed = false;

    /// Whether the service may have carried the request out although this error is reported.
    ///
    /// True when bytes were sent and no reply came that says otherwise.
    [[nodiscard]] bool may_have_executed() const noexcept
    {
        return earlier_attempt_may_have_executed ||
            (request_was_sent && (http_status == 0 || http_status < 300 || http_status >= 500));
    }

    /// Puts `what` before the message: what it is about.
    COSIO_DECLARED void explain(std::string_view what);

    /// One line for people: field, text, code, status, request id.
    [[nodiscard]] COSIO_DECLARED std::string describe() const;
};

/// Thrown by `result<T>::value()` on a failed result; carries the whole `error`.
class exception : public std::system_error
{
public:
    COSIO_DECLARED explicit exception(error what);

    /// Valid as long as any copy of this exception.
    [[nodiscard]] const error& details() const noexcept { return *details_; }

private:
    std::shared_ptr<const error> details_; // Shared, so that copying cannot throw.
};

namespace detail {

[[noreturn]] COSIO_DECLARED void throw_exception(const error& what);

} // namespace detail

} // namespace cosio::inline v0

#endif

// ---- cosio/result.hpp ---------------------------------------------------------------------------

// A value or the error that took its place.

#ifndef COSIO_RESULT_HPP
#define COSIO_RESULT_HPP

namespace cosio::inline v0 {

/// What every operation yields: a `T`, or a `cosio::error`.
///
/// The interface is a subset of `std::expected<T, cosio::error>`, with one difference: an `error`
/// converts to it directly. `operator*` and `operator->` require a value, `error()` requires none.
template <class T>
class [[nodiscard]] result
{
    static_assert(!std::is_reference_v<T> && !std::same_as<std::remove_cv_t<T>, cosio::error>);

public:
    using value_type = T;
    using error_type = cosio::error;

    result() noexcept(std::is_nothrow_default_constructible_v<T>)
        requires std::default_initializable<T>
        : value_(), has_value_(true)
    {}

    template <class U = T>
        requires(std::constructible_from<T, U &&> &&
            !std::same_as<std::remove_cvref_t<U>, result> &&
            !std::same_as<std::remove_cvref_t<U>, cosio::error>)
    explicit(!std::convertible_to<U&&, T>) result(U&& value)
        : value_(std::forward<U>(value)), has_value_(true)
    {}

    result(cosio::error problem) noexcept : error_(std::move(problem)), has_value_(false) {}

    result(const result& other) requires std::copy_constructible<T>
    {
        construct(other);
    }
    result(result&& other) noexcept(std::is_nothrow_move_constructible_v<T>)
    {
        construct(std::move(other));
    }
    result& operator=(const result& other) requires std::copy_constructible<T>
    {
        return *this = result(other);
    }
    result& operator=(result&& other) noexcept(std::is_nothrow_move_constructible_v<T>)
    {
        if (this == &other)
            return *this;
        destroy();
        if constexpr (std::is_nothrow_move_constructible_v<T>) {
            construct(std::move(other));
        } else {
            try {
                construct(std::move(other));
            } catch (...) {
                std::construct_at(&error_);
                has_value_ = false;
                throw;
            }
        }
        return *this;
    }
    ~result() { destroy(); }

    [[nodiscard]] bool has_value() const noexcept { return has_value_; }
    [[nodiscard]] explicit operator bool() const noexcept { return has_value(); }

    /// The value; throws `cosio::exception` when there is none.
    [[nodiscard]] T& value() &
    {
        require_value();
        return **this;
    }
    [[nodiscard]] const T& value() const&
    {
        require_value();
        return **this;
    }
    [[nodiscard]] T&& value() &&
    {
        require_value();
        return std::move(**this);
    }

    [[nodiscard]] T& operator*() & noexcept { return value_; }
    [[nodiscard]] const T& operator*() const& noexcept { return value_; }
    [[nodiscard]] T&& operator*() && noexcept { return std::move(value_); }
    [[nodiscard]] T* operator->() noexcept { return std::addressof(value_); }
    [[nodiscard]] const T* operator->() const noexcept { return std::addressof(value_); }

    [[nodiscard]] cosio::error& error() & noexcept { return error_; }
    [[nodiscard]] const cosio::error& error() const& noexcept { return error_; }
    [[nodiscard]] cosio::error&& error() && noexcept
    {
        return std::move(error_);
    }

    template <class U>
    [[nodiscard]] T value_or(U&& otherwise) const&
    {
        return has_value() ? **this : static_cast<T>(std::forward<U>(otherwise));
    }
    template <class U>
    [[nodiscard]] T value_or(U&& otherwise) &&
    {
        return has_value() ? std::move(**this) : static_cast<T>(std::forward<U>(otherwise));
    }

private:
    void require_value() const
    {
        if (!has_value())
            detail::throw_exception(error());
    }

    template <class Other>
    void construct(Other&& other)
    {
        if (other.has_value_)
            std::construct_at(std::addressof(value_), std::forward<Other>(other).value_);
        else
            std::construct_at(&error_, std::forward<Other>(other).error_);
        has_value_ = other.has_value_;
    }

    void destroy() noexcept
    {
        if (has_value_)
            std::destroy_at(std::addressof(value_));
        else
            std::destroy_at(&error_);
    }

    // Not a std::variant, which takes several times as long to compile, for each T anew.
    union
    {
        T value_;
        cosio::error error_;
    };
    bool has_value_;
};

/// Success, or the error that took its place.
template <>
class [[nodiscard]] result<void>
{
public:
    using value_type = void;
    using error_type = cosio::error;

    result() = default;
    result(cosio::error problem) noexcept : error_(std::move(problem)) {}

    [[nodiscard]] bool has_value() const noexcept { return !error_; }
    [[nodiscard]] explicit operator bool() const noexcept { return has_value(); }

    /// Throws `cosio::exception` on a failed result.
    void value() const
    {
        if (!has_value())
            detail::throw_exception(error());
    }

    [[nodiscard]] cosio::error& error() & noexcept { return *error_; }
    [[nodiscard]] const cosio::error& error() const& noexcept { return *error_; }
    [[nodiscard]] cosio::error&& error() && noexcept
    {
        return std::move(*error_);
    }

private:
    std::optional<cosio::error> error_{};
};

} // namespace cosio::inline v0

#endif

// ---- cosio/auth/credentials.hpp -----------------------------------------------------------------

// Who signs: secret id, secret key, and the session token of temporary credentials.

#ifndef COSIO_AUTH_CREDENTIALS_HPP
#define COSIO_AUTH_CREDENTIALS_HPP

namespace cosio::inline v0 {

/// A secret id with its secret key, and a session token when they are temporary. Wiped when it
/// goes; has no text form. Copies are allowed, each wipes itself.
class credentials
{
public:
    /// Requests are not signed: for public buckets.
    [[nodiscard]] COSIO_DECLARED static credentials anonymous();

    /// No credentials at all: every operation fails with `errc::missing_credentials`.
    credentials() = default;

    COSIO_DECLARED credentials(std::string_view secret_id, std::string_view secret_key,
        std::string_view session_token = {});

    /// From `COS_SECRET_ID`, `COS_SECRET_KEY` and, when set, `COS_SESSION_TOKEN`.
    ///
    /// Reads the environment when called and never again; do not call it while another thread
    /// changes the environment. Errors: `errc::missing_credentials` and `errc::invalid_credentials`,
    /// which name the variable.
    [[nodiscard]] COSIO_DECLARED static result<credentials> from_environment();

    [[nodiscard]] bool is_anonymous() const noexcept { return anonymous_; }
    /// Valid as long as this object.
    [[nodiscard]] std::string_view secret_id() const noexcept { return secret_id_; }
    [[nodiscard]] std::string_view secret_key() const noexcept { return secret_key_.view(); }
    [[nodiscard]] std::string_view session_token() const noexcept { return session_token_.view(); }

    /// Whether a request can be signed with them. Errors: `errc::missing_credentials`,
    /// `errc::invalid_credentials`.
    [[nodiscard]] COSIO_DECLARED result<void> check() const;

    /// In constant time where it compares secrets.
    [[nodiscard]] COSIO_DECLARED bool operator==(const credentials& other) const noexcept;

    /// Credentials are never printed.
    template <class Stream>
    friend Stream& operator<<(Stream& stream, const credentials& credentials_are_never_printed)
        = delete;

private:
    std::string secret_id_{};
    crypto::secret_buffer secret_key_{};
    crypto::secret_buffer session_token_{};
    bool anonymous_ = false;
};

} // namespace cosio::inline v0

#endif

// ---- cosio/auth/credentials_provider.hpp --------------------------------------------------------

// Credentials that are asked for while a client lives, such as those of a role.

#ifndef COSIO_AUTH_CREDENTIALS_PROVIDER_HPP
#define COSIO_AUTH_CREDENTIALS_PROVIDER_HPP

#include <chrono>

namespace cosio::inline v0 {

/// Credentials, and when they stop being valid.
class expiring_credentials
{
public:
    expiring_credentials() = default;
    expiring_credentials(
        credentials identity, std::optional<std::chrono::sys_seconds> until = std::nullopt)
        : who(std::move(identity)), expires(until)
    {}

    credentials who{};
    /// Nothing: valid until the service says otherwise.
    std::optional<std::chrono::sys_seconds> expires{};
};

/// Where a client gets its credentials from: `config.provider`.
///
/// Asked when the first operation begins, ahead of the expiry of what it gave last, and when the
/// service says that a token has expired. One question at a time for all operations of a client;
/// when it fails, what it gave before is used until it expires.
class credentials_provider
{
public:
    credentials_provider() = default;
    credentials_provider(const credentials_provider&) = delete;
    credentials_provider& operator=(const credentials_provider&) = delete;
    virtual ~credentials_provider() = default;

    /// Runs on the client's executor. An error, or an exception, is `errc::credentials_unavailable`
    /// for operations that have nothing else to sign with.
    [[nodiscard]] virtual asio::awaitable<result<expiring_credentials>> fetch() = 0;
};

/// A provider from a callable that returns `asio::awaitable<cosio::result<expiring_credentials>>`.
/// It lives as long as the clients that use it, so a coroutine lambda may capture.
template <class Callback>
    requires requires(Callback& callback) {
        { callback() } -> std::same_as<asio::awaitable<result<expiring_credentials>>>;
    }
[[nodiscard]] std::shared_ptr<credentials_provider> credentials_from(Callback callback)
{
    class calling final : public credentials_provider
    {
    public:
        explicit calling(Callback what) : callback_(std::move(what)) {}
        [[nodiscard]] asio::awaitable<result<expiring_credentials>> fetch() override
        {
            return callback_();
        }

    private:
        Callback callback_;
    };
    return std::make_shared<calling>(std::move(callback));
}

} // namespace cosio::inline v0

#endif

// ---- cosio/detail/ascii.hpp ---------------------------------------------------------------------

// ASCII text, whatever the locale says.

#ifndef COSIO_DETAIL_ASCII_HPP
#define COSIO_DETAIL_ASCII_HPP

#include <bit>
#include <charconv>
#include <cstdint>
#include <limits>

namespace cosio::inline v0::detail {

[[nodiscard]] constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
[[nodiscard]] constexpr bool is_lower(char c) noexcept { return c >= 'a' && c <= 'z'; }
[[nodiscard]] constexpr bool is_upper(char c) noexcept { return c >= 'A' && c <= 'Z'; }
[[nodiscard]] constexpr bool is_alphanumeric(char c) noexcept
{
    return is_digit(c) || is_lower(c) || is_upper(c);
}

[[nodiscard]] constexpr bool is_control(char c) noexcept
{
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

[[nodiscard]] constexpr char to_lower(char c) noexcept
{
    return is_upper(c) ? static_cast<char>(c + ('a' - 'A')) : c;
}

/// Lower-cases the letters among eight characters at once.
[[nodiscard]] constexpr std::uint64_t eight_to_lower(std::uint64_t characters) noexcept
{
    constexpr std::uint64_t each = 0x0101010101010101;
    // The highest bit of a byte of a sum tells whether the seven below it were above a limit.
    const std::uint64_t low_bits = characters & 0x7f * each;
    const std::uint64_t from_a = low_bits + (0x80 - 'A') * each;
    const std::uint64_t beyond_z = low_bits + (0x7f - 'Z') * each;
    const std::uint64_t upper = from_a & ~beyond_z & ~characters & 0x80 * each;
    return characters | upper >> 2U;
}

/// Eight characters, in whatever order: for comparisons.
[[nodiscard]] inline std::uint64_t eight_at(const char* text) noexcept
{
    std::uint64_t characters = 0;
    std::memcpy(&characters, text, sizeof characters);
    return characters;
}

/// The first four characters and the last four of at least as many: for comparisons, too.
[[nodiscard]] inline std::uint64_t first_and_last_four(std::string_view text) noexcept
{
    std::uint32_t first = 0;
    std::uint32_t last = 0;
    std::memcpy(&first, text.data(), sizeof first);
    std::memcpy(&last, text.data() + text.size() - sizeof last, sizeof last);
    return std::uint64_t{first} << 32U | last;
}

/// How many of the eight characters that were read by `eight_at` come before the first whose byte
/// in `marks` has its highest bit set; the other bits are clear.
[[nodiscard]] constexpr std::size_t characters_before(std::uint64_t marks) noexcept
{
    const int bits_before = std::endian::native == std::endian::little ? std::countr_zero(marks)
                                                                       : std::countl_zero(marks);
    return static_cast<std::size_t>(bits_before) / 8;
}

/// How many of the eight characters at `text` are printable, up to the first that is a control
/// character.
[[nodiscard]] inline std::size_t printable_among_eight_at(const char* text) noexcept
{
    constexpr std::uint64_t each = 0x0101010101010101;
    const std::uint64_t characters = eight_at(text);
    const std::uint64_t low_bits = characters & 0x7f * each;
    const std::uint64_t from_blank = low_bits + (0x80 - ' ') * each;
    const std::uint64_t from_delete = low_bits + (0x80 - 0x7f) * each;
    return characters_before((~from_blank | from_delete) & ~characters & 0x80 * each);
}

/// How many of the eight characters at `text` are letters, digits and hyphens, up to the first that
/// is none.
[[nodiscard]] inline std::size_t name_characters_among_eight_at(const char* text) noexcept
{
    constexpr std::uint64_t each = 0x0101010101010101;
    const std::uint64_t characters = eight_at(text);
    const std::uint64_t low_bits = characters & 0x7f * each;
    const std::uint64_t lower = low_bits | 0x20 * each;
    const std::uint64_t letter = (lower + (0x80 - 'a') * each) & ~(lower + (0x7f - 'z') * each);
    const std::uint64_t digit =
        (low_bits + (0x80 - '0') * each) & ~(low_bits + (0x7f - '9') * each);
    const std::uint64_t hyphen = 0x80 * each - (low_bits ^ '-' * each);
    return characters_before((~(letter | digit | hyphen) | characters) & 0x80 * each);
}

/// Lower-cases the letters of a text where it stands.
inline void make_lower(std::span<char> text) noexcept
{
    std::size_t i = 0;
    for (; i + 8 <= text.size(); i += 8) {
        const auto lower = eight_to_lower(eight_at(&text[i]));
        std::memcpy(&text[i], &lower, sizeof lower);
    }
    for (; i != text.size(); ++i)
        text[i] = to_lower(text[i]);
}

[[nodiscard]] constexpr bool equal_ignoring_case(
    std::string_view left, std::string_view right) noexcept
{
    if (left.size() != right.size())
        return false;
    if (const auto size = left.size(); !std::is_constant_evaluated() && size >= 4) {
        const auto equal = [](std::uint64_t a, std::uint64_t b) {
            return a == b || eight_to_lower(a) == eight_to_lower(b);
        };
        // The last ones for the second time, unless it comes out even.
        if (size < 8)
            return equal(first_and_last_four(left), first_and_last_four(right));
        for (std::size_t at = 0; at + 8 < size; at += 8)
            if (!equal(eight_at(left.data() + at), eight_at(right.data() + at)))
                return false;
        return equal(eight_at(left.data() + size - 8), eight_at(right.data() + size - 8));
    }
    for (std::size_t i = 0; i != left.size(); ++i)
        if (to_lower(left[i]) != to_lower(right[i]))
            return false;
    return true;
}

[[nodiscard]] constexpr bool starts_with_ignoring_case(
    std::string_view text, std::string_view prefix) noexcept
{
    return text.size() >= prefix.size() &&
        equal_ignoring_case(text.substr(0, prefix.size()), prefix);
}

/// Without the spaces and tabs around it.
[[nodiscard]] constexpr std::string_view trimmed(std::string_view text) noexcept
{
    constexpr std::string_view blanks = " \t";
    const auto first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos)
        return {};
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

/// A whole number and nothing else: no sign, no blanks, no overflow.
template <std::unsigned_integral Number>
[[nodiscard]] std::optional<Number> parse_number(std::string_view text, int base = 10) noexcept
{
    Number value = 0;
    const auto* const end = text.data() + text.size();
    const auto [stopped, problem] = std::from_chars(text.data(), end, value, base);
    if (text.empty() || problem != std::errc{} || stopped != end)
        return std::nullopt;
    return value;
}

template <class Text>
void append_number(Text& text, std::uint64_t number)
{
    char digits[std::numeric_limits<std::uint64_t>::digits10 + 1];
    const auto end = std::to_chars(std::begin(digits), std::end(digits), number).ptr;
    text.append(std::string_view(digits, static_cast<std::size_t>(end - digits)));
}

} // namespace cosio::inline v0::detail

#endif

// ---- cosio/endpoint.hpp -------------------------------------------------------------------------

// Where requests go: scheme, host and port, and how a bucket and key become host and path.

#ifndef COSIO_ENDPOINT_HPP
#define COSIO_ENDPOINT_HPP

namespace cosio::inline v0 {

/// `https` unless chosen otherwise; customer keys and session tokens refuse `http`.
enum class scheme { https, http };

[[nodiscard]] constexpr std::uint16_t default_port(scheme value) noexcept
{
    return value == scheme::https ? 443 : 80;
}

[[nodiscard]] constexpr std::string_view name_of(scheme value) noexcept
{
    return value == scheme::https ? "https" : "http";
}

/// A host name or address with a port.
struct host_and_port
{
    std::string host{};
    std::uint16_t port = 0; ///< 0: the default of the scheme.

    friend bool operator==(const host_and_port&, const host_and_port&) = default;
};

namespace detail {

/// Whether `name` can stand in a Host header and a DNS query: labels of letters, digits and
/// hyphens, or an address. Underscores are in names that people have; a dot may end a name that is
/// fully qualified.
[[nodiscard]] constexpr bool is_host_name(std::string_view name) noexcept
{
    constexpr std::size_t longest = 253;
    if (name.ends_with('.'))
        name.remove_suffix(1);
    const auto allowed = [](char c) {
        return is_alphanumeric(c) || c == '-' || c == '.' || c == '_';
    };
    return !name.empty() && name.size() <= longest && std::ranges::all_of(name, allowed) &&
        name.front() != '.' && name.front() != '-' && name.find("..") == std::string_view::npos;
}

[[nodiscard]] constexpr bool is_ipv6_literal(std::string_view text) noexcept
{
    const auto allowed = [](char c) {
        return is_digit(c) || (to_lower(c) >= 'a' && to_lower(c) <= 'f') || c == ':' || c == '.';
    };
    return text.find(':') != std::string_view::npos && std::ranges::all_of(text, allowed);
}

[[nodiscard]] inline bool is_ipv4_literal(std::string_view text) noexcept
{
    int parts = 0;
    for (;; ++parts) {
        const auto dot = text.find('.');
        if (!parse_number<std::uint8_t>(text.substr(0, dot)))
            return false;
        if (dot == std::string_view::npos)
            return parts == 3;
        text.remove_prefix(dot + 1);
    }
}

[[nodiscard]] inline bool is_address(std::string_view host) noexcept
{
    return is_ipv4_literal(host) || is_ipv6_literal(host);
}

/// Whether `host` is of numbers and dots as an address is, but is none: `1.2.3`, `127.0.0.1.`. Some
/// resolvers take such a thing for an address.
[[nodiscard]] inline bool is_almost_address(std::string_view host) noexcept
{
    const auto name = host.substr(0, host.size() - (host.ends_with('.') ? 1 : 0));
    const auto last = name.substr(name.rfind('.') + 1); // All of it when there is no dot.
    return std::ranges::all_of(last, is_digit) && !is_ipv4_literal(host);
}

/// Reads `host`, `host:port`, `[address]`, `[address]:port`, or an IPv6 address without a port.
[[nodiscard]] inline std::optional<host_and_port> parse_host_and_port(std::string_view text)
{
    std::string_view host = text;
    std::string_view port;
    bool has_port = false;
    if (text.starts_with('[')) {
        const auto close = text.find(']');
        if (close == std::string_view::npos)
            return std::nullopt;
        host = text.substr(1, close - 1);
        port = text.substr(close + 1);
        has_port = !port.empty();
        if (has_port && port.front() != ':')
            return std::nullopt;
        port.remove_prefix(has_port ? 1 : 0);
        if (!is_ipv6_literal(host))
            return std::nullopt;
    } else if (is_ipv6_literal(text) && std::ranges::count(text, ':') > 1) {
        // No port: which of the colons would precede it?
    } else {
        const auto colon = text.find(':');
        host = text.substr(0, colon);
        has_port = colon != std::string_view::npos;
        port = has_port ? text.substr(colon + 1) : std::string_view{};
        if (!is_host_name(host) || is_almost_address(host))
            return std::nullopt;
    }
    host_and_port out;
    out.host = host;
    if (has_port) {
        const auto number = parse_number<std::uint16_t>(port);
        if (!number || *number == 0)
            return std::nullopt;
        out.port = *number;
    }
    return out;
}

/// As a Host header carries it: the port only when it is not the default, addresses in brackets.
template <class Text>
void append_host_header(Text& text, std::string_view host, std::uint16_t port, scheme s)
{
    if (is_ipv6_literal(host))
        text.append("[").append(host).append("]");
    else
        text.append(host);
    if (port == 0 || port == default_port(s))
        return;
    text.append(":");
    append_number(text, port);
}

[[nodiscard]] inline std::string host_header(std::string_view host, std::uint16_t port, scheme s)
{
    std::string text;
    append_host_header(text, host, port, s);
    return text;
}

} // namespace detail

/// The service as one client sees it, made once from its configuration.
struct service_endpoint
{
    cosio::scheme scheme = cosio::scheme::https;
    std::string region{};
    /// The service's own host, to which a bucket name is prefixed unless `path_style`. Without the
    /// dot that may end it: neither certificates, nor Host headers, nor other hosts of the service
    /// have it.
    std::string host{};
    /// Whether a dot ended the host: its names are looked up as they are, in no search domain.
    bool fully_qualified = false;
    std::uint16_t port = 443;
    bool path_style = false;
    /// Whether customer keys may be sent: TLS with a verified peer.
    bool protects_customer_keys = true;
    /// Whether a session token may be sent: TLS.
    bool protects_tokens = true;

    /// Appends the host part of a URL for `bucket`, without the port, to anything that has
    /// `append(std::string_view)`. `by_path`: the bucket goes into the path.
    template <class Text>
    void append_host(Text& out, std::string_view bucket, bool by_path) const
    {
        if (!by_path)
            out.append(bucket).append(".");
        out.append(host);
    }

    /// Appends the path of an object, not encoded yet; of the bucket when `key` is empty.
    template <class Text>
    static void append_path(
        Text& out, std::string_view bucket, std::string_view key, bool by_path)
    {
        out.append("/");
        if (by_path)
            out.append(bucket).append("/");
        out.append(key);
    }
};

} // namespace cosio::inline v0

#endif

// ---- cosio/logging.hpp --------------------------------------------------------------------------

// Log lines without secrets: to a callback, or to standard error.

#ifndef COSIO_LOGGING_HPP
#define COSIO_LOGGING_HPP

#include <functional>

namespace cosio::inline v0 {

enum class log_level {
    off,
    info,  ///< One line for each request.
    debug, ///< Also the heads of requests and replies, values not known to be harmless as `***`.
};

/// Where log lines go. Off by default: then nothing is even formatted.
class log_settings
{
public:
    /// Gets each line without its line end. Called from the threads that run operations, maybe
    /// several at once; must not throw.
    using callback = std::function<void(log_level, std::string_view)>;

    log_settings() = default;
    log_settings(log_level most, callback to) : level_(most), write_(std::move(to)) {}

    [[nodiscard]] bool wants(log_level level) const noexcept
    {
        return level != log_level::off && level <= level_ && write_ != nullptr;
    }
    void write(log_level level, std::string_view line) const { write_(level, line); }

private:
    log_level level_ = log_level::off;
    callback write_{};
};

} // namespace cosio::inline v0

#endif

// ---- cosio/retry.hpp ----------------------------------------------------------------------------

// How often, and after which delays, a failed attempt is followed by another.

#ifndef COSIO_RETRY_HPP
#define COSIO_RETRY_HPP

namespace cosio::inline v0 {

/// When operations are tried again.
///
/// An attempt is followed by another when it failed for a reason that may pass (connection, time,
/// 500, 502, 503, 504, 429, `SlowDown`, `RequestTimeout`, such an `<Error>` inside a 200), when
/// doing it twice is like doing it once or nothing of it was sent, when the body can be sent again,
/// when the budget allows it, and when the delay fits into the total time.
class retry_settings
{
public:
    retry_settings() = default;

    /// The first one included; 1: never again.
    unsigned maximum_attempts = 4;
    /// The delay before attempt n+1 is random between 0 and `base_delay` * 2^(n-1) ("full jitter"),
    /// at most `maximum_delay`; a longer `Retry-After` of the service is honoured.
    std::chrono::milliseconds base_delay{100};
    std::chrono::milliseconds maximum_delay{20'000};
    /// Retries that all operations of a client may make together while nothing succeeds; ten
    /// attempts that succeed earn one. Keeps many clients from drowning a service that recovers.
    unsigned budget = 100;
    /// The last attempt goes to the service's other domain, `tencentcos.cn`, when the host is of
    /// the default form and no reply with a request id has come: the service was not reached.
    bool switch_domain = true;

    /// Errors: `errc::invalid_configuration`.
    [[nodiscard]] result<void> check() const
    {
        if (maximum_attempts == 0)
            return error(errc::invalid_configuration, "must be at least 1",
                "retry.maximum_attempts");
        if (base_delay < base_delay.zero())
            return error(errc::invalid_configuration, "must not be negative", "retry.base_delay");
        if (maximum_delay < maximum_delay.zero())
            return error(
                errc::invalid_configuration, "must not be negative", "retry.maximum_delay");
        return {};
    }
};

/// Why an attempt is followed by another.
enum class retry_reason {
    none,
    connection,       ///< No connection, or it failed.
    timeout,          ///< A limit of time.
    throttled,        ///< Asked to slow down.
    server_error,     ///< A failure within the service.
    expired_token,    ///< With credentials asked for anew.
    clock_skew,       ///< With the service's idea of the time.
};

} // namespace cosio::inline v0

#endif

// ---- cosio/observation.hpp ----------------------------------------------------------------------

// What an operation goes through, for metrics and tracing.

#ifndef COSIO_OBSERVATION_HPP
#define COSIO_OBSERVATION_HPP

namespace cosio::inline v0 {

enum class event_kind {
    attempt_started,
    connected,        ///< A connection was opened for the attempt; `took`, `resumed`.
    reused,           ///< An idle connection serves the attempt.
    attempt_finished, ///< `status`, `problem`, `request_id`, bytes, `took`.
    retry_scheduled,  ///< `reason`, `delay`, `problem`; another attempt follows.
};

/// One step of one operation. Holds no secret: no header and no parameter of the request. The
/// views are valid during the call only.
struct event
{
    event_kind kind = event_kind::attempt_started;
    std::string_view operation{}; ///< As the service's documentation names it: `PutObject`.
    std::string_view method{};
    std::string_view host{};
    std::string_view path{}; ///< Percent-encoded, without parameters.
    unsigned attempt = 1;

    /// Of the attempt when it finished, of the connection when it was made.
    std::chrono::steady_clock::duration took{};
    bool resumed = false;  ///< The connection resumed a TLS session.
    unsigned status = 0;   ///< 0: no reply.
    std::error_code problem{};
    std::string_view request_id{};
    std::uint64_t bytes_sent = 0;     ///< Of the request's body.
    std::uint64_t bytes_received = 0; ///< Of the reply's body.
    retry_reason reason = retry_reason::none;
    std::chrono::nanoseconds delay{};
};

/// Called on the threads that run operations, maybe several at once; must not throw, block, or
/// destroy the client.
using observer = std::function<void(const event&)>;

[[nodiscard]] constexpr std::string_view name_of(retry_reason reason) noexcept
{
    switch (reason) {
    case retry_reason::none: return "none";
    case retry_reason::connection: return "connection";
    case retry_reason::timeout: return "timeout";
    case retry_reason::throttled: return "throttled";
    case retry_reason::server_error: return "server-error";
    case retry_reason::expired_token: return "expired-token";
    case retry_reason::clock_skew: return "clock-skew";
    }
    return "unknown";
}

} // namespace cosio::inline v0

#endif

// ---- cosio/pool_settings.hpp --------------------------------------------------------------------

// How many connections are kept, and how long.

#ifndef COSIO_POOL_SETTINGS_HPP
#define COSIO_POOL_SETTINGS_HPP

namespace cosio::inline v0 {

/// How connections are kept.
class pool_settings
{
public:
    pool_settings() = default;

    /// A connection that has been idle for longer is not used again. Below what servers allow, so
    /// that a request does not meet a connection that is just being closed. Nothing waits for this
    /// time to pass: such a connection is closed when the pool is used next.
    std::chrono::seconds idle_timeout{20};
    /// Idle connections kept at most, all hosts together; the oldest go first.
    std::size_t maximum_idle = 64;
    /// Connections to one host at most; further operations wait for one, in the order in which
    /// they came, see `timeout_settings::pool_wait`.
    std::size_t maximum_per_host = 256;
};

} // namespace cosio::inline v0

#endif

// ---- cosio/timeouts.hpp -------------------------------------------------------------------------

// How long each step of an operation may take.

#ifndef COSIO_TIMEOUTS_HPP
#define COSIO_TIMEOUTS_HPP

namespace cosio::inline v0 {

/// The type of `no_timeout`.
struct no_timeout_type
{
    explicit no_timeout_type() = default;
};

/// The only way to wait without end: `settings.total = cosio::no_timeout;`.
inline constexpr no_timeout_type no_timeout{};

/// A limit of time, or none.
class timeout
{
public:
    using duration = std::chrono::steady_clock::duration;

    constexpr timeout(no_timeout_type) noexcept {}

    /// Any duration; one that is too long to be counted in nanoseconds is none.
    template <class Rep, class Period>
    constexpr timeout(std::chrono::duration<Rep, Period> limit) noexcept
    {
        constexpr std::chrono::hours longest(24 * 365 * 100);
        if (limit < longest)
            limit_ = std::chrono::duration_cast<duration>(limit);
    }

    [[nodiscard]] constexpr bool is_finite() const noexcept { return limit_ != duration::max(); }
    /// `duration::max()` when there is none.
    [[nodiscard]] constexpr duration limit() const noexcept { return limit_; }

    friend constexpr bool operator==(timeout, timeout) = default;

private:
    duration limit_ = duration::max();
};

/// Limits of the steps of an operation, all finite by default. A step that takes longer fails with
/// the `errc` named here, all of them `condition::timeout`, and its connection is closed.
///
/// All but `pool_wait` and `total` count for each attempt anew.
class timeout_settings
{
public:
    timeout_settings() = default;

    /// For credentials of a provider: `errc::credentials_timeout`.
    timeout credentials = std::chrono::seconds(30);
    /// For a connection when all that are allowed are in use: `errc::pool_timeout`.
    timeout pool_wait = std::chrono::seconds(30);
    /// For the addresses of the host: `errc::resolve_timeout`.
    timeout resolve = std::chrono::seconds(5);
    /// For TCP, each address anew: `errc::connect_timeout`.
    timeout connect = std::chrono::seconds(5);
    /// `errc::tls_timeout`.
    timeout tls_handshake = std::chrono::seconds(10);
    /// From the end of the request to the first byte of the reply: `errc::first_byte_timeout`.
    /// Long, since the service answers a copy only when it is done.
    timeout first_byte = std::chrono::seconds(120);
    /// Without any byte moving in either direction: `errc::stalled`.
    timeout stall = std::chrono::seconds(30);
    /// The time in which `minimum_rate` is judged: `errc::stalled` as well. Twice `stall`, so that
    /// one pause that is allowed does not decide.
    timeout minimum_rate_window = std::chrono::seconds(60);
    /// Bytes a second that have to move while the peer is waited for, on each connection; 0: any
    /// number. Holds for requests, heads, objects and listings that come, not for the replies to
    /// PUT and POST, which a service may draw out with blanks while it copies or completes. Time
    /// that the caller's source, sink or reader takes does not count. Low, as several connections
    /// may share a slow line; the service's own `x-cos-traffic-limit` is 102,400 at least.
    std::uint64_t minimum_rate = 1024;
    /// From the call to its completion, retries and waits between them included, for a stream to
    /// the head of the reply: `errc::total_timeout`.
    timeout total = std::chrono::hours(1);

    /// Errors: `errc::invalid_configuration` names a limit that is zero or negative.
    [[nodiscard]] result<void> check() const
    {
        const struct
        {
            std::string_view name;
            timeout value;
        } all[] = {{"timeouts.credentials", credentials}, {"timeouts.pool_wait", pool_wait},
            {"timeouts.resolve", resolve}, {"timeouts.connect", connect},
            {"timeouts.tls_handshake", tls_handshake}, {"timeouts.first_byte", first_byte},
            {"timeouts.stall", stall},
            {"timeouts.minimum_rate_window", minimum_rate_window}, {"timeouts.total", total}};
        for (const auto& [name, value] : all)
            if (value.limit() <= timeout::duration::zero())
                return error(errc::invalid_configuration,
                    "must be positive; cosio::no_timeout waits without end", name);
        return {};
    }
};

} // namespace cosio::inline v0

#endif

// ---- cosio/tls_settings.hpp ---------------------------------------------------------------------

// Whom a client trusts.

#ifndef COSIO_TLS_SETTINGS_HPP
#define COSIO_TLS_SETTINGS_HPP

namespace cosio::inline v0 {

/// Whom a client trusts.
class tls_settings
{
public:
    tls_settings() = default;

    /// Certificates to trust, as a PEM file, instead of those of the system.
    std::string ca_file{};
    /// Certificates to trust, as PEM text, instead of those of the system; adds to `ca_file`.
    std::string ca_pem{};
    /// Accepts any certificate of any name. Whoever is in between reads and changes everything;
    /// customer keys are refused then.
    bool dangerously_accept_any_certificate = false;
};

} // namespace cosio::inline v0

#endif

// ---- cosio/config.hpp ---------------------------------------------------------------------------

// What a client is made of: where, as whom, whom it trusts, what it logs.

#ifndef COSIO_CONFIG_HPP
#define COSIO_CONFIG_HPP

#include <asio/any_io_executor.hpp>

namespace cosio::inline v0 {

/// The configuration of a client. Copied into it: later changes have no effect.
class config
{
public:
    /// Region and credentials have to be set; everything else has a default.
    COSIO_DECLARED config(); // User-declared: not an aggregate, see CONTRIBUTING on GCC 12.
    COSIO_DECLARED config(const config&);
    COSIO_DECLARED config(config&&) noexcept;
    COSIO_DECLARED config& operator=(const config&);
    COSIO_DECLARED config& operator=(config&&) noexcept;
    COSIO_DECLARED ~config();

    /// Region from `COS_REGION`, credentials from `COS_SECRET_ID`, `COS_SECRET_KEY` and, when set,
    /// `COS_SESSION_TOKEN`. Errors, which name the variable: `errc::missing_credentials`,
    /// `errc::invalid_credentials`, `errc::invalid_configuration`.
    [[nodiscard]] COSIO_DECLARED static result<config> from_environment();

    /// Why `region` cannot be one; empty when it can.
    [[nodiscard]] COSIO_DECLARED static std::string_view region_problem(
        std::string_view region) noexcept;

    /// Such as `ap-guangzhou`; of an `s3_client`, the region that is signed for.
    std::string region{};
    cosio::credentials credentials{};
    /// Where credentials come from instead, when they change while the client lives.
    std::shared_ptr<credentials_provider> provider{};
    /// Customer keys and session tokens are refused over `scheme::http`.
    cosio::scheme scheme = cosio::scheme::https;

    /// `host` or `host:port` (an IPv6 address with a port in brackets: `[::1]:9000`) of the service
    /// instead of `cos.<region>.myqcloud.com`, or for an
    /// `s3_client` instead of `s3.<region>.amazonaws.com`; the bucket is prefixed to it. An IP
    /// address implies `path_style`.
    std::string endpoint{};
    /// `host` or `host:port` to connect to, whatever host the requests name: a proxy or a test
    /// server that answers for the service.
    std::string connect_to{};
    /// The bucket goes into the path instead of the host.
    bool path_style = false;

    tls_settings tls{};
    pool_settings pool{};
    timeout_settings timeouts{};
    retry_settings retry{};
    log_settings log{};
    /// Called with each step of each operation; none by default.
    cosio::observer observer{};

    /// Where transfers read and write files; empty: two threads that belong to the execution
    /// context of the client, started by the first such transfer. Its context must outlive that of
    /// the client.
    asio::any_io_executor file_executor{};

    /// The executor of the client runs one thing at a time: a strand, or an `io_context` that one
    /// thread runs. Saves each operation a strand of its own. Setting it wrongly is a data race.
    bool executor_is_serial = false;
};

} // namespace cosio::inline v0

#endif

// ---- cosio/counters.hpp -------------------------------------------------------------------------

// What the connections of a client have been through.

#ifndef COSIO_COUNTERS_HPP
#define COSIO_COUNTERS_HPP

namespace cosio::inline v0 {

/// A snapshot, from `client::counters()`. The first group grows, the second is of the moment.
struct connection_counters
{
    std::uint64_t opened = 0;  ///< Connections made, TLS handshake included.
    std::uint64_t resumed = 0; ///< Of these, those that resumed a TLS session.
    std::uint64_t reused = 0;  ///< Requests that found an idle connection.
    std::uint64_t stale = 0;   ///< Idle connections that the server had closed or spoken on.
    std::uint64_t failed = 0;  ///< Attempts to open one that failed.

    std::size_t in_use = 0;
    std::size_t idle = 0;
    std::size_t waiting = 0; ///< Operations that wait for a connection.
};

} // namespace cosio::inline v0

#endif

// ---- cosio/presigned_url.hpp --------------------------------------------------------------------

// A request as a URL that anyone may use for a while.

#ifndef COSIO_PRESIGNED_URL_HPP
#define COSIO_PRESIGNED_URL_HPP

#include <vector>

namespace cosio::inline v0 {

/// A URL with a signature in it. Whoever has it can do what it says until it expires.
struct presigned_url
{
    std::string url{};
    std::string_view method{};
    /// Names of the headers that must be sent with it, with the values of the request it was made
    /// from: encryption and content headers. A key of SSE-C is not in the URL.
    std::vector<std::string> required_headers{};
};

} // namespace cosio::inline v0

#endif

// ---- cosio/byte_range.hpp -----------------------------------------------------------------------

// Which bytes of an object are asked for.

#ifndef COSIO_BYTE_RANGE_HPP
#define COSIO_BYTE_RANGE_HPP

namespace cosio::inline v0 {

/// A range of bytes, both ends included as HTTP counts them. By default the whole object.
class byte_range
{
public:
    enum class form {
        whole,  ///< No range.
        between, ///< `first()` to `last()`.
        from,   ///< `first()` to the end.
        suffix, ///< The last `length()` bytes.
    };

    byte_range() = default;

    /// `bytes=first-last`; refused with `errc::invalid_range` when reversed.
    [[nodiscard]] static constexpr byte_range between(
        std::uint64_t first, std::uint64_t last) noexcept
    {
        return {form::between, first, last};
    }
    /// `bytes=first-`.
    [[nodiscard]] static constexpr byte_range from(std::uint64_t first) noexcept
    {
        return {form::from, first, 0};
    }
    /// `bytes=-length`; refused with `errc::invalid_range` when 0.
    [[nodiscard]] static constexpr byte_range suffix(std::uint64_t length) noexcept
    {
        return {form::suffix, length, 0};
    }

    [[nodiscard]] constexpr form kind() const noexcept { return form_; }
    [[nodiscard]] constexpr bool is_whole() const noexcept { return form_ == form::whole; }
    [[nodiscard]] constexpr std::uint64_t first() const noexcept { return first_; }
    [[nodiscard]] constexpr std::uint64_t last() const noexcept { return last_; }
    [[nodiscard]] constexpr std::uint64_t length() const noexcept { return first_; }

    /// Why it cannot be sent; empty when it can.
    [[nodiscard]] constexpr std::string_view problem() const noexcept
    {
        if (form_ == form::between && last_ < first_)
            return "must not end before it begins";
        if (form_ == form::suffix && first_ == 0)
            return "must not be empty";
        return {};
    }

    /// The value of a Range header; requires `!is_whole()`.
    [[nodiscard]] std::string header_value() const
    {
        std::string text = "bytes=";
        if (form_ != form::suffix)
            detail::append_number(text, first_);
        text.push_back('-');
        if (form_ == form::between)
            detail::append_number(text, last_);
        if (form_ == form::suffix)
            detail::append_number(text, first_);
        return text;
    }

private:
    constexpr byte_range(form f, std::uint64_t first, std::uint64_t last) noexcept
        : form_(f), first_(first), last_(last)
    {}

    form form_ = form::whole;
    std::uint64_t first_ = 0; // The length of a suffix.
    std::uint64_t last_ = 0;
};

/// The answer to a range: `bytes first-last/size`.
struct content_range
{
    std::uint64_t first = 0;
    std::uint64_t last = 0; ///< Included.
    std::uint64_t size = 0; ///< Of the whole object.

    /// Whether these are the bytes that were asked for, as far as the object has them.
    [[nodiscard]] constexpr bool answers(const byte_range& asked) const noexcept
    {
        if (first > last || last >= size)
            return false;
        switch (asked.kind()) {
        case byte_range::form::whole: return false;
        case byte_range::form::between:
            return first == asked.first() &&
                last == (asked.last() < size - 1 ? asked.last() : size - 1);
        case byte_range::form::from: return first == asked.first() && last == size - 1;
        case byte_range::form::suffix: break;
        }
        return last == size - 1 && first == (asked.length() < size ? size - asked.length() : 0);
    }
};

/// Reads a Content-Range header; nothing unless it is `bytes first-last/size`.
[[nodiscard]] inline std::optional<content_range> parse_content_range(std::string_view text)
{
    constexpr std::string_view unit = "bytes ";
    const auto hyphen = text.find('-');
    const auto slash = text.find('/');
    if (!text.starts_with(unit) || hyphen == std::string_view::npos ||
        slash == std::string_view::npos || slash < hyphen)
        return std::nullopt;
    const auto first =
        detail::parse_number<std::uint64_t>(text.substr(unit.size(), hyphen - unit.size()));
    const auto last =
        detail::parse_number<std::uint64_t>(text.substr(hyphen + 1, slash - hyphen - 1));
    const auto size = detail::parse_number<std::uint64_t>(text.substr(slash + 1));
    if (!first || !last || !size)
        return std::nullopt;
    return content_range{*first, *last, *size};
}

} // namespace cosio::inline v0

#endif

// ---- cosio/http/field.hpp -----------------------------------------------------------------------

// A header field.

#ifndef COSIO_HTTP_FIELD_HPP
#define COSIO_HTTP_FIELD_HPP

namespace cosio::inline v0::http {

/// A header field. Both views belong to whoever made it.
struct field
{
    std::string_view name{};
    std::string_view value{};
};

} // namespace cosio::inline v0::http

#endif

// ---- cosio/object_headers.hpp -------------------------------------------------------------------

// What is stored with an object besides its bytes, given when it is written.

#ifndef COSIO_OBJECT_HEADERS_HPP
#define COSIO_OBJECT_HEADERS_HPP

namespace cosio::inline v0 {

/// A name and a value, by reference: metadata, without the prefix of its header.
using header = http::field;

/// A tag of an object, not encoded.
struct tag
{
    std::string_view key{};
    std::string_view value{};
};

/// Where the service keeps an object. `unspecified` leaves the choice to it (STANDARD).
enum class storage_class {
    unspecified,
    standard,
    standard_ia,
    intelligent_tiering,
    archive,
    deep_archive,
    cold,
    maz_standard,
    maz_standard_ia,
    maz_intelligent_tiering,
};

/// As the header carries it; empty for `unspecified`.
[[nodiscard]] constexpr std::string_view name_of(storage_class value) noexcept
{
    switch (value) {
    case storage_class::unspecified: return {};
    case storage_class::standard: return "STANDARD";
    case storage_class::standard_ia: return "STANDARD_IA";
    case storage_class::intelligent_tiering: return "INTELLIGENT_TIERING";
    case storage_class::archive: return "ARCHIVE";
    case storage_class::deep_archive: return "DEEP_ARCHIVE";
    case storage_class::cold: return "COLD";
    case storage_class::maz_standard: return "MAZ_STANDARD";
    case storage_class::maz_standard_ia: return "MAZ_STANDARD_IA";
    case storage_class::maz_intelligent_tiering: return "MAZ_INTELLIGENT_TIERING";
    }
    return {};
}

/// Who may read an object. Encrypted objects are never readable anonymously, whatever this says.
enum class acl {
    unspecified,
    bucket_default, ///< Inherited from the bucket.
    private_,
    public_read,
};

/// As the header carries it; empty for `unspecified`.
[[nodiscard]] constexpr std::string_view name_of(acl value) noexcept
{
    switch (value) {
    case acl::unspecified: return {};
    case acl::bucket_default: return "default";
    case acl::private_: return "private";
    case acl::public_read: return "public-read";
    }
    return {};
}

/// Headers of an object that is created. All members are optional; all views are copied when the
/// operation is started. Values must be visible ASCII, encode anything else.
struct object_headers
{
    std::string_view content_type{};
    std::string_view cache_control{};
    std::string_view content_disposition{};
    std::string_view content_encoding{};
    std::string_view content_language{};
    std::optional<std::chrono::sys_seconds> expires{};
    /// Names without prefix, each once whatever its case: of letters, digits and hyphens, on S3 any
    /// token of HTTP; at most 2 KiB in all (source: COS documentation, "PUT Object").
    std::span<const header> metadata{};
    cosio::storage_class storage_class{};
    cosio::acl acl{};
    /// Grants in the service's form: `id="100000000011",id="100000000022"`.
    std::string_view grant_read{};
    std::string_view grant_read_acp{};
    std::string_view grant_write_acp{};
    std::string_view grant_full_control{};
    /// At most 10.
    std::span<const tag> tags{};
    /// Content headers and metadata are those of an object that the service holds, as a reply told
    /// them: the rules for what is created, such as visible ASCII, do not apply to them.
    bool as_stored = false;
    /// With `as_stored`: the value of `Expires`, which need not be a date; `expires` goes first.
    std::string_view stored_expires{};
};

/// When a read is answered at all: an ETag or a time, as RFC 9110, 13.1 has them.
struct conditions
{
    /// An ETag in its quotes, or `*`; otherwise `condition::precondition_failed`.
    std::string_view if_match{};
    /// An ETag in its quotes, or `*`; otherwise `condition::not_modified`.
    std::string_view if_none_match{};
    std::optional<std::chrono::sys_seconds> if_modified_since{};
    std::optional<std::chrono::sys_seconds> if_unmodified_since{};
};

/// Headers that a download is answered with instead of those stored. Signed requests only.
struct response_overrides
{
    std::string_view content_type{};
    std::string_view content_language{};
    std::string_view expires{};
    std::string_view cache_control{};
    std::string_view content_disposition{};
    std::string_view content_encoding{};
};

static_assert(std::is_trivially_destructible_v<object_headers>);
static_assert(std::is_trivially_destructible_v<conditions>);
static_assert(std::is_trivially_destructible_v<response_overrides>);

} // namespace cosio::inline v0

#endif

// ---- cosio/crypto/digest_value.hpp --------------------------------------------------------------

// The digests of the protocol, and what they give.

#ifndef COSIO_CRYPTO_DIGEST_VALUE_HPP
#define COSIO_CRYPTO_DIGEST_VALUE_HPP

namespace cosio::inline v0::crypto {

/// What the protocol uses; none of them is a choice of ours.
enum class digest_algorithm { md5, sha1, sha256 };

[[nodiscard]] constexpr std::size_t digest_size(digest_algorithm algorithm) noexcept
{
    switch (algorithm) {
    case digest_algorithm::md5: return 16;
    case digest_algorithm::sha1: return 20;
    case digest_algorithm::sha256: break;
    }
    return 32;
}

template <digest_algorithm Algorithm>
using digest_value = std::array<std::byte, digest_size(Algorithm)>;
using md5_value = digest_value<digest_algorithm::md5>;
using sha1_value = digest_value<digest_algorithm::sha1>;
using sha256_value = digest_value<digest_algorithm::sha256>;

} // namespace cosio::inline v0::crypto

#endif

// ---- cosio/customer_key.hpp ---------------------------------------------------------------------

// The key of SSE-C, which the service never stores, and the MD5 that travels with it.

#ifndef COSIO_CUSTOMER_KEY_HPP
#define COSIO_CUSTOMER_KEY_HPP

namespace cosio::inline v0 {

/// The MD5 of a customer key: sent with the key, echoed by the service, kept by it. Not a secret.
class customer_key_md5
{
public:
    customer_key_md5() = delete; // SSE-C goes with the key's MD5: sse::customer{key, key.md5()}

    explicit constexpr customer_key_md5(const crypto::md5_value& digest) noexcept : digest_(digest)
    {}

    /// From the 24 characters that the header carries. Errors: `errc::invalid_customer_key`.
    [[nodiscard]] COSIO_DECLARED static result<customer_key_md5> from_base64(
        std::string_view text);

    [[nodiscard]] std::span<const std::byte, 16> bytes() const noexcept { return digest_; }
    /// As the header carries it.
    [[nodiscard]] COSIO_DECLARED std::string base64() const;

    friend bool operator==(const customer_key_md5&, const customer_key_md5&) = default;

private:
    crypto::md5_value digest_;
};

/// 32 secret bytes that encrypt objects with SSE-C. Wiped when it goes; has no text form.
///
/// Losing it loses the objects: the service keeps only a salted hash (COS documentation, "Server-
/// Side Encryption"). Copies are allowed, each wipes itself. Safe to read from several threads.
class customer_key
{
public:
    static constexpr std::size_t size = 32;

    /// From 32 printable ASCII characters, the form the COS guide shows.
    /// Errors: `errc::invalid_customer_key`, `errc::crypto_unavailable`.
    [[nodiscard]] COSIO_DECLARED static result<customer_key> from_text(std::string_view text);

    /// From a literal, whose length the compiler checks.
    template <std::size_t Length>
    [[nodiscard]] static result<customer_key> from_text(const char (&literal)[Length])
    {
        static_assert(Length == size + 1, "a customer key is exactly 32 characters long");
        return from_text(std::string_view(literal, Length - 1));
    }

    /// From 32 bytes. Errors: `errc::invalid_customer_key`, `errc::crypto_unavailable`.
    [[nodiscard]] COSIO_DECLARED static result<customer_key> from_bytes(
        std::span<const std::byte> bytes);

    /// From the 44 characters of base64 that the header carries.
    /// Errors: `errc::invalid_customer_key`, `errc::crypto_unavailable`.
    [[nodiscard]] COSIO_DECLARED static result<customer_key> from_base64(std::string_view text);

    /// A new key from the system's random source. Errors: `errc::crypto_unavailable`.
    [[nodiscard]] COSIO_DECLARED static result<customer_key> generate();

    /// The secret itself. Valid as long as this object.
    [[nodiscard]] std::span<const std::byte, size> bytes() const noexcept { return bytes_.view(); }
    /// What the service checks the key against.
    [[nodiscard]] const customer_key_md5& md5() const noexcept { return md5_; }

    /// In constant time.
    friend bool operator==(const customer_key& left, const customer_key& right) noexcept
    {
        return left.bytes_ == right.bytes_;
    }

    /// A key is never printed.
    template <class Stream>
    friend Stream& operator<<(Stream& stream, const customer_key& a_customer_key_is_never_printed)
        = delete;

private:
    explicit customer_key(const crypto::md5_value& digest) noexcept : md5_(digest) {}

    crypto::secret_bytes<size> bytes_{};
    customer_key_md5 md5_;
};

/// A key by reference; the key must outlive every use of the view.
class customer_key_view
{
public:
    customer_key_view(const customer_key& key) noexcept : key_(&key) {}
    customer_key_view(const customer_key&& a_temporary_key_would_be_gone_name_it_first) = delete;

    [[nodiscard]] const customer_key& get() const noexcept { return *key_; }

private:
    const customer_key* key_;
};

} // namespace cosio::inline v0

#endif

// ---- cosio/sse.hpp ------------------------------------------------------------------------------

// Server-side encryption: which modes exist, and which kind of request may name which.
//
//              put, initiate, copy destination    get, head, restore, upload part, copy source
// on_write     bucket_default cos_managed kms customer
// on_read                                         none customer
//
// Whatever is not in this table does not compile.

#ifndef COSIO_SSE_HPP
#define COSIO_SSE_HPP

#include <variant>

namespace cosio::inline v0::sse {

/// Nothing is asked for: the bucket's default encryption applies, if it has one.
struct bucket_default
{};

/// Nothing is needed: the object is plain, or the service holds its key (SSE-COS, SSE-KMS).
struct none
{};

/// SSE-COS: the service encrypts with keys it manages itself (AES-256).
struct cos_managed
{};

/// SSE-KMS: the key is held by the key management service.
struct kms
{
    /// The customer master key; empty means the account's default one.
    std::string_view key_id{};
    /// A JSON object of string pairs, such as `{"department":"finance"}`, bound to the data as
    /// additional authenticated data; empty means none. Checked before it is sent.
    std::string_view context{};
};

/// SSE-C: the key is yours, and goes with every request that touches the object.
///
/// Over verified TLS only. A read-only view: the key must live until the operation was started.
struct customer
{
    customer_key_view key;
    customer_key_md5 md5;
};

template <class T>
concept mode = std::same_as<T, bucket_default> || std::same_as<T, none> ||
    std::same_as<T, cos_managed> || std::same_as<T, kms> || std::same_as<T, customer>;

namespace detail {

/// False, but only once a template is instantiated.
template <class...>
inline constexpr bool never = false;

} // namespace detail

// Constructors that assert rather than deleted ones: overload resolution then picks them, and every
// compiler prints the reason instead of "no matching function".

/// What a request that creates an object may ask for: one mode.
class on_write : public std::variant<bucket_default, cos_managed, kms, customer>
{
public:
    using variant::variant;
    on_write() = default;

    template <std::same_as<none> Mode>
    on_write(const Mode&)
    {
        static_assert(detail::never<Mode>,
            "sse::none is for reads; a write that asks for nothing says sse::bucket_default");
    }

    template <mode First, mode Second>
    on_write(const First&, const Second&)
    {
        static_assert(detail::never<First, Second>, "one encryption mode at a time");
    }
};

/// What a request that touches existing data may bring along: a customer key or nothing.
class on_read : public std::variant<none, customer>
{
public:
    using variant::variant;
    on_read() = default;

    template <class Mode>
        requires(std::same_as<Mode, bucket_default> || std::same_as<Mode, cos_managed> ||
            std::same_as<Mode, kms>)
    on_read(const Mode&)
    {
        static_assert(detail::never<Mode>,
            "only a write names SSE-COS, SSE-KMS or the bucket's default; a read, a part and the "
            "source of a copy take sse::customer or nothing, as the service finds its own keys");
    }

    template <mode First, mode Second>
    on_read(const First&, const Second&)
    {
        static_assert(detail::never<First, Second>, "one encryption mode at a time");
    }
};

static_assert(std::is_trivially_destructible_v<on_write>);
static_assert(std::is_trivially_destructible_v<on_read>);

} // namespace cosio::inline v0::sse

#endif

// ---- cosio/encryption.hpp -----------------------------------------------------------------------

// What a reply says about encryption, and whether that is what was asked for.

#ifndef COSIO_ENCRYPTION_HPP
#define COSIO_ENCRYPTION_HPP

namespace cosio::inline v0 {

enum class encryption_mode {
    none,        ///< No header of encryption.
    cos_managed, ///< SSE-COS.
    kms,         ///< SSE-KMS.
    customer,    ///< SSE-C.
    unknown,     ///< A mode this version does not know; `encryption::algorithm` has its text.
};

[[nodiscard]] constexpr std::string_view name_of(encryption_mode mode) noexcept
{
    switch (mode) {
    case encryption_mode::none: return "none";
    case encryption_mode::cos_managed: return "SSE-COS";
    case encryption_mode::kms: return "SSE-KMS";
    case encryption_mode::customer: return "SSE-C";
    case encryption_mode::unknown: break;
    }
    return "unknown";
}

/// The encryption of an object as a reply states it. Holds no secret.
struct encryption
{
    encryption_mode mode = encryption_mode::none;
    /// As sent: `AES256`, `cos/kms`, on S3 `aws:kms`.
    std::string algorithm{};
    /// SSE-KMS: the master key in use, also when the account's default one was taken.
    std::string kms_key_id{};
    /// SSE-C: the MD5 of the key, as base64.
    std::string customer_key_md5{};

    /// Such as `SSE-C AES256 (key MD5 5inxltxhJQnqmmHfVSQjoA==)`.
    [[nodiscard]] std::string describe() const
    {
        std::string text(name_of(mode));
        if (!algorithm.empty())
            text.append(" ").append(algorithm);
        if (!kms_key_id.empty())
            text.append(" (key id ").append(kms_key_id).append(")");
        if (!customer_key_md5.empty())
            text.append(" (key MD5 ").append(customer_key_md5).append(")");
        return text;
    }
};

/// What a reply must say about encryption. Made from a request, kept while it is on its way.
class encryption_expectation
{
public:
    /// Anything will do.
    encryption_expectation() = default;

    explicit encryption_expectation(const sse::on_write& asked)
    {
        if (std::holds_alternative<sse::cos_managed>(asked))
            mode_ = encryption_mode::cos_managed;
        if (const auto* const kms = std::get_if<sse::kms>(&asked)) {
            mode_ = encryption_mode::kms;
            kms_key_id_ = kms->key_id;
        }
        if (const auto* const customer = std::get_if<sse::customer>(&asked))
            expect(*customer);
    }

    explicit encryption_expectation(const sse::on_read& asked)
    {
        if (const auto* const customer = std::get_if<sse::customer>(&asked))
            expect(*customer);
    }

    /// Whether a reply that names the KMS key `said` confirms the key `asked` for.
    using key_comparison = bool (*)(std::string_view asked, std::string_view said);

    /// Names of KMS keys are compared so; by default they must be equal.
    void compare_kms_keys_by(key_comparison is_same) noexcept { is_same_kms_key_ = is_same; }

    /// Lets a reply that says nothing pass; what it does say must still be right.
    void allow_silence() noexcept { silence_allowed_ = true; }

    /// Errors: `errc::encryption_not_applied`, which names what was asked for and what was said.
    [[nodiscard]] result<void> check(const encryption& said) const
    {
        if (mode_ == encryption_mode::none ||
            (silence_allowed_ && said.mode == encryption_mode::none))
            return {};
        const bool right = said.mode == mode_ &&
            (kms_key_id_.empty() || is_same_kms_key_(kms_key_id_, said.kms_key_id)) &&
            (mode_ != encryption_mode::customer || said.customer_key_md5 == customer_key_md5_);
        if (right)
            return {};
        return error(errc::encryption_not_applied,
            "asked for " + asked().describe() + ", the reply says " + said.describe());
    }

private:
    void expect(const sse::customer& customer)
    {
        mode_ = encryption_mode::customer;
        customer_key_md5_ = customer.md5.base64();
    }

    [[nodiscard]] encryption asked() const
    {
        encryption out;
        out.mode = mode_;
        out.kms_key_id = kms_key_id_;
        out.customer_key_md5 = customer_key_md5_;
        return out;
    }

    encryption_mode mode_ = encryption_mode::none;
    bool silence_allowed_ = false;
    key_comparison is_same_kms_key_ = [](std::string_view asked, std::string_view said) {
        return asked == said;
    };
    std::string kms_key_id_{};
    std::string customer_key_md5_{};
};

} // namespace cosio::inline v0

#endif

// ---- cosio/object_properties.hpp ----------------------------------------------------------------

// What a reply tells about an object.

#ifndef COSIO_OBJECT_PROPERTIES_HPP
#define COSIO_OBJECT_PROPERTIES_HPP

namespace cosio::inline v0 {

/// A piece of an object's metadata, its name without prefix and in lower case.
struct metadata_entry
{
    std::string name{};
    std::string value{};

    friend bool operator==(const metadata_entry&, const metadata_entry&) = default;
};

/// The state of an archived object that was asked to be restored.
struct restore_state
{
    bool ongoing = false;
    /// When the restored copy goes, once it is there.
    std::optional<std::chrono::sys_seconds> expires{};
};

/// The headers of an object, as GET and HEAD tell them.
struct object_properties
{
    /// Opaque, in its quotes: the MD5 of the content for some objects, for encrypted and multipart
    /// ones something else. Pass it on as it is, never compare it with a digest.
    std::string etag{};
    /// Bytes of the whole object, before encryption.
    std::uint64_t size = 0;
    /// CRC64 of the whole object, before encryption, if the service keeps it.
    std::optional<std::uint64_t> crc64{};
    /// How the object is encrypted at rest.
    encryption sse{};

    std::string content_type{};
    std::string cache_control{};
    std::string content_disposition{};
    std::string content_encoding{};
    std::string content_language{};
    std::string expires{};
    std::optional<std::chrono::sys_seconds> last_modified{};
    std::vector<metadata_entry> metadata{};
    /// `STANDARD` when the reply names none.
    std::string storage_class{};
    /// Empty unless the bucket has, or had, versioning.
    std::string version_id{};
    /// For archived objects, once a restore was asked for.
    std::optional<restore_state> restore{};
    /// Quote it to the service's support.
    std::string request_id{};
};

} // namespace cosio::inline v0

#endif

// ---- cosio/request/get_object.hpp ---------------------------------------------------------------

// What GET Object is asked for, and what comes of it.

#ifndef COSIO_REQUEST_GET_OBJECT_HPP
#define COSIO_REQUEST_GET_OBJECT_HPP

namespace cosio::inline v0 {

/// Reads an object: into a string, into a buffer, or as a stream, see the members of `client`.
///
/// SSE-COS and SSE-KMS objects need no key: `sse` names one for SSE-C objects only, and then the
/// reply must confirm that the object is encrypted with it.
struct get_object_request
{
    std::string_view bucket{};
    std::string_view key{};
    cosio::sse::on_read sse{};
    /// A reply with other bytes than these, the whole object included, is an error.
    byte_range range{};
    cosio::conditions conditions{};
    response_overrides overrides{};
    std::string_view version_id{};
    /// Bits a second, 819200 to 838860800; 0: no limit.
    std::uint64_t traffic_limit = 0;
    /// The most bytes to hold, for reading into a string; more is
    /// `errc::destination_too_small`.
    std::uint64_t maximum_size = std::numeric_limits<std::uint64_t>::max();
};

static_assert(std::is_trivially_destructible_v<get_object_request>);

/// An object and where its bytes went.
struct get_object_result : object_properties
{
    /// Of `get_object`: the bytes.
    std::string body{};
    /// Bytes received.
    std::uint64_t body_size = 0;
    /// Of a ranged read: which bytes they are.
    std::optional<content_range> range{};
    /// Whether the reply stated a CRC64 of what was received; it then was that of the bytes. Never
    /// for a range, as the service states that of the whole object.
    bool crc64_verified = false;
};

} // namespace cosio::inline v0

#endif

// ---- cosio/net/client_functions.hpp -------------------------------------------------------------

// The functions behind the members of the client. Only declared, so that who uses a client need not
// read how it works; client_definitions.hpp has them.

#ifndef COSIO_NET_CLIENT_FUNCTIONS_HPP
#define COSIO_NET_CLIENT_FUNCTIONS_HPP

namespace cosio::inline v0 {

class config;
class object_reader;
template <class Dialect>
class basic_client;

namespace dialect {
struct cos;
struct s3;
} // namespace dialect

// What the members of a client stand for.
namespace operation {
template <class Dialect>
struct abort_multipart_upload;
template <class Dialect>
struct complete_multipart_upload;
template <class Dialect>
struct copy_object;
template <class Dialect>
struct delete_bucket_encryption;
template <class Dialect>
struct delete_object;
template <class Dialect>
struct delete_objects;
template <class Dialect>
struct get_bucket_encryption;
template <class Dialect>
struct get_object;
template <class Dialect>
struct head_bucket;
template <class Dialect>
struct head_object;
template <class Dialect>
struct initiate_multipart_upload;
template <class Dialect>
struct list_multipart_uploads;
template <class Dialect>
struct list_objects;
template <class Dialect>
struct list_parts;
template <class Dialect>
struct put_bucket_encryption;
template <class Dialect>
struct put_object;
template <class Dialect>
struct restore_object;
template <class Dialect>
struct upload_part;
template <class Dialect>
struct upload_part_copy;
} // namespace operation

namespace transfer {
template <class Client>
class body_upload;
template <class Client>
class directory_download;
template <class Client>
class file_download;
template <class Client>
class file_upload;
template <class Client>
class object_copy;
template <class Client>
class stream_download;
} // namespace transfer

namespace net {

class client_core;
class object_stream;
class operation_control;

using core_pointer = std::shared_ptr<client_core>;

/// An operation that was encoded and waits to be started, with what controls it.
template <class Result>
class prepared_operation
{
public:
    prepared_operation(
        std::shared_ptr<operation_control> by, asio::awaitable<result<Result>> what)
        : control(std::move(by)), work(std::move(what))
    {}

    std::shared_ptr<operation_control> control;
    asio::awaitable<result<Result>> work;
};

/// Checks a configuration and makes what its client needs: no network, but files of certificates
/// are read. Errors: `errc::invalid_configuration`, `errc::tls_failed`.
template <class Dialect>
[[nodiscard]] result<core_pointer> make_client_core(
    asio::any_io_executor executor, const config& settings);

/// `Operation` of the request's type, encoded now.
template <class Dialect, template <class> class Operation, class Result, class Request>
[[nodiscard]] prepared_operation<Result> prepare(
    const core_pointer& core, const timeout_settings& limits, const Request& request);

/// As `prepare`, with a buffer for the body of the reply.
template <class Dialect>
[[nodiscard]] prepared_operation<get_object_result> prepare_get_into(const core_pointer& core,
    const timeout_settings& limits, const get_object_request& request,
    std::span<std::byte> buffer);

template <class Dialect>
[[nodiscard]] prepared_operation<object_reader> prepare_open(
    const core_pointer& core, const timeout_settings& limits, const get_object_request& request);

template <class Dialect>
[[nodiscard]] prepared_operation<std::size_t> prepare_warm_up(const core_pointer& core,
    const timeout_settings& limits, std::string_view bucket, std::size_t connections);

/// How much one read of an open object waits for.
enum class read_until { some, full };

/// The next read of an open object.
[[nodiscard]] COSIO_DECLARED prepared_operation<std::size_t> prepare_read(
    const std::shared_ptr<object_stream>& stream, std::span<std::byte> buffer, read_until when);

/// The total of a transfer is that of its options; its operations have the client's.
template <class Dialect, template <class> class Transfer, class Result, class... Arguments>
[[nodiscard]] prepared_operation<Result> prepare_transfer(const basic_client<Dialect>& cos,
    const core_pointer& core, const timeout_settings& limits, const Arguments&... arguments);

/// See `client::presign`.
template <class Dialect, template <class> class Operation, class Request>
[[nodiscard]] result<presigned_url> presign(
    const client_core& core, const Request& request, std::chrono::seconds validity);

[[nodiscard]] COSIO_DECLARED const asio::any_io_executor& executor_of(
    const client_core& core) noexcept;
/// Serial: everything an operation does runs there.
[[nodiscard]] COSIO_DECLARED const asio::any_io_executor& executor_of(
    const operation_control& control) noexcept;
[[nodiscard]] COSIO_DECLARED const timeout_settings& limits_of(const client_core& core) noexcept;
[[nodiscard]] COSIO_DECLARED connection_counters counters_of(const client_core& core);
[[nodiscard]] COSIO_DECLARED const get_object_result& head_of(const object_stream& stream) noexcept;
[[nodiscard]] COSIO_DECLARED const client_core& core_of(const object_stream& stream) noexcept;

} // namespace net
} // namespace cosio::inline v0

#endif

// ---- cosio/net/initiation.hpp -------------------------------------------------------------------

// How an operation is started for any completion token, and how it is cancelled.

#ifndef COSIO_NET_INITIATION_HPP
#define COSIO_NET_INITIATION_HPP

#include <asio/associated_allocator.hpp>
#include <asio/associated_cancellation_slot.hpp>
#include <asio/associated_executor.hpp>
#include <asio/async_result.hpp>
#include <asio/cancellation_type.hpp>
#include <asio/co_spawn.hpp>
#include <asio/use_awaitable.hpp>

#include <exception>

namespace cosio::inline v0::net {

/// Sits in the caller's cancellation slot. Never touches the operation on the emitter's thread: it
/// posts to the operation's executor, where the operation may be gone already.
class cancellation_handler
{
public:
    explicit cancellation_handler(const std::shared_ptr<operation_control>& control)
        : executor_(executor_of(*control)), control_(control)
    {}

    COSIO_DECLARED void operator()(asio::cancellation_type type) const;

private:
    asio::any_io_executor executor_;
    std::weak_ptr<operation_control> control_;
};

/// Hands the result to the caller's handler, on the handler's executor. Has no cancellation slot,
/// so that `co_spawn` forwards none (Asio 1.22 to 1.24 crash when it does across strands).
template <class Result, class Handler>
class completion
{
public:
    using executor_type = asio::associated_executor_t<Handler, asio::any_io_executor>;
    using allocator_type = asio::associated_allocator_t<Handler>;

    completion(Handler handler, asio::any_io_executor otherwise)
        : handler_(std::move(handler)), otherwise_(std::move(otherwise))
    {}

    [[nodiscard]] executor_type get_executor() const noexcept
    {
        return asio::get_associated_executor(handler_, otherwise_);
    }
    [[nodiscard]] allocator_type get_allocator() const noexcept
    {
        return asio::get_associated_allocator(handler_);
    }

    /// The coroutines of operations let no exception out.
    void operator()(const std::exception_ptr&, result<Result> value)
    {
        std::move(handler_)(std::move(value));
    }

private:
    Handler handler_;
    asio::any_io_executor otherwise_;
};

/// Starts the coroutine of an operation. A named type with an executor, as Asio's adapters need.
class operation_initiation
{
public:
    using executor_type = asio::any_io_executor;

    explicit operation_initiation(asio::any_io_executor executor) : executor_(std::move(executor))
    {}

    [[nodiscard]] executor_type get_executor() const noexcept { return executor_; }

    template <class Handler, class Result>
    void operator()(Handler&& handler, std::shared_ptr<operation_control> control,
        asio::awaitable<result<Result>> work) const
    {
        using decayed = std::decay_t<Handler>;
        if (auto slot = asio::get_associated_cancellation_slot(handler); slot.is_connected())
            slot.assign(cancellation_handler(control));
        asio::co_spawn(executor_of(*control), std::move(work),
            completion<Result, decayed>(decayed(std::forward<Handler>(handler)), executor_));
    }

private:
    asio::any_io_executor executor_;
};

/// Starts an operation on its control's executor and completes `token` with its result, by way of
/// `executor` unless the token has its own: signature `void(result<Result>)`.
template <class Result, class Token>
auto initiate(
    asio::any_io_executor executor, prepared_operation<Result> operation, Token&& token)
{
    return asio::async_initiate<Token, void(result<Result>)>(
        operation_initiation(std::move(executor)), token, std::move(operation.control),
        std::move(operation.work));
}

/// As `initiate` with `use_awaitable`, without a detour where there is no need for one.
///
/// On a serial executor it is the coroutine of the operation itself, which then takes part in the
/// caller's own cancellation.
template <class Result>
[[nodiscard]] asio::awaitable<result<Result>> await_operation(
    const client_core& core, prepared_operation<Result> operation);

/// As `await_operation`, always by way of the client's executor.
template <class Result>
[[nodiscard]] asio::awaitable<result<Result>> await_apart(
    const client_core& core, prepared_operation<Result> operation);

template <class Token>
concept default_token = std::is_same_v<std::decay_t<Token>, asio::use_awaitable_t<>>;

/// Whatever the token is.
template <class Result, class Token>
auto complete(const client_core& core, prepared_operation<Result> operation, Token&& token)
{
    if constexpr (default_token<Token>)
        return await_operation(core, std::move(operation));
    else
        return initiate(executor_of(core), std::move(operation), std::forward<Token>(token));
}

/// As `complete`, always by way of an executor.
template <class Result, class Token>
auto complete_apart(
    const client_core& core, prepared_operation<Result> operation, Token&& token)
{
    if constexpr (default_token<Token>)
        return await_apart(core, std::move(operation));
    else
        return initiate(executor_of(core), std::move(operation), std::forward<Token>(token));
}

} // namespace cosio::inline v0::net

#endif

// ---- cosio/object_reader.hpp --------------------------------------------------------------------

// An object as a stream: the caller pulls, so nothing is received before there is room for it.

#ifndef COSIO_OBJECT_READER_HPP
#define COSIO_OBJECT_READER_HPP

namespace cosio::inline v0 {

/// The bytes of one object, from `client::open_object`. Movable; holds one connection until its
/// end has been read or it is destroyed, which closes the connection if bytes are left.
///
/// One read at a time. Reads may be made from any thread; each completes where its token says.
class object_reader
{
public:
    /// A reader that is at its end.
    object_reader() = default;
    explicit object_reader(std::shared_ptr<net::object_stream> stream) : stream_(std::move(stream))
    {}

    /// What the head of the reply told, compared with what was asked for. `body_size` and
    /// `crc64_verified` are set once the end has been read. Requires a reader that was opened.
    [[nodiscard]] const get_object_result& properties() const noexcept
    {
        return net::head_of(*stream_);
    }

    /// Reads 1 byte or more into `buffer`, which must live until the read is done; 0 at the end
    /// of the object, and only if it came whole and its CRC64 is that of the reply.
    ///
    /// Signature `void(result<std::size_t>)`. Errors: `errc::truncated_body`,
    /// `errc::checksum_mismatch`, `errc::malformed_response`, `errc::cancelled`, and those of the
    /// connection; an error is final. Cancellation (terminal) closes the connection.
    template <class Token = asio::use_awaitable_t<>>
    auto read_some(std::span<std::byte> buffer, Token&& token = {})
    {
        return net::complete(net::core_of(*stream_),
            net::prepare_read(stream_, buffer, net::read_until::some), std::forward<Token>(token));
    }

    /// As `read_some`, but fills `buffer`: with less than that only at the end of the object, or
    /// before an error, which the next read then yields. For those who would wait for the rest
    /// anyway.
    template <class Token = asio::use_awaitable_t<>>
    auto read(std::span<std::byte> buffer, Token&& token = {})
    {
        return net::complete(net::core_of(*stream_),
            net::prepare_read(stream_, buffer, net::read_until::full), std::forward<Token>(token));
    }

private:
    std::shared_ptr<net::object_stream> stream_{};
};

} // namespace cosio::inline v0

#endif

// ---- cosio/request/list_multipart_uploads.hpp ---------------------------------------------------

// What List Multipart Uploads is asked for, and what comes of it.

#ifndef COSIO_REQUEST_LIST_MULTIPART_UPLOADS_HPP
#define COSIO_REQUEST_LIST_MULTIPART_UPLOADS_HPP

namespace cosio::inline v0 {

/// Lists up to 1000 uploads that were neither completed nor aborted, by key.
struct list_multipart_uploads_request
{
    std::string_view bucket{};
    std::string_view prefix{};
    std::string_view delimiter{};
    /// Only uploads after this key, or of this key after `upload_id_marker`.
    std::string_view key_marker{};
    std::string_view upload_id_marker{};
    /// At most 1000; 0: the service's default, 1000.
    std::uint32_t max_uploads = 0;
};

static_assert(std::is_trivially_destructible_v<list_multipart_uploads_request>);

struct upload_summary
{
    std::string key{};
    std::string upload_id{};
    std::optional<std::chrono::sys_seconds> initiated{};
    std::string storage_class{};
};

struct list_multipart_uploads_result
{
    std::vector<upload_summary> uploads{};
    std::vector<std::string> common_prefixes{};
    bool is_truncated = false;
    /// The markers of the next page, when there is one.
    std::string next_key_marker{};
    std::string next_upload_id_marker{};
    std::string request_id{};
};

} // namespace cosio::inline v0

#endif

// ---- cosio/request/list_objects.hpp -------------------------------------------------------------

// What GET Bucket (List Objects) is asked for, and what comes of it.

#ifndef COSIO_REQUEST_LIST_OBJECTS_HPP
#define COSIO_REQUEST_LIST_OBJECTS_HPP

namespace cosio::inline v0 {

/// Lists up to 1000 objects in the order of their UTF-8 bytes.
struct list_objects_request
{
    std::string_view bucket{};
    /// Only keys that begin with this.
    std::string_view prefix{};
    /// One character, usually `/`: keys that share what comes before it are listed as one
    /// `common_prefixes` entry.
    std::string_view delimiter{};
    /// Only keys after this one.
    std::string_view marker{};
    /// Where the page before ended, by its `next_continuation_token`; counts before `marker`.
    /// Services that give no tokens go on from `marker`.
    std::string_view continuation_token{};
    /// At most 1000; 0: the service's default, 1000.
    std::uint32_t max_keys = 0;
};

static_assert(std::is_trivially_destructible_v<list_objects_request>);

struct object_summary
{
    std::string key{};
    std::string etag{};
    std::uint64_t size = 0;
    std::optional<std::chrono::sys_seconds> last_modified{};
    std::string storage_class{};
    std::string storage_tier{};
    /// Of archived objects: `ONGOING`, `DONE` or `FAILED`.
    std::string restore_status{};
};

struct list_objects_result
{
    std::vector<object_summary> objects{};
    std::vector<std::string> common_prefixes{};
    bool is_truncated = false;
    /// The `marker` of the next page, when there is one; empty from services that give tokens.
    std::string next_marker{};
    /// The `continuation_token` of the next page, from services that give tokens.
    std::string next_continuation_token{};
    std::string request_id{};
};

} // namespace cosio::inline v0

#endif

// ---- cosio/request/list_parts.hpp ---------------------------------------------------------------

// What List Parts is asked for, and what comes of it.

#ifndef COSIO_REQUEST_LIST_PARTS_HPP
#define COSIO_REQUEST_LIST_PARTS_HPP

namespace cosio::inline v0 {

/// Lists up to 1000 parts of an upload, by number.
struct list_parts_request
{
    std::string_view bucket{};
    std::string_view key{};
    std::string_view upload_id{};
    /// Only parts after this number.
    std::uint32_t part_number_marker = 0;
    /// At most 1000; 0: the service's default, 1000.
    std::uint32_t max_parts = 0;
};

static_assert(std::is_trivially_destructible_v<list_parts_request>);

struct part_summary
{
    std::uint32_t part_number = 0;
    std::string etag{};
    std::uint64_t size = 0;
    std::optional<std::chrono::sys_seconds> last_modified{};
};

struct list_parts_result
{
    std::vector<part_summary> parts{};
    bool is_truncated = false;
    /// The `part_number_marker` of the next page, when there is one.
    std::uint32_t next_part_number_marker = 0;
    std::string storage_class{};
    std::string request_id{};
};

} // namespace cosio::inline v0

#endif

// ---- cosio/pages.hpp ----------------------------------------------------------------------------

// Listings of any length, page by page.

#ifndef COSIO_PAGES_HPP
#define COSIO_PAGES_HPP

#include <set>

namespace cosio::inline v0 {

namespace detail {

/// Where a listing of objects stands; owns what the next request refers to.
struct object_cursor
{
    using page_type = list_objects_result;

    explicit object_cursor(const list_objects_request& from)
        : bucket(from.bucket), prefix(from.prefix), delimiter(from.delimiter),
          marker(from.marker), continuation_token(from.continuation_token),
          max_keys(from.max_keys)
    {}

    [[nodiscard]] list_objects_request request() const
    {
        return {.bucket = bucket,
            .prefix = prefix,
            .delimiter = delimiter,
            .marker = marker,
            .continuation_token = continuation_token,
            .max_keys = max_keys};
    }

    /// Whether there are more pages. Errors: `errc::malformed_response` when the page is not behind
    /// the one before, whatever its token says, or one page after another is empty.
    [[nodiscard]] result<bool> advance(const page_type& page)
    {
        if (auto sound = check_progress(page); !sound)
            return std::move(sound).error();
        marker = page.next_marker;
        continuation_token = page.next_continuation_token;
        return page.is_truncated;
    }

    std::string bucket;
    std::string prefix;
    std::string delimiter;
    std::string marker;
    std::string continuation_token;
    std::uint32_t max_keys;

private:
    /// A service may find nothing to show on a page and still go on; not without end.
    static constexpr unsigned most_empty_pages = 1000;

    [[nodiscard]] result<void> check_progress(const page_type& page)
    {
        std::string_view first;
        std::string_view last;
        const auto look_at = [&](std::string_view name) {
            first = first.empty() ? name : std::min(first, name);
            last = std::max(last, name);
        };
        for (const auto& one : page.objects)
            look_at(one.key);
        for (const auto& one : page.common_prefixes)
            look_at(one);
        const bool is_empty = last.empty();
        empty_pages_ = is_empty ? empty_pages_ + 1 : 0;
        if (empty_pages_ > most_empty_pages)
            return error(errc::malformed_response, "the listing goes on with empty pages");
        // The common prefix that ended a page may be named once more.
        if (!is_empty && !last_.empty() && (last <= last_ || first < last_))
            return error(errc::malformed_response, "the listing repeats what it has listed");
        if (!is_empty)
            last_ = last;
        return {};
    }

    std::string last_{}; // Of all names so far.
    unsigned empty_pages_ = 0;
};

struct upload_cursor
{
    using page_type = list_multipart_uploads_result;

    explicit upload_cursor(const list_multipart_uploads_request& from)
        : bucket(from.bucket), prefix(from.prefix), delimiter(from.delimiter),
          key_marker(from.key_marker), upload_id_marker(from.upload_id_marker),
          max_uploads(from.max_uploads)
    {}

    [[nodiscard]] list_multipart_uploads_request request() const
    {
        return {.bucket = bucket,
            .prefix = prefix,
            .delimiter = delimiter,
            .key_marker = key_marker,
            .upload_id_marker = upload_id_marker,
            .max_uploads = max_uploads};
    }

    /// Whether there are more pages. Errors: `errc::malformed_response` when it has asked for the
    /// next one before.
    [[nodiscard]] result<bool> advance(const page_type& page)
    {
        if (page.next_key_marker != key_marker)
            asked_ids_.clear();
        if (page.is_truncated && !asked_ids_.insert(page.next_upload_id_marker).second)
            return error(errc::malformed_response, "the listing repeats what it has listed");
        key_marker = page.next_key_marker;
        upload_id_marker = page.next_upload_id_marker;
        return page.is_truncated;
    }

    std::string bucket;
    std::string prefix;
    std::string delimiter;
    std::string key_marker;
    std::string upload_id_marker;
    std::uint32_t max_uploads;

private:
    std::set<std::string> asked_ids_{}; // Markers of uploads of the key `key_marker`.
};

struct part_cursor
{
    using page_type = list_parts_result;

    explicit part_cursor(const list_parts_request& from)
        : bucket(from.bucket), key(from.key), upload_id(from.upload_id),
          part_number_marker(from.part_number_marker), max_parts(from.max_parts)
    {}

    [[nodiscard]] list_parts_request request() const
    {
        return {.bucket = bucket,
            .key = key,
            .upload_id = upload_id,
            .part_number_marker = part_number_marker,
            .max_parts = max_parts};
    }

    /// Whether there are more pages; the numbers of parts ascend.
    [[nodiscard]] result<bool> advance(const page_type& page)
    {
        part_number_marker = page.next_part_number_marker;
        return page.is_truncated;
    }

    std::string bucket;
    std::string key;
    std::string upload_id;
    std::uint32_t part_number_marker;
    std::uint32_t max_parts;
};

} // namespace detail

/// A listing that is fetched one page at a time:
///
///     auto pages = cos.object_pages({.bucket = bucket, .prefix = "logs/"});
///     for (;;) {
///         const auto page = (co_await pages.next()).value();
///         if (!page)
///             break; // The end; an error would have thrown.
///         for (const auto& object : page->objects)
///             use(object);
///     }
///
/// One `next()` at a time; the object must live until it is done.
template <class Client, class Cursor>
class pages
{
public:
    using page_type = typename Cursor::page_type;
    using request_type = decltype(std::declval<Cursor>().request());

    pages(Client client, const request_type& from) : client_(std::move(client)), cursor_(from) {}

    /// The next page; nothing after the last one; or an error, after which `next()` asks for the
    /// same page again.
    [[nodiscard]] asio::awaitable<result<std::optional<page_type>>> next()
    {
        if (ended_)
            co_return std::optional<page_type>();
        auto page = co_await client_.list_page(cursor_.request());
        if (!page)
            co_return std::move(page).error();
        const auto more = cursor_.advance(*page);
        if (!more)
            co_return more.error();
        ended_ = !*more;
        co_return std::optional<page_type>(std::move(*page));
    }

private:
    Client client_;
    Cursor cursor_;
    bool ended_ = false;
};

} // namespace cosio::inline v0

#endif

// ---- cosio/request/abort_multipart_upload.hpp ---------------------------------------------------

// What Abort Multipart Upload is asked for, and what comes of it.

#ifndef COSIO_REQUEST_ABORT_MULTIPART_UPLOAD_HPP
#define COSIO_REQUEST_ABORT_MULTIPART_UPLOAD_HPP

namespace cosio::inline v0 {

/// Deletes the parts of an upload. Abort again after a part that was still on its way.
struct abort_multipart_upload_request
{
    std::string_view bucket{};
    std::string_view key{};
    std::string_view upload_id{};
};

static_assert(std::is_trivially_destructible_v<abort_multipart_upload_request>);

struct abort_multipart_upload_result
{
    std::string request_id{};
};

} // namespace cosio::inline v0

#endif

// ---- cosio/request/complete_multipart_upload.hpp ------------------------------------------------

// What Complete Multipart Upload is asked for, and what comes of it.

#ifndef COSIO_REQUEST_COMPLETE_MULTIPART_UPLOAD_HPP
#define COSIO_REQUEST_COMPLETE_MULTIPART_UPLOAD_HPP

namespace cosio::inline v0 {

/// A part as completing the upload names it.
struct completed_part
{
    std::uint32_t part_number = 0;
    /// As `upload_part` or `upload_part_copy` yielded it.
    std::string_view etag{};
};

/// Makes an object of an upload's parts. May take minutes for large objects.
///
/// Idempotent in effect, but a repetition after success is answered with
/// `service_errc::no_such_upload`.
struct complete_multipart_upload_request
{
    std::string_view bucket{};
    std::string_view key{};
    std::string_view upload_id{};
    /// Ascending by number, no gaps (source: COS documentation; S3 allows gaps).
    std::span<const completed_part> parts{};
    /// What the upload was initiated with. Not sent; the reply must confirm it. Where the service
    /// may say nothing here, as S3, only a reply that says otherwise is an error.
    cosio::sse::on_write expected_sse{};
    /// What the CRC64 of the whole object must be, see `crypto::crc64_combine`. Not sent; compared
    /// with the reply when it states one.
    std::optional<std::uint64_t> expected_crc64{};
};

static_assert(std::is_trivially_destructible_v<complete_multipart_upload_request>);

struct complete_multipart_upload_result
{
    /// Opaque, see `object_properties::etag`.
    std::string etag{};
    /// URL of the object, without signature.
    std::string location{};
    /// Of the whole object, before encryption; absent when one of its parts has none.
    std::optional<std::uint64_t> crc64{};
    /// Whether `expected_crc64` was given and the reply stated the same.
    bool crc64_verified = false;
    encryption sse{};
    std::string version_id{};
    std::string request_id{};
};

} // namespace cosio::inline v0

#endif

// ---- cosio/copy_source.hpp ----------------------------------------------------------------------

// The object that a copy reads.

#ifndef COSIO_COPY_SOURCE_HPP
#define COSIO_COPY_SOURCE_HPP

namespace cosio::inline v0 {

/// The source of a copy: an object, maybe in another bucket or region, with the key to read it.
struct copy_source
{
    std::string_view bucket{};
    std::string_view key{};
    /// Needed for SSE-C sources only; independent of the destination's encryption.
    cosio::sse::on_read sse{};
    std::string_view version_id{};
    /// Of the source's bucket; empty: the client's own.
    std::string_view region{};
    /// Any one that fails is `condition::precondition_failed`.
    cosio::conditions conditions{};
};

static_assert(std::is_trivially_destructible_v<copy_source>);

} // namespace cosio::inline v0

#endif

// ---- cosio/request/copy_object.hpp --------------------------------------------------------------

// What PUT Object - Copy is asked for, and what comes of it.

#ifndef COSIO_REQUEST_COPY_OBJECT_HPP
#define COSIO_REQUEST_COPY_OBJECT_HPP

namespace cosio::inline v0 {

/// What becomes of the source's metadata and content headers.
enum class metadata_directive {
    copy,    ///< They are copied; those of the request must be empty.
    replace, ///< Those of the request take their place.
};

/// What becomes of the source's tags, when the request has none of its own.
enum class tagging_directive {
    copy,    ///< They are copied.
    replace, ///< They are not: the copy has those of the request alone.
};

/// Copies an object of up to 5 GB. Encryption, storage class and ACL are not inherited: unless
/// `sse` asks for it, the copy is encrypted only if the bucket's default says so.
///
/// Changing the encryption of an object in place is a copy onto itself with
/// `metadata_directive::replace`.
struct copy_object_request
{
    /// Of the copy.
    std::string_view bucket{};
    /// Of the copy.
    std::string_view key{};
    cosio::copy_source copy_source{};
    /// How the copy is encrypted; independent of the source.
    cosio::sse::on_write sse{};
    metadata_directive directive = metadata_directive::copy;
    /// Tags of the request replace those of the source in any case.
    tagging_directive tagging = tagging_directive::copy;
    /// Content headers and metadata need `metadata_directive::replace`; storage class, ACL and
    /// tags take effect in any case.
    object_headers headers{};
};

static_assert(std::is_trivially_destructible_v<copy_object_request>);

struct copy_object_result
{
    /// Of the copy. Opaque, see `object_properties::etag`.
    std::string etag{};
    /// CRC64 of the copy, before encryption.
    std::optional<std::uint64_t> crc64{};
    /// Of the copy, as the reply confirms it; compared with what was asked for.
    encryption sse{};
    std::optional<std::chrono::sys_seconds> last_modified{};
    /// Of the copy, when its bucket has versioning.
    std::string version_id{};
    /// Of the source, when one was named.
    std::string source_version_id{};
    std::string request_id{};
};

} // namespace cosio::inline v0

#endif

// ---- cosio/request/progress.hpp -----------------------------------------------------------------

// How a transfer tells how far it is.

#ifndef COSIO_REQUEST_PROGRESS_HPP
#define COSIO_REQUEST_PROGRESS_HPP

namespace cosio::inline v0 {

/// A transfer at one moment.
struct transfer_progress
{
    /// Bytes that need not be sent or received again: of parts that the service has confirmed, or
    /// that were written to their destination. Never falls.
    std::uint64_t committed = 0;
    /// Of all; nothing when the source does not know.
    std::optional<std::uint64_t> total{};
    /// Bytes per second, lately; 0 until it is known.
    double rate = 0;
};

/// Somebody who is told of a transfer's progress, by reference: the callable must live until the
/// transfer is done. Called on the transfer's executor, one call at a time; must not throw.
class progress_view
{
public:
    /// Nobody.
    progress_view() = default;

    template <std::invocable<const transfer_progress&> Listener>
        requires(!std::same_as<std::remove_cv_t<Listener>, progress_view>)
    progress_view(Listener& listener) noexcept
        : listener_(const_cast<std::remove_const_t<Listener>*>(&listener)),
          call_([](void* self, const transfer_progress& now) {
              (*static_cast<Listener*>(self))(now);
          })
    {}

    template <std::invocable<const transfer_progress&> Listener>
        requires(!std::same_as<std::remove_cv_t<Listener>, progress_view>)
    progress_view(const Listener&&)
    {
        static_assert(std::is_lvalue_reference_v<Listener>,
            "a temporary listener would be gone before it is called: give it a name first");
    }

    void operator()(const transfer_progress& now) const
    {
        if (call_ != nullptr)
            call_(listener_, now);
    }

private:
    void* listener_ = nullptr;
    void (*call_)(void*, const transfer_progress&) = nullptr;
};

static_assert(std::is_trivially_destructible_v<progress_view>);

} // namespace cosio::inline v0

#endif

// ---- cosio/request/transfer_options.hpp ---------------------------------------------------------

// How a transfer is carried out.

#ifndef COSIO_REQUEST_TRANSFER_OPTIONS_HPP
#define COSIO_REQUEST_TRANSFER_OPTIONS_HPP

namespace cosio::inline v0 {

/// What becomes of an upload that fails or is cancelled.
enum class unfinished_upload {
    /// Kept when there is a checkpoint to resume it from, aborted otherwise.
    keep_if_resumable,
    /// Aborted, and the checkpoint removed.
    abort,
};

/// How a transfer is cut up. All views are copied when the transfer is started, but `on_progress`.
struct transfer_options
{
    /// Bytes of one part; 1 MiB to 5 GiB, grown when the object has too many of them. A transfer
    /// holds at most `part_size` * `parallelism` bytes plus a constant, and where its source or
    /// destination is a file only some 256 KiB of each part; for a source of unknown length, whose
    /// parts grow, see `upload_request`.
    std::uint64_t part_size = 8 * 1024 * 1024;
    /// Parts under way at once; at least 1.
    std::uint32_t parallelism = 5;
    /// An object of at most this size is transferred by one request; an upload of more than 5 GiB
    /// never is.
    std::uint64_t threshold = 16 * 1024 * 1024;
    /// Told of every step.
    progress_view on_progress{};
    /// A file that lets another run go on where this one ended, see `upload_file_request` and
    /// `download_file_request`; empty: an interrupted transfer begins anew. A run keeps it locked, and
    /// neither replaces nor removes one that it has not loaded or written:
    /// `errc::checkpoint_mismatch`. Where the file system has no locks, one run at a time is up to
    /// the caller. When a disk is full it stays as it was written last.
    std::string_view checkpoint{};
    /// The checkpoint is written after the first part, then this often at most: parts that were
    /// done since may have to be done again after a crash.
    std::chrono::milliseconds checkpoint_interval{1000};
    unfinished_upload on_failure = unfinished_upload::keep_if_resumable;
    /// From the call to the end of the transfer; at most as long as that, and then some for cleaning
    /// up, ten seconds at most where an upload is aborted. A transfer that takes longer ends with
    /// `errc::total_timeout`, and leaves what one that is cancelled leaves: it can be resumed in the
    /// same way. Each request within it has the `timeout_settings` of the client besides.
    timeout total = no_timeout;
    /// Lets parts be smaller than COS allows, for services that take them, such as the emulator
    /// with `emulator_options::minimum_part_size`.
    bool allow_small_parts = false;
};

static_assert(std::is_trivially_destructible_v<transfer_options>);

} // namespace cosio::inline v0

#endif

// ---- cosio/request/copy.hpp ---------------------------------------------------------------------

// What a copy of any size is asked for.

#ifndef COSIO_REQUEST_COPY_HPP
#define COSIO_REQUEST_COPY_HPP

namespace cosio::inline v0 {

/// Copies an object, from another bucket or region too; the bytes do not pass through here.
///
/// Encryption of source and copy are independent: mode, key and all. Metadata, content headers,
/// storage class and tags are those of the source, unless `headers` have their own or a directive
/// replaces them; the ACL is not inherited. A copy onto itself, which changes the encryption of an
/// object, keeps them as well.
///
/// For a copy in parts the tags are asked for first (GET Object tagging). It fails when they may
/// not be read, rather than to lose them: `headers.tags`, or `tagging_directive::replace`, spare it the
/// question. A service that has no tags has none to copy.
///
/// The source may not change meanwhile: `errc::object_changed`. The CRC64 of the copy is compared
/// with that of the source. What was copied of a failed or cancelled copy in parts is removed;
/// `options.checkpoint` has no effect.
struct copy_request
{
    /// Of the copy.
    std::string_view bucket{};
    /// Of the copy.
    std::string_view key{};
    cosio::copy_source copy_source{};
    /// How the copy is encrypted at rest.
    cosio::sse::on_write sse{};
    metadata_directive directive = metadata_directive::copy;
    tagging_directive tagging = tagging_directive::copy;
    /// With `metadata_directive::copy`: only storage class, ACL, grants and tags.
    object_headers headers{};
    /// More than 5 GiB are never copied by one request.
    transfer_options options{
        .part_size = 64 * 1024 * 1024, .threshold = std::uint64_t{256} * 1024 * 1024};
};

static_assert(std::is_trivially_destructible_v<copy_request>);

} // namespace cosio::inline v0

#endif

// ---- cosio/request/delete_bucket_encryption.hpp -------------------------------------------------

// What DELETE Bucket encryption is asked for, and what comes of it.

#ifndef COSIO_REQUEST_DELETE_BUCKET_ENCRYPTION_HPP
#define COSIO_REQUEST_DELETE_BUCKET_ENCRYPTION_HPP

namespace cosio::inline v0 {

/// Removes a bucket's default encryption. Objects stay as they are.
struct delete_bucket_encryption_request
{
    std::string_view bucket{};
};

static_assert(std::is_trivially_destructible_v<delete_bucket_encryption_request>);

struct delete_bucket_encryption_result
{
    std::string request_id{};
};

} // namespace cosio::inline v0

#endif

// ---- cosio/request/delete_object.hpp ------------------------------------------------------------

// What DELETE Object is asked for, and what comes of it.

#ifndef COSIO_REQUEST_DELETE_OBJECT_HPP
#define COSIO_REQUEST_DELETE_OBJECT_HPP

namespace cosio::inline v0 {

/// Deletes an object, or one version of it. Deleting what is not there succeeds.
///
/// In a bucket with versioning, an object without `version_id` gets a delete marker instead.
struct delete_object_request
{
    std::string_view bucket{};
    std::string_view key{};
    std::string_view version_id{};
};

static_assert(std::is_trivially_destructible_v<delete_object_request>);

struct delete_object_result
{
    /// Of the version deleted, or of the delete marker made; empty without versioning.
    std::string version_id{};
    /// Whether that is a delete marker.
    bool delete_marker = false;
    std::string request_id{};
};

} // namespace cosio::inline v0

#endif

// ---- cosio/request/delete_objects.hpp -----------------------------------------------------------

// What DELETE Multiple Objects is asked for, and what comes of it.

#ifndef COSIO_REQUEST_DELETE_OBJECTS_HPP
#define COSIO_REQUEST_DELETE_OBJECTS_HPP

namespace cosio::inline v0 {

/// One object, or one version of it.
struct object_identifier
{
    std::string_view key{};
    std::string_view version_id{};
};

/// Deletes up to 1000 objects. Succeeds as a whole even when some objects could not be deleted:
/// look at `delete_objects_result::failed`.
struct delete_objects_request
{
    std::string_view bucket{};
    /// 1 to 1000.
    std::span<const object_identifier> objects{};
    /// Whether the reply names only those that could not be deleted.
    bool quiet = false;
};

static_assert(std::is_trivially_destructible_v<delete_objects_request>);

struct deleted_object
{
    std::string key{};
    std::string version_id{};
    bool delete_marker = false;
    std::string delete_marker_version_id{};
};

struct failed_deletion
{
    std::string key{};
    std::string version_id{};
    service_errc code = service_errc::unknown;
    std::string service_code{};
    std::string message{};
};

/// Every object asked for is in one of the lists, unless the request was quiet.
struct delete_objects_result
{
    std::vector<deleted_object> deleted{};
    std::vector<failed_deletion> failed{};
    std::string request_id{};
};

} // namespace cosio::inline v0

#endif

// ---- cosio/request/download.hpp -----------------------------------------------------------------

// What a download into memory or to a sink is asked for.

#ifndef COSIO_REQUEST_DOWNLOAD_HPP
#define COSIO_REQUEST_DOWNLOAD_HPP

namespace cosio::inline v0 {

/// Reads an object into memory or to a sink. A connection that breaks is replaced, and the download
/// goes on from the byte it had come to; an object that is replaced meanwhile is
/// `errc::object_changed`.
///
/// After an error the buffer, or what the sink has taken, is part of an object or wrong.
/// `options.checkpoint` has no effect here.
struct download_request
{
    std::string_view bucket{};
    std::string_view key{};
    /// SSE-C objects need their key.
    cosio::sse::on_read sse{};
    std::string_view version_id{};
    transfer_options options{};
};

static_assert(std::is_trivially_destructible_v<download_request>);

} // namespace cosio::inline v0

#endif

// ---- cosio/request/download_directory.hpp -------------------------------------------------------

// What a download of a directory is asked for, and what comes of it.

#ifndef COSIO_REQUEST_DOWNLOAD_DIRECTORY_HPP
#define COSIO_REQUEST_DOWNLOAD_DIRECTORY_HPP

namespace cosio::inline v0 {

/// Reads each object whose key begins with `prefix` into a file below `path`: what follows the
/// prefix is its path there, folders are made as needed. Each file is written as `download_file`
/// does; the first that fails ends the whole, and those that are there stay.
///
/// A key that ends in a slash makes a folder, of an object without bytes. With bytes, or when it
/// is the prefix itself and does not end in a slash, it has no place and is `errc::unsafe_key`. So
/// is a key that is absolute, has a component `..`, `.`, empty, or like a drive, a backslash or a
/// control byte. None of the objects listed with such a key is written.
///
/// Symbolic links below `path` are not followed. Where a file would go and there is a link, a device
/// or anything else that is not a regular file, it stays as it is, and the download ends with an
/// error. Temporary files that runs which were killed have left in a directory that it writes to are
/// removed.
struct download_directory_request
{
    std::string_view bucket{};
    /// Such as `photos/2026/`; empty: all objects of the bucket.
    std::string_view prefix{};
    /// Of a directory that is there.
    std::string_view path{};
    /// SSE-C objects need their key: one for all of them.
    cosio::sse::on_read sse{};
    /// `parallelism` counts for the objects, and again for the ranges of each. `checkpoint` has no
    /// effect.
    transfer_options options{};
};

static_assert(std::is_trivially_destructible_v<download_directory_request>);

struct download_directory_result
{
    std::uint64_t files = 0;
    std::uint64_t bytes = 0;
};

} // namespace cosio::inline v0

#endif

// ---- cosio/request/download_file.hpp ------------------------------------------------------------

// What a download into a file is asked for.

#ifndef COSIO_REQUEST_DOWNLOAD_FILE_HPP
#define COSIO_REQUEST_DOWNLOAD_FILE_HPP

namespace cosio::inline v0 {

/// Reads an object into a file.
///
/// The file is as it was until the object has been received whole, its CRC64 compared and its bytes
/// written to the disk; then it is replaced at once. Until then they are in a temporary file beside
/// it, `.cosio-<target>-<random>.partial` or, if a checkpoint may refer to it,
/// `.cosio-<target>-<random>-<checkpoint>.partial`, each of them 16 hexadecimal digits. A run keeps
/// its own locked (`flock`); what runs that were killed have left for the same target the next one
/// removes, but for what another checkpoint may refer to and, on a file system of several machines,
/// what is not a day old. Where a file is to be replaced, both have its permissions and its
/// group, or less where the process may not give it that group; its owner too where the process may
/// give files away. What makes it run as somebody else and an access control list are not passed
/// on, and other hard links to it keep the old bytes. A file that the process may not write to is
/// not replaced, and in a directory that it may not write to nothing is: the system's error, before
/// anything is asked for. An object that is replaced meanwhile is `errc::object_changed`.
///
/// Symbolic links are followed: the file that they lead to is replaced, or made where there is none
/// yet. A link or a pipe of another user in a directory that everybody may write to (`/tmp`) is
/// refused. What is there and cannot be replaced is written to in order, by one request: a device, a
/// named pipe (once somebody reads it), or an open descriptor that is named as `/dev/stdout`,
/// `/dev/fd/N` or `/proc/self/fd/N`. What a failed download wrote there cannot be taken back, and
/// its checksum is compared after the last byte only; with a checkpoint it is refused. A directory,
/// a socket and a block device are `errc::invalid_argument`.
///
/// With `options.checkpoint` a download that fails, is cancelled or killed goes on when the same
/// request is made again: ranges that were received are not asked for again, but read from the
/// temporary file and compared with their CRC64.
/// `errc::checkpoint_mismatch` says what is not as it was: bucket, key, object, part size,
/// encryption, customer key, temporary file; or that another run is at work with the checkpoint.
struct download_file_request
{
    std::string_view bucket{};
    std::string_view key{};
    /// Of the file to be; its directory must be there.
    std::string_view path{};
    /// SSE-C objects need their key; it goes with every range.
    cosio::sse::on_read sse{};
    std::string_view version_id{};
    transfer_options options{};
};

static_assert(std::is_trivially_destructible_v<download_file_request>);

} // namespace cosio::inline v0

#endif

// ---- cosio/request/get_bucket_encryption.hpp ----------------------------------------------------

// What GET Bucket encryption is asked for, and what comes of it.

#ifndef COSIO_REQUEST_GET_BUCKET_ENCRYPTION_HPP
#define COSIO_REQUEST_GET_BUCKET_ENCRYPTION_HPP

namespace cosio::inline v0 {

/// Asks for a bucket's default encryption. When there is none:
/// `service_errc::no_such_encryption_configuration`, which is `condition::not_found`.
struct get_bucket_encryption_request
{
    std::string_view bucket{};
};

static_assert(std::is_trivially_destructible_v<get_bucket_encryption_request>);

struct get_bucket_encryption_result
{
    cosio::encryption encryption{};
    std::string request_id{};
};

} // namespace cosio::inline v0

#endif

// ---- cosio/request/head_bucket.hpp --------------------------------------------------------------

// What HEAD Bucket is asked for, and what comes of it.

#ifndef COSIO_REQUEST_HEAD_BUCKET_HPP
#define COSIO_REQUEST_HEAD_BUCKET_HPP

namespace cosio::inline v0 {

/// Success: it exists and may be used. `condition::not_found`, `condition::access_denied` else.
struct head_bucket_request
{
    std::string_view bucket{};
};

static_assert(std::is_trivially_destructible_v<head_bucket_request>);

struct head_bucket_result
{
    /// Such as `ap-beijing`.
    std::string region{};
    /// Whether the bucket spans availability zones.
    bool multiple_zones = false;
    std::string request_id{};
};

} // namespace cosio::inline v0

#endif

// ---- cosio/request/head_object.hpp --------------------------------------------------------------

// What HEAD Object is asked for, and what comes of it.

#ifndef COSIO_REQUEST_HEAD_OBJECT_HPP
#define COSIO_REQUEST_HEAD_OBJECT_HPP

namespace cosio::inline v0 {

/// Asks for an object's properties. SSE-C objects need their key for this too.
///
/// Refusals of HEAD have no body: a missing key and a wrong one are both `condition::
/// invalid_request` with HTTP status 400, an absent object is `condition::not_found`.
struct head_object_request
{
    std::string_view bucket{};
    std::string_view key{};
    cosio::sse::on_read sse{};
    cosio::conditions conditions{};
    std::string_view version_id{};
};

static_assert(std::is_trivially_destructible_v<head_object_request>);

struct head_object_result : object_properties
{};

} // namespace cosio::inline v0

#endif

// ---- cosio/request/initiate_multipart_upload.hpp ------------------------------------------------

// What Initiate Multipart Upload is asked for, and what comes of it.

#ifndef COSIO_REQUEST_INITIATE_MULTIPART_UPLOAD_HPP
#define COSIO_REQUEST_INITIATE_MULTIPART_UPLOAD_HPP

namespace cosio::inline v0 {

/// Begins an upload. Its parts cost storage until the upload is completed or aborted.
///
/// Not idempotent: each call begins another upload.
struct initiate_multipart_upload_request
{
    std::string_view bucket{};
    std::string_view key{};
    /// Of the object to be. SSE-COS and SSE-KMS are named here alone; the key of SSE-C goes with
    /// every part as well.
    cosio::sse::on_write sse{};
    object_headers headers{};
};

static_assert(std::is_trivially_destructible_v<initiate_multipart_upload_request>);

struct initiate_multipart_upload_result
{
    /// Opaque; names the upload in every request that belongs to it.
    std::string upload_id{};
    /// As the reply confirms it; compared with what was asked for.
    encryption sse{};
    std::string request_id{};
};

} // namespace cosio::inline v0

#endif

// ---- cosio/request/put_bucket_encryption.hpp ----------------------------------------------------

// What PUT Bucket encryption is asked for, and what comes of it.

#ifndef COSIO_REQUEST_PUT_BUCKET_ENCRYPTION_HPP
#define COSIO_REQUEST_PUT_BUCKET_ENCRYPTION_HPP

namespace cosio::inline v0 {

/// SSE-KMS as a bucket's default: a key, but no context.
struct bucket_kms
{
    /// Empty: the account's default master key.
    std::string_view key_id{};
};

/// Sets a bucket's default encryption. Objects that are there already stay as they are.
struct put_bucket_encryption_request
{
    std::string_view bucket{};
    std::variant<cosio::sse::cos_managed, bucket_kms> encryption{};
};

static_assert(std::is_trivially_destructible_v<put_bucket_encryption_request>);

struct put_bucket_encryption_result
{
    std::string request_id{};
};

} // namespace cosio::inline v0

#endif

// ---- cosio/detail/bytes.hpp ---------------------------------------------------------------------

// Text as bytes and bytes as text, without copying.

#ifndef COSIO_DETAIL_BYTES_HPP
#define COSIO_DETAIL_BYTES_HPP

namespace cosio::inline v0::detail {

[[nodiscard]] inline std::span<const std::byte> bytes_of(std::string_view text) noexcept
{
    return std::as_bytes(std::span(text.data(), text.size()));
}

[[nodiscard]] inline std::string_view text_of(std::span<const std::byte> bytes) noexcept
{
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

} // namespace cosio::inline v0::detail

#endif

// ---- cosio/body.hpp -----------------------------------------------------------------------------

// What can be uploaded: bytes in memory, or a source that is awaited.

#ifndef COSIO_BODY_HPP
#define COSIO_BODY_HPP

#include <ranges>

namespace cosio::inline v0 {

/// A body that is produced while it is sent.
///
/// - `co_await source.read(buffer)` fills the front of `buffer` and yields how many bytes it wrote;
///   0 ends the body. An error ends the operation with it. When the operation is cancelled or its
///   time is over, the coroutine of a read is cancelled (terminal), and the operation ends once the
///   read has: one that waits for long should take part in cancellation. It goes on where it was
///   begun, on the operation's executor: work elsewhere is an operation it waits for.
/// - `source.size()` is the number of bytes from here to the end, when it is known. Fewer or more
///   bytes than that fail the operation with `errc::body_size_mismatch`.
///
/// The type says whether it can be sent again: one without `rewind()` is sent once, and nothing
/// that failed after its first byte is tried again.
template <class T>
concept body_source = requires(T& source, std::span<std::byte> buffer) {
    { source.read(buffer) } -> std::same_as<asio::awaitable<result<std::size_t>>>;
    { source.size() } -> std::convertible_to<std::optional<std::uint64_t>>;
};

/// A body source that can be sent again: `source.rewind()` goes back to the first byte, and yields
/// whether that succeeded.
template <class T>
concept replayable_body_source = body_source<T> && requires(T& source) {
    { source.rewind() } -> std::same_as<bool>;
};

namespace detail {

template <class T>
concept byte_like = sizeof(T) == 1 && std::is_trivially_copyable_v<T> &&
    (std::same_as<T, std::byte> || std::same_as<T, char> || std::same_as<T, unsigned char> ||
        std::same_as<T, signed char> || std::same_as<T, char8_t>);

template <class T>
concept byte_container = std::ranges::contiguous_range<T> && std::ranges::sized_range<T> &&
    byte_like<std::ranges::range_value_t<T>> && !std::is_array_v<std::remove_cvref_t<T>>;

} // namespace detail

/// The body of an upload, by reference: what it refers to must live until the operation is done.
class body_view
{
public:
    /// Empty.
    body_view() = default;

    /// Text up to its terminating zero.
    body_view(const char* text) : bytes_(detail::bytes_of(text)) {}
    /// A buffer may hold text or bytes.
    template <std::size_t Size>
    body_view(char (&)[Size])
    {
        static_assert(Size == 0, "pass a std::string_view or a std::span of the buffer");
    }

    /// Any contiguous bytes or characters that outlive the operation.
    template <detail::byte_container Container>
        requires(std::is_lvalue_reference_v<Container> ||
            std::ranges::borrowed_range<std::remove_cvref_t<Container>>)
    body_view(Container&& bytes) noexcept
        : bytes_(std::as_bytes(std::span(std::ranges::data(bytes), std::ranges::size(bytes))))
    {}

    template <detail::byte_container Container>
        requires(!std::is_lvalue_reference_v<Container> &&
            !std::ranges::borrowed_range<std::remove_cvref_t<Container>>)
    body_view(Container&&)
    {
        static_assert(std::is_lvalue_reference_v<Container>,
            "a temporary body would be gone before it is sent: give it a name first");
    }

    /// A source that outlives the operation. A view is none itself: it is copied.
    template <body_source Source>
        requires(!std::same_as<std::remove_cv_t<Source>, body_view>)
    body_view(Source& source) noexcept
        : source_(&source), read_([](void* self, std::span<std::byte> buffer) {
              return static_cast<Source*>(self)->read(buffer);
          }),
          size_([](void* self) -> std::optional<std::uint64_t> {
              return static_cast<Source*>(self)->size();
          }),
          rewind_(rewind_of<Source>())
    {
        static_assert(replayable_body_source<Source> || !requires(Source& one) { one.rewind(); },
            "rewind() has to return a bool: whether it went back to the first byte");
    }

    template <body_source Source>
        requires(!std::same_as<std::remove_cv_t<Source>, body_view>)
    body_view(const Source&&)
    {
        static_assert(!body_source<Source>,
            "a temporary body would be gone before it is sent: give it a name first");
    }

    [[nodiscard]] bool in_memory() const noexcept { return source_ == nullptr; }
    /// The bytes of a body in memory; empty for a source.
    [[nodiscard]] std::span<const std::byte> bytes() const noexcept { return bytes_; }

    /// How many bytes will be sent, when it is known.
    [[nodiscard]] std::optional<std::uint64_t> size() const
    {
        return in_memory() ? std::optional<std::uint64_t>(bytes_.size()) : size_(source_);
    }

    /// Reads from a source; requires `!in_memory()`.
    [[nodiscard]] asio::awaitable<result<std::size_t>> read(std::span<std::byte> buffer) const
    {
        return read_(source_, buffer);
    }

    /// Whether the type of the body allows it to be sent again.
    [[nodiscard]] bool replayable() const noexcept { return in_memory() || rewind_ != nullptr; }

    /// Goes back to the first byte; false when that is not possible.
    [[nodiscard]] bool rewind() const
    {
        return in_memory() || (rewind_ != nullptr && rewind_(source_));
    }

private:
    template <class Source>
    [[nodiscard]] static constexpr auto rewind_of() noexcept -> bool (*)(void*)
    {
        if constexpr (replayable_body_source<Source>)
            return [](void* self) -> bool { return static_cast<Source*>(self)->rewind(); };
        else
            return nullptr;
    }

    std::span<const std::byte> bytes_{};
    void* source_ = nullptr;
    asio::awaitable<result<std::size_t>> (*read_)(void*, std::span<std::byte>) = nullptr;
    std::optional<std::uint64_t> (*size_)(void*) = nullptr;
    bool (*rewind_)(void*) = nullptr;
};

static_assert(std::is_trivially_destructible_v<body_view>);

} // namespace cosio::inline v0

#endif

// ---- cosio/crypto/provider_digest.hpp -----------------------------------------------------------

// A digest that an OpenSSL provider computes: whichever the process has configured.

#ifndef COSIO_CRYPTO_PROVIDER_DIGEST_HPP
#define COSIO_CRYPTO_PROVIDER_DIGEST_HPP

#include <openssl/evp.h>
#include <openssl/provider.h>

namespace cosio::inline v0::crypto {

/// Fetching takes longer than hashing a request, hence once per process. The object is constant
/// from then on and lives as long as the process; null when no provider has the algorithm.
template <digest_algorithm Algorithm>
[[nodiscard]] const EVP_MD* fetched_digest() noexcept
{
    static const EVP_MD* const instance = EVP_MD_fetch(nullptr,
        Algorithm == digest_algorithm::md5        ? "MD5"
            : Algorithm == digest_algorithm::sha1 ? "SHA1"
                                                  : "SHA256",
        nullptr);
    return instance;
}

/// Whether OpenSSL's own default provider has been chosen, rather than that for FIPS or another.
template <digest_algorithm Algorithm>
[[nodiscard]] bool is_of_default_provider() noexcept
{
    static const bool value = [] {
        const auto* const algorithm = fetched_digest<Algorithm>();
        return algorithm != nullptr &&
            std::string_view("default") ==
                OSSL_PROVIDER_get0_name(EVP_MD_get0_provider(algorithm));
    }();
    return value;
}

/// Requires `start` or `set` before all else. Not thread safe. What fails returns false.
template <digest_algorithm Algorithm>
class provider_digest
{
public:
    /// Forgets all bytes.
    [[nodiscard]] bool start() noexcept
    {
        const auto* const algorithm = fetched_digest<Algorithm>();
        return algorithm != nullptr && has_context() &&
            EVP_DigestInit_ex2(context_.get(), algorithm, nullptr) == 1;
    }

    /// Requires that `other` is at some bytes.
    [[nodiscard]] bool set(const provider_digest& other) noexcept
    {
        return has_context() && EVP_MD_CTX_copy_ex(context_.get(), other.context_.get()) == 1;
    }

    [[nodiscard]] bool update(std::span<const std::byte> bytes) noexcept
    {
        return EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) == 1;
    }

    [[nodiscard]] bool finish(digest_value<Algorithm>& out) noexcept
    {
        return EVP_DigestFinal_ex(
                   context_.get(), reinterpret_cast<unsigned char*>(out.data()), nullptr) == 1;
    }

private:
    struct deleter
    {
        void operator()(EVP_MD_CTX* context) const noexcept { EVP_MD_CTX_free(context); }
    };

    [[nodiscard]] bool has_context() noexcept
    {
        if (context_ == nullptr)
            context_.reset(EVP_MD_CTX_new());
        return context_ != nullptr;
    }

    std::unique_ptr<EVP_MD_CTX, deleter> context_{};
};

} // namespace cosio::inline v0::crypto

#endif

// ---- cosio/crypto/direct_digest.hpp -------------------------------------------------------------

// SHA-1 and SHA-256 by the functions that OpenSSL's default provider is made of.

#ifndef COSIO_CRYPTO_DIRECT_DIGEST_HPP
#define COSIO_CRYPTO_DIRECT_DIGEST_HPP

#include <openssl/opensslv.h>
#include <openssl/sha.h>

namespace cosio::inline v0::crypto {

/// What the default provider computes, by the cheapest way there is.
template <digest_algorithm Algorithm>
struct default_provider_digest : std::type_identity<provider_digest<Algorithm>>
{};

// Up to OpenSSL 3.4 a provider's context is allocated whenever it is copied or started, three times
// for a signature; 3.5 keeps it. These functions are deprecated since there are contexts, and an
// OpenSSL may come without them: all translation units of a program have to agree on that.
#if OPENSSL_VERSION_NUMBER < 0x30500000L && !defined(OPENSSL_NO_DEPRECATED_3_0)

#if defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
#endif

/// As `provider_digest`, with its state in the object, which wipes it when it goes.
template <digest_algorithm Algorithm, class State, int (*Start)(State*),
    int (*Update)(State*, const void*, std::size_t), int (*Finish)(unsigned char*, State*)>
class direct_digest
{
public:
    direct_digest() = default;
    direct_digest(const direct_digest&) = default;
    direct_digest& operator=(const direct_digest&) = default;
    ~direct_digest() { wipe(&state_, sizeof state_); }

    [[nodiscard]] bool start() noexcept { return Start(&state_) == 1; }
    [[nodiscard]] bool set(const direct_digest& other) noexcept
    {
        state_ = other.state_;
        return true;
    }
    [[nodiscard]] bool update(std::span<const std::byte> bytes) noexcept
    {
        return Update(&state_, bytes.data(), bytes.size()) == 1;
    }
    [[nodiscard]] bool finish(digest_value<Algorithm>& out) noexcept
    {
        return Finish(reinterpret_cast<unsigned char*>(out.data()), &state_) == 1;
    }

private:
    State state_{};
};

template <>
struct default_provider_digest<digest_algorithm::sha1>
    : std::type_identity<
          direct_digest<digest_algorithm::sha1, SHA_CTX, SHA1_Init, SHA1_Update, SHA1_Final>>
{};

template <>
struct default_provider_digest<digest_algorithm::sha256>
    : std::type_identity<direct_digest<digest_algorithm::sha256, SHA256_CTX, SHA256_Init,
          SHA256_Update, SHA256_Final>>
{};

#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif

#endif

} // namespace cosio::inline v0::crypto

#endif

// ---- cosio/crypto/digest.hpp --------------------------------------------------------------------

// MD5, SHA-1 and SHA-256 over OpenSSL 3.

#ifndef COSIO_CRYPTO_DIGEST_HPP
#define COSIO_CRYPTO_DIGEST_HPP

namespace cosio::inline v0::crypto {

[[nodiscard]] inline error digest_unavailable(std::string_view name)
{
    return error(errc::crypto_unavailable, std::string("OpenSSL has no ").append(name));
}

/// A digest over bytes that arrive in pieces. Reusable: what comes after `finish()` starts again.
///
/// Computed by the provider that the process has configured, that for FIPS included; what would be
/// the default one's is computed without it where that is cheaper, and an engine is not asked then.
///
/// What it holds of the bytes is wiped when it goes, starts again or is set. Movable, not copyable;
/// not thread safe. Errors: `errc::crypto_unavailable`.
template <digest_algorithm Algorithm>
class hasher
{
public:
    /// Adds bytes.
    void update(std::span<const std::byte> bytes) noexcept
    {
        start();
        usable_ = usable_ && (is_by_default() ? default_.update(bytes) : provider_.update(bytes));
    }

    /// Forgets its own bytes and goes on behind those of `other`: cheaper than hashing them again.
    void set(const hasher& other) noexcept
    {
        started_ = true;
        usable_ = other.usable() &&
            (is_by_default() ? default_.set(other.default_) : provider_.set(other.provider_));
    }

    /// Whether bytes were added and nothing has failed, which `finish()` would report.
    [[nodiscard]] bool usable() const noexcept { return started_ && usable_; }

    /// The digest of all bytes since the start.
    [[nodiscard]] result<digest_value<Algorithm>> finish()
    {
        start();
        started_ = false;
        digest_value<Algorithm> value{};
        if (!usable_ || !(is_by_default() ? default_.finish(value) : provider_.finish(value)))
            return digest_unavailable("digest that is needed (MD5, SHA1 or SHA256)");
        return value;
    }

private:
    /// Rather than by `provider_`.
    [[nodiscard]] static bool is_by_default() noexcept
    {
        return is_of_default_provider<Algorithm>();
    }

    /// Not before there are bytes: many a hasher is set, or used once.
    void start() noexcept
    {
        if (started_)
            return;
        started_ = true;
        usable_ = is_by_default() ? default_.start() : provider_.start();
    }

    provider_digest<Algorithm> provider_{};
    typename default_provider_digest<Algorithm>::type default_{};
    bool started_ = false;
    bool usable_ = false;
};

/// The digest of `bytes`. Errors: `errc::crypto_unavailable`.
template <digest_algorithm Algorithm>
[[nodiscard]] result<digest_value<Algorithm>> digest(std::span<const std::byte> bytes)
{
    hasher<Algorithm> hash;
    hash.update(bytes);
    return hash.finish();
}

[[nodiscard]] inline result<md5_value> md5(std::span<const std::byte> bytes)
{
    return digest<digest_algorithm::md5>(bytes);
}

[[nodiscard]] inline result<sha1_value> sha1(std::span<const std::byte> bytes)
{
    return digest<digest_algorithm::sha1>(bytes);
}

[[nodiscard]] inline result<sha256_value> sha256(std::span<const std::byte> bytes)
{
    return digest<digest_algorithm::sha256>(bytes);
}

} // namespace cosio::inline v0::crypto

#endif

// ---- cosio/request/put_object.hpp ---------------------------------------------------------------

// What PUT Object is asked for, and what comes of it.

#ifndef COSIO_REQUEST_PUT_OBJECT_HPP
#define COSIO_REQUEST_PUT_OBJECT_HPP

namespace cosio::inline v0 {

/// Stores an object of up to 5 GB, whole or not at all; an object of that key is replaced.
///
/// The views are read when the operation is started, the body until it is done.
struct put_object_request
{
    /// `<name>-<appid>`, such as `examplebucket-1250000000`.
    std::string_view bucket{};
    /// 1 to 850 bytes of UTF-8.
    std::string_view key{};
    /// Sent chunked when it is a source that does not know its size.
    body_view body{};
    /// MD5 of the body, for the service to compare: `service_errc::bad_digest` when it is another
    /// one. S3 gets that of a body in memory in any case.
    std::optional<crypto::md5_value> content_md5{};
    /// SHA-256 of the body, which S3 signs over http: there a source has to come with it, unless
    /// `upload` or `upload_file` reads it. Not looked at over https, nor by COS.
    std::optional<crypto::sha256_value> content_sha256{};
    /// How the object is encrypted at rest.
    cosio::sse::on_write sse{};
    object_headers headers{};
    /// Bits a second, 819200 to 838860800; 0: no limit.
    std::uint64_t traffic_limit = 0;
};

static_assert(std::is_trivially_destructible_v<put_object_request>);

/// What the service stored.
struct put_object_result
{
    /// Opaque, see `object_properties::etag`.
    std::string etag{};
    /// The service's CRC64 of the object, before encryption.
    std::optional<std::uint64_t> crc64{};
    /// Whether the reply stated a CRC64; it then was that of the bytes sent.
    bool crc64_verified = false;
    /// CRC64 of the bytes that were sent, whatever the reply stated.
    std::uint64_t sent_crc64 = 0;
    /// Whether the reply proved the MD5 that was sent along (`content_md5` of the request, or that
    /// of a body in memory, to services that state no CRC64): the ETag is that MD5. Of objects with
    /// SSE-C or SSE-KMS it mostly is not, though the service has compared it.
    bool md5_verified = false;
    /// As the reply confirms it; compared with what was asked for.
    encryption sse{};
    /// When versioning is enabled.
    std::string version_id{};
    std::string request_id{};
};

} // namespace cosio::inline v0

#endif

// ---- cosio/request/restore_object.hpp -----------------------------------------------------------

// What POST Object restore is asked for, and what comes of it.

#ifndef COSIO_REQUEST_RESTORE_OBJECT_HPP
#define COSIO_REQUEST_RESTORE_OBJECT_HPP

namespace cosio::inline v0 {

/// How fast an archived object is restored, and at what price.
enum class restore_tier {
    expedited, ///< 1 to 5 minutes; ARCHIVE only.
    standard,  ///< 3 to 5 hours; DEEP_ARCHIVE 12 to 24.
    bulk,      ///< 5 to 12 hours; DEEP_ARCHIVE 24 to 48.
};

/// As the document carries it; empty for a value that is no tier.
[[nodiscard]] constexpr std::string_view name_of(restore_tier tier) noexcept
{
    switch (tier) {
    case restore_tier::expedited: return "Expedited";
    case restore_tier::standard: return "Standard";
    case restore_tier::bulk: return "Bulk";
    }
    return {};
}

/// Asks for a readable copy of an archived object. `head_object` then tells how far it is.
///
/// While a restore is running another one is refused with
/// `service_errc::restore_already_in_progress`.
struct restore_object_request
{
    std::string_view bucket{};
    std::string_view key{};
    /// How long the copy is kept; at least 1.
    std::uint32_t days = 1;
    restore_tier tier = restore_tier::standard;
    /// SSE-C objects need their key; where the service takes none for this, as S3, it is not sent.
    cosio::sse::on_read sse{};
    std::string_view version_id{};
};

static_assert(std::is_trivially_destructible_v<restore_object_request>);

struct restore_object_result
{
    /// True when the object was restored before and is now kept longer; otherwise the restore has
    /// been started.
    bool was_restored = false;
    std::string request_id{};
};

} // namespace cosio::inline v0

#endif

// ---- cosio/request/transfer_results.hpp ---------------------------------------------------------

// What a transfer has done.

#ifndef COSIO_REQUEST_TRANSFER_RESULTS_HPP
#define COSIO_REQUEST_TRANSFER_RESULTS_HPP

namespace cosio::inline v0 {

/// An object that was written: by an upload, or by a copy.
struct upload_result
{
    /// Opaque, see `object_properties::etag`.
    std::string etag{};
    std::uint64_t size = 0;
    /// CRC64 of the object, before encryption: computed here for an upload, that of the source for
    /// a copy. Nothing when the source of a copy has none.
    std::optional<std::uint64_t> crc64{};
    /// Whether the service stated the same.
    bool crc64_verified = false;
    /// Whether the replies proved the MD5s that were sent along, of the body or of each part, where
    /// no CRC64 is stated: each ETag was that MD5. Never of a copy.
    bool md5_verified = false;
    /// As the reply confirms it; compared with what was asked for.
    encryption sse{};
    std::string version_id{};
    std::string request_id{};
    /// Parts of the upload; 0 when it was one request.
    std::uint32_t parts = 0;
    /// Of them, those that an earlier run had sent.
    std::uint32_t resumed_parts = 0;
};

/// An object that was read.
struct download_result : object_properties
{
    /// Bytes received, those of an earlier run included.
    std::uint64_t body_size = 0;
    /// Whether the service stated the CRC64 of the object; it then is that of the bytes.
    bool crc64_verified = false;
    /// Ranges that were asked for; 0 when it was one request.
    std::uint32_t parts = 0;
    /// Of them, those that an earlier run had received.
    std::uint32_t resumed_parts = 0;
};

} // namespace cosio::inline v0

#endif

// ---- cosio/request/upload.hpp -------------------------------------------------------------------

// What an upload of a body of any size is asked for.

#ifndef COSIO_REQUEST_UPLOAD_HPP
#define COSIO_REQUEST_UPLOAD_HPP

namespace cosio::inline v0 {

/// Stores a body as an object, in parts when it is large.
///
/// Bytes in memory are sent from where they are. A source is read once, in order, part by part into
/// memory, from where each part can be sent again: it need not rewind, nor know its size. It goes
/// in parts when it has more than one of them, whatever the threshold.
///
/// An object has 10,000 parts at most. Those of a source that knows its size are as large as that
/// takes. Of one that does not, the first 5,000 have `options.part_size` (39 GiB, if that is 8 MiB);
/// then the size doubles every 500 parts, up to 5 GiB, and as many are in memory at once as fit into
/// `part_size` * `parallelism` bytes, or two: 6.4 TiB can be stored that way, the last of it in
/// parts of 5 GiB. Whoever expects more than the first 5,000 parts hold does well to choose a larger
/// `part_size`. A source that does not end then fails with `errc::invalid_argument`.
///
/// A source that knows its size and yields more or less fails with `errc::body_size_mismatch`. What
/// was uploaded of a failed or cancelled upload is removed; `options.checkpoint` has no effect.
struct upload_request
{
    std::string_view bucket{};
    std::string_view key{};
    body_view body{};
    /// How the object is encrypted at rest. SSE-C goes with every part, the others are named once.
    cosio::sse::on_write sse{};
    object_headers headers{};
    transfer_options options{};
};

static_assert(std::is_trivially_destructible_v<upload_request>);

} // namespace cosio::inline v0

#endif

// ---- cosio/request/upload_file.hpp --------------------------------------------------------------

// What an upload of a file is asked for.

#ifndef COSIO_REQUEST_UPLOAD_FILE_HPP
#define COSIO_REQUEST_UPLOAD_FILE_HPP

namespace cosio::inline v0 {

/// Stores a file as an object of up to 48.8 TiB, whole or not at all.
///
/// The CRC64 of each part, and of the object, is compared with the reply. A service that states
/// none gets the MD5 of each part to compare, for which the file is read twice.
///
/// A file that does not keep to the size it states (in /proc or /sys), a pipe and a device are read
/// until they end, as by `upload_request`: nothing of them can be resumed, `options.checkpoint` has
/// no effect.
///
/// Any other file makes an object of one state of it, or none. `errc::file_changed`: its size, its
/// inode or its time of modification is another at the end, or its time of change is, and so are
/// the bytes of a part that was sent, which are read again then. A file that was changed just before
/// is waited for, some 20 ms (two seconds where the file system counts whole ones), so that a later
/// change has another time. What cannot be seen while an upload runs: bytes written by way of a
/// mapping, of which the system notes only the first until it writes them to the disk (tmpfs: none);
/// the rest of a single call that was writing already when the file was opened; on a network file
/// system, what another machine wrote within the time for which attributes are cached. With
/// `compare_at_end` all of that can.
///
/// With `options.checkpoint` an upload in parts that fails, is cancelled or killed goes on when the
/// same request is made again, in this or another process, one at a time: parts that the service
/// has, and whose CRC64 is that of the bytes which the file has in their places now, are not sent
/// again. `errc::checkpoint_mismatch` says what is not as it was: bucket, key, size, time of
/// modification or inode of the file, part size, encryption, customer key. The checkpoint is removed
/// once the object is there; it holds no key, only a salted fingerprint of it. Of a run that is
/// killed before it could write down its upload, that upload stays at the service, without parts.
struct upload_file_request
{
    std::string_view bucket{};
    std::string_view key{};
    /// Of anything that can be read, but a directory.
    std::string_view path{};
    /// How the object is encrypted at rest. SSE-C goes with every part, the others are named once.
    cosio::sse::on_write sse{};
    object_headers headers{};
    transfer_options options{};
    /// Reads all of the file again before its object is made of the parts, which even a small one
    /// goes in then, and compares: what no time of the file tells is noticed, too.
    bool compare_at_end = false;
};

static_assert(std::is_trivially_destructible_v<upload_file_request>);

} // namespace cosio::inline v0

#endif

// ---- cosio/request/upload_part.hpp --------------------------------------------------------------

// What Upload Part is asked for, and what comes of it.

#ifndef COSIO_REQUEST_UPLOAD_PART_HPP
#define COSIO_REQUEST_UPLOAD_PART_HPP

namespace cosio::inline v0 {

/// Uploads one part of 1 MB to 5 GB (the last one may be smaller). A part of the same number is
/// replaced.
struct upload_part_request
{
    std::string_view bucket{};
    std::string_view key{};
    std::string_view upload_id{};
    /// 1 to 10000.
    std::uint32_t part_number = 0;
    /// A source must know its size: parts cannot be sent chunked.
    body_view body{};
    /// MD5 of the body, for the service to compare: `service_errc::bad_digest` when it is another
    /// one. S3 gets that of a body in memory in any case.
    std::optional<crypto::md5_value> content_md5{};
    /// SHA-256 of the body, which S3 signs over http: there a source has to come with it, unless
    /// `upload` or `upload_file` reads it. Not looked at over https, nor by COS.
    std::optional<crypto::sha256_value> content_sha256{};
    /// The key of the upload, if and only if it was initiated with SSE-C.
    cosio::sse::on_read sse{};
    /// Bits a second, 819200 to 838860800; 0: no limit.
    std::uint64_t traffic_limit = 0;
};

static_assert(std::is_trivially_destructible_v<upload_part_request>);

struct upload_part_result
{
    /// Opaque; completing the upload needs it.
    std::string etag{};
    /// The service's CRC64 of the part, before encryption.
    std::optional<std::uint64_t> crc64{};
    /// Whether the reply stated a CRC64; it then was that of the bytes sent.
    bool crc64_verified = false;
    /// CRC64 of the bytes that were sent, whatever the reply stated.
    std::uint64_t sent_crc64 = 0;
    /// Whether the reply proved the MD5 that was sent along (`content_md5` of the request, or that
    /// of a body in memory, to services that state no CRC64): the ETag is that MD5. Of parts with
    /// SSE-C or SSE-KMS it mostly is not, though the service has compared it.
    bool md5_verified = false;
    /// As the reply states it; that of an SSE-C upload must be confirmed.
    encryption sse{};
    std::string request_id{};
};

} // namespace cosio::inline v0

#endif

// ---- cosio/request/upload_part_copy.hpp ---------------------------------------------------------

// What Upload Part - Copy is asked for, and what comes of it.

#ifndef COSIO_REQUEST_UPLOAD_PART_COPY_HPP
#define COSIO_REQUEST_UPLOAD_PART_COPY_HPP

namespace cosio::inline v0 {

/// Makes a part from an object, or from a range of it, without the bytes passing through here.
struct upload_part_copy_request
{
    std::string_view bucket{};
    std::string_view key{};
    std::string_view upload_id{};
    /// 1 to 10000.
    std::uint32_t part_number = 0;
    cosio::copy_source copy_source{};
    /// Whole, or `byte_range::between`.
    byte_range source_range{};
    /// The key of the upload, if and only if it was initiated with SSE-C.
    cosio::sse::on_read sse{};
};

static_assert(std::is_trivially_destructible_v<upload_part_copy_request>);

struct upload_part_copy_result
{
    /// Opaque; completing the upload needs it.
    std::string etag{};
    std::optional<std::chrono::sys_seconds> last_modified{};
    /// CRC64 of the part, if the reply states it.
    std::optional<std::uint64_t> crc64{};
    /// As far as the reply states it. The documentation promises it for SSE-COS alone, so silence
    /// passes here; the replies to initiating and completing the upload prove its encryption.
    encryption sse{};
    std::string source_version_id{};
    std::string request_id{};
};

} // namespace cosio::inline v0

#endif

// ---- cosio/sink.hpp -----------------------------------------------------------------------------

// Where a download may go besides memory and files: something that takes bytes as they come.

#ifndef COSIO_SINK_HPP
#define COSIO_SINK_HPP

namespace cosio::inline v0 {

/// `co_await sink.write(bytes)` takes all of `bytes`, which are valid until it completes. Nothing
/// more is received meanwhile, so a slow sink slows the sender down. An error ends the download
/// with it, and so does what it throws. When the download is cancelled, the coroutine of a write is
/// cancelled (terminal), and the download ends once the write has: one that waits for long should
/// take part in cancellation.
template <class T>
concept body_sink = requires(T& sink, std::span<const std::byte> bytes) {
    { sink.write(bytes) } -> std::same_as<asio::awaitable<result<void>>>;
};

/// A sink by reference: it must live until the operation is done.
class sink_view
{
public:
    template <body_sink Sink>
        requires(!std::same_as<std::remove_cv_t<Sink>, sink_view>)
    sink_view(Sink& sink) noexcept
        : sink_(&sink), write_([](void* self, std::span<const std::byte> bytes) {
              return static_cast<Sink*>(self)->write(bytes);
          })
    {}

    template <body_sink Sink>
        requires(!std::same_as<std::remove_cv_t<Sink>, sink_view>)
    sink_view(const Sink&&)
    {
        static_assert(!body_sink<Sink>,
            "a temporary sink would be gone before it is written to: give it a name first");
    }

    [[nodiscard]] asio::awaitable<result<void>> write(std::span<const std::byte> bytes) const
    {
        return write_(sink_, bytes);
    }

private:
    void* sink_ = nullptr;
    asio::awaitable<result<void>> (*write_)(void*, std::span<const std::byte>) = nullptr;
};

static_assert(std::is_trivially_destructible_v<sink_view>);

} // namespace cosio::inline v0

#endif

// ---- cosio/client.hpp ---------------------------------------------------------------------------

// The client: one member for each operation.

#ifndef COSIO_CLIENT_HPP
#define COSIO_CLIENT_HPP

namespace cosio::inline v0 {

/// A handle to an object store. Cheap to copy; copies share connections and credentials.
///
/// Every operation takes a request and a completion token of Asio, by default `use_awaitable`, and
/// completes with `void(cosio::result<Result>)`. What holds for all of them:
///
/// - **Lifetimes.** The request is read before the call returns: it, and all its views, may be
///   temporaries. Only bodies and destination buffers must live until the operation is done.
/// - **Completion.** Once the reply has been received whole and compared with what was asked for:
///   encryption, length and, where the service states it, CRC64. Nothing is thrown.
/// - **Errors.** A refused request completes with the `errc` of the member that `error::field`
///   names, before anything is sent; a refusal of the service with its `service_errc`; a reply
///   that does not prove what was asked for with `errc::encryption_not_applied`,
///   `checksum_mismatch`, `truncated_body` or `malformed_response`; a failed connection with
///   `errc::connection_closed`, `resolve_failed`, `tls_failed`, `tls_certificate_rejected` or the
///   system's code; a limit of time with the `errc` that `timeout_settings` names. Groups of them
///   are `cosio::condition`s.
/// - **Retries.** As `retry_settings` say, each attempt signed anew. All operations but
///   `initiate_multipart_upload` may be repeated; that one is only as long as nothing of it was
///   sent. A body source without `rewind()` is sent once. An idempotent request that meets a
///   connection which the server has just closed is sent once more without counting.
/// - **Time.** Each step has a limit, and so has the whole of an operation: `timeout_settings`. A
///   transfer has none of the whole, but a peer has to keep to a minimum rate.
/// - **Cancellation.** Terminal, through the token's slot: the connection is closed and the
///   operation completes with `errc::cancelled`; `error::may_have_executed()` says whether the
///   service may have carried it out all the same. Other types of cancellation are ignored. Emit
///   and destroy a signal on the executor of the coroutine it is bound to.
/// - **Threads.** A client may be used from several threads at once; each operation is serial in
///   itself. Handlers run on the executor associated with them, else on the client's.
///
/// - **Processes.** A client can go on in a child process, if its context is told:
///   `context.notify_fork(asio::execution_context::fork_prepare)` before `fork()`, and after it
///   `fork_parent` in the parent and `fork_child` in the child. As Asio asks for, no other thread
///   may run the context or call the client meanwhile. The parent goes on as if nothing had
///   happened. The child leaves the parent's connections alone and makes its own, and starts its
///   own threads for files. The child's copies of operations that were under way send nothing: they
///   fail with `errc::other_process`, or, when they wait for a file, never end, so that `run()`
///   does not return by itself. Without `notify_fork` everything in the child fails so. A child
///   that does not use the client needs nothing of this; it should end by `_exit` or by `exec`,
///   for which all descriptors are closed.
///
/// The execution context must outlive the client and its operations.
template <class Dialect>
class basic_client
{
public:
    using dialect = Dialect;
    using executor_type = asio::any_io_executor;

    /// Throws `cosio::exception` when the configuration is not valid, see `make`.
    basic_client(asio::any_io_executor executor, const config& settings)
        : basic_client(net::make_client_core<Dialect>(std::move(executor), settings).value())
    {}

    /// Checks `settings` and makes a client; nothing is sent. Reads the files of certificates.
    /// Errors: `errc::invalid_configuration`, `errc::tls_failed`.
    [[nodiscard]] static result<basic_client> make(
        asio::any_io_executor executor, const config& settings)
    {
        auto core = net::make_client_core<Dialect>(std::move(executor), settings);
        if (!core)
            return std::move(core).error();
        return basic_client(std::move(*core));
    }

    [[nodiscard]] executor_type get_executor() const noexcept { return net::executor_of(*core_); }

    /// The same client, connections included, with other limits of time:
    /// `cos.with_timeouts(short_ones).get_object(...)`. Errors: `errc::invalid_configuration`.
    [[nodiscard]] result<basic_client> with_timeouts(const timeout_settings& limits) const
    {
        if (auto sound = limits.check(); !sound)
            return std::move(sound).error();
        auto out = *this;
        out.limits_ = limits;
        return out;
    }

    /// Those of the configuration, or of `with_timeouts`.
    [[nodiscard]] const timeout_settings& limits() const noexcept { return limits_; }

    /// What the connections of this client and its copies have been through.
    [[nodiscard]] connection_counters counters() const { return net::counters_of(*core_); }

    /// Opens connections to a bucket's host, side by side, until `connections` of them lie idle, so
    /// that the first requests find them; never more than `pool_settings` allow. Signature
    /// `void(result<std::size_t>)`: how many were opened. Sends no request. Errors: those of
    /// the connection, when none could be opened.
    template <class Token = asio::use_awaitable_t<>>
    auto warm_up(std::string_view bucket, std::size_t connections, Token&& token = {}) const
    {
        return net::complete(*core_,
            net::prepare_warm_up<Dialect>(core_, limits_, bucket, connections),
            std::forward<Token>(token));
    }

    /// Stores an object. See `put_object_request`.
    template <class Token = asio::use_awaitable_t<>>
    auto put_object(const put_object_request& request, Token&& token = {}) const
    {
        return start<operation::put_object, put_object_result>(request, std::forward<Token>(token));
    }

    /// Reads an object into `get_object_result::body`. See `get_object_request`.
    template <class Token = asio::use_awaitable_t<>>
    auto get_object(const get_object_request& request, Token&& token = {}) const
    {
        return start<operation::get_object, get_object_result>(
            request, std::forward<Token>(token));
    }

    /// Reads an object into `buffer`, which must live until the operation is done.
    ///
    /// `get_object_result::body_size` tells how much of it was filled. An object that does not fit
    /// is `errc::destination_too_small`. On an error the buffer may hold unverified bytes.
    template <class Token = asio::use_awaitable_t<>>
    auto get_object_into(const get_object_request& request, std::span<std::byte> buffer,
        Token&& token = {}) const
    {
        return net::complete(*core_,
            net::prepare_get_into<Dialect>(core_, limits_, request, buffer),
            std::forward<Token>(token));
    }

    /// Opens an object as a stream: completes with an `object_reader` once the head of the reply
    /// has been received and compared with what was asked for.
    template <class Token = asio::use_awaitable_t<>>
    auto open_object(const get_object_request& request, Token&& token = {}) const
    {
        return net::complete(*core_, net::prepare_open<Dialect>(core_, limits_, request),
            std::forward<Token>(token));
    }

    /// Asks for an object's properties. See `head_object_request`.
    template <class Token = asio::use_awaitable_t<>>
    auto head_object(const head_object_request& request, Token&& token = {}) const
    {
        return start<operation::head_object, head_object_result>(
            request, std::forward<Token>(token));
    }

    /// Copies an object within the service. See `copy_object_request`.
    template <class Token = asio::use_awaitable_t<>>
    auto copy_object(const copy_object_request& request, Token&& token = {}) const
    {
        return start<operation::copy_object, copy_object_result>(
            request, std::forward<Token>(token));
    }

    /// Deletes an object. See `delete_object_request`.
    template <class Token = asio::use_awaitable_t<>>
    auto delete_object(const delete_object_request& request, Token&& token = {}) const
    {
        return start<operation::delete_object, delete_object_result>(
            request, std::forward<Token>(token));
    }

    /// Deletes up to 1000 objects. See `delete_objects_request`.
    template <class Token = asio::use_awaitable_t<>>
    auto delete_objects(const delete_objects_request& request, Token&& token = {}) const
    {
        return start<operation::delete_objects, delete_objects_result>(
            request, std::forward<Token>(token));
    }

    /// Restores an archived object. See `restore_object_request`.
    template <class Token = asio::use_awaitable_t<>>
    auto restore_object(const restore_object_request& request, Token&& token = {}) const
    {
        return start<operation::restore_object, restore_object_result>(
            request, std::forward<Token>(token));
    }

    /// Whether a bucket exists. See `head_bucket_request`.
    template <class Token = asio::use_awaitable_t<>>
    auto head_bucket(const head_bucket_request& request, Token&& token = {}) const
    {
        return start<operation::head_bucket, head_bucket_result>(
            request, std::forward<Token>(token));
    }

    /// Sets a bucket's default encryption. See `put_bucket_encryption_request`.
    template <class Token = asio::use_awaitable_t<>>
    auto put_bucket_encryption(
        const put_bucket_encryption_request& request, Token&& token = {}) const
    {
        return start<operation::put_bucket_encryption, put_bucket_encryption_result>(
            request, std::forward<Token>(token));
    }

    /// Asks for a bucket's default encryption. See `get_bucket_encryption_request`.
    template <class Token = asio::use_awaitable_t<>>
    auto get_bucket_encryption(
        const get_bucket_encryption_request& request, Token&& token = {}) const
    {
        return start<operation::get_bucket_encryption, get_bucket_encryption_result>(
            request, std::forward<Token>(token));
    }

    /// Removes a bucket's default encryption. See `delete_bucket_encryption_request`.
    template <class Token = asio::use_awaitable_t<>>
    auto delete_bucket_encryption(
        const delete_bucket_encryption_request& request, Token&& token = {}) const
    {
        return start<operation::delete_bucket_encryption, delete_bucket_encryption_result>(
            request, std::forward<Token>(token));
    }

    /// Begins a multipart upload. See `initiate_multipart_upload_request`.
    template <class Token = asio::use_awaitable_t<>>
    auto initiate_multipart_upload(
        const initiate_multipart_upload_request& request, Token&& token = {}) const
    {
        return start<operation::initiate_multipart_upload, initiate_multipart_upload_result>(
            request, std::forward<Token>(token));
    }

    /// Uploads a part. See `upload_part_request`.
    template <class Token = asio::use_awaitable_t<>>
    auto upload_part(const upload_part_request& request, Token&& token = {}) const
    {
        return start<operation::upload_part, upload_part_result>(
            request, std::forward<Token>(token));
    }

    /// Copies a part from an object. See `upload_part_copy_request`.
    template <class Token = asio::use_awaitable_t<>>
    auto upload_part_copy(const upload_part_copy_request& request, Token&& token = {}) const
    {
        return start<operation::upload_part_copy, upload_part_copy_result>(
            request, std::forward<Token>(token));
    }

    /// Makes an object of the parts. See `complete_multipart_upload_request`.
    template <class Token = asio::use_awaitable_t<>>
    auto complete_multipart_upload(
        const complete_multipart_upload_request& request, Token&& token = {}) const
    {
        return start<operation::complete_multipart_upload, complete_multipart_upload_result>(
            request, std::forward<Token>(token));
    }

    /// Gives an upload up. See `abort_multipart_upload_request`.
    template <class Token = asio::use_awaitable_t<>>
    auto abort_multipart_upload(
        const abort_multipart_upload_request& request, Token&& token = {}) const
    {
        return start<operation::abort_multipart_upload, abort_multipart_upload_result>(
            request, std::forward<Token>(token));
    }

    /// One page of an upload's parts. See `list_parts_request`.
    template <class Token = asio::use_awaitable_t<>>
    auto list_parts(const list_parts_request& request, Token&& token = {}) const
    {
        return start<operation::list_parts, list_parts_result>(request, std::forward<Token>(token));
    }

    /// One page of a bucket's unfinished uploads. See `list_multipart_uploads_request`.
    template <class Token = asio::use_awaitable_t<>>
    auto list_multipart_uploads(
        const list_multipart_uploads_request& request, Token&& token = {}) const
    {
        return start<operation::list_multipart_uploads, list_multipart_uploads_result>(
            request, std::forward<Token>(token));
    }

    /// One page of a bucket's objects. See `list_objects_request`.
    template <class Token = asio::use_awaitable_t<>>
    auto list_objects(const list_objects_request& request, Token&& token = {}) const
    {
        return start<operation::list_objects, list_objects_result>(
            request, std::forward<Token>(token));
    }

    /// All pages of a bucket's objects, from the marker of `request` on.
    [[nodiscard]] auto object_pages(const list_objects_request& request) const
    {
        return pages<basic_client, detail::object_cursor>(*this, request);
    }

    /// All pages of a bucket's unfinished uploads, from the markers of `request` on.
    [[nodiscard]] auto multipart_upload_pages(const list_multipart_uploads_request& request) const
    {
        return pages<basic_client, detail::upload_cursor>(*this, request);
    }

    /// All pages of an upload's parts, from the marker of `request` on.
    [[nodiscard]] auto part_pages(const list_parts_request& request) const
    {
        return pages<basic_client, detail::part_cursor>(*this, request);
    }

    /// Uploads a file, in parts when it is large. See `upload_file_request`.
    template <class Token = asio::use_awaitable_t<>>
    auto upload_file(const upload_file_request& request, Token&& token = {}) const
    {
        return start_transfer<transfer::file_upload, upload_result>(
            std::forward<Token>(token), request);
    }

    /// Reads an object into a file, in ranges when it is large. See `download_file_request`.
    template <class Token = asio::use_awaitable_t<>>
    auto download_file(const download_file_request& request, Token&& token = {}) const
    {
        return start_transfer<transfer::file_download, download_result>(
            std::forward<Token>(token), request);
    }

    /// Uploads bytes or a source, in parts when it is large. See `upload_request`.
    template <class Token = asio::use_awaitable_t<>>
    auto upload(const upload_request& request, Token&& token = {}) const
    {
        return start_transfer<transfer::body_upload, upload_result>(
            std::forward<Token>(token), request);
    }

    /// Reads all objects whose keys begin with a prefix into a directory. See
    /// `download_directory_request`.
    template <class Token = asio::use_awaitable_t<>>
    auto download_directory(
        const download_directory_request& request, Token&& token = {}) const
    {
        return start_transfer<transfer::directory_download, download_directory_result>(
            std::forward<Token>(token), request);
    }

    /// Reads an object into `buffer`, in ranges when it is large. See `download_request`.
    template <class Token = asio::use_awaitable_t<>>
    auto download_into(const download_request& request, std::span<std::byte> buffer,
        Token&& token = {}) const
    {
        return start_transfer<transfer::stream_download, download_result>(
            std::forward<Token>(token), request, buffer);
    }

    /// Reads an object to a sink, in order. See `download_request`.
    template <class Token = asio::use_awaitable_t<>>
    auto download_to(const download_request& request, sink_view sink, Token&& token = {}) const
    {
        return start_transfer<transfer::stream_download, download_result>(
            std::forward<Token>(token), request, sink);
    }

    /// Copies an object of any size. See `copy_request`.
    template <class Token = asio::use_awaitable_t<>>
    auto copy(const copy_request& request, Token&& token = {}) const
    {
        return start_transfer<transfer::object_copy, upload_result>(
            std::forward<Token>(token), request);
    }

    /// For `pages`: the page that a request asks for.
    [[nodiscard]] auto list_page(const list_objects_request& request) const
    {
        return list_objects(request);
    }
    [[nodiscard]] auto list_page(const list_multipart_uploads_request& request) const
    {
        return list_multipart_uploads(request);
    }
    [[nodiscard]] auto list_page(const list_parts_request& request) const
    {
        return list_parts(request);
    }

    /// The request as a URL that is valid from now on for `validity`, for whoever has it. Sends
    /// nothing. Errors: as the operation would refuse, and `errc::invalid_argument`.
    [[nodiscard]] result<presigned_url> presign(
        const get_object_request& request, std::chrono::seconds validity) const
    {
        return net::presign<Dialect, operation::get_object>(*core_, request, validity);
    }
    [[nodiscard]] result<presigned_url> presign(
        const head_object_request& request, std::chrono::seconds validity) const
    {
        return net::presign<Dialect, operation::head_object>(*core_, request, validity);
    }
    [[nodiscard]] result<presigned_url> presign(
        const put_object_request& request, std::chrono::seconds validity) const
    {
        return net::presign<Dialect, operation::put_object>(*core_, request, validity);
    }
    [[nodiscard]] result<presigned_url> presign(
        const upload_part_request& request, std::chrono::seconds validity) const
    {
        return net::presign<Dialect, operation::upload_part>(*core_, request, validity);
    }
    [[nodiscard]] result<presigned_url> presign(
        const delete_object_request& request, std::chrono::seconds validity) const
    {
        return net::presign<Dialect, operation::delete_object>(*core_, request, validity);
    }

private:
    explicit basic_client(net::core_pointer core)
        : core_(std::move(core)), limits_(net::limits_of(*core_))
    {}

    template <template <class> class Operation, class Result, class Request, class Token>
    auto start(const Request& request, Token&& token) const
    {
        return net::complete(*core_,
            net::prepare<Dialect, Operation, Result>(core_, limits_, request),
            std::forward<Token>(token));
    }

    template <template <class> class Transfer, class Result, class Token, class... Arguments>
    auto start_transfer(Token&& token, const Arguments&... arguments) const
    {
        return net::complete_apart(*core_,
            net::prepare_transfer<Dialect, Transfer, Result>(*this, core_, limits_, arguments...),
            std::forward<Token>(token));
    }

    net::core_pointer core_;
    timeout_settings limits_{};
};

/// The client of Tencent Cloud COS.
using client = basic_client<dialect::cos>;

/// The same client for Amazon S3 and what speaks its API: Ceph, MinIO, COS's own S3 endpoints.
using s3_client = basic_client<dialect::s3>;

} // namespace cosio::inline v0

#endif

// ---- cosio/crypto/crc64_polynomial.hpp ----------------------------------------------------------

// Arithmetic in GF(2)[x] modulo the CRC64 polynomial, in reflected form: the lowest bit of a word
// is the coefficient of x^63, the highest that of x^0.

#ifndef COSIO_CRYPTO_CRC64_POLYNOMIAL_HPP
#define COSIO_CRYPTO_CRC64_POLYNOMIAL_HPP

namespace cosio::inline v0::crypto {

/// 0x42F0E1EBA9EA3693 reflected; the x^64 term is implied.
inline constexpr std::uint64_t crc64_polynomial = 0xC96C5795D7870F42;

[[nodiscard]] constexpr std::uint64_t crc64_times_x(std::uint64_t value) noexcept
{
    return value >> 1U ^ ((value & 1U) != 0 ? crc64_polynomial : 0);
}

/// left * right mod P.
[[nodiscard]] constexpr std::uint64_t crc64_multiply(
    std::uint64_t left, std::uint64_t right) noexcept
{
    std::uint64_t product = 0;
    for (std::uint64_t bit = std::uint64_t{1} << 63U; bit != 0; bit >>= 1U) {
        if ((left & bit) != 0)
            product ^= right;
        right = crc64_times_x(right);
    }
    return product;
}

/// x^exponent mod P.
[[nodiscard]] constexpr std::uint64_t crc64_power_of_x(unsigned exponent) noexcept
{
    std::uint64_t power = std::uint64_t{1} << 63U;
    for (; exponent != 0; --exponent)
        power = crc64_times_x(power);
    return power;
}

/// x^(8 * 2^i) mod P for each bit i of a 64-bit byte count.
[[nodiscard]] constexpr std::array<std::uint64_t, 64> crc64_make_byte_powers() noexcept
{
    std::array<std::uint64_t, 64> powers{};
    powers[0] = crc64_power_of_x(8);
    for (std::size_t i = 1; i != powers.size(); ++i)
        powers[i] = crc64_multiply(powers[i - 1], powers[i - 1]);
    return powers;
}

inline constexpr auto crc64_byte_powers = crc64_make_byte_powers();

/// x^(8 * count) mod P.
[[nodiscard]] constexpr std::uint64_t crc64_power_of_x_to_bytes(std::uint64_t count) noexcept
{
    std::uint64_t power = std::uint64_t{1} << 63U;
    for (std::size_t i = 0; count != 0; ++i, count >>= 1U)
        if ((count & 1U) != 0)
            power = crc64_multiply(power, crc64_byte_powers[i]);
    return power;
}

} // namespace cosio::inline v0::crypto

#endif

// ---- cosio/crypto/crc64.hpp ---------------------------------------------------------------------

// CRC-64/XZ (ECMA-182, reflected): the checksum COS keeps for every object, over the plaintext.

#ifndef COSIO_CRYPTO_CRC64_HPP
#define COSIO_CRYPTO_CRC64_HPP

namespace cosio::inline v0::crypto {

/// The CRC64 of bytes that arrive in pieces.
class crc64
{
public:
    /// Adds bytes: carry-less multiplication where the processor has it, tables elsewhere.
    COSIO_DECLARED void update(std::span<const std::byte> bytes) noexcept;

    /// The CRC64 of all bytes so far; 0 when there were none.
    [[nodiscard]] std::uint64_t value() const noexcept { return ~register_; }

private:
    std::uint64_t register_ = ~std::uint64_t{0};
};

[[nodiscard]] inline std::uint64_t crc64_of(std::span<const std::byte> bytes) noexcept
{
    crc64 sum;
    sum.update(bytes);
    return sum.value();
}

/// The CRC64 of A followed by B, from those of A and of B and the length of B in bytes.
[[nodiscard]] constexpr std::uint64_t crc64_combine(
    std::uint64_t of_first, std::uint64_t of_second, std::uint64_t length_of_second) noexcept
{
    // Appending n bytes multiplies by x^(8n); the all-ones start and end values cancel out.
    return crc64_multiply(of_first, crc64_power_of_x_to_bytes(length_of_second)) ^ of_second;
}

} // namespace cosio::inline v0::crypto

#endif

// ---- cosio/cvm_role_credentials.hpp -------------------------------------------------------------

// The credentials of the role of a Tencent Cloud virtual machine, from its metadata service.

#ifndef COSIO_CVM_ROLE_CREDENTIALS_HPP
#define COSIO_CVM_ROLE_CREDENTIALS_HPP

namespace cosio::inline v0 {

/// Which role, and where it is asked for.
class cvm_role_settings
{
public:
    cvm_role_settings() = default;

    /// Empty: the one role of the machine, whose name is asked for.
    std::string role{};
    /// `host` or `host:port`. The service is link-local (169.254.0.23) and speaks plain HTTP.
    std::string endpoint = "metadata.tencentyun.com";
    /// Of these, the steps of a connection and the total count.
    timeout_settings timeouts{};
};

/// For `config.provider`, on a virtual machine that has a role: never chosen by itself.
///
/// Errors of its questions: `errc::malformed_response`, `errc::missing_credentials` without a role,
/// and those of the connection.
[[nodiscard]] COSIO_DECLARED std::shared_ptr<credentials_provider> cvm_role_credentials(
    cvm_role_settings settings = cvm_role_settings());

} // namespace cosio::inline v0

#endif

// ---- cosio/format.hpp ---------------------------------------------------------------------------

// fmt formatters for what may be shown. Secrets have none.

#ifndef COSIO_FORMAT_HPP
#define COSIO_FORMAT_HPP

#include <fmt/core.h>

namespace cosio::inline v0::detail {

/// Fills a text in, as `form` says.
COSIO_DECLARED fmt::appender format_text(const fmt::formatter<fmt::string_view>& form,
    std::string_view text, fmt::format_context& context);

/// A formatter of texts that are made when they are needed.
struct text_formatter : fmt::formatter<fmt::string_view>
{
    template <class Context>
    auto fill_in(std::string_view text, Context& context) const
    {
        if constexpr (std::is_same_v<Context, fmt::format_context>)
            return format_text(*this, text, context);
        else
            return fmt::formatter<fmt::string_view>::format({text.data(), text.size()}, context);
    }
};

} // namespace cosio::inline v0::detail

/// Such as `SSE-C AES256 (key MD5 5inxltxhJQnqmmHfVSQjoA==)`.
template <>
struct fmt::formatter<cosio::encryption> : cosio::detail::text_formatter
{
    template <class Context>
    auto format(const cosio::encryption& value, Context& context) const
    {
        return fill_in(value.describe(), context);
    }
};

/// The base64 form.
template <>
struct fmt::formatter<cosio::customer_key_md5> : cosio::detail::text_formatter
{
    template <class Context>
    auto format(const cosio::customer_key_md5& value, Context& context) const
    {
        return fill_in(value.base64(), context);
    }
};

/// One line, see `error::describe`.
template <>
struct fmt::formatter<cosio::error> : cosio::detail::text_formatter
{
    template <class Context>
    auto format(const cosio::error& value, Context& context) const
    {
        return fill_in(value.describe(), context);
    }
};

namespace cosio::inline v0 {

/// Writes log lines to standard error, each in one piece.
[[nodiscard]] COSIO_DECLARED log_settings log_to_stderr(log_level most);

} // namespace cosio::inline v0

#endif

// ---- cosio/separate_compilation.hpp -------------------------------------------------------------

// The library compiled once instead of in each translation unit, for those who want that.
//
// With `COSIO_SEPARATE_COMPILATION` defined for all translation units of a program, what is behind
// the members of `client`, `s3_client`, `config`, `customer_key` and the like, and of the emulator,
// is compiled in one of them only: the one that defines `COSIO_SOURCE` before it includes
// cosio.hpp, and cosio/testing/emulator.hpp if any other does. The others do not even read it, and
// compile in a fraction of the time: what is no part of the interface, such as the encoding of
// requests, is not seen there.

#ifndef COSIO_SEPARATE_COMPILATION_HPP
#define COSIO_SEPARATE_COMPILATION_HPP

#endif

// ---- cosio/version.hpp --------------------------------------------------------------------------

// The version of cosio. The build files and the packages read it from here.

#ifndef COSIO_VERSION_HPP
#define COSIO_VERSION_HPP

#define COSIO_VERSION_MAJOR 0
#define COSIO_VERSION_MINOR 1
#define COSIO_VERSION_PATCH 0

#define COSIO_VERSION_STRING "0.1.0"

#endif

// ---- cosio.hpp ----------------------------------------------------------------------------------

// cosio: coroutine client for Tencent Cloud COS, centred on server-side encryption.

#ifndef COSIO_HPP
#define COSIO_HPP

#endif

#if defined(COSIO_DEFINITIONS)

// ---- cosio/block_on_definitions.hpp -------------------------------------------------------------

// What block_on.hpp declares.

#ifndef COSIO_BLOCK_ON_DEFINITIONS_HPP
#define COSIO_BLOCK_ON_DEFINITIONS_HPP

#include <asio/io_context.hpp>

namespace cosio::inline v0 {

COSIO_DECLARED void detail::block_on_function::operator()(asio::awaitable<void> work) const
{
    bool is_done = false;
    asio::io_context context(1);
    // Thrown through the loop, which leaves the rest undone.
    asio::co_spawn(context, std::move(work), [&is_done](const std::exception_ptr& failure) {
        if (failure)
            std::rethrow_exception(failure);
        is_done = true;
    });
    context.run();
    if (!is_done)
        throw exception(
            error(errc::cancelled, "the executor was stopped before the work was done"));
}

} // namespace cosio::inline v0

#endif

// ---- cosio/detail/service_code_name.hpp ---------------------------------------------------------

// Tables of the `<Code>`s of a service.

#ifndef COSIO_DETAIL_SERVICE_CODE_NAME_HPP
#define COSIO_DETAIL_SERVICE_CODE_NAME_HPP

namespace cosio::inline v0 {

// Not its header, at whose end the definitions need this one.
enum class service_errc;

namespace detail {

struct service_code_name
{
    std::string_view name;
    service_errc code;
};

template <class Names>
[[nodiscard]] constexpr bool is_sorted_by_name(const Names& names)
{
    return std::ranges::is_sorted(names, {}, &service_code_name::name);
}

/// `names` are sorted by name.
template <class Names>
[[nodiscard]] constexpr std::optional<service_errc> find_service_code(
    const Names& names, std::string_view code)
{
    const auto found = std::ranges::lower_bound(names, code, {}, &service_code_name::name);
    if (found == names.end() || found->name != code)
        return std::nullopt;
    return found->code;
}

} // namespace detail
} // namespace cosio::inline v0

#endif

// ---- cosio/service_errc_definitions.hpp ---------------------------------------------------------

// What service_errc.hpp declares.

#ifndef COSIO_SERVICE_ERRC_DEFINITIONS_HPP
#define COSIO_SERVICE_ERRC_DEFINITIONS_HPP

namespace cosio::inline v0 {

namespace detail {

/// Sorted by name, for a binary search.
inline constexpr std::array service_code_names{
    service_code_name{"AccessDenied", service_errc::access_denied},
    service_code_name{"AccessForbidden", service_errc::access_forbidden},
    service_code_name{"AppendPositionErr", service_errc::append_position_err},
    service_code_name{"AuthorizationHeaderMalformed", service_errc::authorization_malformed},
    service_code_name{"BadDigest", service_errc::bad_digest},
    service_code_name{"BucketAlreadyExists", service_errc::bucket_already_exists},
    service_code_name{"BucketAlreadyOwnedByYou", service_errc::bucket_already_owned_by_you},
    service_code_name{"BucketLocked", service_errc::bucket_locked},
    service_code_name{"BucketNameTooLong", service_errc::bucket_name_too_long},
    service_code_name{"BucketNotEmpty", service_errc::bucket_not_empty},
    service_code_name{"BucketVersionNotOpen", service_errc::bucket_version_not_open},
    service_code_name{"DomainAuditFailed", service_errc::domain_audit_failed},
    service_code_name{"EntitySizeNotMatch", service_errc::entity_size_not_match},
    service_code_name{"EntityTooLarge", service_errc::entity_too_large},
    service_code_name{"EntityTooSmall", service_errc::entity_too_small},
    service_code_name{"ExpiredToken", service_errc::expired_token},
    service_code_name{"IncompleteBody", service_errc::incomplete_body},
    service_code_name{"InternalError", service_errc::internal_error},
    service_code_name{"InvalidAccessKeyId", service_errc::invalid_access_key_id},
    service_code_name{"InvalidArgument", service_errc::invalid_argument},
    service_code_name{"InvalidBucketName", service_errc::invalid_bucket_name},
    service_code_name{"InvalidBucketState", service_errc::invalid_bucket_state},
    service_code_name{"InvalidCopySource", service_errc::invalid_copy_source},
    service_code_name{"InvalidDelimiter", service_errc::invalid_delimiter},
    service_code_name{"InvalidDigest", service_errc::invalid_digest},
    service_code_name{
        "InvalidEncryptionAlgorithmError", service_errc::invalid_encryption_algorithm},
    service_code_name{"InvalidObjectName", service_errc::invalid_object_name},
    service_code_name{"InvalidObjectState", service_errc::invalid_object_state},
    service_code_name{"InvalidPart", service_errc::invalid_part},
    service_code_name{"InvalidPartOrder", service_errc::invalid_part_order},
    service_code_name{"InvalidRange", service_errc::invalid_range},
    service_code_name{"InvalidRegionName", service_errc::invalid_region_name},
    service_code_name{"InvalidRequest", service_errc::invalid_request},
    service_code_name{"InvalidTag", service_errc::invalid_tag},
    service_code_name{"InvalidToken", service_errc::invalid_token},
    service_code_name{"InvalidURI", service_errc::invalid_uri},
    service_code_name{"InvalidUploadStatus", service_errc::invalid_upload_status},
    service_code_name{"KeyTooLong", service_errc::key_too_long},
    service_code_name{"KmsException", service_errc::kms_exception},
    service_code_name{"KmsFreqControl", service_errc::kms_freq_control},
    service_code_name{"KmsInternalException", service_errc::kms_internal_exception},
    service_code_name{"KmsKeyDisabled", service_errc::kms_key_disabled},
    service_code_name{"KmsKeyNotExist", service_errc::kms_key_not_exist},
    service_code_name{"MalformedXML", service_errc::malformed_xml},
    service_code_name{"MethodNotAllowed", service_errc::method_not_allowed},
    service_code_name{"MissingContentLength", service_errc::missing_content_length},
    service_code_name{"MissingRequestBodyError", service_errc::missing_request_body_error},
    service_code_name{"NoSuchBucket", service_errc::no_such_bucket},
    service_code_name{"NoSuchCopySource", service_errc::no_such_copy_source},
    service_code_name{"NoSuchEncryptionConfiguration",
        service_errc::no_such_encryption_configuration},
    service_code_name{"NoSuchKey", service_errc::no_such_key},
    service_code_name{"NoSuchTagSet", service_errc::no_such_tag_set},
    service_code_name{"NoSuchUpload", service_errc::no_such_upload},
    service_code_name{"NoSuchVersion", service_errc::no_such_version},
    service_code_name{"NotImplemented", service_errc::not_implemented},
    service_code_name{"NotSupportedStorageClass", service_errc::not_supported_storage_class},
    service_code_name{"ObjectLocked", service_errc::object_locked},
    service_code_name{"PathConflict", service_errc::path_conflict},
    service_code_name{"PaymentRequired", service_errc::payment_required},
    service_code_name{"PermanentRedirect", service_errc::permanent_redirect},
    service_code_name{"PreconditionFailed", service_errc::precondition_failed},
    service_code_name{"QuotaExceeded", service_errc::quota_exceeded},
    service_code_name{"Request has expired", service_errc::request_has_expired},
    service_code_name{"RequestTimeTooSkewed", service_errc::request_time_too_skewed},
    service_code_name{"RequestTimeout", service_errc::request_timeout},
    service_code_name{"RestoreAlreadyInProgress", service_errc::restore_already_in_progress},
    service_code_name{"RestoreNonArchiveObject", service_errc::restore_non_archive_object},
    service_code_name{"SSEContentNotSupported", service_errc::sse_content_not_supported},
    service_code_name{"SSEHeaderNotAllowed", service_errc::sse_header_not_allowed},
    service_code_name{"ServiceUnavailable", service_errc::service_unavailable},
    service_code_name{"SignatureDoesNotMatch", service_errc::signature_does_not_match},
    service_code_name{"SlowDown", service_errc::slow_down},
    service_code_name{"SsecDecryptHeaderInvalid", service_errc::ssec_decrypt_header_invalid},
    service_code_name{"TemporaryRedirect", service_errc::temporary_redirect},
    service_code_name{"TooManyBuckets", service_errc::too_many_buckets},
    service_code_name{"UnavailableForLegalReasons", service_errc::unavailable_for_legal_reasons},
    service_code_name{"UnexpectedContent", service_errc::unexpected_content},
    service_code_name{"UploadConflict", service_errc::upload_conflict},
    service_code_name{"UserNetworkTooSlow", service_errc::user_network_too_slow},
    service_code_name{"XMLSizeLimit", service_errc::xml_size_limit},
};

static_assert(is_sorted_by_name(service_code_names));

} // namespace detail

COSIO_DECLARED service_errc service_errc_from_code(std::string_view code) noexcept
{
    return detail::find_service_code(detail::service_code_names, code)
        .value_or(service_errc::unknown);
}

COSIO_DECLARED service_errc service_errc_from_status(unsigned status) noexcept
{
    switch (status) {
    case 304: return service_errc::not_modified;
    case 400: return service_errc::bad_request;
    case 403: return service_errc::forbidden;
    case 404: return service_errc::not_found;
    case 412: return service_errc::precondition_failed;
    case 416: return service_errc::invalid_range;
    case 429: return service_errc::too_many_requests;
    case 503: return service_errc::service_unavailable;
    default: break;
    }
    if (status >= 500 && status <= 599)
        return service_errc::server_error;
    if (status >= 400 && status <= 499)
        return service_errc::client_error;
    return service_errc::unexpected_status;
}

namespace detail {

constexpr std::string_view service_errc_text(service_errc code) noexcept
{
    switch (code) {
    case service_errc::wrong_region: return "wrong region";
    case service_errc::not_modified: return "not modified (304)";
    case service_errc::bad_request: return "bad request (400, no code)";
    case service_errc::forbidden: return "forbidden (403, no code)";
    case service_errc::not_found: return "not found (404, no code)";
    case service_errc::too_many_requests: return "too many requests (429)";
    case service_errc::client_error: return "refused by the service (4xx, no code)";
    case service_errc::server_error: return "failed in the service (5xx, no code)";
    case service_errc::unexpected_status: return "unexpected status";
    default: break;
    }
    for (const auto& entry : service_code_names)
        if (entry.code == code)
            return entry.name;
    return "a code this version does not know";
}

class service_category_type final : public std::error_category
{
public:
    const char* name() const noexcept override { return "cosio.service"; }
    std::string message(int value) const override
    {
        return std::string(service_errc_text(static_cast<service_errc>(value)));
    }
};

} // namespace detail

COSIO_DECLARED const std::error_category& service_category() noexcept
{
    static const detail::service_category_type instance;
    return instance;
}

} // namespace cosio::inline v0

#endif

// ---- cosio/errc_definitions.hpp -----------------------------------------------------------------

// What errc.hpp declares.

#ifndef COSIO_ERRC_DEFINITIONS_HPP
#define COSIO_ERRC_DEFINITIONS_HPP

namespace cosio::inline v0 {

namespace detail {

constexpr std::string_view errc_text(errc code) noexcept
{
    switch (code) {
    case errc::invalid_configuration: return "the configuration is not valid";
    case errc::missing_credentials: return "no credentials";
    case errc::invalid_credentials: return "the credentials are not valid";
    case errc::invalid_bucket: return "the bucket name is not valid";
    case errc::invalid_key: return "the object key is not valid";
    case errc::invalid_header: return "a header value cannot be sent";
    case errc::invalid_customer_key: return "the customer key is not valid";
    case errc::customer_key_md5_mismatch: return "the key MD5 is not that of the customer key";
    case errc::invalid_encryption_context: return "the encryption context is not valid";
    case errc::sse_requires_tls: return "a customer key is sent over verified TLS only";
    case errc::token_requires_tls: return "a session token is sent over TLS only";
    case errc::invalid_part_number: return "the part number is not within 1 to 10000";
    case errc::invalid_range: return "the range is not valid";
    case errc::invalid_restore: return "the restore request is not valid";
    case errc::invalid_argument: return "an argument is not valid";
    case errc::invalid_checkpoint: return "the checkpoint cannot be read";
    case errc::checkpoint_mismatch: return "the checkpoint is of another transfer";
    case errc::unsafe_key: return "the key cannot be a path within a directory";
    case errc::body_size_mismatch: return "the body is not of the size it said";
    case errc::body_source_failed: return "the body source failed";
    case errc::destination_too_small: return "the object does not fit its destination";
    case errc::file_changed: return "the file changed while it was uploaded";
    case errc::object_changed: return "the object is not the one that was begun with";
    case errc::encryption_not_applied: return "the reply does not confirm the encryption asked for";
    case errc::checksum_mismatch: return "the CRC64 of the bytes is not that of the reply";
    case errc::connection_closed: return "the connection was closed before the reply was complete";
    case errc::truncated_body: return "the body is not complete";
    case errc::malformed_response: return "the reply is malformed";
    case errc::response_too_large: return "the reply is over its limit";
    case errc::tls_failed: return "TLS failed";
    case errc::tls_certificate_rejected: return "the certificate of the peer was rejected";
    case errc::resolve_failed: return "the host name could not be resolved";
    case errc::credentials_timeout: return "the credentials did not come in time";
    case errc::pool_timeout: return "no connection became free in time";
    case errc::resolve_timeout: return "the host name was not resolved in time";
    case errc::connect_timeout: return "the connection was not made in time";
    case errc::tls_timeout: return "the TLS handshake did not end in time";
    case errc::first_byte_timeout: return "the reply did not begin in time";
    case errc::stalled: return "no byte moved for too long";
    case errc::total_timeout: return "the operation did not end in time";
    case errc::credentials_unavailable: return "the provider has no credentials";
    case errc::cancelled: return "cancelled";
    case errc::out_of_memory: return "out of memory";
    case errc::other_process:
        return "of another process: after fork() the context has to be told by notify_fork()";
    case errc::crypto_unavailable: return "OpenSSL does not offer an algorithm that is needed";
    }
    return "unknown error";
}

constexpr bool is_invalid_request(errc code) noexcept
{
    return code >= errc::invalid_configuration && code <= errc::destination_too_small;
}

constexpr bool is_timeout(errc code) noexcept
{
    return code >= errc::credentials_timeout && code <= errc::total_timeout;
}

constexpr bool is_connection_error(errc code) noexcept
{
    return (code >= errc::resolve_timeout && code <= errc::stalled) ||
        code == errc::connection_closed || code == errc::truncated_body ||
        code == errc::tls_failed || code == errc::tls_certificate_rejected ||
        code == errc::resolve_failed;
}

constexpr bool belongs_to(errc code, condition group) noexcept
{
    switch (group) {
    case condition::invalid_request: return is_invalid_request(code);
    case condition::precondition_failed: return code == errc::object_changed;
    case condition::conflict:
        return code == errc::file_changed || code == errc::object_changed;
    case condition::access_denied:
        return code == errc::missing_credentials || code == errc::invalid_credentials;
    case condition::encryption:
        return code == errc::invalid_customer_key || code == errc::customer_key_md5_mismatch ||
            code == errc::invalid_encryption_context || code == errc::sse_requires_tls ||
            code == errc::encryption_not_applied;
    case condition::integrity:
        return code == errc::encryption_not_applied || code == errc::checksum_mismatch ||
            code == errc::truncated_body || code == errc::malformed_response;
    case condition::connection: return is_connection_error(code);
    case condition::timeout: return is_timeout(code);
    case condition::transient:
        return (is_connection_error(code) && code != errc::tls_certificate_rejected) ||
            code == errc::pool_timeout || code == errc::credentials_timeout ||
            code == errc::credentials_unavailable;
    case condition::cancelled: return code == errc::cancelled;
    default: return false;
    }
}

constexpr bool belongs_to(service_errc code, condition group) noexcept
{
    using enum service_errc;
    switch (group) {
    case condition::not_found:
        return code == no_such_bucket || code == no_such_key || code == no_such_upload ||
            code == no_such_version || code == no_such_copy_source ||
            code == no_such_encryption_configuration || code == no_such_tag_set ||
            code == not_found;
    case condition::precondition_failed: return code == precondition_failed;
    case condition::wrong_region:
        return code == permanent_redirect || code == temporary_redirect || code == wrong_region;
    case condition::not_modified: return code == not_modified;
    case condition::access_denied:
        return code == access_denied || code == access_forbidden || code == forbidden ||
            code == invalid_access_key_id || code == signature_does_not_match ||
            code == request_has_expired || code == request_time_too_skewed ||
            code == expired_token || code == invalid_token || code == authorization_malformed;
    case condition::throttled:
        return code == slow_down || code == kms_freq_control || code == too_many_requests;
    case condition::conflict:
        return code == path_conflict || code == bucket_already_exists ||
            code == bucket_already_owned_by_you || code == bucket_not_empty ||
            code == restore_already_in_progress || code == upload_conflict ||
            code == object_locked;
    case condition::archived:
        return code == invalid_object_state || code == restore_already_in_progress;
    case condition::encryption:
        return code == sse_content_not_supported || code == sse_header_not_allowed ||
            code == invalid_encryption_algorithm ||
            code == ssec_decrypt_header_invalid || code == kms_exception ||
            code == kms_internal_exception || code == kms_key_disabled ||
            code == kms_key_not_exist || code == kms_freq_control;
    case condition::integrity:
        return code == bad_digest || code == incomplete_body || code == entity_size_not_match;
    case condition::timeout: return code == request_timeout;
    case condition::transient:
        return code == internal_error || code == service_unavailable || code == slow_down ||
            code == kms_internal_exception || code == server_error ||
            code == kms_freq_control || code == too_many_requests || code == request_timeout;
    case condition::server_error:
        return code == internal_error || code == service_unavailable || code == slow_down ||
            code == kms_internal_exception || code == server_error || code == kms_freq_control;
    case condition::invalid_request:
        return code == bad_request || code == client_error || code == invalid_argument ||
            code == invalid_request || code == invalid_bucket_name || code == invalid_digest ||
            code == invalid_object_name || code == invalid_part || code == invalid_part_order ||
            code == invalid_range || code == invalid_uri || code == key_too_long ||
            code == malformed_xml || code == missing_content_length ||
            code == not_supported_storage_class || code == entity_too_large ||
            code == entity_too_small || code == invalid_tag || code == invalid_delimiter ||
            code == restore_non_archive_object || code == method_not_allowed;
    default: return false;
    }
}

class client_category_type final : public std::error_category
{
public:
    const char* name() const noexcept override { return "cosio"; }
    std::string message(int value) const override
    {
        return std::string(errc_text(static_cast<errc>(value)));
    }
};

} // namespace detail

COSIO_DECLARED const std::error_category& client_category() noexcept
{
    static const detail::client_category_type instance;
    return instance;
}

namespace detail {

class condition_category_type final : public std::error_category
{
public:
    const char* name() const noexcept override { return "cosio.condition"; }

    std::string message(int value) const override
    {
        switch (static_cast<condition>(value)) {
        case condition::invalid_request: return "invalid request";
        case condition::not_found: return "not found";
        case condition::precondition_failed: return "precondition failed";
        case condition::not_modified: return "not modified";
        case condition::access_denied: return "access denied";
        case condition::throttled: return "throttled";
        case condition::conflict: return "conflict";
        case condition::archived: return "archived";
        case condition::encryption: return "encryption";
        case condition::integrity: return "integrity";
        case condition::connection: return "connection";
        case condition::timeout: return "timeout";
        case condition::transient: return "transient";
        case condition::cancelled: return "cancelled";
        case condition::server_error: return "server error";
        case condition::wrong_region: return "wrong region";
        }
        return "unknown condition";
    }

    /// Codes that are not ours are failures of the connection: the operating system's, in the
    /// system category, and Asio's. Those of files and of body sources are in the generic one.
    bool equivalent(const std::error_code& code, int value) const noexcept override
    {
        const auto group = static_cast<condition>(value);
        if (code.category() == client_category())
            return belongs_to(static_cast<errc>(code.value()), group);
        if (code.category() == service_category())
            return belongs_to(static_cast<service_errc>(code.value()), group);
        return code && code.category() != std::generic_category() &&
            (group == condition::connection || group == condition::transient);
    }
};

} // namespace detail

COSIO_DECLARED const std::error_category& condition_category() noexcept
{
    static const detail::condition_category_type instance;
    return instance;
}

} // namespace cosio::inline v0

#endif

// ---- cosio/error_definitions.hpp ----------------------------------------------------------------

// What error.hpp declares.

#ifndef COSIO_ERROR_DEFINITIONS_HPP
#define COSIO_ERROR_DEFINITIONS_HPP

namespace cosio::inline v0 {

COSIO_DECLARED error::error(std::error_code what, std::string text, std::string_view part)
    : code(what), field(part), message(std::move(text))
{}

COSIO_DECLARED error::error(errc what, std::string text, std::string_view part)
    : error(make_error_code(what), std::move(text), part)
{}

COSIO_DECLARED error::error(const error&) = default;
COSIO_DECLARED error::error(error&&) noexcept = default;
COSIO_DECLARED error& error::operator=(const error&) = default;
COSIO_DECLARED error& error::operator=(error&&) noexcept = default;
COSIO_DECLARED error::~error() = default;

COSIO_DECLARED void error::explain(std::string_view what)
{
    message =
        std::string(what).append(": ").append(message.empty() ? code.message() : message);
}

COSIO_DECLARED std::string error::describe() const
{
    std::string line;
    if (!field.empty())
        line.append(field).append(": ");
    line.append(message.empty() ? code.message() : message);
    if (!region.empty())
        line.append("; the bucket is in region ").append(region);
    line.append(" [").append(service_code.empty() ? code.message() : service_code);
    if (http_status != 0)
        line.append(", HTTP ").append(std::to_string(http_status));
    if (!request_id.empty())
        line.append(", request id ").append(request_id);
    return line.append("]");
}

COSIO_DECLARED exception::exception(error what)
    : std::system_error(what.code, what.describe()),
      details_(std::make_shared<const error>(std::move(what)))
{}

COSIO_DECLARED void detail::throw_exception(const error& what)
{
    throw exception(what);
}

} // namespace cosio::inline v0

#endif

// ---- cosio/auth/credentials_definitions.hpp -----------------------------------------------------

// What credentials.hpp declares.

#ifndef COSIO_AUTH_CREDENTIALS_DEFINITIONS_HPP
#define COSIO_AUTH_CREDENTIALS_DEFINITIONS_HPP

#include <cstdlib>

namespace cosio::inline v0 {

COSIO_DECLARED credentials credentials::anonymous()
{
    credentials none;
    none.anonymous_ = true;
    return none;
}

COSIO_DECLARED credentials::credentials(
    std::string_view secret_id, std::string_view secret_key, std::string_view session_token)
    : secret_id_(secret_id), secret_key_(secret_key), session_token_(session_token)
{}

COSIO_DECLARED result<credentials> credentials::from_environment()
{
    const auto value_of = [](const char* name) {
        const char* const value = std::getenv(name);
        return value == nullptr ? std::string_view{} : std::string_view(value);
    };
    for (const char* const name : {"COS_SECRET_ID", "COS_SECRET_KEY"})
        if (value_of(name).empty())
            return error(errc::missing_credentials,
                "is not set in the environment, or is empty", name);
    credentials out(value_of("COS_SECRET_ID"), value_of("COS_SECRET_KEY"),
        value_of("COS_SESSION_TOKEN"));
    if (auto sound = out.check(); !sound) {
        auto why = std::move(sound).error();
        why.field = why.field == "secret_id" ? "COS_SECRET_ID"
            : why.field == "secret_key"      ? "COS_SECRET_KEY"
                                             : "COS_SESSION_TOKEN";
        return why;
    }
    return out;
}

COSIO_DECLARED result<void> credentials::check() const
{
    if (anonymous_)
        return {};
    if (secret_id_.empty())
        return error(errc::missing_credentials, "must not be empty", "secret_id");
    if (secret_key_.empty())
        return error(errc::missing_credentials, "must not be empty", "secret_key");
    const auto visible = [](char c) { return c > 0x20 && c < 0x7f; };
    // The id stands unencoded between the delimiters of the Authorization header.
    if (!std::ranges::all_of(secret_id_, visible) ||
        secret_id_.find_first_of("&,/;=") != std::string::npos)
        return error(errc::invalid_credentials,
            "must be visible ASCII without blanks, line ends and & , / ; =", "secret_id");
    if (!std::ranges::all_of(secret_key_.view(), visible))
        return error(errc::invalid_credentials,
            "must be visible ASCII without blanks or line ends", "secret_key");
    if (!std::ranges::all_of(session_token_.view(), visible))
        return error(errc::invalid_credentials,
            "must be visible ASCII without blanks or line ends", "session_token");
    return {};
}

COSIO_DECLARED bool credentials::operator==(const credentials& other) const noexcept
{
    const auto same = [](std::string_view a, std::string_view b) {
        return crypto::equal_in_constant_time(detail::bytes_of(a), detail::bytes_of(b));
    };
    return anonymous_ == other.anonymous_ && secret_id_ == other.secret_id_ &&
        same(secret_key(), other.secret_key()) && same(session_token(), other.session_token());
}

} // namespace cosio::inline v0

#endif

// ---- cosio/config_definitions.hpp ---------------------------------------------------------------

// What config.hpp declares.

#ifndef COSIO_CONFIG_DEFINITIONS_HPP
#define COSIO_CONFIG_DEFINITIONS_HPP

namespace cosio::inline v0 {

COSIO_DECLARED config::config() = default;
COSIO_DECLARED config::config(const config&) = default;
COSIO_DECLARED config::config(config&&) noexcept = default;
COSIO_DECLARED config& config::operator=(const config&) = default;
COSIO_DECLARED config& config::operator=(config&&) noexcept = default;
COSIO_DECLARED config::~config() = default;

COSIO_DECLARED std::string_view config::region_problem(std::string_view region) noexcept
{
    if (region.empty())
        return "must not be empty";
    const auto allowed = [](char c) { return detail::is_alphanumeric(c) || c == '-' || c == '.'; };
    return detail::is_host_name(region) && std::ranges::all_of(region, allowed) &&
            detail::is_alphanumeric(region.back())
        ? std::string_view{}
        : "must be letters, digits, hyphens and dots, such as ap-guangzhou";
}

COSIO_DECLARED result<config> config::from_environment()
{
    config out;
    auto who = cosio::credentials::from_environment();
    if (!who)
        return std::move(who).error();
    out.credentials = std::move(*who);
    const char* const where = std::getenv("COS_REGION");
    if (where == nullptr || *where == '\0')
        return error(errc::invalid_configuration,
            "is not set in the environment, or is empty", "COS_REGION");
    out.region = where;
    if (const auto problem = region_problem(out.region); !problem.empty())
        return error(errc::invalid_configuration, std::string(problem), "COS_REGION");
    return out;
}

} // namespace cosio::inline v0

#endif

// ---- cosio/crypto/base64.hpp --------------------------------------------------------------------

// Standard base64 with padding (RFC 4648, section 4), strict on input.

#ifndef COSIO_CRYPTO_BASE64_HPP
#define COSIO_CRYPTO_BASE64_HPP

namespace cosio::inline v0::crypto {

inline constexpr std::string_view base64_alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
inline constexpr std::uint8_t not_base64 = 0xff;

constexpr auto make_base64_values()
{
    std::array<std::uint8_t, 256> values{};
    values.fill(not_base64);
    for (std::size_t i = 0; i != base64_alphabet.size(); ++i)
        values[static_cast<unsigned char>(base64_alphabet[i])] = static_cast<std::uint8_t>(i);
    return values;
}

inline constexpr auto base64_values = make_base64_values();

/// The length of the base64 form of `size` bytes.
[[nodiscard]] constexpr std::size_t base64_length(std::size_t size) noexcept
{
    return (size + 2) / 3 * 4;
}

/// Appends the base64 form of `bytes` to anything that has `push_back(char)`.
template <class Text>
void append_base64(Text& text, std::span<const std::byte> bytes)
{
    const auto put = [&](std::uint32_t value, int shift) {
        text.push_back(base64_alphabet[(value >> shift) & 63U]);
    };
    std::size_t i = 0;
    for (; i + 3 <= bytes.size(); i += 3) {
        const auto group = std::to_integer<std::uint32_t>(bytes[i]) << 16U |
            std::to_integer<std::uint32_t>(bytes[i + 1]) << 8U |
            std::to_integer<std::uint32_t>(bytes[i + 2]);
        for (const int shift : {18, 12, 6, 0})
            put(group, shift);
    }
    if (const auto left = bytes.size() - i; left != 0) {
        auto group = std::to_integer<std::uint32_t>(bytes[i]) << 16U;
        if (left == 2)
            group |= std::to_integer<std::uint32_t>(bytes[i + 1]) << 8U;
        put(group, 18);
        put(group, 12);
        if (left == 2)
            put(group, 6);
        else
            text.push_back('=');
        text.push_back('=');
    }
}

[[nodiscard]] inline std::string base64(std::span<const std::byte> bytes)
{
    std::string text;
    text.reserve(base64_length(bytes.size()));
    append_base64(text, bytes);
    return text;
}

/// Decodes into `out`; yields the number of bytes written.
///
/// Nothing when the text is not canonical base64 (wrong length, alphabet, padding, or bits set
/// behind the last byte) or `out` is too small. `out` may then hold part of the decoded bytes.
[[nodiscard]] constexpr std::optional<std::size_t> decode_base64(
    std::string_view text, std::span<std::byte> out) noexcept
{
    if (text.size() % 4 != 0)
        return std::nullopt;
    std::size_t padding = 0;
    while (padding != 2 && padding != text.size() && text[text.size() - 1 - padding] == '=')
        ++padding;

    const std::size_t size = text.size() / 4 * 3 - padding;
    if (size > out.size())
        return std::nullopt;

    std::uint32_t bits = 0;
    unsigned held = 0;
    std::size_t written = 0;
    for (const char character : text.substr(0, text.size() - padding)) {
        const auto value = base64_values[static_cast<unsigned char>(character)];
        if (value == not_base64)
            return std::nullopt;
        bits = bits << 6U | value;
        held += 6;
        if (held >= 8) {
            held -= 8;
            out[written++] = static_cast<std::byte>(bits >> held & 0xffU);
        }
    }
    if ((bits & ((1U << held) - 1U)) != 0)
        return std::nullopt;
    return written;
}

} // namespace cosio::inline v0::crypto

#endif

// ---- cosio/customer_key_definitions.hpp ---------------------------------------------------------

// What customer_key.hpp declares.

#ifndef COSIO_CUSTOMER_KEY_DEFINITIONS_HPP
#define COSIO_CUSTOMER_KEY_DEFINITIONS_HPP

#include <openssl/rand.h>

namespace cosio::inline v0 {

namespace detail {

[[nodiscard]] inline error invalid_customer_key(std::string_view rule)
{
    return error(errc::invalid_customer_key, std::string(rule), "customer_key");
}

} // namespace detail

COSIO_DECLARED result<customer_key_md5> customer_key_md5::from_base64(std::string_view text)
{
    crypto::md5_value digest{};
    if (crypto::decode_base64(text, digest) != digest.size())
        return error(errc::invalid_customer_key,
            "must be the base64 form of 16 bytes (24 characters)", "sse.md5");
    return customer_key_md5(digest);
}

COSIO_DECLARED std::string customer_key_md5::base64() const { return crypto::base64(digest_); }

COSIO_DECLARED result<customer_key> customer_key::from_text(std::string_view text)
{
    if (text.size() != size)
        return detail::invalid_customer_key("must be exactly 32 characters");
    if (!std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7f; }))
        return detail::invalid_customer_key(
            "must be printable ASCII; use from_bytes or from_base64 for other bytes");
    return from_bytes(detail::bytes_of(text));
}

COSIO_DECLARED result<customer_key> customer_key::from_bytes(std::span<const std::byte> bytes)
{
    if (bytes.size() != size)
        return detail::invalid_customer_key("must be exactly 32 bytes");
    const auto digest = crypto::md5(bytes);
    if (!digest)
        return digest.error();
    customer_key key(*digest);
    std::ranges::copy(bytes, key.bytes_.writable().begin());
    return key;
}

COSIO_DECLARED result<customer_key> customer_key::from_base64(std::string_view text)
{
    crypto::secret_bytes<size> bytes;
    if (crypto::decode_base64(text, bytes.writable()) != size)
        return detail::invalid_customer_key("must be the base64 form of 32 bytes (44 characters)");
    return from_bytes(bytes.view());
}

COSIO_DECLARED result<customer_key> customer_key::generate()
{
    crypto::secret_bytes<size> bytes;
    auto* const out = reinterpret_cast<unsigned char*>(bytes.writable().data());
    if (RAND_priv_bytes(out, static_cast<int>(size)) != 1)
        return error(errc::crypto_unavailable, "OpenSSL has no random bytes");
    return from_bytes(bytes.view());
}

} // namespace cosio::inline v0

#endif

// ---- cosio/detail/process_generation.hpp --------------------------------------------------------

// Whether this is still the process in which something was made.

#ifndef COSIO_DETAIL_PROCESS_GENERATION_HPP
#define COSIO_DETAIL_PROCESS_GENERATION_HPP

#include <pthread.h>

#include <atomic>

namespace cosio::inline v0::detail {

inline std::atomic<std::uint32_t> forks_since_start{0};

/// How often this process and its ancestors were forked since `notice_forks`: another number in a
/// child than in its parent. To ask costs no system call, unlike `getpid()`.
[[nodiscard]] inline std::uint32_t process_generation() noexcept
{
    return forks_since_start.load(std::memory_order_relaxed);
}

/// From now on, `fork()` is counted in the child. `_Fork()` and a bare `clone` are not, as they run
/// no handlers. Can be called any number of times.
inline void notice_forks() noexcept
{
    static const int registered = ::pthread_atfork(nullptr, nullptr,
        [] { forks_since_start.fetch_add(1, std::memory_order_relaxed); });
    static_cast<void>(registered); // It fails for want of memory only.
}

} // namespace cosio::inline v0::detail

#endif

// ---- cosio/net/deadline_watch.hpp ---------------------------------------------------------------

// One timer for the deadlines of many operations.

#ifndef COSIO_NET_DEADLINE_WATCH_HPP
#define COSIO_NET_DEADLINE_WATCH_HPP

#include <asio/defer.hpp>
#include <asio/steady_timer.hpp>

#include <mutex>

namespace cosio::inline v0::net {

/// Tells operations that a deadline of theirs has come.
///
/// An operation mostly ends long before. A timer of its own would be made, set and cancelled for
/// nothing, and the cancelled wait keep its memory until the executor comes to it. Here the timer
/// is left alone, while operations overlap or follow each other, as long as it waits for no later
/// time than the earliest deadline. Once there is none it is cancelled, by a handler that comes after
/// those that are ready, as one of them may begin the next operation: the watch keeps no execution
/// context running for itself. Thread safe. Owned by a `shared_ptr`.
class deadline_watch : public std::enable_shared_from_this<deadline_watch>
{
public:
    using clock = std::chrono::steady_clock;

    /// What has deadlines. Has to call `remove` in its destructor.
    class watched
    {
    public:
        watched(const watched&) = delete;
        watched& operator=(const watched&) = delete;

    protected:
        /// `tell` is called once the deadline has come, and then is forgotten; if it throws, it is
        /// called again a little later. On any thread, which must not be kept waiting, nor call
        /// the watch. No virtual function, as that may be while the destructor runs, up to
        /// `remove`.
        explicit watched(void (*tell)(watched&)) noexcept : tell_(tell) {}
        ~watched() = default;

    private:
        friend deadline_watch;

        void (*tell_)(watched&);
        clock::time_point due_ = clock::time_point::max();
        watched* next_ = nullptr;
        watched* previous_ = nullptr;
        bool is_in_ = false;
    };

    /// `executor` serves the timer alone, and is not touched before there is a deadline.
    explicit deadline_watch(asio::any_io_executor executor) : executor_(std::move(executor)) {}

    /// Of the process that it was made in.
    [[nodiscard]] std::uint32_t generation() const noexcept { return generation_; }

    /// `who` is told at `due`, in place of what was set before. Throws when there is no memory for
    /// the wait; the deadlines of others are kept.
    void set(watched& who, clock::time_point due)
    {
        const std::lock_guard lock(mutex_);
        if (!who.is_in_)
            link(who);
        who.due_ = due;
        if (due < armed_for_)
            arm(due);
    }

    /// `who` is told nothing from now on.
    void remove(watched& who) noexcept
    {
        const std::lock_guard lock(mutex_);
        if (!who.is_in_)
            return;
        unlink(who);
        if (first_ == nullptr && armed_for_ != clock::time_point::max() && !will_disarm_)
            disarm_later();
    }

private:
    void link(watched& who) noexcept
    {
        who.is_in_ = true;
        who.previous_ = nullptr;
        who.next_ = first_;
        if (first_ != nullptr)
            first_->previous_ = &who;
        first_ = &who;
    }

    void unlink(watched& who) noexcept
    {
        who.is_in_ = false;
        (who.previous_ != nullptr ? who.previous_->next_ : first_) = who.next_;
        if (who.next_ != nullptr)
            who.next_->previous_ = who.previous_;
    }

    void arm(clock::time_point due)
    {
        armed_for_ = clock::time_point::max();
        if (!timer_)
            timer_.emplace(executor_);
        timer_->expires_at(due);
        // A wait that was cancelled looks as well: the one in its place may have had no memory.
        timer_->async_wait([self = weak_from_this()](const std::error_code&) {
            if (const auto watch = self.lock())
                watch->look();
        });
        armed_for_ = due;
    }

    void disarm_later() noexcept
    {
        try {
            asio::defer(executor_, [self = weak_from_this()] {
                if (const auto watch = self.lock())
                    watch->disarm_unless_needed();
            });
            will_disarm_ = true;
        } catch (...) { // Of no memory.
            disarm();
        }
    }

    void disarm_unless_needed() noexcept
    {
        const std::lock_guard lock(mutex_);
        will_disarm_ = false;
        if (first_ == nullptr && armed_for_ != clock::time_point::max())
            disarm();
    }

    void disarm() noexcept
    {
        armed_for_ = clock::time_point::max();
        try {
            timer_->cancel();
        } catch (...) { // It cannot fail where it is used: the context is alive.
        }
    }

    void look() noexcept
    {
        const std::lock_guard lock(mutex_);
        if (first_ == nullptr)
            return;
        const auto now = clock::now();
        if (armed_for_ != clock::time_point::max() && now < armed_for_)
            return; // Set anew while this call was under way.
        // First, as the memory of the wait that is over serves the next one.
        arm_for_those_after(now);
        for (auto* each = first_; each != nullptr;) {
            auto& who = *std::exchange(each, each->next_);
            if (who.due_ <= now)
                tell(who, now);
        }
    }

    void arm_for_those_after(clock::time_point now) noexcept
    {
        auto next = clock::time_point::max();
        for (const auto* each = first_; each != nullptr; each = each->next_)
            if (each->due_ > now)
                next = std::min(next, each->due_);
        armed_for_ = clock::time_point::max();
        if (next != clock::time_point::max())
            try_to_arm(std::max(next, now + between_looks));
    }

    void tell(watched& who, clock::time_point now) noexcept
    {
        try {
            who.tell_(who);
            unlink(who);
        } catch (...) {
            who.due_ = now + between_looks;
            if (who.due_ < armed_for_)
                try_to_arm(who.due_);
        }
    }

    /// For want of memory it may come to nothing. Then the next `set` arms.
    void try_to_arm(clock::time_point due) noexcept
    {
        try {
            arm(due);
        } catch (...) {
        }
    }

    // Each look asks all who are watched.
    static constexpr clock::duration between_looks = std::chrono::milliseconds(5);

    const std::uint32_t generation_ = detail::process_generation();
    std::mutex mutex_{};
    asio::any_io_executor executor_;
    std::optional<asio::steady_timer> timer_{};
    clock::time_point armed_for_ = clock::time_point::max();
    bool will_disarm_ = false; // A handler that does is on its way.
    watched* first_ = nullptr;
};

} // namespace cosio::inline v0::net

#endif

// ---- cosio/net/transfer_rate.hpp ----------------------------------------------------------------

// Whether a peer that is waited for moves enough bytes.

#ifndef COSIO_NET_TRANSFER_RATE_HPP
#define COSIO_NET_TRANSFER_RATE_HPP

namespace cosio::inline v0::net {

/// Adds up the time in which a peer was waited for, and judges it window by window: what the caller
/// takes for itself is not the peer's. Knows no clock.
class transfer_rate
{
public:
    using duration = std::chrono::steady_clock::duration;

    /// Another connection, or another request: nothing is held against it.
    void restart(std::uint64_t moved) noexcept
    {
        waited_ = duration::zero();
        moved_before_ = moved;
    }

    /// The peer was waited for, `moved` bytes have moved in all. False when a window has passed in
    /// which it was slower than `least` bytes a second; a window of zero or less judges nothing.
    [[nodiscard]] bool waited(
        duration time, std::uint64_t moved, std::uint64_t least, duration window) noexcept
    {
        waited_ += time;
        if (window <= duration::zero() || waited_ < window)
            return true;
        const std::chrono::duration<double> seconds = waited_;
        const bool enough = static_cast<double>(moved - moved_before_) >=
            static_cast<double>(least) * seconds.count();
        restart(moved);
        return enough;
    }

    [[nodiscard]] std::uint64_t moved_before() const noexcept { return moved_before_; }

private:
    duration waited_{};
    std::uint64_t moved_before_ = 0;
};

} // namespace cosio::inline v0::net

#endif

// ---- cosio/net/operation_control.hpp ------------------------------------------------------------

// How a running operation is told to stop: by its caller, or by the time that has passed.

#ifndef COSIO_NET_OPERATION_CONTROL_HPP
#define COSIO_NET_OPERATION_CONTROL_HPP

#include <asio/post.hpp>

namespace cosio::inline v0::net {

/// Something an operation waits for, that can be made to fail at once.
class interruptible
{
public:
    /// Makes what is being waited for complete with an error, now and from now on.
    virtual void interrupt() noexcept = 0;

    /// Grows with each byte moved, where bytes move.
    [[nodiscard]] virtual std::uint64_t bytes_moved() const noexcept { return 0; }

    /// This is waited for for a while now: whatever is held back to come together is to come.
    virtual void hurry() noexcept {}

protected:
    interruptible() = default;
    interruptible(const interruptible&) = default;
    interruptible& operator=(const interruptible&) = default;
    ~interruptible() = default;
};

/// A step that has a limit of time.
enum class step {
    untimed, ///< Only the total counts.
    credentials,
    pool_wait,
    resolve,
    connect,
    tls_handshake,
    first_byte,
    transfer, ///< Bytes should move: the stall limit, and the minimum rate.
    working,  ///< Likewise, but few may do: the stall limit.
};

[[nodiscard]] constexpr timeout limit_of(step which, const timeout_settings& limits) noexcept
{
    switch (which) {
    case step::untimed: return no_timeout;
    case step::credentials: return limits.credentials;
    case step::pool_wait: return limits.pool_wait;
    case step::resolve: return limits.resolve;
    case step::connect: return limits.connect;
    case step::tls_handshake: return limits.tls_handshake;
    case step::first_byte: return limits.first_byte;
    case step::transfer:
    case step::working: return limits.stall;
    }
    return no_timeout;
}

[[nodiscard]] constexpr errc timeout_error_of(step which) noexcept
{
    switch (which) {
    case step::untimed: return errc::total_timeout;
    case step::credentials: return errc::credentials_timeout;
    case step::pool_wait: return errc::pool_timeout;
    case step::resolve: return errc::resolve_timeout;
    case step::connect: return errc::connect_timeout;
    case step::tls_handshake: return errc::tls_timeout;
    case step::first_byte: return errc::first_byte_timeout;
    case step::transfer:
    case step::working: return errc::stalled;
    }
    return errc::total_timeout;
}

/// The side of an operation that cancellation and time see. Touched on the operation's executor
/// only, but by its watch. Owned by a `shared_ptr`, as a deadline that has come may reach it late.
class operation_control : public std::enable_shared_from_this<operation_control>,
                          private deadline_watch::watched
{
public:
    using clock = deadline_watch::clock;

    /// The total begins to count now. `by` watches the deadlines.
    operation_control(asio::any_io_executor executor, const timeout_settings& limits,
        std::shared_ptr<deadline_watch> by)
        : watched(&tell), executor_(std::move(executor)), limits_(limits),
          total_deadline_(after(limits.total, limits.total.is_finite() ? clock::now()
                                                                       : clock::time_point())),
          watch_(std::move(by)), generation_(watch_->generation())
    {}

    /// With a watch of its own.
    operation_control(const asio::any_io_executor& executor, const timeout_settings& limits)
        : operation_control(executor, limits, std::make_shared<deadline_watch>(executor))
    {}

    ~operation_control() { watch_->remove(*this); }

    /// Serial: everything an operation does runs here, one thing at a time.
    [[nodiscard]] const asio::any_io_executor& executor() const noexcept { return executor_; }

    [[nodiscard]] const timeout_settings& limits() const noexcept { return limits_; }

    void cancel() noexcept
    {
        cancelled_ = true;
        if (waiting_for_ != nullptr)
            waiting_for_->interrupt();
    }

    /// What was waited for was aborted. If it was not by this object, it was by the caller's own
    /// cancellation, which reaches a coroutine that runs within the caller's.
    void note_aborted() noexcept { cancelled_ = cancelled_ || !interrupted(); }

    /// Why the operation has to stop, if it has to. An expired step is reported until the next one
    /// begins; a cancellation and the total are final, and so is `errc::other_process`.
    [[nodiscard]] std::optional<error> stopped()
    {
        if (is_of_other_process())
            return error(errc::other_process);
        if (cancelled_)
            return error(errc::cancelled);
        if (!expired_ && total_deadline_ != clock::time_point::max() &&
            clock::now() >= total_deadline_)
            expired_ = errc::total_timeout;
        if (expired_ && is_too_slow_)
            return too_slow();
        return expired_ ? std::optional<error>(error(*expired_)) : std::nullopt;
    }

    [[nodiscard]] bool cancelled() const noexcept { return cancelled_; }
    /// Whether the step that was waited for last was interrupted, by whatever.
    [[nodiscard]] bool interrupted() const noexcept
    {
        return cancelled_ || expired_.has_value() || is_of_other_process();
    }
    /// What interrupted the step that was waited for last: the caller, or its time. Time that has
    /// passed since is not looked at.
    [[nodiscard]] std::optional<errc> interruption() const noexcept
    {
        return cancelled_ ? errc::cancelled : expired_;
    }
    /// Whether the operation was begun in a parent of this process, or by a client whose context
    /// does not know yet that it is in a child.
    [[nodiscard]] bool is_of_other_process() const noexcept
    {
        return generation_ != detail::process_generation();
    }

    /// What is left of the total; nothing when it is not limited.
    [[nodiscard]] std::optional<clock::duration> time_left() const
    {
        if (total_deadline_ == clock::time_point::max())
            return std::nullopt;
        return total_deadline_ - clock::now();
    }

    /// From here on the total does not count: what follows is bounded by its steps.
    void end_total() noexcept { total_deadline_ = clock::time_point::max(); }

    /// Names what the operation waits for and for how long, as long as this object lives.
    class waiting
    {
    public:
        waiting(operation_control& control, interruptible& what, step which) : control_(control)
        {
            control_.waiting_for_ = &what;
            enter(which);
        }
        waiting(const waiting&) = delete;
        waiting& operator=(const waiting&) = delete;
        ~waiting()
        {
            control_.leave();
            control_.waiting_for_ = nullptr;
            control_.deadline_ = clock::time_point::max();
        }

        [[nodiscard]] step in() const noexcept { return control_.step_; }
        /// Begins another step of the same wait.
        void enter(step which)
        {
            control_.leave();
            control_.enter(which);
        }
        /// And of something else.
        void enter(step which, interruptible& what)
        {
            control_.leave();
            control_.waiting_for_ = &what;
            control_.enter(which);
        }

    private:
        operation_control& control_;
    };

private:
    static clock::time_point after(timeout limit, clock::time_point now) noexcept
    {
        return limit.is_finite() ? now + limit.limit() : clock::time_point::max();
    }

    void enter(step which)
    {
        // A stall is looked for this often, so that it is found at most a quarter late, and what is
        // held back to come together comes soon.
        constexpr int looks_per_stall = 4;
        constexpr clock::duration longest_held = std::chrono::milliseconds(250);
        step_ = which;
        expired_.reset();
        is_too_slow_ = false;
        if (cancelled_)
            return waiting_for_->interrupt();
        const auto limit = limit_of(which, limits_);
        const bool is_rated = which == step::transfer && limits_.minimum_rate != 0 &&
            limits_.minimum_rate_window.is_finite();
        if (!limit.is_finite() && !is_rated && total_deadline_ == clock::time_point::max()) {
            deadline_ = clock::time_point::max();
            return;
        }
        const auto now = clock::now();
        if (now >= total_deadline_)
            return expire(errc::total_timeout);
        quiet_since_ = now;
        moved_ = waiting_for_->bytes_moved();
        if (which == step::first_byte)
            rate_.restart(moved_); // What follows is another direction, or another request.
        if (is_rated && !begin_rated(now))
            return expire_as_too_slow();
        look_every_ = limit;
        if (moves_bytes(which) && limit.is_finite())
            look_every_ = std::min<clock::duration>(limit.limit() / looks_per_stall, longest_held);
        if (is_rated)
            look_every_ = std::min({look_every_.limit(), longest_held,
                limits_.minimum_rate_window.limit() / looks_per_stall});
        deadline_ = std::min(after(look_every_, now), total_deadline_);
        arm();
    }

    /// The watch is told only of an earlier time than it waits for: a step mostly ends before its
    /// limit, and then nothing was done for it but reading the clock.
    void arm()
    {
        if (deadline_ == clock::time_point::max() || deadline_ >= armed_for_)
            return;
        watch_->set(*this, deadline_);
        armed_for_ = deadline_;
    }

    /// A deadline has come. On the watch's thread, and maybe while the destructor waits for it.
    static void tell(watched& who)
    {
        auto& control = static_cast<operation_control&>(who);
        asio::post(control.executor_, [self = control.weak_from_this()] {
            if (const auto alive = self.lock())
                alive->look();
        });
    }

    void look()
    {
        armed_for_ = clock::time_point::max();
        if (waiting_for_ == nullptr || deadline_ == clock::time_point::max())
            return;
        const auto now = clock::now();
        if (now >= total_deadline_)
            return expire(errc::total_timeout);
        if (now >= deadline_) {
            if (!moves_bytes(step_))
                return expire(timeout_error_of(step_));
            const auto moved = waiting_for_->bytes_moved();
            if (moved == moved_ && now - quiet_since_ >= limits_.stall.limit())
                return expire(errc::stalled);
            if (moved != moved_)
                quiet_since_ = now;
            waiting_for_->hurry();
            moved_ = moved;
            if (rated_ != nullptr && !is_fast_enough(now))
                return expire_as_too_slow();
            deadline_ = std::min(after(look_every_, now), total_deadline_);
        }
        arm();
    }

    [[nodiscard]] static constexpr bool moves_bytes(step which) noexcept
    {
        return which == step::transfer || which == step::working;
    }

    /// False when the waits before this one add up to a window that was too slow.
    [[nodiscard]] bool begin_rated(clock::time_point now) noexcept
    {
        if (last_rated_ != waiting_for_ || moved_ < rate_.moved_before())
            rate_.restart(moved_);
        else if (was_too_slow_)
            return was_too_slow_ = false;
        was_too_slow_ = false;
        last_rated_ = rated_ = waiting_for_;
        rated_since_ = now;
        return true;
    }

    [[nodiscard]] bool is_fast_enough(clock::time_point now) noexcept
    {
        return rate_.waited(now - std::exchange(rated_since_, now), rated_->bytes_moved(),
            limits_.minimum_rate, limits_.minimum_rate_window.limit());
    }

    /// The peer is not waited for any more. Many short waits count as much as one that is long; but
    /// what has come is not refused because it came slowly.
    void leave() noexcept
    {
        if (rated_ == nullptr)
            return;
        was_too_slow_ = !is_fast_enough(clock::now()) || was_too_slow_;
        rated_ = nullptr;
    }

    void expire_as_too_slow() noexcept
    {
        expire(errc::stalled);
        is_too_slow_ = true;
    }

    [[nodiscard]] error too_slow() const
    {
        const auto window = std::chrono::duration_cast<std::chrono::milliseconds>(
            limits_.minimum_rate_window.limit());
        return error(errc::stalled, "fewer than " + std::to_string(limits_.minimum_rate) +
                " bytes a second moved in " + std::to_string(window.count()) + " ms of waiting");
    }

    void expire(errc why) noexcept
    {
        expired_ = why;
        deadline_ = clock::time_point::max();
        waiting_for_->interrupt();
    }

    const asio::any_io_executor executor_;
    timeout_settings limits_;
    clock::time_point total_deadline_;
    std::shared_ptr<deadline_watch> watch_;
    const std::uint32_t generation_;
    clock::time_point armed_for_ = clock::time_point::max();
    clock::time_point deadline_ = clock::time_point::max();
    clock::time_point quiet_since_{};
    timeout look_every_ = no_timeout;
    std::uint64_t moved_ = 0;
    interruptible* waiting_for_ = nullptr;
    std::optional<errc> expired_{};
    step step_ = step::untimed;
    bool cancelled_ = false;
    bool is_too_slow_ = false;
    transfer_rate rate_{};
    bool was_too_slow_ = false;
    const interruptible* rated_ = nullptr; // While it is waited for.
    const interruptible* last_rated_ = nullptr;
    clock::time_point rated_since_{};
};

} // namespace cosio::inline v0::net

#endif

// ---- cosio/net/initiation_definitions.hpp -------------------------------------------------------

// What initiation.hpp declares.

#ifndef COSIO_NET_INITIATION_DEFINITIONS_HPP
#define COSIO_NET_INITIATION_DEFINITIONS_HPP

namespace cosio::inline v0::net {

COSIO_DECLARED const asio::any_io_executor& executor_of(const operation_control& control) noexcept
{
    return control.executor();
}

COSIO_DECLARED void cancellation_handler::operator()(asio::cancellation_type type) const
{
    if ((type & asio::cancellation_type::terminal) == asio::cancellation_type::none)
        return; // A cancelled operation cannot promise to have had no effect.
    asio::post(executor_, [control = control_] {
        if (const auto running = control.lock())
            running->cancel();
    });
}

} // namespace cosio::inline v0::net

#endif

// ---- cosio/net/stream.hpp -----------------------------------------------------------------------

// A byte stream to a peer: TCP, TLS over it, or a script in a test.

#ifndef COSIO_NET_STREAM_HPP
#define COSIO_NET_STREAM_HPP

#include <asio/error.hpp>

namespace cosio::inline v0::net {

/// Asio has a category of its own for the system's codes, which knows no `std::errc`.
[[nodiscard]] inline std::error_code standard_code(const std::error_code& code)
{
    return code.category() == asio::error::get_system_category()
        ? std::error_code(code.value(), std::system_category())
        : code;
}

/// A code of Asio or the system, as an error of ours.
[[nodiscard]] inline error connection_error(const std::error_code& code)
{
    if (code == asio::error::operation_aborted)
        return error(errc::cancelled);
    if (code == asio::error::eof || code == asio::error::connection_reset ||
        code == asio::error::broken_pipe || code == asio::error::connection_aborted)
        return error(errc::connection_closed, "the peer closed the connection: " + code.message());
    return error(standard_code(code), "the connection failed: " + code.message());
}

/// Virtual rather than a template parameter: one instantiation of everything above it, and a call
/// costs nothing beside a system call. Used by one operation at a time.
class stream : public interruptible
{
public:
    stream() = default;
    stream(const stream&) = delete;
    stream& operator=(const stream&) = delete;
    virtual ~stream() = default;

    /// Reads at least one byte; 0 bytes: the peer has ended its side in order.
    [[nodiscard]] virtual asio::awaitable<result<std::size_t>> read_some(
        std::span<std::byte> buffer) = 0;

    /// What the system told of a read. Not a `result`, whose `error` would take its room in the frame
    /// of whoever waits: Asio recycles no frame of more than 1020 bytes.
    struct arrival
    {
        std::error_code code{};
        std::size_t bytes = 0;
    };

    /// As `read_some` in two steps, so that whoever awaits the first needs no coroutine between
    /// itself and the socket: waits until something has come.
    [[nodiscard]] virtual asio::awaitable<arrival> receive(std::span<std::byte> buffer)
    {
        kept_ = co_await read_some(buffer);
        co_return arrival();
    }
    /// The second step, with what `receive` has yielded and the same buffer: what `read_some` would
    /// yield, or nothing when `receive` has to be called again.
    [[nodiscard]] virtual std::optional<result<std::size_t>> received(
        const arrival& got, std::span<std::byte> buffer)
    {
        static_cast<void>(got);
        static_cast<void>(buffer);
        return std::exchange(kept_, std::nullopt);
    }

    /// Writes all of `first`, then all of `second`, in as few packets as possible.
    [[nodiscard]] virtual asio::awaitable<result<void>> write(
        std::span<const std::byte> first, std::span<const std::byte> second) = 0;

    /// What `write_available` has done.
    struct written
    {
        std::size_t bytes = 0; ///< Of what it was given.
        bool all_left = false; ///< All of that was handed to the system, nothing is held back.
    };

    /// Writes what leaves without waiting. Unless all has left, `write` has to follow with the
    /// rest, even if that is empty. A stream need not be able to.
    [[nodiscard]] virtual result<written> write_available(
        std::span<const std::byte> first, std::span<const std::byte> second)
    {
        static_cast<void>(first);
        static_cast<void>(second);
        return written();
    }

    /// Reads what is there without waiting; 0 bytes: nothing. The end of the peer's side is
    /// `errc::connection_closed`.
    [[nodiscard]] virtual result<std::size_t> read_available(std::span<std::byte> buffer) = 0;

    /// At least `left` more bytes are certain to come, so that reads may wait for many of them
    /// together. To be told before each of these reads, and of 0 at the end.
    virtual void expect(std::uint64_t left) noexcept { static_cast<void>(left); }

    /// Whether a piece of what the peer has sent is held back until the rest of it comes.
    [[nodiscard]] virtual bool holds_input() const noexcept { return false; }

    /// Calls `handler` on `executor` once the peer has sent something, or when waiting was given
    /// up. A `write` may go on meanwhile.
    virtual void notify_when_readable(
        const asio::any_io_executor& executor, std::function<void()> handler) = 0;

    /// Makes a `write` that is waiting fail; the stream can still be read.
    virtual void abandon_write() noexcept = 0;

    /// Closes at once, without waiting for the peer.
    virtual void close() noexcept = 0;

    void interrupt() noexcept override { close(); }

private:
    std::optional<result<std::size_t>> kept_{}; // From `receive` to `received`.
};

} // namespace cosio::inline v0::net

#endif

// ---- cosio/net/error_of_exception.hpp -----------------------------------------------------------

// What becomes of an exception, the library's own and those of the caller's code.

#ifndef COSIO_NET_ERROR_OF_EXCEPTION_HPP
#define COSIO_NET_ERROR_OF_EXCEPTION_HPP

#include <new>

namespace cosio::inline v0::net {

/// The exception that is being handled, as an error.
[[nodiscard]] inline error error_of_exception()
{
    try {
        throw;
    } catch (const std::bad_alloc&) {
        return error(errc::out_of_memory);
    } catch (const std::system_error& thrown) {
        return connection_error(thrown.code());
    } catch (const std::exception& thrown) {
        return error(errc::body_source_failed, thrown.what());
    } catch (...) {
        return error(errc::body_source_failed, "an exception of unknown type");
    }
}

} // namespace cosio::inline v0::net

#endif

// ---- cosio/http/date.hpp ------------------------------------------------------------------------

// Dates of headers (IMF-fixdate, RFC 9110, 5.6.7) and of XML documents (ISO 8601).

#ifndef COSIO_HTTP_DATE_HPP
#define COSIO_HTTP_DATE_HPP

namespace cosio::inline v0::http {

inline constexpr std::array<std::string_view, 7> day_names{
    "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
inline constexpr std::array<std::string_view, 12> month_names{
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

/// Appends `number` with leading zeros up to `width`.
inline void append_padded(std::string& text, unsigned number, std::size_t width)
{
    const std::string digits = std::to_string(number);
    text.append(width - std::min(width, digits.size()), '0').append(digits);
}

/// `Thu, 16 May 2019 06:45:51 GMT`.
[[nodiscard]] inline std::string format_date(std::chrono::sys_seconds time)
{
    using namespace std::chrono;
    const auto day = floor<days>(time);
    const year_month_day date(day);
    const hh_mm_ss clock(time - day);
    std::string text(day_names[weekday(day).c_encoding()]);
    text.append(", ");
    append_padded(text, static_cast<unsigned>(date.day()), 2);
    text.append(" ").append(month_names[static_cast<unsigned>(date.month()) - 1]).append(" ");
    append_padded(text, static_cast<unsigned>(static_cast<int>(date.year())), 4);
    text.append(" ");
    append_padded(text, static_cast<unsigned>(clock.hours().count()), 2);
    text.append(":");
    append_padded(text, static_cast<unsigned>(clock.minutes().count()), 2);
    text.append(":");
    append_padded(text, static_cast<unsigned>(clock.seconds().count()), 2);
    return text.append(" GMT");
}

/// A point in time from its parts as text; nothing when one is not a number in range.
[[nodiscard]] inline std::optional<std::chrono::sys_seconds> time_from_parts(std::string_view year,
    unsigned month, std::string_view day, std::string_view hour, std::string_view minute,
    std::string_view second)
{
    using namespace std::chrono;
    const auto y = detail::parse_number<unsigned>(year);
    const auto d = detail::parse_number<unsigned>(day);
    const auto h = detail::parse_number<unsigned>(hour);
    const auto m = detail::parse_number<unsigned>(minute);
    const auto s = detail::parse_number<unsigned>(second);
    if (!y || !d || !h || !m || !s || *h > 23 || *m > 59 || *s > 60 || *y > 9999)
        return std::nullopt;
    const year_month_day date(std::chrono::year(static_cast<int>(*y)),
        std::chrono::month(month), std::chrono::day(*d));
    if (!date.ok())
        return std::nullopt;
    return sys_days(date) + hours(*h) + minutes(*m) + seconds(*s);
}

/// Reads an IMF-fixdate. The name of the day is not checked against the date.
[[nodiscard]] inline std::optional<std::chrono::sys_seconds> parse_date(std::string_view text)
{
    constexpr std::string_view form = "Day, DD Mon YYYY hh:mm:ss GMT";
    if (text.size() != form.size() || text.substr(3, 2) != ", " || text[7] != ' ' ||
        text[11] != ' ' || text[16] != ' ' || text[19] != ':' || text[22] != ':' ||
        text.substr(25) != " GMT")
        return std::nullopt;
    const auto* const month = std::ranges::find(month_names, text.substr(8, 3));
    if (month == month_names.end())
        return std::nullopt;
    return time_from_parts(text.substr(12, 4),
        static_cast<unsigned>(month - month_names.begin()) + 1, text.substr(5, 2),
        text.substr(17, 2), text.substr(20, 2), text.substr(23, 2));
}

/// `2020-12-10T03:37:30Z`.
[[nodiscard]] inline std::string format_iso_date(std::chrono::sys_seconds time)
{
    using namespace std::chrono;
    const auto day = floor<days>(time);
    const year_month_day date(day);
    const hh_mm_ss clock(time - day);
    std::string text;
    append_padded(text, static_cast<unsigned>(static_cast<int>(date.year())), 4);
    text.append("-");
    append_padded(text, static_cast<unsigned>(date.month()), 2);
    text.append("-");
    append_padded(text, static_cast<unsigned>(date.day()), 2);
    text.append("T");
    append_padded(text, static_cast<unsigned>(clock.hours().count()), 2);
    text.append(":");
    append_padded(text, static_cast<unsigned>(clock.minutes().count()), 2);
    text.append(":");
    append_padded(text, static_cast<unsigned>(clock.seconds().count()), 2);
    return text.append("Z");
}

/// Reads `2020-12-10T03:37:30`, with or without a fraction of a second and `Z`: COS writes all
/// these forms, and means UTC each time.
[[nodiscard]] inline std::optional<std::chrono::sys_seconds> parse_iso_date(std::string_view text)
{
    constexpr std::string_view form = "YYYY-MM-DDThh:mm:ss";
    if (text.size() < form.size() || text[4] != '-' || text[7] != '-' || text[10] != 'T' ||
        text[13] != ':' || text[16] != ':')
        return std::nullopt;
    auto rest = text.substr(form.size());
    if (rest.ends_with('Z'))
        rest.remove_suffix(1);
    if (!rest.empty() &&
        (rest.size() == 1 || rest[0] != '.' ||
            !std::ranges::all_of(rest.substr(1), detail::is_digit)))
        return std::nullopt;
    const auto month = detail::parse_number<unsigned>(text.substr(5, 2));
    if (!month)
        return std::nullopt;
    return time_from_parts(text.substr(0, 4), *month, text.substr(8, 2), text.substr(11, 2),
        text.substr(14, 2), text.substr(17, 2));
}

} // namespace cosio::inline v0::http

#endif

// ---- cosio/auth/credentials_cache.hpp -----------------------------------------------------------

// When a provider is asked for credentials again, as pure state: time and chance are given.

#ifndef COSIO_AUTH_CREDENTIALS_CACHE_HPP
#define COSIO_AUTH_CREDENTIALS_CACHE_HPP

namespace cosio::inline v0::auth {

/// Credentials as they are handed out; `generation` tells them from those before and after.
struct issued_credentials
{
    std::shared_ptr<const credentials> who{};
    std::uint64_t generation = 0; ///< 0: none.
};

class credentials_cache
{
public:
    using time_point = std::chrono::sys_seconds;

    /// What one who needs credentials does.
    enum class advice {
        use,             ///< What there is.
        use_and_refresh, ///< The same, and begins to ask for others.
        wait,            ///< For others, which are asked for if they are not yet.
    };

    /// Refreshed this long before they expire, or a third of their time when that is less.
    static constexpr std::chrono::seconds longest_lead{300};
    /// After a refresh that failed the next one waits about this long, while the old ones last.
    static constexpr std::chrono::seconds pause_after_failure{10};

    /// `refused`: the generation that the service called expired, 0 when it did not.
    [[nodiscard]] advice ask(time_point now, std::uint64_t refused = 0) const noexcept
    {
        if (current_.generation == 0 || current_.generation <= refused ||
            (expires_ && now >= *expires_))
            return advice::wait;
        return now >= refresh_at_ ? advice::use_and_refresh : advice::use;
    }

    [[nodiscard]] const issued_credentials& current() const noexcept { return current_; }

    /// `random` is within [0, 1): it spreads the refreshes of many clients.
    void refreshed(expiring_credentials fresh, time_point now, double random)
    {
        current_.who = std::make_shared<const credentials>(std::move(fresh.who));
        ++current_.generation;
        expires_ = fresh.expires;
        refresh_at_ = never;
        if (!expires_)
            return;
        const auto lead =
            std::clamp<std::chrono::seconds>((*expires_ - now) / 3, {}, longest_lead);
        constexpr double least = 0.75;
        refresh_at_ = *expires_ - scaled(lead, least + random / 2);
    }

    void refresh_failed(time_point now, double random)
    {
        if (refresh_at_ != never)
            refresh_at_ = now + scaled(pause_after_failure, 0.5 + random);
    }

private:
    static constexpr auto never = time_point::max();

    [[nodiscard]] static std::chrono::seconds scaled(
        std::chrono::seconds time, double factor) noexcept
    {
        return std::chrono::ceil<std::chrono::seconds>(
            std::chrono::duration<double>(time) * factor);
    }

    issued_credentials current_{};
    std::optional<time_point> expires_{};
    time_point refresh_at_ = never;
};

} // namespace cosio::inline v0::auth

#endif

// ---- cosio/detail/inline_vector.hpp -------------------------------------------------------------

// A vector whose first elements need no memory of their own.

#ifndef COSIO_DETAIL_INLINE_VECTOR_HPP
#define COSIO_DETAIL_INLINE_VECTOR_HPP

namespace cosio::inline v0::detail {

/// Holds the first `Inline` elements in itself and allocates only for what comes behind them.
template <class T, std::size_t Inline>
class inline_vector
{
    static_assert(std::is_trivially_copyable_v<T>);

public:
    inline_vector() noexcept {} // Leaves elements that are not there yet as they are.

    inline_vector(const inline_vector& other) : size_(other.size_), more_(other.more_)
    {
        copy_inline(other);
    }
    inline_vector(inline_vector&& other) noexcept
        : size_(other.size_), more_(std::move(other.more_))
    {
        copy_inline(other);
        other.clear();
    }
    inline_vector& operator=(const inline_vector& other)
    {
        more_ = other.more_;
        size_ = other.size_;
        copy_inline(other);
        return *this;
    }
    inline_vector& operator=(inline_vector&& other) noexcept
    {
        if (this == &other)
            return *this;
        more_ = std::move(other.more_);
        size_ = other.size_;
        copy_inline(other);
        other.clear();
        return *this;
    }
    ~inline_vector() = default;

    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
    [[nodiscard]] const T& operator[](std::size_t index) const noexcept
    {
        return index < Inline ? first_[index] : more_[index - Inline];
    }

    void push_back(const T& element)
    {
        if (size_ < Inline)
            first_[size_] = element;
        else
            more_.push_back(element);
        ++size_;
    }

    void clear() noexcept
    {
        more_.clear();
        size_ = 0;
    }

private:
    void copy_inline(const inline_vector& other) noexcept
    {
        for (std::size_t i = 0; i != size_ && i != Inline; ++i)
            first_[i] = other.first_[i];
    }

    std::array<T, Inline> first_;
    std::size_t size_ = 0;
    std::vector<T> more_{};
};

} // namespace cosio::inline v0::detail

#endif

// ---- cosio/http/field_list.hpp ------------------------------------------------------------------

// The header fields of a request, kept as the text that goes on the wire.

#ifndef COSIO_HTTP_FIELD_LIST_HPP
#define COSIO_HTTP_FIELD_LIST_HPP

namespace cosio::inline v0::http {

/// Header fields as `Name: value\r\n` lines. The memory is wiped, as some values are keys.
///
/// Adds what it is given: values were validated where they came in.
class field_list
{
public:
    void add(std::string_view name, std::string_view value)
    {
        add_written(name, [value](crypto::secret_buffer& text) { text.append(value); });
    }

    /// Lets `write` append the value to the text itself, so that no copy of it is made.
    template <class Write>
    void add_written(std::string_view name, Write&& write)
    {
        field_position position{};
        position.name = text_.size();
        text_.append(name, ": ");
        position.value = text_.size();
        write(text_);
        position.end = text_.size();
        text_.append("\r\n");
        positions_.push_back(position);
    }

    [[nodiscard]] std::size_t size() const noexcept { return positions_.size(); }

    /// Valid until the next `add`.
    [[nodiscard]] field operator[](std::size_t index) const noexcept
    {
        const auto& position = positions_[index];
        const auto text = text_.view();
        return {text.substr(position.name, position.value - 2 - position.name),
            text.substr(position.value, position.end - position.value)};
    }

    /// The value of the first field of that name, in any case.
    [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const noexcept
    {
        for (std::size_t i = 0; i != size(); ++i)
            if (detail::equal_ignoring_case((*this)[i].name, name))
                return (*this)[i].value;
        return std::nullopt;
    }

    /// Forgets and wipes all fields, keeps the memory.
    void clear() noexcept
    {
        text_.clear();
        positions_.clear();
    }

    /// All lines, each ended by CRLF.
    [[nodiscard]] std::string_view text() const noexcept { return text_.view(); }

private:
    struct field_position
    {
        std::size_t name;
        std::size_t value;
        std::size_t end;
    };

    static constexpr std::size_t usual_fields = 8;

    crypto::secret_buffer text_{};
    detail::inline_vector<field_position, usual_fields> positions_{};
};

} // namespace cosio::inline v0::http

#endif

// ---- cosio/http/method.hpp ----------------------------------------------------------------------

#ifndef COSIO_HTTP_METHOD_HPP
#define COSIO_HTTP_METHOD_HPP

namespace cosio::inline v0::http {

/// The methods that object storage uses.
enum class method { get, head, put, post, delete_ };

/// As on the request line.
[[nodiscard]] constexpr std::string_view name_of(method value) noexcept
{
    switch (value) {
    case method::get: return "GET";
    case method::head: return "HEAD";
    case method::put: return "PUT";
    case method::post: return "POST";
    case method::delete_: break;
    }
    return "DELETE";
}

/// As q-sign hashes it.
[[nodiscard]] constexpr std::string_view lower_case_name_of(method value) noexcept
{
    switch (value) {
    case method::get: return "get";
    case method::head: return "head";
    case method::put: return "put";
    case method::post: return "post";
    case method::delete_: break;
    }
    return "delete";
}

} // namespace cosio::inline v0::http

#endif

// ---- cosio/detail/inline_text.hpp ---------------------------------------------------------------

// Text that mostly needs no memory of its own.

#ifndef COSIO_DETAIL_INLINE_TEXT_HPP
#define COSIO_DETAIL_INLINE_TEXT_HPP

namespace cosio::inline v0::detail {

/// Holds up to `Inline` characters in itself and allocates only for longer text. Moving it moves
/// the characters, so views of it do not outlive that.
template <std::size_t Inline>
class inline_text
{
public:
    inline_text() noexcept {} // Leaves characters that are not there yet as they are.
    inline_text(std::string_view text) { append(text); }

    inline_text(const inline_text& other) : size_(other.size_), longer_(other.longer_)
    {
        copy_inline(other);
    }
    inline_text(inline_text&& other) noexcept
        : size_(other.size_), longer_(std::move(other.longer_))
    {
        copy_inline(other);
        other.clear();
    }
    inline_text& operator=(const inline_text& other)
    {
        if (this == &other)
            return *this;
        longer_ = other.longer_;
        size_ = other.size_;
        copy_inline(other);
        return *this;
    }
    inline_text& operator=(inline_text&& other) noexcept
    {
        if (this == &other)
            return *this;
        longer_ = std::move(other.longer_);
        size_ = other.size_;
        copy_inline(other);
        other.clear();
        return *this;
    }
    ~inline_text() = default;

    /// Valid until the text is changed or moved.
    [[nodiscard]] const char* data() const noexcept
    {
        return is_inline() ? first_.data() : longer_.data();
    }
    [[nodiscard]] std::string_view view() const noexcept { return {data(), size_}; }
    operator std::string_view() const noexcept { return view(); }

    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }

    inline_text& append(std::string_view more)
    {
        const auto size = size_ + more.size();
        if (size <= Inline) {
            if (!more.empty())
                std::memcpy(first_.data() + size_, more.data(), more.size());
        } else {
            if (is_inline()) {
                longer_.reserve(size);
                longer_.assign(first_.data(), size_);
            }
            longer_.append(more);
        }
        size_ = size;
        return *this;
    }
    void push_back(char character) { append({&character, 1}); }

    void clear() noexcept
    {
        size_ = 0;
        longer_.clear();
    }

    friend bool operator==(const inline_text& left, std::string_view right) noexcept
    {
        return left.view() == right;
    }

private:
    [[nodiscard]] bool is_inline() const noexcept { return size_ <= Inline; }

    void copy_inline(const inline_text& other) noexcept
    {
        if (is_inline())
            std::memcpy(first_.data(), other.first_.data(), size_);
    }

    std::array<char, Inline> first_;
    std::size_t size_ = 0;
    std::string longer_{}; // All of the text, once it is longer than `Inline`.
};

} // namespace cosio::inline v0::detail

#endif

// ---- cosio/http/percent_encoding.hpp ------------------------------------------------------------

// Percent-encoding as COS and S3 want it: `A-Z a-z 0-9 - _ . ~` stay, everything else becomes %XX
// with upper-case digits.

#ifndef COSIO_HTTP_PERCENT_ENCODING_HPP
#define COSIO_HTTP_PERCENT_ENCODING_HPP

namespace cosio::inline v0::http {

/// Whether `/` stays (paths) or is encoded (query parts, signatures).
enum class slash { keep, encode };

/// Whether a character stays as it is, for each there is.
[[nodiscard]] constexpr std::array<bool, 256> make_plain_characters(slash treatment) noexcept
{
    std::array<bool, 256> plain{};
    for (std::size_t i = 0; i != plain.size(); ++i) {
        const char c = static_cast<char>(i);
        plain[i] = detail::is_alphanumeric(c) || c == '-' || c == '_' || c == '.' || c == '~' ||
            (c == '/' && treatment == slash::keep);
    }
    return plain;
}

inline constexpr auto plain_in_paths = make_plain_characters(slash::keep);
inline constexpr auto plain_in_queries = make_plain_characters(slash::encode);

/// The most characters that one becomes.
inline constexpr std::size_t longest_escape = 3;

/// Writes the encoded form of `text` to `out`, which has room for `longest_escape` times its size;
/// where it ends.
inline char* write_percent_encoded(char* out, std::string_view text, slash treatment) noexcept
{
    constexpr std::string_view digits = "0123456789ABCDEF";
    constexpr std::size_t group_size = 8; // Of characters that mostly all stay as they are.
    const auto& table = treatment == slash::keep ? plain_in_paths : plain_in_queries;
    const auto is_plain = [&table](char c) { return table[static_cast<unsigned char>(c)]; };
    const auto are_plain = [&is_plain](const char* group) {
        bool all = true; // Without a branch for each of them.
#pragma GCC unroll 8
        for (std::size_t i = 0; i != group_size; ++i)
            all = all & is_plain(group[i]);
        return all;
    };
    while (!text.empty()) {
        const auto group = text.substr(0, group_size);
        text.remove_prefix(group.size());
        if (group.size() == group_size && are_plain(group.data())) {
            std::memcpy(out, group.data(), group_size);
            out += group_size;
            continue;
        }
        for (const char c : group) {
            if (is_plain(c)) {
                *out++ = c;
                continue;
            }
            const auto byte = static_cast<unsigned char>(c);
            *out++ = '%';
            *out++ = digits[byte >> 4U];
            *out++ = digits[byte & 15U];
        }
    }
    return out;
}

/// Appends the encoded form of `text` to anything that has `append(std::string_view)`.
template <class Text>
void append_percent_encoded(Text& out, std::string_view text, slash treatment)
{
    constexpr std::size_t piece = 64;
    char written[longest_escape * piece];
    for (; !text.empty(); text.remove_prefix(std::min(piece, text.size()))) {
        char* const end = write_percent_encoded(written, text.substr(0, piece), treatment);
        out.append(std::string_view(written, static_cast<std::size_t>(end - written)));
    }
}

[[nodiscard]] inline std::string percent_encoded(
    std::string_view text, slash treatment = slash::encode)
{
    std::string out;
    append_percent_encoded(out, text, treatment);
    return out;
}

/// What `+` stands for: itself in a path, a space in a query.
enum class plus { plain, space };

/// The decoded text; nothing when a `%` is not followed by two hexadecimal digits.
[[nodiscard]] inline std::optional<std::string> percent_decoded(
    std::string_view text, plus treatment = plus::plain)
{
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i != text.size(); ++i) {
        if (text[i] == '%') {
            if (text.size() - i < 3)
                return std::nullopt;
            const auto byte = detail::parse_number<unsigned char>(text.substr(i + 1, 2), 16);
            if (!byte)
                return std::nullopt;
            out.push_back(static_cast<char>(*byte));
            i += 2;
        } else {
            out.push_back(text[i] == '+' && treatment == plus::space ? ' ' : text[i]);
        }
    }
    return out;
}

} // namespace cosio::inline v0::http

#endif

// ---- cosio/http/target.hpp ----------------------------------------------------------------------

// The path and query of a request, encoded once for the wire and for the signature alike.

#ifndef COSIO_HTTP_TARGET_HPP
#define COSIO_HTTP_TARGET_HPP

namespace cosio::inline v0::http {

[[nodiscard]] constexpr bool is_dot_segment(std::string_view segment) noexcept
{
    return segment == "." || segment == "..";
}

/// Whether a segment is `.` or `..`: whoever normalises the path on the way would turn the request
/// for one object into one for another, or for the bucket.
[[nodiscard]] constexpr bool has_dot_segment(std::string_view path) noexcept
{
    for (;;) {
        const auto slash = path.find('/');
        if (is_dot_segment(path.substr(0, slash)))
            return true;
        if (slash == std::string_view::npos)
            return false;
        path.remove_prefix(slash + 1);
    }
}

/// Appends the encoded form of a key with dot segments so that no segment of the path is one: the
/// slash at its side is encoded, as official SDKs do (`..%2F`), since `%2E%2E` is still a dot
/// segment to many. Of a key that is nothing but one, the dots are encoded: there is no other form.
template <class Text>
void append_dotted_key(Text& out, std::string_view key)
{
    if (is_dot_segment(key)) {
        out.append(key == "." ? "%2E" : "%2E%2E");
        return;
    }
    for (;;) {
        const auto slash = key.find('/');
        const auto segment = key.substr(0, slash);
        append_percent_encoded(out, segment, http::slash::encode);
        if (slash == std::string_view::npos)
            return;
        key.remove_prefix(slash + 1);
        out.append(is_dot_segment(segment) || is_dot_segment(key) ? "%2F" : "/");
    }
}

/// Path and query. What is signed and what is sent are views of the same text, so they cannot
/// disagree; but for keys with dot segments, whose path is signed as it is.
class target
{
public:
    /// The path `/`.
    target() = default;

    /// `path` begins with `/` and is not encoded yet; its last `key_size` bytes are an object's key.
    explicit target(std::string_view path, std::size_t key_size = 0) : text_{}
    {
        const auto stays = [](char c) {
            return plain_in_paths[static_cast<unsigned char>(c)];
        };
        const auto key = path.substr(path.size() - key_size);
        if (path.find("/.") != std::string_view::npos && has_dot_segment(key)) {
            append_percent_encoded(text_, path.substr(0, path.size() - key_size), slash::keep);
            append_dotted_key(text_, key);
            decoded_path_ = path;
            signed_path_ = percent_encoded(path, slash::keep);
        } else if (std::ranges::all_of(path, stays)) {
            text_.append(path);
        } else {
            append_percent_encoded(text_, path, slash::keep);
            decoded_path_ = path;
        }
        path_length_ = text_.size();
    }

    /// Adds `name=value` (`name=` for a sub-resource such as `restore`), both not encoded yet.
    ///
    /// The service routes on the first parameter, so the sub-resource goes first.
    void add_parameter(std::string_view name, std::string_view value = {})
    {
        text_.push_back(has_query() ? '&' : '?');
        parameter_position position;
        position.name = text_.size();
        append_percent_encoded(text_, name, slash::encode);
        text_.push_back('=');
        position.value = text_.size();
        append_percent_encoded(text_, value, slash::encode);
        position.end = text_.size();
        parameters_.push_back(position);
    }

    /// Path and query as on the request line.
    [[nodiscard]] std::string_view text() const noexcept { return text_.view(); }
    /// The path as on the request line.
    [[nodiscard]] std::string_view path() const noexcept { return text().substr(0, path_length_); }
    /// The path as the service encodes it again for the signature of S3.
    [[nodiscard]] std::string_view signed_path() const noexcept
    {
        return signed_path_.empty() ? path() : std::string_view(signed_path_);
    }
    /// The path before encoding, which is what q-sign hashes.
    [[nodiscard]] std::string_view decoded_path() const noexcept
    {
        return decoded_path_.empty() ? path() : std::string_view(decoded_path_);
    }
    [[nodiscard]] bool has_query() const noexcept { return text_.size() != path_length_; }

    struct parameter
    {
        std::string_view name;  ///< Encoded.
        std::string_view value; ///< Encoded.
    };

    [[nodiscard]] std::size_t parameter_count() const noexcept { return parameters_.size(); }
    [[nodiscard]] parameter parameter_at(std::size_t index) const noexcept
    {
        const auto& position = parameters_[index];
        return {text().substr(position.name, position.value - 1 - position.name),
            text().substr(position.value, position.end - position.value)};
    }

private:
    struct parameter_position
    {
        std::size_t name = 0;
        std::size_t value = 0;
        std::size_t end = 0;
    };

    std::string decoded_path_{}; // Empty when it is the same as the encoded one.
    std::string signed_path_{};  // Empty when it is the same as the one that is sent.
    detail::inline_text<160> text_{"/"};
    std::size_t path_length_ = 1;
    std::vector<parameter_position> parameters_{};
};

} // namespace cosio::inline v0::http

#endif

// ---- cosio/auth/request_signer.hpp --------------------------------------------------------------

// What the network asks of a signature, whatever the algorithm.

#ifndef COSIO_AUTH_REQUEST_SIGNER_HPP
#define COSIO_AUTH_REQUEST_SIGNER_HPP

namespace cosio::inline v0::auth {

/// Signs the requests of one client. Thread safe.
class request_signer
{
public:
    request_signer() = default;
    request_signer(const request_signer&) = delete;
    request_signer& operator=(const request_signer&) = delete;
    virtual ~request_signer() = default;

    /// Adds what the signature consists of to `attempt_fields`, which hold Host already.
    [[nodiscard]] virtual result<void> sign(http::method method, const http::target& target,
        const http::field_list& request_fields, http::field_list& attempt_fields,
        const credentials& who, std::chrono::sys_seconds now) = 0;
};

} // namespace cosio::inline v0::auth

#endif

// ---- cosio/net/connection.hpp -------------------------------------------------------------------

// A stream with the bytes that were received from it and not used yet.

#ifndef COSIO_NET_CONNECTION_HPP
#define COSIO_NET_CONNECTION_HPP

namespace cosio::inline v0::net {

/// Owned by one operation at a time, or by the pool.
class connection
{
public:
    using clock = std::chrono::steady_clock;

    /// A head and a small body fit.
    static constexpr std::size_t initial_capacity = 16 * 1024;

    explicit connection(std::unique_ptr<stream> bytes)
        : stream_(std::move(bytes)), buffer_(initial_capacity)
    {}

    [[nodiscard]] stream& bytes() noexcept { return *stream_; }

    /// Received and not consumed. Valid until `space()`.
    [[nodiscard]] std::string_view unread() const noexcept
    {
        return {buffer_.data() + begin_, end_ - begin_};
    }
    void consume(std::size_t count) noexcept { begin_ += count; }

    /// Room for at least one more byte, growing if need be: the caller's limits bound what is kept.
    [[nodiscard]] std::span<std::byte> space()
    {
        if (begin_ == end_)
            begin_ = end_ = 0;
        if (end_ == buffer_.size()) {
            buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(begin_));
            end_ -= begin_;
            begin_ = 0;
            buffer_.resize(std::max(initial_capacity, 2 * end_));
        }
        return std::as_writable_bytes(std::span(buffer_).subspan(end_));
    }
    void received(std::size_t count) noexcept { end_ += count; }

    /// Where the heads of requests are written, so that they need no memory of their own. Empty
    /// in between: `clear` wipes them.
    struct request_memory
    {
        http::field_list attempt_fields{};
        crypto::secret_buffer head{};

        void clear() noexcept
        {
            attempt_fields.clear();
            head.clear();
        }
    };
    [[nodiscard]] request_memory& for_request() noexcept { return for_request_; }

    /// Whether nothing has come since the last reply, or since the connection was opened, not even
    /// an end. What a server says unasked (a 408 before it closes, the rest of a reply that was
    /// longer than its head said) must not be taken for the reply to the next request, so this asks
    /// the system, before each request: a reply that comes late looks like the answer.
    ///
    /// What arrives between this look and the first byte of the request, or was on its way then,
    /// cannot be told from an early answer, such as a refusal sent before the request was read:
    /// HTTP/1.1 numbers neither requests nor replies, the system does not say when bytes arrived,
    /// and a byte stream does not show what its peer had received when it spoke. The proof that
    /// replies have to give (`operation::missing_proof`) is what is left then.
    [[nodiscard]] bool is_quiet()
    {
        const auto got = stream_->read_available(space());
        return got && *got == 0 && unread().empty() && !stream_->holds_input();
    }

    /// The error of a connection that a request was meant for and that is not quiet.
    [[nodiscard]] static error spoke_unasked()
    {
        return error(errc::connection_closed, "the peer spoke or closed before it was asked");
    }

private:
    std::unique_ptr<stream> stream_;
    std::vector<char> buffer_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    request_memory for_request_{};
};

} // namespace cosio::inline v0::net

#endif

// ---- cosio/net/address_health.hpp ---------------------------------------------------------------

// Which addresses failed lately, so that they are tried last.

#ifndef COSIO_NET_ADDRESS_HEALTH_HPP
#define COSIO_NET_ADDRESS_HEALTH_HPP

#include <asio/ip/tcp.hpp>

#include <map>

namespace cosio::inline v0::net {

/// Thread safe; knows no clock: the time is given.
class address_health
{
public:
    using time_point = std::chrono::steady_clock::time_point;
    using endpoint = asio::ip::tcp::endpoint;

    /// How long an address that failed is set aside.
    static constexpr std::chrono::seconds set_aside{30};

    void failed(const endpoint& address, time_point now)
    {
        const std::lock_guard lock(mutex_);
        std::erase_if(aside_until_, [&](const auto& each) { return each.second <= now; });
        aside_until_[address] = now + set_aside;
    }

    void succeeded(const endpoint& address)
    {
        const std::lock_guard lock(mutex_);
        aside_until_.erase(address);
    }

    /// The same addresses in the order in which to try them: as the resolver gave them, but those
    /// set aside last. They are tried all the same: a bad one is better than none.
    [[nodiscard]] std::vector<endpoint> in_order(
        std::vector<endpoint> addresses, time_point now) const
    {
        const std::lock_guard lock(mutex_);
        std::vector<endpoint> aside;
        std::erase_if(addresses, [&](const endpoint& address) {
            const auto found = aside_until_.find(address);
            const bool bad = found != aside_until_.end() && found->second > now;
            if (bad)
                aside.push_back(address);
            return bad;
        });
        addresses.insert(addresses.end(), aside.begin(), aside.end());
        return addresses;
    }

private:
    mutable std::mutex mutex_{};
    std::map<endpoint, time_point> aside_until_{};
};

} // namespace cosio::inline v0::net

#endif

// ---- cosio/net/fork_watch.hpp -------------------------------------------------------------------

// What belongs to one process, and has to be given up in a child of it.

#ifndef COSIO_NET_FORK_WATCH_HPP
#define COSIO_NET_FORK_WATCH_HPP

#include <asio/execution/context.hpp>
#include <asio/execution_context.hpp>
#include <asio/query.hpp>

#include <fcntl.h>
#include <unistd.h>

namespace cosio::inline v0::net {

/// All that has to be told when an execution context goes on in a child process.
class fork_registry
{
public:
    /// Told once in a child, on the only thread there is. Has to outlive neither the context nor
    /// the registry.
    class listener
    {
    public:
        listener(const listener&) = delete;
        listener& operator=(const listener&) = delete;

        /// Whether this is still the process in which this was made.
        [[nodiscard]] bool is_ours() const noexcept
        {
            return generation_ == detail::process_generation();
        }

    protected:
        /// `executor` is of the context.
        inline explicit listener(const asio::any_io_executor& executor);
        ~listener() { of_->remove(*this); }

        virtual void forked() noexcept = 0;

    private:
        friend fork_registry;

        std::shared_ptr<fork_registry> of_;
        const std::uint32_t generation_ = detail::process_generation();
        listener* next_ = nullptr;
        listener* previous_ = nullptr;
    };

    void add(listener& who) noexcept
    {
        const std::lock_guard lock(mutex_);
        who.next_ = std::exchange(first_, &who);
        if (who.next_ != nullptr)
            who.next_->previous_ = &who;
    }

    void remove(listener& who) noexcept
    {
        const std::lock_guard lock(mutex_);
        (who.previous_ != nullptr ? who.previous_->next_ : first_) = who.next_;
        if (who.next_ != nullptr)
            who.next_->previous_ = who.previous_;
    }

    /// No listener comes or goes between `prepare` and `go_on`.
    void prepare()
    {
        mutex_.lock();
        generation_ = detail::process_generation();
        process_ = ::getpid();
    }
    void go_on() { mutex_.unlock(); }
    /// In place of `go_on`, in a child.
    void go_on_in_child()
    {
        mutex_.unlock();
        if (generation_ == detail::process_generation() && process_ != ::getpid())
            detail::forks_since_start.fetch_add(1); // By `_Fork()`.
        // Newest first: a client, which ends its connections, comes behind them.
        for (auto* each = first_; each != nullptr; each = each->next_)
            each->forked();
    }

private:
    std::mutex mutex_{};
    listener* first_ = nullptr;
    std::uint32_t generation_ = 0;
    ::pid_t process_ = 0;
};

/// Hears of `notify_fork` of its context.
class fork_watch final : public asio::execution_context::service
{
public:
    using key_type = fork_watch;
    static inline asio::execution_context::id id{};

    explicit fork_watch(asio::execution_context& context) : service(context)
    {
        detail::notice_forks();
    }

    /// The one of the context that `executor` is of.
    [[nodiscard]] static std::shared_ptr<fork_registry> of(const asio::any_io_executor& executor)
    {
        // Services hear of a fork in a child in the order in which they were made: before this one
        // does, sockets have been given a new reactor.
        const asio::ip::tcp::socket comes_first(executor);
        auto& context = asio::query(executor, asio::execution::context);
        return asio::use_service<fork_watch>(context).registry_;
    }

private:
    void shutdown() override {}

    void notify_fork(asio::execution_context::fork_event event) override
    {
        if (event == asio::execution_context::fork_prepare)
            registry_->prepare();
        else if (event == asio::execution_context::fork_parent)
            registry_->go_on();
        else
            registry_->go_on_in_child();
    }

    std::shared_ptr<fork_registry> registry_ = std::make_shared<fork_registry>();
};

fork_registry::listener::listener(const asio::any_io_executor& executor)
    : of_(fork_watch::of(executor))
{
    of_->add(*this);
}

/// Programs that this process starts do not inherit the socket. (Asio opens them without
/// `SOCK_CLOEXEC`.)
template <class Socket>
void keep_from_programs(Socket& socket) noexcept
{
    static_cast<void>(::fcntl(socket.native_handle(), F_SETFD, FD_CLOEXEC));
}

/// Gives a socket up that the parent process uses as well, in a child that `notify_fork` was called
/// in: only the child's descriptor is closed, nothing is said to the peer, and the child's own
/// reactor forgets it. Asio's `close` would leave it there, as the parent keeps the socket open.
inline void abandon(asio::ip::tcp::socket& socket) noexcept
{
    if (!socket.is_open())
        return;
    std::error_code code;
    const auto descriptor = socket.release(code);
    if (!code)
        ::close(descriptor);
}

} // namespace cosio::inline v0::net

#endif

// ---- cosio/net/origin.hpp -----------------------------------------------------------------------

// Where a connection leads.

#ifndef COSIO_NET_ORIGIN_HPP
#define COSIO_NET_ORIGIN_HPP

#include <compare>

namespace cosio::inline v0::net {

/// Connections of a client to equal origins are interchangeable: the TLS settings are the client's.
struct origin
{
    bool tls = true;
    /// What is resolved and connected to.
    std::string host{};
    std::uint16_t port = 443;
    /// Whom the certificate must name.
    std::string tls_name{};

    friend auto operator<=>(const origin&, const origin&) = default;
};

} // namespace cosio::inline v0::net

#endif

// ---- cosio/net/parking.hpp ----------------------------------------------------------------------

// A place where an operation waits until another one, perhaps on another thread, wakes it.

#ifndef COSIO_NET_PARKING_HPP
#define COSIO_NET_PARKING_HPP

#include <asio/redirect_error.hpp>

namespace cosio::inline v0::net {

/// Owned by a `shared_ptr`, by the one who waits and by the one who wakes.
class parking final : public interruptible, public std::enable_shared_from_this<parking>
{
public:
    /// `executor` is the operation's.
    explicit parking(const asio::any_io_executor& executor)
        : timer_(executor, asio::steady_timer::time_point::max())
    {}

    /// Waits until `wake` or an interruption; at once if either has come already. On the
    /// operation's executor, which `control` is of.
    [[nodiscard]] asio::awaitable<void> wait(operation_control& control)
    {
        std::error_code ended;
        while (!awake_ && !control.cancelled()) {
            co_await timer_.async_wait(asio::redirect_error(asio::use_awaitable, ended));
            if (!awake_)
                control.note_aborted();
        }
    }

    /// From any thread.
    void wake()
    {
        asio::post(timer_.get_executor(), [self = shared_from_this()] { self->interrupt(); });
    }

    void interrupt() noexcept override
    {
        awake_ = true;
        try {
            timer_.cancel();
        } catch (...) { // It cannot fail where it is used: the context is alive.
        }
    }

private:
    asio::steady_timer timer_;
    bool awake_ = false;
};

} // namespace cosio::inline v0::net

#endif

// ---- cosio/net/system_question.hpp --------------------------------------------------------------

// One question to the system's resolver, that can be abandoned.

#ifndef COSIO_NET_SYSTEM_QUESTION_HPP
#define COSIO_NET_SYSTEM_QUESTION_HPP

#include <asio/bind_executor.hpp>
#include <asio/posix/stream_descriptor.hpp>

#include <sys/socket.h>

#include <cerrno>
#include <thread>

namespace cosio::inline v0::net {

/// `getaddrinfo` blocks, for half a minute when no name server answers, and cannot be stopped. So
/// each question has a thread for as long as it takes, which nobody joins, and which knows nothing
/// of the executor but a pair of sockets: the executor's context may go before the answer comes,
/// and a child process forked meanwhile, with a copy of both, keeps nobody waiting. (Asio's
/// resolver has one thread for all questions of a context, where each waits for those before it,
/// and the context for the last.)
class system_question final : private fork_registry::listener
{
public:
    using endpoints = std::vector<asio::ip::tcp::endpoint>;
    using handler = std::function<void(std::error_code, endpoints)>;

    system_question(const asio::any_io_executor& executor, int own_end)
        : listener(executor),
          answered_(std::make_unique<asio::posix::stream_descriptor>(executor, own_end))
    {}

    system_question(const system_question&) = delete;
    system_question& operator=(const system_question&) = delete;

    ~system_question()
    {
        // In a child that was told nothing, the reactor is the parent's, who still waits.
        if (!is_ours() && answered_->is_open())
            static_cast<void>(answered_.release());
    }

    /// Calls `done` on `executor` when the answer is there, if what this yields is still held.
    [[nodiscard]] static std::shared_ptr<system_question> ask(const asio::any_io_executor& executor,
        const std::string& host, std::uint16_t port, handler done)
    {
        std::array<int, 2> ends{};
        if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
            throw std::system_error(errno, std::system_category(), "socketpair");
        const auto open = std::make_shared<answer>(ends[1]);
        const auto question = begin(executor, ends[0]);
        std::thread([open, host, service = std::to_string(port)] {
            look_up(*open, host, service);
        }).detach();
        question->answered_->async_wait(asio::posix::stream_descriptor::wait_read,
            asio::bind_executor(executor, [open, done = std::move(done)](std::error_code code) {
                if (!code && open->is_there.load(std::memory_order_acquire))
                    done(open->code, std::move(open->found));
                else // Nobody is there any more, or it is another process, where none will come.
                    done(asio::error::operation_aborted, {});
            }));
        return question;
    }

private:
    struct answer
    {
        explicit answer(int own_end) noexcept : end(own_end) {}
        answer(const answer&) = delete;
        answer& operator=(const answer&) = delete;
        ~answer() { hang_up(); }

        /// The other end sees it, which by closing alone it would not while a child has this one.
        void hang_up() noexcept
        {
            const int own = std::exchange(end, -1);
            if (own == -1)
                return;
            ::shutdown(own, SHUT_RDWR);
            ::close(own);
        }

        int end; ///< Of the thread, once that runs.
        std::atomic<bool> is_there{false};
        std::error_code code{};
        endpoints found{};
    };

    [[nodiscard]] static std::shared_ptr<system_question> begin(
        const asio::any_io_executor& executor, int read_end)
    {
        try {
            return std::make_shared<system_question>(executor, read_end);
        } catch (...) {
            ::close(read_end);
            throw;
        }
    }

    static void look_up(answer& open, const std::string& host, const std::string& service) noexcept
    {
        try {
            asio::io_context alone;
            asio::ip::tcp::resolver asking(alone);
            for (const auto& entry :
                asking.resolve(host, service, asio::ip::tcp::resolver::numeric_service, open.code))
                open.found.push_back(entry.endpoint());
        } catch (...) {
            open.code = std::make_error_code(std::errc::not_enough_memory);
        }
        open.is_there.store(true, std::memory_order_release);
        open.hang_up();
    }

    /// The thread is the parent's.
    void forked() noexcept override
    {
        if (answered_->is_open())
            ::close(answered_->release());
    }

    std::unique_ptr<asio::posix::stream_descriptor> answered_;
};

} // namespace cosio::inline v0::net

#endif

// ---- cosio/net/resolver.hpp ---------------------------------------------------------------------

// From a host name to addresses, without waiting for a resolver that hangs.

#ifndef COSIO_NET_RESOLVER_HPP
#define COSIO_NET_RESOLVER_HPP

#include <asio/ip/address.hpp>

namespace cosio::inline v0::net {

/// Asks for the addresses of a host; virtual, so that tests can have their own.
class resolver
{
public:
    using endpoints = std::vector<asio::ip::tcp::endpoint>;
    using handler = std::function<void(std::error_code, endpoints)>;

    resolver() = default;
    resolver(const resolver&) = delete;
    resolver& operator=(const resolver&) = delete;
    virtual ~resolver() = default;

    /// Calls `done` on `executor` once, whenever that will be, unless what this yields is gone by
    /// then: the question is abandoned so, and nothing of it keeps `executor` busy.
    [[nodiscard]] virtual std::shared_ptr<void> start(
        const asio::any_io_executor& executor, const origin& where, handler done) = 0;
};

/// The system's.
class system_resolver final : public resolver
{
public:
    [[nodiscard]] std::shared_ptr<void> start(
        const asio::any_io_executor& executor, const origin& where, handler done) override
    {
        return system_question::ask(executor, where.host, where.port, std::move(done));
    }
};

/// All addresses of a host. An address is taken as it stands, without the resolver.
///
/// The system's resolver cannot be stopped. When time or the caller ends the wait, the question is
/// abandoned: its answer finds nobody. Errors: `errc::resolve_failed`, `errc::resolve_timeout`,
/// `errc::total_timeout`, `errc::cancelled`.
[[nodiscard]] inline asio::awaitable<result<resolver::endpoints>> resolve(
    operation_control& control, resolver& asked, const origin& where)
{
    std::error_code code;
    const auto address = asio::ip::make_address(where.host, code);
    if (!code) {
        resolver::endpoints one;
        one.emplace_back(address, where.port);
        co_return one;
    }
    struct question
    {
        explicit question(const asio::any_io_executor& executor)
            : parked(std::make_shared<parking>(executor))
        {}
        std::shared_ptr<parking> parked;
        std::error_code code{};
        resolver::endpoints found{};
    };
    const auto open = std::make_shared<question>(control.executor());
    const auto wanted = asked.start(control.executor(), where,
        [weak = std::weak_ptr(open)](const std::error_code& problem, resolver::endpoints found) {
            if (const auto still_open = weak.lock()) {
                still_open->code = problem;
                still_open->found = std::move(found);
                still_open->parked->interrupt();
            }
        });
    {
        const operation_control::waiting waiting(control, *open->parked, step::resolve);
        co_await open->parked->wait(control);
    }
    if (auto stop = control.stopped())
        co_return std::move(*stop);
    if (open->code || open->found.empty())
        co_return error(errc::resolve_failed,
            "'" + where.host + "' has no address: " + open->code.message());
    co_return std::move(open->found);
}

} // namespace cosio::inline v0::net

#endif

// ---- cosio/net/receive_pace.hpp -----------------------------------------------------------------

// How much of a long body should have come before it is worth waking up for.

#ifndef COSIO_NET_RECEIVE_PACE_HPP
#define COSIO_NET_RECEIVE_PACE_HPP

namespace cosio::inline v0::net {

/// Who is woken up for each packet of a fast peer spends more time on waking up than on the bytes.
/// So while bytes come fast, the system is asked to wait for a batch of them; when they do not,
/// each is worth having at once.
class receive_pace
{
public:
    using clock = std::chrono::steady_clock;

    static constexpr std::size_t batch = 96 * 1024;
    /// A batch takes no longer than that at the least pace that is called fast.
    static constexpr std::chrono::milliseconds longest_batch{40};

    /// The bytes to wait for, when a batch or more is certain to come and `received` are here in
    /// all.
    [[nodiscard]] std::size_t worth_waiting_for(
        std::uint64_t received, clock::time_point now) noexcept
    {
        if (received - measured_from_ >= batch) {
            const auto batches = static_cast<std::int64_t>((received - measured_from_) / batch);
            is_fast_ = now - measured_since_ <= batches * longest_batch;
            measured_from_ = received;
            measured_since_ = now;
        }
        return is_fast_ ? batch : 1;
    }

    /// A wait goes on for a while now, `received` are here in all: what comes next is worth having
    /// at once.
    void slowed_down(std::uint64_t received, clock::time_point now) noexcept
    {
        is_fast_ = false;
        measured_from_ = received;
        measured_since_ = now;
    }

private:
    bool is_fast_ = false;
    std::uint64_t measured_from_ = 0;
    clock::time_point measured_since_{};
};

} // namespace cosio::inline v0::net

#endif

// ---- cosio/net/tcp_stream.hpp -------------------------------------------------------------------

// Plain TCP.

#ifndef COSIO_NET_TCP_STREAM_HPP
#define COSIO_NET_TCP_STREAM_HPP

#include <asio/buffer.hpp>
#include <asio/socket_base.hpp>

namespace cosio::inline v0::net {

/// A connected socket. In a child process it fails with `errc::other_process` and leaves the socket
/// alone, which is the parent's.
class tcp_stream final : public stream, private fork_registry::listener
{
public:
    /// Packets leave at once: requests and replies wait for each other, never for company.
    explicit tcp_stream(asio::ip::tcp::socket socket)
        : listener(socket.get_executor()), socket_(std::move(socket))
    {
        std::error_code ignored;
        socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
        socket_.non_blocking(true, ignored);
    }

    [[nodiscard]] asio::awaitable<result<std::size_t>> read_some(
        std::span<std::byte> buffer) override
    {
        return asio::async_initiate<const asio::use_awaitable_t<>&, void(result<std::size_t>)>(
            read_initiation<result<std::size_t>>{this}, asio::use_awaitable, buffer);
    }

    [[nodiscard]] asio::awaitable<arrival> receive(std::span<std::byte> buffer) override
    {
        return asio::async_initiate<const asio::use_awaitable_t<>&, void(arrival)>(
            read_initiation<arrival>{this}, asio::use_awaitable, buffer);
    }

    [[nodiscard]] std::optional<result<std::size_t>> received(
        const arrival& got, std::span<std::byte>) override
    {
        return has_read(got.code, got.bytes);
    }

    [[nodiscard]] asio::awaitable<result<void>> write(
        std::span<const std::byte> first, std::span<const std::byte> second) override
    {
        while (!first.empty() || !second.empty()) {
            if (!is_ours())
                co_return error(errc::other_process);
            const std::array<asio::const_buffer, 2> buffers{
                asio::buffer(first.data(), first.size()),
                asio::buffer(second.data(), second.size())};
            std::error_code code;
            const auto count = co_await socket_.async_write_some(
                buffers, asio::redirect_error(asio::use_awaitable, code));
            if (code)
                co_return failure(code);
            sent_ += count;
            const auto of_first = std::min(count, first.size());
            first = first.subspan(of_first);
            second = second.subspan(count - of_first);
        }
        co_return result<void>();
    }

    [[nodiscard]] result<written> write_available(
        std::span<const std::byte> first, std::span<const std::byte> second) override
    {
        if (!is_ours())
            return error(errc::other_process);
        std::error_code code;
        const auto count = write_some(first, second, code);
        if (code && code != asio::error::would_block)
            return connection_error(code);
        sent_ += count;
        return written{count, count == first.size() + second.size()};
    }

    [[nodiscard]] result<std::size_t> read_available(std::span<std::byte> buffer) override
    {
        if (!is_ours())
            return error(errc::other_process);
        std::error_code code;
        const auto count =
            socket_.read_some(asio::buffer(buffer.data(), buffer.size()), code);
        if (code == asio::error::would_block)
            return std::size_t{0};
        if (code)
            return connection_error(code);
        received_ += count;
        return count;
    }

    void expect(std::uint64_t left) noexcept override
    {
        wake_up_for(left < receive_pace::batch
                ? 1
                : pace_.worth_waiting_for(received_, receive_pace::clock::now()));
    }

    void hurry() noexcept override
    {
        pace_.slowed_down(received_, receive_pace::clock::now());
        wake_up_for(1);
    }

    void notify_when_readable(
        const asio::any_io_executor& executor, std::function<void()> handler) override
    {
        if (!is_ours())
            close();
        socket_.async_wait(asio::ip::tcp::socket::wait_read,
            asio::bind_executor(executor,
                [handler = std::move(handler)](const std::error_code&) { handler(); }));
    }

    void abandon_write() noexcept override
    {
        std::error_code ignored;
        socket_.cancel(ignored);
    }

    void close() noexcept override
    {
        std::error_code ignored;
        socket_.close(ignored);
    }

    [[nodiscard]] std::uint64_t bytes_moved() const noexcept override { return sent_ + received_; }

private:
    /// Turns what the socket tells into what `read_some` or `receive` yields. A handler, and not a coroutine
    /// around the socket's operation: most requests wait once, here, and a frame costs.
    template <class Yielded, class Handler>
    struct read_handler
    {
        using executor_type = asio::associated_executor_t<Handler>;
        using allocator_type = asio::associated_allocator_t<Handler>;
        using cancellation_slot_type = asio::associated_cancellation_slot_t<Handler>;

        [[nodiscard]] executor_type get_executor() const noexcept
        {
            return asio::get_associated_executor(then);
        }
        [[nodiscard]] allocator_type get_allocator() const noexcept
        {
            return asio::get_associated_allocator(then);
        }
        [[nodiscard]] cancellation_slot_type get_cancellation_slot() const noexcept
        {
            return asio::get_associated_cancellation_slot(then);
        }

        void operator()(const std::error_code& code, std::size_t count)
        {
            // The stream may go with the coroutine that waits, so it is not touched afterwards.
            if constexpr (std::is_same_v<Yielded, arrival>)
                std::move(then)(arrival{code, count});
            else
                std::move(then)(on->has_read(code, count));
        }

        Handler then;
        tcp_stream* on;
        std::size_t room;
    };

    template <class Yielded>
    struct read_initiation
    {
        template <class Handler>
        void operator()(Handler&& then, std::span<std::byte> buffer) const
        {
            using handler = read_handler<Yielded, std::decay_t<Handler>>;
            if (!on->is_ours())
                on->close(); // So that nothing is read: it fails at once.
            on->socket_.async_read_some(asio::buffer(buffer.data(), buffer.size()),
                handler{std::forward<Handler>(then), on, buffer.size()});
        }

        tcp_stream* on;
    };

    /// One piece is handed over by `send`, which costs less than `sendmsg`.
    std::size_t write_some(std::span<const std::byte> first, std::span<const std::byte> second,
        std::error_code& code)
    {
        const auto one = asio::buffer(first.data(), first.size());
        if (second.empty())
            return socket_.write_some(one, code);
        const std::array<asio::const_buffer, 2> both{
            one, asio::buffer(second.data(), second.size())};
        return socket_.write_some(both, code);
    }

    /// Sets how many bytes make the socket readable; fewer do at the end of the peer's side. When
    /// the mark is lowered, Linux tells at once of what has come. Elsewhere that is not sure.
    void wake_up_for(std::size_t bytes) noexcept
    {
        if (std::exchange(low_water_mark_, bytes) == bytes || !is_ours())
            return;
#if defined(__linux__)
        std::error_code ignored;
        socket_.set_option(
            asio::socket_base::receive_low_watermark(static_cast<int>(bytes)), ignored);
#endif
    }

    result<std::size_t> has_read(const std::error_code& code, std::size_t count)
    {
        if (code == asio::error::eof)
            return std::size_t{0};
        if (code)
            return failure(code);
        received_ += count;
        return count;
    }

    [[nodiscard]] error failure(const std::error_code& code) const
    {
        return is_ours() ? connection_error(code) : error(errc::other_process);
    }

    void forked() noexcept override { abandon(socket_); }

    asio::ip::tcp::socket socket_;
    std::uint64_t sent_ = 0;
    std::uint64_t received_ = 0;
    receive_pace pace_{};
    std::size_t low_water_mark_ = 1;
};

} // namespace cosio::inline v0::net

#endif

// ---- cosio/net/tls_context.hpp ------------------------------------------------------------------

// The TLS settings of one client: trust and verification, set up once.

#ifndef COSIO_NET_TLS_CONTEXT_HPP
#define COSIO_NET_TLS_CONTEXT_HPP

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

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

// ---- cosio/net/tls_session_cache.hpp ------------------------------------------------------------

// TLS sessions to resume, so that a new connection to a known host costs half a handshake.

#ifndef COSIO_NET_TLS_SESSION_CACHE_HPP
#define COSIO_NET_TLS_SESSION_CACHE_HPP

namespace cosio::inline v0::net {

/// The sessions of one client, whose TLS settings they were made with. Thread safe. A session is
/// resumed for the very name its certificate was verified for, and once (RFC 8446, C.4).
class tls_session_cache
{
public:
    [[nodiscard]] openssl::owned<SSL_SESSION> take(const origin& where)
    {
        const std::lock_guard lock(mutex_);
        const auto found = sessions_.find(where);
        if (found == sessions_.end())
            return nullptr;
        auto newest = std::move(found->second.back());
        found->second.pop_back();
        if (found->second.empty())
            sessions_.erase(found);
        return newest;
    }

    void put(const origin& where, openssl::owned<SSL_SESSION> session)
    {
        const std::lock_guard lock(mutex_);
        auto& kept = sessions_[where];
        if (kept.size() == most_per_origin)
            kept.erase(kept.begin());
        kept.push_back(std::move(session));
        if (sessions_.size() > most_origins)
            sessions_.erase(sessions_.begin()->first == where ? std::prev(sessions_.end())
                                                              : sessions_.begin());
    }

private:
    static constexpr std::size_t most_per_origin = 16;
    static constexpr std::size_t most_origins = 64;

    std::mutex mutex_{};
    std::map<origin, std::vector<openssl::owned<SSL_SESSION>>> sessions_{};
};

} // namespace cosio::inline v0::net

#endif

// ---- cosio/net/tls_engine.hpp -------------------------------------------------------------------

// TLS between two buffers: no socket, no waiting. OpenSSL reads records straight from one large
// receive buffer and writes them behind one another into one send buffer.

#ifndef COSIO_NET_TLS_ENGINE_HPP
#define COSIO_NET_TLS_ENGINE_HPP

#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

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

// ---- cosio/net/tls_stream.hpp -------------------------------------------------------------------

// TLS over any other stream: moves ciphertext between it and the engine.

#ifndef COSIO_NET_TLS_STREAM_HPP
#define COSIO_NET_TLS_STREAM_HPP

namespace cosio::inline v0::net {

/// Records are gathered and sent together, and one receive may bring many.
class tls_stream final : public stream
{
public:
    /// Plaintext that is encrypted before it is sent, so that it stays in the cache: a piece of a
    /// body with a head before it.
    static constexpr std::size_t send_size = 144 * 1024;

    tls_stream(std::unique_ptr<stream> transport, std::unique_ptr<tls_engine> engine) noexcept
        : transport_(std::move(transport)), engine_(std::move(engine))
    {}

    /// The sessions of this connection are kept in `cache`, and the last one there is resumed.
    /// Before the handshake.
    void keep_sessions(std::shared_ptr<tls_session_cache> cache, const origin& where)
    {
        auto session = cache->take(where);
        sessions_ = std::make_unique<session_keeper>(std::move(cache), where);
        engine_->resume(std::move(session), *sessions_);
    }

    /// After the handshake.
    [[nodiscard]] bool resumed() const noexcept { return engine_->resumed(); }

    /// Errors: `errc::tls_certificate_rejected`, `errc::tls_failed`, and those of the transport.
    [[nodiscard]] asio::awaitable<result<void>> handshake()
    {
        for (;;) {
            const auto state = engine_->handshake();
            // Also when it failed: the peer is told why.
            if (auto sent = co_await flush(); !sent)
                co_return state == tls_engine::status::failed ? engine_->failure()
                                                              : std::move(sent).error();
            if (state == tls_engine::status::done) {
                if (sessions_ != nullptr)
                    if (auto session = engine_->reusable_session())
                        sessions_->keep(std::move(session));
                co_return result<void>();
            }
            if (state != tls_engine::status::want_input)
                co_return engine_->failure();
            auto more = co_await transport_->read_some(engine_->input().space());
            if (!more)
                co_return std::move(more).error();
            if (*more == 0)
                co_return error(
                    errc::tls_failed, "the peer closed the connection during the handshake");
            engine_->input().received(*more);
        }
    }

    [[nodiscard]] asio::awaitable<result<std::size_t>> read_some(
        std::span<std::byte> buffer) override
    {
        for (;;) {
            if (auto got = decrypt(buffer))
                co_return std::move(*got);
            if (engine_->has_output()) // The answer to a key update.
                if (auto sent = co_await flush(); !sent)
                    co_return std::move(sent).error();
            auto more = co_await transport_->read_some(engine_->input().space());
            if (auto end = take_input(more))
                co_return std::move(*end);
        }
    }

    [[nodiscard]] asio::awaitable<arrival> receive(std::span<std::byte> buffer) override
    {
        receives_input_ = !engine_->may_yield() && !engine_->has_output();
        return receives_input_ ? transport_->receive(engine_->input().space())
                               : stream::receive(buffer);
    }

    [[nodiscard]] std::optional<result<std::size_t>> received(
        const arrival& got, std::span<std::byte> buffer) override
    {
        if (!receives_input_)
            return stream::received(got, buffer);
        auto more = transport_->received(got, engine_->input().space());
        if (!more)
            return std::nullopt;
        if (auto end = take_input(*more))
            return std::move(*end);
        return decrypt(buffer);
    }

    [[nodiscard]] asio::awaitable<result<void>> write(
        std::span<const std::byte> first, std::span<const std::byte> second) override
    {
        if (const auto rest = std::exchange(held_back_, {}); !rest.empty())
            if (auto sent = co_await transport_->write(rest, {}); !sent)
                co_return sent;
        while (!first.empty() || !second.empty()) {
            if (!encrypt(first, second))
                co_return engine_->failure();
            if (auto sent = co_await transport_->write(sending_, {}); !sent)
                co_return sent;
        }
        co_return result<void>();
    }

    [[nodiscard]] result<written> write_available(
        std::span<const std::byte> first, std::span<const std::byte> second) override
    {
        const auto size = first.size() + second.size();
        if (!held_back_.empty())
            return written();
        if (!encrypt(first, second))
            return engine_->failure();
        auto sent = transport_->write_available(sending_, {});
        if (!sent)
            return sent;
        held_back_ = std::span<const std::byte>(sending_).subspan(sent->bytes);
        const auto left_over = first.size() + second.size();
        return written{size - left_over, held_back_.empty() && left_over == 0};
    }

    [[nodiscard]] result<std::size_t> read_available(std::span<std::byte> buffer) override
    {
        auto& input = engine_->input();
        auto more = transport_->read_available(input.space());
        if (!more)
            return more;
        input.received(*more);
        if (!engine_->may_yield())
            return std::size_t{0};
        const auto got = engine_->read(buffer);
        if (got.state == tls_engine::status::failed)
            return engine_->failure();
        if (got.state == tls_engine::status::closed)
            return error(errc::connection_closed, "the peer ended the TLS session");
        return got.bytes;
    }

    /// As much ciphertext comes at least, but for what has come already and what may: a read that
    /// yields nothing consumes part of a record and goes on to wait, so a whole one is always taken
    /// off.
    void expect(std::uint64_t left) noexcept override
    {
        const auto held = engine_->most_held();
        transport_->expect(left > held ? left - held : 0);
    }

    void hurry() noexcept override { transport_->hurry(); }

    [[nodiscard]] bool holds_input() const noexcept override
    {
        return !engine_->input().unread().empty();
    }

    void notify_when_readable(
        const asio::any_io_executor& executor, std::function<void()> handler) override
    {
        transport_->notify_when_readable(executor, std::move(handler));
    }

    void abandon_write() noexcept override { transport_->abandon_write(); }
    void close() noexcept override { transport_->close(); }

    [[nodiscard]] std::uint64_t bytes_moved() const noexcept override
    {
        return transport_->bytes_moved();
    }

private:
    class session_keeper final : public tls_session_sink
    {
    public:
        session_keeper(std::shared_ptr<tls_session_cache> cache, origin where)
            : cache_(std::move(cache)), where_(std::move(where))
        {}

        void keep(openssl::owned<SSL_SESSION> session) noexcept override
        {
            try {
                cache_->put(where_, std::move(session));
            } catch (...) { // Without memory to keep it in, the next handshake is a full one.
            }
        }

    private:
        std::shared_ptr<tls_session_cache> cache_;
        origin where_;
    };

    /// Encrypts from the front of both, as much as is sent at once, into `sending_`.
    [[nodiscard]] bool encrypt(
        std::span<const std::byte>& first, std::span<const std::byte>& second)
    {
        std::size_t room = send_size;
        for (auto* const part : {&first, &second}) {
            const auto piece = part->first(std::min(room, part->size()));
            if (engine_->write(piece) != tls_engine::status::done)
                return false;
            room -= piece.size();
            *part = part->subspan(piece.size());
        }
        engine_->exchange_output(sending_);
        return true;
    }

    /// Nothing when that takes more ciphertext.
    std::optional<result<std::size_t>> decrypt(std::span<std::byte> buffer)
    {
        if (!engine_->may_yield())
            return std::nullopt;
        const auto got = engine_->read(buffer);
        switch (got.state) {
        case tls_engine::status::done: return got.bytes;
        case tls_engine::status::closed: return std::size_t{0};
        case tls_engine::status::failed: return engine_->failure();
        case tls_engine::status::want_input: break;
        }
        return std::nullopt;
    }

    /// What the transport has yielded; an error when nothing more will come.
    std::optional<error> take_input(result<std::size_t>& more)
    {
        if (!more)
            return std::move(more).error();
        if (*more == 0) // Without close_notify the end proves nothing.
            return error(errc::connection_closed,
                "the connection was closed without the end of the TLS session");
        engine_->input().received(*more);
        return std::nullopt;
    }

    asio::awaitable<result<void>> flush()
    {
        if (!engine_->has_output())
            co_return result<void>();
        engine_->exchange_output(sending_);
        co_return co_await transport_->write(sending_, {});
    }

    std::unique_ptr<stream> transport_;
    std::unique_ptr<session_keeper> sessions_{}; // Before the engine, which refers to it.
    std::unique_ptr<tls_engine> engine_;
    bool receives_input_ = false; // And not plaintext, since `receive`.
    std::vector<std::byte> sending_{};
    std::span<const std::byte> held_back_{}; // Of `sending_`: what did not leave without waiting.
};

} // namespace cosio::inline v0::net

#endif

// ---- cosio/net/connector.hpp --------------------------------------------------------------------

// From a host name to a stream: resolve, connect, TLS handshake.

#ifndef COSIO_NET_CONNECTOR_HPP
#define COSIO_NET_CONNECTOR_HPP

namespace cosio::inline v0::net {

/// A socket that time or a cancellation can reach while it connects.
class interruptible_socket final : public interruptible, private fork_registry::listener
{
public:
    explicit interruptible_socket(const asio::any_io_executor& executor)
        : listener(executor), socket(executor)
    {}
    void interrupt() noexcept override
    {
        std::error_code ignored;
        socket.close(ignored);
    }

    asio::ip::tcp::socket socket;

private:
    void forked() noexcept override { abandon(socket); }
};

/// A stream that is ready for a request.
struct opened_stream
{
    std::unique_ptr<stream> bytes{};
    bool resumed = false; ///< Whether a TLS session was.
};

/// Makes the connections of one client. Thread safe.
class connector
{
public:
    /// Sockets live on `executor`, as they outlive the operations that open them. `tls` is needed
    /// for origins with TLS.
    connector(asio::any_io_executor executor, std::optional<tls_context> tls,
        std::unique_ptr<resolver> asked = std::make_unique<system_resolver>())
        : executor_(std::move(executor)), tls_(std::move(tls)), resolver_(std::move(asked))
    {}

    /// Errors: `errc::resolve_failed`, `errc::tls_certificate_rejected`, `errc::tls_failed`, the
    /// timeouts of these steps, `errc::cancelled`, or the system's code of the last address.
    [[nodiscard]] asio::awaitable<result<opened_stream>> open(
        operation_control& control, const origin& where)
    {
        auto addresses = co_await resolve(control, *resolver_, where);
        if (!addresses)
            co_return std::move(addresses).error();
        error last;
        for (const auto& address :
            health_.in_order(std::move(*addresses), std::chrono::steady_clock::now())) {
            auto opened = co_await open_at(control, where, address);
            if (opened) {
                health_.succeeded(address);
                co_return opened;
            }
            last = std::move(opened).error();
            // Another address of this name would show the same certificate.
            if (last.code == errc::cancelled || last.code == errc::total_timeout ||
                last.code == errc::tls_certificate_rejected)
                break;
            health_.failed(address, std::chrono::steady_clock::now());
        }
        co_return last;
    }

    /// In a child process: sessions are for the parent to resume.
    void forget_sessions() { sessions_ = std::make_shared<tls_session_cache>(); }

private:
    [[nodiscard]] asio::awaitable<result<opened_stream>> open_at(operation_control& control,
        const origin& where, const asio::ip::tcp::endpoint& address)
    {
        auto connected = co_await connect(control, where, address);
        if (!connected)
            co_return std::move(connected).error();
        opened_stream out;
        if (!where.tls) {
            out.bytes = std::move(*connected);
            co_return out;
        }
        auto engine = tls_engine::make(*tls_, where.tls_name);
        if (!engine)
            co_return std::move(engine).error();
        auto secured = std::make_unique<tls_stream>(std::move(*connected), std::move(*engine));
        secured->keep_sessions(sessions_, where);
        const operation_control::waiting waiting(control, *secured, step::tls_handshake);
        auto shaken = co_await secured->handshake();
        if (auto stop = control.stopped())
            co_return std::move(*stop);
        if (!shaken)
            co_return std::move(shaken).error();
        out.resumed = secured->resumed();
        out.bytes = std::move(secured);
        co_return out;
    }

    [[nodiscard]] asio::awaitable<result<std::unique_ptr<stream>>> connect(
        operation_control& control, const origin& where, const asio::ip::tcp::endpoint& address)
    {
        interruptible_socket connecting(executor_);
        const operation_control::waiting waiting(control, connecting, step::connect);
        // Connecting would open again what an interruption has closed.
        if (control.interrupted())
            co_return control.stopped().value_or(error(errc::cancelled));
        std::error_code code;
        connecting.socket.open(address.protocol(), code);
        if (code)
            co_return error(standard_code(code), "could not open a socket: " + code.message());
        keep_from_programs(connecting.socket);
        co_await connecting.socket.async_connect(
            address, asio::redirect_error(asio::use_awaitable, code));
        if (code == asio::error::operation_aborted)
            control.note_aborted();
        if (auto stop = control.stopped())
            co_return std::move(*stop);
        if (code)
            co_return error(standard_code(code), "could not connect to " + where.host + ":" +
                    std::to_string(where.port) + ": " + code.message());
        co_return std::make_unique<tcp_stream>(std::move(connecting.socket));
    }

    asio::any_io_executor executor_;
    std::optional<tls_context> tls_;
    std::unique_ptr<resolver> resolver_;
    address_health health_{};
    std::shared_ptr<tls_session_cache> sessions_ = std::make_shared<tls_session_cache>();
};

} // namespace cosio::inline v0::net

#endif

// ---- cosio/net/jitter.hpp -----------------------------------------------------------------------

// Random numbers that keep many clients from doing the same at the same time.

#ifndef COSIO_NET_JITTER_HPP
#define COSIO_NET_JITTER_HPP

#include <random>

namespace cosio::inline v0::net {

/// Seeded by the system. Thread safe. Not for secrets.
class jitter
{
public:
    /// Within [0, 1).
    [[nodiscard]] double operator()()
    {
        const std::lock_guard lock(mutex_);
        return std::uniform_real_distribution<double>()(engine_);
    }

    /// In a child process, which else draws what its parent does.
    void seed_again()
    {
        const std::lock_guard lock(mutex_);
        engine_.seed(std::random_device()());
    }

private:
    std::mutex mutex_{};
    std::minstd_rand engine_{std::random_device()()};
};

} // namespace cosio::inline v0::net

#endif

// ---- cosio/net/credentials_keeper.hpp -----------------------------------------------------------

// The credentials of one client: fixed ones, or a provider that is asked once for all who wait.

#ifndef COSIO_NET_CREDENTIALS_KEEPER_HPP
#define COSIO_NET_CREDENTIALS_KEEPER_HPP

namespace cosio::inline v0::net {

/// Thread safe. Owned by a `shared_ptr`, as a question to the provider may outlive who asked it.
class credentials_keeper : public std::enable_shared_from_this<credentials_keeper>
{
public:
    using time_point = std::chrono::sys_seconds;

    explicit credentials_keeper(credentials fixed)
    {
        fixed_.who = std::make_shared<const credentials>(std::move(fixed));
        fixed_.generation = 1;
    }

    explicit credentials_keeper(std::shared_ptr<credentials_provider> provider)
        : provider_(std::move(provider))
    {}

    /// Whether others can be had when the service calls these expired.
    [[nodiscard]] bool can_refresh() const noexcept { return provider_ != nullptr; }

    /// What there is without asking: null when nothing was asked for yet.
    [[nodiscard]] std::shared_ptr<const credentials> known() const
    {
        const std::lock_guard lock(mutex_);
        return provider_ == nullptr ? fixed_.who : cache_.current().who;
    }

    /// Those that never change, null when there is a provider: for asking without a coroutine.
    [[nodiscard]] const auth::issued_credentials* fixed() const noexcept
    {
        return provider_ == nullptr ? &fixed_ : nullptr;
    }

    /// Credentials that are valid at `now`; waits for the provider only when there are none.
    /// `refused` is the generation the service called expired.
    ///
    /// Errors: `errc::credentials_unavailable`, `errc::credentials_timeout`,
    /// `errc::total_timeout`, `errc::cancelled`.
    [[nodiscard]] asio::awaitable<result<auth::issued_credentials>> get(
        operation_control& control, time_point now, std::uint64_t refused)
    {
        if (provider_ == nullptr)
            co_return fixed_;
        using advice = auth::credentials_cache::advice;
        std::unique_lock lock(mutex_);
        const auto what = cache_.ask(now, refused);
        const bool asks =
            what != advice::use && (!asking_ || took_too_long(control.limits().credentials));
        if (what != advice::wait) {
            auto known = cache_.current();
            const auto question = asks ? begin_question() : 0;
            lock.unlock();
            if (asks)
                ask(control.executor(), question);
            co_return known;
        }
        const auto place = std::make_shared<waiter>(control.executor());
        waiting_.push_back(place);
        const auto question = asks ? begin_question() : 0;
        lock.unlock();
        if (asks)
            ask(control.executor(), question);
        {
            const operation_control::waiting waiting(
                control, *place->parked, step::credentials);
            co_await place->parked->wait(control);
        }
        if (auto stop = control.stopped())
            co_return std::move(*stop);
        lock.lock();
        if (place->failure)
            co_return std::move(*place->failure);
        co_return place->got;
    }

private:
    struct waiter
    {
        explicit waiter(const asio::any_io_executor& executor)
            : parked(std::make_shared<parking>(executor))
        {}
        std::shared_ptr<parking> parked;
        auth::issued_credentials got{};
        std::optional<error> failure{};
    };

    /// An answer that does not come is not waited for by those who come later, however long those
    /// who asked had the time to wait. Under the lock, as is the next.
    [[nodiscard]] bool took_too_long(timeout limit) const
    {
        return limit.is_finite() &&
            operation_control::clock::now() - asked_at_ >= limit.limit();
    }

    [[nodiscard]] std::uint64_t begin_question()
    {
        std::erase_if(waiting_, [](const auto& place) { return place.expired(); });
        asking_ = true;
        asked_at_ = operation_control::clock::now();
        return ++last_question_;
    }

    void ask(const asio::any_io_executor& executor, std::uint64_t question)
    {
        asio::co_spawn(executor, run(shared_from_this(), question), ignore_outcome());
    }

    /// Handles what cannot be: `run` lets no exception out.
    struct ignore_outcome
    {
        void operator()(const std::exception_ptr&) const noexcept {}
    };

    static asio::awaitable<void> run(
        std::shared_ptr<credentials_keeper> self, std::uint64_t question)
    {
        result<expiring_credentials> got = error(errc::credentials_unavailable);
        try {
            got = co_await self->provider_->fetch();
            if (got)
                if (auto usable = got->who.check(); !usable)
                    got = std::move(usable).error();
        } catch (const std::exception& thrown) {
            got = error(errc::credentials_unavailable, thrown.what());
        } catch (...) {
            got = error(errc::credentials_unavailable, "an exception of unknown type");
        }
        self->answered(std::move(got), question);
    }

    void answered(result<expiring_credentials> got, std::uint64_t question)
    {
        const auto now = std::chrono::floor<std::chrono::seconds>(
            std::chrono::system_clock::now());
        const double random = random_();
        const std::lock_guard lock(mutex_);
        const bool current = question == last_question_;
        if (current)
            asking_ = false;
        else if (!got)
            return; // Abandoned: another was asked since.
        if (got)
            cache_.refreshed(std::move(*got), now, random);
        else
            cache_.refresh_failed(now, random);
        for (const auto& weak : waiting_) {
            const auto place = weak.lock();
            if (place == nullptr)
                continue;
            if (got)
                place->got = cache_.current();
            else
                place->failure = error(errc::credentials_unavailable,
                    "the provider failed: " + got.error().describe());
            place->parked->wake();
        }
        waiting_.clear();
    }

    std::shared_ptr<credentials_provider> provider_{};
    auth::issued_credentials fixed_{};
    mutable std::mutex mutex_{};
    auth::credentials_cache cache_{};
    std::vector<std::weak_ptr<waiter>> waiting_{};
    std::uint64_t last_question_ = 0;
    operation_control::clock::time_point asked_at_{};
    bool asking_ = false;
    jitter random_{};
};

} // namespace cosio::inline v0::net

#endif

// ---- cosio/net/pool_state.hpp -------------------------------------------------------------------

// Which connection serves whom: reuse, limits and queues, as pure state. Knows no socket, no clock
// and no lock.

#ifndef COSIO_NET_POOL_STATE_HPP
#define COSIO_NET_POOL_STATE_HPP

#include <iterator>
#include <list>

namespace cosio::inline v0 {

namespace net {

/// Whether a connection that became idle at `since` may still be used.
[[nodiscard]] constexpr bool is_fresh(std::chrono::steady_clock::time_point since,
    std::chrono::steady_clock::time_point now, std::chrono::steady_clock::duration timeout) noexcept
{
    return now - since < timeout;
}

/// `Connection` is owned here while it is idle, and by an operation while it serves.
template <class Connection>
class pool_state
{
public:
    using time_point = std::chrono::steady_clock::time_point;
    using owned = std::unique_ptr<Connection>;
    /// Names one who waits; never used twice.
    using ticket = std::uint64_t;

    /// What an operation gets: a connection, or the right to open one, or a place in the queue.
    struct admission
    {
        bool admitted = false;
        owned connection{};  ///< Null: open one.
        ticket waits_as = 0; ///< When not admitted.
    };

    /// The right that became free goes to one who waits.
    struct grant
    {
        ticket to = 0;
        owned connection{}; ///< Null: open one.
    };

    explicit pool_state(const pool_settings& settings) : settings_(settings) {}

    /// Asks for a connection to `where`: the one that was put back last, while it is fresh.
    [[nodiscard]] admission acquire(const origin& where, time_point now)
    {
        auto out = try_acquire(where, now);
        if (out.admitted)
            return out;
        out.waits_as = ++last_ticket_;
        hosts_.find(where)->second.queue.push_back(out.waits_as);
        ++waiting_;
        return out;
    }

    /// As `acquire`, but without a place in the queue for who is not admitted.
    [[nodiscard]] admission try_acquire(const origin& where, time_point now)
    {
        drop_old(now);
        auto& entry = *hosts_.try_emplace(where).first;
        admission out;
        if (entry.second.in_use >= settings_.maximum_per_host)
            return out;
        ++entry.second.in_use;
        out.admitted = true;
        out.connection = take_idle(entry);
        return out;
    }

    /// Another idle connection for one who is admitted already, when the first was no good.
    [[nodiscard]] owned exchange_stale(const origin& where)
    {
        return take_idle(*hosts_.find(where));
    }

    /// One who was admitted is done; `connection` is null when it cannot serve again. Whoever has
    /// waited longest for this host gets its right.
    [[nodiscard]] std::optional<grant> release(
        const origin& where, owned connection, time_point now)
    {
        drop_old(now);
        const auto found = hosts_.find(where);
        if (!found->second.queue.empty()) {
            grant out;
            out.to = found->second.queue.front();
            out.connection = std::move(connection);
            found->second.queue.pop_front();
            --waiting_;
            return out;
        }
        --found->second.in_use;
        if (connection != nullptr)
            keep(*found, std::move(connection), now);
        else
            forget_unless_used(*found);
        return std::nullopt;
    }

    /// Adds a connection that nobody was admitted for.
    void add_idle(const origin& where, owned connection, time_point now)
    {
        drop_old(now);
        keep(*hosts_.try_emplace(where).first, std::move(connection), now);
    }

    /// One who waits gives up. False when the grant was made already, which then is to be released.
    [[nodiscard]] bool leave(const origin& where, ticket who)
    {
        const auto host = hosts_.find(where);
        if (host == hosts_.end() || std::erase(host->second.queue, who) == 0)
            return false;
        --waiting_;
        return true;
    }

    [[nodiscard]] std::size_t idle() const noexcept { return idle_.size(); }
    [[nodiscard]] std::size_t idle_to(const origin& where) const
    {
        const auto host = hosts_.find(where);
        return host == hosts_.end() ? 0 : host->second.idle;
    }
    /// How many may lie idle to one host.
    [[nodiscard]] std::size_t room() const noexcept
    {
        return std::min(settings_.maximum_idle, settings_.maximum_per_host);
    }
    [[nodiscard]] std::size_t waiting() const noexcept { return waiting_; }
    [[nodiscard]] std::size_t in_use() const noexcept
    {
        std::size_t sum = 0;
        for (const auto& [where, host] : hosts_)
            sum += host.in_use;
        return sum;
    }

private:
    /// There is one as long as anybody is admitted or a connection lies idle; a queue has somebody
    /// to wait for.
    struct host_state
    {
        std::size_t in_use = 0;
        std::size_t idle = 0;
        std::list<ticket> queue{};
    };
    using host_entry = typename std::map<origin, host_state>::value_type;

    struct idle_connection
    {
        host_entry* host = nullptr;
        owned connection{};
        time_point since{};
    };

    [[nodiscard]] owned take_idle(host_entry& host)
    {
        const auto found = std::ranges::find(
            idle_.rbegin(), idle_.rend(), &host, &idle_connection::host);
        if (found == idle_.rend())
            return nullptr;
        auto taken = std::move(found->connection);
        idle_.erase(std::next(found).base());
        --host.second.idle;
        return taken;
    }

    void keep(host_entry& host, owned connection, time_point now)
    {
        try {
            idle_.push_back({&host, std::move(connection), now});
        } catch (...) {
            forget_unless_used(host);
            throw;
        }
        ++host.second.idle;
        if (idle_.size() > settings_.maximum_idle)
            drop_oldest(1);
    }

    /// They are in the order in which they became idle.
    void drop_old(time_point now)
    {
        const auto fresh = std::ranges::find_if(idle_, [&](const idle_connection& each) {
            return is_fresh(each.since, now, settings_.idle_timeout);
        });
        drop_oldest(static_cast<std::size_t>(fresh - idle_.begin()));
    }

    void drop_oldest(std::size_t count)
    {
        for (std::size_t i = 0; i != count; ++i) {
            auto& host = *idle_[i].host;
            --host.second.idle;
            forget_unless_used(host);
        }
        idle_.erase(idle_.begin(), idle_.begin() + static_cast<std::ptrdiff_t>(count));
    }

    void forget_unless_used(const host_entry& host)
    {
        if (host.second.in_use == 0 && host.second.idle == 0)
            hosts_.erase(hosts_.find(host.first));
    }

    pool_settings settings_;
    std::vector<idle_connection> idle_{};
    std::map<origin, host_state> hosts_{};
    ticket last_ticket_ = 0;
    std::size_t waiting_ = 0;
};

} // namespace net
} // namespace cosio::inline v0

#endif

// ---- cosio/net/pool.hpp -------------------------------------------------------------------------

// The connections of one client, shared by operations on any thread.

#ifndef COSIO_NET_POOL_HPP
#define COSIO_NET_POOL_HPP

namespace cosio::inline v0::net {

template <class Connection>
class pool;

/// The right to one connection, and the connection once there is one. Gives both back when it
/// goes: the connection to be used again only if `keep` was called.
template <class Connection>
class lease
{
public:
    lease() = default;
    lease(std::shared_ptr<pool<Connection>> from, std::shared_ptr<const origin> where,
        std::unique_ptr<Connection> connection) noexcept
        : pool_(std::move(from)), where_(std::move(where)), connection_(std::move(connection))
    {}
    lease(lease&&) noexcept = default;
    lease& operator=(lease&& other) noexcept
    {
        give_back();
        pool_ = std::move(other.pool_);
        where_ = std::move(other.where_);
        connection_ = std::move(other.connection_);
        kept_at_ = std::exchange(other.kept_at_, std::nullopt);
        return *this;
    }
    ~lease() { give_back(); }

    [[nodiscard]] const origin& leads_to() const noexcept { return *where_; }
    [[nodiscard]] Connection* get() const noexcept { return connection_.get(); }
    [[nodiscard]] Connection& operator*() const noexcept { return *connection_; }
    [[nodiscard]] Connection* operator->() const noexcept { return connection_.get(); }

    void set(std::unique_ptr<Connection> connection) noexcept
    {
        connection_ = std::move(connection);
    }
    /// Lets it serve again, see `is_reusable`, from `now` on.
    void keep(std::chrono::steady_clock::time_point now) noexcept { kept_at_ = now; }

private:
    void give_back() noexcept
    {
        if (const auto from = std::exchange(pool_, nullptr); from != nullptr) {
            if (kept_at_)
                from->release(*where_, std::move(connection_), *kept_at_);
            else
                from->release(*where_, nullptr, std::chrono::steady_clock::now());
        }
        connection_.reset();
    }

    std::shared_ptr<pool<Connection>> pool_{};
    std::shared_ptr<const origin> where_{};
    std::unique_ptr<Connection> connection_{};
    std::optional<std::chrono::steady_clock::time_point> kept_at_{};
};

/// Thread safe. Owned by a `shared_ptr`, as leases refer to it.
template <class Connection>
class pool : public std::enable_shared_from_this<pool<Connection>>
{
public:
    explicit pool(const pool_settings& settings) : state_(settings), settings_(settings) {}

    /// An empty one with the same settings.
    [[nodiscard]] std::shared_ptr<pool> successor() const
    {
        return std::make_shared<pool>(settings_);
    }

    /// As `acquire`, but nothing where that would wait.
    [[nodiscard]] std::optional<lease<Connection>> try_acquire(std::shared_ptr<const origin> where)
    {
        std::unique_lock lock(mutex_);
        const auto now = std::chrono::steady_clock::now();
        auto got = state_.try_acquire(*where, now);
        lock.unlock();
        if (!got.admitted)
            return std::nullopt;
        return admitted(std::move(where), std::move(got.connection));
    }

    /// An idle connection that is still quiet, or the right to open one (`get()` is null then).
    ///
    /// Waits when all that are allowed are in use. Errors: `errc::pool_timeout`,
    /// `errc::total_timeout`, `errc::cancelled`.
    [[nodiscard]] asio::awaitable<result<lease<Connection>>> acquire(
        operation_control& control, std::shared_ptr<const origin> where)
    {
        std::unique_lock lock(mutex_);
        const auto asked = std::chrono::steady_clock::now();
        auto got = state_.acquire(*where, asked);
        if (got.admitted) {
            lock.unlock();
            co_return admitted(std::move(where), std::move(got.connection));
        }
        std::optional<queue_place> place;
        try {
            place.emplace(*this, *where, got.waits_as, control.executor());
        } catch (...) { // A place that nobody holds would get a connection some day.
            static_cast<void>(state_.leave(*where, got.waits_as));
            throw;
        }
        lock.unlock();
        {
            const operation_control::waiting waiting(control, *place->parked, step::pool_wait);
            co_await place->parked->wait(control);
        }
        auto stop = control.stopped();
        if (stop)
            co_return std::move(*stop);
        co_return admitted(where, place->take());
    }

    /// As `release` with a connection nobody was admitted for.
    void add_idle(const origin& where, std::unique_ptr<Connection> connection)
    {
        const std::lock_guard lock(mutex_);
        state_.add_idle(where, std::move(connection), std::chrono::steady_clock::now());
    }

    /// One who was admitted is done; `connection` is null when it cannot serve again.
    void release(const origin& where, std::unique_ptr<Connection> connection,
        std::chrono::steady_clock::time_point now) noexcept
    {
        const std::lock_guard lock(mutex_);
        release_locked(where, std::move(connection), now);
    }

    /// How many connections to `where`, at most so many, are missing among the idle ones.
    [[nodiscard]] std::size_t missing_to(const origin& where, std::size_t wanted) const
    {
        const std::lock_guard lock(mutex_);
        const auto most = std::min(wanted, state_.room());
        const auto idle = state_.idle_to(where);
        return most > idle ? most - idle : 0;
    }

    void count_opened(bool resumed) noexcept
    {
        opened_.fetch_add(1, std::memory_order_relaxed);
        if (resumed)
            resumed_.fetch_add(1, std::memory_order_relaxed);
    }
    void count_failed() noexcept { failed_.fetch_add(1, std::memory_order_relaxed); }
    void count_stale() noexcept { stale_.fetch_add(1, std::memory_order_relaxed); }

    [[nodiscard]] connection_counters counters() const
    {
        connection_counters out;
        out.opened = opened_.load(std::memory_order_relaxed);
        out.resumed = resumed_.load(std::memory_order_relaxed);
        out.reused = reused_.load(std::memory_order_relaxed);
        out.stale = stale_.load(std::memory_order_relaxed);
        out.failed = failed_.load(std::memory_order_relaxed);
        const std::lock_guard lock(mutex_);
        out.in_use = state_.in_use();
        out.idle = state_.idle();
        out.waiting = state_.waiting();
        return out;
    }

private:
    /// One who waits, in whose coroutine this lives. Leaves the queue when it goes, and passes a
    /// grant on that was not taken.
    struct queue_place
    {
        queue_place(pool& from, const origin& wanted, std::uint64_t number,
            const asio::any_io_executor& executor)
            : parked(std::make_shared<parking>(executor)), of(from), where(wanted), ticket(number)
        {
            of.queue_.emplace(ticket, this);
        }
        queue_place(const queue_place&) = delete;
        queue_place& operator=(const queue_place&) = delete;
        ~queue_place()
        {
            const std::lock_guard lock(of.mutex_);
            if (of.queue_.erase(ticket) != 0)
                static_cast<void>(of.state_.leave(where, ticket));
            else if (!taken)
                of.release_locked(
                    where, std::move(connection), std::chrono::steady_clock::now());
        }

        /// Requires that the grant was made.
        [[nodiscard]] std::unique_ptr<Connection> take()
        {
            const std::lock_guard lock(of.mutex_);
            taken = true;
            return std::move(connection);
        }

        std::shared_ptr<parking> parked;
        pool& of;
        const origin& where;
        std::uint64_t ticket;
        std::unique_ptr<Connection> connection{};
        bool taken = false;
    };

    void release_locked(const origin& where, std::unique_ptr<Connection> connection,
        std::chrono::steady_clock::time_point now) noexcept
    {
        try {
            auto granted = state_.release(where, std::move(connection), now);
            if (!granted)
                return;
            const auto found = queue_.find(granted->to);
            queue_place& place = *found->second;
            queue_.erase(found);
            place.connection = std::move(granted->connection);
            place.parked->wake();
        } catch (...) { // Without memory to keep it in, the connection is closed.
        }
    }

    /// Passes over idle connections that are not quiet: what a server says unasked, or its end,
    /// must not be taken for the reply to the next request.
    [[nodiscard]] lease<Connection> admitted(
        std::shared_ptr<const origin> where, std::unique_ptr<Connection> connection)
    {
        // From here on the right is given back, whatever happens.
        lease<Connection> out(this->shared_from_this(), std::move(where), std::move(connection));
        while (out.get() != nullptr && !out->is_quiet()) {
            count_stale();
            const std::lock_guard lock(mutex_);
            out.set(state_.exchange_stale(out.leads_to()));
        }
        if (out.get() != nullptr)
            reused_.fetch_add(1, std::memory_order_relaxed);
        return out;
    }

    mutable std::mutex mutex_{};
    pool_state<Connection> state_;
    const pool_settings settings_;
    std::map<std::uint64_t, queue_place*> queue_{};
    std::atomic<std::uint64_t> opened_{0};
    std::atomic<std::uint64_t> resumed_{0};
    std::atomic<std::uint64_t> reused_{0};
    std::atomic<std::uint64_t> stale_{0};
    std::atomic<std::uint64_t> failed_{0};
};

} // namespace cosio::inline v0::net

#endif

// ---- cosio/net/retry_budget.hpp -----------------------------------------------------------------

// How many retries a client has left, over all its operations.

#ifndef COSIO_NET_RETRY_BUDGET_HPP
#define COSIO_NET_RETRY_BUDGET_HPP

namespace cosio::inline v0::net {

/// A bucket of tokens: each retry takes one, ten attempts that succeed bring one. Thread safe.
class retry_budget
{
public:
    explicit retry_budget(unsigned retries) noexcept
        : capacity_(std::int64_t{retries} * parts_per_retry), left_(capacity_)
    {}

    /// Whether there was a retry left, which is taken then.
    [[nodiscard]] bool take() noexcept
    {
        auto left = left_.load(std::memory_order_relaxed);
        while (left >= parts_per_retry)
            if (left_.compare_exchange_weak(
                    left, left - parts_per_retry, std::memory_order_relaxed))
                return true;
        return false;
    }

    void succeeded() noexcept
    {
        auto left = left_.load(std::memory_order_relaxed);
        while (left < capacity_ &&
            !left_.compare_exchange_weak(
                left, std::min(left + 1, capacity_), std::memory_order_relaxed)) {
        }
    }

    [[nodiscard]] unsigned left() const noexcept
    {
        return static_cast<unsigned>(left_.load(std::memory_order_relaxed) / parts_per_retry);
    }

private:
    static constexpr std::int64_t parts_per_retry = 10;

    const std::int64_t capacity_;
    std::atomic<std::int64_t> left_;
};

} // namespace cosio::inline v0::net

#endif

// ---- cosio/net/client_core.hpp ------------------------------------------------------------------

// What all copies of a client share.

#ifndef COSIO_NET_CLIENT_CORE_HPP
#define COSIO_NET_CLIENT_CORE_HPP

#include <asio/strand.hpp>

namespace cosio::inline v0::net {

using connection_pool = pool<connection>;

/// What attempts need to know of a service.
struct service_facts
{
    std::string_view request_id_header;
    std::string_view other_request_id_header; ///< Empty when there is none.
    std::string_view retry_marker_header; ///< Empty when there is none.
    /// The other name of a host; empty when there is none.
    std::string (*backup_host)(std::string_view host);
    /// The region that a host of the service is of; empty when its name does not say.
    std::string_view (*region_of_host)(std::string_view host);
};

/// Constant after it was made, but for the members that guard themselves, and those that a child
/// process has anew.
class client_core final : private fork_registry::listener
{
public:
    client_core(asio::any_io_executor where, const config& settings, service_endpoint to,
        std::optional<host_and_port> connect_to, std::optional<tls_context> context,
        std::unique_ptr<auth::request_signer> signer, const service_facts& of_service)
        : listener(where), executor(std::move(where)), endpoint(std::move(to)), service(of_service),
          log(settings.log), observe(settings.observer), timeouts(settings.timeouts),
          retry(settings.retry), file_executor(settings.file_executor),
          executor_is_serial(settings.executor_is_serial),
          signs(std::move(signer)),
          identity(settings.provider != nullptr
                  ? std::make_shared<credentials_keeper>(settings.provider)
                  : std::make_shared<credentials_keeper>(settings.credentials)),
          connects(executor, std::move(context)),
          connections(std::make_shared<connection_pool>(settings.pool)),
          deadlines(std::make_shared<deadline_watch>(executor)),
          budget(settings.retry.budget), connect_to_(std::move(connect_to)),
          fixed_identity_is_sound_(
              identity->fixed() != nullptr && check_identity(*identity->fixed()->who))
    {}

    /// Whether requests can be signed with that. Errors: `errc::missing_credentials`,
    /// `errc::invalid_credentials`, `errc::token_requires_tls`.
    [[nodiscard]] result<void> check_identity(const credentials& who) const
    {
        if (auto usable = who.check(); !usable)
            return usable;
        if (!who.session_token().empty() && !endpoint.protects_tokens)
            return error(errc::token_requires_tls, "a session token is sent over https only",
                "session_token");
        return {};
    }

    /// The credentials that never change, checked already; null when there are none like that.
    [[nodiscard]] const auth::issued_credentials* checked_identity() const noexcept
    {
        return fixed_identity_is_sound_ ? identity->fixed() : nullptr;
    }

    /// Where a request for `host` is sent. The last answer is kept: a client mostly talks to one
    /// bucket.
    [[nodiscard]] std::shared_ptr<const origin> origin_of(std::string_view host) const
    {
        const std::lock_guard lock(origin_mutex_);
        if (last_origin_ != nullptr && last_origin_->tls_name == host)
            return last_origin_;
        auto out = std::make_shared<origin>();
        out->tls = endpoint.scheme == scheme::https;
        out->tls_name = host;
        out->host = connect_to_ ? connect_to_->host : std::string(host);
        if (!connect_to_ && endpoint.fully_qualified)
            out->host.push_back('.');
        out->port = connect_to_ && connect_to_->port != 0 ? connect_to_->port : endpoint.port;
        last_origin_ = std::move(out);
        return last_origin_;
    }

    /// An executor on which one thing runs at a time: the client's, or a new strand of it.
    [[nodiscard]] asio::any_io_executor serial_executor() const
    {
        return executor_is_serial ? executor : asio::make_strand(executor);
    }

    /// The time as the service sees it, as far as it has told.
    [[nodiscard]] std::chrono::sys_seconds now() const
    {
        return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()) +
            std::chrono::seconds(clock_difference.load(std::memory_order_relaxed));
    }

    const asio::any_io_executor executor;
    const service_endpoint endpoint;
    const service_facts service;
    const log_settings log;
    const observer observe;
    const timeout_settings timeouts;
    const retry_settings retry;
    const asio::any_io_executor file_executor;
    const bool executor_is_serial;
    const std::unique_ptr<auth::request_signer> signs;
    const std::shared_ptr<credentials_keeper> identity;
    connector connects;
    std::shared_ptr<connection_pool> connections;
    std::shared_ptr<deadline_watch> deadlines;
    retry_budget budget;
    jitter random{};
    /// The service's clock minus ours in seconds, learnt when it refused a request for its time.
    std::atomic<std::int64_t> clock_difference{0};

private:
    /// What is under way keeps the parent's, and comes to nothing. Where there is no memory for
    /// others, everything fails with `errc::other_process`.
    void forked() noexcept override
    {
        try {
            connects.forget_sessions();
            random.seed_again();
            connections = connections->successor();
            deadlines = std::make_shared<deadline_watch>(executor);
        } catch (...) {
        }
    }

    std::optional<host_and_port> connect_to_;
    bool fixed_identity_is_sound_;
    mutable std::mutex origin_mutex_{};
    mutable std::shared_ptr<const origin> last_origin_{};
};

/// The control of a new operation: on a strand of its own, unless the client's executor is serial.
[[nodiscard]] inline std::shared_ptr<operation_control> make_control(
    const client_core& core, const timeout_settings& limits)
{
    return std::make_shared<operation_control>(core.serial_executor(), limits, core.deadlines);
}

/// The endpoint a configuration describes. `service_host` is the dialect's host of the region.
/// Errors: `errc::invalid_configuration`, which names the member.
[[nodiscard]] inline result<service_endpoint> make_endpoint(
    const config& settings, const std::string& service_host)
{
    if (const auto problem = config::region_problem(settings.region); !problem.empty())
        return error(errc::invalid_configuration, std::string(problem), "region");

    host_and_port to;
    to.host = service_host;
    if (!settings.endpoint.empty()) {
        auto parsed = detail::parse_host_and_port(settings.endpoint);
        if (!parsed)
            return error(errc::invalid_configuration, "must be host or host:port", "endpoint");
        to = std::move(*parsed);
    }
    service_endpoint out;
    out.scheme = settings.scheme;
    out.region = settings.region;
    out.path_style = settings.path_style || detail::is_address(to.host);
    out.port = to.port == 0 ? default_port(settings.scheme) : to.port;
    out.fully_qualified = to.host.ends_with('.');
    if (out.fully_qualified)
        to.host.pop_back();
    out.host = std::move(to.host);
    out.protects_tokens = settings.scheme == scheme::https;
    out.protects_customer_keys =
        out.protects_tokens && !settings.tls.dangerously_accept_any_certificate;
    return out;
}

// Declared by client_functions.hpp.
template <class Dialect>
result<std::shared_ptr<client_core>> make_client_core(
    asio::any_io_executor executor, const config& settings)
{
    auto endpoint = make_endpoint(settings, Dialect::service_host(settings.region));
    if (!endpoint)
        return std::move(endpoint).error();
    // What is missing may be meant, for a client that only ever says so; what is malformed is not.
    if (auto sound = settings.credentials.check();
        !sound && sound.error().code == errc::invalid_credentials)
        return std::move(sound).error();
    if (auto sound = settings.timeouts.check(); !sound)
        return std::move(sound).error();
    if (auto sound = settings.retry.check(); !sound)
        return std::move(sound).error();
    if (settings.pool.maximum_per_host == 0)
        return error(
            errc::invalid_configuration, "must be at least 1", "pool.maximum_per_host");
    std::optional<host_and_port> connect_to;
    if (!settings.connect_to.empty()) {
        connect_to = detail::parse_host_and_port(settings.connect_to);
        if (!connect_to)
            return error(errc::invalid_configuration, "must be host or host:port", "connect_to");
    }
    std::optional<tls_context> tls;
    if (settings.scheme == scheme::https) {
        auto made = tls_context::make(settings.tls);
        if (!made)
            return std::move(made).error();
        tls = std::move(*made);
    }
    return std::make_shared<client_core>(std::move(executor), settings, std::move(*endpoint),
        std::move(connect_to), std::move(tls), Dialect::make_signer(settings.region),
        service_facts{Dialect::header::request_id, Dialect::header::other_request_id,
            Dialect::header::retry_marker,
            &Dialect::backup_host,
            [](std::string_view host) { return Dialect::region_of_host(host); }});
}

} // namespace cosio::inline v0::net

#endif

// ---- cosio/http/field_rules.hpp -----------------------------------------------------------------

// What may stand in the name and the value of a header field.

#ifndef COSIO_HTTP_FIELD_RULES_HPP
#define COSIO_HTTP_FIELD_RULES_HPP

namespace cosio::inline v0::http {

/// One answer for each byte there is: these questions are asked of every byte of every head.
template <class Predicate>
[[nodiscard]] constexpr std::array<bool, 256> make_character_table(Predicate belongs) noexcept
{
    std::array<bool, 256> table{};
    for (std::size_t i = 0; i != table.size(); ++i)
        table[i] = belongs(static_cast<char>(i));
    return table;
}

inline constexpr auto token_characters = make_character_table([](char c) {
    return detail::is_alphanumeric(c) ||
        std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
});

inline constexpr auto receivable_characters =
    make_character_table([](char c) { return c == '\t' || !detail::is_control(c); });

/// RFC 9110, 5.6.2.
[[nodiscard]] constexpr bool is_token_character(char c) noexcept
{
    return token_characters[static_cast<unsigned char>(c)];
}

[[nodiscard]] constexpr bool is_field_name(std::string_view name) noexcept
{
    return !name.empty() && std::ranges::all_of(name, is_token_character);
}

/// What we send: visible ASCII, with blanks inside but not at the ends, where a server would strip
/// them and the signature would no longer match.
[[nodiscard]] constexpr bool is_sendable_value(std::string_view value) noexcept
{
    const auto sendable = [](char c) { return c == '\t' || (c >= 0x20 && c < 0x7f); };
    return std::ranges::all_of(value, sendable) && detail::trimmed(value) == value;
}

/// What we accept in values: no control bytes but tabs (RFC 9110, 5.5).
[[nodiscard]] constexpr bool is_receivable_character(char c) noexcept
{
    return receivable_characters[static_cast<unsigned char>(c)];
}

[[nodiscard]] constexpr bool is_receivable_value(std::string_view value) noexcept
{
    return std::ranges::all_of(value, is_receivable_character);
}

} // namespace cosio::inline v0::http

#endif

// ---- cosio/http/chunked_decoder.hpp -------------------------------------------------------------

// The chunked transfer coding, incremental and strict (RFC 9112, section 7.1).

#ifndef COSIO_HTTP_CHUNKED_DECODER_HPP
#define COSIO_HTTP_CHUNKED_DECODER_HPP

namespace cosio::inline v0::http {

/// What one step of a body decoder did with the bytes it was shown.
struct decoded_piece
{
    std::size_t consumed = 0;   ///< Bytes of the input that are done with.
    std::string_view payload{}; ///< Part of the input that belongs to the body.
};

/// Takes chunk sizes, extensions and trailers out of a byte stream. There may be some extensions and
/// trailers, but not endless ones.
class chunked_decoder
{
public:
    /// Whether the last chunk and its trailers have been read.
    [[nodiscard]] bool done() const noexcept { return state_ == state::done; }

    /// Decodes one step of `input`: at most one piece of payload. Consumes nothing when it needs
    /// more bytes than it was shown. Errors: `errc::malformed_response`, `response_too_large`.
    [[nodiscard]] result<decoded_piece> next(std::string_view input)
    {
        switch (state_) {
        case state::size_line: return size_line(input);
        case state::payload: return payload(input);
        case state::payload_end: return payload_end(input);
        case state::trailer: return trailer(input);
        case state::done: break;
        }
        return decoded_piece{};
    }

private:
    enum class state { size_line, payload, payload_end, trailer, done };

    static constexpr std::size_t line_limit = 4096;
    // Extensions mean nothing to us: a peer that sends them instead of a body would never end.
    static constexpr std::uint64_t extensions_limit = 64 * 1024;
    static constexpr std::size_t trailer_limit = 32; // Lines.

    static error malformed(std::string_view why)
    {
        return error(errc::malformed_response, std::string("chunked reply: ").append(why));
    }

    /// The line at the start of `input` without its CRLF; nothing when it is not whole yet.
    static result<std::optional<std::string_view>> take_line(std::string_view input)
    {
        const auto newline = input.find('\n');
        if (std::min(newline, input.size()) > line_limit)
            return error(errc::response_too_large, "chunked reply: a line is too long");
        if (newline == std::string_view::npos)
            return std::optional<std::string_view>{};
        if (newline == 0 || input[newline - 1] != '\r')
            return malformed("a line does not end in CRLF");
        const auto line = input.substr(0, newline - 1);
        if (!is_receivable_value(line))
            return malformed("a control byte in a line");
        return std::optional(line);
    }

    result<decoded_piece> size_line(std::string_view input)
    {
        auto line = take_line(input);
        if (!line)
            return std::move(line).error();
        if (!*line)
            return decoded_piece{};
        const auto digits = (*line)->substr(0, (*line)->find(';'));
        const auto size = detail::parse_number<std::uint64_t>(digits, 16);
        if (!size || *size > std::numeric_limits<std::int64_t>::max())
            return malformed("the chunk size is not a hexadecimal number in range");
        constexpr std::size_t usual_digits = 16;
        if ((*line)->size() > usual_digits)
            extensions_ += (*line)->size() - usual_digits;
        if (extensions_ > extensions_limit + decoded_)
            return error(
                errc::response_too_large, "chunked reply: more extensions than content");
        left_ = *size;
        state_ = left_ == 0 ? state::trailer : state::payload;
        return decoded_piece{(*line)->size() + 2, {}};
    }

    result<decoded_piece> payload(std::string_view input)
    {
        const auto piece = input.substr(0, std::min<std::uint64_t>(left_, input.size()));
        left_ -= piece.size();
        decoded_ += piece.size();
        if (left_ == 0)
            state_ = state::payload_end;
        return decoded_piece{piece.size(), piece};
    }

    result<decoded_piece> payload_end(std::string_view input)
    {
        constexpr std::string_view end = "\r\n";
        if (!end.starts_with(input.substr(0, end.size())))
            return malformed("no CRLF after a chunk");
        if (input.size() < end.size())
            return decoded_piece{};
        state_ = state::size_line;
        return decoded_piece{end.size(), {}};
    }

    result<decoded_piece> trailer(std::string_view input)
    {
        auto line = take_line(input);
        if (!line)
            return std::move(line).error();
        if (!*line)
            return decoded_piece{};
        if ((*line)->empty())
            state_ = state::done;
        else if (++trailers_ > trailer_limit)
            return error(errc::response_too_large, "chunked reply: too many trailers");
        else if (!is_field_name((*line)->substr(0, (*line)->find(':'))) ||
            (*line)->find(':') == std::string_view::npos)
            return malformed("a trailer that is not a header field");
        return decoded_piece{(*line)->size() + 2, {}};
    }

    state state_ = state::size_line;
    std::uint64_t left_ = 0; // Of the chunk being read.
    std::uint64_t decoded_ = 0;
    std::uint64_t extensions_ = 0; // Bytes of the lines of chunks, but for their sizes.
    std::size_t trailers_ = 0;
};

} // namespace cosio::inline v0::http

#endif

// ---- cosio/http/response_head.hpp ---------------------------------------------------------------

// The status and header fields of a reply.

#ifndef COSIO_HTTP_RESPONSE_HEAD_HPP
#define COSIO_HTTP_RESPONSE_HEAD_HPP

namespace cosio::inline v0::http {

/// A parsed head. Owns its text; views into it live as long as it is neither moved nor changed.
class response_head
{
public:
    unsigned status = 0;
    /// 0 or 1: HTTP/1.0 or HTTP/1.1.
    unsigned minor_version = 1;
    /// The validated `Content-Length`, when there is one.
    std::optional<std::uint64_t> content_length{};
    /// `Transfer-Encoding: chunked`.
    bool chunked = false;
    /// Whether the peer keeps the connection open after this reply.
    bool keep_alive = false;

    [[nodiscard]] std::size_t size() const noexcept
    {
        return text_.empty() ? 0 : positions_.size(); // Without a text they lead nowhere.
    }

    [[nodiscard]] field operator[](std::size_t index) const noexcept
    {
        const auto& position = positions_[index];
        return {{text_.data() + position.name, position.name_length},
            {text_.data() + position.value, position.value_length}};
    }

    /// The value of the first field of that name, in any case.
    [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const noexcept
    {
        const auto index = index_of(name);
        return index < size() ? std::optional((*this)[index].value) : std::nullopt;
    }

    /// Calls `visit(value)` for each field of that name, in any case.
    template <class Visit>
    void for_each(std::string_view name, Visit&& visit) const
    {
        for (auto i = index_of(name); i < size(); i = search(name, i + 1))
            visit((*this)[i].value);
    }

    /// As `find`, with an empty view for an absent field.
    [[nodiscard]] std::string_view get(std::string_view name) const noexcept
    {
        return find(name).value_or(std::string_view{});
    }

    /// The bytes of the head, without the blank line at the end.
    [[nodiscard]] std::string_view text() const noexcept { return text_.view(); }

    /// For the parser: as it was made, but for the memory.
    void clear() noexcept
    {
        status = 0;
        minor_version = 1;
        content_length.reset();
        chunked = keep_alive = false;
        text_.clear();
        positions_.clear();
        marks_ = 0;
    }
    /// For the parser: positions within the text, of less than 4 GiB. The field is not there before
    /// `complete` has given that.
    void add_field(std::string_view name, std::size_t name_position, std::size_t value_position,
        std::size_t value_length)
    {
        if (const auto mark = mark_of(name); !may_have(mark)) {
            marks_ |= std::uint64_t{1} << mark;
            first_of_mark_[mark] = static_cast<std::uint8_t>(added()); // Too low is no harm.
        }
        positions_.push_back({static_cast<std::uint32_t>(name_position),
            static_cast<std::uint32_t>(name.size()), static_cast<std::uint32_t>(value_position),
            static_cast<std::uint32_t>(value_length)});
    }
    /// For the parser: how many fields were added.
    [[nodiscard]] std::size_t added() const noexcept { return positions_.size(); }
    /// For the parser, once all fields were added: the text that they are in.
    void complete(std::string_view text) { text_.append(text); }

private:
    /// Mostly false for a field that is not there; the compiler knows the mark of a name it knows.
    [[nodiscard]] bool may_have(std::size_t mark) const noexcept
    {
        return (marks_ >> mark & 1U) != 0;
    }

    [[nodiscard]] bool is_named(std::size_t index, std::string_view name) const noexcept
    {
        return positions_[index].name_length == name.size() &&
            detail::equal_ignoring_case((*this)[index].name, name);
    }

    /// Where the first field of that name is; `size()` for none.
    [[nodiscard]] std::size_t index_of(std::string_view name) const noexcept
    {
        const auto mark = mark_of(name);
        return may_have(mark) ? search(name, first_of_mark_[mark]) : size();
    }
    /// As `index_of`, among the fields from `from` on.
    [[nodiscard]] std::size_t search(std::string_view name, std::size_t from) const noexcept
    {
        const auto count = size();
        while (from < count && !is_named(from, name))
            ++from;
        return from;
    }

    /// One of 64, whatever the case of the letters; mostly another one for another name.
    [[nodiscard]] static constexpr std::size_t mark_of(std::string_view name) noexcept
    {
        if (name.empty())
            return 0;
        const auto letter = [name](std::size_t at) {
            constexpr unsigned lower_case = 0x20; // Of other characters it makes something, too.
            return static_cast<unsigned char>(name[at]) | lower_case;
        };
        return (name.size() + 5 * letter(name.size() - 1) + 11 * letter(name.size() / 2)) %
            mark_count;
    }

    struct field_position
    {
        std::uint32_t name;
        std::uint32_t name_length;
        std::uint32_t value;
        std::uint32_t value_length;
    };

    static constexpr std::size_t usual_fields = 16;
    static constexpr std::size_t mark_count = 64;

    detail::inline_text<1024> text_{}; // Most heads are shorter.
    std::uint64_t marks_ = 0; // Of all fields: most look-ups are for fields that are not there.
    std::array<std::uint8_t, mark_count> first_of_mark_{}; // Where to begin to look.
    detail::inline_vector<field_position, usual_fields> positions_{};
};

} // namespace cosio::inline v0::http

#endif

// ---- cosio/http/response_body.hpp ---------------------------------------------------------------

// Where the body of a reply ends, and whether it came whole.

#ifndef COSIO_HTTP_RESPONSE_BODY_HPP
#define COSIO_HTTP_RESPONSE_BODY_HPP

namespace cosio::inline v0::http {

/// How the end of a body is known (RFC 9112, section 6.3).
enum class framing {
    none,        ///< HEAD, 1xx, 204, 304: no body whatever the fields say.
    length,      ///< `Content-Length`.
    chunked,     ///< `Transfer-Encoding: chunked`.
    until_close, ///< Neither: the end of the connection is the end of the body.
};

[[nodiscard]] constexpr framing framing_of(
    method request, unsigned status, bool has_length, bool chunked) noexcept
{
    if (request == method::head || status < 200 || status == 204 || status == 304)
        return framing::none;
    if (chunked)
        return framing::chunked;
    return has_length ? framing::length : framing::until_close;
}

/// Takes the framing off the body of one reply.
class response_body
{
public:
    /// A body that is complete from the start.
    response_body() = default;

    response_body(method request, const response_head& head) noexcept
        : framing_(framing_of(
              request, head.status, head.content_length.has_value(), head.chunked)),
          left_(framing_ == framing::length ? *head.content_length : 0),
          done_(framing_ == framing::none || (framing_ == framing::length && left_ == 0))
    {}

    [[nodiscard]] framing kind() const noexcept { return framing_; }
    /// Whether the whole body has been decoded.
    [[nodiscard]] bool done() const noexcept { return done_; }
    /// Bytes of body still to come, when a length says so; 0 otherwise.
    [[nodiscard]] std::uint64_t known_left() const noexcept { return left_; }

    /// Decodes one step of `input`, at most one piece of payload; consumes nothing when it needs
    /// more bytes. Errors: `errc::malformed_response`, `errc::response_too_large`.
    [[nodiscard]] result<decoded_piece> next(std::string_view input)
    {
        if (framing_ == framing::chunked) {
            auto piece = chunks_.next(input);
            done_ = chunks_.done();
            return piece;
        }
        if (framing_ == framing::until_close)
            return decoded_piece{input.size(), input};
        const auto payload = input.substr(0, std::min<std::uint64_t>(left_, input.size()));
        took(payload.size());
        return decoded_piece{payload.size(), payload};
    }

    /// Tells that `count` payload bytes were received straight into their destination; requires
    /// `framing::length` and `count <= known_left()`, or `framing::until_close`.
    void took(std::uint64_t count) noexcept
    {
        if (framing_ != framing::length)
            return;
        left_ -= count;
        done_ = left_ == 0;
    }

    /// The peer closed the connection. Success when that is how this body ends.
    [[nodiscard]] result<void> closed()
    {
        if (framing_ == framing::until_close)
            done_ = true;
        if (done_)
            return {};
        return error(errc::truncated_body, "the connection was closed within the body");
    }

private:
    framing framing_ = framing::none;
    std::uint64_t left_ = 0;
    bool done_ = true;
    chunked_decoder chunks_{};
};

} // namespace cosio::inline v0::http

#endif

// ---- cosio/http/response_parser.hpp -------------------------------------------------------------

// An incremental parser of HTTP/1.1 reply heads that refuses whatever could be read in two ways.

#ifndef COSIO_HTTP_RESPONSE_PARSER_HPP
#define COSIO_HTTP_RESPONSE_PARSER_HPP

namespace cosio::inline v0::http {

/// What a peer may make us hold.
struct head_limits
{
    std::size_t bytes = 64 * 1024; ///< Of a head, with its blank line.
    std::size_t fields = 128;
};

/// Parses a head in a growing buffer, line by line: a line that comes in pieces when it begins and
/// once more when it is whole.
///
/// Refused, as each has been used to make two readers disagree: bare LF or CR, folded lines,
/// blanks before the colon, control bytes, repeated `Content-Length` (even with the same value),
/// `Content-Length` with `Transfer-Encoding`, any transfer coding but `chunked`, lengths that are
/// not plain digits or overflow (RFC 9112, sections 2.2, 5, 6 and 11).
class response_parser
{
public:
    explicit response_parser(head_limits limits = {}) noexcept : limits_(limits) {}

    /// Looks at `buffer`, which holds all bytes received for this head so far and maybe more.
    ///
    /// Yields the length of the head once it is whole, and `head` is filled; 0 when more bytes are
    /// needed, and then it has to be called with a longer buffer and the same `head`, empty so far;
    /// or `errc::malformed_response`, `errc::response_too_large`, and nothing is kept but the
    /// status, if its line was in order. After a whole head, or an error, the next call starts a
    /// new one.
    [[nodiscard]] result<std::size_t> parse(std::string_view buffer, response_head& head)
    {
        auto length = parse_lines(buffer, head);
        if (!length) {
            head.clear();
            head.status = status_;
        }
        if (!length || *length != 0)
            scanned_ = line_start_ = 0;
        return length;
    }

private:
    result<std::size_t> parse_lines(std::string_view buffer, response_head& head)
    {
        if (line_start_ == 0) {
            auto status_line = parse_first_line(buffer, head);
            if (!status_line || *status_line == 0)
                return status_line;
            line_start_ = *status_line;
        } else if (waits_for_newline(buffer)) {
            return more_is_needed(buffer);
        }
        std::optional<error> problem;
        for (;;) {
            if (is_blank_line(buffer.substr(line_start_)))
                return head_ends(buffer, head);
            const auto next = parse_field(buffer, line_start_, head, problem);
            if (problem)
                return std::move(*problem);
            if (next == 0)
                return more_is_needed(buffer);
            if (next > limits_.bytes)
                return too_large();
            line_start_ = next;
        }
    }

    static error malformed(std::string_view why)
    {
        return error(errc::malformed_response, std::string("reply head: ").append(why));
    }

    static error too_large()
    {
        return error(errc::response_too_large, "reply head: larger than allowed");
    }

    static error bad_line_end() { return malformed("a line does not end in CRLF"); }

    /// Whether the line that was not whole still is not: it is not read again until it is.
    [[nodiscard]] bool waits_for_newline(std::string_view buffer) const noexcept
    {
        return scanned_ > line_start_ && buffer.find('\n', scanned_) == std::string_view::npos;
    }

    result<std::size_t> more_is_needed(std::string_view buffer)
    {
        scanned_ = buffer.size();
        if (buffer.size() > limits_.bytes)
            return too_large();
        return std::size_t{0};
    }

    static bool is_blank_line(std::string_view rest) noexcept
    {
        return rest.size() >= 2 && rest[0] == '\r' && rest[1] == '\n';
    }

    result<std::size_t> head_ends(std::string_view buffer, response_head& head) const
    {
        const std::size_t length = line_start_ + 2;
        if (length > limits_.bytes)
            return too_large();
        head.complete(buffer.substr(0, line_start_));
        head.status = status_;
        head.minor_version = minor_version_;
        if (auto sound = interpret(head); !sound)
            return std::move(sound).error();
        return length;
    }

    /// Where the status line ends, 0 when that has not come.
    result<std::size_t> parse_first_line(std::string_view buffer, response_head& head)
    {
        head.clear();
        status_ = 0;
        // A peer that speaks something else may never end its line.
        constexpr std::string_view version = "HTTP/1.";
        if (buffer.substr(0, version.size()) != version.substr(0, buffer.size()))
            return malformed("not an HTTP/1 status line");
        const auto newline = buffer.find('\n', scanned_);
        if (newline == std::string_view::npos)
            return more_is_needed(buffer);
        if (newline >= limits_.bytes)
            return too_large();
        if (buffer[newline - 1] != '\r')
            return bad_line_end();
        if (auto parsed = parse_status_line(buffer.substr(0, newline - 1)); !parsed)
            return std::move(parsed).error();
        return newline + 1;
    }

    result<void> parse_status_line(std::string_view line)
    {
        constexpr std::string_view version = "HTTP/1.";
        constexpr std::size_t minor = version.size();
        constexpr std::size_t status = minor + 2;
        constexpr std::size_t status_length = 3;
        if (line.size() < status + status_length || !line.starts_with(version) ||
            (line[minor] != '0' && line[minor] != '1') || line[minor + 1] != ' ')
            return malformed("not an HTTP/1 status line");
        const auto code = detail::parse_number<unsigned>(line.substr(status, status_length));
        if (!code || *code < 100)
            return malformed("the status is not a number from 100 to 999");
        const auto reason = line.substr(status + status_length);
        if ((!reason.empty() && reason.front() != ' ') || !is_receivable_value(reason))
            return malformed("bad bytes after the status");
        status_ = *code;
        minor_version_ = line[minor] == '1' ? 1 : 0;
        return {};
    }

    /// The field whose line begins at `start`; where the next line begins, 0 when that has not come
    /// or there is a problem.
    std::size_t parse_field(std::string_view text, std::size_t start, response_head& head,
        std::optional<error>& problem) const
    {
        const auto colon = token_until(text, start);
        if (colon == text.size())
            return 0;
        if (colon == start || text[colon] != ':') {
            problem = problem_without_name(text.substr(start), colon - start);
            return 0;
        }
        std::size_t value = colon + 1;
        while (value != text.size() && is_blank(text[value]))
            ++value;
        std::size_t end = receivable_until(text, value);
        if (text.size() - end < 2 || text[end] != '\r' || text[end + 1] != '\n') {
            problem = problem_behind_value(text.substr(end));
            return 0;
        }
        if (head.added() == limits_.fields) {
            problem = error(errc::response_too_large, "reply head: too many header fields");
            return 0;
        }
        const std::size_t next = end + 2;
        while (end != value && is_blank(text[end - 1]))
            --end;
        head.add_field(text.substr(start, colon - start), start, value, end - value);
        return next;
    }

    /// Why a line is no field, of which the first `token` characters might be a name; nothing when
    /// it may be the blank line.
    static std::optional<error> problem_without_name(std::string_view line, std::size_t token)
    {
        if (line == "\r")
            return std::nullopt;
        if (line[token] == '\n')
            return bad_line_end();
        return malformed(is_blank(line.front()) ? "a folded line"
                                                : "a line that is not a header field");
    }

    /// Why a field cannot end as it does; nothing when its end may come yet.
    static std::optional<error> problem_behind_value(std::string_view rest)
    {
        if (rest.empty() || rest == "\r")
            return std::nullopt;
        if (rest.front() == '\n')
            return bad_line_end();
        return malformed("a control byte in a header field");
    }

    static bool is_blank(char c) noexcept { return c == ' ' || c == '\t'; }

    /// Where the characters from `at` on that a name may have end.
    static std::size_t token_until(std::string_view text, std::size_t at) noexcept
    {
        return end_of(text, at, detail::name_characters_among_eight_at, is_token_character);
    }

    /// Where the characters from `at` on that a value may have end.
    static std::size_t receivable_until(std::string_view text, std::size_t at) noexcept
    {
        return end_of(text, at, detail::printable_among_eight_at, is_receivable_character);
    }

    /// Where the characters from `at` on that belong end: `among_eight_at` counts the usual ones,
    /// `belongs` decides.
    template <class AmongEightAt, class Belongs>
    static std::size_t end_of(std::string_view text, std::size_t at, AmongEightAt among_eight_at,
        Belongs belongs) noexcept
    {
        for (; at != text.size(); ++at) {
            for (std::size_t usual = 8; usual == 8 && at + 8 <= text.size();) {
                usual = among_eight_at(&text[at]);
                at += usual;
            }
            if (at == text.size() || !belongs(text[at]))
                break;
        }
        return at;
    }

    /// Reads the fields that decide where the message ends.
    static result<void> interpret(response_head& head)
    {
        bool close = false;
        bool keep_alive = false;
        bool sound = true;
        head.for_each("content-length", [&](std::string_view value) {
            const auto length = detail::parse_number<std::uint64_t>(value);
            sound = sound && !head.content_length && length &&
                *length <= std::numeric_limits<std::int64_t>::max();
            head.content_length = length;
        });
        if (!sound)
            return malformed("Content-Length is not one number in range");
        head.for_each("transfer-encoding", [&](std::string_view value) {
            sound = sound && !head.chunked && detail::equal_ignoring_case(value, "chunked");
            head.chunked = true;
        });
        if (!sound)
            return malformed("a transfer coding other than chunked");
        head.for_each("connection", [&](std::string_view value) {
            close = close || lists(value, "close");
            keep_alive = keep_alive || lists(value, "keep-alive");
        });
        if (head.chunked && head.content_length)
            return malformed("both Content-Length and Transfer-Encoding");
        if (head.chunked && head.minor_version == 0)
            return malformed("a transfer coding in HTTP/1.0");
        head.keep_alive = !close && (head.minor_version == 1 || keep_alive);
        return {};
    }

    /// Whether a comma-separated list has the item, in any case.
    static bool lists(std::string_view list, std::string_view item)
    {
        if (detail::equal_ignoring_case(list, item))
            return true; // Mostly it is the only one.
        for (;;) {
            const auto comma = list.find(',');
            if (detail::equal_ignoring_case(detail::trimmed(list.substr(0, comma)), item))
                return true;
            if (comma == std::string_view::npos)
                return false;
            list.remove_prefix(comma + 1);
        }
    }

    head_limits limits_;
    std::size_t scanned_ = 0;    // Bytes known to hold no unseen line end.
    std::size_t line_start_ = 0; // Of the line that is not complete yet.
    unsigned status_ = 0; // Once its line was read.
    unsigned minor_version_ = 1;
};

} // namespace cosio::inline v0::http

#endif

// ---- cosio/net/exchange.hpp ---------------------------------------------------------------------

// One request and its reply on one connection, as a pure state machine: it is told what happened
// on the connection and says what that means.

#ifndef COSIO_NET_EXCHANGE_HPP
#define COSIO_NET_EXCHANGE_HPP

namespace cosio::inline v0::net {

/// What decides whether a connection may serve another request.
struct reuse_facts
{
    bool reply_complete = false;
    bool keep_alive = false;
    /// The end of the connection was the end of the reply.
    bool ended_by_close = false;
    /// Bytes that belong to no reply were received.
    bool surplus = false;
    bool request_sent_whole = false;
    bool interrupted = false;
};

/// A connection is kept only when both sides agree on where they are.
[[nodiscard]] constexpr bool is_reusable(const reuse_facts& facts) noexcept
{
    return facts.reply_complete && facts.keep_alive && !facts.ended_by_close && !facts.surplus &&
        facts.request_sent_whole && !facts.interrupted;
}

/// Follows one exchange. The driver reports each event; `failure()` is set once it cannot succeed.
///
/// A reply may arrive before it is known that the request was sent whole: a refusal then stands,
/// and nothing more is sent; a success is true only if nothing more was to be sent, as when it
/// overtakes the news that the last bytes have left. When sending fails, the reply that explains
/// why may be waiting already, so the exchange goes on to receive before it gives up.
class exchange
{
public:
    enum class phase { sending, receiving_head, receiving_body, complete, failed };

    /// `body_size` is empty for a chunked request body.
    exchange(http::method method, std::optional<std::uint64_t> body_size,
        http::head_limits limits = {})
        : method_(method), body_size_(body_size), parser_(limits)
    {}

    [[nodiscard]] phase state() const noexcept { return phase_; }
    [[nodiscard]] const error& failure() const noexcept { return failure_; }
    [[nodiscard]] const http::response_head& head() const noexcept { return head_; }
    /// Whether that is whole, and of the final reply.
    [[nodiscard]] bool has_head() const noexcept { return has_head_; }
    /// For moving the head out once the exchange is complete.
    [[nodiscard]] http::response_head& head() noexcept { return head_; }
    [[nodiscard]] const http::response_body& body() const noexcept { return body_; }
    /// Whether any byte of the request was handed to the system.
    [[nodiscard]] bool request_was_sent() const noexcept { return request_was_sent_; }
    /// Whether any byte of a reply was received.
    [[nodiscard]] bool reply_has_begun() const noexcept { return reply_has_begun_; }

    // While sending.

    /// Sending begins; from here on the service may have seen the request.
    void sending_begins() noexcept { request_was_sent_ = true; }

    /// The body source yielded `count` more bytes, 0 for its end. Whether they may be sent: not
    /// when they are more than the source said, nor when it ends early.
    [[nodiscard]] bool body_continues(std::size_t count)
    {
        body_sent_ += count;
        const bool too_many = body_size_ && body_sent_ > *body_size_;
        const bool too_few = body_size_ && count == 0 && body_sent_ < *body_size_;
        if (too_many || too_few)
            fail(error(errc::body_size_mismatch,
                "said " + std::to_string(*body_size_) + " bytes, yielded " +
                    (too_many ? "more" : "only " + std::to_string(body_sent_)),
                "body"));
        return !too_many && !too_few;
    }

    /// More of the request is about to be sent. Whether it may: not after a reply.
    [[nodiscard]] bool sends_more()
    {
        if (phase_ == phase::sending && early_success_)
            fail(error(errc::malformed_response,
                "a reply of success came before the request was sent whole"));
        return phase_ == phase::sending;
    }

    /// Whether a head was received already, though sending goes on.
    [[nodiscard]] bool has_early_reply() const noexcept { return early_success_; }

    /// All of the request has been sent.
    void sent() noexcept
    {
        if (phase_ != phase::sending)
            return;
        request_sent_whole_ = true;
        phase_ = phase::receiving_head;
        if (early_success_)
            body_begins();
    }

    /// Sending failed. Does nothing when a reply has ended it already.
    void send_failed(error why)
    {
        if (phase_ != phase::sending)
            return;
        if (early_success_)
            return fail(std::move(why));
        send_failure_ = std::move(why);
        phase_ = phase::receiving_head;
    }

    // While receiving.

    /// `window` is everything received and not consumed yet, maybe while still sending. Yields how
    /// much of it is consumed: heads, as far as they are whole.
    [[nodiscard]] std::size_t received_head(std::string_view window)
    {
        reply_has_begun_ = reply_has_begun_ || !window.empty();
        std::size_t consumed = 0;
        while (!early_success_ &&
            (phase_ == phase::receiving_head || phase_ == phase::sending)) {
            const auto length = parser_.parse(window.substr(consumed), head_);
            if (!length) {
                fail(length.error());
                break;
            }
            if (*length == 0)
                break;
            consumed += *length;
            head_is_whole();
        }
        return consumed;
    }

    /// Takes the framing off one piece of the body; requires `phase::receiving_body`.
    [[nodiscard]] http::decoded_piece received_body(std::string_view window)
    {
        auto piece = body_.next(window);
        if (!piece) {
            fail(std::move(piece).error());
            return {};
        }
        body_may_be_done();
        return *piece;
    }

    /// `count` bytes of body went straight to where they belong, see `http::response_body::took`.
    void received_body_directly(std::size_t count)
    {
        body_.took(count);
        body_may_be_done();
    }

    /// The peer ended its side in order.
    void peer_closed()
    {
        if (phase_ == phase::receiving_body) {
            if (auto whole = body_.closed(); !whole)
                return fail(std::move(whole).error());
            return body_may_be_done();
        }
        receive_failed(error(errc::connection_closed,
            reply_has_begun_ ? "the peer closed the connection within the head of its reply"
                             : "the peer closed the connection without a reply"));
    }

    /// Receiving failed. If sending had failed before, that is the error to report.
    void receive_failed(error why)
    {
        if (phase_ == phase::receiving_body && why.code == errc::connection_closed)
            return fail(error(errc::truncated_body, std::move(why.message)));
        fail(send_failure_ && !reply_has_begun_ ? std::move(*send_failure_) : std::move(why));
    }

    /// The operation has to stop, whatever became of the exchange.
    void stop(error why)
    {
        phase_ = phase::failed;
        failure_ = std::move(why);
    }

    /// Ends the exchange with an error, unless it has failed already.
    void fail(error why)
    {
        if (phase_ == phase::failed)
            return;
        phase_ = phase::failed;
        failure_ = std::move(why);
    }

    /// Whether the connection may serve another request; `surplus` are bytes left unconsumed.
    [[nodiscard]] bool reusable(std::size_t surplus, bool interrupted) const noexcept
    {
        reuse_facts facts;
        facts.reply_complete = phase_ == phase::complete;
        facts.keep_alive = head_.keep_alive;
        facts.ended_by_close = body_.kind() == http::framing::until_close;
        facts.surplus = surplus != 0;
        facts.request_sent_whole = request_sent_whole_;
        facts.interrupted = interrupted;
        return is_reusable(facts);
    }

private:
    static constexpr int most_interim_replies = 16;

    void head_is_whole()
    {
        constexpr unsigned switching_protocols = 101;
        if (head_.status < 200) {
            if (head_.status == switching_protocols)
                return fail(error(errc::malformed_response, "the peer switched protocols unasked"));
            if (++interim_replies_ > most_interim_replies)
                return fail(error(errc::malformed_response, "too many interim replies"));
            return;
        }
        has_head_ = true;
        if (phase_ == phase::sending && head_.status < 300)
            early_success_ = true;
        else if (!request_sent_whole_ && head_.status < 300)
            fail(error(errc::malformed_response,
                "a reply of success came although the request could not be sent whole"));
        else
            body_begins();
    }

    void body_begins() noexcept
    {
        body_ = http::response_body(method_, head_);
        phase_ = phase::receiving_body;
        body_may_be_done();
    }

    void body_may_be_done() noexcept
    {
        if (body_.done())
            phase_ = phase::complete;
    }

    http::method method_;
    std::optional<std::uint64_t> body_size_;
    std::uint64_t body_sent_ = 0;
    http::response_parser parser_;
    http::response_head head_{};
    http::response_body body_{};
    phase phase_ = phase::sending;
    error failure_{};
    std::optional<error> send_failure_{};
    int interim_replies_ = 0;
    bool request_was_sent_ = false;
    bool request_sent_whole_ = false;
    bool reply_has_begun_ = false;
    bool early_success_ = false;
    bool has_head_ = false;
};

} // namespace cosio::inline v0::net

#endif

// ---- cosio/net/source_read.hpp ------------------------------------------------------------------

// Reads of the caller's body source, which time and a cancellation can reach.

#ifndef COSIO_NET_SOURCE_READ_HPP
#define COSIO_NET_SOURCE_READ_HPP

#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/this_coro.hpp>

namespace cosio::inline v0::net {

/// A source reads in a coroutine of its own, which is cancelled when the operation has to stop. It
/// is waited for all the same: it fills a buffer of ours, and uses what the caller may let go of
/// once the operation is done.
class source_read final : public interruptible
{
public:
    explicit source_read(operation_control& control)
        : control_(control), state_(std::make_shared<state>(control.executor()))
    {}

    /// One read. Errors: those of the source, what its exceptions say, `errc::cancelled` when it
    /// was interrupted, be it by time.
    [[nodiscard]] asio::awaitable<result<std::size_t>> read(
        const body_view& body, std::span<std::byte> buffer)
    {
        if (interrupted_)
            co_return error(errc::cancelled);
        // An exception in place of the end of the read would leave the source behind.
        const bool throws = co_await asio::this_coro::throw_if_cancelled();
        co_await asio::this_coro::throw_if_cancelled(false);
        start(body, buffer);
        while (!state_->ended) {
            std::error_code code;
            co_await state_->end.async_wait(asio::redirect_error(asio::use_awaitable, code));
            if (state_->ended)
                break;
            control_.note_aborted();
            interrupt();
        }
        co_await asio::this_coro::throw_if_cancelled(throws);
        co_return std::move(state_->got);
    }

    void interrupt() noexcept override
    {
        interrupted_ = true;
        try {
            state_->stop.emit(asio::cancellation_type::terminal);
        } catch (...) { // Without memory to tell it, the source ends when it does.
        }
    }

private:
    /// Of the one who waits and the one who reads.
    struct state
    {
        explicit state(const asio::any_io_executor& executor)
            : end(executor, asio::steady_timer::time_point::max())
        {}
        asio::cancellation_signal stop{};
        asio::steady_timer end;
        result<std::size_t> got = error(errc::cancelled);
        bool ended = false;
    };

    struct ending
    {
        void operator()(const std::exception_ptr& thrown, result<std::size_t> count) const
        {
            of->got = std::move(count);
            if (thrown != nullptr)
                try {
                    std::rethrow_exception(thrown);
                } catch (...) {
                    of->got = error_of_exception();
                }
            of->ended = true;
            of->end.cancel();
        }
        std::shared_ptr<state> of;
    };

    void start(const body_view& body, std::span<std::byte> buffer)
    {
        state_->ended = false;
        try {
            asio::co_spawn(control_.executor(), body.read(buffer),
                asio::bind_cancellation_slot(state_->stop.slot(), ending{state_}));
        } catch (...) {
            state_->got = error_of_exception();
            state_->ended = true;
        }
    }

    operation_control& control_;
    std::shared_ptr<state> state_;
    bool interrupted_ = false;
};

} // namespace cosio::inline v0::net

#endif

// ---- cosio/net/outgoing_body.hpp ----------------------------------------------------------------

// The body of a request, cut into the pieces in which it is sent.

#ifndef COSIO_NET_OUTGOING_BODY_HPP
#define COSIO_NET_OUTGOING_BODY_HPP

namespace cosio::inline v0::net {

/// Yields pieces that stay in the processor's cache while they are summed, encrypted and sent.
class outgoing_body
{
public:
    static constexpr std::size_t piece_size = 128 * 1024;
    /// Of a source, which may have to change threads for each piece.
    static constexpr std::size_t source_piece_size = 256 * 1024;

    /// `size` is empty when the body is sent chunked.
    outgoing_body(const body_view& bytes, std::optional<std::uint64_t> size)
        : body_(bytes), chunked_(!size.has_value()), left_(size.value_or(0)),
          unsent_(bytes.bytes())
    {}

    [[nodiscard]] bool in_memory() const noexcept { return body_.in_memory(); }

    /// The CRC64 of the pieces so far, without their chunked framing.
    [[nodiscard]] std::uint64_t crc64() const noexcept { return sum_.value(); }
    /// Bytes of the pieces so far.
    [[nodiscard]] std::uint64_t size() const noexcept { return size_; }

    /// What the pieces are cut from.
    [[nodiscard]] const body_view& whole() const noexcept { return body_; }

    /// The next piece of a body in memory; empty at the end.
    [[nodiscard]] std::span<const std::byte> next_in_memory() noexcept
    {
        const auto piece = unsent_.first(std::min(piece_size, unsent_.size()));
        unsent_ = unsent_.subspan(piece.size());
        sum_.update(piece);
        size_ += piece.size();
        return piece;
    }

    /// The next piece, valid until the next call; empty at the end. `progress` is told of each
    /// piece before it may be sent, and fails when the body is not of the size it said.
    [[nodiscard]] asio::awaitable<result<std::span<const std::byte>>> next(
        exchange& progress, source_read& reading)
    {
        if (body_.in_memory())
            co_return next_in_memory();
        if (ended_)
            co_return std::span<const std::byte>();
        auto piece = co_await next_of_source(progress, reading);
        co_return piece;
    }

private:
    // A chunk is framed by its size in hexadecimal before it and a line end behind it.
    static constexpr std::size_t room_before = 18;
    static constexpr std::size_t room_behind = 2;

    asio::awaitable<result<std::span<const std::byte>>> next_of_source(
        exchange& progress, source_read& reading)
    {
        if (buffer_ == nullptr)
            buffer_ =
                std::make_unique_for_overwrite<std::byte[]>(
                    room_before + source_piece_size + room_behind);
        const std::span<std::byte> room(buffer_.get() + room_before, source_piece_size);
        const auto wanted =
            chunked_ ? room : room.first(std::min<std::uint64_t>(left_, room.size()));
        std::size_t count = 0;
        if (!wanted.empty()) {
            auto got = co_await read(reading, wanted);
            if (!got)
                co_return std::move(got).error();
            count = *got;
            if (!progress.body_continues(count))
                co_return progress.failure();
        }
        if (!chunked_) {
            left_ -= count;
            // The last bytes are held back until the source confirms that they are the last.
            if (left_ == 0 && !co_await source_has_ended(progress, reading))
                co_return progress.failure();
        }
        const auto piece = room.first(count);
        sum_.update(piece);
        size_ += count;
        if (!chunked_)
            co_return piece;
        ended_ = count == 0;
        co_return framed(count);
    }

    asio::awaitable<bool> source_has_ended(exchange& progress, source_read& reading)
    {
        ended_ = true;
        std::array<std::byte, 1> one_more{};
        auto got = co_await read(reading, one_more);
        if (!got) {
            progress.fail(std::move(got).error());
            co_return false;
        }
        co_return progress.body_continues(*got);
    }

    asio::awaitable<result<std::size_t>> read(source_read& reading, std::span<std::byte> room)
    {
        auto got = co_await reading.read(body_, room);
        if (got && *got > room.size())
            co_return error(errc::body_source_failed, "yielded more than it was given room for",
                "body");
        if (!got && !got.error().code)
            co_return error(errc::body_source_failed, std::move(got.error().message), "body");
        co_return got;
    }

    std::span<const std::byte> framed(std::size_t count)
    {
        std::array<char, room_before> digits{};
        auto* const end =
            std::to_chars(digits.data(), digits.data() + room_before - 2, count, 16).ptr;
        end[0] = '\r';
        end[1] = '\n';
        const auto length = static_cast<std::size_t>(end + 2 - digits.data());
        auto* const start = buffer_.get() + room_before - length;
        std::memcpy(start, digits.data(), length);
        std::memcpy(buffer_.get() + room_before + count, "\r\n", room_behind);
        return {start, length + count + room_behind};
    }

    body_view body_;
    bool chunked_;
    std::uint64_t left_; // Of a source that knows its size.
    std::span<const std::byte> unsent_; // Of a body in memory.
    std::unique_ptr<std::byte[]> buffer_{};
    crypto::crc64 sum_{};
    std::uint64_t size_ = 0;
    bool ended_ = false;
};

} // namespace cosio::inline v0::net

#endif

// ---- cosio/net/exchange_driver.hpp --------------------------------------------------------------

// Runs an exchange on a connection: a thin coroutine that does what the state machine says.

#ifndef COSIO_NET_EXCHANGE_DRIVER_HPP
#define COSIO_NET_EXCHANGE_DRIVER_HPP

namespace cosio::inline v0::net {

/// One exchange on a connection of its own: send, receive the head, receive the body piece by
/// piece. Destroying it before the reply is complete closes the connection.
class exchange_driver
{
public:
    /// Requires a lease with a connection.
    exchange_driver(lease<connection> on, http::method method,
        std::optional<std::uint64_t> body_size)
        : connection_(std::move(on)), exchange_(method, body_size),
          may_be_drawn_out_(method == http::method::put || method == http::method::post)
    {}

    exchange_driver(const exchange_driver&) = delete;
    exchange_driver& operator=(const exchange_driver&) = delete;
    ~exchange_driver() { stop_watching(); }

    [[nodiscard]] exchange& progress() noexcept { return exchange_; }
    [[nodiscard]] const exchange& progress() const noexcept { return exchange_; }
    /// Bytes of body received so far, and their CRC64, but for those of one that broke off.
    [[nodiscard]] std::uint64_t body_size() const noexcept { return body_size_; }
    [[nodiscard]] std::uint64_t body_crc64() const noexcept { return body_sum_.value(); }
    /// Bytes of the request's body handed to the system, and their CRC64.
    [[nodiscard]] std::uint64_t sent_size() const noexcept { return sent_size_; }
    [[nodiscard]] std::uint64_t sent_crc64() const noexcept { return sent_crc64_; }

    /// Sends the request and receives the head of the reply. Look at `progress()` afterwards:
    /// it has failed, or is at the body, or is complete. `head` may be added to.
    [[nodiscard]] asio::awaitable<void> run_to_head(
        operation_control& control, crypto::secret_buffer& head, outgoing_body& body)
    {
        if (!send_at_once(control, head, body))
            co_await send_rest(control, body);
        while (awaits_head(control)) {
            const auto got = co_await more_of_reply();
            received_of_reply(got);
        }
    }

    // The same step by step, so that a small request needs no coroutine but the one that waits for
    // its reply.

    /// Begins to send; whether that is done, well or not, without anything to wait for. Otherwise
    /// `send_rest` has to follow. Both arguments must live until then.
    [[nodiscard]] bool send_at_once(
        operation_control& control, crypto::secret_buffer& head, outgoing_body& body)
    {
        const bool small = is_small(body.whole());
        // What is sent at once leaves nothing to wait for but the reply.
        waiting_.emplace(
            control, connection_->bytes(), small ? step::first_byte : step::transfer);
        exchange_.sending_begins();
        if (small)
            body_left_ = body.next_in_memory();
        if (body_left_.size() <= copied_body)
            head.append(detail::text_of(std::exchange(body_left_, {})));
        head_left_ = detail::bytes_of(head.view());
        if (!small)
            return false;
        began_at_once_ = true;
        if (!write_at_once(head_left_, body_left_)) {
            waiting_->enter(step::transfer);
            return false;
        }
        sent(body);
        return true;
    }

    /// Whether `send_at_once` may be able to send that.
    [[nodiscard]] static bool is_small(const body_view& body) noexcept
    {
        return body.in_memory() && body.bytes().size() <= small_body;
    }

    /// Sends what `send_at_once` could not.
    [[nodiscard]] asio::awaitable<void> send_rest(operation_control& control, outgoing_body& body)
    {
        if (began_at_once_) {
            auto written = co_await connection_->bytes().write(head_left_, body_left_);
            if (!written)
                exchange_.send_failed(std::move(written).error());
        } else {
            co_await send_pieces(control, body);
        }
        sent(body);
    }

    /// Whether `more_of_reply` is needed, and `received_of_reply` is to be told what it yields.
    [[nodiscard]] bool awaits_head(operation_control& control)
    {
        return awaits_reply(control, [] { return false; });
    }

    /// Likewise, and for a small body behind it when `also_body()`, which is asked once the head is
    /// there: `take_received_body` has that body then.
    template <class Predicate>
    [[nodiscard]] bool awaits_reply(operation_control& control, const Predicate& also_body)
    {
        if (!control.interrupted() &&
            ((exchange_.state() == exchange::phase::receiving_head && !receive_buffered_head()) ||
                (is_small_body_coming() && also_body())))
            return true;
        stop_if_interrupted(control);
        if (waiting_ && exchange_.state() == exchange::phase::failed &&
            exchange_.body().kind() == http::framing::length)
            body_size_ += connection_->unread().size(); // Of a body that did not come whole.
        waiting_.reset();
        return false;
    }

    [[nodiscard]] asio::awaitable<stream::arrival> more_of_reply()
    {
        if (exchange_.reply_has_begun())
            waiting_->enter(step_of_reply());
        else if (waiting_->in() != step::first_byte)
            waiting_->enter(step::first_byte);
        return connection_->bytes().receive(connection_->space());
    }

    void received_of_reply(const stream::arrival& got)
    {
        if (auto read = connection_->bytes().received(got, connection_->space()))
            received(std::move(*read));
    }

    /// Receives body into `buffer`; 0 at its end. Requires that the head has been received.
    [[nodiscard]] asio::awaitable<result<std::size_t>> read_body(
        operation_control& control, std::span<std::byte> buffer)
    {
        const operation_control::waiting waiting(
            control, connection_->bytes(), step_of_reply());
        std::size_t count = 0;
        while (count == 0 && !buffer.empty()) {
            if (!payload_.empty()) {
                count = take_payload(buffer);
            } else if (exchange_.state() != exchange::phase::receiving_body) {
                break;
            } else if (!connection_->unread().empty() && decode_buffered()) {
                continue;
            } else if (goes_straight_to(buffer.size())) {
                expect_body(control);
                auto got = co_await connection_->bytes().read_some(part_of_body(buffer));
                count = received_directly(std::move(got));
            } else {
                expect_body(control);
                auto got = co_await connection_->bytes().read_some(connection_->space());
                received(std::move(got));
            }
        }
        stop_if_interrupted(control);
        if (exchange_.state() == exchange::phase::failed)
            co_return exchange_.failure();
        body_size_ += count;
        body_sum_.update(buffer.first(count));
        co_return count;
    }

    /// The whole body, when nothing of it has to be waited for: a small one mostly comes with its
    /// head. False, and nothing taken, when that is not so.
    [[nodiscard]] bool take_received_body(std::string& out)
    {
        if (body_has_ended())
            return true;
        const auto& body = exchange_.body();
        if (exchange_.state() != exchange::phase::receiving_body ||
            body.kind() != http::framing::length ||
            body.known_left() > connection_->unread().size())
            return false;
        static_cast<void>(decode_buffered());
        out.assign(std::exchange(payload_, {}));
        const auto bytes = detail::bytes_of(out);
        body_size_ += bytes.size();
        body_sum_.update(bytes);
        return true;
    }

    /// Whether `read_body` has nothing left to yield, and no failure to report.
    [[nodiscard]] bool body_has_ended() const noexcept
    {
        return payload_.empty() && exchange_.state() == exchange::phase::complete;
    }

    /// Gives the connection back, to be called once at the end; whether it may serve again.
    bool give_back(const operation_control& control)
    {
        stop_watching();
        const bool serves_again =
            exchange_.reusable(connection_->unread().size(), control.interrupted());
        if (serves_again) {
            connection_->bytes().expect(0);
            const auto now = connection::clock::now();
            connection_.keep(now);
        }
        connection_ = lease<connection>();
        return serves_again;
    }

    /// The connection turned out to be no good: the right to open another one.
    [[nodiscard]] lease<connection> take_lease() noexcept
    {
        stop_watching();
        connection_.set(nullptr);
        return std::move(connection_);
    }

private:
    /// Lets a reply that comes while a long body is sent be seen at once. Outlives the driver, as
    /// the wait for it may.
    struct reply_watch
    {
        exchange_driver* driver = nullptr;
    };

    [[nodiscard]] step step_of_reply() const noexcept
    {
        return may_be_drawn_out_ && exchange_.state() == exchange::phase::receiving_body
            ? step::working
            : step::transfer;
    }

    /// What was read into the connection's buffer.
    void received(result<std::size_t> got)
    {
        if (!got)
            exchange_.receive_failed(std::move(got).error());
        else if (*got == 0)
            exchange_.peer_closed();
        else
            connection_->received(*got);
    }

    void stop_if_interrupted(operation_control& control)
    {
        if (control.interrupted())
            if (auto why = control.stopped())
                exchange_.stop(std::move(*why));
    }

    /// A body that is sent together with its head, without looking for an early reply.
    static constexpr std::size_t small_body = 64 * 1024;
    /// One that is copied behind its head: cheaper than a TLS record of its own.
    static constexpr std::size_t copied_body = 4 * 1024;
    /// A body that is received behind its head in the connection's buffer, which need not grow for
    /// it, as one that has come with it.
    static constexpr std::size_t small_reply = connection::initial_capacity - 4 * 1024;

    /// Takes off both what left without waiting; whether that was all, or sending failed.
    [[nodiscard]] bool write_at_once(
        std::span<const std::byte>& first, std::span<const std::byte>& second)
    {
        auto done = connection_->bytes().write_available(first, second);
        if (!done) {
            exchange_.send_failed(std::move(done).error());
            return true;
        }
        const auto of_first = std::min(done->bytes, first.size());
        first = first.subspan(of_first);
        second = second.subspan(done->bytes - of_first);
        return done->all_left;
    }

    /// The request has left, or never will.
    void sent(const outgoing_body& body) noexcept
    {
        exchange_.sent();
        sent_size_ = body.size();
        sent_crc64_ = body.crc64();
    }

    asio::awaitable<void> send_pieces(operation_control& control, outgoing_body& body)
    {
        for (bool more = true; more && exchange_.state() == exchange::phase::sending;) {
            result<std::span<const std::byte>> piece;
            if (body.in_memory()) {
                piece = body.next_in_memory();
            } else {
                source_read reading(control);
                waiting_->enter(step::untimed, reading); // The caller's source may take its time.
                piece = co_await body.next(exchange_, reading);
                waiting_->enter(step::transfer, connection_->bytes());
            }
            if (!piece) {
                exchange_.fail(std::move(piece).error());
                break;
            }
            more = !piece->empty();
            // What came while the source was waited for is no answer to what is sent now.
            if (!head_left_.empty() && !body.in_memory() && !connection_->is_quiet()) {
                exchange_.fail(connection_->spoke_unasked());
                break;
            }
            // A source may take its time, and the reply come meanwhile.
            if ((!more && head_left_.empty()) || !exchange_.sends_more())
                break;
            auto written = co_await connection_->bytes().write(head_left_, *piece);
            if (!written)
                exchange_.send_failed(std::move(written).error());
            head_left_ = {};
            if (more && watch_ == nullptr && piece->size() >= outgoing_body::piece_size)
                watch(control);
        }
        stop_watching();
    }

    void watch(const operation_control& control)
    {
        watch_ = std::make_shared<reply_watch>();
        watch_->driver = this;
        wait_for_reply(control.executor());
    }

    void stop_watching() noexcept
    {
        if (watch_ != nullptr)
            watch_->driver = nullptr;
    }

    void wait_for_reply(const asio::any_io_executor& executor)
    {
        connection_->bytes().notify_when_readable(executor, [executor, watch = watch_] {
            if (watch->driver != nullptr && watch->driver->something_came())
                watch->driver->wait_for_reply(executor);
        });
    }

    /// Whether to go on watching: not once a reply has ended the sending, nor after an error,
    /// which sending will meet as well.
    bool something_came()
    {
        const auto got = connection_->bytes().read_available(connection_->space());
        if (!got)
            return false;
        connection_->received(*got);
        static_cast<void>(receive_buffered_head());
        if (exchange_.state() == exchange::phase::sending)
            return !exchange_.has_early_reply(); // Its body can wait.
        connection_->bytes().abandon_write();
        return false;
    }

    /// Whether what was received already is, or ends, a head.
    bool receive_buffered_head()
    {
        connection_->consume(exchange_.received_head(connection_->unread()));
        return exchange_.state() != exchange::phase::receiving_head &&
            exchange_.state() != exchange::phase::sending;
    }

    [[nodiscard]] bool is_small_body_coming() const noexcept
    {
        const auto& body = exchange_.body();
        return exchange_.state() == exchange::phase::receiving_body &&
            body.kind() == http::framing::length && body.known_left() <= small_reply &&
            body.known_left() > connection_->unread().size();
    }

    /// Large pieces of an unframed body need no buffer in between.
    [[nodiscard]] bool goes_straight_to(std::size_t size) const noexcept
    {
        constexpr std::size_t worthwhile = 4096;
        const auto& body = exchange_.body();
        return connection_->unread().empty() && size >= worthwhile &&
            (body.kind() == http::framing::until_close ||
                (body.kind() == http::framing::length && body.known_left() >= worthwhile));
    }

    [[nodiscard]] std::span<std::byte> part_of_body(std::span<std::byte> buffer) const
    {
        const auto& body = exchange_.body();
        return body.kind() == http::framing::length
            ? buffer.first(std::min<std::uint64_t>(buffer.size(), body.known_left()))
            : buffer;
    }

    /// What was read into the caller's buffer; how many bytes of body that is.
    [[nodiscard]] std::size_t received_directly(result<std::size_t> got)
    {
        if (got && *got != 0) {
            exchange_.received_body_directly(*got);
            return *got;
        }
        if (!got)
            exchange_.receive_failed(std::move(got).error());
        else
            exchange_.peer_closed();
        return 0;
    }

    /// Tells the stream what it may wait for. What it holds back comes when stalls are looked for,
    /// so nothing is to be held back without a limit for these.
    void expect_body(const operation_control& control) noexcept
    {
        const auto left = exchange_.body().known_left();
        connection_->bytes().expect(control.limits().stall.is_finite() ? left : 0);
    }

    /// Whether a step could be decoded from what was received already.
    bool decode_buffered()
    {
        const auto piece = exchange_.received_body(connection_->unread());
        payload_ = piece.payload; // Stays where it is until more is received.
        connection_->consume(piece.consumed);
        return piece.consumed != 0 || exchange_.state() != exchange::phase::receiving_body;
    }

    std::size_t take_payload(std::span<std::byte> buffer) noexcept
    {
        const auto count = std::min(buffer.size(), payload_.size());
        std::memcpy(buffer.data(), payload_.data(), count);
        payload_.remove_prefix(count);
        return count;
    }

    lease<connection> connection_;
    exchange exchange_;
    std::span<const std::byte> head_left_{}; // Of the request, not written yet.
    std::span<const std::byte> body_left_{}; // Of a small one.
    bool may_be_drawn_out_; // The body of the reply, while the service works.
    bool began_at_once_ = false;
    std::shared_ptr<reply_watch> watch_{};
    std::string_view payload_{}; // Decoded, in the connection's buffer, not taken yet.
    crypto::crc64 body_sum_{};
    std::uint64_t body_size_ = 0;
    std::uint64_t sent_size_ = 0;
    std::uint64_t sent_crc64_ = 0;
    std::optional<operation_control::waiting> waiting_{}; // Until the head is there.
};

} // namespace cosio::inline v0::net

#endif

// ---- cosio/http/request.hpp ---------------------------------------------------------------------

// What does not change from one attempt of a request to the next.

#ifndef COSIO_HTTP_REQUEST_HPP
#define COSIO_HTTP_REQUEST_HPP

namespace cosio::inline v0::http {

/// A request without what each attempt adds to it: Host, User-Agent, token, signature.
struct request
{
    http::method method = http::method::get;
    http::target target{};
    field_list fields{};
};

/// Appends the head of one attempt: request line, the attempt's own fields, the request's, and the
/// blank line.
inline void append_request_head(
    crypto::secret_buffer& out, const request& what, const field_list& attempt_fields)
{
    out.append(name_of(what.method), " ", what.target.text(), " HTTP/1.1\r\n",
        attempt_fields.text(), what.fields.text(), "\r\n");
}

} // namespace cosio::inline v0::http

#endif

// ---- cosio/http/redaction.hpp -------------------------------------------------------------------

// Heads as they may be shown: values stay only under names that are known to be harmless.

#ifndef COSIO_HTTP_REDACTION_HPP
#define COSIO_HTTP_REDACTION_HPP

namespace cosio::inline v0::http {

/// An allow-list: whatever is added to the protocol later is hidden until it is listed here.
[[nodiscard]] inline bool is_harmless_field(std::string_view name) noexcept
{
    static constexpr std::array<std::string_view, 42> names{"accept-ranges", "cache-control",
        "connection", "content-disposition", "content-encoding", "content-language",
        "content-length", "content-md5", "content-range", "content-type", "date", "etag",
        "expires", "host", "if-match", "if-modified-since", "if-none-match",
        "if-unmodified-since", "last-modified", "range", "server", "transfer-encoding",
        "user-agent", "x-amz-bucket-region", "x-amz-content-sha256", "x-amz-copy-source-range",
        "x-amz-date", "x-amz-id-2", "x-amz-request-id", "x-amz-server-side-encryption",
        "x-amz-server-side-encryption-customer-algorithm", "x-amz-storage-class",
        "x-amz-version-id", "x-cos-bucket-region", "x-cos-hash-crc64ecma", "x-cos-request-id",
        "x-cos-sdk-retry",
        "x-cos-server-side-encryption", "x-cos-server-side-encryption-customer-algorithm",
        "x-cos-storage-class", "x-cos-trace-id", "x-cos-version-id"};
    return std::ranges::any_of(
        names, [name](auto each) { return detail::equal_ignoring_case(each, name); });
}

[[nodiscard]] inline bool is_harmless_parameter(std::string_view name) noexcept
{
    static constexpr std::array<std::string_view, 18> names{"delete", "delimiter",
        "encoding-type", "encryption", "key-marker", "list-type", "marker", "max-keys", "max-parts",
        "max-uploads", "partNumber", "part-number-marker", "prefix", "restore", "start-after",
        "uploads", "uploadId", "versionId"};
    return std::ranges::find(names, name) != names.end();
}

inline constexpr std::string_view hidden_value = "***";

template <class Fields>
void append_redacted_fields(std::string& out, const Fields& fields)
{
    for (std::size_t i = 0; i != fields.size(); ++i) {
        const field each = fields[i];
        out.append("\n  ").append(each.name).append(": ");
        out.append(is_harmless_field(each.name) ? each.value : hidden_value);
    }
}

/// The request line and fields, on several lines.
[[nodiscard]] inline std::string redacted_head(
    const request& what, const field_list& attempt_fields)
{
    std::string out(name_of(what.method));
    out.append(" ").append(what.target.path());
    for (std::size_t i = 0; i != what.target.parameter_count(); ++i) {
        const auto [name, value] = what.target.parameter_at(i);
        out.append(i == 0 ? "?" : "&").append(name).append("=");
        if (!value.empty())
            out.append(is_harmless_parameter(name) ? value : hidden_value);
    }
    append_redacted_fields(out, attempt_fields);
    append_redacted_fields(out, what.fields);
    return out;
}

/// The status and fields of a reply, on several lines.
[[nodiscard]] inline std::string redacted_head(const response_head& head)
{
    std::string out = "HTTP ";
    detail::append_number(out, head.status);
    append_redacted_fields(out, head);
    return out;
}

} // namespace cosio::inline v0::http

#endif

// ---- cosio/operation/shared/reply_proof.hpp -----------------------------------------------------

// What every genuine reply of success has: a reply without it was written by something else on the
// way, such as a proxy or a sign-in page, and proves nothing.

#ifndef COSIO_OPERATION_SHARED_REPLY_PROOF_HPP
#define COSIO_OPERATION_SHARED_REPLY_PROOF_HPP

namespace cosio::inline v0::operation {

/// Whether a status is one of success, to be decoded by the operation.
[[nodiscard]] constexpr bool is_success(unsigned status) noexcept
{
    return status >= 200 && status < 300;
}

/// What the body of a reply of success is.
enum class reply_body {
    none,     ///< There is none.
    document, ///< An XML document.
    object,   ///< The bytes of an object.
};

/// Facts of one operation's replies of success. Of all of them: a request id, by the name that the
/// dialect has for it.
///
/// Sources: COS XML API documentation and Amazon S3 API Reference, page by page; Ceph's gateway as
/// measured. `Last-Modified` and the like are always there as well, but prove no more.
struct reply_proof
{
    /// Bit n: status 200 + n. None: nothing is a success.
    std::uint8_t statuses = 0;
    /// `ETag` is there, and not empty.
    bool etag = false;
    reply_body body = reply_body::none;
    /// The root element of the document.
    std::string_view root{};
    /// More bytes of a document than this are refused: of one thing, that is names, checksums, and
    /// blanks that keep the connection alive.
    std::uint64_t longest_document = std::uint64_t{1} << 20U;

    [[nodiscard]] constexpr bool has_status(unsigned status) const noexcept
    {
        return is_success(status) && status < 208 && (statuses >> (status - 200) & 1U) != 0;
    }
};

namespace proofs {

inline constexpr std::uint8_t ok = 1U << 0U;              // 200
inline constexpr std::uint8_t accepted = 1U << 2U;        // 202
inline constexpr std::uint8_t no_content = 1U << 4U;      // 204
inline constexpr std::uint8_t partial_content = 1U << 6U; // 206

/// Of 1000 entries with names of 1024 bytes, each encoded as six at most, and what else they have.
inline constexpr std::uint64_t long_document = std::uint64_t{16} << 20U;

[[nodiscard]] constexpr reply_proof with_document(
    std::string_view root, std::uint64_t longest = reply_proof().longest_document) noexcept
{
    return {.statuses = ok, .body = reply_body::document, .root = root,
        .longest_document = longest};
}

// One row an operation.
inline constexpr reply_proof put_object{.statuses = ok, .etag = true};
inline constexpr reply_proof get_object{
    .statuses = ok | partial_content, .etag = true, .body = reply_body::object};
inline constexpr reply_proof head_object{.statuses = ok, .etag = true};
inline constexpr reply_proof get_object_tagging = with_document("Tagging");
inline constexpr reply_proof copy_object = with_document("CopyObjectResult");
inline constexpr reply_proof delete_object{.statuses = no_content};
inline constexpr reply_proof delete_objects = with_document("DeleteResult", long_document);
/// 202: it has begun. 200: a copy was there already, and is kept longer.
inline constexpr reply_proof restore_object{.statuses = ok | accepted};
inline constexpr reply_proof initiate_multipart_upload =
    with_document("InitiateMultipartUploadResult");
inline constexpr reply_proof upload_part{.statuses = ok, .etag = true};
inline constexpr reply_proof upload_part_copy = with_document("CopyPartResult");
inline constexpr reply_proof complete_multipart_upload =
    with_document("CompleteMultipartUploadResult");
inline constexpr reply_proof abort_multipart_upload{.statuses = no_content};
inline constexpr reply_proof list_parts = with_document("ListPartsResult", long_document);
inline constexpr reply_proof list_multipart_uploads =
    with_document("ListMultipartUploadsResult", long_document);
inline constexpr reply_proof list_objects = with_document("ListBucketResult", long_document);
inline constexpr reply_proof head_bucket{.statuses = ok};
inline constexpr reply_proof put_bucket_encryption{.statuses = ok};
inline constexpr reply_proof get_bucket_encryption =
    with_document("ServerSideEncryptionConfiguration");
inline constexpr reply_proof delete_bucket_encryption{.statuses = no_content};

} // namespace proofs

/// The request id of a reply, empty without one. A view into the head.
[[nodiscard]] inline std::string_view request_id_in(const http::response_head& head,
    std::string_view name, std::string_view other_name) noexcept
{
    const auto id = head.get(name);
    return id.empty() && !other_name.empty() ? head.get(other_name) : id;
}

template <class Dialect>
[[nodiscard]] std::string_view request_id_in(const http::response_head& head) noexcept
{
    return request_id_in(head, Dialect::header::request_id, Dialect::header::other_request_id);
}

/// An ETag is opaque, but never empty.
[[nodiscard]] constexpr bool is_etag(std::string_view text) noexcept
{
    return !text.empty() && text != "\"\"";
}

/// Whether a status of failure says something of the object, which callers act upon: that it is
/// not there, has not changed, or is in the way. Only the service knows. (Others, such as a 503 of
/// what stands before the service, say that the request failed, which is true whoever says it.)
[[nodiscard]] constexpr bool states_a_fact(unsigned status) noexcept
{
    return status == 304 || status == 404 || status == 409 || status == 410 || status == 412 ||
        status == 416;
}

/// Why a head is none that the service has written; nothing when it may be. `name`: of the
/// operation. `id_name`: of the field that `request_id` is the value of.
///
/// Errors: `errc::malformed_response`.
[[nodiscard]] inline std::optional<error> missing_proof(const http::response_head& head,
    const reply_proof& proof, std::string_view name, std::string_view request_id,
    std::string_view id_name)
{
    const bool success = is_success(head.status);
    if (request_id.empty() && (success || states_a_fact(head.status)))
        return error(errc::malformed_response,
            std::string("the reply has no ").append(id_name).append(
                ", which the service always sends"));
    if (!success)
        return std::nullopt;
    if (!proof.has_status(head.status))
        return error(errc::malformed_response,
            "status " + std::to_string(head.status) + " is none that the service has for " +
                std::string(name));
    if (proof.etag && !is_etag(head.get("ETag")))
        return error(errc::malformed_response,
            "the reply has no ETag, which the service always sends");
    return std::nullopt;
}

} // namespace cosio::inline v0::operation

#endif

// ---- cosio/operation/shared/prepared_request.hpp ------------------------------------------------

// What an operation hands to the network, and what the network hands back.

#ifndef COSIO_OPERATION_SHARED_PREPARED_REQUEST_HPP
#define COSIO_OPERATION_SHARED_PREPARED_REQUEST_HPP

namespace cosio::inline v0::operation {

/// Constant properties of an operation.
struct facts
{
    std::string_view name;           ///< As the service's documentation names it.
    bool idempotent = true;          ///< Whether doing it twice is like doing it once.
    bool error_inside_200 = false;   ///< Whether a 200 may carry an `<Error>` document.
    reply_proof proof{};             ///< What its replies of success always have.
};

/// What a listing was asked, so that its reply is judged by that and not by what it repeats.
struct listing_question
{
    std::string prefix{};
    std::string marker{};           ///< Keys come after it.
    std::string token{};            ///< Of the page before.
    std::string upload_id_marker{}; ///< Of uploads of the key `marker`.
    std::uint32_t part_marker = 0;  ///< Numbers of parts come after it.
    std::size_t most = 0;           ///< Entries, common prefixes among them.
    /// The keys whose deletion was asked for, sorted. Each has an answer, unless it is `quiet`.
    std::vector<std::string> keys{};
    bool quiet = false;
};

/// What a reply is compared with.
struct expectation
{
    encryption_expectation encryption{};
    byte_range range{};
    /// What the whole object's CRC64 must be, when the caller knows.
    std::optional<std::uint64_t> crc64{};
    /// The MD5 of the body, when the service was given it.
    std::optional<crypto::md5_value> content_md5{};
    /// What a page of a listing, or a list of deletions, answers; null for all else.
    std::unique_ptr<const listing_question> listing{};
};

/// A request that has been validated and serialised, all but its body. Owns what it needs, so the
/// request structure it was made from may be gone; the bytes or source of `body` may not.
struct prepared_request
{
    http::request head{};
    /// Name of the host, without port.
    detail::inline_text<96> host{};
    /// That of the endpoint it goes to, and of the source of a copy; empty without one.
    detail::inline_text<24> region{};
    detail::inline_text<24> source_region{};
    /// A document of our own making; otherwise `body` is what is sent.
    std::string document{};
    body_view body{};
    /// Bytes of body; nothing when it is sent chunked.
    std::optional<std::uint64_t> content_length = 0;
    expectation expected{};
};

/// A reply, received whole or (for streams) up to the end of its head.
struct reply
{
    http::response_head head{};
    /// The body when it is a document, an error, or an object read into memory.
    std::string body{};
    /// Bytes of body received, wherever they went, and their CRC64.
    std::uint64_t body_size = 0;
    std::uint64_t body_crc64 = 0;
    /// The CRC64 of the request's body.
    std::uint64_t sent_crc64 = 0;
    /// False when only the end of the connection tells where the body ends.
    bool body_end_is_framed = true;
};

} // namespace cosio::inline v0::operation

#endif

// ---- cosio/net/request_log.hpp ------------------------------------------------------------------

// What is told of an operation while it runs: log lines and the observer's events. Formatted only
// when somebody wants them.

#ifndef COSIO_NET_REQUEST_LOG_HPP
#define COSIO_NET_REQUEST_LOG_HPP

#include <fmt/format.h>

namespace cosio::inline v0::net {

inline void log_request_head(const log_settings& log, const http::request& what,
    const http::field_list& attempt_fields)
{
    if (log.wants(log_level::debug))
        log.write(log_level::debug, "> " + http::redacted_head(what, attempt_fields));
}

inline void log_reply_head(const log_settings& log, const http::response_head& head)
{
    if (log.wants(log_level::debug))
        log.write(log_level::debug, "< " + http::redacted_head(head));
}

/// What is known once an attempt is over.
struct attempt_summary
{
    unsigned status = 0;              ///< 0: no reply.
    std::uint64_t bytes_sent = 0;     ///< Of the request's body.
    std::uint64_t bytes_received = 0; ///< Of the reply's body.
    std::string_view request_id{};
};

/// Tells of the steps of one attempt. Refers to what outlives it.
class step_report
{
public:
    step_report(const log_settings& log, const observer& observe, std::string_view operation,
        const operation::prepared_request& request, std::string_view host, unsigned attempt)
        : log_(log), observe_(observe), operation_(operation), request_(request), host_(host),
          attempt_(attempt)
    {
        if (observe_ || log_.wants(log_level::info))
            began_ = std::chrono::steady_clock::now();
        if (observe_)
            observe_(describe(event_kind::attempt_started));
    }

    void connected(std::chrono::steady_clock::duration took, bool resumed) const
    {
        if (!observe_)
            return;
        auto what = describe(event_kind::connected);
        what.took = took;
        what.resumed = resumed;
        observe_(what);
    }

    void reused() const
    {
        if (observe_)
            observe_(describe(event_kind::reused));
    }

    /// `problem` is null on success.
    void finished(const attempt_summary& summary, const error* problem) const
    {
        const bool told = log_.wants(log_level::info);
        if (!observe_ && !told)
            return;
        const auto took = std::chrono::steady_clock::now() - began_;
        if (observe_) {
            auto what = describe(event_kind::attempt_finished);
            what.took = took;
            what.status = summary.status;
            what.problem = problem != nullptr ? problem->code : std::error_code();
            what.request_id = summary.request_id;
            what.bytes_sent = summary.bytes_sent;
            what.bytes_received = summary.bytes_received;
            observe_(what);
        }
        if (!told)
            return;
        const auto milliseconds = std::chrono::duration<double, std::milli>(took).count();
        auto line = fmt::format(
            "{} {} {} status={} sent={} received={} duration={:.3f}ms request-id={} attempt={}",
            http::name_of(request_.head.method), host_, request_.head.target.path(),
            summary.status, summary.bytes_sent, summary.bytes_received, milliseconds,
            summary.request_id.empty() ? std::string_view("-") : summary.request_id, attempt_);
        if (problem != nullptr)
            line.append(" problem=").append(problem->describe());
        log_.write(log_level::info, line);
    }

    void retry_scheduled(
        retry_reason reason, std::chrono::nanoseconds delay, const error& problem) const
    {
        if (observe_) {
            auto what = describe(event_kind::retry_scheduled);
            what.reason = reason;
            what.delay = delay;
            what.problem = problem.code;
            observe_(what);
        }
        if (log_.wants(log_level::info))
            log_.write(log_level::info,
                fmt::format("{} {} {} retry={} after attempt={} in={:.3f}ms",
                    http::name_of(request_.head.method), host_, request_.head.target.path(),
                    name_of(reason), attempt_,
                    std::chrono::duration<double, std::milli>(delay).count()));
    }

private:
    [[nodiscard]] event describe(event_kind kind) const
    {
        event out;
        out.kind = kind;
        out.operation = operation_;
        out.method = http::name_of(request_.head.method);
        out.host = host_;
        out.path = request_.head.target.path();
        out.attempt = attempt_;
        return out;
    }

    const log_settings& log_;
    const observer& observe_;
    std::string_view operation_;
    const operation::prepared_request& request_;
    std::string_view host_;
    unsigned attempt_;
    std::chrono::steady_clock::time_point began_{}; // Known where somebody is told.
};

} // namespace cosio::inline v0::net

#endif

// ---- cosio/net/attempt.hpp ----------------------------------------------------------------------

// One attempt of a request, up to the head of its reply: connection, signature, exchange.

#ifndef COSIO_NET_ATTEMPT_HPP
#define COSIO_NET_ATTEMPT_HPP

namespace cosio::inline v0::net {

/// What an attempt is made of. Everything refers to what outlives the operation's coroutine.
struct attempt_plan
{
    client_core& core;
    operation_control& control;
    const operation::prepared_request& request;
    std::string_view host;
    const credentials& who;
    bool idempotent = true;
    bool is_retry = false;
    /// Told of connections.
    const step_report& report;
    /// Set when a request was sent of which it is not known what became.
    bool& may_have_executed;
};

/// The body that is sent: a document of ours, or the caller's.
[[nodiscard]] inline body_view body_of(const operation::prepared_request& request)
{
    return request.document.empty() ? request.body : body_view(request.document);
}

/// Writes the head of an attempt into `memory`. Errors: `errc::crypto_unavailable`.
[[nodiscard]] inline result<void> sign_and_write_head(
    const attempt_plan& plan, connection::request_memory& memory)
{
    const auto& core = plan.core;
    const auto& request = plan.request.head;
    auto& attempt_fields = memory.attempt_fields;
    memory.clear(); // Of an attempt that was given up.
    attempt_fields.add_written("Host", [&](crypto::secret_buffer& text) {
        detail::append_host_header(text, plan.host, core.endpoint.port, core.endpoint.scheme);
    });
    attempt_fields.add("User-Agent", "cosio/" COSIO_VERSION_STRING);
    if (plan.is_retry && !core.service.retry_marker_header.empty())
        attempt_fields.add(core.service.retry_marker_header, "true");
    if (auto done = core.signs->sign(request.method, request.target, request.fields,
            attempt_fields, plan.who, core.now());
        !done)
        return std::move(done).error();
    log_request_head(core.log, request, attempt_fields);
    http::append_request_head(memory.head, request, attempt_fields);
    return {};
}

/// Opens a connection under a lease that has none.
[[nodiscard]] inline asio::awaitable<result<void>> open_connection(
    const attempt_plan& plan, lease<connection>& under)
{
    const auto began = std::chrono::steady_clock::now();
    auto& pool = *plan.core.connections;
    auto opened = co_await plan.core.connects.open(plan.control, under.leads_to());
    if (!opened) {
        pool.count_failed();
        co_return std::move(opened).error();
    }
    pool.count_opened(opened->resumed);
    plan.report.connected(std::chrono::steady_clock::now() - began, opened->resumed);
    under.set(std::make_unique<connection>(std::move(opened->bytes)));
    co_return result<void>();
}

/// Whether a failed exchange met a connection that the server had closed while it was idle: then
/// the request was most likely never read, and may be sent once more as if this had not happened.
[[nodiscard]] inline bool met_stale_connection(
    const exchange& progress, bool was_used, bool idempotent) noexcept
{
    return was_used && idempotent && progress.state() == exchange::phase::failed &&
        !progress.reply_has_begun() && progress.failure().code == errc::connection_closed;
}

/// Runs the exchange up to the head of the reply. The driver tells how far it came, even if an
/// exception ends it.
class attempt
{
public:
    explicit attempt(const attempt_plan& plan) : plan_(plan), body_(body_of(plan.request)) {}

    /// Sends a small request on an idle connection, when there is nothing to wait for. Then the
    /// driver's steps await the head of the reply; `run` does whatever is left at any point.
    [[nodiscard]] bool send_at_once()
    {
        if (!exchange_driver::is_small(body_) || plan_.control.interrupted())
            return false;
        auto leased = try_acquire();
        if (!leased)
            return false;
        take(std::move(*leased));
        return lease_.get() != nullptr && begin_exchange() && !sending_;
    }

    /// An error means that the exchange could not be begun.
    [[nodiscard]] asio::awaitable<result<void>> run()
    {
        for (;;) {
            if (plan_.control.is_of_other_process())
                co_return error(errc::other_process);
            if (!driver_)
                if (auto begun = co_await begin(); !begun)
                    co_return begun;
            if (sending_) {
                co_await driver_->send_rest(plan_.control, *outgoing_);
                sending_is_over();
            }
            while (driver_->awaits_head(plan_.control)) {
                const auto got = co_await driver_->more_of_reply();
                driver_->received_of_reply(got);
            }
            if (!may_be_sent_again())
                co_return result<void>();
            plan_.core.connections->count_stale();
            plan_.may_have_executed = true; // Closed before it was read, or just before its reply.
            lease_ = driver_->take_lease();
            driver_.reset();
        }
    }

    /// Whether the exchange met a stale connection, and `run` would begin it once more.
    [[nodiscard]] bool may_be_sent_again() const
    {
        return met_stale_connection(driver_->progress(), on_used_connection_, plan_.idempotent) &&
            !plan_.control.interrupted() && body_.rewind();
    }

    /// Null until the exchange has begun.
    [[nodiscard]] exchange_driver* driver() noexcept { return driver_ ? &*driver_ : nullptr; }
    [[nodiscard]] const exchange_driver* driver() const noexcept
    {
        return driver_ ? &*driver_ : nullptr;
    }

private:
    [[nodiscard]] std::optional<lease<connection>> try_acquire()
    {
        return plan_.core.connections->try_acquire(plan_.core.origin_of(plan_.host));
    }

    void take(lease<connection> leased)
    {
        lease_ = std::move(leased);
        is_admitted_ = true;
        on_used_connection_ = lease_.get() != nullptr;
        if (on_used_connection_)
            plan_.report.reused();
    }

    /// A connection, an idle one or a new one, and what of the exchange needs no waiting.
    asio::awaitable<result<void>> begin()
    {
        if (!is_admitted_) {
            if (auto stop = plan_.control.stopped())
                co_return std::move(*stop);
            if (auto leased = try_acquire()) {
                take(std::move(*leased));
            } else {
                auto waited = co_await plan_.core.connections->acquire(
                    plan_.control, plan_.core.origin_of(plan_.host));
                if (!waited)
                    co_return std::move(waited).error();
                take(std::move(*waited));
            }
        }
        if (lease_.get() == nullptr) {
            on_used_connection_ = false;
            if (auto opened = co_await open_connection(plan_, lease_); !opened)
                co_return opened;
            if (!lease_->is_quiet()) // What it said was no answer.
                co_return lease_->spoke_unasked();
        }
        co_return begin_exchange();
    }

    /// Requires a connection.
    result<void> begin_exchange()
    {
        auto& memory = lease_->for_request();
        if (auto written = sign_and_write_head(plan_, memory); !written)
            return written;
        memory_ = &memory;
        const auto length = plan_.request.content_length;
        driver_.emplace(std::move(lease_), plan_.request.head.method, length);
        outgoing_.emplace(body_, length);
        sending_ = !driver_->send_at_once(plan_.control, memory.head, *outgoing_);
        if (!sending_)
            sending_is_over();
        return {};
    }

    void sending_is_over() noexcept
    {
        sending_ = false;
        memory_->clear(); // Keys may be among what was sent.
    }

    attempt_plan plan_;
    body_view body_;
    lease<connection> lease_{}; // Until the driver has it.
    connection::request_memory* memory_ = nullptr; // Of the driver's connection.
    std::optional<outgoing_body> outgoing_{};
    std::optional<exchange_driver> driver_{};
    bool is_admitted_ = false;
    bool on_used_connection_ = false;
    bool sending_ = false; // What has begun is not sent yet.
};

} // namespace cosio::inline v0::net

#endif

// ---- cosio/net/attempts.hpp ---------------------------------------------------------------------

// The attempts of one operation, as a pure state machine: it is told how each of them failed and
// says whether, when and how there is another. Knows no socket, no clock and no random source.

#ifndef COSIO_NET_ATTEMPTS_HPP
#define COSIO_NET_ATTEMPTS_HPP

namespace cosio::inline v0::net {

/// What is known of a reply when its attempt has failed, beside the error.
struct reply_facts
{
    bool received = false; ///< At least its head.
    bool has_request_id = false;
    /// Claims what only the service can know, and lacks its request id: something else answered.
    bool is_foreign = false;
    std::optional<std::chrono::seconds> retry_after{};
    /// The service's clock minus ours, from the `Date` of the reply.
    std::optional<std::chrono::seconds> clock_difference{};
};

/// Why a failed attempt may be followed by another, if the operation allows it.
[[nodiscard]] inline retry_reason reason_to_retry(const error& why) noexcept
{
    using enum service_errc;
    if (why.code == request_time_too_skewed || why.code == request_has_expired ||
        (why.code == access_denied && why.message == "Request has expired"))
        return retry_reason::clock_skew;
    if (why.code == expired_token)
        return retry_reason::expired_token;
    if (why.code == condition::throttled || why.http_status == 429)
        return retry_reason::throttled;
    if (why.code == request_timeout)
        return retry_reason::timeout;
    if (why.http_status == 500 || why.http_status == 502 || why.http_status == 503 ||
        why.http_status == 504)
        return retry_reason::server_error;
    if (why.code.category() == service_category())
        return why.http_status < 300 && why.code == condition::transient
            ? retry_reason::server_error // Inside a 200.
            : retry_reason::none;
    if (why.code == errc::total_timeout || why.code == errc::pool_timeout ||
        why.code == errc::credentials_timeout || why.code == errc::credentials_unavailable)
        return retry_reason::none; // Their own providers and limits have tried long enough.
    if (why.code == condition::timeout)
        return retry_reason::timeout;
    return why.code == condition::transient ? retry_reason::connection : retry_reason::none;
}

/// As above. What answered in the service's place may be gone with the next attempt, or stand before
/// one of its names only; that much is as after a connection that failed.
[[nodiscard]] inline retry_reason reason_to_retry(
    const error& why, const reply_facts& reply) noexcept
{
    return reply.is_foreign ? retry_reason::connection : reason_to_retry(why);
}

/// A delay between 0 and base * 2^(attempt-1), at most `most`; `random` is within [0, 1).
[[nodiscard]] constexpr std::chrono::nanoseconds backoff_delay(
    const retry_settings& settings, unsigned attempt, double random) noexcept
{
    constexpr unsigned doublings_that_matter = 30;
    const auto factor = std::uint64_t{1} << std::min(attempt - 1, doublings_that_matter);
    const double base = static_cast<double>(settings.base_delay.count());
    const double most = static_cast<double>(settings.maximum_delay.count());
    const double window = std::min(base * static_cast<double>(factor), most);
    constexpr double nanoseconds_per_millisecond = 1e6;
    return std::chrono::nanoseconds(
        static_cast<std::int64_t>(window * random * nanoseconds_per_millisecond));
}

/// What to do after a failed attempt.
struct retry_decision
{
    retry_reason reason = retry_reason::none; ///< `none`: the error stands.
    std::chrono::nanoseconds delay{0};
    /// To be set as the client's clock difference before the next attempt.
    std::optional<std::chrono::seconds> clock_difference{};

    [[nodiscard]] bool retries() const noexcept { return reason != retry_reason::none; }
};

/// What an operation allows.
struct attempt_rules
{
    bool idempotent = true;
    bool may_switch_domain = false;
    bool may_refresh_credentials = false;
};

class attempts
{
public:
    /// A difference of clocks that is believed at most; beyond it, one of them is broken.
    static constexpr std::chrono::hours longest_clock_difference{24};
    /// A smaller change of the difference does not explain a refusal.
    static constexpr std::chrono::seconds shortest_clock_difference{30};

    attempts(const retry_settings& settings, attempt_rules rules) noexcept
        : settings_(settings), rules_(rules)
    {}

    /// Of the attempt that is next or under way, from 1.
    [[nodiscard]] unsigned number() const noexcept { return number_; }
    [[nodiscard]] bool is_retry() const noexcept { return number_ > 1; }
    [[nodiscard]] bool uses_backup_domain() const noexcept { return uses_backup_domain_; }
    /// Whether the next attempt needs other credentials than the last had.
    [[nodiscard]] bool wants_new_credentials() const noexcept { return wants_new_credentials_; }

    /// The attempt failed. `replayable`: its body, as far as it was read, can be sent again.
    /// `learnt_difference` is the client's clock difference during the attempt; `time_left` what
    /// is left of the operation's total.
    [[nodiscard]] retry_decision failed(const error& why, const reply_facts& reply,
        bool replayable, std::chrono::seconds learnt_difference, retry_budget& budget,
        double random, std::optional<std::chrono::nanoseconds> time_left)
    {
        request_id_seen_ = request_id_seen_ || reply.has_request_id;
        wants_new_credentials_ = false;
        retry_decision out;
        const auto reason = reason_to_retry(why, reply);
        if (number_ >= settings_.maximum_attempts || !replayable || !allows(reason, why))
            return out;
        if (reason == retry_reason::clock_skew) {
            out.clock_difference = believable(reply.clock_difference, learnt_difference);
            if (!out.clock_difference)
                return out;
            clock_was_set_ = true;
        } else if (reason == retry_reason::expired_token) {
            wants_new_credentials_ = credentials_were_renewed_ = true;
        } else {
            out.delay = backoff_delay(settings_, number_, random);
            if (reply.retry_after)
                out.delay = std::max<std::chrono::nanoseconds>(out.delay, *reply.retry_after);
        }
        if ((time_left && out.delay >= *time_left) || !budget.take())
            return retry_decision();
        out.reason = reason;
        ++number_;
        uses_backup_domain_ = rules_.may_switch_domain && settings_.switch_domain &&
            !request_id_seen_ && number_ == settings_.maximum_attempts;
        return out;
    }

private:
    [[nodiscard]] bool allows(retry_reason reason, const error& why) const noexcept
    {
        switch (reason) {
        case retry_reason::none: return false;
        // The service refused them unread.
        case retry_reason::clock_skew: return !clock_was_set_;
        case retry_reason::expired_token:
            return rules_.may_refresh_credentials && !credentials_were_renewed_;
        default: return rules_.idempotent || !why.request_was_sent;
        }
    }

    [[nodiscard]] static std::optional<std::chrono::seconds> believable(
        std::optional<std::chrono::seconds> difference, std::chrono::seconds learnt) noexcept
    {
        if (!difference || std::chrono::abs(*difference) > longest_clock_difference ||
            std::chrono::abs(*difference - learnt) < shortest_clock_difference)
            return std::nullopt;
        return difference;
    }

    retry_settings settings_;
    attempt_rules rules_;
    unsigned number_ = 1;
    bool request_id_seen_ = false;
    bool uses_backup_domain_ = false;
    bool wants_new_credentials_ = false;
    bool credentials_were_renewed_ = false;
    bool clock_was_set_ = false;
};

} // namespace cosio::inline v0::net

#endif

// ---- cosio/net/pause.hpp ------------------------------------------------------------------------

// A wait between two attempts.

#ifndef COSIO_NET_PAUSE_HPP
#define COSIO_NET_PAUSE_HPP

namespace cosio::inline v0::net {

class interruptible_timer final : public interruptible
{
public:
    interruptible_timer(
        const asio::any_io_executor& executor, std::chrono::steady_clock::duration time)
        : timer(executor, time)
    {}
    void interrupt() noexcept override
    {
        try {
            timer.cancel();
        } catch (...) { // It cannot fail where it is used: the context is alive.
        }
    }

    asio::steady_timer timer;
};

/// Waits for `time`. False when the operation has to stop: see `operation_control::stopped`.
[[nodiscard]] inline asio::awaitable<bool> pause(
    operation_control& control, std::chrono::steady_clock::duration time)
{
    interruptible_timer pausing(control.executor(), time);
    const operation_control::waiting waiting(control, pausing, step::untimed);
    std::error_code code;
    if (!control.interrupted())
        co_await pausing.timer.async_wait(asio::redirect_error(asio::use_awaitable, code));
    if (code)
        control.note_aborted();
    co_return !control.interrupted();
}

} // namespace cosio::inline v0::net

#endif

// ---- cosio/operation/shared/bucket_region.hpp ---------------------------------------------------

// What a refusal says of the region of a bucket, and what follows from it.

#ifndef COSIO_OPERATION_SHARED_BUCKET_REGION_HPP
#define COSIO_OPERATION_SHARED_BUCKET_REGION_HPP

namespace cosio::inline v0::operation {

/// Whether `name` can be a region as services state theirs: lower-case letters, digits and hyphens,
/// a letter first and no hyphen last. Stricter than `config::region_problem`: it comes from a peer.
[[nodiscard]] constexpr bool is_region_name(std::string_view name) noexcept
{
    constexpr std::size_t longest = 63;
    const auto allowed = [](char c) {
        return detail::is_lower(c) || detail::is_digit(c) || c == '-';
    };
    return !name.empty() && name.size() <= longest && std::ranges::all_of(name, allowed) &&
        detail::is_lower(name.front()) && name.back() != '-';
}

/// Whether the reply to a request of that status names the region of the bucket, where that may be
/// the reason. Source: S3 User Guide, "Making requests"; COS documentation, "HEAD Bucket".
[[nodiscard]] constexpr bool states_region(unsigned status) noexcept
{
    return status == 301 || status == 307 || status == 400 || status == 403;
}

/// The region of the bucket that the head of a reply states; empty without one.
template <class Dialect>
[[nodiscard]] std::string_view region_in(const http::response_head& head)
{
    using name = typename Dialect::header;
    const auto stated = head.get(name::bucket_region);
    if (is_region_name(stated))
        return stated;
    if constexpr (!name::other_bucket_region.empty())
        if (const auto other = head.get(name::other_bucket_region); is_region_name(other))
            return other;
    return {};
}

/// What a stated region means for the request that was refused.
enum class region_verdict {
    nothing,          ///< It is where the request went, or where its source was said to be.
    unknown,          ///< The request went to a name that stands for no region.
    bucket_elsewhere, ///< The bucket is in that region, and the request went to another.
    either_elsewhere, ///< The bucket is, or else the source of the copy.
};

/// All that `judge_region` looks at.
struct region_evidence
{
    std::string_view stated{}; ///< By the reply.
    std::string_view asked{};  ///< Where the request went; empty: nobody has said.
    std::string_view source{}; ///< Of the source of a copy; empty: the request has none.
    /// The scope of the signature was refused, which names no source.
    bool about_signature = false;
};

/// Regions are compared without case, as host names are.
[[nodiscard]] constexpr region_verdict judge_region(const region_evidence& found) noexcept
{
    const auto is = [&](std::string_view region) {
        return detail::equal_ignoring_case(found.stated, region);
    };
    if (found.stated.empty() || is(found.asked))
        return region_verdict::nothing;
    if (!found.source.empty() && !found.about_signature)
        return is(found.source) ? region_verdict::nothing : region_verdict::either_elsewhere;
    // The host of global acceleration has a word where others have their region.
    return found.asked.empty() || found.asked == "accelerate" ? region_verdict::unknown
                                                              : region_verdict::bucket_elsewhere;
}

/// Whether the code of a refusal says no more than that the region is wrong, or less.
[[nodiscard]] inline bool is_explained_by_region(const error& why) noexcept
{
    return why.code == service_errc::authorization_malformed ||
        (why.service_code.empty() && why.code.category() == service_category());
}

/// Completes a refusal that may state a region (`error::region`), of a request that went to the
/// region `asked`. Doing it twice is like doing it once.
inline void tell_region(error& why, std::string_view asked, std::string_view source)
{
    if (why.region.empty())
        return;
    const bool about_signature = why.code == service_errc::authorization_malformed ||
        why.code == service_errc::wrong_region;
    const auto verdict = judge_region({why.region, asked, source, about_signature});
    if (verdict == region_verdict::bucket_elsewhere && is_explained_by_region(why))
        why.code = service_errc::wrong_region;
    if (verdict == region_verdict::either_elsewhere) {
        if (why.message.empty())
            why.message = why.code.message();
        why.message.append("; the bucket or the source of the copy is in region ")
            .append(why.region);
    }
    if (verdict == region_verdict::nothing || verdict == region_verdict::either_elsewhere)
        why.region.clear(); // Not known to be another region of the bucket.
}

} // namespace cosio::inline v0::operation

#endif

// ---- cosio/detail/utf8.hpp ----------------------------------------------------------------------

// UTF-8 (RFC 3629).

#ifndef COSIO_DETAIL_UTF8_HPP
#define COSIO_DETAIL_UTF8_HPP

namespace cosio::inline v0::detail {

/// Whether `text` is well-formed UTF-8: shortest forms, no surrogates.
[[nodiscard]] constexpr bool is_utf8(std::string_view text) noexcept
{
    for (std::size_t i = 0; i < text.size();) {
        const auto lead = static_cast<unsigned char>(text[i++]);
        if (lead < 0x80)
            continue;
        const int more = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1;
        if (lead < 0xc2 || lead > 0xf4)
            return false;
        for (int k = 0; k != more; ++k, ++i) {
            if (i == text.size())
                return false;
            const auto next = static_cast<unsigned char>(text[i]);
            const unsigned char low = k != 0 ? 0x80
                : lead == 0xe0              ? 0xa0
                : lead == 0xf0              ? 0x90
                                            : 0x80;
            const unsigned char high = k != 0 ? 0xbf
                : lead == 0xed               ? 0x9f
                : lead == 0xf4               ? 0x8f
                                             : 0xbf;
            if (next < low || next > high)
                return false;
        }
    }
    return true;
}

/// A surrogate is encoded like any other code point.
inline void append_utf8(std::string& out, std::uint32_t code_point)
{
    const auto put = [&out](std::uint32_t byte) { out.push_back(static_cast<char>(byte)); };
    const auto tail = [&put, code_point](unsigned shift) {
        put(0x80U | (code_point >> shift & 0x3fU));
    };
    if (code_point < 0x80) {
        put(code_point);
    } else if (code_point < 0x800) {
        put(0xc0U | code_point >> 6U);
        tail(0);
    } else if (code_point < 0x10000) {
        put(0xe0U | code_point >> 12U);
        tail(6);
        tail(0);
    } else {
        put(0xf0U | code_point >> 18U);
        tail(12);
        tail(6);
        tail(0);
    }
}

} // namespace cosio::inline v0::detail

#endif

// ---- cosio/xml/characters.hpp -------------------------------------------------------------------

// The characters of XML 1.0, and how they are escaped.

#ifndef COSIO_XML_CHARACTERS_HPP
#define COSIO_XML_CHARACTERS_HPP

namespace cosio::inline v0::xml {

[[nodiscard]] constexpr bool is_blank(char c) noexcept
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/// Beyond ASCII everything is let through: the service's own names are ASCII.
[[nodiscard]] constexpr bool is_name_start(char c) noexcept
{
    return detail::is_lower(c) || detail::is_upper(c) || c == '_' || c == ':' ||
        static_cast<unsigned char>(c) >= 0x80;
}

[[nodiscard]] constexpr bool is_name_character(char c) noexcept
{
    return is_name_start(c) || detail::is_digit(c) || c == '-' || c == '.';
}

/// XML 1.0, production [2] Char.
[[nodiscard]] constexpr bool is_xml_character(std::uint32_t code_point) noexcept
{
    return code_point == 0x9 || code_point == 0xa || code_point == 0xd ||
        (code_point >= 0x20 && code_point <= 0xd7ff) ||
        (code_point >= 0xe000 && code_point <= 0xfffd) ||
        (code_point >= 0x10000 && code_point <= 0x10ffff);
}

/// Whether `text` is UTF-8 made of characters that XML 1.0 allows.
[[nodiscard]] constexpr bool is_xml_text(std::string_view text) noexcept
{
    const auto forbidden = [](char c) {
        return static_cast<unsigned char>(c) < 0x20 && !is_blank(c);
    };
    return std::ranges::none_of(text, forbidden) && detail::is_utf8(text) &&
        text.find("\xef\xbf\xbe") == std::string_view::npos && // U+FFFE
        text.find("\xef\xbf\xbf") == std::string_view::npos;   // U+FFFF
}

/// Appends `text` with its line ends made LF, as XML 1.0 (2.11) wants.
inline void append_unescaped_lines(std::string& out, std::string_view text)
{
    for (std::size_t i = 0; i != text.size(); ++i) {
        if (text[i] != '\r')
            out.push_back(text[i]);
        else if (i + 1 == text.size() || text[i + 1] != '\n')
            out.push_back('\n');
    }
}

/// The code point of a reference without its `&` and `;`, such as `amp`, `#38` or `#x26`.
[[nodiscard]] inline std::optional<std::uint32_t> referenced_character(std::string_view reference)
{
    if (reference == "amp")
        return '&';
    if (reference == "lt")
        return '<';
    if (reference == "gt")
        return '>';
    if (reference == "quot")
        return '"';
    if (reference == "apos")
        return '\'';
    if (!reference.starts_with('#'))
        return std::nullopt;
    const bool hexadecimal = reference.starts_with("#x");
    const auto code_point = detail::parse_number<std::uint32_t>(
        reference.substr(hexadecimal ? 2 : 1), hexadecimal ? 16 : 10);
    if (!code_point || !is_xml_character(*code_point))
        return std::nullopt;
    return code_point;
}

/// Appends `text` with its references replaced; false when one is not known.
[[nodiscard]] inline bool append_unescaped(std::string& out, std::string_view text)
{
    for (;;) {
        const auto ampersand = text.find('&');
        append_unescaped_lines(out, text.substr(0, ampersand));
        if (ampersand == std::string_view::npos)
            return true;
        text.remove_prefix(ampersand + 1);
        const auto semicolon = text.find(';');
        if (semicolon == std::string_view::npos)
            return false;
        const auto character = referenced_character(text.substr(0, semicolon));
        if (!character)
            return false;
        detail::append_utf8(out, *character);
        text.remove_prefix(semicolon + 1);
    }
}

/// Appends `text` so that it can stand between tags. Carriage returns become references, or a
/// reader would turn them into line feeds.
inline void append_escaped(std::string& out, std::string_view text)
{
    for (const char c : text)
        switch (c) {
        case '&': out.append("&amp;"); break;
        case '<': out.append("&lt;"); break;
        case '>': out.append("&gt;"); break;
        case '"': out.append("&quot;"); break;
        case '\r': out.append("&#13;"); break;
        default: out.push_back(c); break;
        }
}

} // namespace cosio::inline v0::xml

#endif

// ---- cosio/xml/reader.hpp -----------------------------------------------------------------------

// A pull reader for the small XML documents of the service. No DTD, no entities but the five
// predefined ones and character references, bounded depth and size.

#ifndef COSIO_XML_READER_HPP
#define COSIO_XML_READER_HPP

namespace cosio::inline v0::xml {

/// The deepest document of the service has five levels.
inline constexpr std::size_t maximum_depth = 16;
/// An element of the service has two attributes at most, namespaces both.
inline constexpr std::size_t maximum_attributes = 16;

/// Walks a document element by element:
///
///     xml::reader document(text);
///     if (document.enter("CopyObjectResult"))
///         while (document.next_child())
///             if (document.name() == "ETag")
///                 reply.etag = document.text();
///             else
///                 document.skip();
///     if (auto whole = document.finish(); !whole)
///         return std::move(whole).error();
///
/// After `next_child()` yields true the child is open and must be read: by `text()`, by `skip()`,
/// or by a loop over its own children. The first error sticks: from then on everything yields
/// false or nothing, and `finish()` reports it. The document must outlive the reader.
class reader
{
public:
    explicit reader(std::string_view document) : text_(document)
    {
        constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
        if (text_.starts_with(byte_order_mark))
            text_.remove_prefix(byte_order_mark.size());
        if (!is_xml_text(text_))
            fail("a byte that XML does not allow");
        // The service sends blanks to keep the connection alive before the document is ready.
        skip_blanks();
        if (rest().starts_with("<?xml") && at_ + 5 < text_.size() && is_blank(text_[at_ + 5]))
            declaration();
    }

    /// Opens the root element; false, without an error, when it has another name.
    [[nodiscard]] bool enter(std::string_view root)
    {
        return open_root() && name() == root;
    }

    /// Opens the root element, whatever its name.
    [[nodiscard]] bool open_root()
    {
        if (depth_ == 0 && !root_seen_) {
            root_seen_ = true;
            while (misc()) {
            }
            if (!failed() && !start_tag())
                fail("no root element");
        }
        return !failed() && depth_ == 1;
    }

    /// Opens the next child of the open element, or closes that element and yields false.
    [[nodiscard]] bool next_child()
    {
        if (failed() || depth_ == 0)
            return false;
        if (closed_by_itself_) {
            closed_by_itself_ = false;
            --depth_;
            return false;
        }
        std::string between;
        for (;;) {
            pass_text(between);
            if (rest().starts_with(cdata_start))
                cdata();
            else if (!misc())
                break;
        }
        if (rest().starts_with("</")) {
            end_tag();
            return false;
        }
        if (!failed() && !start_tag())
            fail("an element is not closed");
        return !failed();
    }

    /// The name of the open element, without a namespace prefix.
    [[nodiscard]] std::string_view name() const noexcept
    {
        if (depth_ == 0)
            return {};
        const auto full = open_[depth_ - 1];
        const auto colon = full.find(':');
        return colon == std::string_view::npos ? full : full.substr(colon + 1);
    }

    /// The text of the open element, with references replaced; closes the element. An error when
    /// it has child elements.
    [[nodiscard]] std::string text()
    {
        std::string out;
        if (failed() || depth_ == 0)
            return out;
        if (closed_by_itself_) {
            (void)next_child();
            return out;
        }
        for (;;) {
            pass_text(out);
            if (rest().starts_with(cdata_start))
                append_unescaped_lines(out, cdata());
            else if (!misc())
                break;
        }
        if (!rest().starts_with("</"))
            fail("text was expected, not an element");
        else
            end_tag();
        return failed() ? std::string() : out;
    }

    /// Closes the open element, ignoring what it holds.
    void skip()
    {
        const std::size_t outer = depth_;
        while (!failed() && depth_ >= outer && depth_ != 0)
            (void)next_child();
    }

    /// What the document says is not what it has to say: nothing more is read, and `finish` fails.
    /// `why` has static storage. The first reason stays.
    void refuse(std::string_view why) noexcept { fail(why); }

    /// Success when the document was well-formed to its end, all of it has been read, and nothing
    /// was refused.
    [[nodiscard]] result<void> finish()
    {
        if (!failed() && depth_ != 0)
            fail("the document was not read to its end");
        while (!failed() && misc()) {
        }
        if (!failed() && (at_ != text_.size() || !root_seen_))
            fail(root_seen_ ? "something follows the root element" : "no root element");
        if (failed())
            return error(errc::malformed_response, std::string("XML: ").append(problem_));
        return {};
    }

private:
    static constexpr std::string_view cdata_start = "<![CDATA[";

    [[nodiscard]] bool failed() const noexcept { return !problem_.empty(); }
    void fail(std::string_view why) noexcept
    {
        if (!failed())
            problem_ = why;
    }

    [[nodiscard]] std::string_view rest() const noexcept { return text_.substr(at_); }

    void skip_blanks() noexcept
    {
        while (at_ != text_.size() && is_blank(text_[at_]))
            ++at_;
    }

    /// Passes character data up to the next tag and appends it to `out`.
    void pass_text(std::string& out)
    {
        const auto end = std::min(text_.find('<', at_), text_.size());
        const auto raw = text_.substr(at_, end - at_);
        // XML forbids the end of a CDATA section where there is none.
        if (raw.find("]]>") != std::string_view::npos || !append_unescaped(out, raw))
            fail("a reference or character data that is not allowed");
        at_ = end;
    }

    /// Passes `until`; yields what stood before it.
    std::string_view pass(std::string_view until, std::string_view problem) noexcept
    {
        const auto end = text_.find(until, at_);
        if (end == std::string_view::npos) {
            fail(problem);
            return {};
        }
        const auto before = text_.substr(at_, end - at_);
        at_ = end + until.size();
        return before;
    }

    /// Passes a comment, a processing instruction, or blanks outside the root.
    bool misc()
    {
        if (depth_ == 0)
            skip_blanks();
        if (rest().starts_with("<!--")) {
            at_ += 4;
            pass("--", "a comment is not closed");
            expect(">", "two hyphens within a comment");
            return !failed();
        }
        if (rest().starts_with("<?")) {
            at_ += 2;
            const auto target = take_name();
            const bool ends = rest().starts_with("?>") || (!rest().empty() && is_blank(rest()[0]));
            if (target.empty() || !ends || detail::equal_ignoring_case(target, "xml"))
                fail("a processing instruction that is not allowed");
            pass("?>", "a processing instruction is not closed");
            return !failed();
        }
        if (rest().starts_with("<!") && !rest().starts_with(cdata_start))
            fail("a document type definition, which is not read");
        return false;
    }

    void expect(std::string_view text, std::string_view problem) noexcept
    {
        if (failed() || !rest().starts_with(text))
            return fail(problem);
        at_ += text.size();
    }

    /// Production [23] XMLDecl.
    void declaration()
    {
        at_ += 5;
        auto inside = pass("?>", "the XML declaration is not closed");
        if (failed())
            return;
        const auto version = pseudo_attribute(inside, "version");
        const auto encoding = pseudo_attribute(inside, "encoding");
        const auto standalone = pseudo_attribute(inside, "standalone");
        if (!version || !std::ranges::all_of(inside, is_blank) ||
            (standalone && *standalone != "yes" && *standalone != "no"))
            fail("the XML declaration is malformed");
        if (encoding && !detail::equal_ignoring_case(*encoding, "utf-8"))
            fail("an encoding other than UTF-8");
    }

    /// Takes ` name="value"` off the front of `text`; nothing, and takes nothing, when something
    /// else stands there.
    static std::optional<std::string_view> pseudo_attribute(
        std::string_view& text, std::string_view name) noexcept
    {
        auto rest = text;
        const auto skip_blanks = [&rest] {
            while (!rest.empty() && is_blank(rest.front()))
                rest.remove_prefix(1);
        };
        skip_blanks();
        if (rest.size() == text.size() || !rest.starts_with(name))
            return std::nullopt;
        rest.remove_prefix(name.size());
        skip_blanks();
        if (!rest.starts_with('='))
            return std::nullopt;
        rest.remove_prefix(1);
        skip_blanks();
        if (!rest.starts_with('"') && !rest.starts_with('\''))
            return std::nullopt;
        const auto end = rest.find(rest.front(), 1);
        if (end == std::string_view::npos)
            return std::nullopt;
        const auto value = rest.substr(1, end - 1);
        const auto allowed = [](char c) {
            return detail::is_alphanumeric(c) || c == '-' || c == '.' || c == '_';
        };
        if (!std::ranges::all_of(value, allowed))
            return std::nullopt;
        text = rest.substr(end + 1);
        return value;
    }

    [[nodiscard]] std::string_view take_name() noexcept
    {
        const auto start = at_;
        if (at_ != text_.size() && is_name_start(text_[at_]))
            while (at_ != text_.size() && is_name_character(text_[at_]))
                ++at_;
        return text_.substr(start, at_ - start);
    }

    bool start_tag()
    {
        if (!rest().starts_with("<"))
            return false;
        ++at_;
        const auto name = take_name();
        if (name.empty())
            fail("a tag without a name");
        if (depth_ == maximum_depth)
            fail("elements are nested too deep");
        if (!failed() && at_ != text_.size() && is_blank(text_[at_]))
            attributes();
        if (failed())
            return false;
        closed_by_itself_ = rest().starts_with("/>");
        if (!closed_by_itself_ && !rest().starts_with(">")) {
            fail("a tag is not closed");
            return false;
        }
        at_ += closed_by_itself_ ? 2 : 1;
        open_[depth_++] = name;
        return true;
    }

    /// Passes attributes. The service's documents carry nothing in them but namespaces.
    void attributes()
    {
        std::array<std::string_view, maximum_attributes> names{};
        for (std::size_t count = 0; !failed(); ++count) {
            const auto before = at_;
            skip_blanks();
            const bool apart = at_ != before;
            const auto name = take_name();
            if (name.empty())
                return;
            const auto passed = std::span(names).first(count);
            if (!apart)
                fail("no blank before an attribute");
            if (std::ranges::find(passed, name) != passed.end())
                fail("an attribute occurs twice");
            attribute_value();
            if (count == maximum_attributes)
                return fail("an element has too many attributes");
            names[count] = name;
        }
    }

    void attribute_value()
    {
        skip_blanks();
        expect("=", "an attribute without a value");
        skip_blanks();
        const auto quote = rest().substr(0, 1);
        if (quote != "\"" && quote != "'")
            fail("an attribute value is not quoted");
        expect(quote, "an attribute value is not quoted");
        const auto value = failed() ? quote : pass(quote, "an attribute value is not closed");
        std::string ignored;
        if (value.find('<') != std::string_view::npos || !append_unescaped(ignored, value))
            fail("an attribute value that is not allowed");
    }

    void end_tag()
    {
        at_ += 2;
        const auto name = take_name();
        skip_blanks();
        if (name != open_[depth_ - 1])
            fail("an end tag that does not match");
        expect(">", "an end tag is not closed");
        --depth_;
    }

    std::string_view cdata()
    {
        at_ += cdata_start.size();
        return pass("]]>", "a CDATA section is not closed");
    }

    std::string_view text_;
    std::size_t at_ = 0;
    std::string_view problem_{};
    std::array<std::string_view, maximum_depth> open_{};
    std::size_t depth_ = 0;
    bool closed_by_itself_ = false; // The innermost open element was written <name/>.
    bool root_seen_ = false;
};

} // namespace cosio::inline v0::xml

#endif

// ---- cosio/operation/shared/service_error.hpp ---------------------------------------------------

// Refusals of the service: error documents, also inside a 200, and bare statuses.

#ifndef COSIO_OPERATION_SHARED_SERVICE_ERROR_HPP
#define COSIO_OPERATION_SHARED_SERVICE_ERROR_HPP

namespace cosio::inline v0::operation {

/// Text of a peer, made safe for a log line: bounded and without control bytes.
[[nodiscard]] inline std::string printable(std::string text)
{
    constexpr std::size_t longest = 1024;
    if (text.size() > longest)
        text.resize(longest);
    for (char& c : text)
        if (detail::is_control(c))
            c = ' ';
    return text;
}

/// Puts into `problem` where a redirect leads, as data: nobody goes there. What cannot be a host is
/// passed over. Source: S3 User Guide, "Making requests", "Redirecting requests".
template <class Dialect>
void tell_endpoint(error& problem, const std::string& endpoint)
{
    constexpr std::size_t longest = 253 + std::string_view(":65535").size();
    if (endpoint.size() > longest)
        return;
    const auto to = detail::parse_host_and_port(endpoint);
    if (!to)
        return;
    if (problem.message.empty())
        problem.message = problem.code.message();
    problem.message.append("; the service names the endpoint ").append(endpoint);
    if (problem.region.empty())
        if (const auto region = Dialect::region_of_host(to->host); is_region_name(region))
            problem.region = region;
}

/// Reads an `<Error>` document; nothing when `body` is no whole one.
///
/// `StringToSign` and `FormatString` of a signature error are passed over: they repeat the values
/// of signed headers, keys among them.
template <class Dialect>
[[nodiscard]] std::optional<error> parse_error_document(std::string_view body)
{
    xml::reader document(body);
    if (!document.enter("Error"))
        return std::nullopt;
    error problem;
    std::string endpoint;
    while (document.next_child()) {
        const auto name = document.name();
        if (name == "Code")
            problem.service_code = printable(document.text());
        else if (name == "Message")
            problem.message = printable(document.text());
        else if (name == "Resource")
            problem.resource = printable(document.text());
        else if (name == "RequestId")
            problem.request_id = printable(document.text());
        else if (name == "Region")
            problem.region = document.text();
        else if (name == "Endpoint")
            endpoint = document.text();
        else if (name == "TraceId")
            problem.trace_id = printable(document.text());
        else
            document.skip();
    }
    if (!document.finish() || problem.service_code.empty())
        return std::nullopt;
    problem.code = Dialect::error_code(problem.service_code);
    if (!is_region_name(problem.region))
        problem.region.clear();
    if (problem.code == condition::wrong_region && !endpoint.empty())
        tell_endpoint<Dialect>(problem, endpoint);
    return problem;
}

/// The error that a reply with a status of failure stands for.
template <class Dialect>
[[nodiscard]] error decode_service_error(const reply& got)
{
    const auto status = got.head.status;
    auto problem = parse_error_document<Dialect>(got.body)
                       .value_or(error(make_error_code(service_errc_from_status(status))));
    problem.http_status = status;
    if (problem.request_id.empty())
        problem.request_id = request_id_in<Dialect>(got.head);
    if (problem.trace_id.empty())
        problem.trace_id = got.head.get(Dialect::header::trace_id);
    if (!states_region(status))
        problem.region.clear();
    else if (const auto stated = region_in<Dialect>(got.head); !stated.empty())
        problem.region = stated;
    return problem;
}

/// Whether a refusal hides its reason: that of a HEAD has no document, so that a wrong customer
/// key, a denial and a wrong region look alike. 404 and the like say all there is by their status.
[[nodiscard]] inline bool hides_its_reason(const error& why) noexcept
{
    return why.service_code.empty() && states_region(why.http_status) &&
        why.code.category() == service_category();
}

/// What is wrong with a reply before its operation looks at it, given that its head is the
/// service's own (`missing_proof`): a status of failure; an `<Error>` document inside a 200, which
/// means that a copy or a completion failed after its reply had begun; or a body where there is
/// none, such as that of the reply to another request.
template <class Dialect>
[[nodiscard]] std::optional<error> refusal_of(const reply& got, const facts& what)
{
    if (!is_success(got.head.status))
        return decode_service_error<Dialect>(got);
    const bool surplus = what.proof.body == reply_body::none && !got.body.empty();
    if (!what.error_inside_200 && !surplus)
        return std::nullopt;
    if (parse_error_document<Dialect>(got.body))
        return decode_service_error<Dialect>(got);
    if (surplus)
        return error(errc::malformed_response,
            std::string("the reply has a body, where the service sends none for ")
                .append(what.name));
    return std::nullopt;
}

/// A 2xx reply whose document is not the one expected.
[[nodiscard]] inline error unexpected_document(result<void> reading, std::string_view expected)
{
    if (!reading)
        return std::move(reading).error();
    return error(errc::malformed_response,
        std::string("the reply is not a ").append(expected).append(" document"));
}

} // namespace cosio::inline v0::operation

#endif

// ---- cosio/net/receive_reply.hpp ----------------------------------------------------------------

// What becomes of a reply's body: a document, an object in a string, or the caller's buffer.

#ifndef COSIO_NET_RECEIVE_REPLY_HPP
#define COSIO_NET_RECEIVE_REPLY_HPP

namespace cosio::inline v0::net {

/// What is read of the document of a refusal: one that is longer tells its status alone.
inline constexpr std::uint64_t longest_refusal = 1024 * 1024;

/// Where the body of a successful reply goes: into a string, or into the caller's buffer.
struct destination
{
    /// Used when `into_buffer` is false.
    std::uint64_t limit = longest_refusal;
    std::span<std::byte> buffer{};
    bool into_buffer = false;

    [[nodiscard]] std::uint64_t capacity() const noexcept
    {
        return into_buffer ? buffer.size() : limit;
    }
};

[[nodiscard]] inline error too_long_for_destination(std::uint64_t capacity)
{
    return error(errc::destination_too_small,
        "the object is longer than the " + std::to_string(capacity) + " bytes there is room for");
}

/// Receives the rest of the body behind what `out` holds, at most `limit` bytes in all.
[[nodiscard]] inline asio::awaitable<result<void>> read_into_string(exchange_driver& driver,
    operation_control& control, std::string& out, std::uint64_t limit)
{
    constexpr std::size_t first_step = 16 * 1024;
    constexpr std::size_t longest_step = 8 * 1024 * 1024;
    const auto length = driver.progress().head().content_length;
    for (std::size_t filled = 0;;) {
        // Grows with what arrives, not with what the peer announces.
        const std::size_t step = std::clamp(filled, first_step, longest_step);
        const auto still = driver.progress().body().known_left();
        out.resize(filled + (length ? std::max<std::size_t>(1, std::min<std::uint64_t>(step, still))
                                    : step));
        const auto room = std::as_writable_bytes(std::span(out)).subspan(filled);
        auto got = co_await driver.read_body(control, room);
        filled += got ? *got : 0;
        if (!got || *got == 0 || filled > limit || driver.body_has_ended()) {
            out.resize(filled);
            if (!got)
                co_return std::move(got).error();
            if (filled > limit)
                co_return too_long_for_destination(limit);
            co_return result<void>();
        }
    }
}

[[nodiscard]] inline asio::awaitable<result<void>> read_into_buffer(
    exchange_driver& driver, operation_control& control, std::span<std::byte> buffer)
{
    const auto capacity = buffer.size();
    while (!buffer.empty()) {
        auto got = co_await driver.read_body(control, buffer);
        if (!got)
            co_return std::move(got).error();
        if (*got == 0)
            co_return result<void>();
        buffer = buffer.subspan(*got);
    }
    if (driver.body_has_ended())
        co_return result<void>();
    std::byte one_more{};
    auto got = co_await driver.read_body(control, std::span(&one_more, 1));
    if (!got)
        co_return std::move(got).error();
    if (*got != 0)
        co_return too_long_for_destination(capacity);
    co_return result<void>();
}

/// What is known of a reply whose body has been received, into `out.body` or elsewhere. Gives the
/// connection back if it may serve again.
inline void finish_reply(
    exchange_driver& driver, operation_control& control, operation::reply& out)
{
    auto& progress = driver.progress();
    driver.give_back(control);
    out.body_size = driver.body_size();
    out.body_crc64 = driver.body_crc64();
    out.sent_crc64 = driver.sent_crc64();
    out.body_end_is_framed = progress.body().kind() != http::framing::until_close;
    out.head = std::move(progress.head());
}

/// Whether the body is an object for the caller's buffer, and no document.
[[nodiscard]] inline bool goes_into_buffer(
    const exchange& progress, const destination& to) noexcept
{
    return to.into_buffer && operation::is_success(progress.head().status);
}

/// Bytes there is room for: a refusal is a document, wherever an object would go.
[[nodiscard]] inline std::uint64_t capacity_for(
    const exchange& progress, const destination& to) noexcept
{
    return operation::is_success(progress.head().status) ? to.capacity() : longest_refusal;
}

/// Whether there is room for a body of the length that the head states, if it does.
[[nodiscard]] inline bool has_room(const exchange& progress, const destination& to) noexcept
{
    return progress.body().kind() == http::framing::none ||
        progress.head().content_length.value_or(0) <= capacity_for(progress, to);
}

/// Whether the body has its place in `out.body`, as far as the head tells.
[[nodiscard]] inline bool goes_into_string(
    const exchange& progress, const destination& to) noexcept
{
    return !goes_into_buffer(progress, to) && has_room(progress, to);
}

/// As `receive_reply`, when all of the body has been received. False when it has not, or does not
/// go into the string.
[[nodiscard]] inline bool take_received_reply(exchange_driver& driver, operation_control& control,
    const destination& to, operation::reply& out)
{
    if (!goes_into_string(driver.progress(), to) || !driver.take_received_body(out.body))
        return false;
    finish_reply(driver, control, out);
    return true;
}

/// Receives the body of a reply whose head is there, and gives the connection back if it may serve
/// again. Bodies of refusals are documents whatever the destination is. `out` is a new one.
[[nodiscard]] inline asio::awaitable<result<void>> receive_reply(exchange_driver& driver,
    operation_control& control, const destination& to, operation::reply& out)
{
    const auto& progress = driver.progress();
    const auto capacity = capacity_for(progress, to);
    const bool is_refusal = !operation::is_success(progress.head().status);
    result<void> received;
    if (!has_room(progress, to)) {
        if (!is_refusal)
            co_return too_long_for_destination(capacity);
        finish_reply(driver, control, out);
        co_return received;
    }
    if (goes_into_buffer(progress, to))
        received = co_await read_into_buffer(driver, control, to.buffer);
    else
        received = co_await read_into_string(driver, control, out.body, capacity);
    if (!received && is_refusal && received.error().code == errc::destination_too_small) {
        out.body.clear();
        received = result<void>();
    }
    if (received)
        finish_reply(driver, control, out);
    co_return received;
}

} // namespace cosio::inline v0::net

#endif

// ---- cosio/net/attempt_loop.hpp -----------------------------------------------------------------

// The attempts of one operation on the network: a thin coroutine around `attempts`.

#ifndef COSIO_NET_ATTEMPT_LOOP_HPP
#define COSIO_NET_ATTEMPT_LOOP_HPP

namespace cosio::inline v0::net {

/// What is wrong with a reply before its operation looks at it.
using refusal_function = std::optional<error> (*)(
    const operation::reply&, const operation::facts&);

/// `begin`, then `receive` if that went well, then `succeeded` or `retries`; and again while it
/// says so. Refers to what the operation's coroutine owns.
class attempt_loop
{
public:
    attempt_loop(client_core& core, operation_control& control,
        const operation::prepared_request& request, const operation::facts& what,
        refusal_function refusal_of)
        : core_(core), control_(control), request_(request), what_(what),
          refusal_of_(refusal_of),
          attempts_(core.retry,
              {what.idempotent, core.retry.switch_domain, core.identity->can_refresh()})
    {}

    /// Requires that `begin` succeeded.
    [[nodiscard]] exchange_driver& driver() noexcept { return *attempt_->driver(); }
    /// Closes the connection, unless it has been given back.
    void drop_driver() noexcept { attempt_.reset(); }

    /// Sends the request and receives the head of the reply, or what is left of that. Sets `begun`.
    [[nodiscard]] asio::awaitable<void> begin(result<void>& begun)
    {
        if (!attempt_) {
            report_begin();
            auto who = co_await core_.identity->get(control_, core_.now(),
                attempts_.wants_new_credentials() ? used_generation_ : 0);
            if (who)
                used_generation_ = who->generation;
            begun = who ? core_.check_identity(*who->who) : std::move(who).error();
            if (!begun)
                co_return;
            make_attempt(std::move(who->who));
        }
        begun = co_await attempt_->run();
        if (begun)
            begun = look_at_head();
    }

    // The same step by step, so that a small request on an idle connection needs no coroutine but
    // the one that waits for its reply.

    /// Sends the request when there is nothing to wait for; then a reply is awaited.
    [[nodiscard]] bool send_at_once()
    {
        const auto* const who = core_.checked_identity();
        if (who == nullptr)
            return false;
        report_begin();
        make_attempt(who->who);
        return attempt_->send_at_once();
    }

    /// Whether the driver's `more_of_reply` is needed, and `received_of_reply` is to be told what
    /// it yields. The body of a small reply is waited for like its head, for `received_at_once`.
    [[nodiscard]] bool awaits_reply(const destination& to)
    {
        const auto& progress = driver().progress();
        return driver().awaits_reply(
            control_, [&] { return goes_into_string(progress, to); });
    }

    /// Once no reply is awaited any more: sets `begun` to what `begin` would yield. False
    /// when `begin` has to send once more.
    [[nodiscard]] bool is_begun_at_once(result<void>& begun)
    {
        if (attempt_->may_be_sent_again())
            return false;
        begun = look_at_head();
        return true;
    }

    /// Receives the rest of the reply into `out`, and sets `received`: an error when it is a
    /// refusal.
    [[nodiscard]] asio::awaitable<void> receive(
        const destination& to, operation::reply& out, result<void>& received)
    {
        received = co_await receive_reply(driver(), control_, to, out);
        if (received)
            if (auto refusal = refusal_of_(out, what_))
                received = std::move(*refusal);
    }

    /// As `receive`, which sets `received`, without waiting: false when the reply has not come
    /// whole.
    [[nodiscard]] bool received_at_once(
        const destination& to, operation::reply& out, result<void>& received)
    {
        if (!take_received_reply(driver(), control_, to, out))
            return false;
        if (auto refusal = refusal_of_(out, what_))
            received = std::move(*refusal);
        return true;
    }

    /// An attempt before this one may have done what was asked for.
    [[nodiscard]] bool earlier_attempt_may_have_executed() const noexcept
    {
        return may_have_executed_;
    }

    void succeeded(std::string_view request_id)
    {
        is_over_ = true;
        core_.budget.succeeded();
        report_->finished(summary(request_id), nullptr);
    }

    /// The attempt failed with `why`, which stands: completes it with what is known.
    void failed(error& why)
    {
        complete(why);
        is_over_ = true;
        report_->finished(summary(why.request_id), &why);
    }

    /// An exception ended the operation, wherever it was, with `why`: completes it likewise.
    void broke_off(error& why) noexcept
    {
        try {
            complete(why);
            if (report_ && !std::exchange(is_over_, true))
                report_->finished(summary(why.request_id), &why);
        } catch (...) { // Without memory to tell it, or by the one who is told.
        }
    }

    /// The attempt failed with `why`: completes it with what is known, and waits until another is
    /// to begin. False when the error stands.
    [[nodiscard]] asio::awaitable<bool> retries(error& why)
    {
        failed(why);
        const bool body_was_begun = running() != nullptr;
        const bool replayable = !body_was_begun ||
            reason_to_retry(why, reply_) == retry_reason::none || body_of(request_).rewind();
        const auto decision = attempts_.failed(why, reply_, replayable,
            std::chrono::seconds(core_.clock_difference.load(std::memory_order_relaxed)),
            core_.budget, core_.random(), control_.time_left());
        attempt_.reset(); // Its connection is closed, or has been given back, before the wait.
        if (!decision.retries())
            co_return false;
        if (attempts_.uses_backup_domain())
            backup_host_ = core_.service.backup_host(request_.host); // Stays empty without one.
        if (decision.clock_difference)
            core_.clock_difference.store(
                decision.clock_difference->count(), std::memory_order_relaxed);
        report_->retry_scheduled(decision.reason, decision.delay, why);
        may_have_executed_ = may_have_executed_ || why.may_have_executed();
        if (decision.delay.count() == 0)
            co_return true;
        if (co_await pause(control_, decision.delay))
            co_return true;
        auto last = std::move(why);
        why = control_.stopped().value_or(error(errc::cancelled));
        why.message = why.code.message() + "; the last attempt: " + last.describe();
        why.attempts = last.attempts;
        why.request_was_sent = last.request_was_sent;
        why.earlier_attempt_may_have_executed = may_have_executed_;
        co_return false;
    }

private:
    /// Null unless an exchange has begun.
    [[nodiscard]] const exchange_driver* running() const noexcept
    {
        return attempt_ ? attempt_->driver() : nullptr;
    }

    /// Another attempt begins.
    void report_begin()
    {
        reply_ = reply_facts();
        status_ = 0;
        is_over_ = false;
        report_.emplace(
            core_.log, core_.observe, what_.name, request_, host(), attempts_.number());
    }

    void make_attempt(std::shared_ptr<const credentials> who)
    {
        who_ = std::move(who);
        attempt_.emplace(attempt_plan{core_, control_, request_, host(), *who_, what_.idempotent,
            attempts_.is_retry(), *report_, may_have_executed_});
    }

    result<void> look_at_head()
    {
        const auto& progress = attempt_->driver()->progress();
        const auto& head = progress.head();
        const auto request_id = operation::request_id_in(
            head, core_.service.request_id_header, core_.service.other_request_id_header);
        note_reply_head(head, request_id);
        if (progress.has_head())
            log_reply_head(core_.log, head);
        if (progress.state() == exchange::phase::failed)
            return progress.failure();
        if (auto missing = operation::missing_proof(head, what_.proof, what_.name, request_id,
                core_.service.request_id_header)) {
            missing->request_id = request_id;
            reply_.is_foreign = request_id.empty();
            return std::move(*missing);
        }
        return {};
    }

    [[nodiscard]] std::string_view host() const noexcept
    {
        return backup_host_.empty() ? std::string_view(request_.host)
                                    : std::string_view(backup_host_);
    }

    void note_reply_head(const http::response_head& head, std::string_view request_id)
    {
        status_ = head.status;
        if (status_ == 0)
            return;
        reply_.received = true;
        reply_.has_request_id = !request_id.empty();
        reply_.retry_after = retry_after(head);
        if (operation::is_success(status_))
            return; // A clock that is wrong is refused.
        if (const auto date = http::parse_date(head.get("Date")))
            reply_.clock_difference = *date -
                std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    }

    /// In seconds, or a date (RFC 9110, 10.2.3).
    [[nodiscard]] std::optional<std::chrono::seconds> retry_after(
        const http::response_head& head) const
    {
        const auto text = head.get("Retry-After");
        constexpr std::uint32_t longest = 24 * 60 * 60;
        if (const auto seconds = detail::parse_number<std::uint32_t>(text))
            return std::chrono::seconds(std::min(*seconds, longest));
        if (const auto date = http::parse_date(text); date && *date > core_.now())
            return std::min(*date - core_.now(), std::chrono::seconds(longest));
        return std::nullopt;
    }

    [[nodiscard]] attempt_summary summary(std::string_view request_id) const
    {
        attempt_summary out;
        out.status = status_;
        out.request_id = request_id;
        if (const auto* const driver = running()) {
            out.bytes_sent = driver->sent_size();
            out.bytes_received = driver->body_size();
        }
        return out;
    }

    void complete(error& why)
    {
        const auto* const driver = running();
        const bool sent = driver != nullptr && driver->progress().request_was_sent();
        const bool refused_here = driver == nullptr && why.code == condition::invalid_request;
        why.attempts = refused_here ? attempts_.number() - 1 : attempts_.number();
        why.request_was_sent = why.request_was_sent || sent;
        why.earlier_attempt_may_have_executed = may_have_executed_;
        if (why.http_status == 0)
            why.http_status = status_;
        // A signature is for the region of the configuration, wherever the request goes.
        const auto of_host = core_.service.region_of_host(request_.host);
        const bool signed_for = why.code == service_errc::authorization_malformed ||
            (why.code == service_errc::wrong_region && !why.service_code.empty());
        operation::tell_region(why,
            of_host.empty() || signed_for ? std::string_view(request_.region) : of_host,
            request_.source_region);
    }

    client_core& core_;
    operation_control& control_;
    const operation::prepared_request& request_;
    const operation::facts& what_;
    refusal_function refusal_of_;
    std::string backup_host_{}; // Once it is used.
    attempts attempts_;
    std::optional<step_report> report_{};
    std::shared_ptr<const credentials> who_{};
    std::optional<attempt> attempt_{}; // Until it is over, and its error was reported.
    reply_facts reply_{};
    unsigned status_ = 0;
    std::uint64_t used_generation_ = 0;
    bool may_have_executed_ = false;
    bool is_over_ = false; // The attempt, and it was told.
};

} // namespace cosio::inline v0::net

#endif

// ---- cosio/net/learn_refusal.hpp ----------------------------------------------------------------

// Why a HEAD was refused: its reply has no document, so a GET is made that has one.

#ifndef COSIO_NET_LEARN_REFUSAL_HPP
#define COSIO_NET_LEARN_REFUSAL_HPP

namespace cosio::inline v0::net {

/// Completes `why`, the refusal of the HEAD `request`, by what the service says to a GET of the
/// same under the same limits, which `ask` makes of it and which is sent once. The refusal stands
/// as it was when that one comes to something else: it says nothing of the HEAD then. What the GET
/// would yield is not received.
[[nodiscard]] inline asio::awaitable<void> learn_refusal(client_core& core,
    operation_control& control, const operation::prepared_request& request,
    void (*ask)(operation::prepared_request&), const operation::facts& what,
    refusal_function refusal_of, error& why)
{
    if (control.interrupted())
        co_return;
    operation::prepared_request question;
    question.head = request.head;
    question.host = request.host;
    question.region = request.region;
    question.content_length = request.content_length;
    ask(question);
    attempt_loop loop(core, control, question, what, refusal_of);
    result<void> said;
    co_await loop.begin(said);
    if (said && operation::is_success(loop.driver().progress().head().status)) {
        loop.succeeded({});
        co_return;
    }
    if (said) {
        operation::reply document;
        co_await loop.receive(destination(), document, said);
    }
    if (said)
        co_return;
    auto learnt = std::move(said).error();
    loop.failed(learnt);
    if (control.cancelled()) {
        why = std::move(learnt);
        co_return;
    }
    // The bytes of an archived object cannot be had, but a HEAD of it is not refused for that.
    if (learnt.http_status != why.http_status || learnt.service_code.empty() ||
        learnt.code == condition::archived)
        co_return;
    learnt.request_id = std::move(why.request_id);
    if (learnt.region.empty())
        learnt.region = std::move(why.region);
    why = std::move(learnt);
}

} // namespace cosio::inline v0::net

#endif

// ---- cosio/net/operation_memory.hpp -------------------------------------------------------------

// The memory of operations that are over, for those that begin.

#ifndef COSIO_NET_OPERATION_MEMORY_HPP
#define COSIO_NET_OPERATION_MEMORY_HPP

// A sanitizer is to see each use of an operation that is over.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define COSIO_KEEPS_OPERATION_MEMORY 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(memory_sanitizer) || \
    __has_feature(thread_sanitizer)
#define COSIO_KEEPS_OPERATION_MEMORY 0
#endif
#endif
#if !defined(COSIO_KEEPS_OPERATION_MEMORY)
#define COSIO_KEEPS_OPERATION_MEMORY 1
#endif

namespace cosio::inline v0::net {

/// Some blocks of one size that a thread keeps: malloc finds larger ones less quickly than it finds
/// all the small pieces of a request. What was in them has been destroyed, and secrets wiped.
class kept_blocks
{
public:
    static constexpr std::size_t block_size = 8 * 1024;

    kept_blocks() = default;
    kept_blocks(const kept_blocks&) = delete;
    kept_blocks& operator=(const kept_blocks&) = delete;
    ~kept_blocks()
    {
        while (count_ != 0)
            ::operator delete(blocks_[--count_]);
    }

    /// Throws `std::bad_alloc`.
    [[nodiscard]] void* take()
    {
        return count_ != 0 ? blocks_[--count_] : ::operator new(block_size);
    }

    void give_back(void* block) noexcept
    {
        if (count_ != blocks_.size())
            blocks_[count_++] = block;
        else
            ::operator delete(block);
    }

private:
    std::array<void*, 16> blocks_{};
    std::size_t count_ = 0;
};

/// Those of this thread; null while its objects are destroyed, as operations may end even later.
[[nodiscard]] inline kept_blocks* kept_by_this_thread()
{
    if constexpr (!COSIO_KEEPS_OPERATION_MEMORY)
        return nullptr;
    // Needs no destruction itself, so that it can tell of the end.
    static thread_local bool is_over = false;
    struct owner
    {
        owner() = default;
        owner(const owner&) = delete;
        owner& operator=(const owner&) = delete;
        ~owner() { is_over = true; }

        kept_blocks blocks{};
    };
    if (is_over)
        return nullptr;
    static thread_local owner mine;
    return &mine.blocks;
}

/// For `std::allocate_shared`. Any thread may free what another has allocated.
template <class T>
class operation_allocator
{
public:
    using value_type = T;

    operation_allocator() = default;
    template <class Other>
    operation_allocator(const operation_allocator<Other>&) noexcept
    {}

    [[nodiscard]] T* allocate(std::size_t count)
    {
        const auto size = count * sizeof(T);
        if (!COSIO_KEEPS_OPERATION_MEMORY || size > kept_blocks::block_size)
            return static_cast<T*>(::operator new(size));
        auto* const kept = kept_by_this_thread();
        return static_cast<T*>(
            kept != nullptr ? kept->take() : ::operator new(kept_blocks::block_size));
    }

    void deallocate(T* memory, std::size_t count) noexcept
    {
        const bool may_be_kept = count * sizeof(T) <= kept_blocks::block_size;
        auto* const kept = may_be_kept ? kept_by_this_thread() : nullptr;
        if (kept != nullptr)
            kept->give_back(memory);
        else
            ::operator delete(memory);
    }

    template <class Other>
    friend bool operator==(
        const operation_allocator&, const operation_allocator<Other>&) noexcept
    {
        return true;
    }

private:
    static_assert(alignof(T) <= __STDCPP_DEFAULT_NEW_ALIGNMENT__);
};

} // namespace cosio::inline v0::net

#undef COSIO_KEEPS_OPERATION_MEMORY

#endif

// ---- cosio/crypto/hex.hpp -----------------------------------------------------------------------

// Lower-case hexadecimal, as signatures are written.

#ifndef COSIO_CRYPTO_HEX_HPP
#define COSIO_CRYPTO_HEX_HPP

namespace cosio::inline v0::crypto {

[[nodiscard]] constexpr auto make_hex_pairs() noexcept
{
    constexpr std::string_view digits = "0123456789abcdef";
    std::array<std::array<char, 2>, 256> pairs{};
    for (std::size_t byte = 0; byte != pairs.size(); ++byte)
        pairs[byte] = {digits[byte >> 4U], digits[byte & 15U]};
    return pairs;
}

inline constexpr auto hex_pairs = make_hex_pairs();

/// Writes two lower-case digits a byte to `out`; where they end.
inline char* write_hex(char* out, std::span<const std::byte> bytes) noexcept
{
    for (const std::byte byte : bytes) {
        std::memcpy(out, hex_pairs[std::to_integer<std::size_t>(byte)].data(), 2);
        out += 2;
    }
    return out;
}

/// Appends two lower-case digits a byte to anything that has `resize` and `data`.
template <class Text>
void append_hex(Text& text, std::span<const std::byte> bytes)
{
    const std::size_t start = text.size();
    text.resize(start + 2 * bytes.size());
    write_hex(text.data() + start, bytes);
}

[[nodiscard]] inline std::string hex(std::span<const std::byte> bytes)
{
    std::string text;
    append_hex(text, bytes);
    return text;
}

} // namespace cosio::inline v0::crypto

#endif

// ---- cosio/detail/json.hpp ----------------------------------------------------------------------

// Checks that a text is a JSON object (RFC 8259) whose values are all strings: the form of a KMS
// encryption context.

#ifndef COSIO_DETAIL_JSON_HPP
#define COSIO_DETAIL_JSON_HPP

namespace cosio::inline v0::detail {

/// Reads through one JSON text.
class json_string_object_checker
{
public:
    explicit json_string_object_checker(std::string_view text) : rest_(text) {}

    /// What is wrong, or an empty view.
    [[nodiscard]] std::string_view problem()
    {
        if (!is_utf8(rest_))
            return "not UTF-8";
        skip_blanks();
        if (!take('{'))
            return "not a JSON object";
        skip_blanks();
        if (!take('}'))
            for (;;) {
                if (const auto wrong = member(); !wrong.empty())
                    return wrong;
                skip_blanks();
                if (take('}'))
                    break;
                if (!take(','))
                    return "a JSON object that is not closed, or a comma is missing";
            }
        skip_blanks();
        return rest_.empty() ? std::string_view{} : "something follows the JSON object";
    }

private:
    std::string_view member()
    {
        skip_blanks();
        std::string name;
        if (!string(&name))
            return "a JSON member name that is not a string";
        if (std::ranges::find(names_, name) != names_.end())
            return "a JSON member name that occurs twice";
        names_.push_back(std::move(name));
        skip_blanks();
        if (!take(':'))
            return "a JSON member without a colon";
        skip_blanks();
        return string() ? std::string_view{} : "a JSON value that is not a string";
    }

    /// Appends to `value`, when there is one, what the string means without its escapes.
    bool string(std::string* value = nullptr)
    {
        if (!take('"'))
            return false;
        while (!rest_.empty()) {
            const char c = rest_.front();
            if (static_cast<unsigned char>(c) < 0x20)
                return false;
            rest_.remove_prefix(1);
            if (c == '"')
                return true;
            if (c == '\\') {
                if (!escape(value))
                    return false;
            } else if (value != nullptr) {
                value->push_back(c);
            }
        }
        return false;
    }

    bool escape(std::string* value)
    {
        constexpr std::string_view kinds = "\"\\/bfnrt";
        constexpr std::string_view meanings = "\"\\/\b\f\n\r\t";
        if (rest_.empty())
            return false;
        const auto kind = kinds.find(rest_.front());
        if (kind == std::string_view::npos) {
            auto unit = code_unit();
            if (unit && value != nullptr)
                append_utf8(*value, with_low_surrogate(*unit));
            return unit.has_value();
        }
        rest_.remove_prefix(1);
        if (value != nullptr)
            value->push_back(meanings[kind]);
        return true;
    }

    /// Of UTF-16, behind a backslash: `u` and four digits.
    std::optional<std::uint32_t> code_unit()
    {
        constexpr std::size_t digits = 4;
        if (rest_.size() < 1 + digits || rest_.front() != 'u')
            return std::nullopt;
        const auto unit = parse_number<std::uint32_t>(rest_.substr(1, digits), 16);
        if (unit)
            rest_.remove_prefix(1 + digits);
        return unit;
    }

    /// The character that `unit` begins, or stands for.
    std::uint32_t with_low_surrogate(std::uint32_t unit)
    {
        if (unit < 0xD800 || unit >= 0xDC00 || !rest_.starts_with('\\'))
            return unit;
        const auto before = rest_;
        rest_.remove_prefix(1);
        const auto low = code_unit();
        if (low && *low >= 0xDC00 && *low < 0xE000)
            return 0x10000 + ((unit - 0xD800) << 10) + (*low - 0xDC00);
        rest_ = before;
        return unit;
    }

    bool take(char expected)
    {
        if (!rest_.starts_with(expected))
            return false;
        rest_.remove_prefix(1);
        return true;
    }

    void skip_blanks()
    {
        const auto first = rest_.find_first_not_of(" \t\r\n");
        rest_.remove_prefix(std::min(first, rest_.size()));
    }

    std::string_view rest_;
    std::vector<std::string> names_{};
};

/// Why `text` is not a JSON object of string pairs; empty when it is one.
[[nodiscard]] inline std::string_view json_string_object_problem(std::string_view text)
{
    return json_string_object_checker(text).problem();
}

} // namespace cosio::inline v0::detail

#endif

// ---- cosio/dialect/naming_rules.hpp -------------------------------------------------------------

// How objects and their metadata may be named, when they are created and when they are there already.

#ifndef COSIO_DIALECT_NAMING_RULES_HPP
#define COSIO_DIALECT_NAMING_RULES_HPP

namespace cosio::inline v0::dialect {

/// Whose rules hold: what the service holds can be read, copied and deleted, even when this client
/// would not have created it.
enum class direction {
    creating, ///< A key or metadata that come into being by the request.
    existing, ///< What the service, or an upload that has begun, holds under that name.
};

/// The rules of one service in one direction; each dialect has one for both.
struct naming_rules
{
    static constexpr std::size_t unlimited = std::numeric_limits<std::size_t>::max();

    std::size_t longest_key = 1024; ///< Bytes.
    /// A key may begin with a slash or backslash.
    bool leading_slash = true;
    /// A key may have control bytes, and be no UTF-8.
    bool any_byte = true;
    /// A key may have segments `.` and `..`.
    bool dot_segments = true;
    /// A name of metadata may be any token (RFC 9110, 5.6.2) instead of letters, digits and hyphens.
    bool token_names = true;
    /// A value of metadata, or of a content header, may have whatever a reply may have in it.
    bool received_values = true;
    /// Names and values of all metadata together, in bytes.
    std::size_t longest_metadata = unlimited;
};

} // namespace cosio::inline v0::dialect

#endif

// ---- cosio/operation/shared/object_key.hpp ------------------------------------------------------

// Which object keys can be sent, and come back as the same key.

#ifndef COSIO_OPERATION_SHARED_OBJECT_KEY_HPP
#define COSIO_OPERATION_SHARED_OBJECT_KEY_HPP

namespace cosio::inline v0::operation {

using dialect::direction;

/// The rules of a service in one direction.
template <class Dialect>
[[nodiscard]] constexpr const dialect::naming_rules& rules_for(direction what) noexcept
{
    return what == direction::creating ? Dialect::creating : Dialect::existing;
}

/// Why `key` is refused; empty when it is not.
template <class Dialect>
[[nodiscard]] constexpr std::string_view key_problem(std::string_view key, direction what) noexcept
{
    const auto& rules = rules_for<Dialect>(what);
    if (key.empty())
        return "must not be empty";
    if (key.size() > rules.longest_key)
        return rules.longest_key == 850 ? "must not be longer than 850 bytes"
                                        : "must not be longer than 1024 bytes";
    if (!rules.leading_slash && (key.starts_with('/') || key.starts_with('\\')))
        return "must not begin with a slash or backslash";
    if (!rules.any_byte && std::ranges::any_of(key, detail::is_control))
        return "must not have control bytes";
    if (!rules.any_byte && !detail::is_utf8(key))
        return "must be UTF-8";
    if (!rules.dot_segments && http::has_dot_segment(key))
        return "must not have a segment '.' or '..', which folds into another path";
    return {};
}

} // namespace cosio::inline v0::operation

#endif

// ---- cosio/operation/shared/request_builder.hpp -------------------------------------------------

// Validates and serialises a request, piece by piece; the first thing refused ends it.

#ifndef COSIO_OPERATION_SHARED_REQUEST_BUILDER_HPP
#define COSIO_OPERATION_SHARED_REQUEST_BUILDER_HPP

namespace cosio::inline v0::operation {

/// Collects what one request consists of. After the first refusal every call does nothing, and
/// `finish()` yields that refusal; so an `encode` reads as a plain list of what it sends.
template <class Dialect>
class request_builder
{
public:
    request_builder(http::method method, const service_endpoint& endpoint) : endpoint_(endpoint)
    {
        prepared_.head.method = method;
        prepared_.region = std::string_view(endpoint.region);
        const bool takes_body = method == http::method::put || method == http::method::post;
        if (!takes_body)
            prepared_.content_length.reset();
        takes_body_ = takes_body;
    }

    /// The request is about a bucket.
    void bucket(std::string_view name)
    {
        if (const auto problem = Dialect::bucket_problem(name); !problem.empty())
            return refuse(errc::invalid_bucket, problem, "bucket");
        address(name, {});
    }

    /// The request is about an object, which it creates or which is there.
    void object(std::string_view bucket_name, std::string_view key, direction what)
    {
        if (const auto problem = Dialect::bucket_problem(bucket_name); !problem.empty())
            return refuse(errc::invalid_bucket, problem, "bucket");
        if (const auto problem = key_problem<Dialect>(key, what); !problem.empty())
            return refuse(errc::invalid_key, problem, "key");
        address(bucket_name, key);
    }

    /// A query parameter. `field` is the member of the request that `value` comes from.
    void parameter(std::string_view name, std::string_view value, std::string_view field = {})
    {
        if (refused_)
            return;
        if (std::ranges::any_of(value, detail::is_control) || !detail::is_utf8(value))
            return refuse(errc::invalid_argument, "must be UTF-8 without control bytes", field);
        prepared_.head.target.add_parameter(name, value);
    }

    /// A query parameter that is a key, or the begin of one, as a listing may have named it: any
    /// bytes. An empty value is not sent.
    void key_parameter(std::string_view name, std::string_view value)
    {
        if (!refused_ && !value.empty())
            prepared_.head.target.add_parameter(name, value);
    }

    /// As `parameter`, but an empty value is not sent.
    void optional_parameter(std::string_view name, std::string_view value, std::string_view field)
    {
        if (!value.empty())
            parameter(name, value, field);
    }

    /// A parameter that must be there, such as an upload id.
    void required_parameter(std::string_view name, std::string_view value, std::string_view field)
    {
        if (value.empty())
            refuse(errc::invalid_argument, "must not be empty", field);
        parameter(name, value, field);
    }

    /// A header field. `field` is the member of the request that `value` comes from.
    void header(std::string_view name, std::string_view value, std::string_view field = {})
    {
        if (refused_)
            return;
        if (!http::is_sendable_value(value))
            return refuse(errc::invalid_header,
                "must be visible ASCII, without blanks at its ends; encode anything else", field);
        prepared_.head.fields.add(name, value);
    }

    /// A header field that the service has told of an object, and is given back as it was received.
    void stored_header(std::string_view name, std::string_view value, std::string_view field)
    {
        if (refused_)
            return;
        if (!http::is_receivable_value(value) || detail::trimmed(value) != value)
            return refuse(errc::invalid_header, "must be what a reply can have", field);
        prepared_.head.fields.add(name, value);
    }

    /// As `header`, but an empty value is not sent.
    void optional_header(std::string_view name, std::string_view value, std::string_view field)
    {
        if (!value.empty())
            header(name, value, field);
    }

    void optional_header(std::string_view name,
        const std::optional<std::chrono::sys_seconds>& time, std::string_view field)
    {
        if (time)
            header(name, http::format_date(*time), field);
    }

    /// A header field whose value is base64 of bytes that may be secret.
    void base64_header(std::string_view name, std::span<const std::byte> bytes)
    {
        if (!refused_)
            prepared_.head.fields.add_written(name,
                [bytes](crypto::secret_buffer& text) { crypto::append_base64(text, bytes); });
    }

    /// The request reads an object in that region.
    void source_region(std::string_view region) { prepared_.source_region = region; }

    /// The body is an XML document of ours. It goes with its MD5, as the documentation asks.
    void document(std::string xml)
    {
        if (refused_)
            return;
        if constexpr (!Dialect::value::document_namespace.empty())
            xml.insert(xml.find('>'),
                std::string(" xmlns=\"").append(Dialect::value::document_namespace).append("\""));
        const auto digest = crypto::md5(detail::bytes_of(xml));
        if (!digest)
            return refuse(digest.error());
        header("Content-Type", "application/xml");
        base64_header("Content-MD5", *digest);
        prepared_.content_length = xml.size();
        prepared_.document = std::move(xml);
    }

    /// The body is the caller's; sent chunked when its size is not known, where that is allowed.
    /// The service is given its MD5 to compare: the one that the caller knows, or, where replies
    /// state no CRC64, that of a body in memory.
    /// `sha256`: what its signature has over http, when the body is not in memory.
    void body(const body_view& bytes, std::optional<crypto::md5_value> md5,
        const std::optional<crypto::sha256_value>& sha256)
    {
        sha256_ = sha256;
        prepared_.body = bytes;
        prepared_.content_length = bytes.size();
        if (!Dialect::accepts_chunked_bodies && !prepared_.content_length)
            return refuse(errc::invalid_argument, "must know its size", "body");
        if (!md5 && !Dialect::states_crc64 && bytes.in_memory() && !refused_) {
            const auto digest = crypto::md5(bytes.bytes());
            if (!digest)
                return refuse(digest.error());
            md5 = *digest;
        }
        if (!md5)
            return;
        base64_header("Content-MD5", *md5);
        prepared_.expected.content_md5 = *md5;
    }

    [[nodiscard]] const service_endpoint& endpoint() const noexcept { return endpoint_; }
    [[nodiscard]] expectation& expected() noexcept { return prepared_.expected; }
    [[nodiscard]] bool refused() const noexcept { return refused_.has_value(); }

    void refuse(errc code, std::string_view rule, std::string_view field)
    {
        refuse(error(code, std::string(rule), field));
    }

    /// Keeps the first refusal.
    void refuse(error problem)
    {
        if (!refused_)
            refused_ = std::move(problem);
    }

    [[nodiscard]] result<prepared_request> finish() &&
    {
        if (prepared_.content_length && takes_body_) {
            std::string length;
            detail::append_number(length, *prepared_.content_length);
            header("Content-Length", length);
        } else if (takes_body_) {
            header("Transfer-Encoding", "chunked");
        }
        if constexpr (Dialect::signs_bodies)
            add_body_hash();
        if (refused_)
            return std::move(*refused_);
        return std::move(prepared_);
    }

private:
    void address(std::string_view bucket_name, std::string_view key)
    {
        if (refused_)
            return;
        const bool by_path =
            endpoint_.path_style || Dialect::needs_path_style(bucket_name, endpoint_.scheme);
        endpoint_.append_host(prepared_.host, bucket_name, by_path);
        detail::inline_text<256> path;
        endpoint_.append_path(path, bucket_name, key, by_path);
        prepared_.head.target = http::target(path.view(), key.size());
    }

    /// What the signature has for the body: the hash of all we have in memory, but for the caller's
    /// bytes over TLS, which protects them itself.
    void add_body_hash()
    {
        constexpr auto name = Dialect::signer::body_hash_header;
        if (refused_)
            return;
        const bool is_ours =
            !prepared_.document.empty() || prepared_.content_length.value_or(0) == 0;
        if (!is_ours && endpoint_.scheme == scheme::https)
            return header(name, Dialect::signer::unsigned_body);
        if (!is_ours && sha256_)
            return header(name, crypto::hex(*sha256_));
        if (!is_ours && !prepared_.body.in_memory())
            return refuse(errc::invalid_argument,
                "over http a body must be in memory or come with its content_sha256, which is "
                "signed",
                "body");
        const auto digest = crypto::sha256(is_ours ? detail::bytes_of(prepared_.document)
                                                   : prepared_.body.bytes());
        if (!digest)
            return refuse(digest.error());
        header(name, crypto::hex(*digest));
    }

    const service_endpoint& endpoint_;
    prepared_request prepared_{};
    bool takes_body_ = false;
    std::optional<crypto::sha256_value> sha256_{}; // Of the caller's body.
    std::optional<error> refused_{};
};

} // namespace cosio::inline v0::operation

#endif

// ---- cosio/operation/shared/encryption_headers.hpp ----------------------------------------------

// The encryption headers of requests and replies.

#ifndef COSIO_OPERATION_SHARED_ENCRYPTION_HEADERS_HPP
#define COSIO_OPERATION_SHARED_ENCRYPTION_HEADERS_HPP

namespace cosio::inline v0::operation {

/// The three names under which a customer key travels.
struct customer_key_headers
{
    std::string_view algorithm;
    std::string_view key;
    std::string_view key_md5;
};

/// Sends a customer key, after all that is checked before one may leave.
///
/// Refuses with `errc::sse_requires_tls` and `errc::customer_key_md5_mismatch`.
template <class Dialect>
void encode_customer_key(request_builder<Dialect>& build, const sse::customer& customer,
    const customer_key_headers& names, std::string_view field)
{
    if (!build.endpoint().protects_customer_keys)
        return build.refuse(errc::sse_requires_tls,
            "a customer key is sent over https with a verified certificate only", field);
    const auto& key = customer.key.get();
    if (!crypto::equal_in_constant_time(key.md5().bytes(), customer.md5.bytes()))
        return build.refuse(errc::customer_key_md5_mismatch,
            "must be the MD5 of the key it goes with", std::string(field).append(".md5"));
    build.header(names.algorithm, Dialect::value::customer_algorithm);
    build.base64_header(names.key, key.bytes());
    build.base64_header(names.key_md5, customer.md5.bytes());
}

template <class Dialect>
inline constexpr customer_key_headers object_key_headers{Dialect::header::customer_algorithm,
    Dialect::header::customer_key, Dialect::header::customer_key_md5};

template <class Dialect>
inline constexpr customer_key_headers source_key_headers{
    Dialect::header::source_customer_algorithm, Dialect::header::source_customer_key,
    Dialect::header::source_customer_key_md5};

template <class Dialect>
void encode_kms(request_builder<Dialect>& build, const sse::kms& kms)
{
    build.header(Dialect::header::encryption, Dialect::value::encryption_kms);
    build.optional_header(Dialect::header::kms_key_id, kms.key_id, "sse.key_id");
    if (kms.context.empty())
        return;
    if (const auto problem = detail::json_string_object_problem(kms.context); !problem.empty())
        return build.refuse(errc::invalid_encryption_context,
            "must be a JSON object of string pairs: " + std::string(problem), "sse.context");
    build.base64_header(Dialect::header::kms_context, detail::bytes_of(kms.context));
}

/// What a reply must confirm.
template <class Dialect>
[[nodiscard]] encryption_expectation expected_encryption(const sse::on_write& asked)
{
    encryption_expectation expected(asked);
    expected.compare_kms_keys_by(&Dialect::is_same_kms_key);
    return expected;
}

/// The encryption of an object that is being written.
template <class Dialect>
void encode_encryption(request_builder<Dialect>& build, const sse::on_write& asked)
{
    build.expected().encryption = expected_encryption<Dialect>(asked);
    if (std::holds_alternative<sse::cos_managed>(asked))
        build.header(Dialect::header::encryption, Dialect::value::encryption_cos_managed);
    if (const auto* const kms = std::get_if<sse::kms>(&asked))
        encode_kms(build, *kms);
    if (const auto* const customer = std::get_if<sse::customer>(&asked))
        encode_customer_key(build, *customer, object_key_headers<Dialect>, "sse");
}

/// The key of an object, or of an upload, that exists.
template <class Dialect>
void encode_encryption(request_builder<Dialect>& build, const sse::on_read& asked)
{
    build.expected().encryption = encryption_expectation(asked);
    if (const auto* const customer = std::get_if<sse::customer>(&asked))
        encode_customer_key(build, *customer, object_key_headers<Dialect>, "sse");
}

/// What a reply says.
template <class Dialect>
[[nodiscard]] encryption decode_encryption(const http::response_head& head)
{
    using header = typename Dialect::header;
    using value = typename Dialect::value;
    encryption said;
    if (const auto algorithm = head.find(header::customer_algorithm)) {
        said.mode = *algorithm == value::customer_algorithm ? encryption_mode::customer
                                                            : encryption_mode::unknown;
        said.algorithm = *algorithm;
        said.customer_key_md5 = head.get(header::customer_key_md5);
    } else if (const auto mode = head.find(header::encryption)) {
        said.mode = *mode == value::encryption_cos_managed ? encryption_mode::cos_managed
            : *mode == value::encryption_kms               ? encryption_mode::kms
                                                           : encryption_mode::unknown;
        said.algorithm = *mode;
        said.kms_key_id = head.get(header::kms_key_id);
    }
    return said;
}

} // namespace cosio::inline v0::operation

#endif

// ---- cosio/operation/shared/reply_decoding.hpp --------------------------------------------------

// What replies have in common: identifiers, checksums, an object's properties.

#ifndef COSIO_OPERATION_SHARED_REPLY_DECODING_HPP
#define COSIO_OPERATION_SHARED_REPLY_DECODING_HPP

namespace cosio::inline v0::operation {

/// A view into the head, which decoding leaves as it is.
template <class Dialect>
[[nodiscard]] std::string_view request_id_of(const reply& got)
{
    return request_id_in<Dialect>(got.head);
}

/// A result that `fill` completes where it stays: some of them hold much. `fill` is given a
/// `Result&` and yields a `result<void>`.
template <class Result, class Fill>
[[nodiscard]] result<Result> filled(Fill&& fill)
{
    result<Result> made;
    if (auto done = fill(*made); !done)
        made = std::move(done).error();
    return made;
}

/// The result of an operation whose reply is `got`. The network lets `Operation::decode` fill a new
/// result where it stays instead.
template <class Operation>
[[nodiscard]] result<typename Operation::result_type> decoded(
    const expectation& expected, reply&& got)
{
    return filled<typename Operation::result_type>(
        [&](auto& out) { return Operation::decode(out, expected, std::move(got)); });
}

/// The CRC64 a reply states. A value that is no number is an error, not an absence.
[[nodiscard]] inline result<std::optional<std::uint64_t>> parse_crc64(std::string_view text)
{
    if (text.empty())
        return std::optional<std::uint64_t>{};
    const auto sum = detail::parse_number<std::uint64_t>(text);
    if (!sum)
        return error(errc::malformed_response, "the CRC64 of the reply is not a number");
    return sum;
}

template <class Dialect>
[[nodiscard]] result<std::optional<std::uint64_t>> decode_crc64(const http::response_head& head)
{
    if constexpr (Dialect::states_crc64)
        return parse_crc64(head.get(Dialect::header::crc64));
    else
        return std::optional<std::uint64_t>{};
}

/// Errors: `errc::checksum_mismatch`. A service that states no CRC64 leaves nothing to compare.
[[nodiscard]] inline result<void> compare_crc64(
    std::uint64_t ours, const std::optional<std::uint64_t>& theirs)
{
    if (!theirs || ours == *theirs)
        return {};
    return error(errc::checksum_mismatch,
        "CRC64 of the bytes is " + std::to_string(ours) + ", the reply says " +
            std::to_string(*theirs));
}

/// Whether an ETag, with or without its quotes, is that MD5 in hexadecimal.
[[nodiscard]] inline bool is_md5(std::string_view etag, const crypto::md5_value& md5)
{
    if (etag.size() > 2 && etag.front() == '"' && etag.back() == '"')
        etag = etag.substr(1, etag.size() - 2);
    return etag.size() == 2 * md5.size() &&
        detail::equal_ignoring_case(etag, crypto::hex(md5));
}

/// Whether the reply proves that the service got the bytes that were sent: it states their MD5 as
/// the ETag. Other ETags, as of objects with SSE-C or SSE-KMS on Amazon, prove nothing; that an MD5
/// was sent along does not either.
[[nodiscard]] inline bool proves_md5(const http::response_head& head, const expectation& expected)
{
    return expected.content_md5 && is_md5(head.get("ETag"), *expected.content_md5);
}

/// `ongoing-request="false", expiry-date="Mon, 13 Apr 2020 16:00:00 GMT"`.
[[nodiscard]] inline std::optional<restore_state> parse_restore_state(std::string_view text)
{
    if (text.empty())
        return std::nullopt;
    restore_state state;
    state.ongoing = text.find("ongoing-request=\"true\"") != std::string_view::npos;
    constexpr std::string_view marker = "expiry-date=\"";
    if (const auto start = text.find(marker); start != std::string_view::npos) {
        const auto date = text.substr(start + marker.size());
        state.expires = http::parse_date(date.substr(0, date.find('"')));
    }
    return state;
}

template <class Dialect>
[[nodiscard]] std::vector<metadata_entry> decode_metadata(const http::response_head& head)
{
    constexpr auto prefix = Dialect::header::metadata_prefix;
    std::vector<metadata_entry> metadata;
    for (std::size_t i = 0; i != head.size(); ++i) {
        const auto [name, value] = head[i];
        if (!detail::starts_with_ignoring_case(name, prefix))
            continue;
        auto& entry = metadata.emplace_back();
        entry.name = name.substr(prefix.size());
        std::ranges::transform(entry.name, entry.name.begin(), detail::to_lower);
        entry.value = value;
    }
    return metadata;
}

/// All but `size`, which depends on what was asked for.
template <class Dialect>
[[nodiscard]] result<void> decode_properties(
    const http::response_head& head, object_properties& out)
{
    using header = typename Dialect::header;
    const auto crc64 = decode_crc64<Dialect>(head);
    if (!crc64)
        return crc64.error();
    out.crc64 = *crc64;
    const auto keep = [&head](std::string_view name, std::string& field) {
        if (const auto value = head.get(name); !value.empty())
            field = value;
    };
    keep("ETag", out.etag);
    out.sse = decode_encryption<Dialect>(head);
    keep("Content-Type", out.content_type);
    keep("Cache-Control", out.cache_control);
    keep("Content-Disposition", out.content_disposition);
    if (const auto coding = head.get("Content-Encoding"); !coding.empty())
        out.content_encoding = Dialect::stored_content_encoding(coding);
    keep("Content-Language", out.content_language);
    keep("Expires", out.expires);
    out.last_modified = http::parse_date(head.get("Last-Modified"));
    out.metadata = decode_metadata<Dialect>(head);
    out.storage_class = head.find(header::storage_class).value_or("STANDARD");
    keep(header::version_id, out.version_id);
    out.restore = parse_restore_state(head.get(header::restore));
    out.request_id = request_id_in<Dialect>(head);
    return {};
}

} // namespace cosio::inline v0::operation

#endif

// ---- cosio/net/operation_run.hpp ----------------------------------------------------------------

// All that one running operation needs, in one piece of memory.

#ifndef COSIO_NET_OPERATION_RUN_HPP
#define COSIO_NET_OPERATION_RUN_HPP

namespace cosio::inline v0::net {

/// The state behind the coroutine of an operation. Not inside of it, as Asio keeps only small
/// frames for the next coroutine.
class operation_run : public operation_control
{
public:
    /// `encode` yields the request, or why there is none, where it stays.
    template <class Encode>
    operation_run(const std::shared_ptr<client_core>& core, const timeout_settings& limits,
        Encode&& encode, const destination& to)
        : operation_control(core->serial_executor(), limits, core->deadlines), core_(core),
          request_(encode()), to_(to)
    {}

    /// Why there is nothing to send, if so.
    [[nodiscard]] result<operation::prepared_request>& request() noexcept { return request_; }

    /// Requires a request. Once, before all else.
    void begin(const operation::facts& what, refusal_function refusal_of)
    {
        loop_.emplace(*core_, *this, *request_, what, refusal_of);
    }

    [[nodiscard]] client_core& core() noexcept { return *core_; }
    [[nodiscard]] attempt_loop& loop() noexcept { return *loop_; }
    [[nodiscard]] const destination& to() const noexcept { return to_; }

    // What the steps of an attempt come to.

    result<void> step{}; ///< The last of them.
    operation::reply reply{};

    /// An exception ended the operation with `why`: completes it.
    void broke_off(error& why) noexcept
    {
        if (loop_)
            loop_->broke_off(why);
    }

private:
    std::shared_ptr<client_core> core_;
    result<operation::prepared_request> request_;
    destination to_;
    std::optional<attempt_loop> loop_{};
};

/// With what only the operation itself knows.
template <class Dialect, class Operation>
class typed_operation_run : public operation_run
{
public:
    using result_type = typename Operation::result_type;
    using operation_run::operation_run;

    void begin() { operation_run::begin(Operation::what, &operation::refusal_of<Dialect>); }

    /// Looks at the reply, which has come unless `step` tells why not: true when the operation has
    /// succeeded, and `outcome` holds its result; otherwise `step` has failed.
    [[nodiscard]] bool succeeds()
    {
        std::string_view request_id;
        if (step) {
            decode();
            if (outcome) {
                request_id = outcome->request_id;
            } else {
                step = std::move(outcome).error();
                step.error().request_id = request_id = operation::request_id_of<Dialect>(reply);
            }
        }
        if constexpr (requires { Operation::done_by_earlier_attempt(step.error()); }) {
            if (!step && loop().earlier_attempt_may_have_executed())
                if (auto done = Operation::done_by_earlier_attempt(step.error())) {
                    outcome = std::move(*done);
                    request_id = step.error().request_id;
                    loop().succeeded(request_id);
                    return true;
                }
        }
        if (step)
            loop().succeeded(request_id);
        return step.has_value();
    }

    result<result_type> outcome{};

private:
    void decode()
    {
        if (!outcome)
            outcome = result_type();
        auto done = Operation::decode(*outcome, request()->expected, std::move(reply));
        if (!done)
            outcome = std::move(done).error();
    }
};

template <class Dialect, class Operation>
[[nodiscard]] std::shared_ptr<typed_operation_run<Dialect, Operation>> make_operation_run(
    const std::shared_ptr<client_core>& core, const timeout_settings& limits,
    const typename Operation::request_type& request, const service_endpoint& endpoint,
    const destination& to = {.limit = Operation::what.proof.longest_document})
{
    using run = typed_operation_run<Dialect, Operation>;
    constexpr std::size_t beside_it = 64; // What a `shared_ptr` counts with.
    static_assert(sizeof(run) + beside_it <= kept_blocks::block_size);
    const auto encode = [&] { return Operation::encode(request, endpoint); };
    return std::allocate_shared<run>(operation_allocator<run>(), core, limits, encode, to);
}

} // namespace cosio::inline v0::net

#endif

// ---- cosio/net/run_operation.hpp ----------------------------------------------------------------

// Runs any operation: the coroutine behind every member of the client.

#ifndef COSIO_NET_RUN_OPERATION_HPP
#define COSIO_NET_RUN_OPERATION_HPP

namespace cosio::inline v0::net {

/// A request that was refused is what the operation completes with.
template <class Dialect, class Operation>
[[nodiscard]] asio::awaitable<result<typename Operation::result_type>> run_operation(
    std::shared_ptr<typed_operation_run<Dialect, Operation>> run)
{
    try {
        if (!run->request())
            co_return std::move(run->request()).error();
        run->begin();
        auto& loop = run->loop();
        for (;;) {
            bool is_begun = false;
            if (loop.send_at_once()) {
                while (loop.awaits_reply(run->to())) {
                    const auto got = co_await loop.driver().more_of_reply();
                    loop.driver().received_of_reply(got);
                }
                is_begun = loop.is_begun_at_once(run->step);
            }
            if (!is_begun)
                co_await loop.begin(run->step);
            if (run->step && !loop.received_at_once(run->to(), run->reply, run->step))
                co_await loop.receive(run->to(), run->reply, run->step);
            if (run->succeeds())
                co_return std::move(run->outcome);
            if constexpr (requires { Operation::asking_why; }) {
                if (operation::hides_its_reason(run->step.error()))
                    co_await learn_refusal(run->core(), *run, *run->request(),
                        &Operation::ask_why, Operation::asking_why,
                        &operation::refusal_of<Dialect>, run->step.error());
            }
            if (!co_await loop.retries(run->step.error()))
                co_return std::move(run->step).error();
            run->reply = operation::reply();
        }
    } catch (...) {
        run->step = error_of_exception();
        run->broke_off(run->step.error());
        co_return std::move(run->step).error();
    }
}

} // namespace cosio::inline v0::net

#endif

// ---- cosio/operation/shared/object_header_encoding.hpp ------------------------------------------

// Serialises `object_headers`, `conditions` and `response_overrides`.

#ifndef COSIO_OPERATION_SHARED_OBJECT_HEADER_ENCODING_HPP
#define COSIO_OPERATION_SHARED_OBJECT_HEADER_ENCODING_HPP

namespace cosio::inline v0::operation {

/// Source of the limits: COS documentation, "PUT Object tagging".
inline constexpr std::size_t most_tags = 10;
inline constexpr std::size_t longest_tag_key = 128;
inline constexpr std::size_t longest_tag_value = 256;

/// The service's limits of `x-cos-traffic-limit`, in bits a second.
inline constexpr std::uint64_t lowest_traffic_limit = 819'200;
inline constexpr std::uint64_t highest_traffic_limit = 838'860'800;

template <class Dialect>
void encode_metadata(
    request_builder<Dialect>& build, std::span<const header> metadata, direction what)
{
    constexpr std::string_view field = "headers.metadata";
    const auto& rules = rules_for<Dialect>(what);
    std::size_t total = 0;
    for (std::size_t i = 0; i != metadata.size(); ++i) {
        const auto& [name, value] = metadata[i];
        const auto plain = [](char c) { return detail::is_alphanumeric(c) || c == '-'; };
        if (rules.token_names ? !http::is_field_name(name)
                              : name.empty() || !std::ranges::all_of(name, plain))
            return build.refuse(errc::invalid_header,
                rules.token_names ? "a name must be a token of HTTP, without blanks or separators"
                                  : "a name must be letters, digits and hyphens",
                field);
        const auto has_name = [&name](const header& other) {
            return detail::equal_ignoring_case(other.name, name);
        };
        if (std::ranges::any_of(metadata.first(i), has_name))
            return build.refuse(errc::invalid_header,
                "must not have a name twice, in upper or lower case", field);
        total += name.size() + value.size();
        const auto full = std::string(Dialect::header::metadata_prefix).append(name);
        if (rules.received_values)
            build.stored_header(full, value, field);
        else
            build.header(full, value, field);
    }
    if (total > rules.longest_metadata)
        build.refuse(errc::invalid_header, "must not be more than 2048 bytes in all", field);
}

template <class Dialect>
void encode_tags(request_builder<Dialect>& build, std::span<const tag> tags)
{
    std::string text;
    for (const auto& [key, value] : tags) {
        if (key.empty() || key.size() > longest_tag_key || value.size() > longest_tag_value)
            return build.refuse(errc::invalid_header,
                "a key must be 1 to 128 bytes, a value at most 256", "headers.tags");
        text.append(text.empty() ? "" : "&");
        http::append_percent_encoded(text, key, http::slash::encode);
        text.append("=");
        http::append_percent_encoded(text, value, http::slash::encode);
    }
    if (tags.size() > most_tags)
        return build.refuse(errc::invalid_header, "must not be more than 10", "headers.tags");
    build.optional_header(Dialect::header::tagging, text, "headers.tags");
}

/// The headers that describe the object's content, which a copy replaces only when told to.
template <class Dialect>
void encode_content_headers(request_builder<Dialect>& build, const object_headers& headers)
{
    const auto what = headers.as_stored ? direction::existing : direction::creating;
    const auto add = [&](std::string_view name, std::string_view value, std::string_view field) {
        if (value.empty())
            return;
        if (rules_for<Dialect>(what).received_values)
            build.stored_header(name, value, field);
        else
            build.header(name, value, field);
    };
    add("Content-Type", headers.content_type, "headers.content_type");
    add("Cache-Control", headers.cache_control, "headers.cache_control");
    add("Content-Disposition", headers.content_disposition, "headers.content_disposition");
    add("Content-Encoding", headers.content_encoding, "headers.content_encoding");
    add("Content-Language", headers.content_language, "headers.content_language");
    if (headers.as_stored && !headers.expires)
        add("Expires", headers.stored_expires, "headers.stored_expires");
    build.optional_header("Expires", headers.expires, "headers.expires");
    encode_metadata(build, headers.metadata, what);
}

template <class Dialect>
void encode_object_headers(request_builder<Dialect>& build, const object_headers& headers)
{
    using header_name = typename Dialect::header;
    encode_content_headers(build, headers);
    const auto storage = Dialect::name_of(headers.storage_class);
    if (headers.storage_class != storage_class::unspecified && storage.empty())
        build.refuse(errc::invalid_argument, "the service has no such class",
            "headers.storage_class");
    build.optional_header(header_name::storage_class, storage, "headers.storage_class");
    const auto readers = Dialect::name_of(headers.acl);
    if (headers.acl != acl::unspecified && readers.empty())
        build.refuse(errc::invalid_argument, "the service has no such ACL", "headers.acl");
    build.optional_header(header_name::acl, readers, "headers.acl");
    build.optional_header(header_name::grant_read, headers.grant_read, "headers.grant_read");
    build.optional_header(
        header_name::grant_read_acp, headers.grant_read_acp, "headers.grant_read_acp");
    build.optional_header(
        header_name::grant_write_acp, headers.grant_write_acp, "headers.grant_write_acp");
    build.optional_header(header_name::grant_full_control, headers.grant_full_control,
        "headers.grant_full_control");
    encode_tags(build, headers.tags);
}

/// Bits a second; 0 is not sent.
template <class Dialect>
void encode_traffic_limit(request_builder<Dialect>& build, std::uint64_t bits_per_second)
{
    if (bits_per_second == 0)
        return;
    if (!Dialect::limits_traffic)
        return build.refuse(
            errc::invalid_argument, "the service limits no traffic", "traffic_limit");
    if (bits_per_second < lowest_traffic_limit || bits_per_second > highest_traffic_limit)
        return build.refuse(
            errc::invalid_argument, "must be 819200 to 838860800 bits a second", "traffic_limit");
    build.header(Dialect::header::traffic_limit, std::to_string(bits_per_second));
}

/// `names` are those of the request's own conditions, or of conditions on the source of a copy.
struct condition_headers
{
    std::string_view if_match = "If-Match";
    std::string_view if_none_match = "If-None-Match";
    std::string_view if_modified_since = "If-Modified-Since";
    std::string_view if_unmodified_since = "If-Unmodified-Since";
};

template <class Dialect>
void encode_conditions(request_builder<Dialect>& build, const conditions& when,
    const condition_headers& names = {}, std::string_view field = "conditions")
{
    build.optional_header(names.if_match, when.if_match, field);
    build.optional_header(names.if_none_match, when.if_none_match, field);
    build.optional_header(names.if_modified_since, when.if_modified_since, field);
    build.optional_header(names.if_unmodified_since, when.if_unmodified_since, field);
}

template <class Dialect>
void encode_overrides(request_builder<Dialect>& build, const response_overrides& overrides)
{
    const auto add = [&build](std::string_view name, std::string_view value) {
        if (value.empty())
            return;
        if (!http::is_sendable_value(value))
            return build.refuse(errc::invalid_header, "must be visible ASCII", "overrides");
        build.parameter(name, value, "overrides");
    };
    add("response-content-type", overrides.content_type);
    add("response-content-language", overrides.content_language);
    add("response-expires", overrides.expires);
    add("response-cache-control", overrides.cache_control);
    add("response-content-disposition", overrides.content_disposition);
    add("response-content-encoding", overrides.content_encoding);
}

template <class Dialect>
void encode_range(request_builder<Dialect>& build, const byte_range& range)
{
    if (const auto problem = range.problem(); !problem.empty())
        return build.refuse(errc::invalid_range, problem, "range");
    if (!range.is_whole())
        build.header("Range", range.header_value());
    build.expected().range = range;
}

} // namespace cosio::inline v0::operation

#endif

// ---- cosio/operation/get_object.hpp -------------------------------------------------------------

// GET Object: reads an object, or a range of it, decrypted by the service.

#ifndef COSIO_OPERATION_GET_OBJECT_HPP
#define COSIO_OPERATION_GET_OBJECT_HPP

namespace cosio::inline v0::operation {

/// `GET /<key>`. Source: COS documentation, "GET Object".
template <class Dialect>
struct get_object
{
    using request_type = get_object_request;
    using result_type = get_object_result;
    static constexpr facts what{.name = "GetObject", .proof = proofs::get_object};

    [[nodiscard]] static result<prepared_request> encode(
        const request_type& request, const service_endpoint& endpoint)
    {
        request_builder<Dialect> build(http::method::get, endpoint);
        build.object(request.bucket, request.key, direction::existing);
        encode_overrides(build, request.overrides);
        build.optional_parameter("versionId", request.version_id, "version_id");
        encode_encryption(build, request.sse);
        encode_range(build, request.range);
        encode_conditions(build, request.conditions);
        encode_traffic_limit(build, request.traffic_limit);
        return std::move(build).finish();
    }

    /// What the head tells, checked against what was asked for: encryption and range.
    [[nodiscard]] static result<result_type> decode_head(
        const expectation& expected, const http::response_head& head)
    {
        return filled<result_type>(
            [&](result_type& out) { return fill_from_head(expected, head, out); });
    }

    /// Completes `out`, which `decode_head` made, once the body has been received.
    [[nodiscard]] static result<void> check_body(
        result_type& out, std::uint64_t size, std::uint64_t crc64, bool end_is_framed)
    {
        out.body_size = size;
        if (out.range) {
            if (size != out.range->last - out.range->first + 1)
                return error(errc::truncated_body, "the range did not come whole");
            return {};
        }
        out.size = size;
        if (auto equal = compare_crc64(crc64, out.crc64); !equal)
            return equal;
        out.crc64_verified = out.crc64.has_value();
        if (!end_is_framed && !out.crc64_verified)
            return error(errc::truncated_body,
                "the reply has neither a length nor a CRC64, so its end cannot be proved");
        return {};
    }

    [[nodiscard]] static result<void> decode(
        result_type& out, const expectation& expected, reply&& got)
    {
        if (auto sound = fill_from_head(expected, got.head, out); !sound)
            return sound;
        out.body = std::move(got.body);
        return check_body(out, got.body_size, got.body_crc64, got.body_end_is_framed);
    }

private:
    static result<void> fill_from_head(
        const expectation& expected, const http::response_head& head, result_type& out)
    {
        if (auto decoded = decode_properties<Dialect>(head, out); !decoded)
            return decoded;
        if (auto proved = expected.encryption.check(out.sse); !proved)
            return proved;
        if (expected.range.is_whole()) {
            if (head.status != 200)
                return error(errc::malformed_response,
                    "the whole object was asked for, the reply has status " +
                        std::to_string(head.status));
            out.size = head.content_length.value_or(0);
            return {};
        }
        out.range = parse_content_range(head.get("Content-Range"));
        if (head.status != 206 || !out.range || !out.range->answers(expected.range))
            return error(errc::malformed_response,
                "the reply is not the range that was asked for: status " +
                    std::to_string(head.status) + ", Content-Range '" +
                    std::string(head.get("Content-Range")) + "'");
        out.size = out.range->size;
        const auto length = out.range->last - out.range->first + 1;
        if (head.content_length && *head.content_length != length)
            return error(errc::malformed_response, "Content-Range and Content-Length differ");
        return {};
    }
};

} // namespace cosio::inline v0::operation

#endif

// ---- cosio/net/object_stream.hpp ----------------------------------------------------------------

// What is behind an object that is read as a stream.

#ifndef COSIO_NET_OBJECT_STREAM_HPP
#define COSIO_NET_OBJECT_STREAM_HPP

namespace cosio::inline v0::net {

/// What a reader and its reads share: the attempt that goes on until the end has been read. What
/// depends on the dialect comes as functions.
class object_stream
{
public:
    using check_function = result<void> (*)(get_object_result&, std::uint64_t, std::uint64_t, bool);

    object_stream(std::shared_ptr<client_core> core, std::shared_ptr<operation_control> control,
        operation::prepared_request request, const operation::facts& what,
        refusal_function refusal_of, check_function check)
        : core_(std::move(core)), control_(std::move(control)), request_(std::move(request)),
          attempt_(*core_, *control_, request_, what, refusal_of), check_(check)
    {}

    object_stream(const object_stream&) = delete;
    object_stream& operator=(const object_stream&) = delete;

    ~object_stream()
    {
        if (!is_open_)
            return;
        try { // What the caller is told may throw.
            auto given_up = error(errc::cancelled, "the reader was dropped before its end");
            attempt_.failed(given_up);
        } catch (...) {
        }
    }

    [[nodiscard]] const get_object_result& head() const noexcept { return head_; }
    [[nodiscard]] const client_core& core() const noexcept { return *core_; }
    [[nodiscard]] const operation::prepared_request& request() const noexcept { return request_; }
    [[nodiscard]] attempt_loop& attempt() noexcept { return attempt_; }
    [[nodiscard]] const std::shared_ptr<operation_control>& control() const noexcept
    {
        return control_;
    }

    /// The attempt has come as far as the body, which is to be read.
    void opened(get_object_result head)
    {
        head_ = std::move(head);
        is_open_ = true;
        control_->end_total(); // How long the caller reads is the caller's affair.
    }

    [[nodiscard]] asio::awaitable<result<std::size_t>> read_some(std::span<std::byte> buffer)
    {
        if (failure_)
            co_return *failure_;
        if (!is_open_ || buffer.empty())
            co_return std::size_t{0};
        auto& driver = attempt_.driver();
        auto got = co_await driver.read_body(*control_, buffer);
        if (got && *got != 0)
            co_return got;
        is_open_ = false;
        if (got) {
            const bool framed = driver.progress().body().kind() != http::framing::until_close;
            auto whole = check_(head_, driver.body_size(), driver.body_crc64(), framed);
            if (!whole)
                got = std::move(whole).error();
            else
                driver.give_back(*control_);
        }
        if (got) {
            attempt_.succeeded(head_.request_id);
        } else {
            failure_ = got.error();
            attempt_.failed(*failure_);
        }
        attempt_.drop_driver();
        if (failure_)
            co_return *failure_;
        co_return std::size_t{0};
    }

private:
    std::shared_ptr<client_core> core_;
    std::shared_ptr<operation_control> control_;
    operation::prepared_request request_;
    attempt_loop attempt_;
    check_function check_;
    get_object_result head_{};
    std::optional<error> failure_{};
    bool is_open_ = false; // Until the end was reached.
};

[[nodiscard]] inline asio::awaitable<result<std::size_t>> run_read(
    std::shared_ptr<object_stream> stream, std::span<std::byte> buffer, read_until when)
{
    try {
        for (std::size_t filled = 0;;) {
            auto got = co_await stream->read_some(buffer.subspan(filled));
            if (got)
                filled += *got;
            else if (filled == 0) // Else it is told by the next read.
                co_return got;
            if (!got || *got == 0 || filled == buffer.size() || when == read_until::some)
                co_return filled;
        }
    } catch (...) {
        co_return error_of_exception();
    }
}

/// The coroutine behind `client::open_object`.
template <class Dialect>
[[nodiscard]] asio::awaitable<result<object_reader>> run_open(std::shared_ptr<client_core> core,
    std::shared_ptr<operation_control> control, result<operation::prepared_request> request)
{
    using get_object = operation::get_object<Dialect>;
    std::shared_ptr<object_stream> stream;
    try {
        if (!request)
            co_return std::move(request).error();
        stream = std::make_shared<object_stream>(std::move(core), std::move(control),
            std::move(*request), get_object::what, &operation::refusal_of<Dialect>,
            &get_object::check_body);
        auto& loop = stream->attempt();
        for (;;) {
            error why;
            result<void> begun;
            co_await loop.begin(begun);
            if (!begun) {
                why = std::move(begun).error();
            } else if (!operation::is_success(loop.driver().progress().head().status)) {
                operation::reply document;
                result<void> refusal;
                co_await loop.receive(destination{}, document, refusal);
                why = refusal ? error(errc::malformed_response) : std::move(refusal).error();
            } else {
                auto head = get_object::decode_head(
                    stream->request().expected, loop.driver().progress().head());
                if (head) {
                    stream->opened(std::move(*head));
                    co_return object_reader(stream);
                }
                why = std::move(head).error();
            }
            if (!co_await loop.retries(why))
                co_return why;
        }
    } catch (...) {
        auto why = error_of_exception();
        if (stream != nullptr)
            stream->attempt().broke_off(why);
        co_return why;
    }
}

// What object_reader.hpp declares.

COSIO_DECLARED const get_object_result& head_of(const object_stream& stream) noexcept
{
    return stream.head();
}

COSIO_DECLARED const client_core& core_of(const object_stream& stream) noexcept
{
    return stream.core();
}

COSIO_DECLARED prepared_operation<std::size_t> prepare_read(
    const std::shared_ptr<object_stream>& stream, std::span<std::byte> buffer, read_until when)
{
    return {stream->control(), run_read(stream, buffer, when)};
}

} // namespace cosio::inline v0::net

#endif

// ---- cosio/auth/presigned_url.hpp ---------------------------------------------------------------

// How a request becomes a URL.

#ifndef COSIO_AUTH_PRESIGNED_URL_HPP
#define COSIO_AUTH_PRESIGNED_URL_HPP

namespace cosio::inline v0::auth {

/// What whoever uses the URL decides for himself.
template <class Signer>
[[nodiscard]] bool is_left_to_the_user(std::string_view name) noexcept
{
    static constexpr std::array<std::string_view, 3> names{
        "content-length", "content-md5", "transfer-encoding"};
    return std::ranges::any_of(
        names, [name](auto each) { return detail::equal_ignoring_case(each, name); }) ||
        detail::equal_ignoring_case(Signer::body_hash_header, name);
}

/// Errors: `errc::invalid_argument` for a validity of nothing, those of the credentials, and
/// `errc::crypto_unavailable`.
template <class Signer>
[[nodiscard]] result<presigned_url> presign(const Signer& signer,
    operation::prepared_request request,
    const service_endpoint& endpoint, const credentials& who, std::chrono::sys_seconds now,
    std::chrono::seconds validity)
{
    if (validity <= std::chrono::seconds(0))
        return error(errc::invalid_argument, "must be longer than nothing", "validity");
    if (auto usable = who.check(); !usable)
        return std::move(usable).error();
    if (!who.session_token().empty() && !endpoint.protects_tokens)
        return error(errc::token_requires_tls, "a session token is sent over https only",
            "session_token");
    const auto host = detail::host_header(request.host, endpoint.port, endpoint.scheme);
    presigned_url out;
    out.method = http::name_of(request.head.method);
    http::field_list fields;
    fields.add("Host", host);
    for (std::size_t i = 0; i != request.head.fields.size(); ++i) {
        const auto each = request.head.fields[i];
        if (is_left_to_the_user<Signer>(each.name))
            continue;
        fields.add(each.name, each.value);
        out.required_headers.emplace_back(each.name);
    }
    auto done =
        signer.presign(request.head.method, request.head.target, fields, who, now, validity);
    if (!done)
        return std::move(done).error();
    out.url.append(name_of(endpoint.scheme)).append("://").append(host);
    out.url.append(request.head.target.text());
    return out;
}

} // namespace cosio::inline v0::auth

#endif

// ---- cosio/crypto/hmac.hpp ----------------------------------------------------------------------

// HMAC with a key that is set up once and used many times.

#ifndef COSIO_CRYPTO_HMAC_HPP
#define COSIO_CRYPTO_HMAC_HPP

namespace cosio::inline v0::crypto {

/// A keyed HMAC (RFC 2104). What the key makes of the digest is computed by the constructor, copied
/// for each message, and wiped with the object.
///
/// Made of two digests in a context that stays: OpenSSL's own HMAC sets up more for each message
/// than hashing it takes.
///
/// Not thread safe; movable, not copyable. Errors: `errc::crypto_unavailable`.
template <digest_algorithm Algorithm>
class hmac_key
{
    static_assert(Algorithm != digest_algorithm::md5, "COS and S3 sign with SHA-1 and SHA-256");

public:
    /// `prefix` is what all messages begin with; `sign` takes the rest.
    explicit hmac_key(std::span<const std::byte> key, std::span<const std::byte> prefix = {})
    {
        secret_bytes<block_size> block;
        if (key.size() <= block_size) {
            std::ranges::copy(key, block.writable().begin());
        } else {
            hash_.update(key);
            auto digest = hash_.finish();
            if (!digest)
                return; // Not usable.
            std::ranges::copy(*digest, block.writable().begin());
            wipe(digest->data(), digest->size());
        }
        constexpr std::byte inner_mask{0x36};
        constexpr std::byte outer_mask{0x5c};
        for (std::byte& each : block.writable())
            each ^= inner_mask;
        behind_prefix_.update(block.view());
        behind_prefix_.update(prefix);
        for (std::byte& each : block.writable())
            each ^= inner_mask ^ outer_mask;
        behind_outer_pad_.update(block.view());
    }

    /// Whether the key could be set up; `sign` fails if not.
    [[nodiscard]] bool usable() const noexcept
    {
        return behind_prefix_.usable() && behind_outer_pad_.usable();
    }

    [[nodiscard]] result<digest_value<Algorithm>> sign(std::span<const std::byte> message)
    {
        hash_.set(behind_prefix_);
        hash_.update(message);
        const auto inner = hash_.finish();
        if (!inner)
            return inner.error();
        hash_.set(behind_outer_pad_);
        hash_.update(*inner);
        return hash_.finish();
    }

    /// The digest of `message` without the key, in the same context.
    [[nodiscard]] result<digest_value<Algorithm>> digest(std::span<const std::byte> message)
    {
        hash_.update(message);
        return hash_.finish();
    }

private:
    static constexpr std::size_t block_size = 64; // Of SHA-1 and SHA-256.

    hasher<Algorithm> hash_{};
    hasher<Algorithm> behind_prefix_{};
    hasher<Algorithm> behind_outer_pad_{};
};

using hmac_sha1_key = hmac_key<digest_algorithm::sha1>;
using hmac_sha256_key = hmac_key<digest_algorithm::sha256>;

[[nodiscard]] inline result<sha1_value> hmac_sha1(
    std::span<const std::byte> key, std::span<const std::byte> message)
{
    return hmac_sha1_key(key).sign(message);
}

[[nodiscard]] inline result<sha256_value> hmac_sha256(
    std::span<const std::byte> key, std::span<const std::byte> message)
{
    return hmac_sha256_key(key).sign(message);
}

} // namespace cosio::inline v0::crypto

#endif

// ---- cosio/auth/q_sign.hpp ----------------------------------------------------------------------

// The request signature of COS, `q-sign-algorithm=sha1`, as a pure function.
// Source: COS documentation, "Request Signature".

#ifndef COSIO_AUTH_Q_SIGN_HPP
#define COSIO_AUTH_Q_SIGN_HPP

#include <tuple>

namespace cosio::inline v0::auth {

/// From when to when a signature is valid.
struct key_time
{
    std::chrono::sys_seconds start{};
    std::chrono::sys_seconds end{};

    [[nodiscard]] std::string text() const
    {
        return std::to_string(start.time_since_epoch().count()) + ";" +
            std::to_string(end.time_since_epoch().count());
    }

    friend bool operator==(const key_time&, const key_time&) = default;
};

/// Whether a header field of that name is signed when it is present: all that changes what the
/// request means, as the official SDKs have it. (`Date`, `User-Agent` and the like are not.)
[[nodiscard]] constexpr bool is_signed_field(std::string_view name) noexcept
{
    const auto is = [name](std::string_view known) {
        return detail::equal_ignoring_case(name, known);
    };
    if (detail::starts_with_ignoring_case(name, "x-cos-") ||
        detail::starts_with_ignoring_case(name, "x-ci-"))
        return true;
    switch (name.size()) {
    case 4: return is("host");
    case 5: return is("range");
    case 6: return is("expect") || is("origin");
    case 7: return is("expires");
    case 8: return is("if-match");
    case 11: return is("content-md5");
    case 12: return is("content-type");
    case 13: return is("cache-control") || is("if-none-match");
    case 14: return is("content-length") || is("pic-operations");
    case 16: return is("content-encoding");
    case 17: return is("if-modified-since") || is("transfer-encoding");
    case 19: return is("content-disposition") || is("if-unmodified-since");
    default: return false;
    }
}

/// `name=value` pairs in the order and encoding in which they are hashed. Some values are keys,
/// so the text is wiped.
class canonical_pairs
{
public:
    /// A pair that is not encoded yet.
    void add(std::string_view name, std::string_view value)
    {
        add_written(name, value, http::longest_escape, [](char* out, std::string_view text) {
            return http::write_percent_encoded(out, text, http::slash::encode);
        });
    }

    /// A pair that was encoded for the wire, which is the same encoding.
    void add_encoded(std::string_view name, std::string_view value)
    {
        add_written(name, value, 1, write_plain);
    }

    /// Sorts by name; call it once, after the last `add`.
    void sort()
    {
        std::ranges::sort(pairs_, [this](const position& left, const position& right) {
            const int order = name_of(left).compare(name_of(right));
            return order < 0 || (order == 0 && left.start < right.start); // Equal ones stay put.
        });
    }

    /// Appends `n1=v1&n2=v2`.
    void append_to(crypto::secret_buffer& out) const
    {
        append_joined(out, '&', [this](const position& pair) {
            return part(pair.start, pair.end);
        });
    }

    /// Appends `n1;n2`.
    void append_names_to(crypto::secret_buffer& out) const
    {
        append_joined(out, ';', [this](const position& pair) { return name_of(pair); });
    }

    /// Forgets and wipes the pairs, keeps the memory.
    void clear() noexcept
    {
        text_.clear();
        pairs_.clear();
    }

private:
    struct position
    {
        std::size_t start = 0;
        std::size_t name_end = 0;
        std::size_t end = 0;
    };

    static char* write_plain(char* out, std::string_view text) noexcept
    {
        if (!text.empty())
            std::memcpy(out, text.data(), text.size());
        return out + text.size();
    }

    /// `write` makes of each character up to `growth` ones. Names are lower-cased after encoding,
    /// so even the digits of their escapes are lower-case.
    template <class Write>
    void add_written(std::string_view name, std::string_view value, std::size_t growth, Write write)
    {
        position pair;
        pair.start = text_.size();
        text_.append_written(growth * (name.size() + value.size()) + 1, [&](char* const start) {
            char* const name_end = write(start, name);
            detail::make_lower({start, name_end});
            pair.name_end = pair.start + static_cast<std::size_t>(name_end - start);
            *name_end = '=';
            return write(name_end + 1, value);
        });
        pair.end = text_.size();
        pairs_.push_back(pair);
    }

    template <class PartOf>
    void append_joined(crypto::secret_buffer& out, char separator, PartOf part_of) const
    {
        out.append_written(text_.size() + pairs_.size(), [&](char* to) {
            for (std::size_t i = 0; i != pairs_.size(); ++i) {
                if (i != 0)
                    *to++ = separator;
                to = write_plain(to, part_of(pairs_[i]));
            }
            return to;
        });
    }

    [[nodiscard]] std::string_view name_of(const position& pair) const
    {
        return part(pair.start, pair.name_end);
    }
    [[nodiscard]] std::string_view part(std::size_t start, std::size_t end) const
    {
        return {text_.view().data() + start, end - start};
    }

    crypto::secret_buffer text_{};
    std::vector<position> pairs_{};
};

/// The SignKey of one secret key and KeyTime, ready to sign many requests. Not thread safe.
class q_sign_key
{
public:
    /// Errors: `errc::crypto_unavailable`.
    [[nodiscard]] static result<q_sign_key> derive(std::string_view secret_key, key_time validity)
    {
        auto mac = crypto::hmac_sha1(
            detail::bytes_of(secret_key), detail::bytes_of(validity.text()));
        if (!mac)
            return mac.error();
        // The hexadecimal text is the key of the next step, not the bytes it stands for.
        crypto::secret_buffer text;
        crypto::append_hex(text, *mac);
        crypto::wipe(mac->data(), mac->size());
        q_sign_key key(text, validity);
        if (!key.hmac_.usable())
            return crypto::digest_unavailable("SHA1");
        return key;
    }

    /// From a SignKey that was derived elsewhere: 40 hexadecimal digits, used as they stand.
    [[nodiscard]] static q_sign_key from_text(std::string_view sign_key, key_time validity)
    {
        return q_sign_key(crypto::secret_buffer(sign_key), validity);
    }

    [[nodiscard]] const key_time& validity() const noexcept { return validity_; }
    /// The KeyTime as it is signed and sent.
    [[nodiscard]] std::string_view time() const noexcept { return time_; }

    /// The signature of a request that has this SHA-1. Errors: `errc::crypto_unavailable`.
    [[nodiscard]] result<crypto::sha1_value> sign(const crypto::sha1_value& request_digest)
    {
        std::array<char, 2 * std::tuple_size_v<crypto::sha1_value> + 1> message;
        *crypto::write_hex(message.data(), request_digest) = '\n';
        return hmac_.sign(std::as_bytes(std::span(message)));
    }
    /// The SHA-1 of `text`, without the key. Errors: `errc::crypto_unavailable`.
    [[nodiscard]] result<crypto::sha1_value> digest(std::string_view text)
    {
        return hmac_.digest(detail::bytes_of(text));
    }

private:
    q_sign_key(const crypto::secret_buffer& key_text, key_time validity)
        : validity_(validity), time_(validity.text()),
          hmac_(detail::bytes_of(key_text.view()), detail::bytes_of("sha1\n" + time_ + "\n"))
    {}

    key_time validity_;
    std::string time_;
    crypto::hmac_sha1_key hmac_;
};

/// The request that is signed, and the fields of an Authorization value that depend on it.
///
/// Can be cleared and used again, so that its memory serves many requests.
class q_signature
{
public:
    /// What is signed of the request: its parameters, and those headers that count.
    canonical_pairs parameters{};
    canonical_pairs headers{};

    [[nodiscard]] std::string_view header_list() const noexcept { return header_list_.view(); }
    [[nodiscard]] std::string_view parameter_list() const noexcept
    {
        return parameter_list_.view();
    }
    /// Hexadecimal, once `sign` has succeeded.
    [[nodiscard]] std::string_view signature() const noexcept
    {
        return {signature_.data(), signature_.size()};
    }

    /// Call it once all parameters and headers were added. Errors: `errc::crypto_unavailable`.
    [[nodiscard]] result<void> sign(
        q_sign_key& key, http::method method, std::string_view decoded_path)
    {
        parameters.sort();
        headers.sort();
        parameters.append_names_to(parameter_list_);
        headers.append_names_to(header_list_);

        text_.append(http::lower_case_name_of(method), "\n", decoded_path, "\n");
        parameters.append_to(text_);
        text_.append("\n");
        headers.append_to(text_);
        text_.append("\n");
        const auto request_digest = key.digest(text_.view());
        if (!request_digest)
            return request_digest.error();

        const auto mac = key.sign(*request_digest);
        if (!mac)
            return mac.error();
        crypto::write_hex(signature_.data(), *mac);
        return {};
    }

    /// Ready for another request. What may hold secrets is wiped.
    void clear() noexcept
    {
        parameters.clear();
        headers.clear();
        text_.clear();
        header_list_.clear();
        parameter_list_.clear();
    }

private:
    crypto::secret_buffer text_{}; // That is hashed.
    crypto::secret_buffer header_list_{};
    crypto::secret_buffer parameter_list_{};
    std::array<char, 2 * std::tuple_size_v<crypto::sha1_value>> signature_{};
};

/// Adds the parameters of a target, all of which are signed.
inline void add_parameters(canonical_pairs& pairs, const http::target& target)
{
    for (std::size_t i = 0; i != target.parameter_count(); ++i)
        pairs.add_encoded(target.parameter_at(i).name, target.parameter_at(i).value);
}

/// Adds those fields that are signed.
inline void add_signed_fields(canonical_pairs& pairs, const http::field_list& fields)
{
    for (std::size_t i = 0; i != fields.size(); ++i)
        if (const auto each = fields[i]; is_signed_field(each.name))
            pairs.add(each.name, each.value);
}

/// Calls `put(name, value)` for those fields of an Authorization value that are the same for all
/// requests of a SignKey; they come first.
template <class Put>
void for_each_constant_part(std::string_view secret_id, const q_sign_key& key, Put&& put)
{
    put("q-sign-algorithm", "sha1");
    put("q-ak", secret_id);
    put("q-sign-time", key.time());
    put("q-key-time", key.time());
}

/// Calls `put(name, value)` for the others.
template <class Put>
void for_each_request_part(const q_signature& signature, Put&& put)
{
    put("q-header-list", signature.header_list());
    put("q-url-param-list", signature.parameter_list());
    put("q-signature", signature.signature());
}

} // namespace cosio::inline v0::auth

#endif

// ---- cosio/auth/q_signer.hpp --------------------------------------------------------------------

// Signs the requests of one client, deriving a SignKey once per KeyTime.

#ifndef COSIO_AUTH_Q_SIGNER_HPP
#define COSIO_AUTH_Q_SIGNER_HPP

namespace cosio::inline v0::auth {

/// Thread safe: a mutex guards the cached SignKey, which is wiped with the signer, and the memory
/// that signing needs.
class q_signer final : public request_signer
{
public:
    static constexpr std::string_view token_header = "x-cos-security-token";
    /// The body is no part of the signature.
    static constexpr std::string_view body_hash_header{};

    /// How long a signature made for a request is valid.
    static constexpr std::chrono::seconds lifetime{900};
    /// How long one KeyTime serves for new requests, so that every signature has most of its
    /// lifetime before it.
    static constexpr std::chrono::seconds renewal{300};
    /// How far a server's clock may be behind ours.
    static constexpr std::chrono::seconds leeway{60};

    /// Adds the token and `Authorization` to `attempt_fields`, signing these and `request_fields`.
    ///
    /// Nothing is added for anonymous credentials. Errors: `errc::crypto_unavailable`.
    [[nodiscard]] result<void> sign(http::method method, const http::target& target,
        const http::field_list& request_fields, http::field_list& attempt_fields,
        const credentials& who, std::chrono::sys_seconds now) override
    {
        if (who.is_anonymous())
            return {};
        if (!who.session_token().empty())
            attempt_fields.add(token_header, who.session_token());

        const std::lock_guard lock(mutex_);
        if (auto ready = refresh(who, now); !ready)
            return ready;
        request_.clear();
        add_parameters(request_.parameters, target);
        add_signed_fields(request_.headers, attempt_fields);
        add_signed_fields(request_.headers, request_fields);
        auto signed_now = request_.sign(key_->key, method, target.decoded_path());
        if (signed_now)
            attempt_fields.add_written("Authorization", [&](crypto::secret_buffer& text) {
                text.append(key_->constant_part);
                for_each_request_part(request_, [&](std::string_view name, std::string_view value) {
                    text.append("&", name, "=", value);
                });
            });
        request_.clear(); // Keys may be among what was signed.
        return signed_now;
    }

    /// Appends the signature to `target` as `q-*` parameters, for a URL that anyone may use from
    /// `now` (minus the leeway) for `validity`. The token is signed as a parameter.
    ///
    /// `fields` are those that the user of the URL must send, `Host` among them.
    /// Errors: `errc::crypto_unavailable`.
    [[nodiscard]] static result<void> presign(http::method method, http::target& target,
        const http::field_list& fields, const credentials& who, std::chrono::sys_seconds now,
        std::chrono::seconds validity)
    {
        if (who.is_anonymous())
            return {};
        if (!who.session_token().empty())
            target.add_parameter(token_header, who.session_token());
        auto key = q_sign_key::derive(who.secret_key(), {now - leeway, now + validity});
        if (!key)
            return std::move(key).error();
        q_signature request;
        add_parameters(request.parameters, target);
        add_signed_fields(request.headers, fields);
        if (auto done = request.sign(*key, method, target.decoded_path()); !done)
            return done;
        const auto put = [&](std::string_view name, std::string_view value) {
            target.add_parameter(name, value);
        };
        for_each_constant_part(who.secret_id(), *key, put);
        for_each_request_part(request, put);
        return {};
    }

    /// How many SignKeys were derived, for tests of the cache.
    [[nodiscard]] std::size_t derived() const
    {
        const std::lock_guard lock(mutex_);
        return derived_;
    }

private:
    struct cached_key
    {
        credentials of;
        q_sign_key key;
        std::string constant_part{}; ///< Of the Authorization values it signs.
    };

    /// A KeyTime serves from its making for `renewal`, unless the clock went back.
    [[nodiscard]] static bool serves(const key_time& validity, std::chrono::sys_seconds now)
    {
        const auto made = validity.start + leeway;
        return now >= made && now < made + renewal;
    }

    result<void> refresh(const credentials& who, std::chrono::sys_seconds now)
    {
        if (key_ && serves(key_->key.validity(), now) && key_->of == who)
            return {};
        auto key = q_sign_key::derive(who.secret_key(), {now - leeway, now + lifetime});
        if (!key)
            return std::move(key).error();
        ++derived_;
        auto& made = key_.emplace(cached_key{who, std::move(*key)});
        for_each_constant_part(
            who.secret_id(), made.key, [&](std::string_view name, std::string_view value) {
                auto& text = made.constant_part;
                text.append(text.empty() ? "" : "&").append(name).append("=").append(value);
            });
        return {};
    }

    mutable std::mutex mutex_{};
    std::optional<cached_key> key_{};
    q_signature request_{}; // Empty in between.
    std::size_t derived_ = 0;
};

} // namespace cosio::inline v0::auth

#endif

// ---- cosio/dialect/cos.hpp ----------------------------------------------------------------------

// The COS XML API: names of headers and values, rules for hosts, buckets and keys, what replies
// tell.

#ifndef COSIO_DIALECT_COS_HPP
#define COSIO_DIALECT_COS_HPP

namespace cosio::inline v0::dialect {

/// What is particular to COS. Source: the COS XML API documentation.
///
/// Operations are written once over a dialect; whatever differs between two services is a member
/// here, never an `if` in an operation.
struct cos
{
    using signer = auth::q_signer;

    /// What signs the requests of a client. The region is no part of a COS signature.
    [[nodiscard]] static std::unique_ptr<signer> make_signer(std::string_view)
    {
        return std::make_unique<signer>();
    }

    struct header
    {
        static constexpr std::string_view encryption = "x-cos-server-side-encryption";
        static constexpr std::string_view kms_key_id =
            "x-cos-server-side-encryption-cos-kms-key-id";
        static constexpr std::string_view kms_context = "x-cos-server-side-encryption-context";
        static constexpr std::string_view customer_algorithm =
            "x-cos-server-side-encryption-customer-algorithm";
        static constexpr std::string_view customer_key =
            "x-cos-server-side-encryption-customer-key";
        static constexpr std::string_view customer_key_md5 =
            "x-cos-server-side-encryption-customer-key-MD5";
        static constexpr std::string_view source_customer_algorithm =
            "x-cos-copy-source-server-side-encryption-customer-algorithm";
        static constexpr std::string_view source_customer_key =
            "x-cos-copy-source-server-side-encryption-customer-key";
        static constexpr std::string_view source_customer_key_md5 =
            "x-cos-copy-source-server-side-encryption-customer-key-MD5";

        static constexpr std::string_view copy_source = "x-cos-copy-source";
        static constexpr std::string_view copy_source_range = "x-cos-copy-source-range";
        static constexpr std::string_view copy_source_if_match = "x-cos-copy-source-If-Match";
        static constexpr std::string_view copy_source_if_none_match =
            "x-cos-copy-source-If-None-Match";
        static constexpr std::string_view copy_source_if_modified_since =
            "x-cos-copy-source-If-Modified-Since";
        static constexpr std::string_view copy_source_if_unmodified_since =
            "x-cos-copy-source-If-Unmodified-Since";
        static constexpr std::string_view copy_source_version_id =
            "x-cos-copy-source-version-id";
        static constexpr std::string_view metadata_directive = "x-cos-metadata-directive";
        static constexpr std::string_view tagging_directive = "x-cos-tagging-directive";

        static constexpr std::string_view metadata_prefix = "x-cos-meta-";
        static constexpr std::string_view storage_class = "x-cos-storage-class";
        static constexpr std::string_view acl = "x-cos-acl";
        static constexpr std::string_view grant_read = "x-cos-grant-read";
        static constexpr std::string_view grant_read_acp = "x-cos-grant-read-acp";
        static constexpr std::string_view grant_write_acp = "x-cos-grant-write-acp";
        static constexpr std::string_view grant_full_control = "x-cos-grant-full-control";
        static constexpr std::string_view tagging = "x-cos-tagging";
        static constexpr std::string_view traffic_limit = "x-cos-traffic-limit";

        static constexpr std::string_view crc64 = "x-cos-hash-crc64ecma";
        static constexpr std::string_view version_id = "x-cos-version-id";
        static constexpr std::string_view delete_marker = "x-cos-delete-marker";
        static constexpr std::string_view restore = "x-cos-restore";
        static constexpr std::string_view restore_status = "x-cos-restore-status";
        static constexpr std::string_view bucket_region = "x-cos-bucket-region";
        static constexpr std::string_view other_bucket_region{}; ///< COS has no other name.
        static constexpr std::string_view bucket_az_type = "x-cos-bucket-az-type";
        static constexpr std::string_view request_id = "x-cos-request-id";
        static constexpr std::string_view other_request_id{}; ///< COS has no other name.
        static constexpr std::string_view trace_id = "x-cos-trace-id";
        /// Sent as `true` with every attempt but the first.
        static constexpr std::string_view retry_marker = "x-cos-sdk-retry";
        static constexpr std::string_view security_token = "x-cos-security-token";
    };

    struct value
    {
        static constexpr std::string_view encryption_cos_managed = "AES256";
        static constexpr std::string_view encryption_kms = "cos/kms";
        static constexpr std::string_view customer_algorithm = "AES256";
        static constexpr std::string_view copy_directive = "Copy";
        static constexpr std::string_view replace_directive = "Replaced";
        /// In bucket encryption documents SSE-KMS has another name than in headers.
        static constexpr std::string_view bucket_encryption_kms = "KMS";
        /// The element of a restore document that holds the tier.
        static constexpr std::string_view restore_parameters = "CASJobParameters";
        /// Documents have no namespace.
        static constexpr std::string_view document_namespace{};
    };

    // Limits of multipart uploads; the last part may be smaller.
    static constexpr std::uint64_t minimum_part_size = std::uint64_t{1} << 20U;
    static constexpr std::uint64_t maximum_part_size = std::uint64_t{5} << 30U;
    static constexpr std::uint32_t maximum_parts = 10'000;

    /// Replies state the CRC64 of an object over its plaintext.
    static constexpr bool states_crc64 = true;
    /// A body whose size is not known may be sent chunked.
    static constexpr bool accepts_chunked_bodies = true;
    /// The signature covers the body.
    static constexpr bool signs_bodies = false;
    /// A request may limit its own rate.
    static constexpr bool limits_traffic = true;
    /// Listings of objects go on from a token of the page before instead of from a key.
    static constexpr bool lists_by_token = false;
    /// Restoring an object takes its customer key.
    static constexpr bool restore_takes_customer_key = true;
    /// The source of a copy may be in another region.
    static constexpr bool copies_between_regions = true;
    /// The documentation confirms the mode in the reply of every write but the part copy, where
    /// it names SSE-COS alone.
    static constexpr bool part_copy_reply_confirms_encryption = false;
    /// The reply to completing an upload names its mode, and the customer key.
    static constexpr bool completion_confirms_encryption = true;
    /// The document of a completed upload may state an empty ETag.
    static constexpr bool completion_may_lack_etag = false;

    /// As the header carries it; empty for a class that COS does not have.
    [[nodiscard]] static constexpr std::string_view name_of(storage_class value) noexcept
    {
        return cosio::name_of(value);
    }
    /// As the header carries it; empty for an ACL that COS does not have.
    [[nodiscard]] static constexpr std::string_view name_of(acl value) noexcept
    {
        return cosio::name_of(value);
    }

    /// The enumerator of an error document's `<Code>`.
    [[nodiscard]] static service_errc error_code(std::string_view code) noexcept
    {
        return service_errc_from_code(code);
    }

    /// Whether a reply that names the KMS key `said` confirms the key `asked` for.
    [[nodiscard]] static bool is_same_kms_key(std::string_view asked, std::string_view said)
    {
        return asked == said;
    }

    /// `Content-Encoding` as it was stored.
    [[nodiscard]] static std::string_view stored_content_encoding(std::string_view said)
    {
        return said;
    }

    /// What stands before the key in a copy source: the source's host in the service, whatever host
    /// the client talks to.
    [[nodiscard]] static std::string copy_source_base(
        std::string_view bucket, std::string_view region)
    {
        return std::string(bucket).append(".").append(service_host(region)).append("/");
    }

    /// Whether a bucket cannot be part of the host name, whatever the configuration says.
    [[nodiscard]] static constexpr bool needs_path_style(std::string_view, scheme) noexcept
    {
        return false;
    }

    /// The largest object that one request copies.
    static constexpr std::uint64_t maximum_copy_size = std::uint64_t{5} << 30U;

    /// The service's host in a region, to which the bucket's name is prefixed.
    [[nodiscard]] static std::string service_host(std::string_view region)
    {
        return std::string("cos.").append(region).append(".myqcloud.com");
    }

    /// The region in a host of the default form, bucket before it or not, by either name of the
    /// service; empty for any other host. A view into `host`.
    [[nodiscard]] static constexpr std::string_view region_of_host(std::string_view host) noexcept
    {
        for (const std::string_view domain : {".myqcloud.com", ".tencentcos.cn"}) {
            if (!host.ends_with(domain))
                continue;
            host.remove_suffix(domain.size());
            const auto dot = host.rfind('.');
            const auto service = host.substr(0, dot == std::string_view::npos ? 0 : dot);
            const auto region = host.substr(service.empty() ? host.size() : dot + 1);
            const bool usual = service == "cos" || service.ends_with(".cos");
            return usual && region != "accelerate" ? region : std::string_view{};
        }
        return {};
    }

    /// The other name of a host of the default form, `<bucket>.cos.<region>.myqcloud.com`, by
    /// which the same service is reached; empty for any other host: custom domains, acceleration
    /// and internal hosts have no other.
    [[nodiscard]] static std::string backup_host(std::string_view host)
    {
        constexpr std::string_view usual = ".myqcloud.com";
        constexpr std::string_view other = ".tencentcos.cn";
        if (!host.ends_with(usual))
            return {};
        const auto stem = host.substr(0, host.size() - usual.size());
        const auto region = stem.rfind('.');
        const auto service =
            region == std::string_view::npos ? region : stem.rfind('.', region - 1);
        if (service == std::string_view::npos || service == 0 ||
            stem.substr(service + 1, region - service - 1) != "cos" ||
            stem.substr(region + 1) == "accelerate")
            return {};
        return std::string(stem).append(other);
    }

    /// Why `bucket` is no bucket name; empty when it is one: `<name>-<appid>`, lower-case letters,
    /// digits and hyphens, neither first nor last a hyphen, the APPID numeric.
    [[nodiscard]] static std::string_view bucket_problem(std::string_view bucket) noexcept
    {
        constexpr std::size_t longest_host_label = 63;
        const auto allowed = [](char c) {
            return detail::is_lower(c) || detail::is_digit(c) || c == '-';
        };
        if (bucket.empty())
            return "must not be empty";
        if (bucket.size() > longest_host_label)
            return "must not be longer than 63 bytes";
        if (!std::ranges::all_of(bucket, allowed))
            return "must be lower-case letters, digits and hyphens";
        const auto hyphen = bucket.rfind('-');
        if (hyphen == std::string_view::npos || hyphen == 0 || hyphen + 1 == bucket.size() ||
            !std::ranges::all_of(bucket.substr(hyphen + 1), detail::is_digit))
            return "must end in a hyphen and the numeric APPID, as in examplebucket-1250000000";
        if (bucket.front() == '-')
            return "must not begin with a hyphen";
        return {};
    }

    /// Source: COS documentation, "Object Overview" and "PUT Object". Keys that begin with a slash
    /// are there all the same: official SDKs make them of `//name`.
    static constexpr naming_rules creating{.longest_key = 850,
        .leading_slash = false,
        .any_byte = false,
        .dot_segments = false,
        .token_names = false,
        .received_values = false,
        .longest_metadata = 2048};
    static constexpr naming_rules existing{};
};

} // namespace cosio::inline v0::dialect

#endif

// ---- cosio/auth/sig_v4.hpp ----------------------------------------------------------------------

// The request signature of S3, AWS Signature Version 4, as a pure function.
// Source: Amazon S3 documentation, "Signature Calculations for the Authorization Header".

#ifndef COSIO_AUTH_SIG_V4_HPP
#define COSIO_AUTH_SIG_V4_HPP

namespace cosio::inline v0::auth {

inline constexpr std::string_view sig_v4_algorithm = "AWS4-HMAC-SHA256";

/// Stands for the hash of a body that is not signed.
inline constexpr std::string_view unsigned_payload = "UNSIGNED-PAYLOAD";

/// `20130524T000000Z`.
[[nodiscard]] inline std::string sig_v4_time(std::chrono::sys_seconds time)
{
    auto text = http::format_iso_date(time);
    std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
    return text;
}

/// Where and when a signature is valid, and for which service.
struct sig_v4_scope
{
    std::chrono::sys_seconds time{};
    std::string region{};
    std::string service = "s3";

    /// `20130524`.
    [[nodiscard]] std::string date() const { return sig_v4_time(time).substr(0, 8); }

    /// `20130524/us-east-1/s3/aws4_request`.
    [[nodiscard]] std::string text() const
    {
        return date().append("/").append(region).append("/").append(service).append(
            "/aws4_request");
    }
};

/// Whether a header field of that name is signed: all are but those that stations on the way may
/// change or add.
[[nodiscard]] inline bool is_sig_v4_field(std::string_view name) noexcept
{
    static constexpr std::array<std::string_view, 5> names{
        "authorization", "connection", "expect", "transfer-encoding", "user-agent"};
    return std::ranges::none_of(
        names, [name](auto each) { return detail::equal_ignoring_case(each, name); });
}

/// Header fields as they are signed: lower-case names in order, values without needless blanks.
/// Some values are keys, so the text is wiped.
class sig_v4_headers
{
public:
    void add(std::string_view name, std::string_view value)
    {
        position at;
        at.start = text_.size();
        for (const char c : name)
            text_.push_back(detail::to_lower(c));
        at.name_end = text_.size();
        const auto is_blank = [](char c) { return c == ' ' || c == '\t'; };
        for (const char c : value) {
            const bool first = text_.size() == at.name_end;
            if (is_blank(c) && (first || is_blank(text_.view().back())))
                continue;
            text_.push_back(is_blank(c) ? ' ' : c);
        }
        at.end = text_.size();
        while (at.end != at.name_end && is_blank(text_.view()[at.end - 1]))
            --at.end;
        fields_.push_back(at);
    }

    /// Adds those fields that are signed.
    void add_signed(const http::field_list& fields)
    {
        for (std::size_t i = 0; i != fields.size(); ++i)
            if (const auto each = fields[i]; is_sig_v4_field(each.name))
                add(each.name, each.value);
    }

    /// Sorts by name; call it once, after the last `add`.
    void sort()
    {
        std::ranges::sort(fields_, {}, [this](const position& field) {
            return std::pair(name_of(field), field.start); // Equal names keep their order.
        });
    }

    /// Feeds `name:value` lines to the hash; the values of equal names become one list.
    template <class Hash>
    void hash_into(Hash& hash) const
    {
        for (std::size_t i = 0; i != fields_.size(); ++i) {
            const bool goes_on = i != 0 && name_of(fields_[i]) == name_of(fields_[i - 1]);
            const bool is_last =
                i + 1 == fields_.size() || name_of(fields_[i]) != name_of(fields_[i + 1]);
            hash.update(detail::bytes_of(goes_on ? std::string_view{} : name_of(fields_[i])));
            hash.update(detail::bytes_of(goes_on ? "," : ":"));
            hash.update(detail::bytes_of(value_of(fields_[i])));
            hash.update(detail::bytes_of(is_last ? "\n" : ""));
        }
    }

    /// `n1;n2`.
    [[nodiscard]] std::string names() const
    {
        std::string out;
        std::string_view before;
        for (const auto& field : fields_) {
            if (name_of(field) == before)
                continue;
            before = name_of(field);
            out.append(out.empty() ? "" : ";").append(before);
        }
        return out;
    }

private:
    struct position
    {
        std::size_t start = 0;
        std::size_t name_end = 0;
        std::size_t end = 0;
    };

    [[nodiscard]] std::string_view name_of(const position& field) const
    {
        return text_.view().substr(field.start, field.name_end - field.start);
    }
    [[nodiscard]] std::string_view value_of(const position& field) const
    {
        return text_.view().substr(field.name_end, field.end - field.name_end);
    }

    crypto::secret_buffer text_{};
    std::vector<position> fields_{};
};

/// The signing key of one secret key, day, region and service. Not thread safe.
class sig_v4_key
{
public:
    /// Errors: `errc::crypto_unavailable`.
    [[nodiscard]] static result<sig_v4_key> derive(
        std::string_view secret_key, const sig_v4_scope& scope)
    {
        crypto::secret_buffer start("AWS4");
        start.append(secret_key);
        crypto::secret_bytes<32> key;
        auto next = crypto::hmac_sha256(
            detail::bytes_of(start.view()), detail::bytes_of(scope.date()));
        for (const std::string_view text :
            {std::string_view(scope.region), std::string_view(scope.service),
                std::string_view("aws4_request")}) {
            if (!next)
                return next.error();
            std::ranges::copy(*next, key.writable().begin());
            crypto::wipe(next->data(), next->size());
            next = crypto::hmac_sha256(key.view(), detail::bytes_of(text));
        }
        if (!next)
            return next.error();
        std::ranges::copy(*next, key.writable().begin());
        crypto::wipe(next->data(), next->size());
        sig_v4_key made(key);
        if (!made.hmac_.usable())
            return crypto::digest_unavailable("SHA256");
        return made;
    }

    [[nodiscard]] result<crypto::sha256_value> sign(std::string_view text)
    {
        return hmac_.sign(detail::bytes_of(text));
    }

private:
    explicit sig_v4_key(const crypto::secret_bytes<32>& key) : hmac_(key.view()) {}

    crypto::hmac_sha256_key hmac_;
};

/// The parameters of a target in the order in which they are signed.
[[nodiscard]] inline std::string sig_v4_query(const http::target& target)
{
    std::vector<std::pair<std::string_view, std::string_view>> parameters;
    for (std::size_t i = 0; i != target.parameter_count(); ++i) {
        const auto [name, value] = target.parameter_at(i);
        parameters.emplace_back(name, value);
    }
    std::ranges::sort(parameters);
    std::string text;
    for (const auto& [name, value] : parameters)
        text.append(text.empty() ? "" : "&").append(name).append("=").append(value);
    return text;
}

/// The signature of a request in hexadecimal digits: method, path and all parameters of the target,
/// the headers that were added, and `payload_hash`, the SHA-256 of the body in hexadecimal digits
/// or a word that stands for it. Errors: `errc::crypto_unavailable`.
[[nodiscard]] inline result<std::string> sig_v4(sig_v4_key& key, const sig_v4_scope& scope,
    http::method method, const http::target& target, const sig_v4_headers& sorted_headers,
    std::string_view payload_hash)
{
    crypto::hasher<crypto::digest_algorithm::sha256> request_hash;
    const auto hash_line = [&request_hash](std::string_view text) {
        request_hash.update(detail::bytes_of(text));
        request_hash.update(detail::bytes_of("\n"));
    };
    hash_line(http::name_of(method));
    hash_line(target.signed_path()); // Encoded once and not normalised: as S3 does, alone in AWS.
    hash_line(sig_v4_query(target));
    sorted_headers.hash_into(request_hash);
    hash_line({});
    hash_line(sorted_headers.names());
    request_hash.update(detail::bytes_of(payload_hash));
    const auto request_digest = request_hash.finish();
    if (!request_digest)
        return request_digest.error();

    std::string text(sig_v4_algorithm);
    text.append("\n").append(sig_v4_time(scope.time)).append("\n").append(scope.text());
    text.append("\n");
    crypto::append_hex(text, *request_digest);
    const auto mac = key.sign(text);
    if (!mac)
        return mac.error();
    return crypto::hex(*mac);
}

} // namespace cosio::inline v0::auth

#endif

// ---- cosio/auth/sig_v4_signer.hpp ---------------------------------------------------------------

// Signs the requests of one client with SigV4, deriving a signing key once a day.

#ifndef COSIO_AUTH_SIG_V4_SIGNER_HPP
#define COSIO_AUTH_SIG_V4_SIGNER_HPP

namespace cosio::inline v0::auth {

/// Thread safe: a mutex guards the cached signing key, which is wiped with the signer.
class sig_v4_signer final : public request_signer
{
public:
    static constexpr std::string_view date_header = "x-amz-date";
    static constexpr std::string_view token_header = "x-amz-security-token";
    /// Tells the service what stands for the body in the signature.
    static constexpr std::string_view body_hash_header = "x-amz-content-sha256";
    /// Its value for a body that is not signed.
    static constexpr std::string_view unsigned_body = unsigned_payload;
    /// The service's limit for pre-signed URLs.
    static constexpr std::chrono::seconds longest_validity = std::chrono::hours(24 * 7);

    /// `region` is the one that the service signs for.
    explicit sig_v4_signer(std::string_view region) : region_(region) {}

    /// Adds date, token and `Authorization` to `attempt_fields`, signing these and
    /// `request_fields`. What `body_hash_header` among these says is signed for the body; without
    /// it, the body is declared as unsigned.
    ///
    /// Nothing is added for anonymous credentials. Errors: `errc::crypto_unavailable`.
    [[nodiscard]] result<void> sign(http::method method, const http::target& target,
        const http::field_list& request_fields, http::field_list& attempt_fields,
        const credentials& who, std::chrono::sys_seconds now) override
    {
        if (who.is_anonymous())
            return {};
        const sig_v4_scope scope{now, region_};
        attempt_fields.add(date_header, sig_v4_time(now));
        if (!who.session_token().empty())
            attempt_fields.add(token_header, who.session_token());
        const auto payload_hash = request_fields.find(body_hash_header);
        if (!payload_hash)
            attempt_fields.add(body_hash_header, unsigned_payload);

        sig_v4_headers headers;
        headers.add_signed(attempt_fields);
        headers.add_signed(request_fields);
        headers.sort();
        const std::lock_guard lock(mutex_);
        if (auto ready = refresh(who, scope); !ready)
            return ready;
        const auto signature = sig_v4(key_->key, scope, method, target, headers,
            payload_hash.value_or(unsigned_payload));
        if (!signature)
            return signature.error();
        attempt_fields.add_written("Authorization", [&](crypto::secret_buffer& text) {
            text.append(sig_v4_algorithm, " Credential=", who.secret_id(), "/", scope.text(),
                ", SignedHeaders=", headers.names(), ", Signature=", *signature);
        });
        return {};
    }

    /// Appends the signature to `target` as `X-Amz-*` parameters, for a URL that anyone may use
    /// from `now` on for `validity`. The token is signed as a parameter; the body is not signed.
    ///
    /// `fields` are those that the user of the URL must send, `Host` among them.
    /// Errors: `errc::invalid_argument` for a validity of more than a week,
    /// `errc::crypto_unavailable`.
    [[nodiscard]] result<void> presign(http::method method, http::target& target,
        const http::field_list& fields, const credentials& who, std::chrono::sys_seconds now,
        std::chrono::seconds validity) const
    {
        if (who.is_anonymous())
            return {};
        if (validity > longest_validity)
            return error(errc::invalid_argument, "must be at most 7 days", "validity");
        const sig_v4_scope scope{now, region_};
        sig_v4_headers headers;
        headers.add_signed(fields);
        headers.sort();
        target.add_parameter("X-Amz-Algorithm", sig_v4_algorithm);
        target.add_parameter(
            "X-Amz-Credential", std::string(who.secret_id()) + "/" + scope.text());
        target.add_parameter("X-Amz-Date", sig_v4_time(now));
        target.add_parameter("X-Amz-Expires", std::to_string(validity.count()));
        target.add_parameter("X-Amz-SignedHeaders", headers.names());
        if (!who.session_token().empty())
            target.add_parameter("X-Amz-Security-Token", who.session_token());
        auto key = sig_v4_key::derive(who.secret_key(), scope);
        if (!key)
            return std::move(key).error();
        const auto signature = sig_v4(*key, scope, method, target, headers, unsigned_payload);
        if (!signature)
            return signature.error();
        target.add_parameter("X-Amz-Signature", *signature);
        return {};
    }

    /// How many signing keys were derived, for tests of the cache.
    [[nodiscard]] std::size_t derived() const
    {
        const std::lock_guard lock(mutex_);
        return derived_;
    }

private:
    struct cached_key
    {
        credentials of;
        std::string date;
        sig_v4_key key;
    };

    result<void> refresh(const credentials& who, const sig_v4_scope& scope)
    {
        auto date = scope.date();
        if (key_ && key_->date == date && key_->of == who)
            return {};
        auto key = sig_v4_key::derive(who.secret_key(), scope);
        if (!key)
            return std::move(key).error();
        ++derived_;
        key_.emplace(cached_key{who, std::move(date), std::move(*key)});
        return {};
    }

    const std::string region_;
    mutable std::mutex mutex_{};
    std::optional<cached_key> key_{};
    std::size_t derived_ = 0;
};

} // namespace cosio::inline v0::auth

#endif

// ---- cosio/dialect/s3_error_codes.hpp -----------------------------------------------------------

// The error codes of S3 where they are other words than those of COS.

#ifndef COSIO_DIALECT_S3_ERROR_CODES_HPP
#define COSIO_DIALECT_S3_ERROR_CODES_HPP

namespace cosio::inline v0::dialect {

/// Sorted by name, for a binary search. Source: Amazon S3 API Reference, "Error responses"; AWS KMS
/// API Reference for those that begin with `KMS.`.
inline constexpr std::array s3_error_names{
    detail::service_code_name{
        "AuthorizationQueryParametersError", service_errc::authorization_malformed},
    detail::service_code_name{
        "IllegalLocationConstraintException", service_errc::wrong_region},
    detail::service_code_name{"InvalidStorageClass", service_errc::not_supported_storage_class},
    detail::service_code_name{"KMS.DisabledException", service_errc::kms_key_disabled},
    detail::service_code_name{"KMS.InternalException", service_errc::kms_internal_exception},
    detail::service_code_name{"KMS.KMSInternalException", service_errc::kms_internal_exception},
    detail::service_code_name{"KMS.NotFoundException", service_errc::kms_key_not_exist},
    detail::service_code_name{"KMS.ThrottlingException", service_errc::kms_freq_control},
    detail::service_code_name{"KeyTooLongError", service_errc::key_too_long},
    detail::service_code_name{"MaxMessageLengthExceeded", service_errc::xml_size_limit},
    detail::service_code_name{"NoSuchTagSetError", service_errc::no_such_tag_set},
    detail::service_code_name{"OperationAborted", service_errc::path_conflict},
    detail::service_code_name{"Redirect", service_errc::temporary_redirect},
    detail::service_code_name{"RequestLimitExceeded", service_errc::slow_down},
    detail::service_code_name{"ServerSideEncryptionConfigurationNotFoundError",
        service_errc::no_such_encryption_configuration},
    detail::service_code_name{"Throttling", service_errc::slow_down},
    detail::service_code_name{"ThrottlingException", service_errc::slow_down},
    detail::service_code_name{"XAmzContentSHA256Mismatch", service_errc::bad_digest},
};

static_assert(detail::is_sorted_by_name(s3_error_names));

/// The enumerator of a `<Code>`, or `unknown`.
[[nodiscard]] inline service_errc s3_error_code(std::string_view code) noexcept
{
    if (const auto found = detail::find_service_code(s3_error_names, code))
        return *found;
    return code.starts_with("KMS.") ? service_errc::kms_exception : service_errc_from_code(code);
}

} // namespace cosio::inline v0::dialect

#endif

// ---- cosio/dialect/s3.hpp -----------------------------------------------------------------------

// The REST API of Amazon S3, as Ceph, MinIO and COS itself speak it too: names of headers and
// values, rules for hosts, buckets and keys, what replies tell.

#ifndef COSIO_DIALECT_S3_HPP
#define COSIO_DIALECT_S3_HPP

namespace cosio::inline v0::dialect {

/// What is particular to S3. Source: Amazon S3 API Reference.
///
/// `sse::cos_managed` is SSE-S3 here. Regions are those of the service, such as `us-east-1`; a
/// service that is not Amazon's is named by `config::endpoint`.
struct s3
{
    using signer = auth::sig_v4_signer;

    /// What signs the requests of a client.
    [[nodiscard]] static std::unique_ptr<signer> make_signer(std::string_view region)
    {
        return std::make_unique<signer>(region);
    }

    struct header
    {
        static constexpr std::string_view encryption = "x-amz-server-side-encryption";
        static constexpr std::string_view kms_key_id =
            "x-amz-server-side-encryption-aws-kms-key-id";
        static constexpr std::string_view kms_context = "x-amz-server-side-encryption-context";
        static constexpr std::string_view customer_algorithm =
            "x-amz-server-side-encryption-customer-algorithm";
        static constexpr std::string_view customer_key =
            "x-amz-server-side-encryption-customer-key";
        static constexpr std::string_view customer_key_md5 =
            "x-amz-server-side-encryption-customer-key-MD5";
        static constexpr std::string_view source_customer_algorithm =
            "x-amz-copy-source-server-side-encryption-customer-algorithm";
        static constexpr std::string_view source_customer_key =
            "x-amz-copy-source-server-side-encryption-customer-key";
        static constexpr std::string_view source_customer_key_md5 =
            "x-amz-copy-source-server-side-encryption-customer-key-MD5";

        static constexpr std::string_view copy_source = "x-amz-copy-source";
        static constexpr std::string_view copy_source_range = "x-amz-copy-source-range";
        static constexpr std::string_view copy_source_if_match = "x-amz-copy-source-if-match";
        static constexpr std::string_view copy_source_if_none_match =
            "x-amz-copy-source-if-none-match";
        static constexpr std::string_view copy_source_if_modified_since =
            "x-amz-copy-source-if-modified-since";
        static constexpr std::string_view copy_source_if_unmodified_since =
            "x-amz-copy-source-if-unmodified-since";
        static constexpr std::string_view copy_source_version_id =
            "x-amz-copy-source-version-id";
        static constexpr std::string_view metadata_directive = "x-amz-metadata-directive";
        static constexpr std::string_view tagging_directive = "x-amz-tagging-directive";

        static constexpr std::string_view metadata_prefix = "x-amz-meta-";
        static constexpr std::string_view storage_class = "x-amz-storage-class";
        static constexpr std::string_view acl = "x-amz-acl";
        static constexpr std::string_view grant_read = "x-amz-grant-read";
        static constexpr std::string_view grant_read_acp = "x-amz-grant-read-acp";
        static constexpr std::string_view grant_write_acp = "x-amz-grant-write-acp";
        static constexpr std::string_view grant_full_control = "x-amz-grant-full-control";
        static constexpr std::string_view tagging = "x-amz-tagging";
        static constexpr std::string_view traffic_limit{}; ///< S3 has none.

        static constexpr std::string_view version_id = "x-amz-version-id";
        static constexpr std::string_view delete_marker = "x-amz-delete-marker";
        static constexpr std::string_view restore = "x-amz-restore";
        static constexpr std::string_view bucket_region = "x-amz-bucket-region";
        /// COS speaks S3 as well, and has its own name for it.
        static constexpr std::string_view other_bucket_region = "x-cos-bucket-region";
        static constexpr std::string_view bucket_az_type{}; ///< S3 has none.
        static constexpr std::string_view request_id = "x-amz-request-id";
        /// COS speaks S3 as well, and has its own name for it.
        static constexpr std::string_view other_request_id = "x-cos-request-id";
        static constexpr std::string_view trace_id = "x-amz-id-2";
        static constexpr std::string_view retry_marker{}; ///< S3 has none.
        static constexpr std::string_view security_token = "x-amz-security-token";
    };

    struct value
    {
        static constexpr std::string_view encryption_cos_managed = "AES256";
        static constexpr std::string_view encryption_kms = "aws:kms";
        static constexpr std::string_view customer_algorithm = "AES256";
        static constexpr std::string_view copy_directive = "COPY";
        static constexpr std::string_view replace_directive = "REPLACE";
        static constexpr std::string_view bucket_encryption_kms = "aws:kms";
        /// The element of a restore document that holds the tier.
        static constexpr std::string_view restore_parameters = "GlacierJobParameters";
        static constexpr std::string_view document_namespace =
            "http://s3.amazonaws.com/doc/2006-03-01/";
    };

    // Limits of multipart uploads; the last part may be smaller.
    static constexpr std::uint64_t minimum_part_size = std::uint64_t{5} << 20U;
    static constexpr std::uint64_t maximum_part_size = std::uint64_t{5} << 30U;
    static constexpr std::uint32_t maximum_parts = 10'000;
    /// The largest object that one request copies.
    static constexpr std::uint64_t maximum_copy_size = std::uint64_t{5} << 30U;

    /// No reply states a CRC64 of COS's polynomial: uploads are checked by Content-MD5 instead.
    static constexpr bool states_crc64 = false;
    static constexpr bool accepts_chunked_bodies = false;
    static constexpr bool signs_bodies = true;
    static constexpr bool limits_traffic = false;
    static constexpr bool lists_by_token = true;
    static constexpr bool restore_takes_customer_key = false;
    static constexpr bool copies_between_regions = false;
    /// Amazon confirms the mode, Ceph does not; the reply to initiating the upload has proved it.
    static constexpr bool part_copy_reply_confirms_encryption = false;
    /// Amazon confirms all but the customer key, Ceph nothing.
    static constexpr bool completion_confirms_encryption = false;
    /// The document of a completed upload may state an empty ETag: Ceph 16 writes it so.
    static constexpr bool completion_may_lack_etag = true;

    /// As the header carries it; empty for a class that S3 does not have.
    [[nodiscard]] static constexpr std::string_view name_of(storage_class value) noexcept
    {
        switch (value) {
        case storage_class::standard:
        case storage_class::standard_ia:
        case storage_class::intelligent_tiering:
        case storage_class::deep_archive: return cosio::name_of(value);
        case storage_class::archive: return "GLACIER";
        default: return {};
        }
    }
    /// As the header carries it; empty for an ACL that S3 does not have.
    [[nodiscard]] static constexpr std::string_view name_of(acl value) noexcept
    {
        return value == acl::bucket_default ? std::string_view{} : cosio::name_of(value);
    }

    /// The enumerator of an error document's `<Code>`.
    [[nodiscard]] static service_errc error_code(std::string_view code) noexcept
    {
        return s3_error_code(code);
    }

    /// Whether a reply that names the KMS key `said` confirms the key `asked` for. AWS answers with
    /// the ARN of the key, which ends in its id; what an alias stands for only AWS knows.
    [[nodiscard]] static bool is_same_kms_key(std::string_view asked, std::string_view said)
    {
        if (asked == said)
            return true;
        if (!said.starts_with("arn:"))
            return false;
        const bool is_alias = asked.starts_with("alias/") ||
            (asked.starts_with("arn:") && asked.find(":alias/") != std::string_view::npos);
        return is_alias || said.substr(said.rfind('/') + 1) == asked;
    }

    /// `Content-Encoding` as it was stored: some services keep the coding in which other clients
    /// send their bodies, and give it back.
    [[nodiscard]] static std::string_view stored_content_encoding(std::string_view said)
    {
        constexpr std::string_view transfer = "aws-chunked";
        if (!said.starts_with(transfer))
            return said;
        const auto rest = detail::trimmed(said.substr(transfer.size()));
        if (rest.empty())
            return rest;
        return rest.front() == ',' ? detail::trimmed(rest.substr(1)) : said;
    }

    /// What stands before the key in a copy source. The service finds a bucket by its name.
    [[nodiscard]] static std::string copy_source_base(std::string_view bucket, std::string_view)
    {
        return std::string(bucket).append("/");
    }

    /// Whether a bucket cannot be part of the host name, whatever the configuration says: the
    /// certificate of the service covers one label before its name, and names of old buckets are no
    /// part of a host name.
    [[nodiscard]] static bool needs_path_style(std::string_view bucket, scheme how) noexcept
    {
        return (how == scheme::https && bucket.find('.') != std::string_view::npos) ||
            !is_host_label(bucket);
    }

    /// Amazon's host in a region, to which the bucket's name is prefixed.
    [[nodiscard]] static std::string service_host(std::string_view region)
    {
        return std::string("s3.").append(region).append(
            region.starts_with("cn-") ? ".amazonaws.com.cn" : ".amazonaws.com");
    }

    /// The region in a host of Amazon's, bucket before it or not, in any of the forms that
    /// redirects name; empty for any other host. A view into `host`. Source: Amazon S3 API Reference,
    /// "Endpoints and quotas"; S3 User Guide, "Virtual hosting of buckets".
    [[nodiscard]] static constexpr std::string_view region_of_host(std::string_view host) noexcept
    {
        for (const std::string_view domain : {".amazonaws.com", ".amazonaws.com.cn"}) {
            if (!host.ends_with(domain))
                continue;
            host.remove_suffix(domain.size());
            const auto dot = host.rfind('.');
            const auto last = host.substr(dot == std::string_view::npos ? 0 : dot + 1);
            if (last.starts_with("s3-fips-"))
                return last.substr(8);
            if (last.starts_with("s3-website") || last == "s3-accelerate" || last == "s3-external-1")
                return {};
            if (last.starts_with("s3-"))
                return last.substr(3);
            const auto before = host.substr(0, dot == std::string_view::npos ? 0 : dot);
            const auto service = before.substr(before.rfind('.') + 1);
            const bool usual =
                service == "s3" || service == "s3-fips" || before.ends_with("s3.dualstack") ||
                before.ends_with("s3-fips.dualstack");
            return usual ? last : std::string_view{};
        }
        return {};
    }

    /// No host has another name.
    [[nodiscard]] static std::string backup_host(std::string_view) { return {}; }

    /// Why `bucket` is no bucket name; empty when it is one. No bucket is created here, so names
    /// count that Amazon gave before 2018. Source: S3 User Guide, "Bucket naming rules".
    [[nodiscard]] static std::string_view bucket_problem(std::string_view bucket) noexcept
    {
        constexpr std::size_t shortest = 3;
        constexpr std::size_t longest = 255;
        const auto allowed = [](char c) {
            return detail::is_alphanumeric(c) || c == '-' || c == '.' || c == '_';
        };
        if (bucket.size() < shortest || bucket.size() > longest)
            return "must be 3 to 63 bytes, of an old bucket 255";
        if (!std::ranges::all_of(bucket, allowed))
            return "must be letters, digits, hyphens, dots and underscores";
        if (!detail::is_alphanumeric(bucket.front()) || !detail::is_alphanumeric(bucket.back()))
            return "must begin and end with a letter or a digit";
        if (bucket.find("..") != std::string_view::npos || detail::is_ipv4_literal(bucket))
            return "must not have two dots in a row, nor be an address";
        return {};
    }

    /// Source: S3 User Guide, "Naming Amazon S3 objects" and "Working with object metadata". Control
    /// bytes and dot segments are "characters to avoid" there: they are, in what is created.
    static constexpr naming_rules creating{.any_byte = false,
        .dot_segments = false,
        .received_values = false,
        .longest_metadata = 2048};
    static constexpr naming_rules existing{};

private:
    /// Whether `bucket` can stand in a host name, which has no upper case.
    [[nodiscard]] static bool is_host_label(std::string_view bucket) noexcept
    {
        constexpr std::size_t longest = 63;
        const auto unfit = [](char c) { return c == '_' || detail::to_lower(c) != c; };
        return bucket.size() <= longest && std::ranges::none_of(bucket, unfit);
    }
};

} // namespace cosio::inline v0::dialect

#endif

// ---- cosio/net/warm_up.hpp ----------------------------------------------------------------------

// Opens connections before they are needed.

#ifndef COSIO_NET_WARM_UP_HPP
#define COSIO_NET_WARM_UP_HPP

namespace cosio::inline v0::net {

/// Several connections that are opened side by side, each with a control of its own.
class connections_under_way final : public interruptible,
                                    public std::enable_shared_from_this<connections_under_way>
{
public:
    connections_under_way(std::shared_ptr<client_core> core, std::shared_ptr<const origin> where,
        const asio::any_io_executor& executor)
        : core_(std::move(core)), where_(std::move(where)),
          parked_(std::make_shared<parking>(executor)), executor_(executor)
    {}

    [[nodiscard]] asio::awaitable<result<std::size_t>> open(
        operation_control& control, const timeout_settings& limits, std::size_t count)
    {
        for (std::size_t i = 0; i != count; ++i)
            controls_.push_back(
                std::make_shared<operation_control>(executor_, limits, core_->deadlines));
        left_ = count;
        for (const auto& each : controls_)
            asio::co_spawn(executor_, open_one(shared_from_this(), each), ignore_outcome());
        if (left_ != 0) {
            const operation_control::waiting waiting(control, *this, step::untimed);
            co_await parked_->wait(control);
        }
        interrupt(); // When the wait was ended from outside.
        if (auto stop = control.stopped())
            co_return std::move(*stop);
        if (opened_ == 0 && failure_.code)
            co_return std::move(failure_);
        co_return opened_;
    }

    void interrupt() noexcept override
    {
        for (const auto& each : controls_)
            each->cancel();
        parked_->interrupt();
    }

private:
    struct ignore_outcome
    {
        void operator()(const std::exception_ptr&) const noexcept {}
    };

    static asio::awaitable<void> open_one(
        std::shared_ptr<connections_under_way> self, std::shared_ptr<operation_control> control)
    {
        result<opened_stream> opened = error(errc::out_of_memory);
        try {
            opened = co_await self->core_->connects.open(*control, *self->where_);
        } catch (...) { // Without memory there is one connection less.
        }
        self->done(std::move(opened));
    }

    void done(result<opened_stream> opened)
    {
        auto& pool = *core_->connections;
        if (opened) {
            pool.count_opened(opened->resumed);
            try {
                pool.add_idle(*where_, std::make_unique<connection>(std::move(opened->bytes)));
                ++opened_;
            } catch (...) { // Those who wait have to be told all the same.
                failure_ = error(errc::out_of_memory);
            }
        } else {
            pool.count_failed();
            failure_ = std::move(opened).error();
        }
        if (--left_ == 0)
            parked_->interrupt();
    }

    std::shared_ptr<client_core> core_;
    std::shared_ptr<const origin> where_;
    std::shared_ptr<parking> parked_;
    asio::any_io_executor executor_;
    std::vector<std::shared_ptr<operation_control>> controls_{};
    std::size_t left_ = 0;
    std::size_t opened_ = 0;
    error failure_{};
};

/// The coroutine behind `client::warm_up`: as many connections to `host` as are wanted and do not
/// lie idle already. Yields how many were opened; fails when none was, though some were wanted.
[[nodiscard]] inline asio::awaitable<result<std::size_t>> run_warm_up(
    std::shared_ptr<client_core> core, std::shared_ptr<operation_control> control,
    timeout_settings limits, result<operation::prepared_request> request, std::size_t wanted)
{
    try {
        if (!request)
            co_return std::move(request).error();
        auto where = core->origin_of(request->host);
        const auto missing = core->connections->missing_to(*where, wanted);
        const auto under_way = std::make_shared<connections_under_way>(
            core, std::move(where), control->executor());
        auto opened = co_await under_way->open(*control, limits, missing);
        co_return opened;
    } catch (...) {
        co_return error_of_exception();
    }
}

} // namespace cosio::inline v0::net

#endif

// ---- cosio/operation/abort_multipart_upload.hpp -------------------------------------------------

// Abort Multipart Upload: gives an upload and its parts up.

#ifndef COSIO_OPERATION_ABORT_MULTIPART_UPLOAD_HPP
#define COSIO_OPERATION_ABORT_MULTIPART_UPLOAD_HPP

namespace cosio::inline v0::operation {

/// `DELETE /<key>?uploadId`. Source: COS documentation, "Abort Multipart Upload".
template <class Dialect>
struct abort_multipart_upload
{
    using request_type = abort_multipart_upload_request;
    using result_type = abort_multipart_upload_result;
    static constexpr facts what{
        .name = "AbortMultipartUpload",
        .proof = proofs::abort_multipart_upload};

    [[nodiscard]] static result<prepared_request> encode(
        const request_type& request, const service_endpoint& endpoint)
    {
        request_builder<Dialect> build(http::method::delete_, endpoint);
        build.object(request.bucket, request.key, direction::existing);
        build.required_parameter("uploadId", request.upload_id, "upload_id");
        return std::move(build).finish();
    }

    /// An earlier attempt whose reply was lost may have ended the upload: then the next one finds
    /// none.
    [[nodiscard]] static std::optional<result_type> done_by_earlier_attempt(const error& why)
    {
        if (why.code != service_errc::no_such_upload)
            return std::nullopt;
        result_type out;
        out.request_id = why.request_id;
        return out;
    }

    [[nodiscard]] static result<void> decode(
        result_type& out, const expectation&, reply&& got)
    {
        out.request_id = request_id_of<Dialect>(got);
        return {};
    }
};

} // namespace cosio::inline v0::operation

#endif

// ---- cosio/operation/shared/part_addressing.hpp -------------------------------------------------

// How requests name an upload and its parts.

#ifndef COSIO_OPERATION_SHARED_PART_ADDRESSING_HPP
#define COSIO_OPERATION_SHARED_PART_ADDRESSING_HPP

namespace cosio::inline v0::operation {

/// Source: COS documentation, "Upload Part".
inline constexpr std::uint32_t highest_part_number = 10'000;

[[nodiscard]] constexpr bool is_part_number(std::uint32_t number) noexcept
{
    return number >= 1 && number <= highest_part_number;
}

template <class Dialect>
void encode_part(
    request_builder<Dialect>& build, std::uint32_t part_number, std::string_view upload_id)
{
    if (!is_part_number(part_number))
        build.refuse(errc::invalid_part_number, "must be 1 to 10000", "part_number");
    build.parameter("partNumber", std::to_string(part_number));
    build.required_parameter("uploadId", upload_id, "upload_id");
}

} // namespace cosio::inline v0::operation

#endif

// ---- cosio/xml/writer.hpp -----------------------------------------------------------------------

// Writes the small XML documents that requests carry.

#ifndef COSIO_XML_WRITER_HPP
#define COSIO_XML_WRITER_HPP

namespace cosio::inline v0::xml {

/// Appends elements to a document. Names are trusted; text is escaped.
class writer
{
public:
    /// Opens an element. `name` must outlive the matching `close()`.
    writer& open(std::string_view name)
    {
        document_.append("<").append(name).append(">");
        open_.push_back(name);
        return *this;
    }

    /// Closes the innermost open element; requires one.
    writer& close()
    {
        document_.append("</").append(open_.back()).append(">");
        open_.pop_back();
        return *this;
    }

    /// `<name>text</name>`. `text` must be XML text, see `is_xml_text`.
    writer& element(std::string_view name, std::string_view text)
    {
        open(name);
        append_escaped(document_, text);
        return close();
    }

    writer& element(std::string_view name, std::uint64_t number)
    {
        return element(name, std::to_string(number));
    }

    /// Elements that were written elsewhere.
    writer& raw(std::string_view elements)
    {
        document_.append(elements);
        return *this;
    }

    [[nodiscard]] const std::string& document() const& noexcept { return document_; }
    [[nodiscard]] std::string document() && noexcept { return std::move(document_); }

private:
    std::string document_{};
    std::vector<std::string_view> open_{};
};

} // namespace cosio::inline v0::xml

#endif

// ---- cosio/operation/complete_multipart_upload.hpp ----------------------------------------------

// Complete Multipart Upload: makes an object of the parts.

#ifndef COSIO_OPERATION_COMPLETE_MULTIPART_UPLOAD_HPP
#define COSIO_OPERATION_COMPLETE_MULTIPART_UPLOAD_HPP

namespace cosio::inline v0::operation {

/// `POST /<key>?uploadId`. Source: COS documentation, "Complete Multipart Upload".
template <class Dialect>
struct complete_multipart_upload
{
    using request_type = complete_multipart_upload_request;
    using result_type = complete_multipart_upload_result;
    static constexpr facts what{
        .name = "CompleteMultipartUpload", .error_inside_200 = true,
        .proof = proofs::complete_multipart_upload};

    [[nodiscard]] static result<prepared_request> encode(
        const request_type& request, const service_endpoint& endpoint)
    {
        request_builder<Dialect> build(http::method::post, endpoint);
        build.object(request.bucket, request.key, direction::existing);
        build.required_parameter("uploadId", request.upload_id, "upload_id");
        if (request.parts.empty())
            build.refuse(errc::invalid_argument, "must not be empty", "parts");
        xml::writer document;
        document.open("CompleteMultipartUpload");
        std::uint32_t before = 0;
        for (const auto& [number, etag] : request.parts) {
            if (!is_part_number(number) || number <= before)
                build.refuse(
                    errc::invalid_part_number, "must be 1 to 10000, ascending", "parts");
            if (!http::is_sendable_value(etag))
                build.refuse(errc::invalid_argument, "an ETag must be visible ASCII", "parts");
            before = number;
            document.open("Part").element("PartNumber", number).element("ETag", etag).close();
        }
        document.close();
        build.document(std::move(document).document());
        build.expected().encryption = expected_encryption<Dialect>(request.expected_sse);
        if constexpr (!Dialect::completion_confirms_encryption)
            build.expected().encryption.allow_silence();
        build.expected().crc64 = request.expected_crc64;
        return std::move(build).finish();
    }

    [[nodiscard]] static result<void> decode(
        result_type& out, const expectation& expected, reply&& got)
    {
        out.sse = decode_encryption<Dialect>(got.head);
        if (auto proved = expected.encryption.check(out.sse); !proved)
            return std::move(proved).error();
        xml::reader document(got.body);
        bool has_etag = false;
        const bool right_root = document.enter(what.proof.root);
        while (right_root && document.next_child()) {
            if (document.name() == "ETag") {
                out.etag = document.text();
                has_etag = Dialect::completion_may_lack_etag || is_etag(out.etag);
            } else if (document.name() == "Location") {
                out.location = document.text();
            } else {
                document.skip();
            }
        }
        auto whole = document.finish();
        if (!right_root || !whole || !has_etag)
            return unexpected_document(std::move(whole), what.proof.root);
        const auto crc64 = decode_crc64<Dialect>(got.head);
        if (!crc64)
            return crc64.error();
        out.crc64 = *crc64;
        if (expected.crc64) {
            if (auto equal = compare_crc64(*expected.crc64, out.crc64); !equal)
                return std::move(equal).error();
            out.crc64_verified = out.crc64.has_value();
        }
        out.version_id = got.head.get(Dialect::header::version_id);
        out.request_id = request_id_of<Dialect>(got);
        return {};
    }
};

} // namespace cosio::inline v0::operation

#endif

// ---- cosio/operation/shared/copy_source.hpp -----------------------------------------------------

// The object that a copy reads.

#ifndef COSIO_OPERATION_SHARED_COPY_SOURCE_HPP
#define COSIO_OPERATION_SHARED_COPY_SOURCE_HPP

namespace cosio::inline v0::operation {

/// `x-cos-copy-source` and its companions.
template <class Dialect>
void encode_copy_source(request_builder<Dialect>& build, const copy_source& source)
{
    using name = typename Dialect::header;
    if (const auto problem = Dialect::bucket_problem(source.bucket); !problem.empty())
        return build.refuse(errc::invalid_bucket, problem, "copy_source.bucket");
    if (const auto problem = key_problem<Dialect>(source.key, direction::existing);
        !problem.empty())
        return build.refuse(errc::invalid_key, problem, "copy_source.key");
    const std::string_view region =
        source.region.empty() ? std::string_view(build.endpoint().region) : source.region;
    if (!detail::is_host_name(region))
        return build.refuse(errc::invalid_argument,
            "must be letters, digits, hyphens and dots", "copy_source.region");

    if (!Dialect::copies_between_regions && region != build.endpoint().region)
        return build.refuse(errc::invalid_argument,
            "cannot be named: the service finds a bucket by its name alone",
            "copy_source.region");

    build.source_region(region);
    auto value = Dialect::copy_source_base(source.bucket, region);
    http::append_percent_encoded(value, source.key, http::slash::keep);
    if (!source.version_id.empty()) {
        value.append("?versionId=");
        http::append_percent_encoded(value, source.version_id, http::slash::encode);
    }
    build.header(name::copy_source, value, "copy_source");
    if (const auto* const customer = std::get_if<sse::customer>(&source.sse))
        encode_customer_key(build, *customer, source_key_headers<Dialect>, "copy_source.sse");
    constexpr condition_headers names{.if_match = name::copy_source_if_match,
        .if_none_match = name::copy_source_if_none_match,
        .if_modified_since = name::copy_source_if_modified_since,
        .if_unmodified_since = name::copy_source_if_unmodified_since};
    encode_conditions(build, source.conditions, names, "copy_source.conditions");
}

} // namespace cosio::inline v0::operation

#endif

// ---- cosio/operation/copy_object.hpp ------------------------------------------------------------

// PUT Object - Copy: copies an object within the service, re-encrypting it on the way.

#ifndef COSIO_OPERATION_COPY_OBJECT_HPP
#define COSIO_OPERATION_COPY_OBJECT_HPP

namespace cosio::inline v0::operation {

/// `PUT /<key>` with `x-cos-copy-source`. Source: COS documentation, "PUT Object - Copy".
template <class Dialect>
struct copy_object
{
    using request_type = copy_object_request;
    using result_type = copy_object_result;
    static constexpr facts what{
        .name = "CopyObject", .error_inside_200 = true,
        .proof = proofs::copy_object};

    [[nodiscard]] static result<prepared_request> encode(
        const request_type& request, const service_endpoint& endpoint)
    {
        request_builder<Dialect> build(http::method::put, endpoint);
        build.object(request.bucket, request.key, direction::creating);
        encode_copy_source(build, request.copy_source);
        encode_encryption(build, request.sse);
        encode_directives(build, request);
        encode_object_headers(build, request.headers);
        return std::move(build).finish();
    }

    [[nodiscard]] static result<void> decode(
        result_type& out, const expectation& expected, reply&& got)
    {
        out.sse = decode_encryption<Dialect>(got.head);
        if (auto proved = expected.encryption.check(out.sse); !proved)
            return std::move(proved).error();

        std::string crc64_text;
        xml::reader document(got.body);
        const bool right_root = document.enter(what.proof.root);
        while (right_root && document.next_child()) {
            const auto name = document.name();
            if (name == "ETag")
                out.etag = document.text();
            else if (name == "CRC64")
                crc64_text = document.text();
            else if (name == "LastModified")
                out.last_modified = http::parse_iso_date(document.text());
            else if (name == "VersionId")
                out.version_id = document.text();
            else
                document.skip();
        }
        auto whole = document.finish();
        if (!right_root || !whole || !is_etag(out.etag))
            return unexpected_document(std::move(whole), what.proof.root);
        const auto crc64 = parse_crc64(crc64_text);
        if (!crc64)
            return crc64.error();
        out.crc64 = *crc64;
        if (out.version_id.empty())
            out.version_id = got.head.get(Dialect::header::version_id);
        out.source_version_id = got.head.get(Dialect::header::copy_source_version_id);
        out.request_id = request_id_of<Dialect>(got);
        return {};
    }

private:
    [[nodiscard]] static bool has_content_headers(const object_headers& headers)
    {
        return !headers.content_type.empty() || !headers.cache_control.empty() ||
            !headers.content_disposition.empty() || !headers.content_encoding.empty() ||
            !headers.content_language.empty() || headers.expires || !headers.metadata.empty();
    }

    static void encode_directives(request_builder<Dialect>& build, const request_type& request)
    {
        const bool replace = request.directive == metadata_directive::replace;
        // The service would drop these without a word.
        if (!replace && has_content_headers(request.headers))
            build.refuse(errc::invalid_argument,
                "content headers and metadata need metadata_directive::replace", "headers");
        const auto& source = request.copy_source;
        const bool onto_itself = source.bucket == request.bucket && source.key == request.key &&
            source.version_id.empty();
        if (!replace && onto_itself)
            build.refuse(errc::invalid_argument,
                "a copy onto itself needs metadata_directive::replace", "directive");
        build.header(Dialect::header::metadata_directive,
            replace ? Dialect::value::replace_directive : Dialect::value::copy_directive);
        if (!request.headers.tags.empty() || request.tagging == tagging_directive::replace)
            build.header(Dialect::header::tagging_directive, Dialect::value::replace_directive);
    }
};

} // namespace cosio::inline v0::operation

#endif

// ---- cosio/operation/delete_bucket_encryption.hpp -----------------------------------------------

// DELETE Bucket encryption.

#ifndef COSIO_OPERATION_DELETE_BUCKET_ENCRYPTION_HPP
#define COSIO_OPERATION_DELETE_BUCKET_ENCRYPTION_HPP

namespace cosio::inline v0::operation {

/// `DELETE /?encryption`. Source: COS documentation, "DELETE Bucket encryption".
template <class Dialect>
struct delete_bucket_encryption
{
    using request_type = delete_bucket_encryption_request;
    using result_type = delete_bucket_encryption_result;
    static constexpr facts what{
        .name = "DeleteBucketEncryption",
        .proof = proofs::delete_bucket_encryption};

    [[nodiscard]] static result<prepared_request> encode(
        const request_type& request, const service_endpoint& endpoint)
    {
        request_builder<Dialect> build(http::method::delete_, endpoint);
        build.bucket(request.bucket);
        build.parameter("encryption", {});
        return std::move(build).finish();
    }

    [[nodiscard]] static result<void> decode(
        result_type& out, const expectation&, reply&& got)
    {
        out.request_id = request_id_of<Dialect>(got);
        return {};
    }
};

} // namespace cosio::inline v0::operation

#endif

// ---- cosio/operation/delete_object.hpp ----------------------------------------------------------

// DELETE Object.

#ifndef COSIO_OPERATION_DELETE_OBJECT_HPP
#define COSIO_OPERATION_DELETE_OBJECT_HPP

namespace cosio::inline v0::operation {

/// `DELETE /<key>`. Source: COS documentation, "DELETE Object".
template <class Dialect>
struct delete_object
{
    using request_type = delete_object_request;
    using result_type = delete_object_result;
    static constexpr facts what{.name = "DeleteObject", .proof = proofs::delete_object};

    [[nodiscard]] static result<prepared_request> encode(
        const request_type& request, const service_endpoint& endpoint)
    {
        request_builder<Dialect> build(http::method::delete_, endpoint);
        build.object(request.bucket, request.key, direction::existing);
        build.optional_parameter("versionId", request.version_id, "version_id");
        return std::move(build).finish();
    }

    [[nodiscard]] static result<void> decode(
        result_type& out, const expectation&, reply&& got)
    {
        out.version_id = got.head.get(Dialect::header::version_id);
        out.delete_marker = got.head.get(Dialect::header::delete_marker) == "true";
        out.request_id = request_id_of<Dialect>(got);
        return {};
    }
};

} // namespace cosio::inline v0::operation

#endif

// ---- cosio/operation/shared/document_values.hpp -------------------------------------------------

// Numbers and truth values in documents: what is not of its form refuses the document.

#ifndef COSIO_OPERATION_SHARED_DOCUMENT_VALUES_HPP
#define COSIO_OPERATION_SHARED_DOCUMENT_VALUES_HPP

namespace cosio::inline v0::operation {

/// The decimal number in the open element, which is closed. `refusal` has static storage.
template <class Number>
[[nodiscard]] Number number_in(xml::reader& document, std::string_view refusal)
{
    const auto number = detail::parse_number<Number>(document.text());
    if (!number)
        document.refuse(refusal);
    return number.value_or(Number{});
}

/// `true` or `false` in the open element, which is closed. `refusal` has static storage.
[[nodiscard]] inline bool boolean_in(xml::reader& document, std::string_view refusal)
{
    const auto text = document.text();
    const bool is_true = text == "true";
    if (!is_true && text != "false")
        document.refuse(refusal);
    return is_true;
}

} // namespace cosio::inline v0::operation

#endif

// ---- cosio/operation/shared/listing.hpp ---------------------------------------------------------

// What the three listings have in common. A page is judged by what was asked, never by what it
// repeats of it: it holds at most as many entries, each names what it is about, and the next page
// begins behind this one.

#ifndef COSIO_OPERATION_SHARED_LISTING_HPP
#define COSIO_OPERATION_SHARED_LISTING_HPP

#include <initializer_list>

namespace cosio::inline v0::operation {

/// Source: COS documentation, "GET Bucket (List Objects)".
inline constexpr std::uint32_t most_entries_per_page = 1000;

/// Asks for encoded names, which is the only way to get every possible key through XML, and for a
/// page size; 0 leaves that to the service.
template <class Dialect>
void encode_page(request_builder<Dialect>& build, std::string_view size_parameter,
    std::uint32_t page_size, std::string_view field, listing_question asked)
{
    asked.most = page_size == 0 ? most_entries_per_page : page_size;
    build.expected().listing = std::make_unique<const listing_question>(std::move(asked));
    build.parameter("encoding-type", "url");
    if (page_size == 0)
        return;
    if (page_size > most_entries_per_page)
        return build.refuse(errc::invalid_argument, "must be at most 1000", field);
    build.parameter(size_parameter, std::to_string(page_size));
}

/// `EncodingType` as COS writes it in one of three ways.
[[nodiscard]] inline bool is_encoding_type(std::string_view element) noexcept
{
    return element == "EncodingType" || detail::equal_ignoring_case(element, "Encoding-Type");
}

/// A name in a listing, decoded when the listing says that it is encoded.
[[nodiscard]] inline result<std::string> decoded_name(std::string name, bool encoded)
{
    if (!encoded)
        return name;
    auto plain = http::percent_decoded(name, http::plus::space);
    if (!plain)
        return error(errc::malformed_response, "the listing has a name that cannot be decoded");
    return std::move(*plain);
}

/// Decodes several names in place.
[[nodiscard]] inline result<void> decode_names(
    std::initializer_list<std::string*> names, bool encoded)
{
    for (auto* const name : names) {
        auto plain = decoded_name(std::move(*name), encoded);
        if (!plain)
            return std::move(plain).error();
        *name = std::move(*plain);
    }
    return {};
}

/// Reads the text of the child `wanted` of the open element and skips its other children.
[[nodiscard]] inline std::string text_of_child(xml::reader& document, std::string_view wanted)
{
    std::string text;
    while (document.next_child()) {
        if (document.name() == wanted)
            text = document.text();
        else
            document.skip();
    }
    return text;
}

/// Appends an entry read by `read`, unless the page has more of them than were asked for: then the
/// document is refused, and what follows is not kept.
template <class Entry, class Read>
void add_entry(xml::reader& document, std::vector<Entry>& to, std::size_t others,
    const listing_question& asked, Read&& read)
{
    if (to.size() + others >= asked.most)
        document.refuse("the listing has more entries than were asked for");
    else
        to.push_back(read(document));
}

/// The common prefix in the open element.
[[nodiscard]] inline std::string read_common_prefix(xml::reader& document)
{
    auto prefix = text_of_child(document, "Prefix");
    if (prefix.empty())
        document.refuse("a common prefix without a name");
    return prefix;
}

/// The keys and the common prefixes of a page are among what was asked for.
[[nodiscard]] inline result<void> check_name(
    std::string_view name, const listing_question& asked)
{
    if (!name.starts_with(asked.prefix))
        return error(errc::malformed_response,
            "the listing has a name that does not begin with the prefix that was asked for");
    return {};
}

/// A page that says there are more but not where they begin, or where it began itself, would be
/// listed for ever.
[[nodiscard]] inline error endless_listing()
{
    return error(errc::malformed_response,
        "the listing is truncated and does not say where it goes on");
}

} // namespace cosio::inline v0::operation

#endif

// ---- cosio/operation/delete_objects.hpp ---------------------------------------------------------

// DELETE Multiple Objects: up to 1000 objects in one request.

#ifndef COSIO_OPERATION_DELETE_OBJECTS_HPP
#define COSIO_OPERATION_DELETE_OBJECTS_HPP

namespace cosio::inline v0::operation {

/// `POST /?delete`. Source: COS documentation, "DELETE Multiple Objects".
template <class Dialect>
struct delete_objects
{
    using request_type = delete_objects_request;
    using result_type = delete_objects_result;
    static constexpr facts what{.name = "DeleteObjects", .proof = proofs::delete_objects};
    static constexpr std::size_t most_objects = 1000;

    [[nodiscard]] static result<prepared_request> encode(
        const request_type& request, const service_endpoint& endpoint)
    {
        request_builder<Dialect> build(http::method::post, endpoint);
        build.bucket(request.bucket);
        build.parameter("delete", {});
        if (request.objects.empty() || request.objects.size() > most_objects)
            build.refuse(errc::invalid_argument, "must be 1 to 1000", "objects");
        listing_question asked;
        xml::writer document;
        document.open("Delete").element("Quiet", request.quiet ? "true" : "false");
        for (const auto& [key, version_id] : request.objects) {
            if (const auto problem = key_problem<Dialect>(key, direction::existing);
                !problem.empty())
                build.refuse(errc::invalid_key, problem, "objects.key");
            else if (!xml::is_xml_text(key))
                build.refuse(errc::invalid_key,
                    "cannot be written in XML: delete it by a request of its own", "objects.key");
            document.open("Object").element("Key", key);
            asked.keys.emplace_back(key);
            if (!xml::is_xml_text(version_id))
                build.refuse(errc::invalid_argument, "must be text", "objects.version_id");
            if (!version_id.empty())
                document.element("VersionId", version_id);
            document.close();
        }
        document.close();
        build.document(std::move(document).document());
        std::ranges::sort(asked.keys);
        asked.quiet = request.quiet;
        asked.most = request.objects.size();
        build.expected().listing = std::make_unique<const listing_question>(std::move(asked));
        return std::move(build).finish();
    }

    [[nodiscard]] static result<void> decode(
        result_type& out, const expectation& expected, reply&& got)
    {
        const auto& asked = *expected.listing;
        xml::reader document(got.body);
        const bool right_root = document.enter(what.proof.root);
        while (right_root && document.next_child()) {
            if (document.name() == "Deleted")
                add_entry(document, out.deleted, out.failed.size(), asked, decode_deleted);
            else if (document.name() == "Error")
                add_entry(document, out.failed, out.deleted.size(), asked, decode_failed);
            else
                document.skip();
        }
        auto whole = document.finish();
        if (!right_root || !whole)
            return unexpected_document(std::move(whole), what.proof.root);
        if (auto accounted = check_answered(out, asked); !accounted)
            return accounted;
        out.request_id = request_id_of<Dialect>(got);
        return {};
    }

private:
    /// Each answer is to a key that was asked for, and, unless quiet, each key has one.
    static result<void> check_answered(const result_type& out, const listing_question& asked)
    {
        std::vector<std::string_view> answered;
        for (const auto& one : out.deleted)
            answered.push_back(one.key);
        for (const auto& one : out.failed)
            answered.push_back(one.key);
        std::ranges::sort(answered);
        if (!std::ranges::includes(asked.keys, answered))
            return error(errc::malformed_response,
                "the reply has an object that was not to be deleted");
        if (!asked.quiet && answered.size() != asked.keys.size())
            return error(errc::malformed_response,
                "the reply does not account for every object that was to be deleted");
        return {};
    }

    static deleted_object decode_deleted(xml::reader& document)
    {
        deleted_object one;
        while (document.next_child()) {
            const auto name = document.name();
            if (name == "Key")
                one.key = document.text();
            else if (name == "VersionId")
                one.version_id = document.text();
            else if (name == "DeleteMarker")
                one.delete_marker =
                    boolean_in(document, "DeleteMarker is neither true nor false");
            else if (name == "DeleteMarkerVersionId")
                one.delete_marker_version_id = document.text();
            else
                document.skip();
        }
        return one;
    }

    static failed_deletion decode_failed(xml::reader& document)
    {
        failed_deletion one;
        while (document.next_child()) {
            const auto name = document.name();
            if (name == "Key")
                one.key = document.text();
            else if (name == "VersionId")
                one.version_id = document.text();
            else if (name == "Code")
                one.service_code = printable(document.text());
            else if (name == "Message")
                one.message = printable(document.text());
            else
                document.skip();
        }
        one.code = Dialect::error_code(one.service_code);
        return one;
    }
};

} // namespace cosio::inline v0::operation

#endif

// ---- cosio/operation/shared/bucket_encryption_document.hpp --------------------------------------

// The document that states a bucket's default encryption.

#ifndef COSIO_OPERATION_SHARED_BUCKET_ENCRYPTION_DOCUMENT_HPP
#define COSIO_OPERATION_SHARED_BUCKET_ENCRYPTION_DOCUMENT_HPP

namespace cosio::inline v0::operation {

/// `algorithm` is the dialect's name; an empty `kms_key_id` is left out.
[[nodiscard]] inline std::string write_bucket_encryption(
    std::string_view algorithm, std::string_view kms_key_id)
{
    xml::writer document;
    document.open("ServerSideEncryptionConfiguration").open("Rule");
    document.open("ApplyServerSideEncryptionByDefault").element("SSEAlgorithm", algorithm);
    if (!kms_key_id.empty())
        document.element("KMSMasterKeyID", kms_key_id);
    document.close().close().close();
    return std::move(document).document();
}

inline void read_bucket_encryption_rule(xml::reader& document, encryption& out)
{
    while (document.next_child()) {
        if (document.name() != "ApplyServerSideEncryptionByDefault") {
            document.skip();
            continue;
        }
        while (document.next_child()) {
            if (document.name() == "SSEAlgorithm")
                out.algorithm = document.text();
            else if (document.name() == "KMSMasterKeyID")
                out.kms_key_id = document.text();
            else
                document.skip();
        }
    }
}

template <class Dialect>
[[nodiscard]] result<encryption> read_bucket_encryption(std::string_view text)
{
    encryption out;
    xml::reader document(text);
    const bool right_root = document.enter("ServerSideEncryptionConfiguration");
    while (right_root && document.next_child()) {
        if (document.name() == "Rule")
            read_bucket_encryption_rule(document, out);
        else
            document.skip();
    }
    auto whole = document.finish();
    if (!right_root || !whole || out.algorithm.empty())
        return unexpected_document(std::move(whole), "ServerSideEncryptionConfiguration");
    out.mode = out.algorithm == Dialect::value::encryption_cos_managed
        ? encryption_mode::cos_managed
        : out.algorithm == Dialect::value::bucket_encryption_kms ? encryption_mode::kms
                                                                 : encryption_mode::unknown;
    return out;
}

} // namespace cosio::inline v0::operation

#endif

// ---- cosio/operation/get_bucket_encryption.hpp --------------------------------------------------

// GET Bucket encryption.

#ifndef COSIO_OPERATION_GET_BUCKET_ENCRYPTION_HPP
#define COSIO_OPERATION_GET_BUCKET_ENCRYPTION_HPP

namespace cosio::inline v0::operation {

/// `GET /?encryption`. Source: COS documentation, "GET Bucket encryption".
template <class Dialect>
struct get_bucket_encryption
{
    using request_type = get_bucket_encryption_request;
    using result_type = get_bucket_encryption_result;
    static constexpr facts what{
        .name = "GetBucketEncryption",
        .proof = proofs::get_bucket_encryption};

    [[nodiscard]] static result<prepared_request> encode(
        const request_type& request, const service_endpoint& endpoint)
    {
        request_builder<Dialect> build(http::method::get, endpoint);
        build.bucket(request.bucket);
        build.parameter("encryption", {});
        return std::move(build).finish();
    }

    [[nodiscard]] static result<void> decode(
        result_type& out, const expectation&, reply&& got)
    {
        auto read = read_bucket_encryption<Dialect>(got.body);
        if (!read)
            return std::move(read).error();
        out.encryption = std::move(*read);
        out.request_id = request_id_of<Dialect>(got);
        return {};
    }
};

} // namespace cosio::inline v0::operation

#endif

// ---- cosio/operation/list_objects.hpp -----------------------------------------------------------

// GET Bucket (List Objects): one page of a bucket's objects.

#ifndef COSIO_OPERATION_LIST_OBJECTS_HPP
#define COSIO_OPERATION_LIST_OBJECTS_HPP

namespace cosio::inline v0::operation {

/// `GET /`. Source: COS documentation, "GET Bucket (List Objects)"; S3 documentation,
/// "ListObjectsV2".
template <class Dialect>
struct list_objects
{
    using request_type = list_objects_request;
    using result_type = list_objects_result;
    static constexpr facts what{.name = "ListObjects", .proof = proofs::list_objects};

    [[nodiscard]] static result<prepared_request> encode(
        const request_type& request, const service_endpoint& endpoint)
    {
        request_builder<Dialect> build(http::method::get, endpoint);
        build.bucket(request.bucket);
        if constexpr (Dialect::lists_by_token) {
            build.parameter("list-type", "2");
            build.key_parameter("start-after", request.marker);
            build.key_parameter("continuation-token", request.continuation_token); // Of Ceph a key.
        } else {
            if (!request.continuation_token.empty())
                build.refuse(errc::invalid_argument, "the service gives no tokens",
                    "continuation_token");
            build.key_parameter("marker", request.marker);
        }
        build.key_parameter("prefix", request.prefix);
        build.key_parameter("delimiter", request.delimiter);
        listing_question asked;
        asked.prefix = request.prefix;
        asked.marker = request.marker;
        asked.token = request.continuation_token;
        encode_page(build, "max-keys", request.max_keys, "max_keys", std::move(asked));
        return std::move(build).finish();
    }

    [[nodiscard]] static result<void> decode(
        result_type& out, const expectation& expected, reply&& got)
    {
        const auto& asked = *expected.listing;
        bool encoded = false;
        bool tells_whether_truncated = false;
        xml::reader document(got.body);
        const bool right_root = document.enter(what.proof.root);
        while (right_root && document.next_child()) {
            const auto name = document.name();
            if (name == "Contents")
                add_entry(
                    document, out.objects, out.common_prefixes.size(), asked, decode_entry);
            else if (name == "CommonPrefixes")
                add_entry(
                    document, out.common_prefixes, out.objects.size(), asked, read_common_prefix);
            else if (name == "IsTruncated") {
                out.is_truncated = boolean_in(document, "IsTruncated is neither true nor false");
                tells_whether_truncated = true;
            } else if (name == "NextMarker")
                out.next_marker = document.text();
            else if (name == "NextContinuationToken")
                out.next_continuation_token = document.text();
            else if (is_encoding_type(name))
                encoded = document.text() == "url";
            else
                document.skip();
        }
        auto whole = document.finish();
        if (!right_root || !whole)
            return unexpected_document(std::move(whole), what.proof.root);
        if (!tells_whether_truncated)
            return error(errc::malformed_response, "the listing has no IsTruncated");
        if (auto decoded = decode_all(out, asked, encoded); !decoded)
            return std::move(decoded).error();
        auto goes_on = Dialect::lists_by_token ? check_next_token(out, asked)
                                               : find_next_marker(out, asked);
        if (!goes_on)
            return std::move(goes_on).error();
        out.request_id = request_id_of<Dialect>(got);
        return {};
    }

private:
    static object_summary decode_entry(xml::reader& document)
    {
        object_summary one;
        bool has_size = false;
        while (document.next_child()) {
            const auto name = document.name();
            if (name == "Key")
                one.key = document.text();
            else if (name == "ETag")
                one.etag = document.text();
            else if (name == "Size") {
                one.size = number_in<std::uint64_t>(document, "Size is not a number");
                has_size = true;
            } else if (name == "LastModified")
                one.last_modified = http::parse_iso_date(document.text());
            else if (name == "StorageClass")
                one.storage_class = document.text();
            else if (name == "StorageTier")
                one.storage_tier = document.text();
            else if (name == "RestoreStatus")
                one.restore_status = document.text();
            else
                document.skip();
        }
        if (one.key.empty() || !has_size)
            document.refuse("an object without a key or a size");
        return one;
    }

    static result<void> decode_all(
        result_type& out, const listing_question& asked, bool encoded)
    {
        for (auto& one : out.objects) {
            if (auto decoded = decode_names({&one.key}, encoded); !decoded)
                return decoded;
            if (auto sound = check_name(one.key, asked); !sound)
                return sound;
            if (one.key <= asked.marker)
                return error(errc::malformed_response,
                    "the listing has a key that is not behind the one where it was to begin");
        }
        for (auto& prefix : out.common_prefixes) {
            if (auto decoded = decode_names({&prefix}, encoded); !decoded)
                return decoded;
            if (auto sound = check_name(prefix, asked); !sound)
                return sound;
        }
        return decode_names({&out.next_marker}, encoded);
    }

    static result<void> check_next_token(const result_type& out, const listing_question& asked)
    {
        if (out.is_truncated &&
            (out.next_continuation_token.empty() || out.next_continuation_token == asked.token))
            return endless_listing();
        return {};
    }

    /// COS names the next marker on every truncated page; other services may leave it to the
    /// client to take the last entry.
    static result<void> find_next_marker(result_type& out, const listing_question& asked)
    {
        if (!out.is_truncated) {
            out.next_marker.clear();
            return {};
        }
        if (out.next_marker.empty()) {
            if (!out.objects.empty())
                out.next_marker = out.objects.back().key;
            if (!out.common_prefixes.empty())
                out.next_marker = std::max(out.next_marker, out.common_prefixes.back());
        }
        if (out.next_marker.empty() || out.next_marker <= asked.marker)
            return endless_listing();
        return {};
    }
};

} // namespace cosio::inline v0::operation

#endif

// ---- cosio/operation/head_bucket.hpp ------------------------------------------------------------

// HEAD Bucket: whether a bucket exists and may be used.

#ifndef COSIO_OPERATION_HEAD_BUCKET_HPP
#define COSIO_OPERATION_HEAD_BUCKET_HPP

namespace cosio::inline v0::operation {

/// `HEAD /`. Source: COS documentation, "HEAD Bucket".
template <class Dialect>
struct head_bucket
{
    using request_type = head_bucket_request;
    using result_type = head_bucket_result;
    static constexpr facts what{.name = "HeadBucket", .proof = proofs::head_bucket};

    [[nodiscard]] static result<prepared_request> encode(
        const request_type& request, const service_endpoint& endpoint)
    {
        request_builder<Dialect> build(http::method::head, endpoint);
        build.bucket(request.bucket);
        return std::move(build).finish();
    }

    /// Makes the request into one whose refusal has a document: a listing of one object.
    static void ask_why(prepared_request& request)
    {
        request.head.method = http::method::get;
        request.head.target.add_parameter("max-keys", "1");
    }
    static constexpr const facts& asking_why = list_objects<Dialect>::what;

    [[nodiscard]] static result<void> decode(
        result_type& out, const expectation&, reply&& got)
    {
        out.region = region_in<Dialect>(got.head);
        out.multiple_zones = got.head.get(Dialect::header::bucket_az_type) == "MAZ";
        out.request_id = request_id_of<Dialect>(got);
        return {};
    }
};

} // namespace cosio::inline v0::operation

#endif

// ---- cosio/operation/head_object.hpp ------------------------------------------------------------

// HEAD Object: an object's properties without its bytes.

#ifndef COSIO_OPERATION_HEAD_OBJECT_HPP
#define COSIO_OPERATION_HEAD_OBJECT_HPP

namespace cosio::inline v0::operation {

/// `HEAD /<key>`. Source: COS documentation, "HEAD Object".
template <class Dialect>
struct head_object
{
    using request_type = head_object_request;
    using result_type = head_object_result;
    static constexpr facts what{.name = "HeadObject", .proof = proofs::head_object};

    [[nodiscard]] static result<prepared_request> encode(
        const request_type& request, const service_endpoint& endpoint)
    {
        request_builder<Dialect> build(http::method::head, endpoint);
        build.object(request.bucket, request.key, direction::existing);
        build.optional_parameter("versionId", request.version_id, "version_id");
        encode_encryption(build, request.sse);
        encode_conditions(build, request.conditions);
        return std::move(build).finish();
    }

    /// Makes the request into one whose refusal has a document: a GET of one byte.
    static void ask_why(prepared_request& request)
    {
        request.head.method = http::method::get;
        request.head.fields.add("Range", byte_range::between(0, 0).header_value());
    }
    static constexpr const facts& asking_why = get_object<Dialect>::what;

    [[nodiscard]] static result<void> decode(
        result_type& out, const expectation& expected, reply&& got)
    {
        if (auto decoded = decode_properties<Dialect>(got.head, out); !decoded)
            return decoded;
        if (auto proved = expected.encryption.check(out.sse); !proved)
            return proved;
        if (!got.head.content_length)
            return error(errc::malformed_response, "the reply has no Content-Length");
        out.size = *got.head.content_length;
        return {};
    }
};

} // namespace cosio::inline v0::operation

#endif

// ---- cosio/operation/initiate_multipart_upload.hpp ----------------------------------------------

// Initiate Multipart Upload: begins an object that is uploaded in parts.

#ifndef COSIO_OPERATION_INITIATE_MULTIPART_UPLOAD_HPP
#define COSIO_OPERATION_INITIATE_MULTIPART_UPLOAD_HPP

namespace cosio::inline v0::operation {

/// `POST /<key>?uploads`. Source: COS documentation, "Initiate Multipart Upload".
template <class Dialect>
struct initiate_multipart_upload
{
    using request_type = initiate_multipart_upload_request;
    using result_type = initiate_multipart_upload_result;
    static constexpr facts what{
        .name = "InitiateMultipartUpload", .idempotent = false,
        .proof = proofs::initiate_multipart_upload};

    [[nodiscard]] static result<prepared_request> encode(
        const request_type& request, const service_endpoint& endpoint)
    {
        request_builder<Dialect> build(http::method::post, endpoint);
        build.object(request.bucket, request.key, direction::creating);
        build.parameter("uploads", {});
        encode_encryption(build, request.sse);
        encode_object_headers(build, request.headers);
        return std::move(build).finish();
    }

    [[nodiscard]] static result<void> decode(
        result_type& out, const expectation& expected, reply&& got)
    {
        out.sse = decode_encryption<Dialect>(got.head);
        xml::reader document(got.body);
        const bool right_root = document.enter(what.proof.root);
        while (right_root && document.next_child()) {
            if (document.name() == "UploadId")
                out.upload_id = document.text();
            else
                document.skip();
        }
        auto whole = document.finish();
        if (!right_root || !whole || out.upload_id.empty())
            return unexpected_document(std::move(whole), what.proof.root);
        if (auto proved = expected.encryption.check(out.sse); !proved) {
            auto why = std::move(proved).error();
            why.message.append("; upload ").append(out.upload_id).append(" is there all the same");
            return why;
        }
        out.request_id = request_id_of<Dialect>(got);
        return {};
    }
};

} // namespace cosio::inline v0::operation

#endif

// ---- cosio/operation/list_multipart_uploads.hpp -------------------------------------------------

// List Multipart Uploads: one page of a bucket's unfinished uploads.

#ifndef COSIO_OPERATION_LIST_MULTIPART_UPLOADS_HPP
#define COSIO_OPERATION_LIST_MULTIPART_UPLOADS_HPP

namespace cosio::inline v0::operation {

/// `GET /?uploads`. Source: COS documentation, "List Multipart Uploads".
template <class Dialect>
struct list_multipart_uploads
{
    using request_type = list_multipart_uploads_request;
    using result_type = list_multipart_uploads_result;
    static constexpr facts what{
        .name = "ListMultipartUploads",
        .proof = proofs::list_multipart_uploads};

    [[nodiscard]] static result<prepared_request> encode(
        const request_type& request, const service_endpoint& endpoint)
    {
        request_builder<Dialect> build(http::method::get, endpoint);
        build.bucket(request.bucket);
        build.parameter("uploads", {});
        build.key_parameter("prefix", request.prefix);
        build.key_parameter("delimiter", request.delimiter);
        build.key_parameter("key-marker", request.key_marker);
        build.optional_parameter(
            "upload-id-marker", request.upload_id_marker, "upload_id_marker");
        listing_question asked;
        asked.prefix = request.prefix;
        asked.marker = request.key_marker;
        asked.upload_id_marker = request.upload_id_marker;
        encode_page(build, "max-uploads", request.max_uploads, "max_uploads", std::move(asked));
        return std::move(build).finish();
    }

    [[nodiscard]] static result<void> decode(
        result_type& out, const expectation& expected, reply&& got)
    {
        const auto& asked = *expected.listing;
        bool encoded = false;
        bool tells_whether_truncated = false;
        xml::reader document(got.body);
        const bool right_root = document.enter(what.proof.root);
        while (right_root && document.next_child()) {
            const auto name = document.name();
            if (name == "Upload")
                add_entry(
                    document, out.uploads, out.common_prefixes.size(), asked, decode_entry);
            else if (name == "CommonPrefixes")
                add_entry(
                    document, out.common_prefixes, out.uploads.size(), asked, read_common_prefix);
            else if (name == "IsTruncated") {
                out.is_truncated = boolean_in(document, "IsTruncated is neither true nor false");
                tells_whether_truncated = true;
            } else if (name == "NextKeyMarker")
                out.next_key_marker = document.text();
            else if (name == "NextUploadIdMarker")
                out.next_upload_id_marker = document.text();
            else if (is_encoding_type(name))
                encoded = document.text() == "url";
            else
                document.skip();
        }
        auto whole = document.finish();
        if (!right_root || !whole)
            return unexpected_document(std::move(whole), what.proof.root);
        if (!tells_whether_truncated)
            return error(errc::malformed_response, "the listing has no IsTruncated");
        if (auto decoded = decode_all(out, asked, encoded); !decoded)
            return std::move(decoded).error();
        // Uploads of one key are in the order of their beginning: their ids have none.
        const bool advances = out.next_key_marker > asked.marker ||
            (out.next_key_marker == asked.marker &&
                out.next_upload_id_marker != asked.upload_id_marker);
        if (out.is_truncated && (out.next_key_marker.empty() || !advances))
            return endless_listing();
        out.request_id = request_id_of<Dialect>(got);
        return {};
    }

private:
    static upload_summary decode_entry(xml::reader& document)
    {
        upload_summary one;
        while (document.next_child()) {
            const auto name = document.name();
            if (name == "Key")
                one.key = document.text();
            else if (name == "UploadId")
                one.upload_id = document.text();
            else if (name == "Initiated")
                one.initiated = http::parse_iso_date(document.text());
            else if (name == "StorageClass")
                one.storage_class = document.text();
            else
                document.skip();
        }
        if (one.key.empty() || one.upload_id.empty())
            document.refuse("an upload without a key or an id");
        return one;
    }

    /// Ceph encodes the keys of uploads without saying so, and not the marker: then a key is, once
    /// decoded, the marker that follows it, or begins with the prefix as only then it does.
    static bool hides_encoding(const result_type& out, const listing_question& asked)
    {
        if (out.uploads.empty())
            return false;
        const auto& key = out.uploads.back().key;
        const auto plain = http::percent_decoded(key, http::plus::space);
        return plain && *plain != key &&
            (*plain == out.next_key_marker ||
                (!key.starts_with(asked.prefix) && plain->starts_with(asked.prefix)));
    }

    static result<void> decode_all(
        result_type& out, const listing_question& asked, bool encoded)
    {
        const bool keys_are_encoded = encoded || hides_encoding(out, asked);
        for (auto& one : out.uploads) {
            if (auto decoded = decode_names({&one.key}, keys_are_encoded); !decoded)
                return decoded;
            if (auto sound = check_name(one.key, asked); !sound)
                return sound;
            if (one.key < asked.marker)
                return error(errc::malformed_response,
                    "the listing has a key before the one where it was to begin");
        }
        for (auto& prefix : out.common_prefixes) {
            if (auto decoded = decode_names({&prefix}, encoded); !decoded)
                return decoded;
            if (auto sound = check_name(prefix, asked); !sound)
                return sound;
        }
        return decode_names({&out.next_key_marker}, encoded);
    }
};

} // namespace cosio::inline v0::operation

#endif

// ---- cosio/operation/list_parts.hpp -------------------------------------------------------------

// List Parts: one page of the parts of an upload.

#ifndef COSIO_OPERATION_LIST_PARTS_HPP
#define COSIO_OPERATION_LIST_PARTS_HPP

namespace cosio::inline v0::operation {

/// `GET /<key>?uploadId`. Source: COS documentation, "List Parts".
template <class Dialect>
struct list_parts
{
    using request_type = list_parts_request;
    using result_type = list_parts_result;
    static constexpr facts what{.name = "ListParts", .proof = proofs::list_parts};

    [[nodiscard]] static result<prepared_request> encode(
        const request_type& request, const service_endpoint& endpoint)
    {
        request_builder<Dialect> build(http::method::get, endpoint);
        build.object(request.bucket, request.key, direction::existing);
        build.required_parameter("uploadId", request.upload_id, "upload_id");
        if (request.part_number_marker > highest_part_number)
            build.refuse(
                errc::invalid_part_number, "must be at most 10000", "part_number_marker");
        if (request.part_number_marker != 0)
            build.parameter("part-number-marker", std::to_string(request.part_number_marker));
        listing_question asked;
        asked.part_marker = request.part_number_marker;
        encode_page(build, "max-parts", request.max_parts, "max_parts", std::move(asked));
        return std::move(build).finish();
    }

    [[nodiscard]] static result<void> decode(
        result_type& out, const expectation& expected, reply&& got)
    {
        const auto& asked = *expected.listing;
        bool tells_whether_truncated = false;
        xml::reader document(got.body);
        const bool right_root = document.enter(what.proof.root);
        while (right_root && document.next_child()) {
            const auto name = document.name();
            if (name == "Part")
                add_entry(document, out.parts, 0, asked, decode_entry);
            else if (name == "IsTruncated") {
                out.is_truncated = boolean_in(document, "IsTruncated is neither true nor false");
                tells_whether_truncated = true;
            } else if (name == "NextPartNumberMarker")
                out.next_part_number_marker = read_next_marker(document);
            else if (name == "StorageClass")
                out.storage_class = document.text();
            else
                document.skip();
        }
        auto whole = document.finish();
        if (!right_root || !whole)
            return unexpected_document(std::move(whole), what.proof.root);
        if (!tells_whether_truncated)
            return error(errc::malformed_response, "the listing has no IsTruncated");
        auto last = asked.part_marker;
        for (const auto& one : out.parts) {
            if (one.part_number <= last)
                return error(errc::malformed_response,
                    "the listing has parts that are not in ascending order behind its beginning");
            last = one.part_number;
        }
        if (!out.is_truncated)
            out.next_part_number_marker = 0;
        else if (out.next_part_number_marker <= asked.part_marker ||
            out.next_part_number_marker < last)
            return endless_listing();
        out.request_id = request_id_of<Dialect>(got);
        return {};
    }

private:
    /// A page that is the last one may leave it empty.
    static std::uint32_t read_next_marker(xml::reader& document)
    {
        const auto text = document.text();
        const auto number = detail::parse_number<std::uint32_t>(text);
        if (!text.empty() && !number)
            document.refuse("NextPartNumberMarker is not a number");
        return number.value_or(0);
    }

    static part_summary decode_entry(xml::reader& document)
    {
        part_summary one;
        bool has_size = false;
        while (document.next_child()) {
            const auto name = document.name();
            if (name == "PartNumber")
                one.part_number =
                    number_in<std::uint32_t>(document, "PartNumber is not a number");
            else if (name == "ETag")
                one.etag = document.text();
            else if (name == "Size") {
                one.size = number_in<std::uint64_t>(document, "Size is not a number");
                has_size = true;
            } else if (name == "LastModified")
                one.last_modified = http::parse_iso_date(document.text());
            else
                document.skip();
        }
        if (!is_part_number(one.part_number) || !is_etag(one.etag) || !has_size)
            document.refuse("a part without a number, an ETag or a size");
        return one;
    }
};

} // namespace cosio::inline v0::operation

#endif

// ---- cosio/operation/put_bucket_encryption.hpp --------------------------------------------------

// PUT Bucket encryption: how objects are encrypted when their write does not say.

#ifndef COSIO_OPERATION_PUT_BUCKET_ENCRYPTION_HPP
#define COSIO_OPERATION_PUT_BUCKET_ENCRYPTION_HPP

namespace cosio::inline v0::operation {

/// `PUT /?encryption`. Source: COS documentation, "PUT Bucket encryption".
template <class Dialect>
struct put_bucket_encryption
{
    using request_type = put_bucket_encryption_request;
    using result_type = put_bucket_encryption_result;
    static constexpr facts what{
        .name = "PutBucketEncryption",
        .proof = proofs::put_bucket_encryption};

    [[nodiscard]] static result<prepared_request> encode(
        const request_type& request, const service_endpoint& endpoint)
    {
        request_builder<Dialect> build(http::method::put, endpoint);
        build.bucket(request.bucket);
        build.parameter("encryption", {});
        const auto* const kms = std::get_if<bucket_kms>(&request.encryption);
        const auto key_id = kms == nullptr ? std::string_view{} : kms->key_id;
        if (!http::is_sendable_value(key_id))
            build.refuse(errc::invalid_argument, "must be visible ASCII", "encryption.key_id");
        build.document(write_bucket_encryption(kms == nullptr
                ? Dialect::value::encryption_cos_managed
                : Dialect::value::bucket_encryption_kms,
            key_id));
        return std::move(build).finish();
    }

    [[nodiscard]] static result<void> decode(
        result_type& out, const expectation&, reply&& got)
    {
        out.request_id = request_id_of<Dialect>(got);
        return {};
    }
};

} // namespace cosio::inline v0::operation

#endif

// ---- cosio/operation/put_object.hpp -------------------------------------------------------------

// PUT Object: stores an object from one body.

#ifndef COSIO_OPERATION_PUT_OBJECT_HPP
#define COSIO_OPERATION_PUT_OBJECT_HPP

namespace cosio::inline v0::operation {

/// `PUT /<key>`. Source: COS documentation, "PUT Object".
template <class Dialect>
struct put_object
{
    using request_type = put_object_request;
    using result_type = put_object_result;
    static constexpr facts what{.name = "PutObject", .proof = proofs::put_object};

    [[nodiscard]] static result<prepared_request> encode(
        const request_type& request, const service_endpoint& endpoint)
    {
        request_builder<Dialect> build(http::method::put, endpoint);
        build.object(request.bucket, request.key, direction::creating);
        encode_encryption(build, request.sse);
        encode_object_headers(build, request.headers);
        encode_traffic_limit(build, request.traffic_limit);
        build.body(request.body, request.content_md5, request.content_sha256);
        return std::move(build).finish();
    }

    [[nodiscard]] static result<void> decode(
        result_type& out, const expectation& expected, reply&& got)
    {
        out.sse = decode_encryption<Dialect>(got.head);
        if (auto proved = expected.encryption.check(out.sse); !proved)
            return proved;
        const auto crc64 = decode_crc64<Dialect>(got.head);
        if (!crc64)
            return crc64.error();
        if (auto equal = compare_crc64(got.sent_crc64, *crc64); !equal)
            return equal;
        out.crc64 = *crc64;
        out.crc64_verified = crc64->has_value();
        out.sent_crc64 = got.sent_crc64;
        out.md5_verified = proves_md5(got.head, expected);
        out.etag = got.head.get("ETag");
        out.version_id = got.head.get(Dialect::header::version_id);
        out.request_id = request_id_of<Dialect>(got);
        return {};
    }
};

} // namespace cosio::inline v0::operation

#endif

// ---- cosio/operation/restore_object.hpp ---------------------------------------------------------

// POST Object restore: makes an archived object readable for some days.

#ifndef COSIO_OPERATION_RESTORE_OBJECT_HPP
#define COSIO_OPERATION_RESTORE_OBJECT_HPP

namespace cosio::inline v0::operation {

/// `POST /<key>?restore`. Source: COS documentation, "POST Object restore".
template <class Dialect>
struct restore_object
{
    using request_type = restore_object_request;
    using result_type = restore_object_result;
    static constexpr facts what{.name = "RestoreObject", .proof = proofs::restore_object};

    [[nodiscard]] static result<prepared_request> encode(
        const request_type& request, const service_endpoint& endpoint)
    {
        request_builder<Dialect> build(http::method::post, endpoint);
        build.object(request.bucket, request.key, direction::existing);
        build.parameter("restore", {});
        build.optional_parameter("versionId", request.version_id, "version_id");
        if (request.days == 0)
            build.refuse(errc::invalid_restore, "must be at least 1", "days");
        if (name_of(request.tier).empty())
            build.refuse(errc::invalid_restore, "must be a tier", "tier");
        if constexpr (Dialect::restore_takes_customer_key)
            encode_encryption(build, request.sse);
        build.expected().encryption = {}; // The reply states no encryption.
        xml::writer document;
        document.open("RestoreRequest").element("Days", request.days);
        document.open(Dialect::value::restore_parameters);
        document.element("Tier", name_of(request.tier)).close().close();
        build.document(std::move(document).document());
        return std::move(build).finish();
    }

    /// An earlier attempt whose reply was lost may have started the restore: then it is what the
    /// next one meets.
    [[nodiscard]] static std::optional<result_type> done_by_earlier_attempt(const error& why)
    {
        if (why.code != service_errc::restore_already_in_progress)
            return std::nullopt;
        result_type out;
        out.request_id = why.request_id;
        return out;
    }

    [[nodiscard]] static result<void> decode(
        result_type& out, const expectation&, reply&& got)
    {
        out.was_restored = got.head.status == 200;
        out.request_id = request_id_of<Dialect>(got);
        return {};
    }
};

} // namespace cosio::inline v0::operation

#endif

// ---- cosio/operation/upload_part.hpp ------------------------------------------------------------

// Upload Part: one part of a multipart upload.

#ifndef COSIO_OPERATION_UPLOAD_PART_HPP
#define COSIO_OPERATION_UPLOAD_PART_HPP

namespace cosio::inline v0::operation {

/// `PUT /<key>?partNumber&uploadId`. Source: COS documentation, "Upload Part".
template <class Dialect>
struct upload_part
{
    using request_type = upload_part_request;
    using result_type = upload_part_result;
    static constexpr facts what{.name = "UploadPart", .proof = proofs::upload_part};

    [[nodiscard]] static result<prepared_request> encode(
        const request_type& request, const service_endpoint& endpoint)
    {
        request_builder<Dialect> build(http::method::put, endpoint);
        build.object(request.bucket, request.key, direction::existing);
        encode_part(build, request.part_number, request.upload_id);
        encode_encryption(build, request.sse);
        encode_traffic_limit(build, request.traffic_limit);
        if (!request.body.size())
            build.refuse(errc::invalid_argument, "must know its size", "body");
        build.body(request.body, request.content_md5, request.content_sha256);
        return std::move(build).finish();
    }

    [[nodiscard]] static result<void> decode(
        result_type& out, const expectation& expected, reply&& got)
    {
        out.sse = decode_encryption<Dialect>(got.head);
        if (auto proved = expected.encryption.check(out.sse); !proved)
            return std::move(proved).error();
        const auto crc64 = decode_crc64<Dialect>(got.head);
        if (!crc64)
            return crc64.error();
        if (auto equal = compare_crc64(got.sent_crc64, *crc64); !equal)
            return std::move(equal).error();
        out.crc64 = *crc64;
        out.crc64_verified = crc64->has_value();
        out.sent_crc64 = got.sent_crc64;
        out.md5_verified = proves_md5(got.head, expected);
        out.etag = got.head.get("ETag");
        out.request_id = request_id_of<Dialect>(got);
        return {};
    }
};

} // namespace cosio::inline v0::operation

#endif

// ---- cosio/operation/upload_part_copy.hpp -------------------------------------------------------

// Upload Part - Copy: a part of a multipart upload that is copied from an object.

#ifndef COSIO_OPERATION_UPLOAD_PART_COPY_HPP
#define COSIO_OPERATION_UPLOAD_PART_COPY_HPP

namespace cosio::inline v0::operation {

/// `PUT /<key>?partNumber&uploadId` with `x-cos-copy-source`. Source: COS documentation, "Upload
/// Part - Copy".
template <class Dialect>
struct upload_part_copy
{
    using request_type = upload_part_copy_request;
    using result_type = upload_part_copy_result;
    static constexpr facts what{
        .name = "UploadPartCopy", .error_inside_200 = true,
        .proof = proofs::upload_part_copy};

    [[nodiscard]] static result<prepared_request> encode(
        const request_type& request, const service_endpoint& endpoint)
    {
        request_builder<Dialect> build(http::method::put, endpoint);
        build.object(request.bucket, request.key, direction::existing);
        encode_part(build, request.part_number, request.upload_id);
        encode_copy_source(build, request.copy_source);
        encode_source_range(build, request.source_range);
        encode_encryption(build, request.sse);
        if constexpr (!Dialect::part_copy_reply_confirms_encryption)
            build.expected().encryption.allow_silence();
        return std::move(build).finish();
    }

    [[nodiscard]] static result<void> decode(
        result_type& out, const expectation& expected, reply&& got)
    {
        out.sse = decode_encryption<Dialect>(got.head);
        if (auto proved = expected.encryption.check(out.sse); !proved)
            return std::move(proved).error();
        std::string crc64_text;
        xml::reader document(got.body);
        const bool right_root = document.enter(what.proof.root);
        while (right_root && document.next_child()) {
            const auto name = document.name();
            if (name == "ETag")
                out.etag = document.text();
            else if (name == "LastModified")
                out.last_modified = http::parse_iso_date(document.text());
            else if (name == "CRC64")
                crc64_text = document.text();
            else
                document.skip();
        }
        auto whole = document.finish();
        if (!right_root || !whole || !is_etag(out.etag))
            return unexpected_document(std::move(whole), what.proof.root);
        const auto crc64 = parse_crc64(crc64_text);
        if (!crc64)
            return crc64.error();
        out.crc64 = *crc64;
        out.source_version_id = got.head.get(Dialect::header::copy_source_version_id);
        out.request_id = request_id_of<Dialect>(got);
        return {};
    }

private:
    static void encode_source_range(request_builder<Dialect>& build, const byte_range& range)
    {
        if (range.is_whole())
            return;
        if (range.kind() != byte_range::form::between)
            return build.refuse(errc::invalid_range,
                "must be whole or have a first and a last byte", "source_range");
        if (const auto problem = range.problem(); !problem.empty())
            return build.refuse(errc::invalid_range, problem, "source_range");
        build.header(Dialect::header::copy_source_range, range.header_value());
    }
};

} // namespace cosio::inline v0::operation

#endif

// ---- cosio/operation/get_object_tagging.hpp -----------------------------------------------------

// GET Object tagging, which a copy in parts asks for: no member of the client.

#ifndef COSIO_OPERATION_GET_OBJECT_TAGGING_HPP
#define COSIO_OPERATION_GET_OBJECT_TAGGING_HPP

namespace cosio::inline v0::operation {

struct get_object_tagging_request
{
    std::string_view bucket{};
    std::string_view key{};
    /// Empty: the current version.
    std::string_view version_id{};
};

static_assert(std::is_trivially_destructible_v<get_object_tagging_request>);

/// A tag as the service tells it.
struct stored_tag
{
    std::string key{};
    std::string value{};
};

struct get_object_tagging_result
{
    std::vector<stored_tag> tags{};
    std::string request_id{};
};

/// `GET /<key>?tagging`. Source: COS documentation, "GET Object tagging".
template <class Dialect>
struct get_object_tagging
{
    using request_type = get_object_tagging_request;
    using result_type = get_object_tagging_result;
    static constexpr facts what{
        .name = "GetObjectTagging", .proof = proofs::get_object_tagging};

    [[nodiscard]] static result<prepared_request> encode(
        const request_type& request, const service_endpoint& endpoint)
    {
        request_builder<Dialect> build(http::method::get, endpoint);
        build.object(request.bucket, request.key, direction::existing);
        build.parameter("tagging", {});
        build.optional_parameter("versionId", request.version_id, "version_id");
        return std::move(build).finish();
    }

    [[nodiscard]] static result<void> decode(result_type& out, const expectation&, reply&& got)
    {
        xml::reader document(got.body);
        const bool right_root = document.enter(what.proof.root);
        while (right_root && document.next_child()) {
            if (document.name() != "TagSet") {
                document.skip();
                continue;
            }
            while (document.next_child()) {
                if (document.name() != "Tag")
                    document.skip();
                else if (out.tags.size() == most_tags)
                    document.refuse("more tags than an object can have");
                else
                    out.tags.push_back(decode_tag(document));
            }
        }
        auto whole = document.finish();
        if (!right_root || !whole)
            return unexpected_document(std::move(whole), what.proof.root);
        out.request_id = request_id_of<Dialect>(got);
        return {};
    }

private:
    static stored_tag decode_tag(xml::reader& document)
    {
        stored_tag one;
        while (document.next_child()) {
            if (document.name() == "Key")
                one.key = document.text();
            else if (document.name() == "Value")
                one.value = document.text();
            else
                document.skip();
        }
        if (one.key.empty())
            document.refuse("a tag without a key");
        return one;
    }
};

} // namespace cosio::inline v0::operation

#endif

// ---- cosio/transfer/crew.hpp --------------------------------------------------------------------

// The operations of one transfer: side by side in lanes, stopped together.

#ifndef COSIO_TRANSFER_CREW_HPP
#define COSIO_TRANSFER_CREW_HPP

#include <deque>

namespace cosio::inline v0::transfer {

/// Where one operation at a time is under way, so that it can be cancelled.
class lane
{
public:
    explicit lane(const asio::any_io_executor& executor) : timer_(executor) {}

    /// The token of each operation in this lane.
    [[nodiscard]] auto token() noexcept
    {
        return asio::bind_cancellation_slot(signal_.slot(), asio::use_awaitable);
    }

    /// Ends early, or does not begin, when what runs here has to stop.
    [[nodiscard]] asio::awaitable<void> pause(std::chrono::nanoseconds time)
    {
        if (interrupted())
            co_return;
        std::error_code ended;
        timer_.expires_after(std::chrono::duration_cast<asio::steady_timer::duration>(time));
        co_await timer_.async_wait(asio::redirect_error(asio::use_awaitable, ended));
    }

    /// What runs here has to stop. An interruption reaches only what is under way at that moment:
    /// ask before each operation.
    [[nodiscard]] bool interrupted() const noexcept
    {
        // The copy of a transfer in a child process does nothing more.
        return interrupted_ || generation_ != detail::process_generation();
    }

    void interrupt()
    {
        interrupted_ = true;
        signal_.emit(asio::cancellation_type::terminal);
        timer_.cancel();
    }

private:
    friend class crew;

    const std::uint32_t generation_ = detail::process_generation();
    asio::cancellation_signal signal_{};
    asio::steady_timer timer_;
    bool busy_ = false;
    bool interrupted_ = false;
};

/// Waits in `in` for what `begin` begins, which is of the caller of the transfer: an interruption
/// cancels it, and what it throws becomes an error. Yields what the awaitable of `begin` does.
template <class Begin>
[[nodiscard]] std::invoke_result_t<Begin&> wait_for_foreign(
    asio::any_io_executor executor, lane& in, Begin& begin)
{
    if (in.interrupted())
        co_return error(errc::cancelled);
    typename std::invoke_result_t<Begin&>::value_type out = error(errc::cancelled);
    try {
        auto work = begin();
        auto pending = asio::co_spawn(executor, std::move(work), in.token());
        out = co_await std::move(pending);
    } catch (...) {
        out = net::error_of_exception();
    }
    co_return out;
}

/// The lanes of a transfer. Touched on the transfer's executor only, which is serial.
///
/// The first job that fails, or an interruption from outside, stops the others. Owned by a
/// `shared_ptr`, by the transfer and its jobs.
class crew final : public net::interruptible, public std::enable_shared_from_this<crew>
{
public:
    /// At most `lanes` jobs at once.
    crew(const asio::any_io_executor& executor, std::size_t lanes)
        : executor_(executor), change_(executor), first_(executor), most_(lanes)
    {}

    /// For the steps before and after the jobs.
    [[nodiscard]] lane& first() noexcept { return first_; }

    /// Whether nothing new should be begun.
    [[nodiscard]] bool stopping() const noexcept
    {
        return interrupted_ || failure_.has_value() || first_.interrupted();
    }

    /// A lane for another job, once there is one and fewer than `most` jobs are under way; null when
    /// nothing new should be begun.
    [[nodiscard]] asio::awaitable<lane*> free_lane(
        std::size_t most = std::numeric_limits<std::size_t>::max())
    {
        for (;;) {
            if (stopping())
                co_return nullptr;
            if (under_way_ >= most) {
                co_await wait_for_change();
                continue;
            }
            for (auto& each : lanes_)
                if (!each.busy_)
                    co_return &each;
            if (lanes_.size() < most_)
                co_return &lanes_.emplace_back(executor_);
            co_await wait_for_change();
        }
    }

    /// Begins `job` in `in`, which is free. The coroutine owns, or shares, all it refers to.
    void start(lane& in, asio::awaitable<result<void>> job)
    {
        in.busy_ = true;
        ++under_way_;
        try {
            asio::co_spawn(executor_, std::move(job), ended(shared_from_this(), in));
        } catch (...) { // It was not begun: nobody will tell of its end.
            in.busy_ = false;
            --under_way_;
            throw;
        }
    }

    /// Waits until all jobs have ended. The error of the first that failed; `errc::cancelled` when
    /// they were interrupted, as then some may not have been begun.
    [[nodiscard]] asio::awaitable<result<void>> finish()
    {
        while (under_way_ != 0)
            co_await wait_for_change();
        if (failure_)
            co_return *failure_;
        if (stopping())
            co_return error(errc::cancelled);
        co_return result<void>();
    }

    /// Ends all jobs early. The error of one that had failed before.
    [[nodiscard]] asio::awaitable<result<void>> stop()
    {
        interrupt();
        auto outcome = co_await finish();
        if (!failure_)
            outcome = result<void>();
        co_return outcome;
    }

    void interrupt() noexcept override
    {
        interrupted_ = true;
        stop_all();
    }

private:
    /// Told of the end of a job. Has no cancellation slot, so that none is forwarded to it.
    class ended
    {
    public:
        ended(std::shared_ptr<crew> of, lane& in) : crew_(std::move(of)), lane_(&in) {}

        void operator()(const std::exception_ptr& thrown, result<void> outcome) const
        {
            if (thrown)
                outcome = error_of(thrown);
            crew_->job_ended(*lane_, std::move(outcome));
        }

    private:
        [[nodiscard]] static error error_of(const std::exception_ptr& thrown)
        {
            try {
                std::rethrow_exception(thrown);
            } catch (...) {
                return net::error_of_exception();
            }
        }

        std::shared_ptr<crew> crew_;
        lane* lane_;
    };

    void job_ended(lane& in, result<void> outcome)
    {
        in.busy_ = false;
        --under_way_;
        if (!outcome && !stopping()) {
            failure_ = std::move(outcome).error();
            stop_all();
        }
        change_.cancel();
    }

    void stop_all() noexcept
    {
        try {
            first_.interrupt();
            for (auto& each : lanes_)
                each.interrupt();
            change_.cancel();
        } catch (...) { // Nothing in it fails while the context is alive.
        }
    }

    [[nodiscard]] asio::awaitable<void> wait_for_change()
    {
        std::error_code woken;
        change_.expires_at(asio::steady_timer::time_point::max());
        co_await change_.async_wait(asio::redirect_error(asio::use_awaitable, woken));
    }

    asio::any_io_executor executor_;
    asio::steady_timer change_;
    lane first_;
    std::size_t most_;
    std::deque<lane> lanes_{}; // Lanes do not move.
    std::size_t under_way_ = 0;
    std::optional<error> failure_{};
    bool interrupted_ = false;
};

/// What `steps` come to, exceptions included, once no job of `workers` is under way any more: what
/// the jobs refer to may go then. Until then `control` interrupts the workers when the transfer is
/// cancelled or its time is over, and it ends with `errc::cancelled` or `errc::total_timeout`;
/// cleaning up after it is not interrupted.
template <class T>
[[nodiscard]] asio::awaitable<result<T>> settle(
    net::operation_control& control, crew& workers, asio::awaitable<result<T>> steps)
{
    const net::operation_control::waiting waiting(control, workers, net::step::untimed);
    result<T> out = error(errc::cancelled);
    try {
        out = co_await std::move(steps);
    } catch (...) {
        out = net::error_of_exception();
    }
    if (!out) {
        static_cast<void>(co_await workers.stop());
        if (const auto why = control.interruption())
            out.error().code = *why;
    }
    co_return out;
}

} // namespace cosio::inline v0::transfer

#endif

// ---- cosio/transfer/environment.hpp -------------------------------------------------------------

// What every transfer works with.

#ifndef COSIO_TRANSFER_ENVIRONMENT_HPP
#define COSIO_TRANSFER_ENVIRONMENT_HPP

namespace cosio::inline v0::transfer {

template <class Client>
struct environment
{
    Client cos; ///< Carries out the operations.
    std::shared_ptr<net::client_core> core;
    std::shared_ptr<net::operation_control> control; ///< Of the transfer, with its executor.
    asio::any_io_executor files;                     ///< Where files are read and written.
};

} // namespace cosio::inline v0::transfer

#endif

// ---- cosio/transfer/inherited_headers.hpp -------------------------------------------------------

// The headers of an object as those of a copy of it.

#ifndef COSIO_TRANSFER_INHERITED_HEADERS_HPP
#define COSIO_TRANSFER_INHERITED_HEADERS_HPP

namespace cosio::inline v0 {

/// The class a service names; `unspecified` for one this version does not know.
[[nodiscard]] constexpr storage_class storage_class_of(std::string_view name) noexcept
{
    for (auto value = storage_class::standard; value <= storage_class::maz_intelligent_tiering;
        value = static_cast<storage_class>(static_cast<int>(value) + 1))
        if (name_of(value) == name)
            return value;
    return storage_class::unspecified;
}

namespace transfer {

[[nodiscard]] inline bool has_content_headers(const object_headers& headers) noexcept
{
    return !headers.content_type.empty() || !headers.cache_control.empty() ||
        !headers.content_disposition.empty() || !headers.content_encoding.empty() ||
        !headers.content_language.empty() || headers.expires || !headers.metadata.empty();
}

/// Content headers, metadata and storage class of `source`; all else, and a storage class of its
/// own, of `asked`. Refers to both.
class inherited_headers
{
public:
    inherited_headers(const object_properties& source, const object_headers& asked)
        : headers_(asked)
    {
        headers_.content_type = source.content_type;
        headers_.cache_control = source.cache_control;
        headers_.content_disposition = source.content_disposition;
        headers_.content_encoding = source.content_encoding;
        headers_.content_language = source.content_language;
        headers_.expires.reset();
        headers_.stored_expires = source.expires;
        headers_.as_stored = true;
        join_metadata(source.metadata);
        headers_.metadata = metadata_;
        if (asked.storage_class == storage_class::unspecified)
            headers_.storage_class = storage_class_of(source.storage_class);
    }
    inherited_headers(const inherited_headers&) = delete;
    inherited_headers& operator=(const inherited_headers&) = delete;

    [[nodiscard]] const object_headers& headers() const noexcept { return headers_; }

private:
    /// Values of a name that the reply had several times become one list, as RFC 9110, 5.3 has it.
    void join_metadata(const std::vector<metadata_entry>& source)
    {
        for (const auto& entry : source) {
            const auto is_same = [&](const header& other) {
                return detail::equal_ignoring_case(other.name, entry.name);
            };
            const auto there = std::ranges::find_if(metadata_, is_same);
            if (there == metadata_.end())
                metadata_.push_back({entry.name, entry.value});
            else
                there->value =
                    joined_.emplace_back(there->value).append(",").append(entry.value);
        }
    }

    object_headers headers_;
    std::vector<header> metadata_{};
    std::deque<std::string> joined_{};
};

} // namespace transfer
} // namespace cosio::inline v0

#endif

// ---- cosio/dialect/composite_etag.hpp -----------------------------------------------------------

// The ETag that S3 makes of the parts of an upload.

#ifndef COSIO_DIALECT_COMPOSITE_ETAG_HPP
#define COSIO_DIALECT_COMPOSITE_ETAG_HPP

namespace cosio::inline v0::dialect {

/// The MD5 that an ETag is the hexadecimal text of, with or without quotes; nothing when it is none.
[[nodiscard]] inline std::optional<crypto::md5_value> md5_of_etag(std::string_view etag) noexcept
{
    if (etag.size() >= 2 && etag.front() == '"' && etag.back() == '"')
        etag = etag.substr(1, etag.size() - 2);
    crypto::md5_value value{};
    if (etag.size() != 2 * value.size())
        return std::nullopt;
    for (std::size_t i = 0; i != value.size(); ++i) {
        std::uint8_t byte = 0;
        const auto* const first = etag.data() + 2 * i;
        if (const auto [end, problem] = std::from_chars(first, first + 2, byte, 16);
            end != first + 2 || problem != std::errc())
            return std::nullopt;
        value[i] = std::byte{byte};
    }
    return value;
}

/// The ETag of an object of these parts, given in their order: the MD5 of the MD5s that their ETags
/// are, `-` and how many there are, without quotes. Nothing when an ETag is no MD5.
///
/// Amazon documents no formula; its ETags, and those of Ceph and MinIO, are made by this one where
/// the ETag of a part is the MD5 of its bytes: without encryption and under SSE-S3. An ETag that
/// equals it was made of the same parts. One that differs proves nothing.
class composite_etag
{
public:
    void add(std::string_view part_etag)
    {
        const auto part = md5_of_etag(part_etag);
        are_digests_ = are_digests_ && part.has_value();
        if (part)
            digests_.update(*part);
        ++parts_;
    }

    /// Once.
    [[nodiscard]] std::optional<std::string> finish()
    {
        if (!are_digests_ || parts_ == 0)
            return std::nullopt;
        const auto digest = digests_.finish();
        if (!digest)
            return std::nullopt;
        return crypto::hex(*digest).append("-").append(std::to_string(parts_));
    }

private:
    crypto::hasher<crypto::digest_algorithm::md5> digests_{};
    std::uint32_t parts_ = 0;
    bool are_digests_ = true;
};

} // namespace cosio::inline v0::dialect

#endif

// ---- cosio/transfer/file_executor.hpp -----------------------------------------------------------

// Where files are read and written, so that no thread that serves connections waits for a disk.

#ifndef COSIO_TRANSFER_FILE_EXECUTOR_HPP
#define COSIO_TRANSFER_FILE_EXECUTOR_HPP

#include <asio/thread_pool.hpp>

namespace cosio::inline v0::transfer {

/// Threads for files that belong to an execution context, started by the first transfer in it that
/// was not given an executor of its own. They end before the context does, so that a transfer may
/// be abandoned together with its context at any time. A child process, in which there are no
/// threads but the one that forked, starts its own; what waited for the parent's stays there.
class file_threads final : public asio::execution_context::service
{
public:
    using key_type = file_threads;
    static inline asio::execution_context::id id{};

    explicit file_threads(asio::execution_context& context) : service(context)
    {
        detail::notice_forks();
    }

    [[nodiscard]] asio::any_io_executor get()
    {
        constexpr std::size_t count = 2; // One reads ahead for the network while the other writes.
        const std::lock_guard lock(mutex_);
        leave_to_parent();
        if (threads_ == nullptr) {
            threads_ = std::make_unique<asio::thread_pool>(count);
            generation_ = detail::process_generation();
        }
        return threads_->get_executor();
    }

private:
    /// While all other services of the context are still there: what waits for a thread here may
    /// own their sockets and timers.
    void shutdown() override
    {
        const std::lock_guard lock(mutex_);
        leave_to_parent();
        threads_.reset();
    }

    void notify_fork(asio::execution_context::fork_event event) override
    {
        if (event == asio::execution_context::fork_prepare) {
            mutex_.lock();
        } else {
            leave_to_parent();
            mutex_.unlock();
        }
    }

    /// In a child: threads that are not there cannot be joined, so their pool is never destroyed.
    void leave_to_parent() noexcept
    {
        if (threads_ != nullptr && generation_ != detail::process_generation())
            static_cast<void>(threads_.release());
    }

    std::mutex mutex_{};
    std::unique_ptr<asio::thread_pool> threads_{};
    std::uint32_t generation_ = 0;
};

/// `given`, or the threads of the context that `executor` is of.
[[nodiscard]] inline asio::any_io_executor file_executor(
    const asio::any_io_executor& given, const asio::any_io_executor& executor)
{
    if (given)
        return given;
    auto& context = asio::query(executor, asio::execution::context);
    return asio::use_service<file_threads>(context).get();
}

/// Calls `work` on `files` while the caller's coroutine waits where it is. `work` has to outlive
/// the wait, which a cancellation does not shorten.
template <class Work>
[[nodiscard]] asio::awaitable<std::invoke_result_t<Work&>> on_file_thread(
    asio::any_io_executor files, Work& work)
{
    std::optional<std::invoke_result_t<Work&>> out;
    std::exception_ptr thrown;
    const auto begin = [&](auto&& handler) {
        auto back = asio::get_associated_executor(handler);
        asio::post(files,
            [&, back = std::move(back), handler = std::move(handler)]() mutable {
                try {
                    out.emplace(work());
                } catch (...) {
                    thrown = std::current_exception();
                }
                asio::post(back, std::move(handler));
            });
    };
    co_await asio::async_initiate<const asio::use_awaitable_t<>&, void()>(
        begin, asio::use_awaitable);
    if (thrown)
        std::rethrow_exception(thrown);
    co_return std::move(*out);
}

} // namespace cosio::inline v0::transfer

#endif

// ---- cosio/transfer/checkpoint.hpp --------------------------------------------------------------

// What a transfer writes down so that another run can go on where it ended. Holds no secret.
//
// A text file of lines, `<name> <value>`, values percent-encoded:
//
//     cosio-checkpoint 1
//     kind upload
//     bucket examplebucket-1250000000
//     ...
//     part 1 8388608 995dc9bbdf1939fa %22etag%22 md5
//     end 0123456789abcdef
//
// The last line has the CRC64 of all lines before it, so that a torn or edited file is noticed.

#ifndef COSIO_TRANSFER_CHECKPOINT_HPP
#define COSIO_TRANSFER_CHECKPOINT_HPP

namespace cosio::inline v0::transfer {

/// Tells one state of one file from another.
struct file_identity
{
    std::uint64_t size = 0;
    std::uint64_t modified = 0; ///< Nanoseconds since the epoch.
    std::uint64_t inode = 0;

    friend bool operator==(const file_identity&, const file_identity&) = default;
};

/// A part that is done.
struct checkpoint_part
{
    std::uint32_t number = 0;
    std::uint64_t size = 0;
    std::uint64_t crc64 = 0;
    std::string etag{};        ///< Of an uploaded part.
    bool md5_verified = false; ///< Of an uploaded part: whether the service has compared its MD5.

    friend bool operator==(const checkpoint_part&, const checkpoint_part&) = default;
};

struct checkpoint
{
    enum class direction { upload, download };

    direction kind = direction::upload;
    std::string bucket{};
    std::string key{};
    std::string version_id{};  ///< Of a download of one version.
    std::string upload_id{};   ///< Of an upload.
    std::string object_etag{}; ///< Of a download: which object.
    std::uint64_t object_size = 0;
    std::optional<std::uint64_t> object_crc64{}; ///< Of a download, when the service told.
    std::uint64_t part_size = 0;
    /// Mode and salted fingerprint, see `encryption_fingerprint`.
    std::string encryption{};
    /// The file that is uploaded, or the temporary file of a download (its inode alone).
    file_identity file{};
    std::string file_name{}; ///< Of a download: that of the temporary file, without directory.
    std::vector<checkpoint_part> parts{};

    friend bool operator==(const checkpoint&, const checkpoint&) = default;
};

[[nodiscard]] inline std::string hexadecimal(std::uint64_t value)
{
    std::array<char, 16> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value, 16).ptr;
    return {digits.data(), end};
}

namespace checkpoint_form {

inline constexpr std::string_view first_line = "cosio-checkpoint 1\n";
inline constexpr std::string_view last_line = "end ";

class writer
{
public:
    void text(std::string_view name, std::string_view value)
    {
        out_.append(name).append(" ");
        http::append_percent_encoded(out_, value, http::slash::keep);
        out_.append("\n");
    }
    void number(std::string_view name, std::uint64_t value) { text(name, std::to_string(value)); }

    void part(const checkpoint_part& one)
    {
        out_.append("part ").append(std::to_string(one.number)).append(" ");
        out_.append(std::to_string(one.size)).append(" ").append(hexadecimal(one.crc64));
        out_.append(" ");
        http::append_percent_encoded(out_, one.etag, http::slash::keep);
        out_.append(one.md5_verified ? " md5\n" : "\n");
    }

    [[nodiscard]] std::string finish() &&
    {
        const auto sum = crypto::crc64_of(detail::bytes_of(out_));
        out_.append(last_line).append(hexadecimal(sum)).append("\n");
        return std::move(out_);
    }

private:
    std::string out_{first_line};
};

/// Takes the text up to `delimiter` off the front of `rest`, and the delimiter with it.
[[nodiscard]] inline std::string_view take(std::string_view& rest, char delimiter)
{
    const auto end = rest.find(delimiter);
    const auto taken = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    return taken;
}

/// False when a value is not of its form.
[[nodiscard]] inline bool read_part(std::string_view value, std::vector<checkpoint_part>& parts)
{
    const auto number = detail::parse_number<std::uint32_t>(take(value, ' '));
    const auto size = detail::parse_number<std::uint64_t>(take(value, ' '));
    const auto crc64 = detail::parse_number<std::uint64_t>(take(value, ' '), 16);
    auto etag = http::percent_decoded(take(value, ' '));
    if (!number || !size || !crc64 || !etag || *number == 0 || (!value.empty() && value != "md5") ||
        (!parts.empty() && *number <= parts.back().number))
        return false;
    parts.push_back({*number, *size, *crc64, std::move(*etag), !value.empty()});
    return true;
}

[[nodiscard]] inline bool read_line(
    std::string_view name, std::string_view value, checkpoint& out)
{
    const auto text = [&](std::string& member) {
        auto decoded = http::percent_decoded(value);
        member = decoded.value_or(std::string());
        return decoded.has_value();
    };
    const auto number = [&](auto& member, int base = 10) {
        const auto parsed = detail::parse_number<std::uint64_t>(value, base);
        member = parsed.value_or(0);
        return parsed.has_value();
    };
    if (name == "kind") {
        out.kind = value == "upload" ? checkpoint::direction::upload
                                     : checkpoint::direction::download;
        return value == "upload" || value == "download";
    }
    if (name == "bucket")
        return text(out.bucket);
    if (name == "key")
        return text(out.key);
    if (name == "version-id")
        return text(out.version_id);
    if (name == "upload-id")
        return text(out.upload_id);
    if (name == "object-etag")
        return text(out.object_etag);
    if (name == "object-size")
        return number(out.object_size);
    if (name == "object-crc64")
        return number(out.object_crc64, 16);
    if (name == "part-size")
        return number(out.part_size) && out.part_size != 0;
    if (name == "encryption")
        return text(out.encryption);
    if (name == "file-name")
        return text(out.file_name);
    if (name == "file-size")
        return number(out.file.size);
    if (name == "file-modified")
        return number(out.file.modified);
    if (name == "file-inode")
        return number(out.file.inode);
    return name == "part" && read_part(value, out.parts);
}

} // namespace checkpoint_form

[[nodiscard]] inline std::string encode_checkpoint(const checkpoint& from)
{
    checkpoint_form::writer to;
    to.text("kind", from.kind == checkpoint::direction::upload ? "upload" : "download");
    to.text("bucket", from.bucket);
    to.text("key", from.key);
    to.text("version-id", from.version_id);
    to.text("upload-id", from.upload_id);
    to.text("object-etag", from.object_etag);
    to.number("object-size", from.object_size);
    if (from.object_crc64)
        to.text("object-crc64", hexadecimal(*from.object_crc64));
    to.number("part-size", from.part_size);
    to.text("encryption", from.encryption);
    to.text("file-name", from.file_name);
    to.number("file-size", from.file.size);
    to.number("file-modified", from.file.modified);
    to.number("file-inode", from.file.inode);
    for (const auto& one : from.parts)
        to.part(one);
    return std::move(to).finish();
}

/// Errors: `errc::invalid_checkpoint`, whatever the bytes are.
[[nodiscard]] inline result<checkpoint> decode_checkpoint(std::string_view text)
{
    using namespace checkpoint_form;
    const auto damaged = [](std::string_view why) {
        return error(errc::invalid_checkpoint, std::string(why), "checkpoint");
    };
    if (!text.starts_with(first_line))
        return damaged("it is not a checkpoint of this version");
    const auto end = text.rfind("\nend ");
    if (end == std::string_view::npos || text.back() != '\n')
        return damaged("it has no end");
    const auto content = text.substr(0, end + 1);
    auto sum = text.substr(content.size() + last_line.size());
    sum.remove_suffix(1);
    if (detail::parse_number<std::uint64_t>(sum, 16) !=
        crypto::crc64_of(detail::bytes_of(content)))
        return damaged("its checksum is wrong");
    checkpoint out;
    auto rest = content.substr(first_line.size());
    while (!rest.empty()) {
        auto line = take(rest, '\n');
        const auto name = take(line, ' ');
        if (!read_line(name, line, out))
            return damaged("it has a line that cannot be read: " + std::string(name));
    }
    if (out.part_size == 0)
        return damaged("it has no part size");
    return out;
}

} // namespace cosio::inline v0::transfer

#endif

// ---- cosio/transfer/write_signals.hpp -----------------------------------------------------------

// Writing without the signals that come with an error.

#ifndef COSIO_TRANSFER_WRITE_SIGNALS_HPP
#define COSIO_TRANSFER_WRITE_SIGNALS_HPP

#include <csignal>

namespace cosio::inline v0::transfer {

/// As long as it lives, a write of this thread that is beyond the limit of a file's size, or into a
/// pipe that nobody reads, is an error alone. By default the system kills the process for either.
class write_signals_blocked
{
public:
    write_signals_blocked() noexcept
    {
        sigset_t both;
        ::sigemptyset(&both);
        ::sigaddset(&both, SIGXFSZ);
        ::sigaddset(&both, SIGPIPE);
        ::pthread_sigmask(SIG_BLOCK, &both, &before_);
    }
    write_signals_blocked(const write_signals_blocked&) = delete;
    write_signals_blocked& operator=(const write_signals_blocked&) = delete;
    /// Leaves `errno` as it is.
    ~write_signals_blocked()
    {
        const int kept = errno;
        if (kept == EFBIG)
            consume(SIGXFSZ);
        if (kept == EPIPE)
            consume(SIGPIPE);
        ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
        errno = kept;
    }

private:
    /// One that was blocked before is for whoever blocked it.
    void consume(int number) const noexcept
    {
        sigset_t pending;
        if (::sigismember(&before_, number) == 1 || ::sigpending(&pending) != 0 ||
            ::sigismember(&pending, number) != 1)
            return;
        sigset_t one;
        ::sigemptyset(&one);
        ::sigaddset(&one, number);
        int taken = 0;
        ::sigwait(&one, &taken);
    }

    sigset_t before_{};
};

} // namespace cosio::inline v0::transfer

#endif

// ---- cosio/transfer/local_file.hpp --------------------------------------------------------------

// Files and directories of the operating system (POSIX). Everything here may block: it is called on
// the executor for files, see `file_executor`.

#ifndef COSIO_TRANSFER_LOCAL_FILE_HPP
#define COSIO_TRANSFER_LOCAL_FILE_HPP

#include <sys/file.h>
#include <sys/stat.h>
#include <sys/types.h>

#include <cstdio>

namespace cosio::inline v0::transfer {

/// What the last call of the system failed with, in the generic category.
[[nodiscard]] inline error file_error(std::string_view what, std::string_view path)
{
    const std::error_code code(errno, std::generic_category());
    return error(code,
        std::string("cannot ").append(what).append(" '").append(path).append("': ") +
            code.message(),
        "path");
}

/// A descriptor that is closed when it goes.
class descriptor
{
public:
    descriptor() = default;
    explicit descriptor(int number) noexcept : number_(number) {}
    descriptor(descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    descriptor& operator=(descriptor&& other) noexcept
    {
        std::swap(number_, other.number_);
        return *this;
    }
    descriptor(const descriptor&) = delete;
    descriptor& operator=(const descriptor&) = delete;
    ~descriptor()
    {
        if (number_ >= 0)
            ::close(number_);
    }

    [[nodiscard]] int get() const noexcept { return number_; }
    /// Somebody else closes it.
    void release() noexcept { number_ = -1; }

private:
    int number_ = -1;
};

/// Who may do what with a file. Access control lists beyond that are not looked at.
struct file_access
{
    mode_t mode = 0; ///< To read, write and run it; not what makes it run as somebody else.
    gid_t group = 0;
    std::optional<uid_t> owner{}; ///< Nothing: whoever made the file.
};

/// Tells one state of an open file from another. Whoever writes to a file may put its time of
/// modification back, but not that of its last change.
struct file_state
{
    file_identity identity{};
    std::uint64_t device = 0;
    /// Nanoseconds since the epoch: when its bytes, its permissions, names or attributes changed.
    std::uint64_t changed = 0;

    /// Whether this is `other` but for the time of its last change: permissions or names may have
    /// changed, or it was written to and its time of modification put back.
    [[nodiscard]] bool differs_in_change_alone(const file_state& other) const noexcept
    {
        return identity == other.identity && device == other.device && changed != other.changed;
    }

    friend bool operator==(const file_state&, const file_state&) = default;
};

enum class lock_outcome {
    locked,
    held_by_another,
    /// The file system knows no locks, or has none left.
    unavailable
};

/// An open file. Reading and writing at positions is safe from several threads.
class local_file
{
public:
    local_file() = default;
    local_file(descriptor open, std::string path) noexcept
        : descriptor_(std::move(open)), path_(std::move(path))
    {}

    /// Errors: the system's, and `errc::invalid_argument` for what is not a regular file.
    [[nodiscard]] static result<local_file> open_for_reading(
        const std::string& path, int access = O_RDONLY)
    {
        // Without O_NONBLOCK a pipe nobody writes to would hold the thread for ever.
        descriptor open(::open(path.c_str(), access | O_CLOEXEC | O_NONBLOCK));
        if (open.get() < 0)
            return file_error("open", path);
        struct stat status{};
        if (::fstat(open.get(), &status) != 0)
            return file_error("look at", path);
        if (!S_ISREG(status.st_mode))
            return error(errc::invalid_argument, "'" + path + "' is not a regular file", "path");
        return local_file(std::move(open), path);
    }

    [[nodiscard]] const std::string& path() const noexcept { return path_; }

    /// Errors name it `path` from now on, whatever its name is.
    void show_as(std::string path) noexcept { path_ = std::move(path); }

    [[nodiscard]] int native_handle() const noexcept { return descriptor_.get(); }

    [[nodiscard]] result<file_state> state() const
    {
        struct stat status{};
        if (::fstat(descriptor_.get(), &status) != 0)
            return file_error("look at", path_);
        return file_state{{static_cast<std::uint64_t>(status.st_size),
                              nanoseconds(status.st_mtim), status.st_ino},
            static_cast<std::uint64_t>(status.st_dev), nanoseconds(status.st_ctim)};
    }

    [[nodiscard]] result<file_identity> identity() const
    {
        const auto now = state();
        return now ? result<file_identity>(now->identity) : now.error();
    }

    /// Errors: `errc::file_changed` when it is not as it was `before`, and the system's.
    [[nodiscard]] result<void> check_unchanged(const file_state& before) const
    {
        const auto now = state();
        if (!now)
            return now.error();
        if (*now != before)
            return changed_error();
        return {};
    }

    /// Of a file that is not as it was.
    [[nodiscard]] error changed_error() const
    {
        return error(
            errc::file_changed, "'" + path_ + "' was changed while it was read", "path");
    }

    /// How many bytes were read: fewer than there is room for only at the end of the file.
    [[nodiscard]] result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> to) const
    {
        std::size_t done = 0;
        while (done != to.size()) {
            const auto count = ::pread(descriptor_.get(), to.data() + done, to.size() - done,
                static_cast<off_t>(offset + done));
            if (count < 0 && errno == EINTR)
                continue;
            if (count < 0)
                return file_error("read", path_);
            if (count == 0)
                break;
            done += static_cast<std::size_t>(count);
        }
        return done;
    }

    /// All of `from`, or an error, also where a signal would come with it.
    [[nodiscard]] result<void> write_at(std::uint64_t offset, std::span<const std::byte> from) const
    {
        while (!from.empty()) {
            const auto count = [&] {
                const write_signals_blocked guard;
                return ::pwrite(
                    descriptor_.get(), from.data(), from.size(), static_cast<off_t>(offset));
            }();
            if (count < 0 && errno == EINTR)
                continue;
            if (count <= 0)
                return file_error("write", path_);
            offset += static_cast<std::uint64_t>(count);
            from = from.subspan(static_cast<std::size_t>(count));
        }
        return {};
    }

    /// What was written is on the disk when this returns.
    [[nodiscard]] result<void> sync() const
    {
        if (::fsync(descriptor_.get()) != 0)
            return file_error("flush", path_);
        return {};
    }

    /// Keeps the file from all others that lock it, until it is closed or the process has ended; a
    /// child that was forked meanwhile has it as well. Does not wait.
    [[nodiscard]] lock_outcome lock() const noexcept
    {
        if (::flock(descriptor_.get(), LOCK_EX | LOCK_NB) == 0)
            return lock_outcome::locked;
        return errno == EWOULDBLOCK ? lock_outcome::held_by_another : lock_outcome::unavailable;
    }

    /// Whether the path that it was opened by does not lead to it any more.
    [[nodiscard]] bool was_replaced() const noexcept
    {
        struct stat here{};
        struct stat there{};
        return ::fstat(descriptor_.get(), &here) == 0 &&
            (::stat(path_.c_str(), &there) != 0 || there.st_ino != here.st_ino ||
                there.st_dev != here.st_dev);
    }

    /// A group that cannot be given the file may not do more than everybody: the group the file has
    /// is another one.
    [[nodiscard]] result<void> set_access(file_access to) const
    {
        constexpr mode_t of_everybody = 07;
        constexpr mode_t of_group = 070;
        constexpr mode_t all = 07777;
        struct stat status{};
        if (::fstat(descriptor_.get(), &status) != 0)
            return file_error("look at", path_);
        // Few may give files away. For all others the file is theirs then.
        if (to.owner && status.st_uid != *to.owner)
            static_cast<void>(
                !::fchown(descriptor_.get(), *to.owner, static_cast<gid_t>(-1)));
        if (status.st_gid != to.group &&
            ::fchown(descriptor_.get(), static_cast<uid_t>(-1), to.group) != 0)
            to.mode &= ~of_group | (to.mode & of_everybody) << 3;
        // Some file systems have permissions that cannot be changed.
        if ((status.st_mode & all) != to.mode && ::fchmod(descriptor_.get(), to.mode) != 0)
            return file_error("set the permissions of", path_);
        return {};
    }

private:
    [[nodiscard]] static std::uint64_t nanoseconds(const timespec& time) noexcept
    {
        constexpr std::uint64_t nanoseconds_per_second = 1'000'000'000;
        return static_cast<std::uint64_t>(time.tv_sec) * nanoseconds_per_second +
            static_cast<std::uint64_t>(time.tv_nsec);
    }

    descriptor descriptor_{};
    std::string path_{};
};

/// An open directory; names are looked up in it, whatever happens to its path meanwhile.
class local_directory
{
public:
    /// Follows symbolic links: `path` is the caller's. An empty one is the current directory.
    [[nodiscard]] static result<local_directory> open(const std::string& path)
    {
        const std::string where = path.empty() ? "." : path;
        descriptor open(::open(where.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        if (open.get() < 0)
            return file_error("open directory", where);
        return local_directory(std::move(open), where);
    }

    /// Another handle of this directory.
    [[nodiscard]] result<local_directory> enter_itself() const
    {
        descriptor open(::openat(descriptor_.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        if (open.get() < 0)
            return file_error("open directory", path_);
        return local_directory(std::move(open), path_);
    }

    /// The directory `name` in this one, which is made if it is not there. Follows no symbolic
    /// link.
    [[nodiscard]] result<local_directory> enter(const std::string& name) const
    {
        if (::mkdirat(descriptor_.get(), name.c_str(), 0777) != 0 && errno != EEXIST)
            return file_error("make directory", path_of(name));
        descriptor open(::openat(descriptor_.get(), name.c_str(),
            O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW));
        if (open.get() < 0)
            return file_error("open directory", path_of(name));
        return local_directory(std::move(open), path_of(name));
    }

    /// A new, empty file for reading and writing; fails when there is one of that name.
    /// `permissions` are the most it has, less what the umask of the process takes.
    [[nodiscard]] result<local_file> create(
        const std::string& name, mode_t permissions = everyone) const
    {
        return open_file(name, O_CREAT | O_EXCL, "create", permissions);
    }

    /// A file that is there, for reading and writing.
    [[nodiscard]] result<local_file> reopen(const std::string& name) const
    {
        return open_file(name, 0, "open");
    }

    /// Of the regular file `name`; nothing when there is none.
    [[nodiscard]] std::optional<file_access> access_of(const std::string& name) const
    {
        constexpr mode_t all = 0777;
        struct stat status{};
        if (::fstatat(descriptor_.get(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0 ||
            !S_ISREG(status.st_mode))
            return std::nullopt;
        return file_access{status.st_mode & all, status.st_gid, status.st_uid};
    }

    /// What has that name, links not followed; nothing when nothing has. Errors: the system's.
    [[nodiscard]] result<std::optional<struct stat>> status_of(const std::string& name) const
    {
        struct stat status{};
        if (::fstatat(descriptor_.get(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0)
            return std::optional<struct stat>(status);
        if (errno == ENOENT)
            return std::optional<struct stat>();
        return file_error("look at", path_of(name));
    }

    /// Whether that name is of the regular file with this inode.
    [[nodiscard]] bool names(const std::string& name, std::uint64_t inode) const
    {
        const auto found = status_of(name);
        return found && *found && S_ISREG((*found)->st_mode) && (*found)->st_ino == inode;
    }

    /// Whether `name` can be made, or replaced by another file, in this directory by this process.
    /// Errors: the system's, and `errc::invalid_argument` for what is not a regular file.
    [[nodiscard]] result<void> check_replaceable(const std::string& name) const
    {
        if (::faccessat(descriptor_.get(), ".", W_OK | X_OK, AT_EACCESS) != 0)
            return file_error("make files in", path_);
        const auto found = status_of(name);
        if (!found)
            return found.error();
        if (!*found)
            return {};
        const auto& status = **found;
        if (!S_ISREG(status.st_mode))
            return error(errc::invalid_argument,
                "'" + path_of(name) + "' is there and no regular file", "path");
        // Who may not write to a file should not replace it either.
        if (::faccessat(descriptor_.get(), name.c_str(), W_OK, AT_EACCESS) != 0)
            return file_error("replace", path_of(name));
        struct stat here{};
        if (::fstat(descriptor_.get(), &here) != 0)
            return file_error("look at", path_);
        const auto user = ::geteuid();
        if ((here.st_mode & S_ISVTX) != 0 && user != 0 && here.st_uid != user &&
            status.st_uid != user) {
            errno = EPERM;
            return file_error("replace", path_of(name));
        }
        return {};
    }

    /// `from` takes the place of `to` at once; for good after `sync`.
    [[nodiscard]] result<void> rename(const std::string& from, const std::string& to) const
    {
        if (::renameat(descriptor_.get(), from.c_str(), descriptor_.get(), to.c_str()) != 0)
            return file_error("rename '" + path_of(from) + "' to", path_of(to));
        return {};
    }

    /// The names in it are on the disk when this returns, where the file system can do that.
    [[nodiscard]] result<void> sync() const
    {
        if (::fsync(descriptor_.get()) != 0 && errno != EINVAL && errno != ENOTSUP)
            return file_error("flush directory", path_);
        return {};
    }

    void remove(const std::string& name) const noexcept
    {
        ::unlinkat(descriptor_.get(), name.c_str(), 0);
    }

    /// When it is the name of the regular file with this inode.
    void remove(const std::string& name, std::uint64_t inode) const
    {
        if (names(name, inode))
            remove(name);
    }

    [[nodiscard]] const std::string& path() const noexcept { return path_; }
    [[nodiscard]] std::string path_of(const std::string& name) const
    {
        return path_.ends_with('/') ? path_ + name : path_ + "/" + name;
    }

    [[nodiscard]] int native_handle() const noexcept { return descriptor_.get(); }
    /// Somebody else closes the descriptor.
    void release() noexcept { descriptor_.release(); }

private:
    static constexpr mode_t everyone = 0666; // May read and write, if the umask lets them.

    local_directory(descriptor open, std::string path) noexcept
        : descriptor_(std::move(open)), path_(std::move(path))
    {}

    [[nodiscard]] result<local_file> open_file(const std::string& name, int flags,
        std::string_view what, mode_t permissions = everyone) const
    {
        descriptor open(::openat(descriptor_.get(), name.c_str(),
            O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | flags, permissions));
        if (open.get() < 0)
            return file_error(what, path_of(name));
        return local_file(std::move(open), path_of(name));
    }

    descriptor descriptor_;
    std::string path_;
};

/// A path as the directory that holds it and its last component.
struct split_path
{
    std::string directory;
    std::string name;

    explicit split_path(std::string_view path)
    {
        const auto slash = path.rfind('/');
        name = path.substr(slash == std::string_view::npos ? 0 : slash + 1);
        if (slash != std::string_view::npos)
            directory = path.substr(0, std::max<std::size_t>(slash, 1));
    }

    [[nodiscard]] bool names_a_file() const noexcept
    {
        return !name.empty() && name != "." && name != "..";
    }
};

} // namespace cosio::inline v0::transfer

#endif

// ---- cosio/transfer/file_digest.hpp -------------------------------------------------------------

// Sums of a part of a file: digests before it is sent, for services that state no CRC64 to compare
// with, or that sign bodies; CRC64 of what an earlier run has received.

#ifndef COSIO_TRANSFER_FILE_DIGEST_HPP
#define COSIO_TRANSFER_FILE_DIGEST_HPP

namespace cosio::inline v0::transfer {

/// Adds `size` bytes of `file` from `offset` on to `sum`, fewer when the file is shorter.
///
/// Errors: those of the file; `errc::cancelled` when `workers` are to stop.
template <class Sum>
[[nodiscard]] asio::awaitable<result<void>> add_part(const local_file& file,
    asio::any_io_executor files, const crew& workers, std::uint64_t offset, std::uint64_t size,
    Sum& sum)
{
    constexpr std::uint64_t at_once = std::uint64_t{4} << 20U; // Others want the thread too.
    std::vector<std::byte> buffer(std::min<std::uint64_t>(size, 64 * 1024));
    std::uint64_t done = 0;
    auto work = [&]() -> result<bool> {
        const auto end = std::min(done + at_once, size);
        while (done != end) {
            const auto wanted =
                std::span(buffer).first(std::min<std::uint64_t>(end - done, buffer.size()));
            const auto got = file.read_at(offset + done, wanted);
            if (!got)
                return got.error();
            if (*got == 0)
                return false;
            sum.update(wanted.first(*got));
            done += *got;
        }
        return done != size;
    };
    for (;;) {
        if (workers.stopping())
            co_return error(errc::cancelled);
        const auto more = co_await on_file_thread(files, work);
        if (!more)
            co_return more.error();
        if (!*more)
            co_return result<void>();
    }
}

/// What is sent along with a part.
struct part_digests
{
    std::optional<crypto::md5_value> md5{};       ///< For the service to compare.
    std::optional<crypto::sha256_value> sha256{}; ///< For the signature.
};

/// Several sums of the same bytes.
struct digest_sums
{
    crypto::hasher<crypto::digest_algorithm::md5> md5{};
    std::optional<crypto::hasher<crypto::digest_algorithm::sha256>> sha256{};

    void update(std::span<const std::byte> bytes)
    {
        md5.update(bytes);
        if (sha256)
            sha256->update(bytes);
    }
};

/// Read from the disk once, as the part is sent next: which will tell when the file has become
/// shorter. SHA-256 only when `signs_body`. Errors: see `add_part`.
[[nodiscard]] inline asio::awaitable<result<part_digests>> digests_of_part(const local_file& file,
    asio::any_io_executor files, const crew& workers, std::uint64_t offset, std::uint64_t size,
    bool signs_body)
{
    digest_sums sums;
    if (signs_body)
        sums.sha256.emplace();
    if (auto added = co_await add_part(file, files, workers, offset, size, sums); !added)
        co_return std::move(added).error();
    part_digests out;
    const auto md5 = sums.md5.finish();
    if (!md5)
        co_return md5.error();
    out.md5 = *md5;
    if (sums.sha256) {
        const auto sha256 = sums.sha256->finish();
        if (!sha256)
            co_return sha256.error();
        out.sha256 = *sha256;
    }
    co_return out;
}

/// Of a file that is shorter: of what it has. Errors: see `add_part`.
[[nodiscard]] inline asio::awaitable<result<std::uint64_t>> crc64_of_part(const local_file& file,
    asio::any_io_executor files, const crew& workers, std::uint64_t offset, std::uint64_t size)
{
    crypto::crc64 sum;
    if (auto added = co_await add_part(file, files, workers, offset, size, sum); !added)
        co_return std::move(added).error();
    co_return sum.value();
}

} // namespace cosio::inline v0::transfer

#endif

// ---- cosio/transfer/part_plan.hpp ---------------------------------------------------------------

// How an object is cut into parts.

#ifndef COSIO_TRANSFER_PART_PLAN_HPP
#define COSIO_TRANSFER_PART_PLAN_HPP

namespace cosio::inline v0::transfer {

/// The limits of a service for multipart uploads.
struct part_limits
{
    std::uint64_t minimum_size = 0; ///< Of every part but the last.
    std::uint64_t maximum_size = 0;
    std::uint32_t maximum_count = 0;
};

/// Limits of ranges that are read: none of the service's, but what is kept of them should fit into
/// memory, and into a checkpoint.
inline constexpr part_limits range_limits{
    1, std::numeric_limits<std::uint64_t>::max(), 100'000};

/// One part: `size` bytes from `offset` on.
struct part
{
    std::uint32_t number = 0; ///< From 1.
    std::uint64_t offset = 0;
    std::uint64_t size = 0;
};

/// Parts of equal size but the last, which has the rest. An object of 0 bytes is one part.
class part_plan
{
public:
    /// `wanted` is grown, in whole MiB, until `limits.maximum_count` parts suffice.
    /// Errors: `errc::invalid_argument` names `part_size` when it is outside of the limits or the
    /// object is too large for any.
    [[nodiscard]] static result<part_plan> make(
        std::uint64_t object_size, std::uint64_t wanted, const part_limits& limits)
    {
        if (auto sound = check_part_size(wanted, limits); !sound)
            return std::move(sound).error();
        constexpr std::uint64_t step = 1024 * 1024;
        const auto least = divide_up(object_size, limits.maximum_count);
        const auto size = least <= wanted ? wanted : divide_up(least, step) * step;
        if (size > limits.maximum_size)
            return error(errc::invalid_argument,
                "the object is larger than " + std::to_string(limits.maximum_count) +
                    " parts of the largest size",
                "part_size");
        return part_plan(object_size, size);
    }

    /// A plan that was made before: no rule but that parts are not empty.
    [[nodiscard]] static part_plan of(std::uint64_t object_size, std::uint64_t part_size) noexcept
    {
        return {object_size, std::max<std::uint64_t>(part_size, 1)};
    }

    [[nodiscard]] static result<void> check_part_size(
        std::uint64_t wanted, const part_limits& limits)
    {
        if (wanted < limits.minimum_size || wanted > limits.maximum_size)
            return error(errc::invalid_argument,
                "must be " + std::to_string(limits.minimum_size) + " to " +
                    std::to_string(limits.maximum_size) + " bytes",
                "part_size");
        return {};
    }

    [[nodiscard]] std::uint64_t object_size() const noexcept { return object_size_; }
    [[nodiscard]] std::uint64_t part_size() const noexcept { return part_size_; }
    [[nodiscard]] std::uint32_t count() const noexcept
    {
        return static_cast<std::uint32_t>(
            std::max<std::uint64_t>(divide_up(object_size_, part_size_), 1));
    }

    /// Requires 1 <= `number` <= `count()`.
    [[nodiscard]] part at(std::uint32_t number) const noexcept
    {
        const std::uint64_t offset = (number - 1) * part_size_;
        return {number, offset, std::min(part_size_, object_size_ - offset)};
    }

private:
    part_plan(std::uint64_t object_size, std::uint64_t part_size) noexcept
        : object_size_(object_size), part_size_(part_size)
    {}

    [[nodiscard]] static constexpr std::uint64_t divide_up(
        std::uint64_t value, std::uint64_t by) noexcept
    {
        return value / by + (value % by != 0 ? 1 : 0);
    }

    std::uint64_t object_size_;
    std::uint64_t part_size_;
};

/// Sizes of the parts of a body whose end is not known. Half of all the parts that there may be are
/// of the first size; with each twentieth of them that follows the size doubles, up to the largest.
/// Of 10,000 parts the first 5,000 have 8 MiB (39 GiB), and all of them up to 6.4 TiB; if they begin
/// with 64 MiB, 312 GiB and 14 TiB; with 5 GiB, 48.8 TiB.
class growing_parts
{
public:
    /// `first` is of one part at least and within `limits`.
    constexpr growing_parts(std::uint64_t first, const part_limits& limits) noexcept
        : first_(first), limits_(limits)
    {}

    /// From 1 to this.
    [[nodiscard]] constexpr std::uint32_t maximum_count() const noexcept
    {
        return limits_.maximum_count;
    }

    /// Of part `number`, from 1.
    [[nodiscard]] constexpr std::uint64_t size_of(std::uint32_t number) const noexcept
    {
        const auto steady = std::max<std::uint32_t>(limits_.maximum_count / 2, 1);
        if (number <= steady)
            return first_;
        const auto step = std::max<std::uint32_t>(limits_.maximum_count / 20, 1);
        const auto doublings = std::min<std::uint32_t>(1 + (number - steady - 1) / step, 63);
        return first_ > limits_.maximum_size >> doublings ? limits_.maximum_size
                                                           : first_ << doublings;
    }

    /// How many parts may be in memory while part `number` is there, so that they take as much as
    /// `parallelism` of the first size do, or as two: one that is sent and one that is read.
    [[nodiscard]] constexpr std::uint32_t at_once(
        std::uint32_t number, std::uint32_t parallelism) const noexcept
    {
        const auto fit = first_ * parallelism / size_of(number);
        return static_cast<std::uint32_t>(std::clamp<std::uint64_t>(
            fit, std::min<std::uint32_t>(parallelism, 2), parallelism));
    }

    /// What all parts hold.
    [[nodiscard]] constexpr std::uint64_t capacity() const noexcept
    {
        std::uint64_t sum = 0;
        for (std::uint32_t number = 1; number <= limits_.maximum_count; ++number)
            sum += size_of(number);
        return sum;
    }

private:
    std::uint64_t first_;
    part_limits limits_;
};

} // namespace cosio::inline v0::transfer

#endif

// ---- cosio/transfer/request_copies.hpp ----------------------------------------------------------

// What a request refers to, copied for a transfer that outlasts the call it was given to.

#ifndef COSIO_TRANSFER_REQUEST_COPIES_HPP
#define COSIO_TRANSFER_REQUEST_COPIES_HPP

namespace cosio::inline v0::transfer {

/// Each `keep` yields the same value, referring to copies that live as long as this object.
class request_copies
{
public:
    request_copies() = default;
    request_copies(const request_copies&) = delete;
    request_copies& operator=(const request_copies&) = delete;

    [[nodiscard]] std::string_view keep(std::string_view text)
    {
        return text.empty() ? std::string_view() : texts_.emplace_back(text);
    }

    [[nodiscard]] sse::on_write keep(const sse::on_write& asked)
    {
        if (const auto* const kms = std::get_if<sse::kms>(&asked))
            return sse::kms{keep(kms->key_id), keep(kms->context)};
        if (const auto* const customer = std::get_if<sse::customer>(&asked))
            return keep(*customer);
        return asked;
    }

    [[nodiscard]] sse::on_read keep(const sse::on_read& asked)
    {
        if (const auto* const customer = std::get_if<sse::customer>(&asked))
            return keep(*customer);
        return asked;
    }

    [[nodiscard]] object_headers keep(object_headers headers)
    {
        for (auto* const text :
            {&headers.content_type, &headers.cache_control, &headers.content_disposition,
                &headers.content_encoding, &headers.content_language, &headers.grant_read,
                &headers.grant_read_acp, &headers.grant_write_acp, &headers.grant_full_control,
                &headers.stored_expires})
            *text = keep(*text);
        auto& metadata = metadata_.emplace_back();
        for (const auto& [name, value] : headers.metadata)
            metadata.push_back({keep(name), keep(value)});
        headers.metadata = metadata;
        auto& tags = tags_.emplace_back();
        for (const auto& [name, value] : headers.tags)
            tags.push_back({keep(name), keep(value)});
        headers.tags = tags;
        return headers;
    }

    [[nodiscard]] conditions keep(conditions asked)
    {
        asked.if_match = keep(asked.if_match);
        asked.if_none_match = keep(asked.if_none_match);
        return asked;
    }

    [[nodiscard]] copy_source keep(const copy_source& source)
    {
        return {.bucket = keep(source.bucket), .key = keep(source.key), .sse = keep(source.sse),
            .version_id = keep(source.version_id), .region = keep(source.region),
            .conditions = keep(source.conditions)};
    }

private:
    [[nodiscard]] sse::customer keep(const sse::customer& customer)
    {
        return {keys_.emplace_back(customer.key.get()), customer.md5};
    }

    std::deque<std::string> texts_{}; // What it holds does not move.
    std::deque<customer_key> keys_{};
    std::deque<std::vector<header>> metadata_{};
    std::deque<std::vector<tag>> tags_{};
};

/// The key that goes with each part of an upload that was begun with `asked`.
[[nodiscard]] inline sse::on_read part_encryption(const sse::on_write& asked)
{
    const auto* const customer = std::get_if<sse::customer>(&asked);
    return customer != nullptr ? sse::on_read(*customer) : sse::on_read();
}

} // namespace cosio::inline v0::transfer

#endif

// ---- cosio/transfer/result.hpp ------------------------------------------------------------------

// The result of a transfer, made of that of an operation.

#ifndef COSIO_TRANSFER_RESULT_HPP
#define COSIO_TRANSFER_RESULT_HPP

namespace cosio::inline v0::transfer {

/// Of an object that was stored by one request.
[[nodiscard]] inline upload_result upload_result_of(put_object_result&& stored, std::uint64_t size)
{
    upload_result out;
    out.etag = std::move(stored.etag);
    out.size = size;
    out.crc64 = stored.sent_crc64;
    out.crc64_verified = stored.crc64_verified;
    out.md5_verified = stored.md5_verified;
    out.sse = std::move(stored.sse);
    out.version_id = std::move(stored.version_id);
    out.request_id = std::move(stored.request_id);
    return out;
}

} // namespace cosio::inline v0::transfer

#endif

// ---- cosio/transfer/multipart_upload.hpp --------------------------------------------------------

// One multipart upload, from its beginning to its object, whatever its parts are made of.

#ifndef COSIO_TRANSFER_MULTIPART_UPLOAD_HPP
#define COSIO_TRANSFER_MULTIPART_UPLOAD_HPP

namespace cosio::inline v0::transfer {

/// The object that is to be. Views that outlive the upload.
struct upload_target
{
    std::string_view bucket{};
    std::string_view key{};
    cosio::sse::on_write sse{};
    object_headers headers{};
};

/// A part that the service has.
struct uploaded_part
{
    std::string etag{};
    std::uint64_t size = 0;
    /// Of the bytes that were sent; nothing for a part that was copied and whose reply has none.
    std::optional<std::uint64_t> crc64{};
    /// Whether the reply proved its MD5.
    bool md5_verified = false;
};

/// Touched on the transfer's executor only.
template <class Client>
class multipart_upload
{
public:
    multipart_upload(Client cos, const upload_target& target)
        : cos_(std::move(cos)), target_(target)
    {}

    [[nodiscard]] const std::string& id() const noexcept { return id_; }
    [[nodiscard]] const std::map<std::uint32_t, uploaded_part>& parts() const noexcept
    {
        return parts_;
    }

    [[nodiscard]] asio::awaitable<result<void>> begin(lane& in)
    {
        const initiate_multipart_upload_request request{.bucket = target_.bucket,
            .key = target_.key, .sse = target_.sse, .headers = target_.headers};
        if (in.interrupted())
            co_return error(errc::cancelled);
        auto begun = co_await cos_.initiate_multipart_upload(request, in.token());
        if (!begun)
            co_return std::move(begun).error();
        id_ = std::move(begun->upload_id);
        co_return result<void>();
    }

    /// Goes on with an upload that an earlier run began.
    void adopt(std::string id) { id_ = std::move(id); }
    void adopt(std::uint32_t number, uploaded_part part) { parts_[number] = std::move(part); }

    void forget(std::uint32_t number) { parts_.erase(number); }

    /// Forgets adopted parts that are not among those which the service has.
    void keep_only(const std::vector<part_summary>& there)
    {
        std::map<std::uint32_t, uploaded_part> kept;
        for (const auto& one : there)
            if (const auto known = parts_.find(one.part_number); known != parts_.end() &&
                known->second.etag == one.etag && known->second.size == one.size)
                kept.insert(*known);
        parts_ = std::move(kept);
    }

    [[nodiscard]] asio::awaitable<result<void>> send(lane& in, std::uint32_t number, body_view body,
        const part_digests& digests = {})
    {
        const upload_part_request request{.bucket = target_.bucket,
            .key = target_.key,
            .upload_id = id_,
            .part_number = number,
            .body = body,
            .content_md5 = digests.md5,
            .content_sha256 = digests.sha256,
            .sse = part_encryption(target_.sse)};
        if (in.interrupted())
            co_return error(errc::cancelled);
        auto sent = co_await cos_.upload_part(request, in.token());
        if (!sent) {
            sent.error().explain("part " + std::to_string(number));
            co_return std::move(sent).error();
        }
        parts_[number] = {
            std::move(sent->etag), body.size().value_or(0), sent->sent_crc64, sent->md5_verified};
        co_return result<void>();
    }

    /// Makes the object of parts 1 to the last. `expected_crc64`: nothing means what the parts
    /// combine to, if all of them have one.
    [[nodiscard]] asio::awaitable<result<upload_result>> complete(
        lane& in, std::optional<std::uint64_t> expected_crc64 = {})
    {
        std::vector<completed_part> all;
        for (const auto& [number, part] : parts_)
            all.push_back({number, part.etag});
        upload_result out;
        out.size = size();
        out.crc64 = expected_crc64 ? expected_crc64 : combined_crc64();
        out.parts = static_cast<std::uint32_t>(parts_.size());
        out.md5_verified = are_md5_verified();
        const complete_multipart_upload_request request{.bucket = target_.bucket,
            .key = target_.key, .upload_id = id_, .parts = all, .expected_sse = target_.sse,
            .expected_crc64 = out.crc64};
        if (in.interrupted())
            co_return error(errc::cancelled);
        auto done = co_await cos_.complete_multipart_upload(request, in.token());
        if (!done) {
            auto why = std::move(done).error();
            // Of two attempts the first may have completed it, its reply lost.
            if (why.code == service_errc::no_such_upload && why.may_have_executed()) {
                const auto complete = co_await is_there(in, out);
                if (complete && *complete)
                    co_return out;
            }
            co_return why;
        }
        out.etag = std::move(done->etag);
        out.crc64_verified = done->crc64_verified;
        out.sse = std::move(done->sse);
        out.version_id = std::move(done->version_id);
        out.request_id = std::move(done->request_id);
        co_return out;
    }

    /// Whether the object is what this upload would make of it: of the same size, and of the same
    /// CRC64 or, where the service states none, of an ETag that was made of the same parts. Completes `out` then. False when there is none, or that cannot be proved of it. Errors: of the
    /// question.
    [[nodiscard]] asio::awaitable<result<bool>> is_there(lane& in, upload_result& out)
    {
        const head_object_request request{.bucket = target_.bucket, .key = target_.key,
            .sse = part_encryption(target_.sse)};
        encryption_expectation expected(target_.sse);
        expected.compare_kms_keys_by(&Client::dialect::is_same_kms_key);
        if (in.interrupted())
            co_return error(errc::cancelled);
        auto found = co_await cos_.head_object(request, in.token());
        if (!found && found.error().code != condition::not_found)
            co_return std::move(found).error();
        if (!found || found->size != out.size || !expected.check(found->sse))
            co_return false;
        const bool same_crc64 = out.crc64 && found->crc64 == out.crc64;
        if (found->crc64 ? !same_crc64 : found->etag != etag_of_parts())
            co_return false;
        out.etag = std::move(found->etag);
        out.crc64_verified = same_crc64;
        out.md5_verified = are_md5_verified();
        out.sse = std::move(found->sse);
        out.version_id = std::move(found->version_id);
        out.request_id = std::move(found->request_id);
        co_return true;
    }

    /// Gives the upload up, whether or not the transfer was cancelled; takes ten seconds at most.
    /// Appends to `why` what is left behind when that fails.
    [[nodiscard]] asio::awaitable<void> abort(error& why)
    {
        if (id_.empty() || generation_ != detail::process_generation())
            co_return; // The upload is of the parent process, which goes on with it.
        timeout_settings limits;
        limits.total = std::chrono::seconds(10);
        const auto hurried = cos_.with_timeouts(limits);
        if (!hurried)
            co_return;
        const abort_multipart_upload_request request{
            .bucket = target_.bucket, .key = target_.key, .upload_id = id_};
        const auto done = co_await hurried->abort_multipart_upload(request, asio::use_awaitable);
        if (!done && done.error().code != service_errc::no_such_upload)
            why.message.append(why.message.empty() ? why.code.message() : std::string())
                .append("; upload ")
                .append(id_)
                .append(" is left behind, since aborting it failed: ")
                .append(done.error().describe());
    }

    [[nodiscard]] std::uint64_t size() const
    {
        std::uint64_t sum = 0;
        for (const auto& [number, part] : parts_)
            sum += part.size;
        return sum;
    }

    /// Of all parts in order; nothing when one has none.
    [[nodiscard]] std::optional<std::uint64_t> combined_crc64() const
    {
        std::uint64_t sum = 0; // Of no bytes.
        for (const auto& [number, part] : parts_) {
            if (!part.crc64)
                return std::nullopt;
            sum = crypto::crc64_combine(sum, *part.crc64, part.size);
        }
        return sum;
    }

private:
    /// What S3 would make of them; nothing when it cannot be told.
    [[nodiscard]] std::optional<std::string> etag_of_parts() const
    {
        dialect::composite_etag made;
        for (const auto& [number, part] : parts_)
            made.add(part.etag);
        const auto etag = made.finish();
        return etag ? std::optional("\"" + *etag + "\"") : std::nullopt;
    }

    [[nodiscard]] bool are_md5_verified() const
    {
        return std::ranges::all_of(
            parts_, [](const auto& one) { return one.second.md5_verified; });
    }

    const std::uint32_t generation_ = detail::process_generation();
    Client cos_;
    upload_target target_;
    std::string id_{};
    std::map<std::uint32_t, uploaded_part> parts_{};
};

} // namespace cosio::inline v0::transfer

#endif

// ---- cosio/transfer/progress.hpp ----------------------------------------------------------------

// How far a transfer is, and how it tells.

#ifndef COSIO_TRANSFER_PROGRESS_HPP
#define COSIO_TRANSFER_PROGRESS_HPP

namespace cosio::inline v0::transfer {

/// Counts committed bytes and estimates their rate. Knows no clock: the time is a parameter.
class progress_meter
{
public:
    using time_point = std::chrono::steady_clock::time_point;

    progress_meter(
        progress_view listener, std::optional<std::uint64_t> total, time_point start) noexcept
        : listener_(listener), since_(start)
    {
        now_.total = total;
    }

    /// Bytes that an earlier run committed: they count, but say nothing about the rate.
    void resume_from(std::uint64_t bytes)
    {
        now_.committed += bytes;
        counted_ = now_.committed;
        listener_(now_);
    }

    void commit(std::uint64_t bytes, time_point at)
    {
        constexpr auto window = std::chrono::milliseconds(500);
        now_.committed += bytes;
        if (const auto passed = at - since_; passed >= window) {
            const double seconds = std::chrono::duration<double>(passed).count();
            const double lately = static_cast<double>(now_.committed - counted_) / seconds;
            now_.rate = now_.rate == 0 ? lately : (now_.rate + lately) / 2;
            since_ = at;
            counted_ = now_.committed;
        }
        listener_(now_);
    }

    [[nodiscard]] const transfer_progress& current() const noexcept { return now_; }

private:
    progress_view listener_;
    transfer_progress now_{};
    time_point since_;
    std::uint64_t counted_ = 0; // Committed at `since_`.
};

} // namespace cosio::inline v0::transfer

#endif

// ---- cosio/transfer/options.hpp -----------------------------------------------------------------

// How a transfer is carried out.

#ifndef COSIO_TRANSFER_OPTIONS_HPP
#define COSIO_TRANSFER_OPTIONS_HPP

namespace cosio::inline v0::transfer {

/// Errors: `errc::invalid_argument`.
[[nodiscard]] inline result<void> check_options(const transfer_options& options)
{
    if (options.part_size == 0)
        return error(errc::invalid_argument, "must be at least 1", "part_size");
    if (options.parallelism == 0)
        return error(errc::invalid_argument, "must be at least 1", "parallelism");
    if (options.checkpoint_interval < options.checkpoint_interval.zero())
        return error(errc::invalid_argument, "must not be negative", "checkpoint_interval");
    if (options.total.limit() <= timeout::duration::zero())
        return error(errc::invalid_argument,
            "must be positive; cosio::no_timeout sets no limit", "total");
    return {};
}

/// Of the transfer that `request` asks for. None when it is one that `check_options` refuses.
template <class Request, class... Others>
[[nodiscard]] timeout total_of(const Request& request, const Others&...) noexcept
{
    const auto total = request.options.total;
    return total.limit() > timeout::duration::zero() ? total : timeout(no_timeout);
}

/// What a client's service allows, and the options let pass.
template <class Client>
[[nodiscard]] part_limits limits_of(const transfer_options& options) noexcept
{
    part_limits limits{Client::dialect::minimum_part_size, Client::dialect::maximum_part_size,
        Client::dialect::maximum_parts};
    if (options.allow_small_parts)
        limits.minimum_size = 1;
    return limits;
}

/// Of the objects that one request stores.
template <class Client>
[[nodiscard]] std::uint64_t largest_put(const transfer_options& options) noexcept
{
    return std::min(options.threshold, Client::dialect::maximum_part_size);
}

} // namespace cosio::inline v0::transfer

#endif

// ---- cosio/transfer/copy.hpp --------------------------------------------------------------------

// Copies an object of any size within the service: by one request, or in parts side by side.

#ifndef COSIO_TRANSFER_COPY_HPP
#define COSIO_TRANSFER_COPY_HPP

namespace cosio::inline v0::transfer {

/// The work behind `client::copy`. Owned by a `shared_ptr`, by the operation and its jobs.
template <class Client>
class object_copy : public std::enable_shared_from_this<object_copy<Client>>
{
public:
    using result_type = upload_result;

    object_copy(const environment<Client>& with, const copy_request& request)
        : with_(with), options_(request.options), source_(copies_.keep(request.copy_source)),
          directive_(request.directive), tagging_(request.tagging),
          target_{copies_.keep(request.bucket), copies_.keep(request.key),
              copies_.keep(request.sse), copies_.keep(request.headers)},
          crew_(std::make_shared<crew>(with.control->executor(), request.options.parallelism)),
          meter_(request.options.on_progress, std::nullopt, clock::now())
    {}

    [[nodiscard]] asio::awaitable<result<upload_result>> run()
    {
        auto work = steps();
        auto done = co_await settle(*with_.control, *crew_, std::move(work));
        if (done)
            co_return done;
        auto why = std::move(done).error();
        if (upload_)
            co_await upload_->abort(why);
        co_return why;
    }

private:
    using clock = std::chrono::steady_clock;
    using dialect = typename Client::dialect;

    [[nodiscard]] asio::awaitable<result<upload_result>> steps()
    {
        if (auto sound = check_options(options_); !sound)
            co_return std::move(sound).error();
        if (directive_ == metadata_directive::copy && has_content_headers(target_.headers))
            co_return error(errc::invalid_argument,
                "content headers and metadata need metadata_directive::replace", "headers");
        auto found = co_await head_source();
        if (!found)
            co_return std::move(found).error();
        object_ = std::move(*found);
        if (source_.conditions.if_match.empty())
            source_.conditions.if_match = object_.etag;
        meter_ = progress_meter(options_.on_progress, object_.size, clock::now());
        if (object_.size <= std::min(options_.threshold, dialect::maximum_copy_size)) {
            auto copied = co_await copy_whole();
            co_return copied;
        }
        auto copied = co_await copy_in_parts();
        co_return copied;
    }

    /// The source may be in another region: it is asked for there, with its own key.
    [[nodiscard]] asio::awaitable<result<head_object_result>> head_source()
    {
        const head_object_request request{.bucket = source_.bucket, .key = source_.key,
            .sse = source_.sse, .version_id = source_.version_id};
        auto found = co_await ask<operation::head_object<dialect>>(request);
        if (!found && found.error().field.empty())
            found.error().explain("the source of the copy");
        co_return found;
    }

    /// Those that the parts do not bring with them. Nothing when there are none, or the copy is to
    /// have others.
    [[nodiscard]] asio::awaitable<result<void>> learn_tags()
    {
        if (tagging_ == tagging_directive::replace || !target_.headers.tags.empty())
            co_return result<void>();
        const operation::get_object_tagging_request request{
            .bucket = source_.bucket, .key = source_.key, .version_id = source_.version_id};
        auto found = co_await ask<operation::get_object_tagging<dialect>>(request);
        if (found) {
            source_tags_ = std::move(found->tags);
            for (const auto& [key, value] : source_tags_)
                tags_.push_back({key, value});
            co_return result<void>();
        }
        const auto code = found.error().code;
        if (code == service_errc::no_such_tag_set || code == service_errc::not_implemented ||
            code == service_errc::method_not_allowed)
            co_return result<void>();
        found.error().explain(
            "the tags of the source, which a copy in parts is given unless `tagging` is replace");
        co_return std::move(found).error();
    }

    /// One operation where the source is.
    template <class Operation>
    [[nodiscard]] asio::awaitable<result<typename Operation::result_type>> ask(
        const typename Operation::request_type& request)
    {
        auto where = with_.core->endpoint;
        if (!source_.region.empty() && source_.region != where.region) {
            if (where.host == dialect::service_host(where.region))
                where.host = dialect::service_host(source_.region);
            where.region = source_.region;
        }
        if (crew_->stopping())
            co_return error(errc::cancelled);
        auto run = net::make_operation_run<dialect, Operation>(
            with_.core, with_.cos.limits(), request, where);
        auto work = net::run_operation(run);
        net::prepared_operation<typename Operation::result_type> question(
            std::move(run), std::move(work));
        auto answer = co_await net::initiate(
            with_.core->executor, std::move(question), crew_->first().token());
        co_return answer;
    }

    [[nodiscard]] asio::awaitable<result<upload_result>> copy_whole()
    {
        const bool onto_itself = source_.bucket == target_.bucket && source_.key == target_.key &&
            source_.version_id.empty();
        copy_object_request request{.bucket = target_.bucket, .key = target_.key,
            .copy_source = source_, .sse = target_.sse, .directive = directive_,
            .tagging = tagging_, .headers = target_.headers};
        const inherited_headers kept(object_, target_.headers);
        if (directive_ == metadata_directive::copy) {
            request.headers.storage_class = kept.headers().storage_class;
            if (onto_itself) { // Which the service takes only as a replacement.
                request.directive = metadata_directive::replace;
                request.headers = kept.headers();
            }
        }
        if (crew_->stopping())
            co_return error(errc::cancelled);
        auto copied = co_await with_.cos.copy_object(request, crew_->first().token());
        if (!copied)
            co_return changed_or(std::move(copied).error());
        upload_result out;
        out.size = object_.size;
        out.crc64 = object_.crc64;
        out.crc64_verified = out.crc64 && copied->crc64;
        if (out.crc64_verified && *out.crc64 != *copied->crc64)
            co_return error(
                errc::checksum_mismatch, "the CRC64 of the copy is not that of its source");
        out.etag = std::move(copied->etag);
        out.sse = std::move(copied->sse);
        out.version_id = std::move(copied->version_id);
        out.request_id = std::move(copied->request_id);
        meter_.commit(object_.size, clock::now());
        co_return out;
    }

    [[nodiscard]] asio::awaitable<result<upload_result>> copy_in_parts()
    {
        const auto plan =
            part_plan::make(object_.size, options_.part_size, limits_of<Client>(options_));
        if (!plan)
            co_return plan.error();
        const inherited_headers kept(object_, target_.headers);
        upload_target target = target_;
        if (directive_ == metadata_directive::copy)
            target.headers = kept.headers();
        if (auto learnt = co_await learn_tags(); !learnt)
            co_return std::move(learnt).error();
        if (!tags_.empty())
            target.headers.tags = tags_;
        upload_.emplace(with_.cos, target);
        if (auto begun = co_await upload_->begin(crew_->first()); !begun)
            co_return std::move(begun).error();
        for (std::uint32_t number = 1; number <= plan->count(); ++number) {
            lane* const in = co_await crew_->free_lane();
            if (in == nullptr)
                break;
            crew_->start(*in, copy_part(this->shared_from_this(), *in, plan->at(number)));
        }
        if (auto copied = co_await crew_->finish(); !copied)
            co_return changed_or(std::move(copied).error());
        auto done = co_await upload_->complete(crew_->first(), object_.crc64);
        co_return done;
    }

    [[nodiscard]] static asio::awaitable<result<void>> copy_part(
        std::shared_ptr<object_copy> self, lane& in, part which)
    {
        const upload_part_copy_request request{.bucket = self->target_.bucket,
            .key = self->target_.key, .upload_id = self->upload_->id(),
            .part_number = which.number, .copy_source = self->source_,
            .source_range = byte_range::between(which.offset, which.offset + which.size - 1),
            .sse = part_encryption(self->target_.sse)};
        if (in.interrupted())
            co_return error(errc::cancelled);
        auto copied = co_await self->with_.cos.upload_part_copy(request, in.token());
        if (!copied) {
            copied.error().explain("part " + std::to_string(which.number));
            co_return std::move(copied).error();
        }
        self->upload_->adopt(
            which.number, {std::move(copied->etag), which.size, copied->crc64});
        self->meter_.commit(which.size, clock::now());
        co_return result<void>();
    }

    [[nodiscard]] error changed_or(error why) const
    {
        if (why.code == condition::precondition_failed &&
            source_.conditions.if_match == object_.etag) {
            why.code = errc::object_changed;
            why.message = "the ETag of the source is another than before";
        }
        return why;
    }

    environment<Client> with_;
    request_copies copies_{};
    transfer_options options_;
    cosio::copy_source source_;
    metadata_directive directive_;
    tagging_directive tagging_;
    upload_target target_;
    std::optional<multipart_upload<Client>> upload_{};
    std::shared_ptr<crew> crew_;
    progress_meter meter_;
    head_object_result object_{}; // The source.
    std::vector<operation::stored_tag> source_tags_{};
    std::vector<tag> tags_{}; // The same, of which `upload_` has a view.
};

} // namespace cosio::inline v0::transfer

#endif

// ---- cosio/transfer/object_fetch.hpp ------------------------------------------------------------

// Receives a range of one object that must not change, and goes on where a connection broke.

#ifndef COSIO_TRANSFER_OBJECT_FETCH_HPP
#define COSIO_TRANSFER_OBJECT_FETCH_HPP

namespace cosio::inline v0::transfer {

/// Where bytes go, in order: `room()` is where the next ones may be received to, `commit(n)` takes
/// the first n of it.
template <class T>
concept part_destination = requires(T& to, std::size_t count) {
    { to.room() } -> std::same_as<std::span<std::byte>>;
    { to.commit(count) } -> std::same_as<asio::awaitable<result<void>>>;
};

/// The object to read. Views that outlive the transfer.
struct fetch_source
{
    std::string_view bucket{};
    std::string_view key{};
    cosio::sse::on_read sse{};
    std::string_view version_id{};
    std::uint64_t traffic_limit = 0;
};

/// Reads one state of one object. Touched on the transfer's executor only.
template <class Client>
class object_fetch
{
public:
    object_fetch(Client cos, std::shared_ptr<net::client_core> core, const fetch_source& source)
        : cos_(std::move(cos)), core_(std::move(core)), source_(source)
    {}

    /// Asks which object it is that is to be read.
    [[nodiscard]] asio::awaitable<result<void>> head(lane& in)
    {
        const head_object_request request{.bucket = source_.bucket, .key = source_.key,
            .sse = source_.sse, .version_id = source_.version_id};
        if (in.interrupted())
            co_return error(errc::cancelled);
        auto found = co_await cos_.head_object(request, in.token());
        if (!found)
            co_return std::move(found).error();
        object_ = std::move(*found);
        co_return result<void>();
    }

    /// As the reply to HEAD told.
    [[nodiscard]] const object_properties& object() const noexcept { return object_; }

    /// Receives `which` of the object, all of it by one request when `whole`. Yields its CRC64.
    ///
    /// A connection that breaks is replaced as often as it brings the range forward, and as
    /// `retry_settings` say otherwise. Errors: `errc::object_changed`, those of the destination,
    /// and those of GET Object.
    template <part_destination Destination>
    [[nodiscard]] asio::awaitable<result<std::uint64_t>> fetch(
        lane& in, part which, bool whole, Destination& to)
    {
        position at{which.offset, which.offset + which.size, {}};
        for (unsigned failures = 0;;) {
            const auto before = at.next;
            auto received = co_await receive(in, whole && before == which.offset, at, to);
            if (received)
                co_return at.sum.value();
            auto why = std::move(received).error();
            failures = at.next != before ? 1 : failures + 1;
            if (!at.broken || failures >= core_->retry.maximum_attempts ||
                !core_->budget.take())
                co_return why;
            co_await in.pause(net::backoff_delay(core_->retry, failures, core_->random()));
        }
    }

private:
    struct position
    {
        std::uint64_t next;
        std::uint64_t end;
        crypto::crc64 sum;
        bool broken = false; ///< The connection broke within the body: another may do better.
    };

    template <part_destination Destination>
    [[nodiscard]] asio::awaitable<result<void>> receive(
        lane& in, bool whole, position& at, Destination& to)
    {
        at.broken = false;
        get_object_request request{.bucket = source_.bucket, .key = source_.key,
            .sse = source_.sse, .version_id = source_.version_id,
            .traffic_limit = source_.traffic_limit};
        if (!whole)
            request.range = byte_range::between(at.next, at.end - 1);
        request.conditions.if_match = object_.etag;
        if (in.interrupted())
            co_return error(errc::cancelled);
        auto opened = co_await cos_.open_object(request, in.token());
        if (!opened)
            co_return changed_or(std::move(opened).error());
        if (opened->properties().etag != object_.etag) // A service may not know If-Match.
            co_return error(errc::object_changed, "its ETag is another than before");
        if (opened->properties().size == 0 && object_.size != 0)
            co_return error(
                errc::malformed_response, "the reply does not state the length of the object");
        if (opened->properties().size != object_.size)
            co_return error(errc::object_changed, "its size is another than before");
        for (;;) {
            if (in.interrupted())
                co_return error(errc::cancelled);
            const auto room = to.room();
            auto got = co_await opened->read(room, in.token());
            if (!got) {
                at.broken = got.error().code == condition::connection;
                co_return std::move(got).error();
            }
            if (*got == 0)
                break;
            const auto bytes = room.first(*got);
            if (bytes.size() > at.end - at.next)
                co_return error(errc::malformed_response, "the range is longer than asked for");
            at.sum.update(bytes);
            if (auto taken = co_await to.commit(bytes.size()); !taken)
                co_return std::move(taken).error();
            at.next += bytes.size();
        }
        if (at.next != at.end)
            co_return error(errc::truncated_body, "the range did not come whole");
        co_return result<void>();
    }

    [[nodiscard]] static error changed_or(error why)
    {
        if (why.code == condition::precondition_failed) {
            why.code = errc::object_changed;
            why.message = "its ETag is another than before";
        }
        return why;
    }

    Client cos_;
    std::shared_ptr<net::client_core> core_;
    fetch_source source_;
    object_properties object_{};
};

} // namespace cosio::inline v0::transfer

#endif

// ---- cosio/transfer/download.hpp ----------------------------------------------------------------

// Downloads an object into memory, in ranges side by side, or to a sink, in order.

#ifndef COSIO_TRANSFER_DOWNLOAD_HPP
#define COSIO_TRANSFER_DOWNLOAD_HPP

namespace cosio::inline v0::transfer {

/// The work behind `client::download`. Owned by a `shared_ptr`, by the operation and its jobs.
template <class Client>
class stream_download : public std::enable_shared_from_this<stream_download<Client>>
{
public:
    using result_type = download_result;

    /// Into a buffer that outlives it.
    stream_download(const environment<Client>& with, const download_request& request,
        std::span<std::byte> buffer)
        : stream_download(with, request, buffer, nullptr)
    {}

    /// To a sink that outlives it.
    stream_download(
        const environment<Client>& with, const download_request& request, sink_view sink)
        : stream_download(with, request, {}, std::make_unique<sink_view>(sink))
    {}

    [[nodiscard]] asio::awaitable<result<download_result>> run()
    {
        auto work = steps();
        auto done = co_await settle(*control_, *crew_, std::move(work));
        if (done)
            co_return done;
        auto why = std::move(done).error();
        co_return why;
    }

private:
    using clock = std::chrono::steady_clock;

    stream_download(const environment<Client>& with, const download_request& request,
        std::span<std::byte> buffer, std::unique_ptr<sink_view> sink)
        : control_(with.control), options_(request.options), buffer_(buffer),
          sink_(std::move(sink)),
          fetch_(with.cos, with.core,
              {copies_.keep(request.bucket), copies_.keep(request.key),
                  copies_.keep(request.sse), copies_.keep(request.version_id)}),
          crew_(std::make_shared<crew>(control_->executor(), request.options.parallelism)),
          meter_(request.options.on_progress, std::nullopt, clock::now())
    {}

    [[nodiscard]] asio::awaitable<result<download_result>> steps()
    {
        if (auto sound = check_options(options_); !sound)
            co_return std::move(sound).error();
        if (auto found = co_await fetch_.head(crew_->first()); !found)
            co_return std::move(found).error();
        const auto size = fetch_.object().size;
        if (sink_ == nullptr && size > buffer_.size())
            co_return error(errc::destination_too_small,
                "the object has " + std::to_string(size) + " bytes, the buffer " +
                    std::to_string(buffer_.size()),
                "buffer");
        const bool whole = sink_ != nullptr || size <= options_.threshold;
        const auto plan = whole ? result<part_plan>(part_plan::of(size, size))
                                : part_plan::make(size, options_.part_size, range_limits);
        if (!plan)
            co_return plan.error();
        meter_ = progress_meter(options_.on_progress, size, clock::now());
        for (std::uint32_t number = 1; number <= plan->count(); ++number) {
            lane* const in = co_await crew_->free_lane();
            if (in == nullptr)
                break;
            crew_->start(
                *in, receive_part(this->shared_from_this(), *in, plan->at(number), whole));
        }
        if (auto received = co_await crew_->finish(); !received)
            co_return std::move(received).error();
        co_return finish(*plan, whole);
    }

    /// Bytes are received to where they belong.
    class memory_writer
    {
    public:
        memory_writer(stream_download& of, const part& which)
            : of_(of), left_(of.buffer_.subspan(which.offset, which.size))
        {}

        /// At the end there is room for a byte too many, so that it would be noticed.
        [[nodiscard]] std::span<std::byte> room() noexcept
        {
            return left_.empty() ? std::span<std::byte>(&spare_, 1) : left_;
        }

        [[nodiscard]] asio::awaitable<result<void>> commit(std::size_t count)
        {
            left_ = left_.subspan(count);
            of_.meter_.commit(count, clock::now());
            co_return result<void>();
        }

    private:
        stream_download& of_;
        std::span<std::byte> left_;
        std::byte spare_{};
    };

    class sink_writer
    {
    public:
        sink_writer(stream_download& of, lane& in)
            : of_(of), in_(in), buffer_(std::make_unique_for_overwrite<std::byte[]>(buffer_size))
        {}

        [[nodiscard]] std::span<std::byte> room() noexcept { return {buffer_.get(), buffer_size}; }

        [[nodiscard]] asio::awaitable<result<void>> commit(std::size_t count)
        {
            const auto begin = [&] { return of_.sink_->write(room().first(count)); };
            auto taken = co_await wait_for_foreign(of_.control_->executor(), in_, begin);
            if (taken)
                of_.meter_.commit(count, clock::now());
            co_return taken;
        }

    private:
        static constexpr std::size_t buffer_size = 128 * 1024;

        stream_download& of_;
        lane& in_;
        std::unique_ptr<std::byte[]> buffer_;
    };

    [[nodiscard]] static asio::awaitable<result<void>> receive_part(
        std::shared_ptr<stream_download> self, lane& in, part which, bool whole)
    {
        result<std::uint64_t> sum = std::uint64_t{0};
        if (self->sink_ != nullptr) {
            sink_writer to(*self, in);
            sum = co_await self->fetch_.fetch(in, which, whole, to);
        } else {
            memory_writer to(*self, which);
            sum = co_await self->fetch_.fetch(in, which, whole, to);
        }
        if (!sum)
            co_return std::move(sum).error();
        self->sums_[which.number] = *sum;
        co_return result<void>();
    }

    [[nodiscard]] result<download_result> finish(const part_plan& plan, bool whole) const
    {
        download_result out;
        static_cast<object_properties&>(out) = fetch_.object();
        std::uint64_t sum = 0; // Of no bytes.
        for (const auto& [number, of_part] : sums_)
            sum = crypto::crc64_combine(sum, of_part, plan.at(number).size);
        if (auto equal = operation::compare_crc64(sum, out.crc64); !equal)
            return std::move(equal).error();
        out.crc64_verified = out.crc64.has_value();
        out.crc64 = sum;
        out.body_size = plan.object_size();
        out.parts = whole ? 0 : plan.count();
        return out;
    }

    std::shared_ptr<net::operation_control> control_;
    request_copies copies_{};
    transfer_options options_;
    std::span<std::byte> buffer_;
    std::unique_ptr<sink_view> sink_; // Null: into the buffer.
    object_fetch<Client> fetch_;
    std::shared_ptr<crew> crew_;
    progress_meter meter_;
    std::map<std::uint32_t, std::uint64_t> sums_{}; // CRC64 of each part that was received.
};

} // namespace cosio::inline v0::transfer

#endif

// ---- cosio/transfer/through_file.hpp ------------------------------------------------------------

// What is written to in order and cannot be replaced: a device, a pipe, an open descriptor.

#ifndef COSIO_TRANSFER_THROUGH_FILE_HPP
#define COSIO_TRANSFER_THROUGH_FILE_HPP

#include <poll.h>

#include <climits>
#include <filesystem>

namespace cosio::inline v0::transfer {

/// Why what has `mode` cannot be written to; empty when it can.
[[nodiscard]] inline std::string_view why_not_writable(mode_t mode) noexcept
{
    if (S_ISDIR(mode))
        return "is a directory";
    if (S_ISBLK(mode))
        return "is a block device";
    if (S_ISSOCK(mode))
        return "is a socket";
    return {};
}

/// The number of the descriptor of this process that `path` names, as `/dev/stdout` does; -1 when it
/// is one of them that cannot be.
[[nodiscard]] inline std::optional<int> descriptor_named(const std::string& path)
{
    const auto plain = std::filesystem::path(path).lexically_normal().native();
    if (plain == "/dev/stdout")
        return STDOUT_FILENO;
    if (plain == "/dev/stderr")
        return STDERR_FILENO;
    const auto own = "/proc/" + std::to_string(::getpid()) + "/fd/";
    for (const std::string_view folder :
        {std::string_view("/dev/fd/"), std::string_view("/proc/self/fd/"),
            std::string_view("/proc/thread-self/fd/"), std::string_view(own)})
        if (plain.starts_with(folder)) {
            const auto number =
                detail::parse_number<unsigned>(std::string_view(plain).substr(folder.size()));
            constexpr int none = -1;
            return number && *number <= unsigned{std::numeric_limits<int>::max()}
                ? static_cast<int>(*number)
                : none;
        }
    return std::nullopt;
}

/// Everything here blocks, for a twentieth of a second at most where somebody else is waited for.
class through_file
{
public:
    /// Another descriptor of what is open as `number`. Errors: the system's, and
    /// `errc::invalid_argument` for a directory or a block device.
    [[nodiscard]] static result<through_file> of_descriptor(int number, const std::string& path)
    {
        descriptor open(::fcntl(number, F_DUPFD_CLOEXEC, 3));
        struct stat status{};
        if (open.get() < 0 || ::fstat(open.get(), &status) != 0)
            return file_error("open", path);
        const auto problem = why_not_writable(status.st_mode);
        // What is open already may be a connection.
        if (!problem.empty() && !S_ISSOCK(status.st_mode))
            return refused(path, problem);
        const int flags = ::fcntl(open.get(), F_GETFL);
        if ((flags & O_ACCMODE) == O_RDONLY) {
            errno = EBADF;
            return file_error("write to", path);
        }
        const bool may_block = (flags & O_NONBLOCK) == 0 && !S_ISREG(status.st_mode);
        return through_file(std::move(open), path, may_block);
    }

    /// A device or a named pipe. Nothing as long as nobody has opened the pipe for reading.
    /// Errors: the system's, and `errc::invalid_argument` for what cannot be written to.
    [[nodiscard]] static result<std::optional<through_file>> open(const std::string& path)
    {
        struct stat status{};
        if (::stat(path.c_str(), &status) != 0)
            return file_error("look at", path);
        if (const auto problem = why_not_writable(status.st_mode); !problem.empty())
            return refused(path, problem);
        descriptor open(
            ::open(path.c_str(), O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
        if (open.get() < 0 && errno == ENXIO && S_ISFIFO(status.st_mode))
            return std::optional<through_file>();
        if (open.get() < 0)
            return file_error("open", path);
        if (::fstat(open.get(), &status) != 0)
            return file_error("look at", path);
        if (!S_ISCHR(status.st_mode) && !S_ISFIFO(status.st_mode))
            return refused(path, "was replaced by another file");
        return std::optional<through_file>(through_file(std::move(open), path, false));
    }

    /// How many of `bytes` were written: none when it takes nothing at the moment.
    [[nodiscard]] result<std::size_t> write_some(std::span<const std::byte> bytes) const
    {
        constexpr int patience = 50; // In milliseconds.
        struct pollfd ready{descriptor_.get(), POLLOUT, 0};
        const int count = ::poll(&ready, 1, patience);
        if (count < 0 && errno != EINTR)
            return file_error("wait for", path_);
        if (count <= 0)
            return std::size_t{0};
        // This much a pipe takes without waiting when it is ready at all.
        const auto size = may_block_ ? std::min<std::size_t>(bytes.size(), PIPE_BUF) : bytes.size();
        const auto put = [&] {
            const write_signals_blocked guard;
            return ::write(descriptor_.get(), bytes.data(), size);
        }();
        if (put < 0 && (errno == EINTR || errno == EAGAIN))
            return std::size_t{0};
        if (put < 0)
            return file_error("write", path_);
        return static_cast<std::size_t>(put);
    }

private:
    through_file(descriptor open, std::string path, bool may_block) noexcept
        : descriptor_(std::move(open)), path_(std::move(path)), may_block_(may_block)
    {}

    [[nodiscard]] static error refused(const std::string& path, std::string_view why)
    {
        return error(
            errc::invalid_argument, std::string("'").append(path).append("' ").append(why), "path");
    }

    descriptor descriptor_;
    std::string path_;
    bool may_block_;
};

} // namespace cosio::inline v0::transfer

#endif

// ---- cosio/transfer/download_target.hpp ---------------------------------------------------------

// What a path leads to: a file that can be replaced as a whole, or something that cannot.

#ifndef COSIO_TRANSFER_DOWNLOAD_TARGET_HPP
#define COSIO_TRANSFER_DOWNLOAD_TARGET_HPP

namespace cosio::inline v0::transfer {

/// Where the bytes for a path go.
struct download_target
{
    /// With all symbolic links followed: of a regular file, of one to be, or of a device or pipe.
    std::string path{};
    bool is_replaced = true; ///< As a whole, by another file; else it is written to.
    std::optional<int> descriptor{}; ///< Of this process, if the path names one.
};

/// Whether another user may have put this where everybody may: the kernel's `protected_symlinks` and
/// `protected_fifos` do not look at links that we follow ourselves.
[[nodiscard]] inline bool is_planted(const std::string& path, const struct stat& one)
{
    struct stat place{};
    const auto directory = split_path(path).directory;
    return ::stat(directory.empty() ? "." : directory.c_str(), &place) == 0 &&
        (place.st_mode & S_ISVTX) != 0 && (place.st_mode & S_IWOTH) != 0 &&
        one.st_uid != ::geteuid() && one.st_uid != place.st_uid;
}

namespace target_search {

[[nodiscard]] inline result<std::string> content_of_link(const std::string& path)
{
    std::array<char, PATH_MAX> text{};
    const auto size = ::readlink(path.c_str(), text.data(), text.size());
    if (size < 0)
        return file_error("follow", path);
    return std::string(text.data(), static_cast<std::size_t>(size));
}

[[nodiscard]] inline error refused(const std::string& path, std::string_view why)
{
    return error(
        errc::invalid_argument, std::string("'").append(path).append("' ").append(why), "path");
}

} // namespace target_search

/// Follows the links that `path` leads through, also to a file that is not there yet. Blocks.
/// Errors: the system's, and `errc::invalid_argument` for what can be neither replaced nor written
/// to: a directory, a socket, a block device, or a link or pipe that another user has put where
/// everybody may.
[[nodiscard]] inline result<download_target> find_download_target(const std::string& path)
{
    using target_search::refused;
    struct stat whole{}; // What the system finds.
    const bool is_there = ::stat(path.c_str(), &whole) == 0;
    auto at = path;
    constexpr int most_links = 40; // As the kernel has it.
    for (int links = 0; links <= most_links; ++links) {
        if (const auto number = descriptor_named(at))
            return download_target{at, false, number};
        struct stat here{};
        const bool found = ::lstat(at.c_str(), &here) == 0;
        if (found && !S_ISREG(here.st_mode) && is_planted(at, here))
            return refused(path,
                "is of another user, in a directory that everybody may write to");
        if (found && S_ISLNK(here.st_mode) && split_path(at).names_a_file()) {
            auto next = target_search::content_of_link(at);
            if (!next)
                return std::move(next).error();
            const auto directory = at.substr(0, at.rfind('/') + 1);
            at = next->starts_with('/') ? std::move(*next) : directory + *next;
            continue;
        }
        if (is_there && !S_ISREG(whole.st_mode)) {
            const auto problem = why_not_writable(whole.st_mode);
            if (!problem.empty())
                return refused(path, problem);
            return download_target{path, false, {}};
        }
        if (!found && (errno != ENOENT || is_there))
            return file_error("look at", at);
        if (!split_path(at).names_a_file())
            return refused(path, "must name a file");
        // Links of /proc do not always say where they lead.
        if (found != is_there ||
            (found && (here.st_ino != whole.st_ino || here.st_dev != whole.st_dev)))
            return refused(path, "leads to a file without a name, or was replaced just now");
        return download_target{std::move(at), true, {}};
    }
    errno = ELOOP;
    return file_error("follow", path);
}

} // namespace cosio::inline v0::transfer

#endif

// ---- cosio/transfer/temporary_name.hpp ----------------------------------------------------------

// Names of temporary files: random, and such that the next run for the same target knows them.

#ifndef COSIO_TRANSFER_TEMPORARY_NAME_HPP
#define COSIO_TRANSFER_TEMPORARY_NAME_HPP

namespace cosio::inline v0::transfer {

/// `.cosio-<target>-<random>.partial`, `.cosio-<target>-<random>-<checkpoint>.partial` and
/// `.cosio-<target>-<random>.checkpoint`, each field 16 hexadecimal digits: of at most 65 bytes,
/// however long the name of the target is.
struct temporary_name
{
    static constexpr std::string_view of_download = ".partial";
    static constexpr std::string_view of_checkpoint = ".checkpoint";

    std::string target;                    ///< See `field_of`: the name of what it is to become.
    std::string random;
    std::optional<std::string> checkpoint{}; ///< See `field_of`: the path of what may refer to it.
    std::string_view ending = of_download;

    [[nodiscard]] std::string text() const
    {
        std::string out = ".cosio-" + target + "-" + random;
        if (checkpoint)
            out.append("-").append(*checkpoint);
        return out.append(ending);
    }

    /// Nothing for what is no such name. Pure.
    [[nodiscard]] static std::optional<temporary_name> parse(std::string_view text)
    {
        constexpr std::string_view beginning = ".cosio-";
        temporary_name out;
        if (!text.starts_with(beginning))
            return std::nullopt;
        text.remove_prefix(beginning.size());
        if (text.ends_with(of_checkpoint))
            out.ending = of_checkpoint;
        else if (!text.ends_with(of_download))
            return std::nullopt;
        text.remove_suffix(out.ending.size());
        const bool refers = text.size() == 3 * digits + 2;
        if ((!refers && text.size() != 2 * digits + 1) ||
            (refers && out.ending == of_checkpoint))
            return std::nullopt;
        for (std::size_t at = 0; at != text.size(); ++at)
            if (at % (digits + 1) == digits ? text[at] != '-' : !is_digit(text[at]))
                return std::nullopt;
        out.target = text.substr(0, digits);
        out.random = text.substr(digits + 1, digits);
        if (refers)
            out.checkpoint = text.substr(2 * digits + 2);
        return out;
    }

    [[nodiscard]] static std::string field_of(std::string_view named)
    {
        const auto sum = crypto::crc64_of(detail::bytes_of(named));
        std::array<std::byte, sizeof(sum)> bytes{};
        for (std::size_t at = 0; at != bytes.size(); ++at)
            bytes[at] = static_cast<std::byte>(sum >> (8 * at));
        return crypto::hex(bytes);
    }

    /// A name nobody has. Errors: `errc::crypto_unavailable`.
    [[nodiscard]] static result<temporary_name> make(std::string_view target,
        std::optional<std::string> checkpoint = {}, std::string_view ending = of_download)
    {
        std::array<unsigned char, digits / 2> random{};
        if (RAND_bytes(random.data(), static_cast<int>(random.size())) != 1)
            return error(errc::crypto_unavailable, "OpenSSL has no random bytes");
        temporary_name out;
        out.target = field_of(target);
        out.random = crypto::hex(std::as_bytes(std::span(random)));
        out.checkpoint = std::move(checkpoint);
        out.ending = ending;
        return out;
    }

private:
    static constexpr std::size_t digits = 16;

    [[nodiscard]] static constexpr bool is_digit(char c) noexcept
    {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    }
};

} // namespace cosio::inline v0::transfer

#endif

// ---- cosio/transfer/temporary_file.hpp ----------------------------------------------------------

// Temporary files: made under a name that nobody has, locked as long as their run lives, and
// collected when it is dead. Everything here blocks.

#ifndef COSIO_TRANSFER_TEMPORARY_FILE_HPP
#define COSIO_TRANSFER_TEMPORARY_FILE_HPP

#include <dirent.h>
#if defined(__linux__)
#include <sys/vfs.h>
#endif

#include <ctime>

namespace cosio::inline v0::transfer {

/// A new file that is locked, and its name.
struct temporary_file
{
    std::string name;
    local_file file;
    std::uint64_t inode;
};

/// `permissions` are the most it has, less what the umask takes. Errors of it name its target.
/// Errors: the system's, `errc::crypto_unavailable`.
[[nodiscard]] inline result<temporary_file> make_temporary(const local_directory& in,
    std::string_view target, const std::optional<std::string>& checkpoint, std::string_view ending,
    mode_t permissions)
{
    constexpr int most_attempts = 16;
    for (int attempt = 1;; ++attempt) {
        const auto name = temporary_name::make(target, checkpoint, ending);
        if (!name)
            return name.error();
        auto made = in.create(name->text(), permissions);
        if (!made && made.error().code == std::errc::file_exists && attempt != most_attempts)
            continue;
        if (!made)
            return error(made.error().code,
                "cannot create a temporary file for '" + in.path_of(std::string(target)) + "': " +
                    made.error().code.message(),
                "path");
        made->show_as(in.path_of(std::string(target)));
        const auto lock = made->lock();
        const auto identity = made->identity();
        if (!identity) {
            in.remove(name->text());
            return identity.error();
        }
        // Before it was locked it may have been taken for one of a dead run, and removed.
        const bool is_ours =
            lock != lock_outcome::held_by_another && in.names(name->text(), identity->inode);
        if (!is_ours && attempt != most_attempts) {
            in.remove(name->text(), identity->inode);
            continue;
        }
        return temporary_file{name->text(), std::move(*made), identity->inode};
    }
}

/// Locks what an earlier run has left; waits a moment for one that is just dying. False: another run
/// is at work on it. True too where the file system knows no locks.
[[nodiscard]] inline bool take_over(const local_file& file)
{
    constexpr int attempts = 15;
    for (int attempt = 0; attempt != attempts; ++attempt) {
        if (file.lock() != lock_outcome::held_by_another)
            return true;
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    return false;
}

/// Which temporary files of dead runs nobody can go on with.
struct leftover_rule
{
    /// See `temporary_name::field_of`; nothing: of any target.
    std::optional<std::string> target{};
    /// Of the checkpoint of this run, see `temporary_name::checkpoint`. What another checkpoint may
    /// refer to stays.
    std::optional<std::string> checkpoint{};
    /// The one that the checkpoint of this run refers to: it stays.
    std::string referred{};

    /// Pure. An empty file is of no use to whoever refers to it.
    [[nodiscard]] bool applies_to(
        const temporary_name& one, std::string_view text, bool is_empty) const
    {
        if (text == referred || (target && one.target != *target))
            return false;
        return !one.checkpoint || one.checkpoint == checkpoint || is_empty;
    }
};

/// Whether another machine may be at work in `in` whose locks are not seen here.
[[nodiscard]] inline bool is_shared([[maybe_unused]] const local_directory& in)
{
#if defined(__linux__)
    // Of NFS, SMB (three), FUSE, Lustre, Ceph, 9P, AFS (two), GFS2 and OCFS2. Source: statfs(2), and
    // include/uapi/linux/magic.h.
    constexpr std::uint32_t shared[] = {0x6969, 0x517b, 0xff534d42, 0xfe534d42, 0x65735546,
        0x0bd00bd0, 0x00c36400, 0x01021997, 0x5346414f, 0x6b414653, 0x01161970, 0x7461636f};
    struct statfs system{};
    return ::fstatfs(in.native_handle(), &system) != 0 ||
        std::ranges::find(shared, static_cast<std::uint32_t>(system.f_type)) != std::end(shared);
#else
    return false;
#endif
}

/// Removes what dead runs have left in `in`: regular files of this user, with names of ours, that no
/// run has locked; on a file system of several machines, nobody has touched for a day. Looks at the
/// first 65,536 names; what cannot be removed stays.
inline void collect_leftovers(const local_directory& in, const leftover_rule& rule)
{
    constexpr std::size_t most_names = 65'536;
    auto own = in.enter_itself();
    if (!own)
        return;
    const std::unique_ptr<DIR, int (*)(DIR*)> names(::fdopendir(own->native_handle()), ::closedir);
    if (names == nullptr)
        return;
    own->release(); // `closedir` closes it.
    std::optional<bool> shared; // Asked when there is something to remove.
    for (std::size_t count = 0; count != most_names; ++count) {
        const auto* const entry = ::readdir(names.get());
        if (entry == nullptr)
            break;
        const auto parsed = temporary_name::parse(entry->d_name);
        if (!parsed)
            continue;
        const std::string text = entry->d_name;
        if (!rule.applies_to(*parsed, text, true))
            continue;
        const auto status = in.status_of(text);
        if (!status || !*status || !S_ISREG((*status)->st_mode) || (*status)->st_nlink != 1 ||
            (*status)->st_uid != ::geteuid())
            continue;
        if (!shared)
            shared = is_shared(in);
        constexpr std::time_t a_day = 24 * 60 * 60;
        if (*shared && ::time(nullptr) - (*status)->st_ctime < a_day)
            continue;
        const auto file = in.reopen(text);
        if (!file || file->lock() != lock_outcome::locked)
            continue;
        const auto now = file->identity();
        if (now && now->inode == (*status)->st_ino &&
            rule.applies_to(*parsed, text, now->size == 0))
            in.remove(text, now->inode);
    }
}

} // namespace cosio::inline v0::transfer

#endif

// ---- cosio/transfer/checkpoint_file.hpp ---------------------------------------------------------

// The checkpoint on disk: replaced as a whole, so that a reader finds the old or the new one, and
// held by one run at a time. Everything here blocks.

#ifndef COSIO_TRANSFER_CHECKPOINT_FILE_HPP
#define COSIO_TRANSFER_CHECKPOINT_FILE_HPP

namespace cosio::inline v0::transfer {

/// Errors: `errc::invalid_checkpoint`, and the system's.
[[nodiscard]] inline result<checkpoint> read_checkpoint(const local_file& file)
{
    constexpr std::size_t largest = 16 * 1024 * 1024;
    const auto identity = file.identity();
    if (!identity)
        return identity.error();
    if (identity->size > largest)
        return error(errc::invalid_checkpoint, "it is too large to be one", "checkpoint");
    std::string text(identity->size, '\0');
    const auto size = file.read_at(0, std::as_writable_bytes(std::span(text)));
    if (!size)
        return size.error();
    text.resize(*size);
    return decode_checkpoint(text);
}

/// The regular file at `path`; nothing when there is none. Errors: as of `open_for_reading`.
[[nodiscard]] inline result<std::optional<local_file>> open_if_there(const std::string& path)
{
    // Network file systems lock what is open for writing alone.
    auto file = local_file::open_for_reading(path, O_RDWR);
    if (!file)
        file = local_file::open_for_reading(path);
    if (!file && file.error().code == std::errc::no_such_file_or_directory)
        return std::optional<local_file>();
    if (!file)
        return std::move(file).error();
    return std::optional<local_file>(std::move(*file));
}

/// The checkpoint of one run. What it has not loaded or written itself it neither replaces nor
/// removes.
class checkpoint_file
{
public:
    explicit checkpoint_file(std::string path) : path_(std::move(path)) {}

    [[nodiscard]] const std::string& path() const noexcept { return path_; }
    /// Whether there is a file that was loaded or written by this run.
    [[nodiscard]] bool is_held() const noexcept { return held_.has_value(); }

    /// What is there, whosever it is; nothing when nothing is. Errors: as of `read_checkpoint`.
    [[nodiscard]] result<std::optional<checkpoint>> read() const
    {
        const auto file = open_if_there(path_);
        if (!file)
            return file.error();
        if (!*file)
            return std::optional<checkpoint>();
        auto found = read_checkpoint(**file);
        if (!found)
            return std::move(found).error();
        return std::optional<checkpoint>(std::move(*found));
    }

    /// What an earlier run has left; nothing when there is none. No other run can load it then. What
    /// runs that were killed while they wrote it have left goes.
    /// Errors: `errc::invalid_checkpoint`, `errc::checkpoint_mismatch` when another run is at work
    /// with it, and the system's.
    [[nodiscard]] result<std::optional<checkpoint>> load()
    {
        const auto where = find_download_target(path_);
        if (!where)
            return where.error(); // Such as a link that another user has left for us.
        collect(*where);
        constexpr int most_attempts = 16;
        for (int attempt = 1;; ++attempt) {
            auto file = open_if_there(path_);
            if (!file)
                return std::move(file).error();
            if (!*file)
                return std::optional<checkpoint>();
            struct stat status{};
            if (::stat(path_.c_str(), &status) == 0 && is_planted(path_, status))
                return error(errc::invalid_checkpoint,
                    "'" + path_ + "' is of another user, in a directory that everybody may write to",
                    "checkpoint");
            if (!take_over(**file))
                return error(errc::checkpoint_mismatch,
                    "another run is at work with '" + path_ + "'", "checkpoint");
            if (attempt != most_attempts && (*file)->was_replaced())
                continue; // Before it was locked.
            auto found = read_checkpoint(**file);
            if (!found)
                return std::move(found).error();
            const auto identity = (*file)->identity();
            if (!identity)
                return identity.error();
            held_.emplace(held{std::move(**file), *identity, encode_checkpoint(*found)});
            return std::optional<checkpoint>(std::move(*found));
        }
    }

    /// A symbolic link is followed. Errors: the system's, and `errc::checkpoint_mismatch` when there
    /// is a file that is not of this run; it is as it was then.
    [[nodiscard]] result<void> save(const checkpoint& from)
    {
        auto text = encode_checkpoint(from);
        const auto found = find_download_target(path_);
        if (!found)
            return found.error();
        const split_path target(found->path);
        const auto directory = local_directory::open(target.directory);
        if (!directory)
            return directory.error();
        constexpr mode_t permissions = 0666;
        auto made = make_temporary(*directory, target.name, std::nullopt,
            temporary_name::of_checkpoint, permissions);
        if (!made)
            return std::move(made).error();
        auto done = made->file.write_at(0, detail::bytes_of(text));
        if (done)
            done = made->file.sync();
        if (done)
            done = check_ours(*directory, target.name);
        if (done)
            done = directory->rename(made->name, target.name);
        if (!done) {
            directory->remove(made->name, made->inode);
            return done;
        }
        // Some file systems give what is renamed another inode, or another time.
        auto now = open_if_there(found->path);
        const auto identity =
            now && *now ? (*now)->identity() : result<file_identity>(file_identity());
        held_.emplace(
            held{std::move(made->file), identity.value_or(file_identity()), std::move(text)});
        return directory->sync();
    }

    void remove()
    {
        if (const auto found = find_download_target(path_); held_ && found && found->is_replaced) {
            const split_path target(found->path);
            const auto directory = local_directory::open(target.directory);
            if (directory && check_ours(*directory, target.name))
                directory->remove(target.name);
        }
        held_.reset();
    }

    /// What the name of a temporary file says that this checkpoint may refer to.
    [[nodiscard]] std::string field() const
    {
        std::error_code unknown;
        const auto whole = std::filesystem::weakly_canonical(path_, unknown);
        return temporary_name::field_of(unknown ? path_ : whole.native());
    }

private:
    /// Locked as long as it is open.
    struct held
    {
        local_file file;
        file_identity identity;
        std::string text;
    };

    /// Whether `name` is of no file, or of the one that is held.
    [[nodiscard]] result<void> check_ours(
        const local_directory& in, const std::string& name) const
    {
        const auto found = in.status_of(name);
        if (!found)
            return found.error();
        if (!*found)
            return {};
        if (held_) {
            const auto file = in.reopen(name);
            const auto now = file ? file->identity() : file.error();
            if (!now)
                return now.error();
            if (*now == held_->identity)
                return {};
            // Where inodes and times do not last, the bytes decide.
            std::string text(held_->text.size() + 1, '\0');
            const auto size = file->read_at(0, std::as_writable_bytes(std::span(text)));
            if (!size)
                return size.error();
            if (std::string_view(text).substr(0, *size) == held_->text)
                return {};
        }
        return error(errc::checkpoint_mismatch,
            "'" + path_ + "' is not as this run has left it", "checkpoint");
    }

    static void collect(const download_target& where)
    {
        if (!where.is_replaced)
            return;
        const split_path target(where.path);
        if (const auto directory = local_directory::open(target.directory))
            collect_leftovers(*directory, {.target = temporary_name::field_of(target.name)});
    }

    std::string path_;
    std::optional<held> held_{};
};

} // namespace cosio::inline v0::transfer

#endif

// ---- cosio/transfer/encryption_fingerprint.hpp --------------------------------------------------

// Tells whether two runs of a transfer ask for the same encryption, without keeping the key.

#ifndef COSIO_TRANSFER_ENCRYPTION_FINGERPRINT_HPP
#define COSIO_TRANSFER_ENCRYPTION_FINGERPRINT_HPP

namespace cosio::inline v0::transfer {

/// `<mode>`, or `<mode>:<salt>:<HMAC-SHA256 of what the mode has>` in hexadecimal: the customer
/// key, or key id and context of SSE-KMS.
class encryption_fingerprint
{
public:
    /// With a salt of its own. Errors: `errc::crypto_unavailable`.
    template <class Asked>
    [[nodiscard]] static result<std::string> make(const Asked& asked)
    {
        std::array<unsigned char, 16> salt{};
        if (RAND_bytes(salt.data(), static_cast<int>(salt.size())) != 1)
            return error(errc::crypto_unavailable, "OpenSSL has no random bytes");
        return with_salt(asked, crypto::hex(std::as_bytes(std::span(salt))));
    }

    /// Whether `text`, which `make` made, is of the same encryption.
    template <class Asked>
    [[nodiscard]] static bool matches(const Asked& asked, std::string_view text)
    {
        const auto first = text.find(':');
        const auto second = text.find(':', first == std::string_view::npos ? first : first + 1);
        const auto salt = second == std::string_view::npos
            ? std::string_view()
            : text.substr(first + 1, second - first - 1);
        const auto again = with_salt(asked, salt);
        return again &&
            crypto::equal_in_constant_time(detail::bytes_of(*again), detail::bytes_of(text));
    }

private:
    template <class Asked>
    [[nodiscard]] static result<std::string> with_salt(const Asked& asked, std::string_view salt)
    {
        if (const auto* const customer = std::get_if<sse::customer>(&asked))
            return seal("customer", salt, customer->key.get().bytes());
        if constexpr (std::is_same_v<Asked, sse::on_write>) {
            if (const auto* const kms = std::get_if<sse::kms>(&asked)) {
                const auto text =
                    std::string(kms->key_id).append("\n").append(kms->context);
                return seal("kms", salt, detail::bytes_of(text));
            }
            if (std::holds_alternative<sse::cos_managed>(asked))
                return std::string("cos_managed");
        }
        return std::string("none");
    }

    [[nodiscard]] static result<std::string> seal(
        std::string_view mode, std::string_view salt, std::span<const std::byte> what)
    {
        const auto digest = crypto::hmac_sha256(detail::bytes_of(salt), what);
        if (!digest)
            return digest.error();
        return std::string(mode).append(":").append(salt).append(":").append(
            crypto::hex(*digest));
    }
};

} // namespace cosio::inline v0::transfer

#endif

// ---- cosio/transfer/checkpoint_keeper.hpp -------------------------------------------------------

// The checkpoint of a transfer while it goes on: what it binds, and when it is written.

#ifndef COSIO_TRANSFER_CHECKPOINT_KEEPER_HPP
#define COSIO_TRANSFER_CHECKPOINT_KEEPER_HPP

namespace cosio::inline v0::transfer {

/// Why a transfer cannot go on from a checkpoint.
[[nodiscard]] inline error cannot_go_on(std::string_view why)
{
    return error(errc::checkpoint_mismatch,
        std::string(why).append("; remove the checkpoint to begin anew"), "checkpoint");
}

[[nodiscard]] inline error mismatch(std::string_view what)
{
    return cannot_go_on(std::string(what).append(" differs"));
}

/// Compares what `found` binds with what is asked for now. Pure.
/// Errors: `errc::checkpoint_mismatch`, which says what differs.
template <class Asked>
[[nodiscard]] result<void> check_binding(
    const checkpoint& found, const checkpoint& asked, const Asked& encryption)
{
    if (found.kind != asked.kind)
        return mismatch("the direction of the transfer");
    if (found.bucket != asked.bucket)
        return mismatch("the bucket");
    if (found.key != asked.key)
        return mismatch("the key of the object");
    if (found.version_id != asked.version_id)
        return mismatch("the version of the object");
    if (!encryption_fingerprint::matches(encryption, found.encryption))
        return mismatch("the encryption or its key");
    if (found.object_size != asked.object_size || found.object_etag != asked.object_etag ||
        found.object_crc64 != asked.object_crc64)
        return mismatch("the object");
    if (found.part_size != asked.part_size)
        return mismatch("the size of the parts");
    return {};
}

/// A checkpoint that is written to its file from time to time: before and after the first part,
/// then every `interval` at most, before an upload is completed, and when the transfer ends early.
class checkpoint_keeper
{
public:
    /// An empty `path`: nothing is kept.
    checkpoint_keeper(
        std::string path, std::chrono::milliseconds interval, asio::any_io_executor files)
        : file_(std::move(path)), interval_(interval), files_(std::move(files))
    {}

    [[nodiscard]] bool is_on() const noexcept { return !file_.path().empty(); }
    /// Whether there is a checkpoint of this transfer, as it is now or was, whoever has written it.
    /// One that cannot be read now is taken for the one that was.
    [[nodiscard]] asio::awaitable<bool> is_on_disk()
    {
        auto work = [this] {
            const auto there = file_.read();
            if (!there)
                return file_.is_held();
            return *there && (*there)->upload_id == content_.upload_id &&
                (*there)->file_name == content_.file_name;
        };
        const bool is = co_await on_file_thread(files_, work);
        co_return is;
    }
    [[nodiscard]] const checkpoint_file& file() const noexcept { return file_; }
    [[nodiscard]] checkpoint& content() noexcept { return content_; }
    [[nodiscard]] const checkpoint& content() const noexcept { return content_; }

    /// What an earlier run left. Errors: as of `checkpoint_file::load`.
    [[nodiscard]] asio::awaitable<result<std::optional<checkpoint>>> load()
    {
        if (!is_on())
            co_return std::optional<checkpoint>();
        auto work = [this] { return file_.load(); };
        auto found = co_await on_file_thread(files_, work);
        co_return found;
    }

    [[nodiscard]] bool is_due() const
    {
        return is_on() && !saving_ &&
            (!saved_at_ || std::chrono::steady_clock::now() - *saved_at_ >= interval_);
    }

    /// Writes the content as it is now, once `flush` has put on the disk what it promises.
    template <class Flush>
    [[nodiscard]] asio::awaitable<result<void>> save_after(Flush& flush)
    {
        if (!is_on())
            co_return result<void>();
        saving_ = true;
        auto work = [this, &flush, now = content_]() -> result<void> {
            auto flushed = flush();
            return flushed ? file_.save(now) : flushed;
        };
        auto done = co_await on_file_thread(files_, work);
        saving_ = false;
        saved_at_ = std::chrono::steady_clock::now();
        co_return done;
    }

    /// Writes the content as it is now.
    [[nodiscard]] asio::awaitable<result<void>> save()
    {
        auto nothing = [] { return result<void>(); };
        auto done = co_await save_after(nothing);
        co_return done;
    }

    /// Writes the content before there is a part: the first one is due at once.
    [[nodiscard]] asio::awaitable<result<void>> save_beginning()
    {
        auto done = co_await save();
        saved_at_.reset();
        co_return done;
    }

    /// A child process leaves it to its parent.
    [[nodiscard]] asio::awaitable<void> remove()
    {
        if (!is_on() || generation_ != detail::process_generation())
            co_return;
        auto work = [this] {
            file_.remove();
            return true;
        };
        co_await on_file_thread(files_, work);
    }

private:
    const std::uint32_t generation_ = detail::process_generation();
    checkpoint_file file_;
    std::chrono::milliseconds interval_;
    asio::any_io_executor files_;
    checkpoint content_{};
    std::optional<std::chrono::steady_clock::time_point> saved_at_{};
    bool saving_ = false;
};

} // namespace cosio::inline v0::transfer

#endif

// ---- cosio/transfer/partial_file.hpp ------------------------------------------------------------

// A file that appears under its name only when it is whole.

#ifndef COSIO_TRANSFER_PARTIAL_FILE_HPP
#define COSIO_TRANSFER_PARTIAL_FILE_HPP

namespace cosio::inline v0::transfer {

/// A temporary file beside its target, which `commit` puts in its place. Everything here blocks.
class partial_file
{
public:
    /// `beneath`: the directory that `path` is a name in; nothing: the path says it.
    partial_file(std::string path, std::optional<local_directory> beneath)
        : path_(std::move(path)), target_(path_), directory_(std::move(beneath)),
          is_beneath_(directory_.has_value())
    {}

    /// Whether the directory was given.
    [[nodiscard]] bool is_beneath() const noexcept { return is_beneath_; }

    /// Opens the directory, and finds out early what cannot become a file. Follows the links that
    /// the path leads through, unless it is a name in a directory that was given.
    [[nodiscard]] result<void> check_target()
    {
        if (!directory_) {
            auto found = find_download_target(path_);
            if (!found)
                return std::move(found).error();
            if (!found->is_replaced) {
                written_to_ = std::move(*found);
                return {};
            }
            target_ = split_path(found->path);
            auto opened = local_directory::open(target_.directory);
            if (!opened)
                return std::move(opened).error();
            directory_.emplace(std::move(*opened));
        }
        if (!target_.names_a_file())
            return error(errc::invalid_argument, "must name a file", "path");
        return directory_->check_replaceable(target_.name);
    }

    /// Whether there is no file to replace, but something that is written to.
    [[nodiscard]] bool is_written_to() const noexcept { return written_to_.has_value(); }

    /// Of what is written to. Nothing as long as nobody has opened a pipe for reading.
    [[nodiscard]] result<std::optional<through_file>> open_to_write() const
    {
        if (!written_to_->descriptor)
            return through_file::open(written_to_->path);
        auto opened = through_file::of_descriptor(*written_to_->descriptor, path_);
        if (!opened)
            return std::move(opened).error();
        return std::optional<through_file>(std::move(*opened));
    }

    /// Removes what dead runs have left beside the target, but what `rule` keeps. Requires
    /// `check_target`, as all that follow do, and a file that is replaced.
    void collect(leftover_rule rule) const
    {
        rule.target = transfer::temporary_name::field_of(target_.name);
        collect_leftovers(*directory_, rule);
    }

    /// `checkpoint`: the field of the temporary file's name that says which may refer to it.
    [[nodiscard]] result<void> create(const std::optional<std::string>& checkpoint = {})
    {
        constexpr mode_t for_everyone = 0666;
        auto made = make_temporary(*directory_, target_.name, checkpoint,
            transfer::temporary_name::of_download,
            directory_->access_of(target_.name) ? for_ourselves : for_everyone);
        if (!made)
            return std::move(made).error();
        temporary_ = std::move(made->name);
        file_.emplace(std::move(made->file));
        inode_ = made->inode;
        return adopt_access(for_ourselves);
    }

    /// Opens what an earlier run created. Errors: `errc::checkpoint_mismatch`.
    [[nodiscard]] result<void> reopen(const std::string& name, std::uint64_t inode)
    {
        const auto parsed = transfer::temporary_name::parse(name);
        if (!parsed || parsed->ending != transfer::temporary_name::of_download)
            return mismatch("the name of the temporary file");
        auto opened = directory_->reopen(name);
        if (!opened)
            return cannot_go_on("the temporary file is gone");
        const auto identity = opened->identity();
        if (!identity || identity->inode != inode)
            return mismatch("the temporary file");
        const auto status = directory_->status_of(name);
        if (!status || !*status || is_planted(directory_->path_of(name), **status))
            return cannot_go_on("the temporary file is of another user");
        if (!take_over(*opened))
            return error(errc::checkpoint_mismatch,
                "another run is at work on '" + directory_->path_of(name) + "'", "checkpoint");
        opened->show_as(directory_->path_of(target_.name));
        temporary_ = name;
        file_.emplace(std::move(*opened));
        inode_ = inode;
        return adopt_access(for_ourselves);
    }

    /// Whether something has that name of a temporary file.
    [[nodiscard]] bool can_reopen(const std::string& name) const
    {
        const auto found = directory_->status_of(name);
        return found && *found;
    }

    /// Whether an earlier run got as far as giving that file its name.
    [[nodiscard]] bool is_target(std::uint64_t inode) const
    {
        return directory_->names(target_.name, inode);
    }

    /// Requires `create` or `reopen`.
    [[nodiscard]] const local_file& content() const noexcept { return *file_; }

    [[nodiscard]] bool was_created() const noexcept { return file_.has_value(); }
    [[nodiscard]] const std::string& temporary_name() const noexcept { return temporary_; }
    /// Known without asking the system.
    [[nodiscard]] std::uint64_t inode() const noexcept { return inode_; }

    [[nodiscard]] result<void> write_at(
        std::uint64_t offset, std::span<const std::byte> bytes) const
    {
        return file_->write_at(offset, bytes);
    }

    [[nodiscard]] result<void> sync() const { return file_->sync(); }

    /// The file is there, under its own name, and stays there. One that it replaces leaves it its
    /// permissions. Requires `sync`. On an error `was_created` is false if the file has its name
    /// nevertheless, or is gone.
    [[nodiscard]] result<void> commit()
    {
        // What has taken the name meanwhile is not to be lost.
        if (auto possible = directory_->check_replaceable(target_.name); !possible)
            return possible;
        const auto found = directory_->status_of(temporary_);
        if (!found)
            return found.error();
        if (!*found || (*found)->st_ino != inode_) {
            file_.reset(); // There is nothing that another run could go on with.
            return error(errc::invalid_argument,
                "'" + directory_->path_of(temporary_) + "' was removed or replaced", "path");
        }
        if (auto set = adopt_access(); !set)
            return set;
        if (auto renamed = directory_->rename(temporary_, target_.name); !renamed)
            return renamed;
        file_.reset();
        return directory_->sync();
    }

    /// Nothing of it is left; but a child process leaves it to its parent.
    void discard()
    {
        if (file_ && generation_ == detail::process_generation())
            directory_->remove(temporary_, inode_);
    }

private:
    /// Another run has to be able to go on with the temporary file.
    static constexpr mode_t for_ourselves = 0600;

    /// Whoever may not read what is replaced may not read this, with `more` besides.
    [[nodiscard]] result<void> adopt_access(mode_t more = 0) const
    {
        auto access = directory_->access_of(target_.name);
        if (!access)
            return {};
        access->mode |= more;
        if (more != 0)
            access->owner.reset(); // It is ours until it is whole.
        return file_->set_access(*access);
    }

    const std::uint32_t generation_ = detail::process_generation();
    std::string path_;
    split_path target_;
    std::optional<local_directory> directory_;
    bool is_beneath_;
    std::optional<download_target> written_to_{};
    std::string temporary_{};
    std::optional<local_file> file_{};
    std::uint64_t inode_ = 0;
};

} // namespace cosio::inline v0::transfer

#endif

// ---- cosio/transfer/download_file.hpp -----------------------------------------------------------

// Downloads an object to a file: by one request, or in ranges side by side, resumable.

#ifndef COSIO_TRANSFER_DOWNLOAD_FILE_HPP
#define COSIO_TRANSFER_DOWNLOAD_FILE_HPP

namespace cosio::inline v0::transfer {

/// The work behind `client::download_file`. Owned by a `shared_ptr`, by the operation and its jobs.
template <class Client>
class file_download : public std::enable_shared_from_this<file_download<Client>>
{
public:
    using result_type = download_result;

    /// `beneath`: the directory that `request.path` is a name in, instead of its own.
    file_download(const environment<Client>& with, const download_file_request& request,
        std::optional<local_directory> beneath = {})
        : control_(with.control), files_(with.files), options_(request.options),
          bucket_(copies_.keep(request.bucket)), key_(copies_.keep(request.key)),
          sse_(copies_.keep(request.sse)), version_id_(copies_.keep(request.version_id)),
          checkpoint_(std::string(request.options.checkpoint),
              request.options.checkpoint_interval, files_),
          fetch_(with.cos, with.core, {bucket_, key_, sse_, version_id_}),
          file_(std::string(request.path), std::move(beneath)),
          crew_(std::make_shared<crew>(control_->executor(), request.options.parallelism)),
          meter_(request.options.on_progress, std::nullopt, clock::now())
    {}

    [[nodiscard]] asio::awaitable<result<download_result>> run()
    {
        auto work = steps();
        auto done = co_await settle(*control_, *crew_, std::move(work));
        if (done)
            co_return done;
        auto why = std::move(done).error();
        co_await clean_up();
        co_return why;
    }

private:
    using clock = std::chrono::steady_clock;

    [[nodiscard]] asio::awaitable<result<download_result>> steps()
    {
        if (auto sound = check_options(options_); !sound)
            co_return std::move(sound).error();
        auto checking = [this] { return file_.check_target(); };
        if (auto possible = co_await on_file_thread(files_, checking); !possible)
            co_return std::move(possible).error();
        if (file_.is_written_to()) {
            auto done = co_await write_through();
            co_return done;
        }
        auto earlier = co_await checkpoint_.load();
        if (!earlier)
            co_return std::move(earlier).error();
        co_await collect(*earlier);
        if (auto found = co_await fetch_.head(crew_->first()); !found)
            co_return std::move(found).error();
        const auto size = fetch_.object().size;
        const bool whole = size <= options_.threshold && !*earlier;
        const auto plan = whole ? result<part_plan>(part_plan::of(size, size))
                                : part_plan::make(size, options_.part_size, range_limits);
        if (!plan)
            co_return plan.error();
        meter_ = progress_meter(options_.on_progress, size, clock::now());
        result<void> begun;
        if (*earlier)
            begun = co_await resume(**earlier, *plan);
        else
            begun = co_await begin(*plan, whole);
        if (!begun)
            co_return std::move(begun).error();
        const auto resumed = static_cast<std::uint32_t>(sums_.size());
        if (auto received = co_await receive_parts(*plan, whole); !received)
            co_return std::move(received).error();
        auto done = co_await finish(*plan);
        if (done) {
            done->parts = whole ? 0 : plan->count();
            done->resumed_parts = resumed;
        }
        co_return done;
    }

    /// To what cannot be replaced: in order, by one request, and not to be taken back.
    [[nodiscard]] asio::awaitable<result<download_result>> write_through()
    {
        if (checkpoint_.is_on())
            co_return error(errc::invalid_argument,
                "is for files: what goes to a device or a pipe cannot be resumed", "checkpoint");
        auto work = [this] { return file_.open_to_write(); };
        while (!through_) {
            if (crew_->stopping())
                co_return error(errc::cancelled);
            auto opened = co_await on_file_thread(files_, work);
            if (!opened)
                co_return std::move(opened).error();
            if (*opened)
                through_.emplace(std::move(**opened));
            else
                co_await crew_->first().pause(std::chrono::milliseconds(20));
        }
        if (auto found = co_await fetch_.head(crew_->first()); !found)
            co_return std::move(found).error();
        const auto size = fetch_.object().size;
        const auto plan = part_plan::of(size, size);
        meter_ = progress_meter(options_.on_progress, size, clock::now());
        if (auto received = co_await receive_parts(plan, true); !received)
            co_return std::move(received).error();
        co_return sum_up(plan);
    }

    /// Writes in order, and waits for whoever reads.
    class through_writer
    {
    public:
        through_writer(file_download& of, lane& in)
            : of_(of), in_(in), buffer_(std::make_unique_for_overwrite<std::byte[]>(buffer_size))
        {}

        [[nodiscard]] std::span<std::byte> room() noexcept { return {buffer_.get(), buffer_size}; }

        [[nodiscard]] asio::awaitable<result<void>> commit(std::size_t count)
        {
            auto left = std::span<const std::byte>(buffer_.get(), count);
            auto work = [this, &left]() -> result<void> {
                const auto put = of_.through_->write_some(left);
                if (!put)
                    return put.error();
                left = left.subspan(*put);
                return {};
            };
            while (!left.empty()) {
                if (in_.interrupted())
                    co_return error(errc::cancelled);
                if (auto put = co_await on_file_thread(of_.files_, work); !put)
                    co_return put;
            }
            of_.meter_.commit(count, clock::now());
            co_return result<void>();
        }

    private:
        static constexpr std::size_t buffer_size = 128 * 1024;

        file_download& of_;
        lane& in_;
        std::unique_ptr<std::byte[]> buffer_;
    };

    [[nodiscard]] checkpoint binding(const part_plan& plan) const
    {
        const auto& object = fetch_.object();
        checkpoint out;
        out.kind = checkpoint::direction::download;
        out.bucket = bucket_;
        out.key = key_;
        out.version_id = version_id_;
        out.object_etag = object.etag;
        out.object_size = object.size;
        out.object_crc64 = object.crc64;
        out.part_size = plan.part_size();
        return out;
    }

    /// Removes what dead runs have left, but what `earlier` refers to; forgets `earlier` when there
    /// is nothing that it could go on with.
    [[nodiscard]] asio::awaitable<void> collect(std::optional<checkpoint>& earlier)
    {
        if (file_.is_beneath() && !checkpoint_.is_on())
            co_return; // Whoever knows the directory does that, once for all files in it.
        auto work = [&] {
            leftover_rule rule;
            if (checkpoint_.is_on())
                rule.checkpoint = field_ = checkpoint_.file().field();
            if (earlier)
                rule.referred = earlier->file_name;
            file_.collect(rule);
            // Of a run that was killed after the file had its name, or before there was a part.
            return earlier && earlier->kind == checkpoint::direction::download &&
                (earlier->parts.empty() || file_.is_target(earlier->file.inode)) &&
                !file_.can_reopen(earlier->file_name);
        };
        if (co_await on_file_thread(files_, work))
            earlier.reset();
    }

    [[nodiscard]] asio::awaitable<result<void>> begin(const part_plan& plan, bool whole)
    {
        auto work = [this, whole] {
            return file_.create(
                checkpoint_.is_on() && !whole ? std::optional(field_) : std::nullopt);
        };
        auto created = co_await on_file_thread(files_, work);
        if (!created || !checkpoint_.is_on() || whole)
            co_return created;
        auto fingerprint = encryption_fingerprint::make(sse_);
        if (!fingerprint)
            co_return std::move(fingerprint).error();
        auto& content = checkpoint_.content();
        content = binding(plan);
        content.encryption = std::move(*fingerprint);
        content.file_name = file_.temporary_name();
        content.file.inode = file_.inode();
        resumable_ = true;
        auto saved = co_await checkpoint_.save_beginning();
        co_return saved;
    }

    [[nodiscard]] asio::awaitable<result<void>> resume(
        const checkpoint& earlier, const part_plan& plan)
    {
        keeps_all_ = true; // What is not ours is left alone.
        if (auto same = check_binding(earlier, binding(plan), sse_); !same)
            co_return std::move(same).error();
        auto work = [&] { return file_.reopen(earlier.file_name, earlier.file.inode); };
        if (auto opened = co_await on_file_thread(files_, work); !opened)
            co_return std::move(opened).error();
        checkpoint_.content() = earlier;
        keeps_all_ = false;
        resumable_ = true;
        auto kept = co_await keep_whole_parts(plan);
        co_return kept;
    }

    /// Takes the parts that are in the temporary file as they were received: nothing else would
    /// tell when it has been damaged since, as what is summed up at the end is what was received.
    [[nodiscard]] asio::awaitable<result<void>> keep_whole_parts(const part_plan& plan)
    {
        auto& parts = checkpoint_.content().parts;
        for (const auto& one : parts) {
            if (one.number > plan.count() || one.size != plan.at(one.number).size)
                continue;
            const auto sum = co_await crc64_of_part(
                file_.content(), files_, *crew_, plan.at(one.number).offset, one.size);
            if (!sum)
                co_return sum.error();
            if (*sum != one.crc64)
                continue;
            sums_[one.number] = one.crc64;
            meter_.resume_from(one.size);
        }
        std::erase_if(parts, [this](const auto& one) { return !sums_.contains(one.number); });
        co_return result<void>();
    }

    [[nodiscard]] asio::awaitable<result<void>> receive_parts(const part_plan& plan, bool whole)
    {
        for (std::uint32_t number = 1; number <= plan.count(); ++number) {
            if (sums_.contains(number))
                continue;
            lane* const in = co_await crew_->free_lane();
            if (in == nullptr)
                break;
            crew_->start(
                *in, receive_part(this->shared_from_this(), *in, plan.at(number), whole));
        }
        auto received = co_await crew_->finish();
        if (!received && received.error().code == errc::object_changed)
            resumable_ = false; // What was received is of an object that is gone.
        co_return received;
    }

    /// Writes a part to its place, by way of a buffer: only when that is full, as each write is a
    /// turn of another thread.
    class writer
    {
    public:
        writer(file_download& of, std::uint64_t offset, std::uint64_t size)
            : of_(of), at_(offset),
              size_(std::min<std::uint64_t>(std::max<std::uint64_t>(size, 1), buffer_size)),
              buffer_(std::make_unique_for_overwrite<std::byte[]>(size_))
        {}

        [[nodiscard]] std::span<std::byte> room() noexcept
        {
            return {buffer_.get() + filled_, size_ - filled_};
        }

        [[nodiscard]] asio::awaitable<result<void>> commit(std::size_t count)
        {
            filled_ += count;
            if (filled_ != size_)
                co_return result<void>();
            auto written = co_await flush();
            co_return written;
        }

        /// To be called at the end.
        [[nodiscard]] asio::awaitable<result<void>> flush()
        {
            if (filled_ == 0)
                co_return result<void>();
            const auto bytes = std::span<const std::byte>(buffer_.get(), filled_);
            auto work = [this, bytes] { return of_.file_.write_at(at_, bytes); };
            auto written = co_await on_file_thread(of_.files_, work);
            if (written) {
                at_ += bytes.size();
                filled_ = 0;
                of_.meter_.commit(bytes.size(), clock::now());
            }
            co_return written;
        }

    private:
        static constexpr std::size_t buffer_size = 256 * 1024;

        file_download& of_;
        std::uint64_t at_;
        std::size_t size_;
        std::size_t filled_ = 0;
        std::unique_ptr<std::byte[]> buffer_;
    };

    [[nodiscard]] static asio::awaitable<result<void>> receive_part(
        std::shared_ptr<file_download> self, lane& in, part which, bool whole)
    {
        if (self->through_) {
            through_writer through(*self, in);
            auto put = co_await self->fetch_.fetch(in, which, whole, through);
            if (!put)
                co_return std::move(put).error();
            self->sums_[which.number] = *put;
            co_return result<void>();
        }
        writer to(*self, which.offset, which.size);
        auto sum = co_await self->fetch_.fetch(in, which, whole, to);
        if (!sum)
            co_return std::move(sum).error();
        if (auto written = co_await to.flush(); !written)
            co_return written;
        self->sums_[which.number] = *sum;
        if (!self->resumable_)
            co_return result<void>();
        auto& parts = self->checkpoint_.content().parts;
        const auto after =
            std::ranges::upper_bound(parts, which.number, {}, &checkpoint_part::number);
        parts.insert(after, {which.number, which.size, *sum, {}});
        if (!self->checkpoint_.is_due())
            co_return result<void>();
        auto saved = co_await self->save();
        co_return saved;
    }

    /// A checkpoint promises that its parts are on the disk.
    [[nodiscard]] asio::awaitable<result<void>> save()
    {
        bool lost = false;
        auto flush = [&] {
            auto flushed = file_.sync();
            lost = !flushed;
            return flushed;
        };
        auto saved = co_await checkpoint_.save_after(flush);
        if (lost)
            resumable_ = false; // A later attempt would succeed without what this one has lost.
        co_return saved;
    }

    /// Errors: `errc::checksum_mismatch`.
    [[nodiscard]] result<download_result> sum_up(const part_plan& plan) const
    {
        download_result out;
        static_cast<object_properties&>(out) = fetch_.object();
        std::uint64_t sum = 0; // Of no bytes.
        for (const auto& [number, of_part] : sums_)
            sum = crypto::crc64_combine(sum, of_part, plan.at(number).size);
        if (auto equal = operation::compare_crc64(sum, out.crc64); !equal)
            return std::move(equal).error();
        out.crc64_verified = out.crc64.has_value();
        out.crc64 = sum;
        out.body_size = plan.object_size();
        return out;
    }

    [[nodiscard]] asio::awaitable<result<download_result>> finish(const part_plan& plan)
    {
        auto out = sum_up(plan);
        if (!out) {
            resumable_ = false; // Which of the parts is wrong is not known.
            co_return out;
        }
        auto flush = [this] { return file_.sync(); };
        if (auto flushed = co_await on_file_thread(files_, flush); !flushed) {
            resumable_ = false;
            co_return std::move(flushed).error();
        }
        auto work = [this] { return file_.commit(); };
        auto done = co_await on_file_thread(files_, work);
        if (!done && file_.was_created()) // It is here, and another run can try again.
            co_return std::move(done).error();
        resumable_ = false;
        co_await checkpoint_.remove();
        if (!done)
            co_return std::move(done).error();
        co_return out;
    }

    /// After a failure: the download can be resumed, or nothing of it is left.
    [[nodiscard]] asio::awaitable<void> clean_up()
    {
        if (keeps_all_)
            co_return;
        if (resumable_ && options_.on_failure == unfinished_upload::keep_if_resumable) {
            const auto saved = co_await save();
            // On a full disk: the checkpoint as it was written before.
            if (saved || (resumable_ && co_await checkpoint_.is_on_disk()))
                co_return;
        }
        auto work = [this] {
            file_.discard();
            return true;
        };
        co_await on_file_thread(files_, work);
        if (resumable_ || file_.was_created())
            co_await checkpoint_.remove();
    }

    std::shared_ptr<net::operation_control> control_;
    asio::any_io_executor files_;
    request_copies copies_{};
    transfer_options options_;
    std::string_view bucket_;
    std::string_view key_;
    cosio::sse::on_read sse_;
    std::string_view version_id_;
    checkpoint_keeper checkpoint_;
    object_fetch<Client> fetch_;
    partial_file file_;
    std::string field_{}; // Of the temporary file's name: which checkpoint may refer to it.
    std::optional<through_file> through_{}; // Instead of the file.
    std::shared_ptr<crew> crew_;
    progress_meter meter_;
    std::map<std::uint32_t, std::uint64_t> sums_{}; // CRC64 of each part that was received.
    bool resumable_ = false;                        // There is a checkpoint of it.
    bool keeps_all_ = false;
};

} // namespace cosio::inline v0::transfer

#endif

// ---- cosio/transfer/run.hpp ---------------------------------------------------------------------

// Runs any transfer.

#ifndef COSIO_TRANSFER_RUN_HPP
#define COSIO_TRANSFER_RUN_HPP

namespace cosio::inline v0::transfer {

/// Keeps `work` until it is done, and lets no exception out.
template <class Transfer>
[[nodiscard]] asio::awaitable<result<typename Transfer::result_type>> run(
    std::shared_ptr<Transfer> work)
{
    try {
        auto done = co_await work->run();
        co_return done;
    } catch (...) {
        co_return net::error_of_exception();
    }
}

} // namespace cosio::inline v0::transfer

#endif

// ---- cosio/transfer/safe_path.hpp ---------------------------------------------------------------

// A key as a path within a directory. Keys come from whoever may write to the bucket.

#ifndef COSIO_TRANSFER_SAFE_PATH_HPP
#define COSIO_TRANSFER_SAFE_PATH_HPP

namespace cosio::inline v0::transfer {

/// Components that are entered one after the other, each by its own name.
struct relative_path
{
    std::vector<std::string> directories{};
    /// Empty for a key that ends in a slash: the mark of a folder.
    std::string name{};
};

/// Why `component` may not be a part of a path; empty when it may.
[[nodiscard]] inline std::string_view component_problem(std::string_view component) noexcept
{
    if (component.empty())
        return "it has an empty component, or is absolute";
    if (component == "." || component == "..")
        return "it has a component that is '.' or '..'";
    for (const char c : component)
        if (c == '\\' || detail::is_control(c))
            return "it has a backslash or a control byte";
    if (component.size() >= 2 && component[1] == ':')
        return "it has a component that begins like a drive";
    return {};
}

/// Splits `key` at its slashes. Errors: `errc::unsafe_key` for what would leave the directory it is
/// put into, on this system or another, or collide with another key.
[[nodiscard]] inline result<relative_path> safe_path(std::string_view key)
{
    relative_path out;
    auto rest = key;
    for (;;) {
        const auto slash = rest.find('/');
        const bool is_last = slash == std::string_view::npos;
        const auto component = rest.substr(0, slash);
        if (is_last && component.empty() && !out.directories.empty())
            return out; // The key ends in a slash.
        if (const auto problem = component_problem(component); !problem.empty())
            return error(errc::unsafe_key,
                std::string("'").append(key).append("': ").append(problem), "key");
        if (is_last) {
            out.name = component;
            return out;
        }
        out.directories.emplace_back(component);
        rest.remove_prefix(slash + 1);
    }
}

} // namespace cosio::inline v0::transfer

#endif

// ---- cosio/transfer/download_directory.hpp ------------------------------------------------------

// Downloads all objects under a prefix into a directory, and nowhere else.

#ifndef COSIO_TRANSFER_DOWNLOAD_DIRECTORY_HPP
#define COSIO_TRANSFER_DOWNLOAD_DIRECTORY_HPP

namespace cosio::inline v0::transfer {

/// The work behind `client::download_directory`. Owned by a `shared_ptr`, by the operation and its
/// jobs.
template <class Client>
class directory_download : public std::enable_shared_from_this<directory_download<Client>>
{
public:
    using result_type = download_directory_result;

    directory_download(
        const environment<Client>& with, const download_directory_request& request)
        : with_(with), options_(request.options), bucket_(copies_.keep(request.bucket)),
          prefix_(copies_.keep(request.prefix)), sse_(copies_.keep(request.sse)),
          path_(request.path),
          crew_(std::make_shared<crew>(with.control->executor(), request.options.parallelism)),
          meter_(request.options.on_progress, std::nullopt, clock::now())
    {}

    [[nodiscard]] asio::awaitable<result<download_directory_result>> run()
    {
        auto work = steps();
        auto done = co_await settle(*with_.control, *crew_, std::move(work));
        co_return done;
    }

private:
    using clock = std::chrono::steady_clock;

    [[nodiscard]] asio::awaitable<result<download_directory_result>> steps()
    {
        auto listed = co_await receive_pages();
        if (!listed && !crew_->stopping())
            co_return std::move(listed).error();
        if (auto received = co_await crew_->finish(); !received) // Which stopped the listing too.
            co_return std::move(received).error();
        co_return done_;
    }

    [[nodiscard]] asio::awaitable<result<void>> receive_pages()
    {
        if (auto sound = check_options(options_); !sound)
            co_return std::move(sound).error();
        auto work = [this]() -> result<void> {
            auto opened = local_directory::open(path_);
            if (!opened)
                return std::move(opened).error();
            root_.emplace(std::move(*opened));
            return {};
        };
        if (auto opened = co_await on_file_thread(with_.files, work); !opened)
            co_return std::move(opened).error();
        detail::object_cursor cursor({.bucket = bucket_, .prefix = prefix_});
        for (;;) {
            if (crew_->stopping())
                co_return result<void>();
            const auto request = cursor.request();
            auto page = co_await with_.cos.list_objects(request, crew_->first().token());
            if (!page)
                co_return std::move(page).error();
            const auto more = cursor.advance(*page);
            if (!more)
                co_return more.error();
            std::erase_if(page->objects,
                [this](const object_summary& one) { return is_mark_of_prefix(one); });
            for (const auto& one : page->objects)
                if (auto safe = check(one); !safe)
                    co_return safe;
            for (auto& one : page->objects) {
                lane* const in = co_await crew_->free_lane();
                if (in == nullptr)
                    co_return result<void>();
                crew_->start(
                    *in, receive_object(this->shared_from_this(), *in, std::move(one.key)));
            }
            if (!*more)
                co_return result<void>();
        }
    }

    [[nodiscard]] std::string_view relative(std::string_view key) const noexcept
    {
        return key.substr(std::min(prefix_.size(), key.size()));
    }

    /// Of the folder that is downloaded: that one is there.
    [[nodiscard]] bool is_mark_of_prefix(const object_summary& one) const noexcept
    {
        return one.key == prefix_ && prefix_.ends_with('/') && one.size == 0;
    }

    [[nodiscard]] result<void> check(const object_summary& one) const
    {
        const auto refused = [&](std::string_view why) {
            return error(errc::unsafe_key, ("'" + one.key + "': ").append(why), "key");
        };
        if (relative(one.key).empty())
            return refused("it is the prefix itself, which leaves no name for a file");
        const auto path = safe_path(relative(one.key));
        if (!path)
            return path.error();
        if (path->name.empty() && one.size != 0)
            return refused("it ends in a slash, but the object has bytes");
        return {};
    }

    [[nodiscard]] static asio::awaitable<result<void>> receive_object(
        std::shared_ptr<directory_download> self, lane& in, std::string key)
    {
        auto path = safe_path(self->relative(key));
        if (!path)
            co_return std::move(path).error();
        std::optional<local_directory> place;
        const bool is_new = self->entered_.insert(path->directories).second;
        auto work = [&] { return enter(*self->root_, *path, is_new, place); };
        if (auto entered = co_await on_file_thread(self->with_.files, work); !entered)
            co_return std::move(entered).error();
        if (path->name.empty())
            co_return result<void>(); // A folder, which is there now.
        if (in.interrupted())
            co_return error(errc::cancelled);
        const download_file_request request{.bucket = self->bucket_, .key = key,
            .path = path->name, .sse = self->sse_, .options = self->inner_options()};
        auto with = self->with_;
        with.control = std::make_shared<net::operation_control>(self->with_.control->executor(),
            self->with_.cos.limits(), self->with_.core->deadlines);
        with.control->end_total();
        net::prepared_operation<download_result> reading(with.control,
            transfer::run<file_download<Client>>(
                std::make_shared<file_download<Client>>(with, request, std::move(place))));
        auto received =
            co_await net::initiate(with.core->executor, std::move(reading), in.token());
        if (!received) {
            received.error().explain("'" + key + "'");
            co_return std::move(received).error();
        }
        ++self->done_.files;
        self->done_.bytes += received->body_size;
        self->meter_.commit(received->body_size, clock::now());
        co_return result<void>();
    }

    /// Where the run `is_new`, it removes what dead ones have left. Blocks.
    [[nodiscard]] static result<void> enter(const local_directory& root,
        const relative_path& path, bool is_new, std::optional<local_directory>& place)
    {
        auto here = root.enter_itself();
        for (const auto& name : path.directories) {
            if (!here)
                break;
            here = here->enter(name);
        }
        if (!here)
            return std::move(here).error();
        if (is_new)
            collect_leftovers(*here, {});
        place.emplace(std::move(*here));
        return {};
    }

    [[nodiscard]] transfer_options inner_options() const
    {
        auto out = options_;
        out.on_progress = {};
        out.checkpoint = {};
        return out;
    }

    environment<Client> with_;
    request_copies copies_{};
    transfer_options options_;
    std::string_view bucket_;
    std::string_view prefix_;
    cosio::sse::on_read sse_;
    std::string path_;
    std::optional<local_directory> root_{};
    std::shared_ptr<crew> crew_;
    progress_meter meter_;
    std::set<std::vector<std::string>> entered_{}; // Directories below the root.
    download_directory_result done_{};
};

} // namespace cosio::inline v0::transfer

#endif

// ---- cosio/transfer/upload.hpp ------------------------------------------------------------------

// Uploads a body of any size: bytes in memory, or a source whose length need not be known.

#ifndef COSIO_TRANSFER_UPLOAD_HPP
#define COSIO_TRANSFER_UPLOAD_HPP

namespace cosio::inline v0::transfer {

/// The work behind `client::upload`. Owned by a `shared_ptr`, by the operation and its jobs.
template <class Client>
class body_upload : public std::enable_shared_from_this<body_upload<Client>>
{
public:
    using result_type = upload_result;

    body_upload(const environment<Client>& with, const upload_request& request)
        : cos_(with.cos), control_(with.control), body_(request.body),
          said_size_(request.body.size()), options_(request.options),
          target_{copies_.keep(request.bucket), copies_.keep(request.key),
              copies_.keep(request.sse), copies_.keep(request.headers)},
          upload_(cos_, target_),
          crew_(std::make_shared<crew>(control_->executor(), request.options.parallelism)),
          meter_(request.options.on_progress, request.body.size(), clock::now())
    {}

    [[nodiscard]] asio::awaitable<result<upload_result>> run()
    {
        auto work = steps();
        auto done = co_await settle(*control_, *crew_, std::move(work));
        if (done)
            co_return done;
        auto why = std::move(done).error();
        co_await upload_.abort(why);
        co_return why;
    }

private:
    using clock = std::chrono::steady_clock;

    /// The bytes of a part: those of the body itself, or a copy of what its source yielded.
    struct part_bytes
    {
        std::unique_ptr<std::byte[]> owned{};
        std::span<const std::byte> bytes{};
    };

    [[nodiscard]] asio::awaitable<result<upload_result>> steps()
    {
        if (auto sound = check_options(options_); !sound)
            co_return std::move(sound).error();
        auto part_size = plan_part_size();
        if (!part_size)
            co_return std::move(part_size).error();
        // What fits into one request is sent by one.
        const auto first_size = body_.in_memory()
            ? (body_.bytes().size() <= largest_put<Client>(options_) ? body_.bytes().size()
                                                                     : *part_size)
            : *part_size;
        auto first = co_await next(first_size);
        if (!first)
            co_return std::move(first).error();
        if (at_end_) {
            auto stored = co_await put((*first)->bytes);
            co_return stored;
        }
        if (auto begun = co_await upload_.begin(crew_->first()); !begun)
            co_return std::move(begun).error();
        if (auto sent = co_await send_parts(std::move(*first), *part_size); !sent)
            co_return std::move(sent).error();
        auto done = co_await upload_.complete(crew_->first());
        co_return done;
    }

    [[nodiscard]] result<std::uint64_t> plan_part_size() const
    {
        const auto limits = limits_of<Client>(options_);
        const auto size = said_size_;
        if (!size) {
            if (auto sound = part_plan::check_part_size(options_.part_size, limits); !sound)
                return std::move(sound).error();
            return options_.part_size;
        }
        if (*size <= largest_put<Client>(options_) && body_.in_memory())
            return options_.part_size;
        const auto plan = part_plan::make(*size, options_.part_size, limits);
        if (!plan)
            return plan.error();
        return plan->part_size();
    }

    /// The next part, of `size` bytes unless the body ends before.
    [[nodiscard]] asio::awaitable<result<std::shared_ptr<part_bytes>>> next(std::uint64_t size)
    {
        auto out = std::make_shared<part_bytes>();
        if (body_.in_memory()) {
            const auto all = body_.bytes().subspan(read_);
            out->bytes = all.first(std::min<std::uint64_t>(size, all.size()));
            read_ += out->bytes.size();
            at_end_ = read_ == body_.bytes().size();
            co_return out;
        }
        // A byte more than a part, so that the last part is known to be the last.
        out->owned = std::make_unique_for_overwrite<std::byte[]>(size);
        const std::span<std::byte> room(out->owned.get(), size);
        std::size_t filled = 0;
        if (ahead_) {
            room[0] = *ahead_;
            ahead_.reset();
            filled = 1;
        }
        while (filled != room.size()) {
            auto got = co_await read(room.subspan(filled));
            if (!got)
                co_return std::move(got).error();
            if (*got == 0)
                break;
            filled += *got;
        }
        out->bytes = room.first(filled);
        at_end_ = filled != room.size();
        if (!at_end_) {
            std::byte one{};
            auto got = co_await read(std::span(&one, 1));
            if (!got)
                co_return std::move(got).error();
            at_end_ = *got == 0;
            if (!at_end_)
                ahead_ = one;
        }
        if (at_end_ && said_size_ && read_ != *said_size_)
            co_return error(errc::body_size_mismatch,
                "the source gave " + std::to_string(read_) + " bytes", "body");
        co_return out;
    }

    /// A source that waits is cancelled when the transfer has to stop.
    [[nodiscard]] asio::awaitable<result<std::size_t>> read(std::span<std::byte> room)
    {
        const auto begin = [&] { return body_.read(room); };
        auto got = co_await wait_for_foreign(control_->executor(), crew_->first(), begin);
        if (got && *got > room.size())
            co_return error(
                errc::body_source_failed, "yielded more than it was given room for", "body");
        if (got)
            read_ += *got;
        co_return got;
    }

    [[nodiscard]] asio::awaitable<result<upload_result>> put(std::span<const std::byte> bytes)
    {
        const put_object_request request{.bucket = target_.bucket, .key = target_.key,
            .body = bytes, .sse = target_.sse, .headers = target_.headers};
        if (crew_->stopping())
            co_return error(errc::cancelled);
        auto stored = co_await cos_.put_object(request, crew_->first().token());
        if (!stored)
            co_return std::move(stored).error();
        meter_.commit(bytes.size(), clock::now());
        co_return upload_result_of(std::move(*stored), bytes.size());
    }

    [[nodiscard]] asio::awaitable<result<void>> send_parts(
        std::shared_ptr<part_bytes> bytes, std::uint64_t part_size)
    {
        const growing_parts growing(part_size, limits_of<Client>(options_));
        const auto lanes = [&](std::uint32_t number) {
            return said_size_ ? options_.parallelism
                              : growing.at_once(number, options_.parallelism);
        };
        for (std::uint32_t number = 1;; ++number) {
            lane* const in = co_await crew_->free_lane(lanes(number));
            if (in == nullptr)
                break;
            crew_->start(
                *in, send_part(this->shared_from_this(), *in, number, std::move(bytes)));
            if (at_end_)
                break;
            if (number == growing.maximum_count()) {
                static_cast<void>(co_await crew_->stop());
                co_return error(errc::invalid_argument,
                    "too small: the body does not end within the " + std::to_string(number) +
                        " parts that an upload may have, which held " + std::to_string(read_ - 1) +
                        " bytes",
                    "part_size");
            }
            // The buffer of the next part counts against the same bound as those being sent.
            if (co_await crew_->free_lane(lanes(number + 1)) == nullptr)
                break;
            auto got = co_await next(said_size_ ? part_size : growing.size_of(number + 1));
            if (!got) {
                // A part that failed is why the source was stopped.
                if (auto sent = co_await crew_->stop(); !sent)
                    co_return sent;
                co_return std::move(got).error();
            }
            bytes = std::move(*got);
        }
        auto sent = co_await crew_->finish();
        co_return sent;
    }

    [[nodiscard]] static asio::awaitable<result<void>> send_part(
        std::shared_ptr<body_upload> self, lane& in, std::uint32_t number,
        std::shared_ptr<part_bytes> bytes)
    {
        const auto size = bytes->bytes.size();
        if (auto sent = co_await self->upload_.send(in, number, bytes->bytes); !sent)
            co_return std::move(sent).error();
        self->meter_.commit(size, clock::now());
        co_return result<void>();
    }

    Client cos_;
    std::shared_ptr<net::operation_control> control_;
    body_view body_;
    std::optional<std::uint64_t> said_size_;
    request_copies copies_{};
    transfer_options options_;
    upload_target target_;
    multipart_upload<Client> upload_;
    std::shared_ptr<crew> crew_;
    progress_meter meter_;
    std::uint64_t read_ = 0;           // Of the body, so far.
    std::optional<std::byte> ahead_{}; // Of a source: read to find out whether there is more.
    bool at_end_ = false;
};

} // namespace cosio::inline v0::transfer

#endif

// ---- cosio/transfer/file_part_source.hpp --------------------------------------------------------

// Bytes of a file as the body of a request.

#ifndef COSIO_TRANSFER_FILE_PART_SOURCE_HPP
#define COSIO_TRANSFER_FILE_PART_SOURCE_HPP

namespace cosio::inline v0::transfer {

/// `size` bytes of a file from `offset` on, read in pieces while they are sent.
///
/// Read, not mapped: pieces of 128 KiB with their CRC64 take 0.92 (0.90-1.13, 5 rounds of 256 MiB
/// in the page cache) of the CPU time of a mapping, and a file that is cut short is an error, no
/// signal.
///
/// Before the last piece is handed out the file is compared with what it was, so that a request
/// does not come to its end, and stores nothing, with bytes of two states of it:
/// `errc::file_changed`. A part of several may be sent of a file that has another time of change
/// and nothing else that differs: whoever puts the parts together compares them.
/// The file has to outlive it.
class file_part_source
{
public:
    /// `which`: all of the file, or one of several parts.
    enum class extent { whole, part };

    file_part_source(const local_file& file, const file_state& before, asio::any_io_executor files,
        std::uint64_t offset, std::uint64_t size, extent which)
        : file_(&file), before_(before), files_(std::move(files)), offset_(offset), size_(size),
          extent_(which)
    {}

    [[nodiscard]] asio::awaitable<result<std::size_t>> read(std::span<std::byte> buffer)
    {
        const auto wanted =
            buffer.first(std::min<std::uint64_t>(size_ - position_, buffer.size()));
        if (wanted.empty() && size_ != 0)
            co_return std::size_t{0};
        auto work = [this, wanted]() -> result<std::size_t> {
            auto got = file_->read_at(offset_ + position_, wanted);
            if (!got || (*got == wanted.size() && position_ + *got != size_))
                return got;
            if (auto unchanged = check_unchanged(); !unchanged)
                return std::move(unchanged).error();
            return got;
        };
        auto got = co_await on_file_thread(files_, work);
        if (got)
            position_ += *got;
        co_return got;
    }

    [[nodiscard]] std::optional<std::uint64_t> size() const noexcept { return size_; }

    bool rewind() noexcept
    {
        position_ = 0;
        return true;
    }

private:
    [[nodiscard]] result<void> check_unchanged() const
    {
        const auto now = file_->state();
        if (!now)
            return now.error();
        const bool same = *now == before_ ||
            (extent_ == extent::part && now->differs_in_change_alone(before_));
        return same ? result<void>() : file_->changed_error();
    }

    const local_file* file_;
    file_state before_;
    asio::any_io_executor files_;
    std::uint64_t offset_;
    std::uint64_t size_;
    extent extent_;
    std::uint64_t position_ = 0;
};

static_assert(replayable_body_source<file_part_source>);

} // namespace cosio::inline v0::transfer

#endif

// ---- cosio/transfer/source_file.hpp -------------------------------------------------------------

// A file that is to be uploaded: one that states its size and keeps to it, or a stream that is read
// until it ends. Everything here blocks, see `file_executor`.

#ifndef COSIO_TRANSFER_SOURCE_FILE_HPP
#define COSIO_TRANSFER_SOURCE_FILE_HPP

namespace cosio::inline v0::transfer {

/// How a file is read.
enum class source_kind {
    /// A regular file, which has as many bytes as it states: in any order, and again.
    sized,
    /// A regular file that states another size than it has, as those of /proc and /sys do.
    unsized,
    /// A pipe or a device: bytes come when they come, and once.
    stream,
};

/// For how long a later change of a file might have the same time as its last one: clocks of file
/// systems advance in steps. Kernels step at least a hundred times a second; a time in whole
/// seconds is taken for that of a file system which knows no others, of which FAT has two at once.
[[nodiscard]] constexpr std::chrono::nanoseconds clock_step_of(std::uint64_t changed) noexcept
{
    using namespace std::chrono_literals;
    return changed % std::uint64_t{1'000'000'000} == 0 ? std::chrono::nanoseconds(2s) : 20ms;
}

/// How long to wait until every change of a file, which was changed last at `changed`, will have
/// another time than that. `now`: nanoseconds since the epoch. Pure.
///
/// A file that was changed in the future is of another clock: one step is waited for then.
[[nodiscard]] constexpr std::chrono::nanoseconds time_until_settled(
    std::uint64_t changed, std::uint64_t now) noexcept
{
    const auto step = static_cast<std::uint64_t>(clock_step_of(changed).count());
    if (now >= changed && now - changed >= step)
        return {};
    const auto left = now >= changed ? step - (now - changed) : step;
    return std::chrono::nanoseconds(static_cast<std::int64_t>(left));
}

/// Whether the file ends where it says: reads its last byte and beyond.
[[nodiscard]] inline result<bool> ends_at(const local_file& file, std::uint64_t size)
{
    std::array<std::byte, 2> bytes{};
    const std::size_t before = size == 0 ? 0 : 1;
    const auto got = file.read_at(size - before, std::span(bytes).first(before + 1));
    return got ? result<bool>(*got == before) : got.error();
}

/// A file as it was opened, or looked at again.
class source_file
{
public:
    /// Does not wait for the other end of a pipe.
    /// Errors: the system's, and `errc::invalid_argument` for a directory.
    [[nodiscard]] static result<source_file> open(const std::string& path)
    {
        return of(
            descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)), path);
    }

    /// Another descriptor of what is open as `number`. Errors: as of `open`.
    [[nodiscard]] static result<source_file> of(int number, const std::string& name)
    {
        return of(descriptor(::fcntl(number, F_DUPFD_CLOEXEC, 3)), name);
    }

    source_file() = default;

    /// Looks at the file: its state, and what of it can be relied on.
    /// Errors: the system's, and `errc::file_changed`.
    [[nodiscard]] result<void> look()
    {
        if (kind_ == source_kind::stream)
            return {};
        constexpr int most_looks = 8; // At one that is written to all the time.
        for (int looks = 0; looks != most_looks; ++looks) {
            const auto now = file_.state();
            if (!now)
                return now.error();
            state_ = *now;
            const auto keeps_to_it = ends_at(file_, state_.identity.size);
            if (!keeps_to_it)
                return keeps_to_it.error();
            kind_ = *keeps_to_it ? source_kind::sized : source_kind::unsized;
            if (*keeps_to_it)
                return {};
            // It may have been written to just now.
            const auto again = file_.state();
            if (!again)
                return again.error();
            if (*again == state_)
                return {};
        }
        return file_.changed_error();
    }

    [[nodiscard]] const local_file& content() const noexcept { return file_; }
    [[nodiscard]] source_kind kind() const noexcept { return kind_; }
    /// When it was looked at last, unless it is a stream.
    [[nodiscard]] const file_state& state() const noexcept { return state_; }

    [[nodiscard]] std::chrono::nanoseconds time_until_settled() const
    {
        if (kind_ != source_kind::sized)
            return {};
        const auto now = std::chrono::system_clock::now().time_since_epoch();
        const auto count = std::chrono::duration_cast<std::chrono::nanoseconds>(now).count();
        return transfer::time_until_settled(
            state_.changed, static_cast<std::uint64_t>(std::max<std::int64_t>(count, 0)));
    }

private:
    [[nodiscard]] static result<source_file> of(descriptor opened, const std::string& path)
    {
        if (opened.get() < 0)
            return file_error("open", path);
        struct stat status{};
        if (::fstat(opened.get(), &status) != 0)
            return file_error("look at", path);
        if (S_ISDIR(status.st_mode))
            return error(errc::invalid_argument, "'" + path + "' is a directory", "path");
        return source_file(local_file(std::move(opened), path), S_ISREG(status.st_mode));
    }

    source_file(local_file file, bool regular) noexcept
        : file_(std::move(file)), kind_(regular ? source_kind::sized : source_kind::stream)
    {}

    local_file file_{};
    source_kind kind_ = source_kind::sized;
    file_state state_{};
};

} // namespace cosio::inline v0::transfer

#endif

// ---- cosio/transfer/stream_source.hpp -----------------------------------------------------------

// A pipe, a device, or a file whose size says nothing, as a body.

#ifndef COSIO_TRANSFER_STREAM_SOURCE_HPP
#define COSIO_TRANSFER_STREAM_SOURCE_HPP

namespace cosio::inline v0::transfer {

/// Bytes in the order in which they come, until they end. No thread waits for them, and a
/// cancellation ends the wait. The file has to outlive it.
class stream_source
{
public:
    stream_source(const source_file& from, asio::any_io_executor files)
        : file_(&from.content()), files_(std::move(files)),
          waits_(from.kind() == source_kind::stream)
    {}

    /// Errors: the system's, `errc::cancelled`.
    [[nodiscard]] asio::awaitable<result<std::size_t>> read(std::span<std::byte> buffer)
    {
        for (;;) {
            // Of a pipe that nobody has opened for writing yet, a read would say that it has ended.
            if (waits_)
                if (auto ready = co_await wait_until_ready(); !ready)
                    co_return std::move(ready).error();
            auto work = [this, buffer] { return read_some(buffer); };
            auto got = co_await on_file_thread(files_, work);
            if (!got)
                co_return std::move(got).error();
            if (*got)
                co_return **got;
            if (waits_ && !can_wait_) {
                errno = EAGAIN;
                co_return file_error("wait for", file_->path());
            }
            waits_ = true;
        }
    }

    [[nodiscard]] static std::optional<std::uint64_t> size() noexcept { return std::nullopt; }

private:
    /// Nothing: there are no bytes yet.
    [[nodiscard]] result<std::optional<std::size_t>> read_some(std::span<std::byte> buffer) const
    {
        for (;;) {
            const auto count = ::read(file_->native_handle(), buffer.data(), buffer.size());
            if (count >= 0)
                return std::optional(static_cast<std::size_t>(count));
            if (errno == EAGAIN)
                return std::optional<std::size_t>();
            if (errno != EINTR)
                return file_error("read", file_->path());
        }
    }

    [[nodiscard]] asio::awaitable<result<void>> wait_until_ready()
    {
        if (!descriptor_) {
            descriptor copy(::fcntl(file_->native_handle(), F_DUPFD_CLOEXEC, 0));
            if (copy.get() < 0)
                co_return file_error("wait for", file_->path());
            std::error_code refused;
            descriptor_.emplace(co_await asio::this_coro::executor);
            descriptor_->assign(copy.get(), refused);
            if (refused)
                co_return error(refused, "cannot wait for '" + file_->path() + "'", "path");
            copy.release();
        }
        std::error_code code;
        co_await descriptor_->async_wait(asio::posix::stream_descriptor::wait_read,
            asio::redirect_error(asio::use_awaitable, code));
        if (code == asio::error::operation_aborted)
            co_return error(errc::cancelled);
        // What cannot be waited for keeps nobody waiting.
        can_wait_ = code != asio::error::operation_not_supported;
        if (code && can_wait_)
            co_return error(code, "cannot wait for '" + file_->path() + "'", "path");
        co_return result<void>();
    }

    const local_file* file_;
    asio::any_io_executor files_;
    std::optional<asio::posix::stream_descriptor> descriptor_{};
    bool waits_;
    bool can_wait_ = true;
};

static_assert(body_source<stream_source>);

} // namespace cosio::inline v0::transfer

#endif

// ---- cosio/transfer/upload_file.hpp -------------------------------------------------------------

// Uploads a file: by one request, or in parts side by side, resumable.

#ifndef COSIO_TRANSFER_UPLOAD_FILE_HPP
#define COSIO_TRANSFER_UPLOAD_FILE_HPP

namespace cosio::inline v0::transfer {

/// The work behind `client::upload_file`. Owned by a `shared_ptr`, by the operation and its jobs.
template <class Client>
class file_upload : public std::enable_shared_from_this<file_upload<Client>>
{
public:
    using result_type = upload_result;

    file_upload(const environment<Client>& with, const upload_file_request& request)
        : cos_(with.cos), core_(with.core), control_(with.control), files_(with.files),
          path_(request.path), options_(request.options),
          compare_at_end_(request.compare_at_end),
          target_{copies_.keep(request.bucket), copies_.keep(request.key),
              copies_.keep(request.sse), copies_.keep(request.headers)},
          checkpoint_(
              std::string(request.options.checkpoint), request.options.checkpoint_interval, files_),
          upload_(cos_, target_),
          crew_(std::make_shared<crew>(control_->executor(), request.options.parallelism)),
          meter_(request.options.on_progress, std::nullopt, clock::now())
    {}

    [[nodiscard]] asio::awaitable<result<upload_result>> run()
    {
        auto work = steps();
        auto done = co_await settle(*control_, *crew_, std::move(work));
        if (done)
            co_return done;
        auto why = std::move(done).error();
        co_await clean_up(why);
        co_return why;
    }

private:
    using clock = std::chrono::steady_clock;

    [[nodiscard]] asio::awaitable<result<upload_result>> steps()
    {
        if (auto sound = check_options(options_); !sound)
            co_return std::move(sound).error();
        if (auto opened = co_await open(); !opened)
            co_return std::move(opened).error();
        if (source_.kind() != source_kind::sized) {
            auto stored = co_await put_stream();
            co_return stored;
        }
        auto earlier = co_await checkpoint_.load();
        if (!earlier)
            co_return std::move(earlier).error();
        if (!*earlier && !compare_at_end_ && before_.identity.size <= largest_put<Client>(options_)) {
            auto stored = co_await put();
            co_return stored;
        }
        const auto plan = part_plan::make(
            before_.identity.size, options_.part_size, limits_of<Client>(options_));
        if (!plan)
            co_return plan.error();
        upload_result done;
        const bool resumes = earlier->has_value();
        result<void> begun;
        if (resumes)
            begun = co_await resume(**earlier, *plan, done);
        else
            begun = co_await begin(*plan);
        if (!begun)
            co_return std::move(begun).error();
        if (!done.etag.empty()) { // An earlier run got as far as completing it.
            co_await checkpoint_.remove();
            co_return done;
        }
        const auto resumed = static_cast<std::uint32_t>(upload_.parts().size());
        if (auto sent = co_await send_parts(*plan); !sent)
            co_return std::move(sent).error();
        // With all parts written down, a run after this one can tell whether completing was done.
        if (auto saved = co_await checkpoint_.save(); !saved)
            co_return std::move(saved).error();
        auto completed = co_await upload_.complete(crew_->first());
        if (!completed) {
            completed_ = completed.error().code == errc::checksum_mismatch ||
                completed.error().code == errc::encryption_not_applied;
            co_return std::move(completed).error();
        }
        co_await checkpoint_.remove();
        completed->resumed_parts = resumed;
        co_return completed;
    }

    [[nodiscard]] asio::awaitable<result<void>> open()
    {
        auto work = [this]() -> result<void> {
            auto opened = source_file::open(path_);
            if (!opened)
                return std::move(opened).error();
            source_ = std::move(*opened);
            return source_.look();
        };
        if (auto opened = co_await on_file_thread(files_, work); !opened)
            co_return std::move(opened).error();
        auto settled = co_await settle_source();
        if (settled && source_.kind() == source_kind::sized)
            meter_ = progress_meter(options_.on_progress, before_.identity.size, clock::now());
        co_return settled;
    }

    /// Makes `before_` the state of the source, which was looked at, and which any later change will
    /// differ from. Errors: `errc::file_changed` when it is written to all the time.
    [[nodiscard]] asio::awaitable<result<void>> settle_source()
    {
        constexpr int most_looks = 20;
        for (int looks = 0; looks != most_looks; ++looks) {
            before_ = source_.state();
            const auto wait = source_.time_until_settled();
            if (wait == wait.zero())
                co_return result<void>();
            co_await crew_->first().pause(wait);
            if (crew_->stopping())
                co_return error(errc::cancelled);
            auto work = [this] { return source_.look(); };
            if (auto looked = co_await on_file_thread(files_, work); !looked)
                co_return std::move(looked).error();
            if (source_.kind() != source_kind::sized || source_.state() == before_)
                co_return result<void>();
        }
        co_return source_.content().changed_error();
    }

    /// By what takes bodies that end when they end: there is nothing to resume it from.
    [[nodiscard]] asio::awaitable<result<upload_result>> put_stream()
    {
        stream_source body(source_, files_);
        const upload_request request{.bucket = target_.bucket,
            .key = target_.key,
            .body = body,
            .sse = target_.sse,
            .headers = target_.headers,
            .options = options_};
        const environment<Client> with{cos_, core_, control_, files_};
        const auto upload = std::make_shared<body_upload<Client>>(with, request);
        auto done = co_await upload->run();
        co_return done;
    }

    /// What was sent is the file as it is, nothing else. A change of permissions or of names is none
    /// of its bytes, but neither can be told from a rewrite that puts the time of modification back:
    /// the bytes decide. Errors: `errc::file_changed`, and the system's.
    [[nodiscard]] asio::awaitable<result<void>> check_unchanged(const part_plan& plan)
    {
        constexpr int most_comparisons = 5;
        for (int comparisons = 0; comparisons != most_comparisons; ++comparisons) {
            auto work = [this] { return source_.look(); };
            if (auto looked = co_await on_file_thread(files_, work); !looked)
                co_return std::move(looked).error();
            const bool same = source_.kind() == source_kind::sized && source_.state() == before_;
            if (same && (comparisons != 0 || !compare_at_end_))
                co_return result<void>();
            if (!same && !source_.state().differs_in_change_alone(before_))
                break;
            if (auto settled = co_await settle_source(); !settled)
                co_return settled;
            const auto differs = co_await parts_that_differ(plan);
            if (!differs)
                co_return differs.error();
            if (!differs->empty())
                break;
        }
        co_return source_.content().changed_error();
    }

    /// Numbers of the parts that the service has, of other bytes than the file.
    [[nodiscard]] asio::awaitable<result<std::vector<std::uint32_t>>> parts_that_differ(
        const part_plan& plan)
    {
        std::vector<std::uint32_t> out;
        for (const auto& [number, part] : upload_.parts()) {
            const bool planned = number <= plan.count() && part.size == plan.at(number).size;
            std::optional<std::uint64_t> sum;
            if (planned) {
                const auto read = co_await crc64_of_part(
                    source_.content(), files_, *crew_, plan.at(number).offset, part.size);
                if (!read)
                    co_return read.error();
                sum = *read;
            }
            if (!sum || sum != part.crc64)
                out.push_back(number);
        }
        co_return out;
    }

    /// Whether signatures cover what is sent: over https it is protected already.
    [[nodiscard]] bool signs_bodies() const noexcept
    {
        return Client::dialect::signs_bodies && core_->endpoint.scheme == scheme::http;
    }

    /// What the service is given to compare a part with, and what is signed for it: nothing where its
    /// reply states a CRC64.
    [[nodiscard]] asio::awaitable<result<part_digests>> digests_of(part which)
    {
        if constexpr (!Client::dialect::states_crc64) {
            auto sums = co_await digests_of_part(source_.content(), files_, *crew_, which.offset,
                which.size, signs_bodies());
            co_return sums;
        }
        co_return part_digests();
    }

    [[nodiscard]] asio::awaitable<result<upload_result>> put()
    {
        constexpr int most_attempts = 5;
        for (int attempts = 1;; ++attempts) {
            auto stored = co_await put_once();
            if (stored || stored.error().code != errc::file_changed || attempts == most_attempts)
                co_return stored;
            // Nothing was stored. Its permissions may have changed, or its bytes and not its time:
            // they are sent as they are now.
            auto work = [this] { return source_.look(); };
            if (auto looked = co_await on_file_thread(files_, work); !looked)
                co_return std::move(looked).error();
            if (!source_.state().differs_in_change_alone(before_))
                co_return stored;
            if (auto settled = co_await settle_source(); !settled)
                co_return std::move(settled).error();
        }
    }

    [[nodiscard]] asio::awaitable<result<upload_result>> put_once()
    {
        const auto digests =
            co_await digests_of({.number = 1, .offset = 0, .size = before_.identity.size});
        if (!digests)
            co_return digests.error();
        file_part_source source(source_.content(), before_, files_, 0, before_.identity.size,
            file_part_source::extent::whole);
        const put_object_request request{.bucket = target_.bucket,
            .key = target_.key,
            .body = source,
            .content_md5 = digests->md5,
            .content_sha256 = digests->sha256,
            .sse = target_.sse,
            .headers = target_.headers};
        if (crew_->stopping())
            co_return error(errc::cancelled);
        auto stored = co_await cos_.put_object(request, crew_->first().token());
        if (!stored)
            co_return std::move(stored).error();
        meter_.commit(before_.identity.size, clock::now());
        co_return upload_result_of(std::move(*stored), before_.identity.size);
    }

    [[nodiscard]] checkpoint binding(const part_plan& plan) const
    {
        checkpoint out;
        out.kind = checkpoint::direction::upload;
        out.bucket = target_.bucket;
        out.key = target_.key;
        out.object_size = before_.identity.size;
        out.part_size = plan.part_size();
        out.file = before_.identity;
        return out;
    }

    [[nodiscard]] asio::awaitable<result<void>> begin(const part_plan& plan)
    {
        if (auto begun = co_await upload_.begin(crew_->first()); !begun)
            co_return std::move(begun).error();
        if (!checkpoint_.is_on())
            co_return result<void>();
        auto fingerprint = encryption_fingerprint::make(target_.sse);
        if (!fingerprint)
            co_return std::move(fingerprint).error();
        checkpoint_.content() = binding(plan);
        checkpoint_.content().upload_id = upload_.id();
        checkpoint_.content().encryption = std::move(*fingerprint);
        auto saved = co_await checkpoint_.save_beginning();
        co_return saved;
    }

    /// Whether the file is of another size, time or inode than it was.
    [[nodiscard]] asio::awaitable<bool> is_another_file()
    {
        auto work = [this] { return source_.content().identity(); };
        const auto now = co_await on_file_thread(files_, work);
        co_return now && *now != before_.identity;
    }

    /// Takes the parts that the service still has, and that are what the file has in their places.
    /// Completes `done` when the object is there.
    [[nodiscard]] asio::awaitable<result<void>> resume(
        const checkpoint& earlier, const part_plan& plan, upload_result& done)
    {
        resumable_ = false; // What is not ours is left alone.
        if (auto same = check_binding(earlier, binding(plan), target_.sse); !same)
            co_return std::move(same).error();
        if (earlier.file != before_.identity)
            co_return mismatch("the file (its size, time or inode)");
        upload_.adopt(earlier.upload_id);
        for (const auto& one : earlier.parts)
            upload_.adopt(one.number, {one.etag, one.size, one.crc64, one.md5_verified});
        done.size = upload_.size();
        done.crc64 = upload_.combined_crc64();
        auto there = co_await list_parts_there();
        if (!there) {
            const bool gone = there.error().code == service_errc::no_such_upload;
            const bool whole =
                done.size == before_.identity.size && earlier.parts.size() == plan.count();
            if (gone && whole) {
                auto differs = co_await parts_that_differ(plan);
                if (!differs)
                    co_return std::move(differs).error();
                if (!differs->empty())
                    co_return mismatch("what the file holds");
            }
            if (gone && whole) {
                const auto complete = co_await upload_.is_there(crew_->first(), done);
                if (!complete)
                    co_return complete.error();
                if (*complete) {
                    done.parts = done.resumed_parts = plan.count();
                    co_return result<void>();
                }
            }
            if (gone)
                co_return cannot_go_on("the service no longer has the upload");
            co_return std::move(there).error();
        }
        upload_.keep_only(*there);
        // Whoever writes to a file may leave it its size and its time.
        const auto differs = co_await parts_that_differ(plan);
        if (!differs)
            co_return differs.error();
        for (const auto number : *differs)
            upload_.forget(number);
        resumable_ = true;
        checkpoint_.content() = earlier;
        std::erase_if(checkpoint_.content().parts,
            [&](const auto& one) { return !upload_.parts().contains(one.number); });
        meter_.resume_from(upload_.size());
        co_return result<void>();
    }

    /// Number, ETag and size of the parts that the service has.
    [[nodiscard]] asio::awaitable<result<std::vector<part_summary>>> list_parts_there()
    {
        std::vector<part_summary> all;
        list_parts_request request{
            .bucket = target_.bucket, .key = target_.key, .upload_id = upload_.id()};
        for (;;) {
            if (crew_->stopping())
                co_return error(errc::cancelled);
            auto page = co_await cos_.list_parts(request, crew_->first().token());
            if (!page)
                co_return std::move(page).error();
            for (auto& one : page->parts)
                all.push_back(std::move(one));
            if (!page->is_truncated)
                co_return all;
            request.part_number_marker = page->next_part_number_marker;
        }
    }

    [[nodiscard]] asio::awaitable<result<void>> send_parts(const part_plan& plan)
    {
        for (std::uint32_t number = 1; number <= plan.count(); ++number) {
            if (upload_.parts().contains(number))
                continue;
            lane* const in = co_await crew_->free_lane();
            if (in == nullptr)
                break;
            crew_->start(*in, send_part(this->shared_from_this(), *in, plan.at(number)));
        }
        auto sent = co_await crew_->finish();
        if (!sent) {
            const auto work = [this] { return source_.content().state(); };
            const auto now = co_await on_file_thread(files_, work);
            const bool other = now && now->identity != before_.identity;
            const bool by_bytes = now && *now != before_ &&
                sent.error().code == service_errc::bad_digest; // They were hashed, then changed.
            co_return other || by_bytes ? source_.content().changed_error()
                                        : std::move(sent).error();
        }
        auto unchanged = co_await check_unchanged(plan);
        co_return unchanged;
    }

    [[nodiscard]] static asio::awaitable<result<void>> send_part(
        std::shared_ptr<file_upload> self, lane& in, part which)
    {
        const auto digests = co_await self->digests_of(which);
        if (!digests)
            co_return digests.error();
        file_part_source source(self->source_.content(), self->before_, self->files_, which.offset,
            which.size, file_part_source::extent::part);
        if (auto sent = co_await self->upload_.send(in, which.number, source, *digests); !sent)
            co_return std::move(sent).error();
        const auto& done = self->upload_.parts().at(which.number);
        auto& parts = self->checkpoint_.content().parts;
        const auto after = std::ranges::upper_bound(
            parts, which.number, {}, &checkpoint_part::number);
        parts.insert(
            after, {which.number, done.size, done.crc64.value_or(0), done.etag, done.md5_verified});
        self->meter_.commit(which.size, clock::now());
        if (!self->checkpoint_.is_due())
            co_return result<void>();
        auto saved = co_await self->checkpoint_.save();
        co_return saved;
    }

    /// After a failure: the upload can be resumed, or is gone.
    [[nodiscard]] asio::awaitable<void> clean_up(error& why)
    {
        if (upload_.id().empty() || !resumable_)
            co_return;
        const bool keep = checkpoint_.is_on() && !completed_ &&
            options_.on_failure == unfinished_upload::keep_if_resumable;
        if (keep && !co_await is_another_file()) {
            const auto saved = co_await checkpoint_.save();
            if (saved || co_await checkpoint_.is_on_disk()) // On a full disk: as it was before.
                co_return;
        }
        co_await upload_.abort(why);
        co_await checkpoint_.remove();
    }

    Client cos_;
    std::shared_ptr<net::client_core> core_;
    std::shared_ptr<net::operation_control> control_;
    asio::any_io_executor files_;
    std::string path_;
    request_copies copies_{};
    transfer_options options_;
    bool compare_at_end_;
    upload_target target_;
    checkpoint_keeper checkpoint_;
    multipart_upload<Client> upload_;
    std::shared_ptr<crew> crew_;
    progress_meter meter_;
    source_file source_{};
    file_state before_{}; // The source when it was opened.
    bool resumable_ = true;
    bool completed_ = false; // The service has made an object of the parts, which is not ours.
};

} // namespace cosio::inline v0::transfer

#endif

// ---- cosio/client_definitions.hpp ---------------------------------------------------------------

// How the client works: what net/client_functions.hpp declares. Included by client.hpp, where it is
// to be compiled.

#ifndef COSIO_CLIENT_DEFINITIONS_HPP
#define COSIO_CLIENT_DEFINITIONS_HPP

namespace cosio::inline v0::net {

COSIO_DECLARED const asio::any_io_executor& executor_of(const client_core& core) noexcept
{
    return core.executor;
}

COSIO_DECLARED const timeout_settings& limits_of(const client_core& core) noexcept
{
    return core.timeouts;
}

COSIO_DECLARED connection_counters counters_of(const client_core& core)
{
    return core.connections->counters();
}

template <class Result>
asio::awaitable<result<Result>> await_operation(
    const client_core& core, prepared_operation<Result> operation)
{
    if (core.executor_is_serial)
        return std::move(operation.work);
    return await_apart(core, std::move(operation));
}

template <class Result>
asio::awaitable<result<Result>> await_apart(
    const client_core& core, prepared_operation<Result> operation)
{
    return initiate(core.executor, std::move(operation), asio::use_awaitable);
}

template <class Dialect, class Operation>
prepared_operation<typename Operation::result_type> prepare_run(const core_pointer& core,
    const timeout_settings& limits, const typename Operation::request_type& request,
    const destination& to)
{
    auto run = make_operation_run<Dialect, Operation>(core, limits, request, core->endpoint, to);
    auto work = run_operation(run);
    return {std::move(run), std::move(work)};
}

template <class Dialect, template <class> class Operation, class Result, class Request>
prepared_operation<Result> prepare(
    const core_pointer& core, const timeout_settings& limits, const Request& request)
{
    destination to;
    if constexpr (requires { request.maximum_size; })
        to.limit = request.maximum_size;
    return prepare_run<Dialect, Operation<Dialect>>(core, limits, request, to);
}

template <class Dialect>
prepared_operation<get_object_result> prepare_get_into(const core_pointer& core,
    const timeout_settings& limits, const get_object_request& request,
    std::span<std::byte> buffer)
{
    destination to;
    to.buffer = buffer;
    to.into_buffer = true;
    return prepare_run<Dialect, operation::get_object<Dialect>>(core, limits, request, to);
}

template <class Dialect>
prepared_operation<object_reader> prepare_open(
    const core_pointer& core, const timeout_settings& limits, const get_object_request& request)
{
    auto control = make_control(*core, limits);
    auto work = run_open<Dialect>(
        core, control, operation::get_object<Dialect>::encode(request, core->endpoint));
    return {std::move(control), std::move(work)};
}

template <class Dialect>
prepared_operation<std::size_t> prepare_warm_up(const core_pointer& core,
    const timeout_settings& limits, std::string_view bucket, std::size_t connections)
{
    auto control = make_control(*core, limits);
    auto work = run_warm_up(core, control, limits,
        operation::head_bucket<Dialect>::encode({.bucket = bucket}, core->endpoint), connections);
    return {std::move(control), std::move(work)};
}

template <class Dialect, template <class> class Transfer, class Result, class... Arguments>
prepared_operation<Result> prepare_transfer(const basic_client<Dialect>& cos,
    const core_pointer& core, const timeout_settings& limits, const Arguments&... arguments)
{
    using client_type = basic_client<Dialect>;
    auto of_transfer = limits;
    of_transfer.total = transfer::total_of(arguments...);
    auto control = make_control(*core, of_transfer);
    const transfer::environment<client_type> with{
        cos, core, control, transfer::file_executor(core->file_executor, core->executor)};
    auto work = transfer::run(std::make_shared<Transfer<client_type>>(with, arguments...));
    return {std::move(control), std::move(work)};
}

template <class Dialect, template <class> class Operation, class Request>
result<presigned_url> presign(
    const client_core& core, const Request& request, std::chrono::seconds validity)
{
    auto prepared = Operation<Dialect>::encode(request, core.endpoint);
    if (!prepared)
        return std::move(prepared).error();
    const auto who = core.identity->known();
    if (who == nullptr)
        return error(errc::missing_credentials,
            "the provider has not been asked yet: an operation has to come first");
    const auto signer = Dialect::make_signer(core.endpoint.region);
    return auth::presign(
        *signer, std::move(*prepared), core.endpoint, *who, core.now(), validity);
}

} // namespace cosio::inline v0::net

#endif

// ---- cosio/crypto/crc64_table.hpp ---------------------------------------------------------------

// CRC64 by tables, eight bytes a step: what every processor can do.

#ifndef COSIO_CRYPTO_CRC64_TABLE_HPP
#define COSIO_CRYPTO_CRC64_TABLE_HPP

namespace cosio::inline v0::crypto {

using crc64_table = std::array<std::array<std::uint64_t, 256>, 8>;

/// Row k advances a byte by k further bytes.
[[nodiscard]] constexpr crc64_table crc64_make_table() noexcept
{
    crc64_table table{};
    for (std::size_t byte = 0; byte != 256; ++byte) {
        std::uint64_t value = byte;
        for (int bit = 0; bit != 8; ++bit)
            value = crc64_times_x(value);
        table[0][byte] = value;
    }
    for (std::size_t row = 1; row != 8; ++row)
        for (std::size_t byte = 0; byte != 256; ++byte) {
            const std::uint64_t before = table[row - 1][byte];
            table[row][byte] = before >> 8U ^ table[0][before & 0xffU];
        }
    return table;
}

inline constexpr crc64_table crc64_tables = crc64_make_table();

/// Advances the raw register (all ones at the start, complemented at the end) over `bytes`.
[[nodiscard]] inline std::uint64_t crc64_update_table(
    std::uint64_t state, std::span<const std::byte> bytes) noexcept
{
    if constexpr (std::endian::native == std::endian::little) {
        for (; bytes.size() >= 8; bytes = bytes.subspan(8)) {
            std::uint64_t word = 0;
            std::memcpy(&word, bytes.data(), sizeof word);
            state ^= word;
            std::uint64_t next = 0;
            for (std::size_t i = 0; i != 8; ++i)
                next ^= crc64_tables[7 - i][state >> (8 * i) & 0xffU];
            state = next;
        }
    }
    for (const std::byte byte : bytes)
        state = state >> 8U ^
            crc64_tables[0][(state ^ std::to_integer<std::uint64_t>(byte)) & 0xffU];
    return state;
}

} // namespace cosio::inline v0::crypto

#endif

// ---- cosio/crypto/crc64_carry_less.hpp ----------------------------------------------------------

// CRC64 by carry-less multiplication: 64 bytes a step, folded into 128 bits (Gopal et al., "Fast
// CRC Computation for Generic Polynomials Using PCLMULQDQ Instruction", 2009, reflected form).

#ifndef COSIO_CRYPTO_CRC64_CARRY_LESS_HPP
#define COSIO_CRYPTO_CRC64_CARRY_LESS_HPP

#if defined(__x86_64__) && defined(__GNUC__)
#define COSIO_HAS_PCLMULQDQ 1
#include <wmmintrin.h> // The whole of immintrin.h takes a fifth of a second to compile.
#else
#define COSIO_HAS_PCLMULQDQ 0
#endif

namespace cosio::inline v0::crypto {

/// What the two halves of 128 bits are multiplied by to move them on.
struct crc64_distance
{
    std::uint64_t for_high_degrees;
    std::uint64_t for_low_degrees;
};

/// The product of two reflected words comes out one bit short of 128, which the exponents make up
/// for.
[[nodiscard]] constexpr crc64_distance crc64_distance_of(std::size_t bytes) noexcept
{
    const auto bits = static_cast<unsigned>(bytes * 8);
    return {crc64_power_of_x(bits + 63), crc64_power_of_x(bits - 1)};
}

#if COSIO_HAS_PCLMULQDQ

/// Whether this processor has the instruction; asked once per process.
[[nodiscard]] inline bool crc64_has_carry_less_multiply() noexcept
{
    static const bool present = __builtin_cpu_supports("pclmul") != 0;
    return present;
}

/// Moves the 128 bits of `state` on by `distance`, then adds `data`.
[[gnu::target("pclmul")]] [[nodiscard]] inline __m128i crc64_fold(
    __m128i state, __m128i distance, __m128i data) noexcept
{
    const __m128i upper = _mm_clmulepi64_si128(state, distance, 0x00);
    const __m128i lower = _mm_clmulepi64_si128(state, distance, 0x11);
    return _mm_xor_si128(_mm_xor_si128(upper, lower), data);
}

[[nodiscard]] inline __m128i crc64_in_register(crc64_distance distance) noexcept
{
    return _mm_set_epi64x(static_cast<long long>(distance.for_low_degrees),
        static_cast<long long>(distance.for_high_degrees));
}

/// The register after the bytes that were folded into `folded`, and then `bytes`.
template <std::size_t Lanes>
[[gnu::target("pclmul")]] [[nodiscard]] inline std::uint64_t crc64_finish(
    const __m128i (&folded)[Lanes], std::span<const std::byte> bytes) noexcept
{
    constexpr std::size_t lane = sizeof(__m128i);
    constexpr auto distance = crc64_distance_of(lane);
    const __m128i by_lane = crc64_in_register(distance);
    __m128i last = folded[0];
#pragma GCC unroll 4
    for (std::size_t i = 1; i != Lanes; ++i)
        last = crc64_fold(last, by_lane, folded[i]);
    for (; bytes.size() >= lane; bytes = bytes.subspan(lane))
        last = crc64_fold(
            last, by_lane, _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes.data())));

    std::array<std::byte, lane> remainder{};
    _mm_storeu_si128(reinterpret_cast<__m128i*>(remainder.data()), last);
    return crc64_update_table(crc64_update_table(0, remainder), bytes);
}

/// As `crc64_update_table`; requires `crc64_has_carry_less_multiply()`.
[[gnu::target("pclmul")]] [[nodiscard]] inline std::uint64_t crc64_update_carry_less(
    std::uint64_t state, std::span<const std::byte> bytes) noexcept
{
    constexpr std::size_t lane = sizeof(__m128i);
    constexpr std::size_t lanes = 4;
    constexpr std::size_t step = lane * lanes;
    if (bytes.size() < step)
        return crc64_update_table(state, bytes);

    const auto load = [](const std::byte* from) noexcept {
        return _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
    };
    __m128i folded[lanes]; // Not a std::array, whose template argument would lose the alignment.
#pragma GCC unroll 4
    for (std::size_t i = 0; i != lanes; ++i)
        folded[i] = load(bytes.data() + i * lane);
    folded[0] = _mm_xor_si128(folded[0], _mm_set_epi64x(0, static_cast<long long>(state)));
    bytes = bytes.subspan(step);

    constexpr auto distance = crc64_distance_of(step);
    const __m128i by_step = crc64_in_register(distance);
    for (; bytes.size() >= step; bytes = bytes.subspan(step)) {
#pragma GCC unroll 4
        for (std::size_t i = 0; i != lanes; ++i)
            folded[i] = crc64_fold(folded[i], by_step, load(bytes.data() + i * lane));
    }
    return crc64_finish(folded, bytes);
}

#else

[[nodiscard]] constexpr bool crc64_has_carry_less_multiply() noexcept { return false; }

[[nodiscard]] inline std::uint64_t crc64_update_carry_less(
    std::uint64_t state, std::span<const std::byte> bytes) noexcept
{
    return crc64_update_table(state, bytes);
}

#endif

} // namespace cosio::inline v0::crypto

#endif

// ---- cosio/crypto/crc64_wide.hpp ----------------------------------------------------------------

// CRC64 by carry-less multiplication of whole vector registers (VPCLMULQDQ): the algorithm of
// crc64_carry_less.hpp, with 64 or 32 bytes in a register instead of 16.

#ifndef COSIO_CRYPTO_CRC64_WIDE_HPP
#define COSIO_CRYPTO_CRC64_WIDE_HPP

namespace cosio::inline v0::crypto {

#if COSIO_HAS_PCLMULQDQ

// Vectors of the language and one line of assembler stand for the intrinsics: those come with all
// of immintrin.h, and the built-in functions behind them are no interface of either compiler. The
// assembler line stands in both of its dialects, as either may be asked for.
using crc64_256 = std::uint64_t __attribute__((vector_size(32)));
using crc64_512 = std::uint64_t __attribute__((vector_size(64)));

/// Whether this processor multiplies 256 bits at a time, and the system saves such registers;
/// asked once per process.
[[nodiscard]] inline bool crc64_has_256_bits() noexcept
{
    static const bool present = __builtin_cpu_supports("avx2") != 0 &&
        __builtin_cpu_supports("vpclmulqdq") != 0 && crc64_has_carry_less_multiply();
    return present;
}

/// As `crc64_has_256_bits`, with 512.
[[nodiscard]] inline bool crc64_has_512_bits() noexcept
{
    static const bool present = crc64_has_256_bits() && __builtin_cpu_supports("avx512f") != 0;
    return present;
}

/// The factors for each 128 bits of a register.
[[gnu::target("avx2")]] [[nodiscard]] inline crc64_256 crc64_repeated_256(
    crc64_distance distance) noexcept
{
    return crc64_256{distance.for_high_degrees, distance.for_low_degrees, distance.for_high_degrees,
        distance.for_low_degrees};
}

/// The bytes at `from`, at any alignment.
[[gnu::target("avx2")]] [[nodiscard]] inline crc64_256 crc64_load_256(
    const std::byte* from) noexcept
{
    crc64_256 loaded;
    std::memcpy(&loaded, from, sizeof loaded);
    return loaded;
}

/// As `crc64_fold`, for each 128 bits of a register.
[[gnu::target("avx2,vpclmulqdq")]] [[nodiscard]] inline crc64_256 crc64_fold_256(
    crc64_256 state, crc64_256 distance, crc64_256 data) noexcept
{
    crc64_256 upper;
    crc64_256 lower;
    asm("vpclmulqdq {$0x00, %2, %1, %0|%0, %1, %2, 0x00}"
        : "=x"(upper) : "x"(state), "x"(distance));
    asm("vpclmulqdq {$0x11, %2, %1, %0|%0, %1, %2, 0x11}"
        : "=x"(lower) : "x"(state), "x"(distance));
    return upper ^ lower ^ data;
}

/// The factors for each 128 bits of a register.
[[gnu::target("avx512f")]] [[nodiscard]] inline crc64_512 crc64_repeated_512(
    crc64_distance distance) noexcept
{
    return crc64_512{distance.for_high_degrees, distance.for_low_degrees, distance.for_high_degrees,
        distance.for_low_degrees, distance.for_high_degrees, distance.for_low_degrees,
        distance.for_high_degrees, distance.for_low_degrees};
}

/// The bytes at `from`, at any alignment.
[[gnu::target("avx512f")]] [[nodiscard]] inline crc64_512 crc64_load_512(
    const std::byte* from) noexcept
{
    crc64_512 loaded;
    std::memcpy(&loaded, from, sizeof loaded);
    return loaded;
}

/// As `crc64_fold`, for each 128 bits of a register.
[[gnu::target("avx512f,vpclmulqdq")]] [[nodiscard]] inline crc64_512 crc64_fold_512(
    crc64_512 state, crc64_512 distance, crc64_512 data) noexcept
{
    crc64_512 upper;
    crc64_512 lower;
    asm("vpclmulqdq {$0x00, %2, %1, %0|%0, %1, %2, 0x00}"
        : "=v"(upper) : "v"(state), "v"(distance));
    asm("vpclmulqdq {$0x11, %2, %1, %0|%0, %1, %2, 0x11}"
        : "=v"(lower) : "v"(state), "v"(distance));
    return upper ^ lower ^ data;
}

// Loops over registers are unrolled by hand, as GCC keeps their array in memory below -O3.

/// As `crc64_update_table`; requires `crc64_has_256_bits()`.
[[gnu::target("avx2,vpclmulqdq,pclmul")]] [[nodiscard]] inline std::uint64_t crc64_update_256(
    std::uint64_t state, std::span<const std::byte> bytes) noexcept
{
    constexpr std::size_t registers = 8;
    constexpr std::size_t step = sizeof(crc64_256) * registers;
    if (bytes.size() < step)
        return crc64_update_carry_less(state, bytes);

    crc64_256 folded[registers];
#pragma GCC unroll 8
    for (std::size_t i = 0; i != registers; ++i)
        folded[i] = crc64_load_256(bytes.data() + i * sizeof(crc64_256));
    folded[0] ^= crc64_256{state};
    bytes = bytes.subspan(step);

    constexpr auto step_distance = crc64_distance_of(step);
    const crc64_256 by_step = crc64_repeated_256(step_distance);
    for (; bytes.size() >= step; bytes = bytes.subspan(step)) {
#pragma GCC unroll 8
        for (std::size_t i = 0; i != registers; ++i)
            folded[i] = crc64_fold_256(folded[i], by_step,
                crc64_load_256(bytes.data() + i * sizeof(crc64_256)));
    }

    constexpr auto register_distance = crc64_distance_of(sizeof(crc64_256));
    const crc64_256 by_register = crc64_repeated_256(register_distance);
    crc64_256 last = folded[0];
#pragma GCC unroll 8
    for (std::size_t i = 1; i != registers; ++i)
        last = crc64_fold_256(last, by_register, folded[i]);
    for (; bytes.size() >= sizeof last; bytes = bytes.subspan(sizeof last))
        last = crc64_fold_256(last, by_register, crc64_load_256(bytes.data()));

    __m128i lanes[2];
    std::memcpy(lanes, &last, sizeof last);
    return crc64_finish(lanes, bytes);
}

/// As `crc64_update_table`; requires `crc64_has_512_bits()`.
[[gnu::target("avx512f,vpclmulqdq,pclmul")]] [[nodiscard]] inline std::uint64_t crc64_update_512(
    std::uint64_t state, std::span<const std::byte> bytes) noexcept
{
    constexpr std::size_t registers = 8;
    constexpr std::size_t step = sizeof(crc64_512) * registers;
    if (bytes.size() < step)
        return crc64_update_256(state, bytes);

    crc64_512 folded[registers];
#pragma GCC unroll 8
    for (std::size_t i = 0; i != registers; ++i)
        folded[i] = crc64_load_512(bytes.data() + i * sizeof(crc64_512));
    folded[0] ^= crc64_512{state};
    bytes = bytes.subspan(step);

    constexpr auto step_distance = crc64_distance_of(step);
    const crc64_512 by_step = crc64_repeated_512(step_distance);
    for (; bytes.size() >= step; bytes = bytes.subspan(step)) {
#pragma GCC unroll 8
        for (std::size_t i = 0; i != registers; ++i)
            folded[i] = crc64_fold_512(folded[i], by_step,
                crc64_load_512(bytes.data() + i * sizeof(crc64_512)));
    }

    constexpr auto register_distance = crc64_distance_of(sizeof(crc64_512));
    const crc64_512 by_register = crc64_repeated_512(register_distance);
    crc64_512 last = folded[0];
#pragma GCC unroll 8
    for (std::size_t i = 1; i != registers; ++i)
        last = crc64_fold_512(last, by_register, folded[i]);
    for (; bytes.size() >= sizeof last; bytes = bytes.subspan(sizeof last))
        last = crc64_fold_512(last, by_register, crc64_load_512(bytes.data()));

    __m128i lanes[4];
    std::memcpy(lanes, &last, sizeof last);
    return crc64_finish(lanes, bytes);
}

#else

[[nodiscard]] constexpr bool crc64_has_256_bits() noexcept { return false; }
[[nodiscard]] constexpr bool crc64_has_512_bits() noexcept { return false; }

[[nodiscard]] inline std::uint64_t crc64_update_256(
    std::uint64_t state, std::span<const std::byte> bytes) noexcept
{
    return crc64_update_table(state, bytes);
}

[[nodiscard]] inline std::uint64_t crc64_update_512(
    std::uint64_t state, std::span<const std::byte> bytes) noexcept
{
    return crc64_update_table(state, bytes);
}

#endif

} // namespace cosio::inline v0::crypto

#endif

// ---- cosio/crypto/crc64_update.hpp --------------------------------------------------------------

// How bytes are added to a CRC64. Apart from crc64.hpp, as intrinsics take long to read.

#ifndef COSIO_CRYPTO_CRC64_UPDATE_HPP
#define COSIO_CRYPTO_CRC64_UPDATE_HPP

namespace cosio::inline v0::crypto {

/// Advances the raw register over bytes, as `crc64_update_table` does.
using crc64_form = std::uint64_t (*)(std::uint64_t, std::span<const std::byte>) noexcept;

/// The fastest form that the processor can do; looked for once per process.
[[nodiscard]] inline crc64_form crc64_fastest() noexcept
{
    static const crc64_form fastest = crc64_has_512_bits() ? crc64_update_512
        : crc64_has_256_bits()                             ? crc64_update_256
        : crc64_has_carry_less_multiply()                  ? crc64_update_carry_less
                                                           : crc64_update_table;
    return fastest;
}

COSIO_DECLARED void crc64::update(std::span<const std::byte> bytes) noexcept
{
    register_ = crc64_fastest()(register_, bytes);
}

} // namespace cosio::inline v0::crypto

#endif

// ---- cosio/detail/json_object.hpp ---------------------------------------------------------------

// Reads the members of a flat JSON object (RFC 8259), as metadata services answer with.

#ifndef COSIO_DETAIL_JSON_OBJECT_HPP
#define COSIO_DETAIL_JSON_OBJECT_HPP

namespace cosio::inline v0::detail {

/// Looks a member up by reading the text once more: such objects have few. Values are strings,
/// with their escapes undone, or numbers and words as they stand; objects within are not read.
class json_object
{
public:
    explicit json_object(std::string_view text) : text_(text) {}

    /// The value of `name`; nothing when it is absent or the text is not such an object. Wiped
    /// when it goes: it may be a secret.
    [[nodiscard]] std::optional<crypto::secret_buffer> find(std::string_view name) const
    {
        std::string_view rest = text_;
        std::optional<crypto::secret_buffer> found;
        if (!take(rest, '{'))
            return std::nullopt;
        if (take(rest, '}'))
            return std::nullopt;
        do {
            const auto member = string(rest);
            if (!member || !take(rest, ':'))
                return std::nullopt;
            auto value = rest.starts_with('"') ? string(rest) : word(rest);
            if (!value)
                return std::nullopt;
            if (member->view() == name)
                found = std::move(value);
        } while (take(rest, ','));
        const bool whole = take(rest, '}') && rest.empty();
        return whole ? std::move(found) : std::nullopt;
    }

private:
    static void skip_blanks(std::string_view& rest)
    {
        const auto first = rest.find_first_not_of(" \t\r\n");
        rest.remove_prefix(std::min(first, rest.size()));
    }

    static bool take(std::string_view& rest, char expected)
    {
        skip_blanks(rest);
        if (!rest.starts_with(expected))
            return false;
        rest.remove_prefix(1);
        skip_blanks(rest);
        return true;
    }

    static std::optional<crypto::secret_buffer> word(std::string_view& rest)
    {
        const auto end = std::min(rest.find_first_of(" \t\r\n,}"), rest.size());
        if (end == 0 || rest.front() == '{' || rest.front() == '[')
            return std::nullopt;
        crypto::secret_buffer out;
        out.append(rest.substr(0, end));
        rest.remove_prefix(end);
        return out;
    }

    static std::optional<crypto::secret_buffer> string(std::string_view& rest)
    {
        if (!rest.starts_with('"'))
            return std::nullopt;
        rest.remove_prefix(1);
        crypto::secret_buffer out;
        for (;;) {
            const auto plain = rest.find_first_of("\"\\");
            if (plain == std::string_view::npos)
                return std::nullopt;
            out.append(rest.substr(0, plain));
            const char what = rest[plain];
            rest.remove_prefix(plain + 1);
            if (what == '"')
                return out;
            if (!unescape(rest, out))
                return std::nullopt;
        }
    }

    /// Beyond ASCII nothing is escaped in what we look for.
    static bool unescape(std::string_view& rest, crypto::secret_buffer& out)
    {
        constexpr std::string_view kinds = "\"\\/bfnrt";
        constexpr std::string_view values = "\"\\/\b\f\n\r\t";
        constexpr std::size_t digits = 4;
        if (rest.empty())
            return false;
        const auto kind = kinds.find(rest.front());
        if (kind != std::string_view::npos) {
            out.append(values.substr(kind, 1));
            rest.remove_prefix(1);
            return true;
        }
        if (rest.front() != 'u')
            return false;
        const auto code = parse_number<unsigned>(rest.substr(1, digits), 16);
        constexpr unsigned end_of_ascii = 128;
        if (!code || *code >= end_of_ascii || rest.size() < 1 + digits)
            return false;
        const char c = static_cast<char>(*code);
        out.append(std::string_view(&c, 1));
        rest.remove_prefix(1 + digits);
        return true;
    }

    std::string_view text_;
};

} // namespace cosio::inline v0::detail

#endif

// ---- cosio/net/cvm_role_provider.hpp ------------------------------------------------------------

// Asks the metadata service of a virtual machine for the credentials of its role.

#ifndef COSIO_NET_CVM_ROLE_PROVIDER_HPP
#define COSIO_NET_CVM_ROLE_PROVIDER_HPP

namespace cosio::inline v0 {

namespace net {

/// Errors: `errc::malformed_response`, whatever the document is.
[[nodiscard]] inline result<expiring_credentials> parse_role_credentials(std::string_view document)
{
    const detail::json_object members(document);
    const auto code = members.find("Code");
    const auto id = members.find("TmpSecretId");
    const auto key = members.find("TmpSecretKey");
    const auto token = members.find("Token");
    const auto expires = members.find("ExpiredTime");
    if (!code || code->view() != "Success" || !id || !key || !token || !expires)
        return error(errc::malformed_response,
            "the metadata service did not answer with credentials");
    const auto seconds = detail::parse_number<std::uint32_t>(expires->view());
    if (!seconds)
        return error(errc::malformed_response, "ExpiredTime is not a time in seconds");
    return expiring_credentials(credentials(id->view(), key->view(), token->view()),
        std::chrono::sys_seconds(std::chrono::seconds(*seconds)));
}

class cvm_role_provider final : public credentials_provider
{
public:
    explicit cvm_role_provider(cvm_role_settings settings) : settings_(std::move(settings)) {}

    [[nodiscard]] asio::awaitable<result<expiring_credentials>> fetch() override
    {
        auto role = settings_.role;
        if (role.empty()) {
            auto names = co_await get({});
            if (!names)
                co_return std::move(names).error();
            role = names->substr(0, names->find_first_of("\r\n"));
            if (role.empty())
                co_return error(errc::missing_credentials, "the machine has no role");
        }
        auto document = co_await get(role);
        if (!document)
            co_return std::move(document).error();
        auto parsed = parse_role_credentials(*document);
        crypto::wipe(document->data(), document->size());
        co_return parsed;
    }

private:
    /// Source: Tencent Cloud CVM documentation, "Querying instance metadata".
    static constexpr std::string_view path = "/latest/meta-data/cam/security-credentials/";
    static constexpr std::uint64_t longest_reply = 64 * 1024;

    [[nodiscard]] asio::awaitable<result<std::string>> get(std::string_view name) const
    {
        const auto to = detail::parse_host_and_port(settings_.endpoint);
        if (!to)
            co_return error(errc::invalid_configuration, "must be host or host:port", "endpoint");
        origin where;
        where.tls = false;
        where.host = to->host;
        where.port = to->port == 0 ? default_port(scheme::http) : to->port;

        const auto executor = co_await asio::this_coro::executor;
        const auto control = std::make_shared<operation_control>(executor, settings_.timeouts);
        connector connects(executor, std::nullopt);
        auto opened = co_await connects.open(*control, where);
        if (!opened)
            co_return std::move(opened).error();
        lease<connection> on;
        on.set(std::make_unique<connection>(std::move(opened->bytes)));
        exchange_driver driver(std::move(on), http::method::get, 0);

        crypto::secret_buffer head;
        head.append("GET ");
        head.append(path);
        head.append(http::percent_encoded(name));
        head.append(" HTTP/1.1\r\nHost: ");
        head.append(detail::host_header(where.host, where.port, scheme::http));
        head.append("\r\nConnection: close\r\n\r\n");
        outgoing_body nothing(body_view(), 0);
        co_await driver.run_to_head(*control, head, nothing);
        if (driver.progress().state() == exchange::phase::failed)
            co_return driver.progress().failure();
        destination into;
        into.limit = longest_reply;
        operation::reply reply;
        auto got = co_await receive_reply(driver, *control, into, reply);
        if (!got)
            co_return std::move(got).error();
        if (!operation::is_success(reply.head.status)) {
            error refused(make_error_code(service_errc_from_status(reply.head.status)),
                "the metadata service refused");
            refused.http_status = reply.head.status;
            co_return refused;
        }
        co_return std::move(reply.body);
    }

    cvm_role_settings settings_;
};

} // namespace net

// What cvm_role_credentials.hpp declares.

COSIO_DECLARED std::shared_ptr<credentials_provider> cvm_role_credentials(
    cvm_role_settings settings)
{
    return std::make_shared<net::cvm_role_provider>(std::move(settings));
}

} // namespace cosio::inline v0

#endif

// ---- cosio/format_definitions.hpp ---------------------------------------------------------------

// What format.hpp declares.

#ifndef COSIO_FORMAT_DEFINITIONS_HPP
#define COSIO_FORMAT_DEFINITIONS_HPP

namespace cosio::inline v0 {

COSIO_DECLARED fmt::appender detail::format_text(const fmt::formatter<fmt::string_view>& form,
    std::string_view text, fmt::format_context& context)
{
    return form.format({text.data(), text.size()}, context);
}

COSIO_DECLARED log_settings log_to_stderr(log_level most)
{
    return {most, [](log_level level, std::string_view line) {
                const std::string text = fmt::format(
                    "cosio {}: {}\n", level == log_level::debug ? "DEBUG" : "INFO", line);
                std::fwrite(text.data(), 1, text.size(), stderr);
            }};
}

} // namespace cosio::inline v0

#endif

// ---- cosio/separate_instantiations.hpp ----------------------------------------------------------

// Everything that other translation units call, see separate_compilation.hpp.

#ifndef COSIO_SEPARATE_INSTANTIATIONS_HPP
#define COSIO_SEPARATE_INSTANTIATIONS_HPP

#if defined(COSIO_SEPARATE_COMPILATION)

#define COSIO_INSTANTIATE_RESULT(type)                                                             \
    template asio::awaitable<result<type>> net::await_operation<type>(                             \
        const net::client_core&, net::prepared_operation<type>);

#define COSIO_INSTANTIATE_TRANSFER_RESULT(type)                                                    \
    template asio::awaitable<result<type>> net::await_apart<type>(                                 \
        const net::client_core&, net::prepared_operation<type>);

#define COSIO_INSTANTIATE_OPERATION(dialect, name)                                                 \
    template net::prepared_operation<name##_result>                                                \
    net::prepare<dialect, operation::name, name##_result>(                                         \
        const net::core_pointer&, const timeout_settings&, const name##_request&);

#define COSIO_INSTANTIATE_PRESIGN(dialect, name)                                                   \
    template result<presigned_url> net::presign<dialect, operation::name>(                         \
        const net::client_core&, const name##_request&, std::chrono::seconds);

#define COSIO_INSTANTIATE_TRANSFER(dialect, name, type, ...)                                       \
    template net::prepared_operation<type> net::prepare_transfer<dialect, transfer::name, type>(   \
        const basic_client<dialect>&, const net::core_pointer&, const timeout_settings&,           \
        __VA_ARGS__);

#define COSIO_INSTANTIATE_CLIENT(dialect)                                                          \
    template result<net::core_pointer> net::make_client_core<dialect>(                             \
        asio::any_io_executor, const config&);                                                     \
    template net::prepared_operation<get_object_result> net::prepare_get_into<dialect>(            \
        const net::core_pointer&, const timeout_settings&, const get_object_request&,              \
        std::span<std::byte>);                                                                     \
    template net::prepared_operation<object_reader> net::prepare_open<dialect>(                    \
        const net::core_pointer&, const timeout_settings&, const get_object_request&);             \
    template net::prepared_operation<std::size_t> net::prepare_warm_up<dialect>(                   \
        const net::core_pointer&, const timeout_settings&, std::string_view, std::size_t);         \
    COSIO_INSTANTIATE_OPERATION(dialect, abort_multipart_upload)                                   \
    COSIO_INSTANTIATE_OPERATION(dialect, complete_multipart_upload)                                \
    COSIO_INSTANTIATE_OPERATION(dialect, copy_object)                                              \
    COSIO_INSTANTIATE_OPERATION(dialect, delete_bucket_encryption)                                 \
    COSIO_INSTANTIATE_OPERATION(dialect, delete_object)                                            \
    COSIO_INSTANTIATE_OPERATION(dialect, delete_objects)                                           \
    COSIO_INSTANTIATE_OPERATION(dialect, get_bucket_encryption)                                    \
    COSIO_INSTANTIATE_OPERATION(dialect, get_object)                                               \
    COSIO_INSTANTIATE_OPERATION(dialect, head_bucket)                                              \
    COSIO_INSTANTIATE_OPERATION(dialect, head_object)                                              \
    COSIO_INSTANTIATE_OPERATION(dialect, initiate_multipart_upload)                                \
    COSIO_INSTANTIATE_OPERATION(dialect, list_multipart_uploads)                                   \
    COSIO_INSTANTIATE_OPERATION(dialect, list_objects)                                             \
    COSIO_INSTANTIATE_OPERATION(dialect, list_parts)                                               \
    COSIO_INSTANTIATE_OPERATION(dialect, put_bucket_encryption)                                    \
    COSIO_INSTANTIATE_OPERATION(dialect, put_object)                                               \
    COSIO_INSTANTIATE_OPERATION(dialect, restore_object)                                           \
    COSIO_INSTANTIATE_OPERATION(dialect, upload_part)                                              \
    COSIO_INSTANTIATE_OPERATION(dialect, upload_part_copy)                                         \
    COSIO_INSTANTIATE_PRESIGN(dialect, delete_object)                                              \
    COSIO_INSTANTIATE_PRESIGN(dialect, get_object)                                                 \
    COSIO_INSTANTIATE_PRESIGN(dialect, head_object)                                                \
    COSIO_INSTANTIATE_PRESIGN(dialect, put_object)                                                 \
    COSIO_INSTANTIATE_PRESIGN(dialect, upload_part)                                                \
    COSIO_INSTANTIATE_TRANSFER(dialect, body_upload, upload_result, const upload_request&)         \
    COSIO_INSTANTIATE_TRANSFER(dialect, directory_download, download_directory_result,             \
        const download_directory_request&)                                                         \
    COSIO_INSTANTIATE_TRANSFER(dialect, file_download, download_result,                            \
        const download_file_request&)                                                              \
    COSIO_INSTANTIATE_TRANSFER(dialect, file_upload, upload_result, const upload_file_request&)    \
    COSIO_INSTANTIATE_TRANSFER(dialect, object_copy, upload_result, const copy_request&)           \
    COSIO_INSTANTIATE_TRANSFER(dialect, stream_download, download_result,                          \
        const download_request&, const std::span<std::byte>&)                                      \
    COSIO_INSTANTIATE_TRANSFER(dialect, stream_download, download_result,                          \
        const download_request&, const sink_view&)

namespace cosio::inline v0 {

COSIO_INSTANTIATE_CLIENT(dialect::cos)
COSIO_INSTANTIATE_CLIENT(dialect::s3)

COSIO_INSTANTIATE_RESULT(abort_multipart_upload_result)
COSIO_INSTANTIATE_RESULT(complete_multipart_upload_result)
COSIO_INSTANTIATE_RESULT(copy_object_result)
COSIO_INSTANTIATE_RESULT(delete_bucket_encryption_result)
COSIO_INSTANTIATE_RESULT(delete_object_result)
COSIO_INSTANTIATE_RESULT(delete_objects_result)
COSIO_INSTANTIATE_RESULT(get_bucket_encryption_result)
COSIO_INSTANTIATE_RESULT(get_object_result)
COSIO_INSTANTIATE_RESULT(head_bucket_result)
COSIO_INSTANTIATE_RESULT(head_object_result)
COSIO_INSTANTIATE_RESULT(initiate_multipart_upload_result)
COSIO_INSTANTIATE_RESULT(list_multipart_uploads_result)
COSIO_INSTANTIATE_RESULT(list_objects_result)
COSIO_INSTANTIATE_RESULT(list_parts_result)
COSIO_INSTANTIATE_RESULT(put_bucket_encryption_result)
COSIO_INSTANTIATE_RESULT(put_object_result)
COSIO_INSTANTIATE_RESULT(restore_object_result)
COSIO_INSTANTIATE_RESULT(upload_part_result)
COSIO_INSTANTIATE_RESULT(upload_part_copy_result)
COSIO_INSTANTIATE_RESULT(object_reader)
COSIO_INSTANTIATE_RESULT(std::size_t)

COSIO_INSTANTIATE_TRANSFER_RESULT(download_directory_result)
COSIO_INSTANTIATE_TRANSFER_RESULT(download_result)
COSIO_INSTANTIATE_TRANSFER_RESULT(upload_result)

} // namespace cosio::inline v0

#undef COSIO_INSTANTIATE_CLIENT
#undef COSIO_INSTANTIATE_TRANSFER
#undef COSIO_INSTANTIATE_PRESIGN
#undef COSIO_INSTANTIATE_OPERATION
#undef COSIO_INSTANTIATE_TRANSFER_RESULT
#undef COSIO_INSTANTIATE_RESULT

#endif // COSIO_SEPARATE_COMPILATION

#endif

#endif

#endif
