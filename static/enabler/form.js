/* One session in one holder of Monext's widget. Once closed, nothing that comes late of it is heard of again. */

import { Consent } from "./consent.js";
import { make } from "./dropin.js";
import { EnablerError } from "./errors.js";
import { EVENTS, hasWidget, loadWidget, resetWidget } from "./widget.js";

const PATIENCE = 12000; /* milliseconds until a widget that draws nothing counts as missing */
const USABLE = "input, button, iframe, a, select"; /* a container alone is no form yet */

export class Form {
  #sessionId;
  #nonce;
  #onDrawn;
  #onMissing;
  #holder;
  #consent;
  #timer = 0;
  #observer = null;
  #isDrawn = false;
  #isMissed = false;
  #isOver = false;

  /*
   * `mayPay`, where the shop wants to be asked, resolves to whether it agrees. `onMissing(error)` is no end: the form
   * may still come, and then `onDrawn()` follows.
   */
  constructor({ sessionId, nonce, mayPay, onDrawn, onMissing }) {
    this.#sessionId = sessionId;
    this.#nonce = nonce;
    this.#onDrawn = onDrawn;
    this.#onMissing = onMissing;
    this.#holder = make("div", {
      id: "PaylineWidget",
      "data-token": sessionId,
      "data-template": "column",
      "data-embeddedredirectionallowed": "false",
      ...EVENTS,
      ...(nonce ? { "data-cspnonce": nonce } : {}),
    });
    this.#consent = mayPay && new Consent(this.#holder, { ask: mayPay, isWanted: () => !this.#isOver });
  }

  /* `config` is a promise, of which the session need not wait. */
  async open(root, config) {
    const isThere = hasWidget();
    root.append(this.#holder);
    this.#observer = new MutationObserver(() => this.#holder.querySelector(USABLE) && this.shown());
    this.#observer.observe(this.#holder, { childList: true, subtree: true });
    this.#timer = window.setTimeout(() => this.#miss(late()), PATIENCE);
    try {
      await loadWidget((await config).widget, this.#nonce);
      if (isThere && !this.#isOver) resetWidget(this.#sessionId);
    } catch (error) {
      this.#miss(error);
    }
  }

  shown() {
    if (this.#isDrawn || this.#isOver) return;
    this.#isDrawn = true;
    window.clearTimeout(this.#timer);
    this.#onDrawn();
  }

  /* What Monext is told before it pays: false holds the payment back. */
  pays() {
    return this.#isOver ? undefined : this.#consent?.answer();
  }

  /* It has come to an end, and stays on the page until that is known. False where it had before. */
  end() {
    if (this.#isOver) return false;
    this.#isOver = true;
    window.clearTimeout(this.#timer);
    this.#observer?.disconnect();
    return true;
  }

  close() {
    this.end();
    this.#holder.remove();
  }

  /* Whether nothing has the focus any more once this is closed. */
  takesFocus() {
    const { activeElement, body } = document;
    return !activeElement || activeElement === body || this.#holder.contains(activeElement);
  }

  #miss(error) {
    if (this.#isDrawn || this.#isMissed || this.#isOver) return;
    this.#isMissed = true;
    window.clearTimeout(this.#timer);
    this.#onMissing(error);
  }
}

const late = () => new EnablerError("widget_blocked", "Monext's script has drawn nothing");
