/* What the shop is told from outside. Secrets stay in this process: no page and no address ever holds one. */

import { randomBytes } from "node:crypto";

const NEEDED = [
  "BRIDGE_URL", "LINK_SECRET", "CTP_PROJECT_KEY", "CTP_CLIENT_ID", "CTP_CLIENT_SECRET",
  "CTP_AUTH_URL", "CTP_API_URL", "CTP_SESSION_URL", "STORE_KEY",
];

const missing = NEEDED.filter((name) => !process.env[name]);
if (missing.length) throw new Error(`These variables are missing: ${missing.join(", ")}`);

export const settings = Object.fromEntries(NEEDED.map((name) => [name, process.env[name]]));
export const PORT = Number(process.env.PORT ?? 3000);
export const SHOP_URL = process.env.SHOP_URL ?? `http://localhost:${PORT}`;

/* Signs the cookie with the cart. A new one at every start forgets all carts; several processes need the same one. */
export const COOKIE_SECRET = process.env.COOKIE_SECRET ?? randomBytes(32).toString("hex");
