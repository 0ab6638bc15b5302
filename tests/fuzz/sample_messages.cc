#include "tests/fuzz/sample_messages.h"

#include <google/protobuf/text_format.h>

#include "tests/fuzz/require.h"
#include "vigil/alert/v1/alert.pb.h"
#include "vigil/registry/v1/case.pb.h"
#include "vigil/registry/v1/deadline.pb.h"

namespace vigil::fuzz {
namespace {

template <class Message>
const Message* Read(const char* text) {
  auto* message = new Message;
  Require(google::protobuf::TextFormat::ParseFromString(text, message), "a sample can be read");
  return message;
}

}  // namespace

const std::vector<const google::protobuf::Message*>& SampleMessages() {
  static const auto& samples =
      *new std::vector<const google::protobuf::Message*>{Read<registry::v1::Case>(R"(
        name: "cases/c-sample" display_name: "Sample" country: "KZ" situation: SITUATION_IMPRISONED
        person { sex: SEX_MALE names { text: "Sample" kind: NAME_KIND_MAIN } }
        tags: "religion" tags: "scientist" create_time { seconds: 1524884400 })"),
                                                         Read<registry::v1::Deadline>(R"(
        name: "cases/c-sample/deadlines/d1" kind: DEADLINE_KIND_APPEAL state: DEADLINE_STATE_DUE
        earliest: "2018-04-28" latest: "2018-05-08" citation: "CPC 418")"),
                                                         Read<alert::v1::Alert>(R"(
        name: "alerts/a1" case: "cases/c-sample" kind: DEADLINE_KIND_APPEAL state: ALERT_STATE_SENT
        earliest: "2018-05-08" latest: "2018-05-08" step: 3 fire_time { seconds: 1524884400 })")};
  return samples;
}

}  // namespace vigil::fuzz
