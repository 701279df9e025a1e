/* What docs/enabler.md promises of the interface, of the files, and of the words. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { BRIDGE, Page, SOURCES, result } from "./page.mjs";
import { codes, drawn, logged, mounted, open } from "./shop.mjs";

// the interface

test("only the two drop-ins exist, and the one with a form of its own has no submit", async () => {
  const { enabler, builder, dropin } = await open("embedded");
  assert.equal(builder.dropinHasSubmit, false);
  await assert.rejects(dropin.submit(), { code: "not_supported" });
  assert.equal((await enabler.createDropinBuilder("hpp")).dropinHasSubmit, true);
  for (const type of ["card", "constructor", undefined]) {
    await assert.rejects(enabler.createDropinBuilder(type), { code: "not_supported" });
  }
});

test("what there is not is refused, and no method of commercetools' enablers is missing", async () => {
  const { enabler } = await open("hpp");
  for (const name of ["createComponentBuilder", "createExpressBuilder", "createStoredPaymentMethodBuilder"]) {
    await assert.rejects(enabler[name]("card"), { code: "not_supported" });
  }
  assert.equal(await enabler.isStoredPaymentMethodsEnabled(), false);
  assert.deepEqual(await enabler.getStoredPaymentMethods({ allowedMethodTypes: ["card"] }), { storedPaymentMethods: [] });
  assert.equal(enabler.setStorePaymentDetails(true), undefined);
});

for (const type of ["embedded", "hpp"]) {
  test(`${type}: mount answers a promise, and so does remove for who awaits it`, async () => {
    const { dropin, page } = await open(type);
    assert.ok(dropin.mount("#payment") instanceof Promise);
    await dropin.remove();
    assert.equal(page.place.childElementCount, 0);
  });

  test(`${type}: a place that does not exist is told at once`, async () => {
    const { dropin } = await open(type);
    for (const target of ["#elsewhere", "no selector", null, undefined, 42, {}]) {
      await assert.rejects(dropin.mount(target), { name: "EnablerError", code: "no_target" });
    }
  });

  test(`${type}: a drop-in may be built without options`, async () => {
    const { builder, page } = await open(type);
    for (const options of [undefined, null]) {
      await builder.build(options).mount("#payment");
      await page.rests();
    }
  });
}

test("nobody is called before something is mounted or submitted", async () => {
  const { page } = await open("embedded");
  await page.rests();
  assert.deepEqual(page.asked, []);
});

test("wrong options are refused at once", async () => {
  const { Enabler } = await new Page().load();
  const wrong = [undefined, null, {}, { processorUrl: BRIDGE }, { sessionId: "s" }];
  for (const processorUrl of ["http://pay.example.com", "javascript:1", "/pay"]) wrong.push({ processorUrl, sessionId: "s" });
  for (const options of wrong) assert.throws(() => new Enabler(options), { code: "bad_options" });
  new Enabler({ processorUrl: "http://localhost:8000/", sessionId: "s" });
});

test("results and errors say by what kind of payment", async () => {
  const { page, told } = await drawn();
  page.ends("PAYMENT_SUCCESS");
  await page.rests();
  assert.deepEqual(told.complete[0].method, { type: "embedded" });
  for (const type of ["embedded", "hpp"]) {
    const failing = new Page({ answers: { "POST /payment": { status: 401, body: {} } } });
    const opened = await mounted(type, { page: failing });
    if (type === "hpp") await opened.dropin.submit();
    assert.deepEqual(opened.told.errors.map(({ method }) => method), [{ type }]);
  }
});

// the files

test("nothing is evaluated, and no markup or style is written", () => {
  const forbidden = [/innerHTML|outerHTML|insertAdjacent/, /\beval\b|new Function/, /\.style\.|cssText|"style"/, /document\.write/];
  for (const [path, source] of Object.entries(SOURCES)) {
    for (const each of forbidden) assert.doesNotMatch(source, each, path);
  }
});

test("the module names all of its parts, so that a browser fetches them at once, and nothing else", () => {
  const parts = Object.keys(SOURCES).filter((path) => path !== "enabler.js");
  const imports = (path) => [...SOURCES[path].matchAll(/^(?:import|export) (?:[^;"]*? from )?"([^"]+)";$/gm)].map(([, from]) => from);
  assert.deepEqual(imports("enabler.js").sort(), parts.map((path) => `./${path}`).sort());
  for (const path of parts) {
    for (const from of imports(path)) assert.ok(parts.includes(from.replace(/^\.\//, "enabler/")), `${path}: ${from}`);
  }
});

test("the module can be imported where there is no page", async () => {
  const page = new Page();
  delete globalThis.window;
  delete globalThis.document;
  assert.equal(typeof (await page.load()).Enabler, "function");
});

// words

const { TEXTS } = await new Page().load("enabler/texts.js");

test("each language has every text, each its own", () => {
  for (const [name, english] of Object.entries(TEXTS.en)) {
    const texts = Object.values(TEXTS).map((language) => language[name]);
    assert.ok(texts.every((text) => text?.length > 3), name);
    assert.equal(texts.filter((text) => text === english).length, 1, name);
  }
  for (const language of Object.values(TEXTS)) {
    assert.deepEqual(Object.keys(language), Object.keys(TEXTS.en));
  }
});

for (const [locale, lang, wanted] of [["pt-PT", "de", "pt"], ["PT_BR", "", "pt"], [undefined, "it-CH", "it"], ["sv", "de", "en"],
  ["constructor", "", "en"], [undefined, "", "en"], [new Intl.Locale("nl-BE"), "de", "nl"]]) {
  test(`the words of ${locale} on a page in ${lang || "no language"} are ${wanted}`, async () => {
    const { page } = await mounted("hpp", { page: new Page({ lang }), locale });
    assert.equal(page.button.textContent, TEXTS[wanted].pay);
    assert.equal(page.find((node) => node.getAttribute("lang"))[0].getAttribute("lang"), wanted);
  });
}

test("an Intl.Locale is told to the bridge by its tag", async () => {
  const { page } = await mounted("embedded", { locale: new Intl.Locale("fr-BE") });
  assert.equal(page.last("POST /payment").body.languageCode, "fr-BE");
});

test("what is no language tag is not sent to the bridge", async () => {
  const { page } = await mounted("embedded", { locale: "fr&mode=direct" });
  assert.deepEqual(page.last("POST /payment").body, { mode: "widget" });
});

// a shop's functions

test("a shop's function that throws stops nothing", async () => {
  const angry = (name) => () => {
    throw new Error(name);
  };
  const answers = { "GET /result/ref": result("paid") };
  const said = await logged(async () => {
    const page = new Page({ answers: { "POST /payment": { status: 401, body: {} } } });
    await mounted("embedded", { page, onError: angry("onError") });
    assert.match(page.status, /expired/);
    const { page: other } = await drawn({
      page: new Page({ answers }), onComplete: angry("onComplete"), build: { onDropinReady: angry("onDropinReady") },
    });
    other.ends("PAYMENT_SUCCESS");
    await other.rests();
    assert.equal(other.status, "Payment confirmed");
  });
  assert.deepEqual(said, ["onError", "onDropinReady", "onComplete"]);
});

for (const onPayButtonClick of [() => { throw new Error("no terms"); }, async () => { throw new Error("no terms"); }]) {
  test(`a no of the shop is to be read on the console as well: ${onPayButtonClick}`, async () => {
      const { page, told } = await mounted("hpp", { build: { onPayButtonClick } });
    const said = await logged(async () => {
      page.button.dispatch("click");
      await page.rests();
    });
    assert.deepEqual(said, ["no terms"]);
    assert.deepEqual([page.asked, page.left, codes(told)], [[], [], []]);
  });
}
