#pragma once

#include "alert-svc/engine/courier.h"

namespace vigil::alert {

// The stage `send`: one attempt to deliver. Ends within the sender's time, or soon after CutSends.
Task<Outcome> Send(Core& core, const Errand& errand, const Work& work, const Message& message);

// Notes what came of an attempt to reach a receiver, for EngineStatus::fruitless.
void NoteAttempt(Core& core, const v1::Receiver& receiver, const Outcome& outcome);

// Cuts what is on its way for a member of a shard: its lease is no longer ours.
void CutSends(Core& core, int shard, const std::string& identity);

}  // namespace vigil::alert
