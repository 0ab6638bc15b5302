# Sidekiq on a Redis server of its own: what the rows of alert-svc are measured against. One JSON line a run.
# usage: ruby sidekiq.rb REDIS_SOCKET memory|drain|fill COUNT
#        sidekiq -r ./sidekiq.rb -q bench, with SINK: tells that receiver of each job, until it is killed (a part of kills)
require "json"
require "net/http"
require "sidekiq"

Redis.sadd_returns_boolean = false
SOCKET = ENV["BENCH_REDIS"] || ARGV[0]
BATCH = 1000
YEAR = 365 * 86_400
CONCURRENCY = 10 # Sidekiq's own default

Sidekiq.configure_server { |config| config.redis = { url: "unix://#{SOCKET}" } }
Sidekiq.configure_client { |config| config.redis = { url: "unix://#{SOCKET}" } }
Sidekiq.logger.level = Logger::ERROR

# Counts; at the end it tells Redis.
class Count
  include Sidekiq::Worker
  sidekiq_options queue: "bench", retry: false
  DONE = Queue.new

  def perform(_case, _deadline, _kind, _date, _step, _receiver)
    DONE << 1
    return unless DONE.size == ENV["BENCH_COUNT"].to_i

    Sidekiq.redis { |redis| redis.set("finished", DONE.size) }
  end
end

# Tells a receiver.
class Post
  include Sidekiq::Worker
  sidekiq_options queue: "bench"

  def perform(_case, deadline, _kind, _date, _step, _receiver)
    Thread.current[:sink] ||= URI(ENV["SINK"]).then { |uri| Net::HTTP.start(uri.host, uri.port) }
    Thread.current[:sink].post("/", JSON.generate(id: deadline), "content-type" => "application/json")
  end
end

# Arguments like a reminder's: opaque ids, a kind, a date.
def arguments(number)
  ["c-#{number % 1000}", "d#{number}", 9, "2018-06-05", 20, "r1"]
end

def push(worker, count, at: nil)
  Sidekiq.redis(&:flushall)
  (0...count).each_slice(BATCH) do |numbers|
    item = { "class" => worker, "args" => numbers.map { |n| arguments(n) }, "queue" => "staged" }
    item["at"] = at if at
    Sidekiq::Client.push_bulk(item)
  end
end

# All due at one moment.
def release
  Sidekiq.redis { |redis| redis.rename("queue:staged", "queue:bench") }
end

def used_memory
  Sidekiq.redis { |redis| redis.info("memory")["used_memory"].to_i }
end

def now
  Process.clock_gettime(Process::CLOCK_MONOTONIC)
end

def memory(count)
  Sidekiq.redis(&:flushall)
  before = used_memory
  push(Count, count, at: Time.now.to_f + YEAR)
  { count: Sidekiq.redis { |redis| redis.zcard("schedule") }, due: (used_memory - before).to_f / count }
end

def drain(count)
  push(Count, count)
  environment = { "BENCH_REDIS" => SOCKET, "BENCH_COUNT" => count.to_s }
  server = spawn(environment, "sidekiq", "-r", File.expand_path(__FILE__), "-q", "bench", "-c", CONCURRENCY.to_s,
                 %i[out err] => "/dev/null")
  sleep 0.1 until Sidekiq.redis { |redis| redis.scard("processes") }.positive?
  sleep 2
  start = now
  release
  sleep 0.005 until (finished = Sidekiq.redis { |redis| redis.get("finished") })
  { count: finished.to_i, rate: count / (now - start) }
ensure
  Process.kill("KILL", server)
  Process.wait(server)
end

def fill(count)
  push(Post, count)
  release
  { count: Sidekiq.redis { |redis| redis.llen("queue:bench") } }
end

puts JSON.generate(send(ARGV[1], Integer(ARGV[2]))) if $PROGRAM_NAME == __FILE__
