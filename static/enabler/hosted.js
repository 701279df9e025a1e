/* hpp: the buyer is sent to Monext's page. */

import { neededUrl } from "./addresses.js";
import { Dropin, make } from "./dropin.js";
import { tell } from "./errors.js";
import { TEXT_OF_CODE } from "./texts.js";

export class Hosted extends Dropin {
  _type = "hpp";
  #button = null;
  #isBusy = false;

  /* For a shop's own button, which has asked the shop whatever there is to ask. Also without `mount`. */
  async submit() {
    await this.#pay(async () => true);
  }

  unmount() {
    super.unmount();
    this.#setBusy(false);
    this.#button = null;
  }

  _begin() {
    if (this._options.showPayButton !== false) this.#showButton();
    tell(this._options.onDropinReady);
  }

  /* Back from Monext's page by the browser's own button: the page is as it was left, and must work again. */
  _again() {
    this._turn += 1;
    this.#stop(null);
  }

  _stayed() {
    this.#setBusy(false);
  }

  #showButton() {
    this.#button = make("button", { type: "button", class: "monext-enabler-button" }, this._shop.texts.pay);
    this.#button.addEventListener("click", () => this.#pay(() => this._mayPay()));
    this._root.append(this.#button);
  }

  /* Nothing invites to a second payment below the words that there is one, which get the focus that the button had. */
  #takeButtonAway() {
    if (this.#button && document.activeElement === this.#button) this._status.focus();
    this.#button?.remove();
    this.#button = null;
  }

  async #pay(mayPay) {
    if (this.#isBusy) return;
    const mine = (this._turn += 1);
    this._watch();
    this.#setBusy(true);
    this._say("moment");
    const agreed = await mayPay();
    if (!this._holds(mine)) return;
    if (agreed) await this.#go(mine);
    else this.#stop(null);
  }

  async #go(mine) {
    try {
      const { redirectURL } = await this._shop.bridge.start(this._wishes("redirect"));
      if (this._holds(mine)) this._leave(neededUrl(redirectURL), "hosted");
    } catch (error) {
      if (!this._holds(mine)) return;
      this.#stop(TEXT_OF_CODE[error.code] ?? "trouble");
      if (error.code === "already_paid") this.#takeButtonAway();
      this._tellError(error);
    }
  }

  #stop(text) {
    this._stopWaiting();
    this.#setBusy(false);
    this._say(text);
  }

  /* Not `disabled`, which would take the focus away. */
  #setBusy(isBusy) {
    this.#isBusy = isBusy;
    if (isBusy) this.#button?.setAttribute("aria-disabled", "true");
    else this.#button?.removeAttribute("aria-disabled");
  }
}
