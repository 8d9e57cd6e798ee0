// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/bus/pair.hpp"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <bus/object.hpp>

namespace berth::bus {
namespace {

// Gives back what it gets, in the order and types it was sent.
class Echo {
  public:
    void dict(Call call) { call.reply(call.read<Dict>()); }
    void table(Call call) {
        using Table = std::vector<std::tuple<std::string, std::string>>;
        const auto [rows, sizes] = call.read_all<Table, std::map<std::string, std::uint64_t>>();
        call.reply(rows, sizes);
    }
    void fail(Call) { throw NamedError(kNoSuchContainer, "there is no container 'web'"); }
    void crash(Call) { throw std::runtime_error("unexpected"); }
    void forget(Call) {}
    void later(Call call) { kept.push_back(std::move(call)); }
    std::string colour(const std::string& path) { return "blue of " + path; }

    std::vector<Call> kept;
};

const sd_bus_vtable kEchoVtable[] = {
    SD_BUS_VTABLE_START(0),
    SD_BUS_METHOD("Dict", "a{sv}", "a{sv}", (method<Echo, &Echo::dict>), 0),
    SD_BUS_METHOD("Table", "a(ss)a{st}", "a(ss)a{st}", (method<Echo, &Echo::table>), 0),
    SD_BUS_METHOD("Fail", "", "", (method<Echo, &Echo::fail>), 0),
    SD_BUS_METHOD("Crash", "", "", (method<Echo, &Echo::crash>), 0),
    SD_BUS_METHOD("Forget", "", "", (method<Echo, &Echo::forget>), 0),
    SD_BUS_METHOD("Later", "", "s", (method<Echo, &Echo::later>), 0),
    SD_BUS_PROPERTY("Colour", "s", (property<Echo, &Echo::colour>), 0, 0),
    SD_BUS_VTABLE_END,
};

class MessageTest : public ::testing::Test {
  protected:
    template <class... T>
    Message ask(const std::string& method, const T&... values) {
        return pair.call(pair.client.new_call_with({"", "/echo", "test.Echo"}, method, values...));
    }
    ErrorCode code_of(const std::string& method) {
        try {
            ask(method);
        } catch (const Error& error) {
            message = error.what();
            return error.code();
        }
        ADD_FAILURE() << method << " did not fail";
        return ErrorCode::Internal;
    }

    testing::Pair pair;
    Echo echo;
    Slot slot = add_object(pair.server, "/echo", "test.Echo", kEchoVtable, &echo);
    std::string message;
};

TEST_F(MessageTest, CarriesEveryKindOfValue) {
    auto fd = std::make_shared<base::Fd>(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    const Dict sent{{"text", "x"},
                    {"on", true},
                    {"small", std::uint32_t{7}},
                    {"negative", std::int64_t{-1}},
                    {"ratio", 0.5},
                    {"list", Strings{"a", "", "c"}},
                    {"map", StringMap{{"k", "v"}}},
                    {"fd", fd},
                    {"inner", Dict{{"deep", "y"}}},
                    {"rows", std::vector<Dict>{Dict{{"n", std::uint64_t{1}}}, Dict{}}}};
    const Dict got = ask("Dict", sent).read<Dict>();
    EXPECT_EQ(got.get<std::string>("text"), "x");
    EXPECT_TRUE(got.get<bool>("on"));
    EXPECT_EQ(got.get<std::uint32_t>("small"), 7U);
    EXPECT_EQ(got.get<std::int64_t>("negative"), -1);
    EXPECT_EQ(got.get<double>("ratio"), 0.5);
    EXPECT_EQ(got.get<Strings>("list"), (Strings{"a", "", "c"}));
    EXPECT_EQ(got.get<StringMap>("map"), (StringMap{{"k", "v"}}));
    EXPECT_EQ(got.get<Dict>("inner").get<std::string>("deep"), "y");
    EXPECT_EQ(got.get<std::vector<Dict>>("rows").size(), 2U);
    struct stat device {};
    ASSERT_EQ(::fstat(got.get<SharedFd>("fd")->get(), &device), 0);
    EXPECT_TRUE(S_ISCHR(device.st_mode));
}

TEST_F(MessageTest, CarriesStructuresAndTypedDictionaries) {
    const std::vector<std::pair<std::string, std::string>> rows{{"A", "/x"}, {"D", "/y"}};
    const std::map<std::string, std::uint64_t> sizes{{"one", 1}};
    Message reply = ask("Table", rows, sizes);
    EXPECT_EQ((reply.read<std::vector<std::pair<std::string, std::string>>>()), rows);
    EXPECT_EQ((reply.read<std::map<std::string, std::uint64_t>>()), sizes);
}

TEST_F(MessageTest, ReplacesBytesThatAreNotUtf8) {
    const Dict got =
        ask("Dict", Dict{{"name", std::string("a\xFF\xC3\xA9\xED\xA0\x80")}}).read<Dict>();
    EXPECT_EQ(got.get<std::string>("name"),
              "a\xEF\xBF\xBD\xC3\xA9\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
}

TEST_F(MessageTest, TurnsAnErrorIntoItsNameAndBack) {
    EXPECT_EQ(code_of("Fail"), ErrorCode::NotFound);
    EXPECT_EQ(message, "there is no container 'web'");
    EXPECT_EQ(code_of("Crash"), ErrorCode::Internal);
    EXPECT_EQ(message, "unexpected");
}

TEST_F(MessageTest, AnswersACallThatWasForgotten) {
    EXPECT_EQ(code_of("Forget"), ErrorCode::Internal);
}

TEST_F(MessageTest, RefusesArgumentsOfAnotherType) {
    const auto request =
        pair.client.new_call_with({"", "/echo", "test.Echo"}, "Dict", std::string("no dictionary"));
    EXPECT_THROW(pair.call(request), Error);
}

TEST_F(MessageTest, AnswersLater) {
    const auto request = pair.client.new_call({"", "/echo", "test.Echo"}, "Later");
    Message reply = pair.call(request, [&] {
        for (const Call& call : std::exchange(echo.kept, {}))
            call.reply(std::string("done"));
    });
    EXPECT_EQ(reply.read<std::string>(), "done");
}

TEST_F(MessageTest, ServesPropertiesByPath) {
    Message reply = pair.call(pair.client.new_call_with(
        {"", "/echo", "org.freedesktop.DBus.Properties"}, "Get", "test.Echo", "Colour"));
    EXPECT_EQ(std::get<std::string>(reply.read<Value>().data), "blue of /echo");
}

TEST(DictTest, NamesTheKeyThatIsWrong) {
    const Dict dict{{"memory", "64m"}, {"count", std::int64_t{-3}}};
    const auto fault = [](auto&& body) -> std::string {
        try {
            body();
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), ErrorCode::InvalidArgument);
            return error.what();
        }
        return "no failure";
    };
    EXPECT_EQ(fault([&] { (void)dict.get<bool>("memory"); }),
              "'memory' must be a boolean, not a string");
    EXPECT_EQ(fault([&] { (void)dict.get<std::uint32_t>("count"); }),
              "'count' is out of range: -3");
    EXPECT_EQ(fault([&] { (void)dict.get<bool>("absent"); }), "'absent' is missing");
    EXPECT_EQ(fault([&] { dict.require_only({"memory"}); }), "unknown option 'count'");
    EXPECT_EQ(fault([&] { dict.require_only({"memory", "count"}); }), "no failure");
}

TEST(ErrorTableTest, MapsEveryCodeToANameAndBack) {
    for (int code = 0; code <= static_cast<int>(ErrorCode::Internal); ++code) {
        const auto value = static_cast<ErrorCode>(code);
        EXPECT_EQ(error_code(error_name(value)), value) << error_name(value);
    }
    EXPECT_EQ(error_code("org.freedesktop.DBus.Error.AccessDenied"), ErrorCode::Denied);
    EXPECT_EQ(error_code("com.example.Whatever"), ErrorCode::Io);
}

} // namespace
} // namespace berth::bus
