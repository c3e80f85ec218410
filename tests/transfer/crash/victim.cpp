// Carries out one transfer and dies at a system call that was chosen: the program that crash_test
// kills again and again.
//
//     crash_victim upload|download HOST:PORT CA-FILE KEY PATH CHECKPOINT CALL
//
// CHECKPOINT: "" for none. CALL counts the calls that leave a trace in files or on connections, from
// 1; 0: none is the last. Below 0 it counts the calls that flush a temporary file, of which that one
// fails. `NAME:NUMBER:ERROR` lets that call of NAME on a file in the folder of PATH, counted from 1,
// fail with that number of the system, and all after it as well.

#include <cosio.hpp>

#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>
#include <asio/use_future.hpp>

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>

namespace {

std::atomic<long> calls_left{0};
std::atomic<long> flushes_left{0};

/// The call that is to fail, if any.
std::string failing_name;
int failing_with = 0;
std::atomic<long> calls_until_failure{0};
std::string folder;

void count_call()
{
    if (calls_left.load() > 0 && calls_left.fetch_sub(1) == 1)
        ::kill(::getpid(), SIGKILL);
}

/// The function of that name that this program's own one hides.
template <class Function>
Function* hidden(const char* name)
{
    return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

std::filesystem::path path_of(int file)
{
    std::error_code failed;
    return std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(file), failed);
}

bool is_temporary(int file) { return path_of(file).extension() == ".partial"; }

bool fails(std::string_view name, const std::filesystem::path& path)
{
    if (failing_name != name || !path.native().starts_with(folder) || path.extension() == ".pem")
        return false;
    if (calls_until_failure.fetch_sub(1) > 1)
        return false;
    errno = failing_with;
    return true;
}

bool fails(std::string_view name, int file)
{
    return failing_name == name && fails(name, path_of(file));
}

/// Of what a directory holds.
bool fails(std::string_view name, int directory, const char* file)
{
    return failing_name == name && fails(name, path_of(directory) / file);
}

} // namespace

// Each dies before it has done anything. The one before it has then done all of its own.
extern "C" {

int fsync(int file)
{
    count_call();
    if (fails("fsync", file))
        return -1;
    if (is_temporary(file) && flushes_left.load() > 0 && flushes_left.fetch_sub(1) == 1) {
        errno = EIO;
        return -1;
    }
    return hidden<int(int)>("fsync")(file);
}

int renameat(int from_directory, const char* from, int to_directory, const char* to)
{
    count_call();
    if (fails("renameat", to_directory, to))
        return -1;
    return hidden<int(int, const char*, int, const char*)>("renameat")(
        from_directory, from, to_directory, to);
}

int unlinkat(int directory, const char* path, int flags)
{
    count_call();
    return hidden<int(int, const char*, int)>("unlinkat")(directory, path, flags);
}

int unlink(const char* path) noexcept
{
    count_call();
    return hidden<int(const char*)>("unlink")(path);
}

ssize_t pwrite(int file, const void* bytes, size_t size, off_t offset)
{
    count_call();
    if (fails("pwrite", file))
        return -1;
    return hidden<ssize_t(int, const void*, size_t, off_t)>("pwrite")(file, bytes, size, offset);
}

ssize_t pread(int file, void* bytes, size_t size, off_t offset)
{
    if (fails("pread", file))
        return -1;
    return hidden<ssize_t(int, void*, size_t, off_t)>("pread")(file, bytes, size, offset);
}

int open(const char* path, int flags, ...)
{
    va_list more;
    va_start(more, flags);
    const mode_t mode = (flags & O_CREAT) != 0 ? va_arg(more, mode_t) : 0;
    va_end(more);
    if (fails("open", std::filesystem::path(path)))
        return -1;
    return hidden<int(const char*, int, ...)>("open")(path, flags, mode);
}

int openat(int directory, const char* path, int flags, ...)
{
    va_list more;
    va_start(more, flags);
    const mode_t mode = (flags & O_CREAT) != 0 ? va_arg(more, mode_t) : 0;
    va_end(more);
    if (fails("openat", directory, path))
        return -1;
    return hidden<int(int, const char*, int, ...)>("openat")(directory, path, flags, mode);
}

int fstat(int file, struct stat* status) noexcept
{
    if (fails("fstat", file))
        return -1;
    return hidden<int(int, struct stat*)>("fstat")(file, status);
}

int flock(int file, int operation) noexcept
{
    if (fails("flock", file))
        return -1;
    return hidden<int(int, int)>("flock")(file, operation);
}

ssize_t sendmsg(int socket, const msghdr* message, int flags)
{
    count_call();
    return hidden<ssize_t(int, const msghdr*, int)>("sendmsg")(socket, message, flags);
}

ssize_t send(int socket, const void* bytes, size_t size, int flags)
{
    count_call();
    return hidden<ssize_t(int, const void*, size_t, int)>("send")(socket, bytes, size, flags);
}

} // extern "C"

int main(int count, char** arguments)
{
    if (count != 8)
        return 2;
    const std::string direction = arguments[1];
    cosio::config settings;
    settings.region = "ap-guangzhou";
    settings.credentials = cosio::credentials::from_environment().value();
    settings.connect_to = arguments[2];
    settings.tls.ca_file = arguments[3];
    const std::string key = arguments[4];
    const std::string path = arguments[5];
    const std::string checkpoint = arguments[6];
    const auto customer = cosio::customer_key::from_text("00000000000000000000000000000001").value();

    cosio::transfer_options options;
    options.part_size = 1000;
    options.threshold = 1000;
    options.parallelism = 2;
    options.checkpoint = checkpoint;
    options.checkpoint_interval = std::chrono::milliseconds(0);
    options.allow_small_parts = true;

    asio::io_context context;
    const cosio::client cos(context.get_executor(), settings);
    const std::string call = arguments[7];
    if (const auto colon = call.find(':'); colon != std::string::npos) {
        const auto second = call.find(':', colon + 1);
        folder = std::filesystem::path(path).parent_path();
        calls_until_failure = std::atol(call.c_str() + colon + 1);
        failing_with = std::atoi(call.c_str() + second + 1);
        failing_name = call.substr(0, colon);
    } else {
        const long number = std::atol(call.c_str());
        (number < 0 ? flushes_left : calls_left) = std::abs(number);
    }
    const auto finish = [&](auto done) {
        context.run();
        const auto outcome = done.get();
        if (!outcome)
            std::fprintf(stderr, "%s\n", outcome.error().describe().c_str());
        else
            std::printf("%u parts, %u resumed\n", outcome->parts, outcome->resumed_parts);
        return outcome ? 0 : 1;
    };
    constexpr std::string_view bucket = "examplebucket-1250000000";
    if (direction == "upload")
        return finish(cos.upload_file({.bucket = bucket, .key = key, .path = path,
            .sse = cosio::sse::customer{customer, customer.md5()}, .options = options},
            asio::use_future));
    return finish(cos.download_file({.bucket = bucket, .key = key, .path = path,
        .sse = cosio::sse::customer{customer, customer.md5()}, .options = options},
        asio::use_future));
}
