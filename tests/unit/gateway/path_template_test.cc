#include "gateway/transcode/path_template.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace vigil::gateway::transcode {
namespace {

struct MatchCase {
  const char* path_template;
  const char* path;
  const char* bindings;  // `field=value;…`, or `no`.
};

std::string MatchText(const char* path_template, const char* path) {
  const auto parsed = PathTemplate::Parse(path_template);
  if (!parsed.ok()) return "bad template";
  const auto split = Split(path);
  const auto bindings = split ? parsed->Match(*split) : std::nullopt;
  if (!bindings) return "no";
  std::string out;
  for (const PathBinding& binding : *bindings) out += binding.field + "=" + binding.value + ";";
  return out;
}

TEST(PathTemplate, Paths_MatchAndBind) {
  const MatchCase cases[] = {
      {"/v1/cases", "/v1/cases", ""},
      {"/v1/cases", "/v1/cases/", "no"},
      {"/v1/cases", "/v1/Cases", "no"},
      {"/v1/{name=cases/*}", "/v1/cases/c-1", "name=cases/c-1;"},
      {"/v1/{name=cases/*}", "/v1/cases/c-1/facts", "no"},
      {"/v1/{name=cases/*}", "/v1/dossiers/d-1", "no"},
      {"/v1/{name=cases/*}", "/v1/cases/", "no"},
      {"/v1/{name=cases/*}", "/v1/cases//", "no"},
      {"/v1/{name=cases/*}", "/v1/cases/c-1:file", "no"},
      {"/v1/{name=cases/*}:file", "/v1/cases/c-1:file", "name=cases/c-1;"},
      {"/v1/{name=cases/*}:file", "/v1/cases/c-1", "no"},
      {"/v1/{name=cases/*/facts/*}:retract", "/v1/cases/c-1/facts/f1:retract",
       "name=cases/c-1/facts/f1;"},
      {"/v1/{parent=cases/*}/facts", "/v1/cases/c-1/facts", "parent=cases/c-1;"},
      {"/v1/{case.name=cases/*}", "/v1/cases/c-1", "case.name=cases/c-1;"},
      {"/v1/cases:search", "/v1/cases:search", ""},
      {"/v1/cases:search", "/v1/cases", "no"},
      {"/v1/{a}/{b}", "/v1/x/y", "a=x;b=y;"},
      {"/v1/{name=cases/*}", "/v1/cases/a%2Db", "name=cases/a-b;"},
      {"/v1/{name=cases/*}", "/v1/cases/a%2Fb", "no"},
      {"/v1/{name=cases/*}", "/v1/cases/a%2", "no"},
      {"/v1/{name=cases/*}", "/v1/cases/a%00", "no"},
      {"/v1/{name=cases/*}", "/v1/cases/a%FF", "no"},
      {"/v1/{name=cases/*}", "/v1/cases/c-1%3Afile", "name=cases/c-1:file;"},
  };
  for (const MatchCase& c : cases) {
    EXPECT_EQ(MatchText(c.path_template, c.path), c.bindings) << c.path_template << " " << c.path;
  }
}

TEST(PathTemplate, BadTemplates_AreRefusedByName) {
  for (const char* text : {"", "v1", "/v1/{name", "/v1/{a={b}}", "/v1//x", "/v1/**", "/v1/x}",
                           "/v1/{name=cases/**}", "/v1/x*"}) {
    const auto parsed = PathTemplate::Parse(text);
    ASSERT_FALSE(parsed.ok()) << text;
    EXPECT_THAT(std::string(parsed.status().message()), ::testing::HasSubstr(text));
  }
}

TEST(PercentDecode, Utf8_IsCheckedWhole) {
  EXPECT_EQ(PercentDecode("%D0%9C+a", true), "М a");
  EXPECT_EQ(PercentDecode("a+b", false), "a+b");
  for (const char* bad : {"%C0%80", "%ED%A0%80", "%F4%90%80%80", "%E2%82", "%80", "%G0", "%"}) {
    EXPECT_EQ(PercentDecode(bad, true), std::nullopt) << bad;
  }
}

}  // namespace
}  // namespace vigil::gateway::transcode
