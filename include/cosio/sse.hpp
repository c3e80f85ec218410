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
