// A receiver of webhooks that keeps what came, and when: one for ours and for the peers.
// usage: node sink.mjs [DELAY_MS [SECRET]] → its port on the first line
// POST / takes a message and answers after the delay; with a secret, a message that is not signed with it gets 401.
// GET / answers {"bad": how many were not signed, "came": [[id, when, in ms since 1970], …]}; DELETE / forgets all.
import { createHmac } from "node:crypto";
import http from "node:http";

const delay = Number(process.argv[2] ?? 0);
const key = process.argv[3] ? Buffer.from(process.argv[3].replace("whsec_", ""), "base64") : null;
let came = [];
let bad = 0;

function signed(headers, body) {
  if (!key) return true;
  const mac = createHmac("sha256", key).update(`${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`).digest("base64");
  return (headers["webhook-signature"] ?? "").split(" ").includes(`v1,${mac}`);
}

// The id of Alertmanager's message is the label of its one alert.
function idOf(body) {
  const message = JSON.parse(body);
  return message.id ?? message.alerts[0].labels.reminder;
}

function take(request, body, answer) {
  const good = signed(request.headers, body);
  if (good) came.push([idOf(body), Date.now()]);
  else bad++;
  const end = () => answer.writeHead(good ? 204 : 401).end();
  if (delay) setTimeout(end, delay);
  else end();
}

const server = http.createServer((request, answer) => {
  if (request.method === "GET") return answer.end(JSON.stringify({ bad, came }));
  if (request.method === "DELETE") {
    [came, bad] = [[], 0];
    return answer.end();
  }
  const parts = [];
  request.on("data", (part) => parts.push(part));
  request.on("end", () => take(request, Buffer.concat(parts).toString(), answer));
});
server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
