// SPDX-License-Identifier: MIT
//
// A pull reader for the small XML documents of the service. No DTD, no entities but the five
// predefined ones and character references, bounded depth and size.

#ifndef COSIO_XML_READER_HPP
#define COSIO_XML_READER_HPP

#include <cosio/detail/ascii.hpp>
#include <cosio/result.hpp>
#include <cosio/xml/characters.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace cosio::inline v0::xml {

/// The deepest document of the service has five levels.
inline constexpr std::size_t maximum_depth = 16;
/// An element of the service has two attributes at most, namespaces both.
inline constexpr std::size_t maximum_attributes = 16;

/// Walks a document element by element:
///
///     xml::reader document(text);
///     if (document.enter("CopyObjectResult"))
///         while (document.next_child())
///             if (document.name() == "ETag")
///                 reply.etag = document.text();
///             else
///                 document.skip();
///     if (auto whole = document.finish(); !whole)
///         return std::move(whole).error();
///
/// After `next_child()` yields true the child is open and must be read: by `text()`, by `skip()`,
/// or by a loop over its own children. The first error sticks: from then on everything yields
/// false or nothing, and `finish()` reports it. The document must outlive the reader.
class reader
{
public:
    explicit reader(std::string_view document) : text_(document)
    {
        constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
        if (text_.starts_with(byte_order_mark))
            text_.remove_prefix(byte_order_mark.size());
        if (!is_xml_text(text_))
            fail("a byte that XML does not allow");
        // The service sends blanks to keep the connection alive before the document is ready.
        skip_blanks();
        if (rest().starts_with("<?xml") && at_ + 5 < text_.size() && is_blank(text_[at_ + 5]))
            declaration();
    }

    /// Opens the root element; false, without an error, when it has another name.
    [[nodiscard]] bool enter(std::string_view root)
    {
        return open_root() && name() == root;
    }

    /// Opens the root element, whatever its name.
    [[nodiscard]] bool open_root()
    {
        if (depth_ == 0 && !root_seen_) {
            root_seen_ = true;
            while (misc()) {
            }
            if (!failed() && !start_tag())
                fail("no root element");
        }
        return !failed() && depth_ == 1;
    }

    /// Opens the next child of the open element, or closes that element and yields false.
    [[nodiscard]] bool next_child()
    {
        if (failed() || depth_ == 0)
            return false;
        if (closed_by_itself_) {
            closed_by_itself_ = false;
            --depth_;
            return false;
        }
        std::string between;
        for (;;) {
            pass_text(between);
            if (rest().starts_with(cdata_start))
                cdata();
            else if (!misc())
                break;
        }
        if (rest().starts_with("</")) {
            end_tag();
            return false;
        }
        if (!failed() && !start_tag())
            fail("an element is not closed");
        return !failed();
    }

    /// The name of the open element, without a namespace prefix.
    [[nodiscard]] std::string_view name() const noexcept
    {
        if (depth_ == 0)
            return {};
        const auto full = open_[depth_ - 1];
        const auto colon = full.find(':');
        return colon == std::string_view::npos ? full : full.substr(colon + 1);
    }

    /// The text of the open element, with references replaced; closes the element. An error when
    /// it has child elements.
    [[nodiscard]] std::string text()
    {
        std::string out;
        if (failed() || depth_ == 0)
            return out;
        if (closed_by_itself_) {
            (void)next_child();
            return out;
        }
        for (;;) {
            pass_text(out);
            if (rest().starts_with(cdata_start))
                append_unescaped_lines(out, cdata());
            else if (!misc())
                break;
        }
        if (!rest().starts_with("</"))
            fail("text was expected, not an element");
        else
            end_tag();
        return failed() ? std::string() : out;
    }

    /// Closes the open element, ignoring what it holds.
    void skip()
    {
        const std::size_t outer = depth_;
        while (!failed() && depth_ >= outer && depth_ != 0)
            (void)next_child();
    }

    /// What the document says is not what it has to say: nothing more is read, and `finish` fails.
    /// `why` has static storage. The first reason stays.
    void refuse(std::string_view why) noexcept { fail(why); }

    /// Success when the document was well-formed to its end, all of it has been read, and nothing
    /// was refused.
    [[nodiscard]] result<void> finish()
    {
        if (!failed() && depth_ != 0)
            fail("the document was not read to its end");
        while (!failed() && misc()) {
        }
        if (!failed() && (at_ != text_.size() || !root_seen_))
            fail(root_seen_ ? "something follows the root element" : "no root element");
        if (failed())
            return error(errc::malformed_response, std::string("XML: ").append(problem_));
        return {};
    }

private:
    static constexpr std::string_view cdata_start = "<![CDATA[";

    [[nodiscard]] bool failed() const noexcept { return !problem_.empty(); }
    void fail(std::string_view why) noexcept
    {
        if (!failed())
            problem_ = why;
    }

    [[nodiscard]] std::string_view rest() const noexcept { return text_.substr(at_); }

    void skip_blanks() noexcept
    {
        while (at_ != text_.size() && is_blank(text_[at_]))
            ++at_;
    }

    /// Passes character data up to the next tag and appends it to `out`.
    void pass_text(std::string& out)
    {
        const auto end = std::min(text_.find('<', at_), text_.size());
        const auto raw = text_.substr(at_, end - at_);
        // XML forbids the end of a CDATA section where there is none.
        if (raw.find("]]>") != std::string_view::npos || !append_unescaped(out, raw))
            fail("a reference or character data that is not allowed");
        at_ = end;
    }

    /// Passes `until`; yields what stood before it.
    std::string_view pass(std::string_view until, std::string_view problem) noexcept
    {
        const auto end = text_.find(until, at_);
        if (end == std::string_view::npos) {
            fail(problem);
            return {};
        }
        const auto before = text_.substr(at_, end - at_);
        at_ = end + until.size();
        return before;
    }

    /// Passes a comment, a processing instruction, or blanks outside the root.
    bool misc()
    {
        if (depth_ == 0)
            skip_blanks();
        if (rest().starts_with("<!--")) {
            at_ += 4;
            pass("--", "a comment is not closed");
            expect(">", "two hyphens within a comment");
            return !failed();
        }
        if (rest().starts_with("<?")) {
            at_ += 2;
            const auto target = take_name();
            const bool ends = rest().starts_with("?>") || (!rest().empty() && is_blank(rest()[0]));
            if (target.empty() || !ends || detail::equal_ignoring_case(target, "xml"))
                fail("a processing instruction that is not allowed");
            pass("?>", "a processing instruction is not closed");
            return !failed();
        }
        if (rest().starts_with("<!") && !rest().starts_with(cdata_start))
            fail("a document type definition, which is not read");
        return false;
    }

    void expect(std::string_view text, std::string_view problem) noexcept
    {
        if (failed() || !rest().starts_with(text))
            return fail(problem);
        at_ += text.size();
    }

    /// Production [23] XMLDecl.
    void declaration()
    {
        at_ += 5;
        auto inside = pass("?>", "the XML declaration is not closed");
        if (failed())
            return;
        const auto version = pseudo_attribute(inside, "version");
        const auto encoding = pseudo_attribute(inside, "encoding");
        const auto standalone = pseudo_attribute(inside, "standalone");
        if (!version || !std::ranges::all_of(inside, is_blank) ||
            (standalone && *standalone != "yes" && *standalone != "no"))
            fail("the XML declaration is malformed");
        if (encoding && !detail::equal_ignoring_case(*encoding, "utf-8"))
            fail("an encoding other than UTF-8");
    }

    /// Takes ` name="value"` off the front of `text`; nothing, and takes nothing, when something
    /// else stands there.
    static std::optional<std::string_view> pseudo_attribute(
        std::string_view& text, std::string_view name) noexcept
    {
        auto rest = text;
        const auto skip_blanks = [&rest] {
            while (!rest.empty() && is_blank(rest.front()))
                rest.remove_prefix(1);
        };
        skip_blanks();
        if (rest.size() == text.size() || !rest.starts_with(name))
            return std::nullopt;
        rest.remove_prefix(name.size());
        skip_blanks();
        if (!rest.starts_with('='))
            return std::nullopt;
        rest.remove_prefix(1);
        skip_blanks();
        if (!rest.starts_with('"') && !rest.starts_with('\''))
            return std::nullopt;
        const auto end = rest.find(rest.front(), 1);
        if (end == std::string_view::npos)
            return std::nullopt;
        const auto value = rest.substr(1, end - 1);
        const auto allowed = [](char c) {
            return detail::is_alphanumeric(c) || c == '-' || c == '.' || c == '_';
        };
        if (!std::ranges::all_of(value, allowed))
            return std::nullopt;
        text = rest.substr(end + 1);
        return value;
    }

    [[nodiscard]] std::string_view take_name() noexcept
    {
        const auto start = at_;
        if (at_ != text_.size() && is_name_start(text_[at_]))
            while (at_ != text_.size() && is_name_character(text_[at_]))
                ++at_;
        return text_.substr(start, at_ - start);
    }

    bool start_tag()
    {
        if (!rest().starts_with("<"))
            return false;
        ++at_;
        const auto name = take_name();
        if (name.empty())
            fail("a tag without a name");
        if (depth_ == maximum_depth)
            fail("elements are nested too deep");
        if (!failed() && at_ != text_.size() && is_blank(text_[at_]))
            attributes();
        if (failed())
            return false;
        closed_by_itself_ = rest().starts_with("/>");
        if (!closed_by_itself_ && !rest().starts_with(">")) {
            fail("a tag is not closed");
            return false;
        }
        at_ += closed_by_itself_ ? 2 : 1;
        open_[depth_++] = name;
        return true;
    }

    /// Passes attributes. The service's documents carry nothing in them but namespaces.
    void attributes()
    {
        std::array<std::string_view, maximum_attributes> names{};
        for (std::size_t count = 0; !failed(); ++count) {
            const auto before = at_;
            skip_blanks();
            const bool apart = at_ != before;
            const auto name = take_name();
            if (name.empty())
                return;
            const auto passed = std::span(names).first(count);
            if (!apart)
                fail("no blank before an attribute");
            if (std::ranges::find(passed, name) != passed.end())
                fail("an attribute occurs twice");
            attribute_value();
            if (count == maximum_attributes)
                return fail("an element has too many attributes");
            names[count] = name;
        }
    }

    void attribute_value()
    {
        skip_blanks();
        expect("=", "an attribute without a value");
        skip_blanks();
        const auto quote = rest().substr(0, 1);
        if (quote != "\"" && quote != "'")
            fail("an attribute value is not quoted");
        expect(quote, "an attribute value is not quoted");
        const auto value = failed() ? quote : pass(quote, "an attribute value is not closed");
        std::string ignored;
        if (value.find('<') != std::string_view::npos || !append_unescaped(ignored, value))
            fail("an attribute value that is not allowed");
    }

    void end_tag()
    {
        at_ += 2;
        const auto name = take_name();
        skip_blanks();
        if (name != open_[depth_ - 1])
            fail("an end tag that does not match");
        expect(">", "an end tag is not closed");
        --depth_;
    }

    std::string_view cdata()
    {
        at_ += cdata_start.size();
        return pass("]]>", "a CDATA section is not closed");
    }

    std::string_view text_;
    std::size_t at_ = 0;
    std::string_view problem_{};
    std::array<std::string_view, maximum_depth> open_{};
    std::size_t depth_ = 0;
    bool closed_by_itself_ = false; // The innermost open element was written <name/>.
    bool root_seen_ = false;
};

} // namespace cosio::inline v0::xml

#endif
