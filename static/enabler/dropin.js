/* What both kinds have in common: a place on the page, and words and ways on in it. */

import { secureUrl } from "./addresses.js";
import { EnablerError, tell } from "./errors.js";

const LONGEST_LEAVE = 10000; /* milliseconds until a page that does not come is offered as a link */
const LANGUAGE = /^[a-z]{2,3}([-_][a-z0-9]{2,8}){0,2}$/i;

const mounted = new Set();

export const make = (tag, attributes = {}, text = "") => {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.textContent = text;
  return node;
};

export class Dropin {
  _type = ""; /* of the kind */
  _shop;
  _options;
  _root = null;
  _status = null;
  _turn = 0; /* of what was begun; what comes late from an earlier one is dropped */
  #actions = null;
  #wasThere = false;
  #leaving = 0;
  #shown = (event) => event.persisted && this.#comeBack();

  constructor(shop, options) {
    this._shop = shop;
    this._options = options;
  }

  /* commercetools' enablers have it; there is nothing to prepare. */
  init() {}

  /* Into an element, or the first that a selector finds. Where it is already, it changes nothing. */
  async mount(target) {
    const place = elementOf(target);
    if (this._root?.parentNode === place) return;
    this.unmount();
    for (const other of mounted) if (other.#isGone()) other.unmount();
    this.#draw(place);
    mounted.add(this);
    this._watch();
    this._begin();
  }

  /* Takes everything off the page again; the payment itself lives on, and mounting again resumes it. */
  unmount() {
    this._turn += 1;
    window.clearTimeout(this.#leaving);
    mounted.delete(this);
    this.#unwatch();
    this._root?.remove();
    this._root = null;
    this.#wasThere = false;
  }

  remove() {
    this.unmount();
  }

  /* False once something newer has begun, or somebody else has taken us off the page. */
  _holds(turn) {
    if (this.#isGone()) this.unmount();
    return turn === this._turn;
  }

  /* From now on `_again` is called where the browser shows the page as it was left. */
  _watch() {
    window.addEventListener("pageshow", this.#shown);
  }

  /* What was begun is over. Without a place on the page nothing needs to be watched for. */
  _stopWaiting() {
    window.clearTimeout(this.#leaving);
    if (!this._root) this.#unwatch();
  }

  /* A text for the buyer, and what can be done about it. */
  _say(name, ...actions) {
    if (!this._root) return;
    this._status.textContent = name ? this._shop.texts[name] : "";
    this.#actions.replaceChildren(...actions.filter(Boolean));
  }

  /* The focus stays here where a button goes that has it. */
  _button(name, act) {
    const button = make("button", { type: "button", class: "monext-enabler-button" }, this._shop.texts[name]);
    button.addEventListener("click", () => {
      this._status.focus();
      act();
    });
    return button;
  }

  /* Null where the address is none to send a buyer to. */
  _link(name, address) {
    const href = secureUrl(address)?.href;
    return href ? make("a", { class: "monext-enabler-button", href }, this._shop.texts[name]) : null;
  }

  _wishes(mode) {
    const { locale, paymentMethod } = this._shop;
    const languageCode = LANGUAGE.test(locale ?? "") ? locale : undefined;
    return { mode, languageCode, paymentMethod };
  }

  /* Whether the shop lets the payment go on; where it does not, it knows why. */
  async _mayPay() {
    try {
      await this._options.onPayButtonClick?.();
      return true;
    } catch (error) {
      console.error(error);
      return false;
    }
  }

  _tellError(error, paymentReference = error.paymentReference) {
    return tell(this._shop.onError, error, { paymentReference, method: { type: this._type } });
  }

  /* The Stop key, or a host that can't be reached, leave the buyer here: then the way on is a link. */
  _leave(url, name) {
    const mine = this._turn;
    this._say("moment");
    window.location.assign(url.href);
    this.#leaving = window.setTimeout(() => {
      if (!this._holds(mine)) return;
      this._stayed();
      this._say("stuck", this._link(name, url.href));
    }, LONGEST_LEAVE);
  }

  /* What a kind does: on the page; where the browser shows the page as it was left; where the buyer is still here. */
  _begin() {}
  _again() {}
  _stayed() {}

  #draw(place) {
    this._status = make("div", { class: "monext-enabler-status", role: "status", tabindex: "-1" });
    this.#actions = make("div", { class: "monext-enabler-actions" });
    this._root = make("div", { class: "monext-enabler", lang: this._shop.language });
    this._root.append(this._status, this.#actions);
    place.append(this._root);
    this.#wasThere = this._root.isConnected;
  }

  /* It may be mounted into what the shop has yet to put on the page; that is not gone. */
  #isGone() {
    this.#wasThere ||= Boolean(this._root?.isConnected);
    return this.#wasThere && !this._root.isConnected;
  }

  #comeBack() {
    if (this.#isGone()) this.unmount();
    else this._again();
  }

  #unwatch() {
    window.removeEventListener("pageshow", this.#shown);
  }
}

const elementOf = (target) => {
  const place = typeof target === "string" ? found(target) : target;
  if (typeof place?.append !== "function") throw new EnablerError("no_target", "there is no element to mount into");
  return place;
};

const found = (selector) => {
  try {
    return document.querySelector(selector);
  } catch (cause) {
    throw new EnablerError("no_target", `${selector} is no selector`, { cause });
  }
};
