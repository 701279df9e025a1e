/* What docs/enabler.md promises of static/enabler.js. Run by tests/enabler/test_module.py, or by node --test. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { BRIDGE, CONFIG, MONEXT, Page, SOURCE, STARTED } from "./page.mjs";

const TAKEN = { status: 409, body: { message: `the cart has a payment already: ${STARTED.paymentReference}` } };
const PAID = "PAYMENT_SUCCESS";
const NEXT = { ...STARTED, sessionId: "token-2", paymentReference: "11111111-0b6d-4a6e-9e59-e6fece85f0d6" };

const open = async (type, { page = new Page(), build = {}, ...options } = {}) => {
  const told = { complete: [], errors: [], ready: 0, clicks: 0 };
  const { Enabler, EnablerError } = await page.load();
  const enabler = new Enabler({
    processorUrl: BRIDGE,
    sessionId: "session-1",
    onComplete: (result) => told.complete.push(result),
    onError: (error, context) => told.errors.push({ error, ...context }),
    ...options,
  });
  const builder = await enabler.createDropinBuilder(type);
  const dropin = builder.build({
    onDropinReady: async () => void (told.ready += 1),
    onPayButtonClick: async () => void (told.clicks += 1),
    ...build,
  });
  return { page, told, enabler, builder, dropin, EnablerError };
};

const mounted = async (type, options) => {
  const opened = await open(type, options);
  opened.dropin.mount("#payment");
  await opened.page.rests();
  return opened;
};

const drawn = async (options) => {
  const opened = await mounted("embedded", options);
  opened.page.widgetArrives(options?.widget);
  opened.page.draws();
  await opened.page.rests();
  return opened;
};

const inOrder = (...answers) => () => (answers.length > 1 ? answers.shift() : answers[0]);

// the interface

test("only the two drop-ins exist, and the one with a form of its own has no submit", async () => {
  const { enabler, builder } = await open("embedded");
  assert.equal(builder.dropinHasSubmit, false);
  assert.throws(() => builder.build().submit(), { code: "not_supported" });
  assert.equal((await enabler.createDropinBuilder("hpp")).dropinHasSubmit, true);
  for (const type of ["card", "constructor", undefined]) {
    await assert.rejects(enabler.createDropinBuilder(type), { code: "not_supported" });
  }
  await assert.rejects(enabler.createComponentBuilder("card"), { code: "not_supported" });
});

test("nobody is called before something is mounted or submitted", async () => {
  const { page } = await open("embedded");
  await page.rests();
  assert.deepEqual(page.asked, []);
});

test("wrong options are refused at once", async () => {
  const { Enabler } = await new Page().load();
  const wrong = [{}, { processorUrl: BRIDGE }, { sessionId: "s" }, ...["http://pay.example.com", "javascript:1", "/pay"].map(
    (processorUrl) => ({ processorUrl, sessionId: "s" }),
  )];
  for (const options of wrong) assert.throws(() => new Enabler(options), { code: "bad_options" });
  assert.throws(() => new Enabler(), { code: "bad_options" });
  new Enabler({ processorUrl: "http://localhost:8000/", sessionId: "s" });
});

test("a place that does not exist is told at once", async () => {
  const { dropin } = await open("hpp");
  assert.throws(() => dropin.mount("#elsewhere"), { code: "no_target" });
});

test("nothing is evaluated, and no markup or style is written", () => {
  for (const forbidden of [/innerHTML|outerHTML|insertAdjacent/, /\beval\b|new Function/, /\.style\.|cssText|"style"/, /document\.write/]) {
    assert.doesNotMatch(SOURCE, forbidden);
  }
});

// embedded

test("the widget gets the session, the template and no frame of a bank", async () => {
  const { page } = await mounted("embedded", { locale: "de-AT", paymentMethod: "CB" });
  const { attributes } = page.widget;
  assert.equal(attributes["data-token"], "token-1");
  assert.equal(attributes["data-template"], "column");
  assert.equal(attributes["data-embeddedredirectionallowed"], "false");
  assert.deepEqual(page.last("POST /payment").body, { mode: "widget", languageCode: "de-AT", paymentMethod: "CB" });
  for (const { headers, init } of page.asked) {
    assert.equal(headers["X-Session-Id"], "session-1");
    assert.equal(init.credentials, "omit");
  }
  assert.equal(page.tags("script")[0].getAttribute("src"), CONFIG.widget.script);
  assert.equal(page.tags("link")[0].getAttribute("href"), CONFIG.widget.style);
});

test("a nonce is handed to all that is loaded, and to the widget", async () => {
  const { page } = await mounted("embedded", { nonce: "n0nce" });
  assert.equal(page.tags("script")[0].nonce, "n0nce");
  assert.equal(page.tags("link")[0].nonce, "n0nce");
  assert.equal(page.widget.getAttribute("data-cspnonce"), "n0nce");
});

test("ready is told once, when the widget has drawn", async () => {
  const { page, told } = await mounted("embedded");
  page.widgetArrives();
  await page.rests();
  assert.equal(told.ready, 0);
  assert.match(page.status, /loading/);
  page.draws();
  page.draws();
  assert.equal(told.ready, 1);
  assert.equal(page.status, "");
});

test("the shop hears of each press of the widget's button, and can't stop it", async () => {
  const { page, told } = await drawn();
  assert.equal(page.presses(), undefined);
  page.presses();
  assert.equal(told.clicks, 2);
});

test("mounting again at the same place changes nothing", async () => {
  const { page, dropin } = await drawn();
  dropin.mount(page.place);
  await page.rests();
  assert.equal(page.count("POST /payment"), 1);
});

test("mounting elsewhere moves the widget, and loads nothing twice", async () => {
  const { page, dropin } = await drawn();
  const other = page.add("other");
  dropin.mount("#other");
  await page.rests();
  assert.equal(page.place.childElementCount, 0);
  assert.equal(other.all((node) => node === page.widget).length, 1);
  assert.equal(page.count("GET /operations/config"), 1);
  assert.equal(page.tags("script").length, 1);
  assert.deepEqual(page.resets, ["token-1"]);
});

test("a page holds one widget: the last that was mounted", async () => {
  const { page, enabler } = await drawn();
  page.add("other");
  (await enabler.createDropinBuilder("embedded")).build().mount("#other");
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

// the end

test("the bridge records a payment before the shop is told of it", async () => {
  const page = new Page({ answers: { "POST /payment": inOrder(STARTED, TAKEN) } });
  const { told } = await drawn({ page });
  assert.equal(page.ends(PAID), false);
  assert.equal(page.ends(PAID), false);
  await page.rests();
  const names = page.asked.map((each) => each.name);
  assert.deepEqual(names.slice(2), ["GET /return/ref", "POST /payment"]);
  assert.equal(page.last("GET /return/ref").address, `${BRIDGE}/return/ref?paylinetoken=token-1`);
  assert.equal(page.last("GET /return/ref").init.redirect, "manual");
  assert.deepEqual(told.complete, [
    { isSuccess: true, status: "accepted", paymentReference: STARTED.paymentReference },
  ]);
  assert.equal(page.status, "Payment received");
  assert.equal(page.widget, null);
  assert.equal(page.button, null);
});

test("a payment that waits for a partner is none to be made again", async () => {
  const page = new Page({ answers: { "POST /payment": inOrder(STARTED, TAKEN) } });
  const { told } = await drawn({ page });
  page.ends("PAYMENT_ONHOLD_PARTNER");
  await page.rests();
  assert.deepEqual(told.complete.map(({ isSuccess, status }) => [isSuccess, status]), [[true, "pending"]]);
  assert.match(page.status, /Do not pay again/);
});

const UNSURE = [STARTED, NEXT, { status: 503, body: {} }, { status: 401, body: {} }, new TypeError("offline"),
  { status: 409, body: { message: "the cart has a payment already: 99999999-0b6d-4a6e-9e59-e6fece85f0d6" } },
  { status: 409, body: { message: "the cart can't be paid: empty" } }];

for (const [place, answer] of UNSURE.entries()) {
  test(`what the bridge does not bear out leads to its return page, which knows more words (${place})`, async () => {
    const page = new Page({ answers: { "POST /payment": inOrder(STARTED, answer) } });
    const { told } = await drawn({ page });
    page.ends(PAID);
    await page.rests();
    assert.deepEqual(told.complete, []);
    assert.deepEqual(page.left, [`${BRIDGE}/return/ref?paylinetoken=token-1`]);
  });
}

test("without onComplete the buyer is led on by the return page, as from the bridge's own page", async () => {
  const { page } = await drawn({ onComplete: undefined });
  page.ends("PAYMENT_FAILURE");
  await page.rests();
  assert.deepEqual(page.left, [`${BRIDGE}/return/ref?paylinetoken=token-1`]);
  assert.equal(page.count("GET /return/ref"), 0);
});

test("an address that is not the bridge's return page is not called", async () => {
  const page = new Page({ answers: { "POST /payment": inOrder(STARTED, TAKEN) } });
  await drawn({ page, widget: { returnUrl: "https://evil.example.com/return/ref" } });
  page.ends(PAID);
  await page.rests();
  assert.deepEqual(page.asked.filter(({ address }) => !address.startsWith(`${BRIDGE}/`)), []);
});

for (const [state, status] of [["PAYMENT_FAILURE", "refused"], ["PAYMENT_CANCELED", "cancelled"], ["TOKEN_EXPIRED", "expired"]]) {
  test(`after ${state} the shop is told, and the buyer may try again with a new session`, async () => {
    const page = new Page({ answers: { "POST /payment": inOrder(STARTED, NEXT) } });
    const { told } = await drawn({ page });
    page.ends(state);
    await page.rests();
    assert.equal(page.count("GET /return/ref"), 1);
    assert.deepEqual(told.complete, [{ isSuccess: false, status, paymentReference: STARTED.paymentReference }]);
    assert.equal(page.count("POST /payment"), 1);
    page.button.click();
    await page.rests();
    assert.equal(page.widget.getAttribute("data-token"), "token-2");
    assert.deepEqual(page.resets, ["token-2"]);
    page.draws();
    assert.equal(told.ready, 2);
  });
}

test("a state that is not final, or not known, ends nothing", async () => {
  const { page, told } = await drawn();
  for (const state of ["PAYMENT_METHODS_LIST", undefined, "constructor"]) page.ends(state);
  await page.rests();
  assert.deepEqual(told.complete, []);
  assert.ok(page.widget);
});

// a widget that does not come

const offersHostedPage = (page) => page.link?.getAttribute("href") === STARTED.redirectURL;

test("a blocked script leads to Monext's page, which is no error", async () => {
  const { page, told } = await mounted("embedded", { locale: "fr" });
  page.tags("script")[0].dispatch("error");
  await page.rests();
  assert.ok(offersHostedPage(page));
  assert.match(page.status, /page sécurisée/);
  assert.deepEqual(told.errors, []);
  assert.equal(page.tags("script").length, 0);
});

test("a script that was blocked is tried again with the next mount", async () => {
  const { page, dropin } = await mounted("embedded");
  page.tags("script")[0].dispatch("error");
  await page.rests();
  dropin.unmount();
  dropin.mount("#payment");
  await page.rests();
  assert.equal(page.tags("script").length, 1);
});

test("a script that hangs leads there after a while, and may still come", async () => {
  const { page, told } = await mounted("embedded");
  assert.equal(page.link, null);
  await page.runs();
  assert.ok(offersHostedPage(page));
  page.widgetArrives();
  page.draws();
  await page.rests();
  assert.equal(page.link, null);
  assert.equal(told.ready, 1);
});

test("a widget that has drawn is not given up", async () => {
  const { page } = await drawn();
  await page.runs();
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

test("only where Monext's page can't be offered either, it is an error", async () => {
  for (const redirectURL of ["http://hosted.example", "javascript:alert(1)", "", undefined]) {
    const page = new Page({ answers: { "POST /payment": { ...STARTED, redirectURL } } });
    const { told } = await mounted("embedded", { page });
    page.tags("script")[0].dispatch("error");
    await page.rests();
    assert.equal(page.link, null);
    assert.deepEqual(told.errors.map(({ error }) => error.code), ["widget_blocked"]);
  }
});

// hpp

test("the button asks the shop, begins the payment and leads to Monext's page", async () => {
  const { page, told } = await mounted("hpp", { locale: "nl" });
  assert.equal(told.ready, 1);
  assert.deepEqual(page.asked, []);
  assert.equal(page.button.textContent, "Naar de betaling");
  page.button.click();
  await page.rests();
  assert.equal(told.clicks, 1);
  assert.deepEqual(page.last("POST /payment").body, { mode: "redirect", languageCode: "nl" });
  assert.deepEqual(page.left, [STARTED.redirectURL]);
  assert.equal(page.count("GET /operations/config"), 0);
});

test("a double click, and a submit beside it, are one payment", async () => {
  const { page, dropin, told } = await mounted("hpp");
  page.button.click();
  page.button.click();
  dropin.submit();
  assert.equal(page.button.getAttribute("aria-disabled"), "true");
  await page.rests();
  assert.equal(told.clicks, 1);
  assert.equal(page.count("POST /payment"), 1);
  assert.equal(page.left.length, 1);
});

test("a shop with a button of its own submits", async () => {
  const { page, dropin } = await mounted("hpp", { build: { showPayButton: false } });
  assert.equal(page.button, null);
  await dropin.submit();
  assert.deepEqual(page.left, [STARTED.redirectURL]);
});

test("where the shop says no, nothing is begun, and the button works again", async () => {
  let answer = () => Promise.reject(new Error("terms not accepted"));
  const { page, told } = await mounted("hpp", { build: { onPayButtonClick: () => answer() } });
  page.button.click();
  await page.rests();
  assert.deepEqual([page.asked, page.left, told.errors], [[], [], []]);
  assert.equal(page.button.getAttribute("aria-disabled"), null);
  answer = async () => {};
  page.button.click();
  await page.rests();
  assert.equal(page.left.length, 1);
});

test("back from Monext's page by the browser's button, the button works again", async () => {
  const { page } = await mounted("hpp");
  page.button.click();
  await page.rests();
  page.comesBack();
  assert.equal(page.status, "");
  page.button.click();
  await page.rests();
  assert.equal(page.left.length, 2);
});

test("back to the embedded form, the payment is resumed", async () => {
  const { page } = await drawn();
  page.comesBack();
  await page.rests();
  assert.equal(page.count("POST /payment"), 2);
  assert.deepEqual(page.resets, ["token-1"]);
});

test("the buyer is sent to no address that is not https", async () => {
  for (const redirectURL of ["http://hosted.example/", "javascript:alert(1)", "//x", undefined]) {
    const page = new Page({ answers: { "POST /payment": { ...STARTED, redirectURL } } });
    const { told } = await mounted("hpp", { page });
    page.button.click();
    await page.rests();
    assert.deepEqual(page.left, []);
    assert.deepEqual(told.errors.map(({ error }) => error.code), ["bad_answer"]);
    assert.equal(page.button.getAttribute("aria-disabled"), null);
  }
});

// what goes wrong at the start

const FAILURES = [
  [{ status: 401, body: { message: "the session is not active" } }, "session_expired", "has ended", false],
  [{ status: 409, body: { message: "the cart can't be paid: empty" } }, "cart_not_payable", "can't be paid", false],
  [TAKEN, "already_paid", "Do not pay again", false],
  [{ status: 429, body: {} }, "too_many", "just now", true],
  [{ status: 503, body: {} }, "not_available", "just now", true],
  [{ status: 502, body: null }, "not_available", "just now", true],
  [{ status: 400, body: {} }, "refused", "just now", false],
  [new TypeError("offline"), "network", "just now", true],
  [{ paymentReference: "p" }, "bad_answer", "just now", true],
];

for (const type of ["embedded", "hpp"]) {
  for (const [answer, code, words, again] of FAILURES) {
    test(`${type}: ${code} of ${answer.status ?? answer} is told to shop and buyer`, async () => {
      const page = new Page({ answers: { "POST /payment": answer } });
      const { told, EnablerError } = await mounted(type, { page });
      if (type === "hpp") page.button.click();
      await page.rests();
      assert.deepEqual(told.errors.map(({ error }) => error.code), [code]);
      assert.ok(told.errors[0].error instanceof EnablerError);
      assert.ok(page.status.includes(words), page.status);
      if (type === "embedded") assert.equal(Boolean(page.button), again);
      assert.deepEqual(told.complete, []);
    });
  }
}

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
  page.button.click();
  await page.rests();
  assert.equal(page.widget.getAttribute("data-token"), "token-1");
  assert.equal(page.focused.getAttribute("role"), "status");
});

test("a config that failed is asked for again", async () => {
  const page = new Page({ answers: { "GET /operations/config": inOrder(new TypeError("offline"), CONFIG) } });
  const { dropin } = await mounted("embedded", { page });
  dropin.unmount();
  dropin.mount("#payment");
  await page.rests();
  assert.equal(page.count("GET /operations/config"), 2);
  assert.equal(page.tags("script").length, 1);
});

test("a shop's function that throws stops nothing", async () => {
  const said = [];
  const { error } = console;
  console.error = (problem) => said.push(problem.message);
  const page = new Page({ answers: { "POST /payment": { status: 401, body: {} } } });
  const angry = () => {
    throw new Error("of the shop");
  };
  await mounted("embedded", { page, onError: angry });
  console.error = error;
  assert.deepEqual(said, ["of the shop"]);
  assert.match(page.status, /has ended/);
});

// words

const TEXTS = new Function(`return ${/const TEXTS = (\{.*?\n\});/s.exec(SOURCE)[1]}`)();

test("seven languages have every text, each its own", () => {
  assert.deepEqual(Object.keys(TEXTS).sort(), ["de", "en", "es", "fr", "it", "nl", "pt"]);
  for (const [name, english] of Object.entries(TEXTS.en)) {
    const texts = Object.values(TEXTS).map((language) => language[name]);
    assert.ok(texts.every((text) => text?.length > 3), name);
    assert.equal(texts.filter((text) => text === english).length, 1, name);
  }
  for (const language of Object.values(TEXTS)) {
    assert.deepEqual(Object.keys(language), Object.keys(TEXTS.en));
  }
});

for (const [locale, lang, wanted] of [["pt-PT", "de", "pt"], ["PT_BR", "", "pt"], [undefined, "it-CH", "it"], ["sv", "de", "en"], ["constructor", "", "en"]]) {
  test(`the words of ${locale} on a page in ${lang || "no language"} are ${wanted}`, async () => {
    const { page } = await mounted("hpp", { page: new Page({ lang }), locale });
    assert.equal(page.button.textContent, TEXTS[wanted].pay);
    assert.equal(page.find((node) => node.getAttribute("lang"))[0].getAttribute("lang"), wanted);
  });
}

test("what is no language tag is not sent to the bridge", async () => {
  const { page } = await mounted("embedded", { locale: "fr&mode=direct" });
  assert.deepEqual(page.last("POST /payment").body, { mode: "widget" });
});
