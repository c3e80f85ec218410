// SPDX-License-Identifier: MIT
//
// Server-side encryption: which modes exist, and which kind of request may name which.
//
//              put, initiate, copy destination    get, head, restore, upload part, copy source
// on_write     bucket_default cos_managed kms customer
// on_read                                         none customer
//
// Whatever is not in this table does not compile.

#ifndef COSIO_SSE_HPP
#define COSIO_SSE_HPP

#include <cosio/customer_key.hpp>

#include <concepts>
#include <string_view>
#include <type_traits>
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

/// What a request that creates an object may ask for: one mode.
class on_write : public std::variant<bucket_default, cos_managed, kms, customer>
{
public:
    using variant::variant;
    on_write() = default;
    on_write(const none& a_write_without_a_wish_says_bucket_default) = delete;
    template <mode First, mode Second>
    on_write(const First&, const Second& one_encryption_mode_at_a_time) = delete;
};

/// What a request that touches existing data may bring along: a customer key or nothing.
class on_read : public std::variant<none, customer>
{
public:
    using variant::variant;
    on_read() = default;
    on_read(const cos_managed& only_a_write_names_cos_managed_a_read_needs_nothing) = delete;
    on_read(const kms& only_a_write_names_kms_a_read_needs_nothing) = delete;
    on_read(const bucket_default& only_a_write_names_bucket_default) = delete;
    template <mode First, mode Second>
    on_read(const First&, const Second& one_encryption_mode_at_a_time) = delete;
};

static_assert(std::is_trivially_destructible_v<on_write>);
static_assert(std::is_trivially_destructible_v<on_read>);

} // namespace cosio::inline v0::sse

#endif
