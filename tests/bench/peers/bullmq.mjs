// BullMQ on a Redis server of its own: what the rows of alert-svc are measured against. One JSON line a run.
// usage: node bullmq.mjs REDIS_SOCKET schedule|drain|memory COUNT
//        node bullmq.mjs REDIS_SOCKET lateness RATE SECONDS
//        node bullmq.mjs REDIS_SOCKET takeover COUNT
//        node bullmq.mjs REDIS_SOCKET fill COUNT | hold | post URL       (parts of takeover and kills)
import { fork } from "node:child_process";
import http from "node:http";
import { Queue, Worker } from "bullmq";
import IORedis from "ioredis";

const [socket, row, ...numbers] = process.argv.slice(2);
const BATCH = 1000;
const CONCURRENCY = 100;
const CONNECTION = { path: socket, maxRetriesPerRequest: null };
const YEAR = 365 * 86400 * 1000;
const admin = new IORedis(CONNECTION);

// A payload like a reminder's: opaque ids, a kind, a date.
const payload = (i) => ({ case: `c-${i % 1000}`, deadline: `d${i}`, kind: 9, date: "2018-06-05", step: 20, receiver: "r1" });

async function usedMemory() {
  const info = await admin.info("memory");
  return Number(/used_memory:(\d+)/.exec(info)[1]);
}

// Jobs without a delay wait for a worker; with one, were it 0, they would have to be promoted first.
async function addAll(queue, count, delayOf = () => undefined) {
  for (let first = 0; first < count; first += BATCH) {
    const jobs = [];
    for (let i = first; i < Math.min(first + BATCH, count); i++)
      jobs.push({ name: "reminder", data: payload(i), opts: { delay: delayOf(i), removeOnComplete: true } });
    await queue.addBulk(jobs);
  }
}

async function timed(work) {
  const begin = process.hrtime.bigint();
  await work();
  return Number(process.hrtime.bigint() - begin) / 1e9;
}

async function emptyQueue() {
  await admin.flushall();
  const queue = new Queue("due", { connection: CONNECTION });
  await queue.waitUntilReady();
  return queue;
}

// Runs a worker until it has completed so many jobs.
async function work(count, processor) {
  let completed = 0;
  const worker = new Worker("due", processor, { connection: CONNECTION, concurrency: CONCURRENCY });
  await new Promise((resolve) => worker.on("completed", () => ++completed === count && resolve()));
  return { worker, completed: () => completed };
}

async function schedule(count) {
  const queue = await emptyQueue();
  const seconds = await timed(() => addAll(queue, count, () => YEAR));
  return { count: await queue.getDelayedCount(), rate: count / seconds };
}

async function drain(count) {
  const queue = await emptyQueue();
  await addAll(queue, count);
  let done;
  const seconds = await timed(async () => (done = await work(count, async () => {})));
  return { count: done.completed(), rate: count / seconds };
}

// Delayed, and taken by a worker.
async function memory(count) {
  const queue = await emptyQueue();
  const before = await usedMemory();
  await addAll(queue, count, () => YEAR);
  const due = ((await usedMemory()) - before) / count;
  const again = await emptyQueue();
  await addAll(again, count);
  const worker = new Worker("due", null, { connection: CONNECTION });
  for (let i = 0; i < count; i++) await worker.getNextJob("bench");
  const lease = ((await usedMemory()) - before) / count;
  return { count: await again.getActiveCount(), due, lease };
}

async function lateness(rate, seconds) {
  const count = rate * seconds;
  const queue = await emptyQueue();
  const first = Date.now() + 3000 + count;
  const dueOf = (i) => first + (i * 1000) / rate;
  await addAll(queue, count, (i) => Math.max(0, Math.round(dueOf(i) - Date.now())));
  const late = [];
  const done = await work(count, async (job) => {
    late.push(Date.now() - (job.timestamp + job.opts.delay));
  });
  late.sort((a, b) => a - b);
  return { count: done.completed(), p50: late[late.length >> 1], p99: late[Math.floor(late.length * 0.99)] };
}

// A worker takes all there is and is killed; another one runs.
async function takeover(count) {
  const queue = await emptyQueue();
  await addAll(queue, count);
  const first = fork(process.argv[1], [socket, "hold"]);
  while ((await queue.getActiveCount()) < count) await new Promise((resolve) => setTimeout(resolve, 50));
  const second = work(count, async () => {});
  await new Promise((resolve) => setTimeout(resolve, 1000));
  first.kill("SIGKILL");
  let done;
  const seconds = await timed(async () => (done = await second));
  return { count: done.completed(), seconds };
}

async function fill(count) {
  const queue = await emptyQueue();
  await addAll(queue, count);
  return { count: await queue.getWaitingCount() };
}

// Tells a receiver of each job, as alert-svc does; until it is killed.
function post(url) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: CONCURRENCY });
  const send = (body) =>
    new Promise((resolve, reject) => {
      const request = http.request(url, { agent, method: "POST", headers: { "content-type": "application/json" } }, (answer) => {
        answer.resume();
        answer.on("end", () => (answer.statusCode < 300 ? resolve() : reject(new Error(`${answer.statusCode}`))));
      });
      request.on("error", reject);
      request.end(body);
    });
  return new Worker("due", (job) => send(JSON.stringify({ id: job.data.deadline })), { connection: CONNECTION, concurrency: 16 });
}

const hold = () => new Worker("due", () => new Promise(() => {}), { connection: CONNECTION, concurrency: 1000 });

if (row === "hold") hold().on("error", () => {});
else if (row === "post") post(numbers[0]).on("error", () => {});
else {
  const rows = { schedule, drain, memory, lateness, takeover, fill };
  console.log(JSON.stringify(await rows[row](...numbers.map(Number))));
  process.exit(0);
}
