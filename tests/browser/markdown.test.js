/** Markdown that grows: the same as drawn whole, linear, and never more than text and the few elements it may make. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, openDemo } from "./browser.js";
import { serveDemo } from "./static-server.js";

let chromium;
let site;
let demo;

before(async () => {
  [chromium, site] = await Promise.all([launch(), serveDemo()]);
  demo = await openDemo(chromium.browser, site.origin);
});
after(async () => { await chromium?.close(); await site?.close(); });

/** Draws a text in pieces of so many characters: its HTML without the box around the last block, and what must not be in it. */
const draw = (text, size) => demo.page.evaluate(async ([text, size]) => {
  const { GrowingMarkdown } = await import("./markdown.js");
  const element = document.body.appendChild(document.createElement("div"));
  const markdown = new GrowingMarkdown(element);
  for (let at = 0; at < text.length; at += size) {
    markdown.append(text.slice(at, at + size));
    markdown.draw();
  }
  markdown.draw(true);
  element.lastChild.replaceWith(...element.lastChild.childNodes);
  element.remove();
  const harmless = new Set("A BLOCKQUOTE BR CODE DEL DIV EM H3 H4 H5 H6 HR LI OL P PRE STRONG TABLE TBODY TD TH THEAD TR UL".split(" "));
  const runs = ({ name, value }) => name.startsWith("on") || /^(javascript|data|vbscript):/i.test(value);
  const bad = [...element.querySelectorAll("*")].filter((part) => !harmless.has(part.nodeName) || [...part.attributes].some(runs));
  return { html: element.innerHTML.replace(/>\n+/g, ">").trim(), bad: bad.map(({ outerHTML }) => outerHTML) };
}, [text, size]);

const drawn = async (text, size) => (await draw(text, size)).html;

const texts = {
  paragraphs: "One *line*\nand another.\n\nTwo **bold** `code` ~~gone~~.\n\nSetext\n======\n\nEnd.",
  fence: "Before\n\n```js\nconst a = 1;\n\n# no heading\n\n- no list\n```\n\nAfter",
  "an open fence": "```\nno end\n\n",
  "a list that is loose": "1. a\n\n2. b\n\n   goes on\n\n10. c\n\nNo more.",
  nested: "- a\n  - b\n    - c\n- d\n\n> quote\n> goes on\n\nx",
  table: "| a | b |\n|---|--:|\n| 1 | `x` |\n| 2 | y |\n\nAfter.",
  "a task list": "- [x] done\n- [ ] open\n",
  "links that were defined": "[a]: https://example.com\n\nSee [a].\n\nAnd [a] again.\n",
  "line ends of Windows": "# Title\r\n\r\nText\r\n\r\n- a\r\n- b\r\n",
  rule: "a\n\n---\n\nb",
};

for (const [name, text] of Object.entries(texts)) {
  test(`${name}: drawn as it grows is as drawn whole`, async () => {
    const whole = await drawn(text, text.length);
    assert.match(whole, /<(p|pre|ol|ul|div|h3)\b/);
    for (const size of [1, 3, 7]) assert.equal(await drawn(text, size), whole, `pieces of ${size}`);
  });
}

test("a block that is long is shown at once, and drawn when it has ended", async () => {
  const text = `Word *em* ${"more ".repeat(3000)}`;
  const html = await drawn(text, 100);
  assert.match(html, /^<p>Word <em>em<\/em> more more .* more ?<\/p>$/, html.slice(0, 60) + html.slice(-60));
  assert.equal(html.split("more").length, 3001);
});

const hostile = {
  script: "<script>window.owned = 1</script>",
  handler: "<img src=x onerror=\"window.owned = 1\">",
  "a link that runs": "[x](javascript:window.owned=1) [y](data:text/html,<script>1</script>) [z](vbscript:x)",
  "an image of a stranger's": "![x](https://tracker.invalid/x.png) ![y](javascript:1)",
  "HTML in a list": "- <iframe src=\"https://tracker.invalid\"></iframe>\n- <style>* { display: none }</style>",
  "a title that breaks out": "[x](https://example.com \"a\\\" onmouseover=\\\"window.owned=1\")",
  "a language that breaks out": "```js\" onclick=\"window.owned=1\nx\n```",
  form: "<form action=\"https://tracker.invalid\"><input name=a></form>",
  svg: "<svg><a xlink:href=\"javascript:1\"><text>x</text></a></svg>",
};

for (const [name, text] of Object.entries(hostile)) {
  test(`${name}: nothing runs, nothing is loaded`, async () => {
    for (const size of [1, text.length]) {
      const { html, bad } = await draw(text, size);
      assert.deepEqual(bad, [], html);
      assert.equal(await demo.page.evaluate(() => window.owned), undefined);
    }
  });
}

test("HTML is shown as the text that it is", async () => {
  const text = "Use <b>this</b>:\n\n<div>\nor this\n</div>\n\nThat's it.";
  const shown = await drawn(text, 4);
  assert.match(shown, /^<p>Use &lt;b&gt;this&lt;\/b&gt;:<\/p><p>&lt;div&gt;\nor this\n&lt;\/div&gt;\n*<\/p><p>That's it.<\/p>$/);
  assert.deepEqual(demo.problems, []);
});

test("links open in a tab of their own and tell nothing of this page", async () => {
  assert.equal(await drawn("[x](https://example.com)", 5), '<p><a href="https://example.com" target="_blank" rel="noopener noreferrer">x</a></p>');
});

const kinds = {
  paragraphs: "Some words *and* some `code` in a paragraph.\n\n",
  "one paragraph": "Some words *and* some `code` in a line ",
  "one list": "- An item of **some** words\n",
  "one fence": "const text = 1; // code\n",
  "one table": "| a cell | another one |\n",
};

for (const [name, piece] of Object.entries(kinds)) {
  test(`${name}: four times the text is about four times the work`, { timeout: 120_000 }, async () => {
    const head = { "one fence": "```js\n", "one table": "| a | b |\n|---|---|\n" }[name] ?? "";
    const time = (count) => demo.page.evaluate(async ([head, piece, count]) => {
      const { GrowingMarkdown } = await import("./markdown.js");
      const markdown = new GrowingMarkdown(document.createElement("div"));
      const begun = performance.now();
      markdown.append(head);
      for (let n = 0; n < count; n += 1) {
        markdown.append(piece);
        markdown.draw();
      }
      markdown.draw(true);
      return performance.now() - begun;
    }, [head, piece, count]);
    await time(200);
    const [once, fourfold] = [await time(400), await time(1600)];
    assert.ok(fourfold < once * 9 + 100, `${Math.round(once)} ms, then ${Math.round(fourfold)} ms for four times as much`);
  });
}

test("where the renderer was not installed, a reply is the text that it is", async () => {
  const page = await chromium.browser.newPage();
  await page.setRequestInterception(true);
  page.on("request", (request) => (request.url().includes("node_modules") ? request.abort() : request.continue()));
  await page.goto(`${site.origin}/`, { waitUntil: "load" });
  await page.waitForSelector("#scenarios button");
  await page.click("[data-script=markdown]");
  await page.waitForSelector("#log[aria-busy=false] .facts");
  const [text, elements] = await page.$eval(".assistant > .text", (part) => [part.innerText, part.querySelectorAll("strong, table").length]);
  assert.match(text, /^## Markdown, as it comes\n[^]*\*\*Blocks that are done/);
  assert.equal(elements, 0);
  await page.close();
});
