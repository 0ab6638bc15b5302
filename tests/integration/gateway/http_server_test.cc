#include "gateway/http/server.h"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <thread>

#include "fmt/format.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/integration/gateway/http_client.h"

namespace vigil::gateway {
namespace {

using testing::Fetch;
using testing::HttpAnswer;
using testing::HttpClient;

http::Response PlainError(int status, std::string message) {
  http::Response response;
  response.status = status;
  response.headers.Add("Content-Type", "application/json");
  response.body = fmt::format(R"({{"error":"{}"}})", message);
  return response;
}

void Echo(const std::shared_ptr<const http::Request>& request,
          const std::shared_ptr<http::Responder>& responder) {
  http::Response response;
  response.body = fmt::format("{} {} {}", request->method, request->path, request->body.size());
  responder->Annotate("/echo", "trace");
  responder->Send(std::move(response));
}

http::ServerOptions Options() {
  http::ServerOptions options;
  options.error_response = PlainError;
  return options;
}

std::unique_ptr<http::HttpServer> StartServer(http::ServerOptions options, http::Handler handler) {
  auto server = http::HttpServer::Start(std::move(options), std::move(handler));
  if (!server.ok()) std::abort();
  return *std::move(server);
}

TEST(HttpServer, PipelinedRequests_AreAnsweredInOrder) {
  // Answers come from other threads, the later the earlier.
  std::vector<std::thread> threads;
  std::mutex mutex;
  const auto server = StartServer(Options(), [&](auto request, auto responder) {
    const std::lock_guard lock(mutex);
    threads.emplace_back([request, responder] { Echo(request, responder); });
  });
  HttpClient client(server->Port());
  ASSERT_TRUE(
      client.SendRaw("GET /1 HTTP/1.1\r\nHost: x\r\n\r\n"
                     "POST /2 HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"
                     "GET /3 HTTP/1.1\r\nHost: x\r\n\r\n"));
  for (const char* body : {"GET /1 0", "POST /2 3", "GET /3 0"}) {
    const std::optional<HttpAnswer> answer = client.Receive();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->body, body);
  }
  server->Shutdown(std::chrono::seconds(5));
  for (std::thread& thread : threads) thread.join();
}

TEST(HttpServer, Head_AnswersWithoutABody) {
  const auto server = StartServer(Options(), Echo);
  HttpClient client(server->Port());
  ASSERT_TRUE(client.Send("HEAD", "/x"));
  const std::optional<HttpAnswer> head = client.Receive(true);
  ASSERT_TRUE(head);
  EXPECT_EQ(head->headers.at("content-length"), "9");
  ASSERT_TRUE(client.Send("GET", "/y"));
  EXPECT_EQ(client.Receive()->body, "GET /y 0");
}

TEST(HttpServer, ChunkedRequest_IsReadWhole) {
  const auto server = StartServer(Options(), Echo);
  HttpClient client(server->Port());
  ASSERT_TRUE(
      client.SendRaw("POST /x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                     "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"));
  EXPECT_EQ(client.Receive()->body, "POST /x 5");
}

TEST(HttpServer, TenMegabyteBody_Gets413AndTheServerGoesOn) {
  const auto server = StartServer(Options(), Echo);
  const std::optional<HttpAnswer> answer =
      Fetch(server->Port(), "POST", "/big", "", std::string(10 * 1024 * 1024, 'x'));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 413);
  EXPECT_EQ(answer->headers.at("content-type"), "application/json");
  EXPECT_EQ(Fetch(server->Port(), "GET", "/next")->status, 200);
}

TEST(HttpServer, ChunkedBodyAboveTheLimit_Gets413) {
  http::ServerOptions options = Options();
  options.body_limit = 1000;
  const auto server = StartServer(options, Echo);
  HttpClient client(server->Port());
  const std::string chunk(900, 'x');
  ASSERT_TRUE(client.SendRaw("POST /x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"));
  ASSERT_TRUE(client.SendRaw(fmt::format("384\r\n{}\r\n384\r\n{}\r\n0\r\n\r\n", chunk, chunk)));
  EXPECT_EQ(client.Receive()->status, 413);
}

TEST(HttpServer, ExpectContinue_IsAnsweredOnlyForABodyThatFits) {
  const auto server = StartServer(Options(), Echo);
  HttpClient small(server->Port());
  ASSERT_TRUE(small.SendRaw(
      "POST /x HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n"));
  EXPECT_EQ(small.ReadUntil("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  ASSERT_TRUE(small.SendRaw("abc"));
  EXPECT_EQ(small.Receive()->body, "POST /x 3");
  HttpClient large(server->Port());
  ASSERT_TRUE(large.SendRaw(
      "POST /x HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 10000000\r\n\r\n"));
  EXPECT_EQ(large.Receive()->status, 413);
}

TEST(HttpServer, RefusedHead_IsAnsweredBeforeItsBodyIsSent) {
  http::ServerOptions options = Options();
  options.admit = [](const http::Request& head) {
    http::Admission admission;
    admission.body_limit = 10;
    if (head.path == "/no") admission.refusal = PlainError(401, "who are you");
    return admission;
  };
  const auto server = StartServer(options, Echo);
  HttpClient stranger(server->Port());
  ASSERT_TRUE(stranger.SendRaw("POST /no HTTP/1.1\r\nHost: x\r\nContent-Length: 8000000\r\n\r\n"));
  EXPECT_EQ(stranger.Receive()->status, 401);
  EXPECT_EQ(Fetch(server->Port(), "POST", "/yes", "", "0123456789")->body, "POST /yes 10");
  EXPECT_EQ(Fetch(server->Port(), "POST", "/yes", "", "0123456789a")->status, 413);
}

TEST(HttpServer, BadRequests_AreRefusedAndClosed) {
  const auto server = StartServer(Options(), Echo);
  const std::pair<std::string, int> cases[] = {
      {"NONSENSE\r\n\r\n", 400},
      {"GET / HTTP/9.9\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: abc\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
       400},
      {"GET / HTTP/1.1\r\nHost: x\r\nX: " + std::string(20000, 'x') + "\r\n\r\n", 431}};
  for (const auto& [text, status] : cases) {
    HttpClient client(server->Port());
    ASSERT_TRUE(client.SendRaw(text));
    const std::optional<HttpAnswer> answer = client.Receive();
    ASSERT_TRUE(answer) << text.substr(0, 60);
    EXPECT_EQ(answer->status, status) << text.substr(0, 60);
    EXPECT_TRUE(client.AtEnd());
  }
}

TEST(HttpServer, RequestThatStalls_IsClosedByItsTimeout) {
  http::ServerOptions options = Options();
  options.header_timeout = std::chrono::milliseconds(50);
  const auto server = StartServer(options, Echo);
  HttpClient client(server->Port());
  ASSERT_TRUE(client.SendRaw("GET / HT"));
  EXPECT_TRUE(client.AtEnd());
}

TEST(HttpServer, DroppedResponder_Answers500) {
  const auto server = StartServer(Options(), [](auto, auto) {});
  EXPECT_EQ(Fetch(server->Port(), "GET", "/")->status, 500);
}

TEST(HttpServer, ThrowingHandler_Answers500AndTheServerGoesOn) {
  const auto server = StartServer(Options(), [](auto request, auto responder) {
    if (request->path == "/throw") throw std::runtime_error("of a library");
    Echo(request, responder);
  });
  EXPECT_EQ(Fetch(server->Port(), "GET", "/throw")->status, 500);
  EXPECT_EQ(Fetch(server->Port(), "GET", "/")->status, 200);
}

TEST(HttpServer, Completion_TellsTheRouteAndNotThePath) {
  std::mutex mutex;
  std::vector<http::Completion> completions;
  http::ServerOptions options = Options();
  options.on_complete = [&](const http::Completion& completion) {
    const std::lock_guard lock(mutex);
    completions.push_back(completion);
  };
  const auto server = StartServer(options, Echo);
  ASSERT_TRUE(Fetch(server->Port(), "GET", "/secret"));
  server->Shutdown(std::chrono::seconds(5));
  ASSERT_EQ(completions.size(), 1u);
  EXPECT_EQ(completions[0].route, "/echo");
  EXPECT_EQ(completions[0].status, 200);
  EXPECT_EQ(completions[0].bytes, 13u);
}

TEST(HttpServer, Stream_BringsPiecesAndTellsWhenTheClientLeaves) {
  std::mutex mutex;
  std::condition_variable changed;
  bool gone = false;
  std::shared_ptr<http::Stream> stream;
  const auto server = StartServer(Options(), [&](auto, auto responder) {
    const std::lock_guard lock(mutex);
    stream = responder->Start({});
    stream->OnGone([&] {
      const std::lock_guard guard(mutex);
      gone = true;
      changed.notify_all();
    });
    stream->Write("one", nullptr);
    stream->Write("two", nullptr);
  });
  {
    HttpClient client(server->Port());
    ASSERT_TRUE(client.Send("GET", "/stream"));
    ASSERT_TRUE(client.ReadUntil("3\r\none\r\n"));
    ASSERT_TRUE(client.ReadUntil("3\r\ntwo\r\n"));
  }
  std::unique_lock lock(mutex);
  EXPECT_TRUE(changed.wait_for(lock, std::chrono::seconds(20), [&] { return gone; }));
}

TEST(HttpServer, Shutdown_LetsARequestInFlightFinishAndEndsStreams) {
  std::mutex mutex;
  std::condition_variable changed;
  std::shared_ptr<http::Responder> waiting;
  std::shared_ptr<http::Stream> stream;
  const auto server = StartServer(Options(), [&](auto request, auto responder) {
    const std::lock_guard lock(mutex);
    if (request->path == "/stream") {
      stream = responder->Start({});
      stream->Write("hello", nullptr);
    } else {
      waiting = responder;
      changed.notify_all();
    }
  });
  HttpClient idle(server->Port());
  HttpClient listener(server->Port());
  HttpClient client(server->Port());
  ASSERT_TRUE(listener.Send("GET", "/stream"));
  ASSERT_TRUE(listener.ReadUntil("hello\r\n"));
  ASSERT_TRUE(client.Send("GET", "/slow"));
  {
    std::unique_lock lock(mutex);
    ASSERT_TRUE(changed.wait_for(lock, std::chrono::seconds(20), [&] { return !!waiting; }));
  }
  std::thread stopper([&] { server->Shutdown(std::chrono::seconds(20)); });
  EXPECT_TRUE(idle.AtEnd());
  EXPECT_TRUE(listener.ReadUntil("0\r\n\r\n"));
  http::Response response;
  response.body = "late";
  waiting->Send(std::move(response));
  const std::optional<HttpAnswer> answer = client.Receive();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->body, "late");
  EXPECT_EQ(answer->headers.at("connection"), "close");
  stopper.join();
}

TEST(HttpServer, ConnectionsAboveTheMaximum_AreTurnedAwayAndTheRestServed) {
  http::ServerOptions options = Options();
  options.max_connections = 20;
  const auto server = StartServer(options, Echo);
  std::vector<HttpClient> idle;
  for (int i = 0; i < 19; ++i) {
    idle.emplace_back(server->Port());
    ASSERT_TRUE(idle.back().Send("GET", "/"));
    ASSERT_EQ(idle.back().Receive()->status, 200);
  }
  HttpClient last(server->Port());
  ASSERT_TRUE(last.Send("GET", "/"));
  EXPECT_EQ(last.Receive()->status, 200);
  HttpClient above(server->Port());
  const std::optional<HttpAnswer> refused = above.Receive();
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->status, 503);
  ASSERT_TRUE(last.Send("GET", "/again"));
  EXPECT_EQ(last.Receive()->status, 200);
}

TEST(HttpServer, TwoThousandIdleConnections_DoNoHarm) {
  const auto server = StartServer(Options(), Echo);
  std::vector<HttpClient> idle;
  for (int i = 0; i < 2000; ++i) {
    idle.emplace_back(server->Port());
    ASSERT_TRUE(idle.back().connected()) << i;
  }
  EXPECT_EQ(Fetch(server->Port(), "GET", "/")->status, 200);
  ASSERT_TRUE(idle[1000].Send("GET", "/"));
  EXPECT_EQ(idle[1000].Receive()->status, 200);
}

// In a child process: the lowered limit must not reach the other tests. The parent holds the client
// ends.
class LowDescriptorLimit : public ::testing::Test {
 protected:
  // Serves in the child with `limit` descriptors, of which all but a few are taken when
  // `exhausted`.
  void StartChild(rlim_t limit, bool exhausted) {
    int pipe_ends[2];
    ASSERT_EQ(pipe(pipe_ends), 0);
    child_ = fork();
    if (child_ == 0) {
      close(pipe_ends[0]);
      RunChild(limit, exhausted, pipe_ends[1]);
    }
    close(pipe_ends[1]);
    int figures[2] = {0, 0};
    ASSERT_EQ(read(pipe_ends[0], figures, sizeof figures), static_cast<ssize_t>(sizeof figures));
    close(pipe_ends[0]);
    port_ = figures[0];
    max_ = figures[1];
  }

  void TearDown() override {
    if (child_ <= 0) return;
    kill(child_, SIGKILL);
    waitpid(child_, nullptr, 0);
  }

  [[noreturn]] static void RunChild(rlim_t limit, bool exhausted, int to_parent) {
    const rlimit lowered{limit, limit};
    if (setrlimit(RLIMIT_NOFILE, &lowered) != 0) _exit(1);
    const auto server = StartServer(Options(), Echo);
    const int figures[2] = {server->Port(), server->MaxConnections()};
    if (exhausted) {
      // Leaves room for five connections, fewer than the server believes in.
      std::vector<int> taken;
      while (taken.empty() || taken.back() >= 0) taken.push_back(dup(0));
      taken.pop_back();
      for (int i = 0; i < 5; ++i, taken.pop_back()) close(taken.back());
    }
    if (write(to_parent, figures, sizeof figures) < 0) _exit(1);
    while (true) pause();
  }

  pid_t child_ = -1;
  int port_ = 0;
  int max_ = 0;
};

TEST_F(LowDescriptorLimit, AsManyConnectionsAsTheLimitAllows_AreServedAndMoreRefused) {
  StartChild(256, false);
  ASSERT_GT(max_, 150);
  ASSERT_LT(max_, 256 - 32);
  std::vector<HttpClient> served;
  for (int i = 0; i < max_; ++i) {
    served.emplace_back(port_);
    ASSERT_TRUE(served.back().Send("GET", "/"));
    ASSERT_EQ(served.back().Receive()->status, 200) << i;
  }
  for (int i = 0; i < 50; ++i) EXPECT_EQ(HttpClient(port_).Receive()->status, 503) << i;
  ASSERT_TRUE(served[0].Send("GET", "/again"));
  EXPECT_EQ(served[0].Receive()->status, 200);
}

TEST_F(LowDescriptorLimit, NoDescriptorLeft_NewConnectionsAreClosedAndTheRestServed) {
  StartChild(256, true);
  std::vector<HttpClient> served;
  for (int i = 0; i < 5; ++i) {
    served.emplace_back(port_);
    ASSERT_TRUE(served.back().Send("GET", "/"));
    ASSERT_EQ(served.back().Receive()->status, 200) << i;
  }
  for (int i = 0; i < 50; ++i) EXPECT_TRUE(HttpClient(port_).AtEnd()) << i;
  ASSERT_TRUE(served[4].Send("GET", "/again"));
  EXPECT_EQ(served[4].Receive()->status, 200);
}

}  // namespace
}  // namespace vigil::gateway
