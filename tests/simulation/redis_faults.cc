#include <string>

#include "tests/simulation/redis_model.h"

// How a server loses what it has, or is another one.
namespace vigil::alert::sim {

// All that were open are so no more.
void RedisModel::Close() {
  for (std::size_t i = 0; i < shards_.size(); ++i) {
    if (IsOpen(shards_[i])) closed_[i] = queue_.wall();
  }
}

void RedisModel::Wipe() {
  Close();
  shards_ = {};
}

void RedisModel::Restart(bool keep) {
  Close();
  run_id_ = std::to_string(++run_);
  if (!keep) shards_ = {};
}

void RedisModel::SaveForRollback() {
  saved_ = shards_;
  saved_lease_calls_ = lease_calls_;
}

void RedisModel::RollBack() {
  if (lease_calls_ != saved_lease_calls_) {
    Close();
    run_id_ = std::to_string(++run_);
  }
  shards_ = saved_;
}

}  // namespace vigil::alert::sim
