/*
 * Drives Firefox by WebDriver BiDi: node firefox.mjs FIREFOX. Each line of its input is a story in JSON, each line of its
 * output how that went: { addresses, errors }. It ends with its input.
 */
import { mkdir } from "node:fs/promises";
import { createInterface } from "node:readline";

import puppeteer from "puppeteer-core";

const PATIENCE = 60_000;
const CARD = { "#pl-expiry": "12/35", "#pl-cvv": "123" };

/* Runs in every document, frames included, before any script of its own. */
const REPORT = () =>
  document.addEventListener("securitypolicyviolation", (event) =>
    console.error(`CSP violation: ${event.effectiveDirective} ${event.blockedURI}`),
  );

const watched = async (page, errors) => {
  page.setDefaultTimeout(PATIENCE);
  page.on("console", (said) => ["error", "warn"].includes(said.type()) && errors.push(`console: ${said.text()}`));
  page.on("pageerror", (error) => errors.push(`script: ${error.message}`));
  await page.evaluateOnNewDocument(REPORT);
};

const arrival = async (page, wanted) => {
  const until = Date.now() + PATIENCE;
  while (!new RegExp(wanted).test(page.url())) {
    if (Date.now() > until) throw new Error(`${page.url()} is not ${wanted}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await page.waitForSelector("body");
};

const attempt = async (page, { address, number, press, ends }, photograph) => {
  await page.goto(address, { waitUntil: "domcontentloaded" });
  for (const [field, text] of Object.entries({ "#pl-number": number, ...CARD })) {
    await page.waitForSelector(field);
    await page.type(field, text);
  }
  await photograph("widget");
  await page.click(".pl-pay-btn");
  if (press) {
    await page.waitForSelector(press);
    await photograph("bank");
    await page.click(press);
  }
  await arrival(page, ends);
  await photograph("end");
  return page.url();
};

const play = async (browser, { name, attempts, pictures }) => {
  const [context, errors, addresses] = [await browser.createBrowserContext(), [], []];
  try {
    const page = await context.newPage();
    await watched(page, errors);
    for (const [place, each] of attempts.entries()) {
      const photograph = async (shown) => {
        if (!pictures) return;
        await mkdir(pictures, { recursive: true });
        await page.screenshot({ path: `${pictures}/${name}-${place + 1}-${shown}.png` });
      };
      addresses.push(await attempt(page, each, photograph));
    }
  } catch (error) {
    errors.push(`driver: ${error.message}`);
  }
  await context.close();
  return { addresses, errors };
};

const browser = await puppeteer.launch({
  browser: "firefox",
  executablePath: process.argv[2],
  acceptInsecureCerts: true, /* the bank of the sandbox; no other check of Firefox's is turned off */
});
console.log(JSON.stringify({ version: await browser.version() }));
for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(await play(browser, JSON.parse(line))));
}
await browser.close();
