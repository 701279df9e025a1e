/* What became of a payment: the bridge's word, whatever Monext's form has said in this tab. */

import { EnablerError, PASSING } from "./errors.js";

const PAUSES = [1000, 2000, 4000, 8000]; /* milliseconds before it is asked once more */

/*
 * By status of the bridge; `text` is what the buyer reads, and `again` whether another try makes sense. Any other
 * status is no outcome, or not yet.
 */
export const ENDINGS = {
  paid: { isSuccess: true, text: "accepted" },
  authorized: { isSuccess: true, text: "accepted" },
  recording: { isSuccess: true, text: "accepted" },
  pending: { isSuccess: true, text: "pending" },
  review: { isSuccess: true, text: "review" },
  refused: { isSuccess: false, text: "refused", again: true },
  cancelled: { isSuccess: false, text: "cancelled", again: true },
  expired: { isSuccess: false, text: "expired", again: true },
  returned: { isSuccess: false, text: "returned" },
  refunded: { isSuccess: false, text: "refunded" },
};

/* The bridge's result, once it is an outcome; null where it stays open, or `isWanted` no longer. */
export const outcome = async (bridge, reference, isWanted) => {
  for (const pause of [0, ...PAUSES]) {
    if (pause) await sleep(pause);
    if (!isWanted()) return null;
    const result = await bridge.result(reference).catch(worthAnotherTry);
    if (Object.hasOwn(ENDINGS, result.status)) return result;
    if (result.isFinal) return null;
  }
  return null;
};

const worthAnotherTry = (error) => {
  if (!(error instanceof EnablerError)) console.error(error); /* a fault of this module: no outcome either */
  return { isFinal: !PASSING.includes(error.code) };
};

const sleep = (milliseconds) => new Promise((resolve) => window.setTimeout(resolve, milliseconds));
