// SPDX-License-Identifier: MIT
//
// The functions behind the members of the client. Only declared, so that who uses a client need not
// read how it works; client_definitions.hpp has them.

#ifndef COSIO_NET_CLIENT_FUNCTIONS_HPP
#define COSIO_NET_CLIENT_FUNCTIONS_HPP

#include <cosio/counters.hpp>
#include <cosio/detail/asio.hpp>
#include <cosio/detail/separate.hpp>
#include <cosio/presigned_url.hpp>
#include <cosio/request/get_object.hpp>
#include <cosio/result.hpp>
#include <cosio/timeouts.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

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
