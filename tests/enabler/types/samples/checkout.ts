/* A shop's page as docs/enabler.md has it, with all that may be given and told. */

import type { Dropin, DropinBuilder, ErrorCode, PaymentResult } from "../made/enabler.js";

const publicUrl: string = "https://pay.shop.example.com";
const { Enabler, EnablerError } = (await import(`${publicUrl}/static/enabler.js`)) as typeof import("../made/enabler.js");

const askYourServer = async (reference: string): Promise<void> => void (await fetch(`/paid/${reference}`));

const words: Record<ErrorCode, string> = {
  already_paid: "paid",
  bad_answer: "again",
  bad_options: "ours",
  cart_not_payable: "cart",
  given_back: "again",
  network: "again",
  no_target: "ours",
  not_available: "again",
  not_supported: "ours",
  outcome_unknown: "wait",
  refused: "no",
  session_expired: "new session",
  too_many: "later",
  widget_blocked: "no",
};

const told = (result: PaymentResult): string => {
  if (!result.isSuccess) return result.status === "returned" ? "returned" : "try again";
  const status: "paid" | "authorized" | "recording" | "pending" | "review" = result.status;
  return `${status} ${result.orderNumber ?? ""} by ${result.method.type}`;
};

const enabler = new Enabler({
  processorUrl: publicUrl,
  sessionId: "session",
  locale: new Intl.Locale("fr-FR"),
  paymentMethod: "CB",
  nonce: "n0nce",
  onComplete: (result) => {
    console.log(told(result));
    return askYourServer(result.paymentReference);
  },
  onError: (error, { paymentReference, method }) => {
    if (error.code === "too_many") setTimeout(() => undefined, 1000 * (error.retryAfter ?? 1));
    console.warn(error.code && words[error.code], error.message, error.correlationId, paymentReference, method.type);
  },
});

const builder: DropinBuilder = await enabler.createDropinBuilder("hpp");
const dropin: Dropin = builder.build({ showPayButton: false, onDropinReady: () => {}, onPayButtonClick: async () => {} });
await dropin.mount("#payment");
const place = document.querySelector("#payment");
if (place) await dropin.mount(place);

try {
  if (builder.dropinHasSubmit) await dropin.submit();
} catch (error) {
  if (error instanceof EnablerError && error.code === "not_supported") dropin.unmount();
}
dropin.remove();

new Enabler({ processorUrl: publicUrl, sessionId: "session" });
