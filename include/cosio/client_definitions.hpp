// SPDX-License-Identifier: MIT
//
// How the client works: what net/client_functions.hpp declares. Included by client.hpp, where it is
// to be compiled.

#ifndef COSIO_CLIENT_DEFINITIONS_HPP
#define COSIO_CLIENT_DEFINITIONS_HPP

#include <cosio/auth/presigned_url.hpp>
#include <cosio/client.hpp>
#include <cosio/dialect/cos.hpp>
#include <cosio/dialect/s3.hpp>
#include <cosio/net/client_core.hpp>
#include <cosio/net/initiation.hpp>
#include <cosio/net/object_stream.hpp>
#include <cosio/net/run_operation.hpp>
#include <cosio/net/warm_up.hpp>
#include <cosio/operation/abort_multipart_upload.hpp>
#include <cosio/operation/complete_multipart_upload.hpp>
#include <cosio/operation/copy_object.hpp>
#include <cosio/operation/delete_bucket_encryption.hpp>
#include <cosio/operation/delete_object.hpp>
#include <cosio/operation/delete_objects.hpp>
#include <cosio/operation/get_bucket_encryption.hpp>
#include <cosio/operation/get_object.hpp>
#include <cosio/operation/head_bucket.hpp>
#include <cosio/operation/head_object.hpp>
#include <cosio/operation/initiate_multipart_upload.hpp>
#include <cosio/operation/list_multipart_uploads.hpp>
#include <cosio/operation/list_objects.hpp>
#include <cosio/operation/list_parts.hpp>
#include <cosio/operation/put_bucket_encryption.hpp>
#include <cosio/operation/put_object.hpp>
#include <cosio/operation/restore_object.hpp>
#include <cosio/operation/upload_part.hpp>
#include <cosio/operation/upload_part_copy.hpp>
#include <cosio/transfer/copy.hpp>
#include <cosio/transfer/download.hpp>
#include <cosio/transfer/download_directory.hpp>
#include <cosio/transfer/download_file.hpp>
#include <cosio/transfer/environment.hpp>
#include <cosio/transfer/file_executor.hpp>
#include <cosio/transfer/run.hpp>
#include <cosio/transfer/upload.hpp>
#include <cosio/transfer/upload_file.hpp>

#include <asio/use_awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

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
    destination to{.limit = Operation<Dialect>::what.proof.longest_document};
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
