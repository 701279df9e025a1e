// commercetools-mock as an HTTP server of its own, unchanged: strict about drafts, and about tokens that it
// issued itself. Prints its URL once it serves; ends when its standard input does, so never outlives its test.
//
// GET /_journal/writes: the bodies of all creations and updates so far. The mock drops some of what it is
// sent (an order's paymentState, among others), which can then only be seen here.

import { CommercetoolsMock } from "@labdigital/commercetools-mock";

const mock = new CommercetoolsMock({
  strict: true,
  enableAuthentication: true,
  validateCredentials: true,
});

const writes = [];
mock.app.addHook("preHandler", async (request) => {
  if (request.method === "POST" && !request.url.startsWith("/oauth/")) {
    writes.push({ path: request.url.split("?")[0], body: request.body });
  }
});
mock.app.get("/_journal/writes", async () => ({ writes }));

console.log(await mock.app.listen({ host: "127.0.0.1", port: 0 }));
process.stdin.resume();
process.stdin.on("end", () => process.exit(0));
