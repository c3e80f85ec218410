// SPDX-License-Identifier: MIT
//
// Writes the small XML documents that requests carry.

#ifndef COSIO_XML_WRITER_HPP
#define COSIO_XML_WRITER_HPP

#include <cosio/xml/characters.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cosio::inline v0::xml {

/// Appends elements to a document. Names are trusted; text is escaped.
class writer
{
public:
    /// Opens an element. `name` must outlive the matching `close()`.
    writer& open(std::string_view name)
    {
        document_.append("<").append(name).append(">");
        open_.push_back(name);
        return *this;
    }

    /// Closes the innermost open element; requires one.
    writer& close()
    {
        document_.append("</").append(open_.back()).append(">");
        open_.pop_back();
        return *this;
    }

    /// `<name>text</name>`. `text` must be XML text, see `is_xml_text`.
    writer& element(std::string_view name, std::string_view text)
    {
        open(name);
        append_escaped(document_, text);
        return close();
    }

    writer& element(std::string_view name, std::uint64_t number)
    {
        return element(name, std::to_string(number));
    }

    /// Elements that were written elsewhere.
    writer& raw(std::string_view elements)
    {
        document_.append(elements);
        return *this;
    }

    [[nodiscard]] const std::string& document() const& noexcept { return document_; }
    [[nodiscard]] std::string document() && noexcept { return std::move(document_); }

private:
    std::string document_{};
    std::vector<std::string_view> open_{};
};

} // namespace cosio::inline v0::xml

#endif
