/* What the buyer's pages do in the browser. None of it decides anything about the payment. */
(() => {
  "use strict";

  const notices = document.querySelector("[data-notices]");

  /* Puts one of the page's prepared, translated notices into its live region, or empties it. */
  const say = (name) => {
    const prepared = name && document.querySelector(`template[data-notice="${name}"]`);
    notices.replaceChildren(...(prepared ? [prepared.content.cloneNode(true)] : []));
  };

  /* A page kept by the browser shows an old state when the buyer comes back to it. An error may have answered a form. */
  const keeps = document.querySelector("[data-error]");
  window.addEventListener("pageshow", (event) => event.persisted && !keeps && window.location.reload());

  /* ---- Monext's widget ---- */

  const PATIENCE = 12000; /* milliseconds until a widget that draws nothing counts as failed */
  const TOKEN_NAMES = ["paylinetoken", "monext_session_id", "token"];
  const PAID_OR_OPEN = ["PAYMENT_SUCCESS", "PAYMENT_ONHOLD_PARTNER"];

  const api = () => (window.Payline && window.Payline.Api) || {};

  /* An address that Monext's widget names, with the session's token, which our return page needs. */
  const withToken = (address, token) => {
    const url = new URL(address, window.location.href);
    if (!/^https?:$/.test(url.protocol)) throw new TypeError(url.protocol);
    if (!TOKEN_NAMES.some((name) => url.searchParams.has(name))) url.searchParams.set(TOKEN_NAMES[0], token);
    return url.href;
  };

  /* Where a final state leads: REST sessions have one address for both, and our result page knows as well. */
  const wayOn = (state, widget) => {
    try {
      const { returnUrl, cancelUrl } = api().getCancelAndReturnUrls();
      const wanted = PAID_OR_OPEN.includes(state) ? returnUrl : cancelUrl || returnUrl;
      return wanted ? withToken(wanted, widget.dataset.token) : widget.dataset.result;
    } catch {
      return widget.dataset.result;
    }
  };

  /* Whether a click is for another tab or window. */
  const opensElsewhere = (event) => event.ctrlKey || event.metaKey || event.shiftKey;

  const ENOUGH = 1000; /* milliseconds for the end of a session that the buyer cancels; else it ends by itself, in time */

  /*
   * Ends the session at Monext, so that nobody can pay it later. Monext's script calls back when it has, and returns
   * nothing; the arguments are those of Monext's own samples. Where it does not call back we go on all the same.
   */
  const endSession = () =>
    new Promise((resolve) => {
      window.setTimeout(resolve, ENOUGH);
      try {
        api().endToken(null, resolve, null, false);
      } catch {
        resolve(); /* Monext's script could not. */
      }
    });

  const startWidget = (widget) => {
    const cancel = document.getElementById("cancel");
    let drawn = false;
    let leaving = false;

    const leave = async (address, first) => {
      if (leaving) return;
      leaving = true;
      say("leaving");
      if (first) await first();
      window.location.assign(address);
    };
    const show = () => {
      if (drawn || leaving) return;
      drawn = true;
      say(null);
    };
    const fail = () => drawn || leaving || say("failed");

    window.bridgeWidgetDrawn = show;

    /* false: the widget itself shows no receipt and goes nowhere. Its addresses can be asked right after. */
    window.bridgeWidgetDone = (event) => {
      window.setTimeout(() => leave(wayOn(event && event.state, widget)), 0);
      return false;
    };

    say("loading");
    const usable = () => widget.querySelector("input, button, select, iframe, a") && show();
    new MutationObserver(usable).observe(widget, { childList: true, subtree: true });
    window.addEventListener("error", (event) => event.target.id === "widget-script" && fail(), true);
    window.setTimeout(fail, PATIENCE);

    /* The cancel page asks Monext anyway. */
    cancel.addEventListener("click", (event) => {
      if (opensElsewhere(event) || !api().endToken) return;
      event.preventDefault();
      leave(cancel.href, endSession);
    });
  };

  /* ---- a state that may still change ---- */

  const FIRST_PAUSE = 2500;
  const LONGEST_PAUSE = 20000;
  const GROWTH = 1.4;
  const GIVE_UP = 300000; /* five minutes, in milliseconds */

  /* True once the bridge tells another state than the page does. A failed look is no news. */
  const hasMoved = async (address, status) => {
    try {
      const answer = await fetch(address, { headers: { Accept: "application/json" }, cache: "no-store" });
      return answer.ok && (await answer.json()).status !== status;
    } catch {
      return false;
    }
  };

  const watch = ({ refresh, status }) => {
    const look = async (pause, waited) => {
      if (await hasMoved(refresh, status)) return window.location.replace(refresh);
      if (waited >= GIVE_UP) return say("stopped");
      const next = Math.min(pause * GROWTH, LONGEST_PAUSE);
      return window.setTimeout(look, next, next, waited + next);
    };
    window.setTimeout(look, FIRST_PAUSE, FIRST_PAUSE, FIRST_PAUSE);
  };

  /* ---- a number to quote ---- */

  /* Shows a button that copies; where the browser forbids that, it selects, as a tap on the number does. */
  const offerCopy = (button) => {
    const source = document.getElementById(button.dataset.copies);
    button.hidden = false;
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(source.textContent);
        button.textContent = button.nextElementSibling.textContent = button.dataset.done;
      } catch {
        window.getSelection().selectAllChildren(source);
      }
    });
  };

  const widget = document.getElementById("PaylineWidget");
  const waiting = document.querySelector("[data-refresh]");
  if (widget) startWidget(widget);
  if (waiting) watch(waiting.dataset);
  document.querySelectorAll("[data-copies]").forEach(offerCopy);
})();
