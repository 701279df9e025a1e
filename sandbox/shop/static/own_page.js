/* The shop's side of the bridge's module: it shows all that it is told, and asks commercetools what is true. */

const place = document.getElementById("payment");
const { processorUrl, sessionId, kind, locale, button } = place.dataset;

const tell = (name, details = "", href = "") => {
  const line = document.createElement("li");
  const code = document.createElement("code");
  code.textContent = name;
  line.append(code, details ? ` ${details}` : "");
  if (href) {
    const link = document.createElement("a");
    link.href = href;
    link.textContent = "as commercetools holds it";
    line.append(" ", link);
  }
  document.getElementById("told").append(line);
};

/* The shop's server asks commercetools. */
const ask = async (paymentReference) => {
  const answer = await fetch(`/payments/${encodeURIComponent(paymentReference)}/says`);
  if (!answer.ok) return tell("commercetools", `HTTP ${answer.status}`);
  const { transactions, order, href } = await answer.json();
  return tell("commercetools", `${transactions.join(", ")}; order: ${order ?? "none"}`, href);
};

/* Rejects where the shop has terms, and the buyer did not accept them. */
const agree = async () => {
  tell("onPayButtonClick");
  const terms = document.getElementById("terms");
  if (terms && !terms.checked) throw new Error("the terms are not accepted");
};

document.getElementById("choice").addEventListener("submit", (event) => {
  event.target.action = document.getElementById("cart").value;
});

try {
  const { Enabler } = await import(`${processorUrl}/static/enabler.js`);
  const enabler = new Enabler({
    processorUrl,
    sessionId,
    locale: locale || undefined,
    onComplete: (result) => {
      tell("onComplete", JSON.stringify(result));
      return ask(result.paymentReference);
    },
    onError: (error, { paymentReference }) => {
      tell("onError", JSON.stringify({ code: error.code, message: error.message, paymentReference }));
      return paymentReference && ask(paymentReference);
    },
  });
  const builder = await enabler.createDropinBuilder(kind);
  const dropin = builder.build({
    showPayButton: button !== undefined,
    onDropinReady: async () => tell("onDropinReady"),
    onPayButtonClick: agree,
  });
  await dropin.mount("#payment");
  document.getElementById("order")?.addEventListener("click", () => {
    agree().then(() => dropin.submit(), (error) => tell("shop", error.message));
  });
  document.getElementById("redraw").addEventListener("click", () => {
    place.replaceChildren();
    return dropin.mount("#payment");
  });
} catch (error) {
  tell("module", `${error.name}: ${error.message}`);
}
