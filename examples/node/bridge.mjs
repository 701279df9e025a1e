/* The two ways to the payment. Both lead to the bridge's page, and from there the buyer comes back to this shop. */

import { createHmac } from "node:crypto";
import { makeSession } from "./commercetools.mjs";
import { SHOP_URL, settings } from "./settings.mjs";

const { BRIDGE_URL, LINK_SECRET } = settings;
const LINK_LIFE = 3600; /* seconds */

/* Where the buyer comes back to: once it is paid, and where it is not. */
const LANDING = { returnUrl: `${SHOP_URL}/thanks`, cancelUrl: `${SHOP_URL}/cart` };

/*
 * First way: a link that this server signs. Version 2 signs all that the link says, so nobody can change the page
 * that the buyer comes back to. Made when the buyer presses the button, so it need not be valid for long.
 */
export const signedLink = (cartId) => {
  const expires = Math.floor(Date.now() / 1000) + LINK_LIFE;
  const said = new URLSearchParams({ ...LANDING, expires, v: "2" });
  said.sort();
  const signature = createHmac("sha256", LINK_SECRET).update(`2.${cartId}.${said}`).digest("hex");
  said.append("signature", signature);
  return `${BRIDGE_URL}/checkout/${cartId}?${said}`;
};

/* Second way: a form with a checkout session, which leaves no proof in an address. LINK_SECRET is not needed for it. */
export const sessionForm = async (cartId) => {
  const { id } = await makeSession(cartId);
  return { action: `${BRIDGE_URL}/checkout/${cartId}`, fields: { session: id, ...LANDING } };
};
