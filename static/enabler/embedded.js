/* embedded: Monext's form on the shop's page. */

import { Dropin } from "./dropin.js";
import { EnablerError, PASSING, tell } from "./errors.js";
import { Form } from "./form.js";
import { ENDINGS, outcome } from "./outcome.js";
import { TEXT_OF_CODE } from "./texts.js";
import { claim, namedReturn, release } from "./widget.js";

const NO_FORM = "BROWSER_NOT_SUPPORTED";
const TOKEN_NAMES = ["paylinetoken", "monext_session_id", "token"];
const TOLD = ["status", "paymentReference", "orderId", "orderNumber"]; /* of the bridge's result */

export class Embedded extends Dropin {
  _type = "embedded";
  #started = null;
  #form = null;

  async submit() {
    throw new EnablerError("not_supported", "Monext's form has its own button; dropinHasSubmit is false");
  }

  unmount() {
    this.#clear();
    release(this);
    super.unmount();
  }

  /* ---- what the widget calls; without a form on the page nobody here is meant ---- */

  _shown() {
    this.#present()?.shown();
  }

  _pays() {
    return this.#present()?.pays();
  }

  /* false: the widget shows no receipt and goes nowhere. Its addresses can be asked right after. */
  _ends(state) {
    const form = this.#present();
    if (!form) return undefined;
    if (!form.end()) return false;
    if (state === NO_FORM) this.#giveUp();
    else this.#awaitOutcome();
    return false;
  }

  /* ---- the start ---- */

  _again() {
    this._begin();
  }

  async _begin() {
    claim(this);
    this.#clear();
    const mine = (this._turn += 1);
    this._say("loading");
    const { bridge } = this._shop;
    const config = bridge.config();
    config.catch(() => {}); /* looked at by the form, once there is a session for it */
    try {
      const started = await bridge.start(this._wishes("widget"));
      if (this._holds(mine)) this.#open(started, config, mine);
    } catch (error) {
      if (this._holds(mine)) this.#fail(error);
    }
  }

  #open(started, config, mine) {
    this.#started = started;
    this.#form = new Form({
      sessionId: started.sessionId,
      nonce: this._shop.nonce,
      mayPay: this._options.onPayButtonClick && (() => this._mayPay()),
      onDrawn: () => this._holds(mine) && this.#ready(),
      onMissing: (error) => this._holds(mine) && this.#miss(error),
    });
    this.#form.open(this._root, config);
  }

  #present() {
    return this._holds(this._turn) ? this.#form : null;
  }

  #clear() {
    this._stopWaiting();
    this.#form?.close();
    this.#form = this.#started = null;
  }

  #ready() {
    this._say(null);
    tell(this._options.onDropinReady);
  }

  /* Only what was foreseen leads to Monext's page; a fault of this module is told as what it is. */
  #miss(error) {
    if (error instanceof EnablerError) this.#block();
    else this.#fail(error);
  }

  /* The widget does not come: the same payment can be made on Monext's page. */
  #block() {
    const link = this._link("hosted", this.#started.redirectURL);
    if (link) this._say("blocked", link);
    else this.#fail(new EnablerError("widget_blocked", "neither the widget nor the hosted page can be reached"));
  }

  #fail(error) {
    this._say(TEXT_OF_CODE[error.code] ?? "trouble", PASSING.includes(error.code) && this.#retry());
    this._tellError(error, this.#started?.paymentReference);
  }

  #retry() {
    return this._button("retry", () => this._begin());
  }

  /* ---- the end ---- */

  #giveUp() {
    this.#dismiss();
    this.#block();
  }

  #awaitOutcome() {
    const [started, mine] = [this.#started, this._turn];
    this._say("moment");
    window.setTimeout(() => this._holds(mine) && this.#conclude(started, mine), 0);
  }

  /* The bridge records what happened before the shop is told, so that commercetools knows when it is asked. */
  async #conclude(started, mine) {
    const { bridge, onComplete } = this._shop;
    const way = bridge.returnOf(namedReturn());
    if (!onComplete && way) return this._leave(withToken(way.url, started.sessionId), "result");
    const result = way && (await outcome(bridge, way.reference, () => this._holds(mine)));
    if (!this._holds(mine)) return undefined;
    const page = way ? bridge.resultPage(way.reference) : started.redirectURL;
    this.#dismiss();
    return result ? this.#finish(result, page) : this.#leaveOpen(started, page);
  }

  #finish(result, page) {
    const { isSuccess, text, again } = ENDINGS[result.status];
    this._say(text, again ? this.#retry() : !isSuccess && this._link("result", page));
    const told = TOLD.filter((name) => result[name]).map((name) => [name, result[name]]);
    tell(this._shop.onComplete, { isSuccess, ...Object.fromEntries(told), method: { type: this._type } });
  }

  /* Nobody bears it out, either way. The bridge's page knows more words than yes and no; else Monext's knows. */
  #leaveOpen({ paymentReference }, page) {
    this._say("unknown", this._link("result", page));
    this._tellError(new EnablerError("outcome_unknown", "the bridge does not know the outcome"), paymentReference);
  }

  /* The form goes, and the focus that was in it to the words that take its place. */
  #dismiss() {
    const takesFocus = this.#form.takesFocus();
    this.#form.close();
    this.#form = null;
    if (takesFocus) this._status.focus();
  }
}

/* Where the buyer is led by that page, it needs the session's token, as from Monext. */
const withToken = (url, token) => {
  if (!TOKEN_NAMES.some((name) => url.searchParams.has(name))) url.searchParams.set(TOKEN_NAMES[0], token);
  return url;
};
