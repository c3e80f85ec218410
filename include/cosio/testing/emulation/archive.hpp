// SPDX-License-Identifier: MIT
//
// Objects, uploads and keys as bytes of a file, and back.

#ifndef COSIO_TESTING_EMULATION_ARCHIVE_HPP
#define COSIO_TESTING_EMULATION_ARCHIVE_HPP

#include <cosio/testing/emulation/store.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cosio::inline v0::testing::emulation {

/// Writes values behind one another.
class archive_writer
{
public:
    archive_writer& put(std::uint64_t value)
    {
        for (int shift = 0; shift != 64; shift += 8)
            bytes_.push_back(static_cast<char>(value >> shift & 0xffU));
        return *this;
    }
    archive_writer& put(std::string_view text)
    {
        put(std::uint64_t{text.size()});
        bytes_.append(text);
        return *this;
    }
    archive_writer& put(time_point time)
    {
        return put(static_cast<std::uint64_t>(time.time_since_epoch().count()));
    }
    [[nodiscard]] const std::string& bytes() const noexcept { return bytes_; }

private:
    std::string bytes_{};
};

/// Reads them in the same order; throws when the bytes end early.
class archive_reader
{
public:
    explicit archive_reader(std::string_view bytes) : rest_(bytes) {}

    [[nodiscard]] std::uint64_t number()
    {
        const auto raw = take(8);
        std::uint64_t value = 0;
        for (std::size_t i = 0; i != 8; ++i)
            value |= std::uint64_t{static_cast<unsigned char>(raw[i])} << (8 * i);
        return value;
    }
    [[nodiscard]] std::string text() { return std::string(take(number())); }
    [[nodiscard]] time_point time()
    {
        return time_point(std::chrono::milliseconds(static_cast<std::int64_t>(number())));
    }

private:
    std::string_view take(std::uint64_t count)
    {
        if (count > rest_.size())
            throw std::runtime_error("a file of the emulator is not whole");
        const auto taken = rest_.substr(0, count);
        rest_.remove_prefix(count);
        return taken;
    }

    std::string_view rest_;
};

inline void put_bytes(archive_writer& out, const sealed_bytes& bytes)
{
    out.put(bytes.size).put(bytes.wrapped_key).put(bytes.stored);
}

[[nodiscard]] inline sealed_bytes get_bytes(archive_reader& in)
{
    sealed_bytes bytes;
    bytes.size = in.number();
    bytes.wrapped_key = in.text();
    bytes.stored = in.text();
    return bytes;
}

inline void put_object(archive_writer& out, const stored_object& object)
{
    out.put(object.version_id).put(std::uint64_t{object.delete_marker}).put(object.etag);
    out.put(std::uint64_t{object.crc64.has_value()}).put(object.crc64.value_or(0));
    out.put(object.size).put(object.modified).put(object.storage_class).put(object.acl);
    out.put(std::uint64_t{object.tags.size()});
    for (const auto& [key, value] : object.tags)
        out.put(key).put(value);
    std::uint64_t headers = 0;
    for (const auto& each : object.headers) {
        static_cast<void>(each);
        ++headers;
    }
    out.put(headers);
    for (const auto& [name, value] : object.headers)
        out.put(name).put(value);
    const auto& sse = object.encryption;
    out.put(static_cast<std::uint64_t>(sse.mode)).put(sse.kms_key_id).put(sse.kms_context);
    out.put(sse.customer_key_salt).put(sse.customer_key_hmac);
    out.put(std::uint64_t{object.pieces.size()});
    for (const auto& piece : object.pieces)
        put_bytes(out, piece);
    out.put(std::uint64_t{object.restore.has_value()});
    if (object.restore)
        out.put(object.restore->tier)
            .put(object.restore->requested)
            .put(object.restore->ready)
            .put(object.restore->expires);
}

[[nodiscard]] inline stored_object get_object(archive_reader& in)
{
    stored_object object;
    object.version_id = in.text();
    object.delete_marker = in.number() != 0;
    object.etag = in.text();
    const bool has_crc64 = in.number() != 0;
    const auto crc64 = in.number();
    if (has_crc64)
        object.crc64 = crc64;
    object.size = in.number();
    object.modified = in.time();
    object.storage_class = in.text();
    object.acl = in.text();
    for (auto count = in.number(); count != 0; --count) {
        auto& [key, value] = object.tags.emplace_back();
        key = in.text();
        value = in.text();
    }
    for (auto count = in.number(); count != 0; --count) {
        const auto name = in.text();
        object.headers.add(name, in.text());
    }
    auto& sse = object.encryption;
    sse.mode = static_cast<sse_mode>(in.number());
    sse.kms_key_id = in.text();
    sse.kms_context = in.text();
    sse.customer_key_salt = in.text();
    sse.customer_key_hmac = in.text();
    for (auto count = in.number(); count != 0; --count)
        object.pieces.push_back(get_bytes(in));
    if (in.number() != 0) {
        auto& restore = object.restore.emplace();
        restore.tier = in.text();
        restore.requested = in.time();
        restore.ready = in.time();
        restore.expires = in.time();
    }
    return object;
}

inline void put_part(archive_writer& out, const stored_part& part)
{
    out.put(part.etag).put(part.crc64).put(part.modified);
    put_bytes(out, part.bytes);
}

[[nodiscard]] inline stored_part get_part(archive_reader& in)
{
    stored_part part;
    part.etag = in.text();
    part.crc64 = in.number();
    part.modified = in.time();
    part.bytes = get_bytes(in);
    return part;
}

} // namespace cosio::inline v0::testing::emulation

#endif
