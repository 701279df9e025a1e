/* Monext's script and stylesheet, what of its interface is used, and what it calls: each once a page. */

import { neededUrl } from "./addresses.js";
import { make } from "./dropin.js";
import { EnablerError } from "./errors.js";

/* Its event attributes hold names of global functions. */
export const EVENTS = {
  "data-event-didshowstate": "monextEnablerShown",
  "data-event-beforepayment": "monextEnablerPays",
  "data-event-finalstatehasbeenreached": "monextEnablerDone",
};

const loaded = new Map();
let onPage = null; /* Monext's widget has a fixed id, so a page can hold one */

const LISTENERS = {
  monextEnablerShown: () => onPage?._shown(),
  monextEnablerPays: () => onPage?._pays(),
  monextEnablerDone: (event) => onPage?._ends(event?.state),
};

/* From now on the widget is this drop-in's; that of another one goes. */
export const claim = (dropin) => {
  if (onPage && onPage !== dropin) onPage.unmount();
  onPage = dropin;
  Object.assign(window, LISTENERS);
};

export const release = (dropin) => {
  if (onPage === dropin) onPage = null;
};

export const hasWidget = () => Boolean(window.Payline?.Api);

/* Rejects with an EnablerError where Monext's script does not come. Without its stylesheet the form is plain. */
export const loadWidget = async (assets, nonce) => {
  const style = neededUrl(assets?.style).href;
  const src = neededUrl(assets?.script).href;
  load("link", style, { nonce, rel: "stylesheet", href: style }).catch((error) => console.warn(error.message));
  await load("script", src, { nonce, src });
};

/* A script that runs already looks at no new holder by itself. */
export const resetWidget = (token) => {
  try {
    window.Payline.Api.reset(token);
  } catch (cause) {
    throw new EnablerError("widget_blocked", "Monext's script does not start again", { cause });
  }
};

/* The session's return address as the widget knows it; undefined where it names none. */
export const namedReturn = () => {
  try {
    return window.Payline?.Api?.getCancelAndReturnUrls()?.returnUrl;
  } catch (error) {
    console.warn(error); /* Monext's own */
    return undefined;
  }
};

const load = (tag, address, attributes) => {
  const known = loaded.get(address);
  if (known) return known;
  const loading = append(tag, address, attributes);
  loaded.set(address, loading);
  loading.catch(() => loaded.delete(address));
  return loading;
};

const append = (tag, address, { nonce, ...attributes }) =>
  new Promise((resolve, reject) => {
    const node = make(tag, attributes);
    if (nonce) node.nonce = nonce;
    node.addEventListener("load", resolve);
    node.addEventListener("error", () => {
      node.remove();
      reject(new EnablerError("widget_blocked", `${address} can't be loaded`));
    });
    document.head.append(node);
  });
