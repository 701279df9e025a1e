/* A payment that can't begin: what the shop and the buyer are told. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { CONFIG, Page, STARTED, never } from "./page.mjs";
import { codes, inOrder, mounted } from "./shop.mjs";

const TAKEN = { status: 409, body: { message: `the cart has a payment already: ${STARTED.paymentReference}` } };
const RETURNED = { status: 409, body: { message: `an earlier payment of the cart is given back: ${STARTED.paymentReference}; ask` } };
const DEADLINE = 20000;

const broken = async () => {
  throw new TypeError("the connection broke off");
};

const FAILURES = [
  [{ status: 401, body: { message: "the session is not active" } }, "session_expired", "has expired", false],
  [{ status: 409, body: { message: "the cart can't be paid: empty" } }, "cart_not_payable", "can't be paid", false],
  [TAKEN, "already_paid", "Do not pay again", false],
  [RETURNED, "given_back", "does not keep its money", true],
  [{ status: 429, body: {} }, "too_many", "at the moment", true],
  [{ status: 503, body: {} }, "not_available", "at the moment", true],
  [{ status: 502, body: null }, "not_available", "at the moment", true],
  [{ status: 400, body: {} }, "refused", "at the moment", false],
  [new TypeError("offline"), "network", "at the moment", true],
  [{ status: 200, text: broken }, "network", "at the moment", true],
  [{ status: 409, text: broken }, "network", "at the moment", true],
  [{ status: 200, text: async () => "<html>" }, "bad_answer", "at the moment", true],
  [{ paymentReference: "p" }, "bad_answer", "at the moment", true],
];

for (const type of ["embedded", "hpp"]) {
  for (const [place, [answer, code, words, again]] of FAILURES.entries()) {
    test(`${type}: ${code} is told to shop and buyer (${place})`, async () => {
      const page = new Page({ answers: { "POST /payment": answer } });
      const { told, EnablerError } = await mounted(type, { page });
      if (type === "hpp") page.button.dispatch("click");
      await page.rests();
      assert.deepEqual(codes(told), [code]);
      assert.ok(told.errors[0].error instanceof EnablerError);
      assert.ok(page.status.includes(words), page.status);
      if (type === "embedded") assert.equal(Boolean(page.button), again);
      else assert.equal(Boolean(page.button), code !== "already_paid");
      assert.deepEqual(told.complete, []);
    });
  }

  for (const hangs of [never, { status: 200, text: never }]) {
    test(`${type}: a bridge that never answers ${hangs.status ?? ""} is given up, also by an older browser`, async () => {
      const { timeout } = AbortSignal;
      AbortSignal.timeout = undefined;
      const page = new Page({ answers: { "POST /payment": hangs } });
      const { told } = await mounted(type, { page });
      if (type === "hpp") page.button.dispatch("click");
      await page.advance(DEADLINE - 1);
      assert.deepEqual(codes(told), []);
      await page.advance(1);
      AbortSignal.timeout = timeout;
      assert.deepEqual(codes(told), ["network"]);
      assert.match(page.status, /at the moment/);
    });
  }
}

test("a start that fails is told at once, whatever the config waits for", async () => {
  const page = new Page({ answers: { "POST /payment": { status: 401, body: {} }, "GET /operations/config": never } });
  const { told } = await mounted("embedded", { page });
  assert.deepEqual(codes(told), ["session_expired"]);
});

test("session and config are asked for together", async () => {
  const page = new Page({ answers: { "POST /payment": never } });
  await mounted("embedded", { page });
  assert.deepEqual(page.asked.map(({ name }) => name).sort(), ["GET /operations/config", "POST /payment"]);
});

test("a payment that was there already is named", async () => {
  const page = new Page({ answers: { "POST /payment": TAKEN } });
  const { told } = await mounted("embedded", { page });
  assert.equal(told.errors[0].paymentReference, STARTED.paymentReference);
});

test("an error carries what the bridge said of it", async () => {
  const headers = { "Retry-After": "30", "X-Correlation-ID": "abc-12345" };
  const page = new Page({ answers: { "POST /payment": { status: 429, body: { message: "slow down" }, headers } } });
  const { told } = await mounted("embedded", { page });
  const { message, status, retryAfter, correlationId } = told.errors[0].error;
  assert.deepEqual([message, status, retryAfter, correlationId], ["slow down", 429, 30, "abc-12345"]);
});

test("after a failure another try begins, and the focus stays", async () => {
  const page = new Page({ answers: { "POST /payment": inOrder(new TypeError("offline"), STARTED) } });
  await mounted("embedded", { page });
  page.button.dispatch("click");
  await page.rests();
  assert.equal(page.widget.getAttribute("data-token"), "token-1");
  assert.equal(page.focused, page.words);
});

test("a config that failed is asked for again", async () => {
  const page = new Page({ answers: { "GET /operations/config": inOrder(new TypeError("offline"), CONFIG) } });
  const { dropin } = await mounted("embedded", { page });
  dropin.unmount();
  await dropin.mount("#payment");
  await page.rests();
  assert.equal(page.count("GET /operations/config"), 2);
  assert.equal(page.tags("script").length, 1);
});
