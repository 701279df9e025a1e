/* The module itself is what its types say: each part of it is put where its type is wanted. */

import type * as declared from "../made/enabler.js";
import * as made from "../made/module.js";
import { refusal } from "../made/enabler/errors.js";
import { Embedded } from "../made/enabler/embedded.js";
import { Hosted } from "../made/enabler/hosted.js";

const Enabler: typeof declared.Enabler = made.Enabler;
const EnablerError: typeof declared.EnablerError = made.EnablerError;

/* As many exports, and as many members of them. */
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : never) : never;
const sameExports: Same<keyof typeof declared, keyof typeof made> = true;
const sameMembers: Same<keyof declared.Enabler, keyof made.Enabler> = true;

/* What the shop gets of a drop-in; members with an underscore are the module's own. */
type Public<T> = Exclude<keyof T, `_${string}`>;
const sameDropins: Same<keyof declared.Dropin, Public<Embedded> & Public<Hosted>> = true;
const embedded: declared.Dropin = new Embedded(null, {});
const hosted: declared.Dropin = new Hosted(null, {});

const answered: declared.EnablerError = refusal(new Response(), null);

export { Enabler, EnablerError, answered, embedded, hosted, sameDropins, sameExports, sameMembers };
