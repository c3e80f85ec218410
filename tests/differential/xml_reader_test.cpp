// The XML reader beside expat: what both accept they read alike, and where one alone accepts there
// is a reason with a name.

#include "differential/text_source.hpp"

#include <cosio/xml/reader.hpp>

#include <doctest/doctest.h>

#include <expat.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace {

namespace xml = cosio::xml;
using differential::printable;
using differential::text_source;

/// An element as expat saw it. The text counts where there are no children.
struct element
{
    std::string name{};
    std::string text{};
    std::vector<std::unique_ptr<element>> children{};
};

/// A document as expat saw it.
struct judgement
{
    bool accepted = false;
    XML_Error problem = XML_ERROR_NONE;
    element document{}; ///< Its child is the root.
    std::vector<element*> open{&document};
    std::size_t depth = 0;
    bool has_document_type = false;
    std::string encoding{};
};

/// Our reader leaves the prefix out of names.
std::string_view without_prefix(std::string_view name)
{
    const auto colon = name.find(':');
    return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

void XMLCALL on_start(void* to, const XML_Char* name, const XML_Char**)
{
    auto& seen = *static_cast<judgement*>(to);
    auto child = std::make_unique<element>();
    child->name = without_prefix(name);
    auto* const opened = child.get();
    seen.open.back()->children.push_back(std::move(child));
    seen.open.push_back(opened);
    seen.depth = std::max(seen.depth, seen.open.size() - 1);
}

void XMLCALL on_end(void* to, const XML_Char*)
{
    static_cast<judgement*>(to)->open.pop_back();
}

void XMLCALL on_text(void* to, const XML_Char* text, int length)
{
    static_cast<judgement*>(to)->open.back()->text.append(text, static_cast<std::size_t>(length));
}

void XMLCALL on_document_type(
    void* to, const XML_Char*, const XML_Char*, const XML_Char*, int)
{
    static_cast<judgement*>(to)->has_document_type = true;
}

void XMLCALL on_declaration(void* to, const XML_Char*, const XML_Char* encoding, int)
{
    if (encoding != nullptr)
        static_cast<judgement*>(to)->encoding = encoding;
}

constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

/// What expat is given: COS sends blanks before a document while it prepares it, which XML does not
/// allow before a declaration. The mark in front lets a second one be the error that it is.
std::string as_document(std::string_view text)
{
    if (text.starts_with(byte_order_mark))
        text.remove_prefix(byte_order_mark.size());
    text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
    return std::string(byte_order_mark).append(text);
}

std::unique_ptr<judgement> judge(std::string_view text)
{
    auto seen = std::make_unique<judgement>();
    const std::unique_ptr<XML_ParserStruct, void (*)(XML_Parser)> parser(
        XML_ParserCreate(nullptr), XML_ParserFree);
    XML_SetUserData(parser.get(), seen.get());
    XML_SetElementHandler(parser.get(), on_start, on_end);
    XML_SetCharacterDataHandler(parser.get(), on_text);
    XML_SetStartDoctypeDeclHandler(parser.get(), on_document_type);
    XML_SetXmlDeclHandler(parser.get(), on_declaration);
    const auto document = as_document(text);
    seen->accepted = XML_Parse(parser.get(), document.data(), static_cast<int>(document.size()),
                         XML_TRUE) == XML_STATUS_OK;
    seen->problem = XML_GetErrorCode(parser.get());
    return seen;
}

bool we_accept(std::string_view text)
{
    xml::reader document(text);
    if (document.open_root())
        document.skip();
    return document.finish().has_value();
}

/// Whether the open element is read as `expected`; closes it.
bool reads_as(xml::reader& document, const element& expected)
{
    if (document.name() != expected.name)
        return false;
    if (expected.children.empty())
        return document.text() == expected.text;
    for (const auto& child : expected.children)
        if (!document.next_child() || !reads_as(document, *child))
            return false;
    return !document.next_child();
}

bool we_read_as(std::string_view text, const element& root)
{
    xml::reader document(text);
    return document.open_root() && reads_as(document, root) && document.finish();
}

/// Why our reader may refuse what expat accepts; empty when there is no such reason.
std::string_view strictness(const judgement& seen)
{
    if (seen.has_document_type)
        return "document type definitions are not read";
    if (seen.depth > xml::maximum_depth)
        return "nesting is bounded";
    if (!seen.encoding.empty() && !cosio::detail::equal_ignoring_case(seen.encoding, "utf-8"))
        return "UTF-8 is the only encoding";
    return {};
}

/// Why our reader may accept what expat refuses; empty when there is no such reason.
std::string_view leniency(std::string_view text)
{
    // Names beyond ASCII are not looked up in the tables of XML: the service has none.
    if (text.starts_with(byte_order_mark))
        text.remove_prefix(byte_order_mark.size());
    std::string ascii(text);
    std::ranges::replace_if(
        ascii, [](char c) { return static_cast<unsigned char>(c) >= 0x80; }, 'x');
    if (ascii != text && cosio::detail::is_utf8(text) && judge(ascii)->accepted)
        return "any character beyond ASCII may be in a name";
    return {};
}

/// How a document was taken by the two.
enum class verdict { both_accept, both_refuse, we_are_stricter, we_are_more_lenient, disagreement };

verdict compare(std::string_view text)
{
    const auto seen = judge(text);
    const bool accepted = we_accept(text);
    if (accepted && seen->accepted)
        return we_read_as(text, *seen->document.children.at(0)) ? verdict::both_accept
                                                                : verdict::disagreement;
    if (!accepted && !seen->accepted)
        return verdict::both_refuse;
    if (seen->accepted)
        return strictness(*seen).empty() ? verdict::disagreement : verdict::we_are_stricter;
    return leniency(text).empty() ? verdict::disagreement : verdict::we_are_more_lenient;
}

/// How often each verdict was reached.
using tally = std::array<std::size_t, 5>;

void compare(std::string_view text, tally& counts)
{
    const auto reached = compare(text);
    ++counts[static_cast<std::size_t>(reached)];
    if (reached == verdict::disagreement)
        FAIL_CHECK(std::string(we_accept(text) ? "we accept: " : "we refuse: "), printable(text), " expat: ",
            std::string(XML_ErrorString(judge(text)->problem)));
}

constexpr std::array<std::string_view, 8> service_documents{
    "<?xml version='1.0' encoding='utf-8' ?>\n<Error>\n\t<Code>NoSuchKey</Code>\n\t<Message>The "
    "specified key does not exist.</Message>\n\t<Resource>b-1.cos.r.myqcloud.com/k</Resource>\n"
    "\t<RequestId>NWYyMTFjODZf</RequestId>\n</Error>\n",
    "  <?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<CopyObjectResult>\n\t<ETag>\"ee8de918\"</ETag>"
    "\n\t<CRC64>16749565679157681890</CRC64>\n</CopyObjectResult>",
    "<CompleteMultipartUploadResult xmlns=\"http://www.qcloud.com/document/product/436/7751\">"
    "<Location>http://b</Location><ETag>&quot;aa259a62-3&quot;</ETag>"
    "</CompleteMultipartUploadResult>",
    "<ListBucketResult><Prefix/><Contents><Key>a&amp;b&#x4e2d;</Key><Size>3</Size></Contents>"
    "<Contents><Key>\xe7\x9b\xae/\xe5\xbd\x95</Key></Contents></ListBucketResult>",
    "<a><![CDATA[x<&]]>y<!-- c - d --><?p i?>z</a>",
    "<n:a xmlns:n='u' n:b = \"1>2\"><n:c/>\r\n<d>\r&#13;\n</d></n:a >",
    "\xef\xbb\xbf<DeleteResult/>",
    "<a b='1' c=\"2\"><d e='&lt;&#60;'>&gt;&apos;</d><f></f></a>",
};

/// Where the two differ on purpose.
constexpr std::array<std::string_view, 3> other_documents{
    "<!DOCTYPE a [<!ENTITY b 'c'>]><a>x</a>",
    "<?xml version='1.0' encoding='us-ascii'?><a>x</a>",
    "<\xc3\x97>x</\xc3\x97>",
};

constexpr std::array<std::string_view, 56> pieces{"<", ">", "</", "/>", "<a>", "</a>", "<b/>", "&",
    ";", "&amp;", "&lt;", "&#", "&#38;", "&#x26;", "&#0;", "&#xD800;", "&#x10FFFF;", "&unknown;",
    "<![CDATA[", "]]>", "]]", "<!--", "-->", "--", "<?", "?>", "<?p ", "<?xml", "<?xml version='1.0'?>",
    " encoding='utf-8'", " encoding='UTF-16'", " encoding=\"iso-8859-1\"", " standalone='yes'",
    " version='1.1'", "<!DOCTYPE a>", "<!DOCTYPE a [<!ENTITY b 'c'>]>", "<!ELEMENT a ANY>", "'",
    "\"", "=", " a='b'", " a=\"b\"", " x:y='z'", " ", "\t", "\r", "\n", "\r\n", ":", "\xe4\xb8\xad",
    "\xc3\x97", "\xef\xbb\xbf", "\xef\xbf\xbe", "\xed\xa0\x80", "\xf0\x9f\x94\x91", "\x7f"};

} // namespace

TEST_CASE("XML: documents of the service are read as expat reads them")
{
    for (const auto document : service_documents)
        CHECK_MESSAGE(compare(document) == verdict::both_accept, document);
}

TEST_CASE("XML: where the reader is stricter than expat, and where more lenient")
{
    std::string deep;
    for (std::size_t i = 0; i != xml::maximum_depth + 1; ++i)
        deep.insert(0, "<a>").append("</a>");
    for (const std::string_view document : {std::string_view("<!DOCTYPE a><a/>"),
             std::string_view("<?xml version='1.0' encoding='us-ascii'?><a/>"),
             std::string_view("<?xml version='1.0' encoding='iso-8859-1'?><a/>"),
             std::string_view(deep)})
        CHECK_MESSAGE(compare(document) == verdict::we_are_stricter, document);
    // U+00D7 is no letter.
    CHECK(compare("<a\xc3\x97/>") == verdict::we_are_more_lenient);
    CHECK(compare("<a\xc3/>") == verdict::both_refuse);
}

TEST_CASE("XML: mutated documents")
{
    text_source source(20260101);
    tally counts{};
    for (int round = 0; round != 20'000; ++round) {
        std::string document(
            source.one_in(8) ? source.one_of(other_documents) : source.one_of(service_documents));
        source.mutate(document, pieces);
        compare(document, counts);
    }
    MESSAGE("accepted by both: ", counts[0], ", refused by both: ", counts[1], ", stricter: ",
        counts[2], ", more lenient: ", counts[3]);
    for (std::size_t i = 0; i != 4; ++i)
        CHECK(counts[i] > 20);
}

TEST_CASE("XML: documents made of pieces at random")
{
    text_source source(20260102);
    tally counts{};
    for (int round = 0; round != 20'000; ++round) {
        std::string document = "<a>";
        for (auto count = source.below(8); count != 0; --count)
            document.append(source.one_of(pieces));
        document.append("</a>");
        compare(document, counts);
    }
    MESSAGE("accepted by both: ", counts[0], ", refused by both: ", counts[1]);
    CHECK(counts[0] > 200);
    CHECK(counts[1] > 200);
}
