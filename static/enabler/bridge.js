/* The bridge: three of its addresses, and the only calls that this module makes. */

import { neededUrl, secureUrl } from "./addresses.js";
import { EnablerError, refusal } from "./errors.js";

const LONGEST_CALL = 20000; /* milliseconds; the bridge itself gives up sooner */
const REFERENCE = /^[\w.~-]+$/;

/* The answer and all of its body, by one deadline; redirects could carry the session's id to another host. */
const send = async (address, init) => {
  const controller = new AbortController();
  const timer = window.setTimeout(() => controller.abort(), LONGEST_CALL);
  const how = { cache: "no-store", credentials: "omit", redirect: "error", referrerPolicy: "no-referrer" };
  try {
    const answer = await fetch(address, { ...init, ...how, signal: controller.signal });
    return { answer, text: await answer.text() };
  } finally {
    window.clearTimeout(timer);
  }
};

const asJson = (text) => {
  try {
    return JSON.parse(text);
  } catch {
    return null; /* a page in words, of something in front of the bridge */
  }
};

export class Bridge {
  #base;
  #sessionId;
  #config = null;

  constructor({ processorUrl, sessionId }) {
    const { origin, pathname } = neededUrl(processorUrl, "bad_options");
    this.#base = origin + pathname.replace(/\/+$/, "");
    this.#sessionId = String(sessionId);
  }

  /* Asked once; after a failure once more, when it is needed again. */
  config() {
    this.#config ??= this.#ask("/operations/config", { headers: this.#session() }).catch((error) => {
      this.#config = null;
      throw error;
    });
    return this.#config;
  }

  /* Starts or resumes: the same cart is answered the same session, so this may be repeated. */
  async start(wishes) {
    const headers = { "Content-Type": "application/json", ...this.#session() };
    const started = await this.#ask("/payment", { method: "POST", headers, body: JSON.stringify(wishes) });
    if (started.sessionId && started.paymentReference) return started;
    throw new EnablerError("bad_answer", "a payment without a session");
  }

  /* Where a payment stands once it has been settled: {status, paymentReference, …}. May be repeated. */
  result(reference) {
    return this.#ask(`/result/${reference}`, { headers: { Accept: "application/json" } });
  }

  /* The same for the buyer, in words. */
  resultPage(reference) {
    return `${this.#base}/result/${reference}`;
  }

  /*
   * What the widget names as its return address: {reference, url} where that is one of this bridge, else null.
   * A session's token is worth nothing to us anywhere else, and is shown to nobody else.
   */
  returnOf(address) {
    const url = secureUrl(address);
    const before = `${this.#base}/return/`;
    const own = url ? url.origin + url.pathname : "";
    const reference = own.startsWith(before) ? own.slice(before.length) : "";
    return REFERENCE.test(reference) ? { reference, url: new URL(own + url.search) } : null;
  }

  #session() {
    return { "X-Session-Id": this.#sessionId };
  }

  async #ask(path, init) {
    const { answer, text } = await send(this.#base + path, init).catch((cause) => {
      throw new EnablerError("network", `${path} has no answer that can be read from here`, { cause });
    });
    const body = asJson(text);
    if (!answer.ok) throw refusal(answer, body);
    if (body && typeof body === "object") return body;
    throw new EnablerError("bad_answer", `${path} answered no JSON`);
  }
}
