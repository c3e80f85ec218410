#include <cosio/xml/reader.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>

namespace xml = cosio::xml;
using cosio::errc;

namespace {

/// The document as `name(child(text)...)`, or "error: why".
void describe(xml::reader& document, std::string& out)
{
    out.append(document.name()).append("(");
    while (document.next_child())
        describe(document, out);
    out.append(")");
}

std::string outline(std::string_view text)
{
    xml::reader document(text);
    std::string out;
    if (document.open_root())
        describe(document, out);
    const auto whole = document.finish();
    return whole ? out : "error: " + whole.error().message;
}

std::string text_of_root(std::string_view text)
{
    xml::reader document(text);
    std::string out;
    if (document.open_root())
        out = document.text();
    const auto whole = document.finish();
    return whole ? out : "error";
}

} // namespace

TEST_CASE("the documents of the service")
{
    const std::string_view copied = "  \n<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<CopyObjectResult>\n"
                                    "\t<ETag>\"ee8de918\"</ETag>\n\t<CRC64>16749565679157681890</CRC64>\n"
                                    "</CopyObjectResult>\n";
    xml::reader document(copied);
    REQUIRE(document.enter("CopyObjectResult"));
    REQUIRE(document.next_child());
    CHECK(document.name() == "ETag");
    CHECK(document.text() == "\"ee8de918\"");
    REQUIRE(document.next_child());
    CHECK(document.name() == "CRC64");
    CHECK(document.text() == "16749565679157681890");
    CHECK_FALSE(document.next_child());
    CHECK(document.finish());

    CHECK(outline("<?xml version='1.0' encoding='utf-8' ?><R xmlns=\"u\" a = 'b'/>") == "R()");
    CHECK(outline("<R><A><B/></A><!-- c --><C></C ><?pi x?></R>") == "R(A(B())C())");
    CHECK(outline("\xef\xbb\xbf<R/>") == "R()");
    CHECK(outline("<n:R xmlns:n='u'><n:A/></n:R>") == "R(A())");
}

TEST_CASE("another root than expected")
{
    xml::reader document("<Error><Code>SlowDown</Code></Error>");
    CHECK_FALSE(document.enter("CopyObjectResult"));
    CHECK(document.enter("Error"));
    REQUIRE(document.next_child());
    CHECK(document.text() == "SlowDown");
    CHECK_FALSE(document.next_child());
    CHECK(document.finish());

    xml::reader unread("<Error/>");
    CHECK_FALSE(unread.enter("Other"));
    CHECK(unread.finish().error().code == errc::malformed_response);
}

TEST_CASE("text: references, CDATA, comments, line ends")
{
    CHECK(text_of_root("<R>a&amp;b&lt;&gt;&quot;&apos;</R>") == "a&b<>\"'");
    CHECK(text_of_root("<R>&#33;&#x4e2d;&#x1F511;</R>") == "!中\xf0\x9f\x94\x91");
    CHECK(text_of_root("<R>1<![CDATA[<&]]>2<!-- no -->3</R>") == "1<&23");
    CHECK(text_of_root("<R>a\r\nb\rc&#13;</R>") == "a\nb\nc\r");
    CHECK(text_of_root("<R/>").empty());
    CHECK(text_of_root("<R> x </R>") == " x ");
    CHECK(text_of_root("<R>a<B/></R>") == "error");
}

TEST_CASE("skipping")
{
    xml::reader document("<R><A><B>x</B><B/></A><C/><D>y</D></R>");
    REQUIRE(document.enter("R"));
    REQUIRE(document.next_child());
    document.skip();
    REQUIRE(document.next_child());
    CHECK(document.name() == "C");
    document.skip();
    REQUIRE(document.next_child());
    CHECK(document.text() == "y");
    CHECK_FALSE(document.next_child());
    CHECK(document.finish());
}

TEST_CASE("what is not well-formed, or not wanted, is refused")
{
    for (const std::string_view text : {"", " ", "x", "<", "</R>", "<R", "<R a", "<R a=", "<R a='", "<R a='b",
             "<R a=b/>", "<R a='<'/>", "<R a='b'c='d'/>", "<R/", "<R", "<R><A></R>", "<R></A>",
             "<R></R", "<R></R>x", "<R/><R/>", "<R><!-- a -- b --></R>", "<R><!--", "<R><?x", "<R><![CDATA[",
             "<R>&unknown;</R>", "<R>&amp</R>", "<R>&;</R>", "<R>&#0;</R>", "<R>&#xD800;</R>", "<R>&#x110000;</R>",
             "<R>&#;</R>", "<R>&#-1;</R>", "<R>]]></R>", "<R>\x01</R>", "<R>\xff</R>", "<R>\xef\xbf\xbe</R>",
             "<!DOCTYPE R><R/>", "<!DOCTYPE R [<!ENTITY a 'b'>]><R>&a;</R>", "<R/><!DOCTYPE R>", "<R><!ELEMENT a></R>",
             "<?xml version='1.0' encoding='utf-16'?><R/>", "<?xml version='1.0'", "<R><?xml version='1.0'?></R>",
             "< R/>", "<1/>", "<?1?><R/>", "<?p+?><R/>", "<?p", "<R><?p", "<R a='1' a='1'/>",
             "<R a:b='1' c='2' a:b='3'></R>"})
        CHECK_MESSAGE(outline(text).starts_with("error: "), text);
    CHECK(outline(std::string_view("<R>\0</R>", 8)).starts_with("error: "));
}

TEST_CASE("declarations")
{
    for (const std::string_view inside : {" version='1.0'", " version=\"1.1\" ", "\tversion = '1.0'\n",
             " version='1.0' encoding='utf-8'", " version='1.0' encoding=\"UTF-8\" standalone='yes'",
             " version='1.0' standalone='no' "})
        CHECK_MESSAGE(outline(std::string("<?xml").append(inside).append("?><R/>")) == "R()", inside);
    for (const std::string_view inside : {"", " ", " encoding='utf-8'", " version", " version=", " version='1.0",
             " version=1.0", " version='1.0\"", " version='1 0'", " version='1.0'encoding='utf-8'", " Version='1.0'",
             " version='1.0' version='1.0'", " version='1.0' encoding='us-ascii'", " version='1.0' encoding=''",
             " version='1.0' standalone='maybe'", " version='1.0' standalone='yes' encoding='utf-8'",
             " version='1.0' more='1'", " version='1.0' x"})
        CHECK_MESSAGE(outline(std::string("<?xml").append(inside).append("?><R/>")).starts_with("error: "), inside);
}

TEST_CASE("attributes are passed, and bounded")
{
    CHECK(outline("<R a='1' b = \"2\" a:b='3'><A a='1'/></R>") == "R(A())");
    CHECK(outline("<R a='>' b=']]>' c='&lt;'/>") == "R()");
    const auto with_attributes = [](std::size_t count) {
        std::string text = "<R";
        for (std::size_t i = 0; i != count; ++i)
            text.append(" a").append(std::to_string(i)).append("=''");
        return text.append("/>");
    };
    CHECK(outline(with_attributes(xml::maximum_attributes)) == "R()");
    CHECK(outline(with_attributes(xml::maximum_attributes + 1)) ==
        "error: XML: an element has too many attributes");
}

TEST_CASE("depth is bounded")
{
    const auto nested = [](std::size_t depth) {
        std::string text;
        for (std::size_t i = 0; i != depth; ++i)
            text.append("<a>");
        for (std::size_t i = 0; i != depth; ++i)
            text.append("</a>");
        return text;
    };
    CHECK_FALSE(outline(nested(xml::maximum_depth)).starts_with("error"));
    CHECK(outline(nested(xml::maximum_depth + 1)) == "error: XML: elements are nested too deep");
}

TEST_CASE("every proper prefix of a document is an error")
{
    const std::string text = "<?xml version='1.0'?><R a='b'><A>x&amp;y</A><!--c--><B/></R>";
    for (std::size_t size = 0; size != text.size(); ++size)
        CHECK_MESSAGE(outline(text.substr(0, size)).starts_with("error: "), text.substr(0, size));
    CHECK(outline(text) == "R(A()B())");
}

TEST_CASE("reading on after an error yields nothing")
{
    xml::reader document("<R><A></B></R>");
    REQUIRE(document.enter("R"));
    REQUIRE(document.next_child());
    CHECK(document.text().empty());
    CHECK_FALSE(document.next_child());
    CHECK(document.text().empty());
    document.skip();
    CHECK_FALSE(document.finish());
}
