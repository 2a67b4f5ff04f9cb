/**
 * Markdown that grows: marked reads it, DOMPurify lets through what is on a short list. Both come from npm and lie beside the
 * page; where they were not installed, a reply is shown as the text that it is.
 *
 * Blocks that can't change any more are drawn once. The open one is drawn anew with each frame while it is short; when it is
 * long, what comes is added as text, and drawn when the block has grown by a quarter. So the work is linear in the reply.
 */
const libraries = [import("./node_modules/marked/lib/marked.esm.js"), import("./node_modules/dompurify/dist/purify.es.mjs")];
const [marked, purify] = await Promise.all(libraries).catch(() => []);

const SHORT = 2000;

const allowed = {
  RETURN_DOM_FRAGMENT: true,
  ALLOWED_TAGS: "a blockquote br code del div em h3 h4 h5 h6 hr li ol p pre strong table tbody td th thead tr ul".split(" "),
  ALLOWED_ATTR: ["align", "class", "href", "start", "title"],
  ALLOWED_URI_REGEXP: /^(?:https?|mailto):/i,
};

const letters = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
const escaped = (text) => text.replace(/[&<>"']/g, (letter) => letters[letter]);

/** What a reply may not do: write HTML, load pictures, have headings above the page's own, be wider than the page. */
class Renderer extends (marked?.Renderer ?? Object) {
  html({ text, block }) { return block ? `<p>${escaped(text)}</p>` : escaped(text); }
  image({ href, text }) { return `<a href="${escaped(href)}">${escaped(text || href)}</a>`; }
  checkbox({ checked }) { return checked ? "☑ " : "☐ "; }
  heading({ tokens, depth }) { return `<h${Math.min(depth + 2, 6)}>${this.parser.parseInline(tokens)}</h${Math.min(depth + 2, 6)}>`; }
  table(token) { return `<div class="wide">${super.table(token)}</div>`; }
}

/** A line's end is one in a chat. */
const options = marked && { gfm: true, breaks: true, renderer: new Renderer() };

purify?.default.addHook("afterSanitizeAttributes", (node) => {
  if (node.nodeName !== "A") return;
  node.setAttribute("target", "_blank");
  node.setAttribute("rel", "noopener noreferrer");
});

export class GrowingMarkdown {
  #element;
  /** Holds the open block. */
  #tail;
  /** What is to be drawn: the open block as it was drawn last, what was added to it as text, and what is new. */
  #drawn = "";
  #added = "";
  #fresh = "";
  /** Definitions of links are for all that follows. */
  #links = {};

  constructor(element) {
    this.#element = element;
    element.classList.add(marked ? "markdown" : "plain");
    this.#tail = document.createElement("div");
    element.append(this.#tail);
  }

  append(text) {
    this.#fresh += text;
  }

  /** Shows what was appended, once per frame; `last` when no more will come. */
  draw(last = false) {
    if (!this.#fresh && !(last && this.#added)) return;
    const grown = this.#added.length + this.#fresh.length;
    if (!marked || (!last && this.#drawn.length > SHORT && grown < this.#drawn.length / 4)) this.#addText();
    else this.#render();
  }

  #addText() {
    this.#tail.append(this.#fresh);
    this.#added += this.#fresh;
    this.#fresh = "";
  }

  #render() {
    let open = this.#settle((this.#drawn + this.#added + this.#fresh).replaceAll("\r", ""));
    this.#tail.replaceChildren(this.#html(this.#read(open)));
    [this.#drawn, this.#added, this.#fresh] = [open, "", ""];
  }

  /** Draws for good what stands before the last block; of that, only whole lines tell what it is. Gives the rest. */
  #settle(text) {
    const tokens = this.#read(text.slice(0, text.lastIndexOf("\n") + 1));
    this.#links = tokens.links;
    const settled = tokens.slice(0, tokens.findLastIndex(({ type }) => type !== "space"));
    if (settled.length === 0) return text;
    this.#tail.before(this.#html(settled));
    return text.slice(settled.reduce((length, { raw }) => length + raw.length, 0));
  }

  #read(text) {
    const lexer = new marked.Lexer(options);
    Object.assign(lexer.tokens.links, this.#links);
    return lexer.lex(text);
  }

  #html(tokens) {
    return purify.default.sanitize(marked.Parser.parse(tokens, options), allowed);
  }
}
