// SPDX-License-Identifier: MIT
//
// Everything that other translation units call, see separate_compilation.hpp.

#ifndef COSIO_SEPARATE_INSTANTIATIONS_HPP
#define COSIO_SEPARATE_INSTANTIATIONS_HPP

#include <cosio/client_definitions.hpp>

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
