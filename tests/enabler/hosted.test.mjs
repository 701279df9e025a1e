/* hpp: the way to Monext's page. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { Page, STARTED } from "./page.mjs";
import { codes, logged, mounted, open } from "./shop.mjs";

const LONGEST_LEAVE = 10000;

const pressed = async (options) => {
  const opened = await mounted("hpp", options);
  opened.page.button.dispatch("click");
  await opened.page.rests();
  return opened;
};

const isBusy = (page) => page.button.getAttribute("aria-disabled") === "true";

test("the button asks the shop, begins the payment and leads to Monext's page", async () => {
  let clicks = 0;
  const { page, told } = await mounted("hpp", { locale: "nl", build: { onPayButtonClick: async () => void (clicks += 1) } });
  assert.equal(told.ready, 1);
  assert.deepEqual(page.asked, []);
  assert.equal(page.button.textContent, "Naar de betaling");
  page.button.dispatch("click");
  await page.rests();
  assert.equal(clicks, 1);
  assert.deepEqual(page.last("POST /payment").body, { mode: "redirect", languageCode: "nl" });
  assert.deepEqual(page.left, [STARTED.redirectURL]);
  assert.equal(page.count("GET /operations/config"), 0);
});

test("where there is a payment already, no button invites to another one", async () => {
  const already = `the cart has a payment already: ${STARTED.paymentReference}`;
  const page = new Page({ answers: { "POST /payment": { status: 409, body: { message: already } } } });
  const { told } = await mounted("hpp", { page });
  page.button.focus();
  page.button.dispatch("click");
  await page.rests();
  assert.deepEqual(codes(told), ["already_paid"]);
  assert.match(page.status, /Do not pay again/);
  assert.equal(page.button, null);
  assert.equal(page.focused, page.words);
});

test("a double click, and a submit beside it, are one payment", async () => {
  const { page, dropin } = await mounted("hpp");
  page.button.dispatch("click");
  page.button.dispatch("click");
  dropin.submit();
  assert.ok(isBusy(page));
  await page.rests();
  assert.equal(page.count("POST /payment"), 1);
  assert.equal(page.left.length, 1);
});

test("a shop with a button of its own submits, and is not asked what it knows", async () => {
  const onPayButtonClick = () => assert.fail("asked");
  const { page, dropin } = await mounted("hpp", { build: { showPayButton: false, onPayButtonClick } });
  assert.equal(page.button, null);
  assert.ok(dropin.submit() instanceof Promise);
  await page.rests();
  assert.deepEqual(page.left, [STARTED.redirectURL]);
});

test("where the shop says no, nothing is begun, and the button works again", async () => {
  let answer = () => Promise.reject(new Error("terms not accepted"));
  const { page, told } = await mounted("hpp", { build: { onPayButtonClick: () => answer() } });
  await logged(async () => {
    page.button.dispatch("click");
    await page.rests();
  });
  assert.deepEqual([page.asked, page.left, told.errors], [[], [], []]);
  assert.ok(!isBusy(page));
  answer = async () => {};
  page.button.dispatch("click");
  await page.rests();
  assert.equal(page.left.length, 1);
});

test("a shop that agrees after the removal begins nothing", async () => {
  let agree;
  const { page, dropin } = await pressed({ build: { onPayButtonClick: () => new Promise((resolve) => (agree = resolve)) } });
  dropin.unmount();
  agree();
  await page.rests();
  assert.deepEqual([page.asked, page.left, page.listens], [[], [], 0]);
});

test("back from Monext's page by the browser's button, the button works again", async () => {
  const { page } = await pressed();
  page.comesBack();
  assert.deepEqual([page.status, isBusy(page)], ["", false]);
  page.button.dispatch("click");
  await page.rests();
  assert.equal(page.left.length, 2);
});

test("back from Monext's page, a shop's own button works again without a mount", async () => {
  const { page, dropin } = await open("hpp");
  await dropin.submit();
  assert.equal(page.left.length, 1);
  await page.advance(1000);
  page.comesBack();
  await dropin.submit();
  assert.equal(page.left.length, 2);
});

test("without a mount nothing is left behind by a payment that could not begin", async () => {
  const page = new Page({ answers: { "POST /payment": { status: 503, body: {} } } });
  const { dropin, told } = await open("hpp", { page });
  await dropin.submit();
  assert.deepEqual([codes(told), page.listens, page.clock.waiting], [["not_available"], 0, 0]);
});

test("a page that does not come is offered as a link, and the button works again", async () => {
  const { page, told } = await pressed();
  await page.advance(LONGEST_LEAVE - 1);
  assert.ok(isBusy(page));
  assert.equal(page.link, null);
  await page.advance(1);
  assert.ok(!isBusy(page));
  assert.equal(page.link.getAttribute("href"), STARTED.redirectURL);
  assert.match(page.status, /not opened/);
  assert.deepEqual(codes(told), []);
  page.button.dispatch("click");
  await page.rests();
  assert.equal(page.left.length, 2);
});

test("without a mount a page that does not come leaves the shop's button working", async () => {
  const { page, dropin } = await open("hpp");
  await dropin.submit();
  await page.advance(LONGEST_LEAVE);
  await dropin.submit();
  assert.equal(page.left.length, 2);
});

test("who came back in time is not told that the page did not come", async () => {
  const { page } = await pressed();
  await page.advance(LONGEST_LEAVE - 1);
  page.comesBack();
  await page.advance(LONGEST_LEAVE);
  assert.deepEqual([page.link, page.status, page.clock.waiting], [null, "", 0]);
});

test("who was taken off the page is not told either", async () => {
  const { page, dropin } = await pressed();
  dropin.unmount();
  assert.equal(page.clock.waiting, 0);
  await dropin.mount("#payment");
  await page.advance(LONGEST_LEAVE);
  assert.deepEqual([page.link, page.status], [null, ""]);
});

test("the buyer is sent to no address that is not https", async () => {
  for (const redirectURL of ["http://hosted.example/", "javascript:alert(1)", "//x", undefined]) {
    const page = new Page({ answers: { "POST /payment": { ...STARTED, redirectURL } } });
    const { told } = await pressed({ page });
    assert.deepEqual(page.left, []);
    assert.deepEqual(codes(told), ["bad_answer"]);
    assert.ok(!isBusy(page));
  }
});

test("where a framework has wiped the place, mounting puts the button there again", async () => {
  const { page, dropin } = await pressed();
  page.place.replaceChildren();
  await dropin.mount("#payment");
  assert.ok(page.button && !isBusy(page));
  page.button.dispatch("click");
  await page.rests();
  assert.equal(page.left.length, 2);
});

test("where a framework has wiped the place, the buyer is sent nowhere", async () => {
  let arrive;
  const page = new Page({ answers: { "POST /payment": () => new Promise((resolve) => (arrive = resolve)) } });
  await pressed({ page });
  page.place.replaceChildren();
  arrive(STARTED);
  await page.rests();
  assert.deepEqual([page.left, page.listens], [[], 0]);
});

test("where a framework has wiped the place on the way, nothing is left behind", async () => {
  const { page } = await pressed();
  page.place.replaceChildren();
  await page.advance(LONGEST_LEAVE);
  assert.deepEqual([page.listens, page.clock.waiting], [0, 0]);
});

test("buttons that a framework has wiped leave no listeners behind", async () => {
  const { page, enabler } = await mounted("hpp");
  for (let turn = 0; turn < 3; turn += 1) {
    page.place.replaceChildren();
    await (await enabler.createDropinBuilder("hpp")).build().mount("#payment");
  }
  assert.equal(page.listens, 1);
});
