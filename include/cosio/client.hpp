// SPDX-License-Identifier: MIT
//
// The client: one member for each operation.

#ifndef COSIO_CLIENT_HPP
#define COSIO_CLIENT_HPP

#include <cosio/config.hpp>
#include <cosio/counters.hpp>
#include <cosio/detail/separate.hpp>
#include <cosio/net/client_functions.hpp>
#include <cosio/net/initiation.hpp>
#include <cosio/object_reader.hpp>
#include <cosio/pages.hpp>
#include <cosio/presigned_url.hpp>
#include <cosio/request/abort_multipart_upload.hpp>
#include <cosio/request/complete_multipart_upload.hpp>
#include <cosio/request/copy.hpp>
#include <cosio/request/copy_object.hpp>
#include <cosio/request/delete_bucket_encryption.hpp>
#include <cosio/request/delete_object.hpp>
#include <cosio/request/delete_objects.hpp>
#include <cosio/request/download.hpp>
#include <cosio/request/download_directory.hpp>
#include <cosio/request/download_file.hpp>
#include <cosio/request/get_bucket_encryption.hpp>
#include <cosio/request/get_object.hpp>
#include <cosio/request/head_bucket.hpp>
#include <cosio/request/head_object.hpp>
#include <cosio/request/initiate_multipart_upload.hpp>
#include <cosio/request/list_multipart_uploads.hpp>
#include <cosio/request/list_objects.hpp>
#include <cosio/request/list_parts.hpp>
#include <cosio/request/put_bucket_encryption.hpp>
#include <cosio/request/put_object.hpp>
#include <cosio/request/restore_object.hpp>
#include <cosio/request/transfer_results.hpp>
#include <cosio/request/upload.hpp>
#include <cosio/request/upload_file.hpp>
#include <cosio/request/upload_part.hpp>
#include <cosio/request/upload_part_copy.hpp>
#include <cosio/result.hpp>
#include <cosio/sink.hpp>
#include <cosio/timeouts.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/use_awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

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

#if defined(COSIO_DEFINITIONS)
#include <cosio/client_definitions.hpp>
#endif

#endif
