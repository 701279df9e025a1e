/* Monext's form: how it comes onto the page, and stays there or goes. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { CONFIG, Page, STARTED } from "./page.mjs";
import { codes, drawn, mounted, open } from "./shop.mjs";

// the form

test("the widget gets the session, the template and no frame of a bank", async () => {
  const { page } = await mounted("embedded", { locale: "de-AT", paymentMethod: "CB" });
  const { attributes } = page.widget;
  assert.equal(attributes["data-token"], "token-1");
  assert.equal(attributes["data-template"], "column");
  assert.equal(attributes["data-embeddedredirectionallowed"], "false");
  assert.deepEqual(page.last("POST /payment").body, { mode: "widget", languageCode: "de-AT", paymentMethod: "CB" });
  assert.equal(page.tags("script")[0].getAttribute("src"), CONFIG.widget.script);
  assert.equal(page.tags("link")[0].getAttribute("href"), CONFIG.widget.style);
});

test("the session's id goes to the bridge, without cookies, and follows no redirect to others", async () => {
  const { page } = await mounted("embedded");
  for (const { headers, init } of page.asked) {
    assert.equal(headers["X-Session-Id"], "session-1");
    assert.deepEqual([init.credentials, init.redirect, init.referrerPolicy], ["omit", "error", "no-referrer"]);
  }
});

test("a nonce is handed to all that is loaded, and to the widget", async () => {
  const { page } = await mounted("embedded", { nonce: "n0nce" });
  assert.equal(page.tags("script")[0].nonce, "n0nce");
  assert.equal(page.tags("link")[0].nonce, "n0nce");
  assert.equal(page.widget.getAttribute("data-cspnonce"), "n0nce");
});

test("an empty container is no form yet: ready is told once, when there is something to act on", async () => {
  const { page, told } = await mounted("embedded");
  page.widgetArrives();
  await page.rests();
  assert.equal(told.ready, 0);
  assert.match(page.status, /loading/);
  page.draws();
  page.draws();
  await page.rests();
  assert.equal(told.ready, 1);
  assert.equal(page.status, "");
});

test("ready is told where the widget says that it shows something", async () => {
  const { page, told } = await mounted("embedded");
  page.widgetArrives();
  page.fires("didshowstate", { state: "PAYMENT_METHODS_LIST" });
  await page.rests();
  assert.equal(told.ready, 1);
});

// mounting

test("mounting again at the same place changes nothing", async () => {
  const { page, dropin } = await drawn();
  await dropin.mount(page.place);
  await page.rests();
  assert.equal(page.count("POST /payment"), 1);
});

test("mounting elsewhere moves the widget, and loads nothing twice", async () => {
  const { page, dropin } = await drawn();
  const other = page.add("other");
  await dropin.mount("#other");
  await page.rests();
  assert.equal(page.place.childElementCount, 0);
  assert.equal(other.all((node) => node === page.widget).length, 1);
  assert.equal(page.count("GET /operations/config"), 1);
  assert.equal(page.tags("script").length, 1);
  assert.deepEqual(page.resets, ["token-1"]);
});

test("where a framework has wiped the place, mounting puts the form there again", async () => {
  const { page, dropin, told } = await drawn();
  page.place.replaceChildren();
  await dropin.mount("#payment");
  await page.rests();
  assert.ok(page.widget);
  page.draws();
  await page.rests();
  assert.equal(told.ready, 2);
  assert.equal(page.listens, 1);
});

test("where a framework has wiped the place while the payment was begun, nothing more is done", async () => {
  let arrive;
  const page = new Page({ answers: { "POST /payment": () => new Promise((resolve) => (arrive = resolve)) } });
  const { told } = await mounted("embedded", { page });
  page.place.replaceChildren();
  arrive(STARTED);
  await page.rests();
  assert.deepEqual([page.tags("script"), codes(told), page.listens, page.clock.waiting], [[], [], 0, 0]);
});

test("forms that a framework has wiped leave no listeners and no timers behind", async () => {
  const { page, enabler } = await mounted("embedded");
  for (let turn = 0; turn < 3; turn += 1) {
    page.place.replaceChildren();
    await (await enabler.createDropinBuilder("embedded")).build().mount("#payment");
    await page.rests();
  }
  assert.deepEqual([page.listens, page.clock.waiting, page.observers.length], [1, 1, 1]);
  page.place.replaceChildren();
  page.comesBack();
  await page.rests();
  assert.deepEqual([page.listens, page.clock.waiting, page.observers.length], [0, 0, 0]);
  assert.equal(page.count("POST /payment"), 4);
});

for (const late of [(page) => page.tags("script")[0].dispatch("error"), (page, holder) => holder.append(document.createElement("input"))]) {
  test(`a form that a framework has wiped says nothing more: ${late}`, async () => {
    const { page, told } = await mounted("embedded");
    const holder = page.widget;
    page.place.replaceChildren();
    late(page, holder);
    await page.rests();
    assert.deepEqual([told.ready, codes(told), page.listens, page.clock.waiting], [0, [], 0, 0]);
  });
}

test("what is mounted into an element that is yet to come onto the page stays", async () => {
  const { page, dropin, enabler } = await open("hpp");
  const place = page.add("later");
  place.remove();
  await dropin.mount(place);
  await (await enabler.createDropinBuilder("hpp")).build().mount("#payment");
  page.body.append(place);
  assert.equal(place.all((node) => node.tag === "button").length, 1);
});

test("a page holds one widget: the last that was mounted", async () => {
  const { page, enabler } = await drawn();
  page.add("other");
  await (await enabler.createDropinBuilder("embedded")).build().mount("#other");
  await page.rests();
  assert.equal(page.find((node) => node.getAttribute("id") === "PaylineWidget").length, 1);
  assert.equal(page.place.childElementCount, 0);
});

test("what comes after unmounting is dropped", async () => {
  let arrive;
  const page = new Page({ answers: { "POST /payment": () => new Promise((resolve) => (arrive = resolve)) } });
  const { dropin, told } = await mounted("embedded", { page });
  dropin.remove();
  arrive({ status: 503, body: {} });
  await page.rests();
  assert.equal(page.place.childElementCount, 0);
  assert.deepEqual(told.errors, []);
});

test("back to the form by the browser's own button, the payment is resumed", async () => {
  const { page } = await drawn();
  page.comesBack();
  await page.rests();
  assert.equal(page.count("POST /payment"), 2);
  assert.deepEqual(page.resets, ["token-1"]);
});
