// A sender in Node.js that keeps one connection alive. For each line of its input, a request
// as JSON, it prints the response or the error, also as JSON. It reads the next line without
// waiting for the response: the agent queues the next request until the connection is free.
//
//     node keep_alive.mjs HOST PORT

import http from "node:http";
import readline from "node:readline";

const [host, port] = process.argv.slice(2);
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });

function send({ path, headers, body, fault }) {
  return new Promise((resolve) => {
    const request = http.request({ host, port, agent, path, method: "POST", headers });
    request.on("error", (error) => resolve({ error: String(error) }));
    request.on("response", (response) => {
      const chunks = [];
      response.on("error", (error) => resolve({ error: String(error) }));
      response.on("data", (chunk) => chunks.push(chunk));
      response.on("end", () => {
        const raw = response.rawHeaders;
        const pairs = raw.flatMap((name, i) => (i % 2 ? [] : [[name, raw[i + 1]]]));
        const text = Buffer.concat(chunks).toString();
        resolve({ status: response.statusCode, headers: pairs, body: text });
      });
    });
    const bytes = Buffer.from(body, "base64");
    if (fault === "stalls") {
      request.flushHeaders();
      request.write(bytes.subarray(0, 1));
    } else if (fault === "trailers") {
      const fields = Array.from({ length: 101 }, (_, i) => [`x-${i}`, "a"]);
      request.setHeader("Transfer-Encoding", "chunked");
      request.setHeader("Trailer", "x");
      request.write(bytes);
      request.addTrailers(fields);
      request.end();
    } else {
      request.setHeader("Content-Length", bytes.length);
      request.end(bytes);
    }
  });
}

let printed = Promise.resolve();
for await (const line of readline.createInterface({ input: process.stdin })) {
  const outcome = send(JSON.parse(line));
  printed = printed.then(async () => console.log(JSON.stringify(await outcome)));
}
await printed;
agent.destroy();
