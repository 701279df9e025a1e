/* The examples of the documents, run as they stand there: they put Monext's form into the page. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { BRIDGE, Page, result } from "./page.mjs";

const document = (name) => readFileSync(new URL(`../../docs/${name}`, import.meta.url), "utf8");
const AsyncFunction = (async () => {}).constructor;

const EXAMPLES = {
  "integrate.md": /```js\n([^]*?)```/.exec(document("integrate.md"))[1],
  "enabler.md": /<script type="module">\n([^]*?)<\/script>/.exec(document("enabler.md"))[1],
};

/* The example, with the copy of the module that this page has in the place of the bridge's. */
const run = (example, page, told) => {
  const code = example
    .replace(/await import\(`\$\{publicUrl\}\/static\/enabler\.js`\)/, "await load()")
    .replace(/import (\{ Enabler \}) from "https:\/\/pay\.shop\.example\.com\/static\/enabler\.js";/, "const $1 = await load();");
  assert.match(code, /await load\(\)/);
  const known = {
    load: () => page.load(),
    publicUrl: BRIDGE,
    sessionId: "session-1",
    onComplete: told,
    onError: told,
    askYourServer: (...said) => told(...said),
  };
  return new AsyncFunction(...Object.keys(known), code)(...Object.values(known));
};

for (const [name, example] of Object.entries(EXAMPLES)) {
  test(`${name}: the example shows the form, and tells the shop how the payment ended`, async () => {
    const page = new Page({ answers: { "GET /result/ref": result("paid") } });
    const told = [];
    await run(example, page, (...said) => told.push(said));
    await page.rests();
    page.widgetArrives();
    page.draws();
    await page.rests();
    assert.equal(page.widget.getAttribute("data-token"), "token-1");
    assert.equal(page.count("POST /payment"), 1);
    assert.deepEqual(told, []);
    page.ends("PAYMENT_SUCCESS");
    await page.rests();
    assert.match(JSON.stringify(told), /"paymentReference":"7ec965f8|true,"7ec965f8/);
  });
}
