/* A page for tests of static/enabler.js: as much of a browser as the module touches, a bridge and Monext's widget. */

import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

import { Clock } from "./clock.mjs";
import { Element, observerOf } from "./dom.mjs";

const STATIC = fileURLToPath(new URL("../../static/", import.meta.url));
const COPIES = mkdtempSync(join(tmpdir(), "enabler-"));
process.on("exit", () => rmSync(COPIES, { recursive: true }));

/* The text of the module and of its parts, by path below `static`. */
export const SOURCES = Object.fromEntries(
  ["enabler.js", ...readdirSync(join(STATIC, "enabler")).map((name) => `enabler/${name}`)].map((path) => [
    path,
    readFileSync(join(STATIC, path), "utf8"),
  ]),
);

export const BRIDGE = "https://pay.shop.example.com";
export const MONEXT = "https://widget.monext.example";
export const CONFIG = { widget: { script: `${MONEXT}/widget-min.js`, style: `${MONEXT}/widget-min.css` } };
export const STARTED = {
  redirectURL: "https://hosted.monext.example/v2/?token=token-1",
  sessionId: "token-1",
  paymentReference: "7ec965f8-0b6d-4a6e-9e59-e6fece85f0d6",
};

/* What the bridge says of the payment. */
export const result = (status, more = {}) => ({ status, paymentReference: STARTED.paymentReference, ...more });

/* An answer, or a body, that does not come. */
export const never = () => new Promise(() => {});

/* `answers` are those of the bridge by "METHOD path": a body, {status, body, headers}, an Error, or a function. */
export class Page {
  constructor({ answers = {}, lang = "", base = BRIDGE } = {}) {
    this.answers = {
      "GET /operations/config": CONFIG, "POST /payment": STARTED, "GET /result/ref": result("paid"), ...answers,
    };
    Object.assign(this, { base, asked: [], left: [], observers: [], windowListeners: {}, resets: [], payments: 0 });
    this.clock = new Clock();
    this.head = new Element("head", this);
    this.body = new Element("body", this);
    this.focused = this.body;
    this.place = this.add("payment");
    this.#install(lang);
  }

  add(id) {
    const node = new Element("div", this);
    node.setAttribute("id", id);
    this.body.append(node);
    return node;
  }

  #install(lang) {
    const page = this;
    globalThis.document = {
      head: this.head,
      body: this.body,
      documentElement: { lang },
      get activeElement() { return page.focused.isConnected ? page.focused : page.body; },
      createElement: (tag) => new Element(tag, page),
      querySelector: (selector) => {
        if (!selector.startsWith("#")) throw new SyntaxError(`${selector} is not a valid selector`);
        return page.find((node) => `#${node.getAttribute("id")}` === selector)[0] ?? null;
      },
    };
    globalThis.window = {
      location: { assign: (address) => page.left.push(address) },
      addEventListener: (name, listener) => (page.windowListeners[name] ??= new Set()).add(listener),
      removeEventListener: (name, listener) => page.windowListeners[name]?.delete(listener),
      setTimeout: (act, after) => page.clock.set(act, after),
      clearTimeout: (id) => page.clock.clear(id),
    };
    globalThis.MutationObserver = observerOf(this);
    globalThis.fetch = (address, init) => page.#answer(String(address), init);
  }

  async #answer(address, { method = "GET", headers = {}, body, ...init }) {
    const url = new URL(address);
    this.asked.push({ name: `${method} ${url.pathname}`, address, headers, body: body && JSON.parse(body), init });
    const known = this.answers[`${method} ${url.pathname}`];
    const answer = await inTime(typeof known === "function" ? known() : known, init.signal);
    if (answer instanceof Error) throw answer;
    const { status = 200, body: json = answer, headers: sent = {}, text: read = async () => JSON.stringify(json) } =
      typeof answer?.status === "number" ? answer : {};
    const text = () => inTime(read(), init.signal);
    const parsed = async () => JSON.parse(await text());
    return { ok: status < 300, status, headers: new Headers(sent), text, json: parsed };
  }

  /* A module of its own for each page, as a browser has it; or a part of it alone. */
  load(path = "enabler.js") {
    const copy = mkdtempSync(join(COPIES, "page-"));
    writeFileSync(join(copy, "package.json"), '{"type": "module"}');
    for (const part of ["enabler.js", "enabler"]) cpSync(join(STATIC, part), join(copy, part), { recursive: true });
    return import(pathToFileURL(join(copy, path)));
  }

  changed(node) {
    const meant = this.observers.filter((each) => each.node === node || (each.subtree && each.node.contains(node)));
    for (const each of meant) queueMicrotask(() => this.observers.includes(each) && each.callback());
  }

  find(wanted) { return [...this.head.all(wanted), ...this.body.all(wanted)]; }
  get widget() { return this.find((node) => node.getAttribute("id") === "PaylineWidget")[0] ?? null; }
  get words() { return this.find((node) => node.getAttribute("role") === "status")[0]; }
  get status() { return this.words?.textContent; }
  get button() { return this.find((node) => node.getAttribute("class") === "monext-enabler-button" && node.tag === "button")[0] ?? null; }
  get link() { return this.find((node) => node.tag === "a")[0] ?? null; }
  tags(tag) { return this.head.all((node) => node.tag === tag); }
  count(name) { return this.asked.filter((each) => each.name === name).length; }
  last(name) { return this.asked.filter((each) => each.name === name).at(-1); }
  comesBack() { for (const listener of this.windowListeners.pageshow ?? []) listener({ persisted: true }); }
  get listens() { return this.windowListeners.pageshow?.size ?? 0; }

  /* Whatever follows without any time passing. */
  rests() { return this.clock.advance(0); }
  advance(milliseconds) { return this.clock.advance(milliseconds); }

  /* ---- Monext's widget ---- */

  /* Its script is there, knows the addresses of the session, and puts a container into its place. */
  widgetArrives({ returnUrl = `${this.base}/return/ref` } = {}) {
    const reset = (token) => {
      this.resets.push(token);
      this.widget.replaceChildren(new Element("div", this));
    };
    window.Payline = { Api: { reset, getCancelAndReturnUrls: () => ({ returnUrl }) } };
    this.tags("script")[0].dispatch("load");
    this.widget?.append(new Element("div", this));
  }

  /* It has asked Monext for the session, and shows what may be done. */
  draws() {
    const [field, button] = [new Element("input", this), new Element("button", this)];
    button.addEventListener("click", () => this.#submits());
    this.widget.children[0].replaceChildren(field, button);
  }
  /* As a form in a browser: while one press is handled, another one is not taken. */
  #submits() {
    if (this.submitting) return;
    this.submitting = true;
    setImmediate(() => (this.submitting = false));
    if (this.fires("beforepayment") !== false) this.payments += 1;
  }
  get payButton() { return this.widget?.querySelector("button"); }
  fires(event, argument) { return window[this.widget.getAttribute(`data-event-${event}`)](argument); }
  ends(state) { return this.fires("finalstatehasbeenreached", { state }); }
}

/* A promise's value; rejects where its request is given up before. */
const inTime = (value, signal) =>
  Promise.race([
    value,
    new Promise((_, reject) => {
      signal?.addEventListener("abort", () => reject(new DOMException("aborted", "AbortError")));
    }),
  ]);
