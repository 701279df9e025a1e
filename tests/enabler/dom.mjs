/* As much of a document as static/enabler.js and Monext's widget touch. */

export class Element {
  constructor(tag, page) {
    Object.assign(this, { tag, page, attributes: {}, children: [], parentNode: null, listeners: [], text: "" });
  }
  setAttribute(name, value) { this.attributes[name] = String(value); }
  getAttribute(name) { return this.attributes[name] ?? null; }
  removeAttribute(name) { delete this.attributes[name]; }
  addEventListener(name, act, captures = false) { this.listeners.push({ name, act, captures }); }

  /* From the outside to the element itself, and back. */
  dispatch(name, details = {}) {
    const event = { isTrusted: true, target: this, ...details };
    const way = this.ancestors;
    const at = (node, captures) => {
      for (const each of node.listeners) if (each.name === name && each.captures === captures) each.act(event);
    };
    for (const node of [...way].reverse()) at(node, true);
    for (const node of way) at(node, false);
  }
  click() { this.dispatch("click", { isTrusted: false }); }
  focus() { this.page.focused = this; }

  append(...nodes) {
    for (const node of nodes) {
      node.remove();
      node.parentNode = this;
      this.children.push(node);
    }
    this.page.changed(this);
  }
  replaceChildren(...nodes) {
    for (const node of [...this.children]) node.remove();
    this.append(...nodes);
  }
  remove() {
    if (!this.parentNode) return;
    this.parentNode.children = this.parentNode.children.filter((child) => child !== this);
    this.parentNode = null;
  }

  /* Itself first. */
  get ancestors() { return [this, ...(this.parentNode?.ancestors ?? [])]; }
  get isConnected() { return this.ancestors.some((node) => node === this.page.body || node === this.page.head); }
  get childElementCount() { return this.children.length; }
  get textContent() { return this.text + this.children.map((child) => child.textContent).join(""); }
  set textContent(text) {
    this.text = text;
    this.children = [];
  }
  closest(tags) { return this.ancestors.find((node) => tags.split(", ").includes(node.tag)) ?? null; }
  contains(node) { return node.ancestors.includes(this); }
  all(wanted) { return this.children.flatMap((child) => [...(wanted(child) ? [child] : []), ...child.all(wanted)]); }

  /* Of a list of tags only. */
  querySelector(tags) { return this.all((node) => tags.split(", ").includes(node.tag))[0] ?? null; }
}

/* Tells, a moment later, of what has been put below the node that it observes. */
export const observerOf = (page) =>
  class {
    constructor(callback) { this.callback = callback; }
    observe(node, { subtree = false }) { page.observers.push(Object.assign(this, { node, subtree })); }
    disconnect() { page.observers = page.observers.filter((each) => each !== this); }
  };
