/* What Monext's form says twice, too late, or when nobody is there to hear; and where the focus goes. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { Page, STARTED, result } from "./page.mjs";
import { codes, drawn } from "./shop.mjs";

const PAID = "PAYMENT_SUCCESS";
const NEXT = { ...STARTED, sessionId: "token-2", paymentReference: "11111111-0b6d-4a6e-9e59-e6fece85f0d6" };

const ended = async (state, answer) => {
  const opened = await drawn({ page: new Page({ answers: { "GET /result/ref": answer } }) });
  opened.page.ends(state);
  await opened.page.rests();
  return opened;
};

test("an end that is told twice is asked about once", async () => {
  const { page, told } = await drawn();
  assert.equal(page.ends(PAID), false);
  assert.equal(page.ends("PAYMENT_FAILURE"), false);
  await page.rests();
  assert.deepEqual([told.complete.length, page.count("GET /result/ref")], [1, 1]);
});

for (const onComplete of [() => assert.fail("told"), undefined]) {
  test(`nothing follows a removal: ${onComplete ? "no onComplete" : "no navigation"}`, async () => {
    const { page, dropin, told } = await drawn({ onComplete });
    page.ends(PAID);
    dropin.remove();
    await page.advance(60000);
    assert.deepEqual([page.left, codes(told), page.count("GET /result/ref"), page.clock.waiting], [[], [], 0, 0]);
  });

  test(`nothing follows where a framework wiped the form: ${onComplete ? "no onComplete" : "no navigation"}`, async () => {
    const { page, told } = await drawn({ onComplete });
    page.ends(PAID);
    page.place.replaceChildren();
    await page.advance(60000);
    assert.deepEqual([page.left, codes(told), page.count("GET /result/ref"), page.listens], [[], [], 0, 0]);
  });
}

test("a removal while the bridge is asked is the last that happens", async () => {
  const { page, dropin, told } = await ended(PAID, result("checking"));
  dropin.unmount();
  await page.advance(60000);
  assert.deepEqual([told.complete, codes(told), page.count("GET /result/ref")], [[], [], 1]);
});

test("what the widget says when nothing is mounted is not for us, and it may act itself", async () => {
  const { page, dropin, told } = await drawn();
  const names = Object.entries(page.widget.attributes).filter(([name]) => name.startsWith("data-event-"));
  dropin.unmount();
  for (const [, name] of names) assert.equal(window[name]({ state: PAID }), undefined);
  await page.rests();
  assert.deepEqual([told.complete, page.left, told.ready], [[], [], 1]);
});

test("what an earlier form says before the next one has its session is not for the next", async () => {
  let arrive;
  const starts = [STARTED, new Promise((resolve) => (arrive = resolve))];
  const page = new Page({ answers: { "POST /payment": () => starts.shift() } });
  const { dropin, told } = await drawn({ page });
  const name = page.widget.getAttribute("data-event-finalstatehasbeenreached");
  dropin.unmount();
  await dropin.mount("#payment");
  await page.rests();
  assert.equal(window[name]({ state: PAID }), undefined);
  await page.rests();
  assert.deepEqual(told.complete, []);
  arrive(NEXT);
  await page.rests();
  page.draws();
  assert.equal(page.ends(PAID), false);
  await page.rests();
  assert.equal(told.complete.length, 1);
});

test("a wiped form that speaks is not listened to, and the widget may act itself", async () => {
  const { page, told } = await drawn();
  const name = page.widget.getAttribute("data-event-finalstatehasbeenreached");
  page.place.replaceChildren();
  assert.equal(window[name]({ state: PAID }), undefined);
  await page.rests();
  assert.deepEqual([told.complete, page.listens], [[], 0]);
});

// the focus

for (const focused of [(page) => page.payButton, (page) => page.body]) {
  test(`when the form goes, the focus is on the words instead: from ${focused}`, async () => {
    const { page } = await drawn();
    page.focused = focused(page);
    page.ends(PAID);
    await page.rests();
    assert.equal(page.focused, page.words);
  });
}

test("a focus elsewhere on the shop's page is not taken away", async () => {
  const { page } = await drawn();
  page.focused = page.add("search");
  page.ends(PAID);
  await page.rests();
  assert.equal(page.focused.getAttribute("id"), "search");
});
