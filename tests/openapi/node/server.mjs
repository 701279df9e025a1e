// Monext as its OpenAPI description alone has it: Prism reads the description that the first argument names, checks
// every request against it, and answers with its examples, except that no two sessions have the same id. Prints its
// URL once it serves; ends when its standard input does, so never outlives its test.
//
// GET /_journal: all requests so far, each with what in it violates the description.

import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import prism from "@stoplight/prism-http";

const description = JSON.parse(readFileSync(process.argv[2], "utf-8"));
const quiet = () => {};
const logger = { trace: quiet, debug: quiet, info: quiet, success: quiet, warn: quiet, error: quiet };
logger.child = () => logger;
const operations = await prism.getHttpOperationsFromSpec(description);
const checking = { isProxy: false, checkSecurity: true, validateRequest: true, validateResponse: false, errors: false };
const instance = prism.createInstance({ ...checking, mock: { dynamic: false } }, { logger });

const journal = [];

async function bodyOf(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return chunks.length ? JSON.parse(Buffer.concat(chunks).toString()) : undefined;
}

async function checked(request) {
  const { pathname, searchParams } = new URL(request.url, "http://monext");
  const url = { path: pathname, query: Object.fromEntries(searchParams) };
  const input = { method: request.method.toLowerCase(), url, headers: request.headers, body: await bodyOf(request) };
  const { left, right } = await instance.request(input, operations)();
  if (left) return { status: left.status ?? 500, data: { title: left.title }, violations: [left.message] };
  const { body } = right.output;
  const data = body?.sessionId ? { ...body, sessionId: `${journal.length}${body.sessionId}` } : body;
  const violations = right.validations.input.map((each) => `${(each.path ?? []).join(".")}: ${each.message}`);
  return { status: right.output.statusCode, data, violations };
}

const server = createServer(async (request, response) => {
  let answer = { status: 200, data: { requests: journal } };
  if (request.url !== "/_journal") {
    answer = await checked(request);
    journal.push({ method: request.method, path: request.url, status: answer.status, violations: answer.violations });
  }
  response.writeHead(answer.status, { "content-type": "application/json" });
  response.end(typeof answer.data === "string" ? answer.data : JSON.stringify(answer.data));
});

server.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}`));
process.stdin.resume();
process.stdin.on("end", () => process.exit(0));
