/*
 * The sandbox's payment widget. It has the name and the public interface of Monext's (div #PaylineWidget with
 * data-* attributes, window.Payline.Api, names of states and CSS hooks), and is written to be read.
 *
 * It runs under a strict Content-Security-Policy: no eval, no inline style or handler, and no host but the one
 * this script came from. It injects no script, so `data-cspnonce` has nothing to be handed to.
 *
 * Where the browser has to go, the server says by the names of the vendor's mobile SDKs (`redirectionData`): by GET, or by
 * a form to be posted. The method of 3-D Secure goes into a hidden frame, for as long as the server says at most; a page
 * of ours in there reports its end by a message. Everything else replaces the page, or fills a frame.
 *
 * A full-page redirect (3-D Secure, a partner; data-embeddedredirectionallowed="false") ends at the returnURL with
 * `paylinetoken`, as everything that Monext sends back does. A page that embeds the widget with that token then
 * shows the result. With the sandbox's setting `returnToPage` the way back is the embedding page instead.
 *
 * A function of the page that answers `false` before a payment holds it back. Clients of Monext's rely on that; the
 * vendor's documentation says nothing of that answer.
 */
(function () {
  "use strict";

  const server = new URL(document.currentScript.src).origin;
  const finalStates = [
    "PAYMENT_SUCCESS", "PAYMENT_FAILURE", "PAYMENT_CANCELED", "TOKEN_EXPIRED", "PAYMENT_ONHOLD_PARTNER",
    "PAYMENT_SUCCESS_FORCE_TICKET_DISPLAY", "BROWSER_NOT_SUPPORTED", // of the vendor's apps; our server ends in neither
  ];
  const pollEvery = 1000;
  const fields = [
    { name: "number", label: "Card number", autocomplete: "cc-number", required: true },
    { name: "expiry", label: "Expiry date (MM/YY)", autocomplete: "cc-exp", required: true },
    { name: "cvv", label: "Security code", autocomplete: "cc-csc", required: true },
    { name: "holder", label: "Name on the card (optional)", autocomplete: "cc-name", required: false },
  ];
  const endings = {
    PAYMENT_SUCCESS: "Payment accepted",
    PAYMENT_FAILURE: "Payment refused",
    PAYMENT_CANCELED: "Payment cancelled",
    TOKEN_EXPIRED: "This payment has expired",
    PAYMENT_ONHOLD_PARTNER: "Payment in progress: the answer is still to come",
    PAYMENT_SUCCESS_FORCE_TICKET_DISPLAY: "Payment accepted",
    BROWSER_NOT_SUPPORTED: "This browser can't be used to pay here",
  };

  let view = null;
  let timer = 0;
  let turn = 0;
  const messages = new Map();

  // --- the page's side -----------------------------------------------------------------------------------------

  function holder() {
    return document.getElementById("PaylineWidget");
  }

  function option(name) {
    return holder().getAttribute("data-" + name);
  }

  /** Calls the global function that an event attribute names, synchronously, and answers what it returns. */
  function fire(event, argument) {
    const listener = window[option("event-" + event)];
    return typeof listener === "function" ? listener(argument) : undefined;
  }

  function make(tag, attributes, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) {
      if (name === "onclick") node.addEventListener("click", value);
      else if (value === true) node.setAttribute(name, "");
      else if (value !== false && value !== undefined) node.setAttribute(name, String(value));
    }
    node.append(...children);
    return node;
  }

  function container() {
    let inner = holder().querySelector(".PaylineWidget");
    if (inner) return inner;
    const template = option("template") || "column";
    inner = make("div", { class: "PaylineWidget pl-container pl-template-" + template });
    holder().append(inner);
    return inner;
  }

  /** A sentence in the language of the session, by its English; English until the server has said it. */
  function words(text, parts) {
    const said = view?.words?.[text] ?? text;
    return said.replace(/\{(\w+)\}/g, (_, name) => parts[name]);
  }

  function render(...children) {
    const close = option("template") === "lightbox"
      ? [make("button", { id: "pl-container-lightbox-close", type: "button", onclick: closeLightbox }, words("Close"))]
      : [];
    const banner = make("p", { class: "pl-sandbox", role: "note", lang: "en" }, "Sandbox – no real money");
    const shown = [...messages.values()];
    if (view?.language) container().lang = view.language.toLowerCase();
    container().replaceChildren(...close, banner, ...shown, ...children);
  }

  /** Closed by the buyer: the vendor documents no event for it; `Payline.Api.reset()` opens it again. */
  function closeLightbox() {
    window.clearTimeout(timer);
    turn += 1;
    holder().replaceChildren();
  }

  // --- messages ------------------------------------------------------------------------------------------------

  function showMessage(key, type, text) {
    const message = { id: "pl-message-" + key, type: type, key: key, message: text };
    if (fire("willdisplaymessage", message) === false) return;
    const node = make("p", { id: message.id, class: "pl-message pl-message-" + type, role: "alert" }, text);
    node.message = message;
    messages.set(key, node);
  }

  function clearMessages() {
    for (const [key, node] of messages) {
      if (fire("willremovemessage", node.message) !== false) messages.delete(key);
    }
  }

  // --- the server's side ---------------------------------------------------------------------------------------

  function address(path) {
    return server + "/services/token/" + encodeURIComponent(option("token") || "") + "/" + path;
  }

  async function ask(path, body) {
    const answer = await fetch(address(path), {
      method: body === undefined ? "GET" : "POST",
      headers: body === undefined ? {} : { "Content-Type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
      credentials: "omit",
    });
    const json = await answer.json();
    if (!answer.ok && !json.faults) throw new Error("HTTP " + answer.status);
    return json;
  }

  async function load() {
    const mine = (turn += 1);
    window.clearTimeout(timer);
    fire("willshow");
    try {
      const fresh = await ask("state/current");
      if (mine === turn) show(fresh, false);
    } catch (error) {
      showMessage("network", "error", words("The payment service can't be reached. Please try again."));
      render(make("button", { class: "pl-btn", type: "button", onclick: reload }, words("Try again")));
    }
  }

  function reload() {
    clearMessages();
    load();
  }

  /** Sends a payment request and shows what comes of it. */
  async function send(path, body) {
    const mine = turn;
    setBusy(true);
    clearMessages();
    try {
      const answer = await ask(path, body);
      if (mine !== turn) return;
      if (answer.faults) showFaults(answer.faults);
      else show(answer, true);
    } catch (error) {
      showMessage("network", "error", words("The payment service can't be reached. Please try again."));
      if (mine === turn) show(view, false);
    } finally {
      setBusy(false);
    }
  }

  function setBusy(busy) {
    for (const button of container().querySelectorAll("button")) button.disabled = busy;
  }

  function showFaults(faults) {
    for (const [name, text] of Object.entries(faults)) {
      const input = container().querySelector("#pl-" + name);
      const fault = container().querySelector("#pl-" + name + "-fault");
      if (input) input.setAttribute("aria-invalid", "true");
      if (fault) fault.textContent = text;
    }
  }

  // --- states --------------------------------------------------------------------------------------------------

  function show(fresh, justSent) {
    view = fresh;
    window.clearTimeout(timer);
    const state = { state: view.type };
    if (finalStates.includes(view.type) && fire("finalstatehasbeenreached", state) === false) return;
    const renderers = {
      PAYMENT_METHODS_LIST: showMethods,
      PAYMENT_FAILURE_WITH_RETRY: showMethods,
      PAYMENT_REDIRECT_NO_RESPONSE: () => showRedirection(justSent),
      ACTIVE_WAITING: showWaiting,
    };
    (renderers[view.type] || showEnd)();
    fire("didshowstate", state);
  }

  function showMethods() {
    const list = view.paymentMethodsList;
    if (view.type === "PAYMENT_FAILURE_WITH_RETRY") {
      showMessage("retry", "error", words("The payment was refused. You can try again."));
    }
    const panel = make("div", { class: "pl-panel" });
    const choices = list.methods.map((method, index) => methodChoice(method, index === 0, panel));
    const legend = make("legend", {}, words("How do you want to pay?"));
    render(
      make("fieldset", { class: "pl-methods" }, legend, ...choices),
      panel,
      make("button", { class: "pl-btn pl-cancel-btn", type: "button", onclick: () => send("cancel", {}) }, words("Cancel")),
    );
    if (list.methods.length) fillPanel(panel, list.methods[0]);
  }

  function methodChoice(method, checked, panel) {
    const id = "pl-method-" + method.contractNumber;
    const radio = make("input", { type: "radio", name: "pl-method", id: id, value: method.contractNumber, checked: checked });
    radio.addEventListener("change", () => fillPanel(panel, method));
    return make("div", { class: "pl-method" }, radio, make("label", { for: id }, method.name));
  }

  function fillPanel(panel, method) {
    const form = make("form", { class: "pl-form", novalidate: true, "data-contract": method.contractNumber });
    if (method.kind === "card") form.append(...fields.map(cardField));
    form.append(make("button", { class: "pl-btn pl-pay-btn", type: "submit" }, payLabel(method)));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      pay(form, method);
    });
    panel.replaceChildren(...(method.kind === "card" ? [cardsToTry(method.cardsToTry)] : []), form);
  }

  /** Of the sandbox alone: a number that can be typed in, for whoever tries it. */
  function cardsToTry(cards) {
    const digits = ", any expiry date in the future, any " + cards.code_digits + " digits.";
    const others = cards.others.map(([number, ending]) => make("li", {}, make("code", {}, number), ": " + ending));
    const amounts = make("li", {}, "The amount decides as well: 333.05 is refused whatever the card.");
    return make(
      "div", { class: "pl-try", lang: "en" },
      make("p", {}, "Test card ", make("code", {}, cards.accepted), digits),
      make("details", {}, make("summary", {}, "Other test cards, and what they do"), make("ul", {}, ...others, amounts)),
    );
  }

  function payLabel(method) {
    const amount = view.info.PaylineFormattedAmount;
    const label = method.kind === "card" ? "Pay {amount}" : "Pay {amount} with {method}";
    return words(label, { amount: amount, method: method.name });
  }

  function cardField(field) {
    const id = "pl-" + field.name;
    const attributes = {
      id: id, name: field.name, autocomplete: field.autocomplete, required: field.required,
      inputmode: field.name === "holder" ? "text" : "numeric", "aria-describedby": id + "-fault",
    };
    return make(
      "p", { class: "pl-field" },
      make("label", { for: id }, words(field.label)), make("input", attributes),
      make("span", { id: id + "-fault", class: "pl-fault" }),
    );
  }

  function pay(form, method) {
    const framed = option("embeddedredirectionallowed") !== "false";
    const body = { contractNumber: method.contractNumber, pageUrl: window.location.href, framed: framed };
    if (method.kind === "card") {
      const missing = {};
      for (const field of fields) {
        body[field.name] = form.elements[field.name].value;
        showFaults({ [field.name]: "" });
        form.elements[field.name].removeAttribute("aria-invalid");
        if (field.required && !body[field.name].trim()) missing[field.name] = words("Please fill this in");
      }
      if (Object.keys(missing).length) return showFaults(missing);
    }
    if (fire("beforepayment") === false) return undefined;
    return send(method.kind === "card" ? "securedPaymentRequest" : "paymentRequest", body);
  }

  function showRedirection(justSent) {
    const data = view.paymentRedirectNoResponse.redirectionData;
    if (data.isCompletionMethod) return showMethod(data);
    const framed = data.iframeEmbeddable && option("embeddedredirectionallowed") !== "false";
    return framed ? showInFrame(data) : showTheWay(data, justSent);
  }

  /** The method of 3-D Secure: a hidden frame, until a page of ours in it reports or the time is over. */
  function showMethod(data) {
    const frame = make("iframe", {
      class: "pl-hidden", name: "pl-method", width: data.iframeWidth, height: data.iframeHeight, title: words("Your bank"),
      tabindex: "-1",
    });
    render(make("p", { role: "status" }, words("Your bank is asked about the card.")), frame);
    const mine = turn;
    const goOn = () => {
      window.clearTimeout(timer);
      window.removeEventListener("message", heard);
      if (mine === turn && view.paymentRedirectNoResponse?.redirectionData === data) send("redirection/continue", {});
    };
    const heard = (event) => event.origin === server && event.data?.threeDSMethod === "completed" && goOn();
    window.addEventListener("message", heard);
    timer = window.setTimeout(goOn, data.timeoutInMs);
    go(data, frame.name);
  }

  function showInFrame(data) {
    const attributes = { class: "pl-frame", name: "pl-redirection", title: words("Your bank or payment partner") };
    render(make("iframe", attributes));
    go(data, attributes.name);
    poll(async () => {
      const fresh = await ask("state/current");
      return fresh.type === "PAYMENT_REDIRECT_NO_RESPONSE" ? null : fresh;
    });
  }

  function showTheWay(data, justSent) {
    render(
      make("p", { role: "status" }, words("The payment goes on at your bank or payment partner.")),
      make("button", { class: "pl-btn", type: "button", onclick: () => go(data, "_self") }, words("Continue")),
      make("button", { class: "pl-btn", type: "button", onclick: () => send("redirection/abandon", {}) }, words("Another method")),
    );
    if (justSent) go(data, "_self");
  }

  /** Sends the page itself, or a frame in it, where the server says. */
  function go(data, target) {
    if (data.requestType === "GET") {
      if (target === "_self") window.location.assign(data.requestUrl);
      else container().querySelector(`iframe[name="${target}"]`).src = data.requestUrl;
      return;
    }
    const inputs = Object.entries(data.requestFields || {})
      .map(([name, value]) => make("input", { type: "hidden", name: name, value: value }));
    const form = make("form", { method: "post", action: data.requestUrl, target: target, hidden: true }, ...inputs);
    container().append(form);
    form.submit();
  }

  function showWaiting() {
    const waiting = view.activeWaiting;
    render(
      make("p", { role: "status" }, words("Approve the payment on your phone")),
      make("a", { class: "pl-btn", href: waiting.mockUrl, target: "_blank", rel: "noopener", lang: "en" }, "Sandbox: play the phone"),
    );
    const path = "cardCode/" + encodeURIComponent(waiting.cardCode) + "/activewaiting/isDone?timestamp=";
    poll(async () => ((await ask(path + Date.now())) ? ask("state/current") : null));
  }

  /** Asks again and again until there is something new to show. */
  function poll(look) {
    const mine = turn;
    timer = window.setTimeout(async () => {
      const fresh = await look().catch(() => null);
      if (mine !== turn) return;
      if (fresh) show(fresh, false);
      else poll(look);
    }, pollEvery);
  }

  function showEnd() {
    const paid = view.type.startsWith("PAYMENT_SUCCESS");
    const goes = paid || view.type === "PAYMENT_ONHOLD_PARTNER" ? view.returnUrl : view.cancelUrl;
    const leave = () => window.location.assign(goes);
    const id = paid ? "pl-ticket-default-ticket_btn" : "pl-end-btn";
    const button = make("button", { id: id, class: "pl-btn", type: "button", onclick: leave }, words("Back to the shop"));
    const ticket = paid ? [make("p", { class: "pl-ticket" }, view.info.PaylineFormattedAmount)] : [];
    const title = make("p", { class: "pl-end", role: "status", "data-state": view.type }, words(endings[view.type] || view.type));
    render(title, ...ticket, ...(goes ? [button] : []));
    if (paid && view.automaticRedirectAtSessionsEnd) window.setTimeout(leave, 0);
  }

  // --- window.Payline.Api --------------------------------------------------------------------------------------

  function init() {
    fire("willinit");
    load();
  }

  function reset(token) {
    if (token) holder().setAttribute("data-token", token);
    messages.clear();
    container().replaceChildren();
    load();
  }

  /**
   * Ends the session, calls back, and returns nothing, as in the vendor's samples. They pass null, a function, null, false
   * and say no more; here a spinner is never drawn, and with `handledByMerchant` the page shows the end by itself.
   */
  function endToken(additionalData, callback, spinner, handledByMerchant) {
    ask("end", { additionalData: additionalData ?? null })
      .then((ended) => !handledByMerchant && show(ended, false))
      .then(() => typeof callback === "function" && callback())
      .catch((error) => console.warn("endToken:", error.message));
  }

  function getCancelAndReturnUrls() {
    return { cancelUrl: view ? view.cancelUrl : "", returnUrl: view ? view.returnUrl : "" };
  }

  function getContextInfo(key) {
    return view ? view.info[key] : undefined;
  }

  function finalizeShortcut() {
    load();
  }

  window.Payline = {
    Api: { init, reset, endToken, getCancelAndReturnUrls, getContextInfo, finalizeShortcut },
  };

  function start() {
    if (holder() && option("auto-init") !== "false") init();
  }

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && holder() && option("template") === "lightbox") closeLightbox();
  });
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
