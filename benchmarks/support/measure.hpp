// What every program of the benchmarks shares: its arguments, the meter, and where bytes go.

#ifndef COSIO_BENCHMARKS_SUPPORT_MEASURE_HPP
#define COSIO_BENCHMARKS_SUPPORT_MEASURE_HPP

#include <sys/resource.h>
#include <sys/time.h>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <exception>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

/// Defined in counting.cpp: what the whole process has done so far, libraries included.
struct process_counts
{
    std::uint64_t allocations;
    std::uint64_t allocated_bytes;
    std::uint64_t connects;
    std::uint64_t copied_bytes; ///< 0 unless copies.cpp is preloaded.
};
extern "C" process_counts counts_so_far();

/// Calls `work(argument)`. A function of that name, so that callgrind can be told to count here.
extern "C" void measured_region(void (*work)(void*), void* argument);

namespace bench {

inline constexpr std::string_view host =
    "examplebucket-1250000000.cos.ap-guangzhou.myqcloud.com";

/// Reads and writes of large objects are made in pieces of this size, unless a client decides.
inline constexpr std::size_t piece_size = 128 * 1024;

/// What one run does, from arguments of the form `name=value`.
struct options
{
    bool put = false;
    bool tls = false;
    bool serial = true; ///< For cosio: `config::executor_is_serial`.
    unsigned port = 0;
    std::string ca_file{};
    unsigned connections = 1;
    std::uint64_t operations = 1000;
    std::uint64_t size = 1024;
    std::string into = "nowhere"; ///< Or `buffer`, or the path of a file.
    std::string from{};           ///< The path of the file that is uploaded in parts.
    bool resumes = false;         ///< Handshakes: whether the server lets sessions be resumed.
    bool latency = false;         ///< Also print what single operations took, see latency.hpp.

    options(int argc, char** argv)
    {
        const std::vector<std::string_view> arguments(argv + 1, argv + argc);
        for (const auto argument : arguments) {
            const auto equals = argument.find('=');
            const auto name = argument.substr(0, equals);
            const auto value = equals == std::string_view::npos ? std::string_view()
                                                                : argument.substr(equals + 1);
            if (name == "method")
                put = value == "put";
            else if (name == "scheme")
                tls = value == "https";
            else if (name == "serial")
                serial = value != "0";
            else if (name == "port")
                port = static_cast<unsigned>(number(value));
            else if (name == "ca")
                ca_file = value;
            else if (name == "connections")
                connections = static_cast<unsigned>(number(value));
            else if (name == "operations")
                operations = number(value);
            else if (name == "size")
                size = number(value);
            else if (name == "into")
                into = value;
            else if (name == "from")
                from = value;
            else if (name == "resumes")
                resumes = value != "0";
            else if (name == "latency")
                latency = value != "0";
            else
                throw std::invalid_argument("unknown argument " + std::string(argument));
        }
    }

    /// Before anything is measured: enough for connections, sessions and buffers to be there.
    [[nodiscard]] std::uint64_t warm_up_operations() const { return 20 * connections; }

private:
    static std::uint64_t number(std::string_view text)
    {
        std::uint64_t value = 0;
        std::from_chars(text.data(), text.data() + text.size(), value);
        return value;
    }
};

/// The bytes of every object: they do not repeat early, and compress as badly as need be.
[[nodiscard]] inline std::vector<char> object_bytes(std::uint64_t size)
{
    std::vector<char> bytes(size);
    std::uint64_t state = 0x9e3779b97f4a7c15;
    for (std::size_t i = 0; i != bytes.size(); ++i) {
        if (i % 8 == 0) {
            state ^= state << 13U;
            state ^= state >> 7U;
            state ^= state << 17U;
        }
        bytes[i] = static_cast<char>(state >> (8 * (i % 8)));
    }
    return bytes;
}

[[nodiscard]] inline std::uint64_t microseconds(const timeval& time)
{
    return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000U +
        static_cast<std::uint64_t>(time.tv_usec);
}

/// The most memory this program had resident. Not from `getrusage`, which counts what the process
/// had before it became this program.
[[nodiscard]] inline std::uint64_t peak_resident_kib()
{
    std::uint64_t value = 0;
    std::ifstream status("/proc/self/status");
    for (std::string word; status >> word;)
        if (word == "VmHWM:")
            status >> value;
    return value;
}

/// Runs `work` and prints what it cost this process, as one line of JSON.
template <class Work>
void measure(std::uint64_t operations, std::uint64_t bytes, Work work)
{
    const auto counts = counts_so_far();
    rusage before{};
    getrusage(RUSAGE_SELF, &before);
    measured_region([](void* self) { (*static_cast<Work*>(self))(); }, &work);
    rusage after{};
    getrusage(RUSAGE_SELF, &after);
    const auto now = counts_so_far();
    std::printf("{\"operations\": %llu, \"bytes\": %llu, \"user_us\": %llu, \"system_us\": %llu, "
                "\"allocations\": %llu, \"allocated_bytes\": %llu, \"connects\": %llu, "
                "\"copied_bytes\": %llu, \"peak_rss_kib\": %llu}\n",
        static_cast<unsigned long long>(operations), static_cast<unsigned long long>(bytes),
        static_cast<unsigned long long>(
            microseconds(after.ru_utime) - microseconds(before.ru_utime)),
        static_cast<unsigned long long>(
            microseconds(after.ru_stime) - microseconds(before.ru_stime)),
        static_cast<unsigned long long>(now.allocations - counts.allocations),
        static_cast<unsigned long long>(now.allocated_bytes - counts.allocated_bytes),
        static_cast<unsigned long long>(now.connects - counts.connects),
        static_cast<unsigned long long>(now.copied_bytes - counts.copied_bytes),
        static_cast<unsigned long long>(peak_resident_kib()));
}

/// Where a large object is received: a scratch buffer, all of a caller's buffer, or a file.
class destination
{
public:
    explicit destination(const options& run)
        : whole_(run.into == "buffer"), bytes_(whole_ ? run.size : piece_size)
    {
        if (!whole_ && run.into != "nowhere")
            file_ = ::open(run.into.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    }
    destination(const destination&) = delete;
    destination& operator=(const destination&) = delete;
    ~destination()
    {
        if (file_ >= 0)
            ::close(file_);
    }

    /// All of the caller's buffer.
    [[nodiscard]] std::vector<char>& buffer() noexcept { return bytes_; }
    /// Where the next bytes go: at most a piece.
    [[nodiscard]] char* space() noexcept { return bytes_.data() + (whole_ ? filled_ : 0); }
    [[nodiscard]] std::size_t room() const noexcept
    {
        return whole_ ? std::min(piece_size, bytes_.size() - filled_) : piece_size;
    }
    /// `count` bytes are in `space()`.
    void received(std::size_t count)
    {
        if (file_ >= 0 && ::write(file_, space(), count) != static_cast<ssize_t>(count))
            throw std::runtime_error("cannot write the file");
        filled_ += count;
    }
    /// For clients that hand out bytes in a buffer of their own.
    void take(const char* bytes, std::size_t count)
    {
        if (file_ >= 0) {
            if (::write(file_, bytes, count) != static_cast<ssize_t>(count))
                throw std::runtime_error("cannot write the file");
        } else if (whole_) {
            std::memcpy(space(), bytes, count);
        }
        filled_ += count;
    }
    [[nodiscard]] std::uint64_t size() const noexcept { return filled_; }
    /// Begins again, at the front.
    void reset() noexcept
    {
        filled_ = 0;
        if (file_ >= 0)
            ::lseek(file_, 0, SEEK_SET);
    }

private:
    bool whole_;
    std::vector<char> bytes_;
    std::uint64_t filled_ = 0;
    int file_ = -1;
};

/// Throws unless a condition of the benchmark itself holds.
inline void require(bool condition, const char* what)
{
    if (!condition)
        throw std::runtime_error(what);
}

/// For `co_spawn`: a failure ends the program.
inline constexpr auto rethrow = [](const std::exception_ptr& failure) {
    if (failure)
        std::rethrow_exception(failure);
};

} // namespace bench

#endif
