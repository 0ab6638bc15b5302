// Which parts of a change a watcher asks for.
#pragma once

#include <cstdint>

#include "vigil/registry/v1/journal.pb.h"

namespace vigil::registry {

// One bit a v1::Topic, the lowest for TOPIC_CASES.
using TopicMask = uint8_t;

inline constexpr TopicMask MaskOf(v1::Topic topic) {
  return topic == v1::TOPIC_UNSPECIFIED ? 0 : static_cast<TopicMask>(1 << (topic - 1));
}

inline constexpr int kTopicMasks = 1 << v1::Topic_MAX;
inline constexpr TopicMask kAllTopics = kTopicMasks - 1;

inline bool Wants(TopicMask mask, v1::Topic topic) { return (mask & MaskOf(topic)) != 0; }

// TOPIC_UNSPECIFIED for an item without content.
v1::Topic TopicOf(const v1::ChangeItem& item);

}  // namespace vigil::registry
