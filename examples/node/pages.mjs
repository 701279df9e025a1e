/* The pages. `html` escapes all that is put into it, so no name and no address becomes markup. */

import { due } from "./paid.mjs";

const ESCAPES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

class Markup {
  constructor(text) {
    this.text = text;
  }
}

const escaped = (value) => {
  if (value instanceof Markup) return value.text;
  if (Array.isArray(value)) return value.map(escaped).join("");
  return String(value ?? "").replace(/[&<>"']/g, (char) => ESCAPES[char]);
};

const html = (strings, ...values) => new Markup(String.raw({ raw: strings }, ...values.map(escaped)));

/* In minor units: 2499 of two digits is 24.99. */
const money = ({ centAmount, currencyCode, fractionDigits = 2 }) =>
  new Intl.NumberFormat("en", { style: "currency", currency: currencyCode }).format(centAmount / 10 ** fractionDigits);

const words = (localised) => localised.en ?? Object.values(localised)[0];

const page = (title, content) =>
  html`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="stylesheet" href="/style.css">
<h1>${title}</h1>
${content}
<p><a href="/">To the goods</a></p>
</html>`.text;

const FIELDS = [
  ["firstName", "First name", "given-name"],
  ["lastName", "Last name", "family-name"],
  ["email", "Email", "email"],
  ["streetName", "Street and number", "address-line1"],
  ["postalCode", "Postcode", "postal-code"],
  ["city", "City", "address-level2"],
];

const good = ({ name, masterVariant: { sku, images, price } }) => html`<li>
  ${images.slice(0, 1).map(({ url }) => html`<img src="${url}" alt="" width="120" height="120">`)}
  <label>${words(name)}, ${money((price.discounted ?? price).value)}
    <input type="number" name="quantity:${sku}" min="0" max="99" value="0"></label>
</li>`;

const field = ([name, label, autocomplete]) => html`<label>${label}
  <input name="${name}" type="${name === "email" ? "email" : "text"}" autocomplete="${autocomplete}"
    maxlength="100" required>
</label>`;

export const goodsPage = (goods) =>
  page("Our goods", html`<form method="post" action="/cart">
<ul>${goods.map(good)}</ul>
<fieldset><legend>Where to?</legend>${FIELDS.map(field)}</fieldset>
<button>To the cart</button>
</form>`);

const row = (name, amount) => html`<tr><td>${name}</td><td>${money(amount)}</td></tr>`;

const contents = ({ lineItems, shippingInfo, ...resource }) => html`<table>
${lineItems.map((line) => row(`${line.quantity} × ${words(line.name)}`, line.totalPrice))}
${shippingInfo ? row(shippingInfo.shippingMethodName, shippingInfo.price) : ""}
${row("Total", due(resource))}
</table>`;

export const cartPage = (cart) =>
  page("Your cart", html`${contents(cart)}
<form method="post" action="/pay"><button>Pay</button></form>
<form method="post" action="/pay-by-session"><button>Pay, by a checkout session</button></form>`);

/* A page of its own, so that the session is made only once the buyer goes to pay. */
export const sessionPage = ({ action, fields }) =>
  page("To the payment", html`<form method="post" action="${action}">
${Object.entries(fields).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
<button>Go to the payment</button>
</form>`);

const THANKS = {
  paid: "Thank you. Your payment has arrived.",
  reserved: "Thank you. Your payment is confirmed, and is taken when we ship.",
  open: "The money of this order is not there, so we don't ship it.",
};

export const orderPage = (order, state) =>
  page(`Order ${order.orderNumber}`, html`<p id="state" data-state="${state}">${THANKS[state]}</p>
${contents(order)}`);

export const waitingPage = () =>
  page("One moment", html`<p>Your payment is being processed. Please do not pay again.</p>
<p><a href="/thanks">Look again</a></p>`);

export const sorryPage = (title, text) => page(title, html`<p>${text}</p>`);

/* As commercetools has it; only these fields are taken over. */
export const addressOf = (form) => {
  const fields = FIELDS.map(([name]) => [name, (form.get(name) ?? "").trim().slice(0, 100)]);
  return { ...Object.fromEntries(fields), country: "FR" };
};
