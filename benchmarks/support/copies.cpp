// Counts the bytes that a program and its libraries copy with memcpy and memmove, by standing
// before these functions. Preloaded, so that programs whose time is measured do without it. It does
// not see copies of few bytes that the compiler makes itself, those within the C library and the
// kernel, nor encryption, which reads one buffer and writes another.

#include <dlfcn.h>

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace {

using copy_function = void* (*)(void*, const void*, std::size_t);

std::atomic<std::uint64_t> total{0};
copy_function next_memcpy = nullptr;
copy_function next_memmove = nullptr;

[[gnu::constructor]] void find_next()
{
    next_memmove = reinterpret_cast<copy_function>(dlsym(RTLD_NEXT, "memmove"));
    next_memcpy = reinterpret_cast<copy_function>(dlsym(RTLD_NEXT, "memcpy"));
}

/// For those who copy before the constructor has run, and for `dlsym` itself. Volatile, or the
/// compiler would make a call of memmove of it.
void* copy_bytes(void* to, const void* from, std::size_t size) noexcept
{
    auto* const out = static_cast<volatile char*>(to);
    const auto* const in = static_cast<const volatile char*>(from);
    if (out <= in)
        for (std::size_t i = 0; i != size; ++i)
            out[i] = in[i];
    else
        for (std::size_t i = size; i != 0; --i)
            out[i - 1] = in[i - 1];
    return to;
}

void* counted(copy_function next, void* to, const void* from, std::size_t size) noexcept
{
    total.fetch_add(size, std::memory_order_relaxed);
    return next == nullptr ? copy_bytes(to, from, size) : next(to, from, size);
}

} // namespace

extern "C" {

void* memcpy(void* to, const void* from, std::size_t size) noexcept
{
    return counted(next_memcpy, to, from, size);
}

void* memmove(void* to, const void* from, std::size_t size) noexcept
{
    return counted(next_memmove, to, from, size);
}

void* __memcpy_chk(void* to, const void* from, std::size_t size, std::size_t) noexcept
{
    return counted(next_memcpy, to, from, size);
}

void* __memmove_chk(void* to, const void* from, std::size_t size, std::size_t) noexcept
{
    return counted(next_memmove, to, from, size);
}

void* mempcpy(void* to, const void* from, std::size_t size) noexcept
{
    return static_cast<char*>(counted(next_memcpy, to, from, size)) + size;
}

/// What counting.cpp asks for.
std::uint64_t bytes_copied() { return total.load(std::memory_order_relaxed); }

} // extern "C"
