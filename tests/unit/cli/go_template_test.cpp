// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <berth/error.hpp>
#include <cli/go_template.hpp>

namespace berth::cli {
namespace {

const nlohmann::json& data() {
    static const nlohmann::json json = nlohmann::json::parse(R"({
        "Id": "abc", "Name": "/web", "Count": 3, "Ratio": 0.5, "On": true, "Off": false,
        "Empty": "", "Nothing": null,
        "State": {"Status": "running", "ExitCode": 0, "Health": null},
        "Config": {"Env": ["A=1", "B=2"], "Labels": {"a.b": "x", "plain": "y"}, "Cmd": []},
        "Mounts": [{"Source": "/h", "Destination": "/c"}, {"Source": "/i", "Destination": "/d"}],
        "Text": "a<b & \"c\""
    })");
    return json;
}

std::string render(const std::string& source) {
    return GoTemplate(source).render(data());
}

std::string failure(const std::string& source) {
    try {
        return "rendered " + render(source);
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::InvalidArgument);
        return error.what();
    }
}

TEST(GoTemplate, KeepsPlainText) {
    EXPECT_EQ(render("just text"), "just text");
    EXPECT_EQ(render(""), "");
}

TEST(GoTemplate, FollowsFields) {
    EXPECT_EQ(render("{{.Id}} {{ .State.Status }}"), "abc running");
    EXPECT_EQ(render("{{.Count}} {{.Ratio}} {{.On}}"), "3 0.5 true");
    EXPECT_EQ(render("{{.State.Nowhere}}"), "<no value>");
    EXPECT_EQ(render("{{.Nothing.Deeper}}"), "<no value>");
}

TEST(GoTemplate, PrintsListsAndMapsAsGo) {
    EXPECT_EQ(render("{{.Config.Env}}"), "[A=1 B=2]");
    EXPECT_EQ(render("{{.Config.Labels}}"), "map[a.b:x plain:y]");
}

TEST(GoTemplate, NamesTheFieldsThereAre) {
    const std::string message = failure("{{.Nmae}}");
    EXPECT_NE(message.find(".Nmae"), std::string::npos);
    EXPECT_NE(message.find(".Name"), std::string::npos);
}

TEST(GoTemplate, AsksMethodsOfTheTopObject) {
    const GoMethods methods = {{"Label", [](const std::string& key) { return "<" + key + ">"; }}};
    EXPECT_EQ(GoTemplate("{{.Label \"a.b\"}} {{.Id}}").render(data(), methods), "<a.b> abc");
    EXPECT_EQ(GoTemplate("{{\"x\" | .Label}}").render(data(), methods), "<x>");
    EXPECT_THROW(static_cast<void>(GoTemplate("{{.Label}}").render(data(), methods)), Error);
    EXPECT_THROW(static_cast<void>(GoTemplate("{{.Label 3}}").render(data(), methods)), Error);
    EXPECT_THROW(static_cast<void>(GoTemplate("{{.Id \"x\"}}").render(data(), methods)), Error);
}

TEST(GoTemplate, Indexes) {
    EXPECT_EQ(render("{{index .Config.Labels \"a.b\"}}"), "x");
    EXPECT_EQ(render("{{index .Config.Env 1}}"), "B=2");
    EXPECT_EQ(render("{{(index .Mounts 1).Source}}"), "/i");
    EXPECT_EQ(render("{{index .Mounts 0 \"Source\"}}"), "/h");
    EXPECT_NE(failure("{{index .Config.Env 2}}").find("out of range"), std::string::npos);
}

TEST(GoTemplate, Decides) {
    EXPECT_EQ(render("{{if .On}}yes{{else}}no{{end}}"), "yes");
    EXPECT_EQ(render("{{if .Off}}yes{{else}}no{{end}}"), "no");
    EXPECT_EQ(render("{{if .State.Health}}{{.State.Health.Status}}{{end}}"), "");
    EXPECT_EQ(render("{{if eq .Count 1}}1{{else if eq .Count 3}}three{{else}}?{{end}}!"), "three!");
    EXPECT_EQ(render("{{if and .On (gt .Count 2)}}both{{end}}"), "both");
    EXPECT_EQ(render("{{if or .Off .Empty}}some{{else}}none{{end}}"), "none");
    EXPECT_EQ(render("{{if not .Off}}on{{end}}"), "on");
}

TEST(GoTemplate, Compares) {
    EXPECT_EQ(render("{{eq .Id \"x\" \"abc\"}} {{ne .Id \"x\"}}"), "true true");
    EXPECT_EQ(render("{{lt 1 2}} {{le 2 2}} {{gt 1 2}} {{ge 1 2}}"), "true true false false");
    EXPECT_EQ(render("{{lt \"a\" \"b\"}}"), "true");
    EXPECT_NE(failure("{{lt 1 \"b\"}}").find("incompatible"), std::string::npos);
}

TEST(GoTemplate, Ranges) {
    EXPECT_EQ(render("{{range .Mounts}}{{.Source}}:{{.Destination}} {{end}}"), "/h:/c /i:/d ");
    EXPECT_EQ(render("{{range $i, $e := .Config.Env}}{{$i}}={{$e}};{{end}}"), "0=A=1;1=B=2;");
    EXPECT_EQ(render("{{range $k, $v := .Config.Labels}}{{$k}}>{{$v}} {{end}}"), "a.b>x plain>y ");
    EXPECT_EQ(render("{{range .Config.Cmd}}x{{else}}none{{end}}"), "none");
    EXPECT_EQ(render("{{range .Config.Env}}{{if eq . \"B=2\"}}{{break}}{{end}}{{.}}{{end}}"),
              "A=1");
    EXPECT_EQ(render("{{range .Config.Env}}{{if eq . \"A=1\"}}{{continue}}{{end}}{{.}}{{end}}"),
              "B=2");
    EXPECT_EQ(render("{{range .Config.Env}}{{$.Id}}{{end}}"), "abcabc");
}

TEST(GoTemplate, ChangesDotWithWith) {
    EXPECT_EQ(render("{{with .State}}{{.Status}}{{end}}"), "running");
    EXPECT_EQ(render("{{with .Nothing}}x{{else}}gone{{end}}"), "gone");
}

TEST(GoTemplate, HasVariables) {
    EXPECT_EQ(render("{{$n := .Id}}{{range .Config.Env}}{{$n}}{{end}}"), "abcabc");
    EXPECT_EQ(render("{{$n := 1}}{{if .On}}{{$n = 2}}{{end}}{{$n}}"), "2");
    EXPECT_NE(failure("{{$x}}").find("undefined variable $x"), std::string::npos);
}

TEST(GoTemplate, CallsFunctions) {
    EXPECT_EQ(render("{{json .Config.Env}}"), "[\"A=1\",\"B=2\"]");
    EXPECT_EQ(render("{{len .Mounts}} {{len .Id}}"), "2 3");
    EXPECT_EQ(render("{{join .Config.Env \", \"}}"), "A=1, B=2");
    EXPECT_EQ(render("{{index (split .Id \"b\") 1}}"), "c");
    EXPECT_EQ(render("{{upper .Id}} {{lower \"ABC\"}} {{title \"two words\"}}"),
              "ABC abc Two Words");
    EXPECT_EQ(render("{{truncate .Id 2}} {{slice .Id 1 2}} {{pad .Id 1 2}}|"), "ab b  abc  |");
    EXPECT_EQ(render("{{print 1 2 \"x\"}} {{println \"y\"}}"), "1 2x y\n");
    EXPECT_EQ(render("{{html .Text}}"), "a&lt;b &amp; &#34;c&#34;");
    EXPECT_EQ(render("{{urlquery .Text}}"), "a%3Cb+%26+%22c%22");
}

TEST(GoTemplate, FormatsAsPrintf) {
    EXPECT_EQ(render("{{printf \"%s-%d\" .Id .Count}}"), "abc-3");
    EXPECT_EQ(render("{{printf \"[%-5s][%5s][%05d]\" .Id .Id .Count}}"), "[abc  ][  abc][00003]");
    EXPECT_EQ(render("{{printf \"%.2f %v %t %q %x%%\" .Ratio .On .On .Id 255}}"),
              "0.50 true true \"abc\" ff%");
    EXPECT_EQ(render("{{printf \"%s\"}}"), "%!s(MISSING)");
}

TEST(GoTemplate, Pipes) {
    EXPECT_EQ(render("{{.Id | upper | printf \"<%s>\"}}"), "<ABC>");
    EXPECT_EQ(render("{{.Config | json | len}}"), "63");
}

TEST(GoTemplate, TrimsAndComments) {
    EXPECT_EQ(render("a  {{- .Id -}}  b"), "aabcb");
    EXPECT_EQ(render("a {{/* }} */}}b"), "a b");
    EXPECT_EQ(render("x {{- /* gone */ -}} y"), "xy");
    EXPECT_EQ(render("{{`raw \\n`}}{{\"tab\\t\"}}"), "raw \\ntab\t");
}

TEST(GoTemplate, SaysWhereItIsWrong) {
    EXPECT_NE(failure("ab {{foo}}").find("1:6: function \"foo\" not defined"), std::string::npos);
    EXPECT_NE(failure("x\n{{if .On}}").find("2:3: missing {{end}}"), std::string::npos);
    EXPECT_NE(failure("{{.Id").find("unclosed action"), std::string::npos);
    EXPECT_NE(failure("{{end}}").find("unexpected {{end}}"), std::string::npos);
    EXPECT_NE(failure("{{}}").find("missing value"), std::string::npos);
    EXPECT_NE(failure("{{.Id .Name}}").find("arguments"), std::string::npos);
    EXPECT_NE(failure("{{break}}").find("outside"), std::string::npos);
    EXPECT_NE(failure("{{define \"x\"}}{{end}}").find("not supported"), std::string::npos);
    EXPECT_NE(failure("{{\"open}}").find("unclosed"), std::string::npos);
    EXPECT_NE(failure("{{(.Id}}").find("missing ')'"), std::string::npos);
}

TEST(GoTemplate, IsBounded) {
    EXPECT_NE(failure(std::string(100, '(')).find("rendered"), std::string::npos);
    std::string deep = "{{";
    for (int i = 0; i < 200; ++i)
        deep += "(";
    EXPECT_NE(failure(deep + ".Id}}").find("too deep"), std::string::npos);
    std::string nested;
    for (int i = 0; i < 200; ++i)
        nested += "{{if .On}}";
    EXPECT_NE(failure(nested).find("too deep"), std::string::npos);
    EXPECT_NE(failure(std::string(70'000, 'x')).find("64 KiB"), std::string::npos);
    EXPECT_NE(failure("{{printf \"%999999999s\" .Id}}").find("rendered"), std::string::npos);
}

TEST(UnescapeFormat, LeavesActionsAlone) {
    EXPECT_EQ(unescape_format("{{.ID}}\\t{{.Names}}\\n"), "{{.ID}}\t{{.Names}}\n");
    EXPECT_EQ(unescape_format("{{join .X \"\\t\"}}"), "{{join .X \"\\t\"}}");
}

} // namespace
} // namespace berth::cli
