/* What goes wrong here, and what an answer of the bridge that is none of the wanted ones means. */

const CODES = { 401: "session_expired", 409: "cart_not_payable", 429: "too_many" };
const HAS_PAYMENT = /has a payment already: ([0-9a-f-]{36})/;
const IS_GIVEN_BACK = /is given back: ([0-9a-f-]{36})/;

/* What may be over a moment later. */
export const PASSING = ["network", "not_available", "too_many", "bad_answer", "given_back"];

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
  const code = CODES[answer.status] || (answer.status >= 500 ? "not_available" : "refused");
  const found = answer.status === 409 ? earlierPayment(message) : null;
  return new EnablerError(found?.code ?? code, message, {
    status: answer.status,
    paymentReference: found?.paymentReference,
    retryAfter: Number(answer.headers.get("Retry-After")) || undefined,
    correlationId: answer.headers.get("X-Correlation-ID") || undefined,
  });
};

/* A cart that has a payment which forbids another one, or one whose money goes back: then the next start begins anew. */
const earlierPayment = (message) => {
  const [kept, returned] = [HAS_PAYMENT, IS_GIVEN_BACK].map((words) => words.exec(message)?.[1]);
  if (kept) return { code: "already_paid", paymentReference: kept };
  return returned ? { code: "given_back", paymentReference: returned } : null;
};

/* A shop's own function; what it throws is the shop's, and stops nothing here. */
export const tell = async (listener, ...args) => {
  try {
    await listener?.(...args);
  } catch (error) {
    console.error(error);
  }
};
