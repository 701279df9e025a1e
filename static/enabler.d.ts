/*
 * The types of enabler.js, Monext's payment on a shop's own page. See docs/enabler.md, "With TypeScript".
 *
 * They are checked against the module itself: a change to one of them is a change to the other.
 */

/** Monext's form on the shop's page, or the way to Monext's page. */
export type DropinType = "embedded" | "hpp";

/** What became of a payment, by the bridge's word. Ask commercetools on the shop's server before anything is shipped. */
export type PaymentResult = PaymentFacts & (
  | { isSuccess: true; status: "paid" | "authorized" | "recording" | "pending" | "review" }
  | { isSuccess: false; status: "refused" | "cancelled" | "expired" | "returned" | "refunded" }
);

export interface PaymentFacts {
  /** The id of the commercetools Payment. */
  paymentReference: string;
  /** The two of the order are there once it has been made. */
  orderId?: string;
  orderNumber?: string;
  method: { type: DropinType };
}

export type ErrorCode =
  | "already_paid"
  | "bad_answer"
  | "bad_options"
  | "cart_not_payable"
  | "given_back"
  | "network"
  | "no_target"
  | "not_available"
  | "not_supported"
  | "outcome_unknown"
  | "refused"
  | "session_expired"
  | "too_many"
  | "widget_blocked";

export interface ErrorDetails {
  /** The HTTP status of the bridge, where it answered. */
  status?: number;
  /** An earlier payment of the cart, where it is the reason. */
  paymentReference?: string;
  /** Seconds after which it may be tried again. */
  retryAfter?: number;
  /** What the bridge's log has beside the same call. */
  correlationId?: string;
  cause?: unknown;
}

/** All that was foreseen to go wrong. `message` is for a developer and not for the buyer. */
export class EnablerError extends Error {
  constructor(code: ErrorCode, message: string, details?: ErrorDetails);
  code: ErrorCode;
  status?: number;
  paymentReference?: string;
  retryAfter?: number;
  correlationId?: string;
}

/** A fault of the module, which has no code. */
export interface UnforeseenError extends Error {
  code?: undefined;
  status?: undefined;
  paymentReference?: undefined;
  retryAfter?: undefined;
  correlationId?: undefined;
}

export interface ErrorContext {
  /** The id of the commercetools Payment, where there is one. */
  paymentReference?: string;
  method: { type: DropinType };
}

export interface EnablerOptions {
  /** PUBLIC_URL of the bridge, https; http for this machine alone. */
  processorUrl: string;
  /** The id of an active commercetools session of the cart. */
  sessionId: string;
  /** The language of the module's words and of Monext's form, as `fr` or `fr-FR`. */
  locale?: string | Intl.Locale;
  /** One method alone, a key of MONEXT_PAYMENT_METHOD_IDS. */
  paymentMethod?: string;
  /** Of the page's content security policy. */
  nonce?: string;
  /** The payment in the form has come to an end. Without it the buyer is led to the shop's landing page. */
  onComplete?: (result: PaymentResult) => void | Promise<void>;
  onError?: (error: EnablerError | UnforeseenError, context: ErrorContext) => void | Promise<void>;
}

export interface DropinOptions {
  /** Of `hpp`: false leaves the button away, and the shop's own calls `submit`. */
  showPayButton?: boolean;
  onDropinReady?: () => void | Promise<void>;
  /** Where the promise rejects, the payment does not go on. */
  onPayButtonClick?: () => void | Promise<void>;
}

export interface Dropin {
  /** As commercetools' enablers have it; it does nothing. */
  init(): void;
  /** Rejects with `no_target` where there is no such element. */
  mount(target: string | Element): Promise<void>;
  /** Of `hpp`; rejects with `not_supported` for `embedded`, whose form has its own button. */
  submit(): Promise<void>;
  /** Takes everything off the page. The payment lives on, and mounting again resumes it. */
  unmount(): void;
  remove(): void;
}

export interface DropinBuilder {
  /** True for `hpp`. */
  dropinHasSubmit: boolean;
  build(options?: DropinOptions): Dropin;
}

export class Enabler {
  /** Throws EnablerError with `bad_options`. */
  constructor(options: EnablerOptions);
  createDropinBuilder(type: DropinType): Promise<DropinBuilder>;

  /* Members of commercetools' enablers that there is nothing behind; the builders reject with `not_supported`. */

  createComponentBuilder(type: string): Promise<never>;
  createExpressBuilder(type: string): Promise<never>;
  createStoredPaymentMethodBuilder(type: string): Promise<never>;
  isStoredPaymentMethodsEnabled(): Promise<boolean>;
  getStoredPaymentMethods(): Promise<{ storedPaymentMethods: unknown[] }>;
  setStorePaymentDetails(enabled?: boolean): void;
}
