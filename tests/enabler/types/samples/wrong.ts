/* What a shop must not get past the compiler. */

import { Enabler, type Dropin, type PaymentResult } from "../made/enabler.js";

const good = { processorUrl: "https://pay.shop.example.com", sessionId: "session" };

// @ts-expect-error needs options
new Enabler();
// @ts-expect-error needs the session's id
new Enabler({ processorUrl: good.processorUrl });
// @ts-expect-error has no such option
new Enabler({ ...good, onPaid: () => {} });
// @ts-expect-error a number is no language
new Enabler({ ...good, locale: 49 });

const enabler = new Enabler(good);
// @ts-expect-error there is no such kind
await enabler.createDropinBuilder("popup");

const dropin: Dropin = (await enabler.createDropinBuilder("embedded")).build();
// @ts-expect-error an element or a selector
await dropin.mount(document.querySelector("#payment"));
// @ts-expect-error of commercetools' components, not of ours
dropin.showValidation();

new Enabler({
  ...good,
  onComplete: (result: PaymentResult) => {
    // @ts-expect-error there is no such status
    if (result.status === "succeeded") return;
    // @ts-expect-error an order is not always there
    const order: string = result.orderNumber;
    // @ts-expect-error what was declined was no success
    if (result.isSuccess && result.status === "refused") console.log(order);
  },
  onError: (error) => {
    // @ts-expect-error there is no such code
    if (error.code === "declined") return;
    // @ts-expect-error not each error has a status
    console.log(error.status.toFixed());
  },
});
