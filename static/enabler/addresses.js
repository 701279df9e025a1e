/* Which addresses a buyer is sent to, and code is loaded from: https, or http on this machine. */

import { EnablerError } from "./errors.js";

const HERE = ["localhost", "127.0.0.1", "[::1]"];

const parsed = (text) => {
  try {
    return new URL(String(text));
  } catch {
    return null; /* no address at all */
  }
};

/* The address as a URL, null where it is none of these. */
export const secureUrl = (text) => {
  const url = parsed(text);
  const isSecure = url?.protocol === "https:" || (url?.protocol === "http:" && HERE.includes(url.hostname));
  return isSecure ? url : null;
};

/* The same for an address that is needed. Throws EnablerError. */
export const neededUrl = (text, code = "bad_answer") => {
  const url = secureUrl(text);
  if (!url) throw new EnablerError(code, "an address that is needed is none, or not https"); /* it may hold a token */
  return url;
};
