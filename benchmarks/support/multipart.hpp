// What a client without a library sends to upload a file in parts.

#ifndef COSIO_BENCHMARKS_SUPPORT_MULTIPART_HPP
#define COSIO_BENCHMARKS_SUPPORT_MULTIPART_HPP

#include "http.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <string_view>

namespace bench {

/// As cosio's default.
inline constexpr std::uint64_t part_size = 8 * 1024 * 1024;

[[nodiscard]] inline std::uint64_t number_of_parts(const options& run)
{
    return (run.size + part_size - 1) / part_size;
}
/// Parts are counted from 1.
[[nodiscard]] inline std::uint64_t size_of_part(const options& run, std::uint64_t number)
{
    return std::min(part_size, run.size - (number - 1) * part_size);
}

[[nodiscard]] inline std::string begin_path(const options& run)
{
    return path_of(run) + "?uploads";
}

[[nodiscard]] inline std::string part_path(
    const options& run, std::string_view upload, std::uint64_t number)
{
    return path_of(run) + "?partNumber=" + std::to_string(number) + "&uploadId=" +
        std::string(upload);
}

[[nodiscard]] inline std::string complete_path(const options& run, std::string_view upload)
{
    return path_of(run) + "?uploadId=" + std::string(upload);
}

/// All parts of this server have the same ETag.
[[nodiscard]] inline std::string complete_document(const options& run)
{
    std::string text = "<CompleteMultipartUpload>";
    for (std::uint64_t number = 1; number <= number_of_parts(run); ++number)
        text.append("<Part><PartNumber>").append(std::to_string(number))
            .append("</PartNumber><ETag>\"0123456789abcdef0123456789abcdef\"</ETag></Part>");
    return text.append("</CompleteMultipartUpload>");
}

/// The id in the reply to the first request.
[[nodiscard]] inline std::string upload_id_of(std::string_view reply)
{
    constexpr std::string_view name = "<UploadId>";
    const auto begin = reply.find(name);
    require(begin != std::string_view::npos, "the reply names no upload");
    const auto id = reply.substr(begin + name.size());
    return std::string(id.substr(0, id.find('<')));
}

/// The file that is uploaded, read from its front to its end.
class source_file
{
public:
    explicit source_file(const options& run) : file_(::open(run.from.c_str(), O_RDONLY))
    {
        require(file_ >= 0, "cannot open the file");
    }
    source_file(const source_file&) = delete;
    source_file& operator=(const source_file&) = delete;
    ~source_file() { ::close(file_); }

    /// `size` bytes, which there are.
    void read(char* to, std::size_t size)
    {
        require(::read(file_, to, size) == static_cast<ssize_t>(size), "cannot read the file");
    }

private:
    int file_;
};

} // namespace bench

#endif
