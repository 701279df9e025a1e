/* A shop that wants to be asked before Monext's form pays. The widget here obeys a no. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { Element } from "./dom.mjs";
import { never } from "./page.mjs";
import { drawn, logged } from "./shop.mjs";

/* A form whose shop answers what a test decides, as often as it is asked. */
const asking = async (answer) => {
  const asked = { times: 0 };
  const onPayButtonClick = () => {
    asked.times += 1;
    return answer();
  };
  return { asked, ...(await drawn({ build: { onPayButtonClick } })) };
};

const presses = async (page) => {
  page.payButton.dispatch("click");
  await page.rests();
};

test("without a question of the shop Monext is not told anything", async () => {
  const { page } = await drawn();
  assert.equal(page.fires("beforepayment"), undefined);
});

test("the payment waits for the shop, and then goes on by itself", async () => {
  let agree;
  const { page, asked } = await asking(() => new Promise((resolve) => (agree = resolve)));
  await presses(page);
  assert.deepEqual([asked.times, page.payments], [1, 0]);
  agree();
  await page.rests();
  assert.deepEqual([asked.times, page.payments], [1, 1]);
});

test("where the shop says no, nothing is paid, and the next press asks again", async () => {
  let answer = async () => {
    throw new Error("terms not accepted");
  };
  const { page, asked, told } = await asking(() => answer());
  assert.deepEqual(await logged(() => presses(page)), ["terms not accepted"]);
  assert.deepEqual([asked.times, page.payments, told.errors], [1, 0, []]);
  answer = async () => {};
  await presses(page);
  assert.deepEqual([asked.times, page.payments], [2, 1]);
});

test("an agreement is for one press", async () => {
  const { page, asked } = await asking(async () => {});
  await presses(page);
  await presses(page);
  assert.deepEqual([asked.times, page.payments], [2, 2]);
});

test("an agreement that Monext's form did not take up does not hold for the buyer's next press", async () => {
  let agreed = false;
  const { page, asked } = await asking(async () => {
    if (agreed) throw new Error("terms withdrawn");
    agreed = true;
    page.payButton.listeners.length = 0; /* the form's own check has the second press rejected */
  });
  await presses(page);
  page.draws();
  await logged(() => presses(page));
  assert.deepEqual([asked.times, page.payments], [2, 0]);
});

test("a second press while the shop thinks asks it no second time, and pays nothing", async () => {
  const { page, asked } = await asking(never);
  await presses(page);
  await presses(page);
  assert.deepEqual([asked.times, page.payments], [1, 0]);
});

test("an agreement that comes after the form has gone, or another began, presses nothing", async () => {
  for (const leave of [(dropin) => dropin.unmount(), (dropin, page) => page.comesBack(), (dropin, page) => page.draws(),
    (dropin, page) => page.ends("PAYMENT_FAILURE")]) {
    let agree;
    const { page, dropin } = await asking(() => new Promise((resolve) => (agree = resolve)));
    page.answers["GET /result/ref"] = never;
    const button = page.payButton;
    await presses(page);
    leave(dropin, page);
    await page.rests();
    const clicks = [];
    button.addEventListener("click", () => clicks.push("again"));
    agree();
    await page.rests();
    assert.deepEqual([clicks, page.payments], [[], 0], String(leave));
  }
});

test("a press from before, for something else, is not repeated", async () => {
  const { page } = await asking(async () => {});
  const field = page.widget.querySelector("input");
  const repeated = [];
  field.addEventListener("click", (event) => event.isTrusted || repeated.push(event));
  field.dispatch("click");
  await page.advance(1001);
  assert.equal(page.fires("beforepayment"), false);
  await page.rests();
  assert.deepEqual(repeated, []);
});

test("a press is repeated once, and not again for a later payment", async () => {
  const { page } = await asking(async () => {});
  await presses(page);
  assert.equal(page.fires("beforepayment"), false);
  await page.rests();
  assert.equal(page.payments, 1);
});

test("a press on a drawing in the button is one of the button", async () => {
  const { page, asked } = await asking(async () => {});
  const icon = new Element("svg", page);
  icon.click = undefined;
  page.payButton.append(icon);
  icon.dispatch("click");
  await page.rests();
  assert.deepEqual([asked.times, page.payments], [1, 1]);
});

test("a press that the page could not see is let through when it is repeated", async () => {
  const { page, asked } = await asking(async () => {});
  assert.equal(page.fires("beforepayment"), false);
  await page.rests();
  assert.equal(page.fires("beforepayment"), undefined);
  assert.equal(page.fires("beforepayment"), false);
  assert.equal(asked.times, 2);
});
