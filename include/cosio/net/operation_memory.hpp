// SPDX-License-Identifier: MIT
//
// The memory of operations that are over, for those that begin.

#ifndef COSIO_NET_OPERATION_MEMORY_HPP
#define COSIO_NET_OPERATION_MEMORY_HPP

#include <array>
#include <cstddef>
#include <new>

// A sanitizer is to see each use of an operation that is over.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define COSIO_KEEPS_OPERATION_MEMORY 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(memory_sanitizer) || \
    __has_feature(thread_sanitizer)
#define COSIO_KEEPS_OPERATION_MEMORY 0
#endif
#endif
#if !defined(COSIO_KEEPS_OPERATION_MEMORY)
#define COSIO_KEEPS_OPERATION_MEMORY 1
#endif

namespace cosio::inline v0::net {

/// Some blocks of one size that a thread keeps: malloc finds larger ones less quickly than it finds
/// all the small pieces of a request. What was in them has been destroyed, and secrets wiped.
class kept_blocks
{
public:
    static constexpr std::size_t block_size = 8 * 1024;

    kept_blocks() = default;
    kept_blocks(const kept_blocks&) = delete;
    kept_blocks& operator=(const kept_blocks&) = delete;
    ~kept_blocks()
    {
        while (count_ != 0)
            ::operator delete(blocks_[--count_]);
    }

    /// Throws `std::bad_alloc`.
    [[nodiscard]] void* take()
    {
        return count_ != 0 ? blocks_[--count_] : ::operator new(block_size);
    }

    void give_back(void* block) noexcept
    {
        if (count_ != blocks_.size())
            blocks_[count_++] = block;
        else
            ::operator delete(block);
    }

private:
    std::array<void*, 16> blocks_{};
    std::size_t count_ = 0;
};

/// Those of this thread; null while its objects are destroyed, as operations may end even later.
[[nodiscard]] inline kept_blocks* kept_by_this_thread()
{
    if constexpr (!COSIO_KEEPS_OPERATION_MEMORY)
        return nullptr;
    // Needs no destruction itself, so that it can tell of the end.
    static thread_local bool is_over = false;
    struct owner
    {
        owner() = default;
        owner(const owner&) = delete;
        owner& operator=(const owner&) = delete;
        ~owner() { is_over = true; }

        kept_blocks blocks{};
    };
    if (is_over)
        return nullptr;
    static thread_local owner mine;
    return &mine.blocks;
}

/// For `std::allocate_shared`. Any thread may free what another has allocated.
template <class T>
class operation_allocator
{
public:
    using value_type = T;

    operation_allocator() = default;
    template <class Other>
    operation_allocator(const operation_allocator<Other>&) noexcept
    {}

    [[nodiscard]] T* allocate(std::size_t count)
    {
        const auto size = count * sizeof(T);
        if (!COSIO_KEEPS_OPERATION_MEMORY || size > kept_blocks::block_size)
            return static_cast<T*>(::operator new(size));
        auto* const kept = kept_by_this_thread();
        return static_cast<T*>(
            kept != nullptr ? kept->take() : ::operator new(kept_blocks::block_size));
    }

    void deallocate(T* memory, std::size_t count) noexcept
    {
        const bool may_be_kept = count * sizeof(T) <= kept_blocks::block_size;
        auto* const kept = may_be_kept ? kept_by_this_thread() : nullptr;
        if (kept != nullptr)
            kept->give_back(memory);
        else
            ::operator delete(memory);
    }

    template <class Other>
    friend bool operator==(
        const operation_allocator&, const operation_allocator<Other>&) noexcept
    {
        return true;
    }

private:
    static_assert(alignof(T) <= __STDCPP_DEFAULT_NEW_ALIGNMENT__);
};

} // namespace cosio::inline v0::net

#undef COSIO_KEEPS_OPERATION_MEMORY

#endif
