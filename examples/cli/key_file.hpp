// Files that hold secrets: customer keys and credentials.

#ifndef COSIO_CLI_KEY_FILE_HPP
#define COSIO_CLI_KEY_FILE_HPP

#include <cosio/auth/credentials.hpp>
#include <cosio/crypto/secret.hpp>
#include <cosio/customer_key.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace cli {

/// A customer key from what its file holds: 32 raw bytes, or 44 characters of base64 and maybe the
/// end of a line. Throws `usage_error`, with the rule and without what the file holds.
[[nodiscard]] cosio::customer_key decode_key_file(std::string_view content);

/// Credentials from lines `COS_SECRET_ID=...`, `COS_SECRET_KEY=...`, `COS_SESSION_TOKEN=...`;
/// others are passed over. Throws `usage_error`.
[[nodiscard]] cosio::credentials decode_credentials_file(std::string_view content);

/// The content of a file that holds a secret, of `most` bytes at most. Throws `usage_error` when
/// it cannot be read, is longer, or may be read or written by others than its owner.
[[nodiscard]] cosio::crypto::secret_buffer read_secret_file(
    const std::string& path, std::size_t most);

/// The key in the file of an option. Throws `usage_error`, which names both.
[[nodiscard]] cosio::customer_key read_key_file(std::string_view option, const std::string& path);

/// Throws `usage_error`.
[[nodiscard]] cosio::credentials read_credentials_file(
    std::string_view option, const std::string& path);

} // namespace cli

#endif
