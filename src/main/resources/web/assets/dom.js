/** A new element: h('a.name', {href: '/'}, 'text', child). Text is text: nothing is ever parsed as HTML. */
export function h(name, attributes = {}, ...children) {
  const [tag, ...classes] = name.split('.');
  const element = document.createElement(tag);
  if (classes.length) element.className = classes.join(' ');
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith('on')) element.addEventListener(key.slice(2), value);
    else if (key === 'value') element.value = value;
    else element.setAttribute(key, value === true ? '' : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

const SVG = 'http://www.w3.org/2000/svg';
export function s(tag, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

export const one = (selector, root = document) => root.querySelector(selector);

/** Sets a text only if it changed, so that nothing is laid out anew and a selection stays. */
export function text(element, value) {
  if (element.textContent !== value) element.textContent = value;
}

/**
 * Makes the children of an element those of a list, by key: what stays is kept, in place.
 * make(item) gives a new element, update(element, item) brings one up to date.
 */
export function keyed(parent, items, keyOf, make, update) {
  const known = parent.known ??= new Map();
  const wanted = new Set();
  let before = parent.firstElementChild;
  for (const item of items) {
    const key = keyOf(item);
    wanted.add(key);
    let element = known.get(key);
    if (!element) known.set(key, element = make(item));
    update(element, item);
    if (element === before) before = before.nextElementSibling;
    else parent.insertBefore(element, before);
  }
  for (const [key, element] of known) {
    if (!wanted.has(key)) { element.remove(); known.delete(key); }
  }
}

let toastTimer;
export function toast(message) {
  const element = one('#toast');
  element.textContent = message;
  element.classList.add('on');
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => element.classList.remove('on'), 2600);
}

/** Copies and says so, on the button itself too. */
export async function copy(button, value) {
  let done = true;
  try {
    await navigator.clipboard.writeText(value);
  } catch {
    // no clipboard on plain HTTP: the old way
    const area = h('textarea', {'aria-hidden': 'true', tabindex: '-1', class: 'sr'});
    area.value = value;
    document.body.append(area);
    area.select();
    done = document.execCommand('copy');
    area.remove();
    button.focus();
  }
  const was = button.dataset.label ??= button.textContent;
  button.textContent = done ? 'Copied' : 'Select and copy';
  button.classList.toggle('done', done);
  toast(done ? 'Copied to the clipboard' : 'This browser does not let pages copy: select the text');
  clearTimeout(button.timer);
  button.timer = setTimeout(() => { button.textContent = was; button.classList.remove('done'); }, 2000);
}
