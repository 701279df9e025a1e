/* A shop with the module on its page, and what it is told. */

import { BRIDGE, Page } from "./page.mjs";

export const open = async (type, { page = new Page(), build = {}, ...options } = {}) => {
  const told = { complete: [], errors: [], ready: 0, clicks: 0 };
  const { Enabler, EnablerError } = await page.load();
  const enabler = new Enabler({
    processorUrl: BRIDGE,
    sessionId: "session-1",
    onComplete: (result) => told.complete.push(result),
    onError: (error, context) => told.errors.push({ error, ...context }),
    ...options,
  });
  const builder = await enabler.createDropinBuilder(type);
  const dropin = builder.build({
    onDropinReady: async () => void (told.ready += 1),
    ...build,
  });
  return { page, told, enabler, builder, dropin, EnablerError };
};

export const mounted = async (type, options) => {
  const opened = await open(type, options);
  await opened.dropin.mount("#payment");
  await opened.page.rests();
  return opened;
};

/* With Monext's form on the page. */
export const drawn = async ({ widget, ...options } = {}) => {
  const opened = await mounted("embedded", options);
  opened.page.widgetArrives(widget);
  opened.page.draws();
  await opened.page.rests();
  return opened;
};

/* One answer after the other; the last stays. */
export const inOrder = (...answers) => () => (answers.length > 1 ? answers.shift() : answers[0]);

/* What is written to the console's errors meanwhile. */
export const logged = async (act) => {
  const said = [];
  const { error } = console;
  console.error = (problem) => said.push(problem.message);
  try {
    await act();
  } finally {
    console.error = error;
  }
  return said;
};

export const codes = (told) => told.errors.map(({ error }) => error.code);
