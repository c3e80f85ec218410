// SPDX-License-Identifier: MIT
//
// The library compiled once instead of in each translation unit, for those who want that.

#ifndef COSIO_SEPARATE_COMPILATION_HPP
#define COSIO_SEPARATE_COMPILATION_HPP

#include <cosio/client.hpp>

/// With `COSIO_SEPARATE_COMPILATION` defined for all translation units of a program, what is behind
/// the members of `client` and `s3_client` is compiled in one of them only: the one that defines
/// `COSIO_SOURCE` before it includes any header of the library. The others compile in a fraction of
/// the time. Nothing else changes.
#if defined(COSIO_SEPARATE_COMPILATION)

#if defined(COSIO_SOURCE)
#define COSIO_INSTANTIATE template
#else
#define COSIO_INSTANTIATE extern template
#endif

#define COSIO_INSTANTIATE_OPERATION(dialect, name)                                                 \
    COSIO_INSTANTIATE asio::awaitable<result<operation::name<dialect>::result_type>>               \
        net::run_operation<dialect, operation::name<dialect>>(                                     \
            std::shared_ptr<net::typed_operation_run<dialect, operation::name<dialect>>>);

#define COSIO_INSTANTIATE_TRANSFER(dialect, name)                                                  \
    COSIO_INSTANTIATE                                                                              \
    asio::awaitable<result<transfer::name<basic_client<dialect>>::result_type>>                    \
        transfer::run<transfer::name<basic_client<dialect>>>(                                      \
            std::shared_ptr<transfer::name<basic_client<dialect>>>);

#define COSIO_INSTANTIATE_CLIENT(dialect)                                                          \
    COSIO_INSTANTIATE result<std::shared_ptr<net::client_core>> net::make_client_core<dialect>(    \
        asio::any_io_executor, const config&);                                                     \
    COSIO_INSTANTIATE asio::awaitable<result<object_reader>> net::run_open<dialect>(               \
        std::shared_ptr<net::client_core>, std::shared_ptr<net::operation_control>,                \
        result<operation::prepared_request>);                                                      \
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
    COSIO_INSTANTIATE_TRANSFER(dialect, body_upload)                                               \
    COSIO_INSTANTIATE_TRANSFER(dialect, directory_download)                                        \
    COSIO_INSTANTIATE_TRANSFER(dialect, file_download)                                             \
    COSIO_INSTANTIATE_TRANSFER(dialect, file_upload)                                               \
    COSIO_INSTANTIATE_TRANSFER(dialect, object_copy)                                               \
    COSIO_INSTANTIATE_TRANSFER(dialect, stream_download)

namespace cosio::inline v0 {

COSIO_INSTANTIATE_CLIENT(dialect::cos)
COSIO_INSTANTIATE_CLIENT(dialect::s3)

} // namespace cosio::inline v0

#undef COSIO_INSTANTIATE_CLIENT
#undef COSIO_INSTANTIATE_TRANSFER
#undef COSIO_INSTANTIATE_OPERATION
#undef COSIO_INSTANTIATE

#endif // COSIO_SEPARATE_COMPILATION

#endif
