/** Puts a new element at the end of another. Every text goes into a text node. */
export function add(parent, name, className = "", text = "") {
  const child = document.createElement(name);
  if (className) child.className = className;
  if (text) child.append(text);
  parent.append(child);
  return child;
}
