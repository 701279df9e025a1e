/* The calls to commercetools: https://docs.commercetools.com/api */

import { settings } from "./settings.mjs";

const { CTP_API_URL, CTP_AUTH_URL, CTP_SESSION_URL, CTP_PROJECT_KEY, STORE_KEY } = settings;
const { CTP_CLIENT_ID, CTP_CLIENT_SECRET } = settings;
const LONGEST_CALL = 10000; /* milliseconds */

let token = null; /* a promise, so that calls at the same moment ask for one token and not for many */
let tokenEnds = 0;

const fetchToken = async () => {
  const proof = Buffer.from(`${CTP_CLIENT_ID}:${CTP_CLIENT_SECRET}`).toString("base64");
  const answer = await fetch(`${CTP_AUTH_URL}/oauth/token`, {
    method: "POST",
    headers: { Authorization: `Basic ${proof}` },
    body: new URLSearchParams({ grant_type: "client_credentials" }),
    signal: AbortSignal.timeout(LONGEST_CALL),
  });
  if (!answer.ok) throw new Error(`commercetools gave no token: ${answer.status}`);
  const { access_token, expires_in } = await answer.json();
  tokenEnds = Date.now() + (expires_in - 60) * 1000;
  return access_token;
};

const currentToken = () => {
  if (!token || Date.now() >= tokenEnds) {
    tokenEnds = Infinity; /* until the answer says better */
    token = fetchToken().catch((error) => {
      token = null;
      throw error;
    });
  }
  return token;
};

const call = async (path, { base = CTP_API_URL, query = {}, body } = {}) => {
  const answer = await fetch(`${base}/${CTP_PROJECT_KEY}/${path}?${new URLSearchParams(query)}`, {
    method: body ? "POST" : "GET",
    headers: { Authorization: `Bearer ${await currentToken()}`, "Content-Type": "application/json" },
    body: body && JSON.stringify(body),
    signal: AbortSignal.timeout(LONGEST_CALL),
  });
  if (!answer.ok) throw new Error(`commercetools answered ${answer.status}: ${await answer.text()}`);
  return answer.json();
};

/* What is sold, each with the price that commercetools selects for this currency and country. */
export const goods = async () => {
  const query = { limit: "4", priceCurrency: "EUR", priceCountry: "FR" };
  const { results } = await call("product-projections", { query });
  return results.filter((product) => product.masterVariant.price);
};

/* Only what is bought and where to comes from the buyer; every price is commercetools' own. */
export const makeCart = ({ quantities, address }) =>
  call("carts", {
    body: {
      currency: "EUR",
      country: "FR",
      locale: "fr-FR",
      store: { typeId: "store", key: STORE_KEY },
      customerEmail: address.email,
      shippingAddress: address,
      billingAddress: address,
      shippingMethod: { typeId: "shipping-method", key: "standard" },
      lineItems: quantities.map(([sku, quantity]) => ({ sku, quantity })),
    },
  });

const WITH_PAYMENTS = { expand: "paymentInfo.payments[*]" };

export const cartWithPayments = (id) => call(`carts/${id}`, { query: WITH_PAYMENTS });

/* The order that was made from a cart; undefined where there is none. */
export const orderOfCart = async (cartId) => {
  const query = { where: "cart(id=:cart)", "var.cart": cartId, limit: "1", ...WITH_PAYMENTS };
  return (await call("orders", { query })).results[0];
};

/* A checkout session of the cart. Its id opens this cart's payment and nothing else. */
export const makeSession = (cartId) =>
  call("sessions", { base: CTP_SESSION_URL, body: { cart: { cartRef: { id: cartId } }, metadata: {} } });
