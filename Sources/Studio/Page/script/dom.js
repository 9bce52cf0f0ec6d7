// Short ways to find and make elements.

export const find = selector => document.querySelector(selector);

/** An element with attributes (and `on...` listeners) and children. */
export function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith('on')) element.addEventListener(key.slice(2), value);
    else if (value === true) element.setAttribute(key, '');
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(key, value);
  }
  element.append(...children.filter(child => child !== null && child !== undefined));
  return element;
}

/** An icon of the sprite. */
export function icon(name) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg'), use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  use.setAttribute('href', `icons.svg#${name}`);
  svg.append(use);
  return svg;
}

/** A button with an icon and a name, which is written beside it or read out only. */
export function iconButton(name, label, act, attributes = {}) {
  return make('button', { type: 'button', class: 'quiet', 'aria-label': label, title: label, onclick: act, ...attributes }, icon(name));
}

/** Offers a blob to be saved as a file. */
export function download(blob, name) {
  const address = URL.createObjectURL(blob), link = make('a', { href: address, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 60000);
}
