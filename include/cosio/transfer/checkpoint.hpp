// SPDX-License-Identifier: MIT
//
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

#include <cosio/crypto/crc64.hpp>
#include <cosio/detail/ascii.hpp>
#include <cosio/detail/bytes.hpp>
#include <cosio/http/percent_encoding.hpp>
#include <cosio/result.hpp>

#include <array>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

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
