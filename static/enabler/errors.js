/* What goes wrong here, and what an answer of the bridge that is none of the wanted ones means. */

const CODES = { 401: "session_expired", 409: "cart_not_payable", 429: "too_many" };
const HAS_PAYMENT = /has a payment already: ([0-9a-f-]{36})/;

/* What may be over a moment later. */
export const PASSING = ["network", "not_available", "too_many", "bad_answer"];

/* Everything that goes wrong here. `code` is stable, `message` is for a developer and not for the buyer. */
export class EnablerError extends Error {
  constructor(code, message, details = {}) {
    super(message);
    this.name = "EnablerError";
    this.code = code;
    Object.assign(this, details);
  }
}

export const refusal = (answer, body) => {
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

/* A shop's own function; what it throws is the shop's, and stops nothing here. */
export const tell = async (listener, ...args) => {
  try {
    await listener?.(...args);
  } catch (error) {
    console.error(error);
  }
};
