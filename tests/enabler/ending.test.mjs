/* How a payment in Monext's form ends: by the bridge's word, whatever the form says. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { BRIDGE, Page, STARTED, result } from "./page.mjs";
import { codes, drawn, inOrder } from "./shop.mjs";

const PAID = "PAYMENT_SUCCESS";
const FINAL = [PAID, "PAYMENT_SUCCESS_FORCE_TICKET_DISPLAY", "PAYMENT_ONHOLD_PARTNER", "PAYMENT_FAILURE",
  "PAYMENT_CANCELED", "TOKEN_EXPIRED"];
const NEXT = { ...STARTED, sessionId: "token-2", paymentReference: "11111111-0b6d-4a6e-9e59-e6fece85f0d6" };
const UNTIL_GIVEN_UP = 15000; /* all pauses together */
const HOW = { method: { type: "embedded" } };

const ended = async (state, answer, options = {}) => {
  const page = new Page({ answers: { "GET /result/ref": answer } });
  const opened = await drawn({ page, ...options });
  assert.equal(page.ends(state), false);
  await page.rests();
  return opened;
};

// what the bridge says

test("the bridge settles a payment before the shop is told of it", async () => {
  const { page, told } = await ended(PAID, result("paid", { orderId: "order-1", orderNumber: "2026-1" }));
  assert.deepEqual(page.asked.slice(2).map(({ name }) => name), ["GET /result/ref"]);
  const { address, headers, init } = page.last("GET /result/ref");
  assert.equal(address, `${BRIDGE}/result/ref`);
  assert.deepEqual(headers, { Accept: "application/json" });
  assert.equal(init.credentials, "omit");
  const { paymentReference } = STARTED;
  assert.deepEqual(told.complete, [
    { isSuccess: true, status: "paid", paymentReference, orderId: "order-1", orderNumber: "2026-1", ...HOW },
  ]);
  assert.equal(page.status, "Payment confirmed");
  assert.deepEqual([page.widget, page.button, page.link], [null, null, null]);
});

for (const [status, words] of [["paid", "confirmed"], ["authorized", "confirmed"], ["recording", "confirmed"],
  ["pending", "Do not pay again"], ["review", "Do not pay again"]]) {
  for (const state of status === "paid" ? FINAL : [PAID, "TOKEN_EXPIRED"]) {
    test(`${status} is a success, whatever the form says: ${state}`, async () => {
      const { page, told } = await ended(state, result(status));
      assert.deepEqual(told.complete, [
        { isSuccess: true, status, paymentReference: STARTED.paymentReference, ...HOW },
      ]);
      assert.ok(page.status.includes(words), page.status);
      assert.equal(page.button, null);
    });
  }
}

for (const status of ["refused", "cancelled", "expired"]) {
  for (const state of status === "refused" ? FINAL : [PAID, "PAYMENT_FAILURE"]) {
    test(`${status} is none, whatever the form says: ${state}; and the buyer may try again with a new session`, async () => {
      const page = new Page({ answers: { "POST /payment": inOrder(STARTED, NEXT), "GET /result/ref": result(status) } });
      const { told } = await drawn({ page });
      page.ends(state);
      await page.rests();
      assert.deepEqual(told.complete, [
        { isSuccess: false, status, paymentReference: STARTED.paymentReference, ...HOW },
      ]);
      assert.equal(page.count("POST /payment"), 1);
      page.button.dispatch("click");
      await page.rests();
      assert.equal(page.widget.getAttribute("data-token"), "token-2");
      assert.deepEqual(page.resets, ["token-2"]);
    });
  }
}

test("after a refusal another try may succeed", async () => {
  const answers = { "POST /payment": inOrder(STARTED, NEXT), "GET /result/ref": inOrder(result("refused"), result("paid")) };
  const page = new Page({ answers });
  const { told } = await drawn({ page });
  page.ends("PAYMENT_FAILURE");
  await page.rests();
  page.button.dispatch("click");
  await page.rests();
  page.draws();
  await page.rests();
  page.ends(PAID);
  await page.rests();
  assert.deepEqual(told.complete.map(({ status }) => status), ["refused", "paid"]);
  assert.equal(told.ready, 2);
});

test("a try that fails after a refusal is not told to be of the refused payment", async () => {
  const page = new Page({ answers: { "POST /payment": inOrder(STARTED, { status: 503, body: {} }), "GET /result/ref": result("refused") } });
  const { told } = await drawn({ page });
  page.ends("PAYMENT_FAILURE");
  await page.rests();
  page.button.dispatch("click");
  await page.rests();
  assert.deepEqual(told.errors.map(({ error, paymentReference }) => [error.code, paymentReference]), [["not_available", undefined]]);
});

test("money that goes back is no success and no reason to pay again: the bridge's page says more", async () => {
  const { page, told } = await ended(PAID, result("returned"));
  assert.deepEqual(told.complete.map(({ isSuccess, status }) => [isSuccess, status]), [[false, "returned"]]);
  assert.equal(page.button, null);
  assert.equal(page.link.getAttribute("href"), `${BRIDGE}/result/ref`);
});

// what it does not say

const OPEN = [result("checking"), result("not_finished"), result("constructor"), {}, { status: 503, body: {} },
  { status: 429, body: {} }, new TypeError("offline"), { status: 200, text: async () => "<html>" }];

for (const [place, answer] of OPEN.entries()) {
  test(`an outcome that is not known yet is asked for again, with growing pauses (${place})`, async () => {
    const { page, told } = await ended(PAID, inOrder(answer, answer, result("paid")));
    assert.deepEqual([page.count("GET /result/ref"), told.complete], [1, []]);
    await page.advance(999);
    assert.equal(page.count("GET /result/ref"), 1);
    await page.advance(1);
    assert.equal(page.count("GET /result/ref"), 2);
    await page.advance(1999);
    assert.deepEqual(told.complete, []);
    await page.advance(1);
    assert.deepEqual(told.complete.map(({ isSuccess, status }) => [isSuccess, status]), [[true, "paid"]]);
  });

  test(`an outcome that stays unknown is no success and no failure: the way leads to the bridge's page (${place})`, async () => {
    const { page, told } = await ended(PAID, answer);
    await page.advance(UNTIL_GIVEN_UP);
    assert.deepEqual([told.complete, codes(told), page.left], [[], ["outcome_unknown"], []]);
    assert.equal(told.errors[0].paymentReference, STARTED.paymentReference);
    assert.match(page.status, /do not know yet.*Do not pay again/);
    assert.equal(page.link.getAttribute("href"), `${BRIDGE}/result/ref`);
    assert.deepEqual([page.widget, page.button, page.count("GET /result/ref")], [null, null, 5]);
  });
}

test("a refusal to answer is not asked about again", async () => {
  const { page, told } = await ended(PAID, { status: 403, body: {} });
  assert.deepEqual([codes(told), page.count("GET /result/ref")], [["outcome_unknown"], 1]);
});

test("a state that nobody has heard of is asked about like any other", async () => {
  for (const state of ["SOMETHING_NEW", "PAYMENT_METHODS_LIST", "constructor", undefined]) {
    const { told } = await ended(state, result("paid"));
    assert.deepEqual(told.complete.map(({ status }) => status), ["paid"], state);
  }
});

test("where the form says that it is not for this browser, Monext's page is offered", async () => {
  const { page, told } = await ended("BROWSER_NOT_SUPPORTED", result("paid"));
  assert.equal(page.link.getAttribute("href"), STARTED.redirectURL);
  assert.match(page.status, /can't be shown/);
  assert.deepEqual([page.widget, page.count("GET /result/ref"), codes(told), told.complete], [null, 0, [], []]);
});

// addresses

const STRANGE = [undefined, "", "/return/ref", "http://pay.shop.example.com/return/ref", "https://evil.example.com/return/ref",
  `${BRIDGE}.evil.example.com/return/ref`, `${BRIDGE}/return/`, `${BRIDGE}/return/a/b`, `${BRIDGE}/cancel/ref`,
  `${BRIDGE}/other/return/ref`, `${BRIDGE}/return/ref%2f..`, "javascript:alert(1)", 7];

for (const returnUrl of STRANGE) {
  for (const onComplete of [() => assert.fail("told"), undefined]) {
    test(`${returnUrl} is no return address of the bridge: the outcome is unknown ${onComplete ? "" : "here too"}`, async () => {
      const { page, told } = await ended(PAID, result("paid"), { widget: { returnUrl: returnUrl ?? null }, onComplete });
      await page.advance(UNTIL_GIVEN_UP);
      assert.deepEqual([codes(told), page.left, page.asked.length], [["outcome_unknown"], [], 2]);
      assert.equal(page.link.getAttribute("href"), STARTED.redirectURL);
      assert.ok(page.asked.every(({ address }) => address.startsWith(`${BRIDGE}/`)));
    });
  }
}

test("a widget that fails to tell its addresses leaves the outcome unknown", async () => {
  const { page, told } = await drawn();
  window.Payline.Api.getCancelAndReturnUrls = () => {
    throw new TypeError("of Monext");
  };
  page.ends(PAID);
  await page.rests();
  assert.deepEqual([codes(told), told.complete], [["outcome_unknown"], []]);
});

test("a bridge below a path is asked below that path, and only there", async () => {
  const base = `${BRIDGE}/bridge`;
  const answers = { "GET /bridge/operations/config": { widget: { script: "https://m.example/w.js", style: "https://m.example/w.css" } },
    "POST /bridge/payment": STARTED, "GET /bridge/result/ref": result("paid") };
  for (const [returnUrl, told] of [[`${base}/return/ref`, 1], [`${BRIDGE}/return/ref`, 0]]) {
    const page = new Page({ answers, base });
    const opened = await drawn({ page, processorUrl: `${base}/`, widget: { returnUrl } });
    page.ends(PAID);
    await page.rests();
    assert.equal(opened.told.complete.length, told);
    assert.ok(page.asked.every(({ address }) => address.startsWith(`${base}/`)));
  }
});

// without onComplete

test("without onComplete the buyer is led on by the return page, as from the bridge's own page", async () => {
  const { page } = await ended("PAYMENT_FAILURE", result("paid"), { onComplete: undefined });
  assert.deepEqual(page.left, [`${BRIDGE}/return/ref?paylinetoken=token-1`]);
  assert.equal(page.count("GET /result/ref"), 0);
});

test("a token that is in the return address already is left as it is", async () => {
  const returnUrl = `${BRIDGE}/return/ref?token=token-1`;
  const { page } = await ended(PAID, result("paid"), { onComplete: undefined, widget: { returnUrl } });
  assert.deepEqual(page.left, [returnUrl]);
});

test("where the browser does not go there, the way is a link after a while", async () => {
  const { page } = await ended(PAID, result("paid"), { onComplete: undefined });
  await page.advance(9999);
  assert.equal(page.link, null);
  await page.advance(1);
  assert.equal(page.link.getAttribute("href"), page.left[0]);
});
