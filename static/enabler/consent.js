/*
 * Holds a payment in Monext's form back until the shop has agreed.
 *
 * Monext asks a function of the page before it pays, and takes the answer at once: so the first press is answered
 * with no, the shop is asked, and where it agrees the same element is pressed once more.
 */
const FRESH = 1000; /* milliseconds in which a press leads to a payment; later it was meant for something else */
const PRESSABLE = "button, a, input, label, [role=button]"; /* what an icon in it was pressed for */

export class Consent {
  #ask;
  #isWanted;
  #pressed = null;
  #isAsking = false;
  #hasAgreed = false;

  /* `ask` resolves to whether the shop agrees; `isWanted` is false once its answer comes too late. */
  constructor(holder, { ask, isWanted }) {
    this.#ask = ask;
    this.#isWanted = isWanted;
    holder.addEventListener("click", (event) => this.#note(event), true);
  }

  /* What the widget is told: false is a no, undefined none. */
  answer() {
    if (this.#hasAgreed) {
      this.#hasAgreed = false;
      return undefined;
    }
    const pressed = this.#pressed;
    this.#pressed = null;
    if (!this.#isAsking) this.#inquire(pressed);
    return false;
  }

  /* A shop that agrees at once does so while the browser still handles the press, and no form is submitted in itself. */
  async #inquire(pressed) {
    this.#isAsking = true;
    const agrees = await this.#ask();
    await new Promise((resolve) => window.setTimeout(resolve, 0));
    this.#isAsking = false;
    if (agrees && this.#isWanted()) this.#repeat(pressed);
  }

  /* A press that was not seen, in a partner's frame, can't be repeated: there the next one is let through. */
  #repeat(pressed) {
    if (pressed?.isConnected === false) return;
    this.#hasAgreed = true;
    if (pressed) press(pressed);
  }

  /* An agreement is for one press of the buyer's, not of a script: the next one is asked about again. */
  #note(event) {
    if (!event.isTrusted) return;
    this.#hasAgreed = false;
    const pressed = event.target.closest?.(PRESSABLE) ?? event.target;
    this.#pressed = pressed;
    window.setTimeout(() => this.#forget(pressed), FRESH);
  }

  #forget(pressed) {
    if (this.#pressed === pressed) this.#pressed = null;
  }
}

/* A drawing has no `click` of its own. */
const press = (node) => {
  if (typeof node.click === "function") node.click();
  else node.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, composed: true }));
};
