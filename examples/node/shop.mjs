/* A small shop that is paid through the bridge: goods, a cart, the way to the payment, and the page after it. */

import { createHmac, timingSafeEqual } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { sessionForm, signedLink } from "./bridge.mjs";
import { cartWithPayments, goods, makeCart, orderOfCart } from "./commercetools.mjs";
import * as pages from "./pages.mjs";
import { isUnderWay, stateOfOrder } from "./paid.mjs";
import { COOKIE_SECRET, PORT, SHOP_URL, settings } from "./settings.mjs";

const LONGEST_FORM = 10000; /* characters */
const QUANTITY = "quantity:"; /* and the SKU: how many of it */
const STYLE = readFileSync(new URL("style.css", import.meta.url), "utf8");
const PICTURES = new URL(settings.CTP_API_URL).origin; /* of the sandbox; a real project's are on a host of their own */

const HEADERS = {
  "Content-Security-Policy":
    `default-src 'none'; style-src 'self'; img-src ${PICTURES}; ` +
    `form-action 'self' ${new URL(settings.BRIDGE_URL).origin}; base-uri 'none'; frame-ancestors 'none'`,
  "X-Content-Type-Options": "nosniff",
  "Cache-Control": "no-store",
};

/* ---- whose cart it is: a signed cookie that no script can read, so nobody looks at another buyer's cart ---- */

const proofOf = (cartId) => createHmac("sha256", COOKIE_SECRET).update(cartId).digest("hex");

const cookieOf = (cartId) => {
  const secure = SHOP_URL.startsWith("https:") ? "; Secure" : "";
  /* Lax: it comes along when the bridge leads back to us, and with no form that another site posts. */
  return `cart=${cartId}.${proofOf(cartId)}; HttpOnly; SameSite=Lax; Path=/${secure}`;
};

const cartIdOf = (request) => {
  const cookie = /(?:^|; )cart=([0-9a-f-]{36})\.([0-9a-f]{64})(?:;|$)/.exec(request.headers.cookie ?? "");
  const [, cartId, proof] = cookie ?? [];
  return cartId && timingSafeEqual(Buffer.from(proof), Buffer.from(proofOf(cartId))) ? cartId : null;
};

/* ---- answers ---- */

const send = (text, type, status = 200) => ({ status, headers: { "Content-Type": `${type}; charset=utf-8` }, text });
const show = (text, status) => send(text, "text/html", status);
const go = (location, headers = {}) => ({ status: 303, headers: { Location: location, ...headers }, text: "" });
const noCart = () => show(pages.sorryPage("No cart", "This browser has no cart yet."), 404);

const formOf = async (request) => {
  let text = "";
  for await (const chunk of request.setEncoding("utf8")) {
    text += chunk;
    if (text.length > LONGEST_FORM) throw new Error("the form is too long");
  }
  return new URLSearchParams(text);
};

const fillCart = async (request) => {
  const form = await formOf(request);
  const asked = [...form].filter(([name]) => name.startsWith(QUANTITY));
  const quantities = asked
    .map(([name, value]) => [name.slice(QUANTITY.length), Number(value)])
    .filter(([, count]) => Number.isInteger(count) && count > 0 && count < 100);
  if (!quantities.length) {
    return show(pages.sorryPage("Nothing chosen", "Please choose one to 99 of something."), 400);
  }
  const cart = await makeCart({ quantities, address: pages.addressOf(form) });
  return go("/cart", { "Set-Cookie": cookieOf(cart.id) });
};

/* Both pages after a payment, and a buyer who comes by himself: what is shown follows from commercetools alone. */
const whereItStands = async (cartId) => {
  const order = await orderOfCart(cartId);
  if (order) return show(pages.orderPage(order, stateOfOrder(order)));
  const cart = await cartWithPayments(cartId);
  return show(isUnderWay(cart) ? pages.waitingPage() : pages.cartPage(cart));
};

const withCart = (view) => async (request) => {
  const cartId = cartIdOf(request);
  return cartId ? view(cartId) : noCart();
};

const ROUTES = {
  "GET /": async () => show(pages.goodsPage(await goods())),
  "GET /style.css": async () => send(STYLE, "text/css"),
  "POST /cart": fillCart,
  "GET /cart": withCart(whereItStands),
  "GET /thanks": withCart(whereItStands),
  "POST /pay": withCart(async (cartId) => go(signedLink(cartId))),
  "POST /pay-by-session": withCart(async (cartId) => show(pages.sessionPage(await sessionForm(cartId)))),
};

const answer = async (request) => {
  const view = ROUTES[`${request.method} ${request.url.split("?")[0]}`];
  if (!view) return show(pages.sorryPage("Not here", "There is no such page."), 404);
  try {
    return await view(request);
  } catch (error) {
    console.error(error); /* for us; the buyer reads nothing of it */
    return show(pages.sorryPage("Sorry", "Something went wrong. Please try again in a moment."), 502);
  }
};

const server = createServer(async (request, response) => {
  const { status, headers, text } = await answer(request);
  response.writeHead(status, { ...HEADERS, ...headers }).end(text);
});

server.listen(PORT, "localhost", () => console.log(`The shop is at ${SHOP_URL}`));
