/*
 * Monext's payment on a shop's own page: an ES module with the interface of commercetools' payment enablers.
 *
 * It needs nothing else, evaluates nothing and writes no inline style, so that it runs under a strict CSP. It decides
 * nothing about the payment: what happened is the bridge's word, and in the end commercetools'. See docs/enabler.md.
 */

const PATIENCE = 12000; /* milliseconds until a widget that draws nothing counts as failed */
const LONGEST_CALL = 20000; /* milliseconds; the bridge itself gives up after ten seconds */
const LANGUAGE = /^[a-z]{2,3}([-_][a-z0-9]{2,8}){0,2}$/i;
const HAS_PAYMENT = /has a payment already: ([0-9a-f-]{36})/;
const TOKEN_NAMES = ["paylinetoken", "monext_session_id", "token"];

/* Monext's final states, as `status` of onComplete. Whoever waits for a partner must not pay again either. */
const ENDINGS = {
  PAYMENT_SUCCESS: { isSuccess: true, status: "accepted" },
  PAYMENT_ONHOLD_PARTNER: { isSuccess: true, status: "pending" },
  PAYMENT_FAILURE: { isSuccess: false, status: "refused" },
  PAYMENT_CANCELED: { isSuccess: false, status: "cancelled" },
  TOKEN_EXPIRED: { isSuccess: false, status: "expired" },
};

const CAN_RETRY = ["network", "not_available", "too_many", "bad_answer"];

const TEXTS = {
  en: {
    loading: "The payment form is loading…",
    moment: "One moment, please.",
    pay: "Go to the payment",
    hosted: "Pay on the secure page",
    blocked: "The payment form can't be shown here. You can pay on the secure page of Monext.",
    trouble: "The payment can't be begun just now.",
    retry: "Try again",
    ended: "Your checkout has ended. Please go back to the shop and start again.",
    unpayable: "This order can't be paid as it is. Please go back to the shop.",
    already: "This order has a payment already. Do not pay again.",
    accepted: "Payment received",
    pending: "The payment is being processed. Do not pay again.",
    refused: "Payment refused",
    cancelled: "Payment cancelled",
    expired: "The time to pay is over.",
  },
  fr: {
    loading: "Le formulaire de paiement se charge…",
    moment: "Un instant, s’il vous plaît.",
    pay: "Continuer vers le paiement",
    hosted: "Payer sur la page sécurisée",
    blocked: "Le formulaire de paiement ne peut pas s’afficher ici. Vous pouvez payer sur la page sécurisée de Monext.",
    trouble: "Le paiement ne peut pas commencer pour le moment.",
    retry: "Réessayer",
    ended: "Votre passage en caisse a expiré. Veuillez retourner à la boutique et recommencer.",
    unpayable: "Cette commande ne peut pas être payée en l’état. Veuillez retourner à la boutique.",
    already: "Il y a déjà un paiement pour cette commande. Ne payez pas une nouvelle fois.",
    accepted: "Paiement reçu",
    pending: "Le paiement est en cours de traitement. Ne payez pas une nouvelle fois.",
    refused: "Paiement refusé",
    cancelled: "Paiement annulé",
    expired: "Le délai de paiement est écoulé.",
  },
  de: {
    loading: "Das Zahlungsformular wird geladen …",
    moment: "Einen Moment, bitte.",
    pay: "Weiter zur Zahlung",
    hosted: "Auf der sicheren Seite bezahlen",
    blocked:
      "Das Zahlungsformular kann hier nicht angezeigt werden. Sie können auf der sicheren Seite von Monext bezahlen.",
    trouble: "Die Zahlung kann gerade nicht begonnen werden.",
    retry: "Erneut versuchen",
    ended: "Ihr Bezahlvorgang ist abgelaufen. Bitte kehren Sie zum Shop zurück und beginnen Sie von vorn.",
    unpayable: "Diese Bestellung kann so nicht bezahlt werden. Bitte kehren Sie zum Shop zurück.",
    already: "Für diese Bestellung gibt es schon eine Zahlung. Bitte zahlen Sie nicht noch einmal.",
    accepted: "Zahlung erhalten",
    pending: "Die Zahlung wird bearbeitet. Bitte zahlen Sie nicht noch einmal.",
    refused: "Zahlung abgelehnt",
    cancelled: "Zahlung abgebrochen",
    expired: "Die Zeit zum Bezahlen ist abgelaufen.",
  },
  es: {
    loading: "El formulario de pago se está cargando…",
    moment: "Un momento, por favor.",
    pay: "Continuar al pago",
    hosted: "Pagar en la página segura",
    blocked: "El formulario de pago no se puede mostrar aquí. Puede pagar en la página segura de Monext.",
    trouble: "El pago no se puede iniciar en este momento.",
    retry: "Intentar de nuevo",
    ended: "Su proceso de compra ha caducado. Vuelva a la tienda y empiece de nuevo.",
    unpayable: "Este pedido no se puede pagar tal como está. Vuelva a la tienda.",
    already: "Este pedido ya tiene un pago. No vuelva a pagar.",
    accepted: "Pago recibido",
    pending: "El pago se está procesando. No vuelva a pagar.",
    refused: "Pago rechazado",
    cancelled: "Pago cancelado",
    expired: "El tiempo para pagar ha terminado.",
  },
  it: {
    loading: "Il modulo di pagamento si sta caricando…",
    moment: "Un momento, per favore.",
    pay: "Vai al pagamento",
    hosted: "Paga sulla pagina sicura",
    blocked: "Il modulo di pagamento non può essere mostrato qui. È possibile pagare sulla pagina sicura di Monext.",
    trouble: "In questo momento il pagamento non può essere avviato.",
    retry: "Riprova",
    ended: "La procedura di acquisto è scaduta. La preghiamo di tornare al negozio e di ricominciare.",
    unpayable: "Questo ordine non può essere pagato così com’è. La preghiamo di tornare al negozio.",
    already: "Per questo ordine esiste già un pagamento. Non paghi di nuovo.",
    accepted: "Pagamento ricevuto",
    pending: "Il pagamento è in corso di elaborazione. Non paghi di nuovo.",
    refused: "Pagamento rifiutato",
    cancelled: "Pagamento annullato",
    expired: "Il tempo per pagare è scaduto.",
  },
  nl: {
    loading: "Het betaalformulier wordt geladen…",
    moment: "Een ogenblik, alstublieft.",
    pay: "Naar de betaling",
    hosted: "Betalen op de beveiligde pagina",
    blocked: "Het betaalformulier kan hier niet worden getoond. U kunt betalen op de beveiligde pagina van Monext.",
    trouble: "De betaling kan nu niet worden gestart.",
    retry: "Opnieuw proberen",
    ended: "Uw betaalproces is verlopen. Ga terug naar de winkel en begin opnieuw.",
    unpayable: "Deze bestelling kan zo niet worden betaald. Ga terug naar de winkel.",
    already: "Voor deze bestelling is er al een betaling. Betaal niet opnieuw.",
    accepted: "Betaling ontvangen",
    pending: "De betaling wordt verwerkt. Betaal niet opnieuw.",
    refused: "Betaling geweigerd",
    cancelled: "Betaling geannuleerd",
    expired: "De tijd om te betalen is voorbij.",
  },
  pt: {
    loading: "O formulário de pagamento está a carregar…",
    moment: "Um momento, por favor.",
    pay: "Continuar para o pagamento",
    hosted: "Pagar na página segura",
    blocked: "O formulário de pagamento não pode ser mostrado aqui. Pode pagar na página segura da Monext.",
    trouble: "De momento não é possível iniciar o pagamento.",
    retry: "Tentar novamente",
    ended: "O seu processo de compra expirou. Volte à loja e recomece.",
    unpayable: "Esta encomenda não pode ser paga tal como está. Volte à loja.",
    already: "Esta encomenda já tem um pagamento. Não pague novamente.",
    accepted: "Pagamento recebido",
    pending: "O pagamento está a ser processado. Não pague novamente.",
    refused: "Pagamento recusado",
    cancelled: "Pagamento cancelado",
    expired: "O tempo para pagar terminou.",
  },
};

/* What the buyer reads of an error; any other code is `trouble`. */
const TEXT_OF_CODE = { session_expired: "ended", cart_not_payable: "unpayable", already_paid: "already" };

/* Everything that goes wrong here. `code` is stable, `message` is for a developer and not for the buyer. */
export class EnablerError extends Error {
  constructor(code, message, details = {}) {
    super(message);
    this.name = "EnablerError";
    this.code = code;
    Object.assign(this, details);
  }
}

/* ---- what is believed of others ---- */

/* An address to send a buyer to or to load from: https, or http on this machine. Throws EnablerError. */
const safeUrl = (text, code = "bad_answer") => {
  let url;
  try {
    url = new URL(String(text));
  } catch {
    throw new EnablerError(code, "an address is not one");
  }
  const here = ["localhost", "127.0.0.1", "[::1]"].includes(url.hostname);
  if (url.protocol === "https:" || (url.protocol === "http:" && here)) return url;
  throw new EnablerError(code, "an address is not https");
};

/* A shop's own function; what it throws is the shop's, and stops nothing here. */
const tell = async (listener, ...args) => {
  try {
    await listener?.(...args);
  } catch (error) {
    console.error(error);
  }
};

/* ---- the bridge ---- */

const CODES = { 401: "session_expired", 409: "cart_not_payable", 429: "too_many" };

const refusal = (answer, body) => {
  const message = String(body?.message || `HTTP ${answer.status}`);
  const paymentReference = answer.status === 409 ? HAS_PAYMENT.exec(message)?.[1] : undefined;
  const code = CODES[answer.status] || (answer.status >= 500 ? "not_available" : "refused");
  return new EnablerError(paymentReference ? "already_paid" : code, message, {
    status: answer.status,
    paymentReference,
    retryAfter: Number(answer.headers.get("Retry-After")) || undefined,
    correlationId: answer.headers.get("X-Correlation-ID") || undefined,
  });
};

const send = (address, init) => {
  const signal = AbortSignal.timeout?.(LONGEST_CALL);
  return fetch(address, { ...init, signal, cache: "no-store", credentials: "omit", referrerPolicy: "no-referrer" });
};

class Bridge {
  #base;
  #sessionId;
  #config = null;

  constructor({ processorUrl, sessionId }) {
    const { origin, pathname } = safeUrl(processorUrl, "bad_options");
    this.#base = origin + pathname.replace(/\/+$/, "");
    this.#sessionId = String(sessionId);
  }

  /* Asked once; after a failure once more, when it is needed again. */
  config() {
    this.#config ??= this.#ask("/operations/config").catch((error) => {
      this.#config = null;
      throw error;
    });
    return this.#config;
  }

  /* Starts or resumes: the same cart is answered the same session, so this may be repeated. */
  async start(wishes) {
    const headers = { "Content-Type": "application/json" };
    const started = await this.#ask("/payment", { method: "POST", headers, body: JSON.stringify(wishes) });
    if (started?.sessionId && started.paymentReference) return started;
    throw new EnablerError("bad_answer", "a payment without a session");
  }

  /* Lets the bridge record what the buyer did; the answer is a redirect, which is not followed. Never throws. */
  async settle(address) {
    if (!address?.startsWith(`${this.#base}/return/`)) return;
    await send(address, { redirect: "manual" }).catch(() => {});
  }

  /* Whether the bridge itself says that this payment went through, or waits for nothing of the buyer. */
  async holds(paymentReference, wishes) {
    const error = await this.start(wishes).then(() => null, (reason) => reason);
    return error?.code === "already_paid" && error.paymentReference === paymentReference;
  }

  async #ask(path, { headers, ...init } = {}) {
    let answer;
    try {
      answer = await send(this.#base + path, { ...init, headers: { ...headers, "X-Session-Id": this.#sessionId } });
    } catch {
      throw new EnablerError("network", `${path} can't be reached from here`);
    }
    const body = await answer.json().catch(() => null);
    if (!answer.ok) throw refusal(answer, body);
    if (body) return body;
    throw new EnablerError("bad_answer", `${path} answered no JSON`);
  }
}

/* ---- Monext's script and stylesheet: once a page ---- */

const loaded = new Map();

const load = (tag, address, { nonce, ...attributes }) => {
  const known = loaded.get(address);
  if (known) return known;
  const loading = new Promise((resolve, reject) => {
    const node = make(tag, attributes);
    if (nonce) node.nonce = nonce;
    node.addEventListener("load", resolve);
    node.addEventListener("error", () => {
      loaded.delete(address);
      node.remove();
      reject(new EnablerError("widget_blocked", `${address} can't be loaded`));
    });
    document.head.append(node);
  });
  loaded.set(address, loading);
  return loading;
};

const make = (tag, attributes = {}, text = "") => {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.textContent = text;
  return node;
};

const widgetApi = () => window.Payline?.Api;

/* ---- what both kinds have in common: a place on the page, and words in it ---- */

class Dropin {
  _shop;
  _options;
  _root = null;
  _status = null;
  _actions = null;
  _turn = 0; /* of what was begun; what comes late from an earlier one is dropped */
  #target = null;
  #back = (event) => event.persisted && this._again();

  constructor(shop, options) {
    this._shop = shop;
    this._options = options;
  }

  /* commercetools' enablers have it; there is nothing to prepare. */
  init() {}

  /* Into an element, or the first that a selector finds. Again at the same place it changes nothing. */
  mount(target) {
    const place = typeof target === "string" ? document.querySelector(target) : target;
    if (!place) throw new EnablerError("no_target", "there is no element to mount into");
    if (this._root && this.#target === place) return;
    this.unmount();
    this.#target = place;
    this._status = make("div", { class: "monext-enabler-status", role: "status", tabindex: "-1" });
    this._actions = make("div", { class: "monext-enabler-actions" });
    this._root = make("div", { class: "monext-enabler", lang: this._shop.language });
    this._root.append(this._status, this._actions);
    place.append(this._root);
    window.addEventListener("pageshow", this.#back);
    this._begin();
  }

  /* Takes everything off the page again; the payment itself lives on, and mounting again resumes it. */
  unmount() {
    this._turn += 1;
    window.removeEventListener("pageshow", this.#back);
    this._root?.remove();
    this._root = this.#target = null;
  }

  remove() {
    this.unmount();
  }

  /* A text for the buyer, and what can be done about it. */
  _say(name, ...actions) {
    if (!this._root) return;
    this._status.textContent = name ? this._shop.texts[name] : "";
    this._actions.replaceChildren(...actions);
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

  _wishes(mode) {
    const { locale, paymentMethod } = this._shop;
    const languageCode = LANGUAGE.test(locale ?? "") ? locale : undefined;
    return { mode, languageCode, paymentMethod };
  }

  _tellError(error, paymentReference) {
    return tell(this._shop.onError, error, { paymentReference: paymentReference ?? error.paymentReference });
  }

  _leave(url) {
    this._say("moment");
    window.location.assign(url.href);
  }
}

/* ---- hpp: the buyer is sent to Monext's page ---- */

class Hosted extends Dropin {
  #button = null;
  #busy = false;

  /* Also without the button, for shops that have their own. */
  submit() {
    return this.#pay();
  }

  unmount() {
    super.unmount();
    this.#busy = false;
  }

  _begin() {
    this.#busy = false;
    this._say(null);
    if (this._options.showPayButton !== false) this.#showButton();
    tell(this._options.onDropinReady);
  }

  /* Back from Monext's page by the browser's own button: the page is as it was left, and must work again. */
  _again() {
    this._turn += 1;
    this.#setBusy(false);
    this._say(null);
  }

  #showButton() {
    const texts = this._shop.texts;
    this.#button = make("button", { type: "button", class: "monext-enabler-button" }, texts.pay);
    this.#button.addEventListener("click", () => this.#pay());
    this._root.append(this.#button);
  }

  async #pay() {
    if (this.#busy) return;
    const mine = (this._turn += 1);
    this.#setBusy(true);
    this._say("moment");
    if (!(await this.#mayPay())) return this.#stop(mine, null);
    if (mine !== this._turn) return;
    try {
      const started = await this._shop.bridge.start(this._wishes("redirect"));
      if (mine === this._turn) this._leave(safeUrl(started.redirectURL));
    } catch (error) {
      if (mine !== this._turn) return;
      this.#stop(mine, TEXT_OF_CODE[error.code] ?? "trouble");
      this._tellError(error);
    }
  }

  async #mayPay() {
    try {
      await this._options.onPayButtonClick?.();
      return true;
    } catch {
      return false; /* the shop says no, and why */
    }
  }

  #stop(mine, text) {
    if (mine !== this._turn) return;
    this.#setBusy(false);
    this._say(text);
  }

  /* Not `disabled`, which would take the focus away. */
  #setBusy(busy) {
    this.#busy = busy;
    if (busy) this.#button?.setAttribute("aria-disabled", "true");
    else this.#button?.removeAttribute("aria-disabled");
  }
}

/* ---- embedded: Monext's widget on the shop's page ---- */

const EVENTS = {
  "data-event-didshowstate": "monextEnablerShown",
  "data-event-beforepayment": "monextEnablerPays",
  "data-event-finalstatehasbeenreached": "monextEnablerDone",
};

let onPage = null; /* Monext's widget has a fixed id, so a page can hold one */

class Embedded extends Dropin {
  #started = null;
  #drawn = false;
  #ended = false;
  #holder = null;
  #observer = null;
  #timer = 0;

  submit() {
    throw new EnablerError("not_supported", "Monext's form has its own button; dropinHasSubmit is false");
  }

  unmount() {
    this.#clear();
    if (onPage === this) onPage = null;
    super.unmount();
  }

  _again() {
    this._begin();
  }

  async _begin() {
    if (onPage && onPage !== this) onPage.unmount();
    onPage = this;
    this.#clear();
    this.#started = null;
    const mine = (this._turn += 1);
    this._say("loading");
    const { bridge } = this._shop;
    const both = [bridge.start(this._wishes("widget")), bridge.config()];
    const [started, config] = await Promise.allSettled(both);
    if (mine !== this._turn) return;
    if (started.reason) return this.#fail(started.reason);
    this.#started = started.value;
    this.#show(config.value);
  }

  #clear() {
    window.clearTimeout(this.#timer);
    this.#observer?.disconnect();
    this.#holder?.remove();
    this.#holder = null;
    this.#drawn = this.#ended = false;
  }

  #show(config) {
    const isThere = Boolean(widgetApi());
    this.#holder = this.#makeHolder();
    this._root.append(this.#holder);
    this.#observer = new MutationObserver(() => this.#holder?.childElementCount && this.#ready());
    this.#observer.observe(this.#holder, { childList: true });
    this.#timer = window.setTimeout(() => this.#block(), PATIENCE);
    this.#load(config?.widget)
      .then(() => isThere && this.#holder && widgetApi().reset(this.#started.sessionId))
      .catch(() => this.#block());
  }

  /* Its event attributes hold names of global functions, which Monext calls. */
  #makeHolder() {
    window.monextEnablerShown = () => this.#ready();
    window.monextEnablerPays = () => void tell(this._options.onPayButtonClick);
    window.monextEnablerDone = (event) => this.#end(event?.state);
    const nonce = this._shop.nonce ? { "data-cspnonce": this._shop.nonce } : {};
    return make("div", {
      id: "PaylineWidget",
      "data-token": this.#started.sessionId,
      "data-template": "column",
      "data-embeddedredirectionallowed": "false",
      ...EVENTS,
      ...nonce,
    });
  }

  async #load(assets) {
    const style = safeUrl(assets?.style).href;
    const src = safeUrl(assets?.script).href;
    const { nonce } = this._shop;
    load("link", style, { rel: "stylesheet", href: style, nonce }).catch(() => {}); /* plain, but it works */
    await load("script", src, { src, nonce });
  }

  #ready() {
    if (this.#drawn || this.#ended) return;
    this.#drawn = true;
    window.clearTimeout(this.#timer);
    this._say(null);
    tell(this._options.onDropinReady);
  }

  /* The widget does not come: the same payment can be made on Monext's page. */
  #block() {
    if (this.#ended || !this._root) return;
    window.clearTimeout(this.#timer);
    try {
      const href = safeUrl(this.#started.redirectURL).href;
      this._say("blocked", make("a", { class: "monext-enabler-button", href }, this._shop.texts.hosted));
    } catch {
      this.#fail(new EnablerError("widget_blocked", "neither the widget nor the hosted page can be reached"));
    }
  }

  #fail(error) {
    const retry = CAN_RETRY.includes(error.code) ? [this._button("retry", () => this._begin())] : [];
    this._say(TEXT_OF_CODE[error.code] ?? "trouble", ...retry);
    this._tellError(error, this.#started?.paymentReference);
  }

  /* false: the widget shows no receipt and goes nowhere. Its addresses can be asked right after. */
  #end(state) {
    const ending = Object.hasOwn(ENDINGS, state) ? ENDINGS[state] : null;
    if (!ending || this.#ended) return false;
    this.#ended = true;
    window.clearTimeout(this.#timer);
    this._say("moment");
    window.setTimeout(() => this.#conclude(ending, this._turn), 0);
    return false;
  }

  /* The bridge records what happened before the shop is told, so that commercetools knows when it is asked. */
  async #conclude(ending, mine) {
    const { bridge, onComplete } = this._shop;
    const { paymentReference, sessionId } = this.#started;
    const way = returnAddress(sessionId);
    if (!onComplete && way) return this._leave(way);
    await bridge.settle(way?.href);
    const isSure = !ending.isSuccess || (await bridge.holds(paymentReference, this._wishes("widget")));
    if (mine !== this._turn) return;
    if (!isSure && way) return this._leave(way); /* that page knows more words than yes and no */
    this.#finish(isSure ? ending : ENDINGS.PAYMENT_ONHOLD_PARTNER);
  }

  #finish(ending) {
    const { paymentReference } = this.#started;
    this.#clear();
    this.#ended = true;
    const retry = ending.isSuccess ? [] : [this._button("retry", () => this._begin())];
    this._say(ending.status, ...retry);
    tell(this._shop.onComplete, { ...ending, paymentReference });
  }
}

/* The return page of the session, as the widget knows it; null where it names none. */
const returnAddress = (token) => {
  try {
    const url = safeUrl(widgetApi().getCancelAndReturnUrls().returnUrl);
    if (!TOKEN_NAMES.some((name) => url.searchParams.has(name))) url.searchParams.set(TOKEN_NAMES[0], token);
    return url;
  } catch {
    return null;
  }
};

/* ---- the interface ---- */

const KINDS = { embedded: Embedded, hpp: Hosted };

export class Enabler {
  #shop;

  /*
   * `processorUrl`: PUBLIC_URL of the bridge. `sessionId`: an active commercetools session of the cart.
   * Also: `locale`, `onComplete`, `onError`, `nonce` (of the page's CSP), `paymentMethod` (one alone).
   */
  constructor({ processorUrl, sessionId, locale, onComplete, onError, nonce, paymentMethod } = {}) {
    if (!processorUrl || !sessionId) throw new EnablerError("bad_options", "processorUrl and sessionId are needed");
    const wanted = String(locale || document.documentElement.lang || "en").toLowerCase().split(/[-_]/)[0];
    const language = Object.hasOwn(TEXTS, wanted) ? wanted : "en";
    const bridge = new Bridge({ processorUrl, sessionId });
    this.#shop = { bridge, language, texts: TEXTS[language], locale, onComplete, onError, nonce, paymentMethod };
  }

  /* "embedded" or "hpp". Rejects for any other type. Calls nobody: that begins with mount or submit. */
  async createDropinBuilder(type) {
    const Kind = Object.hasOwn(KINDS, type) ? KINDS[type] : null;
    if (!Kind) throw new EnablerError("not_supported", `there is no drop-in of type ${type}`);
    return { dropinHasSubmit: Kind === Hosted, build: (options = {}) => new Kind(this.#shop, options) };
  }

  /* commercetools asks for single methods this way; there are only drop-ins here. */
  async createComponentBuilder(type) {
    throw new EnablerError("not_supported", `there is no component of type ${type}`);
  }
}
