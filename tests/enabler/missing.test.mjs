/* Monext's form does not come: its script, its stylesheet or its addresses are missing. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { MONEXT, Page, STARTED, never } from "./page.mjs";
import { codes, drawn, mounted } from "./shop.mjs";

const PATIENCE = 12000;

const offersHostedPage = (page) => page.link?.getAttribute("href") === STARTED.redirectURL;

test("a blocked script leads to Monext's page, which is no error", async () => {
  const { page, told } = await mounted("embedded", { locale: "fr" });
  page.tags("script")[0].dispatch("error");
  await page.rests();
  assert.ok(offersHostedPage(page));
  assert.match(page.status, /page de Monext/);
  assert.deepEqual(told.errors, []);
  assert.equal(page.tags("script").length, 0);
});

test("a script that was blocked is tried again with the next mount", async () => {
  const { page, dropin } = await mounted("embedded");
  page.tags("script")[0].dispatch("error");
  await page.rests();
  dropin.unmount();
  await dropin.mount("#payment");
  await page.rests();
  assert.equal(page.tags("script").length, 1);
});

test("a script that could not even be asked for is tried again as well", async () => {
  const page = new Page();
  const { append } = page.head;
  page.head.append = () => {
    throw new TypeError("refused by the page");
  };
  const { dropin, told } = await mounted("embedded", { page });
  assert.equal(page.link, null);
  assert.deepEqual(told.errors.map(({ error }) => error.name), ["TypeError"]);
  page.head.append = append;
  dropin.unmount();
  await dropin.mount("#payment");
  await page.rests();
  assert.equal(page.tags("script").length, 1);
});

test("a script that hangs leads there after a while, and may still come", async () => {
  const { page, told } = await mounted("embedded");
  await page.advance(PATIENCE - 1);
  assert.equal(page.link, null);
  await page.advance(1);
  assert.ok(offersHostedPage(page));
  page.widgetArrives();
  page.draws();
  await page.rests();
  assert.equal(page.link, null);
  assert.equal(told.ready, 1);
});

test("patience with the form begins when there is a session for it", async () => {
  let arrive;
  const page = new Page({ answers: { "POST /payment": () => new Promise((resolve) => (arrive = resolve)) } });
  await mounted("embedded", { page });
  await page.advance(PATIENCE - 1);
  arrive(STARTED);
  await page.advance(PATIENCE - 1);
  assert.equal(page.link, null);
  await page.advance(1);
  assert.ok(offersHostedPage(page));
});

test("it does not wait for a config that never comes", async () => {
  const page = new Page({ answers: { "GET /operations/config": never } });
  const { told } = await mounted("embedded", { page });
  await page.advance(PATIENCE);
  assert.ok(offersHostedPage(page));
  assert.deepEqual(codes(told), []);
});

test("a widget that has drawn is not given up", async () => {
  const { page } = await drawn();
  await page.advance(10 * PATIENCE);
  assert.equal(page.link, null);
});

test("a script that fails while the next start is under way does not end that one", async () => {
  const { page, dropin, told } = await mounted("embedded");
  page.tags("script")[0].dispatch("error");
  dropin.unmount();
  await dropin.mount("#payment");
  await page.rests();
  assert.deepEqual([codes(told), page.link, page.tags("script").length], [[], null, 1]);
  page.widgetArrives();
  page.draws();
  await page.rests();
  assert.deepEqual([told.ready, page.link, page.status], [1, null, ""]);
});

test("a config that fails while the session is waited for is no fault of its own", async () => {
  let arrive;
  const start = () => new Promise((resolve) => (arrive = resolve));
  const page = new Page({ answers: { "POST /payment": start, "GET /operations/config": { status: 503, body: {} } } });
  await mounted("embedded", { page });
  arrive(STARTED);
  await page.rests();
  assert.ok(offersHostedPage(page));
});

test("a script that fails after its form was drawn, or has come to an end, changes nothing", async () => {
  for (const finish of [(page) => page.fires("didshowstate"), (page) => page.ends("PAYMENT_SUCCESS")]) {
    const { page } = await mounted("embedded");
    window.Payline = { Api: { getCancelAndReturnUrls: () => ({ returnUrl: `${page.base}/return/ref` }) } };
    finish(page);
    await page.rests();
    const { status } = page;
    page.tags("script")[0].dispatch("error");
    await page.rests();
    assert.deepEqual([page.link, page.status], [null, status]);
  }
});

test("a form that is gone is not started again by a script that comes late", async () => {
  const page = new Page();
  window.Payline = { Api: { reset: (token) => page.resets.push(token) } };
  const { dropin } = await mounted("embedded", { page });
  dropin.unmount();
  page.tags("script")[0].dispatch("load");
  await page.rests();
  assert.deepEqual(page.resets, []);
});

test("patience of an earlier start is over with it", async () => {
  const { page, dropin } = await mounted("embedded");
  await page.advance(PATIENCE - 1000);
  dropin.unmount();
  await dropin.mount("#payment");
  await page.advance(1000);
  assert.equal(page.link, null);
});

test("without its stylesheet the widget is plain, and works", async () => {
  const { page, told } = await mounted("embedded");
  page.tags("link")[0].dispatch("error");
  page.widgetArrives();
  page.draws();
  await page.rests();
  assert.equal(page.link, null);
  assert.equal(told.ready, 1);
});

test("a widget that does not start again leads to Monext's page", async () => {
  const { page, dropin } = await drawn();
  dropin.unmount();
  window.Payline.Api.reset = () => {
    throw new TypeError("of Monext");
  };
  await dropin.mount("#payment");
  await page.rests();
  assert.ok(offersHostedPage(page));
});

for (const config of [{ status: 503, body: {} }, {}, { widget: { script: "http://x.example", style: "" } },
  { widget: { script: "javascript:alert(1)", style: `${MONEXT}/a.css` } }]) {
  test(`a config that is of no use leads to Monext's page: ${JSON.stringify(config)}`, async () => {
    const page = new Page({ answers: { "GET /operations/config": config } });
    const { told } = await mounted("embedded", { page });
    assert.ok(offersHostedPage(page));
    assert.deepEqual(told.errors, []);
    assert.deepEqual(page.tags("script"), []);
  });
}

test("only where Monext's page can't be offered either, it is an error, and told once", async () => {
  for (const redirectURL of ["http://hosted.example", "javascript:alert(1)", "", undefined]) {
    const page = new Page({ answers: { "POST /payment": { ...STARTED, redirectURL } } });
    const { told } = await mounted("embedded", { page });
    await page.advance(PATIENCE);
    page.tags("script")[0].dispatch("error");
    await page.rests();
    assert.equal(page.link, null);
    assert.deepEqual(codes(told), ["widget_blocked"]);
  }
});
