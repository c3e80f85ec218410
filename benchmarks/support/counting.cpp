// Counts heap allocations and connections of the whole process, shared libraries included, by
// standing before the functions of the C library. Counts are exact in programs of one thread.

#include "measure.hpp"

#include <sys/socket.h>
#include <sys/syscall.h>

#include <dlfcn.h>
#include <unistd.h>

namespace {

process_counts counts{};

void count(std::size_t size) noexcept
{
    ++counts.allocations;
    counts.allocated_bytes += size;
}

} // namespace

extern "C" {

void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t number, std::size_t size);
void* __libc_realloc(void* memory, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);

void* malloc(std::size_t size)
{
    count(size);
    return __libc_malloc(size);
}

void* calloc(std::size_t number, std::size_t size)
{
    count(number * size);
    return __libc_calloc(number, size);
}

void* realloc(void* memory, std::size_t size)
{
    count(size);
    return __libc_realloc(memory, size);
}

void* aligned_alloc(std::size_t alignment, std::size_t size)
{
    count(size);
    return __libc_memalign(alignment, size);
}

int posix_memalign(void** memory, std::size_t alignment, std::size_t size)
{
    count(size);
    *memory = __libc_memalign(alignment, size);
    return *memory == nullptr ? 12 : 0;
}

int connect(int socket, const sockaddr* address, socklen_t length)
{
    ++counts.connects;
    return static_cast<int>(syscall(SYS_connect, socket, address, length));
}

process_counts counts_so_far()
{
    using function = std::uint64_t (*)();
    static const auto copied = reinterpret_cast<function>(dlsym(RTLD_DEFAULT, "bytes_copied"));
    counts.copied_bytes = copied == nullptr ? 0 : copied();
    return counts;
}

[[gnu::noinline]] void measured_region(void (*work)(void*), void* argument)
{
    work(argument);
    asm volatile("" ::: "memory"); // Not a tail call: the region ends with the work.
}

} // extern "C"
