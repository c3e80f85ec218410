#include <cosio/xml/reader.hpp>
#include <cosio/xml/writer.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>

namespace xml = cosio::xml;

TEST_CASE("elements, nesting and escapes")
{
    xml::writer out;
    out.open("Delete").element("Quiet", "true").open("Object").element("Key", "a<b>&\"c\"'").close();
    out.element("Days", 7).close();
    CHECK(out.document() ==
        "<Delete><Quiet>true</Quiet><Object><Key>a&lt;b&gt;&amp;&quot;c&quot;'</Key></Object>"
        "<Days>7</Days></Delete>");
}

TEST_CASE("what is written is read back")
{
    for (const std::string_view text : {"", " a ", "a\tb\nc\rd\r\n", "]]>", "&amp;", "<![CDATA[x]]>", "目录/腾讯 云",
             "\xf0\x9f\x94\x91"}) {
        xml::writer out;
        out.element("R", text);
        xml::reader document(out.document());
        REQUIRE(document.enter("R"));
        CHECK(document.text() == text);
        CHECK(document.finish());
    }
}
