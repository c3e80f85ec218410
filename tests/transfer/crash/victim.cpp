// Carries out one transfer and dies at a system call that was chosen: the program that crash_test
// kills again and again.
//
//     crash_victim upload|download HOST:PORT CA-FILE KEY PATH CHECKPOINT CALL
//
// CALL counts the calls that leave a trace in files or on connections, from 1; 0: none is the last.
// Below 0 it counts the calls that flush a temporary file, of which that one fails.

#include <cosio.hpp>

#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>
#include <asio/use_future.hpp>

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/socket.h>
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

bool is_temporary(int file)
{
    std::error_code failed;
    const auto path =
        std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(file), failed);
    return path.extension() == ".partial";
}

} // namespace

// Each dies before it has done anything. The one before it has then done all of its own.
extern "C" {

int fsync(int file)
{
    count_call();
    if (is_temporary(file) && flushes_left.load() > 0 && flushes_left.fetch_sub(1) == 1) {
        errno = EIO;
        return -1;
    }
    return hidden<int(int)>("fsync")(file);
}

int renameat(int from_directory, const char* from, int to_directory, const char* to)
{
    count_call();
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
    return hidden<ssize_t(int, const void*, size_t, off_t)>("pwrite")(file, bytes, size, offset);
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
    const long call = std::atol(arguments[7]);
    (call < 0 ? flushes_left : calls_left) = std::abs(call);
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
