/*
 * What was paid, by commercetools alone.
 *
 * The `status` in the address of the landing page is no proof: anybody can type it. The rule is that of
 * docs/integrate.md: the order stands, its `paymentState` lets it be shipped, and its payments hold what it costs.
 */

const sum = (payment, types, counts, currency) =>
  payment.transactions
    .filter(({ type, state, amount }) => types.includes(type) && counts(state) && amount.currencyCode === currency)
    .reduce((total, { amount }) => total + amount.centAmount, 0);

/* What came in counts once it is certain; what goes out counts unless it certainly did not. */
const came = (state) => state === "Success";
const mayHaveGone = (state) => state !== "Failure";

/* Reasons for which the bridge gives the money of a payment back. */
const returned = ["AMOUNT_MISMATCH", "SECOND_PAYMENT", "ORDER_REFUSED"];

const moneyOf = (payment, currency) => {
  if (returned.includes(payment.paymentStatus?.interfaceCode)) return { taken: 0, open: 0 };
  const charged = sum(payment, ["Charge"], came, currency);
  const gone = sum(payment, ["Refund", "Chargeback"], mayHaveGone, currency);
  const reserved = sum(payment, ["Authorization"], came, currency);
  const released = sum(payment, ["CancelAuthorization"], mayHaveGone, currency);
  return { taken: charged - gone, open: Math.max(reserved - released - charged, 0) };
};

/* The payments of a cart or order that was read with `expand=paymentInfo.payments[*]`. */
const paymentsOf = (resource) => (resource.paymentInfo?.payments ?? []).map(({ obj }) => obj);

/* What it costs, in minor units: with tax, where commercetools has computed the tax. */
export const due = (resource) => resource.taxedPrice?.totalGross ?? resource.totalPrice;

/* "paid": the money is there. "reserved": it is certain, and is taken on shipment. "open": don't ship. */
export const stateOfOrder = (order) => {
  const mayBeShipped = ["Paid", "Pending", "BalanceDue"].includes(order.paymentState);
  if (order.orderState === "Cancelled" || !mayBeShipped) return "open";
  const { centAmount, currencyCode } = due(order);
  const all = paymentsOf(order).map((payment) => moneyOf(payment, currencyCode));
  const taken = all.reduce((total, each) => total + each.taken, 0);
  const certain = all.reduce((total, each) => total + each.taken + each.open, 0);
  if (taken >= centAmount) return "paid";
  return certain >= centAmount ? "reserved" : "open";
};

/* Before there is an order: whether money is there or on its way, so that nobody is asked to pay twice. */
export const isUnderWay = (cart) => {
  const { currencyCode } = due(cart);
  return paymentsOf(cart).some((payment) => {
    const { taken, open } = moneyOf(payment, currencyCode);
    const isPending = ({ type, state }) => ["Charge", "Authorization"].includes(type) && state === "Pending";
    return taken + open > 0 || payment.transactions.some(isPending);
  });
};
