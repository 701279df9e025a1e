/*
 * Monext's payment on a shop's own page: an ES module with the interface of commercetools' payment enablers.
 *
 * It needs nothing else, evaluates nothing and writes no inline style, so that it runs under a strict CSP. It decides
 * nothing about the payment: what happened is the bridge's word, and in the end commercetools'. See docs/enabler.md.
 */

import { Bridge } from "./enabler/bridge.js";
import { Embedded } from "./enabler/embedded.js";
import { EnablerError } from "./enabler/errors.js";
import { Hosted } from "./enabler/hosted.js";
import { TEXTS, languageOf } from "./enabler/texts.js";

/* Parts of the parts: named here as well, so that a browser asks for all of them at once. */
import "./enabler/addresses.js";
import "./enabler/consent.js";
import "./enabler/dropin.js";
import "./enabler/form.js";
import "./enabler/outcome.js";
import "./enabler/widget.js";

export { EnablerError };

const KINDS = { embedded: Embedded, hpp: Hosted };

export class Enabler {
  #shop;

  /*
   * `processorUrl`: PUBLIC_URL of the bridge. `sessionId`: an active commercetools session of the cart.
   * Also: `locale`, `onComplete`, `onError`, `nonce` (of the page's CSP), `paymentMethod` (one alone).
   */
  constructor(options) {
    const { processorUrl, sessionId, onComplete, onError, nonce, paymentMethod } = options ?? {};
    if (!processorUrl || !sessionId) throw new EnablerError("bad_options", "processorUrl and sessionId are needed");
    const locale = options.locale ? String(options.locale) : undefined; /* of an Intl.Locale, its tag */
    const language = languageOf(locale || document.documentElement.lang);
    const bridge = new Bridge({ processorUrl, sessionId });
    this.#shop = { bridge, language, texts: TEXTS[language], locale, onComplete, onError, nonce, paymentMethod };
  }

  /* "embedded" or "hpp". Rejects for any other type. Calls nobody: that begins with mount or submit. */
  async createDropinBuilder(type) {
    const Kind = Object.hasOwn(KINDS, type) ? KINDS[type] : null;
    if (!Kind) throw new EnablerError("not_supported", `there is no drop-in of type ${type}`);
    return { dropinHasSubmit: Kind === Hosted, build: (wishes) => new Kind(this.#shop, wishes ?? {}) };
  }

  /* commercetools asks for single methods, express buttons and stored cards by these; there are only drop-ins here. */

  /** @returns {Promise<never>} */
  async createComponentBuilder(type) {
    throw new EnablerError("not_supported", `there is no component of type ${type}`);
  }

  /** @returns {Promise<never>} */
  async createExpressBuilder(type) {
    throw new EnablerError("not_supported", `there is no express button of type ${type}`);
  }

  /** @returns {Promise<never>} */
  async createStoredPaymentMethodBuilder(type) {
    throw new EnablerError("not_supported", `there is no stored payment method of type ${type}`);
  }

  async isStoredPaymentMethodsEnabled() {
    return false;
  }

  async getStoredPaymentMethods() {
    return { storedPaymentMethods: [] };
  }

  setStorePaymentDetails() {}
}
