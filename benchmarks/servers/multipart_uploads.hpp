// The uploads in parts that a server has been told of: of each part its size and CRC64.

#ifndef COSIO_BENCHMARKS_SERVERS_MULTIPART_UPLOADS_HPP
#define COSIO_BENCHMARKS_SERVERS_MULTIPART_UPLOADS_HPP

#include <cosio/crypto/crc64.hpp>

#include <cstdint>
#include <map>
#include <mutex>
#include <utility>

/// Safe to use from several threads.
class multipart_uploads
{
public:
    struct bytes
    {
        std::uint64_t size = 0;
        std::uint64_t crc64 = 0;
    };

    /// The id of a new upload.
    std::uint64_t begin()
    {
        const std::lock_guard lock(mutex_);
        return ++last_;
    }

    void add(std::uint64_t upload, std::uint64_t number, bytes part)
    {
        const std::lock_guard lock(mutex_);
        uploads_[upload][number] = part;
    }

    /// What the parts are together; the upload is forgotten.
    bytes complete(std::uint64_t upload)
    {
        const std::lock_guard lock(mutex_);
        bytes whole;
        for (const auto& [number, part] : std::exchange(uploads_[upload], {})) {
            whole.crc64 = cosio::crypto::crc64_combine(whole.crc64, part.crc64, part.size);
            whole.size += part.size;
        }
        uploads_.erase(upload);
        return whole;
    }

private:
    std::mutex mutex_{};
    std::uint64_t last_ = 0;
    std::map<std::uint64_t, std::map<std::uint64_t, bytes>> uploads_{};
};

#endif
