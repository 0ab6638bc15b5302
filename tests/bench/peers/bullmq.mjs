// BullMQ on the same Redis server: what the rows schedule, drain and memory are measured against.
// usage: node bullmq.mjs REDIS_SOCKET COUNT → one JSON line {schedule, drain, memory, completed}
import { Queue, Worker } from "bullmq";
import IORedis from "ioredis";

const [socket, countText] = process.argv.slice(2);
const count = Number(countText);
const BATCH = 1000;
const CONNECTION = { path: socket, maxRetriesPerRequest: null };
const admin = new IORedis(CONNECTION);

// A payload like a reminder's: opaque ids, a kind, a date.
const payload = (i) => ({ case: `c-${i % 1000}`, deadline: `d${i}`, kind: 9, date: "2018-06-05", step: 20, receiver: "r1" });

async function usedMemory() {
  const info = await admin.info("memory");
  return Number(/used_memory:(\d+)/.exec(info)[1]);
}

async function addAll(queue, delay) {
  for (let first = 0; first < count; first += BATCH) {
    const jobs = [];
    for (let i = first; i < Math.min(first + BATCH, count); i++)
      jobs.push({ name: "reminder", data: payload(i), opts: { delay, removeOnComplete: true } });
    await queue.addBulk(jobs);
  }
}

async function timed(work) {
  const begin = process.hrtime.bigint();
  await work();
  return Number(process.hrtime.bigint() - begin) / 1e9;
}

await admin.flushall();
const pending = new Queue("pending", { connection: CONNECTION });
await pending.waitUntilReady();
const before = await usedMemory();
const scheduling = await timed(() => addAll(pending, 365 * 86400 * 1000));
const memory = ((await usedMemory()) - before) / count;
await pending.close();

await admin.flushall();
const due = new Queue("due", { connection: CONNECTION });
await addAll(due, 0);
let completed = 0;
let finish;
const finished = new Promise((resolve) => (finish = resolve));
const draining = await timed(async () => {
  const worker = new Worker("due", async () => {}, { connection: CONNECTION, concurrency: 100 });
  worker.on("completed", () => {
    if (++completed === count) finish();
  });
  await finished;
  await worker.close();
});
await due.close();
await admin.flushall();
await admin.quit();
console.log(JSON.stringify({ schedule: count / scheduling, drain: count / draining, memory, completed }));
