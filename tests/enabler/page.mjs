/* A page for tests of static/enabler.js: as much of a browser as the module touches, a bridge and Monext's widget. */

import { readFileSync } from "node:fs";

export const SOURCE = readFileSync(new URL("../../static/enabler.js", import.meta.url), "utf8");
export const BRIDGE = "https://pay.shop.example.com";
export const MONEXT = "https://widget.monext.example";
export const CONFIG = { widget: { script: `${MONEXT}/widget-min.js`, style: `${MONEXT}/widget-min.css` } };
export const STARTED = {
  redirectURL: "https://hosted.monext.example/v2/?token=token-1",
  sessionId: "token-1",
  paymentReference: "7ec965f8-0b6d-4a6e-9e59-e6fece85f0d6",
};

class Element {
  constructor(tag, page) {
    Object.assign(this, { tag, page, attributes: {}, children: [], parent: null, listeners: {}, text: "" });
  }
  setAttribute(name, value) { this.attributes[name] = String(value); }
  getAttribute(name) { return this.attributes[name] ?? null; }
  removeAttribute(name) { delete this.attributes[name]; }
  addEventListener(name, listener) { (this.listeners[name] ??= []).push(listener); }
  dispatch(name, event = {}) { for (const listener of this.listeners[name] ?? []) listener(event); }
  click() { this.dispatch("click"); }
  focus() { this.page.focused = this; }
  append(...nodes) {
    for (const node of nodes) {
      node.remove();
      node.parent = this;
      this.children.push(node);
    }
    for (const observer of this.page.observers) if (observer.node === this) observer.callback();
  }
  replaceChildren(...nodes) {
    for (const node of [...this.children]) node.remove();
    this.append(...nodes);
  }
  remove() {
    if (!this.parent) return;
    this.parent.children = this.parent.children.filter((child) => child !== this);
    this.parent = null;
  }
  get childElementCount() { return this.children.length; }
  get textContent() { return this.text + this.children.map((child) => child.textContent).join(""); }
  set textContent(text) {
    this.text = text;
    this.children = [];
  }
  all(wanted) { return this.children.flatMap((child) => [...(wanted(child) ? [child] : []), ...child.all(wanted)]); }
}

/* `answers` are those of the bridge by "METHOD path": a body, {status, body, headers}, an Error, or a function. */
export class Page {
  constructor({ answers = {}, lang = "" } = {}) {
    this.answers = { "GET /operations/config": CONFIG, "POST /payment": STARTED, ...answers };
    Object.assign(this, { asked: [], left: [], timers: [], observers: [], windowListeners: {}, resets: [] });
    this.head = new Element("head", this);
    this.body = new Element("body", this);
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
      documentElement: { lang },
      createElement: (tag) => new Element(tag, page),
      querySelector: (selector) => page.find((node) => `#${node.getAttribute("id")}` === selector)[0] ?? null,
    };
    globalThis.window = {
      location: { assign: (address) => page.left.push(address) },
      addEventListener: (name, listener) => (page.windowListeners[name] ??= new Set()).add(listener),
      removeEventListener: (name, listener) => page.windowListeners[name]?.delete(listener),
      setTimeout: (act, after) => page.timers.push({ act, after }),
      clearTimeout: (id) => id && (page.timers[id - 1].act = () => {}),
    };
    globalThis.MutationObserver = class {
      constructor(callback) { this.callback = callback; }
      observe(node) { page.observers.push(Object.assign(this, { node })); }
      disconnect() { page.observers = page.observers.filter((each) => each !== this); }
    };
    globalThis.fetch = (address, init) => page.#answer(String(address), init);
  }

  async #answer(address, { method = "GET", headers = {}, body, ...init }) {
    const url = new URL(address);
    this.asked.push({ name: `${method} ${url.pathname}`, address, headers, body: body && JSON.parse(body), init });
    const known = this.answers[`${method} ${url.pathname}`];
    const answer = await (typeof known === "function" ? known() : known);
    if (answer instanceof Error) throw answer;
    const { status = 200, body: json = answer, headers: sent = {} } = answer?.status ? answer : {};
    return { ok: status < 300, status, headers: new Headers(sent), json: async () => json };
  }

  /* A module of its own for each page, as a browser has it. */
  load() {
    const text = `${SOURCE}\n/* ${Math.random()} */`;
    return import(`data:text/javascript;base64,${Buffer.from(text).toString("base64")}`);
  }

  find(wanted) { return [...this.head.all(wanted), ...this.body.all(wanted)]; }
  get widget() { return this.find((node) => node.getAttribute("id") === "PaylineWidget")[0] ?? null; }
  get status() { return this.find((node) => node.getAttribute("role") === "status")[0]?.textContent; }
  get button() { return this.find((node) => node.tag === "button")[0] ?? null; }
  get link() { return this.find((node) => node.tag === "a")[0] ?? null; }
  tags(tag) { return this.head.all((node) => node.tag === tag); }
  count(name) { return this.asked.filter((each) => each.name === name).length; }
  last(name) { return this.asked.filter((each) => each.name === name).at(-1); }
  comesBack() { for (const listener of this.windowListeners.pageshow ?? []) listener({ persisted: true }); }

  /* Monext's script is there, and knows the addresses of the session. */
  widgetArrives({ returnUrl = `${BRIDGE}/return/ref` } = {}) {
    window.Payline = {
      Api: { reset: (token) => this.resets.push(token), getCancelAndReturnUrls: () => ({ returnUrl }) },
    };
    this.tags("script")[0].dispatch("load");
  }
  draws() { this.widget.append(new Element("div", this)); }
  ends(state) { return window[this.widget.getAttribute("data-event-finalstatehasbeenreached")]({ state }); }
  presses() { return window[this.widget.getAttribute("data-event-beforepayment")](); }

  /* Whatever is due at once; `runs` also lets the time pass that something waits for. */
  async rests() {
    for (let turn = 0; turn < 20; turn += 1) {
      for (const timer of this.timers) if (timer.after === 0) this.#fire(timer);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
  async runs() {
    for (const timer of this.timers) this.#fire(timer);
    await this.rests();
  }
  #fire(timer) {
    const { act } = timer;
    timer.act = () => {};
    act();
  }
}
