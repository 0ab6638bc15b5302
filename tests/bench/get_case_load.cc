// Calls GetCase with a fixed number of calls in flight, and prints calls a second and a checksum of
// what came back. usage: get_case_load ADDRESS TOKEN_FILE CASE SECONDS IN_FLIGHT [PAYLOAD_OUT]
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <fstream>
#include <iostream>
#include <memory>
#include <mutex>
#include <vector>

#include <grpcpp/grpcpp.h>

#include "vigil/registry/v1/registry_service.grpc.pb.h"

namespace {

namespace pb = vigil::registry::v1;
using std::chrono::steady_clock;

class Load {
 public:
  Load(const std::string& address, std::string token, const std::string& name)
      : stub_(pb::CaseService::NewStub(
            grpc::CreateChannel(address, grpc::InsecureChannelCredentials()))),
        authorization_("Bearer " + std::move(token)) {
    request_.set_name(name);
  }

  // One call; exits with a message where it fails.
  pb::Case Once() {
    grpc::ClientContext context;
    context.AddMetadata("authorization", authorization_);
    pb::Case answer;
    const auto status = stub_->GetCase(&context, request_, &answer);
    if (!status.ok()) {
      std::cerr << "GetCase: " << status.error_message() << "\n";
      std::exit(1);
    }
    return answer;
  }

  // Completed calls in `seconds`, with `in_flight` of them under way at any time.
  double Rate(double seconds, int in_flight) {
    const auto begin = steady_clock::now();
    end_ = begin + std::chrono::duration_cast<steady_clock::duration>(
                       std::chrono::duration<double>(seconds));
    running_ = in_flight;
    for (int i = 0; i < in_flight; ++i) Start();
    std::unique_lock lock(mutex_);
    done_.wait(lock, [this] { return running_ == 0; });
    const std::chrono::duration<double> took = steady_clock::now() - begin;
    return completed_ / took.count();
  }

  long failed() const { return failed_; }

 private:
  struct Call {
    grpc::ClientContext context;
    pb::Case answer;
  };

  void Start() {
    auto call = std::make_shared<Call>();
    call->context.AddMetadata("authorization", authorization_);
    stub_->async()->GetCase(&call->context, &request_, &call->answer,
                            [this, call](const grpc::Status& status) { Finished(status); });
  }

  void Finished(const grpc::Status& status) {
    ++(status.ok() ? completed_ : failed_);
    if (steady_clock::now() < end_) return Start();
    std::lock_guard lock(mutex_);
    if (--running_ == 0) done_.notify_one();
  }

  std::unique_ptr<pb::CaseService::Stub> stub_;
  const std::string authorization_;
  pb::GetCaseRequest request_;
  steady_clock::time_point end_;
  std::atomic<long> completed_{0}, failed_{0};
  std::mutex mutex_;
  std::condition_variable done_;
  int running_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc < 6) {
    std::cerr << "usage: get_case_load ADDRESS TOKEN_FILE CASE SECONDS IN_FLIGHT [PAYLOAD_OUT]\n";
    return 2;
  }
  std::string token;
  std::getline(std::ifstream(argv[2]) >> std::ws, token);
  Load load(argv[1], token, argv[3]);
  const auto answer = load.Once();
  if (argc > 6) {
    std::ofstream out(argv[6], std::ios::binary);
    answer.SerializeToOstream(&out);
  }
  const double rate = load.Rate(std::stod(argv[4]), std::stoi(argv[5]));
  std::cout << "{\"rate\": " << rate << ", \"failed\": " << load.failed()
            << ", \"bytes\": " << answer.ByteSizeLong() << "}" << std::endl;
}
