// Random and mutated texts: the same ones in every run, whatever the standard library.

#ifndef COSIO_TESTS_DIFFERENTIAL_TEXT_SOURCE_HPP
#define COSIO_TESTS_DIFFERENTIAL_TEXT_SOURCE_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <random>
#include <span>
#include <string>
#include <string_view>

namespace differential {

class text_source
{
public:
    explicit text_source(std::uint32_t seed) : random_(seed) {}

    /// 0 to `count` - 1; requires `count` > 0. The distributions of the standard library differ
    /// from one to the next.
    [[nodiscard]] std::size_t below(std::size_t count) { return random_() % count; }

    [[nodiscard]] bool one_in(std::size_t count) { return below(count) == 0; }

    [[nodiscard]] std::string_view one_of(std::span<const std::string_view> pieces)
    {
        return pieces[below(pieces.size())];
    }

    [[nodiscard]] std::string bytes(std::size_t size)
    {
        std::string out(size, '\0');
        for (char& c : out)
            c = static_cast<char>(random_());
        return out;
    }

    /// A few edits at random places: bytes changed, spans removed or doubled, `pieces` put in.
    void mutate(std::string& text, std::span<const std::string_view> pieces)
    {
        for (auto edits = 1 + below(3); edits != 0; --edits)
            edit(text, pieces);
    }

private:
    void edit(std::string& text, std::span<const std::string_view> pieces)
    {
        constexpr std::size_t longest_span = 12;
        const auto at = below(text.size() + 1);
        const auto length = std::min(text.size() - at, 1 + below(longest_span));
        switch (below(6)) {
        case 0: text.erase(at, length); break;
        case 1: text.insert(at, text.substr(at, length)); break;
        case 2: text.replace(at, length, one_of(pieces)); break;
        case 3:
            if (at != text.size())
                text[at] = static_cast<char>(random_());
            break;
        default: text.insert(at, one_of(pieces)); break;
        }
    }

    std::mt19937 random_;
};

/// `text` with every byte that is not printable as `\xHH`, for messages.
[[nodiscard]] inline std::string printable(std::string_view text)
{
    constexpr std::string_view digits = "0123456789abcdef";
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte >= 0x20 && byte < 0x7f) {
            out.push_back(c);
            continue;
        }
        out.append("\\x").push_back(digits[byte / 16]);
        out.push_back(digits[byte % 16]);
    }
    return out;
}

} // namespace differential

#endif
